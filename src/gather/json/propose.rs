//! Rules for a JSON listing nobody has described yet: the array of objects that have
//! what articles have, found by what their fields are called and hold.

use serde_json::{Map, Value};
use url::Url;

use super::long_numbers;
use super::path::text_at;
use crate::gather::document::Document;
use crate::gather::feed::date;
use crate::gather::page::opening::{self, address};
use crate::model::source::JsonRules;

/// Levels looked through for the array.
const LEVELS_MAX: usize = 4;
/// The most values looked at.
const VALUES_MAX: usize = 5_000;
/// So many entries of an array tell what the others are like.
const SAMPLE: usize = 5;
/// The most fields of an entry looked at.
const FIELDS_MAX: usize = 100;
/// What a path cannot name.
const NOT_IN_PATHS: [char; 3] = ['.', '{', '}'];

/// Words in the names of fields, the surest first.
const TITLES: &[&str] = &[
    "title",
    "headline",
    "taqyryp",
    "zagolovok",
    "subject",
    "name",
];
const LINKS: &[&str] = &["url", "link", "permalink", "href"];
const DATES: &[&str] = &["publi", "created", "date", "time"];
const CONTENTS: &[&str] = &[
    "content", "body", "text", "descr", "summary", "announce", "lead", "short",
];
const AUTHORS: &[&str] = &["author", "creator", "byline", "avtor"];
const IMAGES: &[&str] = &[
    "image", "cover", "photo", "picture", "thumb", "img", "preview", "poster",
];
const IDS: &[&str] = &["id", "guid", "uuid", "slug"];

/// The rules by which a listing may be read; none where it is no listing, or a JSON
/// Feed, which needs none.
pub fn propose(document: &Document<'_>) -> Option<JsonRules> {
    let (text, _) = opening::open(document, "json").ok()?;
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let text = long_numbers::as_texts(&text);
    let root: Value = serde_json::from_str(&text).ok()?;
    let version = root.get("version").and_then(Value::as_str);
    if version.is_some_and(|version| version.contains("jsonfeed.org")) {
        return None;
    }
    let mut level: Vec<(String, &Value)> = vec![(String::new(), &root)];
    let mut best: Option<(usize, JsonRules)> = None;
    let mut looked_at = 0;
    for _ in 0..=LEVELS_MAX {
        let mut below = Vec::new();
        for (path, value) in level {
            looked_at += 1;
            if looked_at > VALUES_MAX {
                break;
            }
            match value {
                Value::Array(entries) => {
                    let found = rules(document, entries);
                    let is_more = |found: &(usize, JsonRules)| {
                        best.as_ref().is_none_or(|(most, _)| found.0 > *most)
                    };
                    if let Some((count, rules)) = found.filter(is_more) {
                        best = Some((
                            count,
                            JsonRules {
                                items: Some(path).filter(|path| !path.is_empty()),
                                ..rules
                            },
                        ));
                    }
                }
                Value::Object(object) => below.extend(fields(&path, object)),
                _ => {}
            }
        }
        level = below;
    }
    best.map(|(_, rules)| rules)
}

/// How many entries have a title, and where they keep what.
fn rules(document: &Document<'_>, entries: &[Value]) -> Option<(usize, JsonRules)> {
    let sample: Vec<&Value> = entries
        .iter()
        .filter(|one| one.is_object())
        .take(SAMPLE)
        .collect();
    let names = names(&sample);
    let half = sample.len().div_ceil(2);
    let find = |words: &[&str], fits: &dyn Fn(&str) -> bool| {
        let is_usual = |name: &&String| {
            let said = sample.iter().filter_map(|entry| text_at(entry, name));
            said.filter(|text| fits(text)).count() >= half
        };
        let called = |word: &&str, name: &&String, exact: bool| {
            let lower = name.to_lowercase();
            let own = lower.rsplit('.').next().unwrap_or_default();
            if exact {
                own == *word || lower.split('.').next() == Some(word)
            } else {
                own.contains(*word)
            }
        };
        let found = [true, false].into_iter().find_map(|exact| {
            words.iter().find_map(|word| {
                let mut so_called = names.iter().filter(|name| called(word, name, exact));
                so_called.find(|name| is_usual(name))
            })
        });
        found.cloned()
    };
    let title = find(TITLES, &|text| {
        text.chars().any(char::is_alphabetic) && text.contains(char::is_whitespace)
    })?;
    // Of an object in the entry it is a picture's, or an author's.
    let link =
        find(LINKS, &|text| is_address(document.url, text)).filter(|link| !link.contains('.'));
    let date = find(DATES, &|text| date::read(text, document.received).is_some());
    if link.is_none() && date.is_none() {
        return None;
    }
    let content = find(CONTENTS, &|text| text.contains(char::is_whitespace))
        .filter(|content| *content != title);
    let author = find(AUTHORS, &|text| {
        text.chars().any(char::is_alphabetic) && !text.contains(['/', '@'])
    });
    let image = find(IMAGES, &|text| is_address(document.url, text));
    let titled = entries
        .iter()
        .filter(|entry| text_at(entry, &title).is_some());
    Some((
        titled.count(),
        JsonRules {
            items: None,
            id: IDS
                .iter()
                .find(|id| sample.iter().all(|entry| text_at(entry, id).is_some()))
                .map(|id| (*id).to_owned()),
            link,
            title: Some(title),
            content,
            date,
            author,
            image,
        },
    ))
}

/// What the entries' fields are called, those of objects in them by their paths.
fn names(sample: &[&Value]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for entry in sample {
        for (name, value) in entry
            .as_object()
            .into_iter()
            .flat_map(|one| fields("", one))
        {
            match value {
                Value::Object(inner) => {
                    names.extend(fields(&name, inner).into_iter().map(|(name, _)| name));
                }
                _ => names.push(name),
            }
        }
    }
    names.sort();
    names.dedup();
    names
}

fn is_address(base: Option<&Url>, text: &str) -> bool {
    let looks_like_one = text.contains('/') && !text.contains(char::is_whitespace);
    looks_like_one && address(base, text).is_some()
}

/// The fields of an object that a path can name, with their paths.
fn fields<'a>(path: &str, object: &'a Map<String, Value>) -> Vec<(String, &'a Value)> {
    let named = object
        .iter()
        .filter(|(key, _)| !key.is_empty() && !key.contains(NOT_IN_PATHS));
    named
        .take(FIELDS_MAX)
        .map(|(key, value)| match path {
            "" => (key.clone(), value),
            path => (format!("{path}.{key}"), value),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposed(text: &str) -> Option<JsonRules> {
        let url: Url = "https://a.example/api/news".parse().expect("an address");
        let received: chrono::DateTime<chrono::Utc> =
            "2026-11-24T10:00:00Z".parse().expect("a time");
        let received = received.with_timezone(&chrono_tz::Tz::UTC);
        propose(&Document {
            bytes: text.as_bytes(),
            content_type: Some("application/json"),
            url: Some(&url),
            received,
        })
    }

    #[test]
    fn an_array_of_articles_is_found_with_its_fields() {
        let cases = [
            // As the ministries' service writes it.
            (
                r#"{"content":[{"id":900001,"title":"Министрлік форум өткізеді","body":"<p>Форум болады</p>",
                    "created_date":"2026-11-24T09:58:11","main_image":{"url":"/uploads/1.jpg"}},
                    {"id":900002,"title":"Министр кездесу өткізді","body":"<p>Кездесу болды</p>",
                    "created_date":"24.11.2026 08:00"}],"totalElements":2}"#,
                "content|id|-|title|body|created_date",
            ),
            // As WordPress does.
            (
                r#"[{"id":1,"date":"2026-11-24T08:00:00","link":"https://a.example/1",
                    "title":{"rendered":"Форум ашылды бүгін"},"content":{"rendered":"<p>Ол ашылды</p>"}}]"#,
                "|id|link|title.rendered|content.rendered|date",
            ),
            // Deeper, beside a list of something else.
            (
                r#"{"status":"ok","data":{"tags":[{"name":"спорт"},{"name":"қоғам"}],"list":[
                    {"slug":"forum","newsTitle":"Форум ашылды бүгін","publishedAt":"2026-11-24T08:00:00Z","url":"/kk/forum"},
                    {"slug":"meet","newsTitle":"Кездесу өтті бүгін","publishedAt":"2026-11-24T07:00:00Z","url":"/kk/meet"}]}}"#,
                "data.list|slug|url|newsTitle|-|publishedAt",
            ),
        ];
        for (text, expected) in cases {
            let rules = proposed(text).unwrap_or_else(|| panic!("{text}"));
            let or_none = |rule: Option<String>| rule.unwrap_or_else(|| "-".to_owned());
            let told = [
                rules.items.unwrap_or_default(),
                or_none(rules.id),
                or_none(rules.link),
                or_none(rules.title),
                or_none(rules.content),
                or_none(rules.date),
            ];
            assert_eq!(told.join("|"), expected);
        }
    }

    #[test]
    fn what_is_no_listing_has_no_rules() {
        for text in [
            "",
            "<rss/>",
            "{",
            "7",
            r#"{"error":"no such page"}"#,
            r#"[{"title":"Атауы бар ғана"}]"#,
            r#"[{"name":"бір","date":"2026-11-24"}]"#,
            r#"{"version":"https://jsonfeed.org/version/1.1","items":[{"title":"Форум ашылды","url":"https://a.example/1"}]}"#,
        ] {
            assert_eq!(proposed(text), None, "{text}");
        }
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        assert_eq!(proposed(&deep), None);
    }
}
