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
        "letter/head.html",
        include_str!("../../templates/letter/head.html"),
    ),
    (
        "letter/digest.html",
        include_str!("../../templates/letter/digest.html"),
    ),
    (
        "letter/digest.txt",
        include_str!("../../templates/letter/digest.txt"),
    ),
    (
        "letter/mailing.html",
        include_str!("../../templates/letter/mailing.html"),
    ),
    (
        "letter/mailing.txt",
        include_str!("../../templates/letter/mailing.txt"),
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
    "letter.subject.corrections",
    "letter.subject.nothing",
    "letter.no_region",
    "letter.no_topic",
    "letter.change.moved",
    "letter.change.time",
    "letter.change.time_told",
    "letter.change.place",
    "letter.change.restored",
    "letter.change.retitled",
    "letter.change.revised",
    "letter.confirm.subject",
    "letter.move.subject",
];

/// A digest's letter.
#[derive(Debug, Clone, Serialize)]
pub struct DigestLetter {
    pub subject: String,
    /// What mail readers show beside the subject; may be empty.
    pub preheader: String,
    /// What the digest is called.
    pub title: String,
    pub site_name: String,
    /// May be empty.
    pub site_postal: String,
    pub site_url: String,
    pub calendar_url: String,
    /// A slot: differs from copy to copy. Not escaped, it is the house's own.
    pub unsubscribe_url: &'static str,
    /// A slot, as above.
    pub preferences_url: &'static str,
    /// The day of the letter.
    pub today: String,
    pub events: Vec<LetterEvent>,
    /// How many of them will take place, as far as is known.
    pub events_ahead: usize,
    /// Of those shown the others: cancelled, or put off nobody knows to when.
    pub events_off: usize,
    /// Coming events that did not fit.
    pub events_left: usize,
    /// Whether stories stand under regions or topics.
    pub is_grouped: bool,
    pub stories: Vec<LetterStory>,
    /// Stories that did not fit.
    pub stories_left: usize,
    /// What is no longer as the reader was told.
    pub corrections: Vec<LetterCorrection>,
    /// Corrections that did not fit.
    pub corrections_left: usize,
    /// Outlets that have not answered for days, in one line; may be empty.
    pub silent: String,
    /// Such outlets beyond those named.
    pub silent_left: usize,
}

/// One coming event.
#[derive(Debug, Clone, Serialize)]
pub struct LetterEvent {
    /// At the first of its stretch: `today`, `week`, `next_week`, `later`.
    pub heading: Option<&'static str>,
    pub name: String,
    /// BCP 47 of the name, where it is known.
    pub lang: Option<&'static str>,
    pub start: String,
    pub end: Option<String>,
    pub time: Option<String>,
    /// City and region, in the letter's tongue.
    pub place: Option<String>,
    pub href: Option<String>,
    /// The event alone, for a calendar; none for one that will not take place.
    pub ics_url: Option<String>,
    /// `tentative`, `confirmed`, `moved`, `postponed`, `cancelled`.
    pub status: &'static str,
    /// The words the date was counted by, and the day it was counted from.
    pub counted_words: String,
    pub counted_from: Option<String>,
}

/// One story.
#[derive(Debug, Clone, Serialize)]
pub struct LetterStory {
    /// At the first of its region or topic, where stories stand by these.
    pub heading: Option<String>,
    pub title: String,
    pub href: String,
    /// BCP 47, where it is known.
    pub lang: Option<&'static str>,
    pub outlet: String,
    pub date: String,
    pub excerpt: String,
    pub also: Vec<LetterAlso>,
}

/// One thing that is no longer as the reader was told.
#[derive(Debug, Clone, Serialize)]
pub struct LetterCorrection {
    pub name: String,
    /// BCP 47 of the name, where it is known.
    pub lang: Option<&'static str>,
    pub href: Option<String>,
    /// Of an article.
    pub outlet: Option<String>,
    /// What was changed, in the letter's tongue.
    pub changes: Vec<String>,
}

/// The same story elsewhere.
#[derive(Debug, Clone, Serialize)]
pub struct LetterAlso {
    pub outlet: String,
    pub href: Option<String>,
}

/// An operator's own letter.
#[derive(Debug, Clone, Serialize)]
pub struct MailingLetter {
    pub subject: String,
    /// What mail readers show beside the subject.
    pub preheader: String,
    /// BCP 47 of the text, where it is known.
    pub lang: Option<&'static str>,
    pub site_name: String,
    /// May be empty.
    pub site_postal: String,
    pub site_url: String,
    /// A slot: differs from copy to copy. Not escaped, it is the house's own.
    pub unsubscribe_url: &'static str,
    /// A slot, as above.
    pub preferences_url: &'static str,
    pub blocks: Vec<MailingBlock>,
}

/// One block of an operator's text.
#[derive(Debug, Clone, Serialize)]
pub struct MailingBlock {
    /// `heading`, `paragraph`, `item`, `quote`, `code`.
    pub kind: &'static str,
    /// Escaped, with markup inside the block only.
    pub html: String,
    pub text: String,
    /// Whether an empty line stands before it: not between items.
    pub is_apart: bool,
    /// Before an item: `•`, `1.`; else empty.
    pub mark: String,
    /// Where its links lead, for the text part.
    pub links: Vec<String>,
}

/// The letter that asks whether the address is its owner's wish.
#[derive(Debug, Clone, Serialize)]
pub struct ConfirmationLetter {
    pub subject: String,
    /// It is about another address, not about subscribing.
    pub moves: bool,
    pub site_name: String,
    pub site_url: String,
    /// A slot: differs from copy to copy. Not escaped, it is the house's own.
    pub confirm_url: &'static str,
}

/// Every letter template with a context that proves it: a full letter of
/// hostile text, and one with as little as there can be.
pub fn samples() -> Vec<Sample> {
    let confirmation = |moves| ConfirmationLetter {
        subject: HOSTILE.to_owned(),
        moves,
        site_name: HOSTILE.to_owned(),
        site_url: "https://example.kz".to_owned(),
        confirm_url: slot::CONFIRM_URL,
    };
    let mailing = sample_mailing();
    let mut samples = vec![
        // What the others include.
        Sample::new("letter/head.html", &mailing),
        Sample::new("letter/mailing.html", &mailing),
        Sample::new("letter/mailing.txt", &mailing),
    ];
    for letter in [false, true].map(confirmation) {
        samples.push(Sample::new("letter/confirmation.html", &letter));
        samples.push(Sample::new("letter/confirmation.txt", &letter));
    }
    for letter in [sample_digest(), sample_bare_digest(), sample_empty_digest()] {
        samples.push(Sample::new("letter/digest.html", &letter));
        samples.push(Sample::new("letter/digest.txt", &letter));
    }
    samples
}

/// What a publisher might write to break a page.
const HOSTILE: &str = "Форум </td><script>alert(1)</script> \"'&<!-- {{ x }} {% raw %}";

fn sample_digest() -> DigestLetter {
    let event = |heading, status, counted_from: Option<&str>| LetterEvent {
        heading: Some(heading),
        name: HOSTILE.to_owned(),
        lang: Some("kk-Latn"),
        start: "2026-12-05".to_owned(),
        end: Some("2026-12-06".to_owned()),
        time: Some("10:30".to_owned()),
        place: Some(HOSTILE.to_owned()),
        href: Some("https://example.kz/1?a=\"><b>".to_owned()),
        ics_url: Some("https://example.kz/event/1.ics?lang=kk".to_owned()),
        status,
        counted_words: HOSTILE.to_owned(),
        counted_from: counted_from.map(str::to_owned),
    };
    DigestLetter {
        subject: HOSTILE.to_owned(),
        preheader: HOSTILE.to_owned(),
        title: HOSTILE.to_owned(),
        events: vec![
            event("today", "confirmed", Some("2026-12-04")),
            event("week", "tentative", None),
            event("next_week", "moved", None),
            event("later", "postponed", None),
            event("later", "cancelled", None),
        ],
        events_ahead: 3,
        events_off: 2,
        events_left: 5,
        is_grouped: true,
        stories: vec![sample_story()],
        stories_left: 21,
        corrections: vec![LetterCorrection {
            name: HOSTILE.to_owned(),
            lang: Some("ru"),
            href: Some("https://example.kz/3".to_owned()),
            outlet: Some(HOSTILE.to_owned()),
            changes: vec![HOSTILE.to_owned(), HOSTILE.to_owned()],
        }],
        corrections_left: 2,
        silent: HOSTILE.to_owned(),
        silent_left: 3,
        ..sample_bare_digest()
    }
}

fn sample_mailing() -> MailingLetter {
    let block = |kind, mark: &str| MailingBlock {
        kind,
        html: "<strong>&lt;</strong>".to_owned(),
        text: HOSTILE.to_owned(),
        is_apart: true,
        mark: mark.to_owned(),
        links: vec!["https://example.kz/4".to_owned()],
    };
    MailingLetter {
        subject: HOSTILE.to_owned(),
        preheader: HOSTILE.to_owned(),
        lang: Some("ru"),
        site_name: HOSTILE.to_owned(),
        site_postal: HOSTILE.to_owned(),
        site_url: "https://example.kz".to_owned(),
        unsubscribe_url: slot::UNSUBSCRIBE_URL,
        preferences_url: slot::PREFERENCES_URL,
        blocks: vec![
            block("heading", ""),
            block("paragraph", ""),
            block("item", "1."),
            block("quote", ""),
            block("code", ""),
        ],
    }
}

fn sample_story() -> LetterStory {
    LetterStory {
        heading: Some(HOSTILE.to_owned()),
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
    }
}

fn sample_empty_digest() -> DigestLetter {
    DigestLetter {
        events: Vec::new(),
        ..sample_bare_digest()
    }
}

fn sample_bare_digest() -> DigestLetter {
    DigestLetter {
        subject: "Форум".to_owned(),
        preheader: String::new(),
        title: "Күнделікті шолу".to_owned(),
        site_name: "Жаршы".to_owned(),
        site_postal: String::new(),
        site_url: "https://example.kz".to_owned(),
        calendar_url: "https://example.kz/feeds/announcements.ics".to_owned(),
        unsubscribe_url: slot::UNSUBSCRIBE_URL,
        preferences_url: slot::PREFERENCES_URL,
        today: "2026-12-04".to_owned(),
        events: vec![LetterEvent {
            heading: None,
            name: "Форум".to_owned(),
            lang: None,
            start: "2026-12-05".to_owned(),
            end: None,
            time: None,
            place: None,
            href: None,
            ics_url: None,
            status: "confirmed",
            counted_words: String::new(),
            counted_from: None,
        }],
        events_ahead: 0,
        events_off: 1,
        events_left: 0,
        is_grouped: false,
        stories: Vec::new(),
        stories_left: 0,
        corrections: vec![LetterCorrection {
            name: "Форум".to_owned(),
            lang: None,
            href: None,
            outlet: None,
            changes: Vec::new(),
        }],
        corrections_left: 0,
        silent: String::new(),
        silent_left: 0,
    }
}
