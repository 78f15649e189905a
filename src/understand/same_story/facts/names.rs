//! Names as any language writes them.

use std::borrow::Cow;

use crate::model::language::Language;
use crate::text::normalise::folded;
use crate::text::tokens::Token;

/// Endings of Russian names that add a consonant, the longest first. A stemmer
/// would take a surname's own end (Көшеров, Кушеров) with them.
const RUSSIAN_ENDINGS: [&str; 10] = [
    "ского",
    "скому",
    "ском",
    "ским",
    "ыми",
    "ами",
    "ого",
    "ому",
    "ым",
    "ом",
];
/// Kazakh ones; the stemmer would take a name's own end (Ногербек) with them.
const KAZAKH_ENDINGS: [&str; 26] = [
    "ның", "нің", "дың", "дің", "тың", "тің", "дан", "ден", "тан", "тен", "нан", "нен", "мен",
    "пен", "бен", "ды", "ді", "ты", "ті", "да", "де", "та", "ға", "ге", "қа", "ке",
];
/// Letters an ending may leave.
const LEFT_MIN: usize = 4;
/// Words within quotation marks that may be a name.
const QUOTED_MAX: usize = 6;

/// Whether a capital there says nothing. A quotation mark opens a name where it
/// closes a few words on, and speech elsewhere.
pub(super) fn begins_sentence(tokens: &[Token], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| &tokens[before]) else {
        return true;
    };
    if before.is_mark('«') || before.is_mark('“') {
        let closes = |token: &Token| token.is_mark('»') || token.is_mark('”');
        return !tokens[at..].iter().take(QUOTED_MAX).any(closes);
    }
    ['.', '!', '?', ':', '"', '–', '—']
        .iter()
        .any(|mark| before.is_mark(*mark))
}

/// A name without its case.
pub(super) fn bare<'a>(folded: &'a str, stem: &'a str, language: Language) -> &'a str {
    let (name, endings) = match language {
        Language::Russian => (folded, RUSSIAN_ENDINGS.as_slice()),
        Language::KazakhCyrillic => (folded, KAZAKH_ENDINGS.as_slice()),
        _ => (stem, [].as_slice()),
    };
    endings
        .iter()
        .filter_map(|ending| name.strip_suffix(ending))
        .find(|left| left.chars().count() >= LEFT_MIN)
        .unwrap_or(name)
}

/// Letters that stand for one sound, and one letter for it; those of Latin first.
const PAIRS: [(&str, &str); 15] = [
    ("shch", "ш"),
    ("sch", "ш"),
    ("kh", "х"),
    ("zh", "ж"),
    ("ch", "ч"),
    ("sh", "ш"),
    ("ts", "ц"),
    ("ya", "а"),
    ("yu", "у"),
    ("ye", "е"),
    ("yo", "о"),
    ("gh", "г"),
    ("ck", "к"),
    ("дж", "ж"),
    ("щ", "ш"),
];
const LATIN_PAIRS: usize = 13;

/// The consonants of a name in one Latin letter each.
pub(super) fn skeleton(word: &str) -> String {
    let mut spelled = folded(word);
    let latin = spelled.bytes().any(|byte| byte.is_ascii_lowercase());
    let pairs = if latin {
        &PAIRS[..]
    } else {
        &PAIRS[LATIN_PAIRS..]
    };
    for (pair, one) in pairs {
        if spelled.contains(pair) {
            spelled = Cow::Owned(spelled.replace(pair, one));
        }
    }
    let mut skeleton = String::with_capacity(spelled.len());
    for letter in spelled.chars() {
        let one = match letter {
            'б' | 'b' => 'b',
            'в' | 'v' | 'w' => 'v',
            'г' | 'ғ' | 'g' | 'ğ' | 'ǵ' => 'g',
            'д' | 'd' => 'd',
            'ж' | 'j' => 'j',
            'з' | 'z' | 'ц' => 'z',
            'к' | 'қ' | 'k' | 'q' | 'c' => 'k',
            'л' | 'l' => 'l',
            'м' | 'm' => 'm',
            'н' | 'ң' | 'n' | 'ñ' | 'ń' => 'n',
            'п' | 'p' => 'p',
            'р' | 'r' => 'r',
            'с' | 's' => 's',
            'т' | 't' => 't',
            'ф' | 'f' => 'f',
            'х' | 'һ' | 'h' => 'h',
            'ч' => 'c',
            'ш' | 'ş' => 'w',
            _ => continue,
        };
        if !skeleton.ends_with(one) {
            skeleton.push(one);
        }
    }
    skeleton
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normalise::fold;
    use crate::text::stem::stem_in;
    use crate::text::tokens::tokens;

    #[test]
    fn names_have_one_skeleton_in_three_languages() {
        for names in [
            ["тоқаев", "токаев", "tokayev"],
            ["назарбаев", "назарбаев", "nazarbayev"],
            ["жұмабаев", "жумабаев", "zhumabayev"],
            ["шымкент", "шымкент", "shymkent"],
            ["балаева", "балаева", "balayeva"],
        ] {
            let [one, other, third] = names.map(skeleton);
            assert_eq!(one, other, "{names:?}");
            assert_eq!(other, third, "{names:?}");
        }
    }

    #[test]
    fn a_name_in_any_case_is_one() {
        let bare = |word: &str, language| {
            let folded = fold(word);
            let stem = stem_in(&folded, language);
            skeleton(bare(&folded, &stem, language))
        };
        let (kk, ru) = (Language::KazakhCyrillic, Language::Russian);
        let cases = [
            ("Көшеров", kk, "Кушеров", ru),
            ("Көшеровтің", kk, "Кушерову", ru),
            ("Көшеров", kk, "Кушеровым", ru),
            ("Ногербек", kk, "Ногербеком", ru),
            ("Исмағұлова", kk, "Исмагуловой", ru),
        ];
        for (one, language, other, other_language) in cases {
            assert_eq!(
                bare(one, language),
                bare(other, other_language),
                "{one} {other}"
            );
        }
    }

    #[test]
    fn a_quoted_name_is_a_name_and_speech_is_speech() {
        let begins = |text: &str, word: &str| {
            let laid_out = tokens(text);
            let at = laid_out.iter().position(|token| token.folded == word);
            begins_sentence(&laid_out, at.expect(word))
        };
        assert!(!begins("компания «Есіл құрылыс» строит", "есіл"));
        assert!(begins(
            "Он сказал: «Форум собрал очень много самых разных людей»",
            "форум"
        ));
        assert!(begins("Так. Форум открыт", "форум"));
    }
}
