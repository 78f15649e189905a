//! What a page shows with its scripts, told in markup that shows it without them:
//! pictures whose address waits in another attribute or in a `noscript`, films and
//! recordings, players in frames as links to what they play, the words of formulas. Pixels that count
//! readers are left out.
//!
//! It only writes tags anew; nothing it lets through is harmless before the
//! sanitiser has seen it.

mod formula;
mod picture;
mod players;

use std::borrow::Cow;
use std::collections::HashSet;

use memchr::memchr;

use self::picture::{Picture, attributes, gist, is_address, is_plain, push_attribute};
use super::push_escaped;
use super::tag::{Tag, raw_end, tag_at};

pub use self::picture::waiting_address;

/// What stands inside a film or recording is no longer.
const RECORDING_BYTES_MAX: usize = 16 * 1024;
/// Elements whose content is no markup, besides those that are read here.
const RAW: [&str; 7] = [
    "script", "style", "title", "textarea", "xmp", "noembed", "noframes",
];

/// `html` with what would be shown.
pub(super) fn shown(html: &str) -> Cow<'_, str> {
    let bytes = html.as_bytes();
    let mut pass = Pass {
        html,
        kept: String::new(),
        copied: 0,
        plain: Vec::new(),
        told: HashSet::new(),
        no_frame_ends: false,
        endless: 0,
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
            | (Some(b'm'), Some(b'a'))
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
    /// No frame is closed from here on.
    no_frame_ends: bool,
    /// Up to there no formula ends.
    endless: usize,
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
            "math" => self.formula(start, &tag),
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
    /// sanitiser. One that is never closed would hide all that follows: it is closed
    /// at once, as one written in the manner of XML is.
    fn frame(&mut self, start: usize, tag: &Tag) -> usize {
        let close = if tag.self_closing || self.no_frame_ends {
            self.html.len()
        } else {
            raw_end(self.html, tag.end, "iframe")
        };
        let is_closed = close < self.html.len();
        self.no_frame_ends |= !is_closed && !tag.self_closing;
        let end = if is_closed {
            tag_at(self.html, close).end
        } else {
            tag.end
        };
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
        } else if !is_closed {
            self.replace(start, end);
        }
        end
    }

    fn formula(&mut self, start: usize, tag: &Tag) -> usize {
        let words = formula::words(self.html, start, tag, &mut self.endless);
        let Some((words, end)) = words else {
            return tag.end;
        };
        self.replace(start, end).push_str(&words);
        end
    }

    /// A film or recording with the first of its sources, without what is said to
    /// browsers that can't play it. One that is not closed is closed at once: nothing
    /// in it would be seen.
    fn recording(&mut self, start: usize, tag: &Tag) -> usize {
        let attributes = attributes(self.html, start, tag);
        let own = attributes.iter().find(|(name, _)| name == "src");
        let own = own.map(|(_, address)| address.clone());
        let inside = recorded(self.html, tag);
        let is_closed = inside.is_some();
        let (told, end) = inside.unwrap_or((None, tag.end));
        let Some(address) = own.or(told).filter(|address| is_address(address)) else {
            if !is_closed {
                self.replace(start, end);
            }
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

#[cfg(test)]
mod tests;
