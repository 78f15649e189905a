//! An Article: identified and immutable. A changed text is a new revision of
//! the same Article.

use chrono::{DateTime, Utc};
use url::Url;

use super::draft::DeclaredEvent;
use super::id::{derive, string_id};
use super::source::SourceId;

string_id! {
    /// Derived from the source and the publisher's id or canonical link.
    ArticleId
}

impl ArticleId {
    /// The id of what `source` calls `key`.
    pub fn derived(source: &SourceId, key: &str) -> Self {
        Self(derive(&["article", source.as_str(), key]))
    }
}

/// One text of one outlet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    pub id: ArticleId,
    pub source: SourceId,
    /// 1 for the first text seen, one more for each changed text.
    pub revision: u32,
    /// Where readers find it; only http and https.
    pub link: Option<Url>,
    /// Plain text, never empty.
    pub title: String,
    /// Names only.
    pub authors: Vec<String>,
    /// Sanitised HTML: the publisher's summary, may be empty.
    pub summary_html: String,
    /// Sanitised HTML: the text, or the summary where there is no more; may be empty.
    pub content_html: String,
    /// The text without markup, paragraphs separated by a newline.
    pub text: String,
    /// As the publisher said, unless it is unbelievable (see `understand::identity`).
    pub published: Option<DateTime<Utc>>,
    pub updated: Option<DateTime<Utc>>,
    /// When the house first stored it. Never changes.
    pub first_seen: DateTime<Utc>,
    /// Lead image.
    pub image: Option<Url>,
    /// The publisher's labels.
    pub categories: Vec<String>,
    /// BCP 47, as said by the entry or its feed.
    pub declared_language: Option<String>,
    /// Named in the desk's front matter.
    pub declared_event: Option<DeclaredEvent>,
    /// Over everything a reader would notice of what the source gave: equal hash,
    /// same revision. A full text taken from the article's page does not change it.
    pub content_hash: String,
}

impl Article {
    /// The publication time, or when the house first saw it.
    pub fn dated(&self) -> DateTime<Utc> {
        self.published.unwrap_or(self.first_seen)
    }
}

/// What the store knows of an article, as far as deciding needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownArticle {
    pub id: ArticleId,
    pub revision: u32,
    pub content_hash: String,
    pub first_seen: DateTime<Utc>,
    /// The `understand::ENGINE_VERSION` that read it.
    pub engine_version: u32,
    /// How often its page was asked for its full text.
    pub full_text_asked: u32,
    /// When its publisher changed it last, as told with the stored text.
    pub updated: Option<DateTime<Utc>>,
    /// Hashes of what it said in its earlier revisions.
    pub earlier_hashes: Vec<String>,
}

/// What a stored article says, as far as another with its id can be told from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub id: ArticleId,
    pub link: Option<Url>,
    pub title: String,
    pub published: Option<DateTime<Utc>>,
    pub content_hash: String,
    /// Its beginning.
    pub summary_html: String,
    /// Its beginning.
    pub text: String,
}

/// A stored article, as far as one that has its title and its date or none may be it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namesake {
    pub id: ArticleId,
    pub link: Option<Url>,
    pub title: String,
    pub published: Option<DateTime<Utc>>,
    pub content_hash: String,
    pub first_seen: DateTime<Utc>,
}
