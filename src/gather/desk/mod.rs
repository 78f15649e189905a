//! The newsroom's own texts: a folder of Markdown or plain text files, each one
//! announcement. A file may begin with front matter between `---` lines; one
//! without it is taken with its modification time and its first line as title.
//!
//! Deliberately absent: publishing, and any reading of the text itself; an event
//! is only declared here, where the front matter names one.

mod front_matter;
mod markdown;

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::gather::{charset, clean};
use crate::model::complaint::{Complaint, Position};
use crate::model::draft::{Draft, Harvest};

use front_matter::FrontMatter;

/// The largest file taken, in bytes.
pub const DESK_FILE_BYTES_MAX: u64 = 1024 * 1024;
/// The most files taken from one folder.
pub const DESK_FILES_MAX: usize = 10_000;
/// A first line longer than this is a paragraph: its first sentence is the title.
const TITLE_CHARS_MAX: usize = 200;

/// What a desk folder held.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FolderHarvest {
    /// The drafts of all files, in the order of their names.
    pub harvest: Harvest,
    /// Files taken.
    pub files: usize,
}

/// Reads one file; `file_name` may be a path and is the place in complaints.
/// Wall times in its front matter are of `zone`.
pub fn read(file_name: &str, bytes: &[u8], modified: DateTime<Utc>, zone: Tz) -> Harvest {
    let decoded = charset::decode(bytes, None);
    let mut harvest = Harvest {
        format: Some("desk"),
        encoding: decoded.encoding,
        well_formed: true,
        ..Harvest::default()
    };
    if decoded.had_errors {
        harvest.complaints.push(Complaint::warning(
            file_name,
            "some letters are broken; save the file as UTF-8",
        ));
    }
    let text = decoded.text.replace("\r\n", "\n").replace('\r', "\n");
    let (front, body) = front_matter::split(&text);
    let front = front.map(|(lines, first_line)| {
        front_matter::read(lines, first_line, file_name, zone, &mut harvest.complaints)
    });
    if let (None, Some(line)) = (&front, front_matter::unclosed(&text)) {
        let message = "the front matter is not closed: put a line `---` before this one; \
            held back until then";
        let position = Position { line, column: 1 };
        let complaint = Complaint::error(file_name, message).at(position);
        harvest.complaints.push(complaint);
        harvest.well_formed = false;
        return harvest;
    }
    match draft(file_name, front.unwrap_or_default(), body, modified) {
        Some(draft) => harvest.drafts.push(draft),
        None => harvest.complaints.push(Complaint::error(
            file_name,
            "the file holds no text; left out",
        )),
    }
    harvest.well_formed = harvest.complaints.is_empty();
    harvest
}

/// Reads every text of a folder. Hidden files, README and other kinds of files
/// are passed over; links that lead out of the folder are not followed.
pub async fn read_folder(folder: &Path, zone: Tz) -> FolderHarvest {
    let mut all = FolderHarvest::default();
    all.harvest.format = Some("desk");
    "utf-8".clone_into(&mut all.harvest.encoding);
    all.harvest.well_formed = true;
    let (paths, complaint) = texts_of(folder).await;
    all.harvest.complaints.extend(complaint);
    let mut stems = std::collections::HashSet::new();
    for path in paths {
        let place = path.display().to_string();
        match read_file(folder, &path).await {
            Ok((bytes, modified)) => {
                let one = read(&place, &bytes, modified, zone);
                all.files += 1;
                all.harvest.complaints.extend(one.complaints);
                for draft in one.drafts {
                    if stems.insert(draft.id.clone()) {
                        all.harvest.drafts.push(draft);
                    } else {
                        let message = "another file has the same name before its ending; left out";
                        all.harvest
                            .complaints
                            .push(Complaint::error(&place, message));
                    }
                }
            }
            Err(why) => all.harvest.complaints.push(Complaint::error(&place, why)),
        }
    }
    all.harvest.well_formed = all.harvest.complaints.is_empty();
    all
}

/// The paths of a folder's texts by name, and what is wrong with the folder.
async fn texts_of(folder: &Path) -> (Vec<PathBuf>, Option<Complaint>) {
    let place = folder.display().to_string();
    let mut paths = Vec::new();
    let mut entries = match tokio::fs::read_dir(folder).await {
        Ok(entries) => entries,
        Err(error) => {
            let message = format!("the desk folder cannot be read: {error}");
            return (paths, Some(Complaint::error(place, message)));
        }
    };
    loop {
        match entries.next_entry().await {
            Ok(Some(entry)) if is_text(&entry.file_name().to_string_lossy()) => {
                paths.push(entry.path());
            }
            Ok(Some(_)) => {}
            Ok(None) => break,
            Err(error) => {
                let message = format!("the desk folder cannot be read to its end: {error}");
                paths.sort();
                return (paths, Some(Complaint::error(place, message)));
            }
        }
    }
    paths.sort();
    if paths.len() <= DESK_FILES_MAX {
        return (paths, None);
    }
    let message = format!("more than {DESK_FILES_MAX} texts; the last by name are left out");
    paths.truncate(DESK_FILES_MAX);
    (paths, Some(Complaint::warning(place, message)))
}

/// The bytes of one file and when it was changed, or why there are none.
async fn read_file(folder: &Path, path: &Path) -> Result<(Vec<u8>, DateTime<Utc>), String> {
    let unreadable = |error: std::io::Error| format!("the file cannot be read: {error}");
    let real = tokio::fs::canonicalize(path).await.map_err(unreadable)?;
    let home = tokio::fs::canonicalize(folder).await.map_err(unreadable)?;
    if !real.starts_with(&home) {
        return Err("the link leads out of the desk folder; not followed".to_owned());
    }
    let about = tokio::fs::metadata(&real).await.map_err(unreadable)?;
    if !about.is_file() {
        return Err("this is no file".to_owned());
    }
    if about.len() > DESK_FILE_BYTES_MAX {
        return Err(format!(
            "the file has {} bytes, more than {DESK_FILE_BYTES_MAX}; left out",
            about.len()
        ));
    }
    let modified = about.modified().map_err(unreadable)?.into();
    let bytes = tokio::fs::read(&real).await.map_err(unreadable)?;
    Ok((bytes, modified))
}

fn is_text(file_name: &str) -> bool {
    let lower = file_name.to_lowercase();
    let ending = lower.rsplit_once('.').map_or("", |(_, ending)| ending);
    matches!(ending, "md" | "markdown" | "txt")
        && !lower.starts_with('.')
        && !lower.starts_with("readme")
}

fn draft(
    file_name: &str,
    front: FrontMatter,
    body: &str,
    modified: DateTime<Utc>,
) -> Option<Draft> {
    let path = Path::new(file_name);
    let plain = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("txt"));
    let (title, body) = match front.title {
        Some(title) => (title, body.trim()),
        None => title_of(body)?,
    };
    let html = if plain {
        markdown::of_plain(body)
    } else {
        markdown::of_markdown(body)
    };
    let html = clean::sanitise(&html, None);
    let content_html = Some(html).filter(|html| !html.is_empty());
    let text = content_html
        .as_deref()
        .map(clean::plain_text)
        .unwrap_or_default();
    Some(Draft {
        id: Some(path.file_stem()?.to_string_lossy().into_owned()),
        id_is_permalink: None,
        title: Some(title),
        content_html,
        text,
        published: Some(front.date.unwrap_or(modified)),
        language: front.language,
        declared_event: front.event,
        ..Draft::default()
    })
}

/// The first line as title and the rest; where the first line is a paragraph,
/// its first sentence and the whole.
fn title_of(body: &str) -> Option<(String, &str)> {
    let mut body = body.trim();
    // A rule over the text is no title.
    while let Some((line, rest)) = body.split_once('\n').or(Some((body, "")))
        && line.trim_end() == "---"
    {
        body = rest.trim_start();
    }
    let (line, rest) = body.split_once('\n').unwrap_or((body, ""));
    let title = clean::inline_text(&clean::escape(line.trim().trim_start_matches('#').trim()));
    if title.is_empty() {
        return None;
    }
    if title.chars().count() <= TITLE_CHARS_MAX {
        return Some((title, rest.trim()));
    }
    let sentence = first_sentence(&title);
    Some((sentence, body))
}

/// Up to the first mark that ends a sentence and is followed by a capital letter,
/// or up to a word before [`TITLE_CHARS_MAX`].
fn first_sentence(text: &str) -> String {
    let mut before_space = None;
    for (count, (at, letter)) in text.char_indices().enumerate() {
        if count > TITLE_CHARS_MAX {
            break;
        }
        let ends = matches!(letter, '.' | '!' | '?' | '…');
        let mut after = text[at + letter.len_utf8()..].chars();
        if ends && after.next() == Some(' ') && after.next().is_some_and(begins_sentence) {
            return text[..at + letter.len_utf8()]
                .trim_end_matches('.')
                .to_owned();
        }
        if letter == ' ' {
            before_space = Some(at);
        }
    }
    format!("{}…", &text[..before_space.unwrap_or(0)])
}

fn begins_sentence(letter: char) -> bool {
    letter.is_uppercase() || matches!(letter, '«' | '“' | '"' | '–' | '—')
}

#[cfg(test)]
mod tests;
