//! Kazakh places written in Latin letters, whatever the spelling: that of 2021, of
//! 2018, plain letters, or the English of maps and gazetteers, with Kazakh endings.
//!
//! Spellings differ in few letters (`Qostanay`, `Qostanai`, `Kostanay`); a name is
//! compared by a key in which those are one. Exact names are asked first.

use std::sync::LazyLock;

use crate::text::lookup::{Set, Table};
use crate::text::normalise::{is_latin, plain_letter};
use crate::text::script::{LatinSpelling, cyrillic};
use crate::text::tokens::Token;

use super::super::endings::name_endings;
use super::gazetteer::Place;

/// Shorter keys are too easily other words, in characters …
const KEY_CHARS_MIN: usize = 5;
/// … and in a text that is not Kazakh, so are these with an ending.
const ENDED_CHARS_MIN: usize = 6;
/// Names are told from other words by this many first characters of the key.
const HEAD_CHARS: usize = 3;

/// Kazakh endings by their keys.
static ENDINGS: LazyLock<Table<String, String>> = LazyLock::new(|| {
    let mut endings = Table::default();
    for ending in name_endings() {
        endings.entry(key(&ending)).or_insert(ending);
    }
    endings
});

/// How a word of the text was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    Cyrillic,
    /// In Latin letters, in a text known to be Kazakh.
    LatinKazakh,
    /// In Latin letters, in a text of any language.
    Latin,
}

impl Written {
    /// Latin Kazakh is compared in Cyrillic letters, of two bytes each: such a
    /// token takes fewer bytes where it stands.
    pub fn of(token: &Token) -> Self {
        if token.folded.chars().all(is_latin) {
            Self::Latin
        } else if token.folded.len() > token.end - token.start {
            Self::LatinKazakh
        } else {
            Self::Cyrillic
        }
    }
}

/// The places by the keys of their names; `None` where two share one.
#[derive(Debug, Default)]
pub struct Latin {
    names: Table<String, Option<Place>>,
    heads: Set<String>,
}

impl Latin {
    pub fn add(&mut self, form: &str, place: Place) {
        let key = key(form);
        if place.region.is_none() || key.chars().count() < KEY_CHARS_MIN {
            return;
        }
        self.heads.insert(head(&key));
        self.names
            .entry(key)
            .and_modify(|held| *held = held.filter(|held| held.city == place.city))
            .or_insert(Some(place));
    }

    pub fn may_begin(&self, word: &str) -> bool {
        // A letter of the key is of two letters at most; the one after them may matter.
        let end = word.char_indices().nth(2 * HEAD_CHARS + 1);
        let beginning = end.map_or(word, |(end, _)| &word[..end]);
        self.heads.contains(&head(&key(beginning)))
    }

    /// The place these words name, and the Kazakh ending they bear.
    pub fn look_up(&self, words: &str, written: Written) -> Option<(Place, &'static str)> {
        if written == Written::Cyrillic {
            return None;
        }
        let key = key(words);
        let ends = key.char_indices().map(|(at, _)| at).skip(KEY_CHARS_MIN);
        let splits: Vec<usize> = ends.chain([key.len()]).collect();
        splits.into_iter().rev().find_map(|at| {
            let (name, rest) = key.split_at(at);
            let place = (*self.names.get(name)?)?;
            if rest.is_empty() {
                return Some((place, ""));
            }
            let short = name.chars().count() < ENDED_CHARS_MIN;
            if short && written == Written::Latin {
                return None;
            }
            ENDINGS.get(rest).map(|ending| (place, ending.as_str()))
        })
    }
}

fn head(key: &str) -> String {
    key.chars().take(HEAD_CHARS).collect()
}

/// The words in Cyrillic letters, those made one that Latin spellings mix up.
fn key(words: &str) -> String {
    let read = cyrillic(words, LatinSpelling::Plain);
    let mut key = String::with_capacity(read.len());
    for letter in read.chars() {
        key.push(match letter {
            'э' => 'е',
            'й' | 'ы' => 'и',
            other => plain_letter(other),
        });
    }
    key
}
