//! The standfirst of an article: what is said in sentences between the title and where
//! the engine lets the text begin. Themes set it above the element that holds the
//! text, and an engine that picks one element loses it.

use std::collections::HashSet;

use dom_query::{NodeId, NodeRef, Selection};

use super::markup::{Page, is_called, letters};
use super::{projection, published};

/// The most nodes looked through below the title.
const NODES_MAX: usize = 5_000;
/// A block of fewer words may stand in any text.
const WORDS_MIN: usize = 6;
/// A sentence has so many letters, and a stop at its end …
const SENTENCE_LETTERS_MIN: usize = 40;
/// … and with so many it needs none.
const STOPLESS_LETTERS_MIN: usize = 70;
/// A point of a list that sums the article up is no shorter.
const POINT_LETTERS_MIN: usize = 30;
/// More blocks above the text than this are something else.
const BLOCKS_MAX: usize = 12;
/// What is said there of pictures, authors and the site.
const OTHER_WORDS: [&str; 16] = [
    "caption",
    "credit",
    "credits",
    "copyright",
    "author",
    "authors",
    "byline",
    "bio",
    "share",
    "social",
    "banner",
    "player",
    "notice",
    "alert",
    "disclaimer",
    "breadcrumbs",
];
/// What a line about the author begins with, before a name.
const BYLINE_STARTS: [&str; 7] = ["by ", "von ", "par ", "por ", "di ", "автор", "текст:"];
/// How many levels above a block may be called so.
const LEVELS: usize = 3;
/// Elements that hold a block of text.
const HOLDERS: &str = "p,div,section,ul,ol,blockquote,table,h1,h2,h3,h4,h5,h6";

/// The nodes below the title, before anything is taken out of the tree.
pub fn below<'a>(body: &NodeRef<'a>, heading: &NodeRef<'a>) -> HashSet<NodeId> {
    let after = body
        .descendants_it()
        .skip_while(|node| node.id != heading.id);
    after.skip(1).take(NODES_MAX).map(|node| node.id).collect()
}

/// The lead, block by block, where the text begins below it. Takes out of the tree
/// what says the same a second time, as layouts for narrow screens do, and captions
/// between the lead and the text.
pub fn find<'a>(page: &'a Page, below: &HashSet<NodeId>, text: &str) -> Vec<NodeRef<'a>> {
    let Some(body) = page.tree.body() else {
        return Vec::new();
    };
    let text = projection::Places::of(text);
    let mut leads: Vec<NodeRef<'_>> = Vec::new();
    let mut others = Vec::new();
    let mut has_begun = false;
    for node in body.descendants_it() {
        if !node.is_element() || !below.contains(&node.id) {
            continue;
        }
        if node.has_name("figcaption") {
            others.push(node);
        }
        if !is_block(&node) {
            continue;
        }
        let shown = node.text();
        if text.hold(&shown, WORDS_MIN) {
            has_begun = true;
            break;
        }
        if is_lead(page, &node, &shown) {
            if leads.iter().any(|known| known.text() == shown) {
                others.push(node);
            } else {
                leads.push(node);
            }
        }
    }
    if !has_begun || leads.is_empty() || leads.len() > BLOCKS_MAX {
        return Vec::new();
    }
    for node in others {
        node.remove_from_parent();
    }
    leads
}

/// A block of text with no other block inside.
fn is_block(node: &NodeRef<'_>) -> bool {
    ["p", "div", "li"].iter().any(|tag| node.has_name(tag))
        && !Selection::from(*node).select_single(HOLDERS).exists()
}

fn is_lead(page: &Page, node: &NodeRef<'_>, shown: &str) -> bool {
    let count = letters(shown);
    let ends = || {
        shown
            .trim_end()
            .ends_with(['.', '!', '?', '…', '»', '”', '"', '。'])
    };
    let says = if node.has_name("li") {
        count >= POINT_LETTERS_MIN && linked(node) == 0
    } else {
        count >= STOPLESS_LETTERS_MIN || count >= SENTENCE_LETTERS_MIN && ends()
    };
    says && linked(node) * 2 < count
        && !stands_aside(node)
        && !is_teaser(node)
        && !is_of_author(shown)
        && !published::is_byline(shown, page)
}

fn linked(node: &NodeRef<'_>) -> usize {
    if node.ancestors_it(None).any(|above| above.has_name("a")) {
        return usize::MAX / 2;
    }
    letters(&Selection::from(*node).select("a").text())
}

fn stands_aside(node: &NodeRef<'_>) -> bool {
    let levels = || std::iter::once(*node).chain(node.ancestors_it(None));
    levels().any(|level| level.has_name("figure") || level.has_name("figcaption"))
        || levels()
            .take(LEVELS)
            .any(|level| is_called(&level, &OTHER_WORDS))
}

/// Whether a line names who wrote the text, and perhaps what else they do.
fn is_of_author(shown: &str) -> bool {
    let shown = shown.trim();
    let rest = BYLINE_STARTS.iter().find_map(|start| {
        let said = shown.get(..start.len())?;
        (said.to_lowercase() == *start).then(|| &shown[start.len()..])
    });
    rest.is_some_and(|rest| {
        let name = rest.trim_start_matches([':', ' ']);
        let mut words = name.split_whitespace();
        let mut is_name = || {
            words
                .next()
                .is_some_and(|word| word.starts_with(char::is_uppercase))
        };
        is_name() && is_name()
    })
}

/// Below a heading that leads to another article.
fn is_teaser(node: &NodeRef<'_>) -> bool {
    let first = node.parent().map(|above| above.element_children());
    first.into_iter().flatten().any(|beside| {
        let heading = ["h2", "h3", "h4", "h5"]
            .iter()
            .any(|tag| beside.has_name(tag));
        let leads = || Selection::from(beside).select_single("a").exists();
        heading && leads()
            || beside.has_name("a")
                && Selection::from(beside)
                    .select_single("h2,h3,h4,h5")
                    .exists()
    })
}
