//! The reader all grammars of dates share: a text's items, what stands where,
//! and which grammar is asked first.

use chrono::{Datelike, Days, NaiveDate};

use crate::text::tokens::Token;

use super::super::lexicon::section;
use super::Span;
use super::items::{Item, Number, Part, items};
use super::value::{Resolved, Value};
use super::vocabulary::{Mark, Sense, Unit, Which};

/// Two dates further apart are no range, in days.
const RANGE_DAYS_MAX: i64 = 400;
/// The verb that tells a date's tense stands no further off, in tokens.
const TENSE_TOKENS: usize = 24;

/// Shorter words are no verbs that tell a tense by their ending.
const NOT_PAST_CHARS_MIN: usize = 6;
/// Nouns that end as verbs do.
const NOUNS: [&str; 8] = [
    "институт",
    "маршрут",
    "статут",
    "атрибут",
    "салют",
    "абсолют",
    "парашют",
    "дебют",
];

/// A text laid out for the grammars.
pub struct Reader<'a> {
    pub tokens: &'a [Token],
    pub items: Vec<Item<'a>>,
    pub published: NaiveDate,
}

/// A reading; its places are those of items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub first: usize,
    pub core_after: usize,
    pub after: usize,
    pub value: Value,
    pub resolved: Resolved,
}

impl Found {
    pub const fn new(first: usize, after: usize, value: Value, resolved: Resolved) -> Self {
        Self {
            first,
            core_after: after,
            after,
            value,
            resolved,
        }
    }
}

/// What the verbs near a date tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tense {
    Past,
    Future,
    /// Verbs of both: "сообщил, что пройдет".
    Both,
    Unknown,
}

impl<'a> Reader<'a> {
    pub fn new(tokens: &'a [Token], published: NaiveDate) -> Self {
        Self {
            tokens,
            items: items(tokens),
            published,
        }
    }

    /// What begins at item `at`, by the first grammar that knows it.
    pub fn read(&self, at: usize) -> Option<Found> {
        self.numeric(at)
            .or_else(|| self.year_led(at))
            .or_else(|| self.last_day(at))
            .or_else(|| self.calendar(at, None))
            .or_else(|| self.hour(at))
            .or_else(|| self.long_period(at))
            .or_else(|| self.day_of_counted_month(at))
            .or_else(|| self.away(at))
            .or_else(|| self.length(at))
            .or_else(|| self.period(at))
            .or_else(|| self.relative(at))
    }

    /// The span of a reading in tokens.
    pub fn span(&self, found: Found) -> Option<Span> {
        let after = |item: usize| Some(self.items.get(item.checked_sub(1)?)?.after);
        Some(Span {
            first: self.items.get(found.first)?.first,
            core_after: after(found.core_after)?,
            after: after(found.after)?,
            value: found.value,
            resolved: found.resolved,
        })
    }

    /// "28 қыркүйек – 2 қазан", "с 26 сентября по 2 октября": two days joined.
    pub fn push_or_join(&self, next: Found, found: &mut Vec<Found>) {
        if let Some(last) = found.last_mut()
            && let Some((start, end)) = ends(last, &next)
            && self.joined(last.core_after, &next)
        {
            last.value = Value::Days(start, end);
            last.core_after = next.core_after;
            last.after = next.after;
            let led = last.first.checked_sub(1);
            if led.is_some_and(|led| matches!(self.mark(led), Some(Mark::From | Mark::Between))) {
                last.first -= 1;
            }
            return;
        }
        found.push(next);
    }

    /// Whether the items between say "to", or the forms do: "5 қазаннан 7 қазанға дейін".
    fn joined(&self, from: usize, next: &Found) -> bool {
        let between = self.items.get(from..next.first).unwrap_or_default();
        match between {
            [] => {
                next.after > next.core_after
                    && self.word(from.wrapping_sub(1)).is_some_and(|word| {
                        ["нан", "нен", "дан", "ден", "тан", "тен"]
                            .iter()
                            .any(|ending| word.ends_with(ending))
                    })
            }
            [item] => match item.part {
                Part::Dash | Part::Word(Sense::Mark(Mark::To | Mark::Until)) => true,
                Part::Word(Sense::Mark(Mark::And)) => {
                    matches!(self.mark(next.core_after), Some(Mark::Between))
                        || self.mark(next.core_after + 1) == Some(Mark::Between)
                }
                _ => false,
            },
            _ => false,
        }
    }

    pub fn part(&self, at: usize) -> Option<Part<'a>> {
        self.items.get(at).map(|item| item.part)
    }

    pub fn sense(&self, at: usize) -> Option<Sense> {
        match self.part(at)? {
            Part::Word(sense) => Some(sense),
            _ => None,
        }
    }

    pub fn number(&self, at: usize) -> Option<Number> {
        match self.part(at)? {
            Part::Number(number) => Some(number),
            _ => None,
        }
    }

    pub fn unit(&self, at: usize) -> Option<Unit> {
        match self.sense(at)? {
            Sense::Unit(unit) => Some(unit),
            _ => None,
        }
    }

    pub fn mark(&self, at: usize) -> Option<Mark> {
        match self.sense(at)? {
            Sense::Mark(mark) => Some(mark),
            _ => None,
        }
    }

    pub fn which(&self, at: usize) -> Option<Which> {
        match self.sense(at)? {
            Sense::Which(which) => Some(which),
            _ => None,
        }
    }

    pub fn month(&self, at: usize) -> Option<u32> {
        match self.sense(at)? {
            Sense::Month(month) => Some(month),
            _ => None,
        }
    }

    pub fn is(&self, at: usize, part: Part<'_>) -> bool {
        self.part(at) == Some(part)
    }

    /// The last word of an item, folded.
    pub fn word(&self, at: usize) -> Option<&'a str> {
        let item = self.items.get(at)?;
        self.tokens
            .get(item.after - 1)
            .map(|token| token.folded.as_str())
    }

    /// The word before an item, if it is one.
    pub fn word_before(&self, at: usize) -> &'a str {
        at.checked_sub(1)
            .and_then(|before| self.word(before))
            .unwrap_or_default()
    }

    pub fn ending(&self, at: usize) -> &'a str {
        self.items.get(at).map_or("", |item| item.ending)
    }

    /// Whether white space stands before the item.
    pub fn spaced(&self, at: usize) -> bool {
        self.items
            .get(at)
            .and_then(|item| self.tokens.get(item.first))
            .is_some_and(|token| token.spaced)
    }

    pub fn capital(&self, at: usize) -> bool {
        self.items
            .get(at)
            .and_then(|item| self.tokens.get(item.first))
            .is_some_and(|token| token.capital)
    }

    /// Lets a reading take the words after it that belong to it.
    pub fn closed(&self, mut found: Found, closers: &[Mark]) -> Found {
        while let Some(mark) = self.mark(found.after) {
            // "до" and "until" stand before what they close.
            let leads = matches!(
                self.word(found.after),
                Some("до" | "until" | "till" | "since")
            );
            if !closers.contains(&mark) || leads {
                break;
            }
            found.after += 1;
        }
        // "күндері аралығында"
        if found.after == found.core_after
            && closers.contains(&Mark::Between)
            && self.unit(found.after) == Some(Unit::Day)
            && self.mark(found.after + 1) == Some(Mark::Between)
        {
            found.after += 2;
        }
        found
    }

    /// What the verbs of the sentence tell, as far as they stand near.
    pub fn tense(&self, at: usize) -> Tense {
        let Some(item) = self.items.get(at) else {
            return Tense::Unknown;
        };
        let ends = (item.first..self.tokens.len())
            .take(TENSE_TOKENS)
            .take_while(|at| !self.ends_sentence(*at))
            .count();
        let begins = (0..item.first)
            .rev()
            .take(TENSE_TOKENS)
            .take_while(|at| !self.ends_sentence(*at))
            .count();
        let words = &self.tokens[item.first - begins..item.first + ends];
        match (section("future").any(words), section("past").any(words)) {
            (true, true) => Tense::Both,
            (true, false) => Tense::Future,
            (false, true) => Tense::Past,
            (false, false) if words.iter().any(|word| is_past(&word.folded)) => Tense::Past,
            (false, false) if words.iter().any(|word| is_not_past(&word.folded)) => Tense::Future,
            (false, false) => Tense::Unknown,
        }
    }

    /// Whether the token ends a sentence: no dot of "10.00" or "г. Астана".
    pub fn ends_sentence(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        let next = self.tokens.get(at + 1);
        let short = at
            .checked_sub(1)
            .is_some_and(|before| self.tokens[before].folded.chars().count() < 3);
        token.is_mark('!')
            || token.is_mark('?')
            || (token.is_mark('.') && !short && next.is_none_or(|next| next.spaced && next.capital))
    }

    pub fn shifted(&self, days: i64) -> Option<NaiveDate> {
        let by = Days::new(days.unsigned_abs());
        if days < 0 {
            self.published.checked_sub_days(by)
        } else {
            self.published.checked_add_days(by)
        }
    }

    pub fn year(&self) -> i32 {
        self.published.year()
    }
}

/// A Russian verb of any meaning, by its ending: "вернулся".
fn is_past(word: &str) -> bool {
    let ends = ["лся", "лась", "лись", "лось"];
    word.chars().count() >= NOT_PAST_CHARS_MIN && ends.iter().any(|end| word.ends_with(end))
}

/// A Russian or Kazakh verb of any meaning, by its ending: "высадят", "откроется", "келмек".
fn is_not_past(word: &str) -> bool {
    let ends = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    word.chars().count() >= NOT_PAST_CHARS_MIN
        && (ends(&[
            "ятся",
            "утся",
            "ются",
            "ится",
            "ется",
            "мақшы",
            "мекші",
            "пақшы",
            "пекші",
        ]) || ends(&["ят", "ют", "ут", "шат", "чат", "жат"]) && !ends(&NOUNS))
}

/// The first and last day of a range of two dates, the one with a written year
/// telling the other's.
fn ends(first: &Found, last: &Found) -> Option<(NaiveDate, NaiveDate)> {
    let (Value::Day(start), Value::Day(end) | Value::Days(_, end)) = (&first.value, &last.value)
    else {
        return None;
    };
    let (mut start, mut end) = (*start, *end);
    match (first.resolved, last.resolved) {
        (Resolved::YearChosen, told) if told != Resolved::YearChosen => {
            start = start.with_year(end.year())?;
            if start > end {
                start = start.with_year(end.year() - 1)?;
            }
        }
        (told, Resolved::YearChosen) if told != Resolved::YearChosen => {
            end = end.with_year(start.year())?;
            if end < start {
                end = end.with_year(start.year() + 1)?;
            }
        }
        _ => {}
    }
    (1..=RANGE_DAYS_MAX)
        .contains(&(end - start).num_days())
        .then_some((start, end))
}
