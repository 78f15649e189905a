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
        }
    }

    pub fn is_clutter(&self, node: &NodeRef<'_>) -> bool {
        self.is_called(node, &self.clutter)
    }

    pub fn is_readers(&self, node: &NodeRef<'_>) -> bool {
        self.is_called(node, &self.readers)
    }

    /// Whether a text is a label and nothing else.
    pub fn is_whole(&self, text: &str) -> bool {
        self.whole.contains(&*label(text))
    }

    /// Whether a text begins with what leads to another article.
    pub fn leads(&self, text: &str) -> bool {
        let text = label(text);
        self.leads.iter().any(|words| text.starts_with(words))
    }

    fn is_called(&self, node: &NodeRef<'_>, known: &HashSet<&str>) -> bool {
        ATTRIBUTES.iter().any(|attribute| {
            node.attr(attribute).is_some_and(|names| {
                let names = names.split_whitespace();
                names
                    .filter(|name| name.len() <= NAME_BYTES_MAX)
                    .any(|name| self.is_made_of(name, known))
            })
        })
    }

    fn is_made_of(&self, name: &str, known: &HashSet<&str>) -> bool {
        let words = words_of(name);
        if words.iter().any(|word| self.not.contains(word.as_str())) {
            return false;
        }
        (1..=WORDS_MAX).any(|length| {
            words
                .windows(length)
                .any(|words| known.contains(words.join("-").as_str()))
        })
    }
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
