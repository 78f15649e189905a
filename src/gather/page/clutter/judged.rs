//! What each element of a page holds: letters, links, prose, the title.

use std::collections::HashMap;

use dom_query::{NodeId, NodeRef, Selection};

use crate::gather::page::markup::{Page, letters};
use crate::gather::page::same_site;

/// An element's own words are prose from so many letters.
const PROSE_LETTERS: usize = 80;
/// The most nodes of a page that are judged.
const NODES_MAX: usize = 200_000;
const BLOCKS: [&str; 30] = [
    "p",
    "div",
    "section",
    "article",
    "main",
    "aside",
    "td",
    "th",
    "table",
    "ul",
    "ol",
    "li",
    "dl",
    "dd",
    "dt",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "pre",
    "header",
    "footer",
    "nav",
    "form",
    "details",
    "figure",
    "center",
];
const HEADINGS: [&str; 5] = ["h2", "h3", "h4", "h5", "h6"];

/// What an element holds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Weight {
    pub letters: usize,
    pub linked: usize,
    pub links: usize,
    /// Letters of links to other pages.
    away: usize,
    /// Links to other pages.
    links_away: usize,
    /// Letters of elements whose own words are prose.
    pub prose: usize,
    /// Headings that lead on.
    pub headings: usize,
    /// It holds the article's title.
    pub keeps: bool,
}

pub struct Judged<'a> {
    /// In the document's order, the body first.
    pub nodes: Vec<NodeRef<'a>>,
    pub above: Vec<usize>,
    pub weights: Vec<Weight>,
    pub says_title: Vec<bool>,
}

impl<'a> Judged<'a> {
    pub fn of(page: Option<&Page>, body: &NodeRef<'a>, title: Option<&str>) -> Self {
        let mut nodes = vec![*body];
        nodes.extend(body.descendants_it().take(NODES_MAX));
        let index: HashMap<NodeId, usize> = nodes
            .iter()
            .enumerate()
            .map(|(at, node)| (node.id, at))
            .collect();
        let above: Vec<usize> = nodes
            .iter()
            .map(|node| {
                let parent = node.parent().and_then(|above| index.get(&above.id));
                parent.copied().unwrap_or(0)
            })
            .collect();
        let mut judged = Self {
            weights: vec![Weight::default(); nodes.len()],
            says_title: vec![false; nodes.len()],
            nodes,
            above,
        };
        judged.weigh(page, title);
        judged
    }

    fn weigh(&mut self, page: Option<&Page>, title: Option<&str>) {
        let count = self.nodes.len();
        let mut in_link = vec![false; count];
        let mut in_away = vec![false; count];
        let mut block = vec![0; count];
        let mut own = vec![0; count];
        let mut is_silent = vec![false; count];
        for at in 0..count {
            let (node, up) = (self.nodes[at], self.above[at]);
            let goes_out = node.has_name("a") && leads_away(page, &node);
            in_link[at] = in_link[up] || node.has_name("a");
            in_away[at] = in_away[up] || goes_out;
            is_silent[at] = is_silent[up]
                || ["script", "style", "noscript", "template"]
                    .iter()
                    .any(|tag| node.has_name(tag));
            block[at] = if is_block(&node) { at } else { block[up] };
            if node.is_text() && !is_silent[at] {
                let count = letters(&node.text());
                self.weights[at].letters = count;
                if in_link[at] {
                    self.weights[at].linked = count;
                    self.weights[at].away = if in_away[at] { count } else { 0 };
                } else {
                    own[block[at]] += count;
                }
            } else if node.has_name("a") {
                self.weights[at].links = 1;
                self.weights[at].links_away = usize::from(goes_out);
            }
        }
        for (weight, own) in self.weights.iter_mut().zip(&own) {
            weight.prose = if *own >= PROSE_LETTERS { *own } else { 0 };
        }
        for at in self.titles(page, title, &in_away) {
            self.weights[at].keeps = true;
            self.says_title[at] = true;
        }
        for at in (1..count).rev() {
            if is_heading(&self.nodes[at]) {
                // One word of a heading may lead to what it is about, or to its own editor.
                let weight = &mut self.weights[at];
                let leads = weight.links_away > 0 && weight.away * 2 >= weight.letters;
                weight.headings = usize::from(in_away[at] || leads);
            }
            let weight = self.weights[at];
            let up = &mut self.weights[self.above[at]];
            up.letters += weight.letters;
            up.linked += weight.linked;
            up.links += weight.links;
            up.away += weight.away;
            up.links_away += weight.links_away;
            up.prose += weight.prose;
            up.headings += weight.headings;
            up.keeps |= weight.keeps;
        }
    }

    /// The headings that say the title; where some lead on and others don't,
    /// those that don't: the others stand on cards of the same or a like article.
    fn titles(&self, page: Option<&Page>, title: Option<&str>, in_away: &[bool]) -> Vec<usize> {
        let Some(title) = title else {
            return Vec::new();
        };
        let says = |at: &usize| {
            let node = self.nodes[*at];
            (is_heading(&node) || node.has_name("h1")) && is_title(&node, title)
        };
        let all: Vec<usize> = (1..self.nodes.len()).filter(says).collect();
        let leads = |at: &usize| {
            in_away[*at]
                || self.nodes[*at]
                    .element_children()
                    .iter()
                    .any(|child| child.has_name("a") && leads_away(page, child))
        };
        let (linked, plain): (Vec<usize>, Vec<usize>) = all.into_iter().partition(leads);
        if plain.is_empty() { linked } else { plain }
    }

    pub fn total_prose(&self) -> usize {
        self.weights[0].prose
    }
}

/// Whether a link leads to another page: not to a place in its own, as the anchors
/// of sections and of a forum's posts do, and not nowhere.
pub fn leads_away(page: Option<&Page>, link: &NodeRef<'_>) -> bool {
    let Some(href) = link.attr("href") else {
        return false;
    };
    let href = href.trim();
    match href.split_once('#') {
        None => !href.is_empty(),
        // Pages built by scripts tell their addresses so.
        Some((_, place)) if place.starts_with(['!', '/']) => true,
        Some(("", _)) => false,
        Some(_) => page
            .and_then(|page| page.address(href).zip(page.url.as_ref()))
            .is_none_or(|(to, own)| to.host() != own.host() || to.path() != own.path()),
    }
}

/// Whether the headings of all these lead to other sites.
pub fn leads_off(page: &Page, nodes: &[NodeRef<'_>], row: &[usize]) -> bool {
    let Some(own) = page.url.as_ref() else {
        return false;
    };
    row.iter().all(|at| {
        let links = Selection::from(nodes[*at]).select("a[href]");
        let first = links
            .nodes()
            .iter()
            .find(|link| leads_away(Some(page), link));
        let to = first.and_then(|link| page.address(&link.attr("href")?));
        to.is_some_and(|to| !same_site(own, &to))
    })
}

pub fn is_block(node: &NodeRef<'_>) -> bool {
    node.node_name()
        .is_some_and(|name| BLOCKS.contains(&&*name) || name.contains('-'))
}

pub fn is_heading(node: &NodeRef<'_>) -> bool {
    HEADINGS.iter().any(|tag| node.has_name(tag))
}

/// Whether a heading says the title, or most of it.
fn is_title(heading: &NodeRef<'_>, title: &str) -> bool {
    let said = folded(&heading.text());
    let title = folded(title);
    !said.is_empty()
        && (said == title
            || said.len() * 2 > title.len() && title.contains(&said)
            || title.len() * 2 > said.len() && said.contains(&title))
}

fn folded(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
