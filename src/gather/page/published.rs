//! The day a page was published: what it says to machines, then its address, then
//! what it shows to people, then whatever looks most like a day in it.
//!
//! The order is that of Python's htmldate, which was measured on a thousand
//! pages, with the house's own languages and words added. Deliberately absent:
//! the day of a later change.

mod frequent;
mod names;
mod text;

use std::sync::LazyLock;

use dom_query::NodeRef;
use regex::Regex;
use serde_json::{Map, Value};

use crate::gather::feed::date::Written;

use super::json_ld;
use super::markup::{Page, is_called};
use names::{ASIDE_WORDS, CHANGED, TOLD};
use text::{Bounds, SEGMENT_CHARS_MAX, SEGMENT_CHARS_MIN, of_day};

/// The most elements a day is looked for in.
const CANDIDATES_MAX: usize = 1_000;
/// The most elements whose own words are tried one by one.
const SEGMENTS_MAX: usize = 20_000;
/// The most nodes of one element looked through for its first words.
const NODES_MAX: usize = 64;
/// How far a day may be from the address's and still be the same.
const DAYS_APART: i64 = 1;
/// The most words of a text that says only a day, the month's name counted.
const DAY_WORDS_MAX: usize = 3;
/// The most of a page's source looked through for a pattern.
const SOURCE_BYTES_MAX: usize = 4 * 1024 * 1024;

static CALLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"[dD]ate|[dD]atum|[Mm]eta|time|publish|footer|info|post_detail|block-content|byline|subline|posted|submitted|created-post|publication|author|autor|field-content|fa-clock-o|fa-calendar|fecha|parution",
    )
});
static IN_ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"[^0-9]((?:199|20[0-3])[0-9]|20[0-3][0-9])[/_-]([01]?[0-9])[/_-]([0-3]?[0-9])(?:[^0-9]|$)",
    )
});
static IN_JSON: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?i)"datePublished"\s?:\s?"([^"]{8,40})""#));
/// The data scripts build a page from.
static IN_SCRIPT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)\\?"(?:date_?published|published_?(?:at|time|date|on)?|publish_?(?:ed)?_?(?:date|time)|publication_?date|pub_?date|first_?published(?:_?at|Date)?)\\?"\s?:\s?\\?"([0-9][^"\\]{7,39})\\?""#,
    )
});
static STAMP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"((?:199[0-9]|20[0-3][0-9])-[01]?[0-9]-[0-3]?[0-9][T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)",
    )
});

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is tested")
}

/// The day and, where it is told, the moment the page was published.
pub fn find(page: &Page, node: &Map<String, Value>, source: &str) -> Option<Written> {
    let finder = Finder {
        page,
        bounds: Bounds::until(page.received),
        source: &source[..source.floor_char_boundary(SOURCE_BYTES_MAX)],
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
        (Some(day), _) => Some(of_day(day)),
        (None, Some(told)) => Some(told),
        (None, None) => finder.shown(),
    }
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
    bounds.shown(text).or_else(|| bounds.words(text)).is_some()
}

struct Finder<'a> {
    page: &'a Page,
    bounds: Bounds,
    source: &'a str,
}

impl<'a> Finder<'a> {
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
                reserve = self.bounds.day(said.trim(), "1", "1").map(of_day);
            }
        }
        reserve
    }

    fn in_json(&self, kind: &str, pattern: &Regex) -> Option<Written> {
        let scripts = self.page.tree.select(&format!("script[type=\"{kind}\"]"));
        scripts.nodes().iter().find_map(|script| {
            let text = script.text();
            let found = pattern.captures_iter(&text).next()?;
            self.bounds.told(&found[1])
        })
    }

    fn in_addresses(&self) -> Option<chrono::NaiveDate> {
        let canonical = self
            .page
            .tree
            .select_single("link[rel=\"canonical\"]")
            .attr("href");
        let own = self.page.url.as_ref().map(|url| url.as_str().to_owned());
        [own, canonical.map(String::from)]
            .into_iter()
            .flatten()
            .find_map(|address| self.in_address(&address))
    }

    fn in_address(&self, address: &str) -> Option<chrono::NaiveDate> {
        let found = IN_ADDRESS.captures(address)?;
        self.bounds.day(&found[1], &found[2], &found[3])
    }

    fn of_attributes(&self, node: &NodeRef<'_>) -> Option<Written> {
        ["content", "datetime", "title"]
            .iter()
            .find_map(|name| self.bounds.told(&node.attr(name)?))
            .or_else(|| self.bounds.shown(&head_text(node)))
    }

    /// What people see, from the likeliest place to the least.
    fn shown(&self) -> Option<Written> {
        let named = self.named();
        self.in_abbreviations()
            .or_else(|| self.in_elements(&named))
            .or_else(|| self.in_elements(self.page.tree.select("title,h1").nodes()))
            .or_else(|| self.in_times())
            .or_else(|| self.in_words(&named))
            .or_else(|| self.told_in_source())
            .or_else(|| self.in_segments())
            .or_else(|| frequent::find(self.source, &self.bounds).map(of_day))
    }

    /// Elements called after a day, those of the article itself first.
    fn named(&self) -> Vec<NodeRef<'a>> {
        let all = self
            .page
            .tree
            .select("[id],[class],[itemprop],footer,small,time");
        let mut named: Vec<NodeRef<'a>> = Vec::new();
        for node in all.nodes() {
            let called = ["id", "class", "itemprop"]
                .iter()
                .filter_map(|name| node.attr(name))
                .any(|name| CALLED.is_match(&name));
            if called || node.has_name("footer") || node.has_name("small") {
                named.push(*node);
                if named.len() == CANDIDATES_MAX {
                    break;
                }
            }
        }
        named.sort_by_cached_key(stands_aside);
        named
    }

    fn in_abbreviations(&self) -> Option<Written> {
        let all = self.page.tree.select("abbr");
        all.nodes().iter().take(CANDIDATES_MAX).find_map(|abbr| {
            ["data-utime", "title"]
                .iter()
                .find_map(|name| self.bounds.told(&abbr.attr(name)?))
                .or_else(|| self.bounds.shown(&head_text(abbr)))
        })
    }

    fn in_elements(&self, nodes: &[NodeRef<'_>]) -> Option<Written> {
        nodes.iter().take(CANDIDATES_MAX).find_map(|node| {
            self.shown_in(&head_text(node))
                .or_else(|| self.shown_in(&node.attr("title")?))
        })
    }

    fn shown_in(&self, text: &str) -> Option<Written> {
        (text.chars().count() > SEGMENT_CHARS_MIN)
            .then(|| self.bounds.shown(text))
            .flatten()
    }

    /// The oldest of `time` elements: an article is older than what stands around it.
    fn in_times(&self) -> Option<Written> {
        let times = self.page.tree.select("time");
        let read = |time: &NodeRef<'_>| {
            let stamp = time
                .attr("datetime")
                .and_then(|stamp| self.bounds.told(&stamp));
            stamp.or_else(|| self.shown_in(&head_text(time)))
        };
        let nodes = times.nodes().iter().take(CANDIDATES_MAX);
        let entry = nodes.clone().find(|time| {
            time.has_attr("pubdate")
                || time
                    .class()
                    .is_some_and(|class| class.starts_with("entry-date"))
        });
        entry
            .and_then(read)
            .or_else(|| nodes.filter_map(read).min_by_key(|written| written.at))
    }

    /// "Бүгін, 10:35", "22 ноября, 18:40".
    fn in_words(&self, nodes: &[NodeRef<'_>]) -> Option<Written> {
        nodes
            .iter()
            .find_map(|node| self.bounds.words(&head_text(node)))
    }

    fn told_in_source(&self) -> Option<Written> {
        let first = |pattern: &Regex| {
            let found = pattern.captures_iter(self.source);
            found
                .take(CANDIDATES_MAX)
                .find_map(|found| self.bounds.told(&found[1]))
        };
        first(&IN_SCRIPT).or_else(|| first(&STAMP)).or_else(|| {
            let image = self.page.tree.select_single("meta[property=\"og:image\"]");
            self.in_address(&image.attr("content")?).map(of_day)
        })
    }

    /// The oldest day that stands alone in an element.
    fn in_segments(&self) -> Option<Written> {
        let all = self
            .page
            .tree
            .select("div,h2,h3,h4,li,p,span,time,ul,td,b,em,i,strong,font");
        let own_words = all.nodes().iter().take(SEGMENTS_MAX).flat_map(|node| {
            let words = node.children_it(false).filter(NodeRef::is_text);
            words.filter_map(|words| {
                let words = words.text();
                let words = words.trim();
                let length = words.chars().take(SEGMENT_CHARS_MAX + 1).count();
                (SEGMENT_CHARS_MIN + 1..SEGMENT_CHARS_MAX)
                    .contains(&length)
                    .then(|| self.bounds.shown(words))
                    .flatten()
                    .map(|written| (stands_aside(node), written))
            })
        });
        own_words
            .take(CANDIDATES_MAX)
            .min_by_key(|(aside, written)| (*aside, written.at))
            .map(|(_, written)| written)
    }
}

fn stands_aside(node: &NodeRef<'_>) -> bool {
    std::iter::once(*node)
        .chain(node.ancestors_it(None))
        .any(|above| is_called(&above, &ASIDE_WORDS))
}

/// The first words an element shows.
fn head_text(node: &NodeRef<'_>) -> String {
    let mut text = String::new();
    for part in node
        .descendants_it()
        .take(NODES_MAX)
        .filter(NodeRef::is_text)
    {
        let hidden = part
            .parent()
            .is_some_and(|above| above.has_name("script") || above.has_name("style"));
        if hidden {
            continue;
        }
        let words = part.text();
        let limit = words.floor_char_boundary(SEGMENT_CHARS_MAX * 8);
        for word in words[..limit].split_whitespace() {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(word);
        }
        if text.len() > SEGMENT_CHARS_MAX * 2 {
            break;
        }
    }
    text
}
