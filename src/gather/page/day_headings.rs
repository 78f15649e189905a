//! Days as headings of a listing, with the rows of the day and their times below.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use dom_query::{NodeId, NodeRef};

use crate::gather::feed::date::Written;

use super::card::{Card, is_clock, shown, texts};
use super::markup::{Page, below, spaced_text};

/// A heading that says a day stands among so many elements above an entry, or above
/// another that is known to be of that day …
const SIBLINGS_MAX: usize = 40;
/// … or above so many levels of what holds the entry.
const LEVELS_MAX: usize = 3;
/// The most nodes in such a heading.
const HEADING_NODES_MAX: usize = 8;

/// Days as headings of a listing, each read once however many entries are below it.
#[derive(Default)]
pub struct DayHeadings {
    read: HashMap<NodeId, Option<Written>>,
    /// The heading found above each block, and its day.
    above: HashMap<NodeId, (NodeId, Written)>,
    headings: HashSet<NodeId>,
}

impl DayHeadings {
    /// Looks for the headings of `cards`. The first card must stand under one, else
    /// they are something of the cards before, and there are none.
    pub fn of(page: &Page, cards: &[Card<'_>]) -> Self {
        let mut days = Self::default();
        for card in cards {
            let found = days.find(page, card);
            if days.above.is_empty() && found.is_none() {
                break;
            }
            if let Some(found) = found {
                days.headings.insert(found.0);
                days.above.insert(card.block.id, found);
            }
        }
        days
    }

    /// The day in the nearest heading above a card that says nothing else, at the
    /// time the card shows.
    pub fn above(&self, page: &Page, card: &Card<'_>) -> Option<DateTime<Utc>> {
        let (_, written) = self.above.get(&card.block.id)?;
        let clock = texts(&card.block)
            .map(|text| text.text().trim().to_owned())
            .find(|text| is_clock(text));
        let Some(clock) = clock else {
            return Some(written.at);
        };
        page.date(&format!("{} {clock}", written.day))
    }

    /// Whether the one day above all cards is today: a site shows what day it is, and
    /// a time of last night below that is not of it.
    pub fn is_calendar(&self, page: &Page) -> bool {
        let today = page.received.date_naive();
        self.headings.len() == 1 && self.above.values().all(|(_, day)| day.day == today)
    }

    fn find(&mut self, page: &Page, card: &Card<'_>) -> Option<(NodeId, Written)> {
        let levels = std::iter::once(card.block)
            .chain(card.block.ancestors_it(Some(LEVELS_MAX)))
            .take_while(|level| !level.has_name("body"));
        levels.into_iter().find_map(|level| {
            let above = std::iter::successors(level.prev_sibling(), NodeRef::prev_sibling);
            above.take(SIBLINGS_MAX).find_map(|sibling| {
                let own = self.said_by(page, &sibling).map(|day| (sibling.id, day));
                own.or_else(|| self.above.get(&sibling.id).copied())
            })
        })
    }

    fn said_by(&mut self, page: &Page, heading: &NodeRef<'_>) -> Option<Written> {
        if !heading.is_element() {
            return None;
        }
        *self.read.entry(heading.id).or_insert_with(|| {
            let nodes = heading.descendants_it().take(HEADING_NODES_MAX + 1).count();
            let is_plain = nodes <= HEADING_NODES_MAX && below(heading, "a").is_empty();
            let day = is_plain.then(|| spaced_text(heading))??;
            shown(page, &day)
        })
    }
}
