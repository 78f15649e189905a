//! Pairs of texts read as telling the same, within a language and across.

use std::collections::{BTreeMap, BTreeSet};

use super::{ALL, Miss, Read, Scores, Tally, language_of};
use crate::cli::cases::Case;

/// Pairs of one story are listed as misses up to so many.
const PAIR_MISSES_MAX: usize = 1_000;

/// Pairs of texts that tell the same. Counted by groups, so that a thousand
/// texts are not a million comparisons.
pub(super) fn judge(scores: &mut Scores, judged: &[(Case, Read)]) {
    let texts: Vec<Told> = judged
        .iter()
        .filter_map(|(case, read)| {
            Some(Told {
                id: &case.id,
                language: language_of(case, &read.reading),
                expected: case.expect.story.as_deref()?,
                got: &read.story,
            })
        })
        .collect();
    if texts.is_empty() {
        return;
    }
    let everything = pairs(&texts);
    let mut within = Tally::default();
    let languages: BTreeSet<&str> = texts.iter().map(|text| text.language.as_str()).collect();
    for language in languages {
        let own: Vec<Told> = texts
            .iter()
            .filter(|text| text.language == language)
            .cloned()
            .collect();
        let tally = pairs(&own);
        within.add(tally);
        scores.count("same story, one language", language, tally);
    }
    let across = Tally {
        right: everything.right - within.right,
        wrong: everything.wrong - within.wrong,
        missed: everything.missed - within.missed,
    };
    // A pair across languages belongs to no one of them.
    scores.count("same story, across", ALL, across);
    scores.count("same story", ALL, everything);
    story_misses(scores, &texts);
}

#[derive(Clone)]
struct Told<'a> {
    id: &'a str,
    language: String,
    expected: &'a str,
    got: &'a str,
}

fn pairs(texts: &[Told]) -> Tally {
    let mut expected: BTreeMap<&str, u64> = BTreeMap::new();
    let mut got: BTreeMap<&str, u64> = BTreeMap::new();
    let mut both: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for text in texts {
        *expected.entry(text.expected).or_default() += 1;
        *got.entry(text.got).or_default() += 1;
        *both.entry((text.expected, text.got)).or_default() += 1;
    }
    let of = |count: &u64| count * (count - 1) / 2;
    let right: u64 = both.values().map(of).sum();
    Tally {
        right,
        wrong: got.values().map(of).sum::<u64>() - right,
        missed: expected.values().map(of).sum::<u64>() - right,
    }
}

fn story_misses(scores: &mut Scores, texts: &[Told]) {
    let mut by_story: BTreeMap<(bool, &str), Vec<&Told>> = BTreeMap::new();
    for text in texts {
        by_story
            .entry((true, text.expected))
            .or_default()
            .push(text);
        by_story.entry((false, text.got)).or_default().push(text);
    }
    let mut listed = 0;
    for ((expected, _), group) in by_story {
        for (at, one) in group.iter().enumerate() {
            for other in &group[at + 1..] {
                let apart = if expected {
                    one.got != other.got
                } else {
                    one.expected != other.expected
                };
                if !apart || listed >= PAIR_MISSES_MAX {
                    continue;
                }
                listed += 1;
                let (want, read) = if expected {
                    ("one story", "two")
                } else {
                    ("two stories", "one")
                };
                scores.misses.push(Miss {
                    label: "same story".to_owned(),
                    id: format!("{} + {}", one.id, other.id),
                    expected: want.to_owned(),
                    got: read.to_owned(),
                });
            }
        }
    }
}
