//! What a text is found by, and what a query looks for: normalised stems without
//! grammar words, numbers as they are.
//!
//! A word is stemmed in its text's language; where nobody told the language, in
//! each of the three its letters allow, and any of these will do. Kazakh has one
//! term for both scripts, and for those who type it without its own letters.
//! Deliberately absent: quoted phrases, operators, parts of words; all words of a
//! query are looked for, in any order, and marks between them mean nothing.

use std::borrow::Cow;
use std::collections::HashSet;

use super::cyrillic;
use super::normalise::{is_cyrillic, is_latin, one_line};
use super::script::{self, LatinSpelling, latin_spelling};
use super::stem::stem_in;
use super::tokens::{Shape, tokens};
use crate::model::language::Language;

/// Characters of a query that are read.
pub const QUERY_CHARS_MAX: usize = 200;
/// Words of a query that are looked for.
pub const QUERY_TERMS_MAX: usize = 12;
/// Different terms an article is found by, the first of it.
pub const ARTICLE_TERMS_MAX: usize = 2_000;
/// Bytes of an article that are read: 2,000 terms rarely need a tenth of them.
const ARTICLE_BYTES_MAX: usize = 256 * 1024;
/// Letters of a term: what is longer is no word, and is found by its beginning.
const TERM_CHARS_MAX: usize = 48;

/// Words of grammar, as [folded](super::normalise::fold): short, in every text, and
/// nothing anybody looks for. Words of one letter are left out anyway.
const KAZAKH_GRAMMAR: [&str; 20] = [
    "және",
    "мен",
    "бен",
    "пен",
    "да",
    "де",
    "та",
    "те",
    "ма",
    "ме",
    "ба",
    "бе",
    "па",
    "пе",
    "үшін",
    "туралы",
    "бұл",
    "осы",
    "сол",
    "бір",
];
const RUSSIAN_GRAMMAR: [&str; 24] = [
    "на", "по", "из", "за", "от", "до", "для", "при", "не", "ни", "но", "что", "как", "или", "это",
    "об", "во", "со", "ко", "же", "ли", "бы", "под", "над",
];
const ENGLISH_GRAMMAR: [&str; 22] = [
    "the", "an", "of", "in", "on", "at", "to", "for", "and", "or", "is", "are", "was", "by", "as",
    "it", "its", "be", "with", "from", "that", "this",
];

/// What somebody looks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// What was read of it, in one line.
    pub words: String,
    /// For each word the terms any of which will do; empty: there is nothing to look for.
    pub terms: Vec<Vec<String>>,
    /// There was more than [`QUERY_CHARS_MAX`] characters or [`QUERY_TERMS_MAX`] words.
    pub is_cut: bool,
}

/// Reads a query for texts in `language`; undetermined: for texts in any.
pub fn query(text: &str, language: Language) -> Query {
    let line = one_line(text);
    let mut words: String = line.chars().take(QUERY_CHARS_MAX).collect();
    let mut is_cut = words.len() < line.len();
    if is_cut && let Some(end) = words.rfind(' ') {
        words.truncate(end);
    }
    let spelling = latin_spelling(&words);
    let mut terms: Vec<Vec<String>> = Vec::new();
    for token in tokens(&words) {
        if token.shape == Shape::Mark {
            continue;
        }
        let any = terms_of(&token.folded, language, spelling);
        if any.is_empty() || terms.contains(&any) {
            continue;
        }
        if terms.len() == QUERY_TERMS_MAX {
            is_cut = true;
            break;
        }
        terms.push(any);
    }
    Query {
        words,
        terms,
        is_cut,
    }
}

/// The terms a text in `language` is found by, each once, in the order of the text.
pub fn terms(text: &str, language: Language) -> Vec<String> {
    let text = &text[..text.floor_char_boundary(ARTICLE_BYTES_MAX)];
    let spelling = latin_spelling(text);
    let respelled = if language == Language::KazakhLatin {
        cyrillic::cyrillic(text)
    } else {
        None
    };
    let (mut met, mut known) = (HashSet::new(), HashSet::new());
    let mut found = Vec::new();
    for token in tokens(respelled.as_deref().unwrap_or(text)) {
        if token.shape == Shape::Mark || !met.insert(token.folded.clone()) {
            continue;
        }
        for term in terms_of(&token.folded, language, spelling) {
            if known.insert(term.clone()) {
                found.push(term);
            }
        }
        if found.len() >= ARTICLE_TERMS_MAX {
            found.truncate(ARTICLE_TERMS_MAX);
            break;
        }
    }
    found
}

/// The terms of a folded word: none for one of grammar in a language it may be of.
fn terms_of(word: &str, language: Language, spelling: LatinSpelling) -> Vec<String> {
    let is_number = word.starts_with(|letter: char| letter.is_ascii_digit());
    if !is_number && word.chars().nth(1).is_none() {
        return Vec::new();
    }
    let readings = readings(word, language);
    let mut found: Vec<String> = Vec::new();
    for reading in readings {
        let (spelled, stemmed_in) = match reading {
            Language::KazakhLatin => (
                Cow::Owned(script::cyrillic(word, spelling)),
                Language::KazakhCyrillic,
            ),
            Language::English => (Cow::Owned(word.replace(['’', 'ʼ'], "'")), Language::English),
            other => (Cow::Borrowed(word), *other),
        };
        if is_grammar(&spelled, stemmed_in) {
            return Vec::new();
        }
        let term = comparable(&stem_in(&spelled, stemmed_in));
        if !term.is_empty() && !found.contains(&term) {
            found.push(term);
        }
    }
    if readings.is_empty() {
        let term = comparable(word);
        if !term.is_empty() {
            found.push(term);
        }
    }
    found
}

/// What a word may be in a text of `language`: foreign names stand in every text.
fn readings(word: &str, language: Language) -> &'static [Language] {
    use Language::{English, KazakhCyrillic, KazakhLatin, Russian};
    if word.contains(is_cyrillic) {
        match language {
            Russian => &[Russian],
            KazakhCyrillic | KazakhLatin => &[KazakhCyrillic],
            _ => &[KazakhCyrillic, Russian],
        }
    } else if word.contains(is_latin) {
        match language {
            English => &[English],
            KazakhLatin => &[KazakhLatin],
            _ => &[English, KazakhLatin],
        }
    } else {
        &[]
    }
}

fn is_grammar(word: &str, language: Language) -> bool {
    let words: &[&str] = match language {
        Language::KazakhCyrillic => &KAZAKH_GRAMMAR,
        Language::Russian => &RUSSIAN_GRAMMAR,
        Language::English => &ENGLISH_GRAMMAR,
        _ => &[],
    };
    words.contains(&word)
}

/// A stem as terms are compared: letters and digits only, and Cyrillic ones without
/// what spellings and keyboards disagree about (қ and к, і and и, я and ia).
fn comparable(stem: &str) -> String {
    let mut term = String::with_capacity(stem.len());
    let letters = stem.chars().filter(|letter| letter.is_alphanumeric());
    for letter in letters.take(TERM_CHARS_MAX) {
        let loose = match letter {
            'ә' => "а",
            'ғ' => "г",
            'қ' => "к",
            'ң' => "н",
            'ө' => "о",
            'ұ' | 'ү' => "у",
            'һ' => "х",
            'э' => "е",
            'і' | 'й' => "и",
            'ц' => "тс",
            'ч' => "тш",
            'щ' => "шш",
            'ю' => "иу",
            'я' => "иа",
            'ъ' | 'ь' => "",
            other => {
                if !(other == 'и' && term.ends_with('и')) {
                    term.push(other);
                }
                continue;
            }
        };
        let twice = loose.starts_with('и') && term.ends_with('и');
        term.push_str(if twice {
            &loose['и'.len_utf8()..]
        } else {
            loose
        });
    }
    term
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{English, KazakhCyrillic, KazakhLatin, Russian, Undetermined};

    fn is_found(asked: &Query, text: &str, language: Language) -> bool {
        let terms = terms(text, language);
        let mut words = asked.terms.iter();
        !asked.terms.is_empty() && words.all(|any| any.iter().any(|term| terms.contains(term)))
    }

    #[test]
    fn any_form_in_either_script_is_found() {
        let kazakh = "Қостанайдағы форумға өңірлік журналистер жиналды";
        let latin = "Qostanaidağy forumğa öñırlık jurnalister jinaldy";
        let acute = "Qostanaıdaǵy forýmǵa óńirlik jýrnalıster jınaldy";
        let russian = "В Костанае на форум собрались журналисты регионов Казахстана";
        let english = "The forums' journalists gathered in Kostanay";
        for (asked, text, language) in [
            ("форум қостанай", kazakh, KazakhCyrillic),
            ("forum qostanai", kazakh, KazakhCyrillic),
            ("forým Qostanaı", kazakh, KazakhCyrillic),
            ("өңірлік форумдар", kazakh, KazakhCyrillic),
            ("Костанай", kazakh, KazakhCyrillic),
            ("журналистердің форумы", kazakh, KazakhCyrillic),
            ("форум қостанай", latin, KazakhLatin),
            ("forumdar qostanaida", latin, KazakhLatin),
            ("форум қостанай", acute, KazakhLatin),
            ("журналистами форума", russian, Russian),
            ("форумы в Костанай", russian, Russian),
            ("Қостанай", russian, Russian),
            ("регион казахстан", russian, Russian),
            ("forum", english, English),
            ("the journalist's forum in kostanay", english, English),
            ("форум қостанай", kazakh, Undetermined),
            ("журналист форум", russian, Undetermined),
        ] {
            let asked = query(asked, Undetermined);
            assert!(is_found(&asked, text, language), "{asked:?} in {text}");
        }
        for (asked, text, language) in [
            ("форум алматы", kazakh, KazakhCyrillic),
            ("қала", "Қаламдар көрмесі", KazakhCyrillic),
            ("форум", "Жиын өтті", KazakhCyrillic),
            ("form", english, English),
        ] {
            let asked = query(asked, Undetermined);
            assert!(!is_found(&asked, text, language), "{asked:?} in {text}");
        }
    }

    #[test]
    fn a_known_language_is_stemmed_by_its_rules_alone() {
        let asked = query("форуме", Russian);
        assert!(is_found(&asked, "Итоги форума", Russian));
        assert!(asked.terms.iter().all(|any| any.len() == 1), "{asked:?}");
    }

    #[test]
    fn spellings_of_borrowed_words_are_one() {
        for (latin, cyrillic) in [
            ("Azia", "Азия"),
            ("ekonomika", "экономика"),
            ("baiqoñyr", "Байқоңыр"),
            ("qurylys", "құрылыс"),
        ] {
            let asked = query(latin, Undetermined);
            assert!(is_found(&asked, cyrillic, KazakhCyrillic), "{latin}");
        }
    }

    #[test]
    fn grammar_is_left_out_and_numbers_stay() {
        let asked = query("форум в и для the and 2026 жылғы 15-ші", Undetermined);
        let numbers: Vec<&[String]> = asked
            .terms
            .iter()
            .map(Vec::as_slice)
            .filter(|any| any[0].starts_with(|c: char| c.is_ascii_digit()))
            .collect();
        assert_eq!(numbers, [["2026"], ["15"]]);
        assert!(is_found(&query("2026", Undetermined), "2026 жылы", Russian));
        for nothing in ["", "  ", "в и на", "the of", "« — »", "\0", "* ( ) : ^ \""] {
            assert_eq!(query(nothing, Undetermined).terms.len(), 0, "{nothing:?}");
        }
    }

    #[test]
    fn marks_mean_nothing() {
        let plain = query("форум қостанай near not", Undetermined).terms;
        for marked in [
            "\"форум* қостанай\" NEAR/2 -NOT",
            "форум:қостанай, (near) not^",
            "'форум' \\ қостанай {near} %not_",
        ] {
            let mut terms = query(marked, Undetermined).terms;
            terms.retain(|any| any != &["2".to_owned()]);
            assert_eq!(terms, plain, "{marked}");
        }
    }

    #[test]
    fn everything_has_a_limit() {
        let numbers = |count: u32| -> String {
            let all: Vec<String> = (0..count).map(|n| n.to_string()).collect();
            all.join(" ")
        };
        let many = numbers(20);
        let asked = query(&many, Undetermined);
        assert_eq!((asked.terms.len(), asked.is_cut), (QUERY_TERMS_MAX, true));
        let long = query(&"форум ".repeat(200_000), Undetermined);
        assert_eq!((long.terms.len(), long.is_cut), (1, true));
        assert!(long.words.chars().count() <= QUERY_CHARS_MAX);
        let endless = query(&"ү".repeat(1_000_000), Undetermined);
        assert_eq!(endless.terms, [["у".repeat(TERM_CHARS_MAX)]]);
        assert!(!query("форум", Undetermined).is_cut);
        assert_eq!(terms(&numbers(9_000), English).len(), ARTICLE_TERMS_MAX);
        let wide = "қ".repeat(ARTICLE_BYTES_MAX);
        assert_eq!(terms(&wide, KazakhCyrillic).len(), 1);
    }

    /// The store's engines are told so.
    #[test]
    fn a_term_is_letters_and_digits_only() {
        let hostile =
            "don’t O'Brien a\u{200b}b e\u{301}f 北京 ١٢ x\u{302}y\u{301} ﷺ \u{1F600}ok İİ qaz'aq";
        for language in Language::ALL {
            for term in terms(hostile, language) {
                assert!(term.chars().all(char::is_alphanumeric), "{term:?}");
            }
        }
    }
}
