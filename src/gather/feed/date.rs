//! Dates of every shape publishers write: RFC 822 with wrong names and zones,
//! ISO 8601 and W3CDTF with gaps, asctime, numbers, and words in Kazakh, Russian
//! and English, counted from the day the document was received where need be.
//!
//! A time without a zone is the house's on pages and in JSON listings, as it is
//! where it is written the Kazakhstani way (Kazakh or Russian words,
//! `23.11.2026`). In a feed it is UTC, as all feed readers take it, and so is a day
//! without a time; unless that had not yet come when the document was received,
//! and the house's had. One such time tells of all in its feed.

mod ago;
mod digits;
mod feed_clock;
mod months;
mod usual;
mod words;

use chrono::{
    DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc,
};
use chrono_tz::Tz;

use super::zone::Zone;

pub use feed_clock::FeedClock;

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

impl Written {
    /// A day and no more, as its midnight in UTC, or in the house zone where that
    /// has not yet come.
    pub fn of_day(day: NaiveDate, received: DateTime<Tz>) -> Self {
        let midnight = day.and_time(NaiveTime::MIN);
        let offset_minutes = minutes_of_past(midnight, received);
        Self {
            at: (midnight - TimeDelta::minutes(i64::from(offset_minutes))).and_utc(),
            day,
            offset_minutes,
            has_time: false,
        }
    }
}

/// Whose a time without a zone is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bare {
    /// UTC, where that is no time to come.
    Utc,
    /// The house's: the zone of the moment the document was received. A day
    /// without a time stays as above.
    House,
    /// The same in a feed that proves it.
    HouseInFeed,
}

/// The instant `text` means in a feed, counted from `received` where it says
/// "today"; `None` if it cannot be read or names a year outside 1990 to 2100.
pub fn read(text: &str, received: DateTime<Tz>) -> Option<DateTime<Utc>> {
    read_as(text, received, Bare::Utc).map(|written| written.at)
}

/// The same of a page or JSON listing, with the day and the zone as they were
/// written.
pub fn read_written(text: &str, received: DateTime<Tz>) -> Option<Written> {
    read_as(text, received, Bare::House)
}

/// The same of a text that says nothing but how long ago it was, or a day counted
/// from today: "2 сағат бұрын", "Today, 10:35".
pub fn read_relative(text: &str, received: DateTime<Tz>) -> Option<Written> {
    let text = text.trim();
    let is_relative = text.len() <= DATE_BYTES_MAX
        && (is_ago(text, received) || words::is_of_a_relative_day(text, received));
    is_relative.then(|| read_written(text, received)).flatten()
}

/// Whether a text says how long ago it was, and nothing else.
pub fn is_ago(text: &str, received: DateTime<Tz>) -> bool {
    ago::ago(text, received).is_some()
}

fn read_as(text: &str, received: DateTime<Tz>, bare: Bare) -> Option<Written> {
    let written = parts_of(text, received, bare)?.written(received, bare);
    written.filter(is_believed)
}

fn is_believed(written: &Written) -> bool {
    YEARS.contains(&written.at.year())
}

fn parts_of(text: &str, received: DateTime<Tz>, bare: Bare) -> Option<Parts> {
    let text = text.trim();
    if text.is_empty() || text.len() > DATE_BYTES_MAX {
        return None;
    }
    usual::usual(text)
        .or_else(|| digits::number(text))
        .or_else(|| digits::iso(text, received))
        .or_else(|| ago::ago(text, received))
        .or_else(|| words::words(text, received, bare))
}

/// A date as written.
#[derive(Debug, Clone, Copy, Default)]
struct Parts {
    date: NaiveDate,
    seconds: i64,
    millis: i64,
    has_time: bool,
    /// If it was said.
    zone: Option<Zone>,
    /// Written as people in Kazakhstan write.
    local: bool,
    /// A time of day and no day: the last time it was so late.
    is_clock: bool,
}

impl Parts {
    /// What the writer's clock and calendar showed.
    fn wall(&self) -> Option<NaiveDateTime> {
        NaiveDateTime::from(self.date)
            .checked_add_signed(TimeDelta::seconds(self.seconds))?
            .checked_add_signed(TimeDelta::milliseconds(self.millis))
    }

    fn written(self, received: DateTime<Tz>, bare: Bare) -> Option<Written> {
        let mut wall = self.wall()?;
        let is_house = self.local || bare != Bare::Utc && self.has_time;
        let offset_minutes = match self.zone {
            Some(zone) => zone.minutes(wall),
            None if is_house => house_minutes(wall, received),
            None => minutes_of_past(wall, received),
        };
        if self.is_clock && is_to_come(wall, offset_minutes, received) {
            wall = wall.checked_sub_signed(TimeDelta::days(1))?;
        }
        let at = wall.checked_sub_signed(TimeDelta::minutes(i64::from(offset_minutes)))?;
        Some(Written {
            at: at.and_utc(),
            // 24:00 is still of the day it was written of.
            day: if self.is_clock {
                wall.date()
            } else {
                self.date
            },
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

/// Minutes east of UTC of the house's clocks when they show `wall`; as now where
/// they never do.
fn house_minutes(wall: NaiveDateTime, received: DateTime<Tz>) -> i32 {
    let at = received.timezone().from_local_datetime(&wall).earliest();
    at.unwrap_or(received).offset().fix().local_minus_utc() / 60
}

/// Whether clocks so far east of UTC have not shown `wall` yet.
fn is_to_come(wall: NaiveDateTime, minutes: i32, received: DateTime<Tz>) -> bool {
    let at = wall.checked_sub_signed(TimeDelta::minutes(i64::from(minutes)));
    at.is_none_or(|at| at > received.naive_utc())
}

/// Minutes east of UTC of a wall time whose zone nobody said: none, unless it has
/// come by the house's clocks only.
fn minutes_of_past(wall: NaiveDateTime, received: DateTime<Tz>) -> i32 {
    if !is_to_come(wall, 0, received) {
        return 0;
    }
    let house = house_minutes(wall, received);
    if is_to_come(wall, house, received) {
        0
    } else {
        house
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
