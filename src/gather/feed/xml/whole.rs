//! The characters of an element that holds nothing but them, in one step: nearly
//! all elements of nearly all feeds, and nearly all of their bytes. Where they
//! stand in the document as they are meant, they are not even copied.
//!
//! Deliberately absent: any repair, and whatever is complained of. Comments,
//! elements, and references that are not XML's own are left to the walk.

use std::borrow::Cow;
use std::io::BufRead as _;

use memchr::{memchr, memchr_iter};

use crate::gather::clean::entity;
use crate::gather::document::ENTRY_TEXT_BYTES_MAX;

use super::super::value::Kind;
use super::Walk;

const CDATA: &str = "<![CDATA[";
const CDATA_END: &str = "]]>";
/// The longest reference read here: `&#x10FFFF;`.
const REFERENCE_BYTES_MAX: usize = 10;

impl Walk<'_> {
    /// Takes the characters of the element just begun if an end tag follows them.
    pub(super) fn take_whole(&mut self) {
        let from = self.position();
        let Some(capture) = &mut self.capture else {
            return;
        };
        if capture.kind == Kind::Xhtml || !self.entities.is_empty() {
            return;
        }
        if let Some((characters, length)) = self.text.get(from..).and_then(whole) {
            capture.characters = characters;
            self.reader.stream().consume(length);
        }
    }
}

/// The characters up to the end tag that comes first, and how many bytes they
/// take; `None`: something else comes first, or more than an entry may hold.
fn whole(text: &str) -> Option<(Cow<'_, str>, usize)> {
    let mut characters = Cow::Borrowed("");
    let mut at = 0;
    loop {
        let end = at + memchr(b'<', text.as_bytes().get(at..)?)?;
        append(&mut characters, resolved(&text[at..end])?);
        let markup = &text[end..];
        if markup.starts_with("</") {
            return (end <= ENTRY_TEXT_BYTES_MAX).then_some((characters, end));
        }
        let section = markup.strip_prefix(CDATA)?;
        let bytes = memchr_iter(b']', section.as_bytes())
            .find(|bytes| section[*bytes..].starts_with(CDATA_END))?;
        append(&mut characters, Cow::Borrowed(&section[..bytes]));
        at = end + CDATA.len() + bytes + CDATA_END.len();
    }
}

fn append<'a>(characters: &mut Cow<'a, str>, more: Cow<'a, str>) {
    if characters.is_empty() {
        *characters = more;
    } else if !more.is_empty() {
        characters.to_mut().push_str(&more);
    }
}

/// `text` with the references every XML document may use; `None`: it has others.
fn resolved(text: &str) -> Option<Cow<'_, str>> {
    let Some(first) = memchr(b'&', text.as_bytes()) else {
        return Some(text.into());
    };
    let mut resolved = String::with_capacity(text.len());
    let mut rest = text;
    let mut next = Some(first);
    while let Some(at) = next {
        resolved.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        rest = match *rest.as_bytes() {
            [b'l', b't', b';', ..] => {
                resolved.push('<');
                &rest[3..]
            }
            [b'g', b't', b';', ..] => {
                resolved.push('>');
                &rest[3..]
            }
            [b'a', b'm', b'p', b';', ..] => {
                resolved.push('&');
                &rest[4..]
            }
            [b'q', b'u', b'o', b't', b';', ..] => {
                resolved.push('"');
                &rest[5..]
            }
            _ => {
                let window = &rest.as_bytes()[..rest.len().min(REFERENCE_BYTES_MAX)];
                let (name, after) = rest.split_at(memchr(b';', window)?);
                if name != "apos" && !name.starts_with('#') {
                    return None;
                }
                resolved.push_str(&entity(name)?);
                &after[1..]
            }
        };
        next = memchr(b'&', rest.as_bytes());
    }
    resolved.push_str(rest);
    Some(resolved.into())
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::super::super::read;
    use super::*;
    use crate::gather::document::Document;
    use crate::model::draft::Harvest;

    #[test]
    fn characters_up_to_an_end_tag() {
        let long = "x".repeat(ENTRY_TEXT_BYTES_MAX + 1);
        let cases = [
            ("</a>", Some(("", 0))),
            ("Қала</b>", Some(("Қала", 8))),
            (
                "&lt;b&gt; &amp;&quot;&apos;&#1178;&#x49A;</a>",
                Some(("<b> &\"'ҚҚ", 41)),
            ),
            ("<![CDATA[<b>]]></a>", Some(("<b>", 15))),
            (" a<![CDATA[&lt;]]>b<![CDATA[]]></a>", Some((" a&lt;b", 31))),
            ("a<b>", None),
            ("a<!-- --></a>", None),
            ("&nbsp;</a>", None),
            ("a & b;</a>", None),
            ("&#x;</a>", None),
            ("&amp</a>", None),
            ("<![CDATA[</a>", None),
            ("a", None),
            (&format!("{long}</a>"), None),
        ];
        for (text, expected) in cases {
            let read = whole(text);
            let read = read
                .as_ref()
                .map(|(characters, length)| (characters.as_ref(), *length));
            assert_eq!(read, expected, "{text}");
        }
        let in_place = whole("<![CDATA[қала]]></a>").unwrap().0;
        assert!(matches!(in_place, Cow::Borrowed(_)));
    }

    fn harvest(before: &str, characters: &str) -> Harvest {
        let item = ["title", "link", "description", "content:encoded"]
            .map(|name| format!("<{name}>{before}{characters}</{name}>"))
            .concat();
        let feed = format!("<rss><channel><item>{item}</item><item>{item}</item></channel></rss>");
        read(&Document {
            bytes: feed.as_bytes(),
            content_type: None,
            url: None,
            received: DateTime::UNIX_EPOCH.with_timezone(&chrono_tz::Asia::Almaty),
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

        /// A comment at its beginning lets an element be read event by event.
        #[test]
        fn in_one_step_or_many_the_same_is_read(pieces in prop::collection::vec(
            proptest::sample::select(vec![
                "&lt;", "b", "/", "&gt;", "&amp;", "&quot;", "&apos;", "&#1178;", "&#x49A;", "&#0;", "&#x;", "&#60",
                "&nbsp;", "&", ";", "<![CDATA[", "]]>", "<b>", "</b>", "<", ">", " ", "\n", "«қала»", "\u{1}",
            ]),
            0..12,
        )) {
            let characters = pieces.concat();
            // A section left open takes the comments for its own characters.
            prop_assume!(characters.rfind(CDATA) <= characters.rfind(CDATA_END));
            let (whole, stepwise) = (harvest("", &characters), harvest("<!---->", &characters));
            prop_assert_eq!(whole.drafts, stepwise.drafts);
            let said = |complaints: &[crate::model::complaint::Complaint]| {
                complaints.iter().map(|complaint| complaint.message.clone()).collect::<Vec<_>>()
            };
            prop_assert_eq!(said(&whole.complaints), said(&stepwise.complaints));
        }
    }
}
