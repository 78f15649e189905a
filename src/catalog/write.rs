//! New `[[source]]` entries for a catalogue file: as text, and added to the end
//! of one without touching what is there.
//!
//! Deliberately absent: changing or taking out entries; that is for people.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::model::complaint::{Complaint, Severity};
use crate::model::feed::is_name;
use crate::model::language::Language;
use crate::model::source::{Place, Source, SourceId};

use super::{CATALOGUE_FILE_BYTES_MAX, address_key, parse_sources};

/// The longest id (`is_name`).
const ID_CHARS_MAX: usize = 64;
/// Ids tried for one source before giving up.
const IDS_TRIED_MAX: usize = 1_000;
/// What a file made by us begins with.
const HEAD: &str = "# Sources added by `jarshy sources add` and `jarshy sources import`.\n\
    # The keys are explained in national.toml.\n";

/// Why a file was left as it was.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error("{0}: {1}")]
    File(PathBuf, #[source] std::io::Error),
    #[error("{0}: is not UTF-8 text; it was left as it is")]
    NotText(PathBuf),
    #[error("{0}: would have more than {CATALOGUE_FILE_BYTES_MAX} bytes; name another file")]
    TooLarge(PathBuf),
    /// The file as it would be has a mistake it did not have before.
    #[error("{0}; the file was left as it is")]
    Wrong(Complaint),
}

/// The ids and addresses that are taken.
#[derive(Debug, Default)]
pub struct Register {
    ids: HashSet<String>,
    addresses: HashMap<String, SourceId>,
}

impl Register {
    /// Those of `sources`.
    pub fn of<'a>(sources: impl IntoIterator<Item = &'a Source>) -> Self {
        let mut register = Self::default();
        for source in sources {
            register.enter(source);
        }
        register
    }

    /// The source that is read from the same address; scheme, `www.` and a last
    /// slash make no other.
    pub fn reads(&self, place: &Place) -> Option<&SourceId> {
        self.addresses.get(&address_key(place.url()?))
    }

    /// Whether a source is named so.
    pub fn has_id(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// `wish` as an id nobody has, with `hint` or a number added where it is taken.
    pub fn free_id(&self, wish: &str, hint: Option<&str>) -> SourceId {
        let base = id_of(wish);
        let hinted = hint.map(|hint| joined(&base, hint));
        let numbered = (2..IDS_TRIED_MAX).map(|number| joined(&base, &number.to_string()));
        let free = std::iter::once(base.clone())
            .chain(hinted)
            .chain(numbered)
            .find(|id| !self.has_id(id));
        SourceId::from_stored(free.unwrap_or(base))
    }

    /// Takes `source` in.
    pub fn enter(&mut self, source: &Source) {
        self.ids.insert(source.id.to_string());
        if let Some(url) = source.place.url() {
            let address = address_key(url);
            self.addresses
                .entry(address)
                .or_insert_with(|| source.id.clone());
        }
    }
}

/// Any words as an id: `www.Ҳабар24.kz` becomes what of it can stand in one.
fn id_of(wish: &str) -> String {
    let mut id = String::new();
    for letter in wish.to_lowercase().chars() {
        if letter.is_ascii_alphanumeric() {
            id.push(letter);
        } else if !id.is_empty() && !id.ends_with('-') {
            id.push('-');
        }
        if id.len() >= ID_CHARS_MAX {
            break;
        }
    }
    let id = id.trim_end_matches('-');
    if is_name(id) {
        id.to_owned()
    } else {
        "source".to_owned()
    }
}

fn joined(base: &str, addition: &str) -> String {
    let room = ID_CHARS_MAX - addition.len().min(ID_CHARS_MAX - 2) - 1;
    let base = &base[..base.len().min(room)];
    format!("{}-{}", base.trim_end_matches('-'), id_of(addition))
}

/// `source` as its `[[source]]` entry, `comment` above it.
pub fn entry(source: &Source, comment: &str) -> String {
    let mut text = String::new();
    for line in comment.lines() {
        text.push_str("# ");
        text.push_str(&line.replace(char::is_control, " "));
        text.push('\n');
    }
    text.push_str("[[source]]\n");
    let mut pair = |key: &str, value: &str| {
        writeln!(text, "{key} = {}", quoted(value)).expect("writing to a String cannot fail");
    };
    pair("id", source.id.as_str());
    pair("name", &source.name);
    pair("kind", source.place.kind());
    if let Some(url) = source.place.url() {
        pair("url", url.as_str());
    }
    if let Some(home) = &source.home {
        pair("home", home.as_str());
    }
    if let Some(language) = source.language {
        pair("language", tag(language));
    }
    if let Some(region) = source.region {
        pair("region", &region.code());
    }
    pair("every", &every(source.every));
    let rules = source.place.rules().into_iter();
    let rules: Vec<String> = rules
        .map(|(key, rule)| format!("{key} = {}", quoted(rule)))
        .collect();
    if !rules.is_empty() {
        writeln!(text, "rules = {{ {} }}", rules.join(", "))
            .expect("writing to a String cannot fail");
    }
    text
}

/// Kazakh alone is Kazakh in Cyrillic.
const fn tag(language: Language) -> &'static str {
    match language {
        Language::KazakhCyrillic => language.subtag(),
        _ => language.tag(),
    }
}

fn every(every: Duration) -> String {
    let minutes = every.as_secs() / 60;
    if minutes.is_multiple_of(60) && minutes > 0 {
        format!("{}h", minutes / 60)
    } else {
        format!("{}m", minutes.max(1))
    }
}

/// A basic string of TOML 1.0.
fn quoted(value: &str) -> String {
    let mut text = String::from("\"");
    for letter in value.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            control if control.is_control() => {
                write!(text, "\\u{:04X}", u32::from(control))
                    .expect("writing to a String cannot fail");
            }
            other => text.push(other),
        }
    }
    text.push('"');
    text
}

/// The sources `file` holds already; none where there is no such file.
///
/// # Errors
/// Where it cannot be read.
pub fn sources_in(file: &Path, root: &Path) -> Result<Vec<Source>, WriteError> {
    let text = text_of(file)?.unwrap_or_default();
    let (found, _) = parse_sources(&file.display().to_string(), &text, root);
    Ok(found.into_iter().map(|located| located.value).collect())
}

/// Adds `entries` to the end of `file`, which is made where it is not there. The
/// whole is proven before anything is written, and replaces the file in one step.
///
/// # Errors
/// Where the file cannot be read or written, or would be wrong.
pub fn append(file: &Path, entries: &[String], root: &Path) -> Result<(), WriteError> {
    let before = text_of(file)?;
    let mut text = before.clone().unwrap_or_else(|| HEAD.to_owned());
    let is_crlf = text.contains("\r\n");
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    for entry in entries {
        text.push('\n');
        text.push_str(entry);
    }
    if is_crlf {
        text = text.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    if text.len() as u64 > CATALOGUE_FILE_BYTES_MAX {
        return Err(WriteError::TooLarge(file.to_owned()));
    }
    let name = file.display().to_string();
    let errors = |text: &str| {
        let (_, complaints) = parse_sources(&name, text, root);
        let is_error = |complaint: &Complaint| complaint.severity == Severity::Error;
        complaints.into_iter().filter(is_error).collect::<Vec<_>>()
    };
    let known = errors(before.as_deref().unwrap_or_default()).len();
    if let Some(new) = errors(&text).into_iter().nth(known) {
        return Err(WriteError::Wrong(new));
    }
    replace(file, &text)
}

/// The file's text; `None` where there is no such file.
fn text_of(file: &Path) -> Result<Option<String>, WriteError> {
    match fs::read(file) {
        Ok(bytes) => String::from_utf8(bytes)
            .map(Some)
            .map_err(|_| WriteError::NotText(file.to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(WriteError::File(file.to_owned(), error)),
    }
}

/// Writes beside it and renames: a reader, or a crash, sees the old or the new.
fn replace(file: &Path, text: &str) -> Result<(), WriteError> {
    let failed = |error| WriteError::File(file.to_owned(), error);
    // A link is followed, not replaced.
    let target = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let folder = target
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(failed)?;
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    // Not *.toml: the catalogue would read it.
    let beside = folder.join(format!(".{name}.{}.new", std::process::id()));
    let written = fs::File::create(&beside).and_then(|mut new| {
        new.write_all(text.as_bytes())?;
        if let Ok(about) = fs::metadata(&target) {
            new.set_permissions(about.permissions())?;
        }
        new.sync_all()?;
        fs::rename(&beside, &target)
    });
    if written.is_err() {
        fs::remove_file(&beside).ok();
    }
    written.map_err(failed)
}

#[cfg(test)]
mod tests;
