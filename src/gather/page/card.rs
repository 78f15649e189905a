//! One entry of a listing page, taken out of its block.

mod parts;
mod title;

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use dom_query::{NodeId, NodeRef};
use regex::Regex;
use url::Url;

use crate::gather::feed::date::Written;
use crate::gather::more::is_more;
use crate::model::draft::Draft;

use super::markup::{Page, below, picture_address, spaced_text, text_of};
use super::opening::{paragraphs, picture, set_content};

pub use title::{title, whole_title};

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
/// A longer text is no part of a date whose parts stand in elements of their own.
const PART_BYTES_MAX: usize = 32;
/// What says more words is a sentence that names a date.
const DATE_WORDS_MAX: usize = 3;
/// So many levels above a text are looked at for what it is part of.
const LEVELS_MAX: usize = 3;
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

/// The date a card shows: where it marks one, else where a text of its own is one,
/// else today's or yesterday's where it marks a time of day.
pub fn date(page: &Page, card: &Card<'_>) -> Option<DateTime<Utc>> {
    day(page, card).or_else(|| marked(card).find_map(|element| page.date(&text_of(&element))))
}

/// The same, but no time of day alone.
pub fn day(page: &Page, card: &Card<'_>) -> Option<DateTime<Utc>> {
    let mut marked =
        marked(card).filter(|element| !is_clock(&text_of(element)) || is_told(element));
    let said = marked.find_map(|element| page.date_of(&element));
    said.or_else(|| {
        let whole = holds_all(card);
        let is_said = |text: &NodeRef<'_>| {
            let mut above = text.ancestors_it(Some(LEVELS_MAX));
            !above
                .any(|above| above.id == card.link.id && !whole || is_in_prose(page, text, &above))
        };
        let texts: Vec<NodeRef<'_>> = texts(&card.block).filter(is_said).collect();
        let mut dates = texts.iter().filter_map(|text| {
            let alone = shown_date(page, &text.text())?;
            Some(in_parts(page, card, text).unwrap_or(alone))
        });
        dates
            .next()
            .or_else(|| texts.iter().find_map(|text| in_parts(page, card, text)))
            .or_else(|| parts::day(page, card))
    })
}

/// Whether a text is a part of a paragraph's sentences; one may begin with how long
/// ago it was.
fn is_in_prose(page: &Page, text: &NodeRef<'_>, paragraph: &NodeRef<'_>) -> bool {
    let is_its_own = || text.parent().is_some_and(|own| own.id == paragraph.id);
    paragraph.has_name("p")
        && (is_long(paragraph) || is_its_own() && page.is_ago(&text.text()))
        && !has_own_line(text, paragraph)
}

/// Elements a card marks as its date, the surest first.
fn marked<'a>(card: &Card<'a>) -> impl Iterator<Item = NodeRef<'a>> {
    let block = card.block;
    DATES
        .iter()
        .flat_map(move |selector| below(&block, selector))
}

/// Whether an element tells its date to machines.
fn is_told(element: &NodeRef<'_>) -> bool {
    ["datetime", "content"]
        .iter()
        .any(|name| element.attr(name).is_some_and(|told| !is_clock(&told)))
}

/// The date whose parts stand in elements of their own, of which `text` is the
/// first: what the smallest element says that holds more than this text, if that
/// is a date and nothing else.
fn in_parts(page: &Page, card: &Card<'_>, text: &NodeRef<'_>) -> Option<DateTime<Utc>> {
    let own = text.text();
    let own = own.trim();
    let is_part = own.len() <= PART_BYTES_MAX;
    let mut levels = text.ancestors_it(Some(LEVELS_MAX)).take_while(|above| {
        let mut around = card.link.ancestors_it(None);
        above.id != card.link.id && !around.any(|around| around.id == above.id)
    });
    let whole = levels.find_map(|above| {
        let whole = spaced_text(&above)?;
        (whole.trim() != own).then_some(whole)
    })?;
    (is_part && is_of_parts(&whole))
        .then(|| shown_date(page, &whole))
        .flatten()
}

/// Whether a text has no more numbers than a day, a year and a time: others count
/// what was read and said.
fn is_of_parts(text: &str) -> bool {
    let (mut days, mut years, mut clocks, mut whole) = (0, 0, 0, 0);
    for token in text.split([' ', ',']) {
        let token = token.trim_matches(['.', '|', '/', '·']);
        if !token.starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let is_number = token.bytes().all(|byte| byte.is_ascii_digit());
        let count = match token.len() {
            1 | 2 if is_number => &mut days,
            4 if is_number => &mut years,
            _ if is_clock(token) => &mut clocks,
            _ => &mut whole,
        };
        *count += 1;
    }
    days.max(years).max(clocks) <= 1 && whole + days <= 1 && whole + years <= 1
}

/// Whether a text is a time of day and nothing else.
pub fn is_clock(text: &str) -> bool {
    CLOCK.is_match(text.trim())
}

/// A text that is a date and says little else; a time of day alone, or a number,
/// is none.
fn shown_date(page: &Page, text: &str) -> Option<DateTime<Utc>> {
    shown(page, text).map(|written| written.at)
}

pub fn shown(page: &Page, text: &str) -> Option<Written> {
    let text = text.trim();
    if text.len() > DATE_BYTES_MAX || is_clock(text) {
        return None;
    }
    let words = text.split(|c: char| !c.is_alphabetic());
    let words = words.filter(|word| !word.is_empty()).count();
    let is_number = text.chars().all(|c| c.is_ascii_digit());
    let is_short = words <= DATE_WORDS_MAX || page.is_ago(text);
    (is_short && !is_number)
        .then(|| page.written(text))
        .flatten()
}

/// The text nodes of a block that people see.
pub fn texts<'a>(block: &NodeRef<'a>) -> impl Iterator<Item = NodeRef<'a>> {
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
