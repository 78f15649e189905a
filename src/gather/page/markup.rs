//! A page as a tree, and the small questions its readers ask of it.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use dom_query::{Document as Tree, NodeRef, Selection};
use url::Url;

use crate::gather::clean;
use crate::gather::document::{DOCUMENT_DEPTH_MAX, Document, PAGE_TAGS_MAX};
use crate::gather::feed::date::{self, Written};
use crate::model::complaint::Complaint;
use crate::model::count::counted;
use crate::model::draft::FeedHead;

use super::opening::{address, line};

/// The longest text tried as a date.
const DATE_CHARS_MAX: usize = 64;

/// The most elements looked at to find one thing.
const CANDIDATES_MAX: usize = 16;

/// A parsed page and where it came from.
pub struct Page {
    pub tree: Tree,
    /// The markup the tree was made of, as far as the limits let it pass.
    pub source: String,
    /// Where it came from.
    pub url: Option<Url>,
    /// What its relative links are resolved against (`<base href>` counts).
    pub base: Option<Url>,
    pub received: DateTime<Tz>,
}

impl Page {
    /// Parses `text`; what a hostile page is not allowed is complained of.
    pub fn parse(text: &str, document: &Document<'_>, complaints: &mut Vec<Complaint>) -> Self {
        let whole = text;
        let text = first_tags(whole);
        if text.len() < whole.len() {
            complaints.push(Complaint::warning(
                "",
                format!("left out what follows tag {PAGE_TAGS_MAX}: no page needs more"),
            ));
        }
        let (tamed, left_out) = clean::cut_towers(text);
        if left_out > 0 {
            complaints.push(Complaint::warning(
                "",
                format!(
                    "left out what is nested deeper than {DOCUMENT_DEPTH_MAX}, or has more attributes or unclosed formatting than any page needs: {}",
                    counted(left_out, "tag")
                ),
            ));
        }
        let tree = Tree::from(tamed.as_ref());
        let declared = tree.select_single("base[href]").attr("href");
        let base = declared
            .and_then(|href| address(document.url, &href))
            .or_else(|| document.url.cloned());
        Self {
            tree,
            source: tamed.into_owned(),
            url: document.url.cloned(),
            base,
            received: document.received,
        }
    }

    /// What the page says of itself.
    pub fn head(&self) -> FeedHead {
        let icon = self.tree.select_single("link[rel~=\"icon\"]").attr("href");
        FeedHead {
            title: self
                .meta(&["og:site_name"])
                .or_else(|| line(&self.tree.select_single("title").inner_html())),
            description: self.meta(&["description", "og:description"]),
            link: self.url.as_ref().map(Url::to_string),
            language: self.language(),
            icon: icon
                .and_then(|href| address(self.base.as_ref(), &href))
                .map(String::from),
            ..FeedHead::default()
        }
    }

    /// The language the page declares, if it does.
    pub fn language(&self) -> Option<String> {
        let root = self.tree.select_single("html");
        let declared = root.attr("lang").or_else(|| root.attr("xml:lang"));
        declared
            .map(|tag| tag.trim().to_owned())
            .filter(|tag| !tag.is_empty())
            .or_else(|| self.meta(&["og:locale", "language", "dc.language"]))
            .map(|tag| tag.replace('_', "-"))
    }

    /// The first of these `meta` elements (by property, name or itemprop) that says anything.
    pub fn meta(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| {
            let selector = format!(
                "meta[property=\"{name}\"],meta[name=\"{name}\"],meta[itemprop=\"{name}\"]"
            );
            let content = self.tree.select_single(&selector).attr("content")?;
            line(&clean::escape(&clean::decode_entities(&content)))
        })
    }

    /// An address on this page, resolved; only http and https.
    pub fn address(&self, raw: &str) -> Option<Url> {
        address(self.base.as_ref(), raw)
    }

    /// The instant a text means, as seen when the page was received.
    pub fn date(&self, text: &str) -> Option<DateTime<Utc>> {
        self.written(text).map(|written| written.at)
    }

    /// The same, with the day as it was written.
    pub fn written(&self, text: &str) -> Option<Written> {
        let text = text.trim();
        if text.chars().count() > DATE_CHARS_MAX {
            return None;
        }
        date::read_written(text, self.received)
    }

    /// Whether a text says how long ago it was, and nothing else.
    pub fn is_ago(&self, text: &str) -> bool {
        date::is_ago(text, self.received)
    }

    /// The instant an element gives: by its machine-readable attribute, else its text.
    pub fn date_of(&self, element: &NodeRef<'_>) -> Option<DateTime<Utc>> {
        ["datetime", "content"]
            .iter()
            .find_map(|name| self.date(&element.attr(name)?))
            .or_else(|| self.date(&text_of(element)))
            .or_else(|| self.date(&spaced_text(element)?))
    }
}

/// The text of an element in one line.
pub fn text_of(element: &NodeRef<'_>) -> String {
    clean::inline_text(&element.inner_html())
}

/// The text of an element, its parts told apart: a day, its month and its year may
/// be elements of their own. Nothing where it says more than a date can.
pub fn spaced_text(element: &NodeRef<'_>) -> Option<String> {
    let mut text = String::new();
    for part in element.descendants_it().filter(NodeRef::is_text) {
        for word in part.text().split_whitespace() {
            if text.len() + word.len() > DATE_CHARS_MAX * 2 {
                return None;
            }
            text.push_str(word);
            text.push(' ');
        }
    }
    Some(text)
}

/// The first elements below `node` that a selector of our own finds, in document order.
pub fn below<'a>(node: &NodeRef<'a>, selector: &str) -> Vec<NodeRef<'a>> {
    let found = Selection::from(*node).select(selector);
    found.nodes().iter().take(CANDIDATES_MAX).copied().collect()
}

/// Whether a class or the id of `node` is made of one of these words. What holds
/// the page's heading is not judged so: `has-banner` on the wrapper of everything
/// names what is in it, not what it is.
pub fn is_called(node: &NodeRef<'_>, words: &[&str]) -> bool {
    let called = [node.class(), node.id_attr()]
        .into_iter()
        .flatten()
        .any(|names| {
            names
                .split(|c: char| !c.is_ascii_alphanumeric())
                .any(|name| words.iter().any(|word| name.eq_ignore_ascii_case(word)))
        });
    called
        && !["html", "body", "main"]
            .iter()
            .any(|tag| node.has_name(tag))
        && below(node, "h1,main").is_empty()
}

/// How many letters a text has.
pub fn letters(text: &str) -> usize {
    text.chars().filter(|letter| letter.is_alphabetic()).count()
}

/// The address of a picture, which lazy pages keep aside.
pub fn picture_address(image: &NodeRef<'_>) -> Option<String> {
    let value = |name: &str| String::from(image.attr(name).unwrap_or_default()).into();
    clean::waiting_address(value).or_else(|| {
        let own = image.attr("src")?.trim().to_owned();
        (!own.is_empty() && !own.starts_with("data:")).then_some(own)
    })
}

/// The beginning of `text` with no more tags than a page may have.
fn first_tags(text: &str) -> &str {
    let beyond = memchr::memchr_iter(b'<', text.as_bytes()).nth(PAGE_TAGS_MAX);
    beyond.map_or(text, |at| &text[..at])
}
