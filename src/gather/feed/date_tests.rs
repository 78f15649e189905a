use super::*;

/// 2026-11-23 12:00 UTC, a Monday.
fn received() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap()
}

fn check(text: &str, expected: &str) {
    let read =
        read(text, received()).map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true));
    assert_eq!(read.as_deref(), Some(expected), "{text}");
}

#[test]
fn every_shape() {
    let table = include_str!("../../../tests/fixtures/gather/feed/dates.tsv");
    let mut rows = 0;
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let (text, expected) = line.split_once('\t').expect("two columns");
        rows += 1;
        if expected == "none" {
            assert_eq!(read(text, received()), None, "{text}");
        } else {
            check(text, expected);
        }
    }
    assert!(rows > 60);
}

#[test]
fn no_text_makes_it_panic() {
    for line in include_str!("../../../tests/fixtures/gather/feed/dates.tsv").lines() {
        for (at, _) in line.char_indices() {
            let _ = read(&line[at..], received());
            let _ = read(&line[..at], received());
            let _ = read(&format!("{}-{}", &line[..at], &line[at..]), received());
        }
    }
}
