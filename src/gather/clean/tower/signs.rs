//! Counts the signs a text is written out with otherwise than it stands: `&`, and
//! what may be a space that does not break. html5ever looks at each of them for the
//! next `<` or `>` through all the rest of the text (seen in 0.40.1), so its time is
//! their number by the text's length: a few hundred kilobytes of ampersands take it
//! minutes.
//!
//! Texts end where a tag puts something between them. Most do not for sure: an end
//! tag that ends nothing, or a cell outside a table, is not there for the parser, and
//! the texts around it are one.

use crate::gather::clean::tag::Tag;
use memchr::memchr2_iter;

/// How many a text may have: no article has so many without a paragraph, a line's
/// end or a link between them.
pub(super) const SIGNS_MAX: usize = 1_024;

/// U+0080 to U+00BF begin with it, the space that does not break among them.
const LATIN_LEAD: u8 = 0xC2;

/// Elements that part texts wherever they stand.
const PARTING: [&str; 28] = [
    "a",
    "article",
    "b",
    "blockquote",
    "br",
    "code",
    "div",
    "em",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "section",
    "span",
    "strong",
    "u",
    "ul",
    "wbr",
];

/// The signs of the text that is being passed.
#[derive(Default)]
pub(super) struct Signs {
    count: usize,
}

impl Signs {
    /// Counts those between two places; where one is beyond the limit, its place, and
    /// counting begins anew before it.
    pub(super) fn beyond(&mut self, html: &str, from: usize, to: usize) -> Option<usize> {
        for sign in places(&html[from..to]) {
            if self.count == SIGNS_MAX {
                self.count = 0;
                return Some(from + sign);
            }
            self.count += 1;
        }
        None
    }

    /// A tag stood here.
    pub(super) fn passed(&mut self, tag: &Tag) {
        if !tag.closing && PARTING.contains(&tag.name.as_str()) {
            self.count = 0;
        }
    }
}

/// Whether a tag has so many in its attributes.
pub(super) fn are_too_many(html: &str, start: usize, tag: &Tag) -> bool {
    tag.attributes > 0 && places(&html[start..tag.end]).nth(SIGNS_MAX).is_some()
}

/// Appends `text` with a space for each of its signs; tells how many those were.
pub(super) fn blank(text: &str, to: &mut String) -> usize {
    let mut copied = 0;
    let mut count = 0;
    for sign in places(text) {
        to.push_str(&text[copied..sign]);
        to.push(' ');
        let is_letter = text.as_bytes()[sign] == LATIN_LEAD;
        copied = sign + 1 + usize::from(is_letter);
        count += 1;
    }
    to.push_str(&text[copied..]);
    count
}

fn places(text: &str) -> impl Iterator<Item = usize> {
    memchr2_iter(b'&', LATIN_LEAD, text.as_bytes())
}
