//! What a page says of where its site may be read.

use dom_query::NodeRef;
use url::Url;

use super::{
    ADDRESS_BYTES_MAX, CANDIDATES_MAX, Candidate, How, Kind, is_feed_type, key, telegram_preview,
};
use crate::gather::document::Document;
use crate::gather::page::markup::{Page, is_called, text_of};
use crate::gather::page::opening;
use crate::gather::page::same_site;

/// The most channels taken from one page: a text may name many.
const CHANNELS_MAX: usize = 3;
/// Of so many that were met first.
const CHANNELS_SEEN_MAX: usize = 50;
/// The most pages in other languages.
const VERSIONS_MAX: usize = 3;
/// The most links of a page looked at.
const LINKS_MAX: usize = 20_000;
/// Path segments, without their ending, that mean a feed.
const FEED_SEGMENTS: [&str; 9] = [
    "rss", "rss2", "feed", "feeds", "atom", "rdf", "news-rss", "rss-feed", "rssfeed",
];
const FEED_ENDINGS: [&str; 4] = ["rss", "atom", "rdf", "xml"];
/// Hosts that mean the machine a site was made on.
const MAKERS_HOSTS: [&str; 4] = ["localhost", "127.0.0.1", "0.0.0.0", "laravel.test"];

/// What a page told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hints {
    /// What it names first stands first; at most [`CANDIDATES_MAX`].
    pub candidates: Vec<Candidate>,
    /// Links that were more than that.
    pub left_out: usize,
    /// WebSub hubs.
    pub hubs: Vec<Url>,
    /// The same page in Kazakh, Russian or English.
    pub versions: Vec<Url>,
    /// The outlet's name.
    pub name: Option<String>,
    /// The program that made it, in lower case: WordPress, Bitrix …
    pub made_by: Option<String>,
}

/// Looks through a page: link tags, links to feeds, Telegram channels, hubs.
pub fn in_page(document: &Document<'_>) -> Hints {
    let Ok((text, mut harvest)) = opening::open(document, "page") else {
        return Hints::default();
    };
    let page = Page::parse(&text, document, &mut harvest.complaints);
    let mut hints = Hints {
        name: page
            .meta(&["og:site_name", "application-name"])
            .or_else(|| page.head().title),
        made_by: maker(&page),
        ..Hints::default()
    };
    let mut found = Found::default();
    for link in page
        .tree
        .select("link[href]")
        .nodes()
        .iter()
        .take(LINKS_MAX)
    {
        link_tag(&page, link, &mut found, &mut hints);
    }
    let mut channels = Vec::new();
    for link in page.tree.select("a[href]").nodes().iter().take(LINKS_MAX) {
        anchor(&page, link, &mut found, &mut channels);
    }
    // In a header or footer it is the site's own; in a text it may be anybody's.
    if channels.iter().any(|(own, _)| *own) {
        channels.retain(|(own, _)| *own);
    }
    for (_, url) in channels.into_iter().take(CHANNELS_MAX) {
        found.add(Candidate::new(url, Kind::Telegram, How::Telegram));
    }
    hints.left_out = found.left_out;
    hints.candidates = found.candidates;
    hints
}

/// Candidates, each address once.
#[derive(Default)]
struct Found {
    keys: std::collections::HashSet<String>,
    candidates: Vec<Candidate>,
    left_out: usize,
}

impl Found {
    fn add(&mut self, candidate: Candidate) {
        if candidate.url.as_str().len() > ADDRESS_BYTES_MAX {
            self.left_out += 1;
        } else if self.keys.contains(&key(&candidate.url)) {
        } else if self.candidates.len() >= CANDIDATES_MAX {
            self.left_out += 1;
        } else {
            self.keys.insert(key(&candidate.url));
            self.candidates.push(candidate);
        }
    }
}

fn link_tag(page: &Page, link: &NodeRef<'_>, found: &mut Found, hints: &mut Hints) {
    let said = |name: &str| {
        let value = link.attr(name).unwrap_or_default();
        value.trim().to_lowercase()
    };
    let href = link.attr("href").unwrap_or_default();
    // A template nobody filled in.
    if href.contains("{{") || href.contains("${") {
        return;
    }
    let Some(url) = page.address(&href) else {
        return;
    };
    let rel = said("rel");
    let is = |words: &[&str]| rel.split_whitespace().any(|one| words.contains(&one));
    if is(&["hub"]) {
        hints.hubs.push(url);
        return;
    }
    let kind = said("type");
    // As the standard says, and as it is misspelt.
    let alternate = is(&["alternate", "alternative", "alternates", "altenate"]);
    let is_feed = is(&["feed"])
        || alternate && is_feed_type(&kind)
        || alternate
            && !kind.contains("html")
            && !said("hreflang").contains('-')
            && looks_like_feed(&url)
        || rel.is_empty() && is_feed_type(&kind);
    if is_feed {
        let title = link.attr("title").map(|title| title.trim().to_owned());
        let mut candidate = Candidate::new(url, Kind::Feed, How::LinkTag);
        candidate.title = title.filter(|title| !title.is_empty());
        found.add(repaired(page, candidate));
    } else if alternate && is_version(&said("hreflang")) && is_own(page, &url) {
        let is_new = page.url.as_ref().is_none_or(|own| key(own) != key(&url))
            && !hints.versions.contains(&url);
        if is_new && hints.versions.len() < VERSIONS_MAX {
            hints.versions.push(url);
        }
    }
}

/// The same with the page's host, where the link names the machine the site was
/// made on: frameworks ship with `APP_URL=http://localhost`.
fn repaired(page: &Page, mut candidate: Candidate) -> Candidate {
    let Some(own) = &page.url else {
        return candidate;
    };
    let host = candidate.url.host_str().unwrap_or_default();
    if MAKERS_HOSTS.contains(&host) && own.origin() != candidate.url.origin() {
        let mut url = own.clone();
        url.set_path(candidate.url.path());
        url.set_query(candidate.url.query());
        candidate.url = url;
    }
    candidate
}

fn anchor(page: &Page, link: &NodeRef<'_>, found: &mut Found, channels: &mut Vec<(bool, Url)>) {
    let href = link.attr("href").unwrap_or_default();
    let Some(url) = page.address(&href) else {
        return;
    };
    if let Some(preview) = telegram_preview(&url) {
        if channels.len() < CHANNELS_SEEN_MAX
            && !channels.iter().any(|(_, known)| *known == preview)
        {
            channels.push((stands_in_frame(link), preview));
        }
    } else if is_own(page, &url) && looks_like_feed(&url) {
        let mut candidate = Candidate::new(url, Kind::Feed, How::Anchor);
        candidate.title = Some(text_of(link)).filter(|text| !text.is_empty());
        found.add(candidate);
    }
}

/// Whether a link stands in the site's frame and not in one of its texts.
fn stands_in_frame(link: &NodeRef<'_>) -> bool {
    const WORDS: [&str; 6] = ["header", "footer", "social", "socials", "contacts", "nav"];
    link.ancestors_it(None).any(|above| {
        ["header", "footer", "nav"]
            .iter()
            .any(|tag| above.has_name(tag))
            || is_called(&above, &WORDS)
    })
}

fn is_own(page: &Page, url: &Url) -> bool {
    page.url.as_ref().is_none_or(|own| same_site(own, url))
}

fn is_version(hreflang: &str) -> bool {
    let language = hreflang.split(['-', '_']).next().unwrap_or_default();
    matches!(language, "kk" | "kz" | "ru" | "en")
}

/// Whether an address is called like a feed's.
pub(super) fn looks_like_feed(url: &Url) -> bool {
    let by_query = url.query_pairs().any(|(key, value)| {
        let value = value.to_ascii_lowercase();
        matches!(key.as_ref(), "feed" | "format" | "type" | "output")
            && (value.starts_with("rss") || value == "atom" || value == "feed")
    });
    let path = url.path().to_ascii_lowercase();
    // What readers say is no news.
    if path.contains("comment") {
        return false;
    }
    by_query
        || path.split('/').any(|segment| {
            let (stem, ending) = segment.rsplit_once('.').unwrap_or((segment, ""));
            FEED_SEGMENTS.contains(&stem)
                && !matches!(ending, "html" | "css" | "js" | "svg" | "png")
                || FEED_ENDINGS[..3].contains(&ending)
                || FEED_ENDINGS.contains(&ending)
                    && ["rss", "feed", "atom"]
                        .iter()
                        .any(|word| stem.contains(word))
        })
}

/// The program a page was made by, as it says or as its files tell.
fn maker(page: &Page) -> Option<String> {
    const SIGNS: [(&str, &str); 5] = [
        ("/bitrix/", "bitrix"),
        ("/wp-content/", "wordpress"),
        ("/sites/default/files", "drupal"),
        ("/media/jui/", "joomla"),
        ("/_next/static", "next.js"),
    ];
    page.meta(&["generator"])
        .map(|said| said.to_lowercase())
        .or_else(|| {
            let sign = SIGNS.iter().find(|(sign, _)| page.source.contains(sign));
            sign.map(|(_, maker)| (*maker).to_owned())
        })
}
