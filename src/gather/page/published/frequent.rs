//! The last resort: the day most often written in a page's source, by patterns
//! from the surest to the loosest.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use regex::{Captures, Regex};

use super::text::Bounds;

/// More different days than this are a calendar's.
const DAYS_MAX: usize = 1_000;
/// How many of the most frequent are weighed.
const WEIGHED: usize = 10;

/// Which groups of a pattern are year, month and day; 0 where there is none.
struct Shape {
    pattern: LazyLock<Regex>,
    fields: [usize; 3],
}

static COPYRIGHT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:©|&copy;|Copyright|\(c\))[^0-9]{0,99}(?:(?:199[0-9]|20[0-3][0-9])-)?(199[0-9]|20[0-3][0-9])[^0-9]",
    )
});
/// `published: 23.11.2026`, `Stand: 3.4.2019`, `Дата публикации 3.4.2019`.
static ANNOUNCED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)(?:date[^0-9"]{0,20}|updated|last-modified|published|posted|on|datum|stand|veröffentlicht am|yayı[mn]lanma(?: tarihi)?|дата[^0-9"]{0,20}|опубликован[оа]?|жарияланды|жарияланған)[ :]{1,9}([0-9]{1,4})[./]([0-9]{1,2})[./]([0-9]{2,4})"#,
    )
});
static SHAPES: [Shape; 7] = [
    Shape {
        pattern: LazyLock::new(|| pattern(r"/([0-9]{4})/([0-9]{2})/([0-9]{2})[01/]")),
        fields: [1, 2, 3],
    },
    Shape {
        pattern: LazyLock::new(|| pattern(r"[^0-9]([0-9]{4})[/.-]([0-9]{2})[/.-]([0-9]{2})[^0-9]")),
        fields: [1, 2, 3],
    },
    Shape {
        pattern: LazyLock::new(|| {
            pattern(r"[^0-9]([0-3]?[0-9])[/.-]([01]?[0-9])[/.-]([0-9]{4})[^0-9]")
        }),
        fields: [3, 2, 1],
    },
    Shape {
        pattern: LazyLock::new(|| {
            pattern(r"[^0-9]((?:19|20)[0-9]{2})([01][0-9])([0-3][0-9])[^0-9]")
        }),
        fields: [1, 2, 3],
    },
    Shape {
        pattern: LazyLock::new(|| {
            pattern(r"[^0-9]([0-3]?[0-9])[/.]([01]?[0-9])[/.]([0129][0-9])[^0-9]")
        }),
        fields: [3, 2, 1],
    },
    Shape {
        pattern: LazyLock::new(|| pattern(r"[^0-9]([12][0-9]{3})[/.-](1[0-2]|0[1-9])[^0-9]")),
        fields: [1, 2, 0],
    },
    Shape {
        pattern: LazyLock::new(|| pattern(r"[^0-9]([01]?[0-9])[/.-]([12][0-9]{3})[^0-9]")),
        fields: [2, 1, 0],
    },
];

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is tested")
}

/// The day the source names most, not before the year of its copyright, which
/// itself is no day.
pub fn find(source: &str, bounds: &Bounds) -> Option<NaiveDate> {
    let announced = ANNOUNCED
        .captures_iter(source)
        .take(DAYS_MAX)
        .find_map(|found| {
            if found[1].len() == 4 {
                bounds.day(&found[1], &found[2], &found[3])
            } else {
                bounds.day(&found[3], &found[2], &found[1])
            }
        });
    if announced.is_some() {
        return announced;
    }
    let years = COPYRIGHT
        .captures_iter(source)
        .filter_map(|found| bounds.day(&found[1], "1", "1"));
    let floor = most_frequent(years.collect());
    let is_late = |day: &NaiveDate| floor.is_none_or(|floor| day.year() >= floor.year());
    SHAPES
        .iter()
        .find_map(|shape| {
            let found = shape.pattern.captures_iter(source);
            let days = found.filter_map(|found| day_of(&found, shape.fields, bounds));
            most_frequent(days.collect()).filter(is_late)
        })
        .or_else(|| bounds.in_words(source).filter(is_late))
}

fn day_of(found: &Captures<'_>, fields: [usize; 3], bounds: &Bounds) -> Option<NaiveDate> {
    let field = |index: usize| match index {
        0 => "1",
        index => found.get(index).map_or("", |field| field.as_str()),
    };
    bounds.day(field(fields[0]), field(fields[1]), field(fields[2]))
}

/// Of the most frequent days the oldest, unless the next is of another year and
/// not much less frequent.
fn most_frequent(days: Vec<NaiveDate>) -> Option<NaiveDate> {
    let mut counts: HashMap<NaiveDate, usize> = HashMap::new();
    for day in days {
        *counts.entry(day).or_default() += 1;
    }
    if counts.len() > DAYS_MAX {
        return None;
    }
    let mut ranked: Vec<(NaiveDate, usize)> = counts.into_iter().collect();
    ranked.sort_by_key(|(day, count)| (std::cmp::Reverse(*count), *day));
    ranked.truncate(WEIGHED);
    ranked.sort_by_key(|(day, _)| *day);
    let (oldest, count) = *ranked.first()?;
    match ranked.get(1) {
        Some((next, more))
            if next.year() != oldest.year() && *more != count && *more * 2 > count =>
        {
            Some(*next)
        }
        _ => Some(oldest),
    }
}
