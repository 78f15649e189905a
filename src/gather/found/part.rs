//! A document that broke off: what of it came whole.
//!
//! An entry that was cut would be stored with half its title or without its id, and
//! come again as another one: it is left for the next visit.

use chrono::DateTime;
use chrono_tz::Tz;

use super::Found;
use crate::gather::document::Document;
use crate::gather::health;
use crate::gather::plan::{Brought, Visited};
use crate::gather::web::Answer;
use crate::model::complaint::Complaint;
use crate::model::health::Answered;
use crate::model::source::{Place, Source, Validators};

/// Reads the whole entries of a document that broke off. There is nothing to ask
/// conditionally with: the next visit asks for all of it.
pub fn read(source: &Source, part: Answer, now: DateTime<Tz>) -> Found {
    let Answer::BrokeOff {
        bytes,
        content_type,
        final_url,
        permanent_redirect,
        why,
    } = part
    else {
        return Found::nothing("nothing broke off".to_owned());
    };
    let whole = whole(&source.place, &bytes);
    let document = Document {
        bytes: whole.bytes,
        content_type: content_type.as_deref(),
        url: Some(&final_url),
        received: now,
    };
    let mut harvest = crate::gather::read(&source.place, &document);
    if whole.last_is_cut {
        harvest.drafts.pop();
    }
    let answered = health::answered_body(&source.place, &document, &harvest);
    if harvest.drafts.is_empty() || answered != Answered::Read {
        let visited = Visited::Failed { why };
        return Found::without_document(Answered::BrokeOff, visited);
    }
    let complaint = Complaint::warning("", why.clone());
    harvest.complaints.insert(0, complaint);
    let visited = Visited::Read {
        validators: Validators::default(),
        body_hash: None,
        permanent_redirect,
        fresh_for: None,
        brought: Brought {
            result: format!("; {why}"),
            ..Brought::default()
        },
    };
    Found {
        harvest: Some(harvest),
        is_part: true,
        ..Found::without_document(answered, visited)
    }
}

/// What of a document is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Whole<'a> {
    bytes: &'a [u8],
    /// Whether the last entry in it may be cut.
    last_is_cut: bool,
}

/// The part of `bytes` that holds whole entries only, as far as that can be told.
fn whole<'a>(place: &Place, bytes: &'a [u8]) -> Whole<'a> {
    let ends: &[&str] = match place {
        Place::Feed(_) => &["item", "entry"],
        Place::Sitemap(_) => &["url"],
        Place::Page { .. } | Place::Json { .. } | Place::Telegram(_) | Place::Desk(_) => &[],
    };
    let first = bytes.iter().find(|byte| byte.is_ascii_graphic());
    let is_json =
        matches!(place, Place::Feed(_) | Place::Json { .. }) && matches!(first, Some(b'{' | b'['));
    match last_end(bytes, ends) {
        // Its reader leaves out what is not complete.
        _ if is_json => Whole {
            bytes,
            last_is_cut: false,
        },
        Some(end) => Whole {
            bytes: &bytes[..end],
            last_is_cut: false,
        },
        None => Whole {
            bytes,
            last_is_cut: true,
        },
    }
}

/// Where the last closing tag of one of these local names ends.
fn last_end(bytes: &[u8], names: &[&str]) -> Option<usize> {
    let mut rest = bytes;
    while let Some(at) = rest.windows(2).rposition(|two| two == b"</") {
        let tag = &rest[at + 2..];
        let end = tag.iter().position(|byte| *byte == b'>');
        let name = end.and_then(|end| std::str::from_utf8(&tag[..end]).ok());
        let local = name.and_then(|name| name.trim_end().rsplit(':').next());
        if let (Some(end), Some(local)) = (end, local)
            && names.iter().any(|name| local.eq_ignore_ascii_case(name))
        {
            return Some(at + 2 + end + 1);
        }
        rest = &rest[..at];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_that_was_cut_is_left_out() {
        let url = || "https://a.example/".parse().expect("an address");
        let feed = || Place::Feed(url());
        let cases: [(Place, &str, &str, bool); 9] = [
            (
                feed(),
                "<rss><item>1</item><item>2",
                "<rss><item>1</item>",
                false,
            ),
            (
                feed(),
                "<rss><item>1</item><item>2</it",
                "<rss><item>1</item>",
                false,
            ),
            (
                feed(),
                "<a:feed><a:Entry/><a:entry></a:entry ><b></b>",
                "<a:feed><a:Entry/><a:entry></a:entry >",
                false,
            ),
            (
                feed(),
                "<rss><item><link>2</link>",
                "<rss><item><link>2</link>",
                true,
            ),
            (feed(), " {\"items\":[", " {\"items\":[", false),
            (
                Place::Sitemap(url()),
                "<urlset><url>1</url><url><loc>2</loc>",
                "<urlset><url>1</url>",
                false,
            ),
            (Place::Sitemap(url()), "\u{1f}\u{8b}", "\u{1f}\u{8b}", true),
            (Place::Telegram(url()), "<div></div>", "<div></div>", true),
            (feed(), "", "", true),
        ];
        for (place, text, expected, last_is_cut) in cases {
            let found = whole(&place, text.as_bytes());
            assert_eq!(std::str::from_utf8(found.bytes), Ok(expected), "{text}");
            assert_eq!(found.last_is_cut, last_is_cut, "{text}");
        }
    }
}
