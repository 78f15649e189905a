//! May a source be asked now, how, and when next? Pure: old state, what came
//! of the visit, options and `now` give the new state.
//!
//! Deliberately absent: who asks (leases are the store's) and how (`web`).

mod asked;
mod next;
mod rhythm;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use sha2::{Digest, Sha256};
use url::Url;

use crate::model::health::Answered;
use crate::model::id::hex;
use crate::model::pace::AskedPace;
use crate::model::source::{Place, Source, SourceId, SourceState, Validators};

use super::web::RetryAfter;

pub use asked::{AskedHead, asked_by};
use next::next_visit;
pub use rhythm::weekly_tenths;

/// A permanent redirect is believed when so many visits in a row saw it: a
/// captive portal or a slip of an hour must not move a source for good.
pub const MOVES_BELIEVED_AFTER: u32 = 3;

/// What the operator may tune.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanOptions {
    /// Nobody is asked more often, unless the catalogue says so of a source.
    pub every_min: Duration,
    /// Nobody is asked less often, whatever servers and documents ask for, unless
    /// the catalogue says so of a source.
    pub every_max: Duration,
    /// A source that fails is asked at least this often.
    pub backoff_max: Duration,
    /// Validators are forgotten this often, and the whole body asked for: some
    /// servers say 304 for ever after a slip in their clock or cache.
    pub validators_kept: Duration,
    /// People are told times in it.
    pub zone: Tz,
    /// Articles not seen before that are taken from one source on one day; those
    /// beyond wait in the source's document.
    pub new_per_day: u32,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self {
            every_min: Duration::from_mins(5),
            every_max: Duration::from_hours(24),
            backoff_max: Duration::from_hours(24),
            validators_kept: Duration::from_hours(8 * 24),
            zone: Tz::UTC,
            new_per_day: 5_000,
        }
    }
}

/// What to do about a source now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    /// Ask.
    Ask {
        /// The catalogue's address, or where it has moved for good; a desk has none.
        url: Option<Url>,
        /// To ask conditionally with.
        validators: Validators,
    },
    /// Not before `until`.
    NotYet { until: DateTime<Utc>, why: String },
    /// Not until the operator says otherwise.
    Stopped { why: String },
}

/// What came of asking and reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visited {
    /// A document was read. `validators` vouch for the articles stored with them.
    Read {
        validators: Validators,
        /// [`body_hash`] of the document; `None` for a desk.
        body_hash: Option<String>,
        permanent_redirect: Option<Url>,
        /// How long the server says it stays as it is.
        fresh_for: Option<TimeDelta>,
        brought: Brought,
    },
    /// 304, or a body with the same hash as the last.
    Unchanged {
        validators: Validators,
        permanent_redirect: Option<Url>,
        fresh_for: Option<TimeDelta>,
    },
    /// A body came, but nothing in it could be read: its validators are not kept.
    Unreadable { why: String },
    /// 410.
    Gone,
    /// 429, or 503 with a time.
    TooEarly { retry_after: Option<RetryAfter> },
    /// No usable answer.
    Failed { why: String },
}

/// What a document that was read brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Brought {
    /// Entries in it.
    pub entries: usize,
    /// When those not seen before were published, as far as they say.
    pub new: Vec<Option<DateTime<Utc>>>,
    /// What it asks of those who come again.
    pub asked: AskedPace,
    /// For people, e.g. `12 entries, 3 new, 0 revised`.
    pub result: String,
}

/// Whether robots.txt is asked first: a feed is made to be asked, and a sitemap
/// is for robots.
pub const fn asks_robots(place: &Place) -> bool {
    match place {
        Place::Feed(_) | Place::Sitemap(_) | Place::Desk(_) => false,
        Place::Page { .. } | Place::Json { .. } | Place::Telegram(_) => true,
    }
}

/// Whether `source` may be asked at `now`, and how.
pub fn plan(
    source: &Source,
    state: &SourceState,
    now: DateTime<Utc>,
    options: &PlanOptions,
) -> Plan {
    if !source.enabled {
        return Plan::Stopped {
            why: "switched off in the catalogue".to_owned(),
        };
    }
    if let Some(why) = &state.stopped {
        return Plan::Stopped { why: why.clone() };
    }
    if state.next_visit > now {
        let why = match state.failures {
            0 => state
                .waits_for
                .clone()
                .unwrap_or_else(|| "visited recently".to_owned()),
            1 => format!(
                "failed once: {}",
                state.last_result.as_deref().unwrap_or("no reason recorded")
            ),
            failures => format!(
                "failed {failures} times in a row: {}",
                state.last_result.as_deref().unwrap_or("no reason recorded")
            ),
        };
        return Plan::NotYet {
            until: state.next_visit,
            why,
        };
    }
    ask(source, state, now, options)
}

/// Whether the server asked to come later than `now`: a visit to all leaves it alone,
/// too. Who names this one source insists.
pub fn is_asked_to_wait(state: &SourceState, now: DateTime<Utc>) -> bool {
    state.health.answered == Some(Answered::Later) && state.next_visit > now
}

/// How to ask now, due or not: for an operator who says "gather this one".
pub fn ask(
    source: &Source,
    state: &SourceState,
    now: DateTime<Utc>,
    options: &PlanOptions,
) -> Plan {
    let forget = state.last_visit.is_none_or(|last| {
        keeping_period(&source.id, last, options) != keeping_period(&source.id, now, options)
    });
    Plan::Ask {
        url: moved_address(state).or_else(|| source.place.url().cloned()),
        validators: if forget {
            Validators::default()
        } else {
            state.validators.clone()
        },
    }
}

/// The state after a visit that ended at `now`.
#[must_use]
pub fn after(
    source: &Source,
    state: &SourceState,
    visited: Visited,
    now: DateTime<Utc>,
    options: &PlanOptions,
) -> SourceState {
    let mut next = SourceState {
        last_visit: Some(now),
        ..state.clone()
    };
    match visited {
        Visited::Read {
            validators,
            body_hash,
            permanent_redirect,
            fresh_for,
            brought,
        } => {
            next.validators = validators;
            next.body_hash = body_hash;
            next.pace.asked = brought.asked;
            next.pace.entries = u32::try_from(brought.entries).unwrap_or(u32::MAX);
            rhythm::count(&mut next.pace.rhythm, &brought.new, now);
            succeed(&mut next, permanent_redirect, brought.result, now);
            come_again(&mut next, source, fresh_for, now, options);
        }
        Visited::Unchanged {
            validators,
            permanent_redirect,
            fresh_for,
        } => {
            next.validators = validators;
            let nothing = "nothing new".to_owned();
            succeed(&mut next, permanent_redirect, nothing, now);
            come_again(&mut next, source, fresh_for, now, options);
        }
        Visited::Unreadable { why } | Visited::Failed { why } => {
            fail(&mut next, source, why, now, options);
        }
        Visited::Gone if moved_address(state).is_some() => {
            let why =
                "gone (410) from where it had moved; the catalogue's address is next".to_owned();
            fail(&mut next, source, why, now, options);
        }
        Visited::Gone => {
            let why = "gone for good (410): take it out of the catalogue, or give its new address";
            next.stopped = Some(why.to_owned());
            next.last_result = Some(why.to_owned());
        }
        Visited::TooEarly { retry_after } => {
            let moved_to = next.moved_to.clone();
            fail(
                &mut next,
                source,
                "asked to come later".to_owned(),
                now,
                options,
            );
            // A busy server has not moved back.
            next.moved_to = moved_to;
            if let Some(retry_after) = retry_after {
                let allowed = retry_after.until(now);
                next.next_visit = next.next_visit.max(allowed);
                next.last_result = Some(format!(
                    "asked to come after {}",
                    allowed.with_timezone(&options.zone).format("%F %R %Z")
                ));
            }
        }
    }
    next
}

/// The state after a visit, where the source's hub pushes what is new: the next
/// visit only makes sure of it.
#[must_use]
pub fn relying_on_hub(
    source: &Source,
    state: SourceState,
    now: DateTime<Utc>,
    options: &PlanOptions,
) -> SourceState {
    let relaxed = now + next::relaxed_visit(source, &state.pace, now, options);
    if state.failures > 0 || state.stopped.is_some() || relaxed <= state.next_visit {
        return state;
    }
    SourceState {
        next_visit: relaxed,
        waits_for: Some("its hub pushes what is new".to_owned()),
        ..state
    }
}

/// The state after a hub pushed entries that were `new`, published then. Nobody
/// has visited the source: what is known of asking it stays.
#[must_use]
pub fn after_push(
    state: &SourceState,
    new: &[Option<DateTime<Utc>>],
    now: DateTime<Utc>,
) -> SourceState {
    let mut next = state.clone();
    rhythm::count(&mut next.pace.rhythm, new, now);
    next
}

/// SHA-256 over a document, hexadecimal: an equal one is not read again.
pub fn body_hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn come_again(
    next: &mut SourceState,
    source: &Source,
    fresh_for: Option<TimeDelta>,
    now: DateTime<Utc>,
    options: &PlanOptions,
) {
    let (time, why) = next_visit(source, &next.pace, fresh_for, now, options);
    next.next_visit = time;
    next.waits_for = Some(why);
}

fn succeed(
    next: &mut SourceState,
    permanent_redirect: Option<Url>,
    result: String,
    now: DateTime<Utc>,
) {
    next.failures = 0;
    // Asked by name although stopped, it answered.
    next.stopped = None;
    next.last_success = Some(now);
    next.last_result = Some(result);
    next.moved_to = match (permanent_redirect, next.moved_to.take()) {
        (Some(to), Some((before, times))) if to.as_str() == before => {
            Some((before, times.saturating_add(1)))
        }
        (Some(to), _) => Some((to.into(), 1)),
        // The new address was asked itself, and answers without redirecting.
        (None, Some((before, times))) if times >= MOVES_BELIEVED_AFTER => Some((before, times)),
        (None, _) => None,
    };
}

fn fail(
    next: &mut SourceState,
    source: &Source,
    why: String,
    now: DateTime<Utc>,
    options: &PlanOptions,
) {
    next.failures = next.failures.saturating_add(1);
    next.next_visit = now + backoff(source, next.failures, options);
    next.last_result = Some(why);
    next.waits_for = None;
    // Where it had moved it does not answer: ask the catalogue's address again.
    if moved_address(next).is_some() {
        next.moved_to = None;
    }
}

/// The address a source has moved to, once that is believed.
fn moved_address(state: &SourceState) -> Option<Url> {
    let (address, times) = state.moved_to.as_ref()?;
    (*times >= MOVES_BELIEVED_AFTER).then(|| address.parse().ok())?
}

/// The wait after the `failures`th failure in a row: doubling from `every`, a
/// little longer by the source's name, up to the ceiling.
fn backoff(source: &Source, failures: u32, options: &PlanOptions) -> TimeDelta {
    /// 2^20 minutes are two years: no ceiling is higher.
    const DOUBLINGS_MAX: u32 = 20;
    let doublings = failures.saturating_sub(1).min(DOUBLINGS_MAX);
    let every_ms = delta(source.every).num_milliseconds().max(1);
    let wait_ms = every_ms.saturating_mul(1 << doublings);
    let spread_ms = share(&source.id, (wait_ms / 8).max(1));
    // A source asked once a week does not become a daily one by failing.
    let ceiling_ms = delta(options.backoff_max).num_milliseconds().max(every_ms);
    TimeDelta::milliseconds(wait_ms.saturating_add(spread_ms).min(ceiling_ms))
}

/// Which stretch of keeping validators `time` falls into. Stretches begin at
/// another moment for each source; a visit in a new one asks for everything.
fn keeping_period(id: &SourceId, time: DateTime<Utc>, options: &PlanOptions) -> i64 {
    let length_ms = delta(options.validators_kept).num_milliseconds().max(1);
    (time.timestamp_millis() + share(id, length_ms)).div_euclid(length_ms)
}

/// A source's own number from 0 to `whole` (exclusive), always the same.
fn share(id: &SourceId, whole: i64) -> i64 {
    let digest = Sha256::digest(id.as_str().as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    // Half the range, so that the number is not negative.
    (i64::from_be_bytes(first) & i64::MAX) % whole
}

/// Durations here come from the catalogue and the config and are far from the limit.
fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::days(366))
}

#[cfg(test)]
mod tests;
