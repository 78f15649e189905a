//! Every date, time and duration named in a text, with its ISO 8601 value:
//! Kazakh, Russian and English, digits or spelled out, whole or counted from
//! the publication day.
//!
//! Words become [`items`], grammars read them from left to right without going
//! back, the longest reading first. Deliberately absent: what a date is the
//! date of; `event` weighs that by the words around it.

mod away;
mod calendar;
mod grammar;
mod hours;
mod items;
mod lengths;
mod nth_weekday;
mod numeric;
mod periods;
mod relative;
mod value;
mod vocabulary;
mod years;

use chrono::{NaiveDate, NaiveTime};

use crate::model::language::Language;
use crate::text::script::{cyrillic, latin_spelling};
use crate::text::tokens::{Token, tokens};

use super::language::language;
use grammar::{Found, Reader};
pub use value::{Resolved, Value};

/// So many spans back a day is looked for that leads to another ("the next day").
const LEADING_MAX: usize = 3;

/// A date, time or duration, and the tokens that name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// First token.
    pub first: usize,
    /// The one after the date itself …
    pub core_after: usize,
    /// … and after the words that belong to it ("дейін", "аралығында").
    pub after: usize,
    pub value: Value,
    pub resolved: Resolved,
}

/// All spans in `tokens`, in order, none overlapping. `published` is the
/// publication day in the house zone: it decides missing years and what
/// "tomorrow" means.
pub fn spans(tokens: &[Token], published: NaiveDate) -> Vec<Span> {
    let reader = Reader::new(tokens, published);
    let mut found: Vec<Found> = Vec::new();
    let mut at = 0;
    while at < reader.items.len() {
        let mut before = found.iter().rev().take(LEADING_MAX);
        let day = before.find(|last| matches!(last.value, Value::Day(_) | Value::Days(..)));
        let led = day.and_then(|last| reader.led_by(at, last));
        match led.or_else(|| reader.read(at)) {
            Some(next) => {
                at = next.after;
                reader.push_or_join(reader.weekday_of(next, found.last()), &mut found);
            }
            None => at += 1,
        }
    }
    found
        .into_iter()
        .filter_map(|found| reader.span(found))
        .collect()
}

/// The first hour in `tokens`, and where a range ends that begins with it.
pub fn first_hours(tokens: &[Token]) -> Option<(NaiveTime, Option<NaiveTime>)> {
    let reader = Reader::new(tokens, NaiveDate::default());
    (0..reader.items.len()).find_map(|at| match reader.hour(at)?.value {
        Value::Time(time) => Some((time, None)),
        Value::Times(from, to) => Some((from, Some(to))),
        _ => None,
    })
}

/// A text's tokens as dates are read from them: Latin Kazakh in Cyrillic letters.
pub fn tokens_to_read(text: &str) -> Vec<Token> {
    let mut tokens = tokens(text);
    if language(&tokens).0 == Language::KazakhLatin {
        let spelling = latin_spelling(text);
        for token in tokens.iter_mut().filter(|token| token.is_word()) {
            token.folded = cyrillic(&token.folded, spelling);
        }
    }
    tokens
}

#[cfg(test)]
mod tests;
