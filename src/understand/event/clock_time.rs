//! The hour an event begins, said near its date: `сағат 10:00-де`, `в 10.00`,
//! `в 15 часов`, `at 3 p.m.`.

use chrono::{NaiveTime, Timelike};

use crate::text::tokens::Token;

/// Words that make `10.00` or `10` after them a time.
const BEFORE: [&str; 10] = [
    "сағат",
    "сагат",
    "в",
    "с",
    "at",
    "from",
    "начало",
    "басталуы",
    "уақыты",
    "время",
];
/// Words that move a time before noon into the afternoon.
const AFTERNOON: [&str; 6] = [
    "кешкі",
    "кешкісін",
    "түстен кейін",
    "вечера",
    "дня",
    "evening",
];
/// Endings of a Kazakh time (`10.00-де`).
const CASES: [&str; 8] = ["де", "да", "те", "та", "ден", "дан", "тен", "тан"];

/// The first time in `tokens`, beginnings of ranges first.
pub fn first_time(tokens: &[Token]) -> Option<NaiveTime> {
    (0..tokens.len()).find_map(|at| time_at(tokens, at))
}

fn time_at(tokens: &[Token], at: usize) -> Option<NaiveTime> {
    let hour = tokens[at].number().filter(|hour| *hour < 24)?;
    if tokens[at].folded.len() > 2 {
        return None;
    }
    let minutes = minutes(tokens, at);
    let after = if minutes.is_some() { at + 3 } else { at + 1 };
    let before = word(tokens, at.checked_sub(1));
    let next = word(tokens, Some(after));
    let meridiem = meridiem(tokens, after);
    let cased = CASES.contains(&word(tokens, Some(after + 1)))
        && tokens.get(after).is_some_and(Token::is_dash);
    let said = match minutes {
        Some((_, true)) => true,
        Some((_, false)) => BEFORE.contains(&before) || cased,
        None => {
            meridiem.is_some()
                || before == "сағат"
                || (matches!(before, "в" | "с" | "к")
                    && matches!(next, "часов" | "час" | "часа" | "ч"))
        }
    };
    if !said {
        return None;
    }
    let time = NaiveTime::from_hms_opt(hour, minutes.map_or(0, |(minutes, _)| minutes), 0)?;
    let later = match meridiem {
        Some(afternoon) => afternoon,
        None => is_afternoon(tokens, at, after),
    };
    match (time.hour(), meridiem, later) {
        (12, Some(false), _) => time.with_hour(0),
        (hour @ 1..=11, _, true) => time.with_hour(hour + 12),
        _ => Some(time),
    }
}

/// The minutes, and whether a colon (always a time) stands before them.
fn minutes(tokens: &[Token], at: usize) -> Option<(u32, bool)> {
    let (mark, number) = (tokens.get(at + 1)?, tokens.get(at + 2)?);
    let colon = mark.is_mark(':');
    if !(colon || mark.is_mark('.')) || mark.spaced || number.folded.len() != 2 {
        return None;
    }
    // `06.10.2017` is a date, `1.5` a number.
    let goes_on = tokens
        .get(at + 3)
        .is_some_and(|token| token.is_mark('.') && !token.spaced)
        && tokens
            .get(at + 4)
            .is_some_and(|token| token.number().is_some() && !token.spaced);
    if goes_on || (!colon && number.spaced) {
        return None;
    }
    number
        .number()
        .filter(|minutes| *minutes < 60)
        .map(|minutes| (minutes, colon))
}

/// `a.m.`, `pm`: whether afternoon.
fn meridiem(tokens: &[Token], at: usize) -> Option<bool> {
    match word(tokens, Some(at)) {
        "am" => Some(false),
        "pm" => Some(true),
        letter @ ("a" | "p") => {
            let dotted = tokens.get(at + 1).is_some_and(|dot| dot.is_mark('.'));
            (dotted && word(tokens, Some(at + 2)) == "m").then_some(letter == "p")
        }
        _ => None,
    }
}

fn is_afternoon(tokens: &[Token], at: usize, after: usize) -> bool {
    let two_before = word(tokens, at.checked_sub(2));
    let three_before = word(tokens, at.checked_sub(3));
    let pair = format!("{three_before} {two_before}");
    let next = [word(tokens, Some(after)), word(tokens, Some(after + 1))];
    AFTERNOON.contains(&two_before)
        || AFTERNOON.contains(&pair.as_str())
        || next.iter().any(|word| matches!(*word, "вечера" | "дня"))
}

fn word(tokens: &[Token], at: Option<usize>) -> &str {
    at.and_then(|at| tokens.get(at))
        .map_or("", |token| token.folded.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokens::tokens;

    #[test]
    fn times_are_read_as_people_write_them() {
        let cases = [
            ("сағат 10:00-де", Some((10, 0))),
            ("сағат 18.30-да", Some((18, 30))),
            ("сағат 15-те", Some((15, 0))),
            ("түстен кейін сағат 3-те", Some((15, 0))),
            ("в 10.00", Some((10, 0))),
            ("в 15 часов", Some((15, 0))),
            ("в 7 часов вечера", Some((19, 0))),
            ("с 9:30 до 18:00", Some((9, 30))),
            ("at 10 a.m.", Some((10, 0))),
            ("at 3:30 p.m.", Some((15, 30))),
            ("12 am", Some((0, 0))),
            ("06.10.2017", None),
            ("1.50 теңге", None),
            ("25:70", None),
            ("в 10 странах", None),
        ];
        for (text, expected) in cases {
            let expected =
                expected.and_then(|(hour, minute)| NaiveTime::from_hms_opt(hour, minute, 0));
            assert_eq!(first_time(&tokens(text)), expected, "{text}");
        }
    }
}
