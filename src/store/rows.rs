//! How values stand in columns: times as milliseconds, days as numbers, lists as
//! JSON. The model's types know nothing of it.

use std::str::FromStr;

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveTime, Timelike as _, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

use super::error::StoreError;
use crate::model::reading::Confidence;
use crate::model::region::Region;
use crate::model::topic::Topic;

/// Rows bound to one statement at once: bounds memory, and how long others wait.
pub(super) const BATCH_ROWS: usize = 500;

/// A batch for `{rows}`, or a list for a column. NUL is left out: PostgreSQL
/// holds none, and publishers send it.
pub(super) fn json<T: Serialize + ?Sized>(value: &T) -> String {
    let text = serde_json::to_string(value).expect("string keys and plain values always serialise");
    without_nul(text)
}

/// A batch of single texts, each a row's `v`.
pub(super) fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    #[derive(Serialize)]
    struct Item<'a> {
        v: &'a str,
    }
    json(&items.into_iter().map(|v| Item { v }).collect::<Vec<_>>())
}

/// Reads a JSON column.
pub(super) fn from_json<T: for<'d> Deserialize<'d>>(
    text: &str,
    what: &'static str,
) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::corrupt(what, text))
}

/// Takes `\u0000` out of a JSON text, and leaves an escaped backslash before
/// `u0000` alone.
fn without_nul(text: String) -> String {
    const NUL: &str = "\\u0000";
    if !text.contains(NUL) {
        return text;
    }
    let mut clean = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        clean.push_str(before);
        if let Some(after) = escape.strip_prefix(NUL) {
            rest = after;
        } else {
            // Every escape of serde_json is ASCII, two characters at least.
            let (kept, after) = escape.split_at(2);
            clean.push_str(kept);
            rest = after;
        }
    }
    clean.push_str(rest);
    clean
}

/// A time column.
pub(super) fn time(millis: i64, what: &'static str) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_millis(millis).ok_or_else(|| StoreError::corrupt(what, millis))
}

/// A time column that may be empty.
pub(super) fn time_or_none(
    millis: Option<i64>,
    what: &'static str,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    millis.map(|millis| time(millis, what)).transpose()
}

/// A day as a number that sorts as days do, in any year.
pub(super) fn day_number(day: NaiveDate) -> i64 {
    i64::from(day.num_days_from_ce())
}

/// Reads [`day_number`].
pub(super) fn day(number: i64, what: &'static str) -> Result<NaiveDate, StoreError> {
    i32::try_from(number)
        .ok()
        .and_then(NaiveDate::from_num_days_from_ce_opt)
        .ok_or_else(|| StoreError::corrupt(what, number))
}

/// A time of day in seconds since midnight.
pub(super) fn second_of_day(time: NaiveTime) -> i64 {
    i64::from(time.num_seconds_from_midnight())
}

/// Reads [`second_of_day`].
pub(super) fn time_of_day(second: i64, what: &'static str) -> Result<NaiveTime, StoreError> {
    u32::try_from(second)
        .ok()
        .and_then(|second| NaiveTime::from_num_seconds_from_midnight_opt(second, 0))
        .ok_or_else(|| StoreError::corrupt(what, second))
}

/// A column that holds the text of some type.
pub(super) fn parsed<T: FromStr>(text: &str, what: &'static str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::corrupt(what, text))
}

/// An optional URL column.
pub(super) fn url(text: Option<String>, what: &'static str) -> Result<Option<Url>, StoreError> {
    text.map(|text| parsed(&text, what)).transpose()
}

/// A number that cannot be negative.
pub(super) fn unsigned(number: i64, what: &'static str) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|_| StoreError::corrupt(what, number))
}

/// A count from the engine; counts are never negative.
pub(super) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

/// Regions as `articles.regions` holds them: in order, with what is not sure too.
pub(super) fn regions_json(regions: &[(Region, Confidence)]) -> String {
    let pairs: Vec<(String, f32)> = regions
        .iter()
        .map(|(region, sure)| (region.code(), sure.get()))
        .collect();
    json(&pairs)
}

/// Reads [`regions_json`].
pub(super) fn regions(text: &str) -> Result<Vec<(Region, Confidence)>, StoreError> {
    const WHAT: &str = "articles.regions";
    let pairs: Vec<(String, f32)> = from_json(text, WHAT)?;
    pairs
        .into_iter()
        .map(|(code, sure)| Ok((parsed(&code, WHAT)?, Confidence::new(sure))))
        .collect()
}

/// Topics as `articles.topics` holds them: in order, with what is not sure too.
pub(super) fn topics_json(topics: &[(Topic, Confidence)]) -> String {
    let pairs: Vec<(&str, f32)> = topics
        .iter()
        .map(|(topic, sure)| (topic.word(), sure.get()))
        .collect();
    json(&pairs)
}

/// Reads [`topics_json`].
pub(super) fn topics(text: &str) -> Result<Vec<(Topic, Confidence)>, StoreError> {
    const WHAT: &str = "articles.topics";
    let pairs: Vec<(String, f32)> = from_json(text, WHAT)?;
    pairs
        .into_iter()
        .map(|(word, sure)| Ok((parsed(&word, WHAT)?, Confidence::new(sure))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nul_is_left_out_and_backslashes_stay() {
        for text in ["a\0b", "\\u0000", "\\\0", "\0", "\"\n\\\\u0000қ\0"] {
            let back: String = serde_json::from_str(&json(text)).expect("valid JSON");
            assert_eq!(back, text.replace('\0', ""), "{text:?}");
        }
    }
}
