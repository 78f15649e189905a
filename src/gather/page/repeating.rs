//! Finds a listing's entries without rules: links that stand in the same place
//! of blocks alike, and say something.
//!
//! Deliberately absent: learning from earlier visits. What is found here the
//! operator can pin down with selectors.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use dom_query::{NodeId, NodeRef};
use url::Url;

use crate::gather::more::is_more;
use crate::model::complaint::Complaint;
use crate::model::draft::Draft;

use super::card::{self, Card};
use super::leads::with_leads;
use super::listing::{Selectors, cards_around, drafts_of};
use super::markup::{Page, is_called, text_of};
use super::opening::Findings;

/// Fewer entries than this are no listing.
pub const ENTRIES_MIN: usize = 3;
/// A title of fewer characters is a menu's or a tag's …
const TITLE_CHARS_MIN: usize = 15;
/// … and beyond this a longer one is no better sign.
const TITLE_CHARS_COUNTED: usize = 100;
/// Dates make a listing of links a listing of news.
const DATED_WEIGHT: usize = 3;
/// Blocks looked at closely; a page made to have thousands of them gains nothing.
const GROUPS_MAX: usize = 16;
/// The columns of a table that are told apart.
const COLUMNS_MAX: usize = 20;
/// How far above a list stands the whole of which it is a part.
const PART_LEVELS: usize = 2;
/// Places that hold links, but not the page's own entries.
const ASIDE_TAGS: [&str; 3] = ["nav", "footer", "aside"];
/// The same, by the words of their class and id.
const ASIDE_WORDS: [&str; 12] = [
    "nav",
    "navbar",
    "menu",
    "footer",
    "sidebar",
    "breadcrumb",
    "breadcrumbs",
    "pagination",
    "pager",
    "tags",
    "partners",
    "banner",
];

/// Reads the page's best repeating block; nothing where there is none.
pub fn read(page: &Page, selectors: &Selectors, complaints: &mut Vec<Complaint>) -> Vec<Draft> {
    let links = candidates(page);
    let mut groups = groups(page, &links);
    groups.sort_by_cached_key(|links| Reverse(links.iter().map(letters).sum::<usize>()));
    groups.truncate(GROUPS_MAX);
    let scored = groups.iter().map(|links| {
        let cards = cards_around(links);
        (score(page, &cards), cards)
    });
    // Of equals the first: it has more letters in its links.
    let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best });
    let Some((1.., cards)) = best else {
        return Vec::new();
    };
    let cards = with_leads(page, &links, cards);
    let mut findings = Findings::default();
    let drafts = drafts_of(page, selectors, &cards, &mut findings, complaints);
    complaints.extend(findings.complaints());
    drafts
}

/// Whether two addresses are one site's: hosts equal, but for `www.` or a part before.
pub fn same_site(one: &Url, other: &Url) -> bool {
    let bare = |url: &Url| {
        let host = url.host_str().unwrap_or_default();
        host.strip_prefix("www.").unwrap_or(host).to_owned()
    };
    let (one, other) = (bare(one), bare(other));
    one == other || one.ends_with(&format!(".{other}")) || other.ends_with(&format!(".{one}"))
}

/// Links to other pages of the page's own site that don't stand aside.
fn candidates(page: &Page) -> Vec<NodeRef<'_>> {
    let mut aside = Inherited::default();
    let all = page.tree.select("a[href]");
    let is_entry = |link: &NodeRef<'_>| {
        let stands_aside = aside.of(link, |node, above| {
            u64::from(above.is_some_and(|above| above == 1) || is_aside(node))
        });
        stands_aside == 0 && leads_to_an_entry(page, link)
    };
    all.nodes().iter().copied().filter(is_entry).collect()
}

/// Links by their place: the same chain of tags below containers of one name. Each
/// group in document order.
fn groups<'a>(page: &Page, links: &[NodeRef<'a>]) -> Vec<Vec<NodeRef<'a>>> {
    let mut chains = Inherited::default();
    let mut by_chain = Groups::default();
    for link in links {
        let chain = chains.of(link, |node, above| {
            hash(&(above, node.node_name().as_deref()))
        });
        // A card's picture often links where its title does.
        let says_something = letters(link) > 0;
        by_chain.add(hash(&(chain, says_something)), *link);
    }
    by_chain
        .0
        .into_values()
        .flat_map(|(_, links)| by_container(page, links))
        .map(|links| each_once(page, links))
        .flat_map(|links| columns(&links).into_iter().chain([links]))
        .collect()
}

/// The columns of a table, each a group for itself: a row may link to a text and
/// to its files. Whether they are better than all together, the score says.
fn columns<'a>(links: &[NodeRef<'a>]) -> Vec<Vec<NodeRef<'a>>> {
    let mut columns = Groups::default();
    for link in links {
        if let Some(cell) = link.ancestors_it(None).find(|above| above.has_name("td")) {
            let before = std::iter::successors(cell.prev_sibling(), NodeRef::prev_sibling);
            let column = before.filter(NodeRef::is_element).take(COLUMNS_MAX).count();
            columns.add(hash(&column), *link);
        }
    }
    if columns.0.len() < 2 {
        return Vec::new();
    }
    let columns = columns.0.into_values().map(|(_, links)| links);
    columns.filter(|links| links.len() >= ENTRIES_MIN).collect()
}

/// Of links to one address in one place, the one that says most: a card may link
/// by its title and by an arrow below it.
fn each_once<'a>(page: &Page, links: Vec<NodeRef<'a>>) -> Vec<NodeRef<'a>> {
    let mut at: HashMap<Option<Url>, usize> = HashMap::new();
    let mut once: Vec<NodeRef<'a>> = Vec::with_capacity(links.len());
    for link in links {
        match at.entry(address(page, &link)) {
            Entry::Occupied(known) => {
                let known = &mut once[*known.get()];
                if letters(&link) > letters(known) {
                    *known = link;
                }
            }
            Entry::Vacant(free) => {
                free.insert(once.len());
                once.push(link);
            }
        }
    }
    once
}

/// Where a link leads, without the place on the page.
fn address(page: &Page, link: &NodeRef<'_>) -> Option<Url> {
    let mut address = page.address(&link.attr("href")?)?;
    address.set_fragment(None);
    Some(address)
}

/// Splits links of one chain by what their container is called, so that a list
/// and a side column built alike stay apart while rows of one list stay together.
fn by_container<'a>(page: &Page, links: Vec<NodeRef<'a>>) -> Vec<Vec<NodeRef<'a>>> {
    let mut held: HashMap<NodeId, usize> = HashMap::new();
    let mut known = HashSet::new();
    for link in &links {
        let address = hash(&address(page, link));
        for above in link.ancestors_it(None) {
            *held.entry(above.id).or_default() += usize::from(known.insert((above.id, address)));
        }
    }
    let holds_entries = |above: &NodeRef<'_>| {
        held.get(&above.id)
            .is_some_and(|count| *count >= ENTRIES_MIN)
    };
    let containers: Vec<Option<NodeRef<'_>>> = links
        .iter()
        .map(|link| link.ancestors_it(None).find(holds_entries))
        .collect();
    let known: HashSet<NodeId> = containers.iter().flatten().map(|node| node.id).collect();
    let mut names = Inherited::default();
    let mut groups = Groups::default();
    for (link, container) in links.into_iter().zip(containers) {
        let Some(container) = container else { continue };
        // A list in parts, some of them too short to be one by themselves.
        let whole = container
            .ancestors_it(Some(PART_LEVELS))
            .find(|above| known.contains(&above.id));
        let name = names.of(&whole.unwrap_or(container), |node, above| {
            let cell = is_column(node).then_some(node.id);
            hash(&(above, node.class().as_deref().map(without_numbers), cell))
        });
        groups.add(name, link);
    }
    groups.0.into_values().map(|(_, links)| links).collect()
}

/// `row-1 odd` and `row-2 odd` are one name.
fn without_numbers(class: &str) -> String {
    class.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// Old pages have cells for columns, and nothing in them has a name.
fn is_column(node: &NodeRef<'_>) -> bool {
    let is_cell = |node: &NodeRef<'_>| node.has_name("td");
    is_cell(node)
        && node
            .parent()
            .is_some_and(|row| row.children_it(false).filter(is_cell).nth(1).is_some())
}

/// Links by key, with the order in which keys were first met.
#[derive(Default)]
struct Groups<'a>(HashMap<u64, (usize, Vec<NodeRef<'a>>)>);

impl<'a> Groups<'a> {
    fn add(&mut self, key: u64, link: NodeRef<'a>) {
        let order = self.0.len();
        self.0
            .entry(key)
            .or_insert((order, Vec::new()))
            .1
            .push(link);
    }
}

/// What a node takes from those above it, worked out once for each node: a page
/// may have many links below ancestors with long names.
#[derive(Default)]
struct Inherited(HashMap<NodeId, u64>);

impl Inherited {
    fn of(&mut self, node: &NodeRef<'_>, own: impl Fn(&NodeRef<'_>, Option<u64>) -> u64) -> u64 {
        let mut unknown = vec![*node];
        let mut value = None;
        for above in node.ancestors_it(None) {
            value = self.0.get(&above.id).copied();
            if value.is_some() {
                break;
            }
            unknown.push(above);
        }
        for node in unknown.iter().rev() {
            let of_node = own(node, value);
            self.0.insert(node.id, of_node);
            value = Some(of_node);
        }
        value.unwrap_or_default()
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// How much the cards look like a site's newest texts.
fn score(page: &Page, cards: &[Card<'_>]) -> usize {
    let mut seen = HashSet::new();
    let (mut letters, mut dated, mut entries) = (0, 0, 0);
    for card in cards {
        let titled = card::title(page, card).map_or(0, |title| title.chars().count());
        if titled < TITLE_CHARS_MIN || !seen.insert(card.link.attr("href").map(String::from)) {
            continue;
        }
        entries += 1;
        letters += titled.min(TITLE_CHARS_COUNTED);
        dated += usize::from(card::date(page, card).is_some());
    }
    if entries < ENTRIES_MIN {
        return 0;
    }
    letters + letters * DATED_WEIGHT * dated / entries
}

/// How much a link says; that there is more is nothing.
fn letters(link: &NodeRef<'_>) -> usize {
    let text = text_of(link);
    if is_more(&text) {
        return 0;
    }
    text.chars().take(TITLE_CHARS_COUNTED).count()
}

/// On the same site, another page than this one.
fn leads_to_an_entry(page: &Page, link: &NodeRef<'_>) -> bool {
    let Some(mut url) = link.attr("href").and_then(|href| page.address(&href)) else {
        return false;
    };
    url.set_fragment(None);
    let own = page.url.as_ref();
    url.path() != "/" && own.is_none_or(|own| same_site(own, &url) && url != *own)
}

fn is_aside(node: &NodeRef<'_>) -> bool {
    // A card may have a header of its own; the site's stands outside of all content.
    let is_site_header = || {
        node.has_name("header")
            && !node.ancestors_it(None).any(|above| {
                ["article", "li", "main", "section"]
                    .iter()
                    .any(|tag| above.has_name(tag))
            })
    };
    ASIDE_TAGS.iter().any(|tag| node.has_name(tag))
        || is_called(node, &ASIDE_WORDS)
        || is_site_header()
}
