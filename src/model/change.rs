//! What readers knew before something was changed, for telling them what was.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::event::{EventId, EventStatus};
use super::feed::Entry;

/// An event as it stood before a change a calendar must show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventBefore {
    pub id: EventId,
    pub start: NaiveDate,
    pub end: Option<NaiveDate>,
    pub time: Option<NaiveTime>,
    /// Common English spelling.
    pub city: Option<String>,
    pub status: EventStatus,
}

/// An article whose publisher changed it after readers were told of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Revised {
    /// As it is now.
    pub entry: Entry,
    /// What it was called, where that was changed.
    pub title_before: Option<String>,
}

/// What happened between two letters besides what is new.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Since {
    /// When the last letter's window ended.
    pub after: DateTime<Utc>,
    /// Events that were changed, as they stood at `after`.
    pub events: Vec<EventBefore>,
    /// Articles told of before and changed since, the first changed first.
    pub revised: Vec<Revised>,
    /// Outlets that have not answered for days.
    pub silent: Vec<String>,
}
