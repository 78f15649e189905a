//! Tags as the parser takes them (HTML section 13.2.5), one pass over each.

/// What stands at a `<`; without a name: a comment, a declaration or a lone sign.
#[derive(Default)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) closing: bool,
    pub(super) self_closing: bool,
    pub(super) attributes: usize,
    /// Where it ends in the markup, in bytes.
    pub(super) end: usize,
}

/// What stands at the `<` at `start`.
pub(super) fn tag_at(html: &str, start: usize) -> Tag {
    let rest = &html[start + 1..];
    if let Some(comment) = rest.strip_prefix("!--") {
        return Tag {
            end: start + 4 + comment_bytes(comment),
            ..Tag::default()
        };
    }
    let closing = rest.starts_with('/');
    let name_start = start + 1 + usize::from(closing);
    // Before its end is looked for: a page of lone signs would be read to its end
    // for each of them.
    if !html[name_start..].starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Tag {
            end: start + 1,
            ..Tag::default()
        };
    }
    let name_bytes = html[name_start..]
        .find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/'))
        .unwrap_or(html.len() - name_start);
    let name = &html[name_start..name_start + name_bytes];
    let (attributes, end, self_closing) = attributes_from(html, name_start + name_bytes);
    Tag {
        name: name.to_ascii_lowercase(),
        closing,
        self_closing,
        attributes,
        end,
    }
}

/// How long a comment is, its end included: `-->`, `--!>`, or `>` at once.
fn comment_bytes(comment: &str) -> usize {
    for at_once in [">", "->"] {
        if comment.starts_with(at_once) {
            return at_once.len();
        }
    }
    let mut at = 0;
    while let Some(found) = comment[at..].find("--") {
        // Past all of a row of dashes: each is looked at once.
        let rest = comment[at + found..].trim_start_matches('-');
        at = comment.len() - rest.len();
        for end in [">", "!>"] {
            if rest.starts_with(end) {
                return at + end.len();
            }
        }
    }
    comment.len()
}

/// Attributes up to the `>` that ends the tag, where that is, and whether a
/// slash stands before it (HTML sections 13.2.5.32 to 40).
fn attributes_from(html: &str, start: usize) -> (usize, usize, bool) {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        Between,
        Slash,
        Name,
        AfterName,
        Sign,
        Value,
    }
    let bytes = html.as_bytes();
    let mut attributes = 0;
    let mut state = State::Between;
    let mut at = start;
    while let Some(byte) = bytes.get(at).copied() {
        at += 1;
        let space = byte.is_ascii_whitespace();
        state = match (state, byte) {
            (_, b'>') => return (attributes, at, state == State::Slash),
            (State::Sign, b'"' | b'\'') => {
                let end = html[at..].find(char::from(byte));
                at = end.map_or(html.len(), |found| at + found + 1);
                State::Between
            }
            (State::Sign, _) if space => State::Sign,
            (State::Name | State::AfterName, b'=') => State::Sign,
            (State::Name | State::AfterName, _) if space => State::AfterName,
            (State::Between | State::Slash | State::Value, _) if space => State::Between,
            (State::Sign | State::Value, _) => State::Value,
            (_, b'/') => State::Slash,
            (State::Name, _) => State::Name,
            _ => {
                attributes += 1;
                State::Name
            }
        };
    }
    (attributes, html.len(), false)
}

/// Where the end tag of a raw element begins, or the end of the markup.
pub(super) fn raw_end(html: &str, from: usize, name: &str) -> usize {
    let mut at = from;
    while let Some(found) = html[at..].find("</") {
        let end_tag = at + found;
        let rest = &html.as_bytes()[end_tag + 2..];
        let named = rest
            .get(..name.len())
            .is_some_and(|bytes| bytes.eq_ignore_ascii_case(name.as_bytes()));
        let ends = rest
            .get(name.len())
            .is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'));
        if named && ends {
            return end_tag;
        }
        at = end_tag + 2;
    }
    html.len()
}
