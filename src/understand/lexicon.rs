//! Telling words by meaning, from `lexicon.txt`.
//!
//! Deliberately absent: weights. What a word counts is decided where it is used.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::text::tokens::Token;

const LEXICON: &str = include_str!("lexicon.txt");
/// Shorter beginnings would catch too much.
const BEGINNING_CHARS_MIN: usize = 4;

static SECTIONS: LazyLock<HashMap<&'static str, Section>> = LazyLock::new(read);
static EMPTY: LazyLock<Section> = LazyLock::new(Section::default);

/// The words of one meaning.
#[derive(Debug, Default)]
pub struct Section {
    whole: HashSet<String>,
    /// By their first [`BEGINNING_CHARS_MIN`] characters.
    beginnings: HashMap<String, Vec<String>>,
    longest: usize,
}

/// The section of `lexicon.txt` named `name`; a test holds that each exists.
pub fn section(name: &str) -> &'static Section {
    SECTIONS.get(name).unwrap_or(&EMPTY)
}

impl Section {
    /// Whether the word, in compared form, is meant.
    pub fn has(&self, word: &str) -> bool {
        self.whole.contains(word) || self.begins(word)
    }

    /// How many tokens from `at` on make up an entry; 0: none. The longest wins.
    pub fn at(&self, tokens: &[Token], at: usize) -> usize {
        let mut phrase = String::new();
        let mut longest = 0;
        for (count, token) in tokens[at..].iter().take(self.longest).enumerate() {
            if count > 0 {
                phrase.push(' ');
            }
            phrase.push_str(&token.folded);
            if self.has(&phrase) {
                longest = count + 1;
            }
        }
        longest
    }

    /// Whether any entry stands in `tokens`.
    pub fn any(&self, tokens: &[Token]) -> bool {
        (0..tokens.len()).any(|at| self.at(tokens, at) > 0)
    }

    /// How many tokens lie between `at` and the nearest entry.
    pub fn nearest(&self, tokens: &[Token], at: usize) -> Option<usize> {
        (0..tokens.len())
            .filter_map(|from| match self.at(tokens, from) {
                0 => None,
                count if from > at => Some((from - at, count)),
                count => Some((at.saturating_sub(from + count - 1), count)),
            })
            .map(|(distance, _)| distance)
            .min()
    }

    fn begins(&self, word: &str) -> bool {
        let head: String = word.chars().take(BEGINNING_CHARS_MIN).collect();
        self.beginnings
            .get(&head)
            .is_some_and(|all| all.iter().any(|beginning| word.starts_with(beginning)))
    }

    fn add(&mut self, entry: &str) {
        let entry = entry.replace('_', " ");
        self.longest = self.longest.max(entry.split(' ').count());
        match entry.strip_suffix('*') {
            Some(beginning) => {
                let head: String = beginning.chars().take(BEGINNING_CHARS_MIN).collect();
                let all = self.beginnings.entry(head).or_default();
                all.push(beginning.to_owned());
            }
            None => {
                self.whole.insert(entry);
            }
        }
    }
}

fn read() -> HashMap<&'static str, Section> {
    let mut sections: HashMap<&'static str, Section> = HashMap::new();
    let mut current = "";
    for line in LEXICON.lines().filter(|line| !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[') {
            current = name.trim_end_matches(']');
            continue;
        }
        for entry in line.split_whitespace() {
            sections.entry(current).or_default().add(entry);
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokens::tokens;

    #[test]
    fn entries_can_be_found_as_they_are_written() {
        for (name, section) in SECTIONS.iter() {
            for heads in section.beginnings.keys() {
                assert_eq!(
                    heads.chars().count(),
                    BEGINNING_CHARS_MIN,
                    "{name}: {heads}"
                );
            }
        }
    }

    #[test]
    fn entries_of_several_words_are_found() {
        let words = tokens("форум өтіп жатыр");
        assert_eq!(section("present").at(&words, 1), 2);
        assert_eq!(section("present").at(&words, 0), 0);
        assert!(section("future").has("жоспарланған"));
        assert!(section("past").any(&tokens("Ол деді")));
    }
}
