//! Days named in a text: absolute (three languages and numeric), or counted
//! from the publication day.
//!
//! Deliberately absent: months and years without a day, durations, and what a
//! date is the date of; `event` weighs that by the words around it.

use chrono::{Datelike, Days, NaiveDate};

use crate::text::months::month_number;
use crate::text::tokens::{Shape, Token};

use super::relative;

/// A missing year is chosen so that the day lies no further back than this …
const BACK_DAYS_MAX: u64 = 120;
/// Years outside are no dates of events.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2100;
/// A day's ending (`5-інде`, `6-го`, `6th`) has at most this many letters.
const DAY_ENDING_CHARS_MAX: usize = 7;

/// A day or a range of days, and the tokens that say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dated {
    pub first: usize,
    pub after: usize,
    pub start: NaiveDate,
    pub end: Option<NaiveDate>,
    /// Counted from the publication day.
    pub relative: bool,
}

/// All dates in `tokens`, in order. `published` is the publication day in the
/// house zone: it decides missing years and what "tomorrow" means.
pub fn dates(tokens: &[Token], published: NaiveDate) -> Vec<Dated> {
    let mut found: Vec<Dated> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let dated = numeric(tokens, at)
            .or_else(|| day_month(tokens, at, published))
            .or_else(|| month_day(tokens, at, published))
            .or_else(|| relative::relative(tokens, at, published));
        match dated {
            Some(dated) => {
                at = dated.after;
                push_or_join(tokens, dated, &mut found);
            }
            None => at += 1,
        }
    }
    found
}

/// "28 қыркүйек – 2 қазан": two dates joined by a dash, "по", "to" are a range.
fn push_or_join(tokens: &[Token], dated: Dated, found: &mut Vec<Dated>) {
    if let Some(last) = found.last_mut() {
        let between = tokens.get(last.after..dated.first).unwrap_or_default();
        let joined = matches!(between, [mark] if mark.is_dash()
            || matches!(mark.folded.as_str(), "по" | "to" | "through" | "until"));
        let near = (dated.start - last.start).num_days();
        if joined
            && !dated.relative
            && !last.relative
            && last.end.is_none()
            && (1..62).contains(&near)
        {
            last.end = Some(dated.end.unwrap_or(dated.start));
            last.after = dated.after;
            return;
        }
    }
    found.push(dated);
}

/// `06.10.2017`, `2017-10-06`, `06/10/2017`.
fn numeric(tokens: &[Token], at: usize) -> Option<Dated> {
    let [a, first_mark, b, second_mark, c] = tokens.get(at..at + 5)? else {
        return None;
    };
    let tight = [first_mark, b, second_mark, c]
        .iter()
        .all(|token| !token.spaced);
    let same = first_mark.folded == second_mark.folded;
    if !tight
        || !same
        || !(first_mark.is_dash() || first_mark.is_mark('.') || first_mark.is_mark('/'))
    {
        return None;
    }
    let (day, month, year) = if a.folded.len() == 4 {
        (c.number()?, b.number()?, a.number()?)
    } else if c.folded.len() == 4 {
        (a.number()?, b.number()?, c.number()?)
    } else {
        return None;
    };
    Some(Dated {
        first: at,
        after: at + 5,
        start: ymd(year, month, day)?,
        end: None,
        relative: false,
    })
}

/// `6 қазан 2017`, `2017 жылғы 5–7 желтоқсан`, `с 5 по 7 октября`, `6th of October`.
fn day_month(tokens: &[Token], at: usize, published: NaiveDate) -> Option<Dated> {
    let (mut first_day, mut next) = day(tokens, at)?;
    let mut last_day = None;
    let mut named = month_at(tokens, next);
    if named.is_none()
        && let Some(after) = range_word(tokens, next)
    {
        let (second, then) = day(tokens, after)?;
        last_day = Some(second);
        next = then;
        named = month_at(tokens, next);
    }
    let (month, mut after) = named?;
    if last_day.is_some_and(|last| last < first_day) {
        // Days of two months, the first not named: only the last is sure.
        first_day = last_day.take()?;
    }
    let mut first = at;
    let year = year_after(tokens, after).or_else(|| {
        year_before(tokens, at).map(|(year, began)| {
            first = began;
            (year, after)
        })
    });
    let year = if let Some((year, then)) = year {
        after = then;
        Some(year)
    } else {
        year_word_before(tokens, at, published)
    };
    let start = resolve(year, month, first_day, published)?;
    let end = last_day.and_then(|day| NaiveDate::from_ymd_opt(start.year(), month, day));
    Some(Dated {
        first,
        after,
        start,
        end: end.filter(|end| *end > start),
        relative: false,
    })
}

/// `October 6–8, 2017`, `желтоқсанның 5-інде`, `қазан айының 6-сы`.
fn month_day(tokens: &[Token], at: usize, published: NaiveDate) -> Option<Dated> {
    let (month, mut next) = month_at(tokens, at)?;
    if tokens
        .get(next)
        .is_some_and(|token| token.folded.starts_with("айы"))
    {
        next += 1;
    }
    let name = &tokens[at];
    let english = name.folded.is_ascii() && name.capital;
    let genitive = next > at + 1
        || ["ның", "нің", "дың", "дің", "тың", "тің", "nyñ", "nyń"]
            .iter()
            .any(|ending| name.folded.ends_with(ending));
    if !(english || genitive) {
        return None;
    }
    let (first_day, mut after) = day(tokens, next)?;
    let mut last_day = None;
    if let Some(then) = range_word(tokens, after)
        && let Some((last, then)) = day(tokens, then)
        && last > first_day
        && month_at(tokens, then).is_none()
    {
        last_day = Some(last);
        after = then;
    }
    let mut year = year_before(tokens, at).map(|(year, _)| year);
    if let Some((told, then)) = year_after(tokens, after) {
        year = Some(told);
        after = then;
    }
    let start = resolve(year, month, first_day, published)?;
    let end = last_day.and_then(|day| NaiveDate::from_ymd_opt(start.year(), month, day));
    Some(Dated {
        first: at,
        after,
        start,
        end,
        relative: false,
    })
}

/// A day of the month with its ending, and the token after it.
fn day(tokens: &[Token], at: usize) -> Option<(u32, usize)> {
    let number = tokens.get(at)?;
    let day = number.number().filter(|day| (1..=31).contains(day))?;
    if number.folded.len() > 2 {
        return None;
    }
    let mut after = at + 1;
    if let (Some(dash), Some(ending)) = (tokens.get(after), tokens.get(after + 1)) {
        let short = ending.is_word()
            && ending.folded.chars().count() <= DAY_ENDING_CHARS_MAX
            && month_number(&ending.folded).is_none();
        if dash.is_dash() && !dash.spaced && !ending.spaced && short {
            return Some((day, after + 2));
        }
    }
    if let Some(ending) = tokens.get(after) {
        let ordinal = matches!(
            ending.folded.as_str(),
            "st" | "nd" | "rd" | "th" | "го" | "інде" | "ында"
        );
        if ordinal && !ending.spaced {
            after += 1;
        }
    }
    Some((day, after))
}

/// A month, possibly after "of" or a hyphen, and the token after it.
fn month_at(tokens: &[Token], at: usize) -> Option<(u32, usize)> {
    let token = tokens.get(at)?;
    if token.folded == "of" || token.is_dash() {
        let month = tokens.get(at + 1).filter(|token| token.is_word())?;
        return month_number(&month.folded).map(|month| (month, at + 2));
    }
    if !token.is_word() {
        return None;
    }
    let month = month_number(&token.folded)?;
    let dotted = token.folded.chars().count() <= 4
        && tokens
            .get(at + 1)
            .is_some_and(|dot| dot.is_mark('.') && !dot.spaced);
    Some((month, at + 1 + usize::from(dotted)))
}

/// A dash or a word between two days; the token after it.
fn range_word(tokens: &[Token], at: usize) -> Option<usize> {
    let token = tokens.get(at)?;
    let joins = token.is_dash()
        || token.is_mark(',')
        || matches!(
            token.folded.as_str(),
            "по" | "до" | "и" | "және" | "мен" | "бен" | "пен" | "to" | "and" | "through"
        );
    joins.then_some(at + 1)
}

/// `2017`, `2017 жылы`, `2017 года`, `, 2017`.
fn year_after(tokens: &[Token], at: usize) -> Option<(i32, usize)> {
    let comma = usize::from(tokens.get(at).is_some_and(|token| token.is_mark(',')));
    let year = year_number(tokens.get(at + comma)?)?;
    let after = at + comma + 1;
    let worded = tokens.get(after).is_some_and(|word| {
        word.folded.starts_with("жыл")
            || matches!(word.folded.as_str(), "года" | "год" | "году" | "г" | "ж")
    });
    Some((year, after + usize::from(worded)))
}

/// `2017 жылғы`, `2017 жылдың`, `2017 ж.`; where it begins.
fn year_before(tokens: &[Token], at: usize) -> Option<(i32, usize)> {
    let mut word = at.checked_sub(1)?;
    if tokens[word].is_mark('.') {
        word = word.checked_sub(1)?;
    }
    if !tokens[word].folded.starts_with("жыл") && tokens[word].folded != "ж" {
        return None;
    }
    let number = word.checked_sub(1)?;
    year_number(&tokens[number]).map(|year| (year, number))
}

/// `осы жылғы`, `биылғы` before a date: the publication's year; `келесі жылғы`: the next.
fn year_word_before(tokens: &[Token], at: usize, published: NaiveDate) -> Option<i32> {
    let word = |back: usize| {
        at.checked_sub(back)
            .and_then(|index| tokens.get(index))
            .map_or("", |token| token.folded.as_str())
    };
    match (word(2), word(1)) {
        (_, "биыл" | "биылғы") | ("осы" | "ағымдағы", "жылы" | "жылғы" | "жылдың") => {
            Some(published.year())
        }
        ("келесі" | "келер", "жылы" | "жылғы" | "жылдың") => {
            Some(published.year() + 1)
        }
        ("өткен", "жылы" | "жылғы" | "жылдың") | (_, "былтыр" | "былтырғы") => {
            Some(published.year() - 1)
        }
        _ => None,
    }
}

fn year_number(token: &Token) -> Option<i32> {
    (token.shape == Shape::Number && token.folded.len() == 4)
        .then(|| token.number())
        .flatten()
        .filter(|year| YEARS.contains(year))
        .and_then(|year| i32::try_from(year).ok())
}

/// The date; without a year the first such day not too far back.
fn resolve(year: Option<i32>, month: u32, day: u32, published: NaiveDate) -> Option<NaiveDate> {
    if let Some(year) = year {
        return NaiveDate::from_ymd_opt(year, month, day);
    }
    let earliest = published.checked_sub_days(Days::new(BACK_DAYS_MAX))?;
    (published.year() - 1..=published.year() + 1)
        .filter_map(|year| NaiveDate::from_ymd_opt(year, month, day))
        .find(|date| *date >= earliest)
}

fn ymd(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    if !YEARS.contains(&year) {
        return None;
    }
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

#[cfg(test)]
mod tests;
