//! Labelled articles as JSON lines: a text and what an editor would say of it.
//!
//! What a case leaves out is not judged; `null` means there must be none. So
//! most fields know three states. The labels are explained in
//! `tests/fixtures/articles/README.md`. Deliberately absent: reading the texts
//! and judging the answers (`stage/evaluate`).

#![expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands every field over by reference"
)]

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::cli::json_line;
use crate::model::event::EventStatus;
use crate::model::reading::Kind;
use crate::model::region::Region;

/// `None`: not judged; `Some(None)`: there must be none.
pub type Label<T> = Option<Option<T>>;

/// One text and what is expected of it.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub id: String,
    #[serde(default)]
    pub title: String,
    pub text: String,
    /// A day, or RFC 3339.
    pub published: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    pub expect: Expect,
}

/// What an editor would say of a text.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// `kk`, `ru`, `en`, or another tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// ISO 15924.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<String>,
    #[serde(
        default,
        deserialize_with = "kind",
        serialize_with = "kind_word",
        skip_serializing_if = "Option::is_none"
    )]
    pub kind: Option<Kind>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub event: Label<ExpectedEvent>,
    /// Other forums, or frames of the forum, that the text dates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<ExpectedEvent>,
    /// ISO 3166-2:KZ codes.
    #[serde(
        default,
        deserialize_with = "regions",
        serialize_with = "region_codes",
        skip_serializing_if = "Option::is_none"
    )]
    pub regions: Option<Vec<Region>>,
    /// A key that texts telling the same news share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub story: Option<String>,
}

/// The event a text is expected to tell of.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedEvent {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(
        default,
        deserialize_with = "day",
        serialize_with = "day_word",
        skip_serializing_if = "Option::is_none"
    )]
    pub start: Option<NaiveDate>,
    #[serde(
        default,
        deserialize_with = "end",
        serialize_with = "end_word",
        skip_serializing_if = "Option::is_none"
    )]
    pub end: Label<NaiveDate>,
    #[serde(
        default,
        deserialize_with = "time",
        serialize_with = "hour",
        skip_serializing_if = "Option::is_none"
    )]
    pub time: Label<NaiveTime>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub city: Label<String>,
    #[serde(
        default,
        deserialize_with = "region",
        serialize_with = "region_code",
        skip_serializing_if = "Option::is_none"
    )]
    pub region: Label<Region>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub venue: Label<String>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub organiser: Label<String>,
    #[serde(
        default,
        deserialize_with = "status",
        serialize_with = "status_word",
        skip_serializing_if = "Option::is_none"
    )]
    pub status: Option<EventStatus>,
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub url: Label<String>,
}

impl Case {
    /// Reads one line.
    ///
    /// # Errors
    /// With what is wrong, for whoever wrote it.
    pub fn of_line(line: &str) -> Result<Self, String> {
        let case: Self = json_line::read(line)?;
        if let Some(Some(event)) = &case.expect.event
            && let (Some(start), Some(Some(end))) = (event.start, event.end)
            && end <= start
        {
            return Err(format!(
                "expect.event.end: {end} is not after the start {start}; leave it out for one day"
            ));
        }
        let also = &case.expect.also;
        if let Some(at) = also.iter().position(|event| event.start.is_none()) {
            return Err(format!(
                "expect.also[{at}]: missing field `start`: further events are judged by their days"
            ));
        }
        Ok(case)
    }
}

/// Told apart from a field that is not there: `null` is a word of its own.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Label<T>, D::Error> {
    Option::deserialize(from).map(Some)
}

fn wrong<E: serde::de::Error>(what: &str, word: &str, expected: &str) -> E {
    E::custom(format!("{what} `{word}`: expected one of {expected}"))
}

fn kind<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Kind>, D::Error> {
    let word = String::deserialize(from)?;
    Kind::from_word(&word)
        .map(Some)
        .ok_or_else(|| wrong("kind", &word, &Kind::ALL.map(Kind::word).join(", ")))
}

/// Every event has one, so `null` says nothing.
fn status<'de, D: Deserializer<'de>>(from: D) -> Result<Option<EventStatus>, D::Error> {
    let Some(word) = Option::<String>::deserialize(from)? else {
        return Ok(None);
    };
    let all = EventStatus::ALL.map(EventStatus::word).join(", ");
    EventStatus::from_word(&word)
        .map(Some)
        .ok_or_else(|| wrong("status", &word, &all))
}

fn day_of<E: serde::de::Error>(word: &str) -> Result<NaiveDate, E> {
    word.parse()
        .map_err(|_| E::custom(format!("day `{word}`: expected YYYY-MM-DD")))
}

fn day<'de, D: Deserializer<'de>>(from: D) -> Result<Option<NaiveDate>, D::Error> {
    let word = Option::<String>::deserialize(from)?;
    word.map(|word| day_of(&word)).transpose()
}

fn end<'de, D: Deserializer<'de>>(from: D) -> Result<Label<NaiveDate>, D::Error> {
    let word = Option::<String>::deserialize(from)?;
    word.map(|word| day_of(&word)).transpose().map(Some)
}

fn time<'de, D: Deserializer<'de>>(from: D) -> Result<Label<NaiveTime>, D::Error> {
    let Some(word) = Option::<String>::deserialize(from)? else {
        return Ok(Some(None));
    };
    NaiveTime::parse_from_str(&word, "%H:%M")
        .map(|time| Some(Some(time)))
        .map_err(|_| serde::de::Error::custom(format!("time `{word}`: expected HH:MM")))
}

fn region<'de, D: Deserializer<'de>>(from: D) -> Result<Label<Region>, D::Error> {
    let Some(code) = Option::<String>::deserialize(from)? else {
        return Ok(Some(None));
    };
    code.parse()
        .map(|region| Some(Some(region)))
        .map_err(serde::de::Error::custom)
}

fn regions<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<Region>>, D::Error> {
    Vec::<String>::deserialize(from)?
        .iter()
        .map(|code| code.parse())
        .collect::<Result<_, _>>()
        .map(Some)
        .map_err(serde::de::Error::custom)
}

fn kind_word<S: Serializer>(kind: &Option<Kind>, to: S) -> Result<S::Ok, S::Error> {
    kind.map(Kind::word).serialize(to)
}

fn status_word<S: Serializer>(status: &Option<EventStatus>, to: S) -> Result<S::Ok, S::Error> {
    status.map(EventStatus::word).serialize(to)
}

fn day_word<S: Serializer>(day: &Option<NaiveDate>, to: S) -> Result<S::Ok, S::Error> {
    day.map(|day| day.to_string()).serialize(to)
}

fn end_word<S: Serializer>(end: &Label<NaiveDate>, to: S) -> Result<S::Ok, S::Error> {
    end.flatten().map(|end| end.to_string()).serialize(to)
}

fn hour<S: Serializer>(time: &Label<NaiveTime>, to: S) -> Result<S::Ok, S::Error> {
    time.flatten()
        .map(|time| time.format("%H:%M").to_string())
        .serialize(to)
}

fn region_code<S: Serializer>(region: &Label<Region>, to: S) -> Result<S::Ok, S::Error> {
    region.flatten().map(Region::code).serialize(to)
}

fn region_codes<S: Serializer>(regions: &Option<Vec<Region>>, to: S) -> Result<S::Ok, S::Error> {
    let codes = |regions: &Vec<Region>| -> Vec<String> {
        regions.iter().map(|region| region.code()).collect()
    };
    regions.as_ref().map(codes).serialize(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"id":"a","title":"T","text":"x","published":"2026-11-20","expect":{"language":"kk","script":"Cyrl","kind":"announcement","event":{"name":"N","start":"2026-12-05","end":null,"time":"10:00","city":null,"region":"KZ-62","status":"postponed"},"also":[{"start":"2026-12-04"}],"regions":["KZ-62"],"story":"s"}}"#;

    #[test]
    fn a_case_is_written_as_it_was_read() {
        let case = Case::of_line(LINE).expect("a case");
        assert_eq!(serde_json::to_string(&case).expect("a line"), LINE);
    }

    #[test]
    fn what_is_left_out_is_told_from_none() {
        let none = r#"{"id":"a","text":"x","published":"2026-11-20","expect":{"event":null}}"#;
        let case = Case::of_line(none).expect("a case");
        assert_eq!(case.expect.event, Some(None));
        assert_eq!(case.expect.regions, None);
        let absent = none.replace(r#""event":null"#, "");
        assert_eq!(Case::of_line(&absent).expect("a case").expect.event, None);
    }

    #[test]
    fn an_event_needs_no_day_and_null_says_that_there_is_none() {
        let line = r#"{"id":"a","text":"x","published":"2026-11-20","expect":{"event":{"name":null,"city":"Кызылорда","venue":null,"status":null}}}"#;
        let case = Case::of_line(line).expect("a case");
        let event = case.expect.event.flatten().expect("an event");
        assert_eq!(
            (event.start, event.name, event.status),
            (None, None, None),
            "not judged"
        );
        assert_eq!((event.venue, event.organiser), (Some(None), None));
    }

    #[test]
    fn mistakes_are_named() {
        for (wrong, named) in [
            (r#""kind":"news""#, "announcement, forum-article, other"),
            (r#""knd":"other""#, "unknown field `knd`"),
            (r#""regions":["KZ-1"]"#, "KZ-71"),
            (
                r#""event":{"start":"2026-12-05","time":"10 am"}"#,
                "expected HH:MM",
            ),
            (
                r#""event":{"start":"2026-12-05","status":"off"}"#,
                "cancelled",
            ),
            (
                r#""event":{"start":"2026-12-05","end":"2026-12-05"}"#,
                "leave it out",
            ),
            (
                r#""also":[{"end":null}]"#,
                "expect.also[0]: missing field `start`",
            ),
            (r#""kind":null"#, "expect.kind: invalid type: null"),
            (r#""event":{"city":5}"#, "expect.event.city: invalid type"),
        ] {
            let line =
                format!(r#"{{"id":"a","text":"x","published":"2026-11-20","expect":{{{wrong}}}}}"#);
            let why = Case::of_line(&line).expect_err(wrong);
            assert!(why.contains(named), "{why}");
        }
    }
}
