//! The pace of a source: how often it has something new, and how often it asks
//! to be asked.

use chrono::{DateTime, Utc, Weekday};

/// What a document asks of those who come again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AskedPace {
    /// RSS `ttl`.
    pub ttl_minutes: Option<u32>,
    /// `sy:updatePeriod` over `sy:updateFrequency`.
    pub update_minutes: Option<u32>,
    /// RSS `skipHours`: hours of the day, UTC, 0 to 23.
    pub skip_hours: Vec<u8>,
    /// RSS `skipDays`, UTC.
    pub skip_days: Vec<Weekday>,
}

/// New entries by hour of the day (UTC), older ones counting less.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rhythm {
    /// The beginning of what is known.
    pub since: Option<DateTime<Utc>>,
    /// Up to when older entries were made to count less.
    pub aged: Option<DateTime<Utc>>,
    /// Entries of each hour, in thousandths.
    pub hours: [u32; 24],
}

/// All that is known of a source's pace.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pace {
    pub asked: AskedPace,
    pub rhythm: Rhythm,
    /// Entries in the document last read: what came before them is lost to those
    /// who did not come in time.
    pub entries: u32,
}
