//! Which articles tell the same thing: the most telling words and facts of each find
//! candidates that share several of them, and what both tell decides ([`score`]).
//!
//! [`facts`] are names, numbers, days, places and ideas in one form for all
//! languages, kept beside the words as negative numbers.
//!
//! Deliberately absent: locality-sensitive hashing (MinHash). It finds copies; outlets
//! retell each other in words of which one in five is the same, and then two rare
//! words that both use find what no band of minima does.

mod copies;
mod facts;
mod score;
mod shelf;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::article::{Article, ArticleId};
use crate::model::reading::Reading;
use crate::model::story::{Signature, StoryCandidate, StoryId};
use crate::text::tokens::{Shape, Token, tokens};
use copies::{copies, is_copy};
pub(super) use facts::Gathering;
use facts::{Said, facts, recalled, said};
use score::{Told, alike, word_key, worth};
pub use shelf::Shelf;

use super::place::{Mention, mentions};
use super::stems::Stems;

/// The beginning of a long text tells the story; the rest only dilutes it.
const SIGNED_CHARS_MAX: usize = 4_000;
/// Distinct telling words kept.
const TOKENS_MAX: usize = 256;
/// Words shorter than this are mostly grammar.
const WORD_CHARS_MIN: usize = 4;
/// Words an article is found by, …
const FOUND_BY: usize = 24;
/// … up to so many of them from its title.
const FOUND_BY_OF_TITLE: usize = 8;
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
    /// The words it is found by.
    found_by: Vec<i64>,
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
        let title = laid_out.partition_point(|token| token.start < body);
        let of_title = telling_words(&laid_out[..title], &recalled, stems);
        let words = telling_words(laid_out, &recalled, stems);
        Self {
            found_by: words_found_by(&of_title, &words),
            words: words.into_iter().collect(),
            said: said(laid_out, body, places, &recalled, stems),
        }
    }

    /// What the article is found and measured by, read as `reading`.
    pub fn signature(&self, article: &Article, reading: &Reading) -> Signature {
        let (mut facts, found_by) = facts(&self.said, reading, article.dated().date_naive());
        let mut bands = copies(article);
        facts.extend(&bands);
        bands.extend(found_by.iter().chain(&self.found_by));
        // Facts are negative: the whole stays sorted.
        let tokens = facts
            .into_iter()
            .chain(self.words.iter().copied())
            .collect();
        Signature { bands, tokens }
    }
}

/// The story of a candidate near in time that is the same text, else the one whose
/// articles among them are likest taken together, or a new one. An article that is a candidate itself stays where it is.
pub fn join(
    article: &ArticleId,
    dated: DateTime<Utc>,
    signature: &Signature,
    candidates: &[StoryCandidate],
) -> StoryId {
    if let Some(own) = candidates.iter().find(|known| known.article == *article) {
        return own.story.clone();
    }
    let near =
        |known: &&StoryCandidate| known.dated.signed_duration_since(dated).abs() <= APART_MAX;
    let mut copies = candidates.iter().filter(near);
    if let Some(copy) = copies.find(|known| is_copy(&signature.tokens, &known.tokens)) {
        return copy.story.clone();
    }
    let told = Told::of(&signature.tokens);
    let mut stories: BTreeMap<&StoryId, (f64, f64)> = BTreeMap::new();
    for known in candidates.iter().filter(near) {
        let apart = known.dated.signed_duration_since(dated);
        let (all, count) = stories.entry(&known.story).or_default();
        *all += alike(&told, &Told::of(&known.tokens), apart);
        *count += 1.0;
    }
    // One telling may stand between two stories: all of a story have a say.
    let fits = stories
        .into_iter()
        .map(|(story, (all, count))| (all / count, story));
    let fitting = fits.filter(|(fit, _)| *fit > 0.0);
    let best = fitting.max_by(|(fit, story), (other_fit, other)| {
        fit.total_cmp(other_fit).then_with(|| other.cmp(story))
    });
    best.map_or_else(|| StoryId::derived(article), |(_, story)| story.clone())
}

fn telling_words(laid_out: &[Token], recalled: &[bool], stems: &Stems) -> BTreeSet<i64> {
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
    words
}

/// The most telling words of the title, then those of the whole.
fn words_found_by(of_title: &BTreeSet<i64>, words: &BTreeSet<i64>) -> Vec<i64> {
    let mut found_by = most_telling(of_title.iter().copied(), FOUND_BY_OF_TITLE);
    let others = words.iter().filter(|word| !found_by.contains(word));
    let others = most_telling(others.copied(), FOUND_BY - found_by.len());
    found_by.extend(others);
    found_by
}

/// The `most` that are worth most. Of those worth the same any two texts choose alike.
fn most_telling(from: impl Iterator<Item = i64>, most: usize) -> Vec<i64> {
    let mut all: Vec<(f64, i64)> = from.map(|one| (worth(one), one)).collect();
    all.sort_by(|(one, first), (other, second)| {
        other.total_cmp(one).then_with(|| first.cmp(second))
    });
    all.truncate(most);
    all.into_iter().map(|(_, one)| one).collect()
}

/// FNV-1a with a final mix (SplitMix64): fast, stable for ever, and spread well
/// enough to choose by. Not for anything a publisher could gain by colliding.
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
