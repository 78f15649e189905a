//! `jarshy stage evaluate`: how well labelled texts are read.

#[cfg(test)]
mod limits;
mod score;

use std::collections::HashMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::stories::Stories;
use super::{Asked, STAGE_BYTES_MAX, STAGE_ZONE, article_of, open};
use crate::cli::cases::Case;
use crate::cli::json_line;
use crate::cli::output::{Failure, say};
use crate::clock::Clock;
use crate::model::article::Article;
use crate::understand::{self, Hints};
use score::{Read, Scores, Tally, score};

/// Misses printed unless told otherwise.
pub(super) const MISSES_SHOWN: usize = 20;

/// Reads the cases of all files as one collection, judges and prints.
pub(super) fn evaluate(files: &[PathBuf], misses: usize, json: bool) -> Result<(), Failure> {
    let now = Clock::System.now();
    let cases = cases(files, now)?;
    let scores = score(&read_all(cases, now));
    if json {
        return say(&to_json(&scores, misses).to_string());
    }
    print(&scores, misses)
}

/// All cases, or every mistake in them with its file and line.
fn cases(files: &[PathBuf], now: DateTime<Utc>) -> Result<Vec<(Case, Article)>, Failure> {
    let (mut cases, mut mistakes) = (Vec::new(), Vec::new());
    let mut seen: HashMap<String, String> = HashMap::new();
    for file in files {
        let text = text(file)?;
        for (at, line) in json_line::unmarked(&text).lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let place = format!("{}:{}", file.display(), at + 1);
            let case = Case::of_line(line).and_then(|case| {
                let article = article(&case, now)?;
                match seen.insert(case.id.clone(), place.clone()) {
                    Some(first) => Err(format!("id `{}` is taken by {first}", case.id)),
                    None => Ok((case, article)),
                }
            });
            match case {
                Ok(case) => cases.push(case),
                Err(why) => mistakes.push(format!("error: {place}: {why}")),
            }
        }
    }
    match (mistakes.is_empty(), cases.is_empty()) {
        (true, false) => Ok(cases),
        (true, true) => Err(Failure::call("error: there is no case in what was given")),
        (false, _) => Err(Failure::Call(mistakes)),
    }
}

fn text(file: &Path) -> Result<String, Failure> {
    let place = file.display();
    let mut bytes = Vec::new();
    open(file)
        .and_then(|file| file.take(STAGE_BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(|error| Failure::call(format!("error: {place}: {error}")))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > STAGE_BYTES_MAX) {
        return Err(Failure::call(format!(
            "error: {place}: longer than {STAGE_BYTES_MAX} bytes; split it"
        )));
    }
    String::from_utf8(bytes)
        .map_err(|error| Failure::call(format!("error: {place}: this is no UTF-8: {error}")))
}

fn article(case: &Case, now: DateTime<Utc>) -> Result<Article, String> {
    let asked = Asked {
        id: Value::String(case.id.clone()),
        text: case.text.clone(),
        title: Some(case.title.clone()),
        published: Some(case.published.clone()),
        url: case.url.clone(),
    };
    article_of(asked, now).map(|(_, article)| article)
}

/// Reads the texts in the order they were published, as the house would.
fn read_all(mut cases: Vec<(Case, Article)>, now: DateTime<Utc>) -> Vec<(Case, Read)> {
    cases.sort_by_key(|(_, article)| article.dated());
    let mut stories = Stories::default();
    cases
        .into_iter()
        .map(|(case, article)| {
            let read = understand::read_to_compare(&article, &Hints::default(), STAGE_ZONE, now);
            let story = stories.story_of(&article, &read).as_str().to_owned();
            let reading = read.reading;
            (case, Read { reading, story })
        })
        .collect()
}

fn to_json(scores: &Scores, misses: usize) -> Value {
    let figures = |tally: &Tally| {
        json!({
            "right": tally.right, "wrong": tally.wrong, "missed": tally.missed,
            "precision": tally.precision(), "recall": tally.recall(), "f1": tally.f1(),
        })
    };
    let rows: Vec<Value> = scores
        .tallies
        .iter()
        .flat_map(|(label, rows)| {
            rows.iter()
                .map(move |(language, tally)| (label, language, tally))
        })
        .map(|(label, language, tally)| {
            let mut row = figures(tally);
            row["label"] = json!(label);
            row["language"] = json!(language);
            row
        })
        .collect();
    let shown: Vec<Value> = scores
        .misses
        .iter()
        .take(misses)
        .map(|miss| {
            json!({"label": miss.label, "id": miss.id, "expected": miss.expected, "got": miss.got})
        })
        .collect();
    json!({
        "labels": rows, "kind_macro_f1": scores.kind_macro_f1,
        "misses": shown, "misses_all": scores.misses.len(),
    })
}

fn print(scores: &Scores, misses: usize) -> Result<(), Failure> {
    let part = |ratio: Option<f64>| ratio.map_or("-".to_owned(), |ratio| format!("{ratio:.3}"));
    say(&format!(
        "{:<26} {:<8} {:>6} {:>6} {:>6}  {:>9} {:>6} {:>6}",
        "label", "language", "right", "wrong", "missed", "precision", "recall", "F1"
    ))?;
    for (label, rows) in &scores.tallies {
        for (language, tally) in rows {
            say(&format!(
                "{label:<26} {language:<8} {:>6} {:>6} {:>6}  {:>9} {:>6} {:>6}",
                tally.right,
                tally.wrong,
                tally.missed,
                part(tally.precision()),
                part(tally.recall()),
                part(tally.f1()),
            ))?;
        }
    }
    if let Some(mean) = scores.kind_macro_f1 {
        say(&format!("kind, mean F1 of its values: {mean:.3}"))?;
    }
    let all = scores.misses.len();
    if all > 0 && misses > 0 {
        say(&format!("misses ({} of {all}):", misses.min(all)))?;
    }
    for miss in scores.misses.iter().take(misses) {
        say(&format!(
            "  {}: {}: expected {}, got {}",
            miss.id, miss.label, miss.expected, miss.got
        ))?;
    }
    Ok(())
}
