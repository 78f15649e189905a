//! RSS 2.0 (rssboard.org specification 2.0.11) with `atom:link rel="self"`.

use std::collections::BTreeMap;

use rss::extension::Extension;
use rss::extension::dublincore::DublinCoreExtension;
use rss::{Category, Channel, Guid, Item};

use crate::model::feed::{Edition, Entry, PublishedFeed};

use super::{Document, Format, Site, entry, legal, newest_change};

/// The feed as RSS. The order is the edition's.
pub fn write(feed: &PublishedFeed, edition: &Edition, site: &Site) -> Document {
    let last_modified = newest_change(edition);
    let namespaces = BTreeMap::from([
        ("atom".to_owned(), "http://www.w3.org/2005/Atom".to_owned()),
        (
            "content".to_owned(),
            "http://purl.org/rss/1.0/modules/content/".to_owned(),
        ),
        (
            "dc".to_owned(),
            "http://purl.org/dc/elements/1.1/".to_owned(),
        ),
    ]);
    let channel = Channel {
        namespaces,
        title: legal(feed.title.get(feed.tongue)).into_owned(),
        link: site.home(),
        description: legal(feed.description.get(feed.tongue)).into_owned(),
        language: Some(feed.tongue.tag().to_owned()),
        last_build_date: Some(last_modified.to_rfc2822()),
        docs: Some("https://www.rssboard.org/rss-specification".to_owned()),
        generator: Some("Jarshy".to_owned()),
        extensions: BTreeMap::from([("atom".to_owned(), self_link(feed, site))]),
        items: edition
            .entries
            .iter()
            .map(|told| item(told, site))
            .collect(),
        ..Channel::default()
    };
    Document::new(channel.to_string(), Format::Rss.media_type(), last_modified)
}

/// `atom:link rel="self"`, which the W3C validator asks for.
fn self_link(feed: &PublishedFeed, site: &Site) -> BTreeMap<String, Vec<Extension>> {
    let attrs = BTreeMap::from([
        ("href".to_owned(), site.feed(feed, Format::Rss)),
        ("rel".to_owned(), "self".to_owned()),
        ("type".to_owned(), "application/rss+xml".to_owned()),
    ]);
    let link = Extension {
        name: "atom:link".to_owned(),
        attrs,
        ..Extension::default()
    };
    BTreeMap::from([("link".to_owned(), vec![link])])
}

fn item(told: &Entry, site: &Site) -> Item {
    let categories = entry::labels(told)
        .into_iter()
        .map(|name| Category { name, domain: None })
        .collect();
    // `author` must be an e-mail address in RSS; a name belongs to dc:creator.
    let creator = DublinCoreExtension {
        creators: vec![entry::one_line(&told.outlet)],
        languages: entry::language(told)
            .map(str::to_owned)
            .into_iter()
            .collect(),
        ..Default::default()
    };
    Item {
        title: Some(entry::title(told)),
        link: Some(entry::link(told, site)),
        description: Some(entry::excerpt_html(told, site)),
        categories,
        guid: Some(Guid {
            value: entry::id(&told.story),
            permalink: false,
        }),
        pub_date: Some(told.article.dated().to_rfc2822()),
        content: entry::full_html(told),
        dublin_core_ext: Some(creator),
        ..Item::default()
    }
}
