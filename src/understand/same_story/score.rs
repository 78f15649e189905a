//! Whether two texts tell the same thing: what speaks for it and against it, added up.
//!
//! The weights are log-odds, learnt by logistic regression from the labelled texts in
//! `tests/fixtures/articles` (pairs of one story against pairs of others) and checked
//! set by set, each by weights learnt from the others: `score/weights.tsv`. Pairs
//! within one language and across languages have weights of their own.

mod features;
mod worth;

use std::sync::LazyLock;

use chrono::TimeDelta;

pub(super) use features::Told;
use features::{FEATURES, features};
pub(super) use worth::{word_key, worth};

const WEIGHTS: &str = include_str!("score/weights.tsv");

/// What a pair begins with, and what each feature is worth.
struct Weights {
    before: f64,
    each: [f64; FEATURES.len()],
}

/// Within one language, and across languages.
static LEARNT: LazyLock<[Weights; 2]> = LazyLock::new(|| [column(1), column(2)]);

/// Reads one column of the table; the tests hold that it is whole.
fn column(number: usize) -> Weights {
    let weight = |feature: &str| {
        let mut rows = WEIGHTS.lines().map(|line| line.split('\t'));
        let row = rows.find(|row| row.clone().next() == Some(feature));
        let weight = row.and_then(|mut row| row.nth(number)?.parse().ok());
        weight.unwrap_or_default()
    };
    Weights {
        before: weight("before"),
        each: FEATURES.map(weight),
    }
}

/// How surely two texts told so far `apart` are one story, in log-odds.
pub(super) fn alike(one: &Told, other: &Told, apart: TimeDelta) -> f64 {
    let features = features(one, other, apart);
    let weights = &LEARNT[usize::from(!features.within)];
    let each = features.values.iter().zip(&weights.each);
    weights.before + each.map(|(value, weight)| value * weight).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_has_its_weights() {
        for feature in FEATURES.iter().chain(["before"].iter()) {
            let rows: Vec<&str> = WEIGHTS
                .lines()
                .filter(|line| line.split('\t').next() == Some(feature))
                .collect();
            assert_eq!(rows.len(), 1, "{feature}");
            let weights = rows[0].split('\t').skip(1).map(str::parse::<f64>);
            assert_eq!(weights.flatten().count(), 2, "{feature}");
        }
        let rows = WEIGHTS.lines().filter(|line| !line.starts_with('#'));
        assert_eq!(rows.count(), FEATURES.len() + 1, "nothing else");
    }

    #[test]
    fn nothing_in_common_is_two_stories() {
        let words: Vec<i64> = (1..20).collect();
        let others: Vec<i64> = (30..50).collect();
        let alike =
            |one: &[i64], other: &[i64]| alike(&Told::of(one), &Told::of(other), TimeDelta::zero());
        assert!(alike(&words, &others) < 0.0);
        assert!(alike(&[], &[]) < 0.0);
        assert!(alike(&words, &words) > 0.0);
    }
}
