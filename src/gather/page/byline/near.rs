//! Who wrote an article, as the lines under its title say it: "By Samuel Pike", or a
//! name in an element that is called the author's.
//!
//! Deliberately absent: bylines elsewhere on the page. Cards of other articles and what
//! readers wrote have theirs, too.

use std::sync::LazyLock;

use dom_query::NodeRef;
use regex::Regex;

use super::{BYLINE_BYTES_MAX, NAME_CHARS_MAX, NAME_WORDS_MAX, TEXTS_MAX, is_nobody};
use crate::gather::page::markup::{Page, is_called, letters, text_of};
use crate::gather::page::opening::line;

/// The byline is among so many texts under the title …
const NEAR_TEXTS: usize = 12;
/// … and so many paragraphs, a lead and the caption of a picture.
const NEAR_PROSE: usize = 2;
/// A paragraph has so many letters.
const PROSE_LETTERS_MIN: usize = 100;
/// What stands behind a name and a comma is longer only in a sentence.
const ROLE_CHARS_MAX: usize = 40;
/// An element is looked at with so many around it.
const AROUND: usize = 3;
/// An entry is looked for in so many elements around its byline.
const ENTRY_DEPTH_MAX: usize = 12;

/// What elements are called that hold authors' names …
const AUTHOR_WORDS: [&str; 7] = [
    "author",
    "authors",
    "authorname",
    "autor",
    "auteur",
    "autore",
    "avtor",
];
/// … or a line that tells of the author, and of more.
const BYLINE_WORDS: [&str; 1] = ["byline"];
/// Where a byline is another's: a picture's, a reader's, another article's.
const OTHERS: &str = "figure,figcaption,nav,aside,blockquote,script,style,noscript,template,button";
const READERS: [&str; 5] = ["comment", "comments", "commentlist", "respond", "reply"];
/// Classes by which a program names the author of an entry, wherever in it.
const ENTRY_AUTHOR: &str = "[class~=\"p-author\"],[class~=\"post-author\"]";
/// What holds an entry whole.
const ENTRIES: [&str; 3] = ["hentry", "h-entry", "post"];
const HEADINGS: &str = "h1,h2,h3,h4,h5,h6";

/// Small words inside names.
const PARTICLES: [&str; 24] = [
    "de", "del", "della", "di", "da", "dos", "das", "du", "la", "le", "van", "von", "der", "den",
    "zu", "af", "av", "bin", "ibn", "al", "el", "ben", "ter", "ten",
];
/// No person's name begins with these; "By The Numbers" is a rubric.
const NO_NAMES: [&str; 21] = [
    "the",
    "a",
    "an",
    "der",
    "die",
    "das",
    "den",
    "les",
    "los",
    "las",
    "about",
    "all",
    "more",
    "view",
    "follow",
    "author",
    "authors",
    "autor",
    "об",
    "автор",
    "авторы",
];

/// "By", as bylines begin in the languages that have no colon there.
static BY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:(?:posted |written |published |words |text |story )?by|(?:text )?von|(?:publié |écrit )?par|(?:publicado |escrito )?por)(?:\s*:)?(?:\s+(.*))?$")
        .expect("the pattern is tested")
});
/// What parts a name from what is said of the article.
static REST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\s*[|·•;(»–—]|\s-\s|\s(?:on|at|am|um|le|el|em)\s[^,]*\d")
        .expect("the pattern is tested")
});
static AND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\s+(?:and|und|et|y|e|и|және|&)\s+").expect("the pattern is tested")
});
/// What may follow a name that is an element of its own.
static AFTER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:$|[|·•;(»–—,\-]|(?:on|at|am|um|le|el|em)\b)").expect("the pattern is tested")
});

/// The authors told under the title, or by a program in the same entry.
pub fn authors(page: &Page, title: &str) -> Vec<String> {
    let found = under_title(page, title);
    if found.is_empty() {
        return of_entry(page, title).into_iter().collect();
    }
    found
}

fn under_title(page: &Page, title: &str) -> Vec<String> {
    let Some(body) = page.tree.body() else {
        return Vec::new();
    };
    let title = folded(title);
    let (mut texts, mut prose) = (0, 0);
    for text in body
        .descendants_it()
        .filter(NodeRef::is_text)
        .take(TEXTS_MAX)
    {
        let words = text.text();
        if words.trim().is_empty() {
            continue;
        }
        if ends_title(&text, &words, &title) {
            (texts, prose) = (NEAR_TEXTS, NEAR_PROSE);
            continue;
        }
        if texts == 0 {
            continue;
        }
        texts -= 1;
        if letters(&words) >= PROSE_LETTERS_MIN {
            if prose == 0 {
                texts = 0;
            }
            prose = prose.saturating_sub(1);
            continue;
        }
        if is_others(&text) {
            continue;
        }
        let names = told(&text, &words);
        if !names.is_empty() {
            return names;
        }
    }
    Vec::new()
}

/// Whether a text is the title, or part of a heading that is.
fn ends_title(text: &NodeRef<'_>, words: &str, title: &str) -> bool {
    if words.len() > title.len().saturating_mul(2) {
        return false;
    }
    let heading = text
        .ancestors_it(Some(AROUND))
        .find(|above| ["h1", "h2", "h3"].iter().any(|tag| above.has_name(tag)));
    let said = heading.map_or_else(|| folded(words), |heading| folded(&text_of(&heading)));
    !said.is_empty() && (said == title || title.starts_with(&said) && said.len() * 2 >= title.len())
}

fn is_others(text: &NodeRef<'_>) -> bool {
    text.ancestors_it(None).any(|above| {
        OTHERS.split(',').any(|tag| above.has_name(tag)) || is_called(&above, &READERS)
    })
}

/// The names a text under the title gives.
fn told(text: &NodeRef<'_>, words: &str) -> Vec<String> {
    if words.len() > BYLINE_BYTES_MAX {
        return Vec::new();
    }
    let Some(words) = line(words) else {
        return Vec::new();
    };
    let around: Vec<NodeRef<'_>> = text.ancestors_it(Some(AROUND)).collect();
    let is_author = around.iter().any(|above| is_called(above, &AUTHOR_WORDS));
    let is_byline = is_author || around.iter().any(|above| is_called(above, &BYLINE_WORDS));
    let Some(found) = BY.captures(&words) else {
        // What is in a byline beside the name is one word more often than the name.
        let words_min = if is_author { 1 } else { 2 };
        let is_dated = words.contains(char::is_numeric);
        let is_alone = is_byline && !is_dated && follows(text.next_sibling());
        return if is_alone {
            names(&words, words_min)
        } else {
            Vec::new()
        };
    };
    // "By Invitation" is a rubric, "Von Berlin" a place.
    let words_min = if is_byline { 1 } else { 2 };
    match found.get(1) {
        Some(rest) if follows(text.next_sibling()) => names(rest.as_str(), words_min),
        Some(_) => Vec::new(),
        None => beside(text, &words, words_min),
    }
}

/// The names in elements behind a text that only says "By".
fn beside(text: &NodeRef<'_>, words: &str, words_min: usize) -> Vec<String> {
    let after = text.next_element_sibling().or_else(|| {
        let own = text.parent()?;
        (text_of(&own) == words).then(|| own.next_element_sibling())?
    });
    let mut found = Vec::new();
    let mut next = after;
    while let Some(element) = next {
        let Some(name) = person(&text_of(&element), words_min) else {
            return Vec::new();
        };
        found.push(name);
        let joint = element.next_sibling().filter(NodeRef::is_text);
        let said = joint.map(|joint| joint.text().trim().to_lowercase());
        let conjunctions = ["and", "und", "et", "y", "e", "&", ",", ", and"];
        let is_joint = said
            .as_deref()
            .is_some_and(|said| conjunctions.contains(&said));
        if !is_joint || found.len() == super::AUTHORS_MAX {
            let goes_on = !follows(element.next_sibling());
            return if goes_on { Vec::new() } else { found };
        }
        next = element.next_element_sibling();
    }
    found
}

/// Whether a line ends here, or goes on with a date, and is no sentence.
fn follows(next: Option<NodeRef<'_>>) -> bool {
    next.is_none_or(|next| {
        let said = if next.is_text() {
            next.text().trim().to_owned()
        } else {
            text_of(&next)
        };
        AFTER.is_match(&said) || !said.starts_with(char::is_lowercase) && !said.starts_with('.')
    })
}

/// The names a byline is made of; nothing where it says something else.
fn names(text: &str, words_min: usize) -> Vec<String> {
    let end = REST.find(text).map_or(text.len(), |rest| rest.start());
    let text = text[..end].trim();
    let several: Vec<&str> = AND.split(text).collect();
    if several.len() > 1 {
        let parts = several.iter().flat_map(|part| part.split(','));
        let parts = parts.map(str::trim).filter(|part| !part.is_empty());
        let each: Option<Vec<String>> = parts.clone().map(|part| person(part, 2)).collect();
        // "Tom and Anna Smith" are not parted.
        return each
            .or_else(|| {
                let all = person(&several.concat(), words_min);
                all.map(|_| vec![text.to_owned()])
            })
            .filter(|names| names.len() <= super::AUTHORS_MAX)
            .unwrap_or_default();
    }
    let (name, role) = text.split_once(',').unwrap_or((text, ""));
    if role.chars().count() > ROLE_CHARS_MAX || role.ends_with(['.', '!', '?']) {
        return Vec::new();
    }
    person(name, words_min).into_iter().collect()
}

/// A text that may be a name and nothing else.
fn person(text: &str, words_min: usize) -> Option<String> {
    let text = text.trim().trim_end_matches(',');
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_part = |word: &&str| {
        word.starts_with(char::is_uppercase) || PARTICLES.contains(&&*word.to_lowercase())
    };
    let ends = |word: &str| {
        // Only an initial has its dot.
        let letters = word.trim_end_matches('.');
        letters.len() == word.len() || letters.chars().count() <= 2
    };
    let first = words.first()?.to_lowercase();
    let is_name = (words_min..=NAME_WORDS_MAX).contains(&words.len())
        && text.chars().count() <= NAME_CHARS_MAX
        && words.iter().all(is_part)
        && words.iter().all(|word| ends(word))
        && words
            .iter()
            .any(|word| word.starts_with(char::is_uppercase))
        && !text.contains(|c: char| c.is_numeric() || ":!?#@/\"«“".contains(c))
        && !NO_NAMES.contains(&&*first)
        && !is_nobody(text);
    is_name.then(|| text.to_owned())
}

/// The author a program names inside the entry that shows the title.
fn of_entry(page: &Page, title: &str) -> Option<String> {
    let title = folded(title);
    let marked = page.tree.select(ENTRY_AUTHOR);
    let mut found: Option<String> = None;
    for mark in marked.nodes().iter().take(super::MARKED_MAX) {
        if is_others(mark) || !is_in_entry(mark, &title) {
            continue;
        }
        let text = text_of(mark);
        let said = BY
            .captures(&text)
            .and_then(|said| said.get(1))
            .map_or(text.as_str(), |said| said.as_str());
        let Some(name) = names(said, 1).into_iter().next() else {
            continue;
        };
        if found.as_ref().is_some_and(|known| *known != name) {
            return None;
        }
        found = Some(name);
    }
    found
}

/// Whether the next entry around a mark shows the title; what has a heading of its own
/// before that is another article's card.
fn is_in_entry(mark: &NodeRef<'_>, title: &str) -> bool {
    for above in mark.ancestors_it(Some(ENTRY_DEPTH_MAX)) {
        let is_entry = above.has_name("article")
            || ENTRIES.iter().any(|class| {
                let classes = above.class();
                classes.is_some_and(|classes| classes.split_whitespace().any(|own| own == *class))
            });
        let headings = crate::gather::page::markup::below(&above, HEADINGS);
        if is_entry {
            return headings
                .iter()
                .any(|heading| folded(&text_of(heading)) == title);
        }
        if !headings.is_empty() {
            return false;
        }
    }
    false
}

fn folded(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests;
