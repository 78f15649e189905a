//! What strangers are refused, told in the log without filling it: whoever forges
//! a thousand webhooks writes a line at once and then one a minute, with the count.
//!
//! Deliberately absent: who was refused; addresses are not logged.

use std::collections::HashMap;
use std::sync::PoisonError;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::House;

/// How often the log tells of one kind of refusal.
const TOLD_EVERY: TimeDelta = TimeDelta::minutes(1);
/// How often it is looked what is to be told.
const LOOK_EVERY: Duration = Duration::from_mins(1);

/// What was refused: of a mail provider, or of the hub of a source.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum What {
    /// A webhook whose signature is wrong or old.
    Webhook(&'static str),
    /// A push of this source's hub whose signature is wrong or missing.
    Push(String),
}

/// Refusals the log has not told of yet. There are as many kinds as there are
/// providers and sources.
#[derive(Debug, Default)]
pub(super) struct Refusals(HashMap<What, Told>);

#[derive(Debug)]
struct Told {
    last: DateTime<Utc>,
    since: u64,
}

impl Refusals {
    /// Counts one more; whether it is to be told at once.
    fn count(&mut self, what: What, now: DateTime<Utc>) -> bool {
        if let Some(told) = self.0.get_mut(&what) {
            told.since += 1;
            return false;
        }
        let told = Told {
            last: now,
            since: 0,
        };
        self.0.insert(what, told);
        true
    }

    /// What is to be told now, each with its count.
    pub(super) fn due(&mut self, now: DateTime<Utc>) -> Vec<(What, u64)> {
        let mut due = Vec::new();
        self.0.retain(|what, told| {
            if now - told.last < TOLD_EVERY {
                return true;
            }
            if told.since == 0 {
                return false;
            }
            due.push((what.clone(), told.since));
            *told = Told {
                last: now,
                since: 0,
            };
            true
        });
        due
    }
}

/// Something was refused: in the log now, or with the next count.
pub(super) fn refused(house: &House, what: &What) {
    let tells = house
        .refusals
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .count(what.clone(), house.clock.now());
    if tells {
        tell(what, 1);
    }
}

/// Tells of what was refused, again and again.
pub(super) async fn keep_telling(house: &House) {
    let mut tick = tokio::time::interval(LOOK_EVERY);
    loop {
        tick.tick().await;
        let due = house
            .refusals
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .due(house.clock.now());
        for (what, count) in due {
            tell(&what, count);
        }
    }
}

fn tell(what: &What, count: u64) {
    match what {
        What::Webhook(provider) => tracing::warn!(
            provider,
            count,
            "webhooks were refused: their signature is wrong or old"
        ),
        What::Push(source) => tracing::warn!(
            source.id = source,
            count,
            "pushes were thrown away: their signature is wrong or missing"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_told_at_once_and_then_once_a_minute() {
        let at = |seconds: i64| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        let (forged, other) = (What::Webhook("mailgun"), What::Webhook("ses"));
        let mut refusals = Refusals::default();
        let told: Vec<i64> = (0..50)
            .filter(|second| refusals.count(forged.clone(), at(*second)))
            .collect();
        assert_eq!(told, [0]);
        assert!(refusals.count(other, at(50)), "each kind by itself");
        assert_eq!(refusals.due(at(59)), []);
        assert_eq!(refusals.due(at(60)), [(forged.clone(), 49)]);
        assert!(!refusals.count(forged.clone(), at(61)));
        assert_eq!(refusals.due(at(119)), []);
        assert_eq!(refusals.due(at(120)), [(forged.clone(), 1)]);
        assert_eq!(refusals.due(at(180)), []);
        assert!(refusals.0.is_empty(), "what is over is forgotten");
        assert!(refusals.count(forged, at(181)));
    }
}
