//! The table of terms, ready to be looked up word by word.

use std::sync::LazyLock;

use crate::model::language::Language;
use crate::model::topic::Topic;
use crate::text::lookup::Table;
use crate::text::normalise::fold;
use crate::text::stem::stem_in;

const TABLE: &str = include_str!("terms.tsv");

/// Beginnings are looked up by so many letters, and have them.
const HEAD_CHARS: usize = 2;

/// A word of a text, as terms are compared with it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'a> {
    pub(super) stem: &'a str,
    pub(super) folded: &'a str,
    pub(super) is_capitals: bool,
    /// Nothing but a dash or a quotation mark stands before it.
    pub(super) follows: bool,
    /// Its bytes in the text.
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What one word of a term must be.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Part {
    Stem(String),
    Beginning(String),
    Form(String),
    Capitals(String),
}

impl Part {
    fn of(word: &str, language: Language) -> Self {
        let folded = fold(word.trim_matches(['*', '=']));
        if word.starts_with('=') {
            Self::Form(folded)
        } else if word.ends_with('*') {
            Self::Beginning(folded)
        } else if word.chars().count() > 1 && word.chars().all(char::is_uppercase) {
            Self::Capitals(folded)
        } else {
            Self::Stem(stem_in(&folded, language).into_owned())
        }
    }

    fn is(&self, word: &Word<'_>) -> bool {
        match self {
            Self::Stem(stem) => word.stem == stem,
            Self::Beginning(beginning) => word.folded.starts_with(beginning.as_str()),
            Self::Form(form) => word.folded == form,
            Self::Capitals(form) => word.is_capitals && word.folded == form,
        }
    }
}

/// A term, and which topics it tells of by which weight; none: it is not counted.
#[derive(Debug)]
pub(super) struct Term {
    first: Part,
    rest: Vec<Part>,
    pub(super) topics: Vec<(Topic, u8)>,
}

impl Term {
    /// How many words it has.
    pub(super) const fn len(&self) -> usize {
        1 + self.rest.len()
    }

    fn is(&self, words: &[Word<'_>]) -> bool {
        words.get(1..self.len()).is_some_and(|words| {
            let mut pairs = self.rest.iter().zip(words);
            pairs.all(|(part, word)| word.follows && part.is(word))
        })
    }

    /// The one of more words is meant, then that of more letters, then the more
    /// exact one.
    fn rank(&self) -> (usize, usize, u8) {
        let (exactness, letters) = match &self.first {
            Part::Capitals(form) | Part::Form(form) => (2, form.len()),
            Part::Stem(stem) => (1, stem.len()),
            Part::Beginning(beginning) => (0, beginning.len()),
        };
        (self.len(), letters, exactness)
    }
}

/// The terms of one language.
#[derive(Debug, Default)]
pub(super) struct Terms {
    all: Vec<Term>,
    /// By what the first word must be: its stem, its form (in capitals or not),
    /// its beginning.
    by_stem: Table<String, Vec<usize>>,
    by_form: Table<String, Vec<usize>>,
    /// By the first [`HEAD_CHARS`] letters of the beginning.
    by_head: Table<String, Vec<usize>>,
}

static KAZAKH: LazyLock<Terms> = LazyLock::new(|| Terms::read("kk", Language::KazakhCyrillic));
static RUSSIAN: LazyLock<Terms> = LazyLock::new(|| Terms::read("ru", Language::Russian));
static ENGLISH: LazyLock<Terms> = LazyLock::new(|| Terms::read("en", Language::English));

/// The terms of texts in `language`, where there are any.
pub(super) fn of(language: Language) -> Option<&'static Terms> {
    match language {
        Language::KazakhCyrillic | Language::KazakhLatin => Some(&KAZAKH),
        Language::Russian => Some(&RUSSIAN),
        Language::English => Some(&ENGLISH),
        Language::KazakhArabic | Language::Undetermined => None,
    }
}

impl Terms {
    fn read(column: &str, language: Language) -> Self {
        let mut by_parts: Table<Vec<Part>, usize> = Table::default();
        let mut terms = Self::default();
        for (topic, weight, words) in rows(column) {
            let parts: Vec<Part> = words
                .split_whitespace()
                .map(|word| Part::of(word, language))
                .collect();
            let Some((first, rest)) = parts.split_first() else {
                continue;
            };
            let index = *by_parts.entry(parts.clone()).or_insert_with(|| {
                terms.put(Term {
                    first: first.clone(),
                    rest: rest.to_vec(),
                    topics: Vec::new(),
                })
            });
            let topics = &mut terms.all[index].topics;
            // Forms of one word are one term; the first row says its weight.
            let fresh = topic.filter(|topic| topics.iter().all(|(known, _)| known != topic));
            topics.extend(fresh.map(|topic| (topic, weight)));
        }
        terms
    }

    fn put(&mut self, term: Term) -> usize {
        let index = self.all.len();
        let (by, first) = match &term.first {
            Part::Stem(stem) => (&mut self.by_stem, stem.as_str()),
            Part::Form(form) | Part::Capitals(form) => (&mut self.by_form, form.as_str()),
            Part::Beginning(beginning) => (&mut self.by_head, head(beginning)),
        };
        by.entry(first.to_owned()).or_default().push(index);
        self.all.push(term);
        index
    }

    /// The longest term that begins at the first of `words`, with its number.
    pub(super) fn longest(&self, words: &[Word<'_>]) -> Option<(usize, &Term)> {
        let word = words.first()?;
        [
            self.by_stem.get(word.stem),
            self.by_form.get(word.folded),
            self.by_head.get(head(word.folded)),
        ]
        .into_iter()
        .flatten()
        .flatten()
        .map(|index| (*index, &self.all[*index]))
        .filter(|(_, term)| term.first.is(word) && term.is(words))
        .max_by_key(|(_, term)| term.rank())
    }
}

/// The letters beginnings are looked up by.
fn head(word: &str) -> &str {
    let end = word.char_indices().nth(HEAD_CHARS);
    end.map_or(word, |(end, _)| &word[..end])
}

/// The table's rows of one language, term by term; a topic of `-` is none.
fn rows(language: &str) -> impl Iterator<Item = (Option<Topic>, u8, &'static str)> {
    TABLE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(move |line| {
            let mut columns = line.split('\t');
            let topic = columns.next()?.parse().ok();
            (columns.next()? == language).then_some(())?;
            let weight = columns.next()?.parse().ok()?;
            Some((topic, weight, columns.next()?))
        })
        .flat_map(|(topic, weight, terms)| {
            terms
                .split(',')
                .map(move |term| (topic, weight, term.trim()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sound() {
        for (number, line) in TABLE.lines().enumerate() {
            if line.starts_with('#') {
                continue;
            }
            let columns: Vec<&str> = line.split('\t').collect();
            let [topic, language, weight, terms] = columns[..] else {
                panic!("line {}: four columns", number + 1);
            };
            let counts = topic.parse::<Topic>().is_ok() && ["1", "2", "3"].contains(&weight);
            let stops = topic == "-" && weight == "0";
            assert!(counts || stops, "line {}", number + 1);
            assert!(
                ["kk", "ru", "en"].contains(&language),
                "line {}",
                number + 1
            );
            assert!(terms.split(',').all(|term| !term.trim().is_empty()));
        }
    }

    #[test]
    fn every_topic_has_terms_that_decide_in_every_language() {
        for language in ["kk", "ru", "en"] {
            for topic in Topic::ALL {
                let strong = rows(language)
                    .filter(|(of, weight, _)| *of == Some(topic) && *weight == 3)
                    .count();
                assert!(strong >= 5, "{topic} in {language}: {strong}");
            }
        }
    }

    #[test]
    fn forms_of_one_word_are_one_term() {
        for terms in [&*KAZAKH, &RUSSIAN, &ENGLISH] {
            for term in &terms.all {
                if let Part::Beginning(beginning) = &term.first {
                    assert_eq!(head(beginning).chars().count(), HEAD_CHARS, "{term:?}");
                }
                let mut topics: Vec<Topic> = term.topics.iter().map(|(topic, _)| *topic).collect();
                topics.sort();
                topics.dedup();
                assert_eq!(topics.len(), term.topics.len(), "{term:?}");
            }
        }
    }
}
