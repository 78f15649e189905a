//! One form of a text for every comparison: NFKC, lower case, `ё` as `е`, and
//! within a word the letters of one script.
//!
//! Deliberately absent: anything that changes the meaning (stems, stop words).

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation as _;

/// Latin letters and the Cyrillic ones that look the same.
const LOOKALIKES: [(char, char); 15] = [
    ('a', 'а'),
    ('e', 'е'),
    ('o', 'о'),
    ('p', 'р'),
    ('c', 'с'),
    ('x', 'х'),
    ('y', 'у'),
    ('k', 'к'),
    ('m', 'м'),
    ('t', 'т'),
    ('b', 'в'),
    ('h', 'н'),
    ('i', 'і'),
    ('ə', 'ә'),
    ('ө', 'ө'),
];

/// The form in which words are compared.
pub fn fold(text: &str) -> String {
    match fold_plain(text) {
        Some((folded, false)) => folded,
        Some((folded, true)) => one_script(folded),
        None => fold_whole(text),
    }
}

/// The same; a word that is in that form already is not written again.
pub fn folded(word: &str) -> Cow<'_, str> {
    let plain = word.chars().all(|letter| {
        matches!(
            letter,
            'а'..='я' | 'ә' | 'ғ' | 'қ' | 'ң' | 'ө' | 'ұ' | 'ү' | 'һ' | 'і'
        )
    }) || word
        .bytes()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if plain {
        Cow::Borrowed(word)
    } else {
        Cow::Owned(fold(word))
    }
}

fn fold_whole(text: &str) -> String {
    let folded: String = text
        .nfkc()
        .flat_map(char::to_lowercase)
        .filter(|letter| *letter != '\u{307}' && *letter != '\u{ad}' && *letter != '\u{301}')
        .map(|letter| if letter == 'ё' { 'е' } else { letter })
        .collect();
    one_script(folded)
}

/// Words of nothing but the letters nearly all are of, which NFKC leaves as they
/// are, and whether letters of two scripts are among them; `None`: there are others.
fn fold_plain(text: &str) -> Option<(String, bool)> {
    let mut folded = String::with_capacity(text.len());
    let (mut latin, mut cyrillic) = (false, false);
    for letter in text.chars() {
        folded.push(match letter {
            '\0'..='\x7f' => {
                latin |= letter.is_ascii_alphabetic();
                letter.to_ascii_lowercase()
            }
            'а'..='я' | 'ә' | 'ғ' | 'қ' | 'ң' | 'ө' | 'ұ' | 'ү' | 'һ' | 'і' => {
                cyrillic = true;
                letter
            }
            'А'..='Я' | 'Ә' | 'Ғ' | 'Қ' | 'Ң' | 'Ө' | 'Ұ' | 'Ү' | 'Һ' | 'І' => {
                cyrillic = true;
                letter.to_lowercase().next().unwrap_or(letter)
            }
            'ё' | 'Ё' => {
                cyrillic = true;
                'е'
            }
            _ => return None,
        });
    }
    Some((folded, latin && cyrillic))
}

/// A Kazakh letter as people write it who have only Russian or English keys.
pub const fn plain_letter(letter: char) -> char {
    match letter {
        'ә' => 'а',
        'ғ' => 'г',
        'қ' => 'к',
        'ң' => 'н',
        'ө' => 'о',
        'ұ' | 'ү' => 'у',
        'һ' => 'х',
        'і' => 'и',
        other => other,
    }
}

/// White space of every kind as single spaces, none at the ends.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(word.chars().filter(|c| !c.is_control() && !is_steering(*c)));
    }
    line
}

/// Direction overrides and isolates: a title must not turn the line around.
pub const fn is_steering(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `text` cut before `chars_max` characters at the end of a word (one endless
/// word between what a reader takes for letters), with an ellipsis where
/// something was left out.
pub fn clip(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let room = chars_max.saturating_sub(1);
    let end = text
        .char_indices()
        .nth(room)
        .map_or(text.len(), |(at, _)| at);
    let head = &text[..end];
    // The last letter may be cut in two.
    let whole_letters = || {
        head.grapheme_indices(true)
            .next_back()
            .map_or(0, |(at, _)| at)
    };
    let whole = head
        .rfind(char::is_whitespace)
        .unwrap_or_else(whole_letters);
    let kept = head[..whole].trim_end_matches(|letter: char| {
        letter.is_whitespace() || matches!(letter, ',' | ';' | ':' | '-' | '–' | '—')
    });
    format!("{kept}…")
}

/// Whether it is a letter of any script: [`char::is_alphabetic`], quick for those
/// nearly all are.
pub fn is_letter(letter: char) -> bool {
    matches!(letter, 'a'..='z' | 'A'..='Z' | '\u{400}'..='\u{481}' | '\u{48a}'..='\u{52f}')
        || !letter.is_ascii() && letter.is_alphabetic()
}

/// Whether the letter is Cyrillic.
pub const fn is_cyrillic(letter: char) -> bool {
    matches!(letter, '\u{400}'..='\u{52f}')
}

/// Whether the letter is Latin.
pub const fn is_latin(letter: char) -> bool {
    matches!(letter, 'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}')
}

/// Typists mix look-alike letters; the script of most letters is the word's.
fn one_script(word: String) -> String {
    let cyrillic = word.chars().filter(|letter| is_cyrillic(*letter)).count();
    let latin = word.chars().filter(|letter| is_latin(*letter)).count();
    if cyrillic == 0 || latin == 0 {
        return word;
    }
    word.chars()
        .map(|letter| {
            let pair = LOOKALIKES
                .iter()
                .find(|(a, b)| *a == letter || *b == letter);
            match pair {
                Some((_, like)) if cyrillic >= latin => *like,
                Some((like, _)) => *like,
                None => letter,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_compare_in_one_form() {
        let cases = [
            ("ПРОЙДЁТ", "пройдет"),
            ("Аstana", "astana"),
            ("фoрум", "форум"),
            ("İstanbul", "istanbul"),
            ("ﬁn", "fin"),
        ];
        for (word, folded) in cases {
            assert_eq!(fold(word), folded, "{word}");
        }
    }

    #[test]
    fn the_plain_way_folds_as_the_long_one() {
        for word in [
            "Форум",
            "ЁЛКА",
            "ӘҢГІМЕ",
            "Қазақстан",
            "AI-forum 2026",
            "һІі",
            "Ұлттық",
        ] {
            assert_eq!(fold(word), fold_whole(word), "{word}");
            assert!(fold_plain(word).is_some(), "{word}");
        }
        assert_eq!(fold_plain("и\u{306}"), None, "it is one letter");
    }

    #[test]
    fn what_is_folded_stays_as_it_is() {
        for word in [
            "форум",
            "қазақстан",
            "ai-forum 2026",
            "don't",
            "фoрум",
            "Forum",
            "ёлка",
            "é",
        ] {
            assert_eq!(folded(word), fold(word), "{word}");
        }
        assert!(matches!(folded("форум"), Cow::Borrowed(_)));
    }

    #[test]
    fn letters_are_those_of_unicode() {
        for letter in '\0'..=char::MAX {
            assert_eq!(is_letter(letter), letter.is_alphabetic(), "{letter:?}");
        }
    }

    #[test]
    fn clipping_never_cuts_a_word() {
        assert_eq!(clip("бір екі үш", 100), "бір екі үш");
        assert_eq!(clip("бір екі, үш төрт", 10), "бір екі…");
        assert_eq!(clip("ұзақсөзсіз", 4), "ұз…");
        assert_eq!(
            clip("ма\u{438}\u{306}дан", 5),
            "ма…",
            "й may be two characters"
        );
        assert_eq!(clip("", 0), "");
    }
}
