//! The filters by which templates word dates and times.

use chrono::{NaiveDate, NaiveTime};
use minijinja::{Environment, Error, ErrorKind};

use super::Writing;
use crate::text::wording;

/// The filters that word dates and times. Given the day of reading as well,
/// they leave out its year.
pub(super) fn add(environment: &mut Environment<'static>, writing: Writing) {
    let tongue = writing.tongue;
    environment.add_filter("date", move |day: &str, today: Option<&str>| {
        let day = parse_date(day)?;
        let worded = match today.map(parse_date).transpose()? {
            Some(today) => wording::near_date(day, today, tongue),
            None => wording::date(day, tongue),
        };
        Ok::<_, Error>(writing.spell(&worded))
    });
    environment.add_filter(
        "date_range",
        move |start: &str, end: Option<&str>, today: Option<&str>| {
            let start = parse_date(start)?;
            let end = end.map(parse_date).transpose()?;
            let worded = match today.map(parse_date).transpose()? {
                Some(today) => wording::near_date_range(start, end, today, tongue),
                None => wording::date_range(start, end, tongue),
            };
            Ok::<_, Error>(writing.spell(&worded))
        },
    );
    environment.add_filter("time", move |time: &str| {
        parse_time(time).map(|time| wording::time(time, tongue))
    });
}

fn parse_date(text: &str) -> Result<NaiveDate, Error> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| {
        let why = format!("`{text}` is no date; expected one such as 2026-12-05");
        Error::new(ErrorKind::InvalidOperation, why)
    })
}

fn parse_time(text: &str) -> Result<NaiveTime, Error> {
    NaiveTime::parse_from_str(text, "%H:%M")
        .or_else(|_| NaiveTime::parse_from_str(text, "%H:%M:%S"))
        .map_err(|_| {
            let why = format!("`{text}` is no time; expected one such as 10:30");
            Error::new(ErrorKind::InvalidOperation, why)
        })
}
