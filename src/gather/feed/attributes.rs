//! Attributes as they are served: without quotes, with bare ampersands, twice.

use std::borrow::Cow;

use quick_xml::events::BytesStart;

use crate::gather::clean::decode_entities;

/// More attributes than any element needs.
const ATTRIBUTES_MAX: usize = 64;
/// Names of one tag remembered in order to find one that stands twice.
const NAMES_MAX: usize = 8;

/// The value of the attribute named `name`, by its full name or else by the part
/// after its prefix, without regard to case.
pub fn get(start: &BytesStart, name: &str) -> Option<String> {
    // Most elements have none, and are asked for several.
    if start.attributes_raw().is_empty() {
        return None;
    }
    let mut of_another_space = None;
    for (key, value) in raw(start) {
        if key.eq_ignore_ascii_case(name) {
            return Some(decode_entities(&value).into_owned());
        }
        let is_prefixed = key.split_once(':').is_some_and(|(prefix, local)| {
            local.eq_ignore_ascii_case(name) && prefix != "xmlns" && prefix != "xml"
        });
        if is_prefixed && of_another_space.is_none() {
            of_another_space = Some(value);
        }
    }
    of_another_space.map(|value| decode_entities(&value).into_owned())
}

/// The value of the attribute written exactly so.
pub fn get_exactly(start: &BytesStart, name: &str) -> Option<String> {
    if !start.attributes_raw().contains(name) {
        return None;
    }
    raw(start)
        .find(|(key, _)| *key == name)
        .map(|(_, value)| decode_entities(&value).into_owned())
}

/// Every attribute, its value with entities resolved.
pub fn all<'a>(start: &'a BytesStart) -> impl Iterator<Item = (&'a str, String)> {
    raw(start).map(|(key, value)| (key, decode_entities(&value).into_owned()))
}

/// What is wrong with a tag's attributes, as XML has it: each has a value in
/// quotes, and none stands twice.
pub fn fault(raw: &str) -> Option<&'static str> {
    let mut names = [""; NAMES_MAX];
    let mut rest = raw.trim_ascii_start();
    for number in 0..ATTRIBUTES_MAX {
        if rest.is_empty() || rest == "/" {
            return None;
        }
        let Some((name, after)) = rest.split_once('=') else {
            return Some("an attribute has no value");
        };
        let name = name.trim_ascii_end();
        let after = after.trim_ascii_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
        let Some(quote) = quote.filter(|_| !name.contains(char::is_whitespace)) else {
            return Some("an attribute's value stands without quotes");
        };
        let end = after[1..].find(quote)? + 2;
        if names.contains(&name) {
            return Some("an attribute stands twice in one tag");
        }
        if let Some(free) = names.get_mut(number) {
            *free = name;
        }
        rest = after[end..].trim_ascii_start();
        if rest.len() == after.len() - end && !rest.is_empty() && rest != "/" {
            return Some("no space stands before an attribute");
        }
    }
    None
}

/// Every attribute as it is written.
fn raw<'a>(start: &'a BytesStart) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> {
    let mut attributes = start.html_attributes();
    attributes.with_checks(false);
    attributes
        .filter_map(Result::ok)
        .take(ATTRIBUTES_MAX)
        .map(|attribute| (attribute.key.into_inner(), attribute.value))
}
