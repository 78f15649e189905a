//! `jarshy stage page`: article pages from files, one JSON object for each.

use std::io::Read;
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset, SecondsFormat, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::super::output::Failure;
use super::{STAGE_BYTES_MAX, STAGE_ZONE, lines, open};
use crate::clock::Clock;
use crate::gather::document::Document;
use crate::gather::feed::date::Written;
use crate::gather::page;

#[derive(Debug, Deserialize)]
struct Asked {
    id: Value,
    file: PathBuf,
    #[serde(default)]
    url: Option<String>,
}

/// Reads the page each line names; a file is looked for from the working directory.
pub(super) fn run(path: &Path) -> Result<(), Failure> {
    let now = Clock::System.now();
    lines::answer(path, |asked: Asked| read(&asked, now))
}

fn read(asked: &Asked, received: DateTime<Utc>) -> Result<Value, String> {
    let mut bytes = Vec::new();
    open(&asked.file)
        .and_then(|file| file.take(STAGE_BYTES_MAX).read_to_end(&mut bytes))
        .map_err(|error| format!("{}: {error}", asked.file.display()))?;
    let url = asked.url.as_deref().and_then(|url| Url::parse(url).ok());
    let article = page::read_article(&Document {
        bytes: &bytes,
        content_type: None,
        url: url.as_ref(),
        received: received.with_timezone(&STAGE_ZONE),
    });
    let Some(page::Article { draft, written }) = article else {
        return Ok(json!({
            "id": asked.id, "title": null, "authors": [], "published": null, "language": null,
            "image": null, "canonical": null, "text": "", "html": "",
        }));
    };
    let authors: Vec<&str> = draft
        .authors
        .iter()
        .filter_map(|author| author.name.as_deref())
        .collect();
    Ok(json!({
        "id": asked.id, "title": draft.title, "authors": authors,
        "published": written.map(as_written), "language": draft.language,
        "image": draft.enclosures.first().map(|picture| &picture.url),
        "canonical": draft.link, "text": draft.text,
        "html": draft.content_html.unwrap_or_default(),
    }))
}

/// The moment in the publisher's own zone; the day alone where no more is told.
fn as_written(written: Written) -> String {
    let zone = FixedOffset::east_opt(written.offset_minutes * 60);
    match zone.filter(|_| written.has_time) {
        Some(zone) => written
            .at
            .with_timezone(&zone)
            .to_rfc3339_opts(SecondsFormat::Secs, true),
        None => written.day.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(html: &str) -> Value {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("page.html");
        std::fs::write(&file, html).unwrap();
        let asked = Asked {
            id: json!("a"),
            file,
            url: None,
        };
        let now = DateTime::parse_from_rfc3339("2026-11-23T12:00:00Z").unwrap();
        read(&asked, now.to_utc()).unwrap()["published"].clone()
    }

    #[test]
    fn days_are_told_as_the_publisher_counts_them() {
        let cases = [
            (
                "<meta name=date content='2026-11-22T00:30:00+05:00'><h1>a</h1>",
                json!("2026-11-22T00:30:00+05:00"),
            ),
            (
                "<h1>a</h1><p class=date>22 қараша 2026</p>",
                json!("2026-11-22"),
            ),
            ("<h1>a</h1>", Value::Null),
        ];
        for (html, expected) in cases {
            assert_eq!(published(html), expected, "{html}");
        }
    }
}
