//! A Reading: what we believe of an Article, how sure, and which engine said so.
//! Replaceable: a better engine reads the stored text again.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::event::{EventDetails, EventField, EventStatus};
use super::language::Language;
use super::region::Region;
use super::topic::Topic;

/// How sure, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Confidence(f32);

impl Confidence {
    /// Below this a label is shown as unknown (design, promise 4).
    pub const THRESHOLD: Self = Self(0.5);

    /// Clamped to 0..=1; not-a-number is 0.
    pub fn new(value: f32) -> Self {
        if value.is_nan() {
            Self(0.0)
        } else {
            Self(value.clamp(0.0, 1.0))
        }
    }

    /// The number.
    pub const fn get(self) -> f32 {
        self.0
    }

    /// Whether the label may be shown as known.
    pub fn is_enough(self) -> bool {
        self >= Self::THRESHOLD
    }
}

/// What an article is to a reader who follows forums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Tells of a forum to come, or on today.
    Announcement,
    /// About a forum, during or after.
    ForumArticle,
    /// Not about a forum.
    Other,
}

impl Kind {
    /// All, for choices and tests.
    pub const ALL: [Self; 3] = [Self::Announcement, Self::ForumArticle, Self::Other];

    /// The word used in the catalogue, in JSON and in the store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Announcement => "announcement",
            Self::ForumArticle => "forum-article",
            Self::Other => "other",
        }
    }

    /// Reads [`Kind::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// The words a date was read from, and against which day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateEvidence {
    /// The words as they stand in the text, e.g. `ертең`.
    pub words: String,
    /// For a relative date: the publication date it was counted from.
    pub counted_from: Option<NaiveDate>,
}

/// An event as one article tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct EventClaim {
    /// As its own name would be written.
    pub name: String,
    pub start: NaiveDate,
    /// Last day, when it is not the first.
    pub end: Option<NaiveDate>,
    /// Local time of the beginning, in the house zone.
    pub time: Option<NaiveTime>,
    /// Common English spelling (GeoNames): Astana, Oskemen, Oral …
    pub city: Option<String>,
    pub region: Option<Region>,
    pub status: EventStatus,
    pub details: EventDetails,
    /// The text's own words for each field it tells.
    pub words: BTreeMap<EventField, String>,
    pub evidence: DateEvidence,
    pub confidence: Confidence,
}

/// Further events one article tells of: a longer list is a listing, whose
/// entries have articles of their own.
pub const MORE_EVENTS_MAX: usize = 8;

/// What we believe of one revision of one article.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    pub language: Language,
    pub language_confidence: Confidence,
    pub kind: Kind,
    pub kind_confidence: Confidence,
    /// Regions the article is about, surest first.
    pub regions: Vec<(Region, Confidence)>,
    /// What the article is about, surest first.
    pub topics: Vec<(Topic, Confidence)>,
    /// The event the article is about.
    pub event: Option<EventClaim>,
    /// Further ones it tells of, at most [`MORE_EVENTS_MAX`].
    pub more_events: Vec<EventClaim>,
    /// Two or three of the article's own sentences, plain text.
    pub excerpt: String,
    /// Which engine said so.
    pub engine_version: u32,
    /// When.
    pub read_at: DateTime<Utc>,
}

impl Reading {
    /// The language, or undetermined where we are not sure.
    pub fn shown_language(&self) -> Language {
        if self.language_confidence.is_enough() {
            self.language
        } else {
            Language::Undetermined
        }
    }

    /// The topics we are sure of, surest first.
    pub fn shown_topics(&self) -> impl Iterator<Item = Topic> {
        self.topics
            .iter()
            .filter(|(_, confidence)| confidence.is_enough())
            .map(|(topic, _)| *topic)
    }

    /// The kind, or `None` where we are not sure.
    pub fn shown_kind(&self) -> Option<Kind> {
        self.kind_confidence.is_enough().then_some(self.kind)
    }
}
