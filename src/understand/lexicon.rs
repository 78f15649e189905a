//! Telling words by meaning, from `lexicon.txt`.
//!
//! Deliberately absent: weights. What a word counts is decided where it is used.

use std::sync::LazyLock;

use crate::text::lookup::{Set, Table};
use crate::text::tokens::Token;

const LEXICON: &str = include_str!("lexicon.txt");
/// Shorter beginnings would catch too much.
const BEGINNING_CHARS_MIN: usize = 4;
/// In what is noted of a token: that it was looked at.
const LOOKED_AT: u128 = 1 << 127;
/// Sections there may be: one bit of what is noted is not theirs.
const SECTIONS_MAX: usize = 127;

static SECTIONS: LazyLock<Lexicon> = LazyLock::new(Lexicon::read);
static EMPTY: LazyLock<Section> = LazyLock::new(Section::default);

#[derive(Default)]
struct Lexicon {
    sections: Vec<Section>,
    /// Where each section stands.
    names: Table<&'static str, usize>,
    /// By the first word of an entry that names it whole: the sections it is of.
    first_words: Table<String, u128>,
    /// Beginnings of one word, by their first [`BEGINNING_CHARS_MIN`] characters.
    beginnings: Table<String, Vec<(String, u128)>>,
}

/// The words of one meaning.
#[derive(Debug, Default)]
pub struct Section {
    whole: Set<String>,
    /// By their first [`BEGINNING_CHARS_MIN`] characters.
    beginnings: Table<String, Vec<String>>,
    longest: usize,
    /// Its own in what is noted of tokens.
    bit: u128,
}

/// The section of `lexicon.txt` named `name`; a test holds that each exists.
pub fn section(name: &str) -> &'static Section {
    let lexicon = &*SECTIONS;
    let at = lexicon.names.get(name);
    at.map_or(&EMPTY, |at| &lexicon.sections[*at])
}

/// Notes of each token which sections may have an entry that begins with it, so
/// that asking costs next to nothing where there is none. Tokens that are spelled
/// anew must be noted anew.
pub fn note(tokens: &mut [Token]) {
    let lexicon = &*SECTIONS;
    for token in tokens {
        token.noted = LOOKED_AT | lexicon.sections_of(&token.folded);
    }
}

impl Lexicon {
    fn sections_of(&self, word: &str) -> u128 {
        let first = word.split_once(' ').map_or(word, |(first, _)| first);
        let mut bits = self.first_words.get(first).copied().unwrap_or_default();
        for (beginning, sections) in self.beginnings.get(head(word)).into_iter().flatten() {
            if word.starts_with(beginning) {
                bits |= sections;
            }
        }
        bits
    }

    fn read() -> Self {
        let mut lexicon = Self::default();
        let mut current = 0;
        for line in LEXICON.lines().filter(|line| !line.starts_with('#')) {
            if let Some(name) = line.strip_prefix('[') {
                current = lexicon.named(name.trim_end_matches(']'));
                continue;
            }
            for entry in line.split_whitespace() {
                lexicon.add(current, &entry.replace('_', " "));
            }
        }
        lexicon
    }

    fn named(&mut self, name: &'static str) -> usize {
        *self.names.entry(name).or_insert_with(|| {
            self.sections.push(Section {
                bit: 1 << self.sections.len().min(SECTIONS_MAX),
                ..Section::default()
            });
            self.sections.len() - 1
        })
    }

    fn add(&mut self, section: usize, entry: &str) {
        let Some(section) = self.sections.get_mut(section) else {
            return;
        };
        section.add(entry);
        match (entry.split_once(' '), entry.strip_suffix('*')) {
            (None, Some(beginning)) => {
                let all = self.beginnings.entry(head(entry).to_owned()).or_default();
                all.push((beginning.to_owned(), section.bit));
            }
            (words, _) => {
                let first = words.map_or(entry, |(first, _)| first);
                *self.first_words.entry(first.to_owned()).or_default() |= section.bit;
            }
        }
    }
}

/// The first characters beginnings are looked up by.
fn head(word: &str) -> &str {
    let end = word.char_indices().nth(BEGINNING_CHARS_MIN);
    end.map_or(word, |(end, _)| &word[..end])
}

impl Section {
    /// Whether the word, in compared form, is meant.
    pub fn has(&self, word: &str) -> bool {
        self.whole.contains(word) || self.begins(word)
    }

    /// The same of a token.
    pub fn means(&self, token: &Token) -> bool {
        self.may_begin(token) && self.has(&token.folded)
    }

    /// How many tokens from `at` on make up an entry; 0: none. The longest wins.
    pub fn at(&self, tokens: &[Token], at: usize) -> usize {
        let Some(first) = tokens.get(at).filter(|first| self.may_begin(first)) else {
            return 0;
        };
        let mut longest = usize::from(self.has(&first.folded));
        if self.longest > 1 {
            let mut phrase = first.folded.clone();
            for (count, token) in (2..=self.longest).zip(&tokens[at + 1..]) {
                phrase.push(' ');
                phrase.push_str(&token.folded);
                if self.has(&phrase) {
                    longest = count;
                }
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
        self.nearest_of(tokens, at, |_, _| true)
    }

    /// The same of the entries that `counts` takes, by their first token and the one
    /// after their last.
    pub fn nearest_of(
        &self,
        tokens: &[Token],
        at: usize,
        counts: impl Fn(usize, usize) -> bool,
    ) -> Option<usize> {
        (0..tokens.len())
            .filter_map(|from| match self.at(tokens, from) {
                count if count > 0 && !counts(from, from + count) => None,
                0 => None,
                count if from > at => Some((from - at, count)),
                count => Some((at.saturating_sub(from + count - 1), count)),
            })
            .map(|(distance, _)| distance)
            .min()
    }

    /// Whether an entry may begin with the token, as far as is noted.
    const fn may_begin(&self, token: &Token) -> bool {
        token.noted & LOOKED_AT == 0 || token.noted & self.bit != 0
    }

    fn begins(&self, word: &str) -> bool {
        self.beginnings
            .get(head(word))
            .is_some_and(|all| all.iter().any(|beginning| word.starts_with(beginning)))
    }

    fn add(&mut self, entry: &str) {
        self.longest = self.longest.max(entry.split(' ').count());
        match entry.strip_suffix('*') {
            Some(beginning) => {
                let all = self.beginnings.entry(head(beginning).to_owned());
                all.or_default().push(beginning.to_owned());
            }
            None => {
                self.whole.insert(entry.to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokens::tokens;

    #[test]
    fn entries_can_be_found_as_they_are_written() {
        for section in &SECTIONS.sections {
            for heads in section.beginnings.keys() {
                assert_eq!(heads.chars().count(), BEGINNING_CHARS_MIN, "{heads}");
            }
        }
        assert!(SECTIONS.sections.len() <= SECTIONS_MAX, "a bit for each");
    }

    #[test]
    fn what_is_noted_changes_no_answer() {
        let mut words = vec!["өтеді".to_owned(), String::new(), "a b".to_owned()];
        for section in &SECTIONS.sections {
            words.extend(
                section
                    .whole
                    .iter()
                    .flat_map(|entry| entry.split(' ').map(str::to_owned)),
            );
            let beginnings = section.beginnings.values().flatten();
            words.extend(beginnings.map(|beginning| format!("{beginning}лар")));
        }
        let plain: Vec<Token> = words.iter().flat_map(|word| tokens(word)).collect();
        let mut noted = plain.clone();
        note(&mut noted);
        for section in &SECTIONS.sections {
            for at in 0..plain.len() {
                assert_eq!(
                    section.at(&noted, at),
                    section.at(&plain, at),
                    "{}",
                    plain[at].folded
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
