//! Kazakh in Latin letters read as Cyrillic, so that one set of Cyrillic data
//! serves both scripts.
//!
//! For comparison only: what two letters share in one spelling cannot be told
//! apart again. Deliberately absent: a conversion fit for display, which is
//! [`super::latin`]'s.

/// Which Latin spelling a text uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LatinSpelling {
    /// Acute accents (2018, Egemen's Latin edition): `ı` is и, `u` is ұ, `ý` is у.
    Acute,
    /// Umlauts (2021) with dotless `ı` as і.
    UmlautDotless,
    /// Umlauts or plain ASCII, with `i` as і.
    Plain,
}

/// The spelling of a whole text, judged by its marker letters.
pub fn latin_spelling(text: &str) -> LatinSpelling {
    let mut acute = 0_usize;
    let mut umlaut = 0_usize;
    let mut dotless = 0_usize;
    for letter in text.chars() {
        match letter {
            'á' | 'ó' | 'ú' | 'ý' | 'ǵ' | 'ń' | 'Á' | 'Ó' | 'Ú' | 'Ý' | 'Ǵ' | 'Ń' => {
                acute += 1;
            }
            'ä' | 'ö' | 'ü' | 'ğ' | 'ñ' | 'ŋ' | 'ş' | 'ū' | 'Ä' | 'Ö' | 'Ü' | 'Ğ' | 'Ş' | 'Ū' =>
            {
                umlaut += 1;
            }
            'ı' => dotless += 1,
            _ => {}
        }
    }
    if acute > umlaut {
        LatinSpelling::Acute
    } else if dotless > 0 {
        LatinSpelling::UmlautDotless
    } else {
        LatinSpelling::Plain
    }
}

/// A [folded](super::normalise::fold) Latin Kazakh word in Cyrillic letters.
pub fn cyrillic(word: &str, spelling: LatinSpelling) -> String {
    let letters: Vec<char> = word.chars().collect();
    // Only loans have f or v, and no loan has ұ: "forumy" beside "ótedi".
    let loan = spelling == LatinSpelling::Acute && word.contains(['f', 'v']);
    let mut text = String::with_capacity(word.len() * 2);
    let mut at = 0;
    while let Some(&letter) = letters.get(at) {
        let pair = letters.get(at + 1).and_then(|next| digraph(letter, *next));
        if let Some(both) = pair {
            text.push(both);
            at += 2;
            continue;
        }
        let after_vowel = text.chars().next_back().is_some_and(is_vowel);
        text.push(match letter {
            'u' if loan => 'у',
            _ => single(letter, after_vowel, spelling),
        });
        at += 1;
    }
    text
}

const fn digraph(first: char, second: char) -> Option<char> {
    match (first, second) {
        ('s', 'h') => Some('ш'),
        ('c', 'h') => Some('ч'),
        ('z', 'h') => Some('ж'),
        ('g', 'h') => Some('ғ'),
        _ => None,
    }
}

const fn single(letter: char, after_vowel: bool, spelling: LatinSpelling) -> char {
    match letter {
        'i' if after_vowel => 'й',
        'i' if matches!(spelling, LatinSpelling::UmlautDotless) => 'и',
        'i' => 'і',
        'ı' if matches!(spelling, LatinSpelling::UmlautDotless) => 'і',
        'ı' if after_vowel => 'й',
        'ı' => 'и',
        'u' if matches!(spelling, LatinSpelling::Acute) => 'ұ',
        'u' | 'ý' | 'w' => 'у',
        _ => plain(letter),
    }
}

const fn plain(letter: char) -> char {
    match letter {
        'a' => 'а',
        'ä' | 'á' => 'ә',
        'b' => 'б',
        'c' => 'ц',
        'd' => 'д',
        'e' => 'е',
        'f' => 'ф',
        'g' => 'г',
        'ğ' | 'ǵ' => 'ғ',
        'h' | 'x' => 'х',
        'j' => 'ж',
        'k' => 'к',
        'l' => 'л',
        'm' => 'м',
        'n' => 'н',
        'ñ' | 'ŋ' | 'ń' => 'ң',
        'o' => 'о',
        'ö' | 'ó' => 'ө',
        'p' => 'п',
        'q' => 'қ',
        'r' => 'р',
        's' => 'с',
        'ş' => 'ш',
        't' => 'т',
        'ū' => 'ұ',
        'ü' | 'ú' => 'ү',
        'v' => 'в',
        'y' => 'ы',
        'z' => 'з',
        other => other,
    }
}

const fn is_vowel(letter: char) -> bool {
    matches!(letter, 'а' | 'ә' | 'е' | 'о' | 'ө' | 'ұ' | 'ү' | 'ы' | 'у')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_spellings_give_one_word() {
        let cases = [
            ("ótedi", LatinSpelling::Acute, "өтеді"),
            ("ötedı", LatinSpelling::UmlautDotless, "өтеді"),
            ("ötedi", LatinSpelling::Plain, "өтеді"),
            ("naýryz", LatinSpelling::Acute, "наурыз"),
            ("nauryz", LatinSpelling::Plain, "наурыз"),
            ("qarasha", LatinSpelling::Acute, "қараша"),
            ("erteñ", LatinSpelling::Plain, "ертең"),
            ("forumyn", LatinSpelling::Plain, "форумын"),
        ];
        for (latin, spelling, expected) in cases {
            assert_eq!(cyrillic(latin, spelling), expected, "{latin}");
        }
    }

    #[test]
    fn a_text_shows_its_spelling() {
        assert_eq!(latin_spelling("Almatyda forým ótedi"), LatinSpelling::Acute);
        assert_eq!(
            latin_spelling("Almatyda forum ötedı"),
            LatinSpelling::UmlautDotless
        );
        assert_eq!(latin_spelling("erteñ forum ötedi"), LatinSpelling::Plain);
    }
}
