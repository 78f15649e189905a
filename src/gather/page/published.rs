//! The day a page was published: what it says to machines, then its address, then
//! what it shows to people, then whatever looks most like a day in it.
//!
//! The order is that of Python's htmldate, which was measured on a thousand
//! pages, with the house's own languages and words added. Deliberately absent:
//! the day of a later change.

mod called;
mod frequent;
mod labels;
mod names;
mod seen;
mod site_day;
mod text;

use std::sync::LazyLock;

use dom_query::NodeRef;
use regex::Regex;
use serde_json::{Map, Value};

use crate::gather::feed::date::Written;

use super::json_ld;
use super::markup::Page;
use names::{CHANGED, TOLD};
use text::{Bounds, SEGMENT_CHARS_MAX};

/// The most elements a day is looked for in.
const CANDIDATES_MAX: usize = 1_000;
/// How far a day may be from the address's and still be the same.
const DAYS_APART: i64 = 1;
/// The longest line of the author's name and the day.
const BYLINE_CHARS_MAX: usize = 110;
const BYLINE_WORDS_MAX: usize = 16;
/// The most words of a text that says only a day, the month's name counted.
const DAY_WORDS_MAX: usize = 3;
/// The most of a page's source looked through for a pattern.
const SOURCE_BYTES_MAX: usize = 4 * 1024 * 1024;

static IN_ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"[^0-9]((?:199|20[0-3])[0-9]|20[0-3][0-9])[/_-]([01]?[0-9])[/_-]([0-3]?[0-9])(?:[^0-9]|$)",
    )
});
static IN_JSON: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?i)"datePublished"\s?:\s?"([^"]{8,40})""#));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is tested")
}

/// The day and, where it is told, the moment the page was published.
pub fn find(page: &Page, node: &Map<String, Value>, source: &str) -> Option<Written> {
    let finder = Finder {
        page,
        bounds: Bounds::until(page.received),
        // The days in it are those of the others.
        source: if json_ld::describes_others(page) {
            ""
        } else {
            &source[..source.floor_char_boundary(SOURCE_BYTES_MAX)]
        },
    };
    let told = finder.told(node);
    match (finder.in_addresses(), told) {
        // The address names the day as the outlet counts it, the rest the moment.
        (Some(day), Some(told)) if (told.day - day).num_days().abs() <= DAYS_APART => {
            Some(Written {
                day,
                has_time: told.has_time && told.day == day,
                ..told
            })
        }
        // A slug may speak of another day, and a query asks for one.
        (Some(_), Some(told)) if !finder.is_address_of_day() => Some(told),
        (Some(day), _) => Some(finder.bounds.of_day(day)),
        (None, Some(told)) => Some(told),
        (None, None) => {
            let title = title(page, node);
            let shows_today = site_day::clear(page, &finder.bounds, title.as_deref());
            let found = seen::find(page, finder.bounds, finder.source, title.as_deref());
            // What is still found of it is a trace in the page's source.
            let today = page.received.date_naive();
            found.filter(|found| !shows_today || found.has_time || found.day != today)
        }
    }
}

/// The article's title, as the page tells it.
fn title(page: &Page, node: &Map<String, Value>) -> Option<String> {
    let headline = node.get("headline").and_then(json_ld::text);
    headline
        .or_else(|| page.meta(&["og:title"]))
        .or_else(|| Some(page.tree.select_single("title").text().to_string()))
}

/// The day in an address.
fn in_address(address: &str, bounds: &Bounds) -> Option<chrono::NaiveDate> {
    let found = IN_ADDRESS.captures(address)?;
    bounds.day(&found[1], &found[2], &found[3])
}

/// Whether a text says a day and no more than a word or two beside it.
pub fn is_only_a_day(text: &str, page: &Page) -> bool {
    let text = text.trim();
    // "2026 г." and "2026 ж." end no sentence.
    let text = [" г.", " ж."]
        .iter()
        .find_map(|year| text.strip_suffix(year))
        .unwrap_or(text);
    let words = text
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty())
        .count();
    if words > DAY_WORDS_MAX
        || text.chars().count() > SEGMENT_CHARS_MAX
        || text.ends_with(['.', '!', '?', '…']) && words > 1
    {
        return false;
    }
    let bounds = Bounds::until(page.received);
    let read = bounds.shown(text).or_else(|| bounds.words(text));
    read.or_else(|| bounds.relative(text)).is_some()
}

/// Whether a text above an article's says a day and who wrote it, in no sentence.
pub fn is_byline(text: &str, page: &Page) -> bool {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_short = text.chars().count() <= BYLINE_CHARS_MAX
        && text.split(' ').count() <= BYLINE_WORDS_MAX
        && !text.ends_with(['.', '!', '?', '…']);
    is_short
        && (text.contains(['|', '·', '•']) || labels::begins_byline(&text))
        && Bounds::until(page.received).holds(&text)
}

struct Finder<'a> {
    page: &'a Page,
    bounds: Bounds,
    source: &'a str,
}

impl Finder<'_> {
    fn told(&self, node: &Map<String, Value>) -> Option<Written> {
        let told = node.get("datePublished").and_then(json_ld::text);
        told.and_then(|told| self.bounds.told(&told))
            .or_else(|| self.in_head())
            .or_else(|| self.in_json("application/ld+json", &IN_JSON))
            .or_else(|| {
                let marked = self.page.tree.select("[itemprop=\"datePublished\"]");
                let mut nodes = marked.nodes().iter().take(CANDIDATES_MAX);
                nodes.find_map(|node| self.of_attributes(node))
            })
    }

    /// The first `meta` that tells; a later change where none does.
    fn in_head(&self) -> Option<Written> {
        let mut reserve = None;
        for meta in self
            .page
            .tree
            .select("meta[content],meta[datetime]")
            .nodes()
        {
            let said = meta.attr("content").or_else(|| meta.attr("datetime"));
            let Some(said) = said else { continue };
            let name = ["name", "property", "itemprop", "http-equiv"]
                .iter()
                .find_map(|key| meta.attr(key))
                .map(|name| name.trim().to_ascii_lowercase());
            let Some(name) = name else {
                if meta.has_attr("pubdate") {
                    return self.bounds.told(&said);
                }
                continue;
            };
            if TOLD.contains(&name.as_str()) {
                if let Some(found) = self.bounds.told(&said) {
                    return Some(found);
                }
            } else if CHANGED.contains(&name.as_str()) && reserve.is_none() {
                reserve = self.bounds.told(&said);
            } else if name == "copyrightyear" && reserve.is_none() {
                reserve = self
                    .bounds
                    .day(said.trim(), "1", "1")
                    .map(|day| self.bounds.of_day(day));
            }
        }
        reserve
    }

    fn in_json(&self, kind: &str, pattern: &Regex) -> Option<Written> {
        if json_ld::describes_others(self.page) {
            return None;
        }
        let scripts = self.page.tree.select(&format!("script[type=\"{kind}\"]"));
        scripts.nodes().iter().find_map(|script| {
            let text = script.text();
            let found = pattern.captures_iter(&text).next()?;
            self.bounds.told(&found[1])
        })
    }

    /// Whether the address's day begins a part of its path: an outlet's own order.
    fn is_address_of_day(&self) -> bool {
        self.addresses().any(|address| {
            let path = address.split(['?', '#']).next().unwrap_or_default();
            in_address(path, &self.bounds).is_some()
                && IN_ADDRESS
                    .find(path)
                    .is_some_and(|found| found.as_str().starts_with('/'))
        })
    }

    fn in_addresses(&self) -> Option<chrono::NaiveDate> {
        self.addresses()
            .find_map(|address| in_address(&address, &self.bounds))
    }

    /// The page's own address, and the one it gives as its own.
    fn addresses(&self) -> impl Iterator<Item = String> {
        let canonical = self
            .page
            .tree
            .select_single("link[rel=\"canonical\"]")
            .attr("href");
        let own = self.page.url.as_ref().map(|url| url.as_str().to_owned());
        [own, canonical.map(String::from)].into_iter().flatten()
    }

    fn of_attributes(&self, node: &NodeRef<'_>) -> Option<Written> {
        ["content", "datetime", "title"]
            .iter()
            .find_map(|name| self.bounds.told(&node.attr(name)?))
            .or_else(|| self.bounds.shown(&seen::head_text(node)))
    }
}
