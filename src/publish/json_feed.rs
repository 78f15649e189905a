//! JSON Feed 1.1 (jsonfeed.org).

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use crate::model::feed::{Edition, Entry, PublishedFeed};

use super::{Document, Format, Site, entry, legal, newest_change};

#[derive(Serialize)]
struct Feed<'a> {
    version: &'static str,
    title: &'a str,
    description: &'a str,
    home_page_url: String,
    #[serde(rename = "feed_url")]
    own_url: String,
    language: &'static str,
    items: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    id: String,
    url: String,
    title: String,
    content_html: String,
    summary: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<String>,
    date_published: String,
    date_modified: String,
    authors: Vec<Author>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'static str>,
}

#[derive(Serialize)]
struct Author {
    name: String,
}

/// The feed as JSON. The order is the edition's.
pub fn write(feed: &PublishedFeed, edition: &Edition, site: &Site) -> Document {
    let document = Feed {
        version: "https://jsonfeed.org/version/1.1",
        title: &legal(feed.title.get(feed.tongue)),
        description: &legal(feed.description.get(feed.tongue)),
        home_page_url: site.home(),
        own_url: site.feed(feed, Format::Json),
        language: feed.tongue.tag(),
        items: edition
            .entries
            .iter()
            .map(|told| item(told, site))
            .collect(),
    };
    let text = serde_json::to_string_pretty(&document)
        .expect("strings and lists of strings are always JSON");
    Document::new(text, Format::Json.media_type(), newest_change(edition))
}

fn item(told: &Entry, site: &Site) -> Item {
    Item {
        id: entry::id(&told.story),
        url: entry::link(told, site),
        title: entry::title(told),
        content_html: entry::full_html(told).unwrap_or_else(|| entry::excerpt_html(told, site)),
        summary: entry::excerpt(told),
        image: told.article.image.as_ref().map(ToString::to_string),
        date_published: rfc3339(told.article.dated()),
        date_modified: rfc3339(told.changed),
        authors: vec![Author {
            name: entry::one_line(&told.outlet),
        }],
        tags: entry::labels(told),
        language: entry::language(told),
    }
}

fn rfc3339(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
