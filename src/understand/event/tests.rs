//! What texts tell of events, case by case: a line of JSON each, with what is
//! expected. A field that is not named in a case is not asked for.

use serde_json::Value;

use crate::model::reading::{EventClaim, Kind};
use crate::model::region::Region;
use crate::understand::tests::{article, read_plainly};

const CASES: &str = include_str!("../../../tests/fixtures/understand/events.jsonl");

fn field(claim: Option<&EventClaim>, name: &str) -> Option<String> {
    let claim = claim?;
    let clock = |time: chrono::NaiveTime| time.format("%H:%M").to_string();
    match name {
        "name" => Some(claim.name.clone()),
        "start" => Some(claim.start.to_string()),
        "end" => claim.end.map(|day| day.to_string()),
        "time" => claim.time.map(clock),
        "end_time" => claim.details.end_time.map(clock),
        "city" => claim.city.clone(),
        "region" => claim.region.map(Region::code),
        "standing" if claim.details.is_day_new => Some("moved".to_owned()),
        "status" | "standing" => Some(claim.status.word().to_owned()),
        "venue" => claim.details.venue.clone(),
        "organiser" => claim.details.organiser.clone(),
        "url" => claim.details.registration.clone(),
        other => panic!("no field {other}"),
    }
}

fn misses(case: &Value) -> Vec<String> {
    let text = |key: &str| case[key].as_str().unwrap_or_default();
    let reading = read_plainly(&article(text("title"), text("text"), text("published")));
    let expect = &case["expect"];
    let mut misses = Vec::new();
    let mut check = |what: &str, want: Option<&str>, read: Option<String>| {
        if want != read.as_deref() {
            misses.push(format!(
                "{}: {what}: want {want:?}, read {read:?}",
                text("id")
            ));
        }
    };
    let kind = reading.shown_kind().map(Kind::word);
    check("kind", expect["kind"].as_str(), kind.map(str::to_owned));
    let claim = reading.event.as_ref();
    match &expect["event"] {
        Value::Object(fields) => {
            for (name, want) in fields {
                check(name, want.as_str(), field(claim, name));
            }
        }
        _ => check("start", None, field(claim, "start")),
    }
    let further: Vec<String> = reading
        .more_events
        .iter()
        .map(|claim| claim.start.to_string())
        .collect();
    let wanted: Vec<&str> = expect["more"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    check("more", Some(&wanted.join(" ")), Some(further.join(" ")));
    misses
}

#[test]
fn cases_are_read_with_every_field() {
    let cases: Vec<Value> = CASES
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    let misses: Vec<String> = cases.iter().flat_map(misses).collect();
    assert!(cases.len() >= 100, "{} cases", cases.len());
    assert!(
        misses.is_empty(),
        "{} misses\n{}",
        misses.len(),
        misses.join("\n")
    );
}
