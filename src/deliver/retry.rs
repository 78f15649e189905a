//! What follows from an attempt: done, again later, or never. Pure.

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::count::counted;
use crate::model::delivery::{Attempt, DeliveryId, Outcome, Reason};
use crate::model::id::derive;

/// The wait after the first deferred attempt; it doubles from there. Greylisting
/// servers let a second attempt pass within minutes.
pub const FIRST_WAIT: TimeDelta = TimeDelta::minutes(5);
/// No wait is longer, but for the jitter.
pub const LONGEST_WAIT: TimeDelta = TimeDelta::hours(4);
/// A letter older than this is given up. RFC 5321 section 4.5.4.1 speaks of four
/// to five days, for letters people write to each other; a digest is stale after two.
pub const GIVE_UP_AFTER: TimeDelta = TimeDelta::days(2);
/// Up to this share of the wait is added, so that letters deferred together do
/// not come back together.
pub const JITTER_PERCENT_MAX: i32 = 25;

/// A letter that met a relay's fault waits a share of its age, so that one that
/// brings the relay down again and again holds up the others less and less.
const RETURN_SHARE: i32 = 8;
/// And at least so long.
pub const SHORTEST_RETURN: TimeDelta = TimeDelta::seconds(30);
/// And at most so long: a relay that is well again finds its letters.
pub const LONGEST_RETURN: TimeDelta = TimeDelta::minutes(15);

/// Decides. `attempts` counts this one; `first_queued` is when the copy was queued.
///
/// The jitter follows from `id` and `attempts`: equal input, equal outcome.
pub fn outcome(
    attempt: Attempt,
    id: &DeliveryId,
    attempts: u32,
    first_queued: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Outcome {
    let last_chance = first_queued
        .checked_add_signed(GIVE_UP_AFTER)
        .unwrap_or(DateTime::<Utc>::MAX_UTC);
    let after = |wait: TimeDelta| {
        let at = now.checked_add_signed(wait);
        at.map_or(last_chance, |at| at.min(last_chance))
    };
    let hours = GIVE_UP_AFTER.num_hours();
    let expired = |why: &str| Outcome::Never {
        reason: Reason::Expired,
        why: format!(
            "given up after {hours} hours and {}; the last: {why}",
            counted(attempts, "attempt")
        ),
    };
    let is_last = now >= last_chance;
    let (reason, why, doubtful) = match attempt {
        Attempt::Sent { reply } => return Outcome::Sent { reply },
        Attempt::Refused { reason, why } => return Outcome::Never { reason, why },
        Attempt::RelayFault { why } if is_last => return expired(&why),
        Attempt::RelayFault { why } => {
            let age = (now - first_queued).max(TimeDelta::zero());
            return Outcome::Returned {
                at: after((age / RETURN_SHARE).clamp(SHORTEST_RETURN, LONGEST_RETURN)),
                reason: Reason::Relay,
                why,
            };
        }
        Attempt::Deferred { reason, why } => (reason, why, false),
        Attempt::Unanswered { why } => (Reason::ConnectionLost, why, true),
    };
    if is_last {
        return expired(&why);
    }
    Outcome::TryLater {
        at: after(wait(id, attempts)),
        reason,
        why,
        doubtful,
    }
}

/// The wait after attempt number `attempts`: doubling, bounded, with jitter.
fn wait(id: &DeliveryId, attempts: u32) -> TimeDelta {
    /// More doublings lead beyond any bound.
    const DOUBLINGS_MAX: u32 = 10;
    let doublings = attempts.saturating_sub(1).min(DOUBLINGS_MAX);
    let plain = (FIRST_WAIT * (1_i32 << doublings)).min(LONGEST_WAIT);
    let dice = derive(&["retry", id.as_str(), &attempts.to_string()]);
    let roll = i32::from_str_radix(&dice[..4], 16).expect("derived ids are hexadecimal");
    plain + plain / 100 * (roll % (JITTER_PERCENT_MAX + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("time")
    }

    fn deferred() -> Attempt {
        Attempt::Deferred {
            reason: Reason::ServerTrouble,
            why: "450 busy".into(),
        }
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        let id = DeliveryId::from_stored("a");
        let now = at("2026-11-23T06:00:00Z");
        let minutes = [5, 10, 20, 40, 80, 160, 240, 240];
        let numbers = (1_u32..).zip(minutes).chain([(0, 5), (u32::MAX, 240)]);
        for (attempts, minutes) in numbers {
            let Outcome::TryLater { at, why, .. } = outcome(deferred(), &id, attempts, now, now)
            else {
                panic!("attempt {attempts} was not deferred");
            };
            let least = TimeDelta::minutes(minutes);
            let most = least + least / 4;
            assert!((least..=most).contains(&(at - now)), "{attempts}: {at}");
            assert_eq!(why, "450 busy");
        }
    }

    #[test]
    fn jitter_differs_between_letters_and_not_between_runs() {
        let now = at("2026-11-23T06:00:00Z");
        let mut waits: Vec<TimeDelta> = (0..40)
            .map(|n| {
                let id = DeliveryId::from_stored(format!("letter {n}"));
                assert_eq!(
                    outcome(deferred(), &id, 1, now, now),
                    outcome(deferred(), &id, 1, now, now)
                );
                wait(&id, 1)
            })
            .collect();
        waits.sort();
        waits.dedup();
        assert!(waits.len() >= 10, "{} different waits", waits.len());
    }

    #[test]
    fn ends() {
        let id = DeliveryId::from_stored("a");
        let queued = at("2026-11-21T06:00:00Z");
        let refused = Attempt::Refused {
            reason: Reason::NoSuchMailbox,
            why: "550".into(),
        };
        let fault = || Attempt::RelayFault { why: "421".into() };
        let silence = Attempt::Unanswered {
            why: "silence".into(),
        };
        let sent = Attempt::Sent {
            reply: "250".into(),
        };
        let cases = [
            (deferred(), "2026-11-23T06:00:00Z", "never"),
            // The last wait ends at the last chance, not beyond it.
            (deferred(), "2026-11-23T05:59:59Z", "2026-11-23T06:00:00Z"),
            (refused, "2026-11-21T06:00:00Z", "never"),
            (silence, "2026-11-23T05:59:59Z", "2026-11-23T06:00:00Z"),
            // A relay's fault waits by the letter's age.
            (fault(), "2026-11-21T06:00:00Z", "2026-11-21T06:00:30Z"),
            (fault(), "2026-11-21T07:00:00Z", "2026-11-21T07:07:30Z"),
            (fault(), "2026-11-22T06:00:00Z", "2026-11-22T06:15:00Z"),
            (fault(), "2026-11-23T06:00:00Z", "never"),
            (sent, "2026-11-30T06:00:00Z", "sent"),
        ];
        for (attempt, now, expected) in cases {
            let found = match outcome(attempt.clone(), &id, 9, queued, at(now)) {
                Outcome::Sent { .. } => "sent".to_owned(),
                Outcome::Never { .. } => "never".to_owned(),
                Outcome::TryLater { at, .. } | Outcome::Returned { at, .. } => {
                    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
                }
            };
            assert_eq!(found, expected, "{attempt:?} at {now}");
        }
    }

    #[test]
    fn far_times_do_not_overflow() {
        let id = DeliveryId::from_stored("a");
        let end = DateTime::<Utc>::MAX_UTC;
        let found = outcome(deferred(), &id, 1, end, end);
        assert!(matches!(found, Outcome::Never { .. }), "{found:?}");
    }
}
