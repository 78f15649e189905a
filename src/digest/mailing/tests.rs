use std::path::Path;

use super::*;
use crate::digest::wrap::LINE_MAX_CHARS;

const TEXT: &str = include_str!("../../../tests/fixtures/digest/mailing.md");

fn site() -> LetterSite {
    LetterSite {
        url: "https://jarshy.example.kz".to_owned(),
        name: "Жаршы".to_owned(),
        postal: "010000, Астана, Мәңгілік Ел даңғылы, 1".to_owned(),
        zone: chrono_tz::Asia::Almaty,
    }
}

fn letter(text: &str, tongue: Tongue) -> Letter {
    let templates = Templates::load(None).unwrap_or_else(|found| panic!("{found:?}"));
    let mailing = read(text).unwrap_or_else(|why| panic!("{why}"));
    mailing_letter(&templates, &mailing, tongue, &site()).unwrap_or_else(|why| panic!("{why}"))
}

fn assert_is_as_expected(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/digest")
        .join(name);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, found).expect("the fixture can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "{}", path.display());
}

#[test]
fn a_text_stands_in_the_houses_layout() {
    let letter = letter(TEXT, Tongue::Russian);
    let text = format!("Subject: {}\n\n{}\n", letter.subject, letter.text);
    assert_is_as_expected("mailing.ru.txt", &text);
    assert_is_as_expected("mailing.ru.html", &format!("{}\n", letter.html));
    for part in [&letter.text, &letter.html] {
        for slot in [slot::UNSUBSCRIBE_URL, slot::PREFERENCES_URL] {
            assert_eq!(part.matches(slot).count(), 1, "{slot}");
        }
    }
    for line in letter.text.lines().filter(|line| !line.contains("://")) {
        assert!(line.chars().count() <= LINE_MAX_CHARS, "{line}");
    }
}

#[test]
fn each_tongue_has_its_subject_and_the_id_is_the_texts() {
    assert_eq!(letter(TEXT, Tongue::Kazakh).subject, "Кездесуге шақырамыз");
    assert_eq!(letter(TEXT, Tongue::English).subject, "Come and meet us");
    let id = |text: &str| read(text).expect("a mailing").id;
    assert_eq!(id(TEXT), id(&TEXT.replace('\n', "\r\n")));
    assert_ne!(id(TEXT), id(&TEXT.replace("ждём", "ждем")));
    let one = read("---\nsubject: One\n---\nText.\n").expect("a mailing");
    assert!(
        Tongue::ALL
            .iter()
            .all(|tongue| one.subject.get(*tongue) == "One")
    );
}

#[test]
fn what_cannot_be_sent_is_told_with_its_line() {
    let cases = [
        ("Text", "does not begin with its subject"),
        ("---\nsubject: x\nText", "does not begin with its subject"),
        ("---\nsubjekt: x\n---\nText", "line 2: `subjekt` is unknown"),
        ("---\nsubject.kk: x\n---\nText", "no subject in ru"),
        ("---\nsubject: x\nlanguage: tlh\n---\nText", "line 3: `tlh`"),
        ("---\nsubject: x\n---\n\n<!-- note -->\n", "no text"),
        ("---\nsubject: x\n---\nText\n\n<b>bold</b>", "line 6: HTML"),
        (
            "---\nsubject: x\n---\n![x](https://example.kz/x.png)",
            "line 4: an image",
        ),
        (
            "---\nsubject: x\n---\n[x](javascript:alert(1))",
            "line 4: a link",
        ),
    ];
    for (text, expected) in cases {
        let why = read(text).expect_err(text).to_string();
        assert!(why.contains(expected), "{text:?}: {why}");
    }
    let long = format!("---\nsubject: {}\n---\nText", "x".repeat(79));
    let too_long = "x".repeat(TEXT_MAX_BYTES + 1);
    for (text, expected) in [(long, "subject in kk is longer"), (too_long, "longer than")] {
        let why = read(&text).expect_err("too long").to_string();
        assert!(why.contains(expected), "{why}");
    }
}

#[test]
fn a_slot_in_the_text_is_no_slot() {
    let text = format!("---\nsubject: x\n---\nSee {} & <x>.", slot::CONFIRM_URL);
    // An angle bracket that opens no tag is text.
    let text = text.replace("<x>", "< x");
    let letter = letter(&text, Tongue::English);
    assert!(!letter.text.contains(slot::CONFIRM_URL));
    assert!(letter.html.contains("&amp; &lt; x"));
}
