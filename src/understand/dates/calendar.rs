//! Days of a month, and what a year before them leads: `осы жылғы 6 қазанда`,
//! `с 26 по 28 сентября`, `October 6–8, 2017`, `наурыздың бесі мен он төрті`.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::super::lexicon::section;
use super::grammar::{Found, Reader, Tense};
use super::items::Part;
use super::value::{Resolved, Value};
use super::vocabulary::{Mark, Sense, Unit};
use super::years::ToldYear;

/// A missing year is chosen so that the day lies no further back than this …
const BACK_DAYS_MAX: u64 = 120;
/// … and one told in the past tense no further ahead than this.
const AHEAD_DAYS_SURE: i64 = 60;
/// A word of moving so near a date is said of it.
const MOVE_TOKENS: usize = 12;
/// Days listed before their month ("5, 6 және 7 қазан") are at most so many.
const LISTED_DAYS_MAX: usize = 6;
/// Words after a date that belong to it.
pub const CLOSERS: [Mark; 3] = [Mark::Until, Mark::Since, Mark::Between];
/// Kazakh endings that say "of".
const GENITIVES: [&str; 6] = ["ның", "нің", "дың", "дің", "тың", "тің"];

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
            .nth_weekday(at, year)
            .or_else(|| self.days_then_month(at, year))
            .or_else(|| self.month_then_days(at, year))?;
        Some(self.closed(found, &CLOSERS))
    }

    fn days_then_month(&self, at: usize, year: Option<ToldYear>) -> Option<Found> {
        let led = matches!(self.mark(at), Some(Mark::From | Mark::Between));
        let (first, last, mut next) = self.days(at + usize::from(led))?;
        // "оны қыркүйектің", "5-інде қазан": a case is no day before its month.
        let bare = (at + usize::from(led)..next).all(|day| {
            self.number(day).is_none_or(|number| {
                number.ordinal || self.ending(day).is_empty() || self.is_left(day)
            })
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
            year = Some(told);
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
            year = Some(told);
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
        if let (None, Some(after)) = (year, self.impossible_year(first, after)) {
            return Some(Found::new(first, after, Value::Vague, Resolved::Written));
        }
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

    /// "26 сентября 99999 года", "99999 жылғы 26 қыркүйек": no year is that, so the day is
    /// of none. The item after.
    fn impossible_year(&self, first: usize, after: usize) -> Option<usize> {
        let odd = |at: usize| self.number(at).is_some() && self.year_number(at).is_none();
        let long = |at: usize| self.number(at).is_some_and(|number| number.digits > 2);
        if odd(after) && self.unit(after + 1) == Some(Unit::Year) && long(after) {
            return Some(after + 2);
        }
        let worded = first.checked_sub(2)?;
        let before = self.unit(worded + 1) == Some(Unit::Year) && odd(worded) && long(worded);
        before.then_some(after)
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
            // "November 19, 09:00"
            let is_hour = self.is(next + 2, Part::Colon) && self.number(next + 3).is_some();
            let listed = (joins && !is_hour).then(|| self.day(next + 1));
            let Some(day) = listed.flatten() else {
                break;
            };
            // "October 6, 2017" has its own rule; "6 октября, 7 ноября" too.
            last = Some(day);
            next += 2;
        }
        // "6-нан 8-іне дейін"
        if last.is_none() && self.is_left(at) {
            last = self.day(next);
            next += 1;
        }
        Some((first, last, next))
    }

    /// Whether a day stands in the case of "from", another one right after it.
    fn is_left(&self, at: usize) -> bool {
        let until = (at + 2..at + 4).any(|ahead| self.mark(ahead) == Some(Mark::Until));
        self.ending(at).ends_with('н') && self.day(at + 1).is_some() && until
    }

    fn day(&self, at: usize) -> Option<u32> {
        let number = self.number(at)?;
        ((1..=31).contains(&number.value) && number.digits <= 2).then_some(number.value)
    }

    /// "қараша айының соңғы күні", "последний день ноября", "the last day of November".
    pub fn last_day(&self, at: usize) -> Option<Found> {
        let kazakh = |at: usize| {
            let Sense::Month(month) = self.sense(at)? else {
                return None;
            };
            let next = at + 1 + usize::from(self.unit(at + 1) == Some(Unit::Month));
            let day = self.word(next)? == "соңғы" && self.word(next + 1)?.starts_with("күн");
            day.then_some((month, next + 2))
        };
        let other = |at: usize| {
            let start = at + usize::from(self.word(at)? == "the");
            let last = ["последний", "last"].contains(&self.word(start)?);
            let day = ["день", "day"].contains(&self.word(start + 1)?);
            let name = start + 2 + usize::from(self.word(start + 2)? == "of");
            let Sense::Month(month) = self.sense(name)? else {
                return None;
            };
            (last && day).then_some((month, name + 1))
        };
        let (month, after) = kazakh(at).or_else(|| other(at))?;
        let first = self.nearest(month, 1, at)?;
        // The month may have begun: its last day is still to come.
        let year = match first.year() {
            next if month == self.published.month() && next > self.year() => self.year(),
            year => year,
        };
        let next = NaiveDate::from_ymd_opt(year, month, 1)?.checked_add_months(Months::new(1))?;
        let day = Value::Day(next.checked_sub_days(Days::new(1))?);
        Some(Found::new(at, after, day, Resolved::YearChosen))
    }

    fn tells_of_a_move(&self, at: usize) -> bool {
        let first = self.items.get(at).map_or(0, |item| item.first);
        let low = first.saturating_sub(MOVE_TOKENS);
        let high = (first + MOVE_TOKENS).min(self.tokens.len());
        section("postponed").any(&self.tokens[low..high])
    }

    /// The day nearest to the publication that the tense allows.
    fn nearest(&self, month: u32, day: u32, at: usize) -> Option<NaiveDate> {
        self.nearest_by(at, |year| NaiveDate::from_ymd_opt(year, month, day))
    }

    /// The same of a day that each year tells.
    pub fn nearest_by(
        &self,
        at: usize,
        day_of: impl Fn(i32) -> Option<NaiveDate>,
    ) -> Option<NaiveDate> {
        let earliest = self.published.checked_sub_days(Days::new(BACK_DAYS_MAX))?;
        let coming = (self.year() - 1..=self.year() + 8)
            .filter_map(&day_of)
            .find(|date| *date >= earliest)?;
        let far = (coming - self.published).num_days() > AHEAD_DAYS_SURE;
        if far && self.tense(at) == Tense::Past && !self.tells_of_a_move(at) {
            let past = day_of(coming.year() - 1);
            return past.or(Some(coming));
        }
        (coming.year() <= self.year() + 1).then_some(coming)
    }
}
