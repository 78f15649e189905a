//! An event as a text tells it, in JSON.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::model::reading::EventClaim;
use crate::model::region::Region;

/// All its fields, and beside them the text's own words for each.
pub fn claim_json(claim: &EventClaim) -> Value {
    let clock = |time: chrono::NaiveTime| time.format("%H:%M").to_string();
    let details = &claim.details;
    let languages: Vec<&str> = details
        .languages
        .iter()
        .map(|language| language.tag())
        .collect();
    let words: BTreeMap<&str, &str> = claim
        .words
        .iter()
        .map(|(field, words)| (field.word(), words.as_str()))
        .collect();
    json!({
        "name": claim.name, "start": claim.start.to_string(),
        "end": claim.end.map(|end| end.to_string()),
        "time": claim.time.map(clock), "end_time": details.end_time.map(clock),
        "city": claim.city, "region": claim.region.map(Region::code),
        "venue": details.venue, "status": claim.status.word(),
        "organiser": details.organiser, "registration": details.registration,
        "languages": languages, "words": words,
    })
}
