use super::*;
use crate::model::event::EventStatus;
use crate::model::reading::EventClaim;
use crate::model::reading::{Confidence, DateEvidence};
use crate::model::region::Region;

fn case(line: &str) -> Case {
    Case::of_line(line).expect(line)
}

fn expecting(id: &str, expect: &str) -> Case {
    case(&format!(
        r#"{{"id":"{id}","text":"x","published":"2026-11-20","expect":{{{expect}}}}}"#
    ))
}

fn claim(start: &str, city: &str) -> EventClaim {
    EventClaim {
        name: "«Дала» форумы".to_owned(),
        start: start.parse().expect("day"),
        end: None,
        time: None,
        city: Some(city.to_owned()),
        region: Some(Region::ASTANA),
        status: EventStatus::Confirmed,
        details: crate::model::event::EventDetails::default(),
        words: std::collections::BTreeMap::new(),
        evidence: DateEvidence {
            words: String::new(),
            counted_from: None,
        },
        confidence: Confidence::new(0.9),
    }
}

fn read(language: Language, kind: Kind, event: Option<EventClaim>, story: &str) -> Read {
    Read {
        reading: Reading {
            language,
            language_confidence: Confidence::new(0.9),
            kind,
            kind_confidence: Confidence::new(0.9),
            regions: vec![(Region::ASTANA, Confidence::new(0.9))],
            topics: Vec::new(),
            event,
            more_events: Vec::new(),
            excerpt: String::new(),
            engine_version: 1,
            read_at: chrono::DateTime::UNIX_EPOCH,
        },
        story: story.to_owned(),
    }
}

fn tally(scores: &Scores, label: &str, language: &str) -> (u64, u64, u64) {
    let rows = scores.tallies.iter().find(|(known, _)| known == label);
    let tally = rows
        .and_then(|(_, rows)| rows.get(language))
        .copied()
        .unwrap_or_default();
    (tally.right, tally.wrong, tally.missed)
}

#[test]
fn figures_are_those_of_the_book() {
    let tally = Tally {
        right: 6,
        wrong: 2,
        missed: 4,
    };
    assert_eq!(tally.precision(), Some(0.75));
    assert_eq!(tally.recall(), Some(0.6));
    assert_eq!(tally.f1(), Some(12.0 / 18.0));
    assert_eq!(Tally::default().precision(), None);
    assert_eq!(Tally::default().f1(), None);
}

#[test]
fn a_wrong_day_is_both_wrong_and_missed_and_what_is_left_out_is_not_judged() {
    let (kk, announced) = (Language::KazakhCyrillic, Kind::Announcement);
    let judged = [
        (
            expecting(
                "right",
                r#""language":"kk","event":{"start":"2026-12-05","city":"Целиноград"}"#,
            ),
            read(kk, announced, Some(claim("2026-12-05", "Astana")), "1"),
        ),
        (
            expecting(
                "day",
                r#""language":"kk","event":{"start":"2026-12-06","city":"Taraz"}"#,
            ),
            read(kk, announced, Some(claim("2026-12-05", "Astana")), "2"),
        ),
        (
            expecting("none", r#""language":"ru","event":null"#),
            read(kk, announced, Some(claim("2026-12-05", "Astana")), "3"),
        ),
        (
            expecting("unread", r#""event":{"start":"2026-12-06"}"#),
            read(kk, Kind::Other, None, "4"),
        ),
        (
            expecting("unjudged", r#""language":"be""#),
            read(Language::Undetermined, announced, None, "5"),
        ),
    ];
    let scores = score(&judged);
    assert_eq!(tally(&scores, "event start", ALL), (1, 2, 2));
    assert_eq!(tally(&scores, "event start", "kk"), (1, 1, 2));
    assert_eq!(tally(&scores, "event start", "ru"), (0, 1, 0));
    assert_eq!(tally(&scores, "city", ALL), (1, 2, 1));
    // Only the event that must not be is judged by its end, and it has none.
    assert_eq!(tally(&scores, "event end", ALL), (0, 0, 0));
    assert_eq!(tally(&scores, "status", ALL), (0, 1, 0));
    assert_eq!(tally(&scores, "language", ALL), (3, 1, 1));
    assert_eq!(tally(&scores, "language", "other"), (1, 0, 0));
    assert_eq!(scores.kind_macro_f1, None);
    assert!(scores.misses.contains(&Miss {
        label: "event start".to_owned(),
        id: "day".to_owned(),
        expected: "2026-12-06".to_owned(),
        got: "2026-12-05".to_owned(),
    }));
}

#[test]
fn an_event_we_are_not_sure_of_was_not_read() {
    let mut unsure = claim("2026-12-05", "Astana");
    unsure.confidence = Confidence::new(0.2);
    let judged = [(
        expecting("a", r#""event":null"#),
        read(Language::English, Kind::Other, Some(unsure), "1"),
    )];
    assert_eq!(tally(&score(&judged), "event start", ALL), (0, 0, 0));
}

#[test]
fn fields_of_an_event_are_judged_as_their_case_says() {
    let mut called_off = claim("2026-12-05", "Astana");
    called_off.status = EventStatus::Cancelled;
    let expect = r#""event":{"name":"дала  форумы","start":"2026-12-05","end":"2026-12-06","time":null,"region":"KZ-71","status":"postponed"},"regions":["KZ-71","KZ-75"]"#;
    let judged = [(
        expecting("a", expect),
        read(Language::English, Kind::Announcement, Some(called_off), "1"),
    )];
    let scores = score(&judged);
    assert_eq!(tally(&scores, "event name", ALL), (1, 0, 0));
    assert_eq!(tally(&scores, "event end", ALL), (0, 0, 1));
    assert_eq!(tally(&scores, "event time", ALL), (0, 0, 0));
    assert_eq!(tally(&scores, "region", ALL), (1, 0, 0));
    assert_eq!(tally(&scores, "status", ALL), (0, 1, 1));
    assert_eq!(tally(&scores, "status but confirmed", ALL), (0, 1, 1));
    assert_eq!(tally(&scores, "regions", ALL), (1, 0, 1));
}

#[test]
fn kinds_are_judged_one_by_one() {
    let row = |id: &str, expected: Kind, got: Kind| {
        (
            expecting(id, &format!(r#""kind":"{}""#, expected.word())),
            read(Language::Russian, got, None, id),
        )
    };
    let scores = score(&[
        row("a", Kind::Announcement, Kind::Announcement),
        row("b", Kind::Announcement, Kind::Announcement),
        row("c", Kind::Other, Kind::Announcement),
        row("d", Kind::Other, Kind::Other),
    ]);
    assert_eq!(tally(&scores, "kind", ALL), (3, 1, 1));
    assert_eq!(tally(&scores, "kind announcement", ALL), (2, 1, 0));
    assert_eq!(tally(&scores, "kind other", ALL), (1, 0, 1));
    // Nobody spoke of forum articles: two kinds make the mean.
    let mean = f64::midpoint(4.0 / 5.0, 2.0 / 3.0);
    assert!((scores.kind_macro_f1.expect("a mean") - mean).abs() < 1e-12);
}

#[test]
fn pairs_are_counted_within_and_across_languages() {
    let row = |id: &str, language: &str, story: &str, got: &str| {
        (
            expecting(id, &format!(r#""language":"{language}","story":"{story}""#)),
            read(Language::Russian, Kind::Other, None, got),
        )
    };
    let scores = score(&[
        row("a", "kk", "one", "1"),
        row("b", "kk", "one", "1"),
        row("c", "ru", "one", "1"),
        row("d", "ru", "one", "2"),
        row("e", "en", "two", "2"),
        (
            expecting("f", r#""language":"kk""#),
            read(Language::Russian, Kind::Other, None, "1"),
        ),
    ]);
    // Expected: six pairs of a to d; together: ab, ac, bc, and de wrongly.
    assert_eq!(tally(&scores, "same story", ALL), (3, 1, 3));
    assert_eq!(tally(&scores, "same story, one language", ALL), (1, 0, 1));
    assert_eq!(tally(&scores, "same story, one language", "kk"), (1, 0, 0));
    assert_eq!(tally(&scores, "same story, one language", "ru"), (0, 0, 1));
    assert_eq!(tally(&scores, "same story, across", ALL), (2, 1, 2));
    let pairs: Vec<&str> = scores
        .misses
        .iter()
        .filter(|miss| miss.label == "same story")
        .map(|miss| miss.id.as_str())
        .collect();
    assert_eq!(pairs, ["d + e", "a + d", "b + d", "c + d"]);
}

#[test]
fn scripts_of_other_languages_are_not_judged() {
    let judged = [
        (
            expecting("a", r#""language":"kk","script":"Latn""#),
            read(Language::KazakhLatin, Kind::Other, None, "1"),
        ),
        (
            expecting("b", r#""language":"tr","script":"Latn""#),
            read(Language::Undetermined, Kind::Other, None, "2"),
        ),
    ];
    let scores = score(&judged);
    assert_eq!(tally(&scores, "script", ALL), (1, 0, 0));
    assert_eq!(tally(&scores, "language", "kk-Latn"), (1, 0, 0));
    assert_eq!(tally(&scores, "language", "other"), (1, 0, 0));
}

#[test]
fn details_and_further_events_are_judged_where_the_case_names_them() {
    let told = |venue: Option<&str>, more: Vec<EventClaim>| {
        let mut event = claim("2026-12-05", "Astana");
        event.details.venue = venue.map(str::to_owned);
        event.details.registration = Some("https://a.example/".to_owned());
        let mut read = read(Language::Russian, Kind::Announcement, Some(event), "1");
        read.reading.more_events = more;
        read
    };
    let named = r#""event":{"start":"2026-12-05","venue":"Дом «Дружбы»","organiser":"Клуб","url":"https://b.example/"},"also":[{"start":"2026-12-01","end":"2026-12-07"}]"#;
    let mut week = claim("2026-12-01", "Astana");
    week.end = Some("2026-12-07".parse().expect("day"));
    let scores = score(&[
        (expecting("a", named), told(Some("дом Дружбы"), vec![week])),
        (
            expecting("b", named),
            told(None, vec![claim("2026-12-01", "Astana")]),
        ),
        (
            expecting("c", r#""event":{"start":"2026-12-05"}"#),
            told(Some("Дом"), vec![claim("2026-12-01", "Astana")]),
        ),
    ]);
    assert_eq!(tally(&scores, "venue", ALL), (1, 0, 1));
    assert_eq!(tally(&scores, "organiser", ALL), (0, 0, 2));
    assert_eq!(tally(&scores, "registration", ALL), (0, 2, 2));
    assert_eq!(tally(&scores, "further events", ALL), (1, 1, 1));
}
