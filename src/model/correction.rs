//! The editor's word on an article: kept apart from what was read in it, and
//! put above every reading, now and later.

use chrono::{DateTime, Utc};

use super::article::ArticleId;
use super::reading::{EventClaim, Kind};
use super::region::Region;
use super::story::StoryId;

/// All the operator has said of one article; what is `None` is left to the reading.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    pub article: ArticleId,
    /// When something was last said.
    pub made: DateTime<Utc>,
    pub kind: Option<Kind>,
    /// `Some(None)`: it tells of no event.
    pub event: Option<Option<EventClaim>>,
    pub region: Option<Region>,
    pub story: Option<StoryWord>,
}

/// The story an article was put into, or taken out to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryWord {
    pub story: StoryId,
    /// Where it goes back to when this is undone.
    pub before: StoryId,
    /// The article it was said to tell the same as, or, for a story of its own,
    /// one it was told apart from.
    pub other: Option<ArticleId>,
}

impl Correction {
    /// Nothing said yet.
    pub fn none(article: ArticleId, made: DateTime<Utc>) -> Self {
        Self {
            article,
            made,
            kind: None,
            event: None,
            region: None,
            story: None,
        }
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::none(self.article.clone(), self.made)
    }

    /// Whether both say the same, whenever they did.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let now = Self {
            made: other.made,
            ..self.clone()
        };
        now == *other
    }
}
