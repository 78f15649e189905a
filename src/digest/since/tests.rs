use std::time::Duration;

use super::*;
use crate::digest::samples::{at, day, event};
use crate::model::source::{FullTextMode, Republish, SourceId};

fn before(now: &Event) -> EventBefore {
    EventBefore {
        id: now.id.clone(),
        start: now.start,
        end: now.end,
        time: now.time,
        city: now.city.clone(),
        status: now.status,
    }
}

/// An event with everything, as it is now.
fn now() -> Event {
    Event {
        time: "10:00:00".parse().ok(),
        city: Some("Astana".to_owned()),
        ..event("x", "2026-11-28", "x")
    }
}

#[test]
fn what_of_an_event_is_different_is_told() {
    let was = |change: &dyn Fn(&mut EventBefore)| {
        let mut was = before(&now());
        change(&mut was);
        changes(&was, &now())
    };
    let moved = Change::Moved {
        start: day("2026-11-25"),
        end: None,
    };
    let nine = "09:00:00".parse().ok();
    let cases = [
        (was(&|_| {}), vec![]),
        (
            was(&|was| (was.start, was.time) = (day("2026-11-25"), None)),
            vec![moved, Change::Time(None)],
        ),
        (
            was(&|was| (was.city, was.time) = (Some("Semey".to_owned()), nine)),
            vec![Change::Time(nine), Change::Place("Semey".to_owned())],
        ),
        (was(&|was| was.city = None), vec![]),
    ];
    for (place, (found, expected)) in cases.into_iter().enumerate() {
        assert_eq!(found, expected, "case {place}");
    }
}

#[test]
fn a_call_off_and_its_end_are_told() {
    use EventStatus::{Cancelled, Confirmed, Postponed, Tentative};
    let cases = [
        (Confirmed, Cancelled, vec![Change::Cancelled]),
        (Tentative, Postponed, vec![Change::Postponed]),
        (Postponed, Confirmed, vec![Change::Restored]),
        (Tentative, Confirmed, vec![]),
        (Cancelled, Cancelled, vec![]),
    ];
    for (was, is, expected) in cases {
        let before = EventBefore {
            status: was,
            ..before(&now())
        };
        let now = Event {
            status: is,
            ..now()
        };
        assert_eq!(changes(&before, &now), expected, "{was:?} {is:?}");
    }
}

#[test]
fn a_forum_put_off_to_a_known_day_is_told_with_it() {
    let before = EventBefore {
        start: day("2026-11-25"),
        ..before(&now())
    };
    let now = Event {
        status: EventStatus::Postponed,
        ..now()
    };
    let moved = Change::Moved {
        start: before.start,
        end: None,
    };
    assert_eq!(changes(&before, &now), [moved]);
}

#[test]
fn an_outlet_is_silent_after_three_days_without_an_answer() {
    let now = at("2026-11-23T03:00:00Z");
    let source = |name: &str, place: Place, enabled: bool| Source {
        id: SourceId::from_stored(name),
        name: name.to_owned(),
        place,
        home: None,
        language: None,
        region: None,
        republish: Republish::Excerpt,
        every: Duration::from_mins(10),
        accept_language: None,
        user_agent: None,
        full_text: FullTextMode::default(),
        push: true,
        enabled,
    };
    let feed = || Place::Feed("https://example.kz/feed".parse().expect("URL"));
    let sources = [
        source("silent", feed(), true),
        source("also-silent", feed(), true),
        source("answers", feed(), true),
        source("since-yesterday", feed(), true),
        source("never", feed(), true),
        source("gone", feed(), true),
        source("off", feed(), false),
        source("desk", Place::Desk("desk".into()), true),
    ];
    let state = |name: &str, failures: u32, last: Option<&str>| SourceState {
        failures,
        last_success: last.map(at),
        ..SourceState::new(SourceId::from_stored(name), now)
    };
    let long_ago = Some("2026-11-20T03:00:00Z");
    let states = [
        state("silent", 9, long_ago),
        state("also-silent", 1, long_ago),
        state("answers", 0, long_ago),
        state("since-yesterday", 5, Some("2026-11-20T03:00:01Z")),
        state("never", 50, None),
        SourceState {
            stopped: Some("410".to_owned()),
            ..state("gone", 5, long_ago)
        },
        state("off", 5, long_ago),
        state("desk", 5, long_ago),
    ];
    assert_eq!(silent(&sources, &states, now), ["also-silent", "silent"]);
}
