//! Finds the text of an article page: as the engine tells it, with the page's own
//! markup; else the element that holds the most letters outside of links.
//!
//! Deliberately absent: scores by class names learned from English sites. Only
//! what is never text (menus, share buttons, comments) is left out by name.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use dom_query::{NodeId, NodeRef, Selection};

use super::engine::Extract;
use super::markup::{Page, is_called, letters};
use super::{clutter, engine, projection, published, standfirst};

/// A text of fewer characters is no article's.
const BODY_CHARS_MIN: usize = 140;
/// A text that is surely the page's may be so short.
const SHORT_LETTERS_MIN: usize = 25;
/// A run of so many letters is a sentence.
const SENTENCE_LETTERS_MIN: usize = 40;
/// The most rows looked at.
const ROWS_MAX: usize = 200;
/// A run of text of fewer characters is a caption or a button.
const RUN_CHARS_MIN: usize = 20;
/// A longer heading is a text.
const HEADING_CHARS_MAX: usize = 300;
/// What share buttons are called, or called beginning with.
const SHARE_WORDS: [&str; 3] = ["share", "sharing", "social"];
/// What a wall before the text is called.
const NOTICE_WORDS: [&str; 5] = ["paywall", "cookie", "cookies", "consent", "gdpr"];
/// Buttons and bylines say no more than this.
const BUTTONS_LETTERS_MAX: usize = 60;
/// A card of another article says no more than this.
const CARD_LETTERS_MAX: usize = 300;
/// How many of them there are on a page, at least and at most.
const CARDS_MIN: usize = 2;
const CARDS_MAX: usize = 200;
/// Menus and notices are made of fewer nodes.
const SMALL_NODES_MAX: usize = 2_000;
/// A menu has so many links …
const MENU_LINKS_MIN: usize = 3;
/// … of so many letters each.
const MENU_LINK_LETTERS_MAX: usize = 30;
/// What a line of copyright begins with.
const IMPRINTS: [&str; 3] = ["©", "copyright ©", "copyright (c)"];
/// A line of copyright is no longer.
const IMPRINT_LETTERS_MAX: usize = 200;
/// A run of so many letters is the beginning of the text.
const LONG_RUN_LETTERS: usize = 80;
/// The most nodes looked through for it.
const HEAD_NODES_MAX: usize = 5_000;
/// The most nodes inside an element that says only a day.
const DAY_NODES_MAX: usize = 12;
/// How many levels above a paragraph share in its letters.
const LEVELS: usize = 3;
/// Where the publisher marks the text.
const MARKED: [&str; 2] = ["[itemprop=\"articleBody\"]", "[property=\"articleBody\"]"];
/// Elements that are never part of the text.
const NEVER_TEXT: &str = "script,style,noscript,template,nav,aside,footer,form,button,select";
/// The same, by the words of their class and id.
const NEVER_TEXT_WORDS: [&str; 14] = [
    "share",
    "social",
    "comment",
    "comments",
    "related",
    "recommend",
    "banner",
    "breadcrumb",
    "breadcrumbs",
    "subscribe",
    "tags",
    "menu",
    "navbar",
    "advert",
];

/// The text of a page.
pub struct Body {
    pub html: String,
    /// The same without markup, where only the engine could tell it.
    pub text: Option<String>,
}

/// The page's text, if it has one. Takes out of the tree what is no text.
pub fn find(page: &Page, title: Option<&str>) -> Option<Body> {
    clutter::clear(page, title);
    let heading = page
        .tree
        .body()
        .and_then(|body| clutter::heading(&body, title));
    let below = page.tree.body().zip(heading);
    let below = below.map(|(body, heading)| standfirst::below(&body, &heading));
    let around = heading.and_then(|heading| heading.parent());
    clear(page);
    let told = engine::extract(page);
    page.tree.select(NEVER_TEXT).remove();
    let is_short = told
        .as_ref()
        .is_none_or(|told| letters(&told.text) < BODY_CHARS_MIN);
    if is_short && let Some(html) = around.and_then(programme) {
        return Some(Body { html, text: None });
    }
    let Some(told) = told else {
        let html = largest_or_marked(page).or_else(|| beside_heading(around?))?;
        return Some(Body { html, text: None });
    };
    let told = with_lead(page, told, below);
    Some(match projection::project(page, &told.text, title) {
        // The page's own words are whole where the engine drops one, such as a time.
        Some(html) => Body { html, text: None },
        None => Body {
            html: told.html,
            text: Some(told.text),
        },
    })
}

/// What the engine told, below the lead it passed over.
fn with_lead(page: &Page, told: Extract, below: Option<HashSet<NodeId>>) -> Extract {
    let leads = below.map(|below| standfirst::find(page, &below, &told.text));
    let mut leads = leads.unwrap_or_default();
    let Extract { mut text, mut html } = told;
    while let Some(lead) = leads.pop() {
        text = format!("{}\n{text}", lead.text().trim());
        html = format!("{}{html}", lead.html());
    }
    Extract { text, html }
}

/// What stands beside the heading where that is no article's length, but says
/// something: a sentence, the rows of a table or of a list.
fn beside_heading(around: NodeRef<'_>) -> Option<String> {
    let holder = speaks(around)?;
    let mut texts = holder.descendants_it().filter(NodeRef::is_text);
    let mut says =
        || texts.any(|text| letters(&text.text()) >= SENTENCE_LETTERS_MIN && !is_linked(&text));
    (has_rows(&holder) || says()).then(|| holder.inner_html().to_string())
}

/// A few words and rows below them, none of which leads anywhere: hours and what
/// happens then, which no engine takes for a text.
fn programme(around: NodeRef<'_>) -> Option<String> {
    let holder = speaks(around)?;
    let has_links = Selection::from(holder).select_single("a").exists();
    (has_rows(&holder) && !has_links).then(|| holder.inner_html().to_string())
}

/// The first element around the heading that says more than the heading.
fn speaks(around: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let mut levels = std::iter::once(around).chain(around.ancestors_it(None));
    levels.find(|level| own_letters(level) >= SHORT_LETTERS_MIN)
}

fn has_rows(holder: &NodeRef<'_>) -> bool {
    let rows = Selection::from(*holder).select("tr,li,dd");
    let rows = rows.nodes().iter().take(ROWS_MAX);
    rows.filter(|row| own_letters(row) > 0).nth(1).is_some()
}

/// The letters of an element outside of links, no more than are asked about.
fn own_letters(node: &NodeRef<'_>) -> usize {
    let texts = node.descendants_it().take(SMALL_NODES_MAX);
    let own = texts.filter(|text| text.is_text() && !is_linked(text));
    own.map(|text| letters(&text.text())).sum()
}

fn is_linked(text: &NodeRef<'_>) -> bool {
    text.ancestors_it(None).any(|above| above.has_name("a"))
}

/// Takes out what stands inside many articles and is never their text: the
/// heading, the byline, the day above the text, the buttons to share it.
fn clear(page: &Page) {
    let headings = page.tree.select("h1");
    if headings.length() == 1 && headings.text().chars().count() <= HEADING_CHARS_MAX {
        headings.remove();
    }
    let mut extras: Vec<NodeRef<'_>> = page.tree.select("[class]").nodes().to_vec();
    extras.retain(|node| is_button(node) || is_notice(node));
    extras.extend(days_above(page));
    extras.extend(teasers(page));
    let lists = page.tree.select("ul,ol,td");
    extras.extend(lists.nodes().iter().copied().filter(is_menu));
    let lines = page.tree.select("p,div,small,span,td");
    let lines = lines.nodes().iter().copied();
    extras.extend(lines.filter(is_imprint));
    let authors = page.tree.select("[itemprop=\"author\"],[rel=\"author\"]");
    let authors = authors.nodes().iter().copied();
    extras.extend(authors.filter(|node| {
        letters(&node.text()) <= BUTTONS_LETTERS_MAX
            && !node.ancestors_it(None).any(|above| above.has_name("p"))
    }));
    for node in extras {
        node.remove_from_parent();
    }
}

fn is_button(node: &NodeRef<'_>) -> bool {
    let shares = node.class().is_some_and(|names| {
        names
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|name| SHARE_WORDS.iter().any(|word| name.starts_with(word)))
    });
    shares && letters(&node.text()) <= BUTTONS_LETTERS_MAX
}

/// What is asked of the reader before or instead of the text.
fn is_notice(node: &NodeRef<'_>) -> bool {
    // A wall's name may stand on each paragraph behind it.
    !node.has_name("p")
        && is_small(node)
        && is_called(node, &NOTICE_WORDS)
        && letters(&node.text()) <= CARD_LETTERS_MAX
}

/// Looked at whole, so that a tower of such elements costs no more than a page.
fn is_small(node: &NodeRef<'_>) -> bool {
    node.descendants_it().take(SMALL_NODES_MAX + 1).count() <= SMALL_NODES_MAX
}

/// A list, or a cell of an old page, of short links and nothing else.
fn is_menu(list: &NodeRef<'_>) -> bool {
    if !is_small(list) {
        return false;
    }
    let links = Selection::from(*list).select("a");
    let (linked, all) = (letters(&links.text()), letters(&list.text()));
    links.length() >= MENU_LINKS_MIN
        && linked == all
        && all <= links.length() * MENU_LINK_LETTERS_MAX
}

/// A line that says whose the page is.
fn is_imprint(node: &NodeRef<'_>) -> bool {
    let start = node.descendants_it().take(DAY_NODES_MAX);
    let mut texts = start.filter(NodeRef::is_text).map(|text| text.text());
    texts
        .find(|text| !text.trim().is_empty())
        .is_some_and(|text| {
            let text = text.trim_start().to_lowercase();
            IMPRINTS.iter().any(|sign| text.starts_with(sign))
        })
        && letters(&node.text()) <= IMPRINT_LETTERS_MAX
}

/// Cards of other articles: short, with a heading that leads on; where there is
/// a long text beside them.
fn teasers(page: &Page) -> Vec<NodeRef<'_>> {
    let cards: Vec<NodeRef<'_>> = page
        .tree
        .select("article")
        .nodes()
        .iter()
        .filter(|node| {
            let heads = Selection::from(**node).select("h1 a,h2 a,h3 a,h4 a,h5 a,a:has(h2,h3,h4)");
            let mut heads = heads.nodes().iter();
            heads.any(|link| clutter::leads_away(Some(page), link))
                && letters(&node.text()) <= CARD_LETTERS_MAX
        })
        .copied()
        .collect();
    let in_a_card = |node: &NodeRef<'_>| {
        let mut above = node.ancestors_it(None);
        above.any(|above| above.has_name("a") || cards.iter().any(|card| card.id == above.id))
    };
    let has_text = |body: NodeRef<'_>| {
        let texts = body.descendants_it().filter(NodeRef::is_text);
        let mut long = texts.filter(|node| letters(&node.text()) >= LONG_RUN_LETTERS);
        long.any(|node| !in_a_card(&node))
    };
    let many = (CARDS_MIN..=CARDS_MAX).contains(&cards.len());
    if many && page.tree.body().is_some_and(has_text) {
        cards
    } else {
        Vec::new()
    }
}

/// Elements before the first long run of text that say only a day, or who wrote it when.
fn days_above(page: &Page) -> Vec<NodeRef<'_>> {
    let mut days = Vec::new();
    let Some(body) = page.tree.body() else {
        return days;
    };
    let is_day =
        |text: &str| published::is_only_a_day(text, page) || published::is_byline(text, page);
    for node in body.descendants_it().take(HEAD_NODES_MAX) {
        if node.is_text() {
            if letters(&node.text()) >= LONG_RUN_LETTERS {
                break;
            }
        } else if !["script", "style"].iter().any(|tag| node.has_name(tag))
            && node.descendants_it().take(DAY_NODES_MAX + 1).count() <= DAY_NODES_MAX
            && is_day(&node.text())
        {
            days.push(node);
        }
    }
    days
}

fn largest_or_marked(page: &Page) -> Option<String> {
    let named: Vec<NodeRef<'_>> = page
        .tree
        .select("[class],[id]")
        .nodes()
        .iter()
        .filter(|node| is_called(node, &NEVER_TEXT_WORDS))
        .copied()
        .collect();
    for node in named {
        node.remove_from_parent();
    }
    let found = marked(page, SHORT_LETTERS_MIN).or_else(|| largest(page))?;
    Some(found.inner_html().to_string())
}

/// The element the publisher marks as the text.
fn marked(page: &Page, letters_min: usize) -> Option<NodeRef<'_>> {
    MARKED.iter().find_map(|selector| {
        let found = page.tree.select_single(selector);
        let node = found.nodes().first().copied()?;
        (letters(&node.text()) >= letters_min).then_some(node)
    })
}

fn largest(page: &Page) -> Option<NodeRef<'_>> {
    let mut weights: HashMap<NodeId, Holder<'_>> = HashMap::new();
    let body = page.tree.body()?;
    for node in body.descendants_it().filter(NodeRef::is_text) {
        let letters = letters(&node.text());
        if letters < RUN_CHARS_MIN || node.ancestors_it(None).any(|above| above.has_name("a")) {
            continue;
        }
        // Paragraphs and their inline parts do not hold the text, what is around them does.
        let holders = node.ancestors_it(None).filter(|above| {
            [
                "div",
                "section",
                "article",
                "main",
                "td",
                "blockquote",
                "body",
            ]
            .iter()
            .any(|tag| above.has_name(tag))
        });
        for (level, holder) in holders.take(LEVELS).enumerate() {
            let order = weights.len();
            let known = weights.entry(holder.id).or_insert(Holder {
                node: holder,
                order,
                weight: 0,
            });
            known.weight += letters >> level;
        }
    }
    let best = weights
        .into_values()
        .max_by_key(|holder| (holder.weight, Reverse(holder.order)))?;
    (best.weight >= BODY_CHARS_MIN).then_some(best.node)
}

struct Holder<'a> {
    node: NodeRef<'a>,
    /// Of equals the first met wins, so that the answer is always the same.
    order: usize,
    weight: usize,
}
