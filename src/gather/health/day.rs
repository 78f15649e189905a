//! How many new articles a source may bring on one day.

use chrono::NaiveDate;

use super::{number, reason, skip};
use crate::model::complaint::Complaint;
use crate::model::health::Health;
use crate::model::source::{SourceState, Validators};

/// How many articles not seen before may still be taken from a source `today`, of
/// `per_day`: whoever invents new ids at every visit would fill the store.
pub fn room(health: &Health, today: NaiveDate, per_day: u32) -> usize {
    let taken = taken_on(health, today);
    usize::try_from(per_day.saturating_sub(taken)).unwrap_or(usize::MAX)
}

/// Notes that of a document's new articles so many were `taken` today, and so many
/// `left`: those are told, and no validator may vouch for them.
#[must_use]
pub fn took(
    state: &mut SourceState,
    today: NaiveDate,
    taken: usize,
    left: usize,
) -> Option<Complaint> {
    let health = &mut state.health;
    if taken > 0 {
        let before = taken_on(health, today);
        health.taken = Some((today, before.saturating_add(number(taken))));
    }
    if left == 0 {
        return None;
    }
    state.validators = Validators::default();
    state.body_hash = None;
    let complaint = Complaint::warning(
        "",
        format!(
            "new entries left out until another day: more than gather.new_per_day allows: \
             “{left}” of “{}”",
            taken + left
        ),
    );
    if let Some((reason, times)) = reason(&complaint) {
        skip(&mut health.skipped, reason, times);
    }
    Some(complaint)
}

fn taken_on(health: &Health, today: NaiveDate) -> u32 {
    health
        .taken
        .filter(|(day, _)| *day == today)
        .map_or(0, |(_, taken)| taken)
}
