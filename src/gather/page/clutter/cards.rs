//! Cards of other articles in a row, told from the sections of the article itself.

use std::collections::{HashMap, HashSet};

use super::NAMED_TENTHS_MAX;
use super::judged::{Judged, is_heading, leads_off};
use crate::gather::page::markup::Page;

/// A card of another article says no more than this.
const CARD_LETTERS_MAX: usize = 400;
const CARDS_MIN: usize = 2;

impl Judged<'_> {
    /// Cards of other articles: two or more beside each other, each with one
    /// heading that leads on.
    pub(super) fn cards(&self, page: &Page) -> HashSet<usize> {
        let mut rows: HashMap<(usize, String), Vec<usize>> = HashMap::new();
        for at in 1..self.nodes.len() {
            let node = self.nodes[at];
            if !is_heading(&node) || self.weights[at].headings == 0 || self.weights[at].keeps {
                continue;
            }
            let mut card = at;
            while self.is_card(self.above[card]) {
                card = self.above[card];
            }
            if card != at {
                let name = self.nodes[card].node_name().unwrap_or_default().to_string();
                rows.entry((self.above[card], name)).or_default().push(card);
            }
        }
        let rows = rows.into_iter().filter(|((above, _), row)| {
            row.len() >= CARDS_MIN && !self.are_sections(page, *above, row)
        });
        rows.flat_map(|(_, row)| row).collect()
    }

    fn is_card(&self, at: usize) -> bool {
        let weight = self.weights[at];
        at > 0 && weight.headings == 1 && weight.letters <= CARD_LETTERS_MAX && !weight.keeps
    }

    /// Whether what looks like cards are sections of a text that reviews what each
    /// leads to. Each says more than a teaser need, and the text goes on around
    /// them; where they lead to other sites, as no site's own teasers do, or hold
    /// much of the page's prose, one of these is enough.
    fn are_sections(&self, page: &Page, above: usize, row: &[usize]) -> bool {
        if row.iter().any(|card| self.weights[*card].prose == 0) {
            return false;
        }
        let prose: usize = row.iter().map(|card| self.weights[*card].prose).sum();
        let is_much = prose * 10 >= self.total_prose() * NAMED_TENTHS_MAX;
        let (first, last) = (row[0], row[row.len() - 1]);
        let beside = (above + 1..self.nodes.len())
            .filter(|at| self.above[*at] == above && !row.contains(at))
            .filter(|at| self.weights[*at].prose > 0 && self.weights[*at].links == 0);
        let (before, after): (Vec<usize>, Vec<usize>) = beside.partition(|at| *at < first);
        let goes_on = !before.is_empty() && after.iter().any(|at| *at > last);
        // A text begins above the sections in its own element; a shelf has a label there.
        if leads_off(page, &self.nodes, row) {
            goes_on || is_much && !before.is_empty()
        } else {
            goes_on && is_much
        }
    }
}
