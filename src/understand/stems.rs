//! The stems of one text's words: news repeats itself, several readers ask for the
//! same ones, and a stem costs more than a word.

use crate::model::language::Language;
use crate::text::lookup::Table;
use crate::text::stem::stem_in;

/// Stems of words in compared form, each found once.
#[derive(Debug)]
pub struct Stems {
    language: Language,
    known: Table<String, String>,
}

impl Stems {
    /// Of a text in `language`.
    pub fn of(language: Language) -> Self {
        Self {
            language,
            known: Table::default(),
        }
    }

    /// The language they are of.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// Finds the stem of `word`, for [`Stems::stem`].
    pub fn learn(&mut self, word: &str) {
        if !self.known.contains_key(word) {
            let stem = stem_in(word, self.language).into_owned();
            self.known.insert(word.to_owned(), stem);
        }
    }

    /// The stem of a word that was learnt; any other is its own.
    pub fn stem<'a>(&'a self, word: &'a str) -> &'a str {
        self.known.get(word).map_or(word, String::as_str)
    }
}
