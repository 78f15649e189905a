//! A Story: the articles that tell the same thing, whatever outlet and language.

use chrono::{DateTime, Utc};

use super::article::ArticleId;
use super::id::{derive, string_id};

string_id! {
    /// Derived from the first article of the story.
    StoryId
}

impl StoryId {
    /// The id of the story that `first` began.
    pub fn derived(first: &ArticleId) -> Self {
        Self(derive(&["story", first.as_str()]))
    }

    /// The id of the story that `article` tells alone because the operator said
    /// so: others may have joined the one derived from it.
    pub fn alone(article: &ArticleId) -> Self {
        Self(derive(&["story", "alone", article.as_str()]))
    }

    /// The id of the story after this one, for an article taken out once more.
    #[must_use]
    pub fn apart(&self) -> Self {
        Self(derive(&["story", "apart", &self.0]))
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
