//! `source_memory.health`: a [`Health`] as its column holds it, but for the last
//! answer, which has a column of its own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::rows::{day, day_number, from_json, json, time, time_or_none};
use crate::model::health::{Answered, Health, Sample, Verdict};
use crate::model::in_vain::{Asked, InVain};

const WHAT: &str = "source_memory.health";

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
    /// Pages that gave nothing: how often there was trouble, and when to ask again.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    in_vain: BTreeMap<String, (Option<u32>, i64)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rests_until: Option<i64>,
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
        in_vain: health.in_vain.pages.iter().map(in_vain_json).collect(),
        rests_until: health
            .in_vain
            .rests_until
            .map(|time| time.timestamp_millis()),
    })
}

/// Reads [`health_json`], with the last answer.
pub(super) fn health(text: Option<&str>, answered: Option<Answered>) -> Result<Health, StoreError> {
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
        in_vain: InVain {
            pages: pages_in_vain(health.in_vain)?,
            rests_until: time_or_none(health.rests_until, WHAT)?,
        },
    })
}

fn in_vain_json((id, asked): (&String, &Asked)) -> (String, (Option<u32>, i64)) {
    (id.clone(), (asked.troubles, asked.again.timestamp_millis()))
}

fn pages_in_vain(
    pages: BTreeMap<String, (Option<u32>, i64)>,
) -> Result<BTreeMap<String, Asked>, StoreError> {
    let pages = pages.into_iter().map(|(id, (troubles, again))| {
        let again = time(again, WHAT)?;
        Ok((id, Asked { troubles, again }))
    });
    pages.collect()
}
