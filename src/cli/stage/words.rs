//! `jarshy stage language` and `jarshy stage stem`: one line in, one line out.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::text::stem;
use crate::understand;

#[derive(Deserialize)]
struct Asked {
    id: Value,
    text: String,
}

/// `{"id","text"}` to `{"id","language","script","confidence"}`.
pub(super) fn language(line: &str) -> Result<String, String> {
    let asked: Asked = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let (language, confidence) = understand::language_of(&asked.text);
    let confidence = (f64::from(confidence.get()) * 1000.0).round() / 1000.0;
    let told = json!({
        "id": asked.id, "language": language.tag(), "script": language.script(),
        "confidence": confidence,
    });
    Ok(told.to_string())
}

/// A word to itself, a tab, and its stem.
#[expect(clippy::unnecessary_wraps, reason = "no word is bad, but lines may be")]
pub(super) fn stem(line: &str) -> Result<String, String> {
    let word = line.trim();
    Ok(format!("{word}\t{}", stem::stem(word)))
}
