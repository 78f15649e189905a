//! Articles are found by their words as they are now, by their labels, page by page.

use std::collections::{BTreeMap, BTreeSet};

use super::publish::{filters, varied};
use super::{Ground, at, on_both, record, visited};
use crate::model::article::ArticleId;
use crate::model::correction::Correction;
use crate::model::feed::Filter;
use crate::model::language::Language;
use crate::model::reading::{Confidence, Kind};
use crate::store::search::{ArticleSearch, FOUND_MAX, Found};
use crate::store::session::values;
use crate::store::{Store, VisitedArticle};
use crate::text::search::query;

on_both!(
    any_form_in_either_script_is_found,
    what_was_revised_is_found_by_its_new_words_alone,
    labels_agree_with_the_filter,
    pages_lose_nothing_and_repeat_nothing,
    a_story_is_found_once_on_all_pages,
    hostile_queries_are_just_words,
    what_is_gone_is_not_found,
);

fn text(key: &str, language: Language, title: &str, text: &str) -> VisitedArticle {
    let mut one = visited("a", key, at(1));
    one.reading.language = language;
    title.clone_into(&mut one.article.title);
    text.clone_into(&mut one.article.text);
    one
}

fn asking(words: &str) -> ArticleSearch {
    ArticleSearch {
        terms: query(words, Language::Undetermined).terms,
        ..ArticleSearch::default()
    }
}

async fn find(store: &Store, words: &str) -> Vec<ArticleId> {
    let found = store.search_articles(&asking(words), FOUND_MAX).await;
    let Found { entries, next } = found.unwrap_or_else(|error| panic!("{words}: {error}"));
    assert_eq!(next, None);
    entries.into_iter().map(|entry| entry.article.id).collect()
}

async fn any_form_in_either_script_is_found(ground: Ground) {
    let store = &ground.store;
    let kazakh = text(
        "kk",
        Language::KazakhCyrillic,
        "Журналистер Қостанайдағы форумға жиналды",
        "Өңірлік басылымдар 2026 жылы бірігеді.",
    );
    let latin = text(
        "kk-Latn",
        Language::KazakhLatin,
        "Almatyda kitap körmesi ötti",
        "Oquşylar köp keldi.",
    );
    let russian = text(
        "ru",
        Language::Russian,
        "В Павлодаре открыли библиотеку",
        "Читатели получили новые книги.",
    );
    let english = text(
        "en",
        Language::English,
        "Farmers discuss harvests",
        "Grain forums were held in Kokshetau.",
    );
    let mut unsure = russian.clone();
    unsure.article.id = ArticleId::from_stored("unsure");
    unsure.article.text = "Библиотекари довольны.".to_owned();
    unsure.reading.language_confidence = Confidence::new(0.2);
    let all = [&kazakh, &latin, &russian, &english, &unsure];
    record(store, "a", all.into_iter().cloned().collect()).await;
    for (words, expected) in [
        ("форум қостанай", vec![&kazakh]),
        ("форумдар Қостанайда 2026", vec![&kazakh]),
        ("Qostanai forumy", vec![&kazakh]),
        ("Костанай", vec![&kazakh]),
        ("кітаптар Алматы", vec![&latin]),
        ("оқушы", vec![&latin]),
        ("библиотеки в Павлодар", vec![&russian, &unsure]),
        ("библиотекарь", vec![&unsure]),
        ("forum farmer", vec![&english]),
        ("форум Павлодар", vec![]),
        ("в и на", vec![]),
        ("", vec![]),
    ] {
        let mut found = find(store, words).await;
        let mut expected: Vec<ArticleId> =
            expected.iter().map(|one| one.article.id.clone()).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{words}");
    }
}

async fn what_was_revised_is_found_by_its_new_words_alone(ground: Ground) {
    let store = &ground.store;
    let first = text("1", Language::Russian, "Форум ткачей", "В Шымкенте.");
    let id = vec![first.article.id.clone()];
    record(store, "a", vec![first.clone()]).await;
    assert_eq!(find(store, "ткач Шымкент").await, id);
    let mut second = text("1", Language::Russian, "Форум пекарей", "В Шымкенте.");
    second.article.revision = 2;
    record(store, "a", vec![second.clone()]).await;
    assert_eq!(find(store, "пекарь Шымкент").await, id);
    assert_eq!(find(store, "ткач").await, []);
    record(store, "a", vec![first]).await;
    assert_eq!(find(store, "ткач").await, [], "stale news changes nothing");
    let mut again = second.clone();
    again.reading.engine_version = 2;
    again.reading.language = Language::KazakhCyrillic;
    assert!(store.record_reading(&again, None, at(60)).await.unwrap());
    let mut asked = asking("форум");
    asked.filter.languages = vec![Language::KazakhCyrillic];
    let found = store.search_articles(&asked, 9).await.unwrap();
    assert_eq!(found.entries.len(), 1, "as it was read again");
    let mut corrected = again;
    corrected.reading.kind = Kind::Other;
    let mut word = Correction::none(corrected.article.id.clone(), at(70));
    word.kind = Some(Kind::Other);
    let kept = store.record_correction(&corrected, Some(&word), at(70));
    assert!(kept.await.unwrap());
    asked.filter.kinds = vec![Kind::Other];
    let found = store.search_articles(&asked, 9).await.unwrap();
    assert_eq!(found.entries.len(), 1, "as the operator says");
}

async fn labels_agree_with_the_filter(ground: Ground) {
    let store = &ground.store;
    let mut by_source: BTreeMap<String, Vec<VisitedArticle>> = BTreeMap::new();
    let all = varied();
    for one in &all {
        let of = by_source.entry(one.article.source.to_string()).or_default();
        of.push(one.clone());
    }
    for (source, articles) in by_source {
        record(store, &source, articles).await;
    }
    let mut counts = BTreeSet::new();
    for filter in filters() {
        let admitted = |one: &&VisitedArticle| filter.admits(&one.article.source, &one.reading);
        let expected: BTreeSet<ArticleId> = all
            .iter()
            .filter(admitted)
            .map(|one| one.article.id.clone())
            .collect();
        let mut search = asking("форум");
        search.filter = filter.clone();
        let found: BTreeSet<ArticleId> = every(store, search).await.into_iter().collect();
        assert_eq!(found, expected, "{filter:?}");
        counts.insert(found.len());
    }
    assert!(counts.len() > 10, "{counts:?}");
}

/// All pages one after another.
async fn every(store: &Store, mut search: ArticleSearch) -> Vec<ArticleId> {
    let mut all = Vec::new();
    loop {
        let found = store.search_articles(&search, u32::MAX).await.unwrap();
        assert!(found.entries.len() <= FOUND_MAX as usize);
        all.extend(found.entries.into_iter().map(|entry| entry.article.id));
        search.before = found.next;
        if search.before.is_none() {
            return all;
        }
    }
}

async fn pages_lose_nothing_and_repeat_nothing(ground: Ground) {
    let store = &ground.store;
    let one = |n: i64| visited("a", &n.to_string(), at(n));
    for n in 0..7 {
        record(store, "a", vec![one(n)]).await;
    }
    let newest: Vec<ArticleId> = (0..7).rev().map(|n| one(n).article.id).collect();
    let mut search = asking("форум");
    let mut seen = Vec::new();
    for (page, count) in [3, 3, 1].into_iter().enumerate() {
        let found = store.search_articles(&search, 3).await.unwrap();
        assert_eq!(
            (found.entries.len(), found.next.is_none()),
            (count, page == 2)
        );
        seen.extend(found.entries.into_iter().map(|entry| entry.article.id));
        search.before = found.next;
        // What comes meanwhile shifts no page.
        let late = 10 + i64::try_from(page).unwrap();
        record(store, "a", vec![one(late)]).await;
    }
    assert_eq!(seen, newest);
    let mut since = asking("форум");
    since.since = Some(at(5));
    let found = store.search_articles(&since, 9).await.unwrap();
    assert_eq!(found.entries.len(), 5, "5, 6 and the three that came late");
    assert_eq!(found.next, None);
    let whole = store.search_articles(&asking("форум"), 10).await.unwrap();
    assert_eq!((whole.entries.len(), whole.next), (10, None));
}

/// Of ten articles six tell two stories, one of them over all pages.
async fn a_story_is_found_once_on_all_pages(ground: Ground) {
    let store = &ground.store;
    let one = |n: i64| visited("a", &n.to_string(), at(n));
    let told = |n: i64| {
        let mut telling = one(n);
        telling.story = match n {
            0 | 4 | 8 | 9 => one(0).story,
            5 | 6 => one(5).story,
            _ => telling.story,
        };
        if n == 9 {
            // The last stored, and not about what is looked for.
            telling.article.title = "Жиын".to_owned();
            telling.article.text = "Жиын өтеді.".to_owned();
        }
        telling
    };
    for n in 0..10 {
        record(store, "a", vec![told(n)]).await;
    }
    let expected: Vec<ArticleId> = [8, 7, 6, 3, 2, 1].map(|n| one(n).article.id).to_vec();
    for since in [None, Some(at(0))] {
        for limit in [1, 2, 3, 6, 50] {
            let mut search = asking("форум");
            search.since = since;
            let mut seen = Vec::new();
            loop {
                let found = store.search_stories(&search, limit).await.unwrap();
                let entries = found.entries.into_iter();
                seen.extend(entries.map(|entry| entry.article.id));
                search.before = found.next;
                if search.before.is_none() {
                    break;
                }
            }
            assert_eq!(seen, expected, "{limit} a page");
        }
    }
    let mut many = Vec::new();
    for n in 100..100 + i64::from(FOUND_MAX) * 2 {
        let mut telling = one(n);
        telling.story = one(100).story;
        many.push(telling);
    }
    record(store, "a", many).await;
    let found = store.search_stories(&asking("форум"), 7).await.unwrap();
    assert_eq!((found.entries.len(), found.next), (7, None));
}

async fn hostile_queries_are_just_words(ground: Ground) {
    let store = &ground.store;
    let one = text(
        "1",
        Language::English,
        "Forum near NOT",
        "O'Brien's A:B 50% off; C*",
    );
    record(store, "a", vec![one.clone()]).await;
    let id = vec![one.article.id];
    for found in [
        "\"forum",
        "forum*",
        "forum NEAR not",
        "-forum",
        "NOT forum",
        "forum:",
        "(forum",
        "forum'); --",
        "O'Brien",
        "forum\0 near",
        "^forum & near | !not <-> ",
        "forum\\ \\'",
        "50%",
        "{forum near}: \u{202e}not",
    ] {
        assert_eq!(find(store, found).await, id, "{found:?}");
    }
    for nothing in [
        "forum'); DROP TABLE articles; --",
        "forum OR absent",
        "words:forum",
        "§kind:announcement",
        "kind:announcement",
        "'); SELECT 1",
        "\0",
        "*",
        "\"\"",
    ] {
        assert_eq!(find(store, nothing).await, [], "{nothing:?}");
    }
    let endless = "forum\" ".repeat(150_000);
    assert_eq!(find(store, &endless).await, id, "a megabyte");
    let raw = ["\"", "'", "\\", "a'b\"c\\", "* OR", ":*", "a b"];
    for term in raw {
        let search = ArticleSearch {
            terms: vec![vec![term.to_owned(), "forum".to_owned()]],
            ..ArticleSearch::default()
        };
        // A phrase is no term; SQLite says so, and nothing worse happens.
        if let Ok(found) = store.search_articles(&search, 9).await {
            assert_eq!(found.entries.len(), 1, "{term}");
        }
    }
    assert!(store.article(&id[0]).await.unwrap().is_some());
}

async fn what_is_gone_is_not_found(ground: Ground) {
    let store = &ground.store;
    let (one, other) = (visited("a", "1", at(1)), visited("a", "2", at(1)));
    record(store, "a", vec![one.clone(), other.clone()]).await;
    assert_eq!(find(store, "форум").await.len(), 2);
    let durability = crate::store::dialect::Durability::Normal;
    let mut session = store.pools.write("forgetting", durability).await.unwrap();
    let gone = session.execute(
        "DELETE FROM articles WHERE id = $1",
        values![one.article.id.as_str()],
    );
    gone.await.unwrap();
    session.commit().await.unwrap();
    assert_eq!(
        find(store, "форум").await,
        std::slice::from_ref(&other.article.id)
    );
    let mut left = store.pools.read("counting");
    let rows: Vec<(i64,)> = left
        .fetch("SELECT COUNT(*) FROM article_words", values![])
        .await
        .unwrap();
    assert_eq!(rows, [(1,)]);
    // As what was stored before there was an index: a new reading brings it in.
    let mut session = store.pools.write("forgetting", durability).await.unwrap();
    let gone = session.execute("DELETE FROM article_words", values![]);
    gone.await.unwrap();
    session.commit().await.unwrap();
    assert_eq!(find(store, "форум").await, []);
    assert!(store.record_reading(&other, None, at(9)).await.unwrap());
    assert_eq!(find(store, "форум").await, [other.article.id]);
    let none = ArticleSearch {
        filter: Filter::default(),
        ..ArticleSearch::default()
    };
    let found = store.search_articles(&none, 9).await.unwrap();
    assert_eq!(found, Found::default());
}
