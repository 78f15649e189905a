//! What a page shows with its scripts, told in markup that shows it without them:
//! pictures whose address waits in another attribute or in a `noscript`, films and
//! recordings, and players in frames as links to what they play. Pixels that count
//! readers are left out.
//!
//! It only writes tags anew; nothing it lets through is harmless before the
//! sanitiser has seen it.

mod players;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use memchr::memchr;

use super::entities::decode_entities;
use super::push_escaped;
use super::tag::{Attributes, Tag, raw_end, tag_at};

/// Attributes where a picture's address waits for a script, the likeliest first.
const WAITING: [&str; 9] = [
    "data-src",
    "data-lazy-src",
    "data-original",
    "data-lazy",
    "data-litespeed-src",
    "data-original-src",
    "data-img-src",
    "data-full-src",
    "data-image",
];
/// The same for several sizes.
const WAITING_SETS: [&str; 4] = ["data-srcset", "data-lazy-srcset", "srcset", "data-src-set"];
/// What a picture that stands for another is called.
const STAND_INS: [&str; 13] = [
    "blank",
    "placeholder",
    "spacer",
    "lazy",
    "loading",
    "loader",
    "transparent",
    "1x1",
    "pixel",
    "dummy",
    "grey",
    "gray",
    "empty",
];
/// An address of more bytes is none.
const ADDRESS_BYTES_MAX: usize = 4 * 1024;
/// What stands inside a film or recording is no longer.
const RECORDING_BYTES_MAX: usize = 16 * 1024;
/// Elements whose content is no markup, besides those that are read here.
const RAW: [&str; 7] = [
    "script", "style", "title", "textarea", "xmp", "noembed", "noframes",
];

/// Where pictures count who reads: a host and the beginning of a path.
static COUNTERS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let lines = include_str!("shown/counters.txt").lines();
    lines.filter(|line| !line.starts_with('#')).collect()
});

/// What a picture's tag holds that may have to be written anew, or left out.
static SIGNS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let written = [
        "data-", "srcset", "lazy", "px", "\"1\"", "\"0\"", "'1'", "'0'", "=1", "=0",
    ];
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(written.iter().chain(COUNTERS.iter()))
        .ok()
});

/// `html` with what would be shown.
pub(super) fn shown(html: &str) -> Cow<'_, str> {
    let bytes = html.as_bytes();
    let mut pass = Pass {
        html,
        kept: String::new(),
        copied: 0,
        plain: Vec::new(),
        told: HashSet::new(),
    };
    let mut at = 0;
    while let Some(found) = memchr(b'<', &bytes[at..]) {
        let start = at + found;
        at = if is_of_interest(bytes, start) {
            pass.tag(start)
        } else {
            start + 1
        };
    }
    if pass.copied == 0 {
        return Cow::Borrowed(html);
    }
    pass.kept.push_str(&html[pass.copied..]);
    Cow::Owned(pass.kept)
}

/// Whether one of the tags looked at may begin there; the letters the names of all
/// begin with, because most tags are others.
fn is_of_interest(bytes: &[u8], start: usize) -> bool {
    let letter = |ahead: usize| bytes.get(start + ahead).map(u8::to_ascii_lowercase);
    matches!(
        (letter(1), letter(2)),
        (Some(b'i'), Some(b'm' | b'f'))
            | (Some(b'n'), Some(b'o'))
            | (Some(b'a'), Some(b'm' | b'u'))
            | (Some(b'v' | b't'), Some(b'i' | b'e'))
            | (Some(b's'), Some(b'c' | b't'))
            | (Some(b'x'), Some(b'm'))
            | (Some(b'!'), _)
    )
}

struct Pass<'a> {
    html: &'a str,
    kept: String,
    /// How much of `html` is in `kept`, or left out of it.
    copied: usize,
    /// Tags of pictures that stay as they are, not yet in `told`.
    plain: Vec<(usize, Tag)>,
    /// Pictures met, by what their addresses have in common.
    told: HashSet<String>,
}

impl Pass<'_> {
    /// Looks at the tag there; tells where to look on.
    fn tag(&mut self, start: usize) -> usize {
        let tag = tag_at(self.html, start);
        let name = tag.name.as_str();
        if tag.closing {
            return tag.end;
        }
        match name {
            "img" if is_plain(&self.html[start..tag.end]) => {
                let end = tag.end;
                self.plain.push((start, tag));
                end
            }
            "img" | "amp-img" => self.picture(start, &tag),
            "noscript" => self.without_scripts(start, &tag),
            "iframe" => self.frame(start, &tag),
            "video" | "audio" => self.recording(start, &tag),
            _ if RAW.contains(&name) => raw_end(self.html, tag.end, name),
            _ => tag.end,
        }
    }

    fn replace(&mut self, start: usize, end: usize) -> &mut String {
        self.kept.push_str(&self.html[self.copied..start]);
        self.copied = end;
        &mut self.kept
    }

    /// Takes note of the pictures that were met: of no use in most texts.
    fn note_plain(&mut self) {
        for (start, tag) in std::mem::take(&mut self.plain) {
            let picture = Picture::of(attributes(self.html, start, &tag));
            self.told.insert(gist(&picture.address).to_owned());
        }
    }

    fn picture(&mut self, start: usize, tag: &Tag) -> usize {
        self.note_plain();
        let picture = Picture::of(attributes(self.html, start, tag));
        let is_same = picture.is_waiting && self.told.contains(gist(&picture.address));
        if picture.counts_readers() || is_same {
            self.replace(start, tag.end);
            return tag.end;
        }
        if picture.is_waiting || tag.name != "img" {
            picture.write(self.replace(start, tag.end));
        }
        if !picture.address.is_empty() {
            self.told.insert(gist(&picture.address).to_owned());
        }
        tag.end
    }

    /// What is shown where scripts don't run: its pictures, as far as they were not
    /// shown before.
    fn without_scripts(&mut self, start: usize, tag: &Tag) -> usize {
        let close = raw_end(self.html, tag.end, "noscript");
        if close == self.html.len() {
            return close;
        }
        self.note_plain();
        let end = tag_at(self.html, close).end;
        let inside = &self.html[tag.end..close];
        let mut pictures = String::new();
        let mut at = 0;
        while let Some(found) = memchr(b'<', &inside.as_bytes()[at..]) {
            let place = at + found;
            let tag = tag_at(inside, place);
            at = tag.end;
            if tag.name != "img" || tag.closing {
                continue;
            }
            let picture = Picture::of(attributes(inside, place, &tag));
            if !picture.address.is_empty()
                && !picture.counts_readers()
                && self.told.insert(gist(&picture.address).to_owned())
            {
                picture.write(&mut pictures);
            }
        }
        if !pictures.is_empty() {
            self.replace(start, end).push_str(&pictures);
        }
        end
    }

    /// A link to what a player in a frame plays; other frames are left to the
    /// sanitiser.
    fn frame(&mut self, start: usize, tag: &Tag) -> usize {
        let close = raw_end(self.html, tag.end, "iframe");
        if close == self.html.len() {
            return close;
        }
        let end = tag_at(self.html, close).end;
        let attributes = attributes(self.html, start, tag);
        let places = ["src", "data-src", "data-lazy-src", "data-litespeed-src"];
        let found = places.iter().find_map(|name| {
            let address = attributes.iter().find(|(known, _)| known == name)?;
            players::played(&address.1)
        });
        if let Some((player, address)) = found {
            let kept = self.replace(start, end);
            kept.push_str("<a href=\"");
            push_escaped(kept, &address);
            kept.push_str("\">▶ ");
            kept.push_str(player);
            kept.push_str("</a>");
        }
        end
    }

    /// A film or recording with the first of its sources, without what is said to
    /// browsers that can't play it.
    fn recording(&mut self, start: usize, tag: &Tag) -> usize {
        let attributes = attributes(self.html, start, tag);
        let own = attributes.iter().find(|(name, _)| name == "src");
        let own = own.map(|(_, address)| address.clone());
        let Some((told, end)) = recorded(self.html, tag) else {
            return tag.end;
        };
        let Some(address) = own.or(told).filter(|address| is_address(address)) else {
            return tag.end;
        };
        let kept = self.replace(start, end);
        kept.push('<');
        kept.push_str(&tag.name);
        kept.push_str(" controls=\"\"");
        push_attribute(kept, "src", &address);
        for (name, value) in &attributes {
            if matches!(name.as_str(), "poster" | "width" | "height") {
                push_attribute(kept, name, value);
            }
        }
        kept.push_str("></");
        kept.push_str(&tag.name);
        kept.push('>');
        end
    }
}

/// Whether a picture's tag is shown as it is written, surely.
fn is_plain(tag: &str) -> bool {
    SIGNS.as_ref().is_some_and(|signs| !signs.is_match(tag))
}

/// The address of a picture, by the values of its attributes (empty: there is none),
/// where it waits for a script and what is shown meanwhile stands for it.
pub fn waiting_address<'a>(value: impl Fn(&str) -> Cow<'a, str>) -> Option<String> {
    let own = value("src");
    let own = own.trim();
    let is_stand_in = !is_address(own) || is_called_stand_in(own);
    if !is_stand_in && !value("class").to_ascii_lowercase().contains("lazy") {
        return None;
    }
    let waiting = WAITING.iter().map(|name| value(name).trim().to_owned());
    let sets = WAITING_SETS.iter().filter(|_| is_stand_in);
    let sets = sets.filter_map(|name| widest(&value(name)));
    waiting.chain(sets).find(|address| is_address(address))
}

/// The first source inside a film or recording, and where it ends. `None`: it is not
/// closed where it should be, before another begins.
fn recorded(html: &str, opening: &Tag) -> Option<(Option<String>, usize)> {
    let mut told = None;
    let mut at = opening.end;
    while let Some(found) = memchr(b'<', &html.as_bytes()[at..]) {
        let start = at + found;
        if start > opening.end + RECORDING_BYTES_MAX {
            return None;
        }
        let tag = tag_at(html, start);
        at = tag.end;
        match tag.name.as_str() {
            name if tag.closing && name == opening.name => return Some((told, at)),
            "video" | "audio" => return None,
            "source" if told.is_none() => {
                let attributes = attributes(html, start, &tag);
                let mut found = attributes.into_iter().filter(|(name, _)| name == "src");
                told = found.next().map(|(_, address)| address);
            }
            _ => {}
        }
    }
    None
}

/// The names in small letters, the values with their references resolved.
fn attributes(html: &str, start: usize, tag: &Tag) -> Vec<(String, String)> {
    let all = Attributes::from(html, start + 1 + tag.name.len());
    let all = all.map(|(name, value)| {
        let value = decode_entities(value).trim().to_owned();
        (name.to_ascii_lowercase(), value)
    });
    all.collect()
}

struct Picture {
    attributes: Vec<(String, String)>,
    /// Empty where it has none.
    address: String,
    /// Without a script it would not be shown.
    is_waiting: bool,
}

impl Picture {
    fn of(attributes: Vec<(String, String)>) -> Self {
        let value = |name: &str| {
            let found = attributes.iter().find(|(known, _)| known == name);
            found.map_or("", |(_, value)| value.as_str())
        };
        let waits = waiting_address(|name| value(name).into());
        Self {
            is_waiting: waits.is_some(),
            address: waits.unwrap_or_else(|| value("src").to_owned()),
            attributes,
        }
    }

    /// Whether nobody is meant to see it.
    fn counts_readers(&self) -> bool {
        let mut sides = (false, false);
        for (name, value) in &self.attributes {
            let is_none = matches!(value.trim_end_matches("px"), "0" | "1");
            match name.as_str() {
                "width" => sides.0 |= is_none,
                "height" => sides.1 |= is_none,
                "style" => {
                    for rule in value.to_ascii_lowercase().split(';') {
                        let Some((name, value)) = rule.split_once(':') else {
                            continue;
                        };
                        let is_none = matches!(value.trim().trim_end_matches("px"), "0" | "1");
                        sides.0 |= is_none && name.trim() == "width";
                        sides.1 |= is_none && name.trim() == "height";
                    }
                }
                _ => {}
            }
        }
        let address = self.address.trim_start_matches("https:");
        let address = address.trim_start_matches("http:");
        let place = address.strip_prefix("//");
        let is_counter = place.is_some_and(|place| {
            let place = place.trim_start_matches("www.");
            COUNTERS.iter().any(|known| place.starts_with(known))
        });
        (sides == (true, true) && !self.is_waiting) || is_counter
    }

    fn write(&self, html: &mut String) {
        html.push_str("<img");
        push_attribute(html, "src", &self.address);
        for (name, value) in &self.attributes {
            if ["alt", "title", "width", "height", "align", "lang"].contains(&name.as_str()) {
                push_attribute(html, name, value);
            }
        }
        html.push('>');
    }
}

fn push_attribute(html: &mut String, name: &str, value: &str) {
    html.push(' ');
    html.push_str(name);
    html.push_str("=\"");
    push_escaped(html, value);
    html.push('"');
}

/// Whether it may lead to a picture or recording.
fn is_address(text: &str) -> bool {
    let has_scheme = |scheme: &str| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    !text.is_empty()
        && text.len() <= ADDRESS_BYTES_MAX
        && !text.starts_with('#')
        && !["data:", "about:", "blob:", "javascript:"]
            .iter()
            .any(|scheme| has_scheme(scheme))
        && !text.contains(|c: char| c.is_whitespace() || matches!(c, '{' | '}' | '<' | '>'))
}

fn is_called_stand_in(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let file = path.rsplit('/').next().unwrap_or_default();
    let file = file.to_ascii_lowercase();
    STAND_INS.iter().any(|name| file.contains(name))
}

/// What two addresses of one picture have in common.
fn gist(address: &str) -> &str {
    let place = address.split_once("//").map_or(address, |(_, place)| place);
    place.split(['?', '#']).next().unwrap_or_default()
}

/// The widest of a set of sizes (HTML section 4.8.4.2.1).
fn widest(set: &str) -> Option<String> {
    let mut best: Option<(f64, &str)> = None;
    let mut rest = set;
    while let Some(start) = rest.find(|c: char| !c.is_ascii_whitespace() && c != ',') {
        rest = &rest[start..];
        let end = rest.find(|c: char| c.is_ascii_whitespace());
        let (written, after) = rest.split_at(end.unwrap_or(rest.len()));
        let address = written.trim_end_matches(',');
        let mut size = 1.0;
        rest = after;
        if address.len() == written.len() {
            let (told, next) = after.split_once(',').unwrap_or((after, ""));
            size = told
                .trim()
                .trim_end_matches(['w', 'x', 'h'])
                .parse()
                .unwrap_or(1.0);
            rest = next;
        }
        if best.is_none_or(|(known, _)| size > known) {
            best = Some((size, address));
        }
    }
    best.map(|(_, address)| address.to_owned())
}

#[cfg(test)]
mod tests;
