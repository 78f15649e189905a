//! The day a site shows on all its pages: today's, above everything. It is no
//! article's.

use dom_query::{NodeId, NodeRef};
use std::collections::HashSet;

use super::seen::head_text;
use super::text::{Bounds, SEGMENT_CHARS_MAX};
use crate::gather::page::clutter;
use crate::gather::page::markup::{Page, is_called};

/// The most nodes above the title that are looked at.
const NODES_MAX: usize = 5_000;
/// What the part of a page above all articles is called.
const HEAD_WORDS: [&str; 6] = ["header", "top", "topbar", "masthead", "head", "topline"];
/// What the day of a visit is called.
const TODAY_WORDS: [&str; 5] = ["current", "today", "now", "clock", "bugin"];
/// What is said before it, in small letters.
const TODAY_LABELS: [&str; 5] = ["сегодня", "бүгін", "today", "búgin", "bugin"];

/// Takes out of the tree what shows the day of this visit above the article; tells
/// whether there was any.
pub(super) fn clear(page: &Page, bounds: &Bounds, title: Option<&str>) -> bool {
    let Some(body) = page.tree.body() else {
        return false;
    };
    let Some(heading) = clutter::heading(&body, title) else {
        return false;
    };
    let around: HashSet<NodeId> = heading.ancestors_it(None).map(|node| node.id).collect();
    let above = body.descendants_it().take(NODES_MAX);
    let above = above.take_while(|node| node.id != heading.id);
    let shown: Vec<NodeRef<'_>> = above
        .filter(NodeRef::is_text)
        .filter_map(|text| text.parent())
        .filter(|holder| is_today(page, bounds, holder) && is_of_site(holder, &around))
        .collect();
    for holder in &shown {
        holder.remove_from_parent();
    }
    !shown.is_empty()
}

fn is_today(page: &Page, bounds: &Bounds, holder: &NodeRef<'_>) -> bool {
    let text = head_text(holder);
    let today = page.received.date_naive();
    text.chars().count() <= SEGMENT_CHARS_MAX
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && bounds.shown(&text).is_some_and(|shown| shown.day == today)
}

/// Whether a day stands above all of the page, or is said to be today's.
fn is_of_site(holder: &NodeRef<'_>, around_title: &HashSet<NodeId>) -> bool {
    let said = head_text(holder).to_lowercase();
    if TODAY_LABELS.iter().any(|label| said.starts_with(label)) || is_called(holder, &TODAY_WORDS) {
        return true;
    }
    let own: Vec<NodeRef<'_>> = std::iter::once(*holder)
        .chain(holder.ancestors_it(None))
        .take_while(|above| !around_title.contains(&above.id))
        .collect();
    let Some(branch) = own.last() else {
        return false;
    };
    let of_article = |node: &NodeRef<'_>| node.has_name("article") || node.has_name("main");
    let stands_apart = branch
        .parent()
        .is_some_and(|shared| shared.has_name("body"));
    let in_head = own
        .iter()
        .any(|node| node.has_name("header") || is_called(node, &HEAD_WORDS));
    let mut shared = branch.ancestors_it(None);
    (stands_apart || in_head) && !shared.any(|above| of_article(&above))
}
