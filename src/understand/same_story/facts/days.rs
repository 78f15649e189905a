//! Weekdays, and the days they may mean.

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};

use crate::model::language::Language;
use crate::text::lookup::Table;
use crate::text::stem::stem_in;

use super::ideas::side;

/// In Kazakh, Russian and English, Monday first. Friday is left out of Kazakh:
/// жұма is a week as well.
const WEEKDAYS: [[&str; 7]; 3] = [
    [
        "дүйсенбі",
        "сейсенбі",
        "сәрсенбі",
        "бейсенбі",
        "",
        "сенбі",
        "жексенбі",
    ],
    [
        "понедельник",
        "вторник",
        "среду",
        "четверг",
        "пятницу",
        "субботу",
        "воскресенье",
    ],
    [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ],
];

static BY_STEM: LazyLock<[Table<String, Weekday>; 3]> = LazyLock::new(|| {
    let languages = [
        Language::KazakhCyrillic,
        Language::Russian,
        Language::English,
    ];
    languages.map(|language| {
        let words = WEEKDAYS[side(language)].iter().enumerate();
        words
            .filter(|(_, word)| !word.is_empty())
            .filter_map(|(number, word)| {
                let weekday = Weekday::try_from(u8::try_from(number).ok()?).ok()?;
                Some((stem_in(word, language).into_owned(), weekday))
            })
            .collect()
    })
});

/// The weekday a word names, by its stem.
pub(super) fn weekday(stem: &str, language: Language) -> Option<Weekday> {
    BY_STEM[side(language)].get(stem).copied()
}

/// The last and the next such day: only a verb could say which is meant.
pub(super) fn around(published: NaiveDate, weekday: Weekday) -> [NaiveDate; 2] {
    let since =
        (7 + published.weekday().num_days_from_monday() - weekday.num_days_from_monday()) % 7;
    let last = published - TimeDelta::days(i64::from(since));
    [last, last + TimeDelta::days(7)]
}
