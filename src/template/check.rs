//! Proves templates and words before a reader meets them.
//!
//! Words are found by their quoted keys in the templates' text: `t("a.b")`
//! needs `a.b`, and a quoted `a.b.` (joined with a value) uses all keys below it.

use std::collections::BTreeSet;

use crate::model::complaint::{Complaint, Position};
use crate::model::language::Tongue;

use super::messages::Messages;
use super::{Sample, TemplateError, Templates, Writing, letter, page};

/// See [`Templates::check`].
pub(super) fn check(templates: &Templates) -> Vec<Complaint> {
    let mut complaints = render_samples(templates);
    complaints.extend(compare_tongues(templates));
    let (used, missing) = used_keys(templates);
    complaints.extend(missing);
    complaints.extend(unused_keys(templates, &used));
    complaints
}

fn render_samples(templates: &Templates) -> Vec<Complaint> {
    let samples: Vec<Sample> = page::samples()
        .into_iter()
        .chain(letter::samples())
        .collect();
    let mut complaints = Vec::new();
    for (name, source) in &templates.sources {
        if !samples.iter().any(|sample| sample.template == name) {
            let why = "has no sample to be rendered with";
            complaints.push(Complaint::error(&source.place, why));
        }
    }
    for sample in &samples {
        for writing in Writing::ALL {
            let rendered = templates.render_value(sample.template, writing, sample.context.clone());
            if let Err(error) = rendered {
                complaints.push(of_error(templates, sample.template, writing, error));
                break;
            }
        }
    }
    complaints
}

fn of_error(
    templates: &Templates,
    template: &str,
    writing: Writing,
    error: TemplateError,
) -> Complaint {
    let place = |name: &str| match templates.sources.get(name) {
        Some(source) => source.place.clone(),
        None => name.to_owned(),
    };
    match error {
        TemplateError::Render {
            template,
            line,
            why,
        } => Complaint::error(
            place(&template),
            format!("{why} (rendered in {})", writing.tag()),
        )
        .at(Position { line, column: 1 }),
        other => Complaint::error(place(template), other.to_string()),
    }
}

/// Keys and placeholders must be the same in all tongues; Kazakh leads.
fn compare_tongues(templates: &Templates) -> Vec<Complaint> {
    let leading = &templates.speaker(Tongue::default().into()).messages;
    let mut complaints = Vec::new();
    for speaker in &templates.speakers {
        if speaker.writing.tongue == leading.tongue() {
            continue;
        }
        complaints.extend(lacking(leading, &speaker.messages));
        complaints.extend(lacking(&speaker.messages, leading));
        for (key, entry) in speaker.messages.entries() {
            let Some(other) = leading.entry(key) else {
                continue;
            };
            if entry.slots() != other.slots() {
                let why = format!(
                    "placeholders {:?} differ from {:?} in {}",
                    entry.slots(),
                    other.slots(),
                    other.place
                );
                complaints.push(
                    Complaint::error(&entry.place, why)
                        .at(entry.position)
                        .about(key),
                );
            }
        }
    }
    complaints
}

/// Keys that `one` has and `other` lacks, each told where it stands.
fn lacking(one: &Messages, other: &Messages) -> Vec<Complaint> {
    one.entries()
        .filter(|(key, _)| other.entry(key).is_none())
        .map(|(key, entry)| {
            let why = format!("has no counterpart in messages/{}.toml", other.tongue());
            Complaint::error(&entry.place, why)
                .at(entry.position)
                .about(key)
        })
        .collect()
}

/// Keys and prefixes quoted in templates or used by code, and complaints about
/// those no tongue knows.
fn used_keys(templates: &Templates) -> (BTreeSet<String>, Vec<Complaint>) {
    let known = &templates.speaker(Tongue::default().into()).messages;
    let mut used: BTreeSet<String> = page::KEYS
        .iter()
        .chain(letter::KEYS)
        .map(|key| (*key).to_owned())
        .collect();
    let mut complaints = Vec::new();
    for key in &used {
        if known.entry(key).is_none() {
            let place = format!("templates/messages/{}.toml", known.tongue());
            complaints.push(Complaint::error(place, "missing; the program says it").about(key));
        }
    }
    for source in templates.sources.values() {
        for (offset, key) in quoted_keys(&source.text) {
            if !key.ends_with('.') && known.entry(key).is_none() {
                complaints.push(
                    Complaint::error(&source.place, "no such message")
                        .at(Position::of_offset(&source.text, offset))
                        .about(key),
                );
            }
            used.insert(key.to_owned());
        }
    }
    (used, complaints)
}

fn unused_keys(templates: &Templates, used: &BTreeSet<String>) -> Vec<Complaint> {
    let known = &templates.speaker(Tongue::default().into()).messages;
    let is_used = |key: &str| {
        used.contains(key)
            || used
                .iter()
                .any(|prefix| prefix.ends_with('.') && key.starts_with(prefix.as_str()))
    };
    known
        .entries()
        .filter(|(key, _)| !is_used(key))
        .map(|(key, entry)| {
            Complaint::warning(&entry.place, "no template says it")
                .at(entry.position)
                .about(key)
        })
        .collect()
}

/// The first argument of every `t(…)` in a template, with its offset.
fn quoted_keys(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("t(") {
        let is_whole_word = !text[..at]
            .ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == '.');
        let after = text[at + 2..].trim_start();
        let Some(quote) = after.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            continue;
        };
        if let Some((key, _)) = after[1..].split_once(quote)
            && is_whole_word
        {
            found.push((text.len() - after.len() + 1, key));
        }
    }
    found
}
