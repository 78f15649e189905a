//! What a span of a text means, and how that is written: ISO 8601-1 for days,
//! months, years, weeks, times and durations, ISO 8601-2 for decades (`199`),
//! seasons (`-21` to `-24`), quarters (`-33` to `-36`) and halves (`-40`, `-41`).

use chrono::{Datelike, NaiveDate, NaiveTime};

/// One meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Day(NaiveDate),
    /// First and last day.
    Days(NaiveDate, NaiveDate),
    Week(NaiveDate),
    Month(i32, u32),
    /// First and last month.
    Months((i32, u32), (i32, u32)),
    Year(i32),
    Years(i32, i32),
    /// From spring, 1; a winter has the year it begins in.
    Season(i32, u32),
    Quarter(i32, u32),
    Half(i32, u32),
    /// 199 are the 1990s.
    Decade(i32),
    /// 20 is the twentieth.
    Century(u32),
    Time(NaiveTime),
    Times(NaiveTime, NaiveTime),
    /// In ISO 8601; empty when only named ("several days").
    Duration(String),
    Age(String),
    /// A part of some day: "in the evening".
    PartOfDay,
    /// Again and again: "every year".
    Repeated,
    /// Around now, or some day not told.
    Vague,
}

impl Value {
    /// What kind of span it is, in a word.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Day(_) => "day",
            Self::Days(..) | Self::Months(..) | Self::Years(..) => "range",
            Self::Week(_) => "week",
            Self::Month(..) => "month",
            Self::Year(_) => "year",
            Self::Season(..) => "season",
            Self::Quarter(..) => "quarter",
            Self::Half(..) => "half",
            Self::Decade(_) => "decade",
            Self::Century(_) => "century",
            Self::Time(_) | Self::Times(..) | Self::PartOfDay => "time",
            Self::Duration(_) => "duration",
            Self::Age(_) => "age",
            Self::Repeated => "repeated",
            Self::Vague => "vague",
        }
    }

    /// The value in ISO 8601, where it has one.
    pub fn iso(&self) -> Option<String> {
        let month = |(year, month): (i32, u32)| format!("{year:04}-{month:02}");
        let clock = |time: &NaiveTime| time.format("T%H:%M").to_string();
        Some(match self {
            Self::Day(day) => day.to_string(),
            Self::Days(first, last) => format!("{first}/{last}"),
            Self::Week(day) => {
                let week = day.iso_week();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Self::Month(year, number) => month((*year, *number)),
            Self::Months(first, last) => format!("{}/{}", month(*first), month(*last)),
            Self::Year(year) => format!("{year:04}"),
            Self::Years(first, last) => format!("{first:04}/{last:04}"),
            Self::Season(year, season) => month((*year, 20 + season)),
            Self::Quarter(year, quarter) => month((*year, 32 + quarter)),
            Self::Half(year, half) => month((*year, 39 + half)),
            Self::Decade(decade) => decade.to_string(),
            Self::Century(century) => format!("{:02}", century.saturating_sub(1)),
            Self::Time(time) => clock(time),
            Self::Times(from, to) => format!("{}/{}", clock(from), clock(to)),
            Self::Duration(length) | Self::Age(length) if !length.is_empty() => length.clone(),
            _ => return None,
        })
    }
}

/// How a value was come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolved {
    /// All of it is written.
    Written,
    /// The publication day decides the year.
    YearChosen,
    /// The year is counted from the publication's ("last year").
    YearCounted,
    /// Counted from the publication day ("tomorrow", "last year").
    Counted,
    /// Counted in weeks or months, which people round.
    CountedRoughly,
    /// Counted from a date told before it ("the next day").
    FromAnother,
    /// A bare weekday, and no future verb that says which.
    WeekdayGuessed,
}

impl Resolved {
    /// How sure the value then is, from 0 to 1.
    pub const fn confidence(self) -> f32 {
        match self {
            Self::Written => 0.97,
            Self::YearCounted => 0.95,
            Self::Counted => 0.92,
            Self::YearChosen | Self::FromAnother => 0.85,
            Self::CountedRoughly => 0.6,
            Self::WeekdayGuessed => 0.5,
        }
    }
}
