//! A Source: a place to read, and what is remembered of reading it.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use url::Url;

use super::health::Health;
use super::id::string_id;
use super::language::Language;
use super::pace::Pace;
use super::region::Region;

string_id! {
    /// The name of a source in the catalogue: `[a-z0-9-]`, 1 to 64 characters.
    SourceId
}

/// Where a source's articles come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// RSS, Atom or JSON Feed.
    Feed(Url),
    /// A listing page whose links are articles.
    Page { url: Url, rules: PageRules },
    /// A JSON listing read by dotted paths.
    Json { url: Url, rules: JsonRules },
    /// A sitemap, read for its news entries.
    Sitemap(Url),
    /// The public preview of a Telegram channel, `https://t.me/s/name`.
    Telegram(Url),
    /// A folder of the newsroom's own texts.
    Desk(PathBuf),
}

impl Place {
    /// The address asked, where there is one (a desk folder has none).
    pub const fn url(&self) -> Option<&Url> {
        match self {
            Self::Feed(url)
            | Self::Page { url, .. }
            | Self::Json { url, .. }
            | Self::Sitemap(url)
            | Self::Telegram(url) => Some(url),
            Self::Desk(_) => None,
        }
    }

    /// The word the catalogue uses for this kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Feed(_) => "feed",
            Self::Page { .. } => "page",
            Self::Json { .. } => "json",
            Self::Sitemap(_) => "sitemap",
            Self::Telegram(_) => "telegram",
            Self::Desk(_) => "desk",
        }
    }

    /// The rules by which its entries are found, as far as they are given, with the
    /// keys they have in the catalogue and in OPML.
    pub fn rules(&self) -> Vec<(&'static str, &str)> {
        let all = match self {
            Self::Page { rules, .. } => vec![
                ("item", &rules.item),
                ("link", &rules.link),
                ("title", &rules.title),
                ("date", &rules.date),
            ],
            Self::Json { rules, .. } => vec![
                ("items", &rules.items),
                ("id", &rules.id),
                ("link", &rules.link),
                ("title", &rules.title),
                ("content", &rules.content),
                ("date", &rules.date),
                ("author", &rules.author),
                ("image", &rules.image),
            ],
            _ => Vec::new(),
        };
        let given = all.into_iter();
        given
            .filter_map(|(key, rule)| Some((key, rule.as_deref()?)))
            .collect()
    }
}

/// CSS selectors that find a listing page's entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PageRules {
    /// One entry, e.g. `.news-item`; absent: links are found by their shape.
    pub item: Option<String>,
    /// The link inside an entry; absent: its first `a[href]`.
    pub link: Option<String>,
    /// The title inside an entry; absent: the link's text.
    pub title: Option<String>,
    /// The date inside an entry.
    pub date: Option<String>,
}

impl PageRules {
    /// The rules by the keys they have in the catalogue and in OPML.
    pub fn from_keys(mut rule: impl FnMut(&'static str) -> Option<String>) -> Self {
        Self {
            item: rule("item"),
            link: rule("link"),
            title: rule("title"),
            date: rule("date"),
        }
    }
}

/// Dotted paths that find a JSON listing's entries; empty path: the value itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JsonRules {
    /// The array of entries, e.g. `content`; absent: the document itself, or where
    /// listings usually keep it.
    pub items: Option<String>,
    /// Inside an entry: a stable id.
    pub id: Option<String>,
    /// Inside an entry: the link. Also a template such as
    /// `https://host/news/{id}`, its braces holding dotted paths.
    pub link: Option<String>,
    /// Inside an entry: the title.
    pub title: Option<String>,
    /// Inside an entry: the text, plain or HTML.
    pub content: Option<String>,
    /// Inside an entry: the publication date.
    pub date: Option<String>,
    /// Inside an entry: the author's name.
    pub author: Option<String>,
    /// Inside an entry: the address of its picture.
    pub image: Option<String>,
}

impl JsonRules {
    /// The rules by the keys they have in the catalogue and in OPML.
    pub fn from_keys(mut rule: impl FnMut(&'static str) -> Option<String>) -> Self {
        Self {
            items: rule("items"),
            id: rule("id"),
            link: rule("link"),
            title: rule("title"),
            content: rule("content"),
            date: rule("date"),
            author: rule("author"),
            image: rule("image"),
        }
    }
}

/// How much of an outlet's text may be republished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Republish {
    /// An excerpt with the outlet's name and a link.
    #[default]
    Excerpt,
    /// The whole text: the outlet agreed, or it is the newsroom's own.
    Full,
}

/// Whether an article's page is asked for its text, beside the source itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FullTextMode {
    /// Where the source gives only a teaser, and it speaks of a forum.
    #[default]
    Auto,
    /// For every new article.
    Always,
    Never,
}

impl FullTextMode {
    /// All, with the words the catalogue uses.
    pub const WORDS: [(Self, &'static str); 3] = [
        (Self::Auto, "auto"),
        (Self::Always, "always"),
        (Self::Never, "never"),
    ];
}

/// A place to read, as the catalogue describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its name in the catalogue.
    pub id: SourceId,
    /// The outlet's name as readers know it.
    pub name: String,
    /// Where to read.
    pub place: Place,
    /// Home page for readers, if it is not the host of the place.
    pub home: Option<Url>,
    /// What the outlet says it writes in; a hint, never a verdict.
    pub language: Option<Language>,
    /// The region the outlet writes for, when it is a regional one.
    pub region: Option<Region>,
    /// How much may be republished.
    pub republish: Republish,
    /// The usual time between visits; its rhythm moves it.
    pub every: Duration,
    /// Extra header `Accept-Language` for places that answer by it.
    pub accept_language: Option<String>,
    /// `User-Agent` for places that answer no other.
    pub user_agent: Option<String>,
    /// Whether articles' pages are asked for their texts.
    pub full_text: FullTextMode,
    /// Its hub may push to us (WebSub), where it names one.
    pub push: bool,
    /// Switched off in the catalogue: known, never asked.
    pub enabled: bool,
}

impl Source {
    /// Between visits, where the catalogue says nothing.
    pub const EVERY_DEFAULT: Duration = Duration::from_mins(30);

    /// A place of which the catalogue says nothing more.
    pub fn new(id: SourceId, name: impl Into<String>, place: Place) -> Self {
        Self {
            id,
            name: name.into(),
            place,
            home: None,
            language: None,
            region: None,
            republish: Republish::default(),
            every: Self::EVERY_DEFAULT,
            accept_language: None,
            user_agent: None,
            full_text: FullTextMode::default(),
            push: true,
            enabled: true,
        }
    }
}

/// What a server gave to ask conditionally with (RFC 9110 section 8.8). Opaque.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Validators {
    /// `ETag`, as sent.
    pub etag: Option<String>,
    /// `Last-Modified`, as sent.
    pub last_modified: Option<String>,
}

/// What is remembered of a source between visits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceState {
    /// Whose memory this is.
    pub id: SourceId,
    /// Vouch for the articles stored in the same transaction.
    pub validators: Validators,
    /// SHA-256 of the last body, hexadecimal: the same body is not read twice.
    pub body_hash: Option<String>,
    /// Not to be asked before.
    pub next_visit: DateTime<Utc>,
    /// When it was last asked.
    pub last_visit: Option<DateTime<Utc>>,
    /// When it last answered with something usable.
    pub last_success: Option<DateTime<Utc>>,
    /// Failures since then.
    pub failures: u32,
    /// What the last visit came to, for people.
    pub last_result: Option<String>,
    /// Why it is never asked again (410 Gone), until the operator says otherwise.
    pub stopped: Option<String>,
    /// Where a permanent redirect (301, 308) leads, and how many visits in a row saw it.
    pub moved_to: Option<(String, u32)>,
    /// How often it has something new, and asks to be asked.
    pub pace: Pace,
    /// Why the next visit is not sooner, for people.
    pub waits_for: Option<String>,
    /// What its last visits tell of it.
    pub health: Health,
}

impl SourceState {
    /// The memory of a source never asked before: due at once.
    pub fn new(id: SourceId, now: DateTime<Utc>) -> Self {
        Self {
            id,
            validators: Validators::default(),
            body_hash: None,
            next_visit: now,
            last_visit: None,
            last_success: None,
            failures: 0,
            last_result: None,
            stopped: None,
            moved_to: None,
            pace: Pace::default(),
            waits_for: None,
            health: Health::default(),
        }
    }
}
