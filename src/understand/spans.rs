//! The dates and places of labelled texts: a line of JSON each, with the words, the
//! kind and the value of every one a reader would mark.

use serde_json::Value;

use super::{dates, place};
use crate::model::region::Region;
use crate::text::tokens::Token;

const CASES: &str = include_str!("../../tests/fixtures/understand/spans.jsonl");

/// The words of tokens `first..after`.
fn words<'a>(text: &'a str, tokens: &[Token], first: usize, after: usize) -> &'a str {
    &text[tokens[first].start..tokens[after - 1].end]
}

/// Those of `expected` that no span of `found` is, by its words and its value.
fn missed(expected: &Value, value: &str, found: &[(&str, String)]) -> Vec<String> {
    let rows = expected.as_array().into_iter().flatten();
    let is_found = |row: &&Value| {
        let text = row["text"].as_str().unwrap_or_default();
        found.iter().any(|(words, told)| {
            let overlap = words.contains(text) || text.contains(words);
            overlap && row[value].as_str().unwrap_or_default() == told
        })
    };
    rows.filter(|row| !is_found(row))
        .map(ToString::to_string)
        .collect()
}

#[test]
fn labelled_dates_and_places_are_found_with_their_values() {
    let mut misses = Vec::new();
    for line in CASES.lines() {
        let case: Value = serde_json::from_str(line).expect(line);
        let text = case["text"].as_str().expect("a text");
        let published = case["published"].as_str().expect("a day");
        let tokens = dates::tokens_to_read(text);
        let days = dates::spans(&tokens, published.parse().expect("a day"));
        let days: Vec<_> = days
            .iter()
            .map(|span| {
                let value = span.value.iso().unwrap_or_default();
                (words(text, &tokens, span.first, span.after), value)
            })
            .collect();
        let places = place::mentions(&tokens);
        let places: Vec<_> = places
            .iter()
            .map(|place| {
                let region = place.region.map(Region::code).unwrap_or_default();
                (words(text, &tokens, place.first, place.after), region)
            })
            .collect();
        let day_misses = missed(&case["dates"], "value", &days);
        let place_misses = missed(&case["places"], "region", &places);
        misses.extend(
            day_misses
                .into_iter()
                .chain(place_misses)
                .map(|miss| format!("{}: {miss}", case["id"])),
        );
    }
    assert!(misses.is_empty(), "{}", misses.join("\n"));
}
