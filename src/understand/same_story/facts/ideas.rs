//! Ideas in the words of any language: a small table that is data (`terms.tsv`).

use std::sync::LazyLock;

use crate::model::language::Language;
use crate::text::lookup::Table;
use crate::text::stem::stem_in;

const TERMS: &str = include_str!("../terms.tsv");
/// Ideas any gathering's name or news may hold: they tell it from no other.
pub(super) const COMMON: [&str; 13] = [
    "республикалық",
    "өңірлік аймақтық",
    "форум",
    "конференция",
    "саммит",
    "жиын",
    "фестиваль",
    "қала",
    "облыс",
    "аудан",
    "орталық",
    "халықаралық",
    "теңге",
];

/// Idea by language and stem.
static IDEAS: LazyLock<[Table<String, &'static str>; 3]> = LazyLock::new(|| {
    let mut ideas = [Table::default(), Table::default(), Table::default()];
    for line in TERMS.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&'static str> = line.split('\t').collect();
        for (words, language) in columns.iter().zip([
            Language::KazakhCyrillic,
            Language::Russian,
            Language::English,
        ]) {
            for word in words.split(' ') {
                // The first row a word stands in is its idea.
                ideas[side(language)]
                    .entry(stem_in(word, language).into_owned())
                    .or_insert(columns[0]);
            }
        }
    }
    ideas
});

/// Which column of the table a language reads; both Kazakh scripts share one.
pub(super) const fn side(language: Language) -> usize {
    match language {
        Language::Russian => 1,
        Language::English => 2,
        _ => 0,
    }
}

/// What a word means, by its stem.
pub(super) fn idea(word: &str, stem: &str, language: Language) -> Option<&'static str> {
    let own = IDEAS[side(language)].get(stem);
    // "Ulytau Invest", "Oil & Gas Forum" in Kazakh and Russian texts.
    let english = || {
        let latin = language != Language::English && word.is_ascii();
        let stem = latin.then(|| stem_in(word, Language::English))?;
        IDEAS[side(Language::English)].get(stem.as_ref())
    };
    own.or_else(english).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_idea_has_three_names() {
        for line in TERMS.lines().filter(|line| !line.starts_with('#')) {
            assert_eq!(
                line.split('\t').filter(|words| !words.is_empty()).count(),
                3,
                "{line}"
            );
        }
    }

    #[test]
    fn common_ideas_stand_in_the_table() {
        for common in COMMON {
            assert!(
                TERMS
                    .lines()
                    .any(|line| line.split('\t').next() == Some(common)),
                "{common}"
            );
        }
    }
}
