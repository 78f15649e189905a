//! `jarshy stage dates`, `jarshy stage places`: what is named where in a text,
//! one line in, one line out. Offsets count characters (Unicode scalar values).

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{STAGE_ZONE, parse_published};
use crate::cli::json_line;
use crate::model::language::Tongue;
use crate::model::region::Region;
use crate::text::tokens::Token;
use crate::understand::dates as grammar;
use crate::understand::place::{self, PlaceKind};

/// One text to look through.
#[derive(Debug, Deserialize)]
struct Asked {
    id: Value,
    text: String,
    #[serde(default)]
    published: Option<String>,
}

/// `{"id","text","published"}` to `{"id","spans":[{"start","end","text","kind","value"}]}`;
/// without `published` days are counted from `today`.
pub(super) fn dates(line: &str, today: NaiveDate) -> Result<String, String> {
    let asked: Asked = json_line::read(line)?;
    let published = match &asked.published {
        Some(text) => parse_published(text)?
            .with_timezone(&STAGE_ZONE)
            .date_naive(),
        None => today,
    };
    let tokens = grammar::tokens_to_read(&asked.text);
    let mut characters = Characters::of(&asked.text);
    let spans: Vec<Value> = grammar::spans(&tokens, published)
        .into_iter()
        .filter_map(|span| {
            let (start, end, words) = characters.span(&tokens, span.first, span.after)?;
            Some(json!({
                "start": start, "end": end, "text": words,
                "kind": span.value.kind(), "value": span.value.iso(),
            }))
        })
        .collect();
    Ok(json!({"id": asked.id, "spans": spans}).to_string())
}

/// `{"id","text"}` to `{"id","spans":[{"start","end","text","name","region","kind"}]}`.
pub(super) fn places(line: &str) -> Result<String, String> {
    let asked: Asked = json_line::read(line)?;
    let tokens = grammar::tokens_to_read(&asked.text);
    let mut characters = Characters::of(&asked.text);
    let spans: Vec<Value> = place::mentions(&tokens)
        .into_iter()
        // "The capital" names no place.
        .filter(|mention| mention.kind != PlaceKind::Region || mention.city.is_none())
        .filter_map(|mention| {
            let (start, end, words) = characters.span(&tokens, mention.first, mention.after)?;
            let region = mention.region.map(|region| region.name(Tongue::English));
            Some(json!({
                "start": start, "end": end, "text": words,
                "name": mention.name.or(region),
                "region": mention.region.map(Region::code),
                "kind": mention.kind.word(),
            }))
        })
        .collect();
    Ok(json!({"id": asked.id, "spans": spans}).to_string())
}

/// Counts characters along a text, forward only.
struct Characters<'a> {
    text: &'a str,
    byte: usize,
    character: usize,
}

impl<'a> Characters<'a> {
    const fn of(text: &'a str) -> Self {
        Self {
            text,
            byte: 0,
            character: 0,
        }
    }

    /// First character, the one after the last, and the words of some tokens.
    fn span(
        &mut self,
        tokens: &[Token],
        first: usize,
        after: usize,
    ) -> Option<(usize, usize, &'a str)> {
        let start = tokens.get(first)?.start;
        let end = tokens.get(after.checked_sub(1)?)?.end;
        let skipped = self.text.get(self.byte..start)?;
        let words = self.text.get(start..end)?;
        self.character += skipped.chars().count();
        self.byte = start;
        let start = self.character;
        Some((start, start + words.chars().count(), words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> NaiveDate {
        "2017-10-05".parse().expect("date")
    }

    #[test]
    fn offsets_count_characters() {
        let line = r#"{"id":7,"text":"😀 Ертең Астанада","published":"2017-10-05"}"#;
        assert_eq!(
            dates(line, today()),
            Ok(r#"{"id":7,"spans":[{"start":2,"end":7,"text":"Ертең","kind":"day","value":"2017-10-06"}]}"#.to_owned())
        );
        assert_eq!(
            places(line),
            Ok(r#"{"id":7,"spans":[{"start":8,"end":16,"text":"Астанада","name":"Astana","region":"KZ-71","kind":"city"}]}"#.to_owned())
        );
    }

    #[test]
    fn a_bad_line_says_why() {
        let bad = dates(r#"{"id":1,"text":"","published":"someday"}"#, today());
        assert!(bad.is_err_and(|why| why.contains("someday")));
        assert!(places("{}").is_err());
    }
}
