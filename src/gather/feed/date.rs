//! Dates of every shape publishers write: RFC 822 with wrong names and zones,
//! ISO 8601 and W3CDTF with gaps, asctime, numbers, and words in Kazakh, Russian
//! and English, counted from the day the document was received where need be.
//!
//! A date without a zone is UTC; one written the Kazakhstani way (Kazakh or
//! Russian words, `23.11.2026`) is Almaty's wall time.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Asia::Almaty;

use crate::text::months::month_number;

use super::zone::zone_minutes;

/// Years believed; a date outside is a mistake of the publisher's.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2100;
/// The longest text read as a date.
const DATE_BYTES_MAX: usize = 128;
/// What Korean dates without a zone are in: minutes east of Greenwich.
const KOREA_MINUTES: i32 = 9 * 60;

/// The instant `text` means, counted from `received` where it says "today";
/// `None` if it cannot be read or names a year outside 1990 to 2100.
pub fn read(text: &str, received: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if text.is_empty() || text.len() > DATE_BYTES_MAX {
        return None;
    }
    let parts = number(text, received)
        .or_else(|| iso(text, received))
        .or_else(|| words(text, received))?;
    parts.instant().filter(|at| YEARS.contains(&at.year()))
}

/// A date as written.
#[derive(Debug, Clone, Copy, Default)]
struct Parts {
    date: NaiveDate,
    seconds: i64,
    millis: i64,
    /// Minutes east of UTC, if said.
    zone: Option<i32>,
    /// Written as people in Kazakhstan write.
    local: bool,
}

impl Parts {
    fn instant(self) -> Option<DateTime<Utc>> {
        let wall = NaiveDateTime::from(self.date)
            .checked_add_signed(TimeDelta::seconds(self.seconds))?
            .checked_add_signed(TimeDelta::milliseconds(self.millis))?;
        match self.zone {
            Some(minutes) => wall
                .checked_sub_signed(TimeDelta::minutes(i64::from(minutes)))
                .map(|utc| utc.and_utc()),
            None if self.local => Almaty
                .from_local_datetime(&wall)
                .earliest()
                .map(|at| at.with_timezone(&Utc)),
            None => Some(wall.and_utc()),
        }
    }

    fn of_day(date: NaiveDate) -> Self {
        Self {
            date,
            ..Self::default()
        }
    }
}

/// The day, rolling over what a month does not have: 31 June is 1 July.
fn day_of(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    if !(1..=31).contains(&day) || !(0..=9999).contains(&year) {
        return None;
    }
    NaiveDate::from_ymd_opt(year, month, 1)?.checked_add_signed(TimeDelta::days(i64::from(day) - 1))
}

fn full_year(year: i32, digits: usize) -> i32 {
    match (digits, year) {
        (1 | 2, ..70) => 2000 + year,
        // Three digits: `Date.getYear()` of the year 2000 and later.
        (1 | 2, _) | (3, 100..=200) => 1900 + year,
        _ => year,
    }
}

/// Digits alone: Unix seconds or milliseconds, or ISO 8601 without hyphens.
fn number(text: &str, received: DateTime<Utc>) -> Option<Parts> {
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
            parts.seconds = clock(part(8, 10)?, part(10, 12)?, part(12, 14)?)?;
            Some(parts)
        }
        8 => day_of(year(4)?, part(4, 6)?, part(6, 8)?).map(Parts::of_day),
        7 => NaiveDate::from_yo_opt(year(4)?, part(4, 7)?).map(Parts::of_day),
        6 => day_of(full_year(year(2)?, 2), part(2, 4)?, part(4, 6)?).map(Parts::of_day),
        5 => NaiveDate::from_yo_opt(full_year(year(2)?, 2), part(2, 5)?).map(Parts::of_day),
        4 => NaiveDate::from_ymd_opt(year(4)?, 1, 1).map(Parts::of_day),
        2 => {
            NaiveDate::from_ymd_opt(received.year() / 100 * 100 + year(2)?, 1, 1).map(Parts::of_day)
        }
        _ => None,
    }
}

fn unix(millis: i64) -> Option<Parts> {
    let at = DateTime::from_timestamp_millis(millis)?;
    let mut parts = Parts::of_day(at.date_naive());
    parts.millis = at
        .signed_duration_since(parts.date.and_time(chrono::NaiveTime::MIN).and_utc())
        .num_milliseconds();
    Some(parts)
}

fn clock(hour: u32, minute: u32, second: u32) -> Option<i64> {
    // 24:00 is the end of the day (ISO 8601), 60 a leap second.
    (hour <= 24 && minute <= 59 && second <= 60)
        .then(|| i64::from(hour * 3600 + minute * 60 + second))
}

/// `YYYY[-MM[-DD]]`, `YYYY-DDD`, `YY-MM-DD`, `-YY-MM`, `--MM-DD`, `---DD`, then a time.
fn iso(text: &str, received: DateTime<Utc>) -> Option<Parts> {
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
    if time.is_empty() {
        return Some(parts);
    }
    read_time(time, &mut parts)?;
    Some(parts)
}

fn iso_day(day: &str, received: DateTime<Utc>) -> Option<NaiveDate> {
    let fields: Vec<&str> = day.splitn(5, '-').collect();
    let value = |field: &str| field.parse::<u32>().ok();
    let year = |field: &str| Some(full_year(field.parse().ok()?, field.len()));
    match fields.as_slice() {
        [whole] => number(whole, received)
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
            2 => NaiveDate::from_ymd_opt(year(digits)?, 1, 1),
            3 => NaiveDate::from_yo_opt(received.year(), value(digits)?),
            4 => NaiveDate::from_ymd_opt(year(digits.get(..2)?)?, value(digits.get(2..)?)?, 1),
            _ => None,
        },
        ["", "", month, day] => day_of(received.year(), value(month)?, value(day)?),
        [y, month, day] if matches!(y.len(), 2 | 4) => day_of(year(y)?, value(month)?, value(day)?),
        [day, month, y] if y.len() == 4 => day_of(year(y)?, value(month)?, value(day)?),
        _ => None,
    }
}

/// `hh[:mm[:ss[.fff]]]`, then `am`/`pm` and a zone, glued or apart.
fn read_time(text: &str, parts: &mut Parts) -> Option<()> {
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
    parts.millis = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    if !zone.is_empty() {
        parts.zone = zone_minutes(zone);
    }
    Some(())
}

/// Anything with words in it, in any order.
fn words(text: &str, received: DateTime<Utc>) -> Option<Parts> {
    let is_korean = text.contains(|c: char| ('\u{ac00}'..='\u{d7a3}').contains(&c));
    let text = respelled(text);
    let mut found = Found::default();
    for token in text.split([' ', ',', '\u{a0}', '\t', '\n', '\r', ';', '(', ')']) {
        if !token.is_empty() {
            found.take(token, received)?;
        }
    }
    let mut parts = found.parts(received)?;
    if is_korean {
        parts.zone = parts.zone.or(Some(KOREA_MINUTES));
    }
    Some(parts)
}

/// Words of languages met in the wild that fit no rule of the others.
fn respelled(text: &str) -> String {
    const SPELLINGS: [(&str, &str); 25] = [
        ("년 ", "-"),
        ("월 ", "-"),
        ("년", "-"),
        ("월", "-"),
        ("일", " "),
        ("오전", "am"),
        ("오후", "pm"),
        ("年", "-"),
        ("月", "-"),
        ("日", " "),
        ("Ιαν", "jan"),
        ("Φεβ", "feb"),
        ("Μάώ", "mar"),
        ("Μαώ", "mar"),
        ("Απρ", "apr"),
        ("Μάι", "may"),
        ("Μαϊ", "may"),
        ("Ιούν", "jun"),
        ("Ιον", "jun"),
        ("Ιούλ", "jul"),
        ("Αύγ", "aug"),
        ("Σεπ", "sep"),
        ("Οκτ", "oct"),
        ("Νοέ", "nov"),
        ("Δεκ", "dec"),
    ];
    let mut text = text.to_owned();
    if text.is_ascii() {
        return text;
    }
    for (foreign, known) in SPELLINGS {
        if text.contains(foreign) {
            text = text.replace(foreign, known);
        }
    }
    text
}

#[derive(Default)]
struct Found {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    date: Option<NaiveDate>,
    time: Option<Parts>,
    afternoon: Option<bool>,
    zone: Option<i32>,
    local: bool,
}

impl Found {
    fn take(&mut self, token: &str, received: DateTime<Utc>) -> Option<()> {
        let word = token.to_lowercase();
        if let Some(days) = relative_days(&word) {
            let today = received.with_timezone(&Almaty).date_naive();
            self.date = today.checked_add_signed(TimeDelta::days(days));
            self.local |= !word.is_ascii();
            return Some(());
        }
        let digits = token.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 && token.contains(':') && self.time.is_none() {
            return self.glued_time(token, received);
        }
        if digits > 0 && self.date.is_none() && self.numeric_date(token) {
            return Some(());
        }
        if digits > 0 && token.contains('-') {
            return token
                .split('-')
                .filter(|part| !part.is_empty())
                .try_for_each(|part| self.take(part, received));
        }
        if digits > 0 {
            return self.plain_number(&token[..digits], &token[digits..], received);
        }
        self.word(token, &word);
        Some(())
    }

    /// `10:35`, `16:29:06+05:00`, and `06T10:35` where a date came before.
    fn glued_time(&mut self, token: &str, received: DateTime<Utc>) -> Option<()> {
        if let Some((day, time)) = token.split_once(['T', 't'])
            && !day.contains(':')
            && time.starts_with(|c: char| c.is_ascii_digit())
        {
            self.take(day, received)?;
            return self.glued_time(time, received);
        }
        let mut parts = Parts::default();
        read_time(token, &mut parts)?;
        self.zone = parts.zone.or(self.zone);
        self.time = Some(parts);
        Some(())
    }

    /// `23.11.2026`, `23/11/2026`, `11/23/2026`, `2026/11/23`, `2026-11-23`.
    fn numeric_date(&mut self, token: &str) -> bool {
        let token = token.trim_end_matches(['.', '-']);
        let separator = match token.find(['.', '/', '-']) {
            Some(at) => &token[at..=at],
            None => return false,
        };
        let fields: Vec<&str> = token.split(separator).collect();
        let [a, b, c] = fields.as_slice() else {
            return false;
        };
        let (Ok(first), Ok(second), Ok(third)) =
            (a.parse::<u32>(), b.parse::<u32>(), c.parse::<u32>())
        else {
            return false;
        };
        let signed = |year: u32| i32::try_from(year).unwrap_or(i32::MAX);
        self.date = if a.len() == 4 {
            day_of(signed(first), second, third)
        } else {
            let year = full_year(signed(third), c.len());
            let american = separator == "/" && (second > 12 || first <= 12);
            if american {
                day_of(year, first, second)
            } else {
                self.local |= separator == ".";
                day_of(year, second, first)
            }
        };
        self.date.is_some()
    }

    fn plain_number(&mut self, digits: &str, rest: &str, received: DateTime<Utc>) -> Option<()> {
        let value: u32 = digits.parse().ok()?;
        if let Some(month) = Some(rest.trim_matches('.'))
            .filter(|rest| rest.len() >= 3)
            .and_then(month_of)
        {
            // `06Nov1994`
            self.day = Some(value);
            self.month = Some(month);
            let tail = rest.trim_start_matches(|c: char| !c.is_ascii_digit());
            if !tail.is_empty() {
                return self.take(tail, received);
            }
        } else if digits.len() == 4 && self.year.is_none() {
            self.year = i32::try_from(value).ok();
        } else if self.day.is_none() && self.date.is_none() && value <= 31 && digits.len() <= 2 {
            self.day = Some(value);
        } else if self.year.is_none() {
            self.year = i32::try_from(value)
                .ok()
                .map(|year| full_year(year, digits.len()));
        } else if self.time.is_none() && value <= 24 {
            self.time = Some(Parts {
                seconds: i64::from(value) * 3600,
                ..Parts::default()
            });
        }
        Some(())
    }

    fn word(&mut self, token: &str, word: &str) {
        if let Some(month) = month_of(word).filter(|_| self.month.is_none()) {
            self.month = Some(month);
            self.local |= is_cyrillic(word);
        } else if matches!(word, "am" | "a.m." | "pm" | "p.m.") {
            self.afternoon = Some(word.starts_with('p'));
        } else if self.time.is_some() && self.zone.is_none() {
            self.zone = zone_minutes(token);
        }
    }

    fn parts(self, received: DateTime<Utc>) -> Option<Parts> {
        let date = match (self.date, self.month) {
            (Some(date), _) => date,
            (None, Some(month)) => self.month_day(month, received)?,
            // A time alone is today's.
            (None, None) if self.time.is_some() && self.day.is_none() && self.year.is_none() => {
                received.with_timezone(&Almaty).date_naive()
            }
            (None, None) => return None,
        };
        let mut parts = self.time.unwrap_or_default();
        parts.date = date;
        parts.zone = self.zone;
        parts.local = self.local;
        if let Some(afternoon) = self.afternoon {
            let hour = parts.seconds / 3600;
            parts.seconds += (hour % 12 + i64::from(afternoon) * 12 - hour) * 3600;
        }
        Some(parts)
    }

    /// A day without a year is of the year that brings it nearest to `received`.
    fn month_day(&self, month: u32, received: DateTime<Utc>) -> Option<NaiveDate> {
        let day = self.day.unwrap_or(1);
        if let Some(year) = self.year {
            return day_of(year, month, day);
        }
        self.day?;
        let today = received.date_naive();
        (received.year() - 1..=received.year() + 1)
            .filter_map(|year| day_of(year, month, day))
            .min_by_key(|date| (*date - today).num_days().abs())
    }
}

fn month_of(word: &str) -> Option<u32> {
    const ENGLISH: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let head = word.get(..3).map(str::to_ascii_lowercase);
    let known = head.and_then(|head| ENGLISH.iter().position(|month| *month == head));
    match known {
        Some(at) => u32::try_from(at + 1).ok(),
        None => foreign_month(word).or_else(|| {
            (word.chars().count() >= 3 || word.ends_with('.'))
                .then(|| month_number(word))
                .flatten()
        }),
    }
}

/// Hungarian, German, French and Spanish names the English table misses.
fn foreign_month(word: &str) -> Option<u32> {
    const NAMES: [(&str, u32); 16] = [
        ("ápr", 4),
        ("máj", 5),
        ("már", 3),
        ("jún", 6),
        ("júl", 7),
        ("szep", 9),
        ("okt", 10),
        ("mai", 5),
        ("dez", 12),
        ("mär", 3),
        ("fév", 2),
        ("avr", 4),
        ("juin", 6),
        ("juil", 7),
        ("aoû", 8),
        ("déc", 12),
    ];
    let word = word.to_lowercase();
    NAMES
        .iter()
        .find(|(name, _)| word.starts_with(name))
        .map(|(_, month)| *month)
}

fn relative_days(word: &str) -> Option<i64> {
    match word.trim_end_matches('.') {
        "today" | "сегодня" | "бүгін" | "bugin" | "búgin" | "bügın" => Some(0),
        "yesterday" | "вчера" | "кеше" | "keshe" => Some(-1),
        "позавчера" => Some(-2),
        "tomorrow" | "завтра" | "ертең" | "erteń" | "erteng" => Some(1),
        _ => None,
    }
}

fn is_cyrillic(word: &str) -> bool {
    word.chars()
        .any(|letter| ('\u{400}'..='\u{52f}').contains(&letter))
}

#[cfg(test)]
#[path = "date_tests.rs"]
mod tests;
