//! Text of others, made fit for a letter: on one line, shortened, and kept
//! from looking like the house's own slots.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::model::digest::slot;
use crate::text::normalise::is_steering;

/// Text of others, fit for one line of a letter: no line breaks, no characters
/// that steer the terminal or the direction of writing, at most `max_chars`.
pub fn outside(text: &str, max_chars: usize) -> String {
    let visible: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_steering(*c))
        .collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    tame(&cut(&line, max_chars))
}

/// At most `max_chars`, cut between words where there is a word to keep, and else
/// between what a reader takes for letters: `й` may be two characters.
pub fn cut(line: &str, max_chars: usize) -> String {
    let Some((end, _)) = line.char_indices().nth(max_chars) else {
        return line.to_owned();
    };
    let Some(room) = max_chars.checked_sub(1) else {
        return String::new();
    };
    let (last, _) = line.char_indices().nth(room).unwrap_or((end, ' '));
    let letters = line.grapheme_indices(true).map(|(at, _)| at);
    let whole = letters.take_while(|at| *at <= last).last().unwrap_or(0);
    // A letter of more marks than there is room is no letter.
    let head = &line[..if whole == 0 { last } else { whole }];
    let kept = match head.rfind(' ') {
        Some(space) if space > head.len() / 2 => &head[..space],
        _ => head,
    };
    let ends =
        |letter: &str| letter.starts_with(|c: char| c.is_alphanumeric() || "»”)\"".contains(c));
    let mut letters = kept.grapheme_indices(true).rev();
    let end = letters.find(|(_, letter)| ends(letter));
    let kept = end.map_or("", |(at, letter)| &kept[..at + letter.len()]);
    format!("{kept}…")
}

/// A slot written by somebody else is no slot: nobody's personal link may be
/// put where a publisher wants it.
pub fn tame(text: &str) -> String {
    [
        slot::UNSUBSCRIBE_URL,
        slot::CONFIRM_URL,
        slot::PREFERENCES_URL,
    ]
    .into_iter()
    .fold(text.to_owned(), |text, slot| {
        text.replace(slot, "https://jarshy.invalid/")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_between_words() {
        let cases = [
            ("бір екі үш", 10, "бір екі үш"),
            ("бір екі үш төрт", 10, "бір екі…"),
            ("бір, екі, үш", 8, "бір…"),
            ("бөлінбейтін", 5, "бөлі…"),
            ("маи\u{306}дан", 4, "ма…"),
            ("маи\u{306}дан", 5, "маи\u{306}…"),
            (
                "а\u{301}\u{301}\u{301}\u{301}\u{301}",
                4,
                "а\u{301}\u{301}…",
            ),
            (" a \u{a0}\n\t b ", 10, "a b"),
            ("", 5, ""),
            ("abc", 0, ""),
        ];
        for (text, max_chars, expected) in cases {
            let found = outside(text, max_chars);
            assert_eq!(found, expected);
            assert!(found.chars().count() <= max_chars);
        }
    }
}
