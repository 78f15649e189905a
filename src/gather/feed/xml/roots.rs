//! Where a feed begins, what kind it is, and what an element is about.

use quick_xml::events::BytesStart;

use super::super::attributes;
use super::super::build::About;
use super::super::names::Tag;
use super::{Walk, is_page, rss_version};

impl<'a> Walk<'a> {
    /// What an element that begins inside `parent` is about.
    pub(super) fn enter(
        &mut self,
        tag: Tag,
        parent: About,
        start: &BytesStart,
        name: &'a str,
        at: usize,
    ) -> About {
        match (parent, tag) {
            (About::Outside, _) => self.enter_root(tag, start, name, at),
            (About::Feed, Tag::Item) => {
                if self.build.begin_entry() {
                    About::Entry
                } else {
                    About::Nothing
                }
            }
            (About::Feed, Tag::Image) => About::Image,
            (
                About::Feed | About::Entry,
                Tag::Author
                | Tag::Contributor
                | Tag::Editor
                | Tag::WebMaster
                | Tag::Creator
                | Tag::DublinContributor,
            )
            // Who owns a podcast speaks for it where nobody else is named.
            | (About::Feed, Tag::Owner) => {
                self.build.begin_person();
                About::Person
            }
            (About::Entry, Tag::Source) => {
                self.build.begin_person();
                About::Source
            }
            (About::Feed | About::Entry, Tag::TextInput | Tag::Owner | Tag::Image)
            | (About::Feed, Tag::Source)
            | (About::Source, Tag::Author | Tag::Contributor | Tag::Image) => About::Nothing,
            _ => parent,
        }
    }

    pub(super) fn enter_root(
        &mut self,
        tag: Tag,
        start: &BytesStart,
        name: &'a str,
        at: usize,
    ) -> About {
        if self.first_root.is_none() {
            self.first_root = Some(name);
            if !matches!(tag, Tag::Rss | Tag::Rdf | Tag::Feed | Tag::Channel) && is_page(name) {
                return About::Nothing;
            }
        }
        let format = match tag {
            Tag::Rss => rss_version(attributes::get(start, "version").as_deref()),
            Tag::Rdf => Self::rdf_version(start),
            Tag::Feed => Self::atom_version(start),
            Tag::Channel if self.format.is_none() => {
                if attributes::get(start, "href").is_some() {
                    "cdf"
                } else {
                    "rss20"
                }
            }
            // A closing tag came too early: what follows still belongs to the feed.
            Tag::Channel if self.format.is_some() => return About::Feed,
            Tag::Item if self.format.is_some() => {
                self.complain(at, "an entry stands after the end of the feed");
                return if self.build.begin_entry() {
                    About::Entry
                } else {
                    About::Nothing
                };
            }
            _ => return About::Outside,
        };
        self.roots += 1;
        if self.roots > 1 {
            self.complain(at, "a second feed begins in the same document");
        } else {
            self.format = Some(format);
            self.build.is_rss = !format.starts_with("atom");
        }
        About::Feed
    }

    pub(super) fn rdf_version(start: &BytesStart) -> &'static str {
        let old = attributes::all(start).any(|(key, value)| {
            key.starts_with("xmlns")
                && value
                    .to_ascii_lowercase()
                    .contains("netscape.com/rdf/simple/0.9")
        });
        if old { "rss090" } else { "rss10" }
    }

    pub(super) fn atom_version(start: &BytesStart) -> &'static str {
        let version = attributes::get(start, "version");
        let old = attributes::all(start)
            .any(|(key, value)| key.starts_with("xmlns") && value.contains("purl.org/atom/ns#"));
        if old || version.is_some_and(|version| version.starts_with("0.")) {
            "atom03"
        } else {
            "atom10"
        }
    }

    pub(super) fn speak(&mut self, tag: Tag, about: About, language: String) {
        match (tag, about, &mut self.build.entry) {
            (Tag::Rss | Tag::Rdf | Tag::Feed | Tag::Channel, _, _) => {
                self.build.head.language.get_or_insert(language);
            }
            (Tag::Item, About::Entry, Some(entry)) => {
                entry.draft.language.get_or_insert(language);
            }
            _ => {}
        }
    }
}
