//! What pages call the things that are no part of an article's text, and what
//! those say of themselves: the words are data, `clutter.tsv`.

use std::collections::HashSet;

use dom_query::NodeRef;

const TABLE: &str = include_str!("clutter.tsv");
/// The most words of one name put together to find it in the table.
const WORDS_MAX: usize = 4;
/// Longer names are looked at no further.
const NAME_BYTES_MAX: usize = 200;
/// Where elements carry their names.
const ATTRIBUTES: [&str; 8] = [
    "class",
    "id",
    "role",
    "data-component",
    "data-testid",
    "data-qa",
    "data-area",
    "data-sara-component",
];

pub struct Names {
    clutter: HashSet<&'static str>,
    readers: HashSet<&'static str>,
    not: HashSet<&'static str>,
    whole: HashSet<&'static str>,
    leads: Vec<&'static str>,
    asks: Vec<&'static str>,
    shelf: Vec<&'static str>,
}

impl Names {
    pub fn read() -> Self {
        let words = |kind| rows(kind).flat_map(str::split_whitespace);
        let phrases = |kind| rows(kind).flat_map(|row| row.split(" | "));
        Self {
            clutter: words("name").collect(),
            readers: words("reader").collect(),
            not: words("not").collect(),
            whole: phrases("whole").collect(),
            leads: phrases("leads").collect(),
            asks: phrases("asks").collect(),
            shelf: phrases("shelf").collect(),
        }
    }

    /// The name of clutter an element has.
    pub fn of_clutter(&self, node: &NodeRef<'_>) -> Option<&'static str> {
        called(node, &self.clutter, &self.not)
    }

    pub fn is_readers(&self, node: &NodeRef<'_>) -> bool {
        called(node, &self.readers, &self.not).is_some()
    }

    /// Whether a text is a label and nothing else.
    pub fn is_whole(&self, text: &str) -> bool {
        self.whole.contains(&*label(text))
    }

    /// Whether a text begins with what leads to another article.
    pub fn leads(&self, text: &str) -> bool {
        begins(&label(text), &self.leads)
    }

    /// Whether a label begins as those above other articles do.
    pub fn is_shelf(&self, text: &str) -> bool {
        begins(&label(text), &self.shelf)
    }

    /// Whether a text asks something of the reader, or says whose the page is.
    pub fn asks(&self, text: &str) -> bool {
        let text = label(text);
        self.asks.iter().any(|words| text.starts_with(words))
    }
}

/// Whether a text begins with one of these phrases, at the end of a word.
fn begins(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| {
        let rest = text.strip_prefix(phrase);
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    })
}

type Words = HashSet<&'static str>;

fn called(node: &NodeRef<'_>, known: &Words, not: &Words) -> Option<&'static str> {
    ATTRIBUTES.iter().find_map(|attribute| {
        let names = node.attr(attribute)?;
        let mut names = names
            .split_whitespace()
            .filter(|name| name.len() <= NAME_BYTES_MAX);
        names.find_map(|name| made_of(name, known, not))
    })
}

fn made_of(name: &str, known: &Words, not: &Words) -> Option<&'static str> {
    let words = words_of(name);
    if words.iter().any(|word| not.contains(word.as_str())) {
        return None;
    }
    (1..=WORDS_MAX).find_map(|length| {
        let mut runs = words.windows(length);
        runs.find_map(|run| known.get(run.join("-").as_str()).copied())
    })
}

fn rows(kind: &str) -> impl Iterator<Item = &'static str> {
    TABLE
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter(move |(named, _)| *named == kind)
        .map(|(_, row)| row)
}

/// `authorBox`, `author_box` and `author-box` are two words.
fn words_of(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for letter in name.chars() {
        let begins = letter.is_uppercase() && was_lower;
        if !letter.is_alphanumeric() || begins {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
        was_lower = letter.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

fn label(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.trim_matches(|c: char| !c.is_alphanumeric());
    text.to_lowercase()
}
