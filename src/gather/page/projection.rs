//! A text found by an engine that drops pictures and emphasis, found again in the
//! page's own tree, with its markup.

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};

use dom_query::{NodeId, NodeRef, Selection};

use super::markup::Page;

/// Words in a row that make a place in a text.
const WORDS: usize = 3;
/// The share of the found letters the element must hold.
const SHARE_MIN: f64 = 0.95;
/// A block is part of the text if this share of its places is.
const BLOCK_SHARE_MIN: f64 = 0.5;
/// How much more or less than the text the element may hold.
const LETTERS_OFF_MAX: f64 = 0.25;

const BLOCKS: [&str; 26] = [
    "p",
    "div",
    "section",
    "article",
    "main",
    "td",
    "th",
    "li",
    "dd",
    "dt",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "pre",
    "figcaption",
    "header",
    "address",
    "center",
    "details",
    "body",
    "ul",
    "ol",
];

/// The markup of `text` in the page's tree; nothing where the tree shows it otherwise.
/// Takes out of the tree what stands between the parts of the text.
pub fn project(page: &Page, text: &str, title: Option<&str>) -> Option<String> {
    let body = page.tree.body()?;
    let places = places(text);
    let blocks = blocks(&body);
    let mut found: HashMap<NodeId, usize> = HashMap::new();
    let mut total = 0;
    for (node, words) in &blocks {
        let letters = matched(words, &places);
        if letters == 0 {
            continue;
        }
        total += letters;
        for above in std::iter::once(*node).chain(node.ancestors_it(None)) {
            *found.entry(above.id).or_default() += letters;
        }
    }
    let enough = |node: &NodeRef<'_>| {
        #[expect(clippy::cast_precision_loss, reason = "letters of one page")]
        let share = found.get(&node.id).copied().unwrap_or(0) as f64 / total.max(1) as f64;
        share >= SHARE_MIN
    };
    let mut holder = body;
    while let Some(inner) = holder
        .element_children()
        .into_iter()
        .find(|child| enough(child))
    {
        holder = inner;
    }
    let is_paragraph = ["p", "h1", "h2", "li"]
        .iter()
        .any(|tag| holder.has_name(tag));
    if is_paragraph && let Some(above) = holder.parent() {
        holder = above;
    }
    for node in strangers(&holder, &found, title) {
        node.remove_from_parent();
    }
    let (shown, told) = (letters(&holder.text()), letters(text));
    (total > 0 && shown.abs_diff(told) <= off_max(told)).then(|| holder.inner_html().to_string())
}

/// The runs of words of a text, to tell whether a block stands in it.
pub struct Places(HashSet<u64>);

impl Places {
    pub fn of(text: &str) -> Self {
        Self(places(text))
    }

    /// Whether the block stands in the text; too few words may stand in any.
    pub fn hold(&self, block: &str, words_min: usize) -> bool {
        let words = words(block);
        words.len() >= words_min && matched(&words, &self.0) > 0
    }
}

fn off_max(letters: usize) -> usize {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "letters of one page"
    )]
    let off = (letters as f64 * LETTERS_OFF_MAX) as usize;
    off
}

/// Whether words stand directly before or after what is marked.
fn is_in_a_sentence(node: &NodeRef<'_>) -> bool {
    let is_text = |beside: NodeRef<'_>| beside.is_text() && letters(&beside.text()) > 0;
    node.prev_sibling().is_some_and(is_text) || node.next_sibling().is_some_and(is_text)
}

/// What stands in the holder and is no part of the text, each as large as can be.
fn strangers<'a>(
    holder: &NodeRef<'a>,
    found: &HashMap<NodeId, usize>,
    title: Option<&str>,
) -> Vec<NodeRef<'a>> {
    let mut strangers = Vec::new();
    let mut ahead = holder.element_children();
    ahead.reverse();
    while let Some(node) = ahead.pop() {
        let shown = node.text();
        let is_title = node.has_name("h1")
            || title
                .is_some_and(|title| letters(&shown) == letters(title) && shown.trim() == title)
                && !is_in_a_sentence(&node);
        if is_title {
            strangers.push(node);
        } else if found.contains_key(&node.id) {
            let mut inside = node.element_children();
            inside.reverse();
            ahead.extend(inside);
        } else if is_stranger(&node, &shown) {
            strangers.push(node);
        }
    }
    strangers
}

fn is_stranger(node: &NodeRef<'_>, shown: &str) -> bool {
    let selection = Selection::from(*node);
    let has_picture = node.has_name("img") || selection.select_single("img").exists();
    let leads_on = node.has_name("a") || selection.select_single("a").exists();
    let is_inline = !BLOCKS.iter().any(|tag| node.has_name(tag))
        && !["figure", "table", "tbody", "tr"]
            .iter()
            .any(|tag| node.has_name(tag));
    if node.has_name("figure") || is_inline || has_picture && !leads_on {
        return false;
    }
    letters(shown) > 0
}

/// Each block with the words that stand in it and in no block inside it.
fn blocks<'a>(body: &NodeRef<'a>) -> Vec<(NodeRef<'a>, Vec<String>)> {
    let mut order: Vec<(NodeRef<'a>, Vec<String>)> = Vec::new();
    let mut index: HashMap<NodeId, usize> = HashMap::new();
    for text in body.descendants_it().filter(NodeRef::is_text) {
        let holder = text
            .ancestors_it(None)
            .find(|above| BLOCKS.iter().any(|tag| above.has_name(tag)));
        let Some(holder) = holder else { continue };
        let at = *index.entry(holder.id).or_insert_with(|| {
            order.push((holder, Vec::new()));
            order.len() - 1
        });
        order[at].1.extend(words(&text.text()));
    }
    order
}

/// The letters of a block that stands in the text; none for one that does not.
fn matched(words: &[String], places: &HashSet<u64>) -> usize {
    if words.is_empty() {
        return 0;
    }
    let length = WORDS.min(words.len());
    let all = words.windows(length);
    let count = all.len();
    let known = all.filter(|place| places.contains(&hash(place))).count();
    #[expect(clippy::cast_precision_loss, reason = "words of one page")]
    let share = known as f64 / count as f64;
    if share < BLOCK_SHARE_MIN {
        return 0;
    }
    words.iter().map(|word| word.chars().count()).sum()
}

/// Every run of words in the text, of one word up to [`WORDS`].
fn places(text: &str) -> HashSet<u64> {
    let words = words(text);
    let runs = (1..=WORDS).flat_map(|length| words.windows(length).map(hash));
    runs.collect()
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

fn hash(words: &[String]) -> u64 {
    let mut hasher = DefaultHasher::new();
    words.hash(&mut hasher);
    hasher.finish()
}

fn letters(text: &str) -> usize {
    text.chars()
        .filter(|letter| letter.is_alphanumeric())
        .count()
}
