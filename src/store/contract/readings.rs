//! What an older engine read: found, read again, and nobody told of it.

use super::{Ground, at, day, event, on_both, record, visited};
use crate::model::article::ArticleId;
use crate::model::correction::Correction;
use crate::model::feed::{Entry, Filter};
use crate::model::reading::Kind;
use crate::store::Passed;

on_both!(
    what_an_older_engine_read_is_found_newest_first,
    tellers_of_events_to_come_are_found_however_old,
    a_new_reading_moves_no_article,
    a_reading_of_what_changed_meanwhile_is_not_kept,
);

async fn what_an_older_engine_read_is_found_newest_first(ground: Ground) {
    let store = &ground.store;
    let mut new = visited("a", "new", at(9));
    new.reading.engine_version = 2;
    let old =
        [(1, "1"), (2, "2"), (2, "3"), (4, "4")].map(|(millis, key)| visited("a", key, at(millis)));
    let mut all = old.to_vec();
    all.push(new);
    record(store, "a", all).await;
    let mut expected: Vec<Passed> = old
        .iter()
        .map(|one| Passed {
            dated: one.article.dated(),
            article: one.article.id.clone(),
        })
        .collect();
    expected.sort_by_key(|one| std::cmp::Reverse((one.dated, one.article.clone())));
    let found = store.read_before(2, at(0), None, 9).await.unwrap();
    assert_eq!(found, expected);
    let some = store.read_before(2, at(2), None, 2).await.unwrap();
    assert_eq!(some, expected[..2]);
    let rest = store.read_before(2, at(2), some.last(), 9).await.unwrap();
    assert_eq!(rest, expected[2..3], "not what is older");
    assert_eq!(store.read_before(1, at(0), None, 9).await.unwrap(), []);
}

async fn tellers_of_events_to_come_are_found_however_old(ground: Ground) {
    let store = &ground.store;
    let mut told = Vec::new();
    for (key, start) in [
        ("1", "2017-10-04"),
        ("2", "2017-10-05"),
        ("3", "2017-12-01"),
    ] {
        let mut one = visited("a", key, at(1));
        one.events = vec![event(&one.article.id, start, None)];
        told.push(one);
    }
    record(store, "a", told.clone()).await;
    let mut coming: Vec<ArticleId> = told[1..].iter().map(|one| one.article.id.clone()).collect();
    coming.sort();
    let today = day("2017-10-05");
    let find = async |engine, until, passed: Option<&ArticleId>| {
        let found = store.tellers_read_before(engine, until, today, passed, 9);
        found.await.unwrap()
    };
    assert_eq!(find(2, at(2), None).await, coming);
    assert_eq!(find(2, at(2), coming.first()).await, coming[1..]);
    assert_eq!(find(1, at(2), None).await, []);
    assert_eq!(find(2, at(1), None).await, [], "those are not so old");
}

async fn a_new_reading_moves_no_article(ground: Ground) {
    let store = &ground.store;
    let first = visited("a", "1", at(1));
    let mut second = visited("a", "2", at(1));
    let mut revised = second.clone();
    revised.article.revision = 2;
    revised.article.content_hash = "another".to_owned();
    let mut known = visited("a", "3", at(1));
    known.events = vec![event(&known.article.id, "2017-10-06", None)];
    record(store, "a", vec![first.clone(), second, known.clone()]).await;
    record(store, "a", vec![revised.clone()]).await;
    store.seal(at(50)).await.unwrap();
    let stamp = store.stamp().await.unwrap();
    let state = store.source_states().await.unwrap();
    let before = store.entries_between(at(0), at(90), 9).await.unwrap();
    let times = |entries: &[Entry]| {
        let of = |entry: &Entry| (entry.article.id.clone(), entry.story.clone(), entry.added);
        entries.iter().map(of).collect::<Vec<_>>()
    };
    second = revised;
    for one in [&first, &second, &known] {
        let mut again = one.clone();
        again.reading.engine_version = 2;
        again.reading.kind = Kind::ForumArticle;
        again.reading.excerpt = "Басқаша оқылды.".to_owned();
        again.events.clear();
        let kept = store.record_reading(&again, None, at(60)).await;
        assert!(kept.unwrap());
        let (_, reading) = store.article(&one.article.id).await.unwrap().unwrap();
        assert_eq!(reading, again.reading);
    }
    let after = store.entries_between(at(0), at(90), 9).await.unwrap();
    assert_eq!(times(&before), times(&after));
    assert_ne!(store.stamp().await.unwrap(), stamp, "feeds are made anew");
    assert_eq!(store.source_states().await.unwrap(), state);
    let told = store.revised_between(at(50), at(90), 9).await.unwrap();
    assert_eq!(told, [], "its publisher revised it before");
    assert_eq!(store.read_before(2, at(0), None, 9).await.unwrap(), []);
    let all = Filter::default();
    let calendar = store.calendar(&all, day("2017-10-01"), 9).await;
    assert_eq!(calendar.unwrap(), [], "nobody tells of it any more");
}

async fn a_reading_of_what_changed_meanwhile_is_not_kept(ground: Ground) {
    let store = &ground.store;
    let one = visited("a", "1", at(1));
    let mut again = one.clone();
    again.reading.engine_version = 2;
    assert!(!store.record_reading(&again, None, at(5)).await.unwrap());
    record(store, "a", vec![one.clone()]).await;
    let mut word = Correction::none(one.article.id.clone(), at(10));
    word.kind = Some(Kind::Other);
    let mut corrected = one.clone();
    corrected.reading.kind = Kind::Other;
    let kept = store.record_correction(&corrected, Some(&word), at(10));
    assert!(kept.await.unwrap());
    assert!(!store.record_reading(&again, None, at(11)).await.unwrap());
    let stale = store.record_reading(&again, Some(at(9)), at(11)).await;
    assert!(!stale.unwrap());
    let kept = store.record_reading(&again, Some(at(10)), at(11)).await;
    assert!(kept.unwrap());
    let mut second = one;
    second.article.revision = 2;
    // The visit that brings it begins after the correction.
    second.article.first_seen = at(20);
    record(store, "a", vec![second]).await;
    let kept = store.record_reading(&again, Some(at(10)), at(12)).await;
    assert!(!kept.unwrap(), "it was revised");
}
