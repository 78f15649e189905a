//! One entry of a listing page, taken out of its block.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use dom_query::{NodeId, NodeRef};
use regex::Regex;
use url::Url;

use crate::gather::more::is_more;
use crate::model::draft::Draft;

use super::markup::{Page, below, picture_address, text_of};
use super::opening::{paragraphs, picture, set_content};

/// Headings, and what is named like one.
const HEADINGS: &str = "h1,h2,h3,h4,h5,h6,[class*=\"title\"],[class*=\"heading\"]";
/// Where a block keeps its date, the surest first.
const DATES: [&str; 3] = [
    "time[datetime]",
    "time",
    "[class*=\"date\"],[class*=\"time\"],[itemprop=\"datePublished\"]",
];
/// Where a block keeps its teaser.
const TEASERS: &str =
    "p,[class*=\"desc\"],[class*=\"announce\"],[class*=\"excerpt\"],[class*=\"lead\"]";
/// Of a teaser that is not marked as one: fewer letters are a place or a rubric.
const TEASER_LETTERS_MIN: usize = 25;
/// The most nodes of a block looked through.
const NODES_MAX: usize = 400;
/// A longer text is no date.
const DATE_BYTES_MAX: usize = 128;
/// What says more words is a sentence that names a date.
const DATE_WORDS_MAX: usize = 3;
/// A heading that says a day stands among so many elements above an entry …
const SIBLINGS_MAX: usize = 40;
/// … or above so many levels of what holds the entry.
const LEVELS_MAX: usize = 3;
/// The most nodes in such a heading.
const HEADING_NODES_MAX: usize = 8;
/// Elements whose text nobody sees, or that is no text.
const UNSEEN: [&str; 7] = [
    "script", "style", "noscript", "template", "button", "select", "form",
];

static CLOCK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[0-2]?[0-9]:[0-5][0-9]$").expect("the pattern is tested"));
static IN_STYLE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)url\(\s*["']?([^"')]{3,2000})["']?\s*\)"#).expect("the pattern is tested")
});

/// A block and the link it is about.
pub struct Card<'a> {
    pub block: NodeRef<'a>,
    pub link: NodeRef<'a>,
}

/// What a card's link is called: the heading in it, its own words, the heading
/// beside it, or what stands in for them on a picture. "Read more" is no name.
pub fn title(card: &Card<'_>) -> Option<String> {
    let heading_in = |node: &NodeRef<'_>| {
        below(node, HEADINGS)
            .iter()
            .map(text_of)
            .find(|text| !is_more(text))
    };
    let attribute = |node: &NodeRef<'_>, name: &str| {
        node.attr(name)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    };
    let words = text_of(&card.link);
    heading_in(&card.link)
        .or_else(|| Some(words.clone()).filter(|text| !is_more(text)))
        .or_else(|| heading_in(&card.block))
        .or_else(|| attribute(&card.link, "title"))
        .or_else(|| {
            below(&card.link, "img[alt]")
                .iter()
                .find_map(|image| attribute(image, "alt"))
        })
        .or_else(|| Some(words).filter(|text| text.chars().any(char::is_alphanumeric)))
}

/// The date a card shows: where it marks one, else where a text of its own is one.
pub fn date(page: &Page, card: &Card<'_>) -> Option<DateTime<Utc>> {
    let marked = DATES.iter().find_map(|selector| {
        below(&card.block, selector)
            .iter()
            .find_map(|element| page.date_of(element))
    });
    marked.or_else(|| {
        let whole = holds_all(card);
        let is_said = |text: &NodeRef<'_>| {
            let mut above = text.ancestors_it(Some(LEVELS_MAX));
            !above.any(|above| {
                let in_prose =
                    || above.has_name("p") && is_long(&above) && !has_own_line(text, &above);
                above.id == card.link.id && !whole || in_prose()
            })
        };
        let mut texts = texts(&card.block).filter(is_said);
        texts.find_map(|text| shown_date(page, &text.text()))
    })
}

/// Days as headings of a listing, each read once however many entries are below it.
#[derive(Default)]
pub struct DayHeadings(HashMap<NodeId, Option<(String, DateTime<Utc>)>>);

impl DayHeadings {
    /// The day in the nearest heading above a card that says nothing else, at the
    /// time the card shows.
    pub fn above(&mut self, page: &Page, card: &Card<'_>) -> Option<DateTime<Utc>> {
        let levels = std::iter::once(card.block)
            .chain(card.block.ancestors_it(Some(LEVELS_MAX)))
            .take_while(|level| !level.has_name("body"));
        let (day, at) = levels.into_iter().find_map(|level| {
            let above = std::iter::successors(level.prev_sibling(), NodeRef::prev_sibling);
            above
                .take(SIBLINGS_MAX)
                .find_map(|sibling| self.said_by(page, &sibling))
        })?;
        let clock = texts(&card.block)
            .map(|text| text.text().trim().to_owned())
            .find(|text| CLOCK.is_match(text));
        clock
            .and_then(|clock| page.date(&format!("{day}, {clock}")))
            .or(Some(at))
    }

    fn said_by(&mut self, page: &Page, heading: &NodeRef<'_>) -> Option<(String, DateTime<Utc>)> {
        if !heading.is_element() {
            return None;
        }
        let known = self.0.entry(heading.id).or_insert_with(|| {
            let nodes = heading.descendants_it().take(HEADING_NODES_MAX + 1).count();
            let is_plain = nodes <= HEADING_NODES_MAX && below(heading, "a").is_empty();
            let day = is_plain.then(|| text_of(heading))?;
            let at = shown_date(page, &day)?;
            Some((day, at))
        });
        known.clone()
    }
}

/// A text that is a date and says little else; a time of day alone, or a number,
/// is none.
fn shown_date(page: &Page, text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if text.len() > DATE_BYTES_MAX || CLOCK.is_match(text) {
        return None;
    }
    let words = text.split(|c: char| !c.is_alphabetic());
    let words = words.filter(|word| !word.is_empty()).count();
    let is_number = text.chars().all(|c| c.is_ascii_digit());
    (words <= DATE_WORDS_MAX && !is_number)
        .then(|| page.date(text))
        .flatten()
}

/// The text nodes of a block that people see.
fn texts<'a>(block: &NodeRef<'a>) -> impl Iterator<Item = NodeRef<'a>> {
    block
        .descendants_it()
        .take(NODES_MAX)
        .filter(|node| node.is_text() && !node.text().trim().is_empty())
        .filter(|node| {
            let hidden = |above: NodeRef<'_>| UNSEEN.iter().any(|tag| above.has_name(tag));
            !node.parent().is_some_and(hidden)
        })
}

/// Whether the link is around the whole card, and says more than its title.
fn holds_all(card: &Card<'_>) -> bool {
    !below(&card.link, "h1,h2,h3,h4,h5,h6,p,div").is_empty()
}

/// Whether a text of a paragraph is alone between two of its line breaks or ends.
fn has_own_line(text: &NodeRef<'_>, paragraph: &NodeRef<'_>) -> bool {
    let is_end = |beside: Option<NodeRef<'_>>| beside.is_none_or(|node| node.has_name("br"));
    let is_blank = |node: &NodeRef<'_>| node.is_text() && node.text().trim().is_empty();
    let before = std::iter::successors(text.prev_sibling(), NodeRef::prev_sibling);
    let after = std::iter::successors(text.next_sibling(), NodeRef::next_sibling);
    text.parent()
        .is_some_and(|parent| parent.id == paragraph.id)
        && is_end(before.take(NODES_MAX).find(|node| !is_blank(node)))
        && is_end(after.take(NODES_MAX).find(|node| !is_blank(node)))
}

/// Whether an element says more than a date can.
fn is_long(element: &NodeRef<'_>) -> bool {
    let mut bytes = 0;
    let mut texts = element.descendants_it().filter(NodeRef::is_text);
    texts.any(|text| {
        bytes += text.text().trim().len();
        bytes > DATE_BYTES_MAX
    })
}

/// The entry: link, title, date, and the teaser and picture the block shows.
pub fn draft(
    page: &Page,
    card: &Card<'_>,
    title: Option<String>,
    published: Option<DateTime<Utc>>,
) -> Draft {
    let mut draft = Draft {
        link: card
            .link
            .attr("href")
            .and_then(|href| page.address(&href))
            .map(String::from),
        published,
        ..Draft::default()
    };
    if let Some(teaser) = teaser(page, card, title.as_deref()) {
        set_content(&mut draft, &teaser, page.base.as_ref());
        draft.summary_html = draft.content_html.take();
    }
    draft.title = title;
    draft.enclosures = picture_of(page, card)
        .map(|url| picture(&url))
        .into_iter()
        .collect();
    draft
}

/// The teaser's markup: what is marked as one, else the longest text beside the link.
fn teaser(page: &Page, card: &Card<'_>, title: Option<&str>) -> Option<String> {
    let is_above_link = |element: &NodeRef<'_>| {
        let mut above = card.link.ancestors_it(None);
        above.any(|above| above.id == element.id)
    };
    let marked = below(&card.block, TEASERS).into_iter().find(|element| {
        let text = text_of(element);
        !is_more(&text)
            && title != Some(text.as_str())
            && page.date(&text).is_none()
            && !is_above_link(element)
    });
    if let Some(marked) = marked {
        let mut html = marked.html().to_string();
        for link in below(&marked, "a") {
            if is_more(&text_of(&link)) {
                html = html.replace(&*link.html(), "");
            }
        }
        return Some(html);
    }
    longest_text(page, card, title).map(|text| paragraphs(&text))
}

/// The longest of the block's own texts that is neither title, date nor link.
fn longest_text(page: &Page, card: &Card<'_>, title: Option<&str>) -> Option<String> {
    let whole = holds_all(card);
    let mut runs: Vec<(NodeId, String)> = Vec::new();
    for text in texts(&card.block) {
        let in_other = text.ancestors_it(Some(LEVELS_MAX)).any(|above| {
            above.has_name("a") && !(whole && above.id == card.link.id)
                || above.id != card.block.id
                    && ["h1", "h2", "h3", "h4", "h5", "h6"]
                        .iter()
                        .any(|tag| above.has_name(tag))
        });
        let words = text.text();
        let words = words.trim();
        let (Some(parent), false) = (text.parent(), in_other) else {
            continue;
        };
        if Some(words) == title || shown_date(page, words).is_some() {
            continue;
        }
        match runs.last_mut() {
            Some((holder, run)) if *holder == parent.id => {
                run.push(' ');
                run.push_str(words);
            }
            _ => runs.push((parent.id, words.to_owned())),
        }
    }
    let letters = |run: &str| run.chars().filter(|letter| letter.is_alphabetic()).count();
    runs.into_iter()
        .map(|(_, run)| (letters(&run), run))
        .rev()
        .max_by_key(|(letters, _)| *letters)
        .filter(|(letters, _)| *letters >= TEASER_LETTERS_MIN)
        .map(|(_, run)| run)
}

/// The block's first picture: an image, else a background.
fn picture_of(page: &Page, card: &Card<'_>) -> Option<Url> {
    let images = below(&card.block, "img,amp-img");
    images
        .iter()
        .find_map(|image| page.address(&picture_address(image)?))
        .or_else(|| {
            let styled = below(&card.block, "[style*=\"url(\"]");
            styled.iter().find_map(|element| {
                let style = element.attr("style")?;
                page.address(&IN_STYLE.captures(&style)?[1])
            })
        })
}
