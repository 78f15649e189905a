//! Whether two texts tell the same thing: what speaks for it and against it, added up.
//!
//! The weights are log-odds, learnt by logistic regression from the labelled texts in
//! `tests/fixtures/articles` (pairs of one story against pairs of others, and against
//! long texts put together from unrelated ones), each fit checked on the files it had
//! not seen.

use std::sync::LazyLock;

use chrono::TimeDelta;

use super::facts::{Kind, is_off, same_place};
use super::hash;
use crate::text::lookup::Table;

/// Shared telling words of all telling words from which texts are copies of one.
const LIKENESS_MIN: f64 = 0.5;
/// Too few words to be judged by [`LIKENESS_MIN`] …
const FEW_TOKENS: usize = 8;
/// … need this likeness.
const LIKENESS_MIN_FEW: f64 = 0.85;
/// An announcement and what came of it are told in the same words; only such
/// likeness is a matter of how the texts were read.
const LIKENESS_MIN_OF_STAGES: f64 = 0.8;
/// Texts so alike are one text, whatever name was found in it.
const LIKENESS_OF_ONE_TEXT: f64 = 0.9;
/// Texts that tell at least so many numbers, …
const COUNTS_MIN: usize = 4;
/// … of which not one in so many is the same, are no copies.
const COUNTS_SHARED_ONE_IN: usize = 2;
/// Copies are likelier one story than anything told in other words.
const COPIES: f64 = 100.0;

/// Where nothing speaks for or against it: most pairs are two stories.
const BEFORE: f64 = -5.5;
/// What sharing some of a kind is worth, and how many of it count.
const SHARED: [(Kind, f64, usize); 5] = [
    (Kind::Name, 1.3, 3),
    (Kind::Number, 2.6, 3),
    (Kind::Count, 0.8, 2),
    (Kind::Term, 1.3, 3),
    (Kind::Town, 0.1, 2),
];
/// Of all that the text with less tells of these kinds, at least so much must be shared:
/// long texts share something whatever they tell, and the news of a day tells one of
/// many things.
const SHARED_PART_MIN: f64 = 0.33;
/// The same of texts that both tell more than so much.
const SHARED_PART_MIN_OF_MUCH: f64 = 0.45;
const MUCH: usize = 20;
/// What sharing any of a kind is worth.
const ANY_SHARED: [(Kind, f64); 5] = [
    (Kind::Day, 0.1),
    (Kind::EventDay, 2.4),
    (Kind::Subject, 1.4),
    (Kind::Quoted, 0.7),
    (Kind::Hour, 0.2),
];
/// What it costs when both tell of a kind, and nothing alike.
const CONTRADICTED: [(Kind, f64); 5] = [
    (Kind::Day, -2.6),
    (Kind::Place, -2.4),
    (Kind::Town, -2.1),
    (Kind::Stage, -3.9),
    (Kind::Subject, -2.2),
];
/// The same within one language, where names are comparable word by word.
const QUOTED_CONTRADICTED: f64 = -1.4;
/// The event of both is on the same day in the same town.
const SAME_EVENT: f64 = 0.6;
/// Both say that it is called off, or put off.
const BOTH_OFF: f64 = 3.0;
/// A day between two texts; where they tell of one event's day, it matters less.
const DAY_APART: f64 = -0.24;
const DAY_APART_OF_ONE_EVENT: f64 = -0.17;
/// Names are spelled alike across languages where they are the same: what little else
/// is comparable there counts more.
const ACROSS: f64 = 0.2;
/// All rare words of the shorter text are shared, …
const WORDS_OF_SHORTER: f64 = 2.2;
/// … and of both texts, above what texts on one subject share anyway.
const WORDS_OF_BOTH: f64 = 1.7;
const WORDS_OF_BOTH_ANYWAY: f64 = 0.25;
/// Fewer words than this prove little.
const WORDS_MIN: f64 = 6.0;

const COMMON: &str = include_str!("common.tsv");

/// What sharing a common word is worth, of 1.
static COMMON_WORDS: LazyLock<Table<i64, f64>> = LazyLock::new(|| {
    let mut common = Table::default();
    for line in COMMON.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t').skip(1);
        let Some(worth) = columns.next().and_then(|worth| worth.parse::<f64>().ok()) else {
            continue;
        };
        for stem in columns.next().unwrap_or_default().split(' ') {
            let known = common.entry(word_key(stem)).or_insert(worth);
            *known = worth.min(*known);
        }
    }
    common
});

/// The number a telling word is kept as.
pub(super) fn word_key(stem: &str) -> i64 {
    (hash(0, stem.as_bytes()) >> 1).cast_signed()
}

/// How surely two texts told so far `apart` are one story, if they are.
pub(super) fn alike(one: &[i64], other: &[i64], apart: TimeDelta) -> Option<f64> {
    let (facts, words) = split(one);
    let (other_facts, other_words) = split(other);
    let facts = Compared::of(facts, other_facts);
    if facts.tell_other_events() {
        return None;
    }
    let within = !facts.contradict(Kind::Language);
    let same_name = facts.shared_part(Kind::OwnWord).filter(|_| within);
    if within {
        let likeness = likeness(words, other_words);
        let mut needed = likeness_needed(words.len().min(other_words.len()));
        if facts.contradict(Kind::Stage) {
            needed = needed.max(LIKENESS_MIN_OF_STAGES);
        }
        if likeness >= needed {
            // Forums of one day and town are announced in one form of words.
            let is_other = same_name == Some(0.0) || facts.count_otherwise();
            let is_copy = !is_other || likeness >= LIKENESS_OF_ONE_TEXT;
            return is_copy.then_some(COPIES + likeness);
        }
    }
    let is_compared = facts.share_enough() || within && facts.tell_one_event(same_name);
    if facts.is_one_off() || !is_compared {
        return None;
    }
    // Where nobody is named and nothing counted, the whole name must be the same.
    let named = facts.share(Kind::Name) || facts.share(Kind::Number);
    if same_name.is_some_and(|part| part < 1.0 && !named) {
        return None;
    }
    let mut score = facts.score(within, apart);
    if within && score + WORDS_OF_SHORTER + WORDS_OF_BOTH > 0.0 {
        score += words_score(words, other_words);
    }
    (score > 0.0).then_some(score)
}

/// Facts, then words.
fn split(tokens: &[i64]) -> (&[i64], &[i64]) {
    tokens.split_at(tokens.partition_point(|token| *token < 0))
}

/// What the shared words of two texts in one language are worth.
fn words_score(one: &[i64], other: &[i64]) -> f64 {
    let worth = |word: &i64| COMMON_WORDS.get(word).copied().unwrap_or(1.0);
    let all = |words: &[i64]| words.iter().map(worth).sum::<f64>();
    let shared = one.iter().filter(|word| other.binary_search(word).is_ok());
    let shared: f64 = shared.map(worth).sum();
    let (one, other) = (all(one), all(other));
    let of_shorter = shared / one.min(other).max(WORDS_MIN);
    let of_both = shared / (one * other).sqrt().max(WORDS_MIN);
    WORDS_OF_SHORTER * of_shorter + WORDS_OF_BOTH * (of_both - WORDS_OF_BOTH_ANYWAY).max(0.0)
}

/// The facts of two texts, and those both tell.
struct Compared<'a> {
    one: &'a [i64],
    other: &'a [i64],
    shared: Vec<i64>,
}

impl<'a> Compared<'a> {
    fn of(one: &'a [i64], other: &'a [i64]) -> Self {
        let shared = one.iter().filter(|fact| other.binary_search(fact).is_ok());
        Self {
            one,
            other,
            shared: shared.copied().collect(),
        }
    }

    fn share(&self, kind: Kind) -> bool {
        count(&self.shared, kind) > 0
    }

    fn both_tell(&self, kind: Kind) -> bool {
        count(self.one, kind) > 0 && count(self.other, kind) > 0
    }

    /// How much of it both tell, of what the one with less tells; `None`: one tells
    /// nothing of it.
    #[expect(clippy::cast_precision_loss, reason = "a handful of facts")]
    fn shared_part(&self, kind: Kind) -> Option<f64> {
        let least = count(self.one, kind).min(count(self.other, kind));
        (least > 0).then(|| count(&self.shared, kind) as f64 / least as f64)
    }

    /// Enough of all kinds that are counted, whatever each is worth.
    #[expect(clippy::cast_precision_loss, reason = "a handful of facts")]
    fn share_enough(&self) -> bool {
        let all = |facts: &[i64]| SHARED.iter().map(|(kind, ..)| count(facts, *kind)).sum();
        let least: usize = usize::min(all(self.one), all(self.other)).max(1);
        let needed = if least > MUCH {
            SHARED_PART_MIN_OF_MUCH
        } else {
            SHARED_PART_MIN
        };
        all(&self.shared) as f64 / least as f64 >= needed
    }

    /// One form of words with other numbers in it: the reports of two weeks.
    fn count_otherwise(&self) -> bool {
        let counts = [Kind::Number, Kind::Count];
        let all = |facts: &[i64]| -> usize { counts.map(|kind| count(facts, kind)).iter().sum() };
        let least = all(self.one).min(all(self.other));
        least >= COUNTS_MIN && all(&self.shared) * COUNTS_SHARED_ONE_IN < least
    }

    /// Both are sure of an event, on the same day in the same town, and somebody or
    /// something is named alike: what else each outlet adds is its own.
    fn tell_one_event(&self, same_name: Option<f64>) -> bool {
        self.share(Kind::EventDay)
            && self.share(Kind::EventCity)
            && (same_name == Some(1.0) || self.share(Kind::Quoted) || self.share(Kind::Name))
    }

    /// Both tell of it, and nothing alike.
    fn contradict(&self, kind: Kind) -> bool {
        self.both_tell(kind) && !self.share(kind)
    }

    /// Both are sure of an event, and it is on another day or elsewhere: by city
    /// where both name one, else by region. Forums are told of in each other's
    /// words, so no likeness outweighs this.
    fn tell_other_events(&self) -> bool {
        let elsewhere = if self.both_tell(Kind::EventCity) {
            self.contradict(Kind::EventCity) && !self.confuse_towns()
        } else {
            self.contradict(Kind::EventRegion)
        };
        elsewhere || self.contradict(Kind::EventDay)
    }

    /// One takes for the event's city what both name, in one region: of two towns in
    /// a text either may be the forum's.
    fn confuse_towns(&self) -> bool {
        let cities = || {
            let facts = self.one.iter().chain(self.other);
            facts.filter(|fact| Kind::of(**fact) == Kind::EventCity as u8)
        };
        let mut towns = self
            .shared
            .iter()
            .filter(|fact| Kind::of(**fact) == Kind::Town as u8);
        !self.contradict(Kind::EventRegion)
            && towns.any(|town| cities().any(|city| same_place(*town, *city)))
    }

    /// One says that it is called off or put off, the other that it is to come or was.
    fn is_one_off(&self) -> bool {
        let off = |facts: &[i64]| facts.iter().any(|fact| is_off(*fact));
        self.both_tell(Kind::Stage) && off(self.one) != off(self.other)
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a handful of facts, days in minutes"
    )]
    fn score(&self, within: bool, apart: TimeDelta) -> f64 {
        let mut score = if within { BEFORE } else { BEFORE + ACROSS };
        for (kind, weight, most) in SHARED {
            let part = self.shared_part(kind).unwrap_or_default();
            score += weight * count(&self.shared, kind).min(most) as f64 * part.sqrt();
        }
        let any = ANY_SHARED.iter().filter(|(kind, _)| self.share(*kind));
        score += any.map(|(_, weight)| weight).sum::<f64>();
        let apart_in = CONTRADICTED
            .iter()
            .filter(|(kind, _)| self.contradict(*kind));
        score += apart_in.map(|(_, weight)| weight).sum::<f64>();
        if within && self.contradict(Kind::Quoted) {
            score += QUOTED_CONTRADICTED;
        }
        if self.shared.iter().any(|fact| is_off(*fact)) {
            score += BOTH_OFF;
        }
        let mut day = DAY_APART;
        if self.share(Kind::EventDay) {
            day = DAY_APART_OF_ONE_EVENT;
            if self.share(Kind::EventCity) {
                score += SAME_EVENT;
            }
        }
        score + day * apart.num_minutes().abs() as f64 / (24.0 * 60.0)
    }
}

fn count(facts: &[i64], kind: Kind) -> usize {
    facts
        .iter()
        .filter(|fact| Kind::of(**fact) == kind as u8)
        .count()
}

const fn likeness_needed(tokens: usize) -> f64 {
    if tokens < FEW_TOKENS {
        LIKENESS_MIN_FEW
    } else {
        LIKENESS_MIN
    }
}

/// Jaccard likeness of two sorted sets without repeats; 0 for empty ones.
#[expect(clippy::cast_precision_loss, reason = "a few hundred words")]
fn likeness(one: &[i64], other: &[i64]) -> f64 {
    let shared = one
        .iter()
        .filter(|token| other.binary_search(token).is_ok())
        .count();
    let all = one.len() + other.len() - shared;
    if all == 0 {
        0.0
    } else {
        shared as f64 / all as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_words_are_worth_less_than_others() {
        let worth = |stem: &str| COMMON_WORDS.get(&word_key(stem)).copied().unwrap_or(1.0);
        assert!(worth("форум") < 0.2);
        assert!((worth("ақбөкен") - 1.0).abs() < f64::EPSILON);
        assert!(
            COMMON_WORDS
                .values()
                .all(|worth| (0.0..1.0).contains(worth))
        );
    }

    #[test]
    fn nothing_in_common_is_two_stories() {
        let words: Vec<i64> = (1..20).collect();
        let others: Vec<i64> = (30..50).collect();
        assert_eq!(alike(&words, &others, TimeDelta::zero()), None);
        assert_eq!(alike(&[], &[], TimeDelta::zero()), None);
        assert!(alike(&words, &words, TimeDelta::zero()).is_some());
    }
}
