//! Numbers as any language writes them, and none that only belong to a date.

use crate::text::months::month_number;
use crate::text::tokens::{Shape, Token};

/// Tokens between a day and its month: `с 26 по 28 сентября`, `5–7 желтоқсан`.
const TO_MONTH_MAX: usize = 4;
/// Words that stand between the days of one month.
const BETWEEN_DAYS: [&str; 9] = ["и", "по", "на", "до", "мен", "пен", "бен", "and", "to"];
/// The largest number that may be a day.
const DAY_MAX: u32 = 31;
/// Digits of the longest number that is put together.
const DIGITS_MAX: usize = 12;
/// Beginnings of words that make a small number one that tells: `3 миллиарда`.
const LARGE: [&str; 9] = [
    "мил", "млн", "млрд", "трлн", "трил", "мың", "тыс", "mil", "bil",
];
/// Years as news writes them.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2099;

/// The number that begins at `at`, where it tells something, and the token after
/// it. Thousands in groups and decimals are one number: `21 500`, `21,500`, `7,2`.
pub(super) fn number_at(tokens: &[Token], at: usize) -> (Option<String>, usize) {
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
    is_hour |= is_joint(tokens, after, ':');
    let counts = |token: &Token| LARGE.iter().any(|large| token.folded.starts_with(large));
    let is_large = number.len() > 1 || tokens.get(after).is_some_and(counts);
    let tells = is_large && !is_hour && (is_decimal || !is_of_a_date(tokens, at, after));
    (tells.then_some(number), after)
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

fn is_of_a_date(tokens: &[Token], at: usize, after: usize) -> bool {
    let Some(number) = tokens[at].number().filter(|_| after == at + 1) else {
        return false;
    };
    if YEARS.contains(&number) {
        return true;
    }
    if number > DAY_MAX {
        return false;
    }
    let is_month = |token: &Token| token.is_word() && month_number(&token.folded).is_some();
    let is_between = |token: &Token| {
        token.is_dash()
            || token.number().is_some_and(|day| day <= DAY_MAX)
            || BETWEEN_DAYS.contains(&token.folded.as_str())
    };
    let ahead = tokens[after..].iter().take(TO_MONTH_MAX);
    let behind = tokens[..at].iter().rev().take(TO_MONTH_MAX);
    let leads_to_month = |mut way: Box<dyn Iterator<Item = &Token> + '_>| {
        way.find(|token| !is_between(token)).is_some_and(is_month)
    };
    leads_to_month(Box::new(ahead)) || leads_to_month(Box::new(behind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokens::tokens;

    fn numbers(text: &str) -> Vec<String> {
        let laid_out = tokens(text);
        let mut found = Vec::new();
        let mut at = 0;
        while at < laid_out.len() {
            if laid_out[at].shape == Shape::Number {
                let (number, after) = number_at(&laid_out, at);
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
        for (text, expected) in [
            ("билет стоит 21 500 тенге", vec!["21500"]),
            ("a ticket costs 21,500 tenge", vec!["21500"]),
            ("7,2 миллиарда", vec!["7.2"]),
            ("7.2 billion", vec!["7.2"]),
            ("1 250 000 теңге", vec!["1250000"]),
            ("45 школ и 1,8 миллиарда", vec!["45", "1.8"]),
            ("9 часов 40 минут", vec!["40"]),
            ("3 миллиарда", vec!["3"]),
        ] {
            assert_eq!(numbers(text), expected, "{text}");
        }
    }

    #[test]
    fn dates_and_hours_are_no_numbers() {
        for text in [
            "22–23 қазанда",
            "с 26 по 28 сентября",
            "October 22-23",
            "26 қарашадан 30 қарашаға",
            "с 26 на 30 ноября",
            "сағат 10:00-де",
            "в 18.30",
            "05.12.2026",
            "в 2025 году",
            "30 қазан мен 1 қараша аралығында",
        ] {
            assert_eq!(numbers(text), Vec::<String>::new(), "{text}");
        }
    }
}
