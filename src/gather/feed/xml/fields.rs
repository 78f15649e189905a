//! Elements that say something by their attributes, and where characters are taken.

use std::borrow::Cow;

use quick_xml::events::BytesStart;
use url::Url;

use crate::model::draft::{Category, Generator};

use super::super::build::{About, Capture, FileSaid};
use super::super::entry::{Weight, add_category};
use super::super::names::Tag;
use super::super::value::Kind;
use super::super::{attributes, link};
use super::Walk;

/// The scheme of what podcasts are labelled with.
const ITUNES_SCHEME: &str = "http://www.itunes.com/";
/// The scheme of Media RSS' categories where none is said (its section 2.6).
const MEDIA_SCHEME: &str = "http://search.yahoo.com/mrss/category_schema";

impl Walk<'_> {
    /// An element that says something by its attributes or its characters.
    pub(super) fn field(&mut self, tag: Tag, about: About, start: &BytesStart) {
        if about.is_beside() {
            let is_of_article =
                || names_article(tag) && !(tag == Tag::Link && is_of_relation(start));
            if about == About::Near || is_of_article() {
                self.build.turn_aside();
                self.field(tag, About::Entry, start);
                self.build.turn_aside();
            }
            if let Some(capture) = &mut self.capture {
                capture.about = about;
            }
            return;
        }
        let base = self.base().cloned();
        let base = base.as_deref();
        match (tag, about) {
            (Tag::Item, About::Entry) => self.entry_attributes(start),
            (Tag::Channel, About::Feed) if self.format == Some("cdf") => {
                self.build.link(start, About::Feed, base);
                self.build.head.updated =
                    attributes::get(start, "lastmod").and_then(|text| self.build.clock.read(&text));
            }
            (Tag::Link, About::Feed | About::Entry) if attributes::get(start, "href").is_some() => {
                self.build.link(start, about, base);
            }
            (
                Tag::Enclosure | Tag::MediaContent | Tag::MediaThumbnail | Tag::ItunesImage,
                About::Entry,
            )
            | (Tag::ItunesImage, About::Feed) => self.file(tag, about, start, base),
            (Tag::Content, About::Entry) => self.content(start, base),
            (Tag::GeneratorAgent, About::Feed) => {
                let url = attributes::get(start, "resource");
                self.build.head.generator.get_or_insert(Generator {
                    name: url.clone(),
                    url,
                    version: None,
                });
            }
            (Tag::ItunesCategory, About::Feed | About::Entry) => self.itunes_category(start, about),
            (Tag::Unknown | Tag::Rss | Tag::Rdf | Tag::Feed | Tag::Channel | Tag::Item, _)
            | (_, About::Nothing | About::Outside) => {}
            _ => self.begin_capture(tag, about, start),
        }
    }

    /// A file; some write its address between the tags.
    fn file(&mut self, tag: Tag, about: About, start: &BytesStart, base: Option<&Url>) {
        let get = |name| attributes::get(start, name);
        let address = get("url").or_else(|| get("href"));
        let Some(url) = address.or_else(|| get("resource")) else {
            // A player or a picture may stand in its place (Media RSS, `media:player`).
            let after = self.text.get(self.position()..).unwrap_or_default();
            let holds_elements =
                after.trim_start().starts_with('<') && !after.trim_start().starts_with("<![CDATA[");
            if tag != Tag::MediaContent || !holds_elements {
                self.begin_capture(tag, about, start);
            }
            return;
        };
        if about == About::Feed {
            self.build.picture(&url, base);
        } else {
            self.build.file(tag, &url, file_said(start), base);
        }
    }

    /// An entry's content: here, elsewhere (RFC 4287 section 4.1.3.2), or in
    /// several parts of which each is a content (Atom 0.3).
    fn content(&mut self, start: &BytesStart, base: Option<&Url>) {
        let media_type = attributes::get(start, "type").unwrap_or_default();
        if media_type
            .get(..10)
            .is_some_and(|head| head.eq_ignore_ascii_case("multipart/"))
        {
            return;
        }
        let elsewhere = attributes::get(start, "src").and_then(|src| link::resolve(&src, base));
        if let (Some(entry), Some(_)) = (&mut self.build.entry, &elsewhere) {
            entry.link.offer(Weight::Aside, elsewhere);
        }
        self.begin_capture(Tag::Content, About::Entry, start);
    }

    pub(super) fn entry_attributes(&mut self, start: &BytesStart) {
        let base = self.base().cloned();
        let Some(entry) = &mut self.build.entry else {
            return;
        };
        if let Some(id) = attributes::get(start, "about") {
            entry.draft.id =
                Some(link::resolve_id(id.trim(), base.as_deref())).filter(|id| !id.is_empty());
        }
        if self.format == Some("cdf") {
            let href = attributes::get(start, "href")
                .and_then(|href| link::resolve(&href, base.as_deref()));
            entry.link.offer(Weight::Other, href);
            entry.draft.updated =
                attributes::get(start, "lastmod").and_then(|text| self.build.clock.read(&text));
        }
    }

    pub(super) fn itunes_category(&mut self, start: &BytesStart, about: About) {
        let Some(term) = attributes::get(start, "text") else {
            return;
        };
        let list = match (&mut self.build.entry, about) {
            (Some(entry), About::Entry) => &mut entry.draft.categories,
            _ => &mut self.build.head.categories,
        };
        let scheme = Some(ITUNES_SCHEME.to_owned());
        add_category(
            list,
            Category {
                term: term.trim().to_owned(),
                scheme,
                label: None,
            },
        );
    }

    pub(super) fn begin_capture(&mut self, tag: Tag, about: About, start: &BytesStart) {
        let get = |name| attributes::get(start, name);
        let said = match tag {
            Tag::Category | Tag::Subject => [
                get("term").filter(|term| !term.trim().is_empty()),
                get("scheme").or_else(|| get("domain")),
                get("label"),
            ],
            Tag::MediaCategory => [
                None,
                get("scheme").or_else(|| Some(MEDIA_SCHEME.to_owned())),
                get("label"),
            ],
            Tag::Enclosure | Tag::MediaContent | Tag::MediaThumbnail => file_said(start),
            Tag::Generator => {
                let url = get("uri").or_else(|| get("url")).or_else(|| get("href"));
                [url, get("version"), None]
            }
            Tag::Id => [get("ispermalink"), None, None],
            Tag::ItunesKeywords => [None, Some(ITUNES_SCHEME.to_owned()), None],
            _ => [None, None, None],
        };
        let otherwise = match tag {
            Tag::Content | Tag::Description | Tag::Body if self.build.is_rss => Kind::Html,
            Tag::Encoded => Kind::Html,
            Tag::FullText => Kind::Lines,
            Tag::Body => Kind::Xhtml,
            _ if self.build.is_rss => Kind::Guess,
            // No element of Atom's: it is given as other formats give it.
            Tag::Description | Tag::NearDescription => Kind::Guess,
            Tag::OtherDescription if start.name().into_inner().contains(':') => Kind::Guess,
            _ => Kind::Text,
        };
        let typed = matches!(
            tag,
            Tag::Title
                | Tag::Summary
                | Tag::Content
                | Tag::Subtitle
                | Tag::Rights
                | Tag::OtherDescription
                | Tag::NearDescription
                | Tag::Description
                | Tag::MediaTitle
                | Tag::Encoded
        );
        let kind = if typed {
            Kind::of(get("type").as_deref(), get("mode").as_deref(), otherwise)
        } else {
            otherwise
        };
        self.capture = Some(Capture {
            tag,
            about,
            kind,
            characters: Cow::Borrowed(""),
            depth: self.open.len(),
            is_near: self
                .open
                .iter()
                .nth_back(1)
                .is_some_and(|around| matches!(around.tag, Tag::Unknown | Tag::MediaContent)),
            wrapper: None,
            base: None,
            said,
        });
    }
}

/// Whether an element tells where an article is, what it is called or what it
/// says: rather another's than none. Another's labels, persons, files and dates
/// would be passed off as its own.
const fn names_article(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Title
            | Tag::DublinTitle
            | Tag::MediaTitle
            | Tag::Link
            | Tag::Url
            | Tag::Id
            | Tag::Description
            | Tag::OtherDescription
            | Tag::NearDescription
            | Tag::Subtitle
            | Tag::ItunesSubtitle
            | Tag::Summary
            | Tag::Content
            | Tag::Body
            | Tag::FullText
            | Tag::Encoded
            | Tag::MediaContent
            | Tag::MediaThumbnail
            | Tag::ItunesImage
    )
}

/// Whether a link leads elsewhere than to what it speaks of.
fn is_of_relation(start: &BytesStart) -> bool {
    attributes::get(start, "rel").is_some_and(|rel| !rel.trim().eq_ignore_ascii_case("alternate"))
}

fn file_said(start: &BytesStart) -> FileSaid {
    let get = |name| attributes::get(start, name);
    let length = get("length").or_else(|| get("filesize"));
    [get("type"), length, get("medium")]
}
