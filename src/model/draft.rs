//! A Draft: what a publisher said, unproven. Text fields are as the document
//! gave them, resolved against its base and with markup sanitised once.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::complaint::Complaint;
use super::region::Region;

/// Who wrote or helped.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// Name, if given.
    pub name: Option<String>,
    /// E-mail address, if given; unchecked.
    pub email: Option<String>,
    /// Home page, if given.
    pub url: Option<String>,
}

/// A publisher's own label.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Category {
    /// The label as machines read it.
    pub term: String,
    /// The vocabulary it belongs to.
    pub scheme: Option<String>,
    /// The label as people read it.
    pub label: Option<String>,
}

/// A file that comes with an entry (RSS `enclosure`, Atom `rel="enclosure"`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Enclosure {
    /// Where it is.
    pub url: String,
    /// Media type, as said.
    pub media_type: Option<String>,
    /// Length in bytes, as said.
    pub length_bytes: Option<u64>,
}

/// What made a feed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Generator {
    /// Program name.
    pub name: Option<String>,
    /// Its home page.
    pub url: Option<String>,
    /// Its version.
    pub version: Option<String>,
}

/// What a document says of itself, beside its entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedHead {
    pub id: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    /// The page the feed belongs to.
    pub link: Option<String>,
    /// Where the feed says it lives.
    pub self_link: Option<String>,
    /// WebSub hubs.
    pub hubs: Vec<String>,
    pub language: Option<String>,
    pub updated: Option<DateTime<Utc>>,
    pub rights: Option<String>,
    pub authors: Vec<Person>,
    pub categories: Vec<Category>,
    pub image: Option<String>,
    pub icon: Option<String>,
    pub logo: Option<String>,
    pub generator: Option<Generator>,
    /// RSS `ttl`, in minutes.
    pub ttl_minutes: Option<u32>,
}

/// An event the desk named in a text's front matter: taken at its word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredEvent {
    pub name: String,
    pub start: NaiveDate,
    pub end: Option<NaiveDate>,
    pub time: Option<NaiveTime>,
    pub city: Option<String>,
    pub region: Option<Region>,
}

/// What a publisher said: one entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Draft {
    /// The publisher's id (`guid`, `atom:id`, JSON Feed `id`).
    pub id: Option<String>,
    /// RSS `isPermaLink`; absent where the format has no such notion.
    pub id_is_permalink: Option<bool>,
    /// Link to the text, resolved against the document's base.
    pub link: Option<String>,
    /// Plain text: markup in titles is taken out, entities resolved.
    pub title: Option<String>,
    pub authors: Vec<Person>,
    pub contributors: Vec<Person>,
    /// Sanitised HTML.
    pub summary_html: Option<String>,
    /// Sanitised HTML.
    pub content_html: Option<String>,
    /// The content (or else the summary) without markup: blocks end in a newline.
    pub text: String,
    pub published: Option<DateTime<Utc>>,
    pub updated: Option<DateTime<Utc>>,
    pub categories: Vec<Category>,
    pub enclosures: Vec<Enclosure>,
    /// BCP 47, as said.
    pub language: Option<String>,
    pub rights: Option<String>,
    /// Link to the comments.
    pub comments: Option<String>,
    /// Title of the feed the entry came from, where it was taken over from another.
    pub source: Option<String>,
    /// Only the desk declares events.
    pub declared_event: Option<DeclaredEvent>,
}

/// All that was read out of one document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Harvest {
    /// `rss20 rss10 rss092 … atom10 atom03 json11 json10 page json telegram sitemap desk`;
    /// `None`: nothing the house can read.
    pub format: Option<&'static str>,
    /// The character encoding used, by its WHATWG name in lower case; `kz-1048`, `pt154`.
    pub encoding: String,
    /// Nothing had to be repaired.
    pub well_formed: bool,
    /// What had to be repaired or left out.
    pub complaints: Vec<Complaint>,
    /// What the document says of itself.
    pub feed: FeedHead,
    /// Its entries, in document order.
    pub drafts: Vec<Draft>,
}
