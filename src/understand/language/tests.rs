//! Texts whose language anybody can see, as data.

use super::*;

/// A tag, a tab, a text.
const CASES: &str = include_str!("../../../tests/fixtures/understand/languages.tsv");

fn cases() -> impl Iterator<Item = (&'static str, &'static str)> {
    CASES
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.split_once('\t').expect("two columns"))
}

#[test]
fn languages_are_told_apart() {
    let mut wrong = Vec::new();
    for (tag, text) in cases() {
        let (found, _) = language(&tokens(text));
        if found.tag() != tag {
            wrong.push(format!("{tag} taken for {found}: {text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases().count() > 150, "{}", cases().count());
}

#[test]
fn a_sentence_is_said_surely_and_nothing_is_said_of_nothing() {
    for (tag, text) in cases().filter(|(_, text)| text.split(' ').count() > 7) {
        let (_, confidence) = language(&tokens(text));
        assert!(confidence.is_enough(), "{tag} {confidence:?}: {text}");
    }
    for text in ["", "12:30 — 15", "№ 5"] {
        let found = language(&tokens(text));
        assert_eq!(
            found,
            (Language::Undetermined, Confidence::new(0.0)),
            "{text}"
        );
    }
}

#[test]
fn paragraphs_speak_for_themselves() {
    let text = "Ертең Астанада өңірлік форум өтеді.\n\n  Завтра в Астане пройдёт форум.  \nИә, солай\nThe forum will be held in Astana.";
    let said: Vec<_> = of_paragraphs(text)
        .into_iter()
        .map(|(bytes, language, _)| (&text[bytes], language.tag()))
        .collect();
    assert_eq!(
        said,
        [
            ("Ертең Астанада өңірлік форум өтеді.", "kk-Cyrl"),
            ("Завтра в Астане пройдёт форум.", "ru"),
            ("The forum will be held in Astana.", "en"),
        ]
    );
}

#[test]
fn the_script_is_said_of_any_language() {
    let cases = [
        ("Завтра у Києві відбудеться форум", "Cyrl"),
        ("Morgen wird das Forum eröffnet", "Latn"),
        ("форум PlayStation 5 Xbox Series туралы айтты", "Cyrl"),
        ("استانا قالاسىندا فورۋم وتەدى", "Arab"),
        ("明日フォーラム", "Zyyy"),
    ];
    for (text, script) in cases {
        assert_eq!(super::script(&tokens(text)), script, "{text}");
    }
}

#[test]
fn every_table_has_room_for_its_languages() {
    for table in [&*CYRILLIC, &LATIN] {
        assert!(table.is_sound());
    }
}
