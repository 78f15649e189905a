//! `jarshy stage language`, `stem` and `topics`: one line in, one line out.

use std::ops::Range;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::article_of;
use crate::cli::json_line;
use crate::model::language::Language;
use crate::model::reading::Confidence;
use crate::text::stem;
use crate::understand;

#[derive(Deserialize)]
struct Asked {
    id: Value,
    text: String,
}

/// `{"id","text"}` to `{"id","language","script","confidence"}`; of a text with several
/// paragraphs also `"paragraphs"`, with offsets in characters.
pub(super) fn language(line: &str) -> Result<String, String> {
    let asked: Asked = json_line::read(line)?;
    let (language, confidence) = understand::language_of(&asked.text);
    let mut told = json!({
        "id": asked.id, "language": language.tag(),
        "script": understand::script_of(&asked.text), "confidence": rounded(confidence),
    });
    let paragraphs = understand::languages_of_paragraphs(&asked.text);
    if paragraphs.len() > 1 {
        let paragraph = |(bytes, language, confidence): &(Range<usize>, Language, Confidence)| {
            let start = asked.text[..bytes.start].chars().count();
            let end = start + asked.text[bytes.clone()].chars().count();
            json!({
                "start": start, "end": end,
                "language": language.tag(), "confidence": rounded(*confidence),
            })
        };
        told["paragraphs"] = paragraphs.iter().map(paragraph).collect();
    }
    Ok(told.to_string())
}

pub(super) fn rounded(confidence: Confidence) -> f64 {
    (f64::from(confidence.get()) * 1000.0).round() / 1000.0
}

/// `{"id","title","text"}` to `{"id","topics":[{"topic","confidence","words"}]}`.
pub(super) fn topics(line: &str, now: DateTime<Utc>) -> Result<String, String> {
    let asked = json_line::read(line)?;
    let (id, article) = article_of(asked, now)?;
    let topics: Vec<Value> = understand::topics_of(&article)
        .into_iter()
        .map(|found| {
            let confidence = rounded(found.confidence);
            json!({
                "topic": found.topic.word(), "confidence": confidence, "words": found.words,
            })
        })
        .collect();
    Ok(json!({"id": id, "topics": topics}).to_string())
}

/// A word to itself, a tab, and its stem.
#[expect(clippy::unnecessary_wraps, reason = "no word is bad, but lines may be")]
pub(super) fn stem(line: &str) -> Result<String, String> {
    let word = line.trim();
    Ok(format!("{word}\t{}", stem::stem(word)))
}
