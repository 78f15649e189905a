//! Where sentences end in Kazakh, Russian and English news.
//!
//! A line break always ends one (the gatherer puts one after each block);
//! a full stop does unless an abbreviation, an initial or a number stands
//! before it. Deliberately absent: nesting of quotes.

use std::ops::Range;

/// Words after which a dot ends no sentence.
const ABBREVIATIONS: [&str; 62] = [
    "г",
    "гг",
    "ж",
    "жж",
    "т",
    "б",
    "д",
    "е",
    "п",
    "с",
    "ул",
    "обл",
    "им",
    "ст",
    "тыс",
    "млн",
    "млрд",
    "руб",
    "тг",
    "см",
    "др",
    "пр",
    "корп",
    "каб",
    "просп",
    "тел",
    "mr",
    "mrs",
    "ms",
    "dr",
    "st",
    "no",
    "vs",
    "jr",
    "inc",
    "ltd",
    "a",
    "p",
    "m",
    "e",
    "i",
    "көш",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
    "янв",
    "февр",
    "авг",
    "сент",
    "окт",
    "нояб",
    "дек",
    "қ",
];

/// How far the next sentence's first letter is looked for: a page of dots must
/// not make the search quadratic.
const LOOK_AHEAD_CHARS: usize = 16;

/// Byte ranges of the sentences of `text`, in order, without white space at
/// their ends, none empty.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let after = at + letter.len_utf8();
        let ends = match letter {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' => true,
            '.' => {
                stands_free(text, after)
                    && !is_abbreviation(&text[start..at])
                    && begins_anew(&text[after..])
            }
            '!' | '?' | '…' => stands_free(text, after) && begins_anew(&text[after..]),
            _ => false,
        };
        if ends {
            let mut end = after;
            while let Some((at, closing)) = letters.peek().copied() {
                if !matches!(closing, '"' | '»' | '”' | ')' | '.' | '!' | '?') {
                    break;
                }
                end = at + closing.len_utf8();
                letters.next();
            }
            push_trimmed(text, start..end, &mut found);
            start = end;
        }
    }
    push_trimmed(text, start..text.len(), &mut found);
    found
}

fn stands_free(text: &str, after: usize) -> bool {
    text[after..]
        .chars()
        .next()
        .is_none_or(|next| next.is_whitespace() || matches!(next, '"' | '»' | '”' | ')'))
}

/// The word before the dot, looked for in the last few characters only.
fn is_abbreviation(before: &str) -> bool {
    let word_chars = before
        .chars()
        .rev()
        .take(8)
        .take_while(|letter| letter.is_alphabetic())
        .count();
    let word: String = {
        let mut letters: Vec<char> = before.chars().rev().take(word_chars).collect();
        letters.reverse();
        letters.into_iter().collect()
    };
    let initial = word_chars == 1 && word.chars().all(char::is_uppercase);
    initial || ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

/// After "ж." and the like a small letter goes on.
fn begins_anew(rest: &str) -> bool {
    rest.chars()
        .take(LOOK_AHEAD_CHARS)
        .find(|letter| letter.is_alphanumeric())
        .is_none_or(|letter| !letter.is_lowercase())
}

fn push_trimmed(text: &str, range: Range<usize>, found: &mut Vec<Range<usize>>) {
    let part = &text[range.clone()];
    let trimmed = part.trim();
    if trimmed.is_empty() {
        return;
    }
    let start = range.start + (part.len() - part.trim_start().len());
    found.push(start..start + trimmed.len());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_people_end_them() {
        let cases: [(&str, &[&str]); 6] = [
            ("Бір. Екі! Үш?", &["Бір.", "Екі!", "Үш?"]),
            (
                "В 2017 г. Астана росла. Да.",
                &["В 2017 г. Астана росла.", "Да."],
            ),
            (
                "А. Байтұрсынұлы сөйледі.\nСоңы",
                &["А. Байтұрсынұлы сөйледі.", "Соңы"],
            ),
            ("\"Келдік.\" Олар айтты.", &["\"Келдік.\"", "Олар айтты."]),
            (
                "At 10 a.m. on Friday it opens.",
                &["At 10 a.m. on Friday it opens."],
            ),
            ("  \n ", &[]),
        ];
        for (text, expected) in cases {
            let found: Vec<&str> = sentences(text)
                .into_iter()
                .map(|range| &text[range])
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
