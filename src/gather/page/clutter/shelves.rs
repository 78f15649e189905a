//! Rows of other articles that a label names: "Другие новости", "Тағы оқыңыз".

use dom_query::NodeRef;

use super::judged::{Judged, is_heading};
use super::{LABEL_LETTERS_MAX, NAMES, is_inline};

/// With fewer articles below it a label may begin a sentence of the text.
const ROW_MIN: usize = 2;
/// The most labels of a page that are followed.
const SHELVES_MAX: usize = 50;

impl Judged<'_> {
    /// The labels with what stands below them, or the whole that holds both.
    pub(super) fn shelves(&self) -> Vec<usize> {
        let labels = (1..self.nodes.len()).filter(|at| self.is_shelf_label(*at));
        let labels = labels.take(SHELVES_MAX);
        labels
            .filter_map(|label| self.row_below(label))
            .flatten()
            .collect()
    }

    fn is_shelf_label(&self, at: usize) -> bool {
        let (node, weight) = (self.nodes[at], self.weights[at]);
        node.is_element()
            && (1..=LABEL_LETTERS_MAX).contains(&weight.letters)
            && !weight.keeps
            && (is_heading(&node) || !is_inline(&node) || stands_alone(&node))
            && NAMES.is_shelf(&node.text())
    }

    /// What follows a label up to what is no link to another article.
    fn row_below(&self, label: usize) -> Option<Vec<usize>> {
        let mut label = label;
        // A frame around the label alone is the label.
        while self.weights[self.above[label]].letters == self.weights[label].letters
            && self.above[label] > 0
        {
            label = self.above[label];
        }
        let whole = self.above[label];
        let siblings: Vec<usize> = (label + 1..self.nodes.len())
            .filter(|at| self.above[*at] == whole && self.weights[*at].letters > 0)
            .take_while(|at| self.weights[*at].links > 0 && !self.weights[*at].keeps)
            .collect();
        let links: usize = siblings.iter().map(|at| self.weights[*at].links).sum();
        if links < ROW_MIN {
            return None;
        }
        let held: usize = siblings.iter().map(|at| self.weights[*at].letters).sum();
        let is_all = held + self.weights[label].letters == self.weights[whole].letters;
        if is_all && whole > 0 && !self.weights[whole].keeps {
            return Some(vec![whole]);
        }
        Some(std::iter::once(label).chain(siblings).collect())
    }
}

/// Whether an inline element is all that stands in its place.
fn stands_alone(node: &NodeRef<'_>) -> bool {
    let is_end = |beside: Option<NodeRef<'_>>| {
        beside.is_none_or(|node| node.has_name("br") || node.is_element() && !is_inline(&node))
    };
    let is_blank = |node: &NodeRef<'_>| node.is_text() && node.text().trim().is_empty();
    let mut before = std::iter::successors(node.prev_sibling(), NodeRef::prev_sibling);
    let mut after = std::iter::successors(node.next_sibling(), NodeRef::next_sibling);
    is_end(before.find(|node| !is_blank(node))) && is_end(after.find(|node| !is_blank(node)))
}
