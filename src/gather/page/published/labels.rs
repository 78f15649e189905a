//! Whether a day is said to be of the first appearance or of a later change: the
//! words are data, `labels.tsv`.

use std::sync::LazyLock;

const TABLE: &str = include_str!("labels.tsv");

static CHANGED: LazyLock<Vec<&'static str>> = LazyLock::new(|| phrases("changed"));
static TOLD: LazyLock<Vec<&'static str>> = LazyLock::new(|| phrases("told"));

static BY: LazyLock<Vec<&'static str>> = LazyLock::new(|| phrases("by"));

fn phrases(kind: &str) -> Vec<&'static str> {
    let rows = TABLE.lines().filter_map(|line| line.split_once('\t'));
    rows.filter(|(named, _)| *named == kind)
        .flat_map(|(_, row)| row.split(" | "))
        .collect()
}

/// The part of a text that may name the first day; nothing where its day is said
/// to be of a change.
pub fn of_first(text: &str) -> Option<String> {
    let folded = folded(text);
    let digit = folded
        .find(|c: char| c.is_ascii_digit())
        .unwrap_or(folded.len());
    let Some(changed) = first_of(&CHANGED, &folded[..digit]) else {
        return Some(text.to_owned());
    };
    let told = first_of(&TOLD, &folded[changed..])?;
    Some(folded[changed + told..].to_owned())
}

/// Whether a text without a day announces the day of a change.
pub fn announces_change(text: &str) -> bool {
    let folded = folded(text);
    let changed = first_of(&CHANGED, &folded);
    changed.is_some_and(|changed| first_of(&TOLD, &folded[changed..]).is_none())
}

/// Whether a text begins as the line of its author and day does.
pub fn begins_byline(text: &str) -> bool {
    let folded = folded(text);
    let begins = |phrase: &&str| {
        let rest = folded.strip_prefix(*phrase);
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    BY.iter().any(begins)
        || [&CHANGED, &TOLD]
            .iter()
            .any(|all| first_of(all, &folded) == Some(0))
}

fn folded(text: &str) -> String {
    text.replace(['ı', 'İ'], "i").to_lowercase()
}

/// Where the first of the phrases begins, at the beginning of a word.
fn first_of(phrases: &[&str], text: &str) -> Option<usize> {
    let begins = |at: usize| !text[..at].ends_with(char::is_alphanumeric);
    let places = phrases.iter().filter_map(|phrase| {
        let mut places = text.match_indices(phrase).map(|(at, _)| at);
        places.find(|at| begins(*at))
    });
    places.min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_changes_are_left_out() {
        let cases = [
            ("Posted on March 3, 2019", Some("Posted on March 3, 2019")),
            (
                "3.3.2019, aktualisiert 5.3.2019",
                Some("3.3.2019, aktualisiert 5.3.2019"),
            ),
            ("Aktualisiert am 5.3.2019", None),
            ("Son Güncelleme: 5 Mart 2019", None),
            (
                "Güncelleme: 5.3.2019 Yayınlanma: 3.3.2019",
                Some("yayinlanma: 3.3.2019"),
            ),
            ("Обновлено 5 марта 2019", None),
            ("Жаңартылды: 05.03.2019", None),
            ("Bestand 5.3.2019", Some("Bestand 5.3.2019")),
        ];
        for (text, expected) in cases {
            assert_eq!(of_first(text).as_deref(), expected, "{text}");
        }
        assert!(announces_change("Last updated on"));
        assert!(!announces_change("Updated. Published on"));
    }
}
