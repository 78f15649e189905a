//! Attributes as they are served: without quotes, with bare ampersands, twice.

use std::borrow::Cow;

use quick_xml::events::BytesStart;

use crate::gather::clean::decode_entities;

/// More attributes than any element needs.
const ATTRIBUTES_MAX: usize = 64;

/// The value of the attribute named `name`, by its full name or the part after
/// its prefix, without regard to case.
pub fn get(start: &BytesStart, name: &str) -> Option<String> {
    // Most elements have none, and are asked for several.
    if start.attributes_raw().is_empty() {
        return None;
    }
    raw(start)
        .find(|(key, _)| {
            key.eq_ignore_ascii_case(name)
                || key.split_once(':').is_some_and(|(prefix, local)| {
                    local.eq_ignore_ascii_case(name) && prefix != "xmlns" && prefix != "xml"
                })
        })
        .map(|(_, value)| decode_entities(&value).into_owned())
}

/// Every attribute, its value with entities resolved.
pub fn all<'a>(start: &'a BytesStart) -> impl Iterator<Item = (&'a str, String)> {
    raw(start).map(|(key, value)| (key, decode_entities(&value).into_owned()))
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
