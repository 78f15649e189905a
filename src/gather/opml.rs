//! OPML subscription lists (opml.org, 1.0 to 2.0) as other programs write them:
//! outlines one after the other, none kept; a bad one costs no other. Our own say
//! more, in attributes others pass over.
//!
//! Deliberately absent: folders, which say nothing a catalogue keeps, and lists
//! included from elsewhere (`type="include"`).

mod write;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use url::Url;

use super::charset;
use super::clean;
use super::discover::telegram_preview;
use super::document::DOCUMENT_DEPTH_MAX;
use super::feed::attributes;
use super::page::opening;
use crate::model::complaint::{Complaint, Position};
use crate::model::source::{JsonRules, PageRules, Place};
use crate::text::normalise::one_line;

pub use write::write;

/// The largest file read.
pub const OPML_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// The most feeds taken from one file.
pub const OPML_FEEDS_MAX: usize = 10_000;
/// The longest name kept, in characters.
const NAME_CHARS_MAX: usize = 200;
/// Attributes an address is found under, the right one first.
const ADDRESS_KEYS: [&str; 3] = ["xmlUrl", "url", "feedUrl"];
/// Types that mean a feed.
const FEED_TYPES: [&str; 5] = ["rss", "atom", "rss1", "rss2", "feed"];
/// Parts of types that mean a page read by another program's rules (FreshRSS).
const RULE_TYPES: [&str; 3] = ["xpath", "dotnotation", "dotpath"];
/// What kind of source an outline of ours is.
const KIND_KEY: &str = "jarshy:kind";

/// One feed of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    pub url: Url,
    /// How it is read.
    pub place: Place,
    /// As the list calls it, in one line.
    pub title: Option<String>,
    /// The page the feed belongs to.
    pub home: Option<Url>,
    /// As said.
    pub language: Option<String>,
    pub position: Position,
}

/// What is met in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Met {
    Feed(Box<Outline>),
    /// An outline, or the list itself, that is wrong.
    Bad(Complaint),
}

/// Reads a list; `tell` hears of each outline in the order of the file, which is
/// called `place` in complaints.
pub fn read(bytes: &[u8], place: &str, tell: impl FnMut(Met)) {
    let decoded = charset::decode(bytes, None);
    let mut list = List {
        place,
        tell,
        bases: Vec::new(),
        feeds: 0,
        is_opml: false,
        lines: Lines::new(&decoded.text),
    };
    if decoded.had_errors {
        let message = format!(
            "the declared encoding is wrong, or some letters are broken; read as {}",
            decoded.encoding
        );
        let start = Position { line: 1, column: 1 };
        (list.tell)(Met::Bad(Complaint::warning(place, message).at(start)));
    }
    if let Err(why) = list.walk(&decoded.text) {
        list.bad(why);
    } else if !list.is_opml {
        list.bad("this is no OPML; expected an element `opml`".to_owned());
    }
}

/// What is known while reading.
struct List<'a, T> {
    place: &'a str,
    tell: T,
    /// `xml:base` of the elements that are open.
    bases: Vec<Option<Url>>,
    feeds: usize,
    is_opml: bool,
    /// Where we are.
    lines: Lines<'a>,
}

impl<T: FnMut(Met)> List<'_, T> {
    /// # Errors
    /// Why nothing further is read.
    fn walk(&mut self, text: &str) -> Result<(), String> {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        config.allow_unmatched_ends = true;
        config.check_end_names = false;
        loop {
            let before = reader.buffer_position();
            self.lines
                .go_to(usize::try_from(before).unwrap_or(usize::MAX));
            match reader.read_event() {
                Ok(Event::Start(element)) => self.open(&element),
                Ok(Event::Empty(element)) => {
                    self.open(&element);
                    self.bases.pop();
                }
                Ok(Event::End(_)) => {
                    self.bases.pop();
                }
                Ok(Event::Eof) if self.bases.is_empty() || !self.is_opml => return Ok(()),
                Ok(Event::Eof) => {
                    return Err("the file is cut short; what came before it is taken".to_owned());
                }
                Ok(_) => {}
                Err(error) => {
                    return Err(format!("broken XML: {error}; what came before it is taken"));
                }
            }
            if self.bases.len() > DOCUMENT_DEPTH_MAX {
                return Err("nested too deep; what came before it is taken".to_owned());
            }
            if self.feeds > OPML_FEEDS_MAX {
                return Err(format!(
                    "more than {OPML_FEEDS_MAX} feeds; the rest is left out"
                ));
            }
        }
    }

    fn open(&mut self, element: &BytesStart<'_>) {
        let said: Vec<(String, String)> = attributes::all(element)
            .map(|(key, value)| (key.to_ascii_lowercase(), value))
            .collect();
        let said = Said(said);
        let above = self.bases.last().cloned().flatten();
        let base = match said.get("xml:base") {
            Some(base) => opening::address(above.as_ref(), base).or(above),
            None => above,
        };
        let name = element.local_name();
        if name.as_ref().eq_ignore_ascii_case("opml") {
            self.is_opml = true;
        } else if self.is_opml && name.as_ref().eq_ignore_ascii_case("outline") {
            self.outline(&said, base.as_ref());
        }
        self.bases.push(base);
    }

    fn outline(&mut self, said: &Said, base: Option<&Url>) {
        let kind = said.get("type").unwrap_or_default().to_ascii_lowercase();
        let is_feed = FEED_TYPES.contains(&kind.as_str());
        let keys = if is_feed {
            &ADDRESS_KEYS[..]
        } else {
            &ADDRESS_KEYS[..1]
        };
        let Some(raw) = keys.iter().find_map(|key| said.get(key)) else {
            if is_feed {
                let called = said.title().unwrap_or_default();
                let called = opening::quote(&called);
                self.bad(format!("the outline “{called}” has no xmlUrl; left out"));
            }
            return;
        };
        self.feeds += 1;
        if self.feeds > OPML_FEEDS_MAX {
            return;
        }
        if RULE_TYPES.iter().any(|rule| kind.contains(rule)) {
            let called = opening::quote(&said.title().unwrap_or_default());
            let kind = opening::quote(said.get("type").unwrap_or_default());
            self.bad(format!(
                "the outline “{called}” is read by another program's rules ({kind}), which are \
                 not taken over: try `jarshy sources add` with its address; left out"
            ));
            return;
        }
        let place = feed_address(raw, base).and_then(|url| said.place(url));
        match place {
            Ok(place) => {
                let Some(url) = place.url().cloned() else {
                    return;
                };
                let outline = Outline {
                    url,
                    place,
                    title: said.title(),
                    home: said
                        .get("htmlurl")
                        .and_then(|home| opening::address(base, home))
                        .filter(|home| home.username().is_empty() && home.password().is_none()),
                    language: said.get("language").map(str::to_owned),
                    position: self.lines.position(),
                };
                (self.tell)(Met::Feed(Box::new(outline)));
            }
            Err(why) => self.bad(why),
        }
    }

    fn bad(&mut self, message: String) {
        let complaint = Complaint::error(self.place, message).at(self.lines.position());
        (self.tell)(Met::Bad(complaint));
    }
}

/// An outline's attributes, keys in lower case.
struct Said(Vec<(String, String)>);

impl Said {
    fn get(&self, key: &str) -> Option<&str> {
        let found = self
            .0
            .iter()
            .find(|(known, value)| known.eq_ignore_ascii_case(key) && !value.trim().is_empty());
        found.map(|(_, value)| value.trim())
    }

    /// How the outline's address is read.
    fn place(&self, url: Url) -> Result<Place, String> {
        let rule = |name: &str| {
            let key = format!("jarshy:{name}");
            self.get(&key).map(str::to_owned)
        };
        Ok(match self.get(KIND_KEY) {
            Some("page") => Place::Page {
                url,
                rules: PageRules::from_keys(rule),
            },
            Some("json") => Place::Json {
                url,
                rules: JsonRules::from_keys(rule),
            },
            Some("sitemap") => Place::Sitemap(url),
            Some("feed" | "telegram") | None => match telegram_preview(&url) {
                Some(preview) => Place::Telegram(preview),
                None => Place::Feed(url),
            },
            Some(other) => {
                let other = opening::quote(other);
                return Err(format!(
                    "“{other}” is no kind of source; the outline is left out"
                ));
            }
        })
    }

    fn title(&self) -> Option<String> {
        ["title", "text"].iter().find_map(|key| {
            let title = opening::line(&clean::escape(self.get(key)?))?;
            let title = one_line(&title);
            (!title.is_empty()).then(|| title.chars().take(NAME_CHARS_MAX).collect())
        })
    }
}

/// The address an outline means; `feed:` before it is a habit of old readers.
fn feed_address(raw: &str, base: Option<&Url>) -> Result<Url, String> {
    let scheme = raw.get(..5).map(str::to_ascii_lowercase);
    let address = match scheme.as_deref() {
        Some("feed:") => {
            let rest = &raw[5..];
            match rest.strip_prefix("//") {
                Some(host) => format!("http://{host}"),
                None => rest.to_owned(),
            }
        }
        _ => raw.to_owned(),
    };
    let Some(mut url) = opening::address(base, &address) else {
        let said = opening::quote(raw);
        return Err(format!(
            "“{said}” is no address on the web; the outline is left out"
        ));
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "an address with a user name or password in it; the outline is left out".to_owned(),
        );
    }
    url.set_fragment(None);
    Ok(url)
}

/// Where we are in a text: counted on, since a long file has many outlines.
struct Lines<'a> {
    text: &'a str,
    offset: usize,
    line: usize,
    line_start: usize,
}

impl<'a> Lines<'a> {
    const fn new(text: &'a str) -> Self {
        Self {
            text,
            offset: 0,
            line: 1,
            line_start: 0,
        }
    }

    /// Moves to the first thing that is no space from `offset` on, never back.
    fn go_to(&mut self, offset: usize) {
        let bytes = self.text.as_bytes();
        let end = offset.min(bytes.len());
        while self.offset < end || bytes.get(self.offset).is_some_and(u8::is_ascii_whitespace) {
            if bytes[self.offset] == b'\n' {
                self.line += 1;
                self.line_start = self.offset + 1;
            }
            self.offset += 1;
        }
    }

    fn position(&self) -> Position {
        // One line may hold a whole file: columns are counted up to here only.
        const COLUMNS_MAX: usize = 10_000;
        let bytes = &self.text.as_bytes()[self.line_start..self.offset];
        // A character's first byte: any but those that go on with one (UTF-8).
        let is_start = |byte: &&u8| **byte & 0xC0 != 0x80;
        let column = bytes.iter().take(COLUMNS_MAX).filter(is_start).count() + 1;
        Position {
            line: self.line,
            column,
        }
    }
}

#[cfg(test)]
mod tests;
