//! A text as words, numbers and marks, each with its place in the original.
//!
//! Hyphens, dots and colons stand alone (`10:00-де` is five tokens): a grammar
//! above sees every part. Deliberately absent: white space, which is only noted.

use super::normalise;

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Letters (and apostrophes between them).
    Word,
    /// Decimal digits.
    Number,
    /// One character of anything else.
    Mark,
}

/// One token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// First byte in the text.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    pub shape: Shape,
    /// The form to compare.
    pub folded: String,
    /// White space, or the beginning, stands before it.
    pub spaced: bool,
    /// Begins with a capital letter.
    pub capital: bool,
    /// What its reader noted of the word, a bit for each thing looked for; nothing
    /// until then.
    pub noted: u128,
}

impl Token {
    /// The number, when it is one of at most nine digits.
    pub fn number(&self) -> Option<u32> {
        (self.shape == Shape::Number && self.folded.len() <= 9)
            .then(|| self.folded.parse().ok())
            .flatten()
    }

    /// Whether it is the mark `mark`.
    pub fn is_mark(&self, mark: char) -> bool {
        self.shape == Shape::Mark && self.folded.starts_with(mark)
    }

    /// Whether it is a hyphen or a dash of any length.
    pub fn is_dash(&self) -> bool {
        self.shape == Shape::Mark
            && matches!(
                self.folded.chars().next(),
                Some('-' | '‐' | '‑' | '‒' | '–' | '—' | '−')
            )
    }

    /// Whether it is a word.
    pub fn is_word(&self) -> bool {
        self.shape == Shape::Word
    }
}

/// All tokens of `text`, in order.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut letters = text.char_indices().peekable();
    let mut spaced = true;
    while let Some((start, letter)) = letters.next() {
        if letter.is_whitespace() || is_invisible(letter) {
            spaced = spaced || letter.is_whitespace();
            continue;
        }
        let mut end = start + letter.len_utf8();
        let shape = shape_of(letter);
        if shape != Shape::Mark {
            while let Some((at, next)) = letters.peek().copied() {
                if shape_of(next) != shape && !joins(text, at, next, shape) {
                    break;
                }
                end = at + next.len_utf8();
                letters.next();
            }
        }
        found.push(Token {
            start,
            end,
            shape,
            folded: normalise::fold(&text[start..end]),
            spaced,
            capital: letter.is_uppercase(),
            noted: 0,
        });
        spaced = false;
    }
    found
}

fn shape_of(letter: char) -> Shape {
    if letter.is_ascii_digit() {
        Shape::Number
    } else if normalise::is_letter(letter) || letter.is_numeric() || is_combining(letter) {
        Shape::Word
    } else {
        Shape::Mark
    }
}

/// Accents written as separate characters belong to the word.
const fn is_combining(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}')
}

/// Soft hyphens and zero-width characters stand inside words of careless pages.
const fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}'
    )
}

/// An apostrophe or an invisible character between two letters.
fn joins(text: &str, at: usize, letter: char, shape: Shape) -> bool {
    let between = matches!(letter, '\'' | '’' | 'ʼ') || is_invisible(letter);
    shape == Shape::Word
        && between
        && text[at + letter.len_utf8()..]
            .chars()
            .next()
            .is_some_and(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_words_and_marks_stand_apart() {
        let words = |text: &str| -> Vec<String> {
            tokens(text).into_iter().map(|token| token.folded).collect()
        };
        assert_eq!(words("10:00-де"), ["10", ":", "00", "-", "де"]);
        assert_eq!(
            words("Don't, Нұр-Сұлтан"),
            ["don't", ",", "нұр", "-", "сұлтан"]
        );
        assert_eq!(words("6th"), ["6", "th"]);
        assert_eq!(words(""), [""; 0]);
    }

    #[test]
    fn offsets_are_those_of_the_text() {
        let text = "«Ел» форумы 2026";
        for token in tokens(text) {
            assert_eq!(normalise::fold(&text[token.start..token.end]), token.folded);
        }
    }
}
