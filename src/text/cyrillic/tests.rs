use super::*;

/// Words in both alphabets, as the letters show them.
const TABLE: &str = include_str!("../../../tests/fixtures/digest/latin.tsv");
/// Sentences in the spelling of 2018, in Cyrillic after a tab.
const ACUTE: &str = include_str!("../../../tests/fixtures/understand/acute.tsv");
/// The house's own Kazakh words.
const MESSAGES: &str = include_str!("../../../templates/messages/kk.toml");

fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('\t'))
}

#[test]
fn the_table_of_letters_reads_back() {
    for (original, spelled) in rows(TABLE) {
        if let Some(back) = cyrillic(spelled) {
            assert_eq!(latin(&back), spelled, "{original}");
            assert_eq!(back, original, "{spelled}");
        }
    }
}

#[test]
fn the_spelling_of_egemen_reads_as_cyrillic() {
    assert!(rows(ACUTE).count() >= 20);
    for (spelled, original) in rows(ACUTE) {
        assert_eq!(cyrillic(spelled).as_deref(), Some(original));
    }
}

fn without_placeholders(value: &str) -> String {
    let pieces = value.split('{').map(|piece| match piece.split_once('}') {
        Some((_, after)) => after,
        None => piece,
    });
    pieces.collect()
}

#[test]
fn of_the_houses_words_nearly_all_come_back() {
    let mut all = 0_usize;
    let mut lost = Vec::new();
    let values = MESSAGES.lines().filter_map(|line| line.split_once(" = "));
    for value in values.map(|(_, value)| value.trim_matches('"')) {
        // The letter by which a text shows its spelling.
        let value = format!("{} і", without_placeholders(value));
        let spelled = latin(&value);
        let Some(back) = cyrillic(&spelled) else {
            continue;
        };
        assert_eq!(
            latin(&back),
            spelled,
            "the Latin form never changes: {value}"
        );
        let words = |text: &str| -> Vec<String> {
            let words = text.split(|letter: char| !letter.is_alphabetic());
            words.map(str::to_owned).collect()
        };
        for (before, after) in words(&value).into_iter().zip(words(&back)) {
            all += usize::from(before.chars().count() > 1);
            if before != after {
                lost.push(format!("{before} {after}"));
            }
        }
    }
    lost.sort();
    lost.dedup();
    assert!(all > 400, "{all}");
    assert!(lost.len() * 100 < all, "{} of {all}: {lost:#?}", lost.len());
}

#[test]
fn what_is_no_kazakh_stays() {
    let cases = [
        (
            "«Digital Bridge» forumy öttı",
            Some("«Digital Bridge» форумы өтті"),
        ),
        (
            "jarşy@example.kz mekenjaiyna",
            Some("jarşy@example.kz мекенжайына"),
        ),
        (
            "Google men Facebook ökılderı",
            Some("Google мен Facebook өкілдері"),
        ),
        ("BAQ ŞOLUY", Some("БАҚ ШОЛУЫ")),
        (
            "Oqiğa: ustazdary bilik ökilderimen jumys istedi, bul tarihi is",
            Some("Оқиға: ұстаздары билік өкілдерімен жұмыс істеді, бұл тарихи іс"),
        ),
        (
            "bılıktı ūstaz, festival turaly Ulytau bulağy",
            Some("білікті ұстаз, фестиваль туралы Улытау булағы"),
        ),
        (
            "bilikti mamandar men bulvar öñiri",
            Some("білікті мамандар мен булвар өңірі"),
        ),
        ("Erten forum otedi", None),
        ("", None),
    ];
    for (latin, expected) in cases {
        assert_eq!(cyrillic(latin).as_deref(), expected, "{latin}");
    }
}
