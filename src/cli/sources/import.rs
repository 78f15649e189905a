//! `jarshy sources import`: an OPML file's feeds as catalogue entries.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::shelf::Shelf;
use crate::catalog::write::{self, Register};
use crate::cli::house;
use crate::cli::output::{Failure, complain, say};
use crate::gather::opml::{self, Met, OPML_BYTES_MAX, Outline};
use crate::model::complaint::{Complaint, Severity};
use crate::model::source::Source;

/// What became of the outlines.
#[derive(Default)]
struct Taken {
    entries: Vec<String>,
    ids: Vec<String>,
    known: usize,
    bad: Vec<Complaint>,
}

/// Reads `file` and prints the new entries, or writes them.
pub fn import(config: &Path, file: &Path, to: Option<&Path>, json: bool) -> Result<(), Failure> {
    let (mut shelf, config) = Shelf::open(config, to)?;
    let web = house::web_options(&config)?;
    let place = file.display().to_string();
    let bytes = bytes_of(file)?;
    let mut taken = Taken::default();
    opml::read(&bytes, &place, |met| match met {
        Met::Feed(outline) if let Some(why) = web.refusal(&outline.url) => {
            let message = format!("{}: {why}; the outline is left out", outline.url);
            let complaint = Complaint::error(&place, message).at(outline.position);
            taken.bad.push(complaint);
        }
        Met::Feed(outline) => take(&mut taken, &mut shelf.register, *outline, &place),
        Met::Bad(complaint) => taken.bad.push(complaint),
    });
    for complaint in &taken.bad {
        complain(&complaint.to_string());
    }
    let written = shelf.put(&taken.entries)?;
    let wrong = taken
        .bad
        .iter()
        .filter(|complaint| complaint.severity == Severity::Error)
        .count();
    if json {
        let value = json!({
            "new": taken.ids, "known": taken.known, "bad": wrong,
            "written": written.map(|file| file.display().to_string()), "toml": taken.entries.join("\n"),
        });
        say(&value.to_string())?;
    } else {
        if written.is_none() && !taken.entries.is_empty() {
            say(taken.entries.join("\n").trim_end())?;
        }
        let to = written.map_or_else(String::new, |file| {
            format!(", written to {}", file.display())
        });
        complain(&format!(
            "{} new{to}; {} known already, {wrong} bad",
            taken.ids.len(),
            taken.known
        ));
    }
    if taken.ids.is_empty() && taken.known == 0 {
        return Err(Failure::work(format!(
            "{place}: there is no feed in it to take"
        )));
    }
    Ok(())
}

fn bytes_of(file: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |error| Failure::call(format!("error: {}: {error}", file.display()));
    let size = fs::metadata(file).map_err(unreadable)?.len();
    if size > OPML_BYTES_MAX {
        return Err(Failure::call(format!(
            "error: {}: {size} bytes; an OPML file may have {OPML_BYTES_MAX}, split it",
            file.display()
        )));
    }
    fs::read(file).map_err(unreadable)
}

fn take(taken: &mut Taken, register: &mut Register, outline: Outline, place: &str) {
    let position = outline.position;
    let host = outline.url.host_str().unwrap_or_default().to_owned();
    let wish = super::add::wish_of(&outline.url);
    let language = outline.language.as_deref().and_then(|tag| tag.parse().ok());
    let source_place = outline.place;
    if register.reads(&source_place).is_some() {
        taken.known += 1;
        return;
    }
    let (id, name) = (register.free_id(&wish, None), outline.title.unwrap_or(host));
    let source = Source {
        home: outline.home,
        language,
        ..Source::new(id, name, source_place)
    };
    register.enter(&source);
    let comment = format!("From {place}, line {}.", position.line);
    taken.ids.push(source.id.to_string());
    taken.entries.push(write::entry(&source, &comment));
}
