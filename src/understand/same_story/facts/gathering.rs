//! What the name of a gathering says in any language: `региональный медиафорум`,
//! `өңірлік медиа форум`.

use std::collections::BTreeSet;

use crate::model::language::Language;
use crate::text::stem::stem_in;
use crate::text::tokens::{Token, tokens};

use super::ideas::{COMMON, idea};
use super::names::{bare, skeleton};

/// Letters that only Kazakh writes.
const KAZAKH_LETTERS: [char; 9] = ['ә', 'ғ', 'қ', 'ң', 'ө', 'ұ', 'ү', 'һ', 'і'];
/// Letters of the shortest word that may be somebody's or something's name.
const WORD_CHARS_MIN: usize = 4;
/// Consonants that names of one thing begin with: Каспий, каспийский.
const BEGINNING: usize = 3;

/// A gathering's name by what it says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in super::super::super) struct Gathering {
    /// What it is about, without what any gathering may be.
    ideas: BTreeSet<&'static str>,
    /// Beginnings of the consonants of all other words.
    names: BTreeSet<String>,
}

impl Gathering {
    /// Of a name in any language.
    pub(in super::super::super) fn of(name: &str) -> Self {
        let words: Vec<Token> = tokens(name).into_iter().filter(Token::is_word).collect();
        let languages = languages(&words);
        let mut gathering = Self::default();
        for word in &words {
            let known = languages.iter().find_map(|language| {
                let stem = stem_in(&word.folded, *language);
                idea(&word.folded, &stem, *language)
            });
            if let Some(known) = known {
                if !COMMON.contains(&known) {
                    gathering.ideas.insert(known);
                }
            } else if word.folded.chars().count() >= WORD_CHARS_MIN {
                let stem = stem_in(&word.folded, languages[0]);
                let consonants = skeleton(bare(&word.folded, &stem, languages[0]));
                gathering
                    .names
                    .insert(consonants.chars().take(BEGINNING).collect());
            }
        }
        gathering
    }

    /// Whether both are about the same, and neither is called otherwise than the other.
    pub(in super::super::super) fn is_about_same(&self, other: &Self) -> bool {
        let named = self.names.is_empty() || other.names.is_empty();
        !self.ideas.is_empty()
            && self.ideas == other.ideas
            && (named || !self.names.is_disjoint(&other.names))
    }
}

/// Those a name may be in, the likeliest first.
fn languages(words: &[Token]) -> [Language; 3] {
    let (kazakh, russian, english) = (
        Language::KazakhCyrillic,
        Language::Russian,
        Language::English,
    );
    let any = |is: &dyn Fn(char) -> bool| words.iter().any(|word| word.folded.contains(is));
    if any(&|letter| KAZAKH_LETTERS.contains(&letter)) {
        [kazakh, russian, english]
    } else if any(&|letter| !letter.is_ascii()) {
        [russian, kazakh, english]
    } else {
        [english, kazakh, russian]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_gathering_has_one_meaning_in_any_language() {
        for (one, other, same) in [
            ("Региональный медиафорум", "Өңірлік медиа форум", true),
            ("Региональный медиафорум", "Regional Media Forum", true),
            ("Молодёжный форум", "Өңірлік медиа форум", false),
            ("Форум предпринимателей", "Кәсіпкерлер форумы", true),
            (
                "VI Каспийский энергетический форум",
                "Каспий энергетика форумы",
                true,
            ),
            ("Медиафорум «Тобол»", "«Алатау» медиа форумы", false),
            ("Форум", "Форум", false),
            ("Форум «Іскер ару»", "Медиафорум", false),
        ] {
            let (first, second) = (Gathering::of(one), Gathering::of(other));
            assert_eq!(first.is_about_same(&second), same, "{one} {other}");
            assert_eq!(second.is_about_same(&first), same, "{other} {one}");
        }
    }
}
