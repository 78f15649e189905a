//! When a source that answered is asked next: rhythm, what server and document
//! ask for, floor and ceiling.

use chrono::{Datelike, Timelike, Weekday};

use super::*;
use crate::model::pace::Rhythm;

fn asking(asked: AskedPace) -> Pace {
    Pace {
        asked,
        ..Pace::default()
    }
}

/// Known for a month, with so many thousandths of an entry at each hour.
fn with_rhythm(hours: impl Fn(u32) -> u32) -> Pace {
    Pace {
        rhythm: Rhythm {
            since: Some(now() - TimeDelta::days(30)),
            aged: Some(now()),
            hours: std::array::from_fn(|hour| hours(u32::try_from(hour).expect("few"))),
        },
        ..Pace::default()
    }
}

fn next(pace: &Pace, fresh_for: Option<TimeDelta>) -> (TimeDelta, String) {
    let options = PlanOptions::default();
    let (at, why) = next_visit(&source("a"), pace, fresh_for, now(), &options);
    (at - now(), why)
}

#[test]
fn what_is_asked_for_is_heard_within_the_ceiling() {
    let minutes = TimeDelta::minutes;
    let ttl = |minutes| {
        asking(AskedPace {
            ttl_minutes: Some(minutes),
            ..AskedPace::default()
        })
    };
    let update = asking(AskedPace {
        ttl_minutes: Some(30),
        update_minutes: Some(120),
        ..AskedPace::default()
    });
    let cases = [
        // Less than the interval: the interval holds.
        (Pace::default(), None, None, "its usual interval"),
        (
            Pace::default(),
            Some(minutes(5)),
            None,
            "its usual interval",
        ),
        (ttl(1), None, None, "its usual interval"),
        (
            Pace::default(),
            Some(minutes(90)),
            Some(minutes(90)),
            "the server's Cache-Control or Expires asks for 90 min",
        ),
        (
            ttl(60),
            None,
            Some(minutes(60)),
            "the document's ttl asks for 1 h",
        ),
        (
            update,
            None,
            Some(minutes(120)),
            "the document's updatePeriod asks for 2 h",
        ),
        (
            ttl(60),
            Some(minutes(180)),
            Some(minutes(180)),
            "the server's",
        ),
    ];
    for (pace, fresh_for, asked, says) in cases {
        let (wait, why) = next(&pace, fresh_for);
        match asked {
            None => assert!(wait >= EVERY / 2 && wait < EVERY * 3 / 2, "{why}: {wait}"),
            Some(asked) => assert!(wait >= asked && wait < asked * 9 / 8, "{why}: {wait}"),
        }
        assert!(why.starts_with(says), "{why}");
    }
    for far in [ttl(u32::MAX), update_of_a_year()] {
        assert_eq!(next(&far, None).0, TimeDelta::days(1));
    }
    assert_eq!(
        next(&Pace::default(), Some(TimeDelta::days(300))).0,
        TimeDelta::days(1)
    );
}

fn update_of_a_year() -> Pace {
    asking(AskedPace {
        update_minutes: Some(365 * 24 * 60),
        ..AskedPace::default()
    })
}

#[test]
fn skipped_hours_and_days_are_passed_over() {
    // It is Monday, 10:00 UTC.
    let hours = asking(AskedPace {
        skip_hours: vec![10, 11, 12],
        ..AskedPace::default()
    });
    let (wait, why) = next(&hours, None);
    assert_eq!((now() + wait).hour(), 13);
    assert!(
        (now() + wait).minute() < 15 && why.contains("skip"),
        "{why}"
    );
    let night = asking(AskedPace {
        skip_hours: (10..24).collect(),
        skip_days: vec![Weekday::Tue],
        ..AskedPace::default()
    });
    assert_eq!(next(&night, None).0, TimeDelta::days(1), "the ceiling");
    let days = asking(AskedPace {
        skip_days: vec![Weekday::Mon],
        ..AskedPace::default()
    });
    let next_time = now() + next(&days, None).0;
    assert_eq!((next_time.weekday(), next_time.hour()), (Weekday::Tue, 0));
}

#[test]
fn the_rhythm_moves_the_interval_within_reach() {
    let options = PlanOptions::default();
    let mut hourly = source("a");
    hourly.every = Duration::from_hours(1);
    let every = TimeDelta::hours(1);
    // Thousandths: of some 15 days that still weigh, so 15 times what comes in a day.
    let cases = [
        (
            "ten an hour",
            with_rhythm(|_| 150_000),
            every / 2 / 2,
            every / 2 * 3 / 2,
        ),
        (
            "one an hour",
            with_rhythm(|_| 15_700),
            every / 2,
            every * 3 / 2,
        ),
        (
            "nothing for a month",
            with_rhythm(|_| 0),
            every * 2,
            every * 6,
        ),
        (
            "in the morning only",
            with_rhythm(|hour| if hour < 5 { 30_000 } else { 0 }),
            every * 2,
            every * 6,
        ),
    ];
    for (name, pace, least, most) in cases {
        let (at, why) = next_visit(&hourly, &pace, None, now(), &options);
        let wait = at - now();
        assert!(wait >= least && wait <= most, "{name}: {wait}, {why}");
    }
}

#[test]
fn a_document_is_read_again_before_its_entries_fall_out() {
    let mut pace = with_rhythm(|_| 75_000);
    pace.asked.ttl_minutes = Some(24 * 60);
    pace.entries = 10;
    let (wait, why) = next(&pace, Some(TimeDelta::hours(12)));
    // Some five an hour: five of ten in an hour.
    assert!(
        wait >= TimeDelta::minutes(45) && wait <= TimeDelta::minutes(75),
        "{wait}"
    );
    assert_eq!(why, "half of the document may be new by then");
    pace.entries = 10_000;
    assert!(next(&pace, None).0 >= TimeDelta::hours(23));
}

#[test]
fn the_operators_own_words_go_first() {
    let options = PlanOptions {
        every_min: Duration::from_hours(1),
        every_max: Duration::from_hours(2),
        ..PlanOptions::default()
    };
    let wait = |every: TimeDelta, pace: &Pace| {
        let mut source = source("a");
        source.every = every.to_std().expect("positive");
        next_visit(&source, pace, None, now(), &options).0 - now()
    };
    let busy = with_rhythm(|_| 1_000_000);
    assert!(
        wait(TimeDelta::minutes(10), &busy) >= TimeDelta::minutes(10),
        "its own floor"
    );
    assert!(
        wait(TimeDelta::minutes(90), &busy) >= TimeDelta::hours(1),
        "the house's floor"
    );
    assert_eq!(
        wait(TimeDelta::minutes(90), &update_of_a_year()),
        TimeDelta::hours(2)
    );
    assert_eq!(
        wait(TimeDelta::days(7), &update_of_a_year()),
        TimeDelta::days(7)
    );
    let mut desk = source("a");
    desk.place = Place::Desk("desk".into());
    let (at, _) = next_visit(&desk, &update_of_a_year(), None, now(), &options);
    assert_eq!(at - now(), EVERY, "a desk is read at its interval");
}

#[test]
fn a_visit_teaches_the_rhythm_and_says_what_is_waited_for() {
    let visited = Visited::Read {
        validators: Validators::default(),
        body_hash: None,
        permanent_redirect: None,
        fresh_for: Some(TimeDelta::hours(3)),
        brought: Brought {
            entries: 2,
            new: vec![Some(now() - TimeDelta::hours(5)), None],
            ..Brought::default()
        },
    };
    let state = step(&fresh(), visited);
    assert_eq!(state.pace.entries, 2);
    assert_eq!(state.pace.rhythm.hours[5], 1000);
    let Plan::NotYet { why, until } = plan_now(&state) else {
        panic!("asked before its time");
    };
    assert!(why.contains("asks for 3 h between visits") && until > now() + TimeDelta::hours(3));
    let failed = step(&state, failed());
    assert_eq!(failed.waits_for, None);
    assert_eq!(failed.pace, state.pace, "what is known stays known");
}
