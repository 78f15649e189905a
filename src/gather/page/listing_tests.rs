//! Listing pages built as sites of the country build them: `NAME.html` and,
//! beside it, `NAME.expected.json` with its entries. Each is read by its shape
//! alone and, where `rules` name selectors, by them, to the same entries.

use std::path::Path;

use chrono::{TimeZone, Utc};
use chrono_tz::Asia::Almaty;
use serde_json::{Value, json};
use url::Url;

use super::read;
use crate::gather::clean::plain_text;
use crate::gather::document::Document;
use crate::model::draft::Draft;
use crate::model::source::PageRules;

fn rules(expected: &Value) -> PageRules {
    let rule = |key: &str| expected.get(key).and_then(Value::as_str).map(str::to_owned);
    PageRules {
        item: rule("item"),
        link: rule("link"),
        title: rule("title"),
        date: rule("date"),
    }
}

/// An entry as the expectations write it: a day alone where they name no more.
fn told(draft: &Draft, expected: &Value) -> Value {
    let day_only = expected["date"]
        .as_str()
        .is_some_and(|date| date.len() == 10);
    let format = if day_only { "%F" } else { "%FT%R" };
    let date = draft
        .published
        .map(|at| at.with_timezone(&Almaty).format(format).to_string());
    let teaser = draft.summary_html.as_deref().map(plain_text);
    json!({
        "title": draft.title,
        "link": draft.link,
        "date": date,
        "teaser": teaser.map(|teaser| teaser.trim().to_owned()),
        "image": draft.enclosures.first().map(|picture| picture.url.as_str()),
    })
}

fn check(html: &[u8], expected: &Value, rules: &PageRules) -> Result<(), String> {
    let url = Url::parse(expected["url"].as_str().unwrap()).unwrap();
    let document = Document {
        bytes: html,
        content_type: None,
        url: Some(&url),
        received: Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap(),
    };
    let harvest = read(&document, rules);
    let items = expected["items"].as_array().unwrap();
    for (draft, item) in harvest.drafts.iter().zip(items) {
        let told = told(draft, item);
        if told != *item {
            return Err(format!("{told}\n  not {item}"));
        }
    }
    match harvest.drafts.len() {
        entries if entries == items.len() => Ok(()),
        entries => Err(format!("{entries} entries, not {}", items.len())),
    }
}

#[test]
fn listings_of_the_country_are_read_with_rules_and_without() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/gather/page/listings");
    let mut pages: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "html"))
        .collect();
    pages.sort();
    assert!(pages.len() >= 16, "{}", pages.len());
    let mut wrong = Vec::new();
    for path in pages {
        let name = path.file_stem().unwrap().display().to_string();
        let html = std::fs::read(&path).unwrap();
        let expected = std::fs::read_to_string(path.with_extension("expected.json")).unwrap();
        let expected: Value = serde_json::from_str(&expected).unwrap();
        if let Err(why) = check(&html, &expected, &PageRules::default()) {
            wrong.push(format!("{name} by its shape: {why}"));
        }
        let named = rules(&expected["rules"]);
        if named != PageRules::default()
            && let Err(why) = check(&html, &expected, &named)
        {
            wrong.push(format!("{name} by rules: {why}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
