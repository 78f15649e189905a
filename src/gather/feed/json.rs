//! JSON Feed 1.0 and 1.1 (jsonfeed.org). Fields of the wrong type are passed
//! over, numbers are taken for ids, as the specification asks of readers.

use serde_json::{Map, Value};
use url::Url;

use crate::gather::document::{DOCUMENT_ENTRIES_MAX, Document};
use crate::gather::json::long_numbers;
use crate::gather::json::repair;
use crate::model::complaint::{Complaint, Position};
use crate::model::draft::{Category, Draft, Enclosure, FeedHead, Harvest, Person};

use super::date::FeedClock;
use super::entry::{LIST_MAX, add_category, text_of};
use super::value::{self, Kind};
use super::{COMPLAINTS_MAX, link, place_of};

type Object = Map<String, Value>;

/// Reads a JSON feed into `harvest`.
pub(super) fn read(text: &str, document: &Document, clock: &FeedClock, harvest: &mut Harvest) {
    let place = place_of(document);
    let Some(parsed) = parsed(text, &place, harvest) else {
        return;
    };
    let Some(feed) = parsed.as_object().filter(|feed| feed.contains_key("items")) else {
        harvest.well_formed = false;
        harvest.complaints.push(Complaint::error(
            place,
            "this JSON is no feed: it has no `items`; a JSON listing is read as a source of kind `json`",
        ));
        return;
    };
    let version = string(feed, "version").unwrap_or_default();
    let format = if version.trim_end_matches('/').ends_with("version/1") {
        "json10"
    } else {
        "json11"
    };
    harvest.format = Some(format);
    let base = document.url.cloned().or_else(|| {
        let address = string(feed, "feed_url").or_else(|| string(feed, "home_page_url"))?;
        Url::parse(&address).ok()
    });
    harvest.feed = head(feed, base.as_ref());
    let items = feed
        .get("items")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    if items.len() > DOCUMENT_ENTRIES_MAX {
        let message = format!(
            "more than {DOCUMENT_ENTRIES_MAX} entries; {} are left out",
            items.len() - DOCUMENT_ENTRIES_MAX
        );
        harvest
            .complaints
            .push(Complaint::warning(&place, message).about("items"));
    }
    for (number, item) in items.iter().take(DOCUMENT_ENTRIES_MAX).enumerate() {
        let mut complain = |message: String| {
            if harvest.complaints.len() < COMPLAINTS_MAX {
                let complaint =
                    Complaint::warning(&place, message).about(format!("items[{number}]"));
                harvest.complaints.push(complaint);
            }
        };
        match item.as_object() {
            Some(item) => harvest
                .drafts
                .push(draft(item, base.as_ref(), clock, &mut complain)),
            None => complain("the entry is no object; left out".to_owned()),
        }
    }
}

/// The document as JSON, repaired where it must be and can be.
fn parsed(text: &str, place: &str, harvest: &mut Harvest) -> Option<Value> {
    // The parser itself refuses more than 128 levels, so that no document is too deep.
    let error = match serde_json::from_str(&long_numbers::as_texts(text)) {
        Ok(parsed) => return Some(parsed),
        Err(error) => error,
    };
    harvest.well_formed = false;
    let position = Position {
        line: error.line(),
        column: error.column().max(1),
    };
    // Where no entry was left there is nothing to be had of it.
    let has_entries = |repaired: &Value| {
        let items = repaired.get("items").and_then(Value::as_array);
        items.is_some_and(|items| !items.is_empty())
    };
    let repaired = repair::parsed(text, has_entries);
    let complaint = if repaired.is_some() {
        let message = format!("the JSON is broken: {error}; what is complete was read");
        Complaint::warning(place, message)
    } else {
        Complaint::error(place, format!("the JSON is broken: {error}"))
    };
    harvest.complaints.push(complaint.at(position));
    repaired
}

fn head(feed: &Object, base: Option<&Url>) -> FeedHead {
    let address = |key| string(feed, key).and_then(|url| link::resolve(&url, base));
    let hubs = objects(feed, "hubs")
        .filter_map(|hub| string(hub, "url").and_then(|url| link::resolve(&url, base)))
        .collect();
    FeedHead {
        title: string(feed, "title").and_then(|title| value::line(Kind::Guess, &title)),
        description: string(feed, "description").and_then(|text| value::line(Kind::Guess, &text)),
        link: address("home_page_url"),
        self_link: address("feed_url"),
        hubs,
        language: string(feed, "language"),
        authors: authors(feed, base),
        icon: address("favicon"),
        logo: address("icon"),
        image: address("icon"),
        ..FeedHead::default()
    }
}

fn draft(
    item: &Object,
    base: Option<&Url>,
    clock: &FeedClock,
    complain: &mut impl FnMut(String),
) -> Draft {
    let address = |key| string(item, key).and_then(|url| link::resolve(&url, base));
    let mut instant = |key| {
        let text = string(item, key)?;
        let read = clock.read(&text);
        if read.is_none() {
            complain(format!(
                "the date “{}” cannot be read, or its year is outside 1990 to 2100; left out",
                value::cut(&text, 60)
            ));
        }
        read
    };
    let published = instant("date_published");
    let updated = instant("date_modified");
    let content_html = string(item, "content_html")
        .and_then(|html| value::html(Kind::Html, &html, base))
        .or_else(|| string(item, "content_text").map(|text| value::paragraphs(&text)))
        .filter(|html| !html.is_empty());
    let mut draft = Draft {
        id: string(item, "id"),
        link: address("url").or_else(|| address("external_url")),
        title: string(item, "title").and_then(|title| value::line(Kind::Guess, &title)),
        authors: authors(item, base),
        summary_html: string(item, "summary")
            .and_then(|text| value::html(Kind::Guess, &text, base)),
        content_html,
        published,
        updated,
        language: string(item, "language"),
        ..Draft::default()
    };
    for tag in item
        .get("tags")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if let Some(term) = tag.as_str().and_then(|tag| value::line(Kind::Text, tag)) {
            add_category(
                &mut draft.categories,
                Category {
                    term,
                    ..Category::default()
                },
            );
        }
    }
    for file in objects(item, "attachments").take(LIST_MAX) {
        if let Some(url) = string(file, "url").and_then(|url| link::resolve(&url, base)) {
            draft.enclosures.push(Enclosure {
                url,
                media_type: string(file, "mime_type"),
                length_bytes: file.get("size_in_bytes").and_then(Value::as_u64),
            });
        }
    }
    if let Some(url) = address("image").or_else(|| address("banner_image"))
        && draft.enclosures.is_empty()
    {
        draft.enclosures.push(Enclosure {
            url,
            media_type: Some("image/*".to_owned()),
            length_bytes: None,
        });
    }
    draft.text = text_of(&draft);
    draft
}

/// `authors` of 1.1, or the one `author` of 1.0.
fn authors(object: &Object, base: Option<&Url>) -> Vec<Person> {
    let one = object.get("author").and_then(Value::as_object);
    objects(object, "authors")
        .chain(one)
        .take(LIST_MAX)
        .map(|author| Person {
            name: string(author, "name"),
            email: string(author, "email"),
            url: string(author, "url").and_then(|url| link::resolve(&url, base)),
        })
        .filter(|person| *person != Person::default())
        .fold(Vec::new(), |mut people, person| {
            if !people.contains(&person) {
                people.push(person);
            }
            people
        })
}

fn objects<'a>(object: &'a Object, key: &str) -> impl Iterator<Item = &'a Object> {
    object
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
}

/// A string that says something, or a number as one.
fn string(object: &Object, key: &str) -> Option<String> {
    let text = match object.get(key)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}
