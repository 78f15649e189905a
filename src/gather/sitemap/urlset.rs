//! The entries of a `urlset`, gathered element by element.

use chrono::DateTime;
use chrono_tz::Tz;
use url::Url;

use crate::gather::document::DOCUMENT_ENTRIES_MAX;
use crate::gather::feed::date::{self, FeedClock};
use crate::gather::page::opening::{Findings, address, line, picture};
use crate::model::complaint::Complaint;
use crate::model::draft::{Category, Draft, Harvest};

use super::FIELD_BYTES_MAX;
use super::newest::Newest;

/// The most labels of one entry.
const KEYWORDS_MAX: usize = 30;
/// The most children of an index: the protocol's own limit.
pub const CHILDREN_MAX: usize = 50_000;

/// What an element's text is, by the element's local name and those it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Address,
    Modified,
    NewsTitle,
    NewsDate,
    NewsKeywords,
    Publication,
    Language,
    ImageAddress,
}

/// One `url` or `sitemap` element, as written.
#[derive(Default)]
struct Raw {
    address: String,
    modified: String,
    title: String,
    date: String,
    keywords: String,
    publication: String,
    language: String,
    image: String,
}

/// A sitemap an index names, as written.
pub struct Child {
    pub address: String,
    /// `lastmod`.
    pub modified: String,
}

/// What has been read of a sitemap.
pub struct UrlSet<'a> {
    /// The local name of the outermost element.
    pub root: Option<String>,
    /// What an index names.
    pub children: Vec<Child>,
    url: Option<&'a Url>,
    received: DateTime<Tz>,
    entries: Newest<Raw>,
    current: Option<Raw>,
    /// Inside `news:news`: videos have titles and dates of their own.
    in_news: bool,
    /// Inside `news:publication`, where `name` is the outlet's.
    in_publication: bool,
    /// Inside `image:image`, where `loc` is the picture's.
    in_image: bool,
    field: Option<Field>,
}

impl<'a> UrlSet<'a> {
    pub const fn new(url: Option<&'a Url>, received: DateTime<Tz>) -> Self {
        Self {
            root: None,
            children: Vec::new(),
            url,
            received,
            entries: Newest::new(),
            current: None,
            in_news: false,
            in_publication: false,
            in_image: false,
            field: None,
        }
    }

    /// Whether no more is taken.
    pub const fn is_full(&self) -> bool {
        self.children.len() >= CHILDREN_MAX
    }

    /// An element begins.
    pub fn open(&mut self, name: &str) {
        if self.root.is_none() {
            self.root = Some(name.to_owned());
            return;
        }
        if matches!(name, "url" | "sitemap") {
            // One that was never closed ends where the next begins.
            self.take_current();
            self.current = Some(Raw::default());
            self.in_image = false;
            self.in_news = false;
            self.in_publication = false;
        }
        self.in_news |= name == "news";
        self.in_publication |= name == "publication";
        self.in_image |= name == "image";
        self.field = match name {
            "loc" if self.in_image => Some(Field::ImageAddress),
            "loc" => Some(Field::Address),
            "lastmod" => Some(Field::Modified),
            "title" if self.in_news => Some(Field::NewsTitle),
            "publication_date" if self.in_news => Some(Field::NewsDate),
            "keywords" if self.in_news => Some(Field::NewsKeywords),
            "name" if self.in_publication => Some(Field::Publication),
            "language" if self.in_publication => Some(Field::Language),
            _ => None,
        };
    }

    /// An element ends.
    pub fn close(&mut self, name: &str) {
        self.field = None;
        match name {
            "news" => self.in_news = false,
            "publication" => self.in_publication = false,
            "image" => self.in_image = false,
            "url" | "sitemap" => self.take_current(),
            _ => {}
        }
    }

    /// Text of the element that is open.
    pub fn push(&mut self, text: &str) {
        let (Some(field), Some(raw)) = (self.field, self.current.as_mut()) else {
            return;
        };
        let kept = match field {
            Field::Address => &mut raw.address,
            Field::Modified => &mut raw.modified,
            Field::NewsTitle => &mut raw.title,
            Field::NewsDate => &mut raw.date,
            Field::NewsKeywords => &mut raw.keywords,
            Field::Publication => &mut raw.publication,
            Field::Language => &mut raw.language,
            Field::ImageAddress => &mut raw.image,
        };
        let room = FIELD_BYTES_MAX.saturating_sub(kept.len());
        kept.push_str(&text[..text.floor_char_boundary(room)]);
    }

    /// Hands over the entries.
    pub fn harvest(mut self, harvest: &mut Harvest) {
        self.take_current();
        let count = self.entries.count();
        let entries = std::mem::replace(&mut self.entries, Newest::new()).into_entries();
        if count > DOCUMENT_ENTRIES_MAX {
            let message = format!(
                "has {count} addresses; the newest {DOCUMENT_ENTRIES_MAX} are read, the rest is left out"
            );
            harvest.complaints.push(Complaint::warning("", message));
        }
        if entries.is_empty() {
            let empty = Complaint::warning("", "the sitemap has no addresses");
            harvest.complaints.push(empty);
        }
        let clock = self.clock(&entries);
        let mut findings = Findings::default();
        for (number, raw) in &entries {
            let draft = self.draft(raw, *number, &clock, &mut findings);
            harvest.drafts.extend(draft);
        }
        harvest.feed.title = entries.iter().find_map(|(_, raw)| plain(&raw.publication));
        harvest.feed.language = entries.iter().find_map(|(_, raw)| plain(&raw.language));
        harvest.feed.link = self.url.map(Url::to_string);
        harvest.complaints.extend(findings.complaints());
    }

    /// The clock its times without a zone were told by.
    fn clock(&self, entries: &[(usize, Raw)]) -> FeedClock {
        let clock = FeedClock::new(self.received);
        for (_, raw) in entries {
            clock.read(raw.date.trim());
            clock.read(raw.modified.trim());
        }
        clock.proved().unwrap_or(clock)
    }

    fn draft(
        &self,
        raw: &Raw,
        number: usize,
        clock: &FeedClock,
        findings: &mut Findings,
    ) -> Option<Draft> {
        let Some(link) = address(self.url, &raw.address) else {
            findings.note_said(
                "loc",
                "is no address on the web; left out",
                number,
                &raw.address,
            );
            return None;
        };
        let mut date_of = |key: &str, told: &str| {
            let told = told.trim();
            let date = clock.read(told);
            if date.is_none() && !told.is_empty() {
                findings.note_said(key, "cannot be read as a date", number, told);
            }
            date
        };
        let mut draft = Draft {
            link: Some(link.to_string()),
            title: plain(&raw.title),
            published: date_of("publication_date", &raw.date),
            updated: date_of("lastmod", &raw.modified),
            language: plain(&raw.language),
            enclosures: address(self.url, &raw.image)
                .map(|url| picture(&url))
                .into_iter()
                .collect(),
            ..Draft::default()
        };
        let keywords = raw.keywords.split(',').filter_map(plain);
        draft.categories = keywords
            .take(KEYWORDS_MAX)
            .map(|term| Category {
                term,
                ..Category::default()
            })
            .collect();
        if draft.title.is_none() {
            findings.note(
                "",
                "has no news title: only that it exists is known",
                number,
            );
        }
        Some(draft)
    }

    fn take_current(&mut self) {
        self.field = None;
        let Some(raw) = self.current.take() else {
            return;
        };
        if self.root.as_deref() == Some("sitemapindex") {
            self.children.push(Child {
                address: raw.address.trim().to_owned(),
                modified: raw.modified,
            });
        } else {
            let read = |told: &str| date::read(told.trim(), self.received);
            let date = read(&raw.date).or_else(|| read(&raw.modified));
            let is_titled = !raw.title.trim().is_empty();
            self.entries.push(raw, date, is_titled);
        }
    }
}

/// A field in one line. Some outlets escape twice, as feeds do.
fn plain(text: &str) -> Option<String> {
    line(text)
}
