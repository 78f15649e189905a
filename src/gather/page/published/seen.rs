//! The day a page shows to people, from the likeliest place to the least: beside
//! the title, in elements called after a day, in the data of its scripts, in any
//! short text; and only then in what stands beside the article.

use std::collections::HashSet;
use std::sync::LazyLock;

use dom_query::{NodeId, NodeRef};
use regex::Regex;

use crate::gather::feed::date::Written;

use super::called::{Rank, is_called_day, is_day_only, rank_of};
use super::names::ASIDE_WORDS;
use super::text::{Bounds, SEGMENT_CHARS_MAX, SEGMENT_CHARS_MIN};
use super::{frequent, in_address, labels, pattern};
use crate::gather::page::clutter;
use crate::gather::page::markup::{Page, is_called, letters};

/// The most elements a day is looked for in.
const CANDIDATES_MAX: usize = 1_000;
/// The most elements whose own words are tried one by one.
const SEGMENTS_MAX: usize = 20_000;
/// The most nodes of one element looked through for its first words.
const NODES_MAX: usize = 64;
/// How many nodes after the title belong to it, and how many before.
const AFTER_TITLE: usize = 160;
const BEFORE_TITLE: usize = 40;
/// So many letters in a row are the article's text.
const TEXT_LETTERS: usize = 80;
/// A longer text beside the title is no byline.
const BYLINE_CHARS_MAX: usize = 90;
/// The same before its words are joined.
const BYLINE_BYTES_MAX: usize = 256;
/// A sentence has more words than a byline that ends with a dot.
const BYLINE_WORDS_MAX: usize = 6;

static CALLED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"[dD]ate|[dD]atum|[Mm]eta|time|publish|footer|info|post_detail|block-content|byline|subline|posted|submitted|created-post|publication|author|autor|field-content|fa-clock-o|fa-calendar|fecha|parution|tarih|дата",
    )
});
/// Attributes in which elements keep a day for machines.
const STAMPS: [&str; 7] = [
    "datetime",
    "data-datetime",
    "data-date",
    "data-time",
    "data-timestamp",
    "data-published",
    "data-utime",
];
/// The data scripts build a page from.
static IN_SCRIPT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?i)\b(?:article_?|post_?|page_?|content_?)?(?:date_?published|published_?(?:at|time|date|on)?|publish_?(?:ed)?_?(?:date|time)|publication_?date|pub_?date|first_?published(?:_?at|Date)?)\\?["']?\s?:\s?\\?["']([0-9][^"'\\]{7,39})\\?["']"#,
    )
});
static STAMP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"((?:199[0-9]|20[0-3][0-9])-[01]?[0-9]-[0-3]?[0-9][T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)",
    )
});

/// The day the page shows.
pub fn find(page: &Page, bounds: Bounds, source: &str, title: Option<&str>) -> Option<Written> {
    let seen = Seen {
        page,
        bounds,
        source,
        beside: clutter::beside(page, title),
    };
    let named = seen.named();
    let (aside, own): (Vec<_>, Vec<_>) = named.into_iter().partition(|node| seen.is_aside(node));
    seen.in_abbreviations()
        .or_else(|| seen.near_title(title))
        .or_else(|| seen.in_elements(&own))
        .or_else(|| seen.in_elements(page.tree.select("title,h1").nodes()))
        .or_else(|| seen.in_times(false))
        .or_else(|| seen.ago_near_title(title))
        .or_else(|| seen.in_words(&own))
        .or_else(|| seen.in_script(&IN_SCRIPT))
        .or_else(|| seen.in_segments(false))
        .or_else(|| seen.in_elements(&aside))
        .or_else(|| seen.in_times(true))
        .or_else(|| seen.in_script(&STAMP))
        .or_else(|| seen.in_picture())
        .or_else(|| seen.in_words(&aside))
        .or_else(|| seen.in_segments(true))
        .or_else(|| seen.ago(&own))
        .or_else(|| frequent::find(source, &bounds).map(|day| bounds.of_day(day)))
}

struct Seen<'a> {
    page: &'a Page,
    bounds: Bounds,
    source: &'a str,
    /// What surely stands beside the article.
    beside: HashSet<NodeId>,
}

impl<'a> Seen<'a> {
    fn is_aside(&self, node: &NodeRef<'_>) -> bool {
        std::iter::once(*node)
            .chain(node.ancestors_it(None))
            .any(|above| self.beside.contains(&above.id) || is_called(&above, &ASIDE_WORDS))
    }

    /// The day nearest to the title: after it, up to the text, else before it.
    fn near_title(&self, title: Option<&str>) -> Option<Written> {
        let sides = self.beside_title(title)?;
        sides.iter().find_map(|near| {
            // What is called a day; what is only written; what tells another day.
            let ranks = [Rank::Day, Rank::Words, Rank::Other];
            ranks.into_iter().find_map(|rank| {
                let mut near = near.iter().filter(|node| rank_of(node) == rank);
                near.find_map(|node| self.in_byline(node))
            })
        })
    }

    /// The same of a day counted from today, in an element or a part of a byline
    /// that says nothing else: a sentence may begin with such words.
    fn ago_near_title(&self, title: Option<&str>) -> Option<Written> {
        let sides = self.beside_title(title)?;
        let mut near = sides.iter().flatten().filter(|node| node.is_text());
        near.find_map(|words| {
            let above = words.parent()?;
            if is_silent(&above) || words.text().len() > BYLINE_BYTES_MAX {
                return None;
            }
            let whole = head_text(&above);
            let mut parts = std::iter::once(&*whole).chain(whole.split(['|', '·', '•']));
            let found = parts.find_map(|part| self.bounds.relative(part))?;
            (!follows_change(&above) && !self.is_aside(&above)).then_some(found)
        })
    }

    /// The nodes after the title, up to the text, and those before it.
    fn beside_title(&self, title: Option<&str>) -> Option<[Vec<NodeRef<'a>>; 2]> {
        let body = self.page.tree.body()?;
        let heading = clutter::heading(&body, title)?;
        let inside: HashSet<NodeId> = heading.descendants_it().map(|node| node.id).collect();
        let mut before: Vec<NodeRef<'_>> = Vec::new();
        let mut nodes = body.descendants_it();
        for node in nodes.by_ref() {
            if node.id == heading.id {
                break;
            }
            if before.len() == BEFORE_TITLE * 2 {
                before.drain(..BEFORE_TITLE);
            }
            before.push(node);
        }
        let after = nodes
            .filter(|node| !inside.contains(&node.id))
            .take(AFTER_TITLE)
            .take_while(|node| !node.is_text() || letters(&node.text()) < TEXT_LETTERS);
        let before = before.into_iter().rev().take(BEFORE_TITLE);
        Some([after.collect(), before.collect()])
    }

    fn in_byline(&self, node: &NodeRef<'_>) -> Option<Written> {
        if node.has_name("time") {
            return self.of_time(node).filter(|_| !self.is_aside(node));
        }
        if !node.is_text() {
            let is_own = !follows_change(node) && !self.is_aside(node);
            return self.stamped(node).filter(|_| is_own);
        }
        let text = node.text();
        if !text.bytes().any(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_sentence =
            words.ends_with(['.', '!', '?', '…']) && words.split(' ').count() > BYLINE_WORDS_MAX;
        let above = node.parent()?;
        if words.chars().count() > BYLINE_CHARS_MAX || is_sentence || is_silent(&above) {
            return None;
        }
        let is_short = head_text(&above).chars().count() <= SEGMENT_CHARS_MAX;
        if is_short && follows_change(&above) {
            return None;
        }
        let found = self.shown_first(&words, node).or_else(|| {
            // The day, its month and its year in elements of their own.
            let whole = head_text(&above.parent().unwrap_or(above));
            (letters(&words) == 0 && whole.chars().count() <= SEGMENT_CHARS_MAX)
                .then(|| self.shown_first(&whole, &above))
                .flatten()
        });
        found.filter(|_| !self.is_aside(&above))
    }

    /// A day that an element called after one keeps for machines.
    fn stamped(&self, node: &NodeRef<'_>) -> Option<Written> {
        let is_called = node.has_name("time") || node.has_attr("datetime") || is_called_day(node);
        let mut stamps = STAMPS.iter().filter_map(|name| node.attr(name));
        stamps.find_map(|stamp| self.bounds.told(&stamp).filter(|_| is_called))
    }

    /// A day in an element's words, unless it is of a change.
    fn shown_first(&self, words: &str, node: &NodeRef<'_>) -> Option<Written> {
        if words.chars().count() <= SEGMENT_CHARS_MIN || follows_change(node) {
            return None;
        }
        self.bounds.shown(&labels::of_first(words)?)
    }

    /// Elements called after a day.
    fn named(&self) -> Vec<NodeRef<'a>> {
        let all = self
            .page
            .tree
            .select("[id],[class],[itemprop],[datetime],footer,small,time");
        let called = |node: &&NodeRef<'a>| {
            node.has_name("footer")
                || node.has_name("small")
                || node.has_attr("datetime") && !node.has_name("time")
                || ["id", "class", "itemprop"]
                    .iter()
                    .filter_map(|name| node.attr(name))
                    .any(|name| CALLED.is_match(&name))
        };
        let named = all.nodes().iter().filter(called);
        named.take(CANDIDATES_MAX).copied().collect()
    }

    fn in_abbreviations(&self) -> Option<Written> {
        let all = self.page.tree.select("abbr");
        let mut own = all.nodes().iter().take(CANDIDATES_MAX);
        own.find_map(|abbr| {
            // The days of readers' words, and those of laws a text speaks of.
            if self.is_aside(abbr) || !is_day_only(abbr) {
                return None;
            }
            ["data-utime", "title"]
                .iter()
                .find_map(|name| self.bounds.told(&abbr.attr(name)?))
                .or_else(|| self.bounds.shown(&head_text(abbr)))
        })
    }

    fn in_elements(&self, nodes: &[NodeRef<'_>]) -> Option<Written> {
        let read = |node: &NodeRef<'_>| {
            let stamped = self.stamped(node).filter(|_| !follows_change(node));
            stamped
                .or_else(|| self.shown_first(&head_text(node), node))
                .or_else(|| self.shown_first(&node.attr("title")?, node))
        };
        let any = |node: &NodeRef<'_>| self.shown(&head_text(node));
        let nodes = nodes.iter().take(CANDIDATES_MAX);
        nodes.clone().find_map(read).or_else(|| {
            // A day of a change is better than none.
            nodes.clone().find_map(any)
        })
    }

    fn shown(&self, text: &str) -> Option<Written> {
        (text.chars().count() > SEGMENT_CHARS_MIN)
            .then(|| self.bounds.shown(text))
            .flatten()
    }

    /// The oldest of `time` elements: an article is older than what stands around it.
    fn in_times(&self, aside: bool) -> Option<Written> {
        let times = self.page.tree.select("time");
        let nodes = times.nodes().iter().take(CANDIDATES_MAX);
        let nodes = nodes.filter(|node| self.is_aside(node) == aside);
        let entry = nodes.clone().find(|time| {
            time.has_attr("pubdate")
                || time
                    .class()
                    .is_some_and(|class| class.starts_with("entry-date"))
        });
        entry.and_then(|time| self.of_time(time)).or_else(|| {
            let all = nodes.filter_map(|time| self.of_time(time));
            all.min_by_key(|written| written.at)
        })
    }

    fn of_time(&self, time: &NodeRef<'_>) -> Option<Written> {
        if follows_change(time) {
            return None;
        }
        self.stamped(time).or_else(|| self.shown(&head_text(time)))
    }

    /// "Бүгін, 10:35", "22 ноября, 18:40".
    fn in_words(&self, nodes: &[NodeRef<'_>]) -> Option<Written> {
        nodes
            .iter()
            .find_map(|node| self.bounds.words(&head_text(node)))
    }

    /// "2 сағат бұрын", "Today, 10:35".
    fn ago(&self, nodes: &[NodeRef<'_>]) -> Option<Written> {
        let mut nodes = nodes.iter();
        nodes.find_map(|node| self.bounds.relative(&head_text(node)))
    }

    fn in_script(&self, pattern: &Regex) -> Option<Written> {
        let found = pattern.captures_iter(self.source);
        found
            .take(CANDIDATES_MAX)
            .find_map(|found| self.bounds.told(&found[1]))
    }

    fn in_picture(&self) -> Option<Written> {
        let image = self.page.tree.select_single("meta[property=\"og:image\"]");
        in_address(&image.attr("content")?, &self.bounds).map(|day| self.bounds.of_day(day))
    }

    /// The oldest day that stands alone in an element.
    fn in_segments(&self, aside: bool) -> Option<Written> {
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
                    .filter(|_| self.is_aside(node) == aside)
            })
        });
        own_words
            .take(CANDIDATES_MAX)
            .min_by_key(|written| written.at)
    }
}

/// Whether what is marked, or what stands before it, says that this day is of a change.
fn follows_change(node: &NodeRef<'_>) -> bool {
    let marked = ["class", "itemprop", "id"].iter().any(|name| {
        node.attr(name).is_some_and(|value| {
            let value = value.to_ascii_lowercase();
            (value.contains("modif") || value.contains("updated")) && !value.contains("publi")
        })
    });
    let mut before = node.prev_sibling();
    while let Some(blank) = before.filter(|before| before.text().trim().is_empty()) {
        before = blank.prev_sibling();
    }
    marked
        || before.is_some_and(|before| {
            let text = before.text();
            text.chars().count() <= SEGMENT_CHARS_MAX
                && !text.bytes().any(|byte| byte.is_ascii_digit())
                && labels::announces_change(&text)
        })
}

fn is_silent(node: &NodeRef<'_>) -> bool {
    ["script", "style", "noscript", "template"]
        .iter()
        .any(|tag| node.has_name(tag))
}

/// The first words an element shows.
pub fn head_text(node: &NodeRef<'_>) -> String {
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
