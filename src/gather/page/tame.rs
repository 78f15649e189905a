//! Keeps a hostile page from costing the HTML parser far more than its length:
//! the parser walks its stack of open elements at each tag, opens unclosed
//! formatting again in each paragraph, and compares each attribute of a tag with
//! all others. Tags beyond the limits are left out; the text between them stays.
//!
//! Deliberately absent: a tree. One pass with the parser's own rules for which
//! end tag closes what (HTML section 13.2.6), as far as they bear on depth.

use std::borrow::Cow;

use crate::gather::document::DOCUMENT_DEPTH_MAX;

/// Formatting elements waiting to be opened again in the next paragraph.
const FORMATTING_MAX: usize = 32;
/// Attributes of one tag.
const ATTRIBUTES_MAX: usize = 128;

/// Elements a tag of the same kind, or any block, closes by itself.
const CLOSE_THEMSELVES: [&str; 17] = [
    "p", "li", "dt", "dd", "option", "optgroup", "rb", "rp", "rt", "rtc", "tr", "td", "th",
    "thead", "tbody", "tfoot", "colgroup",
];
const VOID: [&str; 16] = [
    "area", "base", "br", "col", "embed", "frame", "hr", "image", "img", "input", "link", "meta",
    "param", "source", "track", "wbr",
];
const FORMATTING: [&str; 14] = [
    "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u",
];
/// Elements other than these hold no inline end tag back.
const INLINE: [&str; 14] = [
    "abbr", "bdi", "bdo", "cite", "del", "dfn", "ins", "kbd", "label", "mark", "q", "samp", "span",
    "time",
];
/// Elements whose content is no markup.
const RAW: [&str; 8] = [
    "script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes",
];

/// `html` without the tags beyond the limits, and how many those were.
pub fn tame(html: &str) -> (Cow<'_, str>, usize) {
    let mut keeper = Keeper::default();
    let mut kept = String::new();
    let mut copied = 0;
    let mut left_out = 0;
    let mut at = 0;
    while let Some(found) = html[at..].find('<') {
        let start = at + found;
        let tag = tag_at(html, start);
        at = tag.end;
        if !keeper.admits(&tag) {
            kept.push_str(&html[copied..start]);
            copied = tag.end;
            left_out += 1;
        } else if !tag.closing && RAW.contains(&tag.name.as_str()) {
            at = raw_end(html, tag.end, &tag.name);
        }
    }
    if left_out == 0 {
        return (Cow::Borrowed(html), 0);
    }
    kept.push_str(&html[copied..]);
    (Cow::Owned(kept), left_out)
}

/// What stands at a `<`; without a name: a comment, a declaration or a lone sign.
struct Tag {
    name: String,
    closing: bool,
    attributes: usize,
    /// Where it ends in the document, in bytes.
    end: usize,
}

/// The parser's open elements, as far as depth needs them.
#[derive(Default)]
struct Keeper {
    open: Vec<String>,
    formatting: Vec<String>,
}

impl Keeper {
    fn admits(&mut self, tag: &Tag) -> bool {
        let name = tag.name.as_str();
        if name.is_empty() || VOID.contains(&name) {
            return tag.attributes <= ATTRIBUTES_MAX;
        }
        if tag.closing {
            self.close(name);
            return tag.attributes <= ATTRIBUTES_MAX;
        }
        let formats = FORMATTING.contains(&name);
        if tag.attributes > ATTRIBUTES_MAX
            || self.open.len() >= DOCUMENT_DEPTH_MAX
            || (formats && self.formatting.len() >= FORMATTING_MAX)
        {
            return false;
        }
        if formats {
            self.formatting.push(name.to_owned());
        }
        if !CLOSE_THEMSELVES.contains(&name) && !RAW.contains(&name) {
            self.open.push(name.to_owned());
        }
        true
    }

    fn close(&mut self, name: &str) {
        let formats = FORMATTING.contains(&name);
        if formats && let Some(at) = self.formatting.iter().rposition(|open| open == name) {
            self.formatting.remove(at);
        }
        let Some(at) = self.open.iter().rposition(|open| open == name) else {
            return;
        };
        let is_inline =
            |name: &String| FORMATTING.contains(&name.as_str()) || INLINE.contains(&name.as_str());
        let held_back = !self.open[at + 1..].iter().all(is_inline);
        match (held_back, formats || INLINE.contains(&name)) {
            // A block between: the end tag of formatting takes out only its own element …
            (true, true) if formats => drop(self.open.remove(at)),
            // … and any other inline end tag is ignored.
            (true, true) => {}
            _ => self.open.truncate(at),
        }
    }
}

fn tag_at(html: &str, start: usize) -> Tag {
    let rest = &html[start + 1..];
    let nameless = |end| Tag {
        name: String::new(),
        closing: false,
        attributes: 0,
        end,
    };
    if let Some(comment) = rest.strip_prefix("!--") {
        let end = comment
            .find("-->")
            .map_or(html.len(), |found| start + 4 + found + 3);
        return nameless(end);
    }
    let closing = rest.starts_with('/');
    let name_start = start + 1 + usize::from(closing);
    let name_bytes = html[name_start..]
        .find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/' | '<'))
        .unwrap_or(html.len() - name_start);
    let name = &html[name_start..name_start + name_bytes];
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return nameless(start + 1);
    }
    let (attributes, end) = attributes_from(html, name_start + name_bytes);
    Tag {
        name: name.to_ascii_lowercase(),
        closing,
        attributes,
        end,
    }
}

/// Counts attributes up to the `>` that ends the tag, and tells where that is.
fn attributes_from(html: &str, start: usize) -> (usize, usize) {
    let bytes = html.as_bytes();
    let mut attributes = 0;
    let mut previous = b' ';
    let mut at = start;
    while let Some(byte) = bytes.get(at).copied() {
        at += 1;
        match byte {
            b'>' => return (attributes, at),
            b'"' | b'\'' if previous == b'=' => {
                let end = html[at..].find(char::from(byte));
                at = end.map_or(html.len(), |found| at + found + 1);
                previous = b' ';
            }
            byte if byte.is_ascii_whitespace() => {
                // A value may stand apart from its sign: `a = "b"`.
                if previous != b'=' {
                    previous = b' ';
                }
            }
            b'=' => previous = b'=',
            _ => {
                attributes += usize::from(matches!(previous, b' ' | b'/') && byte != b'/');
                previous = if byte == b'/' { b'/' } else { b'x' };
            }
        }
    }
    (attributes, html.len())
}

/// Where the end tag of a raw element begins, or the end of the document.
fn raw_end(html: &str, from: usize, name: &str) -> usize {
    let mut at = from;
    while let Some(found) = html[at..].find("</") {
        let end_tag = at + found;
        let named = html.as_bytes()[end_tag + 2..].get(..name.len());
        if named.is_some_and(|bytes| bytes.eq_ignore_ascii_case(name.as_bytes())) {
            return end_tag;
        }
        at = end_tag + 2;
    }
    html.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_pages_are_not_touched() {
        let card = "<div class='card'><span>a<p>b<b>c</div><li>d<i>e</i><!-- <div> -->";
        let script = "<script>for(i=0;i<n;i++)document.write('<div><div>')</script>";
        let quoted = "<a title=\"<div> > <div>\" href = 'x'>f</a>";
        let page = format!(
            "<html>{}{}{}",
            card.repeat(30),
            script.repeat(300),
            quoted.repeat(300)
        );
        let (kept, left_out) = tame(&page);
        assert_eq!(left_out, 0);
        assert!(matches!(kept, Cow::Borrowed(_)));
    }

    #[test]
    fn towers_are_cut_and_their_text_stays() {
        let numbered =
            |make: fn(usize) -> String| (0..5_000).map(make).collect::<Vec<_>>().concat();
        let many = numbered(|n| format!("<b id={n}>x"));
        let wide = numbered(|n| format!(" a{n}=1"));
        let cases = [
            "<div>".repeat(100_000) + "text",
            "<b><div></b>".repeat(100_000) + "text",
            "<div></x>".repeat(100_000) + "text",
            "<span><div></span>".repeat(100_000) + "text",
            many + &"<p>y".repeat(10_000) + "text",
            format!("<img{wide}>text"),
            format!("</p{wide}>text"),
        ];
        for case in cases {
            let (kept, left_out) = tame(&case);
            assert!(left_out > 0, "{}", &case[..40]);
            let tree = dom_query::Document::from(kept.as_ref());
            assert!(tree.text().ends_with("text"), "{}", &case[..40]);
            let deepest = tree.root().descendants_it().fold(0, |deepest, node| {
                deepest.max(node.ancestors_it(None).count())
            });
            assert!(deepest < DOCUMENT_DEPTH_MAX * 2, "{deepest}");
        }
    }

    #[test]
    fn any_ending_is_an_ending() {
        for broken in [
            "<",
            "</",
            "<!--",
            "<a",
            "<a b='",
            "<script>",
            "<title>x</",
            "<қ>",
            "</a",
            "<a b=\"қ",
        ] {
            assert_eq!(tame(broken).1, 0, "{broken}");
        }
    }
}
