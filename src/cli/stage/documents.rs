//! `jarshy stage read`: one document in, what a source of its kind gives out.

use std::io::Read as _;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use super::super::output::time;
use super::{ReadKind, STAGE_BYTES_MAX, STAGE_ZONE, open};
use crate::clock::Clock;
use crate::gather::document::Document;
use crate::gather::{self, desk};
use crate::model::draft::{Draft, Harvest, Person};
use crate::model::source::{JsonRules, PageRules, Place};

/// Reads one document as its place would be read.
pub(super) fn read_file(
    path: &Path,
    kind: ReadKind,
    content_type: Option<&str>,
    url: Option<&Url>,
) -> Result<Value, String> {
    let mut bytes = Vec::new();
    open(path)
        .and_then(|file| file.take(STAGE_BYTES_MAX).read_to_end(&mut bytes))
        .map_err(|error| error.to_string())?;
    let received = Clock::System.now();
    let document = Document {
        bytes: &bytes,
        content_type,
        url,
        received,
    };
    let nowhere = || url.cloned().unwrap_or_else(no_address);
    let harvest = match kind {
        ReadKind::Desk => {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let modified = std::fs::metadata(path)
                .and_then(|meta| meta.modified())
                .map_or(received, DateTime::<Utc>::from);
            desk::read(&name, &bytes, modified, STAGE_ZONE)
        }
        ReadKind::Feed => gather::read(&Place::Feed(nowhere()), &document),
        ReadKind::Page => gather::read(
            &Place::Page {
                url: nowhere(),
                rules: PageRules::default(),
            },
            &document,
        ),
        ReadKind::Json => gather::read(
            &Place::Json {
                url: nowhere(),
                rules: JsonRules::default(),
            },
            &document,
        ),
        ReadKind::Telegram => gather::read(&Place::Telegram(nowhere()), &document),
        ReadKind::Sitemap => gather::read(&Place::Sitemap(nowhere()), &document),
    };
    Ok(harvest_json(&path.display().to_string(), &harvest))
}

/// A place must have an address; readers take theirs from the document.
pub(super) fn no_address() -> Url {
    Url::parse("about:blank").expect("about:blank is an address")
}

fn people(people: &[Person]) -> Vec<Value> {
    people
        .iter()
        .map(|person| json!({"name": person.name, "email": person.email, "url": person.url}))
        .collect()
}

fn harvest_json(file: &str, harvest: &Harvest) -> Value {
    let head = &harvest.feed;
    let categories = |categories: &[crate::model::draft::Category]| -> Vec<Value> {
        categories
            .iter()
            .map(|category| json!({"term": category.term, "scheme": category.scheme, "label": category.label}))
            .collect()
    };
    let draft = |draft: &Draft| {
        let enclosures: Vec<Value> = draft
            .enclosures
            .iter()
            .map(|file| json!({"url": file.url, "type": file.media_type, "length": file.length_bytes}))
            .collect();
        json!({
            "id": draft.id, "id_is_permalink": draft.id_is_permalink, "link": draft.link,
            "title": draft.title, "authors": people(&draft.authors),
            "contributors": people(&draft.contributors),
            "summary_html": draft.summary_html, "content_html": draft.content_html,
            "published": time(draft.published), "updated": time(draft.updated),
            "categories": categories(&draft.categories), "enclosures": enclosures,
            "language": draft.language, "rights": draft.rights, "comments": draft.comments,
            "source": draft.source,
        })
    };
    let generator = head.generator.as_ref().map(|generator| {
        json!({"name": generator.name, "url": generator.url, "version": generator.version})
    });
    json!({
        "file": file, "format": harvest.format, "encoding": harvest.encoding,
        "well_formed": harvest.well_formed,
        "complaints": harvest.complaints.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "feed": {
            "id": head.id, "title": head.title, "description": head.description,
            "link": head.link, "self": head.self_link, "hubs": head.hubs,
            "language": head.language, "updated": time(head.updated), "rights": head.rights,
            "authors": people(&head.authors), "categories": categories(&head.categories),
            "image": head.image, "icon": head.icon, "logo": head.logo, "generator": generator,
            "ttl": head.ttl_minutes,
        },
        "drafts": harvest.drafts.iter().map(draft).collect::<Vec<_>>(),
    })
}
