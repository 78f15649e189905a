//! Elements that say something by their attributes, and where characters are taken.

use std::borrow::Cow;

use quick_xml::events::BytesStart;

use crate::model::draft::{Category, Generator};

use super::super::build::{About, Capture};
use super::super::entry::{Weight, add_category};
use super::super::names::Tag;
use super::super::value::Kind;
use super::super::{attributes, date, link};
use super::Walk;

/// The scheme of what podcasts are labelled with.
const ITUNES_SCHEME: &str = "http://www.itunes.com/";

impl Walk<'_> {
    /// An element that says something by its attributes or its characters.
    pub(super) fn field(&mut self, tag: Tag, about: About, start: &BytesStart) {
        let base = self.base().cloned();
        let base = base.as_deref();
        match (tag, about) {
            (Tag::Item, About::Entry) => self.entry_attributes(start),
            (Tag::Channel, About::Feed) if self.format == Some("cdf") => {
                self.build.link(start, About::Feed, base);
            }
            (Tag::Link, About::Feed | About::Entry) if attributes::get(start, "href").is_some() => {
                self.build.link(start, about, base);
            }
            (Tag::Enclosure | Tag::MediaContent | Tag::MediaThumbnail, About::Entry) => {
                self.build.file(tag, start, base);
            }
            (Tag::ItunesImage, About::Entry) => self.build.file(tag, start, base),
            (Tag::ItunesImage, About::Feed) => {
                if let Some(url) =
                    attributes::get(start, "href").or_else(|| attributes::get(start, "url"))
                {
                    self.build.picture(&url, base);
                }
            }
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
            entry.draft.updated = attributes::get(start, "lastmod")
                .and_then(|text| date::read(&text, self.document.received));
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
            Tag::Category | Tag::Subject | Tag::MediaCategory => [
                get("term"),
                get("scheme").or_else(|| get("domain")),
                get("label"),
            ],
            Tag::Generator => [get("uri").or_else(|| get("url")), get("version"), None],
            Tag::Id => [get("ispermalink"), None, None],
            Tag::ItunesKeywords => [None, Some(ITUNES_SCHEME.to_owned()), None],
            _ => [None, None, None],
        };
        let otherwise = match tag {
            Tag::Content | Tag::Description | Tag::Encoded | Tag::Body if self.build.is_rss => {
                Kind::Html
            }
            Tag::Body => Kind::Xhtml,
            _ if self.build.is_rss => Kind::Guess,
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
            wrapper: None,
            said,
        });
    }
}
