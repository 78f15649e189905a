//! One stem for all forms of a word: Kazakh in both scripts, Russian, English.
//!
//! A stem is for comparing, not for reading: it is the root where the root is
//! known, else what is left when the likeliest endings are taken off.

mod kazakh;

use std::borrow::Cow;

use super::normalise::{fold, folded, is_cyrillic};
use super::script::{cyrillic, latin_spelling};
use crate::model::language::Language;

/// Longer words are no words; they are their own stems.
const WORD_CHARS_MAX: usize = 48;
/// Letters that only Latin Kazakh has among the languages the house reads.
const LATIN_KAZAKH: [char; 14] = [
    'ä', 'ö', 'ü', 'ū', 'ğ', 'ñ', 'ş', 'ı', 'ǵ', 'ń', 'á', 'ó', 'ú', 'ý',
];

/// The stem of a word whose language nobody told: Cyrillic is read as Kazakh,
/// Latin as English unless it has letters of Latin Kazakh.
pub fn stem(word: &str) -> String {
    let folded = fold(word);
    let language = if folded.contains(is_cyrillic) {
        Language::KazakhCyrillic
    } else if folded.contains(LATIN_KAZAKH) {
        Language::KazakhLatin
    } else {
        Language::English
    };
    of_folded(&folded, language).into_owned()
}

/// The stem of a word of a text in `language`; both Kazakh scripts share stems.
pub fn stem_in(word: &str, language: Language) -> Cow<'_, str> {
    match folded(word) {
        Cow::Borrowed(word) => of_folded(word, language),
        Cow::Owned(word) => Cow::Owned(of_folded(&word, language).into_owned()),
    }
}

fn of_folded(word: &str, language: Language) -> Cow<'_, str> {
    // A byte is a letter at most.
    if word.len() > WORD_CHARS_MAX && word.chars().count() > WORD_CHARS_MAX {
        return Cow::Borrowed(word);
    }
    match language {
        Language::KazakhCyrillic => kazakh::stem(word),
        Language::KazakhLatin => {
            let cyrillic = cyrillic(word, latin_spelling(word));
            Cow::Owned(kazakh::stem(&cyrillic).into_owned())
        }
        Language::Russian => snowball(rust_stemmers::Algorithm::Russian, word),
        Language::English => snowball(rust_stemmers::Algorithm::English, word),
        Language::KazakhArabic | Language::Undetermined => Cow::Borrowed(word),
    }
}

fn snowball(algorithm: rust_stemmers::Algorithm, word: &str) -> Cow<'_, str> {
    rust_stemmers::Stemmer::create(algorithm).stem(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_share_a_stem() {
        let families = [
            "форум форумы форумның форумдар форумдарына форумда форумнан форумымыз",
            "халық халқы халықтың халқымыздың халыққа",
            "кітап кітабы кітаптар кітабымды",
            "жаңалық жаңалығы жаңалықтарын жаңалықтардағы",
            "қала қаласы қаласында қалалардан қаладағы",
            "бер берді береді берген бермеді беріпті берсе",
            "ұйымдастыр ұйымдастырды ұйымдастырылған ұйымдастыратын",
            "өңір өңірдегі өңірлері",
            "өңірлік өңірліктер",
            "астана астанада астанадан астананың",
        ];
        for family in families {
            let words: Vec<&str> = family.split(' ').collect();
            let root = stem(words[0]);
            for word in &words {
                assert_eq!(stem(word), root, "{word}");
            }
        }
    }

    #[test]
    fn other_words_stay_apart() {
        for (one, other) in [
            ("қала", "қалам"),
            ("бала", "бал"),
            ("кітап", "кітапхана"),
            ("оқушы", "оқулық"),
            ("форум", "фора"),
            ("доллар", "дол"),
        ] {
            assert_ne!(stem(one), stem(other), "{one} {other}");
        }
    }

    #[test]
    fn scripts_and_languages_have_their_rules() {
        assert_eq!(stem("qalalardyñ"), stem("қалалардың"));
        assert_eq!(
            stem_in("форумами", Language::Russian),
            stem_in("форума", Language::Russian)
        );
        assert_eq!(stem("forums"), stem("Forum"));
        assert_eq!(stem(&"а".repeat(200)), "а".repeat(200));
        assert_eq!(stem(""), "");
    }

    /// Where the shared development data is at hand: share of pairs of one
    /// lemma's forms that get one stem, and of pairs of one stem that are one
    /// lemma's, as their harmonic mean.
    #[test]
    fn known_lemmas_are_found() {
        let Ok(text) = std::fs::read_to_string("../shared/kk/lemmas.dev.tsv") else {
            return;
        };
        let rows: Vec<(&str, &str, Cow<'_, str>)> = text
            .lines()
            .filter_map(|line| {
                let mut columns = line.split('\t');
                let (form, lemma) = (columns.next()?, columns.next()?);
                Some((form, lemma, stem_in(form, Language::KazakhCyrillic)))
            })
            .collect();
        let (mut both, mut lemma_pairs, mut stem_pairs) = (0_u32, 0_u32, 0_u32);
        for (at, one) in rows.iter().enumerate() {
            for other in rows[at + 1..].iter().filter(|other| other.0 != one.0) {
                let (lemma, stem) = (one.1 == other.1, one.2 == other.2);
                both += u32::from(lemma && stem);
                lemma_pairs += u32::from(lemma);
                stem_pairs += u32::from(stem);
            }
        }
        let found = 2.0 * f64::from(both) / f64::from(lemma_pairs + stem_pairs);
        assert!(
            found > 0.88,
            "{found:.3}: {both} of {lemma_pairs} and {stem_pairs}"
        );
    }
}
