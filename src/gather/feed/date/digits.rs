//! Dates of digits alone: Unix seconds, ISO 8601 and W3CDTF with gaps.

use chrono::{DateTime, Datelike, NaiveDate};
use chrono_tz::Tz;

use super::super::zone::{self, Zone};
use super::{Parts, day_of, full_year};

/// Digits alone: Unix seconds or milliseconds, or ISO 8601 without hyphens. Two
/// digits are any number rather than a year.
pub(super) fn number(text: &str) -> Option<Parts> {
    let whole = text.split_once('.').map_or(text, |(whole, fraction)| {
        if fraction.bytes().all(|byte| byte.is_ascii_digit()) && whole.len() >= 9 {
            whole
        } else {
            text
        }
    });
    if !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value: i64 = whole.parse().ok()?;
    let part = |from: usize, to: usize| whole.get(from..to)?.parse::<u32>().ok();
    let year = |to: usize| i32::try_from(part(0, to)?).ok();
    match whole.len() {
        9 | 10 => unix(value * 1000),
        12 | 13 => unix(value),
        16 => unix(value / 1000),
        14 => {
            let mut parts = Parts::of_day(day_of(year(4)?, part(4, 6)?, part(6, 8)?)?);
            parts.has_time = true;
            parts.seconds = clock(part(8, 10)?, part(10, 12)?, part(12, 14)?)?;
            Some(parts)
        }
        8 => day_of(year(4)?, part(4, 6)?, part(6, 8)?).map(Parts::of_day),
        7 => NaiveDate::from_yo_opt(year(4)?, part(4, 7)?).map(Parts::of_day),
        6 => day_of(full_year(year(2)?, 2), part(2, 4)?, part(4, 6)?).map(Parts::of_day),
        5 => NaiveDate::from_yo_opt(full_year(year(2)?, 2), part(2, 5)?).map(Parts::of_day),
        4 => NaiveDate::from_ymd_opt(year(4)?, 1, 1).map(Parts::of_day),
        _ => None,
    }
}

fn unix(millis: i64) -> Option<Parts> {
    let at = DateTime::from_timestamp_millis(millis)?;
    let mut parts = Parts::of_day(at.date_naive());
    parts.has_time = true;
    parts.zone = Some(Zone::Minutes(0));
    parts.millis = at
        .signed_duration_since(parts.date.and_time(chrono::NaiveTime::MIN).and_utc())
        .num_milliseconds();
    Some(parts)
}

/// The latest hour written of a day: programmes after midnight are told as 25:30.
const HOUR_MAX: u32 = 29;
/// Minutes and seconds that went one step too far still tell a time.
const SIXTY_MAX: u32 = 69;

/// Seconds of the day, rolling over what an hour does not have.
pub(super) fn clock(hour: u32, minute: u32, second: u32) -> Option<i64> {
    // 24:00 is the end of the day (ISO 8601), 60 a leap second.
    (hour <= HOUR_MAX && minute <= SIXTY_MAX && second <= SIXTY_MAX)
        .then(|| i64::from(hour * 3600 + minute * 60 + second))
}

/// `YYYY[-MM[-DD]]`, `YYYY-DDD`, `YYYY-Www[-D]`, `YY-MM-DD`, `-YY-MM[-DD]`,
/// `--MM-DD`, `---DD`, then a time.
pub(super) fn iso(text: &str, received: DateTime<Tz>) -> Option<Parts> {
    if let Some((date, length)) = week_day(text) {
        let mut parts = Parts::of_day(date);
        let time = text[length..].trim_start_matches(['T', 't', ' ']);
        if !time.is_empty() {
            read_time(time, &mut parts)?;
        }
        return Some(parts);
    }
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '-')
        .unwrap_or(text.len());
    let (day, rest) = text.split_at(end);
    let rest = rest.trim_start();
    if !rest.is_empty() && !rest.starts_with(|c: char| c.is_ascii_digit() || "TtZz+,".contains(c)) {
        return None;
    }
    let (day, rest) = if rest.starts_with('+') {
        (day, "")
    } else {
        (day, rest)
    };
    let mut parts = Parts::of_day(iso_day(day.trim_end_matches('-'), received)?);
    let time = rest.trim_start_matches(['T', 't', ',', ' ']);
    if time.is_empty() || time.eq_ignore_ascii_case("z") {
        return Some(parts);
    }
    read_time(time, &mut parts)?;
    Some(parts)
}

/// The day of a year, week and day of the week, Monday where none is said, and
/// how long its text is (ISO 8601 section 5.2.3).
fn week_day(text: &str) -> Option<(NaiveDate, usize)> {
    let digits = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| text.parse::<u32>().ok())?
    };
    let year = digits(text.get(..4)?)?;
    let rest = &text[4..];
    let week = rest.strip_prefix('-').unwrap_or(rest).strip_prefix('W')?;
    let number = digits(week.get(..2)?)?;
    let rest = &week[2..];
    let day = rest.strip_prefix('-').unwrap_or(rest);
    let (day, rest) = match day.bytes().next() {
        Some(byte @ b'1'..=b'7') => (byte - b'1', &day[1..]),
        _ => (0, rest),
    };
    let day = chrono::Weekday::try_from(day).ok()?;
    let date = NaiveDate::from_isoywd_opt(i32::try_from(year).ok()?, number, day)?;
    Some((date, text.len() - rest.len()))
}

fn iso_day(day: &str, received: DateTime<Tz>) -> Option<NaiveDate> {
    let fields: Vec<&str> = day.splitn(5, '-').collect();
    let value = |field: &str| field.parse::<u32>().ok();
    let year = |field: &str| Some(full_year(field.parse().ok()?, field.len()));
    match fields.as_slice() {
        [whole] => number(whole)
            .filter(|_| whole.len() <= 8)
            .map(|parts| parts.date),
        [y, ordinal] if ordinal.len() == 3 => NaiveDate::from_yo_opt(year(y)?, value(ordinal)?),
        [y, month] if y.len() == 4 => NaiveDate::from_ymd_opt(year(y)?, value(month)?, 1),
        ["", "", "", day] => day_of(received.year(), received.month(), value(day)?),
        ["", "", digits] if digits.len() == 4 => day_of(
            received.year(),
            value(digits.get(..2)?)?,
            value(digits.get(2..)?)?,
        ),
        ["", "", month] => NaiveDate::from_ymd_opt(received.year(), value(month)?, 1),
        ["", y, month] => NaiveDate::from_ymd_opt(year(y)?, value(month)?, 1),
        ["", digits] => match digits.len() {
            3 => NaiveDate::from_yo_opt(received.year(), value(digits)?),
            4 => NaiveDate::from_ymd_opt(year(digits.get(..2)?)?, value(digits.get(2..)?)?, 1),
            _ => None,
        },
        ["", y, month, day] if y.len() == 2 => day_of(year(y)?, value(month)?, value(day)?),
        ["", "", month, day] => day_of(received.year(), value(month)?, value(day)?),
        [y, month, day] if matches!(y.len(), 2 | 4) => day_of(year(y)?, value(month)?, value(day)?),
        [day, month, y] if y.len() == 4 => day_of(year(y)?, value(month)?, value(day)?),
        _ => None,
    }
}

/// Seconds of the day of `19.48` and `19.48.21`, and what stands behind; no
/// fraction of an hour, which nobody writes.
pub(super) fn dotted_clock(text: &str) -> Option<(i64, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (time, rest) = text.split_at(end);
    let fields: Vec<&str> = time.trim_end_matches('.').splitn(4, '.').collect();
    let (&hour, others) = fields.split_first()?;
    let is_clock = (1..=2).contains(&hour.len())
        && (1..=2).contains(&others.len())
        && others.iter().all(|field| field.len() == 2);
    if !is_clock || rest.starts_with([':', ',', '-', '/']) && others.len() == 1 {
        return None;
    }
    let number = |field: Option<&&str>| field.map_or(Some(0), |field| field.parse().ok());
    let (hour, minute, second): (u32, u32, u32) = (
        hour.parse().ok()?,
        number(others.first())?,
        number(others.get(1))?,
    );
    let seconds = clock(hour, minute, second).filter(|_| hour <= 24 && minute < 60)?;
    Some((seconds, rest.trim()))
}

/// `hh[:mm[:ss[.fff]]]`, then `am`/`pm` and a zone, glued or apart.
pub(super) fn read_time(text: &str, parts: &mut Parts) -> Option<()> {
    if let Some((seconds, zone)) = dotted_clock(text) {
        parts.seconds = seconds;
        parts.has_time = true;
        parts.zone = zone::zone(zone);
        return Some(());
    }
    let end = text
        .find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.' | ','))
        .unwrap_or(text.len());
    let (time, rest) = text.split_at(end);
    let time = time.trim_end_matches([',', '.', ':']);
    let (whole, fraction) = time.split_once(['.', ',']).unwrap_or((time, ""));
    let mut fields = whole.split(':').map(|field| field.parse::<u32>().ok());
    let (mut hour, mut minute, mut second) = (
        fields.next()??,
        fields.next().unwrap_or(Some(0))?,
        fields.next().unwrap_or(Some(0))?,
    );
    if !whole.contains(':') && whole.len() >= 4 {
        minute = whole.get(2..4)?.parse().ok()?;
        second = whole.get(4..6).map_or(Some(0), |text| text.parse().ok())?;
        hour = whole.get(..2)?.parse().ok()?;
    }
    let mut zone = rest.trim();
    let lower = zone.to_ascii_lowercase();
    if lower.starts_with("am") || lower.starts_with("pm") {
        hour = hour % 12 + if lower.starts_with('p') { 12 } else { 0 };
        zone = zone[2..].trim_start();
    }
    parts.seconds = clock(hour, minute, second)?;
    parts.has_time = true;
    parts.millis = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    if !zone.is_empty() {
        parts.zone = zone::zone(zone);
    }
    Some(())
}
