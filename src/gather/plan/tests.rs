use std::collections::HashSet;

use crate::model::pace::Pace;
use crate::model::source::Place;

use super::*;

mod pace;

const EVERY: TimeDelta = TimeDelta::minutes(15);

fn source(id: &str) -> Source {
    let place = Place::Feed(url("https://example.kz/rss"));
    Source {
        every: EVERY.to_std().expect("positive"),
        ..Source::new(SourceId::from_stored(id), "Outlet", place)
    }
}

fn url(text: &str) -> Url {
    text.parse().expect(text)
}

fn now() -> DateTime<Utc> {
    "2026-11-23T10:00:00Z".parse().expect("time")
}

fn fresh() -> SourceState {
    SourceState::new(SourceId::from_stored("a"), now())
}

fn etag(text: &str) -> Validators {
    Validators {
        etag: Some(text.to_owned()),
        last_modified: None,
    }
}

fn read(redirect: Option<&str>) -> Visited {
    Visited::Read {
        validators: etag("\"1\""),
        body_hash: Some(body_hash(b"x")),
        permanent_redirect: redirect.map(url),
        fresh_for: None,
        brought: Brought {
            entries: 1,
            result: "1 entry".to_owned(),
            ..Brought::default()
        },
    }
}

fn failed() -> Visited {
    Visited::Failed {
        why: "timed out".to_owned(),
    }
}

fn step(state: &SourceState, visited: Visited) -> SourceState {
    after(&source("a"), state, visited, now(), &PlanOptions::default())
}

fn plan_now(state: &SourceState) -> Plan {
    plan(&source("a"), state, now(), &PlanOptions::default())
}

#[test]
fn a_new_source_is_asked_at_once_and_unconditionally() {
    let expected = Plan::Ask {
        url: Some(url("https://example.kz/rss")),
        validators: Validators::default(),
    };
    assert_eq!(plan_now(&fresh()), expected);
}

#[test]
fn what_was_read_is_remembered() {
    let state = step(&fresh(), read(None));
    assert_eq!(state.validators, etag("\"1\""));
    assert_eq!(state.body_hash, Some(body_hash(b"x")));
    assert_eq!(state.last_success, Some(now()));
    assert!(matches!(plan_now(&state), Plan::NotYet { until, .. } if until == state.next_visit));
    let later = state.next_visit;
    let plan = plan(&source("a"), &state, later, &PlanOptions::default());
    assert!(matches!(plan, Plan::Ask { validators, .. } if validators == etag("\"1\"")));
    let unchanged = Visited::Unchanged {
        validators: etag("\"2\""),
        permanent_redirect: None,
        fresh_for: None,
    };
    let state = step(&state, unchanged);
    assert_eq!(state.validators, etag("\"2\""));
    assert_eq!(state.body_hash, Some(body_hash(b"x")));
}

#[test]
fn what_could_not_be_read_is_asked_for_again() {
    let state = step(&fresh(), read(None));
    let page = Visited::Unreadable {
        why: "a web page, not a feed".to_owned(),
    };
    let state = step(&state, page);
    assert_eq!(state.validators, etag("\"1\""), "the last good ones");
    assert_eq!(state.failures, 1);
    assert_eq!(state.last_success, Some(now()));
}

#[test]
fn visits_settle_on_moments_of_their_own() {
    let mut moments = HashSet::new();
    for id in ["a", "b", "c", "d", "e"] {
        let source = source(id);
        let next = |now| {
            let pace = Pace::default();
            next_visit(&source, &pace, None, now, &PlanOptions::default()).0
        };
        let first = next(now());
        let wait = first - now();
        assert!(wait >= EVERY / 2 && wait < EVERY * 3 / 2, "{id}: {wait}");
        // A visit takes a little; the rhythm holds.
        let second = next(first + TimeDelta::seconds(2));
        assert_eq!(second - first, EVERY, "{id}");
        moments.insert(first);
    }
    assert_eq!(moments.len(), 5);
}

#[test]
fn failures_back_off_to_a_day() {
    let mut state = fresh();
    let mut before = TimeDelta::zero();
    for failures in 1..=40_u32 {
        state = step(&state, failed());
        let wait = state.next_visit - now();
        let doubled = EVERY * 2_i32.pow((failures - 1).min(20));
        assert!(
            wait >= doubled.min(TimeDelta::days(1)),
            "{failures}: {wait}"
        );
        assert!(wait <= TimeDelta::days(1), "{failures}: {wait}");
        assert!(wait >= before, "{failures}: {wait}");
        before = wait;
    }
    assert_eq!(before, TimeDelta::days(1));
    let Plan::NotYet { why, .. } = plan_now(&state) else {
        panic!("asked before its time");
    };
    assert_eq!(why, "failed 40 times in a row: timed out");
    assert_eq!(step(&state, read(None)).failures, 0);
}

#[test]
fn a_weekly_source_stays_weekly() {
    let mut weekly = source("a");
    weekly.every = Duration::from_hours(7 * 24);
    let state = after(&weekly, &fresh(), failed(), now(), &PlanOptions::default());
    assert_eq!(state.next_visit - now(), TimeDelta::days(7));
}

#[test]
fn retry_after_is_obeyed_whole() {
    let cases = [
        // Longer than the ceiling of our own back-off.
        (
            Some(RetryAfter::Delay(TimeDelta::days(3))),
            Some(TimeDelta::days(3)),
        ),
        (
            Some(RetryAfter::Delay(TimeDelta::hours(36))),
            Some(TimeDelta::hours(36)),
        ),
        (
            Some(RetryAfter::At(now() + TimeDelta::hours(9))),
            Some(TimeDelta::hours(9)),
        ),
        // Shorter than our own rhythm: ours holds.
        (Some(RetryAfter::Delay(TimeDelta::seconds(1))), None),
        (None, None),
    ];
    for (retry_after, wait) in cases {
        let state = step(&fresh(), Visited::TooEarly { retry_after });
        match wait {
            Some(wait) => assert_eq!(state.next_visit - now(), wait, "{retry_after:?}"),
            None => assert!(state.next_visit - now() >= EVERY, "{retry_after:?}"),
        }
    }
}

#[test]
fn gone_stops() {
    let state = step(&fresh(), Visited::Gone);
    assert!(matches!(plan_now(&state), Plan::Stopped { why } if why.contains("410")));
    let asked_by_name = step(&state, read(None));
    assert_eq!(asked_by_name.stopped, None);
    let mut off = source("a");
    off.enabled = false;
    let plan = plan(&off, &fresh(), now(), &PlanOptions::default());
    assert!(matches!(plan, Plan::Stopped { why } if why.contains("switched off")));
}

#[test]
fn a_move_is_believed_the_third_time() {
    let to = "https://new.example.kz/rss";
    let asked = |state: &SourceState| match ask(&source("a"), state, now(), &PlanOptions::default())
    {
        Plan::Ask { url, .. } => url.expect("a feed has an address").to_string(),
        other => panic!("{other:?}"),
    };
    let mut state = fresh();
    for _ in 0..2 {
        state = step(&state, read(Some(to)));
        assert_eq!(asked(&state), "https://example.kz/rss");
    }
    assert_eq!(step(&state, read(None)).moved_to, None, "it moved back");
    assert_eq!(
        step(&state, read(Some("https://other.kz/"))).moved_to,
        Some(("https://other.kz/".to_owned(), 1))
    );
    state = step(&state, read(Some(to)));
    assert_eq!(asked(&state), to);
    assert_eq!(asked(&step(&state, read(None))), to, "it answers there");
    let busy = Visited::TooEarly { retry_after: None };
    assert_eq!(asked(&step(&state, busy)), to, "it is only busy there");
    for end in [failed(), Visited::Gone] {
        let back = step(&state, end);
        assert_eq!(asked(&back), "https://example.kz/rss");
        assert_eq!(back.stopped, None);
    }
}

#[test]
fn validators_are_forgotten_every_eight_days() {
    let options = PlanOptions::default();
    let state = step(&fresh(), read(None));
    let forgets = |hours: i64| {
        let at = now() + TimeDelta::hours(hours);
        matches!(ask(&source("a"), &state, at, &options), Plan::Ask { validators, .. } if validators == Validators::default())
    };
    let first = (0..=8 * 24)
        .find(|hours| forgets(*hours))
        .expect("within eight days");
    assert!(first > 0);
    // In the new stretch a visit has been made: they are kept again.
    let at = now() + TimeDelta::hours(first);
    let visited = after(&source("a"), &state, read(None), at, &options);
    let next = ask(&source("a"), &visited, visited.next_visit, &options);
    assert!(matches!(next, Plan::Ask { validators, .. } if validators == etag("\"1\"")));
}
