//! Dates of every shape publishers write: RFC 822 with wrong names and zones,
//! ISO 8601 and W3CDTF with gaps, asctime, numbers, and words in Kazakh, Russian
//! and English, counted from the day the document was received where need be.
//!
//! A date without a zone is UTC; one written the Kazakhstani way (Kazakh or
//! Russian words, `23.11.2026`) is Almaty's wall time.

mod digits;
mod usual;
mod words;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Asia::Almaty;

/// Years believed; a date outside is a mistake of the publisher's.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2100;
/// The longest text read as a date.
const DATE_BYTES_MAX: usize = 128;

/// A date as its writer's clock and calendar showed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The instant meant.
    pub at: DateTime<Utc>,
    /// The day as written.
    pub day: NaiveDate,
    /// Minutes east of UTC, as written or as taken for granted.
    pub offset_minutes: i32,
    /// Whether more than the day was written.
    pub has_time: bool,
}

/// The instant `text` means, counted from `received` where it says "today";
/// `None` if it cannot be read or names a year outside 1990 to 2100.
pub fn read(text: &str, received: DateTime<Utc>) -> Option<DateTime<Utc>> {
    read_written(text, received).map(|written| written.at)
}

/// The same, with the day and the zone as they were written.
pub fn read_written(text: &str, received: DateTime<Utc>) -> Option<Written> {
    let text = text.trim();
    if text.is_empty() || text.len() > DATE_BYTES_MAX {
        return None;
    }
    let parts = usual::usual(text)
        .or_else(|| digits::number(text, received))
        .or_else(|| digits::iso(text, received))
        .or_else(|| words::words(text, received))?;
    parts
        .written()
        .filter(|written| YEARS.contains(&written.at.year()))
}

/// A date as written.
#[derive(Debug, Clone, Copy, Default)]
struct Parts {
    date: NaiveDate,
    seconds: i64,
    millis: i64,
    has_time: bool,
    /// Minutes east of UTC, if said.
    zone: Option<i32>,
    /// Written as people in Kazakhstan write.
    local: bool,
}

impl Parts {
    fn written(self) -> Option<Written> {
        let wall = NaiveDateTime::from(self.date)
            .checked_add_signed(TimeDelta::seconds(self.seconds))?
            .checked_add_signed(TimeDelta::milliseconds(self.millis))?;
        let offset_minutes = match self.zone {
            Some(minutes) => minutes,
            None if self.local => {
                let at = Almaty.from_local_datetime(&wall).earliest()?;
                at.offset().fix().local_minus_utc() / 60
            }
            None => 0,
        };
        let at = wall.checked_sub_signed(TimeDelta::minutes(i64::from(offset_minutes)))?;
        Some(Written {
            at: at.and_utc(),
            day: self.date,
            offset_minutes,
            has_time: self.has_time,
        })
    }

    fn of_day(date: NaiveDate) -> Self {
        Self {
            date,
            ..Self::default()
        }
    }
}

/// The day of an RFC 822 date, rolling over what a month does not have (31 June is
/// 1 July), as programs that write them and those that read them reckon.
fn rolled_day(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    if !(1..=31).contains(&day) || !(0..=9999).contains(&year) {
        return None;
    }
    NaiveDate::from_ymd_opt(year, month, 1)?.checked_add_signed(TimeDelta::days(i64::from(day) - 1))
}

/// The day, if there is one: 30 February is a mistake, and nobody knows whose day it
/// was to be.
fn day_of(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day).filter(|_| (0..=9999).contains(&year))
}

fn full_year(year: i32, digits: usize) -> i32 {
    match (digits, year) {
        (1 | 2, ..70) => 2000 + year,
        // Three digits: `Date.getYear()` of the year 2000 and later.
        (1 | 2, _) | (3, 100..=200) => 1900 + year,
        _ => year,
    }
}

#[cfg(test)]
#[path = "date_tests.rs"]
mod tests;
