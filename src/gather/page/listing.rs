//! A listing read by the operator's selectors.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use dom_query::{Matcher, NodeId, NodeRef, Selection};

use crate::gather::document::DOCUMENT_ENTRIES_MAX;
use crate::model::complaint::Complaint;
use crate::model::draft::Draft;
use crate::model::source::PageRules;

use super::card::{self, Card};
use super::day_headings::DayHeadings;
use super::markup::{Page, text_of};
use super::opening::Findings;

/// The rules, those that can be used.
#[derive(Default)]
pub struct Selectors {
    item: Option<Selector>,
    link: Option<Selector>,
    title: Option<Selector>,
    date: Option<Selector>,
}

struct Selector {
    text: String,
    matcher: Matcher,
}

impl Selectors {
    /// Whether they say where the entries are.
    pub fn say_where(&self) -> bool {
        self.item.is_some() || self.link.is_some()
    }

    /// The entry of `card`, as far as the rules say how to read it.
    pub fn draft(
        &self,
        page: &Page,
        card: &Card<'_>,
        number: usize,
        findings: &mut Findings,
    ) -> Draft {
        let title = self.title_of(page, card, number, findings);
        let published = self.date_of(page, card, number, findings);
        card::draft(page, card, title, published)
    }

    /// Whether an entry says no day where its date is looked for.
    fn shows_no_day(&self, page: &Page, card: &Card<'_>) -> bool {
        match &self.date {
            // A rule that finds nothing is to be mended, not guessed around.
            Some(selector) => {
                let named = selector.first_in(card.block);
                named.is_some_and(|named| card::is_clock(&text_of(&named)))
            }
            None => card::day(page, card).is_none(),
        }
    }

    fn title_of(
        &self,
        page: &Page,
        card: &Card<'_>,
        number: usize,
        findings: &mut Findings,
    ) -> Option<String> {
        let named = self.title.as_ref().and_then(|selector| {
            let found = selector.first_in(card.block).map(|node| text_of(&node));
            if found.is_none() {
                findings.note("title", &selector.missed(), number);
            }
            found.filter(|text| !text.is_empty())
        });
        let title = named
            .map(|said| card::whole_title(card, said))
            .or_else(|| card::title(page, card));
        if title.is_none() {
            findings.note("title", "has no title", number);
        }
        title
    }

    fn date_of(
        &self,
        page: &Page,
        card: &Card<'_>,
        number: usize,
        findings: &mut Findings,
    ) -> Option<DateTime<Utc>> {
        let Some(selector) = &self.date else {
            return card::date(page, card);
        };
        let Some(node) = selector.first_in(card.block) else {
            findings.note("date", &selector.missed(), number);
            return None;
        };
        let date = page.date_of(&node);
        if date.is_none() {
            findings.note_said("date", "cannot be read as a date", number, &text_of(&node));
        }
        date
    }
}

impl Selector {
    fn first_in<'a>(&self, node: NodeRef<'a>) -> Option<NodeRef<'a>> {
        // The block itself may be what is meant, where it is the link.
        if node.is_match(&self.matcher) {
            return Some(node);
        }
        Selection::from(node)
            .select_single_matcher(&self.matcher)
            .nodes()
            .first()
            .copied()
    }

    fn missed(&self) -> String {
        format!("`{}` matches nothing in it", self.text)
    }
}

/// Makes the rules usable; a selector that cannot be read is complained of and left out.
pub fn compile(rules: &PageRules, complaints: &mut Vec<Complaint>) -> Selectors {
    let mut one = |key: &str, rule: &Option<String>| {
        let text = rule.as_ref()?;
        if let Ok(matcher) = Matcher::new(text) {
            return Some(Selector {
                text: text.clone(),
                matcher,
            });
        }
        let message = format!(
            "`{text}` is no CSS selector; expected one such as `.news-item a`; read without it"
        );
        complaints.push(Complaint::error("", message).about(key));
        None
    };
    Selectors {
        item: one("item", &rules.item),
        link: one("link", &rules.link),
        title: one("title", &rules.title),
        date: one("date", &rules.date),
    }
}

/// Reads the entries the selectors find, each link once.
pub fn read(page: &Page, selectors: &Selectors, complaints: &mut Vec<Complaint>) -> Vec<Draft> {
    let mut findings = Findings::default();
    let cards = match (&selectors.item, &selectors.link) {
        (Some(item), link) => by_item(page, item, link.as_ref(), &mut findings, complaints),
        (None, Some(link)) => by_link(page, link, complaints),
        (None, None) => Vec::new(),
    };
    let drafts = drafts_of(page, selectors, &cards, &mut findings, complaints);
    complaints.extend(findings.complaints());
    drafts
}

/// The entries of `cards`: each address once, no more than the house takes.
pub fn drafts_of(
    page: &Page,
    selectors: &Selectors,
    cards: &[Card<'_>],
    findings: &mut Findings,
    complaints: &mut Vec<Complaint>,
) -> Vec<Draft> {
    if cards.len() > DOCUMENT_ENTRIES_MAX {
        complaints.push(Complaint::warning(
            "",
            format!(
                "{} entries; those after the first {DOCUMENT_ENTRIES_MAX} are left out",
                cards.len()
            ),
        ));
    }
    let mut seen = HashSet::new();
    let mut drafts = Vec::new();
    let cards = &cards[..cards.len().min(DOCUMENT_ENTRIES_MAX)];
    let days = DayHeadings::of(page, cards);
    let is_calendar = days.is_calendar(page);
    for (index, card) in cards.iter().enumerate() {
        let mut draft = selectors.draft(page, card, index + 1, findings);
        if let Some(at) = days.above(page, card)
            && selectors.shows_no_day(page, card)
        {
            let is_last_nights = is_calendar && at > page.received && draft.published.is_some();
            draft.published = draft.published.filter(|_| is_last_nights).or(Some(at));
        }
        match &draft.link {
            None => findings.note(
                "link",
                "its link leads nowhere on the web; left out",
                index + 1,
            ),
            Some(link) if seen.insert(link.clone()) => drafts.push(draft),
            Some(_) => {}
        }
    }
    drafts
}

fn by_item<'a>(
    page: &'a Page,
    item: &Selector,
    link: Option<&Selector>,
    findings: &mut Findings,
    complaints: &mut Vec<Complaint>,
) -> Vec<Card<'a>> {
    let blocks = page.tree.select_matcher(&item.matcher);
    if blocks.is_empty() {
        complaints.push(nothing_matches("item", item));
    }
    let mut cards = Vec::new();
    for (index, block) in blocks.nodes().iter().enumerate() {
        let found = match link {
            Some(link) => link.first_in(*block),
            None if block.has_name("a") && block.has_attr("href") => Some(*block),
            None => Selection::from(*block)
                .select_single("a[href]")
                .nodes()
                .first()
                .copied(),
        };
        if let Some(node) = found {
            cards.push(Card {
                block: *block,
                link: link_in(&node),
            });
        } else {
            let what = link.map_or_else(|| "has no link".to_owned(), Selector::missed);
            findings.note("link", &what, index + 1);
        }
    }
    cards
}

fn by_link<'a>(page: &'a Page, link: &Selector, complaints: &mut Vec<Complaint>) -> Vec<Card<'a>> {
    let found = page.tree.select_matcher(&link.matcher);
    if found.is_empty() {
        complaints.push(nothing_matches("link", link));
    }
    let links: Vec<NodeRef<'a>> = found.nodes().iter().map(link_in).collect();
    cards_around(&links)
}

fn nothing_matches(key: &str, selector: &Selector) -> Complaint {
    let message = format!(
        "`{}` matches nothing on this page; its layout may have changed",
        selector.text
    );
    Complaint::error("", message).about(key)
}

/// The `a` a selector means when it names something in it or around it.
fn link_in<'a>(node: &NodeRef<'a>) -> NodeRef<'a> {
    if node.has_name("a") {
        return *node;
    }
    let inside = Selection::from(*node).select_single("a[href]");
    let around = || node.ancestors_it(None).find(|above| above.has_name("a"));
    inside
        .nodes()
        .first()
        .copied()
        .or_else(around)
        .unwrap_or(*node)
}

/// Each link with the largest block around it that holds no other of them.
pub fn cards_around<'a>(links: &[NodeRef<'a>]) -> Vec<Card<'a>> {
    let mut held: HashMap<NodeId, usize> = HashMap::new();
    for link in links {
        for above in link.ancestors_it(None) {
            *held.entry(above.id).or_default() += 1;
        }
    }
    let alone = |node: &NodeRef<'_>| held.get(&node.id) == Some(&1);
    links
        .iter()
        .map(|link| {
            let block = link
                .ancestors_it(None)
                .take_while(|above| alone(above) && !above.has_name("body"))
                .last();
            Card {
                block: block.unwrap_or(*link),
                link: *link,
            }
        })
        .collect()
}
