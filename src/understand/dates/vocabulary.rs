//! What a single word means in a date. The words are data: `words.tsv`.

use std::sync::LazyLock;

use super::super::endings::{is_ending, is_owned_ending};
use crate::text::lookup::{Set, Table};

const TABLE: &str = include_str!("words.tsv");
/// Longer words are no words of dates, in characters.
const WORD_CHARS_MAX: usize = 24;

static WORDS: LazyLock<Words> = LazyLock::new(|| Words::read(TABLE));

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Half,
    Year,
    Decade,
    Century,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    This,
    Next,
    Coming,
    Last,
    /// The last ones up to now.
    Recent,
    First,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Morning,
    Day,
    Noon,
    Afternoon,
    Evening,
    Night,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Until,
    Since,
    From,
    Ago,
    After,
    Within,
    Between,
    Through,
    Each,
    Over,
    Begin,
    Middle,
    End,
    And,
    To,
    Half,
    Halved,
    Several,
    /// "шамасында": about then.
    Around,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    Unit(Unit),
    Which(Which),
    Part(Part),
    Mark(Mark),
    /// Days after the publication day.
    Day(i64),
    /// Years after the publication's.
    Year(i32),
    /// From Monday, 0.
    Weekday(u32),
    /// From spring, 1.
    Season(u32),
    Month(u32),
    Age,
    /// A word of a number, and whether it ends an ordinal.
    Count(u32, bool),
}

/// The sense of a folded word, and the Kazakh ending it bears.
pub fn sense(word: &str) -> Option<(Sense, &str)> {
    let words = &*WORDS;
    if let Some(sense) = words.whole.get(word) {
        return sense.map(|sense| (sense, ""));
    }
    let head = head(word);
    if !words.heads.contains(head) || word.chars().count() > WORD_CHARS_MAX {
        return None;
    }
    let letters = word.char_indices().rev().map(|(at, _)| at);
    let shorter = letters.take_while(|at| *at >= head.len());
    let longest = std::iter::once(word.len()).chain(shorter).find_map(|at| {
        let (stem, rest) = word.split_at(at);
        match words.stems.get(stem) {
            Some((sense, Follows::Ending)) if is_ending(rest) => Some((*sense, rest)),
            Some((sense, Follows::OwnedEnding)) if is_owned_ending(rest) => Some((*sense, rest)),
            Some((sense, Follows::Anything)) => Some((*sense, "")),
            _ => None,
        }
    });
    longest.and_then(|(sense, rest)| sense.map(|sense| (sense, rest)))
}

/// The first two letters; every stem of more is told by them.
fn head(word: &str) -> &str {
    let end = word.char_indices().nth(2);
    end.map_or(word, |(end, _)| &word[..end])
}

/// What may stand after a stem.
#[derive(Debug, Clone, Copy)]
enum Follows {
    Ending,
    OwnedEnding,
    Anything,
}

struct Words {
    /// `None`: a word that only looks like one of dates.
    whole: Table<&'static str, Option<Sense>>,
    stems: Table<&'static str, (Option<Sense>, Follows)>,
    /// How stems begin.
    heads: Set<&'static str>,
}

impl Words {
    fn read(table: &'static str) -> Self {
        let mut words = Self {
            whole: Table::default(),
            stems: Table::default(),
            heads: Set::default(),
        };
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let mut columns = line.split('\t');
            let (Some(name), Some(written), Some(forms)) =
                (columns.next(), columns.next(), columns.next())
            else {
                continue;
            };
            let sense = parse(name);
            for form in forms.split(' ') {
                let follows = match written {
                    "kk" => Follows::Ending,
                    "own" => Follows::OwnedEnding,
                    "any" => Follows::Anything,
                    _ => {
                        words.whole.insert(form, sense);
                        continue;
                    }
                };
                words.stems.insert(form, (sense, follows));
                words.heads.insert(head(form));
            }
        }
        words
    }
}

fn parse(name: &str) -> Option<Sense> {
    let (class, which) = name.split_once(':').unwrap_or((name, ""));
    Some(match class {
        "unit" => Sense::Unit(unit(which)?),
        "which" => Sense::Which(match which {
            "this" => Which::This,
            "next" => Which::Next,
            "coming" => Which::Coming,
            "last" => Which::Last,
            "recent" => Which::Recent,
            "first" => Which::First,
            _ => return None,
        }),
        "part" => Sense::Part(match which {
            "morning" => Part::Morning,
            "day" => Part::Day,
            "noon" => Part::Noon,
            "afternoon" => Part::Afternoon,
            "evening" => Part::Evening,
            "night" => Part::Night,
            _ => return None,
        }),
        "mark" => Sense::Mark(mark(which)?),
        "day" => Sense::Day(which.parse().ok()?),
        "year" => Sense::Year(which.parse().ok()?),
        "weekday" => Sense::Weekday(which.parse().ok()?),
        "season" => Sense::Season(which.parse().ok()?),
        "month" => Sense::Month(which.parse().ok()?),
        "age" => Sense::Age,
        "count" => Sense::Count(which.parse().ok()?, false),
        "nth" => Sense::Count(which.parse().ok()?, true),
        _ => return None,
    })
}

fn unit(name: &str) -> Option<Unit> {
    Some(match name {
        "second" => Unit::Second,
        "minute" => Unit::Minute,
        "hour" => Unit::Hour,
        "day" => Unit::Day,
        "week" => Unit::Week,
        "month" => Unit::Month,
        "quarter" => Unit::Quarter,
        "half" => Unit::Half,
        "year" => Unit::Year,
        "decade" => Unit::Decade,
        "century" => Unit::Century,
        _ => return None,
    })
}

fn mark(name: &str) -> Option<Mark> {
    Some(match name {
        "until" => Mark::Until,
        "since" => Mark::Since,
        "from" => Mark::From,
        "ago" => Mark::Ago,
        "after" => Mark::After,
        "within" => Mark::Within,
        "between" => Mark::Between,
        "through" => Mark::Through,
        "each" => Mark::Each,
        "over" => Mark::Over,
        "begin" => Mark::Begin,
        "middle" => Mark::Middle,
        "end" => Mark::End,
        "and" => Mark::And,
        "to" => Mark::To,
        "half" => Mark::Half,
        "halved" => Mark::Halved,
        "several" => Mark::Several,
        "around" => Mark::Around,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_understood() {
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let columns: Vec<&str> = line.split('\t').collect();
            assert_eq!(columns.len(), 3, "{line}");
            assert!(
                parse(columns[0]).is_some() || columns[0] == "none",
                "{line}"
            );
            assert!(["kk", "own", "x", "any"].contains(&columns[1]), "{line}");
        }
    }

    #[test]
    fn words_keep_their_endings() {
        let cases = [
            ("жылдың", Some((Sense::Unit(Unit::Year), "дың"))),
            ("жылқы", None),
            ("үшін", None),
            ("басында", Some((Sense::Mark(Mark::Begin), "нда"))),
            ("жылдам", None),
            ("сейсенбіде", Some((Sense::Weekday(1), "де"))),
            ("следующего", Some((Sense::Which(Which::Next), ""))),
            ("жиырмасыншы", Some((Sense::Count(20, true), ""))),
            ("forum", None),
        ];
        for (word, expected) in cases {
            assert_eq!(sense(word), expected, "{word}");
        }
    }
}
