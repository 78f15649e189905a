//! `jarshy stage read`: one document in, what a source of its kind gives out.
//! What is named by its address is asked for as the house would: through the
//! one guarded door, pages only where robots.txt allows it.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use super::super::house;
use super::super::output::{Failure, complain, say, time};
use super::{ReadKind, STAGE_BYTES_MAX, STAGE_ZONE, open};
use crate::clock::Clock;
use crate::gather::document::Document;
use crate::gather::plan::asks_robots;
use crate::gather::web::{Answer, Request, Web};
use crate::gather::{self, desk};
use crate::model::count::counted;
use crate::model::draft::{Draft, Harvest, Person};
use crate::model::source::{JsonRules, PageRules, Place, Validators};

/// How the documents are to be read.
pub(super) struct Told {
    pub(super) kind: ReadKind,
    pub(super) content_type: Option<String>,
    /// The base of relative links.
    pub(super) url: Option<Url>,
}

/// Reads each document, a file's path or an address; what cannot be had is named
/// and the others go on. The config is needed for addresses only.
pub(super) async fn read(config: &Path, documents: &[PathBuf], told: &Told) -> Result<(), Failure> {
    let mut web = None;
    let mut unread = 0;
    for document in documents {
        let name = document.display().to_string();
        let read = if is_address(&name) {
            let web = match &web {
                Some(web) => web,
                None => web.insert(way_out(config)?),
            };
            read_address(web, &name, told).await
        } else {
            read_file(document, told)
        };
        match read {
            Ok(value) => say(&value.to_string())?,
            Err(why) => {
                unread += 1;
                complain(&format!("error: {name}: {why}"));
            }
        }
    }
    match unread {
        0 => Ok(()),
        _ => Err(Failure::work(format!(
            "{unread} of {} could not be read",
            counted(documents.len(), "document")
        ))),
    }
}

/// Whether a document is named by an address on the web.
fn is_address(name: &str) -> bool {
    let begins = |scheme: &str| {
        let beginning = name.get(..scheme.len());
        beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(scheme))
    };
    begins("http://") || begins("https://")
}

fn way_out(config: &Path) -> Result<Web, Failure> {
    let config = house::load_config(config)?;
    Web::new(house::web_options(&config)?).map_err(Failure::work)
}

/// Asks for one document and reads it.
async fn read_address(web: &Web, name: &str, told: &Told) -> Result<Value, String> {
    let url = Url::parse(name).map_err(|error| error.to_string())?;
    let Some(place) = place(told.kind, &url) else {
        return Err("a desk is a folder of files and has no address".to_owned());
    };
    let request = Request {
        url,
        validators: Validators::default(),
        headers: Vec::new(),
    };
    let now = Clock::System.now();
    let answer = if asks_robots(&place) {
        web.fetch_page(&request, now).await
    } else {
        web.fetch(&request).await
    };
    let why = answer.why_nothing(Clock::System.now().with_timezone(&STAGE_ZONE));
    let Answer::Body {
        bytes,
        content_type,
        final_url,
        ..
    } = answer
    else {
        return Err(why.unwrap_or_default());
    };
    let document = Document {
        bytes: &bytes,
        content_type: told.content_type.as_deref().or(content_type.as_deref()),
        url: Some(told.url.as_ref().unwrap_or(&final_url)),
        received: now.with_timezone(&STAGE_ZONE),
    };
    Ok(harvest_json(name, &gather::read(&place, &document)))
}

/// Reads one file as its place would be read.
fn read_file(path: &Path, told: &Told) -> Result<Value, String> {
    let mut bytes = Vec::new();
    open(path)
        .and_then(|file| file.take(STAGE_BYTES_MAX).read_to_end(&mut bytes))
        .map_err(|error| error.to_string())?;
    let received = Clock::System.now();
    let document = Document {
        bytes: &bytes,
        content_type: told.content_type.as_deref(),
        url: told.url.as_ref(),
        received: received.with_timezone(&STAGE_ZONE),
    };
    let address = told.url.clone().unwrap_or_else(no_address);
    let harvest = if let Some(place) = place(told.kind, &address) {
        gather::read(&place, &document)
    } else {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let modified = std::fs::metadata(path)
            .and_then(|meta| meta.modified())
            .map_or(received, DateTime::<Utc>::from);
        desk::read(&name, &bytes, modified, STAGE_ZONE)
    };
    Ok(harvest_json(&path.display().to_string(), &harvest))
}

/// The place a document of its kind comes from; `None`: a desk, which has no address.
fn place(kind: ReadKind, url: &Url) -> Option<Place> {
    let url = url.clone();
    Some(match kind {
        ReadKind::Feed => Place::Feed(url),
        ReadKind::Page => Place::Page {
            url,
            rules: PageRules::default(),
        },
        ReadKind::Json => Place::Json {
            url,
            rules: JsonRules::default(),
        },
        ReadKind::Telegram => Place::Telegram(url),
        ReadKind::Sitemap => Place::Sitemap(url),
        ReadKind::Desk => return None,
    })
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
