//! A day inside a short text of a page, in whatever language and order.
//!
//! Deliberately absent: days without a year, and words such as "yesterday" or "ago":
//! only `feed::date` knows them, in the house's languages.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta};
use chrono_tz::Tz;
use regex::{Captures, Regex};

use crate::gather::feed::date::{self, Written};
use crate::text::months::month_number;

/// The first year any page was published in.
const YEAR_MIN: i32 = 1995;
/// The longest text looked at for a day, in characters: a byline, no sentence.
pub const SEGMENT_CHARS_MAX: usize = 52;
/// The shortest.
pub const SEGMENT_CHARS_MIN: usize = 6;
/// More digits than a day and a time have are another thing's.
const DIGITS: std::ops::RangeInclusive<usize> = 4..=18;
/// The longest word tried as the end of one glued to a month's name.
const MONTH_CHARS_MAX: usize = 12;

const MONTHS: &str = include_str!("months.tsv");
static MONTH_NAMES: LazyLock<HashMap<&'static str, u32>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    for line in MONTHS.lines().filter(|line| !line.starts_with('#')) {
        if let Some((number, forms)) = line.split_once('\t')
            && let Ok(number) = number.parse()
        {
            names.extend(forms.split(' ').map(|form| (form, number)));
        }
    }
    names
});

/// What is no day: a year alone, money, telephone numbers, addresses.
static NO_DAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[^0-9]*[0-9]{4}[^0-9]*$|[$€¥Ұ£¢₽₱฿#₹₸]|\b(?:USD|EUR|KZT|RUB|GBP)\b|(?:^|[^0-9])(?:\+[0-9]{2}|[0-9]{3}|[0-9]{5})[^0-9]|ftps?:|https?:|\.(?:com|net|org|info|gov|edu|kz)\b|IBAN|®",
    )
});
static CLOCK_FIRST: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?[\s,|·•–—-]*"));
static YEAR_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?:[^0-9]|^)((?:19|20)[0-9]{2})[/.-]([01]?[0-9])[/.-]([0-3]?[0-9])(?:[^0-9]|$)")
});
static DAY_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:[^0-9]|^)([0-3]?[0-9])[/.-]([0-3]?[0-9])[/.-]([0-9]{2}|(?:19|20)[0-9]{2})(?:[^0-9]|$)",
    )
});
static GLUED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b((?:19|20)[0-9]{2})([01][0-9])([0-3][0-9])(?:[0-9]{4,6})?\b"));
static EASTERN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"((?:19|20)[0-9]{2})\s?[年년]\s?([01]?[0-9])\s?[月월]\s?([0-3]?[0-9])\s?[日일]")
});
static YEAR_MONTH: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:[^0-9]|^)((?:19|20)[0-9]{2})[/.-]([01]?[0-9])(?:[^0-9]|$)"));
static MONTH_YEAR: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:[^0-9]|^)([01]?[0-9])[/.-]((?:19|20)[0-9]{2})(?:[^0-9]|$)"));
/// `23 ноября 2026`, `3. März 2019`, `3 de marzo de 2019`, `3rd of May, 2019`.
static DAY_WORD_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b([0-3]?[0-9])(?:st|nd|rd|th|er|º|ª|\.|-го|-і|-ші)?[\s,./-]{0,2}(?:of |de |d'|del |på )?(\p{L}[\p{L}\p{M}]{2,})[.,]?[\s./-]{0,2}(?:de |del )?((?:19|20)[0-9]{2}|'[0-9]{2}|[0-9]{2}$)",
    )
});
/// `November 23, 2026`, `noviembre 23, 2026`.
static WORD_DAY_YEAR: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(\p{L}[\p{L}\p{M}]{2,})\.?\s{0,2}([0-3]?[0-9])(?:st|nd|rd|th)?,?\s{1,2}(?:[0-9]{1,2}:[0-9]{2}(?:\s?[ap]m)?,?\s)?((?:19|20)[0-9]{2})",
    )
});
/// `2026 жылғы 23 қараша`, `2026, қараша 23`, `2026. november 23.`
static YEAR_WORD_DAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b((?:19|20)[0-9]{2})[.,]?\s{0,2}(?:(?:жылғы|жылдың|жылы|жыл|ж|m|г|года?)\.?,?\s{1,2})?(?:([0-3]?[0-9])(?:\s|-)(\p{L}[\p{L}\p{M}]{2,})|(\p{L}[\p{L}\p{M}]{2,})\s{1,2}([0-3]?[0-9])(?:[^0-9:]|$))",
    )
});

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is tested")
}

/// The days a page may be of.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    last: NaiveDate,
    received: DateTime<Tz>,
}

impl Bounds {
    /// No page is of a day after it was received, by any clock on Earth.
    pub fn until(received: DateTime<Tz>) -> Self {
        Self {
            last: received.naive_utc().date() + TimeDelta::days(1),
            received,
        }
    }

    /// Whether a page may be of this day.
    pub fn admit(&self, day: NaiveDate) -> bool {
        day.year() >= YEAR_MIN && day <= self.last
    }

    /// The day of three fields as matched; day and month may be swapped.
    pub fn day(&self, year: &str, month: &str, day: &str) -> Option<NaiveDate> {
        let year_number: i32 = year.trim_start_matches('\'').parse().ok()?;
        let year = match year_number {
            90..=99 => 1900 + year_number,
            0..=89 => 2000 + year_number,
            _ => year_number,
        };
        let (month, day): (u32, u32) = (month.parse().ok()?, day.parse().ok()?);
        let (month, day) = if month > 12 && day <= 12 {
            (day, month)
        } else {
            (month, day)
        };
        NaiveDate::from_ymd_opt(year, month, day).filter(|day| self.admit(*day))
    }

    /// What a machine-readable attribute says: the whole text is a date.
    pub fn told(&self, text: &str) -> Option<Written> {
        let text = text.trim();
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        if digits < *DIGITS.start() || text.chars().count() > SEGMENT_CHARS_MAX {
            return None;
        }
        let has_year = YEAR_FIRST.is_match(text) || GLUED.is_match(text);
        date::read_written(text, self.received)
            .filter(|written| has_year && self.admit(written.day))
            .or_else(|| self.shown(text))
            .or_else(|| self.words(text).filter(|_| digits >= 5))
            .or_else(|| self.seconds(text))
    }

    /// The day a visible text names, with its year.
    pub fn shown(&self, text: &str) -> Option<Written> {
        let head = text.char_indices().nth(SEGMENT_CHARS_MAX);
        let text = &text[..head.map_or(text.len(), |(at, _)| at)];
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        if !DIGITS.contains(&digits) {
            return None;
        }
        let undated = CLOCK_FIRST.replace(text, "");
        let day = self.begins(&undated).or_else(|| {
            if NO_DAY.is_match(&undated) && !has_month(&undated) {
                return None;
            }
            self.numbers(&undated)
        })?;
        Some(self.with_clock(day, text))
    }

    /// Whether a line of any length names a day with its year.
    pub fn holds(&self, line: &str) -> bool {
        let mut from: Vec<usize> = line
            .char_indices()
            .filter(|(_, letter)| letter.is_whitespace())
            .map(|(at, letter)| at + letter.len_utf8())
            .collect();
        from.insert(0, 0);
        from.into_iter().any(|at| self.shown(&line[at..]).is_some())
    }

    /// Words of the house's languages, without a year too: "Бүгін, 10:35".
    pub fn words(&self, text: &str) -> Option<Written> {
        let text = text.trim();
        let cyrillic = text.chars().any(|c| ('\u{400}'..='\u{52f}').contains(&c));
        if !cyrillic || text.chars().count() > SEGMENT_CHARS_MAX {
            return None;
        }
        // "09:00 Тіркелу" is a line of a programme.
        let rest = CLOCK_FIRST.replace(text, "");
        let is_alone = rest.is_empty() || rest.len() == text.len();
        if !is_alone && date::read_written(&rest, self.received).is_none() {
            return None;
        }
        date::read_written(text, self.received)
            .filter(|written| self.admit(written.day) && !date::is_ago(text, self.received))
    }

    /// A text that says only how long ago it was, or a day counted from today:
    /// "2 сағат бұрын", "Today, 10:35".
    pub fn relative(&self, text: &str) -> Option<Written> {
        let text = text.trim();
        let is_short = text.chars().count() <= SEGMENT_CHARS_MAX;
        is_short
            .then(|| date::read_relative(text, self.received))
            .flatten()
            .filter(|written| self.admit(written.day))
    }

    /// A day without a time.
    pub fn of_day(&self, day: NaiveDate) -> Written {
        Written::of_day(day, self.received)
    }

    /// A day anywhere in a longer text, written with a month's name.
    pub fn in_words(&self, text: &str) -> Option<NaiveDate> {
        let named = |captures: Captures<'_>, year: usize, month: usize, day: usize| {
            let number = month_named(captures.get(month)?.as_str())?.to_string();
            self.day(&captures[year], &number, captures.get(day)?.as_str())
        };
        let first = |regex: &Regex, fields: &[(usize, usize, usize)]| {
            regex.captures_iter(text).find_map(|captures| {
                let (year, month, day) = *fields
                    .iter()
                    .find(|(_, month, _)| captures.get(*month).is_some())?;
                named(captures, year, month, day)
            })
        };
        first(&DAY_WORD_YEAR, &[(3, 2, 1)])
            .or_else(|| first(&WORD_DAY_YEAR, &[(3, 1, 2)]))
            .or_else(|| first(&YEAR_WORD_DAY, &[(1, 3, 2), (1, 4, 5)]))
    }

    fn begins(&self, text: &str) -> Option<NaiveDate> {
        text.starts_with(|c: char| c.is_ascii_digit())
            .then(|| YEAR_FIRST.captures(text).or_else(|| GLUED.captures(text)))
            .flatten()
            .filter(|captures| captures.get(1).is_some_and(|year| year.start() == 0))
            .and_then(|captures| self.day(&captures[1], &captures[2], &captures[3]))
    }

    fn numbers(&self, text: &str) -> Option<NaiveDate> {
        let of = |regex: &Regex| regex.captures(text);
        of(&GLUED)
            .or_else(|| of(&EASTERN))
            .or_else(|| of(&YEAR_FIRST))
            .and_then(|captures| self.day(&captures[1], &captures[2], &captures[3]))
            .or_else(|| {
                let captures = of(&DAY_FIRST)?;
                self.day(&captures[3], &captures[2], &captures[1])
            })
            .or_else(|| self.in_words(text))
            .or_else(|| {
                of(&YEAR_MONTH)
                    .and_then(|captures| self.day(&captures[1], &captures[2], "1"))
                    .or_else(|| {
                        of(&MONTH_YEAR)
                            .and_then(|captures| self.day(&captures[2], &captures[1], "1"))
                    })
            })
    }

    /// The day with the time the same text gives, where the feed reader agrees on the day.
    fn with_clock(&self, day: NaiveDate, text: &str) -> Written {
        date::read_written(text, self.received)
            .filter(|written| written.day == day)
            .unwrap_or_else(|| self.of_day(day))
    }

    /// Unix seconds or milliseconds.
    fn seconds(&self, text: &str) -> Option<Written> {
        let digits = matches!(text.len(), 10 | 13) && text.bytes().all(|b| b.is_ascii_digit());
        date::read_written(text, self.received).filter(|written| digits && self.admit(written.day))
    }
}

fn has_month(text: &str) -> bool {
    text.split(|c: char| !c.is_alphabetic())
        .any(|word| word.chars().count() > 2 && month_named(word).is_some())
}

/// The month a word names in any known language, also glued to a word before it.
fn month_named(word: &str) -> Option<u32> {
    let folded = word.replace(['ı', 'İ'], "i").to_lowercase();
    let known = |word: &str| {
        MONTH_NAMES
            .get(word)
            .copied()
            .or_else(|| month_number(word))
    };
    known(&folded)
        .or_else(|| known(&word.to_lowercase()))
        .or_else(|| {
            let letters: Vec<char> = word.chars().collect();
            // `SmithMarch`: a capital inside begins the month.
            let from = letters.len().saturating_sub(MONTH_CHARS_MAX).max(1);
            (from..letters.len().saturating_sub(2))
                .find(|at| letters[*at].is_uppercase() && letters[at - 1].is_lowercase())
                .and_then(|at| known(&letters[at..].iter().collect::<String>().to_lowercase()))
        })
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn bounds() -> Bounds {
        let at = chrono::Utc
            .with_ymd_and_hms(2026, 11, 23, 12, 0, 0)
            .unwrap();
        Bounds::until(at.with_timezone(&chrono_tz::Asia::Almaty))
    }

    #[test]
    fn days_are_found_in_bylines() {
        let cases = [
            ("23 қараша 2026", "2026-11-23"),
            ("2026 жылғы 23 қараша, дүйсенбі", "2026-11-23"),
            ("2026 ж. 3 қазан", "2026-10-03"),
            ("18:40, 22 ноября 2026", "2026-11-22"),
            ("Опубликовано: 22.11.2026 18:40", "2026-11-22"),
            ("22 нояб. 2026 г.", "2026-11-22"),
            ("Posted on November 3rd, 2019 by admin", "2019-11-03"),
            ("by SmithMarch 3, 2016", "2016-03-03"),
            ("3. März 2019, 12:00 Uhr", "2019-03-03"),
            ("3 de marzo de 2019", "2019-03-03"),
            ("1er août 2015", "2015-08-01"),
            ("14 Kasım 2018 Çarşamba", "2018-11-14"),
            ("12 października 2018", "2018-10-12"),
            ("2019. március 4.", "2019-03-04"),
            ("2019年3月4日", "2019-03-04"),
            ("20190304", "2019-03-04"),
            ("03/04/2019", "2019-04-03"),
            ("03/24/2019", "2019-03-24"),
            ("4.3.19", "2019-03-04"),
            ("2019-03", "2019-03-01"),
            ("© 2019", "-"),
            ("Tel. 030 1234 5678", "-"),
            ("12:30", "-"),
            ("1999 USD 12.10.2019", "-"),
            ("23 қараша 2031", "-"),
            ("5 people in 2019", "-"),
        ];
        for (text, expected) in cases {
            let found = bounds().shown(text);
            let found = found.map_or_else(|| "-".to_owned(), |found| found.day.to_string());
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn times_are_kept_where_written() {
        let written = bounds().told("2026-11-22T23:40:00+05:00").unwrap();
        assert_eq!(written.day.to_string(), "2026-11-22");
        assert_eq!(written.at.to_rfc3339(), "2026-11-22T18:40:00+00:00");
        assert_eq!((written.offset_minutes, written.has_time), (300, true));
        let written = bounds().shown("22.11.2026, 00:30").unwrap();
        assert_eq!(written.at.to_rfc3339(), "2026-11-21T19:30:00+00:00");
        assert!(!bounds().shown("22 қараша 2026").unwrap().has_time);
        assert_eq!(
            bounds().words("Кеше, 18:40").unwrap().day.to_string(),
            "2026-11-22"
        );
        assert_eq!(bounds().words("3 hours ago"), None);
    }
}
