//! A link around a whole card, told apart: what of it is the title, and what its day,
//! its counters and its rubric.

use std::ops::Range;

use chrono::{DateTime, Utc};
use dom_query::NodeRef;

use crate::gather::clean::inline_text;
use crate::gather::more::is_more;
use crate::gather::page::markup::{Page, below, letters, text_of};

use super::{Card, DATES, PART_BYTES_MAX, is_clock, shown, texts};

/// So many elements in a row are one day or one number, and its word.
const JOINED_MAX: usize = 3;
/// A rubric beside the day has no more words.
const RUBRIC_WORDS_MAX: usize = 2;
/// How words begin that say what a number counts.
const COUNTED: [&str; 16] = [
    "просмотр",
    "прочте",
    "прочит",
    "чтени",
    "коммент",
    "тыс",
    "мин",
    "қарал",
    "көрілім",
    "оқыл",
    "пікір",
    "рет",
    "мың",
    "view",
    "read",
    "comment",
];

/// One of the link's elements that says something by itself.
struct Part<'a> {
    node: NodeRef<'a>,
    text: String,
}

/// The link's words without those of its day and its counters, where these stand in
/// elements of their own; nothing where there are none, or little else.
pub(super) fn without_day(page: &Page, card: &Card<'_>) -> Option<String> {
    let parts = parts(page, card);
    let ranges = beside(page, &parts);
    let (beside, said): (Vec<_>, Vec<_>) = parts.iter().enumerate().partition(|(at, _)| {
        let mut ranges = ranges.iter();
        ranges.any(|range| range.contains(at))
    });
    let most = |parts: &[(usize, &Part<'_>)]| {
        let letters = parts.iter().map(|(_, part)| letters(&part.text));
        letters.max().unwrap_or_default()
    };
    if beside.is_empty() || most(&said) <= most(&beside) {
        return None;
    }
    // A rubric stands in a row with the day, in which the title is not.
    let mut rows = beside.iter().filter_map(|(_, part)| part.node.parent());
    let holds = |row: &NodeRef<'_>, part: &Part<'_>| {
        part.node.ancestors_it(None).any(|above| above.id == row.id)
    };
    let rubrics = rows.find(|row| {
        said.iter().any(|(_, part)| holds(row, part))
            && !said.iter().all(|(_, part)| holds(row, part))
    });
    let is_rubric = |part: &Part<'_>| {
        part.text.split(' ').count() <= RUBRIC_WORDS_MAX
            && rubrics.is_some_and(|row| holds(&row, part))
    };
    let title: Vec<&str> = said
        .iter()
        .filter(|(_, part)| !is_rubric(part))
        .map(|(_, part)| &*part.text)
        .collect();
    (!title.is_empty()).then(|| title.join(" "))
}

/// The day whose parts stand side by side with the title: "24", "қар", "Форум өтті".
pub(super) fn day(page: &Page, card: &Card<'_>) -> Option<DateTime<Utc>> {
    let parts = parts(page, card);
    let beside = beside(page, &parts);
    let is_title_left = beside.iter().map(Range::len).sum::<usize>() < parts.len();
    beside
        .into_iter()
        .filter(|range| range.len() > 1 && is_title_left)
        .find_map(|range| shown(page, &joined(&parts[range])))
        .map(|written| written.at)
}

/// The link's elements that hold words, none of them inside another's sentence: what
/// is marked as its day is a part wherever it stands.
fn parts<'a>(page: &Page, card: &Card<'a>) -> Vec<Part<'a>> {
    let link = card.link;
    let marked = DATES.iter().flat_map(|selector| below(&link, selector));
    let days: Vec<NodeRef<'a>> = marked
        .filter(|node| !is_amid_words(node) && is_day(page, &text_of(node)))
        .collect();
    let is_day = |node: &NodeRef<'_>| days.iter().any(|day| day.id == node.id);
    let mut parts: Vec<Part<'a>> = Vec::new();
    for text in texts(&link) {
        let mut above = Vec::new();
        for node in text.ancestors_it(None) {
            above.push(node);
            if node.id == link.id {
                break;
            }
        }
        let day = above.iter().copied().find(|node| is_day(node));
        let sentence = || above.iter().copied().rfind(has_own_words);
        let Some(node) = day.or_else(sentence) else {
            continue;
        };
        if parts.iter().all(|part| part.node.id != node.id) {
            let mut html = node.inner_html().to_string();
            for inner in days.iter().filter(|inner| inner.id != node.id) {
                html = html.replace(&*inner.html(), " ");
            }
            let text = inline_text(&html);
            parts.push(Part { node, text });
        }
    }
    parts
}

/// Whether an element stands between two texts: "С <time>24 ноября</time> закроют мост".
fn is_amid_words(node: &NodeRef<'_>) -> bool {
    let says = |beside: Option<NodeRef<'_>>| {
        beside.is_some_and(|node| node.is_text() && letters(&node.text()) > 0)
    };
    says(node.prev_sibling()) && says(node.next_sibling())
}

fn has_own_words(node: &NodeRef<'_>) -> bool {
    let mut children = node.children_it(false);
    children.any(|child| child.is_text() && !child.text().trim().is_empty())
}

/// The parts that are the day, a counter or a word that leads on, together where
/// they say it together.
fn beside(page: &Page, parts: &[Part<'_>]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < parts.len() {
        let is_said = |range: &Range<usize>| {
            let is_short = range.len() == 1
                || parts[range.clone()]
                    .iter()
                    .all(|part| part.text.len() <= PART_BYTES_MAX);
            is_short
                && says_beside(page, &joined(&parts[range.clone()]))
                && !goes_on(parts, range.end)
        };
        let ends = at + 1..=parts.len().min(at + JOINED_MAX);
        let said = ends.map(|end| at..end).find(is_said);
        at = said.as_ref().map_or(at + 1, |range| range.end);
        found.extend(said);
    }
    found
}

fn joined(parts: &[Part<'_>]) -> String {
    let texts: Vec<&str> = parts.iter().map(|part| &*part.text).collect();
    texts.join(" ")
}

/// Whether the part at `next` goes on with the sentence of the one before: "100",
/// "лет театру".
fn goes_on(parts: &[Part<'_>], next: usize) -> bool {
    let (Some(before), Some(part)) = (parts.get(next - 1), parts.get(next)) else {
        return false;
    };
    let row = |part: &Part<'_>| part.node.parent().map(|row| row.id);
    part.text.starts_with(char::is_lowercase) && row(before) == row(part)
}

fn says_beside(page: &Page, text: &str) -> bool {
    is_more(text) || is_day(page, text) || is_count(text)
}

fn is_day(page: &Page, text: &str) -> bool {
    shown(page, text).is_some() || is_clock(text)
}

/// Whether a text is a number, and says at most what it counts.
fn is_count(text: &str) -> bool {
    let text = text.to_lowercase();
    let mut words = text
        .split(|c: char| !c.is_alphabetic())
        .filter(|word| !word.is_empty());
    text.contains(|c: char| c.is_ascii_digit())
        && words.all(|word| {
            // "1,2K"
            matches!(word, "k" | "к" | "m") || COUNTED.iter().any(|known| word.starts_with(known))
        })
}
