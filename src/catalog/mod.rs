//! The catalogue: the folder `feeds/`, read into Sources and PublishedFeeds.
//!
//! Layout: `sources/*.toml` with `[[source]]` entries, `published/*.toml` with
//! `[[feed]]` entries. Arrays of tables rather than `[source.name]`, because
//! TOML itself refuses a table named twice, and we want to say where both stand
//! and keep the first. An entry with an error is left out; the others stay.
//!
//! Deliberately absent: the network (whether a source answers is for
//! `sources check`) and the store.

mod entry;
mod every;
mod published;
mod sources;
#[cfg(test)]
mod tests;
pub mod write;

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use url::Url;

use crate::model::complaint::{Complaint, Position};
use crate::model::feed::PublishedFeed;
use crate::model::source::{Place, Source, SourceId};

use entry::{did_you_mean, file_entries};

/// The largest catalogue file read.
pub const CATALOGUE_FILE_BYTES_MAX: u64 = 1024 * 1024;
/// The most files read from one folder.
pub const CATALOGUE_FILES_MAX: usize = 1_000;

/// What is read and what is published, in the order of file names, then of lines.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalogue {
    /// Also those switched off (`enabled = false`).
    pub sources: Vec<Source>,
    /// Templates (`for_each`) already multiplied.
    pub feeds: Vec<PublishedFeed>,
}

impl Catalogue {
    /// The source of this name.
    pub fn source(&self, id: &SourceId) -> Option<&Source> {
        self.sources.iter().find(|source| source.id == *id)
    }
}

/// A value and where the catalogue says it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Located<T> {
    value: T,
    file: String,
    position: Position,
}

impl<T> Located<T> {
    /// `file:line`, for complaints that name a second place.
    fn place(&self) -> String {
        format!("{}:{}", self.file, self.position.line)
    }

    fn complaint(
        &self,
        key: &str,
        message: String,
        make: fn(String, String) -> Complaint,
    ) -> Complaint {
        make(self.file.clone(), message)
            .at(self.position)
            .about(key)
    }
}

impl Located<Source> {
    /// A complaint about a key of the entry, which stands in `text`.
    fn placed(&self, text: &str, mut complaint: Complaint) -> Complaint {
        let key = complaint.key.as_deref().unwrap_or_default();
        let key = key.rsplit('.').next().unwrap_or_default();
        let says = |line: &str| {
            let mut after = line
                .match_indices(key)
                .map(|(at, _)| &line[at + key.len()..]);
            after.any(|rest| rest.trim_start().starts_with('='))
        };
        let first = self.position.line;
        let mut entry = text.lines().enumerate().skip(first.saturating_sub(1));
        // Up to the next entry.
        let line = entry
            .by_ref()
            .take_while(|(at, line)| at + 1 == first || !line.trim_start().starts_with("[["))
            .find(|(_, line)| says(line));
        complaint.place.clone_from(&self.file);
        complaint.at(line.map_or(self.position, |(at, _)| Position {
            line: at + 1,
            column: 1,
        }))
    }
}

/// One catalogue file.
#[derive(Debug, Clone, Copy)]
struct File<'a> {
    /// As complaints name it.
    name: &'a str,
    text: &'a str,
}

impl File<'_> {
    fn position(&self, offset: usize) -> Position {
        Position::of_offset(self.text, offset)
    }
}

/// A published feed, and where it names its sources.
type FeedAndPlaces = (PublishedFeed, Vec<Position>);

/// Reads the folder `dir` (as shipped: `feeds/`). What cannot be read is left
/// out and complained of; the rest is returned.
pub fn read(dir: &Path) -> (Catalogue, Vec<Complaint>) {
    read_and_prove(dir, |_| Vec::new())
}

/// The same; `prove` says what is wrong in a source that the stages alone can tell,
/// about keys: where they stand is added here.
pub fn read_and_prove(
    dir: &Path,
    prove: impl Fn(&Source) -> Vec<Complaint>,
) -> (Catalogue, Vec<Complaint>) {
    let mut complaints = Vec::new();
    let mut sources = Vec::new();
    let mut feeds = Vec::new();
    for (name, text) in texts(&dir.join("sources"), &mut complaints) {
        let (found, wrong) = parse_sources(&name, &text, dir);
        for source in &found {
            let wrong = prove(&source.value).into_iter();
            complaints.extend(wrong.map(|wrong| source.placed(&text, wrong)));
        }
        sources.extend(found);
        complaints.extend(wrong);
    }
    for (name, text) in texts(&dir.join("published"), &mut complaints) {
        let (found, wrong) = parse_feeds(&name, &text);
        feeds.extend(found);
        complaints.extend(wrong);
    }
    for source in &sources {
        if let Place::Desk(folder) = &source.value.place
            && !folder.is_dir()
        {
            let message = format!(
                "the folder {} is not there; make it, or set `enabled = false`",
                folder.display()
            );
            complaints.push(source.complaint("dir", message, Complaint::warning));
        }
    }
    let catalogue = assemble(sources, feeds, &mut complaints);
    (catalogue, complaints)
}

/// The sources in one file. `root` is what desk folders are relative to.
fn parse_sources(name: &str, text: &str, root: &Path) -> (Vec<Located<Source>>, Vec<Complaint>) {
    let file = File { name, text };
    file_entries(file, "source", |entry| {
        sources::source(entry, root)
            .into_iter()
            .map(|value| entry.located(value))
            .collect()
    })
}

/// The published feeds in one file.
fn parse_feeds(name: &str, text: &str) -> (Vec<Located<FeedAndPlaces>>, Vec<Complaint>) {
    let file = File { name, text };
    file_entries(file, "feed", |entry| {
        published::feeds(entry)
            .into_iter()
            .map(|feed| entry.located(feed))
            .collect()
    })
}

/// What only shows when all files are read: names and addresses given twice,
/// feeds of sources that are not there.
fn assemble(
    sources: Vec<Located<Source>>,
    feeds: Vec<Located<FeedAndPlaces>>,
    complaints: &mut Vec<Complaint>,
) -> Catalogue {
    let sources = without_doubles(sources, "id", |source| source.id.as_str(), complaints);
    warn_of_equal_addresses(&sources, complaints);
    let feeds = without_doubles(feeds, "name", |(feed, _)| feed.name.as_str(), complaints);
    warn_of_unknown_sources(&feeds, &sources, complaints);
    Catalogue {
        sources: sources.into_iter().map(|source| source.value).collect(),
        feeds: feeds.into_iter().map(|feed| feed.value.0).collect(),
    }
}

/// Keeps the first of each name.
fn without_doubles<T>(
    all: Vec<Located<T>>,
    key: &str,
    name: impl Fn(&T) -> &str,
    complaints: &mut Vec<Complaint>,
) -> Vec<Located<T>> {
    let mut places: HashMap<String, String> = HashMap::new();
    let mut kept = Vec::with_capacity(all.len());
    for item in all {
        let called = name(&item.value).to_owned();
        if let Some(first) = places.get(&called) {
            let message = format!(
                "`{called}` is already the name of the entry at {first}, which is kept; rename one of the two"
            );
            complaints.push(item.complaint(key, message, Complaint::error));
        } else {
            places.insert(called, item.place());
            kept.push(item);
        }
    }
    kept
}

/// Two sources at one address double every article: worth saying, but they may
/// differ in language or rules, so both stay.
fn warn_of_equal_addresses(sources: &[Located<Source>], complaints: &mut Vec<Complaint>) {
    let mut seen: HashMap<String, &Located<Source>> = HashMap::new();
    for source in sources {
        let Some(url) = source.value.place.url() else {
            continue;
        };
        let language = source.value.accept_language.as_deref().unwrap_or_default();
        let address = format!("{} {language}", address_key(url));
        if let Some(first) = seen.get(address.as_str()) {
            let message = format!(
                "the same address as `{}` at {}: every article would be read twice",
                first.value.id,
                first.place()
            );
            complaints.push(source.complaint("url", message, Complaint::warning));
        } else {
            seen.insert(address, source);
        }
    }
}

/// A feed of a source that is not there is good for the sources that are.
fn warn_of_unknown_sources(
    feeds: &[Located<FeedAndPlaces>],
    sources: &[Located<Source>],
    complaints: &mut Vec<Complaint>,
) {
    let known: Vec<&str> = sources
        .iter()
        .map(|source| source.value.id.as_str())
        .collect();
    for feed in feeds {
        let (published, places) = &feed.value;
        for (id, position) in published.filter.sources.iter().zip(places) {
            if !known.contains(&id.as_str()) {
                let suggestion = did_you_mean(id.as_str(), known.iter().copied());
                let message = format!("there is no source `{id}`{suggestion}");
                complaints.push(
                    Complaint::warning(feed.file.clone(), message)
                        .at(*position)
                        .about("sources"),
                );
            }
        }
    }
    // The feeds made from one template say it once.
    complaints.dedup();
}

/// An address without what does not make it another: scheme, `www.`, the last
/// slash, the fragment.
fn address_key(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    let path = url.path().trim_end_matches('/');
    let query = url
        .query()
        .map_or(String::new(), |query| format!("?{query}"));
    format!("{host}{port}{path}{query}")
}

/// The `.toml` files of a folder in the order of their names.
fn texts(dir: &Path, complaints: &mut Vec<Complaint>) -> Vec<(String, String)> {
    let place = dir.display().to_string();
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) => {
            let message =
                format!("the folder cannot be read: {error}; expected *.toml files in it");
            complaints.push(Complaint::error(place, message));
            return Vec::new();
        }
    };
    let mut paths: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    paths.sort();
    if paths.len() > CATALOGUE_FILES_MAX {
        let message = format!(
            "{} files, but only the first {CATALOGUE_FILES_MAX} are read; put more entries into one file",
            paths.len()
        );
        complaints.push(Complaint::warning(place, message));
        paths.truncate(CATALOGUE_FILES_MAX);
    }
    paths
        .iter()
        .filter_map(|path| match text(path) {
            Ok(text) => Some((path.display().to_string(), text)),
            Err(complaint) => {
                complaints.push(complaint);
                None
            }
        })
        .collect()
}

fn text(path: &Path) -> Result<String, Complaint> {
    let place = path.display().to_string();
    let unreadable =
        |error: std::io::Error| Complaint::error(place.clone(), format!("cannot be read: {error}"));
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > CATALOGUE_FILE_BYTES_MAX {
        let message =
            format!("{size} bytes; a catalogue file may hold {CATALOGUE_FILE_BYTES_MAX}, split it");
        return Err(Complaint::error(place, message));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..good]);
        Complaint::error(place, "not UTF-8 text; save the file as UTF-8")
            .at(Position::of_offset(&before, good))
    })
}
