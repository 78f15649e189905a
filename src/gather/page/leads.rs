//! What a page shows above its list: the newest texts in a slider, or one large.
//! They are taken where they are surely texts like those of the list, since lists
//! leave out what stands above them.

use std::collections::HashSet;

use dom_query::NodeRef;
use url::Url;

use super::card::{self, Card};
use super::listing::cards_around;
use super::markup::{Page, below};

/// What shows no day is taken for a text with a picture and a title of so many characters.
const TITLE_CHARS_MIN: usize = 25;
/// The most texts above a list.
const LEADS_MAX: usize = 20;

/// `cards` of the page's list, and before them those above it; `links` are all links
/// of the page that may be entries, in document order.
pub fn with_leads<'a>(page: &Page, links: &[NodeRef<'a>], cards: Vec<Card<'a>>) -> Vec<Card<'a>> {
    let address = |link: &NodeRef<'_>| page.address(&link.attr("href")?);
    let Some(first) = cards.first().map(|card| card.link.id) else {
        return cards;
    };
    let listed: Vec<Url> = cards
        .iter()
        .filter_map(|card| address(&card.link))
        .collect();
    let shapes: HashSet<String> = listed.iter().map(shape).collect();
    let mut seen: HashSet<String> = listed.iter().map(page_of).collect();
    let above = links.iter().take_while(|link| link.id != first);
    let like_those = above.filter(|link| {
        address(link).is_some_and(|url| shapes.contains(&shape(&url)) && seen.insert(page_of(&url)))
    });
    let mut both: Vec<NodeRef<'a>> = like_those.take(LEADS_MAX).copied().collect();
    let count = both.len();
    both.extend(cards.iter().map(|card| card.link));
    let leads = cards_around(&both).into_iter().take(count);
    let mut all: Vec<Card<'a>> = leads.filter(|lead| is_text(page, lead)).collect();
    all.extend(cards);
    all
}

/// Whether it shows a day, or a picture and a title longer than that of a rubric.
fn is_text(page: &Page, lead: &Card<'_>) -> bool {
    let titled = card::title(page, lead).map_or(0, |title| title.chars().count());
    card::day(page, lead).is_some() && titled > 0
        || titled >= TITLE_CHARS_MIN && !below(&lead.block, "img,[style*=\"url(\"]").is_empty()
}

fn page_of(url: &Url) -> String {
    let mut url = url.clone();
    url.set_fragment(None);
    url.into()
}

/// How an address is built: its host, its folders without their numbers, the keys of
/// its query.
fn shape(url: &Url) -> String {
    let path = url.path().trim_end_matches('/');
    let (folders, _) = path.rsplit_once('/').unwrap_or_default();
    let mut shape: String = url.host_str().unwrap_or_default().to_owned();
    shape.extend(folders.chars().filter(|c| !c.is_ascii_digit()));
    for (key, _) in url.query_pairs() {
        shape.push('?');
        shape.push_str(&key);
    }
    shape
}
