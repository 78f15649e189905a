//! The walk through an XML feed: which element is open, what it is about, which
//! namespace, base and language hold, and whose characters are being taken.
//!
//! A document that cannot be cut into tags is repaired and walked once more; all
//! else (crossed and missing ends, unknown entities, a second root) is lived with
//! where it stands.

mod captured;
mod fields;
mod outcome;
mod roots;
mod scope;
mod whole;

use std::rc::Rc;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use url::Url;

use crate::gather::clean::{self, entity};
use crate::gather::document::{DOCUMENT_DEPTH_MAX, Document, ENTRY_TEXT_BYTES_MAX};
use crate::model::complaint::Complaint;
use crate::model::draft::Harvest;

use super::build::{About, Building, Capture};
use super::date::FeedClock;
use super::names::{Space, Tag, tag};
use super::value::{Kind, Sanitise, cut};
use super::{attributes, doctype, repair};

/// Reads an XML feed into `harvest`.
pub(super) fn read(
    text: &str,
    document: &Document,
    clock: &Rc<FeedClock>,
    sanitise: Sanitise,
    harvest: &mut Harvest,
) {
    let mut walk = Walk::new(text, document, clock, sanitise);
    if let Err(stumble) = walk.run() {
        let repaired = repair::repair(text);
        let first = walk.complaint_at(stumble.at, &stumble.why);
        walk = Walk::new(&repaired, document, clock, sanitise);
        walk.complaints.push(first);
        if let Err(stumble) = walk.run() {
            walk.complain(stumble.at, &stumble.why);
            walk.end_of_document(stumble.at);
        }
        walk.finish(harvest);
    } else {
        walk.finish(harvest);
    }
}

/// Where the document could not be cut into tags, and why.
struct Stumble {
    at: usize,
    why: String,
}

struct Open<'a> {
    name: &'a str,
    tag: Tag,
    about: About,
    spaces: usize,
    bases: usize,
}

struct Walk<'a> {
    text: &'a str,
    document: Document<'a>,
    reader: Reader<&'a [u8]>,
    open: Vec<Open<'a>>,
    /// Elements open beyond the deepest followed.
    too_deep: usize,
    spaces: Vec<(&'a str, Space)>,
    /// Prefixes used without a declaration, each complained of once.
    undeclared: Vec<&'a str>,
    bases: Vec<Rc<Url>>,
    capture: Option<Capture<'a>>,
    build: Building,
    entities: doctype::Entities,
    format: Option<&'static str>,
    first_root: Option<&'a str>,
    roots: usize,
    complaints: Vec<Complaint>,
}

impl<'a> Walk<'a> {
    fn new(
        text: &'a str,
        document: &Document<'a>,
        clock: &Rc<FeedClock>,
        sanitise: Sanitise,
    ) -> Self {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        config.allow_unmatched_ends = true;
        config.check_end_names = false;
        Self {
            text,
            document: *document,
            reader,
            open: Vec::with_capacity(16),
            too_deep: 0,
            spaces: Vec::new(),
            undeclared: Vec::new(),
            bases: Vec::new(),
            capture: None,
            build: Building::new(document, clock, sanitise),
            entities: doctype::Entities::default(),
            format: None,
            first_root: None,
            roots: 0,
            complaints: Vec::new(),
        }
    }

    fn run(&mut self) -> Result<(), Stumble> {
        loop {
            let at = self.position();
            let event = self.reader.read_event().map_err(|error| Stumble {
                at,
                why: format!("the markup is broken: {error}"),
            })?;
            match event {
                Event::Start(start) => {
                    Self::check_tag(&start, at)?;
                    self.start(&start, at, false);
                }
                Event::Empty(start) => {
                    Self::check_tag(&start, at)?;
                    self.start(&start, at, true);
                }
                Event::End(end) => self.end(end.name().into_inner(), at)?,
                Event::Text(text) => {
                    let text = text.into_inner();
                    // One that begins no reference is given at the beginning of a text.
                    if text.starts_with('&') {
                        let (value, length) = doctype::unended_reference(&text);
                        self.complain(at, "`&` begins no entity; write `&amp;`");
                        self.characters(value, at);
                        self.characters(&text[length..], at);
                    } else {
                        self.characters(&text, at);
                    }
                }
                Event::CData(text) => self.characters(&text.into_inner(), at),
                Event::GeneralRef(reference) => self.reference(&reference.into_inner(), at),
                Event::DocType(doctype) => {
                    let length = self.text.get(at..).and_then(doctype::length);
                    if length != Some(self.position() - at) {
                        let why = "the document type is broken".to_owned();
                        return Err(Stumble { at, why });
                    }
                    self.entities.read(&doctype.into_inner());
                }
                Event::Decl(declaration) => {
                    if declaration.contains("encoding=''") || declaration.contains("encoding=\"\"")
                    {
                        self.complain(at, "the declared character encoding is empty");
                    }
                    if !self.text[..at].is_empty() {
                        self.complain(at, "something stands before the XML declaration");
                    }
                }
                Event::Eof => {
                    self.end_of_document(at);
                    return Ok(());
                }
                Event::Comment(text) => {
                    if text.contains("--") || text.ends_with('-') {
                        self.complain(at, "`--` stands in a comment");
                    }
                }
                Event::PI(_) => {}
            }
        }
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX)
    }

    /// A bracket inside a tag: a tag before it was never closed, or it was a "less than".
    fn check_tag(start: &BytesStart, at: usize) -> Result<(), Stumble> {
        let named = start
            .name()
            .into_inner()
            .starts_with(|c: char| c.is_alphabetic() || c == '_');
        if named && !start.as_ref().contains('<') {
            return Ok(());
        }
        Err(Stumble {
            at,
            why: "`<` begins no tag here; write `&lt;`".to_owned(),
        })
    }

    fn start(&mut self, start: &BytesStart, at: usize, empty: bool) {
        if let Some(resolved) = self.entities.in_attributes(start) {
            self.start_resolved(&resolved, at, empty);
        } else {
            self.start_resolved(start, at, empty);
        }
    }

    fn start_resolved(&mut self, start: &BytesStart, at: usize, empty: bool) {
        let length = start.name().into_inner().len();
        let name = self.text.get(at + 1..at + 1 + length).unwrap_or_default();
        if self.capture.is_some() && !self.leaves_capture(name) {
            self.start_in_capture(start, name, empty);
            return;
        }
        if self.open.len() >= DOCUMENT_DEPTH_MAX {
            self.too_deep += usize::from(!empty);
            self.complain(
                at,
                "elements are nested too deeply; the deepest are left out",
            );
            return;
        }
        let (spaces, bases) = (self.spaces.len(), self.bases.len());
        let has_attributes = !start.attributes_raw().trim_ascii().is_empty();
        let language = if has_attributes {
            if let Some(fault) = attributes::fault(start.attributes_raw()) {
                self.complain(at, fault);
            }
            self.scope(start, name, at)
        } else {
            None
        };
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let tag = tag(self.space(prefix, at), local);
        if matches!(tag, Tag::Item) && self.build.entry.is_some() {
            self.complain(at, "an entry begins inside another");
            self.close_entry();
        } else {
            self.close_unclosed(tag, name, at);
        }
        let parent = self.open.last().map_or(About::Outside, |open| open.about);
        let is_second_root = parent == About::Outside && self.first_root.is_some();
        let about = self.enter(tag, parent, start, name, at);
        if is_second_root && about == About::Outside && self.open.is_empty() {
            self.complain(at, "there is more than one root element");
        }
        if let Some(language) = language {
            self.speak(tag, about, language);
        }
        self.open.push(Open {
            name,
            tag,
            about,
            spaces,
            bases,
        });
        if about == parent || matches!(tag, Tag::Item | Tag::Channel) {
            self.field(tag, about, start);
        }
        if empty {
            self.close_one();
        } else if self.capture.is_some() {
            self.take_whole();
        }
    }

    fn end(&mut self, name: &str, at: usize) -> Result<(), Stumble> {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return Ok(());
        }
        let name = name.trim_ascii_end();
        let found = self.open.iter().rposition(|open| open.name == name);
        let in_other_letters = || {
            self.open
                .iter()
                .rposition(|open| open.name.eq_ignore_ascii_case(name))
        };
        let Some(found) = found.or_else(in_other_letters) else {
            if name.contains(['<', '"', '\'']) {
                let why = "a quote stands in an end tag".to_owned();
                return Err(Stumble { at, why });
            }
            self.complain(at, &format!("</{name}> closes nothing"));
            return Ok(());
        };
        if self.open[found].name != name {
            self.complain(at, &format!("</{name}> ends an element of other letters"));
        } else if found + 1 < self.open.len() {
            let inner = self.open.last().map_or("", |open| open.name);
            self.complain(at, &format!("</{name}> comes while <{inner}> is open"));
        }
        while self.open.len() > found {
            self.close_one();
        }
        Ok(())
    }

    /// Closes the innermost element.
    fn close_one(&mut self) {
        let depth = self.open.len();
        let Some(open) = self.open.pop() else { return };
        if let Some(capture) = &mut self.capture {
            if depth > capture.depth {
                let local = open.name.rsplit(':').next().unwrap_or(open.name);
                if capture.wrapper == Some(depth) {
                    capture.wrapper = Some(0);
                } else if !clean::is_void(local) && capture.characters.len() < ENTRY_TEXT_BYTES_MAX
                {
                    capture.characters.to_mut().push_str("</");
                    capture.characters.to_mut().push_str(local);
                    capture.characters.to_mut().push('>');
                }
            } else if let Some(mut capture) = self.capture.take() {
                let base = capture.base.take().or_else(|| self.base().cloned());
                self.build.take(capture, base.as_deref());
                self.tell_bad_date();
            }
        }
        match (open.about, open.tag) {
            (About::Entry, Tag::Item) => self.build.end_entry(),
            (
                About::Person,
                Tag::Author
                | Tag::Contributor
                | Tag::Editor
                | Tag::WebMaster
                | Tag::Owner
                | Tag::Creator
                | Tag::DublinContributor,
            ) => {
                self.build.end_person(open.tag);
            }
            (About::Source, Tag::Source) => self.build.end_source(),
            (About::Image, Tag::Image) => {
                let base = self.base().cloned();
                self.build.end_picture(base.as_deref());
            }
            _ => {}
        }
        self.spaces.truncate(open.spaces);
        self.bases.truncate(open.bases);
    }

    fn close_entry(&mut self) {
        if let Some(at) = self.open.iter().rposition(|open| open.tag == Tag::Item) {
            while self.open.len() > at {
                self.close_one();
            }
        }
    }

    fn characters(&mut self, text: &str, at: usize) {
        if let Some(capture) = &mut self.capture {
            let room = ENTRY_TEXT_BYTES_MAX.saturating_sub(capture.characters.len());
            let text = cut(text, room);
            if capture.kind == Kind::Xhtml {
                clean::push_escaped(capture.characters.to_mut(), text);
            } else {
                capture.characters.to_mut().push_str(text);
            }
            return;
        }
        match self.open.last() {
            Some(open) if matches!(open.about, About::Person | About::Source | About::Image) => {
                self.build.person_characters(text);
            }
            None if !text.trim().is_empty() => {
                let where_ = if self.format.is_none() {
                    "text stands before the feed"
                } else {
                    "text stands after the feed"
                };
                self.complain(at, where_);
            }
            _ => {}
        }
    }

    fn reference(&mut self, name: &str, at: usize) {
        if let Some(value) = self.entities.get(name) {
            let value = value.to_owned();
            self.characters(&value, at);
            return;
        }
        let Some(value) = entity(name) else {
            self.complain(at, &format!("`&{name};` is no entity; write `&amp;`"));
            self.characters(&format!("&{name};"), at);
            return;
        };
        let plain = name.starts_with('#') || matches!(name, "amp" | "lt" | "gt" | "quot" | "apos");
        if !plain && !self.entities.has_external() {
            self.complain(at, &format!("`&{name};` is an entity of HTML, not of XML"));
        }
        self.characters(&value, at);
    }
}

/// Whether an element begins a web page or a piece of one.
fn is_page(name: &str) -> bool {
    const PAGE: [&str; 14] = [
        "html", "head", "body", "br", "b", "p", "div", "script", "meta", "title", "h1", "center",
        "font", "table",
    ];
    PAGE.iter().any(|page| page.eq_ignore_ascii_case(name))
}
