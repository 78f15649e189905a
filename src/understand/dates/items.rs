//! The tokens of a text as the parts dates are made of: numbers whole, spelled
//! out or not, with their endings; words with their senses.

use crate::text::months::month_number;
use crate::text::tokens::{Shape, Token};

use super::super::endings::is_ending;
use super::vocabulary::{Sense, sense};

/// A spelled-out number has at most this many words.
const NUMBER_WORDS_MAX: usize = 8;
/// What makes an ordinal of Kazakh digits (`11-інші`, `20-сыншы`).
const ORDINALS: [&str; 10] = [
    "ыншы",
    "інші",
    "ншы",
    "нші",
    "сыншы",
    "сінші",
    "шы",
    "ші",
    "іншы",
    "ынші",
];
/// Russian and English endings of digits.
const FOREIGN_ENDINGS: [&str; 21] = [
    "го", "ого", "его", "е", "ое", "й", "ый", "ой", "м", "ом", "му", "х", "ми", "я", "ая", "ю",
    "ую", "st", "nd", "rd", "th",
];

/// The Kazakh word for an hour, and as it is typed without Kazakh keys.
pub const HOUR_WORDS: [&str; 2] = ["сағат", "сагат"];

/// How Kazakh months begin.
const KAZAKH_MONTHS: [&str; 12] = [
    "қаңтар",
    "ақпан",
    "наурыз",
    "сәуір",
    "мамыр",
    "маусым",
    "шілде",
    "тамыз",
    "қыркүй",
    "қазан",
    "қараша",
    "желтоқ",
];

/// One part of a date, or of what stands around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item<'a> {
    /// First token and the one after the last.
    pub first: usize,
    pub after: usize,
    pub part: Part<'a>,
    /// The Kazakh ending the last word bears, or the ending after digits.
    pub ending: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    Number(Number),
    Word(Sense),
    /// Any other word.
    Other(&'a str),
    /// A hyphen or a dash.
    Dash,
    Comma,
    Colon,
    Dot,
    Stop,
}

/// A number; `digits` is 0 when it is spelled out, `value` [`u32::MAX`] when it is
/// larger than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    pub value: u32,
    pub digits: usize,
    pub ordinal: bool,
}

impl Number {
    /// As ISO 8601 writes it; `None` when it is not known whole.
    pub fn written(self) -> Option<String> {
        (self.value < u32::MAX).then(|| self.value.to_string())
    }
}

/// All parts of `tokens`, in order.
pub fn items(tokens: &[Token]) -> Vec<Item<'_>> {
    let mut found = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let item = match token.shape {
            Shape::Number => digits(tokens, at),
            Shape::Word => {
                let told = sense(&token.folded);
                spelled(tokens, at, told).unwrap_or_else(|| word(token, at, told))
            }
            Shape::Mark => mark(token, at),
        };
        at = item.after;
        found.push(item);
    }
    found
}

fn word<'a>(token: &'a Token, at: usize, told: Option<(Sense, &'a str)>) -> Item<'a> {
    let (part, ending) = match told {
        Some((sense, ending)) => (Part::Word(sense), ending),
        None => match month_number(&token.folded).filter(|_| !is_kazakh(&token.folded)) {
            Some(month) => (Part::Word(Sense::Month(month)), ""),
            None => (Part::Other(&token.folded), ""),
        },
    };
    Item {
        first: at,
        after: at + 1,
        part,
        ending,
    }
}

/// Kazakh months are known with their endings; what only begins so is another
/// word ("қаңтарылып"). Abbreviations are left.
fn is_kazakh(word: &str) -> bool {
    word.chars().count() > 4
        && KAZAKH_MONTHS
            .iter()
            .any(|beginning| word.starts_with(beginning))
}

fn mark(token: &Token, at: usize) -> Item<'_> {
    let part = if token.is_dash() {
        Part::Dash
    } else if token.is_mark(',') {
        Part::Comma
    } else if token.is_mark(':') {
        Part::Colon
    } else if token.is_mark('.') {
        Part::Dot
    } else {
        Part::Stop
    };
    Item {
        first: at,
        after: at + 1,
        part,
        ending: "",
    }
}

/// Digits with their ending (`5-інде`, `2025нші`, `6-го`, `6th`) and the
/// thousands and millions after them.
fn digits(tokens: &[Token], at: usize) -> Item<'_> {
    let token = &tokens[at];
    let mut number = Number {
        value: token.number().unwrap_or(u32::MAX),
        digits: token.folded.len(),
        ordinal: false,
    };
    let mut after = at + 1;
    let mut ending = "";
    let dashed = tokens
        .get(after)
        .is_some_and(|dash| dash.is_dash() && !dash.spaced);
    let suffix = tokens
        .get(after + usize::from(dashed))
        .filter(|suffix| suffix.is_word() && !suffix.spaced)
        .map(|suffix| suffix.folded.as_str());
    if let Some((ordinal, bare)) = suffix.and_then(digit_ending) {
        number.ordinal = ordinal;
        ending = bare;
        after += 1 + usize::from(dashed);
    } else if let Some((Sense::Count(times, false), rest)) =
        tokens.get(after).and_then(|next| sense(&next.folded))
        && times >= 1000
    {
        number.value = number.value.saturating_mul(times);
        ending = rest;
        after += 1;
    }
    Item {
        first: at,
        after,
        part: Part::Number(number),
        ending,
    }
}

/// Whether an ending of digits makes an ordinal, and the case it bears.
fn digit_ending(suffix: &str) -> Option<(bool, &str)> {
    if FOREIGN_ENDINGS.contains(&suffix) {
        return Some((true, ""));
    }
    ORDINALS
        .iter()
        .filter_map(|ordinal| suffix.strip_prefix(ordinal))
        .find(|rest| is_ending(rest))
        .map(|rest| (true, rest))
        .or_else(|| is_ending(suffix).then_some((false, suffix)))
}

/// A spelled-out number: `екі мың он жетінші`, `двадцать шестого`, `twenty-first`.
/// `told` is the sense of its first word.
fn spelled<'a>(tokens: &'a [Token], at: usize, told: Option<(Sense, &'a str)>) -> Option<Item<'a>> {
    let mut sum = Sum::default();
    let mut after = at;
    let mut ending = "";
    let mut ordinal = false;
    for _ in 0..NUMBER_WORDS_MAX {
        // "twenty-first": in English a hyphen joins.
        let hyphen = after > at
            && sum.last_is_tens
            && tokens[after - 1].folded.is_ascii()
            && tokens[after - 1].is_word()
            && tokens
                .get(after)
                .is_some_and(|dash| dash.is_dash() && !dash.spaced);
        let next = after + usize::from(hyphen);
        let Some(token) = tokens.get(next).filter(|token| token.is_word()) else {
            break;
        };
        let told = if next == at {
            told
        } else {
            sense(&token.folded)
        };
        let told = told.or_else(|| one_of_hours(tokens, next));
        let Some((Sense::Count(value, nth), rest)) = told else {
            break;
        };
        if !sum.takes(value, after == at) {
            break;
        }
        after = next + 1;
        ending = rest;
        ordinal = nth;
        if nth || !rest.is_empty() {
            break;
        }
    }
    (after > at).then(|| Item {
        first: at,
        after,
        part: Part::Number(Number {
            value: sum.total.saturating_add(sum.below),
            digits: 0,
            ordinal,
        }),
        ending,
    })
}

/// "бірде" is "once" and "бірден" "at once", but a number after tens ("он бірде")
/// and after what tells an hour ("сағат бірде", "түнгі бірде").
fn one_of_hours(tokens: &[Token], at: usize) -> Option<(Sense, &str)> {
    let ending = tokens.get(at)?.folded.strip_prefix("бір")?;
    let before = &tokens.get(at.checked_sub(1)?)?.folded;
    let told = match sense(before) {
        Some((Sense::Count(10..=90, false), rest)) => rest.is_empty(),
        Some((Sense::Part(_), _)) => before.ends_with(['і', 'ы']),
        _ => HOUR_WORDS.contains(&before.as_str()),
    };
    (told && ["де", "ден"].contains(&ending)).then_some((Sense::Count(1, false), ending))
}

/// A number being read word by word.
#[derive(Debug, Default)]
struct Sum {
    total: u32,
    /// What is not yet multiplied by a thousand.
    below: u32,
    /// The least multiplier used.
    multiplier: Option<u32>,
    last_is_tens: bool,
}

impl Sum {
    /// Takes the next word's value, unless it begins another number.
    fn takes(&mut self, value: u32, first: bool) -> bool {
        let fits = match value {
            0 => first,
            1000.. => self.multiplier.is_none_or(|used| value < used),
            100 => self.below < 10,
            101..=999 => self.below == 0,
            10..=99 => self.below.is_multiple_of(100),
            1..=9 => self.below.is_multiple_of(10),
        };
        if !fits || (value != 0 && !first && self.total == 0 && self.below == 0) {
            return false;
        }
        self.last_is_tens = (20..=90).contains(&value);
        match value {
            1000.. => {
                self.total = self
                    .total
                    .saturating_add(self.below.max(1).saturating_mul(value));
                self.below = 0;
                self.multiplier = Some(value);
            }
            100 => self.below = self.below.max(1) * 100,
            _ => self.below += value,
        }
        true
    }
}
