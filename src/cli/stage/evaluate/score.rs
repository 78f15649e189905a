//! How well texts were read: precision, recall and F1 of every label, over all
//! texts and for each language. Pure.
//!
//! Every label is a set of values, mostly of one or none: what is in both is
//! right, what was only read is wrong, what was only expected is missed.

mod events;
mod stories;

use std::collections::{BTreeMap, BTreeSet};

use crate::cli::cases::Case;
use crate::model::language::Language;
use crate::model::reading::{Kind, Reading};

/// The row that holds every language.
pub const ALL: &str = "all";
/// The languages the house tells apart; every other one is this.
const OTHER: &str = "other";

/// What the program read in a text.
#[derive(Debug, Clone)]
pub struct Read {
    pub reading: Reading,
    /// Texts read as telling the same share it.
    pub story: String,
}

/// How often a label was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Expected and read.
    pub right: u64,
    /// Read and not expected.
    pub wrong: u64,
    /// Expected and not read.
    pub missed: u64,
}

impl Tally {
    /// Of what was read, how much is right; `None` when nothing was read.
    pub fn precision(self) -> Option<f64> {
        ratio(self.right, self.right + self.wrong)
    }

    /// Of what was expected, how much was read; `None` when nothing was expected.
    pub fn recall(self) -> Option<f64> {
        ratio(self.right, self.right + self.missed)
    }

    /// Their harmonic mean; `None` when there was nothing at all.
    pub fn f1(self) -> Option<f64> {
        ratio(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }

    fn add(&mut self, other: Self) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.missed += other.missed;
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of texts and pairs")]
fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// One label that was not read as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miss {
    pub label: String,
    /// The text, or two.
    pub id: String,
    pub expected: String,
    pub got: String,
}

/// All figures, and what they are made of.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scores {
    /// By label, in the order of judging, then by language ([`ALL`] first).
    pub tallies: Vec<(String, BTreeMap<String, Tally>)>,
    /// The mean F1 of the kinds that were expected or read.
    pub kind_macro_f1: Option<f64>,
    pub misses: Vec<Miss>,
}

impl Scores {
    fn count(&mut self, label: &str, language: &str, tally: Tally) {
        let at = self.tallies.iter().position(|(known, _)| known == label);
        let at = at.unwrap_or_else(|| {
            self.tallies.push((label.to_owned(), BTreeMap::new()));
            self.tallies.len() - 1
        });
        let rows = &mut self.tallies[at].1;
        rows.entry(ALL.to_owned()).or_default().add(tally);
        if language != ALL {
            rows.entry(language.to_owned()).or_default().add(tally);
        }
    }

    /// Counts one label of one text.
    fn judge(
        &mut self,
        label: &str,
        (id, language): (&str, &str),
        expected: &BTreeSet<String>,
        got: &BTreeSet<String>,
    ) {
        let size = |set: usize| u64::try_from(set).unwrap_or(u64::MAX);
        let right = expected.intersection(got).count();
        let tally = Tally {
            right: size(right),
            wrong: size(got.len() - right),
            missed: size(expected.len() - right),
        };
        self.count(label, language, tally);
        if expected != got {
            self.misses.push(Miss {
                label: label.to_owned(),
                id: id.to_owned(),
                expected: words(expected),
                got: words(got),
            });
        }
    }
}

fn words(set: &BTreeSet<String>) -> String {
    if set.is_empty() {
        return "none".to_owned();
    }
    let words: Vec<&str> = set.iter().map(String::as_str).collect();
    words.join(", ")
}

/// Judges every text by its case.
pub fn score(judged: &[(Case, Read)]) -> Scores {
    let mut scores = Scores::default();
    for (case, read) in judged {
        judge_labels(&mut scores, case, &read.reading);
    }
    scores.kind_macro_f1 = kinds(&mut scores, judged);
    stories::judge(&mut scores, judged);
    scores
}

fn judge_labels(scores: &mut Scores, case: &Case, reading: &Reading) {
    let expect = &case.expect;
    let language = language_of(case, reading);
    let text = (case.id.as_str(), language.as_str());
    let shown = reading.shown_language();
    if let Some(tag) = &expect.language {
        let (expected, got) = (known_language(tag), known_language(shown.subtag()));
        scores.judge("language", text, &one(expected), &one(got));
        // Of other languages the house does not tell the script.
        if let (Some(script), true) = (&expect.script, expected != OTHER) {
            scores.judge("script", text, &one(script), &one(shown.script()));
        }
    }
    if let Some(kind) = expect.kind {
        let got = reading.shown_kind().map(Kind::word);
        scores.judge("kind", text, &one(kind.word()), &set(got));
    }
    if let Some(expected) = &expect.event {
        let got = reading.event.as_ref();
        let got = got.filter(|event| event.confidence.is_enough());
        events::judge(scores, text, expected.as_ref(), got);
    }
    events::judge_also(scores, text, &expect.also, &reading.more_events);
    if let Some(regions) = &expect.regions {
        let shown = reading.regions.iter().filter(|(_, sure)| sure.is_enough());
        let expected = regions.iter().map(|region| region.code()).collect();
        let got = shown.map(|(region, _)| region.code()).collect();
        scores.judge("regions", text, &expected, &got);
    }
}

/// One row for each kind; the mean of their F1.
fn kinds(scores: &mut Scores, judged: &[(Case, Read)]) -> Option<f64> {
    let mut f1 = Vec::new();
    for kind in Kind::ALL {
        let label = format!("kind {}", kind.word());
        let mut all = Tally::default();
        for (case, read) in judged {
            let Some(expected) = case.expect.kind else {
                continue;
            };
            let (expected, got) = (expected == kind, read.reading.shown_kind() == Some(kind));
            let tally = Tally {
                right: u64::from(expected && got),
                wrong: u64::from(got && !expected),
                missed: u64::from(expected && !got),
            };
            all.add(tally);
            scores.count(&label, &language_of(case, &read.reading), tally);
        }
        f1.extend(all.f1());
    }
    #[expect(clippy::cast_precision_loss, reason = "three kinds")]
    let mean = f1.iter().sum::<f64>() / f1.len() as f64;
    (!f1.is_empty()).then_some(mean)
}

/// The row a text belongs to: by the language it is in, else as it was read.
fn language_of(case: &Case, reading: &Reading) -> String {
    let subtag = reading.shown_language().subtag();
    let tag = case.expect.language.as_deref().unwrap_or(subtag);
    match (known_language(tag), case.expect.script.as_deref()) {
        ("kk", Some(script)) if script != Language::KazakhCyrillic.script() => {
            format!("kk-{script}")
        }
        (known, _) => known.to_owned(),
    }
}

fn known_language(tag: &str) -> &str {
    match tag.split('-').next().unwrap_or_default() {
        known @ ("kk" | "ru" | "en") => known,
        _ => OTHER,
    }
}

fn one(word: &str) -> BTreeSet<String> {
    BTreeSet::from([word.to_owned()])
}

fn set(word: Option<impl Into<String>>) -> BTreeSet<String> {
    word.map(Into::into).into_iter().collect()
}

#[cfg(test)]
mod tests;
