//! The months' names in dates of feeds.

use crate::text::months::month_number;

const ENGLISH: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
/// Hungarian, German, French and Spanish names the English table misses.
const FOREIGN: [(&str, u32); 16] = [
    ("ápr", 4),
    ("máj", 5),
    ("már", 3),
    ("jún", 6),
    ("júl", 7),
    ("szep", 9),
    ("okt", 10),
    ("mai", 5),
    ("dez", 12),
    ("mär", 3),
    ("fév", 2),
    ("avr", 4),
    ("juin", 6),
    ("juil", 7),
    ("aoû", 8),
    ("déc", 12),
];
/// How Tuesday begins in French, Spanish, Italian and Romanian, which is no March.
const TUESDAYS: [&str; 6] = ["mardi", "martes", "marted", "marți", "marţi", "marti"];
/// Months' names that are weekdays' as well: mardi, martes, martedì, сенбі, Senin.
const WEEKDAYS: [&str; 3] = ["mar", "сен", "sen"];

/// A month as a word names it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Month {
    /// From 1 to 12.
    pub number: u32,
    /// Named as Kazakhstan does.
    pub is_local: bool,
    /// The word names it, and does not only begin so.
    pub is_sure: bool,
    /// A weekday may be called the same.
    pub is_weekday: bool,
}

/// The month a word names.
pub(super) fn month_of(word: &str) -> Option<Month> {
    // `Jul2004`, `juil.`
    let end = word.find(|c: char| c.is_ascii_digit() || "./-".contains(c));
    let word = word[..end.unwrap_or(word.len())].to_lowercase();
    if TUESDAYS.iter().any(|day| word.starts_with(day)) {
        return None;
    }
    let head = word.get(..3);
    let english = head.and_then(|head| ENGLISH.iter().position(|month| *month == head));
    let foreign = || FOREIGN.iter().find(|(name, _)| word.starts_with(name));
    let known = match english {
        Some(at) => u32::try_from(at + 1).ok(),
        None => foreign().map(|(_, month)| *month),
    };
    let named = month_number(&word);
    let (number, is_local) = match known {
        Some(number) => (number, false),
        None => (named?, true),
    };
    Some(Month {
        number,
        is_local,
        is_sure: english.is_none() || word.len() == 3 || named == Some(number),
        is_weekday: WEEKDAYS.contains(&&*word),
    })
}
