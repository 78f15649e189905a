//! What a text tells in any language: names, numbers, days, places and ideas,
//! in one form for Kazakh, Russian and English.
//!
//! Names are compared by their consonants, since each language writes their
//! vowels in its own way (Тоқаев, Токаев, Tokayev).

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use crate::model::language::Language;
use crate::model::reading::Reading;
use crate::text::normalise::fold;
use crate::text::stem::stem_in;
use crate::text::tokens::{Shape, Token};

use super::hash;

const TERMS: &str = include_str!("terms.tsv");
/// The most facts of one kind that are kept, the first told first.
const KIND_MAX: usize = 24;
/// Consonants a name needs to be told from others.
const SKELETON_MIN: usize = 3;

/// What a fact is; its number is the low bits of the hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Name = 0,
    Number = 1,
    Day = 2,
    Place = 3,
    Term = 4,
    /// Which language the text is in: one for each text.
    Language = 5,
}

impl Kind {
    const BITS: u32 = 3;

    pub(super) const fn of(fact: i64) -> u8 {
        fact.to_be_bytes()[7] & 0b111
    }

    /// What sharing one is worth.
    pub(super) const fn worth(fact: i64) -> u32 {
        match Self::of(fact) {
            0 => 4,
            1 | 2 => 3,
            3 => 2,
            4 => 1,
            _ => 0,
        }
    }
}

/// A fact as a negative number; stems are the others.
fn fact(kind: Kind, text: &str) -> i64 {
    let spread = hash(7 + kind as u64, text.as_bytes()) << Kind::BITS;
    ((spread | kind as u64) | (1 << 63)).cast_signed()
}

/// Idea by language and stem.
static IDEAS: LazyLock<HashMap<(u8, String), &'static str>> = LazyLock::new(|| {
    let mut ideas = HashMap::new();
    for line in TERMS.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&'static str> = line.split('\t').collect();
        for (words, language) in columns.iter().zip([
            Language::KazakhCyrillic,
            Language::Russian,
            Language::English,
        ]) {
            for word in words.split(' ') {
                ideas.insert((side(language), stem_in(word, language)), columns[0]);
            }
        }
    }
    ideas
});

/// Which column of the table a language reads; both Kazakh scripts share one.
const fn side(language: Language) -> u8 {
    match language {
        Language::Russian => 1,
        Language::English => 2,
        _ => 0,
    }
}

/// The facts of a text, sorted, and the telling ones among them in the order
/// they were told, for finding candidates. English writes every word of a title
/// with a capital, so names are looked for from byte `body` on there.
pub(super) fn facts(tokens: &[Token], body: usize, reading: &Reading) -> (BTreeSet<i64>, Vec<i64>) {
    let language = reading.language;
    let mut all = BTreeSet::new();
    let mut telling = Vec::new();
    let mut count = [0_usize; 6];
    let mut tell = |kind: Kind, text: &str| {
        let one = fact(kind, text);
        if count[kind as usize] < KIND_MAX && all.insert(one) {
            count[kind as usize] += 1;
            if Kind::worth(one) > 1 {
                telling.push(one);
            }
        }
    };
    if let Some(event) = &reading.event {
        tell(Kind::Day, &event.start.to_string());
        if let Some(city) = &event.city {
            tell(Kind::Place, city);
        }
    }
    for (region, _) in &reading.regions {
        tell(Kind::Place, &region.code());
    }
    for (at, token) in tokens.iter().enumerate() {
        match token.shape {
            Shape::Number if token.folded.chars().count() > 1 => {
                tell(Kind::Number, &token.folded);
            }
            Shape::Word => {
                let stem = stem_in(&token.folded, language);
                if let Some(idea) = IDEAS.get(&(side(language), stem.clone())) {
                    tell(Kind::Term, idea);
                } else if token.capital
                    && !begins_sentence(tokens, at)
                    && (token.start >= body || language != Language::English)
                {
                    let skeleton = skeleton(&stem);
                    if skeleton.chars().count() >= SKELETON_MIN {
                        tell(Kind::Name, &skeleton);
                    }
                }
            }
            _ => {}
        }
    }
    tell(Kind::Language, language.subtag());
    (all, telling)
}

/// A capital there says nothing.
fn begins_sentence(tokens: &[Token], at: usize) -> bool {
    at == 0
        || ['.', '!', '?', ':', '«', '"', '–', '—']
            .iter()
            .any(|mark| tokens[at - 1].is_mark(*mark))
}

/// The consonants of a name in one Latin letter each.
fn skeleton(word: &str) -> String {
    let mut spelled = fold(word);
    for (pair, one) in [
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
    ] {
        spelled = spelled.replace(pair, one);
    }
    let mut skeleton = String::new();
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
    fn facts_are_negative_and_keep_their_kind() {
        let name = fact(Kind::Name, "tkv");
        assert!(name < 0);
        assert_eq!((Kind::of(name), Kind::worth(name)), (0, 4));
        assert_eq!(Kind::of(fact(Kind::Term, "форум")), 4);
    }
}
