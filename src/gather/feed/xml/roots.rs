//! Where a feed begins, what kind it is, and what an element is about.

use quick_xml::events::BytesStart;

use super::super::COMPLAINTS_MAX;
use super::super::attributes;
use super::super::build::About;
use super::super::entry::Weight;
use super::super::names::{Space, Tag, space_of_prefix};
use super::{Walk, is_page};

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
            (About::Feed | About::Entry, Tag::Image) => {
                self.build.begin_person();
                About::Image
            }
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
            (About::Feed | About::Entry, Tag::TextInput | Tag::Owner)
            | (About::Feed, Tag::Source)
            | (About::Source, Tag::Author | Tag::Contributor | Tag::Image) => About::Nothing,
            _ => parent,
        }
    }

    /// An element that cannot stand where it begins shows that what is around it
    /// was never closed: an entry in a picture, a title in a person of RSS.
    pub(super) fn close_unclosed(&mut self, tag: Tag, name: &str, at: usize) {
        let Some(parent) = self.open.last().map(|open| open.about) else {
            return;
        };
        let fits = match parent {
            About::Image | About::Source | About::Nothing => tag != Tag::Item,
            About::Person => !matches!(
                tag,
                Tag::Item
                    | Tag::Title
                    | Tag::Link
                    | Tag::Description
                    | Tag::Encoded
                    | Tag::Published
                    | Tag::Category
                    | Tag::Enclosure
            ),
            _ => true,
        };
        let is_home = |about: About| match tag {
            Tag::Item => about == About::Feed,
            _ => matches!(about, About::Feed | About::Entry),
        };
        if fits || !self.open.iter().any(|open| is_home(open.about)) {
            return;
        }
        self.complain(
            at,
            &format!("<{name}> begins inside an element that was not closed"),
        );
        while self.open.last().is_some_and(|open| !is_home(open.about)) {
            self.close_one();
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
            // An Entry Document (RFC 4287 section 2): the entry is all there is.
            Tag::Item
                if self.open.is_empty() && name.ends_with("entry") && self.format.is_none() =>
            {
                self.format = Some(Self::atom_version(start));
                self.build.is_rss = false;
                self.build.begin_entry();
                return About::Entry;
            }
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

    /// The namespace that holds for `prefix`.
    pub(super) fn space(&mut self, prefix: &'a str, at: usize) -> Space {
        let declared = self.spaces.iter().rev().find(|(known, _)| *known == prefix);
        if let Some((_, space)) = declared {
            return *space;
        }
        let told = prefix.is_empty() || self.undeclared.contains(&prefix);
        if !told && self.undeclared.len() < COMPLAINTS_MAX {
            self.undeclared.push(prefix);
            self.complain(at, &format!("the prefix of <{prefix}:…> is not declared"));
        }
        space_of_prefix(prefix)
    }

    pub(super) fn speak(&mut self, tag: Tag, about: About, language: String) {
        match (tag, about, &mut self.build.entry) {
            (Tag::Rss | Tag::Rdf | Tag::Feed | Tag::Channel, _, _) => {
                self.build.language.offer(Weight::Aside, Some(language));
            }
            (Tag::Item | Tag::Content | Tag::Encoded | Tag::Body, About::Entry, Some(entry)) => {
                entry.language.offer(Weight::Aside, Some(language));
            }
            _ => {}
        }
    }
}

fn rss_version(version: Option<&str>) -> &'static str {
    match version.unwrap_or_default().trim() {
        "0.90" | "0.9" => "rss090",
        "0.91" => "rss091",
        "0.92" => "rss092",
        "0.93" => "rss093",
        "0.94" => "rss094",
        "1.0" => "rss10",
        _ => "rss20",
    }
}
