//! Why a source that answers gives nothing, out of what is kept of its visits.

use super::{OTHER, VISIT};
use crate::model::health::Health;

/// The most common reason that something of it was left out, for people.
pub fn most_common(health: &Health) -> String {
    let of_entries =
        |(reason, _): &(&String, &u32)| !reason.starts_with(VISIT) && reason.as_str() != OTHER;
    let reasons = health.skipped.iter().filter(of_entries);
    match reasons.max_by_key(|(_, times)| **times) {
        Some((reason, _)) => format!("it gives nothing: {reason}"),
        None => "it has no entries".to_owned(),
    }
}
