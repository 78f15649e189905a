//! Dates with words in them, or with their fields in any order: RFC 822, asctime,
//! `23.11.2026`, "Бүгін, 10:35", "23 қараша 2026".

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta};
use chrono_tz::Tz;

use super::super::zone::{self, Zone};
use super::digits::{clock, dotted_clock, read_time};
use super::months::{Month, month_of};
use super::{Bare, Parts, day_of, full_year, rolled_day};

/// What Korean dates without a zone are in: minutes east of Greenwich.
const KOREA_MINUTES: i32 = 9 * 60;

/// What stands before a time of day, which may then be written as 09-05 or 09.05.
const TIME_WORDS: [&str; 7] = ["в", "at", "сағ", "сағат", "sağat", "saǵat", "время"];

/// The fewest digits of a year before Christ: a day is never of so many.
const YEAR_DIGITS_MIN: usize = 3;
/// The shortest name of a month.
const MONTH_CHARS_MIN: usize = 3;

/// Anything with words in it, in any order.
pub(super) fn words(text: &str, received: DateTime<Tz>, bare: Bare) -> Option<Parts> {
    let is_korean = text.contains(|c: char| ('\u{ac00}'..='\u{d7a3}').contains(&c));
    let text = respelled(text);
    let mut found = Found {
        day_first: bare == Bare::House,
        ..Found::default()
    };
    for token in tokens(&text) {
        found.take(token, received)?;
    }
    let mut parts = found.parts(received)?;
    if is_korean {
        parts.zone = parts.zone.or(Some(Zone::Minutes(KOREA_MINUTES)));
    }
    Some(parts)
}

fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',', '\u{a0}', '\t', '\n', '\r', ';', '(', ')'])
        .filter(|token| !token.is_empty())
}

/// Whether a text says a day counted from today, perhaps a time, and nothing else.
pub(super) fn is_of_a_relative_day(text: &str, received: DateTime<Tz>) -> bool {
    let mut days = 0;
    let known = tokens(text).all(|token| {
        let word = token.to_lowercase();
        days += usize::from(relative_days(&word).is_some());
        relative_days(&word).is_some()
            || matches!(
                &*word,
                "в" | "at"
                    | "am"
                    | "pm"
                    | "сағ."
                    | "сағат"
                    | "sağat"
                    | "saǵat"
                    | "|"
                    | "-"
                    | "–"
                    | "—"
                    | "/"
            )
            || word.contains(':')
                && Found::default().glued_time(token, received).is_some()
                && word.starts_with(|c: char| c.is_ascii_digit())
    });
    known && days == 1
}

/// Words of languages met in the wild that fit no rule of the others.
fn respelled(text: &str) -> String {
    const SPELLINGS: [(&str, &str); 32] = [
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
        ("Μαρ", "mar"),
        ("Μάρ", "mar"),
        ("Μαΐ", "may"),
        ("Ιουν", "jun"),
        ("Ιουλ", "jul"),
        ("Αυγ", "aug"),
        ("Νοε", "nov"),
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
    month: Option<Month>,
    /// The month's name was the first word, and no day before it: in many
    /// languages a weekday may look so.
    is_month_ahead: bool,
    words: usize,
    /// What was said of the month names several, or none that is known.
    is_torn: bool,
    day: Option<u32>,
    date: Option<NaiveDate>,
    time: Option<Parts>,
    afternoon: Option<bool>,
    zone: Option<Zone>,
    local: bool,
    /// A day was written so: `23.11.2026`.
    has_dots: bool,
    /// A word came after the day that a time follows.
    is_time_next: bool,
    /// 05/11 is in November, as everywhere but in America.
    day_first: bool,
}

impl Found {
    fn take(&mut self, token: &str, received: DateTime<Tz>) -> Option<()> {
        let word = token.to_lowercase();
        if let Some((days, local)) = relative_days(&word) {
            let today = received.date_naive();
            self.date = today.checked_add_signed(TimeDelta::days(days));
            self.local |= local;
            return Some(());
        }
        let digits = token.bytes().take_while(u8::is_ascii_digit).count();
        if self.is_year_before_christ(token) {
            return None;
        }
        if digits > 0 && token.contains(':') && self.time.is_none() {
            return self.glued_time(token, received);
        }
        if self.is_time_next
            && self.time.is_none()
            && let Some(seconds) = parted_clock(token)
        {
            self.time = Some(Parts {
                has_time: true,
                seconds,
                ..Parts::default()
            });
            return Some(());
        }
        if self.is_dotted_time(token) {
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
        let has_day = self.date.is_some() || self.day.is_some() && self.month.is_some();
        self.is_time_next = has_day && TIME_WORDS.contains(&word.trim_end_matches(['.', ':']));
        Some(())
    }

    /// `19.48.21` after a whole day, unless it is the last day of several.
    fn is_dotted_time(&self, token: &str) -> bool {
        let is_day_known = self.date.is_some()
            || self.day.is_some() && self.month.is_some() && self.year.is_some();
        if !is_day_known || self.time.is_some() || dotted_clock(token).is_none() {
            return false;
        }
        let mut fields = token.split('.').map(str::parse::<u32>);
        let may_be_day =
            matches!(fields.next(), Some(Ok(1..=31))) && matches!(fields.next(), Some(Ok(1..=12)));
        !(self.has_dots && may_be_day)
    }

    /// `30 Nov -0001`, as WordPress writes 0000-00-00; after a time or year such are
    /// zones.
    fn is_year_before_christ(&self, token: &str) -> bool {
        let year = token.strip_prefix(['-', '\u{2212}']);
        let is_number = year.is_some_and(|year| {
            year.len() >= YEAR_DIGITS_MIN && year.bytes().all(|byte| byte.is_ascii_digit())
        });
        is_number && self.year.is_none() && self.time.is_none() && self.date.is_none()
    }

    /// `10:35`, `16:29:06+05:00`, and `06T10:35` where a date came before.
    fn glued_time(&mut self, token: &str, received: DateTime<Tz>) -> Option<()> {
        let parting = token
            .bytes()
            .zip(token.bytes().skip(1))
            .position(|(letter, next)| matches!(letter, b'T' | b't') && next.is_ascii_digit());
        if let Some(at) = parting
            && let (day, time) = (&token[..at], &token[at + 1..])
            && !day.contains(':')
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
        let mut has_dots = false;
        self.date = if a.len() == 4 {
            day_of(signed(first), second, third)
        } else {
            let year = full_year(signed(third), c.len());
            let american = separator == "/" && (second > 12 || first <= 12 && !self.day_first);
            if american {
                day_of(year, first, second)
            } else {
                has_dots = separator == ".";
                day_of(year, second, first)
            }
        };
        self.has_dots = has_dots && self.date.is_some();
        self.local |= self.has_dots;
        self.date.is_some()
    }

    fn plain_number(&mut self, digits: &str, rest: &str, received: DateTime<Tz>) -> Option<()> {
        let value: u32 = digits.parse().ok()?;
        if let Some(month) = Some(rest.trim_matches('.'))
            .filter(|rest| rest.len() >= 3)
            .and_then(month_of)
        {
            // `06Nov1994`
            self.day = Some(value);
            self.take_month(month);
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
        } else if self.time.is_none() && value <= 24 && !rest.contains(|c: char| c.is_ascii_digit())
        {
            self.time = Some(Parts {
                has_time: true,
                seconds: i64::from(value) * 3600,
                ..Parts::default()
            });
        }
        Some(())
    }

    fn word(&mut self, token: &str, word: &str) {
        if let Some(month) = month_of(word) {
            self.take_month(month);
        } else if matches!(word, "am" | "a.m." | "pm" | "p.m.") {
            self.afternoon = Some(word.starts_with('p'));
        } else if self.time.is_some() && self.zone.is_none() {
            self.zone = zone::zone(token);
        } else if self.time.is_none() && self.year.is_none() && self.day.is_some() {
            // "mar, 6 …", a Tuesday in a month of no known language.
            let is_name = word.chars().filter(|c| c.is_alphabetic()).count() >= MONTH_CHARS_MIN
                && !TIME_WORDS.contains(&word)
                && zone::zone(token).is_none();
            let is_weekday =
                self.is_month_ahead && self.month.is_some_and(|known| known.is_weekday);
            self.is_torn |= is_name && is_weekday;
        }
        self.words += usize::from(word.starts_with(char::is_alphabetic));
    }

    /// Of two names in one date the first is a weekday's, where it may be one.
    fn take_month(&mut self, month: Month) {
        let Some(known) = self.month else {
            self.is_month_ahead = self.words == 0 && self.day.is_none();
            self.month = Some(month);
            return;
        };
        let is_whole = self.day.is_some() && self.year.is_some();
        if is_whole || known.number == month.number || known.is_sure && !month.is_sure {
            return;
        }
        if month.is_sure && !known.is_sure || self.is_month_ahead && known.is_weekday {
            self.is_month_ahead = false;
            self.month = Some(month);
        } else if known.is_sure == month.is_sure {
            self.is_torn = true;
        }
    }

    fn parts(mut self, received: DateTime<Tz>) -> Option<Parts> {
        self.local |= self.month.is_some_and(|month| month.is_local);
        let date = match (self.date, self.month) {
            (Some(date), _) => Some(date),
            (None, Some(_)) if self.is_torn => return None,
            (None, Some(month)) => Some(self.month_day(month.number, received)?),
            (None, None) if self.time.is_some() && self.day.is_none() && self.year.is_none() => {
                None
            }
            (None, None) => return None,
        };
        let mut parts = self.time.unwrap_or_default();
        parts.is_clock = date.is_none();
        parts.date = date.unwrap_or_else(|| received.date_naive());
        parts.zone = self.zone;
        parts.local = self.local;
        if let Some(afternoon) = self.afternoon {
            let hour = parts.seconds / 3600;
            parts.seconds += (hour % 12 + i64::from(afternoon) * 12 - hour) * 3600;
        }
        Some(parts)
    }

    /// A day without a year is of the year that brings it nearest to `received`.
    fn month_day(&self, month: u32, received: DateTime<Tz>) -> Option<NaiveDate> {
        let day = self.day.unwrap_or(1);
        if let Some(year) = self.year {
            // Programs write months in English; people know how long theirs are.
            let day_of = if self.local { day_of } else { rolled_day };
            return day_of(year, month, day);
        }
        self.day?;
        let today = received.date_naive();
        (received.year() - 1..=received.year() + 1)
            .filter_map(|year| day_of(year, month, day))
            .min_by_key(|date| (*date - today).num_days().abs())
    }
}

/// Seconds of the day of `09-05` and `9.05`.
fn parted_clock(token: &str) -> Option<i64> {
    let (hour, minute) = token.trim_end_matches('.').split_once(['-', '.'])?;
    let number = |digits: &str, lengths: RangeInclusive<usize>| {
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        (is_number && lengths.contains(&digits.len())).then(|| digits.parse::<u32>().ok())?
    };
    let (hour, minute) = (number(hour, 1..=2)?, number(minute, 2..=2)?);
    (hour < 24 && minute < 60)
        .then(|| clock(hour, minute, 0))
        .flatten()
}

/// The days from today that a word names, and whether it is one of Kazakhstan's.
fn relative_days(word: &str) -> Option<(i64, bool)> {
    let days = match word.trim_end_matches(['.', ':']) {
        "today" => (0, false),
        "yesterday" => (-1, false),
        "tomorrow" => (1, false),
        "сегодня" | "бүгін" | "bugin" | "bügin" | "búgin" | "bügın" | "búgín" => {
            (0, true)
        }
        "вчера" | "кеше" | "keshe" | "keşe" => (-1, true),
        "позавчера" => (-2, true),
        "завтра" | "ертең" | "erteń" | "erteng" | "erteñ" => (1, true),
        _ => return None,
    };
    Some(days)
}
