//! Dates in digits alone: `06.10.2017`, `2017-10-06`, `06/10/2017`.

use chrono::NaiveDate;

use super::grammar::{Found, Reader};
use super::items::Part;
use super::value::{Resolved, Value};
use super::years::YEARS;

impl Reader<'_> {
    pub fn numeric(&self, at: usize) -> Option<Found> {
        let [a, first_mark, b, second_mark, c] = self.items.get(at..at + 5)? else {
            return None;
        };
        let (Part::Number(a), Part::Number(b), Part::Number(c)) = (a.part, b.part, c.part) else {
            return None;
        };
        let marks = (
            self.tokens.get(first_mark.first)?,
            self.tokens.get(second_mark.first)?,
        );
        let tight = (at + 1..at + 5).all(|item| !self.spaced(item));
        let parts = marks.0.is_dash() || marks.0.is_mark('.') || marks.0.is_mark('/');
        if !tight || !parts || marks.0.folded != marks.1.folded {
            return None;
        }
        let (day, month, year) = match (a.digits, b.digits, c.digits) {
            (4, 1..=2, 1..=2) => (c.value, b.value, a.value),
            (1..=2, 1..=2, 4) => (a.value, b.value, c.value),
            _ => return None,
        };
        // "№ 12-05-2027" is a number.
        if !YEARS.contains(&year) || matches!(self.word_before(at), "№" | "no") {
            return None;
        }
        let day = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
        Some(Found::new(at, at + 5, Value::Day(day), Resolved::Written))
    }
}
