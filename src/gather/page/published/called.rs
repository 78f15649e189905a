//! What elements are called that tell a day, and what lines beside a title tell
//! another.

use std::sync::LazyLock;

use dom_query::NodeRef;
use regex::Regex;

use super::pattern;
use crate::gather::page::markup::letters;

/// Elements that are called after a day and nothing else.
static CALLED_DAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)date|datum|time|publish|posted|created|issued|fecha|tarih|дата")
});
/// Words of lines beside a title that tell another day: of an order, a deadline.
static OTHER_DAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)№|\bno\.? ?[0-9]|\b(?:до|от|until|order|приказ|бұйрық|қаулы|дейін|проведения|өтетін)\b|постановлен",
    )
});
/// A day in figures has no more letters: the sign of the time, a zone's.
const FIGURES_LETTERS_MAX: usize = 4;

/// How likely what stands beside a title tells the article's day.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    Day,
    Words,
    Other,
}

pub fn rank_of(node: &NodeRef<'_>) -> Rank {
    if !node.is_text() {
        return Rank::Day;
    }
    let is_day = |above: NodeRef<'_>| above.has_name("time") || is_called_day(&above);
    if OTHER_DAY.is_match(&node.text()) {
        Rank::Other
    } else if node.parent().is_some_and(is_day) {
        Rank::Day
    } else {
        Rank::Words
    }
}

pub fn is_called_day(node: &NodeRef<'_>) -> bool {
    let names = ["id", "class", "itemprop", "property"];
    let mut names = names.iter().filter_map(|name| node.attr(name));
    names.any(|name| CALLED_DAY.is_match(&name))
}

/// Whether an abbreviation stands for a day and for nothing else.
pub fn is_day_only(abbr: &NodeRef<'_>) -> bool {
    let title = abbr.attr("title").unwrap_or_default();
    abbr.has_attr("data-utime") || is_called_day(abbr) || letters(&title) <= FIGURES_LETTERS_MAX
}
