//! A Story: the articles that tell the same thing, whatever outlet and language.

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
    /// Locality-sensitive keys: two alike texts most likely share one.
    pub bands: Vec<i64>,
    /// Hashes of the text's telling words, sorted, without repeats.
    pub tokens: Vec<i64>,
}

/// A story that shares a band with a new article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryCandidate {
    pub story: StoryId,
    pub article: ArticleId,
    pub tokens: Vec<i64>,
    pub dated: DateTime<Utc>,
}
