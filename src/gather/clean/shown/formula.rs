//! The words of a formula (MathML): its marks are not let through, since parsers
//! differ about what stands in them.

use memchr::memchr;

use super::super::tag::{Tag, raw_end, tag_at};
use super::super::{decode_entities, push_escaped};

/// A longer one is none.
const FORMULA_BYTES_MAX: usize = 16 * 1024;
/// Bytes of `</math`, and of what must follow it.
const END_BYTES: usize = 7;
/// What stands in them is the same formula once more, or never shown.
const HIDDEN: [&str; 4] = ["annotation", "annotation-xml", "style", "script"];

/// The words of the formula that `tag` begins at `start` as markup that shows them,
/// and where it ends. `None`: it is not closed, or what follows shows the same.
/// Up to `endless` no formula ends; what was looked through for that is not again.
pub(super) fn words(
    html: &str,
    start: usize,
    tag: &Tag,
    endless: &mut usize,
) -> Option<(String, usize)> {
    if tag.self_closing || is_shown_besides(&html[..start]) {
        return None;
    }
    let mut limit = html.len().min(tag.end + FORMULA_BYTES_MAX);
    while !html.is_char_boundary(limit) {
        limit -= 1;
    }
    let from = tag.end.max(*endless).min(limit);
    let close = raw_end(&html[..limit], from, "math");
    if close == limit {
        // An end tag may be cut in two there.
        while !html.is_char_boundary(limit.saturating_sub(END_BYTES)) {
            limit -= 1;
        }
        *endless = limit.saturating_sub(END_BYTES).max(*endless);
        return None;
    }
    let inside = &html[tag.end..close];
    let mut words = String::new();
    let mut at = 0;
    while let Some(found) = memchr(b'<', &inside.as_bytes()[at..]) {
        let sign = at + found;
        push_apart(&mut words, &inside[at..sign]);
        let tag = tag_at(inside, sign);
        at = tag.end;
        if at == sign + 1 {
            words.push('<');
        }
        if !tag.closing && !tag.self_closing && HIDDEN.contains(&tag.name.as_str()) {
            at = raw_end(inside, at, &tag.name);
        }
    }
    push_apart(&mut words, &inside[at..]);
    let mut shown = String::with_capacity(words.len());
    push_escaped(&mut shown, &words);
    Some((shown, tag_at(html, close).end))
}

/// `KaTeX` and Wikipedia write a formula for screen readers before the same in other
/// markup or in a picture, in an element whose class says so.
fn is_shown_besides(before: &str) -> bool {
    let before = before.trim_end();
    before.ends_with('>')
        && before
            .rfind('<')
            .is_some_and(|at| before[at..].contains("-mathml"))
}

/// Two letters or digits would be one word: ½ is no 12.
fn push_apart(words: &mut String, raw: &str) {
    let text = decode_entities(raw.trim());
    if words.ends_with(char::is_alphanumeric) && text.starts_with(char::is_alphanumeric) {
        words.push(' ');
    }
    words.push_str(&text);
}
