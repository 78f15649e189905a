//! Pictures as they are written: where their addresses wait for scripts, which stand
//! for another, and which only count readers.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::super::entities::decode_entities;
use super::super::push_escaped;
use super::super::tag::{Attributes, Tag};

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

/// Where pictures count who reads: a host and the beginning of a path.
static COUNTERS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let lines = include_str!("counters.txt").lines();
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

/// Whether a picture's tag is shown as it is written, surely.
pub(super) fn is_plain(tag: &str) -> bool {
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

/// The names in small letters, the values with their references resolved.
pub(super) fn attributes(html: &str, start: usize, tag: &Tag) -> Vec<(String, String)> {
    let all = Attributes::from(html, start + 1 + tag.name.len());
    let all = all.map(|(name, value)| {
        let value = decode_entities(value).trim().to_owned();
        (name.to_ascii_lowercase(), value)
    });
    all.collect()
}

pub(super) struct Picture {
    attributes: Vec<(String, String)>,
    /// Empty where it has none.
    pub(super) address: String,
    /// Without a script it would not be shown.
    pub(super) is_waiting: bool,
}

impl Picture {
    pub(super) fn of(attributes: Vec<(String, String)>) -> Self {
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
    pub(super) fn counts_readers(&self) -> bool {
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

    pub(super) fn write(&self, html: &mut String) {
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

pub(super) fn push_attribute(html: &mut String, name: &str, value: &str) {
    html.push(' ');
    html.push_str(name);
    html.push_str("=\"");
    push_escaped(html, value);
    html.push('"');
}

/// Whether it may lead to a picture or recording.
pub(super) fn is_address(text: &str) -> bool {
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
pub(super) fn gist(address: &str) -> &str {
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
mod tests {
    use super::*;

    #[test]
    fn the_widest_of_a_set_is_taken() {
        for (set, expected) in [
            ("", None),
            (" , ", None),
            ("a.jpg", Some("a.jpg")),
            ("a.jpg, b.jpg 2x", Some("b.jpg")),
            ("a,b.jpg 640w,c.jpg 320w", Some("a,b.jpg")),
            ("a.jpg 1.5x , b.jpg", Some("a.jpg")),
            ("a.jpg wide, b.jpg 2w", Some("b.jpg")),
        ] {
            assert_eq!(widest(set).as_deref(), expected, "{set}");
        }
    }
}
