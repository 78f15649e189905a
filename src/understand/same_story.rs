//! Which articles tell the same thing: MinHash bands find candidates, Jaccard
//! likeness over the telling words decides.
//!
//! Deliberately absent for now: likeness across languages.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::article::{Article, ArticleId};
use crate::model::language::Language;
use crate::model::reading::Reading;
use crate::model::story::{Signature, StoryCandidate, StoryId};
use crate::text::stem::stem_in;
use crate::text::tokens::{Shape, tokens};

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

/// What likeness is found and measured by.
pub fn signature(article: &Article, reading: &Reading) -> Signature {
    let tokens = telling_words(article, reading.language);
    let bands = if tokens.is_empty() {
        Vec::new()
    } else {
        (0..BANDS).map(|band| band_key(band, &tokens)).collect()
    };
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
        .map(|known| (likeness(&signature.tokens, &known.tokens), known))
        .filter(|(likeness, known)| {
            *likeness >= likeness_needed(signature.tokens.len().min(known.tokens.len()))
        })
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

fn telling_words(article: &Article, language: Language) -> Vec<i64> {
    let beginning: String = article.text.chars().take(SIGNED_CHARS_MAX).collect();
    let whole = format!("{}\n{beginning}", article.title);
    let mut words = BTreeSet::new();
    for token in tokens(&whole) {
        if words.len() >= TOKENS_MAX {
            break;
        }
        let long = token.folded.chars().count() >= WORD_CHARS_MIN;
        if token.shape == Shape::Number || (token.shape == Shape::Word && long) {
            let stem = stem_in(&token.folded, language);
            words.insert(hash(0, stem.as_bytes()).cast_signed());
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
