//! What the readers of pages, JSON listings, previews and sitemaps share: bytes
//! made text, findings counted instead of repeated, texts made safe.
//!
//! Deliberately absent: anything that knows one format.

use std::collections::BTreeMap;

use url::Url;

use crate::gather::charset;
use crate::gather::clean;
use crate::gather::document::{Document, ENTRY_TEXT_BYTES_MAX};
use crate::model::complaint::{Complaint, Severity};
use crate::model::draft::{Draft, Enclosure, Harvest};

/// The most entry numbers named in one complaint.
const ENTRIES_NAMED_MAX: usize = 5;
/// The most characters of a publisher's text quoted in a complaint.
pub const QUOTE_CHARS_MAX: usize = 80;

/// Decodes a document, and begins the harvest that reading it fills.
///
/// # Errors
/// An empty document: the harvest then says so and is complete.
pub fn open(
    document: &Document<'_>,
    format: &'static str,
) -> Result<(String, Harvest), Box<Harvest>> {
    let decoded = charset::decode(document.bytes, document.content_type);
    let mut harvest = Harvest {
        format: Some(format),
        encoding: decoded.encoding,
        ..Harvest::default()
    };
    if decoded.text.trim().is_empty() {
        return Err(Box::new(unreadable(harvest, "the document is empty")));
    }
    if decoded.had_errors {
        let message = format!(
            "some bytes are not what the document's declared encoding allows; read as {}",
            harvest.encoding
        );
        harvest.complaints.push(Complaint::warning("", message));
    }
    Ok((decoded.text.into_owned(), harvest))
}

/// The harvest of a document in which nothing could be read, and why.
pub fn unreadable(mut harvest: Harvest, why: impl Into<String>) -> Harvest {
    harvest.format = None;
    harvest.complaints.push(Complaint::error("", why));
    harvest
}

/// The harvest as handed over: well formed means that nothing had to be said.
pub fn finished(mut harvest: Harvest) -> Harvest {
    harvest.well_formed = harvest.complaints.is_empty();
    harvest
}

/// Whether `text` begins as a web page does: the answer of a server that has
/// moved the document, or wants the visitor to prove to be human.
pub fn is_web_page(text: &str) -> bool {
    let head = text.trim_start();
    ["<!doctype html", "<html", "<head", "<body"]
        .iter()
        .any(|sign| {
            head.get(..sign.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(sign))
        })
}

/// A web page's title in quotes, for complaints; empty where it has none.
pub fn quoted_title(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|at| {
        let start = at + lower[at..].find('>')? + 1;
        let end = start + lower[start..].find('<')?;
        Some(quote(&clean::inline_text(&text[start..end])))
    });
    title.map_or_else(String::new, |title| format!(" (titled “{title}”)"))
}

/// The beginning of `text`, short enough for a complaint.
pub fn quote(text: &str) -> String {
    let mut chars = text.trim().chars();
    let mut short: String = chars.by_ref().take(QUOTE_CHARS_MAX).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}

/// Findings about entries, one complaint for each kind however often it was met.
#[derive(Debug, Default)]
pub struct Findings(BTreeMap<(String, String), Finding>);

#[derive(Debug, Default)]
struct Finding {
    entries: Vec<usize>,
    /// What the publisher wrote in the first of them.
    sample: Option<String>,
}

impl Findings {
    /// Notes that entry `number` (from 1) has a fault: `key` is what the
    /// operator may change, `what` completes "entry 3: …".
    pub fn note(&mut self, key: &str, what: &str, number: usize) {
        self.finding(key, what).entries.push(number);
    }

    /// The same, quoting what the publisher wrote.
    pub fn note_said(&mut self, key: &str, what: &str, number: usize, said: &str) {
        let finding = self.finding(key, what);
        finding.entries.push(number);
        finding.sample.get_or_insert_with(|| quote(said));
    }

    /// The complaints, each naming the first entries concerned.
    pub fn complaints(self) -> Vec<Complaint> {
        self.0
            .into_iter()
            .map(|((key, what), finding)| {
                let said = finding
                    .sample
                    .map_or_else(String::new, |sample| format!(": “{sample}”"));
                Complaint {
                    severity: Severity::Warning,
                    place: String::new(),
                    position: None,
                    key: (!key.is_empty()).then_some(key),
                    message: format!("{}: {what}{said}", named(&finding.entries)),
                }
            })
            .collect()
    }

    fn finding(&mut self, key: &str, what: &str) -> &mut Finding {
        self.0.entry((key.to_owned(), what.to_owned())).or_default()
    }
}

fn named(numbers: &[usize]) -> String {
    let shown: Vec<String> = numbers
        .iter()
        .take(ENTRIES_NAMED_MAX)
        .map(ToString::to_string)
        .collect();
    match numbers.len() {
        1 => format!("entry {}", shown[0]),
        count if count > ENTRIES_NAMED_MAX => format!(
            "entries {} and {} more",
            shown.join(", "),
            count - ENTRIES_NAMED_MAX
        ),
        _ => format!("entries {}", shown.join(", ")),
    }
}

/// An address as a document writes it, resolved; only http and https.
pub fn address(base: Option<&Url>, raw: &str) -> Option<Url> {
    let raw = raw.trim();
    if raw.is_empty() {
        return None;
    }
    let url = match base {
        Some(base) => base.join(raw).ok()?,
        None => Url::parse(raw).ok()?,
    };
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// Gives `draft` its text from a publisher's markup, made harmless.
pub fn set_content(draft: &mut Draft, html: &str, base: Option<&Url>) {
    let html = clean::sanitise(clip(html), base);
    if !html.trim().is_empty() {
        draft.text = clean::plain_text(&html);
        draft.content_html = Some(html.trim().to_owned());
    }
}

/// A plain text as markup: each line that is not empty is a paragraph.
pub fn paragraphs(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        html.push_str("<p>");
        clean::push_escaped(&mut html, line);
        html.push_str("</p>");
    }
    html
}

/// The part of `text` within the limit for one entry, cut at a character.
pub fn clip(text: &str) -> &str {
    &text[..text.floor_char_boundary(ENTRY_TEXT_BYTES_MAX)]
}

/// A text of one line, or nothing.
pub fn line(html: &str) -> Option<String> {
    let text = clean::inline_text(clip(html));
    (!text.is_empty()).then_some(text)
}

/// A picture that comes with an entry. Where the address does not tell what
/// kind of picture it is, the media type is the range `image/*`.
pub fn picture(url: &Url) -> Enclosure {
    let path = url.path().to_ascii_lowercase();
    let media_type = match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("gif") => "image/gif",
        Some("avif") => "image/avif",
        Some("svg") => "image/svg+xml",
        _ => "image/*",
    };
    Enclosure {
        url: url.to_string(),
        media_type: Some(media_type.to_owned()),
        length_bytes: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_complaint_tells_of_many_entries() {
        let mut findings = Findings::default();
        for number in 1..=8 {
            findings.note("date", "no `created_date`", number);
        }
        findings.note("", "no link", 2);
        let told: Vec<String> = findings
            .complaints()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            told,
            [
                "warning: entry 2: no link",
                "warning: date: entries 1, 2, 3, 4, 5 and 3 more: no `created_date`",
            ]
        );
    }

    #[test]
    fn only_the_web_is_linked_to() {
        let base = Url::parse("https://zharshy.example/kk/").unwrap();
        let cases = [
            ("a/1", Some("https://zharshy.example/kk/a/1")),
            (" //cdn.example/x.jpg ", Some("https://cdn.example/x.jpg")),
            ("javascript:alert(1)", None),
            ("tg://resolve?domain=x", None),
            ("https://", None),
            ("", None),
        ];
        for (raw, expected) in cases {
            let got = address(Some(&base), raw);
            assert_eq!(got.as_ref().map(Url::as_str), expected, "{raw}");
        }
        assert_eq!(address(None, "a/1"), None);
    }
}
