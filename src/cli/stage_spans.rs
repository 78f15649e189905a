//! `jarshy stage dates`, `jarshy stage places`: what is named where in a text,
//! JSON lines in and out. Offsets count characters (Unicode scalar values).

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};

use super::output::{Failure, complain, say};
use super::stage::{STAGE_BYTES_MAX, STAGE_ZONE, open, parse_published};
use crate::clock::Clock;
use crate::model::language::Tongue;
use crate::model::region::Region;
use crate::text::tokens::Token;
use crate::understand::dates;
use crate::understand::place::{self, PlaceKind};

/// One text to look through.
#[derive(Debug, Deserialize)]
struct Asked {
    id: Value,
    text: String,
    #[serde(default)]
    published: Option<String>,
}

/// `stage dates`: every date, time and duration.
pub fn date_lines(path: &Path) -> Result<(), Failure> {
    let today = Clock::System.now().with_timezone(&STAGE_ZONE).date_naive();
    each_line(path, |asked| {
        let published = match &asked.published {
            Some(text) => parse_published(text)?
                .with_timezone(&STAGE_ZONE)
                .date_naive(),
            None => today,
        };
        Ok(date_spans(&asked.text, published))
    })
}

/// `stage places`: every place.
pub fn place_lines(path: &Path) -> Result<(), Failure> {
    each_line(path, |asked| Ok(place_spans(&asked.text)))
}

fn place_spans(text: &str) -> Vec<Value> {
    let tokens = dates::tokens_to_read(text);
    let mut places = Characters::of(text);
    place::mentions(&tokens)
        .into_iter()
        // "The capital" names no place.
        .filter(|mention| mention.kind != PlaceKind::Region || mention.city.is_none())
        .filter_map(|mention| {
            let (start, end, words) = places.span(&tokens, mention.first, mention.after)?;
            let region = mention.region.map(|region| region.name(Tongue::English));
            Some(json!({
                "start": start, "end": end, "text": words,
                "name": mention.name.or(region),
                "region": mention.region.map(Region::code),
                "kind": mention.kind.word(),
            }))
        })
        .collect()
}

fn date_spans(text: &str, published: NaiveDate) -> Vec<Value> {
    let tokens = dates::tokens_to_read(text);
    let mut places = Characters::of(text);
    dates::spans(&tokens, published)
        .into_iter()
        .filter_map(|span| {
            let (start, end, words) = places.span(&tokens, span.first, span.after)?;
            Some(json!({
                "start": start, "end": end, "text": words,
                "kind": span.value.kind(), "value": span.value.iso(),
            }))
        })
        .collect()
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
        let (start, end) = (
            tokens.get(first)?.start,
            tokens.get(after.checked_sub(1)?)?.end,
        );
        let skipped = self.text.get(self.byte..start)?;
        let words = self.text.get(start..end)?;
        self.character += skipped.chars().count();
        self.byte = start;
        Some((
            self.character,
            self.character + words.chars().count(),
            words,
        ))
    }
}

/// Good lines are answered in the order given; each bad one is named.
fn each_line(
    path: &Path,
    spans: impl Fn(&Asked) -> Result<Vec<Value>, String>,
) -> Result<(), Failure> {
    let file =
        open(path).map_err(|error| Failure::call(format!("error: {}: {error}", path.display())))?;
    let mut bad = 0;
    for (index, line) in BufReader::new(file.take(STAGE_BYTES_MAX))
        .lines()
        .enumerate()
    {
        let number = index + 1;
        let line =
            line.map_err(|error| Failure::work(format!("{}:{number}: {error}", path.display())))?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = serde_json::from_str::<Asked>(&line)
            .map_err(|error| error.to_string())
            .and_then(|asked| Ok(json!({"id": asked.id, "spans": spans(&asked)?})));
        match answer {
            Ok(value) => say(&value.to_string())?,
            Err(why) => {
                bad += 1;
                complain(&format!("error: {}:{number}: {why}", path.display()));
            }
        }
    }
    match bad {
        0 => Ok(()),
        _ => Err(Failure::work(format!("{bad} lines were not read"))),
    }
}
