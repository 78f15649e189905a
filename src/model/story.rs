//! A Story: the articles that tell the same thing, whatever outlet and language.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::article::ArticleId;
use super::id::{derive, string_id};

/// How often one article is taken out of the story it was taken out to.
const SPLITS_MAX: usize = 16;

string_id! {
    /// Derived from the first article of the story.
    StoryId
}

impl StoryId {
    /// The id of the story that `first` began.
    pub fn derived(first: &ArticleId) -> Self {
        Self(derive(&["story", first.as_str()]))
    }

    /// The ids of stories that `article` tells alone because the operator said so,
    /// the one for now first: others may have joined that, and the one derived from
    /// the article.
    pub fn own(article: &ArticleId) -> impl Iterator<Item = Self> {
        let alone = Self(derive(&["story", "alone", article.as_str()]));
        let next = |story: &Self| Some(Self(derive(&["story", "apart", &story.0])));
        std::iter::successors(Some(alone), next).take(SPLITS_MAX)
    }
}

/// How likeness between texts is found and measured: see `understand::same_story`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signature {
    /// One for each telling word or fact that the article is found by, the most
    /// telling first: what tells the same thing shares several.
    pub bands: Vec<i64>,
    /// The text's facts and telling words, sorted, without repeats.
    pub tokens: Vec<i64>,
}

/// Bands that a candidate shares at least, of an article that has so many.
const SHARED_BANDS_MIN: usize = 2;
/// Articles looked at in one band, the newest first: a phrase that stands under every
/// text of an outlet must not drag all of them in.
pub const BAND_MAX: usize = 12;
/// Candidates an article is compared with.
const CANDIDATES_MAX: usize = 24;
/// What the bands a candidate shares must be worth together: two that a handful of
/// others share, or many that more do. A band is worth one part of all in it.
const SHARED_WORTH_MIN: f64 = 0.15;

/// The best of those found by the `bands` of one article, each band with all that is
/// in it: who shares most, what is found rarely counting more than what is found
/// often; of several alike the greatest first.
pub fn likeliest<'a, T: Ord + Copy + 'a>(bands: impl Iterator<Item = &'a [T]>) -> Vec<T> {
    let mut found: BTreeMap<T, (usize, f64)> = BTreeMap::new();
    let mut bands_of_own = 0;
    for band in bands {
        bands_of_own += 1;
        #[expect(clippy::cast_precision_loss, reason = "a few dozen")]
        let worth = 1.0 / (1 + band.len()) as f64;
        for one in band {
            let (shared, weight) = found.entry(*one).or_default();
            *shared += 1;
            *weight += worth;
        }
    }
    let needed = SHARED_BANDS_MIN.min(bands_of_own);
    let mut found: Vec<(T, f64)> = found
        .into_iter()
        .filter(|(_, (shared, worth))| *shared >= needed && *worth >= SHARED_WORTH_MIN)
        .map(|(one, (_, weight))| (one, weight))
        .collect();
    found.sort_by(|(one, weight), (other, other_weight)| {
        other_weight.total_cmp(weight).then(other.cmp(one))
    });
    found.truncate(CANDIDATES_MAX);
    found.into_iter().map(|(one, _)| one).collect()
}

/// A story that shares bands with a new article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryCandidate {
    pub story: StoryId,
    pub article: ArticleId,
    pub tokens: Vec<i64>,
    pub dated: DateTime<Utc>,
}
