//! Attributes as they are served: without quotes, with bare ampersands, twice.

use quick_xml::events::BytesStart;

use crate::gather::clean::decode_entities;

/// More attributes than any element needs.
const ATTRIBUTES_MAX: usize = 64;

/// The value of the attribute named `name`, by its full name or the part after
/// its prefix, without regard to case.
pub fn get(start: &BytesStart, name: &str) -> Option<String> {
    all(start)
        .find(|(key, _)| {
            key.eq_ignore_ascii_case(name)
                || key.split_once(':').is_some_and(|(prefix, local)| {
                    local.eq_ignore_ascii_case(name) && prefix != "xmlns" && prefix != "xml"
                })
        })
        .map(|(_, value)| value)
}

/// Every attribute, its value with entities resolved.
pub fn all<'a>(start: &'a BytesStart) -> impl Iterator<Item = (&'a str, String)> {
    let mut attributes = start.html_attributes();
    attributes.with_checks(false);
    attributes
        .filter_map(Result::ok)
        .take(ATTRIBUTES_MAX)
        .map(|attribute| {
            let key = attribute.key.into_inner();
            (key, decode_entities(&attribute.value).into_owned())
        })
}
