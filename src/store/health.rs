//! `source_memory.health`: a [`Health`] as its column holds it, but for the last
//! answer, which has a column of its own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::rows::{day, day_number, from_json, json, time_or_none};
use crate::model::health::{Answered, Health, Sample, Verdict};

#[derive(Serialize, Deserialize)]
struct HealthJson {
    failing_since: Option<i64>,
    newest: Option<i64>,
    weekly_tenths: Option<u32>,
    /// Entries, dated, whole.
    last: [u32; 3],
    usual: [u32; 3],
    changed_since: Option<i64>,
    skipped: BTreeMap<String, u32>,
    told: Option<String>,
    /// A day's number and how many.
    #[serde(default)]
    taken: Option<(i64, u32)>,
}

/// The column's text.
pub(super) fn health_json(health: &Health) -> String {
    let sample = |sample: Sample| [sample.entries, sample.dated, sample.whole];
    json(&HealthJson {
        failing_since: health.failing_since.map(|time| time.timestamp_millis()),
        newest: health.newest.map(|time| time.timestamp_millis()),
        weekly_tenths: health.weekly_tenths,
        last: sample(health.last),
        usual: sample(health.usual),
        changed_since: health.changed_since.map(|time| time.timestamp_millis()),
        skipped: health.skipped.clone(),
        told: health.told.map(|verdict| verdict.word().to_owned()),
        taken: health.taken.map(|(day, taken)| (day_number(day), taken)),
    })
}

/// Reads [`health_json`], with the last answer.
pub(super) fn health(text: Option<&str>, answered: Option<Answered>) -> Result<Health, StoreError> {
    const WHAT: &str = "source_memory.health";
    let Some(text) = text else {
        return Ok(Health {
            answered,
            ..Health::default()
        });
    };
    let health: HealthJson = from_json(text, WHAT)?;
    let sample = |[entries, dated, whole]: [u32; 3]| Sample {
        entries,
        dated,
        whole,
    };
    Ok(Health {
        answered,
        failing_since: time_or_none(health.failing_since, WHAT)?,
        newest: time_or_none(health.newest, WHAT)?,
        weekly_tenths: health.weekly_tenths,
        last: sample(health.last),
        usual: sample(health.usual),
        changed_since: time_or_none(health.changed_since, WHAT)?,
        skipped: health.skipped,
        told: health.told.as_deref().and_then(Verdict::from_word),
        taken: health
            .taken
            .map(|(number, taken)| Ok::<_, StoreError>((day(number, WHAT)?, taken)))
            .transpose()?,
    })
}
