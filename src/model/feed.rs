//! A PublishedFeed: what readers subscribe to, and the entries it holds now.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::article::Article;
use super::event::{Event, VOUCHED_FROM};
use super::language::{Language, Tongue, Trilingual};
use super::reading::{Kind, Reading};
use super::region::Region;
use super::source::{Republish, SourceId};
use super::story::StoryId;
use super::topic::Topic;

/// The longest feed name, in characters.
pub const FEED_NAME_MAX_CHARS: usize = 64;
/// The most events a calendar holds, past ones too: a calendar program deletes
/// what its source no longer lists.
pub const CALENDAR_EVENTS_MAX: u32 = 10_000;

/// The name of a published feed, as it stands in its address: `[a-z0-9-]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeedName(String);

impl FeedName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FeedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that cannot be a feed name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` cannot be a name: expected 1 to 64 of the characters a-z, 0-9 and -, not beginning or ending with -"
)]
pub struct BadName(pub String);

impl FromStr for FeedName {
    type Err = BadName;

    fn from_str(name: &str) -> Result<Self, BadName> {
        if is_name(name) {
            Ok(Self(name.to_owned()))
        } else {
            Err(BadName(name.to_owned()))
        }
    }
}

/// Whether `name` may name a source or a feed.
pub fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= FEED_NAME_MAX_CHARS
        && !name.starts_with('-')
        && !name.ends_with('-')
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Which articles a feed or a profile holds. An empty list excludes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    pub kinds: Vec<Kind>,
    pub languages: Vec<Language>,
    pub regions: Vec<Region>,
    pub topics: Vec<Topic>,
    pub sources: Vec<SourceId>,
}

impl Filter {
    /// Whether an article of `source`, read as `reading`, belongs. Labels below
    /// their threshold count as unknown and match no list.
    pub fn admits(&self, source: &SourceId, reading: &Reading) -> bool {
        let any_region = |region: &Region| {
            reading
                .regions
                .iter()
                .any(|(r, sure)| r == region && sure.is_enough())
        };
        (self.kinds.is_empty()
            || reading
                .shown_kind()
                .is_some_and(|kind| self.kinds.contains(&kind)))
            && (self.languages.is_empty() || self.languages.contains(&reading.shown_language()))
            && (self.regions.is_empty() || self.regions.iter().any(any_region))
            && (self.topics.is_empty()
                || reading
                    .shown_topics()
                    .any(|topic| self.topics.contains(&topic)))
            && (self.sources.is_empty() || self.sources.contains(source))
    }
}

/// A feed as defined in `feeds/published/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedFeed {
    pub name: FeedName,
    pub title: Trilingual,
    pub description: Trilingual,
    /// The tongue of the feed document's own words.
    pub tongue: Tongue,
    pub filter: Filter,
    /// The most entries a document holds.
    pub items_max: usize,
    /// Whether it is also a calendar (`.ics`).
    pub calendar: bool,
    /// Whether the front page lists it (the regional ones stand on a page of their own).
    pub featured: bool,
}

/// One entry of an edition: a story, told by its leading article.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub story: StoryId,
    pub article: Article,
    pub reading: Reading,
    /// The outlet's name as readers know it.
    pub outlet: String,
    pub republish: Republish,
    /// Outlets that tell the same story, and where.
    pub also_told_by: Vec<AlsoTold>,
    /// When the story was added to the house's feeds: the order of entries.
    pub added: DateTime<Utc>,
    /// When a reader would last have noticed a change.
    pub changed: DateTime<Utc>,
}

impl Entry {
    /// The desk's own texts are read at the house: they alone have no page elsewhere.
    pub const fn is_own_desk(&self) -> bool {
        self.article.link.is_none()
    }

    /// On whose word it is told; `None`: enough others tell it too, or the house's
    /// own desk does.
    pub fn teller(&self) -> Option<&SourceId> {
        let is_vouched = self.also_told_by.len() + 1 >= VOUCHED_FROM;
        (!is_vouched && !self.is_own_desk()).then_some(&self.article.source)
    }
}

/// Another outlet's telling of the same story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlsoTold {
    pub outlet: String,
    pub title: String,
    pub link: Option<String>,
    pub language: Language,
}

/// What a feed holds now: newest entry first, and its calendar.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Edition {
    pub entries: Vec<Entry>,
    pub events: Vec<Event>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_in_addresses_and_file_names() {
        assert!("all-forums".parse::<FeedName>().is_ok());
        for bad in ["", "-a", "a-", "A", "a/b", "a.b", "форум", &"a".repeat(65)] {
            assert!(bad.parse::<FeedName>().is_err(), "{bad}");
        }
    }
}
