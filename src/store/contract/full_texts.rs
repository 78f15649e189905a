//! Full texts: kept with the visit, due at their time, no revision.

use super::*;
use crate::model::full_text::FullText;

on_both!(
    a_page_is_due_until_it_is_settled,
    a_full_text_that_comes_late_is_no_correction,
);

async fn visit(store: &Store, articles: Vec<VisitedArticle>, full_texts: Vec<FullText>, now: i64) {
    let (me, id) = (holder("x"), SourceId::from_stored("a"));
    let claimed = store.claim_source(&id, at(0), &me, LEASE).await;
    let mut state = claimed.expect("claim").expect("free");
    state.last_visit = Some(at(now));
    let visit = Visit {
        state,
        articles,
        full_texts,
    };
    store.record_visit(visit, &me).await.expect("recorded");
}

fn outcome(article: &VisitedArticle, asked: u32, due: Option<i64>) -> FullText {
    FullText {
        article: article.article.id.clone(),
        asked,
        due: due.map(at),
        result: "said \"so\"".to_owned(),
    }
}

async fn a_page_is_due_until_it_is_settled(ground: Ground) {
    let store = &ground.store;
    store.sync_sources(&[source("a")], at(0)).await.unwrap();
    let [one, two, whole] = ["1", "2", "3"].map(|key| visited("a", key, at(1)));
    let articles = vec![one.clone(), two.clone(), whole.clone()];
    let texts = vec![outcome(&one, 1, Some(50)), outcome(&two, 0, Some(20))];
    visit(store, articles, texts, 1).await;
    let due = async |now: i64| {
        let found = store.full_texts_due(&one.article.source, at(now), 9).await;
        let found = found.unwrap().into_iter();
        let told = found.map(|waiting| (waiting.article, waiting.reading, waiting.asked));
        told.collect::<Vec<_>>()
    };
    assert_eq!(due(19).await, []);
    let second = (two.article.clone(), two.reading.clone(), 0);
    let first = (one.article.clone(), one.reading.clone(), 1);
    assert_eq!(due(20).await, std::slice::from_ref(&second));
    assert_eq!(due(50).await, [second, first.clone()]);
    let limited = store.full_texts_due(&one.article.source, at(50), 1).await;
    assert_eq!(limited.unwrap().len(), 1);
    let other = SourceId::from_stored("b");
    let none = store.full_texts_due(&other, at(99), 9).await.unwrap();
    assert_eq!(none, []);
    let both = [&one.article.source, &other];
    for (now, with_due) in [(19, &both[..0]), (20, &both[..1])] {
        let found = store.sources_with_texts_due(&both, at(now)).await.unwrap();
        assert_eq!(found, with_due.iter().copied().cloned().collect());
    }
    // Settled with its text; another visit of the same article changes nothing of it.
    visit(store, vec![two.clone()], vec![outcome(&two, 1, None)], 60).await;
    assert_eq!(due(99).await, [first]);
    let known = store
        .known_articles(&[two.article.id.clone(), whole.article.id.clone()])
        .await
        .unwrap();
    assert_eq!(known[&two.article.id].full_text_asked, 1);
    assert_eq!(known[&whole.article.id].full_text_asked, 0);
}

async fn a_full_text_that_comes_late_is_no_correction(ground: Ground) {
    let store = &ground.store;
    store.sync_sources(&[source("a")], at(0)).await.unwrap();
    let teaser = visited("a", "1", at(10));
    visit(store, vec![teaser.clone()], vec![], 10).await;
    let mut revised = teaser.clone();
    revised.article.revision = 2;
    revised.article.content_hash = "second".to_owned();
    visit(store, vec![revised.clone()], vec![], 20).await;
    let mut whole = revised.clone();
    whole.article.text = "Ертең форум өтеді. Бәрі келеді.".to_owned();
    whole.reading.excerpt.clone_from(&whole.article.text);
    visit(
        store,
        vec![whole.clone()],
        vec![outcome(&whole, 1, None)],
        30,
    )
    .await;
    let (stored, _) = store.article(&whole.article.id).await.unwrap().unwrap();
    assert_eq!((stored.revision, stored.text), (2, whole.article.text));
    let told = async |after: i64, until: i64| {
        let found = store.revised_between(at(after), at(until), 9).await;
        found.unwrap().len()
    };
    assert_eq!(told(15, 40).await, 1);
    assert_eq!(told(25, 40).await, 0, "told of already");
}
