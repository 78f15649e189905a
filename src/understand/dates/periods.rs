//! Months, years, seasons, quarters, decades and centuries.

use chrono::Datelike;

use super::calendar::CLOSERS;
use super::grammar::{Found, Reader, Tense};
use super::items::Part;
use super::value::{Resolved, Value};
use super::vocabulary::{Mark, Sense, Unit, Which};
use super::years::{ToldYear, YEARS};

/// Words before a bare English year.
const BEFORE_YEAR: [&str; 9] = [
    "in", "since", "of", "by", "until", "from", "early", "late", "(",
];
/// Words before a month that is also another word (`May`, `March`).
const BEFORE_MONTH: [&str; 16] = [
    "in", "of", "since", "until", "by", "next", "last", "this", "early", "late", "mid", "в", "к",
    "до", "с", "from",
];
/// Names that are other words as well, or abbreviations of months.
const AMBIGUOUS_MONTHS: [&str; 8] = ["may", "march", "mar", "мар", "нау", "мам", "мау", "март"];
/// Kazakh endings that make a bare number of four digits a year.
const CASES: [&str; 8] = ["де", "да", "те", "та", "ден", "дан", "тен", "тан"];
/// Months that are also names of people, which Russian writes large.
const NAMES: [&str; 3] = ["март", "мая", "август"];
/// Roman numerals of the centuries that news names, in letters that look the same.
const ROMAN: [(&str, u32); 12] = [
    ("xv", 15),
    ("xvi", 16),
    ("xvii", 17),
    ("xviii", 18),
    ("xix", 19),
    ("xx", 20),
    ("xxi", 21),
    ("хv", 15),
    ("хіх", 19),
    ("хх", 20),
    ("ххі", 21),
    ("хxi", 21),
];

impl Reader<'_> {
    /// Several years, decades and centuries.
    pub fn long_period(&self, at: usize) -> Option<Found> {
        self.years(at)
            .or_else(|| self.decade(at))
            .or_else(|| self.century(at))
    }

    /// Shorter periods no year leads.
    pub fn period(&self, at: usize) -> Option<Found> {
        self.month_led(at, None)
            .or_else(|| self.part_of_year(at, None))
            .or_else(|| self.bare_year(at))
    }

    /// A year that leads nothing, or the decade it is the first of.
    pub fn year_alone(&self, at: usize, next: usize, (year, resolved): ToldYear) -> Found {
        let plural = self
            .word(next - 1)
            .is_some_and(|word| word.starts_with("жылдар") || word == "годы" || word == "годах");
        let value = if plural && year % 10 == 0 {
            Value::Decade(year / 10)
        } else {
            Value::Year(year)
        };
        let found = Found::new(at, next, value, resolved);
        let found = self.closed(self.bounded(found), &CLOSERS);
        if found.after == next && self.ending(next - 1).ends_with('н') {
            return self.closed(found, &[Mark::After]);
        }
        found
    }

    /// "басында", "соңына": a beginning, middle or end belongs to its period.
    fn bounded(&self, mut found: Found) -> Found {
        let kazakh = |word: &str| {
            ["бас", "орта", "соң", "аяғ"]
                .iter()
                .any(|beginning| word.starts_with(beginning))
        };
        let bound = matches!(
            self.mark(found.after),
            Some(Mark::Begin | Mark::Middle | Mark::End)
        );
        if bound && self.word(found.after).is_some_and(kazakh) {
            found.after += 1;
        }
        found
    }

    /// "2005 – 2018 жылдар аралығында", "в 2017–2018 годах", "2017-2018".
    fn years(&self, at: usize) -> Option<Found> {
        let first = self.year_number(at)?;
        let joined =
            self.is(at + 1, Part::Dash) || matches!(self.mark(at + 1), Some(Mark::And | Mark::To));
        let last = joined.then(|| self.year_number(at + 2)).flatten()?;
        // "from 1854 to 1859"
        let led = self.word_before(at) == "from" && self.mark(at + 1) == Some(Mark::To);
        if led && last > first && self.number(at + 2)?.digits == 4 {
            let years = Value::Years(first, last);
            return Some(Found::new(at, at + 3, years, Resolved::Written));
        }
        let (_, after) = self.year_after(at + 2)?;
        let worded = after > at + 3 || self.number(at + 2)?.digits == 4;
        if !worded || last <= first {
            return None;
        }
        let found = Found::new(at, after, Value::Years(first, last), Resolved::Written);
        Some(self.closed(found, &CLOSERS))
    }

    /// "тоқсаныншы жылдардың басында", "в 90-е годы", "the 1990s".
    fn decade(&self, at: usize) -> Option<Found> {
        // "өткен ғасырдың 50-інші жылдары"
        let last_century =
            self.which(at) == Some(Which::Last) && self.unit(at + 1) == Some(Unit::Century);
        if last_century {
            let mut decade = self.decade(at + 2)?;
            decade.first = at;
            return Some(decade);
        }
        let number = self.number(at)?;
        if number.value % 10 != 0 {
            return None;
        }
        let year = i32::try_from(number.value).ok()?;
        let plural = self.word(at + 1).is_some_and(|word| {
            word.starts_with("жылдар") || ["годы", "годов", "годах", "годам"].contains(&word)
        });
        let english = number.digits == 4
            && self.is(at + 1, Part::Other("s"))
            && !self.spaced(at + 1)
            && YEARS.contains(&number.value);
        let year = match year {
            10..=90 if plural && number.ordinal => 1900 + year,
            1500..=2090 if plural || english => year,
            _ => return None,
        };
        let found = Found::new(at, at + 2, Value::Decade(year / 10), Resolved::Written);
        Some(self.closed(self.bounded(found), &CLOSERS))
    }

    /// "жиырмасыншы ғасырдағы", "XX ғасырда", "19-го века".
    fn century(&self, at: usize) -> Option<Found> {
        let value = match self.part(at)? {
            Part::Number(number) if number.ordinal => number.value,
            Part::Other(word) => ROMAN.iter().find(|(roman, _)| *roman == word)?.1,
            _ => return None,
        };
        let mut after = at + 1;
        // "14-інші — 15-інші ғасырларда": told by the first.
        let joined = matches!(self.part(after), Some(Part::Dash | Part::Comma))
            || self.mark(after) == Some(Mark::And);
        if joined && self.number(after + 1).is_some_and(|last| last.ordinal) {
            after += 2;
        }
        let century = self.unit(after) == Some(Unit::Century) && (1..=21).contains(&value);
        century.then(|| {
            let found = Found::new(at, after + 1, Value::Century(value), Resolved::Written);
            self.closed(self.bounded(found), &CLOSERS)
        })
    }

    /// A month or months, a year led or not.
    pub fn month_led(&self, at: usize, year: Option<ToldYear>) -> Option<Found> {
        let mut start = at;
        // "в начале октября", "осы қаңтар"
        if year.is_none() && matches!(self.mark(at), Some(Mark::Begin | Mark::Middle | Mark::End)) {
            start +=
                1 + usize::from(self.is(at + 1, Part::Dash) || self.is(at + 1, Part::Other("of")));
        }
        let which = (year.is_none() && start == at)
            .then(|| self.which(at))
            .flatten()
            .filter(|_| self.word(at) != Some("бұл"));
        start += usize::from(which.is_some());
        let month = self.month(start)?;
        if !self.is_month_alone(start, start > at || year.is_some()) {
            return None;
        }
        let mut after = start + 1;
        let mut last = None;
        let between = self.mark(after) == Some(Mark::And)
            && (2..=3).any(|ahead| self.mark(after + ahead) == Some(Mark::Between));
        let joined = self.is(after, Part::Dash) || between;
        if let Some(second) = joined.then(|| self.month(after + 1)).flatten()
            && second > month
        {
            last = Some(second);
            after += 2;
        }
        let led = year.is_some() || which.is_some();
        // "Sept. 2017"
        if self.is(after, Part::Dot) && !self.spaced(after) && self.year_number(after + 1).is_some()
        {
            after += 1;
        }
        after += usize::from(self.takes_month_word(after, led));
        let mut year = year.or_else(|| self.year_word_back(start));
        if let Some((told, then)) = self.year_after(after).filter(|_| year.is_none()) {
            year = Some(told);
            after = then;
        }
        let (year, resolved) = match (year, which) {
            (Some((year, how)), _) => (year, how),
            (None, Some(which)) => (self.year_of_which(which, month), Resolved::Counted),
            (None, None) => (self.year_of_month(month, start), Resolved::YearChosen),
        };
        let value = match last {
            Some(last) => Value::Months((year, month), (year, last)),
            None => Value::Month(year, month),
        };
        let found = Found::new(at, after, value, resolved);
        Some(self.closed(self.bounded(found), &CLOSERS))
    }

    /// Whether "айында" belongs to the span: after a year, or before what closes it.
    fn takes_month_word(&self, at: usize, led: bool) -> bool {
        let worded = self.unit(at) == Some(Unit::Month)
            && self.word(at).is_some_and(|word| word.starts_with("ай"));
        let closed = self.mark(at + 1).is_some_and(|mark| {
            CLOSERS.contains(&mark) || matches!(mark, Mark::Begin | Mark::Middle | Mark::End)
        });
        worded && (led || closed)
    }

    /// Whether the word at `at` is a month where it stands without a day.
    pub fn is_month_alone(&self, at: usize, led: bool) -> bool {
        let Some(word) = self.word(at) else {
            return false;
        };
        let worded = self.unit(at + 1) == Some(Unit::Month);
        let dot = usize::from(self.is(at + 1, Part::Dot) && !self.spaced(at + 1));
        if led || worded || self.year_after(at + 1 + dot).is_some() {
            return word.chars().count() > 3 || ["май", "мая", "мае", "маю", "may"].contains(&word);
        }
        if word.chars().count() < 4 || AMBIGUOUS_MONTHS.contains(&word) {
            let led = BEFORE_MONTH.contains(&self.word_before(at));
            return led
                && (!word.is_ascii() || self.capital(at))
                && word.chars().count() > 2
                && !["там", "сен", "қар"].contains(&word);
        }
        // A season of theatres and sports, a cauldron.
        let other = word.starts_with("маусымы")
            || word.starts_with("маусымдар")
            || word.starts_with("маусымды")
            || self.word_before(at) == "жаңа"
            || self.word(at + 1).is_some_and(|next| {
                word == "наурыз" && (next.starts_with("мереке") || next.starts_with("той"))
            })
            || word.starts_with("қазаны")
            || word == "қазан"
                && self
                    .word(at + 1)
                    .is_some_and(|next| next.starts_with("қала"))
            || self.capital(at) && at > 0 && NAMES.iter().any(|name| word.starts_with(name));
        let season_before = matches!(self.sense(at.wrapping_sub(1)), Some(Sense::Season(_)));
        let name = at > 0
            && self.capital(at)
            && self.capital(at - 1)
            && self.spaced(at)
            && !word.is_ascii()
            && matches!(self.part(at - 1), Some(Part::Other(_)));
        !other && !season_before && !name
    }

    fn year_of_which(&self, which: Which, month: u32) -> i32 {
        let now = self.published.month();
        match which {
            Which::Last | Which::Recent if month >= now => self.year() - 1,
            Which::Next | Which::Coming if month <= now => self.year() + 1,
            _ => self.year(),
        }
    }

    /// A bare month is the nearest one, by the tense where that decides.
    fn year_of_month(&self, month: u32, at: usize) -> i32 {
        let now = self.published.month();
        match self.tense(at) {
            Tense::Past if month > now => self.year() - 1,
            Tense::Future | Tense::Both if month < now => self.year() + 1,
            Tense::Unknown if month + 8 < now => self.year() + 1,
            Tense::Unknown if month > now + 6 => self.year() - 1,
            _ => self.year(),
        }
    }

    /// "2017 жылдың көктемінде", "осы күзде", "бірінші тоқсанда", "весной 2018 года".
    pub fn part_of_year(&self, at: usize, year: Option<ToldYear>) -> Option<Found> {
        let which = year.is_none().then(|| self.which(at)).flatten();
        let start = at + usize::from(which.is_some());
        let part = if let Some(Sense::Season(season)) = self.sense(start) {
            let english = self.word(start).is_some_and(str::is_ascii);
            let led = which.is_some() || year.is_some() || self.word_before(start) == "in";
            if english && !led && self.year_after(start + 1).is_none() {
                return None;
            }
            (start + 1, season)
        } else {
            return self.numbered_part(at, start, year);
        };
        let (mut after, season) = part;
        let mut year = year;
        if let Some((told, then)) = self.year_after(after).filter(|_| year.is_none()) {
            year = Some(told);
            after = then;
        }
        let (year, resolved) = match (year, which) {
            (Some((year, how)), _) => (year, how),
            (None, Some(which)) => (self.year_of_which(which, season * 3), Resolved::Counted),
            (None, None) => (self.year_of_month(season * 3, start), Resolved::YearChosen),
        };
        let found = Found::new(at, after, Value::Season(year, season), resolved);
        let found = self.closed(self.bounded(found), &CLOSERS);
        Some(self.closed(found, &[Mark::Through]))
    }

    /// Quarters and halves of a year.
    fn numbered_part(&self, at: usize, start: usize, year: Option<ToldYear>) -> Option<Found> {
        let (which, start) =
            if self.which(start.saturating_sub(1)) == Some(Which::First) && start > at {
                (1, start - 1)
            } else if self.which(start) == Some(Which::First) {
                (1, start)
            } else {
                (
                    self.number(start).filter(|number| number.ordinal)?.value,
                    start,
                )
            };
        let ninety = self
            .number(start + 1)
            .is_some_and(|next| next.value == 90 && next.digits == 0 && !next.ordinal);
        let quarter = ninety || self.unit(start + 1) == Some(Unit::Quarter);
        let half = self.unit(start + 1) == Some(Unit::Half)
            || self
                .word(start + 1)
                .is_some_and(|word| word.starts_with("жартысы"));
        let mut after = start + 2;
        let mut year = year;
        if let Some((told, then)) = self.year_after(after).filter(|_| year.is_none()) {
            year = Some(told);
            after = then;
        }
        let (year, resolved) = year.unwrap_or((self.year(), Resolved::YearChosen));
        let value = match which {
            1..=4 if quarter => Value::Quarter(year, which),
            1..=2 if half => Value::Half(year, which),
            _ => return None,
        };
        let found = Found::new(at, after, value, resolved);
        Some(self.closed(found, &CLOSERS))
    }

    /// "in 2017", "(2017)", "since 2015".
    fn bare_year(&self, at: usize) -> Option<Found> {
        let year = self.year_number(at)?;
        let number = self.number(at)?;
        // "2017-де", "екі мың он жетіде"
        let cased = CASES.contains(&self.ending(at)) && !number.ordinal && year % 100 != 0;
        if cased && (1950..=2050).contains(&year) {
            return Some(Found::new(at, at + 1, Value::Year(year), Resolved::Written));
        }
        let digits = number.digits == 4;
        let russian =
            self.number(at)?.ordinal && ["в", "с", "до", "к"].contains(&self.word_before(at));
        let led = russian || BEFORE_YEAR.contains(&self.word_before(at)) || self.is_in_brackets(at);
        let counted = matches!(self.part(at + 1), Some(Part::Other(word)) if word.ends_with('s') && word.is_ascii());
        (digits && led && !counted && (1800..=2100).contains(&year))
            .then(|| Found::new(at, at + 1, Value::Year(year), Resolved::Written))
    }

    fn is_in_brackets(&self, at: usize) -> bool {
        self.word_before(at) == "(" && self.word(at + 1) == Some(")")
    }
}
