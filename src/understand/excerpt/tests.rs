use super::*;
use crate::understand::tests::{article, read_plainly};

const CASES: &str = include_str!("../../../tests/fixtures/understand/excerpts.jsonl");

#[test]
fn excerpts_are_the_sentences_an_editor_would_quote() {
    let mut misses = Vec::new();
    let mut count = 0;
    for row in CASES.lines().filter(|row| !row.trim().is_empty()) {
        let case: serde_json::Value = serde_json::from_str(row).expect(row);
        let text = |key: &str| case[key].as_str().unwrap_or_default();
        let read = read_plainly(&article(text("title"), text("text"), text("published")));
        if read.excerpt != text("excerpt") {
            misses.push(format!(
                "{}:\n  want {}\n  read {}",
                text("id"),
                text("excerpt"),
                read.excerpt
            ));
        }
        count += 1;
    }
    assert!(misses.is_empty(), "{}", misses.join("\n"));
    assert!(count >= 20, "{count}");
}

#[test]
fn a_long_sentence_is_cut_at_a_word_and_no_quote_is_left_open() {
    let words = "сөз ".repeat(40);
    for (text, ends) in [
        ("сөз ".repeat(200), "сөз…"),
        (
            format!("{words}айтқан: «{}»", "ұзақ ".repeat(100)),
            "айтқан…",
        ),
        (format!("«{}»", "ұзақ ".repeat(100)), "ұзақ…»"),
    ] {
        let cut = shortened(&text);
        assert!(cut.ends_with(ends), "{cut}");
        assert!(pieces::open_quote(&cut).is_none(), "{cut}");
        assert!(cut.chars().count() <= EXCERPT_CHARS_MAX + 1, "{cut}");
    }
}

#[test]
fn open_quotes_are_found_whatever_their_marks() {
    for (text, open) in [
        ("«а» б", None),
        ("а «б «в» г", Some(3)),
        ("„а“ б", None),
        ("“a” b", None),
        ("a \"b\" c", None),
        ("a \"b", Some(2)),
        ("экран 5\" и 7\"", None),
        ("а» б", None),
    ] {
        assert_eq!(pieces::open_quote(text), open, "{text}");
    }
}
