//! What was changed since a letter told of it.

use super::{Ground, at, day, event, on_both, record, visited};
use crate::model::change::EventBefore;
use crate::model::event::{Event, EventId, EventStatus};
use crate::model::reading::Kind;

on_both!(
    an_event_is_remembered_as_it_stood_when_the_window_opened,
    revised_articles_are_told_with_the_title_they_had,
);

/// Records `event` as told by the article `key`, seen at `millis`.
async fn tell(ground: &Ground, event: &Event, millis: i64) {
    let mut telling = visited("a", "told", at(millis));
    telling.events = vec![Event {
        updated: at(millis),
        ..event.clone()
    }];
    record(&ground.store, "a", vec![telling]).await;
}

async fn an_event_is_remembered_as_it_stood_when_the_window_opened(ground: Ground) {
    let store = &ground.store;
    let first = event(&visited("a", "told", at(0)).article.id, "2017-10-06", None);
    tell(&ground, &first, 10).await;
    assert_eq!(
        store.event(&first.id).await.unwrap().unwrap().start,
        first.start
    );
    let none = EventId::from_stored("none");
    assert_eq!(store.event(&none).await.unwrap(), None);
    let moved = Event {
        start: day("2017-10-08"),
        end: Some(day("2017-10-09")),
        time: "10:00:00".parse().ok(),
        city: Some("Astana".to_owned()),
        sequence: 1,
        ..first.clone()
    };
    tell(&ground, &moved, 20).await;
    let cancelled = Event {
        status: EventStatus::Cancelled,
        sequence: 2,
        ..moved.clone()
    };
    tell(&ground, &cancelled, 30).await;
    tell(&ground, &cancelled, 40).await;
    let before = |event: &Event| EventBefore {
        id: event.id.clone(),
        start: event.start,
        end: event.end,
        time: event.time,
        city: event.city.clone(),
        status: event.status,
    };
    let cases = [
        (0, 50, vec![before(&first)]),
        (10, 20, vec![before(&first)]),
        (20, 50, vec![before(&moved)]),
        (30, 50, vec![]),
        (0, 19, vec![]),
    ];
    for (after, until, expected) in cases {
        let found = store.events_before(at(after), at(until)).await.unwrap();
        assert_eq!(found, expected, "{after} to {until}");
    }
    // A change recorded late counts as made after the window that was sealed.
    store.seal(at(100)).await.unwrap();
    let restored = Event {
        status: EventStatus::Confirmed,
        sequence: 3,
        ..cancelled.clone()
    };
    tell(&ground, &restored, 90).await;
    assert_eq!(store.events_before(at(50), at(100)).await.unwrap(), []);
    let later = store.events_before(at(100), at(200)).await.unwrap();
    assert_eq!(later, [before(&cancelled)]);
}

async fn revised_articles_are_told_with_the_title_they_had(ground: Ground) {
    let store = &ground.store;
    let revise = |key: &str, revision: u32, title: &str, millis: i64| {
        let mut article = visited("a", key, at(millis));
        article.article.revision = revision;
        article.article.title = title.to_owned();
        article.article.content_hash = format!("{key} {revision}");
        article
    };
    let mut other = revise("other", 1, "Other", 10);
    other.reading.kind = Kind::Other;
    let first = vec![
        revise("retitled", 1, "Old", 10),
        revise("mended", 1, "Same", 10),
        revise("untouched", 1, "Same", 10),
        other,
    ];
    record(store, "a", first).await;
    let mut other = revise("other", 2, "Other!", 20);
    other.reading.kind = Kind::Other;
    let second = vec![
        revise("retitled", 2, "Newer", 20),
        revise("fresh", 1, "Fresh", 20),
        other,
    ];
    record(store, "a", second).await;
    let third = vec![
        revise("retitled", 3, "Newest", 30),
        revise("mended", 2, "Same", 30),
        revise("fresh", 2, "Fresh!", 30),
    ];
    record(store, "a", third).await;
    let told = async |after: i64, until: i64| {
        let found = store.revised_between(at(after), at(until), 9).await;
        let mut found: Vec<(String, Option<String>)> = found
            .unwrap()
            .into_iter()
            .map(|revised| (revised.entry.article.title, revised.title_before))
            .collect();
        found.sort();
        found
    };
    let pair = |title: &str, before: Option<&str>| (title.to_owned(), before.map(str::to_owned));
    assert_eq!(
        told(10, 40).await,
        [pair("Newest", Some("Old")), pair("Same", None)],
        "what was added in the window is new, not corrected"
    );
    let expected = [
        pair("Fresh!", Some("Fresh")),
        pair("Newest", Some("Newer")),
        pair("Same", None),
    ];
    assert_eq!(told(20, 40).await, expected);
    assert_eq!(told(30, 40).await, []);
}
