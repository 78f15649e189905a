//! Month names of Kazakh (Cyrillic and Latin), Russian and English, full,
//! inflected and abbreviated. The names are data: `months.tsv`.
//!
//! Deliberately absent: deciding whether the word is a month where it stands
//! (`may`, `март`, `қазан` are also other words). The caller sees the neighbours.

use std::sync::LazyLock;

use super::lookup::{Set, Table};
use super::normalise::folded;

const TABLE: &str = include_str!("months.tsv");

static MONTHS: LazyLock<Months> = LazyLock::new(|| Months::read(TABLE));

struct Months {
    whole: Table<&'static str, u32>,
    beginnings: Vec<(&'static str, u32)>,
    /// The first letters of the beginnings.
    letters: Set<char>,
}

/// The month, 1 to 12, that `word` names; case, `ё` and a last dot don't matter.
pub fn month_number(word: &str) -> Option<u32> {
    let word = folded(word.trim_end_matches('.'));
    let months = &*MONTHS;
    months.whole.get(&*word).copied().or_else(|| {
        let first = word.chars().next()?;
        if !months.letters.contains(&first) {
            return None;
        }
        months
            .beginnings
            .iter()
            .find(|(beginning, _)| word.starts_with(beginning))
            .map(|(_, month)| *month)
    })
}

impl Months {
    fn read(table: &'static str) -> Self {
        let mut months = Self {
            whole: Table::default(),
            beginnings: Vec::new(),
            letters: Set::default(),
        };
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let mut columns = line.split('\t');
            let Some(number) = columns.next().and_then(|number| number.parse().ok()) else {
                continue;
            };
            for form in columns.nth(1).unwrap_or_default().split(' ') {
                match form.strip_suffix('*') {
                    Some(beginning) => {
                        months.beginnings.push((beginning, number));
                        months.letters.extend(beginning.chars().next());
                    }
                    None => {
                        months.whole.insert(form, number);
                    }
                }
            }
        }
        months
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_known_in_every_form() {
        let cases = [
            ("қазан", Some(10)),
            ("Қазанда", Some(10)),
            ("қазанның", Some(10)),
            ("қазандық", None),
            ("желтоқсанның", Some(12)),
            ("қыркүйегінде", Some(9)),
            ("jeltoqsan", Some(12)),
            ("qarashada", Some(11)),
            ("qaraşada", Some(11)),
            ("октября", Some(10)),
            ("Окт.", Some(10)),
            ("мая", Some(5)),
            ("маяк", None),
            ("October", Some(10)),
            ("Sept.", Some(9)),
            ("forum", None),
            ("", None),
        ];
        for (word, month) in cases {
            assert_eq!(month_number(word), month, "{word}");
        }
    }

    #[test]
    fn every_month_has_a_name_in_every_language() {
        for language in ["kk", "kk-Latn", "ru", "en"] {
            for month in 1..=12 {
                let row = format!("{month}\t{language}\t");
                assert!(TABLE.lines().any(|line| line.starts_with(&row)), "{row}");
            }
        }
    }
}
