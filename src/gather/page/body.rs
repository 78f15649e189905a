//! Finds the text of an article page: as the engine tells it, with the page's own
//! markup; else the element that holds the most letters outside of links.
//!
//! Deliberately absent: scores by class names learned from English sites. Only
//! what is never text (menus, share buttons, comments) is left out by name.

use std::cmp::Reverse;
use std::collections::HashMap;

use dom_query::{NodeId, NodeRef};

use super::markup::{Page, is_called};
use super::{engine, projection};

/// A text of fewer characters is no article's.
const BODY_CHARS_MIN: usize = 140;
/// A run of text of fewer characters is a caption or a button.
const RUN_CHARS_MIN: usize = 20;
/// How many levels above a paragraph share in its letters.
const LEVELS: usize = 3;
/// Where the publisher marks the text.
const MARKED: [&str; 2] = ["[itemprop=\"articleBody\"]", "[property=\"articleBody\"]"];
/// Elements that are never part of the text.
const NEVER_TEXT: &str =
    "script,style,noscript,template,nav,aside,footer,form,button,iframe,select";
/// The same, by the words of their class and id.
const NEVER_TEXT_WORDS: [&str; 14] = [
    "share",
    "social",
    "comment",
    "comments",
    "related",
    "recommend",
    "banner",
    "breadcrumb",
    "breadcrumbs",
    "subscribe",
    "tags",
    "menu",
    "navbar",
    "advert",
];

/// The text of a page.
pub struct Body {
    pub html: String,
    /// The same without markup, where the engine told it.
    pub text: Option<String>,
}

/// The page's text, if it has one. Takes out of the tree what is no text.
pub fn find(page: &Page, title: Option<&str>) -> Option<Body> {
    let Some(told) = engine::extract(page) else {
        let html = largest_or_marked(page)?;
        return Some(Body { html, text: None });
    };
    page.tree.select(NEVER_TEXT).remove();
    let html = projection::project(page, &told.text, title).unwrap_or(told.html);
    let text = without_title(&told.text, title);
    Some(Body {
        html,
        text: Some(text.to_owned()),
    })
}

/// A text that begins with its title, without it.
fn without_title<'a>(text: &'a str, title: Option<&str>) -> &'a str {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let is_title = title.is_some_and(|title| title.trim() == first.trim());
    if is_title && !rest.trim().is_empty() {
        rest.trim_start()
    } else {
        text
    }
}

fn largest_or_marked(page: &Page) -> Option<String> {
    page.tree.select(NEVER_TEXT).remove();
    let named: Vec<NodeRef<'_>> = page
        .tree
        .select("[class],[id]")
        .nodes()
        .iter()
        .filter(|node| is_called(node, &NEVER_TEXT_WORDS))
        .copied()
        .collect();
    for node in named {
        node.remove_from_parent();
    }
    let marked = MARKED.iter().find_map(|selector| {
        let found = page.tree.select_single(selector);
        let node = found.nodes().first().copied()?;
        (letters(&node.text()) >= BODY_CHARS_MIN).then_some(node)
    });
    let found = marked.or_else(|| largest(page))?;
    Some(found.inner_html().to_string())
}

fn largest(page: &Page) -> Option<NodeRef<'_>> {
    let mut weights: HashMap<NodeId, Holder<'_>> = HashMap::new();
    let body = page.tree.body()?;
    for node in body.descendants_it().filter(NodeRef::is_text) {
        let letters = letters(&node.text());
        if letters < RUN_CHARS_MIN || node.ancestors_it(None).any(|above| above.has_name("a")) {
            continue;
        }
        // Paragraphs and their inline parts do not hold the text, what is around them does.
        let holders = node.ancestors_it(None).filter(|above| {
            [
                "div",
                "section",
                "article",
                "main",
                "td",
                "blockquote",
                "body",
            ]
            .iter()
            .any(|tag| above.has_name(tag))
        });
        for (level, holder) in holders.take(LEVELS).enumerate() {
            let order = weights.len();
            let known = weights.entry(holder.id).or_insert(Holder {
                node: holder,
                order,
                weight: 0,
            });
            known.weight += letters >> level;
        }
    }
    let best = weights
        .into_values()
        .max_by_key(|holder| (holder.weight, Reverse(holder.order)))?;
    (best.weight >= BODY_CHARS_MIN).then_some(best.node)
}

struct Holder<'a> {
    node: NodeRef<'a>,
    /// Of equals the first met wins, so that the answer is always the same.
    order: usize,
    weight: usize,
}

fn letters(text: &str) -> usize {
    text.chars().filter(|letter| letter.is_alphabetic()).count()
}
