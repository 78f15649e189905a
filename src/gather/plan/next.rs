//! When a source that answered is asked next, and why then.
//!
//! Its own rhythm says when something new is due; what the server and the
//! document ask for is heard; the operator's floor and ceiling hold; and before
//! entries would fall out of the document unread, it is asked all the same.

use chrono::{DateTime, Datelike, TimeDelta, Timelike, Utc};

use super::{PlanOptions, delta, rhythm, share};
use crate::model::pace::{AskedPace, Pace};
use crate::model::source::{Place, Source};

/// By its rhythm a source is asked at most so many times as often as `every` says …
const OFTENER_MAX: i32 = 2;
/// … and at least one time in so many.
const RARER_MAX: i32 = 4;
/// While its hub pushes, a source is asked one time in so many …
const PUSHED_RARER: i32 = 8;
/// … and at least this far apart.
const PUSHED_EVERY_MIN: TimeDelta = TimeDelta::hours(1);
/// A document is read again when this part of its entries may be new.
const TURNOVER: u32 = 2;

/// The next visit and, for people, why not before.
pub(super) fn next_visit(
    source: &Source,
    pace: &Pace,
    fresh_for: Option<TimeDelta>,
    now: DateTime<Utc>,
    options: &PlanOptions,
) -> (DateTime<Utc>, String) {
    let every = delta(source.every);
    if matches!(source.place, Place::Desk(_)) {
        // A folder is nobody's server, and an operator who saves a text waits for it.
        return (now + every, "a desk is read at its interval".to_owned());
    }
    let floor = delta(options.every_min).min(every);
    let ceiling = delta(options.every_max).max(every);
    let (interval, mut why) = by_rhythm(pace, every, now);
    let mut wait = moment(source, interval.clamp(floor, ceiling), now);
    if let Some((asked, who)) = asked_wait(&pace.asked, fresh_for)
        && asked > wait
    {
        let spread_ms = share(&source.id, (asked.num_milliseconds() / 8).max(1));
        wait = asked.min(ceiling) + TimeDelta::milliseconds(spread_ms);
        why = format!("{who} asks for {} between visits", in_words(asked));
    }
    wait = wait.clamp(floor, ceiling);
    if let Some(later) = past_skipped(&pace.asked, source, now + wait) {
        let later = later - now;
        if later > wait {
            wait = later.min(ceiling);
            "the document asks to skip these hours or days".clone_into(&mut why);
        }
    }
    let turnover = (pace.entries / TURNOVER).max(1);
    if let Some(most) = rhythm::expect(&pace.rhythm, turnover, now)
        && most.max(floor) < wait
    {
        wait = most.max(floor);
        "half of the document may be new by then".clone_into(&mut why);
    }
    (now + wait, why)
}

/// The same for a source whose hub pushes what is new: much later, but before half
/// of its document could fall out of it unread.
pub(super) fn relaxed_visit(
    source: &Source,
    pace: &Pace,
    now: DateTime<Utc>,
    options: &PlanOptions,
) -> TimeDelta {
    let every = delta(source.every);
    let ceiling = delta(options.every_max).max(every);
    let interval = (every * PUSHED_RARER).max(PUSHED_EVERY_MIN).min(ceiling);
    let wait = moment(source, interval, now).min(ceiling);
    let turnover = (pace.entries / TURNOVER).max(1);
    match rhythm::expect(&pace.rhythm, turnover, now) {
        Some(most) => wait.min(most),
        None => wait,
    }
}

/// The interval the rhythm suggests, within reach of the catalogue's.
fn by_rhythm(pace: &Pace, every: TimeDelta, now: DateTime<Utc>) -> (TimeDelta, String) {
    let usual = || (every, "its usual interval".to_owned());
    if !rhythm::is_known(&pace.rhythm, now) {
        return usual();
    }
    let longest = every * RARER_MAX;
    let due = rhythm::expect(&pace.rhythm, 1, now).unwrap_or(longest);
    let interval = due.clamp(every / OFTENER_MAX, longest);
    if interval == every {
        return usual();
    }
    (
        interval,
        "nothing new is due before, by its rhythm".to_owned(),
    )
}

/// How long to wait at the source's own moments, `interval` apart and shifted by
/// its name, so that sources of one rhythm don't all fire together. Never less
/// than half of `interval`.
fn moment(source: &Source, interval: TimeDelta, now: DateTime<Utc>) -> TimeDelta {
    let interval_ms = interval.num_milliseconds().max(1);
    let offset_ms = share(&source.id, interval_ms);
    let earliest_ms = now.timestamp_millis() + interval_ms / 2;
    let since_moment_ms = (earliest_ms - offset_ms).rem_euclid(interval_ms);
    let wait_ms = interval_ms / 2 + (interval_ms - since_moment_ms) % interval_ms;
    TimeDelta::milliseconds(wait_ms)
}

/// The longest of what server and document ask for, and who asked.
fn asked_wait(
    asked: &AskedPace,
    fresh_for: Option<TimeDelta>,
) -> Option<(TimeDelta, &'static str)> {
    let minutes = |minutes: u32| TimeDelta::minutes(i64::from(minutes));
    [
        (fresh_for, "the server's Cache-Control or Expires"),
        (asked.ttl_minutes.map(minutes), "the document's ttl"),
        (
            asked.update_minutes.map(minutes),
            "the document's updatePeriod",
        ),
    ]
    .into_iter()
    .filter_map(|(wait, who)| Some((wait?, who)))
    .max_by_key(|(wait, _)| *wait)
}

/// The first moment from `time` on that the document does not ask to skip, a
/// little later by the source's name; `None` where `time` is one.
fn past_skipped(asked: &AskedPace, source: &Source, time: DateTime<Utc>) -> Option<DateTime<Utc>> {
    const HOURS_OF_WEEK: i64 = 7 * 24;
    let skipped = |time: DateTime<Utc>| {
        asked
            .skip_hours
            .iter()
            .any(|hour| u32::from(*hour) == time.hour())
            || asked.skip_days.contains(&time.weekday())
    };
    if !skipped(time) {
        return None;
    }
    let hour_ms = TimeDelta::hours(1).num_milliseconds();
    let begun_ms = time.timestamp_millis().div_euclid(hour_ms) * hour_ms;
    let begun = DateTime::from_timestamp_millis(begun_ms)?;
    let free = (1..=HOURS_OF_WEEK)
        .map(|hours| begun + TimeDelta::hours(hours))
        .find(|time| !skipped(*time))?;
    Some(free + TimeDelta::milliseconds(share(&source.id, hour_ms / 4)))
}

fn in_words(wait: TimeDelta) -> String {
    let minutes = wait.num_minutes().max(1);
    if minutes % 60 == 0 {
        format!("{} h", minutes / 60)
    } else {
        format!("{minutes} min")
    }
}
