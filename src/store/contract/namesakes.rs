//! Articles that may be another under its id or another id: how they are found.

use chrono::TimeDelta;

use super::{Ground, at, on_both, record, visited};
use crate::model::article::{Article, ArticleId, Namesake, Said};
use crate::model::source::SourceId;
use crate::store::VisitedArticle;

on_both!(
    an_article_is_found_by_title_and_date_and_remembers_what_it_said,
    what_articles_say_is_handed_out_by_id,
);

async fn an_article_is_found_by_title_and_date_and_remembers_what_it_said(ground: Ground) {
    let store = &ground.store;
    let dated = |id: &str, title: &str, published| {
        let mut visited = visited("a", id, at(1));
        title.clone_into(&mut visited.article.title);
        visited.article.published = published;
        visited
    };
    let asked = dated("asked", "Форум", Some(at(10)));
    let older = dated("older", "Форум", Some(at(10)));
    let others = [
        dated("title", "Форум 2", Some(at(10))),
        dated("date", "Форум", Some(at(11))),
    ];
    let mut stored = vec![older.clone(), dated("undated", "Форум", None)];
    stored.extend(others.clone());
    record(store, "a", stored).await;
    record(store, "b", vec![visited("b", "elsewhere", at(1))]).await;
    let source = &asked.article.source;
    let namesake = |visited: &VisitedArticle| Namesake {
        id: visited.article.id.clone(),
        link: visited.article.link.clone(),
        title: "Форум".to_owned(),
        published: visited.article.published,
        content_hash: visited.article.content_hash.clone(),
        first_seen: at(1),
    };
    let months_later = Article {
        first_seen: at(12) + TimeDelta::days(60),
        ..asked.article.clone()
    };
    let found = store.namesakes(source, &[&months_later]).await.unwrap();
    assert_eq!(found, [namesake(&older)]);
    // The date itself, and whatever the last weeks have.
    let asked_undated = Article {
        first_seen: at(11) + TimeDelta::days(60),
        ..dated("asked", "Форум", None).article
    };
    let found = store.namesakes(source, &[&asked_undated]).await.unwrap();
    assert_eq!(found, [namesake(&others[1])]);
    let elsewhere = SourceId::from_stored("b");
    let found = store
        .namesakes(&elsewhere, &[&asked.article])
        .await
        .unwrap();
    assert!(found.is_empty());
    for (revision, hash) in [(2, "second"), (3, "third")] {
        let mut changed = older.clone();
        changed.article.revision = revision;
        hash.clone_into(&mut changed.article.content_hash);
        record(store, "a", vec![changed]).await;
    }
    let id = older.article.id.clone();
    let known = store
        .known_articles(std::slice::from_ref(&id))
        .await
        .unwrap();
    let known = &known[&id];
    assert_eq!(known.content_hash, "third");
    assert_eq!(
        known.earlier_hashes,
        [older.article.content_hash.as_str(), "second"]
    );
    assert_eq!(known.updated, older.article.updated);
}

async fn what_articles_say_is_handed_out_by_id(ground: Ground) {
    let store = &ground.store;
    let mut long = visited("a", "long", at(1));
    long.article.link = "https://a.example.kz/?q=%D2%9B".parse().ok();
    long.article.published = Some(at(-5));
    long.article.text = "Қ".repeat(500);
    long.article.summary_html = "<p>Қ</p>".to_owned();
    record(store, "a", vec![long.clone(), visited("a", "other", at(1))]).await;
    let unknown = ArticleId::from_stored("unknown");
    let said = store.said(&[unknown, long.article.id.clone()]).await;
    let expected = Said {
        id: long.article.id,
        link: long.article.link,
        title: long.article.title,
        published: long.article.published,
        content_hash: long.article.content_hash,
        summary_html: long.article.summary_html,
        text: "Қ".repeat(400),
    };
    assert_eq!(said.unwrap(), [expected]);
}
