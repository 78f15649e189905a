//! Feeds of every kind into Drafts, by one tolerant reader: RSS 0.90 to 2.0,
//! Atom 0.3 and 1.0, JSON Feed 1.0 and 1.1. What can be read is read; what had
//! to be repaired is complained of; nothing is an error.
//!
//! Deliberately absent: fetching, and any judgement of what was said.

pub(super) mod attributes;
mod build;
pub mod date;
mod doctype;
mod entry;
mod json;
mod link;
mod names;
mod person;
mod repair;
mod value;
mod xml;
mod zone;

use std::rc::Rc;

use crate::gather::charset::{self, Decoded};
use crate::gather::clean;
use crate::gather::document::Document;
use crate::model::complaint::Complaint;
use crate::model::draft::Harvest;

use date::FeedClock;

pub use date::read as read_date;

/// The most of a web page looked through for its title.
const PAGE_HEAD_BYTES_MAX: usize = 64 * 1024;
/// The most complaints about one document; the rest says nothing new.
const COMPLAINTS_MAX: usize = 20;

/// Reads a feed. [`Harvest::format`] is `None` where there was none to read.
pub fn read(document: &Document) -> Harvest {
    read_by(document, |html, base| clean::sanitise(&html, base))
}

/// Reads a feed as [`read`] does, its markup left as dangerous as it came: what
/// reading alone costs. What it gives is for nobody's eyes.
pub fn read_unsanitised(document: &Document) -> Harvest {
    read_by(document, |html, _| html.into_owned())
}

fn read_by(document: &Document, sanitise: value::Sanitise) -> Harvest {
    let decoded = charset::decode(document.bytes, document.content_type);
    let clock = Rc::new(FeedClock::new(document.received));
    let harvest = read_decoded(document, &decoded, &clock, sanitise);
    match clock.proved().map(Rc::new) {
        Some(proved) => read_decoded(document, &decoded, &proved, sanitise),
        None => harvest,
    }
}

fn read_decoded(
    document: &Document,
    decoded: &Decoded<'_>,
    clock: &Rc<FeedClock>,
    sanitise: value::Sanitise,
) -> Harvest {
    let mut harvest = Harvest {
        encoding: decoded.encoding.clone(),
        well_formed: !decoded.had_errors,
        ..Harvest::default()
    };
    let place = place_of(document);
    if decoded.had_errors {
        harvest.complaints.push(Complaint::warning(
            &place,
            format!(
                "the declared character encoding is wrong or some bytes are broken; read as {}",
                harvest.encoding
            ),
        ));
    }
    let text = decoded.text.trim_start_matches(['\u{feff}', '\0']);
    let start = text.trim_start();
    if start.trim_end_matches('\0').is_empty() {
        harvest.well_formed = false;
        harvest
            .complaints
            .push(Complaint::error(&place, "the document is empty"));
    } else if start.starts_with('{') || start.starts_with('[') {
        json::read(start, document, clock, &mut harvest);
    } else {
        xml::read(text, document, clock, sanitise, &mut harvest);
    }
    harvest
}

fn place_of(document: &Document) -> String {
    document
        .url
        .map(|url| url.as_str().to_owned())
        .unwrap_or_default()
}

/// What to say of a page that answered in a feed's place.
fn web_page(text: &str, place: &str) -> Complaint {
    let mut end = text.len().min(PAGE_HEAD_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = &text[..end];
    let lower = head.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|at| {
        let from = at + lower[at..].find('>')? + 1;
        let to = from + lower[from..].find("</title")?;
        Some(clean::inline_text(&head[from..to])).filter(|title| !title.is_empty())
    });
    Complaint::error(
        place,
        match title {
            Some(title) => format!("a web page answered, not a feed; its title is “{title}”"),
            None => "a web page answered, not a feed".to_owned(),
        },
    )
}

#[cfg(test)]
mod broken_tests;
#[cfg(test)]
mod near_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod word_tests;
