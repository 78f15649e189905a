//! JSON listings: an array of entries found by a dotted path, each read by
//! dotted paths. The gov.kz news service, where ministries and akimats announce,
//! is the model.
//!
//! Deliberately absent: JSONPath. A dotted path (`data.items`, `images.0.url`)
//! says all such listings need. Nesting is followed as deep as serde_json goes
//! (128), less than the house's own limit.

pub(in crate::gather) mod long_numbers;
mod parts;
mod path;
mod propose;
mod recover;
pub(in crate::gather) mod repair;

use std::fmt::Write;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::Value;
use url::Url;

use crate::gather::clean;
use crate::gather::document::{DOCUMENT_ENTRIES_MAX, Document};
use crate::gather::feed::date;
use crate::gather::page::opening::{
    self, Findings, address, clip, line, paragraphs, quote, set_content,
};
use crate::model::complaint::{Complaint, Position};
use crate::model::draft::{Draft, FeedHead, Harvest};
use crate::model::source::JsonRules;

use path::{at_path, keys_of, kind_of, text_at};
pub use propose::propose;

/// Where listings usually keep their entries, tried where no path is given.
const USUAL_ITEMS: [&str; 9] = [
    "content",
    "items",
    "data",
    "results",
    "news",
    "articles",
    "posts",
    "data.items",
    "data.content",
];
/// What entries usually call their parts, tried where no path is given.
const USUAL: Usual = Usual {
    id: &["id", "guid", "uuid", "_id"],
    link: &["url", "link", "permalink", "href", "canonical_url"],
    title: &["title.rendered", "title", "headline", "name"],
    content: &[
        "content.rendered",
        "content_html",
        "content",
        "body",
        "text",
        "full_text",
        "content_text",
        "description",
        "summary",
    ],
    date: &[
        "date_gmt",
        "published_at",
        "publish_date",
        "published",
        "date_published",
        "created_date",
        "created_at",
        "pub_date",
        "date",
    ],
};

struct Usual {
    id: &'static [&'static str],
    link: &'static [&'static str],
    title: &'static [&'static str],
    content: &'static [&'static str],
    date: &'static [&'static str],
}

/// Reads a listing by `rules`; a rule not given is answered by what such
/// listings usually call the thing.
pub fn read(document: &Document<'_>, rules: &JsonRules) -> Harvest {
    let (text, mut harvest) = match opening::open(document, "json") {
        Ok(opened) => opened,
        Err(empty) => return *empty,
    };
    if text.trim_start().starts_with('<') {
        let what = if opening::is_web_page(&text) {
            "a web page"
        } else {
            "markup"
        };
        let why = format!(
            "{what} answered where JSON was expected{}; open the address in a browser",
            opening::quoted_title(&text)
        );
        return opening::unreadable(harvest, why);
    }
    let root: Value = match serde_json::from_str(&long_numbers::as_texts(&text)) {
        Ok(root) => root,
        Err(error) => {
            let place = position(&text, &error);
            // Where no entry was left there is nothing to be had of it.
            let repaired = repair::parsed(&text, |root| {
                entries(root, rules, &mut Vec::new())
                    .is_ok_and(|entries| entries.iter().any(Value::is_object))
            });
            let Some(repaired) = repaired else {
                harvest = opening::unreadable(harvest, format!("not JSON: {}", reason(&error)));
                if let Some(complaint) = harvest.complaints.last_mut() {
                    complaint.position = Some(place);
                }
                return harvest;
            };
            let why = format!(
                "the JSON is broken: {}; what is complete was read",
                reason(&error)
            );
            harvest
                .complaints
                .push(Complaint::warning("", why).at(place));
            repaired
        }
    };
    let entries = match entries(&root, rules, &mut harvest.complaints) {
        Ok(entries) => entries,
        Err(complaint) => {
            harvest.complaints.push(complaint);
            return opening::finished(harvest);
        }
    };
    harvest.feed = FeedHead {
        link: document.url.map(Url::to_string),
        ..FeedHead::default()
    };
    read_entries(document, rules, entries, &mut harvest);
    opening::finished(harvest)
}

fn read_entries(
    document: &Document<'_>,
    rules: &JsonRules,
    entries: &[Value],
    harvest: &mut Harvest,
) {
    if entries.is_empty() {
        harvest
            .complaints
            .push(Complaint::warning("", "the listing has no entries"));
    }
    if entries.len() > DOCUMENT_ENTRIES_MAX {
        let message = format!(
            "{} entries; those after the first {DOCUMENT_ENTRIES_MAX} are left out",
            entries.len()
        );
        harvest.complaints.push(Complaint::warning("", message));
    }
    let mut findings = Findings::default();
    for (index, value) in entries.iter().take(DOCUMENT_ENTRIES_MAX).enumerate() {
        let mut entry = Entry {
            value,
            number: index + 1,
            findings: &mut findings,
        };
        harvest.drafts.extend(entry.draft(document, rules));
    }
    harvest.complaints.extend(findings.complaints());
}

/// serde_json's reason without the place, which is told beside it.
fn reason(error: &serde_json::Error) -> String {
    let told = error.to_string();
    let told = told
        .split_once(" at line ")
        .map_or(told.as_str(), |(reason, _)| reason);
    if error.is_eof() {
        format!("it ends too early ({told})")
    } else {
        told.to_owned()
    }
}

/// serde_json counts bytes in a line, editors count characters.
fn position(text: &str, error: &serde_json::Error) -> Position {
    let lines_before = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1));
    let line_start: usize = lines_before.map(str::len).sum();
    Position::of_offset(text, line_start + error.column().saturating_sub(1))
}

/// The array of entries.
fn entries<'a>(
    root: &'a Value,
    rules: &JsonRules,
    complaints: &mut Vec<Complaint>,
) -> Result<&'a Vec<Value>, Complaint> {
    let Some(path) = rules.items.as_deref().filter(|path| !path.is_empty()) else {
        let usual = || {
            USUAL_ITEMS
                .iter()
                .find_map(|path| at_path(root, path)?.as_array())
        };
        return root.as_array().or_else(usual).ok_or_else(|| {
            let message = format!(
                "the document is {}, no array of entries; name the array's path ({})",
                kind_of(root),
                keys_of(root)
            );
            Complaint::error("", message).about("items")
        });
    };
    let message = match at_path(root, path) {
        Some(Value::Array(entries)) => return Ok(entries),
        // gov.kz was met with and without its envelope.
        None if let Some(entries) = root.as_array() => {
            let message =
                format!("there is no `{path}`: the document is the array itself; read as that");
            complaints.push(Complaint::warning("", message).about("items"));
            return Ok(entries);
        }
        Some(other) => format!(
            "`{path}` is {}; expected an array of entries",
            kind_of(other)
        ),
        None => format!("there is no `{path}` in the document ({})", keys_of(root)),
    };
    Err(Complaint::error("", message).about("items"))
}

/// One entry being read.
struct Entry<'a, 'f> {
    value: &'a Value,
    /// From 1.
    number: usize,
    findings: &'f mut Findings,
}

impl Entry<'_, '_> {
    fn draft(&mut self, document: &Document<'_>, rules: &JsonRules) -> Option<Draft> {
        if !self.value.is_object() {
            let what = format!("is {}, no object; left out", kind_of(self.value));
            self.findings.note("items", &what, self.number);
            return None;
        }
        let link = self.link(document, rules);
        let mut draft = Draft {
            id: self.text("id", rules.id.as_deref(), USUAL.id),
            title: self
                .text("title", rules.title.as_deref(), USUAL.title)
                .and_then(|title| one_line(&title)),
            published: self.date(document, rules),
            ..Draft::default()
        };
        if let Some(content) = self.text("content", rules.content.as_deref(), USUAL.content) {
            let base = link.as_ref().or(document.url);
            if clean::looks_like_html(clip(&content)) {
                set_content(&mut draft, &content, base);
            } else {
                set_content(&mut draft, &paragraphs(clip(&content)), base);
            }
        }
        let base = link.as_ref().or(document.url);
        draft.authors = self
            .part("author", rules.author.as_deref(), parts::AUTHORS, |value| {
                Some(parts::people(value)).filter(|people| !people.is_empty())
            })
            .unwrap_or_default();
        let picture = |value: &Value| parts::picture(value, base);
        let image = self.part("image", rules.image.as_deref(), parts::IMAGES, picture);
        draft.enclosures.extend(image);
        draft.link = link.map(String::from);
        if draft.title.is_none() && draft.text.is_empty() {
            self.findings
                .note("", "has neither title nor text; left out", self.number);
            return None;
        }
        Some(draft)
    }

    /// What stands at the operator's path; its absence is noted. Without a
    /// path, what stands at the first usual one; its absence is ordinary.
    fn text(&mut self, key: &str, path: Option<&str>, usual: &[&str]) -> Option<String> {
        let Some(path) = path else {
            return usual.iter().find_map(|path| text_at(self.value, path));
        };
        let found = text_at(self.value, path);
        if found.is_none() {
            let what = match at_path(self.value, path) {
                None => format!("has no `{path}`"),
                Some(Value::String(_)) => format!("`{path}` is empty"),
                Some(value) => format!("`{path}` is {}, no text", kind_of(value)),
            };
            self.findings.note(key, &what, self.number);
        }
        found
    }

    /// What is read of the value at the operator's path, else at the first usual one.
    /// Many entries have no author or picture: their absence is ordinary, a value
    /// that is none is noted.
    fn part<T>(
        &mut self,
        key: &str,
        path: Option<&str>,
        usual: &[&str],
        read: impl Fn(&Value) -> Option<T>,
    ) -> Option<T> {
        let Some(path) = path else {
            let mut values = usual.iter().filter_map(|path| at_path(self.value, path));
            return values.find_map(read);
        };
        let value = at_path(self.value, path)?;
        let found = read(value);
        let is_empty = match value {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            Value::Array(all) => all.is_empty(),
            _ => false,
        };
        if found.is_none() && !is_empty {
            let what = format!("`{path}` is {}, no {key}", kind_of(value));
            self.findings.note(key, &what, self.number);
        }
        found
    }

    fn date(&mut self, document: &Document<'_>, rules: &JsonRules) -> Option<DateTime<Utc>> {
        let rule = rules.date.as_deref();
        let told = self.text("date", rule, USUAL.date)?;
        let mut usual = USUAL.date.iter().copied();
        let path = rule.or_else(|| usual.find(|path| text_at(self.value, path).is_some()));
        // WordPress names what it tells of Greenwich's clocks so.
        let received = match path {
            Some(path) if path.ends_with("_gmt") || path.ends_with("_utc") => {
                document.received.with_timezone(&Tz::UTC)
            }
            _ => document.received,
        };
        let date = date::read_written(&told, received).map(|written| written.at);
        if date.is_none() {
            self.findings
                .note_said("date", "cannot be read as a date", self.number, &told);
        }
        date
    }

    fn link(&mut self, document: &Document<'_>, rules: &JsonRules) -> Option<Url> {
        let rule = rules.link.as_deref();
        let told = match rule {
            Some(template) if template.contains('{') => self.filled(template)?,
            _ => self.text("link", rule, USUAL.link)?,
        };
        let link = address(document.url, &told);
        if link.is_none() {
            self.findings
                .note_said("link", "is no address on the web", self.number, &told);
        }
        link
    }

    /// The link template with the entry's values in its braces. A value cannot
    /// change the host or add a query: it is escaped as a path.
    fn filled(&mut self, template: &str) -> Option<String> {
        let mut link = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((path, after)) = after.split_once('}') else {
                let what = format!("`{}` lacks a closing brace", quote(template));
                self.findings.note("link", &what, self.number);
                return None;
            };
            let value = self.text("link", Some(path), &[])?;
            link.push_str(before);
            if before.is_empty() && link.is_empty() {
                link.push_str(&value);
            } else {
                push_path(&mut link, &value);
            }
            rest = after;
        }
        link.push_str(rest);
        Some(link)
    }
}

fn push_path(link: &mut String, value: &str) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            link.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(link, "%{byte:02X}");
        }
    }
}

fn one_line(title: &str) -> Option<String> {
    if clean::looks_like_html(clip(title)) {
        line(title)
    } else {
        line(&clean::escape(clip(title)))
    }
}

#[cfg(test)]
mod tests;
