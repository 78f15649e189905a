//! Where a site may be read: what an address is, and what its pages, headers and
//! files say of others. Pure: bytes and addresses in, candidates out.
//!
//! Deliberately absent: asking (the caller tries candidates, politely and a
//! bounded number of them), and believing: a candidate is a guess until it is read.

mod page;
mod paths;
mod rank;

use url::Url;

use super::charset;
use super::document::Document;
use super::health::is_challenge;
use super::opml;
use super::page::opening;
use super::sitemap;
use crate::model::source::{JsonRules, PageRules, Place};

pub use page::{Hints, in_page};
pub use paths::{common_paths, usual_sitemaps};
pub use rank::{Gives, gives, score};

/// The most candidates kept of one document: a page may name thousands.
pub const CANDIDATES_MAX: usize = 40;
/// The beginning of a document that tells what it is.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// The longest address looked at.
const ADDRESS_BYTES_MAX: usize = 2_048;
/// Names of a Telegram channel (core.telegram.org/method/account.checkUsername).
const CHANNEL_CHARS: std::ops::RangeInclusive<usize> = 4..=32;
/// First path segments of Telegram links that are no channels.
const NO_CHANNELS: [&str; 12] = [
    "joinchat",
    "share",
    "addstickers",
    "addemoji",
    "addlist",
    "addtheme",
    "iv",
    "proxy",
    "socks",
    "login",
    "telegram",
    "bg",
];

/// How a candidate was come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// The address itself.
    Given,
    /// `<link rel="alternate">` or `rel="feed"`.
    LinkTag,
    /// The header `Link` (RFC 8288).
    LinkHeader,
    /// A link on the page that looks like a feed's.
    Anchor,
    /// `Sitemap:` in robots.txt.
    Robots,
    /// A child of a sitemap index.
    SitemapIndex,
    /// A link to a Telegram channel.
    Telegram,
    /// Where programs of its kind have one.
    CommonPath,
    /// An outline of an OPML file.
    Outline,
    /// The page's own repeating block.
    Block,
}

impl How {
    /// For people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Given => "the address given",
            Self::LinkTag => "named in the page's head",
            Self::LinkHeader => "named in the Link header",
            Self::Anchor => "linked on the page",
            Self::Robots => "named in robots.txt",
            Self::SitemapIndex => "named in the sitemap",
            Self::Telegram => "its Telegram channel",
            Self::CommonPath => "a common path",
            Self::Outline => "named in the OPML",
            Self::Block => "the page's repeating block",
        }
    }

    /// Whether the site itself says so.
    pub const fn is_said(self) -> bool {
        matches!(self, Self::Given | Self::LinkTag | Self::LinkHeader)
    }
}

/// Of what kind a candidate is believed to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Feed,
    Sitemap,
    Telegram,
    Page,
    Json,
}

impl Kind {
    /// The place to read.
    pub fn place(self, url: Url) -> Place {
        match self {
            Self::Feed => Place::Feed(url),
            Self::Sitemap => Place::Sitemap(url),
            Self::Telegram => Place::Telegram(url),
            Self::Page => Place::Page {
                url,
                rules: PageRules::default(),
            },
            Self::Json => Place::Json {
                url,
                rules: JsonRules::default(),
            },
        }
    }
}

/// An address that may be worth reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub url: Url,
    pub kind: Kind,
    pub how: How,
    /// As its link is called.
    pub title: Option<String>,
    /// How a JSON listing is read.
    pub rules: Option<JsonRules>,
}

impl Candidate {
    pub fn new(url: Url, kind: Kind, how: How) -> Self {
        Self {
            url,
            kind,
            how,
            title: None,
            rules: None,
        }
    }

    /// The place to read.
    pub fn place(&self) -> Place {
        match &self.rules {
            Some(rules) => Place::Json {
                url: self.url.clone(),
                rules: rules.clone(),
            },
            None => self.kind.place(self.url.clone()),
        }
    }
}

/// What a document is, as its beginning tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Feed,
    Sitemap,
    SitemapIndex,
    Telegram,
    Opml,
    /// A web page.
    Page,
    /// A question whether we are human.
    Challenge,
    Other,
}

/// Tells what a document is.
pub fn what_is(document: &Document<'_>) -> What {
    if document.url.is_some_and(is_preview) {
        return What::Telegram;
    }
    if document.bytes.starts_with(&[0x1F, 0x8B]) {
        return What::Sitemap;
    }
    let end = document.bytes.len().min(HEAD_BYTES_MAX);
    let text = charset::decode(&document.bytes[..end], document.content_type).text;
    let start = text.trim_start();
    if start.starts_with('{') {
        return What::Feed;
    }
    match first_element(start).as_deref() {
        Some("rss" | "rdf" | "feed" | "channel") => What::Feed,
        Some("urlset") => What::Sitemap,
        Some("sitemapindex") => What::SitemapIndex,
        Some("opml") => What::Opml,
        _ if is_challenge(&text) => What::Challenge,
        Some(_) if opening::is_web_page(&text) || text.to_ascii_lowercase().contains("<html") => {
            What::Page
        }
        _ => What::Other,
    }
}

/// The local name of the first element, in lower case.
fn first_element(text: &str) -> Option<String> {
    let mut rest = text;
    loop {
        let at = rest.find('<')?;
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = &comment[comment.find("-->")?..];
        } else if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let name: String = rest
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '_'))
                .collect();
            let local = name.rsplit(':').next().unwrap_or_default();
            return Some(local.to_ascii_lowercase());
        }
    }
}

/// The address an operator means: with a scheme where there is none, a channel's
/// preview for `@name` and `t.me/name`.
///
/// # Errors
/// What is no address on the web, in words.
pub fn given(text: &str) -> Result<Url, String> {
    let text = text.trim();
    let no_address =
        || format!("`{text}` is no address on the web; expected one such as https://example.kz");
    if text.len() > ADDRESS_BYTES_MAX {
        return Err("the address is too long".to_owned());
    }
    if let Some(name) = text.strip_prefix('@') {
        return preview_of(name).ok_or_else(no_address);
    }
    let whole = if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    let mut url = Url::parse(&whole).map_err(|_| no_address())?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(no_address());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "a user name or password in an address would reach logs; take it out".to_owned(),
        );
    }
    url.set_fragment(None);
    Ok(telegram_preview(&url).unwrap_or(url))
}

/// The preview of the channel a link leads to; `None` where it leads to none.
pub fn telegram_preview(url: &Url) -> Option<Url> {
    if !matches!(
        url.host_str(),
        Some("t.me" | "www.t.me" | "telegram.me" | "telegram.dog")
    ) {
        return None;
    }
    let mut segments = url.path_segments()?.filter(|segment| !segment.is_empty());
    let first = segments.next()?;
    let name = if first == "s" {
        segments.next()?
    } else {
        first
    };
    preview_of(name)
}

fn preview_of(name: &str) -> Option<Url> {
    let is_name = CHANNEL_CHARS.contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_');
    let lower = name.to_ascii_lowercase();
    if !is_name || lower.ends_with("bot") || NO_CHANNELS.contains(&lower.as_str()) {
        return None;
    }
    Url::parse(&format!("https://t.me/s/{name}")).ok()
}

fn is_preview(url: &Url) -> bool {
    url.host_str() == Some("t.me") && url.path().starts_with("/s/")
}

/// Feeds and hubs the header `Link` names.
pub fn in_link_header(header: &str, base: &Url) -> (Vec<Candidate>, Vec<Url>) {
    let mut candidates = Vec::new();
    let mut hubs = Vec::new();
    // A comma may also stand inside an address or a quoted title.
    for part in header.split('<').skip(1).take(CANDIDATES_MAX) {
        let Some((address, rest)) = part.split_once('>') else {
            continue;
        };
        let Some(url) = opening::address(Some(base), address) else {
            continue;
        };
        let rest = rest.to_ascii_lowercase();
        let said = |key: &str| {
            let value = rest.split(';').find_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                (name.trim() == key).then_some(value)
            })?;
            Some(value.trim_matches([' ', ',', '"']).to_owned())
        };
        let rel = said("rel").unwrap_or_default();
        let is = |word: &str| rel.split_whitespace().any(|one| one == word);
        if is("hub") {
            hubs.push(url);
        } else if is("feed")
            || is("alternate") && said("type").is_some_and(|kind| is_feed_type(&kind))
        {
            candidates.push(Candidate::new(url, Kind::Feed, How::LinkHeader));
        }
    }
    (candidates, hubs)
}

/// Whether a media type, as pages write it, means a feed.
fn is_feed_type(kind: &str) -> bool {
    let kind = kind.trim().to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    ["rss", "atom", "feed+json", "rdf"]
        .iter()
        .any(|word| kind.contains(word))
}

/// Sitemaps robots.txt names, those of news first.
pub fn in_robots(file: &[u8], base: &Url) -> Vec<Candidate> {
    let text = String::from_utf8_lossy(file);
    let named = text.lines().filter_map(|line| {
        let (key, value) = line.split_once(':')?;
        let value = value.split('#').next().unwrap_or_default();
        key.trim()
            .eq_ignore_ascii_case("sitemap")
            .then(|| opening::address(Some(base), value))?
    });
    news_first(named, How::Robots)
}

/// The children of a sitemap index, those of news first.
pub fn in_sitemap_index(document: &Document<'_>) -> Vec<Candidate> {
    news_first(
        sitemap::children(document)
            .iter()
            .filter_map(|child| opening::address(document.url, child)),
        How::SitemapIndex,
    )
}

/// The feeds of an OPML list, the first of them.
pub fn in_opml(bytes: &[u8]) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    opml::read(bytes, "", |met| {
        if let opml::Met::Feed(outline) = met
            && candidates.len() < CANDIDATES_MAX
        {
            let mut candidate = Candidate::new(outline.url, Kind::Feed, How::Outline);
            candidate.title = outline.title;
            candidates.push(candidate);
        }
    });
    candidates
}

/// Whether an address is called like what is made to be asked by programs: no
/// leave of robots.txt is needed for it.
pub fn is_made_to_be_asked(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    let is_list = path
        .rsplit_once('.')
        .is_some_and(|(_, ending)| ending == "opml");
    page::looks_like_feed(url) || path.contains("sitemap") || is_list
}

fn news_first(urls: impl Iterator<Item = Url>, how: How) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = urls
        .filter(|url| url.as_str().len() <= ADDRESS_BYTES_MAX)
        .map(|url| Candidate::new(url, Kind::Sitemap, how))
        .collect();
    found.sort_by_key(|candidate| !is_of_news(&candidate.url));
    found.truncate(CANDIDATES_MAX);
    found
}

/// Whether a sitemap is called like one of news.
pub(super) fn is_of_news(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    ["news", "janalyq", "zhanalyq", "novosti", "latest", "google"]
        .iter()
        .any(|word| path.contains(word))
}

/// Addresses with equal keys are one: scheme, `www.`, the last slash and the
/// fragment make no other.
pub fn key(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let port = url
        .port()
        .map_or_else(String::new, |port| format!(":{port}"));
    let query = url
        .query()
        .map_or_else(String::new, |query| format!("?{query}"));
    format!("{host}{port}{}{query}", url.path().trim_end_matches('/'))
}

#[cfg(test)]
mod tests;
