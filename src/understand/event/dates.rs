//! The days a text names, as events are dated by them.
//!
//! Deliberately absent: months and years without a day, durations, and what a
//! date is the date of; `event` weighs that by the words around it.

use chrono::NaiveDate;

use super::super::dates::{Resolved, Span, Value, spans};
use crate::text::tokens::Token;

/// A day or a range of days, and the tokens that say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dated {
    pub first: usize,
    pub after: usize,
    pub start: NaiveDate,
    pub end: Option<NaiveDate>,
    /// Counted from the publication day.
    pub relative: bool,
    /// A bare weekday: only a verb can say whether it is the last or the next.
    pub guessed: bool,
}

/// All days in `tokens`, in order. `published` is the publication day in the
/// house zone: it decides missing years and what "tomorrow" means.
pub fn dates(tokens: &[Token], published: NaiveDate) -> Vec<Dated> {
    spans(tokens, published)
        .into_iter()
        .filter_map(|span| dated(&span))
        .collect()
}

fn dated(span: &Span) -> Option<Dated> {
    let (start, end) = match span.value {
        Value::Day(day) => (day, None),
        Value::Days(first, last) => (first, Some(last)),
        _ => return None,
    };
    // "In a week", "the next day": of an event no day is told by them.
    if matches!(
        span.resolved,
        Resolved::CountedRoughly | Resolved::FromAnother
    ) {
        return None;
    }
    let guessed = span.resolved == Resolved::WeekdayGuessed;
    Some(Dated {
        first: span.first,
        after: span.core_after,
        start,
        end,
        relative: guessed || span.resolved == Resolved::Counted,
        guessed,
    })
}

#[cfg(test)]
mod tests;
