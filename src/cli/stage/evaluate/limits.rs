//! The figures below which nobody may fall: of the labelled texts in
//! `tests/fixtures/articles/`, all languages together.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::score::{ALL, Scores, Tally, score};
use super::{cases, read_all};

/// What the sets of one beginning must reach.
struct Floor {
    beginning: &'static str,
    /// Of each label of one text, F1.
    texts: f64,
    /// A wrong day is worse than none: precision.
    days: f64,
    /// Of pairs of texts, F1; the rest is told twice.
    stories: f64,
    /// The same, precision: other news may not hide behind a story.
    stories_apart: f64,
}

const FLOORS: [Floor; 3] = [
    Floor {
        beginning: "dev-",
        texts: 0.95,
        days: 0.98,
        stories: 0.93,
        stories_apart: 0.93,
    },
    Floor {
        beginning: "hold-",
        texts: 0.95,
        days: 0.98,
        stories: 0.95,
        stories_apart: 0.95,
    },
    // Nothing was mended by these: what news nobody has seen may expect.
    Floor {
        beginning: "first-",
        texts: 0.93,
        days: 0.96,
        stories: 0.91,
        stories_apart: 0.92,
    },
];

fn scores(beginning: &str) -> Scores {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/articles");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the labelled texts")
        .map(|file| file.expect("a file").path())
        .filter(|path| {
            let name = path.file_stem().and_then(|name| name.to_str());
            let is_set = path.extension().is_some_and(|kind| kind == "jsonl");
            is_set && name.is_some_and(|name| name.starts_with(beginning))
        })
        .collect();
    files.sort();
    let now: DateTime<Utc> = "2026-11-23T12:00:00Z".parse().expect("a moment");
    score(&read_all(cases(&files, now).expect("cases"), now))
}

fn tally(scores: &Scores, label: &str) -> Tally {
    let rows = scores.tallies.iter().find(|(known, _)| known == label);
    rows.expect(label).1[ALL]
}

#[test]
fn labelled_texts_are_read_as_well_as_promised() {
    for floor in FLOORS {
        let beginning = floor.beginning;
        let scores = scores(beginning);
        for label in [
            "language",
            "kind",
            "event start",
            "city",
            "region",
            "regions",
        ] {
            let f1 = tally(&scores, label).f1().unwrap_or_default();
            assert!(f1 >= floor.texts, "{beginning} {label}: {f1}");
        }
        let days = tally(&scores, "event start")
            .precision()
            .unwrap_or_default();
        assert!(days >= floor.days, "{beginning} days: {days}");
        let stories = tally(&scores, "same story");
        let (f1, precision) = (stories.f1(), stories.precision());
        assert!(f1 >= Some(floor.stories), "{beginning} stories: {f1:?}");
        assert!(
            precision >= Some(floor.stories_apart),
            "{beginning} stories: {precision:?}"
        );
    }
}
