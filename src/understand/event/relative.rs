//! Days counted from the publication day, and weekdays that say which one.

use chrono::{Datelike, Days, NaiveDate};

use crate::text::tokens::Token;

use super::dates::Dated;

/// Words for a day and how many days after the publication it is.
const DAY_WORDS: [(&str, i64); 28] = [
    ("бүгін", 0),
    ("бүгінгі", 0),
    ("ертең", 1),
    ("ертеңгі", 1),
    ("бүрсігүні", 2),
    ("бүрсүгүні", 2),
    ("арғы күні", 2),
    ("кеше", -1),
    ("кешегі", -1),
    ("алдыңғы күні", -2),
    ("сегодня", 0),
    ("сегодняшний", 0),
    ("сегодняшнего", 0),
    ("завтра", 1),
    ("завтрашний", 1),
    ("завтрашнего", 1),
    ("завтрашнем", 1),
    ("послезавтра", 2),
    ("вчера", -1),
    ("вчерашний", -1),
    ("вчерашнем", -1),
    ("позавчера", -2),
    ("today", 0),
    ("tonight", 0),
    ("tomorrow", 1),
    ("the day after tomorrow", 2),
    ("day after tomorrow", 2),
    ("yesterday", -1),
];
/// The longest of [`DAY_WORDS`] in words.
const DAY_WORDS_MAX: usize = 4;
/// Beginnings of weekday names from Monday; Kazakh, Russian, English.
const WEEKDAYS: [(&str, u32); 21] = [
    ("дүйсенбі", 0),
    ("сейсенбі", 1),
    ("сәрсенбі", 2),
    ("бейсенбі", 3),
    ("жексенбі", 6),
    ("жұма", 4),
    ("сенбі", 5),
    ("понедельник", 0),
    ("вторник", 1),
    ("среду", 2),
    ("четверг", 3),
    ("пятниц", 4),
    ("суббот", 5),
    ("воскресенье", 6),
    ("monday", 0),
    ("tuesday", 1),
    ("wednesday", 2),
    ("thursday", 3),
    ("friday", 4),
    ("saturday", 5),
    ("sunday", 6),
];
/// Words that make the weekday the nearest to come.
const THIS: [&str; 10] = [
    "осы",
    "таяудағы",
    "эту",
    "этот",
    "ближайшую",
    "ближайший",
    "ближайшее",
    "this",
    "coming",
    "алдағы",
];
/// Words that make it the one of next week.
const NEXT: [&str; 6] = [
    "келесі",
    "следующую",
    "следующий",
    "следующее",
    "next",
    "будущую",
];

/// The day meant by the words at `at`, if they count from the publication day.
pub fn relative(tokens: &[Token], at: usize, published: NaiveDate) -> Option<Dated> {
    day_word(tokens, at, published).or_else(|| weekday(tokens, at, published))
}

fn day_word(tokens: &[Token], at: usize, published: NaiveDate) -> Option<Dated> {
    let mut words = String::new();
    let mut best = None;
    for (count, token) in tokens[at..].iter().take(DAY_WORDS_MAX).enumerate() {
        if count > 0 {
            words.push(' ');
        }
        words.push_str(&token.folded);
        let known = DAY_WORDS.iter().find(|(word, _)| *word == words);
        if let Some((_, days)) = known {
            best = Some((*days, at + count + 1));
        }
    }
    let (days, after) = best?;
    let start = shift(published, days)?;
    Some(Dated {
        first: at,
        after,
        start,
        end: None,
        relative: true,
    })
}

/// "келесі сейсенбіде", "в ближайшую пятницу", "this Thursday". A bare weekday
/// may as well be last week's and is no date.
fn weekday(tokens: &[Token], at: usize, published: NaiveDate) -> Option<Dated> {
    let word = tokens[at].folded.as_str();
    let name = tokens.get(at + 1)?;
    let next_week = NEXT.contains(&word);
    if !next_week && !THIS.contains(&word) {
        return None;
    }
    let (_, weekday) = WEEKDAYS
        .iter()
        .find(|(beginning, _)| name.folded.starts_with(beginning))?;
    let today = published.weekday().num_days_from_monday();
    let days = if next_week {
        7 - today + weekday
    } else {
        (weekday + 7 - today) % 7
    };
    let start = shift(published, i64::from(days))?;
    Some(Dated {
        first: at,
        after: at + 2,
        start,
        end: None,
        relative: true,
    })
}

fn shift(date: NaiveDate, days: i64) -> Option<NaiveDate> {
    let by = Days::new(days.unsigned_abs());
    if days < 0 {
        date.checked_sub_days(by)
    } else {
        date.checked_add_days(by)
    }
}
