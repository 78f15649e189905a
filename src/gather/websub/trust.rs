//! How far a hub is relied on: pushes that bring something speak for it, an
//! entry that polling finds and no push brought speaks against it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::push::{Subscription, TRUSTED_AFTER};

/// An entry younger than this may still be on its way through the hub.
const ON_ITS_WAY: TimeDelta = TimeDelta::minutes(15);
/// A hub that misses entries may have forgotten us: it is asked anew, but not
/// before the last confirmation is so old.
const ASKED_ANEW_AFTER: TimeDelta = TimeDelta::days(1);

/// What a visit found of a source whose hub pushes.
#[derive(Debug, Clone, Copy)]
pub struct Polled<'a> {
    /// The visit before this one.
    pub before: Option<DateTime<Utc>>,
    /// When entries not seen before were published, as far as they say.
    pub new: &'a [Option<DateTime<Utc>>],
    /// Whether entries share ids, where the whole document was read.
    pub shares_ids: Option<bool>,
}

/// What to think of a hub from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trust {
    pub proven: u32,
    pub whole_only: bool,
    /// The hub is to be asked anew at this time, if not before.
    pub ask_before: Option<DateTime<Utc>>,
}

/// After a visit; `None`: as before.
pub fn after_poll(push: &Subscription, polled: Polled<'_>, now: DateTime<Utc>) -> Option<Trust> {
    let mut trust = Trust {
        proven: push.proven,
        whole_only: polled.shares_ids.unwrap_or(push.whole_only),
        ask_before: None,
    };
    // What the hub said without saying it made us look.
    let told = if push.whole_only {
        push.pinged.max(push.pushed)
    } else {
        push.pinged
    };
    let was_pinged = told > polled.before;
    if push.is_alive(now) && was_pinged && !polled.new.is_empty() {
        trust.proven = proved(push);
    } else if push.is_alive(now) && !was_pinged && has_missed(push, polled, now) {
        trust.proven = 0;
        let confirmed_long_ago = push
            .confirmed
            .is_none_or(|confirmed| now - confirmed >= ASKED_ANEW_AFTER);
        trust.ask_before = confirmed_long_ago.then_some(now);
    }
    let is_as_before = trust.proven == push.proven
        && trust.whole_only == push.whole_only
        && trust.ask_before.is_none();
    (!is_as_before).then_some(trust)
}

/// After a push whose content was read; `None`: as before.
pub fn after_push(push: &Subscription, new: usize, now: DateTime<Utc>) -> Option<Trust> {
    let speaks_for_it = new > 0 && push.is_alive(now) && push.proven < TRUSTED_AFTER;
    speaks_for_it.then(|| Trust {
        proven: proved(push),
        whole_only: push.whole_only,
        ask_before: None,
    })
}

fn proved(push: &Subscription) -> u32 {
    push.proven.saturating_add(1).min(TRUSTED_AFTER)
}

/// Whether an entry is new that the hub had promised, and time enough, to push.
fn has_missed(push: &Subscription, polled: Polled<'_>, now: DateTime<Utc>) -> bool {
    let Some(since) = push.confirmed else {
        return false;
    };
    polled.new.iter().any(|published| match published {
        Some(published) => *published >= since && *published <= now - ON_ITS_WAY,
        // Undated: it came after the visit before this one.
        None => polled.before.is_some_and(|before| before >= since),
    })
}
