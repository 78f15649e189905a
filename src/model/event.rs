//! An Event: what, where, when; status and sequence number as iCalendar has them.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::article::ArticleId;
use super::id::{derive, string_id};
use super::language::Language;
use super::region::Region;
use super::source::SourceId;
use super::topic::Topic;

string_id! {
    /// Derived from the first article that told of it and the day it named;
    /// it stays when the event is moved to another day.
    EventId
}

impl EventId {
    /// The id of the event first told by `article` for `start`.
    pub fn derived(article: &ArticleId, start: NaiveDate) -> Self {
        Self(derive(&["event", article.as_str(), &start.to_string()]))
    }

    /// The id of a further event `article` told of for the same day.
    pub fn derived_further(article: &ArticleId, start: NaiveDate, name: &str) -> Self {
        Self(derive(&[
            "event",
            article.as_str(),
            &start.to_string(),
            name,
        ]))
    }
}

/// RFC 5545 section 3.8.1.11, and `Postponed`, which iCalendar shows as
/// `TENTATIVE`, or as `CONFIRMED` where the new day is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum EventStatus {
    Tentative,
    #[default]
    Confirmed,
    Postponed,
    Cancelled,
}

impl EventStatus {
    /// All, for the store and tests.
    pub const ALL: [Self; 4] = [
        Self::Tentative,
        Self::Confirmed,
        Self::Postponed,
        Self::Cancelled,
    ];

    /// The word used in JSON and in the store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tentative => "tentative",
            Self::Confirmed => "confirmed",
            Self::Postponed => "postponed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads [`EventStatus::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }
}

/// The most articles an event carries with it. Ten thousand may tell of one
/// forum; carrying them all with it would make each new one cost ten thousand.
pub const TELLERS_MAX: usize = 16;

/// What is told of an event beside name, day and place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EventDetails {
    /// Who holds it, as the text writes it.
    pub organiser: Option<String>,
    /// The house or hall, as the text writes it.
    pub venue: Option<String>,
    /// Local time of the end, in the house zone: of each day, where there are several.
    pub end_time: Option<NaiveTime>,
    /// Where to register: an http(s) address.
    pub registration: Option<String>,
    /// The languages it is held in.
    pub languages: Vec<Language>,
    /// Of a postponed one: its day is the one it is moved to.
    pub is_day_new: bool,
}

/// What can be said of an event by one article and not by another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventField {
    Name,
    Date,
    Time,
    EndTime,
    Place,
    Venue,
    Status,
    Organiser,
    Registration,
    Languages,
}

impl EventField {
    /// All, for the store and tests.
    pub const ALL: [Self; 10] = [
        Self::Name,
        Self::Date,
        Self::Time,
        Self::EndTime,
        Self::Place,
        Self::Venue,
        Self::Status,
        Self::Organiser,
        Self::Registration,
        Self::Languages,
    ];

    /// The word used in JSON and in the store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Date => "date",
            Self::Time => "time",
            Self::EndTime => "end-time",
            Self::Place => "place",
            Self::Venue => "venue",
            Self::Status => "status",
            Self::Organiser => "organiser",
            Self::Registration => "registration",
            Self::Languages => "languages",
        }
    }

    /// Reads [`EventField::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.word() == word)
    }
}

/// One event, from all the articles that tell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: EventId,
    pub name: String,
    pub start: NaiveDate,
    /// Last day (inclusive), when it is not the first.
    pub end: Option<NaiveDate>,
    /// Local time of the beginning, in the house zone.
    pub time: Option<NaiveTime>,
    /// Common English spelling.
    pub city: Option<String>,
    pub region: Option<Region>,
    pub status: EventStatus,
    pub details: EventDetails,
    /// RFC 5545 `SEQUENCE`: raised only when a reader's calendar must change.
    pub sequence: u32,
    /// The words the date was read from; for "tomorrow" also the day it was counted from.
    pub date_words: String,
    pub date_counted_from: Option<NaiveDate>,
    /// The first [`TELLERS_MAX`] articles that said it, the first first; the
    /// store links every one of them to it.
    pub articles: Vec<ArticleId>,
    /// What most of those articles are surely about; known once they are stored.
    pub topics: Vec<Topic>,
    /// Which article said what stands in each field.
    pub said_by: BTreeMap<EventField, ArticleId>,
    pub created: DateTime<Utc>,
    /// When a field last changed.
    pub updated: DateTime<Utc>,
}

impl Event {
    /// Whether it will take place on its day, as far as is known.
    pub const fn is_likely(&self) -> bool {
        match self.status {
            EventStatus::Confirmed | EventStatus::Tentative => true,
            EventStatus::Postponed => self.details.is_day_new,
            EventStatus::Cancelled => false,
        }
    }

    /// What readers are told of its status: [`EventStatus::word`], or `moved` where
    /// the day it is postponed to is known.
    pub const fn standing(&self) -> &'static str {
        match self.status {
            EventStatus::Postponed if self.details.is_day_new => "moved",
            status => status.word(),
        }
    }

    /// The last day it is on.
    pub fn last_day(&self) -> NaiveDate {
        self.end.unwrap_or(self.start)
    }
}

/// So many sources vouch for what they tell: one outlet is often two, its site and
/// its channel.
pub const VOUCHED_FROM: usize = 3;

/// An event that may be told, and on whose word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComingEvent {
    pub event: Event,
    /// The source that told of it first; `None`: [`VOUCHED_FROM`] or more do, among
    /// the articles it carries.
    pub word_of: Option<SourceId>,
}
