//! What letters are rendered with. Dates are ISO strings; `None` is nothing to show.
//!
//! Each letter has an HTML and a text template with one context, so that
//! neither part can know less than the other.

use serde::Serialize;

use super::Sample;
use crate::model::digest::slot;

/// The shipped templates.
pub const TEMPLATES: &[(&str, &str)] = &[
    (
        "letter/digest.html",
        include_str!("../../templates/letter/digest.html"),
    ),
    (
        "letter/digest.txt",
        include_str!("../../templates/letter/digest.txt"),
    ),
    (
        "letter/confirmation.html",
        include_str!("../../templates/letter/confirmation.html"),
    ),
    (
        "letter/confirmation.txt",
        include_str!("../../templates/letter/confirmation.txt"),
    ),
];

/// Messages said by code rather than by a template.
pub const KEYS: &[&str] = &[
    "letter.subject.event",
    "letter.subject.event_and",
    "letter.subject.event_and_events",
    "letter.subject.story_and",
    "letter.subject.unlikely",
    "letter.confirm.subject",
];

/// A digest's letter.
#[derive(Debug, Clone, Serialize)]
pub struct DigestLetter {
    pub subject: String,
    /// What the digest is called.
    pub title: String,
    pub site_name: String,
    pub site_url: String,
    pub calendar_url: String,
    /// A slot: differs from copy to copy. Not escaped, it is the house's own.
    pub unsubscribe_url: &'static str,
    pub events: Vec<LetterEvent>,
    /// How many of them will take place, as far as is known.
    pub events_ahead: usize,
    /// Coming events that did not fit.
    pub events_left: usize,
    pub stories: Vec<LetterStory>,
    /// Stories that did not fit.
    pub stories_left: usize,
}

/// One coming event.
#[derive(Debug, Clone, Serialize)]
pub struct LetterEvent {
    pub name: String,
    pub start: String,
    pub end: Option<String>,
    pub time: Option<String>,
    /// City and region, in the letter's tongue.
    pub place: Option<String>,
    pub href: Option<String>,
    /// `tentative`, `confirmed`, `postponed`, `cancelled`.
    pub status: &'static str,
    /// The words the date was counted by, and the day it was counted from.
    pub counted_words: String,
    pub counted_from: Option<String>,
}

/// One story.
#[derive(Debug, Clone, Serialize)]
pub struct LetterStory {
    pub title: String,
    pub href: String,
    /// BCP 47, where it is known.
    pub lang: Option<&'static str>,
    pub outlet: String,
    pub date: String,
    pub excerpt: String,
    pub also: Vec<LetterAlso>,
}

/// The same story elsewhere.
#[derive(Debug, Clone, Serialize)]
pub struct LetterAlso {
    pub outlet: String,
    pub href: Option<String>,
}

/// The letter that asks whether the address is its owner's wish.
#[derive(Debug, Clone, Serialize)]
pub struct ConfirmationLetter {
    pub subject: String,
    pub site_name: String,
    pub site_url: String,
    /// A slot: differs from copy to copy. Not escaped, it is the house's own.
    pub confirm_url: &'static str,
}

/// Every letter template with a context that proves it: a full letter of
/// hostile text, and one with as little as there can be.
pub fn samples() -> Vec<Sample> {
    let confirmation = ConfirmationLetter {
        subject: HOSTILE.to_owned(),
        site_name: HOSTILE.to_owned(),
        site_url: "https://example.kz".to_owned(),
        confirm_url: slot::CONFIRM_URL,
    };
    let mut samples = vec![
        Sample::new("letter/confirmation.html", &confirmation),
        Sample::new("letter/confirmation.txt", &confirmation),
    ];
    for letter in [sample_digest(), sample_bare_digest()] {
        samples.push(Sample::new("letter/digest.html", &letter));
        samples.push(Sample::new("letter/digest.txt", &letter));
    }
    samples
}

/// What a publisher might write to break a page.
const HOSTILE: &str = "Форум </td><script>alert(1)</script> \"'&<!-- {{ x }} {% raw %}";

fn sample_digest() -> DigestLetter {
    let event = |status, counted_from: Option<&str>| LetterEvent {
        name: HOSTILE.to_owned(),
        start: "2026-12-05".to_owned(),
        end: Some("2026-12-06".to_owned()),
        time: Some("10:30".to_owned()),
        place: Some(HOSTILE.to_owned()),
        href: Some("https://example.kz/1?a=\"><b>".to_owned()),
        status,
        counted_words: HOSTILE.to_owned(),
        counted_from: counted_from.map(str::to_owned),
    };
    DigestLetter {
        subject: HOSTILE.to_owned(),
        title: HOSTILE.to_owned(),
        events: vec![
            event("confirmed", Some("2026-12-04")),
            event("tentative", None),
            event("postponed", None),
            event("cancelled", None),
        ],
        events_ahead: 2,
        events_left: 5,
        stories: vec![LetterStory {
            title: HOSTILE.to_owned(),
            href: "https://example.kz/1?a=\"><b>".to_owned(),
            lang: Some("kk-Cyrl"),
            outlet: HOSTILE.to_owned(),
            date: "2026-12-04".to_owned(),
            excerpt: HOSTILE.to_owned(),
            also: vec![
                LetterAlso {
                    outlet: HOSTILE.to_owned(),
                    href: Some("https://example.kz/2".to_owned()),
                },
                LetterAlso {
                    outlet: HOSTILE.to_owned(),
                    href: None,
                },
            ],
        }],
        stories_left: 21,
        ..sample_bare_digest()
    }
}

fn sample_bare_digest() -> DigestLetter {
    DigestLetter {
        subject: "Форум".to_owned(),
        title: "Күнделікті шолу".to_owned(),
        site_name: "Жаршы".to_owned(),
        site_url: "https://example.kz".to_owned(),
        calendar_url: "https://example.kz/feeds/announcements.ics".to_owned(),
        unsubscribe_url: slot::UNSUBSCRIBE_URL,
        events: vec![LetterEvent {
            name: "Форум".to_owned(),
            start: "2026-12-05".to_owned(),
            end: None,
            time: None,
            place: None,
            href: None,
            status: "confirmed",
            counted_words: String::new(),
            counted_from: None,
        }],
        events_ahead: 0,
        events_left: 0,
        stories: Vec::new(),
        stories_left: 0,
    }
}
