//! Which articles tell the same thing: MinHash bands find candidates, Jaccard
//! likeness over the telling words decides.
//!
//! Across languages [`facts`] decide: names, numbers, days, places and ideas,
//! kept beside the words as negative numbers.

mod facts;
mod shelf;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::article::{Article, ArticleId};
use crate::model::language::Language;
use crate::model::reading::Reading;
use crate::model::story::{Signature, StoryCandidate, StoryId};
use crate::text::stem::stem_in;
use crate::text::tokens::{Shape, Token, tokens};
use facts::{Kind, facts};
pub use shelf::Shelf;

/// The beginning of a long text tells the story; the rest only dilutes it.
const SIGNED_CHARS_MAX: usize = 4_000;
/// Distinct telling words kept.
const TOKENS_MAX: usize = 256;
/// Words shorter than this are mostly grammar.
const WORD_CHARS_MIN: usize = 4;
/// With two rows a band, texts of likeness 0.5 share one with probability 0.99.
const BANDS: u64 = 16;
const ROWS: u64 = 2;
/// Shared telling words of all telling words from which texts are one story.
const LIKENESS_MIN: f64 = 0.5;
/// Too few words to be judged by [`LIKENESS_MIN`] …
const FEW_TOKENS: usize = 8;
/// … need this likeness.
const LIKENESS_MIN_FEW: f64 = 0.85;
/// News is retold within days; the same words a year later are next year's.
const APART_DAYS_MAX: i64 = 4;

/// Telling facts whose pairs are looked for across languages.
const FACTS_PAIRED_MAX: usize = 8;
/// What shared facts must be worth together …
const FACTS_SHARED_MIN: u32 = 14;
/// … and of what the text with fewer tells.
const FACTS_LIKENESS_MIN: f64 = 0.5;

/// What likeness is found and measured by.
pub fn signature(article: &Article, reading: &Reading) -> Signature {
    let beginning: String = article.text.chars().take(SIGNED_CHARS_MAX).collect();
    let whole = format!("{}\n{beginning}", article.title);
    let laid_out = tokens(&whole);
    let words = telling_words(&laid_out, reading.language);
    let mut bands: Vec<i64> = if words.is_empty() {
        Vec::new()
    } else {
        (0..BANDS).map(|band| band_key(band, &words)).collect()
    };
    let (facts, telling) = facts(&laid_out, article.title.len(), reading);
    let paired = &telling[..telling.len().min(FACTS_PAIRED_MAX)];
    for (at, one) in paired.iter().enumerate() {
        for other in &paired[at + 1..] {
            let (low, high) = (one.min(other), one.max(other));
            bands.push(hash(low.cast_unsigned(), &high.to_be_bytes()).cast_signed());
        }
    }
    // Facts are negative: the whole stays sorted.
    let tokens = facts.into_iter().chain(words).collect();
    Signature { bands, tokens }
}

/// The story of the likest candidate near in time, or a new one. An article
/// that is a candidate itself stays where it is.
pub fn join(
    article: &ArticleId,
    dated: DateTime<Utc>,
    signature: &Signature,
    candidates: &[StoryCandidate],
) -> StoryId {
    if let Some(own) = candidates.iter().find(|known| known.article == *article) {
        return own.story.clone();
    }
    candidates
        .iter()
        .filter(|known| {
            known.dated.signed_duration_since(dated).abs() <= TimeDelta::days(APART_DAYS_MAX)
        })
        .filter_map(|known| Some((alike(&signature.tokens, &known.tokens)?, known)))
        .max_by(|(one, first), (other, second)| {
            one.total_cmp(other)
                .then_with(|| second.dated.cmp(&first.dated))
                .then_with(|| second.story.cmp(&first.story))
        })
        .map_or_else(
            || StoryId::derived(article),
            |(_, known)| known.story.clone(),
        )
}

/// How alike two texts are, if enough to be one story.
fn alike(one: &[i64], other: &[i64]) -> Option<f64> {
    let (facts, words) = split(one);
    let (other_facts, other_words) = split(other);
    if language_of(facts) != language_of(other_facts) {
        return alike_in_facts(facts, other_facts);
    }
    let likeness = likeness(words, other_words);
    (likeness >= likeness_needed(words.len().min(other_words.len()))).then_some(likeness)
}

/// Facts, then words.
fn split(tokens: &[i64]) -> (&[i64], &[i64]) {
    tokens.split_at(tokens.partition_point(|token| *token < 0))
}

fn language_of(facts: &[i64]) -> Option<i64> {
    let language = |fact: &&i64| Kind::of(**fact) == Kind::Language as u8;
    facts.iter().find(language).copied()
}

/// Across languages: enough is shared, a name or numbers among it, and neither
/// days nor places contradict.
fn alike_in_facts(one: &[i64], other: &[i64]) -> Option<f64> {
    let shared: Vec<i64> = one
        .iter()
        .filter(|fact| other.binary_search(fact).is_ok())
        .copied()
        .collect();
    let count = |facts: &[i64], kind: Kind| {
        facts
            .iter()
            .filter(|fact| Kind::of(**fact) == kind as u8)
            .count()
    };
    let worth = |facts: &[i64]| facts.iter().map(|fact| Kind::worth(*fact)).sum::<u32>();
    let contradict =
        |kind: Kind| count(one, kind) > 0 && count(other, kind) > 0 && count(&shared, kind) == 0;
    let named = count(&shared, Kind::Name) + count(&shared, Kind::Number) > 1;
    let together = worth(&shared);
    let least = worth(one).min(worth(other)).max(1);
    let likeness = f64::from(together) / f64::from(least);
    (named
        && !contradict(Kind::Day)
        && !contradict(Kind::Place)
        && together >= FACTS_SHARED_MIN
        && likeness >= FACTS_LIKENESS_MIN)
        .then_some(likeness)
}

const fn likeness_needed(tokens: usize) -> f64 {
    if tokens < FEW_TOKENS {
        LIKENESS_MIN_FEW
    } else {
        LIKENESS_MIN
    }
}

/// Jaccard likeness of two sorted sets without repeats; 0 for empty ones.
#[expect(clippy::cast_precision_loss, reason = "at most 2 × TOKENS_MAX")]
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

fn telling_words(laid_out: &[Token], language: Language) -> Vec<i64> {
    let mut words = BTreeSet::new();
    for token in laid_out {
        if words.len() >= TOKENS_MAX {
            break;
        }
        let long = token.folded.chars().count() >= WORD_CHARS_MIN;
        if token.shape == Shape::Number || (token.shape == Shape::Word && long) {
            let stem = stem_in(&token.folded, language);
            words.insert((hash(0, stem.as_bytes()) >> 1).cast_signed());
        }
    }
    words.into_iter().collect()
}

fn band_key(band: u64, tokens: &[i64]) -> i64 {
    let mut key = band;
    for row in 0..ROWS {
        let seed = band * ROWS + row + 1;
        let least = tokens
            .iter()
            .map(|token| hash(seed, &token.to_be_bytes()))
            .min()
            .unwrap_or_default();
        key = hash(key, &least.to_be_bytes());
    }
    key.cast_signed()
}

/// FNV-1a with a final mix (SplitMix64): fast, stable for ever, and spread well
/// enough for minima. Not for anything a publisher could gain by colliding.
fn hash(seed: u64, bytes: &[u8]) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for byte in bytes {
        state ^= u64::from(*byte);
        state = state.wrapping_mul(0x0000_0100_0000_01b3);
    }
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests;
