//! What each element adds to the feed's head or to the entry being read.

mod characters;

use std::borrow::Cow;
use std::rc::Rc;

use chrono::{DateTime, Utc};
use quick_xml::events::BytesStart;
use url::Url;

use crate::gather::document::{DOCUMENT_ENTRIES_MAX, Document};
use crate::model::draft::{Draft, Enclosure, FeedHead, Person};

use super::attributes;
use super::date::FeedClock;
use super::entry::{Entry, LIST_MAX, Weighed, Weight};
use super::names::Tag;
use super::value::{self, Kind, Sanitise};
use super::{link, person};

/// The most of one document looked through for end tags of what may be unclosed.
const LOOK_AHEAD_BYTES_MAX: usize = 4 * 1024 * 1024;

/// What an element of the document is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    /// Nothing yet: before the root.
    Outside,
    Feed,
    Entry,
    /// The feed an entry was taken from.
    Source,
    /// The picture of the feed or entry.
    Image,
    /// A person of the feed or entry.
    Person,
    /// An element nobody here knows inside an entry, until one that is known stands in it.
    Unsure,
    /// What stands in such an element, and so may be about something else.
    Near,
    /// The same where the element is of another vocabulary: most likely about
    /// something else.
    Foreign,
    /// Nothing that is read.
    Nothing,
}

impl About {
    /// Whether it is about something near the entry.
    pub(super) const fn is_beside(self) -> bool {
        matches!(self, Self::Near | Self::Foreign)
    }
}

/// The characters of one element, with what its start said.
#[derive(Debug)]
pub(super) struct Capture<'a> {
    pub(super) tag: Tag,
    pub(super) about: About,
    pub(super) kind: Kind,
    /// The document's own where they stand in it as they are meant.
    pub(super) characters: Cow<'a, str>,
    /// Open elements when it began, itself included.
    pub(super) depth: usize,
    /// It stands in an element nobody here knows, and may speak of that.
    pub(super) is_near: bool,
    /// Where the wrapping `div` of XHTML content stands, which is no part of it.
    pub(super) wrapper: Option<usize>,
    /// What its addresses are relative to, where the wrapper says so.
    pub(super) base: Option<Rc<Url>>,
    /// Term, scheme and label; a generator's address and version; or a file's
    /// media type, length and medium.
    pub(super) said: [Option<String>; 3],
}

/// Media type, length and medium of a file, as written.
pub(super) type FileSaid = [Option<String>; 3];

/// The feed while it is being read.
pub(super) struct Building {
    pub(super) head: FeedHead,
    pub(super) drafts: Vec<Draft>,
    pub(super) entry: Option<Entry>,
    /// Entries left out because there were too many.
    pub(super) left_out: usize,
    pub(super) is_rss: bool,
    /// Links are resolved against it where no `xml:base` is.
    pub(super) default_base: Option<Rc<Url>>,
    /// Dates that could not be read, to be complained of.
    pub(super) bad_date: Option<String>,
    title: Weighed,
    description: Weighed,
    link: Weighed,
    pub(super) language: Weighed,
    rights: Weighed,
    published: Option<DateTime<Utc>>,
    dublin_date: Option<DateTime<Utc>>,
    web_master: Option<Person>,
    pub(super) clock: Rc<FeedClock>,
    sanitise: Sanitise,
    person: Person,
    /// The person, source or picture is of what stands near the entry.
    is_beside: bool,
    line: String,
    /// Bytes that may still be looked through for end tags.
    pub(super) look_ahead_bytes: usize,
}

impl Building {
    pub(super) fn new(document: &Document, clock: &Rc<FeedClock>, sanitise: Sanitise) -> Self {
        Self {
            head: FeedHead::default(),
            drafts: Vec::new(),
            entry: None,
            left_out: 0,
            is_rss: true,
            default_base: document.url.cloned().map(Rc::new),
            bad_date: None,
            title: Weighed::default(),
            description: Weighed::default(),
            link: Weighed::default(),
            language: Weighed::default(),
            rights: Weighed::default(),
            published: None,
            dublin_date: None,
            web_master: None,
            clock: Rc::clone(clock),
            sanitise,
            person: Person::default(),
            is_beside: false,
            line: String::new(),
            look_ahead_bytes: LOOK_AHEAD_BYTES_MAX,
        }
    }

    /// A new entry; `false` if there are too many already.
    pub(super) fn begin_entry(&mut self) -> bool {
        if self.drafts.len() >= DOCUMENT_ENTRIES_MAX {
            self.left_out += 1;
            return false;
        }
        self.entry = Some(Entry::default());
        true
    }

    /// The entry is complete.
    pub(super) fn end_entry(&mut self) {
        if let Some(entry) = self.entry.take()
            && !entry.is_empty()
        {
            self.drafts.push(entry.finish(self.is_rss));
        }
    }

    /// The document is complete.
    pub(super) fn finish(mut self) -> (FeedHead, Vec<Draft>) {
        self.head.title = self.title.value;
        self.head.description = self.description.value;
        self.head.link = self.link.value;
        self.head.language = self.language.value;
        self.head.rights = self.rights.value;
        self.head.updated = self.head.updated.or(self.dublin_date).or(self.published);
        if self.head.authors.is_empty() {
            self.head.authors.extend(self.web_master);
        }
        (self.head, self.drafts)
    }

    /// A person, source or picture begins inside `parent`.
    pub(super) fn begin_person(&mut self, parent: About) {
        self.person = Person::default();
        self.is_beside = parent.is_beside();
        self.line.clear();
    }

    /// Puts what stands near the entry in its place, and the entry back there the
    /// next time.
    pub(super) fn turn_aside(&mut self) {
        if let Some(entry) = &mut self.entry {
            let mut near = entry.near.take().unwrap_or_default();
            std::mem::swap(entry, &mut near);
            entry.near = Some(near);
        }
    }

    /// Does `act` for the entry or for what stands near it.
    fn beside(&mut self, is_beside: bool, act: impl FnOnce(&mut Self)) {
        if is_beside {
            self.turn_aside();
        }
        act(self);
        if is_beside {
            self.turn_aside();
        }
    }

    /// Characters between the elements of one: all there is in RSS.
    pub(super) fn person_characters(&mut self, characters: &str) {
        if self.line.len() + characters.len() <= value::LINE_BYTES_MAX {
            self.line.push_str(characters);
        }
    }

    /// A person is complete.
    pub(super) fn end_person(&mut self, tag: Tag) {
        self.beside(self.is_beside, |build| build.name_person(tag));
    }

    fn name_person(&mut self, tag: Tag) {
        let told = std::mem::take(&mut self.person);
        let person = if told == Person::default() {
            let line = value::line(Kind::Guess, &self.line).unwrap_or_default();
            person::from_line(&line)
        } else {
            Some(told)
        };
        let Some(person) = person else { return };
        let list = match (&mut self.entry, tag) {
            (Some(entry), Tag::WebMaster) => {
                entry.publisher.get_or_insert(person);
                return;
            }
            (None, Tag::WebMaster | Tag::Owner) => {
                self.web_master.get_or_insert(person);
                return;
            }
            (Some(entry), Tag::Contributor | Tag::DublinContributor) => {
                &mut entry.draft.contributors
            }
            // The head of a feed names no helpers.
            (None, Tag::Contributor | Tag::DublinContributor) => return,
            (Some(entry), _) => &mut entry.draft.authors,
            (None, _) => &mut self.head.authors,
        };
        if list.len() < LIST_MAX && !list.contains(&person) {
            list.push(person);
        }
    }

    /// The source of an entry is complete; RSS names it in its characters.
    pub(super) fn end_source(&mut self) {
        self.beside(self.is_beside, |build| {
            if let Some(entry) = &mut build.entry
                && entry.draft.source.is_none()
            {
                entry.draft.source = value::line(Kind::Guess, &build.line);
            }
        });
    }

    /// A picture is complete; many feeds name it in its characters.
    pub(super) fn end_picture(&mut self, base: Option<&Url>) {
        let line = std::mem::take(&mut self.line);
        if link::is_address(&line) {
            self.beside(self.is_beside, |build| build.picture(line.trim(), base));
        }
    }

    /// A link whose address is an attribute (Atom, and RSS by it).
    pub(super) fn link(&mut self, start: &BytesStart, about: About, base: Option<&Url>) {
        let get = |name| attributes::get(start, name);
        let Some(href) = get("href").and_then(|href| link::resolve(&href, base)) else {
            return;
        };
        let rel = get("rel").map_or_else(
            || "alternate".to_owned(),
            |rel| rel.trim().to_ascii_lowercase(),
        );
        let rel = rel
            .strip_prefix("http://www.iana.org/assignments/relation/")
            .unwrap_or(&rel);
        let media_type = get("type");
        let page = media_type.as_deref().is_none_or(|media_type| {
            Kind::of(Some(media_type), None, Kind::Xhtml) != Kind::Base64
                && !media_type.contains("rss")
                && !media_type.contains("atom")
        });
        let weight = match (page, self.is_rss) {
            (true, false) => Weight::Own,
            // The format's own link is an element of its own.
            (true, true) => Weight::Other,
            (false, _) => Weight::Aside,
        };
        match (about, &mut self.entry, rel) {
            (About::Entry, Some(entry), "alternate") => {
                entry.link.offer(weight, Some(href));
            }
            (About::Entry, Some(entry), "enclosure") => {
                let enclosure = Enclosure {
                    url: href,
                    media_type,
                    length_bytes: get("length").and_then(|length| length.trim().parse().ok()),
                };
                push_file(&mut entry.draft.enclosures, enclosure);
            }
            (About::Entry, Some(entry), "replies") if page => {
                entry.draft.comments.get_or_insert(href);
            }
            (About::Feed, _, "alternate") => {
                self.link.offer(weight, Some(href));
            }
            (About::Feed, _, "self") => {
                self.remember_base(&href);
                self.head.self_link.get_or_insert(href);
            }
            (About::Feed, _, "hub") if self.head.hubs.len() < LIST_MAX => self.head.hubs.push(href),
            _ => {}
        }
    }

    /// A file that comes with the entry: its address and what was said of it.
    pub(super) fn file(&mut self, tag: Tag, url: &str, said: FileSaid, base: Option<&Url>) {
        let [media_type, length, medium] = said;
        let Some(entry) = &mut self.entry else { return };
        let Some(url) = link::resolve(url, base) else {
            return;
        };
        let media_type = media_type.or_else(|| match tag {
            Tag::MediaThumbnail | Tag::ItunesImage | Tag::Image => Some("image/*".to_owned()),
            _ => medium
                .filter(|medium| medium == "image")
                .map(|_| "image/*".to_owned()),
        });
        let file = Enclosure {
            url,
            media_type: media_type.and_then(|media_type| value::bare(&media_type)),
            length_bytes: length.and_then(|length| length.trim().parse().ok()),
        };
        let list = if tag == Tag::Enclosure {
            &mut entry.draft.enclosures
        } else {
            &mut entry.media
        };
        push_file(list, file);
    }

    /// The picture of the entry or feed.
    pub(super) fn picture(&mut self, url: &str, base: Option<&Url>) {
        if self.entry.is_some() {
            self.file(Tag::Image, url, FileSaid::default(), base);
        } else if self.head.image.is_none() {
            self.head.image = link::resolve(url, base);
        }
    }

    fn remember_base(&mut self, address: &str) {
        if self.default_base.is_none() {
            self.default_base = Url::parse(address)
                .ok()
                .filter(|url| !url.cannot_be_a_base())
                .map(Rc::new);
        }
    }
}

fn push_file(list: &mut Vec<Enclosure>, file: Enclosure) {
    if list.len() < LIST_MAX && !list.contains(&file) {
        list.push(file);
    }
}
