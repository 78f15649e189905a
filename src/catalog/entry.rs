//! One `[[…]]` entry of a catalogue file, read key by key: each complaint has
//! its place, every key asked for is known, all others are complained of.

use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::ops::Range;
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::model::complaint::{Complaint, Position, Severity};

use super::{File, Located};

/// The most syntax errors reported of one file: after some, the rest are echoes.
const SYNTAX_COMPLAINTS_MAX: usize = 10;
/// Below this likeness a suggestion confuses more than it helps: `ulr` for `url`
/// (0.67) still passes, two words of three common letters do not.
const SUGGESTION_LIKENESS_MIN: f64 = 0.6;

/// One entry or a table inside it.
pub(super) struct Entry<'a> {
    file: File<'a>,
    /// Where it begins.
    start: usize,
    table: &'a DeTable<'a>,
    asked: RefCell<Vec<&'static str>>,
    complaints: RefCell<Vec<Complaint>>,
    left_out: Cell<bool>,
}

/// Reads every `[[kind]]` entry of `file` with `read`. An entry with an error
/// in it, of syntax or of sense, gives nothing; the others stay.
pub(super) fn file_entries<T>(
    file: File<'_>,
    kind: &'static str,
    read: impl Fn(&Entry<'_>) -> Vec<T>,
) -> (Vec<T>, Vec<Complaint>) {
    let (document, errors) = DeTable::parse_recoverable(file.text);
    let broken: Vec<usize> = errors
        .iter()
        .map(|error| error.span().map_or(0, |span| span.start))
        .collect();
    let mut complaints: Vec<Complaint> = errors
        .iter()
        .zip(&broken)
        .take(SYNTAX_COMPLAINTS_MAX)
        .map(|(error, offset)| {
            let message = format!("not TOML here: {}", error.message());
            Complaint::error(file.name, message).at(file.position(*offset))
        })
        .collect();
    let root = Entry::new(file, 0, document.get_ref());
    let entries = root.entries(kind);
    let mut found = Vec::new();
    for (index, (span, table)) in entries.iter().enumerate() {
        let end = entries
            .get(index + 1)
            .map_or(file.text.len(), |(next, _)| next.start);
        // An entry's text reaches to the next one: its table's span is only the header.
        if broken.iter().any(|at| (span.start..end).contains(at)) {
            continue;
        }
        let entry = Entry::new(file, span.start, table);
        let values = read(&entry);
        entry.complain_of_unknown_keys();
        if !entry.left_out.get() {
            found.extend(values);
        }
        complaints.extend(entry.complaints.into_inner());
    }
    root.complain_of_unknown_keys();
    complaints.extend(root.complaints.into_inner());
    complaints.sort_by_key(|complaint| complaint.position);
    (found, complaints)
}

impl<'a> Entry<'a> {
    fn new(file: File<'a>, start: usize, table: &'a DeTable<'a>) -> Self {
        Self {
            file,
            start,
            table,
            asked: RefCell::default(),
            complaints: RefCell::default(),
            left_out: Cell::new(false),
        }
    }

    /// The value, said to be here.
    pub(super) fn located<T>(&self, value: T) -> Located<T> {
        Located {
            value,
            file: self.file.name.to_owned(),
            position: self.file.position(self.start),
        }
    }

    /// Where a byte of the file stands.
    pub(super) fn position(&self, offset: usize) -> Position {
        self.file.position(offset)
    }

    /// Complains at a place in the file; the entry will be left out.
    fn error(&self, offset: usize, key: &str, message: impl Into<String>) {
        self.complain(
            Complaint::error(self.file.name, message)
                .at(self.file.position(offset))
                .about(key),
        );
    }

    /// Complains of a value under `key`, or where it is absent, of the entry.
    pub(super) fn error_at(&self, key: &'static str, message: impl Into<String>) {
        let offset = self
            .value(key)
            .map_or(self.start, |value| value.span().start);
        self.error(offset, key, message);
    }

    fn complain(&self, complaint: Complaint) {
        if complaint.severity == Severity::Error {
            self.left_out.set(true);
        }
        self.complaints.borrow_mut().push(complaint);
    }

    /// Whether `key` is there, of whatever type.
    pub(super) fn has(&self, key: &'static str) -> bool {
        self.value(key).is_some()
    }

    /// The text under `key`; `None` where it is absent or complained of.
    pub(super) fn text(&self, key: &'static str) -> Option<&'a str> {
        self.text_of(key, self.value(key)?)
    }

    /// The same, where it must be there. `expected` completes "expected …".
    pub(super) fn required_text(&self, key: &'static str, expected: &str) -> Option<&'a str> {
        if !self.has(key) {
            self.error(self.start, key, format!("is missing; expected {expected}"));
        }
        self.text(key)
    }

    /// The text under `key`, read by its type.
    pub(super) fn parsed<T: FromStr<Err: Display>>(&self, key: &'static str) -> Option<T> {
        let text = self.text(key)?;
        self.read(key, text, |text| {
            text.parse().map_err(|error: T::Err| error.to_string())
        })
    }

    /// Reads `text`, which stands under `key`.
    pub(super) fn read<T>(
        &self,
        key: &'static str,
        text: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        match read(text) {
            Ok(value) => Some(value),
            Err(message) => {
                self.error_at(key, message);
                None
            }
        }
    }

    /// The list of texts under `key`, each with its place; empty where absent.
    pub(super) fn list<T>(
        &self,
        key: &'static str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Vec<(T, usize)> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let Some(array) = value.get_ref().as_array() else {
            self.expected(key, value, "a list of texts such as [\"…\", \"…\"]");
            return Vec::new();
        };
        let mut items = Vec::with_capacity(array.len());
        for item in array {
            let Some(text) = self.text_of(key, item) else {
                continue;
            };
            match read(text) {
                Ok(value) => items.push((value, item.span().start)),
                Err(message) => self.error(item.span().start, key, message),
            }
        }
        items
    }

    /// The truth value under `key`.
    pub(super) fn flag(&self, key: &'static str, default: bool) -> bool {
        let Some(value) = self.value(key) else {
            return default;
        };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.expected(key, value, "true or false");
            default
        })
    }

    /// The whole number under `key`, within `range`.
    pub(super) fn number(
        &self,
        key: &'static str,
        default: usize,
        range: std::ops::RangeInclusive<usize>,
    ) -> usize {
        let Some(value) = self.value(key) else {
            return default;
        };
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        let Some(integer) = value.get_ref().as_integer() else {
            self.expected(key, value, &expected);
            return default;
        };
        usize::from_str_radix(integer.as_str(), integer.radix())
            .ok()
            .filter(|number| range.contains(number))
            .unwrap_or_else(|| {
                let message = format!("expected {expected}, found {}", integer.as_str());
                self.error(value.span().start, key, message);
                default
            })
    }

    /// The table under `key`, read with `read`; its complaints become ours.
    pub(super) fn table<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(&Entry<'a>) -> T,
    ) -> Option<T> {
        let value = self.value(key)?;
        let Some(table) = value.get_ref().as_table() else {
            self.expected(key, value, "a table such as { … }");
            return None;
        };
        let inner = Entry::new(self.file, value.span().start, table);
        let read = read(&inner);
        inner.complain_of_unknown_keys();
        for mut complaint in inner.complaints.into_inner() {
            complaint.key = complaint.key.map(|inner| format!("{key}.{inner}"));
            self.complain(complaint);
        }
        Some(read)
    }

    /// The `[[key]]` entries in the order of the file, with where they begin.
    fn entries(&self, key: &'static str) -> Vec<(Range<usize>, &'a DeTable<'a>)> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let Some(array) = value.get_ref().as_array() else {
            self.expected(
                key,
                value,
                &format!("[[{key}]] entries, in double brackets"),
            );
            return Vec::new();
        };
        let mut entries = Vec::with_capacity(array.len());
        for item in array {
            match item.get_ref().as_table() {
                Some(table) => entries.push((item.span(), table)),
                None => self.expected(key, item, &format!("[[{key}]] entries")),
            }
        }
        entries
    }

    fn value(&self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(&key) {
            asked.push(key);
        }
        self.table.get(key)
    }

    fn text_of(&self, key: &'static str, value: &'a Spanned<DeValue<'a>>) -> Option<&'a str> {
        let Some(text) = value.get_ref().as_str() else {
            self.expected(key, value, "a text in quotes");
            return None;
        };
        if text.trim().is_empty() {
            self.error(
                value.span().start,
                key,
                "is empty; leave the key out instead",
            );
            return None;
        }
        Some(text.trim())
    }

    fn expected(&self, key: &str, value: &Spanned<DeValue<'_>>, expected: &str) {
        let found = value.get_ref().type_str();
        let message = format!("expected {expected}, found {}", in_words(found));
        self.error(value.span().start, key, message);
    }

    fn complain_of_unknown_keys(&self) {
        let asked = self.asked.borrow().clone();
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if asked.contains(&name) {
                continue;
            }
            let suggestion = did_you_mean(name, asked.iter().copied());
            let message = if suggestion.is_empty() {
                format!("unknown key; expected one of {}", asked.join(", "))
            } else {
                format!("unknown key{suggestion}")
            };
            self.error(key.span().start, name, message);
        }
    }
}

/// `; did you mean …?` where one of `known` is alike, else nothing.
pub(super) fn did_you_mean<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> String {
    known
        .map(|candidate| {
            (
                strsim::normalized_damerau_levenshtein(word, candidate),
                candidate,
            )
        })
        .filter(|(likeness, _)| *likeness >= SUGGESTION_LIKENESS_MIN)
        // The first of equals.
        .min_by(|one, other| other.0.total_cmp(&one.0))
        .map_or(String::new(), |(_, best)| {
            format!("; did you mean `{best}`?")
        })
}

/// A TOML type as a sentence names it.
fn in_words(toml_type: &str) -> &str {
    match toml_type {
        "string" => "a text",
        "integer" | "float" => "a number",
        "boolean" => "true or false",
        "datetime" => "a date",
        "array" => "a list",
        "table" => "a table",
        other => other,
    }
}
