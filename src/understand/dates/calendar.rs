//! Days of a month, and what a year before them leads: `осы жылғы 6 қазанда`,
//! `с 26 по 28 сентября`, `October 6–8, 2017`, `наурыздың бесі мен он төрті`.

use chrono::{Datelike, Days, NaiveDate};

use super::grammar::{Found, Reader, Tense};
use super::items::Part;
use super::value::{Resolved, Value};
use super::vocabulary::{Mark, Sense, Unit, Which};

/// Other numbers are no years.
pub const YEARS: std::ops::RangeInclusive<u32> = 1000..=2100;
/// A missing year is chosen so that the day lies no further back than this …
const BACK_DAYS_MAX: u64 = 120;
/// … and one told in the past tense no further ahead than this.
const AHEAD_DAYS_SURE: i64 = 60;
/// Days listed before their month ("5, 6 және 7 қазан") are at most so many.
const LISTED_DAYS_MAX: usize = 6;
/// Words after a date that belong to it.
pub const CLOSERS: [Mark; 3] = [Mark::Until, Mark::Since, Mark::Between];
/// Kazakh endings that say "of".
const GENITIVES: [&str; 6] = ["ның", "нің", "дың", "дің", "тың", "тің"];

/// A year told, and how.
pub type ToldYear = (i32, Resolved);

impl Reader<'_> {
    /// A year and the date it leads, or the year alone.
    pub fn year_led(&self, at: usize) -> Option<Found> {
        let (year, next) = self.year_before(at)?;
        let word = self.word(next - 1).unwrap_or_default();
        // "биыл 8 айда" is a length; "2000 жыл бұрын" too.
        let length = (word == "биылғы"
            && self.number(next).is_some()
            && self.unit(next + 1) == Some(Unit::Month))
            || self.mark(next) == Some(Mark::Ago);
        if length {
            return None;
        }
        // A year in "in" ("биыл", "өткен жылы") is a span of its own.
        let counted = year.1 == Resolved::Counted;
        let has_own = self
            .calendar(next, None)
            .is_some_and(|date| counted && date.resolved == Resolved::Written);
        let apart = matches!(word, "биыл" | "былтыр") || (word == "жылы" && counted) || has_own;
        let led = self
            .calendar(next, Some(year))
            .or_else(|| self.month_led(next, Some(year)).filter(|_| word != "жылы"))
            .or_else(|| self.part_of_year(next, Some(year)))
            .filter(|_| !apart);
        if let Some(mut led) = led {
            led.first = at;
            return Some(led);
        }
        Some(self.year_alone(at, next, year))
    }

    /// A day or days of a month.
    pub fn calendar(&self, at: usize, year: Option<ToldYear>) -> Option<Found> {
        let found = self
            .days_then_month(at, year)
            .or_else(|| self.month_then_days(at, year))?;
        Some(self.closed(found, &CLOSERS))
    }

    fn days_then_month(&self, at: usize, year: Option<ToldYear>) -> Option<Found> {
        let led = matches!(self.mark(at), Some(Mark::From | Mark::Between));
        let (first, last, mut next) = self.days(at + usize::from(led))?;
        // "оны қыркүйектің", "5-інде қазан": a case is no day before its month.
        let bare = (at + usize::from(led)..next).all(|day| {
            self.number(day)
                .is_none_or(|number| number.ordinal || self.ending(day).is_empty())
        });
        if !bare || (led && last.is_none()) {
            return None;
        }
        if self.is(next, Part::Dash) || matches!(self.part(next), Some(Part::Other("of"))) {
            next += 1;
        }
        let month = self.month(next)?;
        // "төртінші маусымында": a series has seasons too.
        let of_year = self
            .word(next)
            .is_some_and(|word| word.starts_with("маусымы"));
        if of_year && year.is_none() {
            return None;
        }
        let mut after = next + 1;
        if self.is(after, Part::Dot)
            && !self.spaced(after)
            && self
                .word(next)
                .is_some_and(|word| word.chars().count() <= 4)
            && self.year_after(after + 1).is_some()
        {
            after += 1;
        }
        let mut year = year;
        if year.is_none()
            && let Some((told, then)) = self.year_after(after)
        {
            year = Some((told, Resolved::Written));
            after = then;
        }
        self.dated(at, after, (first, last), month, year)
    }

    fn month_then_days(&self, at: usize, year: Option<ToldYear>) -> Option<Found> {
        let month = self.month(at)?;
        let word = self.word(at)?;
        let worded = self.unit(at + 1) == Some(Unit::Month);
        let mut next = at + 1 + usize::from(worded);
        let genitive = |at: usize| {
            self.word(at)
                .is_some_and(|word| GENITIVES.iter().any(|ending| word.ends_with(ending)))
        };
        let english = word.is_ascii() && self.capital(at) && !worded;
        if !(english || genitive(next - 1)) {
            return None;
        }
        if english && self.is(next, Part::Dot) && word.len() <= 4 {
            next += 1;
        }
        let (first, last, mut after) = self.days(next)?;
        let counted = matches!(self.sense(after), Some(Sense::Unit(unit)) if unit != Unit::Day)
            || self.sense(after) == Some(Sense::Age);
        if counted || self.is(after, Part::Colon) {
            return None;
        }
        let mut year = year.or_else(|| self.year_word_back(at));
        if let Some((told, then)) = self.year_after(after) {
            year = Some((told, Resolved::Written));
            after = then;
        }
        self.dated(at, after, (first, last), month, year)
    }

    fn dated(
        &self,
        first: usize,
        after: usize,
        (day, last): (u32, Option<u32>),
        month: u32,
        year: Option<ToldYear>,
    ) -> Option<Found> {
        let year = year.or_else(|| self.year_word_back(first));
        let (start, resolved) = match year {
            Some((year, how)) => {
                let how = match how {
                    Resolved::Counted => Resolved::YearCounted,
                    how => how,
                };
                (
                    NaiveDate::from_ymd_opt(year, month, last.unwrap_or(day))?,
                    how,
                )
            }
            None => (
                self.nearest(month, last.unwrap_or(day), first)?,
                Resolved::YearChosen,
            ),
        };
        let value = match last {
            None => Value::Day(start),
            // "28 – 2 қазан": the first is the month before's.
            Some(last) if last < day => {
                let month_before = start.with_day(1)?.checked_sub_days(Days::new(1))?;
                Value::Days(month_before.with_day(day)?, start)
            }
            Some(last) if last == day => Value::Day(start),
            Some(_) => Value::Days(start.with_day(day)?, start),
        };
        Some(Found::new(first, after, value, resolved))
    }

    /// A day of the month, or the first and last of several, and the item after.
    fn days(&self, at: usize) -> Option<(u32, Option<u32>, usize)> {
        let first = self.day(at)?;
        let mut last = None;
        let mut next = at + 1;
        for _ in 0..LISTED_DAYS_MAX {
            let joins = matches!(
                self.part(next),
                Some(Part::Dash | Part::Comma | Part::Word(Sense::Mark(Mark::And | Mark::To)))
            );
            let Some(day) = joins.then(|| self.day(next + 1)).flatten() else {
                break;
            };
            // "October 6, 2017" has its own rule; "6 октября, 7 ноября" too.
            last = Some(day);
            next += 2;
        }
        Some((first, last, next))
    }

    fn day(&self, at: usize) -> Option<u32> {
        let number = self.number(at)?;
        ((1..=31).contains(&number.value) && number.digits <= 2).then_some(number.value)
    }

    /// `2017`, `2017 жылы`, `2017 года`, `, 2017`.
    pub fn year_after(&self, at: usize) -> Option<(i32, usize)> {
        let comma = usize::from(self.is(at, Part::Comma));
        let year = self.year_number(at + comma)?;
        let mut after = at + comma + 1;
        if self.unit(after) == Some(Unit::Year) {
            after += 1;
        } else if self.is_short_year(after) {
            after += 1 + usize::from(self.is(after + 1, Part::Dot));
        } else if self.number(at + comma)?.digits == 0 {
            return None;
        }
        Some((year, after))
    }

    fn is_short_year(&self, at: usize) -> bool {
        matches!(self.part(at), Some(Part::Other("г" | "ж" | "гг" | "жж")))
    }

    pub fn year_number(&self, at: usize) -> Option<i32> {
        let number = self.number(at)?;
        (YEARS.contains(&number.value) && matches!(number.digits, 0 | 4))
            .then_some(number.value)
            .and_then(|year| i32::try_from(year).ok())
    }

    /// A year with its word: `2017 жылғы`, `осы жылдың`, `биылғы`, `в 2017 году`.
    fn year_before(&self, at: usize) -> Option<(ToldYear, usize)> {
        if let Some(number) = self.number(at) {
            let dotted = self
                .is_short_year(at + 1)
                .then(|| 2 + usize::from(self.is(at + 2, Part::Dot)));
            let worded = (self.unit(at + 1) == Some(Unit::Year)).then_some(2);
            let next = at + worded.or(dotted)?;
            if let Some(year) = self.year_number(at) {
                return Some(((year, Resolved::Written), next));
            }
            let short = number.ordinal && number.digits != 1 && (13..=99).contains(&number.value);
            let one_year =
                ["жылы", "жылғы", "жылға", "жылдан", "жылдың"].contains(&self.word(at + 1)?);
            if !short || !one_year {
                return None;
            }
            let value = i32::try_from(number.value).ok()?;
            let century = if value > 40 { 1900 } else { 2000 };
            return Some(((century + value, Resolved::YearChosen), next));
        }
        let counted = |by: i32| (self.year() + by, Resolved::Counted);
        if let Some(Sense::Year(by)) = self.sense(at) {
            let worded = usize::from(self.unit(at + 1) == Some(Unit::Year));
            return Some((counted(by), at + 1 + worded));
        }
        let by = match (self.which(at)?, self.word(at)?) {
            (_, "былтырғы") | (Which::Last, _) => -1,
            (Which::This, _) => 0,
            (Which::Next | Which::Coming, _) => 1,
            _ => return None,
        };
        let worded = self.unit(at + 1) == Some(Unit::Year);
        let alone = matches!(self.word(at), Some("биылғы" | "былтырғы"));
        let many = self.word(at + 1).is_some_and(|word| {
            word.starts_with("жылда") && word != "жылда" && word != "жылдан"
                || ["years", "годы", "годах", "лет", "годов"].contains(&word)
        });
        (alone || (worded && !many)).then(|| (counted(by), at + 1 + usize::from(worded)))
    }

    /// `былтыр қазан айында`, `өткен жылы 5 қарашада`: the year stands before as
    /// a span of its own.
    pub fn year_word_back(&self, at: usize) -> Option<ToldYear> {
        (1..=2).find_map(|back| {
            let (year, next) = self.year_before(at.checked_sub(back)?)?;
            (next == at).then_some(year)
        })
    }

    /// The day nearest to the publication that the tense allows.
    fn nearest(&self, month: u32, day: u32, at: usize) -> Option<NaiveDate> {
        let earliest = self.published.checked_sub_days(Days::new(BACK_DAYS_MAX))?;
        let coming = (self.year() - 1..=self.year() + 8)
            .filter_map(|year| NaiveDate::from_ymd_opt(year, month, day))
            .find(|date| *date >= earliest)?;
        let far = (coming - self.published).num_days() > AHEAD_DAYS_SURE;
        if far && self.tense(at) == Tense::Past {
            let past = NaiveDate::from_ymd_opt(coming.year() - 1, month, day);
            return past.or(Some(coming));
        }
        (coming.year() <= self.year() + 1).then_some(coming)
    }
}
