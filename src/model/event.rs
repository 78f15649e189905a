//! An Event: what, where, when; status and sequence number as iCalendar has them.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::article::ArticleId;
use super::id::{derive, string_id};
use super::region::Region;
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
}

/// RFC 5545 section 3.8.1.11, and `Postponed`, which iCalendar shows as `TENTATIVE`.
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
    pub created: DateTime<Utc>,
    /// When a field last changed.
    pub updated: DateTime<Utc>,
}

impl Event {
    /// The last day it is on.
    pub fn last_day(&self) -> NaiveDate {
        self.end.unwrap_or(self.start)
    }
}
