//! Editions as documents: RSS 2.0, Atom 1.0, JSON Feed 1.1, iCalendar, OPML.
//!
//! Pure: the same edition gives the same bytes, so ETag and Last-Modified come
//! from content (design, promise 3: a feed never lies). Labels the house is not
//! sure of are left out. Deliberately absent: the clock, compression (`serve`),
//! and any second sanitising: markup was cleaned on its way in.

pub mod atom;
mod entry;
pub mod icalendar;
pub mod json_feed;
pub mod opml;
pub mod rss;

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sha2::{Digest, Sha256};
use url::Url;

use crate::model::event::Event;
use crate::model::feed::{Edition, PublishedFeed};
use crate::model::id::hex;
use crate::model::language::Tongue;
use crate::model::subscriber::LetterScript;

/// Hexadecimal characters of the content's SHA-256 in an ETag: 128 bits.
const ETAG_CHARS: usize = 32;

/// The house as documents name it.
#[derive(Debug, Clone)]
pub struct Site {
    /// The public address, ending in `/`.
    pub url: Url,
    /// The house's name.
    pub name: String,
    /// The zone of events' local times.
    pub zone: Tz,
}

impl Site {
    /// The address of `path` (no leading slash) on this site.
    pub fn link(&self, path: &str) -> String {
        format!("{}/{path}", self.url.as_str().trim_end_matches('/'))
    }

    /// The front page.
    pub fn home(&self) -> String {
        self.link("")
    }

    /// The address of a feed in one format.
    pub fn feed(&self, feed: &PublishedFeed, format: Format) -> String {
        self.link(&format!("feeds/{}.{}", feed.name, format.extension()))
    }
}

/// The formats a feed is published in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    Rss,
    Atom,
    Json,
    Calendar,
}

impl Format {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Rss, Self::Atom, Self::Json, Self::Calendar];

    /// The end of the address: `rss`, `atom`, `json`, `ics`.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Rss => "rss",
            Self::Atom => "atom",
            Self::Json => "json",
            Self::Calendar => "ics",
        }
    }

    /// Reads [`Format::extension`].
    pub fn from_extension(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|format| format.extension() == text)
    }

    /// The media type as servers name it.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Rss => "application/rss+xml; charset=utf-8",
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Json => "application/feed+json; charset=utf-8",
            Self::Calendar => "text/calendar; charset=utf-8; method=PUBLISH",
        }
    }
}

/// What is served or written to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub bytes: Vec<u8>,
    pub media_type: &'static str,
    /// Strong, with its quotes (RFC 9110 section 8.8.3).
    pub etag: String,
    /// The newest change among the entries; the Unix epoch when there is none.
    pub last_modified: DateTime<Utc>,
}

impl Document {
    fn new(text: String, media_type: &'static str, last_modified: DateTime<Utc>) -> Self {
        let bytes = text.into_bytes();
        let hash = hex(&Sha256::digest(&bytes));
        Self {
            bytes,
            media_type,
            etag: format!("\"{}\"", &hash[..ETAG_CHARS]),
            last_modified,
        }
    }
}

/// The document of `feed` in `format`. A feed without a calendar has an empty
/// one; whether to offer it is the caller's to decide.
pub fn write(format: Format, feed: &PublishedFeed, edition: &Edition, site: &Site) -> Document {
    match format {
        Format::Rss => rss::write(feed, edition, site),
        Format::Atom => atom::write(feed, edition, site),
        Format::Json => json_feed::write(feed, edition, site),
        Format::Calendar => icalendar::write(feed, edition, site),
    }
}

/// One event alone, as a calendar, what the house says of it in `tongue` and `script`;
/// `None`: a calendar cannot write its days.
pub fn write_event(
    event: &Event,
    tongue: Tongue,
    script: LetterScript,
    site: &Site,
) -> Option<Document> {
    icalendar::write_one(event, tongue, script, site)
}

fn newest_change(edition: &Edition) -> DateTime<Utc> {
    edition
        .entries
        .iter()
        .map(|entry| entry.changed)
        .max()
        .unwrap_or(DateTime::UNIX_EPOCH)
}

/// Without the characters XML 1.0 (section 2.2) cannot hold in any spelling;
/// one of them in a title would make the whole feed unreadable.
fn legal(text: &str) -> Cow<'_, str> {
    let is_legal = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
    if text.chars().all(is_legal) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().filter(|c| is_legal(*c)).collect())
    }
}

/// Text as HTML or XML holds it, in content and in attributes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in legal(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
