//! Sitemaps (sitemaps.org 0.9, with Google's news and image elements), plain or
//! gzip. An index names its children and gives no entries: a visit goes on to the
//! newest of them.
//!
//! Deliberately absent: asking for those children, or for the pages of addresses
//! without a title.

pub mod in_vain;
mod index;
mod newest;
mod unpack;
pub mod untitled;
mod urlset;

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::gather::document::{DOCUMENT_DEPTH_MAX, Document};
use crate::gather::page::opening;
use crate::model::complaint::{Complaint, Position};
use crate::model::count::counted;
use crate::model::draft::Harvest;

pub use index::{CHILDREN_PER_VISIT, newest_children};
pub use newest::newest;
use unpack::Unpacked;
use urlset::{CHILDREN_MAX, Child, UrlSet};

/// The most children of an index named in its complaint.
const CHILDREN_NAMED_MAX: usize = 10;
/// The most bytes of one element's text kept.
const FIELD_BYTES_MAX: usize = 8 * 1024;

/// Reads a sitemap. Addresses without a news title become entries without a
/// title: what is there to read, not yet what it says.
pub fn read(document: &Document<'_>) -> Harvest {
    let Unpacked { bytes, complaint } = unpack::unpack(document.bytes);
    let document = Document {
        bytes: &bytes,
        ..*document
    };
    let (text, mut harvest) = match opening::open(&document, "sitemap") {
        Ok(opened) => opened,
        Err(mut empty) => {
            empty.complaints.extend(complaint);
            return *empty;
        }
    };
    harvest.complaints.extend(complaint);
    if opening::is_web_page(&text) {
        let why = format!(
            "a web page answered where a sitemap was expected{}; open the address in a browser",
            opening::quoted_title(&text)
        );
        return opening::unreadable(harvest, why);
    }
    let mut set = UrlSet::new(document.url, document.received);
    let stopped = walk(&text, &mut set);
    harvest.complaints.extend(stopped);
    match set.root.as_deref() {
        Some("urlset") => set.harvest(&mut harvest),
        Some("sitemapindex") => harvest.complaints.push(index_complaint(&set.children)),
        Some(other) => {
            let why = format!(
                "`{}` is no sitemap; expected `urlset` or `sitemapindex`",
                opening::quote(other)
            );
            return opening::unreadable(harvest, why);
        }
        None => {
            return opening::unreadable(
                harvest,
                "there is no XML element in it; expected `urlset`",
            );
        }
    }
    opening::finished(harvest)
}

/// The addresses a sitemap index names, as written; none of another document.
pub fn children(document: &Document<'_>) -> Vec<String> {
    let children = parsed(document).into_iter();
    children.map(|child| child.address).collect()
}

/// What a sitemap index names; nothing of another document.
fn parsed(document: &Document<'_>) -> Vec<Child> {
    let Unpacked { bytes, .. } = unpack::unpack(document.bytes);
    let document = Document {
        bytes: &bytes,
        ..*document
    };
    let Ok((text, _)) = opening::open(&document, "sitemap") else {
        return Vec::new();
    };
    let mut set = UrlSet::new(document.url, document.received);
    // What is broken behind the first children costs the others.
    let _ = walk(&text, &mut set);
    set.children
}

fn index_complaint(children: &[Child]) -> Complaint {
    let named: Vec<&str> = children
        .iter()
        .take(CHILDREN_NAMED_MAX)
        .map(|child| child.address.as_str())
        .collect();
    let more = if children.len() > CHILDREN_NAMED_MAX {
        ", …"
    } else {
        ""
    };
    Complaint::error(
        "",
        format!(
            "this is an index of {} and has no entries itself; a visit reads the newest on its \
             site of: {}{more}",
            counted(children.len(), "sitemap"),
            named.join(", ")
        ),
    )
}

/// Goes through the document; what was read before something unreadable is kept.
fn walk(text: &str, set: &mut UrlSet<'_>) -> Option<Complaint> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    let mut depth = 0_usize;
    loop {
        let before = reader.buffer_position();
        let at =
            |offset: u64| Position::of_offset(text, usize::try_from(offset).unwrap_or(usize::MAX));
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                depth += 1;
                if depth > DOCUMENT_DEPTH_MAX {
                    let message =
                        format!("nested deeper than {DOCUMENT_DEPTH_MAX}; read no further");
                    return Some(Complaint::error("", message).at(at(before)));
                }
                set.open(start.local_name().as_ref());
            }
            Ok(Event::Empty(start)) => {
                set.open(start.local_name().as_ref());
                set.close(start.local_name().as_ref());
            }
            Ok(Event::End(end)) => {
                depth = depth.saturating_sub(1);
                set.close(end.local_name().as_ref());
            }
            Ok(Event::Text(text)) => set.push(&text.xml10_content()),
            Ok(Event::CData(text)) => set.push(&text.xml10_content()),
            Ok(Event::GeneralRef(entity)) => {
                let name = entity.into_inner();
                set.push(&crate::gather::clean::decode_entities(&format!("&{name};")));
            }
            Ok(Event::Eof) => return (depth > 0).then(|| cut_short(at(before))),
            Ok(_) => {}
            Err(error) => {
                let message = format!("broken XML: {error}; entries before it are kept");
                return Some(Complaint::error("", message).at(at(reader.error_position())));
            }
        }
        if set.is_full() {
            let message = format!("names {CHILDREN_MAX} sitemaps; what follows is left out");
            return Some(Complaint::warning("", message));
        }
    }
}

fn cut_short(position: Position) -> Complaint {
    Complaint::error(
        "",
        "the document is cut short; entries before the end are kept",
    )
    .at(position)
}

#[cfg(test)]
mod tests;
