//! Every text the house itself says, in three tongues: `templates/messages/*.toml`.
//!
//! Keys are nested (`section.key`), placeholders stand in braces (`{name}`; a
//! brace itself is doubled), and a table of `one`, `few`, `many`, `other` is a
//! plural chosen by `n` (CLDR categories). Deliberately absent: markup, which
//! belongs to templates.

use std::collections::{BTreeMap, BTreeSet};

use toml::de::{DeTable, DeValue};

use crate::model::complaint::{Complaint, Position};
use crate::model::language::Tongue;
use crate::text::wording;

use super::Writing;

/// The plural forms a message may have; `other` it must have.
const FORMS: [&str; 4] = ["one", "few", "many", "other"];

/// The words of one tongue.
#[derive(Debug)]
pub struct Messages {
    tongue: Tongue,
    entries: BTreeMap<String, Entry>,
}

/// One message and where it stands.
#[derive(Debug, Clone)]
pub struct Entry {
    message: Message,
    /// The file.
    pub place: String,
    /// Where in it.
    pub position: Position,
}

#[derive(Debug, Clone)]
enum Message {
    Plain(Pattern),
    Plural(Vec<(String, Pattern)>),
}

/// Text and placeholders in turn.
#[derive(Debug, Clone)]
struct Pattern(Vec<Piece>);

#[derive(Debug, Clone)]
enum Piece {
    Text(String),
    Slot(String),
}

impl Messages {
    /// The compiled-in words of `tongue`.
    pub fn shipped(tongue: Tongue) -> Result<Self, Vec<Complaint>> {
        let text = match tongue {
            Tongue::Kazakh => include_str!("../../templates/messages/kk.toml"),
            Tongue::Russian => include_str!("../../templates/messages/ru.toml"),
            Tongue::English => include_str!("../../templates/messages/en.toml"),
        };
        let mut messages = Self {
            tongue,
            entries: BTreeMap::new(),
        };
        messages.overlay(text, &format!("templates/messages/{tongue}.toml"))?;
        Ok(messages)
    }

    /// The same words as `writing` spells them.
    #[must_use]
    pub fn spelled(&self, writing: Writing) -> Self {
        let mut entries = self.entries.clone();
        for entry in entries.values_mut() {
            let patterns: &mut dyn Iterator<Item = &mut Pattern> = match &mut entry.message {
                Message::Plain(pattern) => &mut std::iter::once(pattern),
                Message::Plural(forms) => &mut forms.iter_mut().map(|(_, pattern)| pattern),
            };
            for pattern in patterns {
                pattern.spell(writing);
            }
        }
        Self {
            tongue: self.tongue,
            entries,
        }
    }

    /// Whose words these are.
    pub const fn tongue(&self) -> Tongue {
        self.tongue
    }

    /// Every key with its place, ordered.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries
            .iter()
            .map(|(key, entry)| (key.as_str(), entry))
    }

    /// One entry.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.get(key)
    }

    /// Puts the words of a TOML text over those known. Nothing of a text with
    /// a mistake in it is taken.
    pub fn overlay(&mut self, text: &str, place: &str) -> Result<(), Vec<Complaint>> {
        let mut reader = Reader {
            text,
            place,
            found: BTreeMap::new(),
            complaints: Vec::new(),
        };
        match DeTable::parse(text) {
            Ok(table) => reader.read_table("", table.get_ref()),
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                reader.complain("", at, error.message().to_owned());
            }
        }
        if reader.complaints.is_empty() {
            self.entries.append(&mut reader.found);
            Ok(())
        } else {
            Err(reader.complaints)
        }
    }

    /// The message `key` with its placeholders filled by `lookup`.
    pub fn say(
        &self,
        key: &str,
        lookup: &dyn Fn(&str) -> Option<String>,
    ) -> Result<String, String> {
        let entry = self.entries.get(key).ok_or("no such message")?;
        let pattern = match &entry.message {
            Message::Plain(pattern) => pattern,
            Message::Plural(forms) => {
                let count: u64 = lookup("n")
                    .and_then(|n| n.parse().ok())
                    .ok_or("a plural needs `n`, a whole number")?;
                let wanted = wording::plural_category(self.tongue, count);
                forms
                    .iter()
                    .find(|(form, _)| form == wanted)
                    .or_else(|| forms.iter().find(|(form, _)| form == "other"))
                    .map(|(_, pattern)| pattern)
                    .ok_or("no form `other`")?
            }
        };
        pattern.fill(lookup)
    }
}

impl Entry {
    /// The names of all placeholders, in any form; a plural always takes `n`.
    pub fn slots(&self) -> BTreeSet<&str> {
        match &self.message {
            Message::Plain(pattern) => pattern.slots().collect(),
            Message::Plural(forms) => forms
                .iter()
                .flat_map(|(_, pattern)| pattern.slots())
                .chain(["n"])
                .collect(),
        }
    }
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            plain.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            let after = &rest[at + 1..];
            if let Some(after_pair) = after.strip_prefix(brace) {
                plain.push_str(brace);
                rest = after_pair;
                continue;
            }
            let (name, after_slot) = after
                .split_once('}')
                .filter(|(name, _)| brace == "{" && is_slot_name(name))
                .ok_or("a brace opens or closes no placeholder such as {name}; write {{ or }} for a brace itself")?;
            pieces.push(Piece::Text(std::mem::take(&mut plain)));
            pieces.push(Piece::Slot(name.to_owned()));
            rest = after_slot;
        }
        plain.push_str(rest);
        pieces.push(Piece::Text(plain));
        Ok(Self(pieces))
    }

    fn spell(&mut self, writing: Writing) {
        for piece in &mut self.0 {
            if let Piece::Text(text) = piece {
                *text = writing.spell(text);
            }
        }
    }

    fn slots(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Slot(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    fn fill(&self, lookup: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
        let mut said = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => said.push_str(text),
                Piece::Slot(name) => {
                    let value = lookup(name).ok_or_else(|| format!("no value for {{{name}}}"))?;
                    said.push_str(&value);
                }
            }
        }
        Ok(said)
    }
}

fn is_slot_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// One message file, as it is read.
struct Reader<'a> {
    text: &'a str,
    place: &'a str,
    found: BTreeMap<String, Entry>,
    complaints: Vec<Complaint>,
}

impl Reader<'_> {
    fn read_table(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (name, value) in table {
            let at = name.span().start;
            let key = if prefix.is_empty() {
                name.get_ref().to_string()
            } else {
                format!("{prefix}.{}", name.get_ref())
            };
            match value.get_ref() {
                DeValue::String(text) => match Pattern::parse(text) {
                    Ok(pattern) => self.keep(key, at, Message::Plain(pattern)),
                    Err(why) => self.complain(&key, at, why),
                },
                DeValue::Table(inner) if is_plural(inner) => self.read_plural(key, at, inner),
                DeValue::Table(inner) => self.read_table(&key, inner),
                _ => self.complain(&key, at, "expected a text".to_owned()),
            }
        }
    }

    fn read_plural(&mut self, key: String, at: usize, table: &DeTable<'_>) {
        let mut forms = Vec::new();
        for (form, value) in table {
            let parsed = match value.get_ref() {
                DeValue::String(text) => Pattern::parse(text),
                _ => Err("expected a text".to_owned()),
            };
            match parsed {
                Ok(pattern) => forms.push((form.get_ref().to_string(), pattern)),
                Err(why) => self.complain(&key, form.span().start, why),
            }
        }
        self.keep(key, at, Message::Plural(forms));
    }

    fn keep(&mut self, key: String, at: usize, message: Message) {
        let entry = Entry {
            message,
            place: self.place.to_owned(),
            position: Position::of_offset(self.text, at),
        };
        self.found.insert(key, entry);
    }

    fn complain(&mut self, key: &str, at: usize, why: String) {
        let mut complaint =
            Complaint::error(self.place, why).at(Position::of_offset(self.text, at));
        if !key.is_empty() {
            complaint = complaint.about(key);
        }
        self.complaints.push(complaint);
    }
}

/// A table is a plural when it has `other` and nothing but forms.
fn is_plural(table: &DeTable<'_>) -> bool {
    let mut names = table.iter().map(|(name, _)| name.get_ref());
    table.contains_key("other") && names.all(|name| FORMS.contains(&name.as_ref()))
}
