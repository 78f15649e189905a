//! How long ago: "2 сағат бұрын", "час назад", "5 мин. назад", "just now". The
//! words are data, `ago.tsv`.
//!
//! Deliberately absent: months and years, which tell no day.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{DateTime, NaiveTime, Offset, TimeDelta};
use chrono_tz::Tz;

use super::super::zone::Zone;
use super::Parts;

const TABLE: &str = include_str!("ago.tsv");
/// More words are a sentence.
const WORDS_MAX: usize = 8;
/// No unit is counted further: nobody does.
const COUNT_MAX: i64 = 999;
/// How many "a few" are.
const SOME: i64 = 3;
const MINUTE_SECONDS: i64 = 60;
const HOUR_SECONDS: i64 = 60 * MINUTE_SECONDS;
const DAY_SECONDS: i64 = 24 * HOUR_SECONDS;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Ago,
    Half,
    Some,
    Count(i64),
    /// So many seconds.
    Unit(i64),
    Beside,
}

struct Words {
    now: Vec<&'static str>,
    whole: HashMap<&'static str, Word>,
    beginnings: Vec<(&'static str, Word)>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words = Words {
        now: Vec::new(),
        whole: HashMap::new(),
        beginnings: Vec::new(),
    };
    let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
    for (kind, row) in rows.filter_map(|line| line.split_once('\t')) {
        let word = match kind {
            "now" => {
                words.now.extend(row.split(" | "));
                continue;
            }
            "ago" => Word::Ago,
            "half" => Word::Half,
            "some" => Word::Some,
            "second" => Word::Unit(1),
            "minute" => Word::Unit(MINUTE_SECONDS),
            "hour" => Word::Unit(HOUR_SECONDS),
            "day" => Word::Unit(DAY_SECONDS),
            "week" => Word::Unit(7 * DAY_SECONDS),
            number => number.parse().map_or(Word::Beside, Word::Count),
        };
        for form in row.split(" | ") {
            match form.strip_suffix('*') {
                Some(beginning) => words.beginnings.push((beginning, word)),
                None => {
                    words.whole.insert(form, word);
                }
            }
        }
    }
    words
});

impl Words {
    fn find(&self, word: &str) -> Option<Word> {
        let known = self.whole.get(word).copied();
        known.or_else(|| {
            let mut all = self.beginnings.iter();
            all.find(|(beginning, _)| word.starts_with(beginning))
                .map(|(_, word)| *word)
        })
    }
}

/// The moment a text tells by how long ago it was; the day alone where it counts
/// whole days. Nothing where it says anything else besides.
pub(super) fn ago(text: &str, received: DateTime<Tz>) -> Option<Parts> {
    let text = text.to_lowercase();
    let words = split(&text)?;
    if WORDS.now.contains(&&*words.join(" ")) {
        return Some(moment(received));
    }
    let (seconds, unit) = span(&words)?;
    let then = received.checked_sub_signed(TimeDelta::seconds(seconds))?;
    if unit < DAY_SECONDS {
        return Some(moment(then));
    }
    let mut parts = Parts::of_day(then.date_naive());
    parts.local = true;
    Some(parts)
}

/// The words, numbers parted from what is glued to them.
fn split(text: &str) -> Option<Vec<&str>> {
    let mut words = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '~')) {
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = word.split_at(digits);
        let rest = rest.trim_matches(['.', ':', '-']);
        let (half, rest) = match rest.strip_prefix("пол") {
            // "полчаса", "полминуты"
            Some(unit) if !unit.is_empty() => ("пол", unit),
            _ => ("", rest),
        };
        words.extend(
            [number, half, rest]
                .into_iter()
                .filter(|word| !word.is_empty()),
        );
        if words.len() > WORDS_MAX {
            return None;
        }
    }
    Some(words)
}

/// How many seconds ago, and the smallest unit they are counted in.
fn span(words: &[&str]) -> Option<(i64, i64)> {
    let (mut seconds, mut smallest, mut is_ago) = (0, None, false);
    // Twice the count, so that a half is whole.
    let mut count: Option<i64> = None;
    for word in words {
        if let Ok(number) = word.parse::<i64>() {
            if count.is_some() || number > COUNT_MAX {
                return None;
            }
            count = Some(number * 2);
            continue;
        }
        match WORDS.find(word)? {
            Word::Beside => {}
            Word::Ago => is_ago = smallest.is_some() && count.is_none(),
            Word::Half => count = Some(1),
            Word::Some => count = Some(SOME * 2),
            // "half an hour", "a few minutes"
            Word::Count(number) => count = count.or(Some(number * 2)),
            Word::Unit(_) if is_ago => return None,
            Word::Unit(unit) => {
                // "час назад": one of them.
                seconds += count.take().unwrap_or(2) * unit / 2;
                smallest = Some(smallest.map_or(unit, |known: i64| known.min(unit)));
            }
        }
    }
    smallest
        .filter(|_| is_ago && count.is_none())
        .map(|unit| (seconds, unit))
}

fn moment(at: DateTime<Tz>) -> Parts {
    let mut parts = Parts::of_day(at.date_naive());
    let midnight = parts.date.and_time(NaiveTime::MIN);
    parts.seconds = (at.naive_local() - midnight).num_seconds();
    parts.has_time = true;
    parts.zone = Some(Zone::Minutes(at.offset().fix().local_minus_utc() / 60));
    parts
}
