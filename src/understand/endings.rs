//! The endings a Kazakh noun, number or name can bear, as one set.
//!
//! Vowel harmony is not asked for: who writes a foreign name disagrees about it.
//! Deliberately absent: verbs, and stems (`text::stem` has those).

use std::sync::LazyLock;

use crate::text::lookup::Set;

const PLURALS: [&str; 7] = ["", "лар", "лер", "дар", "дер", "тар", "тер"];
const POSSESSIVES: [&str; 4] = ["ы", "і", "сы", "сі"];
/// Cases after a possessive.
const OWNED_CASES: [&str; 14] = [
    "",
    "ның",
    "нің",
    "н",
    "на",
    "не",
    "нда",
    "нде",
    "нан",
    "нен",
    "мен",
    "ндағы",
    "ндегі",
    "ндай",
];
const CASES: [&str; 42] = [
    "", "ның", "нің", "дың", "дің", "тың", "тің", "ға", "ге", "қа", "ке", "ны", "ні", "ды", "ді",
    "ты", "ті", "да", "де", "та", "те", "дан", "ден", "тан", "тен", "нан", "нен", "мен", "бен",
    "пен", "дай", "дей", "тай", "тей", "ша", "ше", "дап", "деп", "тап", "теп", "лап", "леп",
];
/// "… that is in".
const LOCATIVE_ATTRIBUTES: [&str; 4] = ["дағы", "дегі", "тағы", "тегі"];
/// What makes an adjective of a noun; cases may follow.
const ATTRIBUTES: [&str; 20] = [
    "дағы", "дегі", "тағы", "тегі", "ғы", "гі", "қы", "кі", "лық", "лік", "дық", "дік", "тық",
    "тік", "лығ", "ліг", "дығ", "діг", "тығ", "тіг",
];
/// Cases that say "in" or "at".
const LOCATIVES: [&str; 14] = [
    "да",
    "де",
    "та",
    "те",
    "нда",
    "нде",
    "дағы",
    "дегі",
    "тағы",
    "тегі",
    "ндағы",
    "ндегі",
    "ында",
    "інде",
];

static ENDINGS: LazyLock<Set<String>> = LazyLock::new(|| {
    let mut endings = Set::default();
    for plural in PLURALS {
        for case in CASES {
            endings.insert(format!("{plural}{case}"));
        }
        for possessive in POSSESSIVES {
            for case in OWNED_CASES {
                endings.insert(format!("{plural}{possessive}{case}"));
            }
        }
        for attribute in ATTRIBUTES {
            for case in CASES {
                endings.insert(format!("{plural}{attribute}{case}"));
            }
            for possessive in POSSESSIVES {
                for case in OWNED_CASES {
                    endings.insert(format!("{plural}{attribute}{possessive}{case}"));
                }
            }
        }
    }
    endings
});

/// Whether a Kazakh stem can be followed by `rest`; nothing is an ending too.
pub fn is_ending(rest: &str) -> bool {
    rest.is_empty() || ENDINGS.contains(rest)
}

/// Whether `rest` can follow a word that bears its possessive already ("облысы").
pub fn is_owned_ending(rest: &str) -> bool {
    OWNED_CASES.contains(&rest)
}

/// Whether the name of a place can bear `rest`: no possessive, no "-лық" of those
/// who live there.
pub fn is_name_ending(rest: &str) -> bool {
    CASES.contains(&rest)
        || LOCATIVE_ATTRIBUTES.iter().any(|attribute| {
            rest.strip_prefix(attribute)
                .is_some_and(|case| CASES.contains(&case))
        })
}

/// All endings for which [`is_name_ending`] holds.
pub fn name_endings() -> impl Iterator<Item = String> {
    let of_attributes = LOCATIVE_ATTRIBUTES
        .iter()
        .flat_map(|attribute| CASES.iter().map(move |case| format!("{attribute}{case}")));
    CASES.iter().map(ToString::to_string).chain(of_attributes)
}

/// Whether the ending says that something is there.
pub fn is_locative(ending: &str) -> bool {
    LOCATIVES.contains(&ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_told_from_other_words() {
        for ending in [
            "",
            "да",
            "дағы",
            "ның",
            "ында",
            "лардың",
            "ғымен",
            "ындағы",
            "лық",
        ] {
            assert!(is_ending(ending), "{ending}");
        }
        for other in ["қы қ", "дам", "ып", "бек", "ов"] {
            assert!(!is_ending(other), "{other}");
        }
        assert!(is_locative("де") && !is_locative("ден"));
    }
}
