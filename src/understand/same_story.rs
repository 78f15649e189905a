//! Which articles tell the same thing: MinHash bands over the telling words and pairs
//! of facts find candidates, and what both tell decides ([`score`]).
//!
//! [`facts`] are names, numbers, days, places and ideas in one form for all
//! languages, kept beside the words as negative numbers.

mod facts;
mod score;
mod shelf;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::article::{Article, ArticleId};
use crate::model::reading::Reading;
use crate::model::story::{Signature, StoryCandidate, StoryId};
use crate::text::tokens::{Shape, Token, tokens};
pub(super) use facts::Gathering;
use facts::{Kind, Said, facts, recalled, said};
use score::{alike, word_key};
pub use shelf::Shelf;

use super::place::{Mention, mentions};
use super::stems::Stems;

/// The beginning of a long text tells the story; the rest only dilutes it.
const SIGNED_CHARS_MAX: usize = 4_000;
/// Distinct telling words kept.
const TOKENS_MAX: usize = 256;
/// Words shorter than this are mostly grammar.
const WORD_CHARS_MIN: usize = 4;
/// With two rows a band, texts of likeness 0.5 share one with probability 0.98.
const BANDS: u64 = 14;
const ROWS: u64 = 2;
/// News is retold within days, an announcement within a week or so; the same words a
/// year later are next year's.
pub const APART_MAX: TimeDelta = TimeDelta::days(10);

/// What likeness is found and measured by.
pub fn signature(article: &Article, reading: &Reading) -> Signature {
    let likeness = Likeness::of(article, &mut Stems::of(reading.language));
    likeness.signature(article, reading)
}

/// What the words of an article are compared by, whatever its reading comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Likeness {
    words: Vec<i64>,
    said: Said,
}

impl Likeness {
    /// Of an article by its words alone; `stems` are those of its language.
    pub(super) fn of(article: &Article, stems: &mut Stems) -> Self {
        let beginning: String = article.text.chars().take(SIGNED_CHARS_MAX).collect();
        let whole = format!("{}\n{beginning}", article.title);
        let laid_out = tokens(&whole);
        let places = mentions(&laid_out);
        Self::in_words(&laid_out, article.title.len(), &places, stems)
    }

    /// Whether all words of a text count.
    pub(super) fn is_of_whole(text: &str) -> bool {
        text.len() <= SIGNED_CHARS_MAX || text.chars().count() <= SIGNED_CHARS_MAX
    }

    /// Of words laid out already, with their places; the title's end before byte
    /// `body`.
    pub(super) fn in_words(
        laid_out: &[Token],
        body: usize,
        places: &[Mention],
        stems: &mut Stems,
    ) -> Self {
        for token in laid_out.iter().filter(|token| token.shape != Shape::Mark) {
            stems.learn(&token.folded);
        }
        let recalled = recalled(laid_out);
        Self {
            words: telling_words(laid_out, &recalled, stems),
            said: said(laid_out, body, places, &recalled, stems),
        }
    }

    /// What the article is found and measured by, read as `reading`.
    pub fn signature(&self, article: &Article, reading: &Reading) -> Signature {
        let words = &self.words;
        let mut bands: Vec<i64> = if words.is_empty() {
            Vec::new()
        } else {
            (0..BANDS).map(|band| band_key(band, words)).collect()
        };
        let (facts, telling) = facts(&self.said, reading, article.dated().date_naive());
        for (at, (kind, one)) in telling.iter().enumerate() {
            for (other_kind, other) in &telling[at + 1..] {
                if !Kind::find_together(*kind, *other_kind) {
                    continue;
                }
                let (low, high) = (one.min(other), one.max(other));
                bands.push(hash(low.cast_unsigned(), &high.to_be_bytes()).cast_signed());
            }
        }
        // Facts are negative: the whole stays sorted.
        let tokens = facts.into_iter().chain(words.iter().copied()).collect();
        Signature { bands, tokens }
    }
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
        .filter(|known| known.dated.signed_duration_since(dated).abs() <= APART_MAX)
        .filter_map(|known| {
            let apart = known.dated.signed_duration_since(dated);
            Some((alike(&signature.tokens, &known.tokens, apart)?, known))
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

fn telling_words(laid_out: &[Token], recalled: &[bool], stems: &Stems) -> Vec<i64> {
    let mut words = BTreeSet::new();
    for (token, _) in laid_out
        .iter()
        .zip(recalled)
        .filter(|(_, recalled)| !**recalled)
    {
        if words.len() >= TOKENS_MAX {
            break;
        }
        let long = token.folded.chars().count() >= WORD_CHARS_MIN;
        if token.shape == Shape::Number || (token.shape == Shape::Word && long) {
            let stem = stems.stem(&token.folded);
            words.insert(word_key(stem));
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
