//! Numbers as any language writes them, in digits or in words, and none that only
//! belong to a date.

use std::sync::LazyLock;

use super::ideas::side;
use crate::model::language::Language;
use crate::text::lookup::Table;
use crate::text::months::month_number;
use crate::text::stem::stem_in;
use crate::text::tokens::{Shape, Token};
use crate::understand::stems::Stems;

const NUMERALS: &str = include_str!("numerals.tsv");
/// Tokens between a day and its month: `с 26 по 28 сентября`, `5–7 желтоқсан`.
const TO_MONTH_MAX: usize = 4;
/// Words that stand between the days of one month.
const BETWEEN_DAYS: [&str; 9] = ["и", "по", "на", "до", "мен", "пен", "бен", "and", "to"];
/// The largest number that may be a day.
const DAY_MAX: u32 = 31;
/// Digits of the longest number that is put together.
const DIGITS_MAX: usize = 12;
/// Beginnings of words that multiply, and the noughts they add: `3 миллиарда`.
const LARGE: [(&str, usize); 14] = [
    ("миллиард", 9),
    ("млрд", 9),
    ("billion", 9),
    ("bn", 9),
    ("миллион", 6),
    ("млн", 6),
    ("million", 6),
    ("трлн", 12),
    ("триллион", 12),
    ("trillion", 12),
    ("мың", 3),
    ("тыс", 3),
    ("thousand", 3),
    ("k", 3),
];
/// Years as news writes them.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2099;

/// What a number tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Number {
    /// One few other things would be counted by.
    Telling(String),
    /// One anything may be counted by: `5`, `40`, `200`; a year.
    Common(String),
    /// The hour of something: `2240`.
    Hour(String),
    /// Days of a month, the month first.
    Days(u32, Vec<u32>),
}

/// The number that begins at `at`, and the token after it. Thousands in groups and
/// decimals are one number: `21 500`, `21,500`, `7,2`.
pub(super) fn number_at(tokens: &[Token], at: usize, stems: &Stems) -> (Option<Number>, usize) {
    if tokens[at].shape == Shape::Word {
        let (number, after) = in_words(tokens, at, stems);
        return (number.map(|number| told(&number.to_string())), after);
    }
    let mut number = tokens[at].folded.clone();
    let mut after = at + 1;
    let mut is_decimal = false;
    let mut is_hour = at > 0 && is_joint(tokens, at - 1, ':');
    while let Some(token) = tokens.get(after) {
        if token.shape == Shape::Number && token.spaced && is_group(&tokens[at], &number, token) {
            number.push_str(&token.folded);
            after += 1;
        } else if is_joint(tokens, after, ',') && is_group(&tokens[at], &number, &tokens[after + 1])
        {
            number.push_str(&tokens[after + 1].folded);
            after += 2;
        } else if !is_decimal && (is_joint(tokens, after, ',') || is_joint(tokens, after, '.')) {
            is_decimal = true;
            // `18.30`, `05.12.2026`
            is_hour |= tokens[after].is_mark('.') && tokens[after + 1].folded.len() > 1;
            number.push('.');
            number.push_str(&tokens[after + 1].folded);
            after += 2;
        } else {
            break;
        }
    }
    if is_joint(tokens, after, ':') && !is_decimal {
        let minutes = &tokens[after + 1].folded;
        let hour = format!("{number:0>2}{minutes}");
        return ((hour.len() == 4).then_some(Number::Hour(hour)), after + 2);
    }
    if is_hour {
        let hour = format!("{number:0>5}").replace('.', "");
        let numbered_date = is_joint(tokens, after, '.');
        let is_whole = hour.len() == 4 && is_decimal && !numbered_date;
        return (is_whole.then_some(Number::Hour(hour)), after);
    }
    if let Some(noughts) = tokens.get(after).and_then(noughts) {
        return (Some(told(&multiplied(&number, noughts))), after + 1);
    }
    if is_decimal {
        return (Some(Number::Telling(number)), after);
    }
    if let Some((month, days)) = days_at(tokens, at, after) {
        return (Some(Number::Days(month, days)), after);
    }
    let whole = tokens[at].number().filter(|_| after == at + 1);
    if whole.is_some_and(|number| YEARS.contains(&number)) {
        return (Some(Number::Common(number)), after);
    }
    ((number != "1").then(|| told(&number)), after)
}

/// A number by its digits.
fn told(digits: &str) -> Number {
    let digits = digits.trim_start_matches('0');
    let is_round = digits.len() <= 3 && digits.trim_end_matches('0').len() <= 1;
    if is_round {
        Number::Common(digits.to_owned())
    } else {
        Number::Telling(digits.to_owned())
    }
}

/// The noughts a word adds to the number before it.
fn noughts(token: &Token) -> Option<usize> {
    let begins = |large: &str| token.folded.starts_with(large);
    let short = |large: &str| large.len() > 2 || token.folded == large;
    let found = LARGE
        .iter()
        .find(|(large, _)| begins(large) && short(large));
    found.map(|(_, noughts)| *noughts)
}

/// The number with so many noughts: `1.1` with nine is `1100000000`.
fn multiplied(number: &str, noughts: usize) -> String {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let left = noughts.saturating_sub(part.len());
    let digits = format!("{whole}{part}{}", "0".repeat(left));
    digits.trim_start_matches('0').to_owned()
}

/// Numbers by language and word: in Kazakh by its stem, elsewhere as it is written, for
/// `стоит` has the stem of `сто`.
static WORDS: LazyLock<[Table<String, u64>; 3]> = LazyLock::new(|| {
    let mut words = [Table::default(), Table::default(), Table::default()];
    for line in NUMERALS.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t');
        let Some(value) = columns.next().and_then(|value| value.parse().ok()) else {
            continue;
        };
        for (forms, language) in columns.zip([
            Language::KazakhCyrillic,
            Language::Russian,
            Language::English,
        ]) {
            for form in forms.split(' ').filter(|form| !form.is_empty()) {
                let word = if language == Language::KazakhCyrillic {
                    stem_in(form, language).into_owned()
                } else {
                    form.to_owned()
                };
                words[side(language)].entry(word).or_insert(value);
            }
        }
    }
    words
});

/// Whether a number in words begins there.
pub(super) fn is_in_words(token: &Token, stems: &Stems) -> bool {
    value(token, stems).is_some()
}

fn value(token: &Token, stems: &Stems) -> Option<u64> {
    let word = match stems.language() {
        Language::Russian | Language::English => token.folded.as_str(),
        _ => stems.stem(&token.folded),
    };
    let words = &WORDS[side(stems.language())];
    words.get(word).copied().filter(|_| token.is_word())
}

/// A number in words: `екі жүз елу мың`, `двадцать пять`, `twenty-five`.
fn in_words(tokens: &[Token], at: usize, stems: &Stems) -> (Option<u64>, usize) {
    let mut number = 0_u64;
    let mut after = at;
    while let Some(token) = tokens.get(after) {
        let joins = token.is_dash() && !token.spaced;
        if joins
            && after > at
            && tokens
                .get(after + 1)
                .is_some_and(|next| !next.spaced && is_in_words(next, stems))
        {
            after += 1;
            continue;
        }
        match value(token, stems) {
            Some(100) if (2..10).contains(&number) => number *= 100,
            Some(value) if number == 0 || value < lowest(number) => number += value,
            _ => break,
        }
        after += 1;
    }
    if let Some(noughts) = tokens.get(after).and_then(noughts) {
        let power = u32::try_from(noughts).unwrap_or_default();
        return (number.checked_mul(10_u64.pow(power)), after + 1);
    }
    ((number > 0).then_some(number), after.max(at + 1))
}

/// The place of the last digit that is no nought: what may still be added is less.
const fn lowest(number: u64) -> u64 {
    let mut place = 1;
    while number.is_multiple_of(place * 10) {
        place *= 10;
    }
    place
}

/// Three more digits of a number written in groups, whose first group is `first`.
fn is_group(first: &Token, number: &str, token: &Token) -> bool {
    let is_more = token.folded.len() == 3 && !number.contains('.');
    is_more && first.folded.len() <= 3 && number.len() < DIGITS_MAX
}

/// Whether `mark` stands at `at` between two numbers, with no space.
fn is_joint(tokens: &[Token], at: usize, mark: char) -> bool {
    let is_number = |at: usize| {
        tokens
            .get(at)
            .is_some_and(|token| token.shape == Shape::Number)
    };
    let tight = |at: usize| tokens.get(at).is_some_and(|token| !token.spaced);
    tokens.get(at).is_some_and(|token| token.is_mark(mark))
        && at > 0
        && is_number(at - 1)
        && is_number(at + 1)
        && tight(at)
        && tight(at + 1)
}

/// The month of a day that stands there, and the days to the range's other end.
fn days_at(tokens: &[Token], at: usize, after: usize) -> Option<(u32, Vec<u32>)> {
    let day = tokens[at]
        .number()
        .filter(|day| after == at + 1 && (1..=DAY_MAX).contains(day))?;
    let is_between = |token: &Token| {
        token.is_dash()
            || token.number().is_some_and(|day| day <= DAY_MAX)
            || BETWEEN_DAYS.contains(&token.folded.as_str())
    };
    let month = |token: &Token| month_number(&token.folded).filter(|_| token.is_word());
    let ahead = tokens[after..].iter().take(TO_MONTH_MAX);
    let behind = tokens[..at].iter().rev().take(TO_MONTH_MAX);
    let month = ahead
        .clone()
        .find(|token| !is_between(token))
        .and_then(month)
        .or_else(|| {
            behind
                .into_iter()
                .find(|token| !is_between(token))
                .and_then(month)
        })?;
    let is_range = tokens.get(after).is_some_and(Token::is_dash);
    let last = tokens.get(after + 1).and_then(Token::number);
    let last = last.filter(|last| is_range && *last <= DAY_MAX && *last > day);
    Some((month, (day..=last.unwrap_or(day)).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokens::tokens;

    fn numbers(text: &str, language: Language) -> Vec<Number> {
        let laid_out = tokens(text);
        let mut stems = Stems::of(language);
        for token in &laid_out {
            stems.learn(&token.folded);
        }
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(token) = laid_out.get(at) {
            if token.shape == Shape::Number || is_in_words(token, &stems) {
                let (number, after) = number_at(&laid_out, at, &stems);
                found.extend(number);
                at = after;
            } else {
                at += 1;
            }
        }
        found
    }

    #[test]
    fn numbers_are_one_however_they_are_written() {
        let (kk, ru, en) = (
            Language::KazakhCyrillic,
            Language::Russian,
            Language::English,
        );
        for (text, language, expected) in [
            ("билет стоит 21 500 тенге", ru, "21500"),
            ("a ticket costs 21,500 tenge", en, "21500"),
            ("7,2 миллиарда", ru, "7200000000"),
            ("7.2 billion", en, "7200000000"),
            ("1 250 000 теңге", kk, "1250000"),
            ("бес миллион теңге", kk, "5000000"),
            ("5 млн теңге", kk, "5000000"),
            ("пять миллионов", ru, "5000000"),
            ("38 миллиардқа көпір", kk, "38000000000"),
            ("екі жүз елу оқушы", kk, "250"),
            ("двести пятьдесят школьников", ru, "250"),
            ("двадцать пять", ru, "25"),
            ("twenty-five", en, "25"),
            ("25 мың қонақ", kk, "25000"),
        ] {
            let found = numbers(text, language);
            assert_eq!(found, [Number::Telling(expected.to_owned())], "{text}");
        }
        for (text, language, expected) in [
            ("девяти стран", ru, "9"),
            ("сегіз подкаст", kk, "8"),
            ("200 гостей", ru, "200"),
            ("в 2029 году", ru, "2029"),
        ] {
            let found = numbers(text, language);
            assert_eq!(found, [Number::Common(expected.to_owned())], "{text}");
        }
    }

    #[test]
    fn dates_and_hours_are_no_numbers() {
        let days = |month, days: &[u32]| Number::Days(month, days.to_vec());
        let hour = |digits: &str| Number::Hour(digits.to_owned());
        for (text, expected) in [
            ("22–23 октября", vec![days(10, &[22, 23]), days(10, &[23])]),
            ("October 22-23", vec![days(10, &[22, 23]), days(10, &[23])]),
            ("с 26 по 28 сентября", vec![days(9, &[26]), days(9, &[28])]),
            ("в 10:00", vec![hour("1000")]),
            ("в 9:40", vec![hour("0940")]),
            ("в 18.30", vec![hour("1830")]),
            ("05.12.2026", vec![]),
        ] {
            let found = numbers(text, Language::Russian);
            assert!(
                expected.iter().all(|one| found.contains(one)),
                "{text} {found:?}"
            );
            let told = |one: &Number| matches!(one, Number::Telling(_));
            assert!(!found.iter().any(told), "{text} {found:?}");
        }
    }
}
