//! How much sharing a word or a fact proves: what many texts hold proves little.

use std::sync::LazyLock;

use super::super::facts::{Kind, fact};
use super::super::hash;
use crate::text::lookup::Table;

const COMMON: &str = include_str!("../common.tsv");
/// What the rows of the table are about; any other word is a language.
const KINDS: [(&str, Kind); 8] = [
    ("name", Kind::Name),
    ("number", Kind::Number),
    ("count", Kind::Count),
    ("term", Kind::Term),
    ("town", Kind::Town),
    ("place", Kind::Place),
    ("hour", Kind::Hour),
    ("quoted", Kind::Quoted),
];

static COMMON_ONES: LazyLock<Table<i64, f64>> = LazyLock::new(|| {
    let mut common = Table::default();
    for line in COMMON.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t');
        let of = columns.next().unwrap_or_default();
        let kind = KINDS.iter().find(|(name, _)| *name == of);
        let Some(worth) = columns.next().and_then(|worth| worth.parse::<f64>().ok()) else {
            continue;
        };
        for one in columns.next().unwrap_or_default().split(',') {
            let key = kind.map_or_else(|| word_key(one), |(_, kind)| fact(*kind, one));
            let known = common.entry(key).or_insert(worth);
            *known = worth.min(*known);
        }
    }
    common
});

/// What a telling word or a fact is worth: 1, or less where it is common.
pub(in super::super) fn worth(one: i64) -> f64 {
    COMMON_ONES.get(&one).copied().unwrap_or(1.0)
}

/// The number a telling word is kept as.
pub(in super::super) fn word_key(stem: &str) -> i64 {
    (hash(0, stem.as_bytes()) >> 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_words_are_worth_less_than_others() {
        assert!(worth(word_key("форум")) < 0.4);
        assert!((worth(word_key("ақбөкен")) - 1.0).abs() < f64::EPSILON);
        assert!(worth(fact(Kind::Town, "Astana")) < worth(fact(Kind::Town, "Saryagash")));
        assert!(COMMON_ONES.values().all(|worth| (0.0..1.0).contains(worth)));
    }

    #[test]
    fn every_row_of_the_table_is_read() {
        for line in COMMON.lines().filter(|line| !line.starts_with('#')) {
            let columns: Vec<&str> = line.split('\t').collect();
            assert_eq!(columns.len(), 3, "{line}");
            let known = KINDS
                .iter()
                .map(|(name, _)| *name)
                .chain(["kk", "ru", "en"]);
            assert!(known.into_iter().any(|known| known == columns[0]), "{line}");
            assert!(columns[1].parse::<f64>().is_ok(), "{line}");
        }
    }
}
