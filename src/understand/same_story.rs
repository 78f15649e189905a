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
use crate::model::reading::Reading;
use crate::model::story::{Signature, StoryCandidate, StoryId};
use crate::text::tokens::{Shape, Token, tokens};
use facts::{Kind, Said, facts, said};
pub use shelf::Shelf;

use super::place::{Mention, mentions};
use super::stems::Stems;

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

/// An announcement and what came of it are told in the same words; only such
/// likeness is a matter of how the texts were read.
const LIKENESS_MIN_OF_STAGES: f64 = 0.8;

/// What shared facts must be worth together, and of what the text with fewer
/// tells: much of a long text, or nearly all of a short one.
const FACTS_SHARED_MIN: [(u32, f64); 2] = [(12, 0.4), (8, 0.7)];
/// Names and numbers that make one thing of what is told …
const TELLING_MIN: usize = 2;
/// … and where the event's day and place are the same. None is needed where its
/// subject is the same too.
const TELLING_MIN_SAME_DAY: usize = 1;

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
        Self {
            words: telling_words(laid_out, stems),
            said: said(laid_out, body, places, stems),
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
        for (at, (_, one)) in telling.iter().enumerate() {
            for (_, other) in &telling[at + 1..] {
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
    let facts = Compared::of(facts, other_facts);
    if facts.tell_other_events() {
        return None;
    }
    if facts.contradict(Kind::Language) {
        return facts.alike();
    }
    let likeness = likeness(words, other_words);
    let mut needed = likeness_needed(words.len().min(other_words.len()));
    if facts.contradict(Kind::Stage) {
        needed = needed.max(LIKENESS_MIN_OF_STAGES);
    }
    (likeness >= needed).then_some(likeness)
}

/// Facts, then words.
fn split(tokens: &[i64]) -> (&[i64], &[i64]) {
    tokens.split_at(tokens.partition_point(|token| *token < 0))
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

    /// Both tell of it, and nothing alike.
    fn contradict(&self, kind: Kind) -> bool {
        count(self.one, kind) > 0 && count(self.other, kind) > 0 && !self.share(kind)
    }

    /// Both are sure of an event, and it is on another day or elsewhere: by city
    /// where both name one, else by region. Forums are told of in each other's
    /// words, so no likeness outweighs this.
    fn tell_other_events(&self) -> bool {
        let both = |kind| count(self.one, kind) > 0 && count(self.other, kind) > 0;
        let place = if both(Kind::EventCity) {
            Kind::EventCity
        } else {
            Kind::EventRegion
        };
        self.contradict(place) || self.contradict(Kind::EventDay)
    }

    /// Across languages: enough is shared, names or numbers among it, and neither
    /// days, places nor what became of the forum contradict. Forums of one day and
    /// town without a name in common are told apart by what they are about, and other
    /// news by its numbers.
    fn alike(&self) -> Option<f64> {
        let names = count(&self.shared, Kind::Name);
        let telling = names + count(&self.shared, Kind::Number);
        let same_day = self.share(Kind::Day) && self.share(Kind::Place);
        let is_one = telling >= TELLING_MIN
            || (same_day && (telling >= TELLING_MIN_SAME_DAY || self.share(Kind::Subject)));
        let worth = |facts: &[i64]| facts.iter().map(|fact| Kind::worth(*fact)).sum::<u32>();
        let together = worth(&self.shared);
        let least = worth(self.one).min(worth(self.other)).max(1);
        let likeness = f64::from(together) / f64::from(least);
        let apart = [Kind::Day, Kind::Place, Kind::Stage]
            .into_iter()
            .any(|kind| self.contradict(kind))
            || (names == 0 && self.contradict(Kind::Subject))
            || (!same_day && self.contradict(Kind::Number));
        let is_enough = FACTS_SHARED_MIN
            .iter()
            .any(|(worth, share)| together >= *worth && likeness >= *share);
        (is_one && !apart && is_enough).then_some(likeness)
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

fn telling_words(laid_out: &[Token], stems: &Stems) -> Vec<i64> {
    let mut words = BTreeSet::new();
    for token in laid_out {
        if words.len() >= TOKENS_MAX {
            break;
        }
        let long = token.folded.chars().count() >= WORD_CHARS_MIN;
        if token.shape == Shape::Number || (token.shape == Shape::Word && long) {
            let stem = stems.stem(&token.folded);
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
