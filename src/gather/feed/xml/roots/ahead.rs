//! Whether an element is closed where it should be: a look ahead at the document,
//! only where something stands in an element that cannot or may not hold it.

use memchr::{memchr, memmem};

use super::super::super::names::Tag;
use super::super::Walk;

/// What the markup between two elements may hide, and how it ends.
const HIDING: [(&str, &str); 2] = [("<![CDATA[", "]]>"), ("<!--", "-->")];

impl Walk<'_> {
    /// Whether the open element `name`, `at` some place inside it, ends before the
    /// entry around it does; in the feed's head, before an entry begins.
    pub(super) fn is_closed(&mut self, name: &str, at: usize) -> bool {
        let entry = self.open.iter().rfind(|open| open.tag == Tag::Item);
        let entry = entry.map(|open| open.name);
        let rest = self.text.get(at..).unwrap_or_default();
        let rest = rest.as_bytes();
        let rest = &rest[..rest.len().min(self.build.look_ahead_bytes)];
        let (is_closed, bytes) = look_ahead(rest, name, entry);
        self.build.look_ahead_bytes -= bytes;
        is_closed
    }
}

/// Whether `name` ends in `markup` before `entry` does or another begins, and how
/// many bytes were looked at.
fn look_ahead(markup: &[u8], name: &str, entry: Option<&str>) -> (bool, usize) {
    let mut depth = 1_usize;
    let mut at = 0;
    while let Some(found) = memchr(b'<', &markup[at..]) {
        let start = at + found;
        let rest = &markup[start..];
        let hiding = HIDING
            .iter()
            .find(|(begin, _)| rest.starts_with(begin.as_bytes()));
        if let Some((_, end)) = hiding {
            let Some(bytes) = memmem::find(rest, end.as_bytes()) else {
                break;
            };
            at = start + bytes + end.len();
            continue;
        }
        let closes = rest.get(1) == Some(&b'/');
        let named = &rest[1 + usize::from(closes)..];
        at = start + 1;
        if begins_with_name(named, name) {
            if !closes {
                let end = memchr(b'>', rest).unwrap_or(0);
                depth += usize::from(!rest[..end].ends_with(b"/"));
            } else if depth == 1 {
                return (true, at);
            } else {
                depth -= 1;
            }
        } else if is_entry(named, entry) {
            return (false, at);
        }
    }
    (false, markup.len())
}

/// In the head it is not known yet what the entries are called.
fn is_entry(named: &[u8], entry: Option<&str>) -> bool {
    match entry {
        Some(entry) => begins_with_name(named, entry),
        None => ["item", "entry"]
            .iter()
            .any(|entry| begins_with_name(named, entry)),
    }
}

fn begins_with_name(named: &[u8], name: &str) -> bool {
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
    named
        .get(..name.len())
        .is_some_and(|bytes| bytes.eq_ignore_ascii_case(name.as_bytes()))
        && named.get(name.len()).is_some_and(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_ends_before_its_entry_or_not() {
        let cases = [
            ("<link/></author></item>", true),
            ("<link/></AUTHOR ></item>", true),
            ("<link/></item><item><author>B</author>", false),
            ("<link/><item><author>B</author>", false),
            // The second is the one that is closed.
            ("<link/><author>B</author></item>", false),
            ("<link/><author/></author></item>", true),
            ("<link/></authors></item>", false),
            ("<![CDATA[</author>]]></item>", false),
            ("<!-- </item> --></author>", true),
            ("<!-- </author>", false),
            ("<author", false),
            ("", false),
        ];
        for (markup, expected) in cases {
            let (is_closed, bytes) = look_ahead(markup.as_bytes(), "author", Some("item"));
            assert_eq!(is_closed, expected, "{markup}");
            assert!(bytes <= markup.len());
        }
        assert!(look_ahead(b"</z:x><item>", "z:x", None).0);
        assert!(!look_ahead(b"<item></item></z:x>", "z:x", None).0);
    }
}
