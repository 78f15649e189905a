//! Article pages built as sites of the country build them: `NAME.html` and,
//! beside it, `NAME.expected.json` with title, day, picture and text.

use std::path::{Path, PathBuf};

use chrono::{TimeZone, Utc};
use serde_json::Value;
use url::Url;

use super::{Article, read, read_article};
use crate::gather::document::Document;
use crate::model::source::PageRules;

fn check(html: &[u8], expected: &Value) -> Result<(), String> {
    let url = Url::parse(expected["url"].as_str().unwrap()).unwrap();
    let document = Document {
        bytes: html,
        content_type: None,
        url: Some(&url),
        received: Utc
            .with_ymd_and_hms(2026, 11, 23, 12, 0, 0)
            .unwrap()
            .with_timezone(&chrono_tz::Asia::Almaty),
    };
    let Some(Article { draft, written }) = read_article(&document) else {
        return Err("no article".to_owned());
    };
    let day = written.map(|written| written.day.to_string());
    let picture = draft.enclosures.first().map(|picture| picture.url.as_str());
    let author = draft
        .authors
        .first()
        .and_then(|author| author.name.as_deref());
    let told = [
        ("title", draft.title.as_deref()),
        ("published", day.as_deref()),
        ("image", picture),
        ("author", author),
    ];
    for (name, value) in told {
        let wanted = expected.get(name).and_then(Value::as_str);
        if value != wanted && !(name == "author" && wanted.is_none()) {
            return Err(format!("{name}: {value:?}, not {wanted:?}"));
        }
    }
    let wanted: Vec<&str> = expected["text"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for text in [
        &draft.text,
        &crate::gather::clean::plain_text(draft.content_html.as_deref().unwrap_or_default()),
    ] {
        if words(text) != words(&wanted.join(" ")) {
            return Err(format!("text: {text}"));
        }
    }
    // As a source's page it is the same article, where it says that it is one.
    if expected.get("undeclared").is_some() {
        return Ok(());
    }
    let harvest = read(&document, &PageRules::default());
    match harvest.drafts.as_slice() {
        [only] if *only == draft => Ok(()),
        drafts => Err(format!("as a source's page: {} entries", drafts.len())),
    }
}

/// The pages of a folder with their names, and what is expected of each.
pub(super) fn cases(folder: &str) -> Vec<(String, Vec<u8>, Value)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/gather/page");
    let mut pages: Vec<_> = std::fs::read_dir(root.join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "html"))
        .collect();
    pages.sort();
    let case = |path: PathBuf| {
        let name = path.file_stem().unwrap().display().to_string();
        let html = std::fs::read(&path).unwrap();
        let expected = std::fs::read_to_string(path.with_extension("expected.json")).unwrap();
        (name, html, serde_json::from_str(&expected).unwrap())
    };
    pages.into_iter().map(case).collect()
}

#[test]
fn layouts_of_the_country_are_read_whole() {
    let cases = cases("layouts");
    assert!(cases.len() >= 80, "{}", cases.len());
    let mut wrong = Vec::new();
    for (name, html, expected) in cases {
        if let Err(why) = check(&html, &expected) {
            wrong.push(format!("{name}: {why}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
