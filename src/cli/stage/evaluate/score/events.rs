//! The events of a text, field by field.

use chrono::{NaiveDate, NaiveTime};

use super::{Scores, set};
use crate::cli::cases::{ExpectedEvent, Label};
use crate::model::event::{EventDetails, EventStatus};
use crate::model::reading::EventClaim;
use crate::model::region::Region;
use crate::text::normalise::fold;
use crate::understand::place;

/// The chief event: its day, and every field its case speaks of.
pub(super) fn judge(
    scores: &mut Scores,
    text: (&str, &str),
    expected: Option<&ExpectedEvent>,
    got: Option<&EventClaim>,
) {
    let start = expected.map(|event| event.start);
    if start != Some(None) {
        let start = start.flatten().map(|day| day.to_string());
        let got_start = got.map(|event| event.start.to_string());
        scores.judge("event start", text, &set(start), &set(got_start));
    }
    // Of an event that must not be, each field is wrong; of one that is
    // expected, the fields its case speaks of are judged.
    let mut field = |label: &str, expected: Label<String>, got: Option<String>| {
        if let Some(expected) = expected {
            scores.judge(label, text, &set(expected), &set(got));
        }
    };
    let of = |label: fn(&ExpectedEvent) -> Label<String>| expected.map_or(Some(None), label);
    let word = |value: Option<String>| value.map(Some);
    field(
        "event end",
        of(|event| event.end.map(|end| end.map(|end| end.to_string()))),
        got.and_then(|event| event.end.map(|end| end.to_string())),
    );
    field(
        "event time",
        of(|event| {
            let hour = |time: NaiveTime| time.format("%H:%M").to_string();
            event.time.map(|time| time.map(hour))
        }),
        got.and_then(|event| event.time.map(|time| time.format("%H:%M").to_string())),
    );
    field(
        "city",
        of(|event| event.city.clone().map(|city| city.map(as_printed))),
        got.and_then(|event| event.city.clone()),
    );
    field(
        "region",
        of(|event| event.region.map(|region| region.map(Region::code))),
        got.and_then(|event| event.region.map(Region::code)),
    );
    field(
        "status",
        expected.map_or(Some(None), |event| {
            word(event.status.map(|status| status.word().to_owned()))
        }),
        got.map(|event| event.status.word().to_owned()),
    );
    // Nearly every event is confirmed: the others are judged by themselves.
    let changed =
        |status: EventStatus| (status != EventStatus::Confirmed).then(|| status.word().to_owned());
    field(
        "status but confirmed",
        expected.map_or(Some(None), |event| event.status.map(changed)),
        got.and_then(|event| changed(event.status)),
    );
    field(
        "event name",
        expected.map_or(Some(None), |event| {
            word(event.name.as_deref().map(same_name))
        }),
        got.map(|event| same_name(&event.name)),
    );
    judge_details(scores, text, expected, got);
}

/// A case may name the town in any of its names.
fn as_printed(city: String) -> String {
    match place::city(&city) {
        Some((name, _)) => name.to_owned(),
        None => city,
    }
}

/// Venue, organiser and the address to register at: where the case names one.
fn judge_details(
    scores: &mut Scores,
    text: (&str, &str),
    expected: Option<&ExpectedEvent>,
    got: Option<&EventClaim>,
) {
    let Some(expected) = expected else {
        return;
    };
    let details = got.map(|event| &event.details);
    let of = |field: fn(&EventDetails) -> Option<&String>| details.and_then(field);
    for (label, expected, got) in [
        (
            "venue",
            &expected.venue,
            of(|details| details.venue.as_ref()),
        ),
        (
            "organiser",
            &expected.organiser,
            of(|details| details.organiser.as_ref()),
        ),
    ] {
        if let Some(expected) = expected {
            let (expected, got) = (
                expected.as_deref().map(same_name),
                got.map(|got| same_name(got)),
            );
            scores.judge(label, text, &set(expected), &set(got));
        }
    }
    if let Some(expected) = &expected.url {
        let got = of(|details| details.registration.as_ref());
        scores.judge(
            "registration",
            text,
            &set(expected.clone()),
            &set(got.cloned()),
        );
    }
}

/// Further events, by their days: where the case names any.
pub(super) fn judge_also(
    scores: &mut Scores,
    text: (&str, &str),
    expected: &[ExpectedEvent],
    got: &[EventClaim],
) {
    if expected.is_empty() {
        return;
    }
    let days = |start: NaiveDate, end: Option<NaiveDate>| match end {
        Some(end) => format!("{start}/{end}"),
        None => start.to_string(),
    };
    let said = |event: &ExpectedEvent| Some(days(event.start?, event.end.flatten()));
    let expected = expected.iter().filter_map(said).collect();
    let got = got
        .iter()
        .filter(|event| event.confidence.is_enough())
        .map(|event| days(event.start, event.end))
        .collect();
    scores.judge("further events", text, &expected, &got);
}

/// Names are the same whatever their quotes, case and spacing.
fn same_name(name: &str) -> String {
    let plain: String = fold(name)
        .chars()
        .map(|letter| {
            if letter.is_alphanumeric() {
                letter
            } else {
                ' '
            }
        })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
