//! Years beside a day or a month, and years with their word.

use super::grammar::Reader;
use super::items::Part;
use super::value::Resolved;
use super::vocabulary::{Sense, Unit, Which};

/// Other numbers are no years …
pub const YEARS: std::ops::RangeInclusive<u32> = 1000..=2100;
/// … and without a word for "year" these are none.
const BARE_YEARS: std::ops::RangeInclusive<u32> = 1900..=2100;
/// What is counted is no year ("6 октября 2000 человек").
const COUNTED: [&str; 16] = [
    "человек",
    "адам",
    "адамға",
    "тонн",
    "тонна",
    "тенге",
    "теңге",
    "участников",
    "рублей",
    "гостей",
    "жителей",
    "км",
    "people",
    "guests",
    "students",
    "делегатов",
];

/// A year told, and how.
pub type ToldYear = (i32, Resolved);

/// How many years after the publication's.
const fn by_year(which: Which) -> Option<i32> {
    match which {
        Which::Last => Some(-1),
        Which::This => Some(0),
        Which::Next | Which::Coming => Some(1),
        Which::Recent | Which::First => None,
    }
}

impl Reader<'_> {
    /// `2017`, `2017 жылы`, `2017 года`, `, 2017`, `прошлого года`, `last year`.
    pub fn year_after(&self, at: usize) -> Option<(ToldYear, usize)> {
        if let Some(counted) = self.counted_year_after(at) {
            return Some(counted);
        }
        let comma = usize::from(self.is(at, Part::Comma));
        let year = self.year_number(at + comma)?;
        let mut after = at + comma + 1;
        if self.unit(after) == Some(Unit::Year) {
            after += 1;
        } else if self.is_short_year(after) {
            after += 1 + usize::from(self.is(after + 1, Part::Dot));
        } else if !self.is_bare_year(at + comma, comma == 1) {
            return None;
        }
        Some(((year, Resolved::Written), after))
    }

    /// "6 октября 2017", "October 6, 2017": not "6 октября 1500 человек".
    fn is_bare_year(&self, at: usize, comma: bool) -> bool {
        let Some(number) = self.number(at) else {
            return false;
        };
        let counted = self
            .word(at + 1)
            .is_some_and(|word| COUNTED.contains(&word));
        let english = (at.saturating_sub(5)..at)
            .any(|back| self.month(back).is_some() && self.word(back).is_some_and(str::is_ascii));
        number.digits == 4 && BARE_YEARS.contains(&number.value) && !counted && (!comma || english)
    }

    /// "октября прошлого года", "September of this year".
    fn counted_year_after(&self, at: usize) -> Option<(ToldYear, usize)> {
        let start = at + usize::from(self.is(at, Part::Other("of")));
        let by = by_year(self.which(start)?)?;
        let russian = matches!(self.word(start + 1), Some("года" | "year"));
        russian.then_some(((self.year() + by, Resolved::Counted), start + 2))
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
    pub fn year_before(&self, at: usize) -> Option<(ToldYear, usize)> {
        if let Some(number) = self.number(at) {
            let dotted = self
                .is_short_year(at + 1)
                .then(|| 2 + usize::from(self.is(at + 2, Part::Dot)));
            let worded = (self.unit(at + 1) == Some(Unit::Year)).then_some(2);
            let next = at + worded.or(dotted)?;
            if let Some(year) = self.year_number(at) {
                return Some(((year, Resolved::Written), next));
            }
            // "мың тоғыз он төртінші жылы": the rest of a number that was read wrong.
            let broken = number.digits == 0
                && at
                    .checked_sub(1)
                    .and_then(|before| self.number(before))
                    .is_some_and(|before| before.digits == 0);
            let short = number.ordinal
                && number.digits != 1
                && !broken
                && (13..=99).contains(&number.value);
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
        let by = by_year(self.which(at)?)?;
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
}
