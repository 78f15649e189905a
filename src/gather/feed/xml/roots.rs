//! Where a feed begins, what kind it is, and what an element is about.

mod ahead;

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
            // A page around a feed: a program's, or a browser's that showed it.
            (About::Nothing, Tag::Rss | Tag::Rdf | Tag::Feed)
                if self.format.is_none()
                    && ["version", "xmlns"].iter().any(|said| start.attributes_raw().contains(said)) =>
            {
                self.complain(at, "the feed stands inside a web page");
                self.enter_root(tag, start, name, at)
            }
            (About::Feed, Tag::Item) => {
                if self.build.begin_entry() {
                    About::Entry
                } else {
                    About::Nothing
                }
            }
            (About::Foreign, tag) if is_of_its_own(tag) => About::Nothing,
            (About::Feed | About::Entry | About::Near, Tag::Image) => {
                self.build.begin_person(parent);
                About::Image
            }
            (
                About::Feed | About::Entry | About::Near,
                Tag::Author
                | Tag::Contributor
                | Tag::Editor
                | Tag::WebMaster
                | Tag::Creator
                | Tag::DublinContributor,
            )
            // Who owns a podcast speaks for it where nobody else is named.
            | (About::Feed, Tag::Owner) => {
                self.build.begin_person(parent);
                About::Person
            }
            (About::Entry | About::Near, Tag::Source) => {
                self.build.begin_person(parent);
                About::Source
            }
            (About::Entry, Tag::Unknown) => About::Unsure,
            (About::Feed | About::Entry | About::Near, Tag::TextInput | Tag::Owner)
            | (About::Feed, Tag::Source)
            | (About::Source, Tag::Author | Tag::Contributor | Tag::Image) => About::Nothing,
            _ => parent,
        }
    }

    /// An element that cannot stand where it begins shows that what is around it
    /// was never closed: an entry in a picture, a title in a person of RSS.
    pub(super) fn close_unclosed(&mut self, tag: Tag, name: &str, at: usize) {
        if tag != Tag::Unknown {
            self.know_around(tag, at);
        }
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
            _ => matches!(
                about,
                About::Feed | About::Entry | About::Near | About::Foreign
            ),
        };
        if fits || !self.open.iter().any(|open| is_home(open.about)) {
            return;
        }
        // Atom's persons may hold all kinds of elements (RFC 4287 section 6.4).
        let person = self.open.iter().find(|open| open.about == About::Person);
        if let Some(person) = person.map(|open| open.name).filter(|_| tag != Tag::Item)
            && self.is_closed(person, at)
        {
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

    /// Decides what an element that nobody here knows is about, once one that is
    /// known begins in it. If it was never closed, what follows is of the entry.
    fn know_around(&mut self, tag: Tag, at: usize) {
        let Some(around) = self.open.last() else {
            return;
        };
        if around.about == About::Unsure {
            let known = self
                .open
                .iter()
                .position(|open| open.about == About::Unsure);
            let first = known.unwrap_or_default();
            let outside = (first..self.open.len()).find_map(|depth| {
                let about = self.vocabulary_about(self.open[depth].name, at)?;
                Some((depth, about))
            });
            for open in &mut self.open[first..] {
                open.about = About::Entry;
            }
            if let Some((depth, about)) = outside
                && self.is_closed(self.open[depth].name, at)
            {
                for open in &mut self.open[depth..] {
                    open.about = about;
                }
            }
        } else if around.about == About::Feed
            && around.tag == Tag::Unknown
            && !matches!(tag, Tag::Item | Tag::Channel)
        {
            let name = around.name;
            let is_foreign = self.vocabulary_about(name, at) == Some(About::Foreign);
            if is_foreign
                && self.is_closed(name, at)
                && let Some(around) = self.open.last_mut()
            {
                around.about = About::Nothing;
            }
        }
    }

    /// What stands in the unknown element `name` is about; `None`: as its
    /// vocabulary has it, it only holds together what is the entry's own.
    fn vocabulary_about(&mut self, name: &'a str, at: usize) -> Option<About> {
        let prefix = name.split_once(':').map_or("", |(prefix, _)| prefix);
        match self.space(prefix, at) {
            Space::Core => Some(About::Near),
            Space::Other => Some(About::Foreign),
            _ => None,
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

/// Whether what stands in an element is not the entry's, nor of what is around it.
const fn is_of_its_own(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Image
            | Tag::Author
            | Tag::Contributor
            | Tag::Editor
            | Tag::WebMaster
            | Tag::Creator
            | Tag::DublinContributor
            | Tag::Owner
            | Tag::Source
            | Tag::TextInput
    )
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
