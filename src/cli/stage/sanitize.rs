//! `jarshy stage sanitize`: markup made harmless, one JSON object for each.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::super::output::Failure;
use super::lines;
use crate::gather::clean;

#[derive(Debug, Deserialize)]
struct Asked {
    id: Value,
    html: String,
    #[serde(default)]
    url: Option<String>,
}

/// Sanitises the markup of each line; its relative addresses are resolved
/// against `url`, and dropped where there is none.
pub(super) fn run(path: &Path) -> Result<(), Failure> {
    lines::answer(path, |asked: Asked| {
        let base = asked.url.as_deref().and_then(|url| Url::parse(url).ok());
        let output = clean::sanitise(&asked.html, base.as_ref());
        Ok(json!({"id": asked.id, "output": output}))
    })
}
