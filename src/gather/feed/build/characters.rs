//! What the characters of a complete element say.

use chrono::{DateTime, Utc};
use url::Url;

use crate::model::draft::{Category, Draft, Generator};

use super::super::date::FeedClock;
use super::super::entry::{Entry, Weight, add_category};
use super::super::link;
use super::super::names::Tag;
use super::super::value::{self, Kind};
use super::{About, Building, Capture};

impl Building {
    /// The characters of an element that is complete.
    pub(in crate::gather::feed) fn take(&mut self, capture: Capture, base: Option<&Url>) {
        match capture.about {
            About::Person => self.take_person(&capture, base),
            About::Source => self.beside(self.is_beside, |build| build.take_source(&capture)),
            About::Image => {
                if matches!(capture.tag, Tag::Url) {
                    let address = &capture.characters;
                    self.beside(self.is_beside, |build| build.picture(address, base));
                }
            }
            About::Entry => self.take_entry(capture, base),
            About::Near | About::Foreign => {
                self.beside(true, |build| build.take_entry(capture, base));
            }
            // The head's own would come too late: the first date stays.
            About::Feed if capture.is_near && is_date(capture.tag) => {}
            About::Feed => self.take_head(capture, base),
            About::Outside | About::Unsure | About::Nothing => {}
        }
    }

    fn take_person(&mut self, capture: &Capture, base: Option<&Url>) {
        let text = value::line(capture.kind, &capture.characters);
        match capture.tag {
            Tag::Name => self.person.name = text,
            Tag::Email => {
                self.person.email = text.map(|line| line.trim_start_matches("mailto:").to_owned());
            }
            Tag::Uri | Tag::Url => {
                self.person.url = text.and_then(|url| link::resolve(&url, base));
            }
            _ => {}
        }
    }

    fn take_source(&mut self, capture: &Capture) {
        if let (Tag::Title, Some(entry)) = (capture.tag, &mut self.entry) {
            entry.draft.source = value::line(capture.kind, &capture.characters);
        }
    }

    fn take_entry(&mut self, capture: Capture, base: Option<&Url>) {
        let sanitise = self.sanitise;
        let Some(entry) = &mut self.entry else { return };
        let Capture {
            tag,
            kind,
            characters,
            said,
            is_near,
            ..
        } = capture;
        match tag {
            Tag::Title | Tag::DublinTitle | Tag::MediaTitle => {
                let title = value::line(kind, &characters);
                entry.title.offer(weight_of(tag, is_near), title);
            }
            Tag::Link | Tag::Url => {
                let address = address(&characters, base);
                entry.link.offer(weight_of(tag, is_near), address);
            }
            Tag::Enclosure | Tag::MediaContent | Tag::MediaThumbnail | Tag::ItunesImage => {
                if let Some(address) = bare_address(&characters) {
                    self.file(tag, &address, said, base);
                }
            }
            Tag::Id => {
                let said = (said[0].as_deref(), is_near);
                take_id(&mut entry.draft, &characters, said, base, self.is_rss);
            }
            Tag::Published | Tag::Updated | Tag::DublinDate | Tag::Created => {
                let slot = match tag {
                    Tag::Published => &mut entry.published,
                    Tag::Updated => &mut entry.draft.updated,
                    Tag::DublinDate => &mut entry.dublin_date,
                    _ => &mut entry.created,
                };
                take_date(slot, &characters, &self.clock, &mut self.bad_date);
            }
            Tag::Category
            | Tag::Subject
            | Tag::Keywords
            | Tag::ItunesKeywords
            | Tag::MediaCategory => {
                take_labels(&mut entry.draft.categories, tag, kind, &characters, said);
            }
            Tag::Language | Tag::DublinLanguage => {
                let language = value::line(kind, &characters);
                entry.language.offer(weight_of(tag, is_near), language);
            }
            Tag::Rights | Tag::DublinRights => {
                let rights = value::line(kind, &characters);
                entry.rights.offer(weight_of(tag, is_near), rights);
            }
            Tag::Comments => {
                entry.draft.comments = address(&characters, base);
            }
            _ => {
                let tag = match tag {
                    Tag::Description | Tag::Summary if is_near => Tag::NearDescription,
                    tag => tag,
                };
                let said = (tag, kind, characters.len());
                take_text(entry, said, self.is_rss, || {
                    value::html_by(sanitise, kind, characters, base)
                });
            }
        }
    }

    fn take_head(&mut self, capture: Capture, base: Option<&Url>) {
        let Capture {
            tag,
            kind,
            characters,
            said,
            is_near,
            ..
        } = capture;
        let line = || value::line(kind, &characters);
        let address = || address(&characters, base);
        match tag {
            Tag::Title | Tag::DublinTitle | Tag::MediaTitle => {
                self.title.offer(weight_of(tag, is_near), line());
            }
            Tag::Description
            | Tag::Subtitle
            | Tag::OtherDescription
            | Tag::NearDescription
            | Tag::Summary
            | Tag::ItunesSubtitle
            | Tag::Content
            | Tag::Encoded
            | Tag::Body => {
                self.description.offer(weight_of(tag, is_near), line());
            }
            Tag::Link | Tag::Url => {
                let address = address();
                if let Some(address) = &address {
                    self.remember_base(address);
                }
                self.link.offer(weight_of(Tag::Link, is_near), address);
            }
            Tag::Id => {
                let id = value::bare(&characters).map(|id| link::resolve_id(&id, base));
                self.head.id = self.head.id.take().or(id);
            }
            Tag::Published | Tag::Created | Tag::Updated | Tag::DublinDate => {
                let slot = match tag {
                    Tag::Updated => &mut self.head.updated,
                    Tag::DublinDate => &mut self.dublin_date,
                    _ => &mut self.published,
                };
                take_date(slot, &characters, &self.clock, &mut self.bad_date);
            }
            Tag::Category
            | Tag::Subject
            | Tag::Keywords
            | Tag::ItunesKeywords
            | Tag::MediaCategory => {
                take_labels(&mut self.head.categories, tag, kind, &characters, said);
            }
            Tag::Language | Tag::DublinLanguage => {
                self.language.offer(weight_of(tag, is_near), line());
            }
            Tag::Rights | Tag::DublinRights => {
                self.rights.offer(weight_of(tag, is_near), line());
            }
            Tag::ItunesImage => {
                if let Some(address) = bare_address(&characters) {
                    self.picture(&address, base);
                }
            }
            Tag::Generator => {
                self.head.generator = Some(generator(line(), said, base));
            }
            Tag::Ttl => self.head.ttl_minutes = characters.trim().parse().ok(),
            Tag::Icon => self.head.icon = address(),
            Tag::Logo => self.head.logo = address(),
            _ => {}
        }
    }
}

/// How much a saying counts that several vocabularies have a name for, or that
/// may be about something near.
const fn weight_of(tag: Tag, is_near: bool) -> Weight {
    match tag {
        // A feed has no content, but some say there what it is about.
        Tag::Content | Tag::Encoded | Tag::Body => Weight::Spare,
        _ if is_near => Weight::Aside,
        Tag::MediaTitle | Tag::OtherDescription | Tag::NearDescription | Tag::Summary => {
            Weight::Aside
        }
        // `url` is often that of a picture nearby.
        Tag::DublinTitle
        | Tag::DublinLanguage
        | Tag::DublinRights
        | Tag::Url
        | Tag::ItunesSubtitle => Weight::Other,
        _ => Weight::Own,
    }
}

fn address(characters: &str, base: Option<&Url>) -> Option<String> {
    let address = value::bare(characters).map(link::unescaped);
    address.and_then(|url| link::resolve(&url, base))
}

const fn is_date(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Published | Tag::Created | Tag::Updated | Tag::DublinDate
    )
}

/// The address of a file between tags, which may hold words or markup as well.
fn bare_address(characters: &str) -> Option<String> {
    value::bare(characters).filter(|address| link::is_address(address))
}

fn generator(name: Option<String>, said: [Option<String>; 3], base: Option<&Url>) -> Generator {
    let [url, version, _] = said;
    let url = url.and_then(|url| link::resolve(&url, base));
    Generator { name, url, version }
}

/// The sayings of an entry that are markup.
fn take_text(
    entry: &mut Entry,
    (tag, kind, bytes): (Tag, Kind, usize),
    is_rss: bool,
    html: impl FnOnce() -> Option<String>,
) {
    let of_content = match tag {
        // Atom may give the same content as text and as markup, which says more.
        Tag::Content if kind == Kind::Text => Weight::Aside,
        Tag::Encoded if !is_rss => Weight::Other,
        _ => Weight::Own,
    };
    match tag {
        Tag::Summary | Tag::Description if entry.summary.wants(Weight::Own) => {
            entry.summarise(Weight::Own, html());
        }
        // A second description is the long one.
        Tag::Summary | Tag::Description | Tag::Body | Tag::FullText
            if entry.content.wants(Weight::Other) =>
        {
            entry.content.offer(Weight::Other, html());
        }
        Tag::OtherDescription
            if entry.summary.wants(Weight::Other)
                || entry.content.wants(Weight::Spare) && bytes > entry.summary.len() =>
        {
            entry.summarise(Weight::Other, html());
        }
        Tag::NearDescription | Tag::Subtitle | Tag::ItunesSubtitle
            if entry.summary.wants(Weight::Aside) =>
        {
            entry.summary.offer(Weight::Aside, html());
        }
        Tag::Content | Tag::Encoded if entry.content.wants(of_content) => {
            entry.content.offer(of_content, html());
        }
        _ => {}
    }
}

fn take_id(
    draft: &mut Draft,
    characters: &str,
    (permalink, is_near): (Option<&str>, bool),
    base: Option<&Url>,
    is_rss: bool,
) {
    let Some(id) = value::bare(characters) else {
        return;
    };
    // RSS' own stands before one of another vocabulary that follows it, and any
    // before that of what is near.
    if is_rss && draft.id_is_permalink.is_some() || is_near && draft.id.is_some() {
        return;
    }
    let is_permalink = !permalink.is_some_and(|said| said.trim().eq_ignore_ascii_case("false"));
    draft.id_is_permalink = (is_rss && !is_near).then_some(is_permalink);
    draft.id = Some(if is_permalink {
        link::resolve_id(&id, base)
    } else {
        id
    });
}

fn take_date(
    slot: &mut Option<DateTime<Utc>>,
    characters: &str,
    clock: &FeedClock,
    bad: &mut Option<String>,
) {
    match (clock.read(characters), &slot) {
        (Some(at), None) => *slot = Some(at),
        (None, _) if !characters.trim().is_empty() => {
            *bad = Some(value::cut(characters.trim(), 60).to_owned());
        }
        _ => {}
    }
}

fn take_labels(
    list: &mut Vec<Category>,
    tag: Tag,
    kind: Kind,
    characters: &str,
    said: [Option<String>; 3],
) {
    let [term, scheme, label] = said;
    if matches!(tag, Tag::Keywords | Tag::ItunesKeywords) {
        for word in characters.split(',') {
            let term = value::line(Kind::Guess, word).unwrap_or_default();
            let scheme = scheme.clone();
            add_category(
                list,
                Category {
                    term,
                    scheme,
                    label: None,
                },
            );
        }
        return;
    }
    let term = term
        .map_or_else(
            || value::line(kind, characters),
            |term| value::line(Kind::Text, &term),
        )
        .unwrap_or_default();
    let scheme = scheme.and_then(|scheme| value::bare(&scheme));
    let label = label.and_then(|label| value::line(Kind::Text, &label));
    add_category(
        list,
        Category {
            term,
            scheme,
            label,
        },
    );
}
