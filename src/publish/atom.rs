//! Atom 1.0 (RFC 4287).

use atom_syndication::{
    Category, Content, Entry as AtomEntry, Feed, Generator, Link, Person, Text, TextType,
};
use chrono::{DateTime, FixedOffset, Utc};

use crate::model::feed::{Edition, Entry, PublishedFeed};
use crate::model::id::derive;

use super::{Document, Format, Site, entry, legal, newest_change};

/// The feed as Atom. The order is the edition's.
pub fn write(feed: &PublishedFeed, edition: &Edition, site: &Site) -> Document {
    let last_modified = newest_change(edition);
    let document = Feed {
        title: plain(legal(feed.title.get(feed.tongue)).into_owned(), None),
        subtitle: Some(plain(
            legal(feed.description.get(feed.tongue)).into_owned(),
            None,
        )),
        // Derived from the address and the name only: it outlives a new format.
        id: format!(
            "urn:uuid:{}",
            entry::uuid(&derive(&["feed", &site.home(), feed.name.as_str()]))
        ),
        updated: fixed(last_modified),
        authors: vec![person(&site.name)],
        generator: Some(Generator {
            value: "Jarshy".to_owned(),
            ..Generator::default()
        }),
        links: vec![
            link(
                "self",
                site.feed(feed, Format::Atom),
                "application/atom+xml",
            ),
            link("alternate", site.home(), "text/html"),
        ],
        lang: Some(feed.tongue.tag().to_owned()),
        entries: edition
            .entries
            .iter()
            .map(|told| atom_entry(told, site))
            .collect(),
        ..Feed::default()
    };
    Document::new(
        document.to_string(),
        Format::Atom.media_type(),
        last_modified,
    )
}

fn atom_entry(told: &Entry, site: &Site) -> AtomEntry {
    let lang = entry::language(told).map(str::to_owned);
    let categories = entry::labels(told)
        .into_iter()
        .map(|term| Category {
            term,
            ..Category::default()
        })
        .collect();
    let (summary, html) = match entry::full_html(told) {
        Some(full) => (Some(plain(entry::excerpt(told), lang.clone())), full),
        None => (None, entry::excerpt_html(told, site)),
    };
    AtomEntry {
        title: plain(entry::title(told), lang.clone()),
        id: entry::id(&told.story),
        updated: fixed(told.changed),
        published: Some(fixed(told.article.dated())),
        authors: vec![person(&told.outlet)],
        categories,
        links: vec![Link {
            hreflang: lang.clone(),
            ..link("alternate", entry::link(told, site), "text/html")
        }],
        summary,
        content: Some(Content {
            value: Some(html),
            content_type: Some("html".to_owned()),
            lang,
            ..Content::default()
        }),
        ..AtomEntry::default()
    }
}

fn plain(value: String, lang: Option<String>) -> Text {
    Text {
        value,
        lang,
        r#type: TextType::Text,
        ..Text::default()
    }
}

fn person(name: &str) -> Person {
    Person {
        name: entry::one_line(name),
        ..Person::default()
    }
}

fn link(rel: &str, href: String, media_type: &str) -> Link {
    Link {
        href,
        rel: rel.to_owned(),
        mime_type: Some(media_type.to_owned()),
        ..Link::default()
    }
}

fn fixed(time: DateTime<Utc>) -> DateTime<FixedOffset> {
    time.fixed_offset()
}
