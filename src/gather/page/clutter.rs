//! Takes out of an article page what stands around and inside its text and is no
//! part of it: menus, cards and links to other articles, readers' comments, what
//! is asked of the reader.
//!
//! Decided by shape (links without sentences, cards in a row, a second article)
//! and by name (`clutter.tsv`). Nothing goes by its name that holds much of the
//! page's prose: themes name whole pages after what is beside the text.

mod cards;
mod judged;
mod shelves;
mod tongues;

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use dom_query::{NodeId, NodeRef, Selection};

use super::markup::Page;
use super::names::Names;
pub use judged::leads_away;
use judged::{Judged, is_block, is_heading};

/// On a page with less prose nothing is judged: it may be all there is.
const PROSE_MIN: usize = 200;
/// What is named as clutter holds less of the page's prose than this, in tenths.
const NAMED_TENTHS_MAX: usize = 3;
/// A box of links says so little beside each link …
const BESIDE_LINK_MAX: usize = 30;
/// … and at least this much of it is linked, in tenths.
const LINKED_TENTHS_MIN: usize = 7;
/// One link alone on its line leads to another article if it is so long.
const LONE_LINK_LETTERS_MIN: usize = 15;
/// A label, such as the one above a box of links, is no longer.
const LABEL_LETTERS_MAX: usize = 40;
/// What is asked of the reader is said in no more.
const ASKING_LETTERS_MAX: usize = 180;

/// Where an article says its day.
const DATED: &str = "time,[class*=\"date\"],[class*=\"meta\"],[itemprop=\"datePublished\"]";
/// Elements that stand beside the text by what they are.
const BESIDE: [&str; 6] = ["nav", "aside", "footer", "amp-sidebar", "dialog", "menu"];

static NAMES: LazyLock<Names> = LazyLock::new(Names::read);

/// Takes the clutter out of the page's tree.
pub fn clear(page: &Page, title: Option<&str>) {
    let Some(body) = page.tree.body() else { return };
    let judged = Judged::of(Some(page), &body, title);
    if judged.total_prose() < PROSE_MIN {
        return;
    }
    for node in judged.clutter(page) {
        node.remove_from_parent();
    }
}

/// What surely stands beside the article: cards of others, other articles, what
/// readers wrote.
pub fn beside(page: &Page, title: Option<&str>) -> HashSet<NodeId> {
    let Some(body) = page.tree.body() else {
        return HashSet::new();
    };
    let judged = Judged::of(Some(page), &body, title);
    let readers = (1..judged.nodes.len()).filter(|at| {
        is_block(&judged.nodes[*at])
            && !judged.weights[*at].keeps
            && NAMES.is_readers(&judged.nodes[*at])
    });
    let others = judged
        .cards(page)
        .into_iter()
        .chain(judged.other_articles());
    others
        .chain(readers)
        .map(|at| judged.nodes[at].id)
        .collect()
}

/// The heading that says the title; else the page's only first heading.
pub fn heading<'a>(body: &NodeRef<'a>, title: Option<&str>) -> Option<NodeRef<'a>> {
    let judged = Judged::of(None, body, title);
    let kept = |at: &usize| judged.says_title[*at];
    let said = (1..judged.nodes.len())
        .find(kept)
        .map(|at| judged.nodes[at]);
    said.or_else(|| {
        let mut first = judged.nodes.iter().filter(|node| node.has_name("h1"));
        let only = first.next().copied();
        only.filter(|_| first.next().is_none())
    })
}

impl<'a> Judged<'a> {
    /// Everything to be taken out, each as large as can be.
    fn clutter(&self, page: &Page) -> Vec<NodeRef<'a>> {
        let mut others = self.cards(page);
        others.extend(self.other_articles());
        others.extend(self.shelves());
        others.extend(self.in_another_tongue());
        let named = self.named();
        let mut gone = vec![false; self.nodes.len()];
        let mut found = Vec::new();
        let mut readers = 0;
        for at in 1..self.nodes.len() {
            let node = self.nodes[at];
            if gone[self.above[at]] {
                gone[at] = true;
                continue;
            }
            if !node.is_element() || self.weights[at].keeps || node.has_name("main") {
                continue;
            }
            let is_readers = self.is_of_readers(at, readers);
            if is_readers {
                readers += self.weights[at].prose;
            }
            gone[at] = is_readers
                || others.contains(&at)
                || named.contains(&at)
                || self.leads_on(at)
                || self.is_label(at);
            if gone[at] {
                found.push(at);
            }
        }
        let labels = self.labels_of(&found, &gone);
        found.extend(labels);
        found.into_iter().map(|at| self.nodes[at]).collect()
    }

    /// Readers' words: they go as long as a text is left.
    fn is_of_readers(&self, at: usize, gone: usize) -> bool {
        let left =
            self.total_prose() - gone - self.weights[at].prose.min(self.total_prose() - gone);
        is_block(&self.nodes[at])
            && !self.nodes[at].has_name("article") | (left * 2 > self.total_prose())
            && NAMES.is_readers(&self.nodes[at])
            && left >= PROSE_MIN.min(self.total_prose() / 2)
    }

    /// What goes by its name, or by what it is. A name that holds much of the prose
    /// in many elements (a wall's on every paragraph) says nothing of any.
    fn named(&self) -> HashSet<usize> {
        let mut by_name: HashMap<&str, (usize, Vec<usize>)> = HashMap::new();
        for at in 1..self.nodes.len() {
            let (node, weight) = (self.nodes[at], self.weights[at]);
            let is_paragraph = ["p", "li", "blockquote"]
                .iter()
                .any(|tag| node.has_name(tag));
            let is_little = self.is_little(weight.prose);
            if !is_block(&node) || weight.keeps || !(is_little || is_paragraph) {
                continue;
            }
            let tag = BESIDE.iter().find(|tag| node.has_name(tag)).copied();
            let hidden = || is_hidden(&node).then_some("hidden");
            if let Some(name) = tag.or_else(hidden).or_else(|| NAMES.of_clutter(&node)) {
                let (prose, elements) = by_name.entry(name).or_default();
                *prose += weight.prose;
                if is_little {
                    elements.push(at);
                }
            }
        }
        let little = by_name
            .into_values()
            .filter(|(prose, _)| self.is_little(*prose));
        little.flat_map(|(_, elements)| elements).collect()
    }

    fn is_little(&self, prose: usize) -> bool {
        prose * 10 < self.total_prose() * NAMED_TENTHS_MAX
    }

    /// Links and hardly a word beside them.
    fn leads_on(&self, at: usize) -> bool {
        let (node, weight) = (self.nodes[at], self.weights[at]);
        if weight.links == 0 || weight.prose > 0 || !is_block(&node) || is_heading(&node) {
            return false;
        }
        let beside = weight.letters - weight.linked;
        let is_box = !["li", "dd", "dt", "blockquote"]
            .iter()
            .any(|tag| node.has_name(tag));
        if weight.links > 1 {
            return is_box
                && weight.linked * 10 >= weight.letters * LINKED_TENTHS_MIN
                && beside <= weight.links * BESIDE_LINK_MAX;
        }
        is_box
            && weight.linked >= LONE_LINK_LETTERS_MIN
            && beside <= BESIDE_LINK_MAX
            && (weight.linked >= beside * 4 || NAMES.leads(&node.text()))
            && !node.text().trim_end().ends_with(['.', '!', '…', ')'])
    }

    fn is_label(&self, at: usize) -> bool {
        let count = self.weights[at].letters;
        let (node, is_asking) = (self.nodes[at], count <= ASKING_LETTERS_MAX);
        count > 0
            && is_asking
            && (count <= LABEL_LETTERS_MAX && NAMES.is_whole(&node.text())
                || is_block(&node) && !is_heading(&node) && NAMES.asks(&node.text()))
    }

    /// Articles beside the one that holds the title.
    fn other_articles(&self) -> Vec<usize> {
        let mut others = self.marked_articles();
        others.extend(self.next_articles());
        others
    }

    /// Those a page that goes on and on has loaded after its own: built as the one
    /// that holds the title is, each with a title of its own.
    fn next_articles(&self) -> Vec<usize> {
        let Some(title) = (1..self.nodes.len()).find(|at| self.says_title[*at]) else {
            return Vec::new();
        };
        let tag = self.nodes[title].node_name().unwrap_or_default();
        let mut own = self.above[title];
        while own > 0 {
            let (node, up) = (self.nodes[own], self.above[own]);
            let is_alike = |at: &usize| {
                let other = self.nodes[*at];
                self.above[*at] == up
                    && *at != own
                    && other.node_name() == node.node_name()
                    && other.class() == node.class()
                    && self.weights[*at].prose >= PROSE_MIN
                    && self.is_titled(*at, &tag)
            };
            // A second heading of a div like any other may be that of a part.
            let is_built = tag.as_ref() == "h1" || node.class().is_some();
            if self.weights[own].prose >= PROSE_MIN && is_built {
                let others: Vec<usize> = (own + 1..self.nodes.len()).filter(is_alike).collect();
                if !others.is_empty() {
                    return others;
                }
            }
            own = up;
        }
        Vec::new()
    }

    /// Whether the element has a heading of that kind: one that leads on to where the
    /// article stands by itself, or a first one and a day; a part of an article may
    /// have a first heading, too.
    fn is_titled(&self, at: usize, tag: &str) -> bool {
        let is_inside = |inside: &usize| {
            let mut up = *inside;
            while up > at {
                up = self.above[up];
            }
            up == at
        };
        let inside = (at + 1..self.nodes.len()).take_while(is_inside);
        let mut headings = inside.filter(|inside| self.nodes[*inside].has_name(tag));
        let is_dated = || {
            Selection::from(self.nodes[at])
                .select_single(DATED)
                .exists()
        };
        headings.any(|heading| self.weights[heading].headings > 0 || tag == "h1" && is_dated())
    }

    fn marked_articles(&self) -> Vec<usize> {
        let all = (1..self.nodes.len()).filter(|at| self.nodes[*at].has_name("article"));
        let (own, others): (Vec<usize>, Vec<usize>) = all.partition(|at| self.weights[*at].keeps);
        let has_text = own.iter().any(|at| self.weights[*at].prose >= PROSE_MIN);
        let stands_alone = |at: &usize| {
            let mut up = self.above[*at];
            while up > 0 {
                if own.contains(&up) {
                    return false;
                }
                up = self.above[up];
            }
            true
        };
        if has_text {
            others.into_iter().filter(stands_alone).collect()
        } else {
            Vec::new()
        }
    }

    /// Headings and labels that stood above what is gone, and above nothing else.
    fn labels_of(&self, found: &[usize], gone: &[bool]) -> Vec<usize> {
        let index: HashMap<NodeId, usize> = self
            .nodes
            .iter()
            .enumerate()
            .map(|(at, node)| (node.id, at))
            .collect();
        let mut labels = Vec::new();
        for at in found {
            let node = self.nodes[*at];
            let before = node
                .prev_element_sibling()
                .and_then(|before| index.get(&before.id));
            let after = node.next_element_sibling();
            let ends = after.is_none_or(|after| {
                is_heading(&after) || index.get(&after.id).is_some_and(|at| gone[*at])
            });
            let Some(before) = before.copied().filter(|before| !gone[*before] && ends) else {
                continue;
            };
            let (label, weight) = (self.nodes[before], self.weights[before]);
            let is_label =
                is_heading(&label) || label.text().trim_end().ends_with(':') && !is_inline(&label);
            if is_label && weight.letters <= LABEL_LETTERS_MAX && !weight.keeps {
                labels.push(before);
            }
        }
        labels
    }
}

fn is_inline(node: &NodeRef<'_>) -> bool {
    !is_block(node)
}

/// Not shown until a script does it.
fn is_hidden(node: &NodeRef<'_>) -> bool {
    node.has_attr("hidden")
        || node.attr("style").is_some_and(|style| {
            let style = style.replace(' ', "").to_ascii_lowercase();
            style.contains("display:none")
        })
}
