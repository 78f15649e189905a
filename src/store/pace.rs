//! `source_memory.pace`: a [`Pace`] as its column holds it.

use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::rows::{from_json, json, time_or_none};
use crate::model::pace::{AskedPace, Pace, Rhythm};

#[derive(Serialize, Deserialize)]
struct PaceJson {
    ttl: Option<u32>,
    update: Option<u32>,
    skip_hours: Vec<u8>,
    /// 0 is Monday.
    skip_days: Vec<u8>,
    entries: u32,
    since: Option<i64>,
    aged: Option<i64>,
    hours: [u32; 24],
}

/// The column's text; `None` where nothing is known.
pub(super) fn pace_json(pace: &Pace) -> Option<String> {
    if *pace == Pace::default() {
        return None;
    }
    let day = |day: &chrono::Weekday| u8::try_from(day.num_days_from_monday()).unwrap_or_default();
    Some(json(&PaceJson {
        ttl: pace.asked.ttl_minutes,
        update: pace.asked.update_minutes,
        skip_hours: pace.asked.skip_hours.clone(),
        skip_days: pace.asked.skip_days.iter().map(day).collect(),
        entries: pace.entries,
        since: pace.rhythm.since.map(|time| time.timestamp_millis()),
        aged: pace.rhythm.aged.map(|time| time.timestamp_millis()),
        hours: pace.rhythm.hours,
    }))
}

/// Reads [`pace_json`].
pub(super) fn pace(text: Option<&str>) -> Result<Pace, StoreError> {
    const WHAT: &str = "source_memory.pace";
    let Some(text) = text else {
        return Ok(Pace::default());
    };
    let pace: PaceJson = from_json(text, WHAT)?;
    let days = pace.skip_days.iter();
    let skip_days = days
        .map(|day| chrono::Weekday::try_from(*day).map_err(|_| StoreError::corrupt(WHAT, day)))
        .collect::<Result<_, _>>()?;
    Ok(Pace {
        asked: AskedPace {
            ttl_minutes: pace.ttl,
            update_minutes: pace.update,
            skip_hours: pace.skip_hours,
            skip_days,
        },
        rhythm: Rhythm {
            since: time_or_none(pace.since, WHAT)?,
            aged: time_or_none(pace.aged, WHAT)?,
            hours: pace.hours,
        },
        entries: pace.entries,
    })
}
