//! Tags as the parser takes them (HTML section 13.2.5), one pass over each.

/// What stands at a `<`; without a name: a comment, a declaration or a lone sign.
#[derive(Default)]
pub struct Tag {
    pub name: String,
    pub closing: bool,
    pub self_closing: bool,
    pub attributes: usize,
    /// Where it ends in the markup, in bytes.
    pub end: usize,
}

/// What stands at the `<` at `start`.
pub fn tag_at(html: &str, start: usize) -> Tag {
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
/// slash stands before it.
fn attributes_from(html: &str, start: usize) -> (usize, usize, bool) {
    let mut all = Attributes::from(html, start);
    let count = all.by_ref().count();
    (count, all.at, all.slash)
}

/// The attributes of a tag, each as its name and value are written, up to the `>`
/// (HTML sections 13.2.5.32 to 40).
pub struct Attributes<'a> {
    html: &'a str,
    at: usize,
    /// What was read last is a slash.
    slash: bool,
}

impl<'a> Attributes<'a> {
    /// Those that stand from `start` on, right after the tag's name.
    pub fn from(html: &'a str, start: usize) -> Self {
        Self {
            html,
            at: start,
            slash: false,
        }
    }

    fn skip(&mut self, passes: impl Fn(u8) -> bool) -> &'a str {
        let from = self.at;
        let rest = &self.html.as_bytes()[from..];
        let length = rest.iter().position(|byte| !passes(*byte));
        self.at = length.map_or(self.html.len(), |length| from + length);
        &self.html[from..self.at]
    }

    fn value(&mut self) -> &'a str {
        self.skip(|byte| byte.is_ascii_whitespace());
        match self.html.as_bytes().get(self.at) {
            Some(quote @ (b'"' | b'\'')) => {
                let from = self.at + 1;
                let rest = &self.html[from..];
                let length = memchr::memchr(*quote, rest.as_bytes());
                self.at = length.map_or(self.html.len(), |length| from + length + 1);
                &rest[..length.unwrap_or(rest.len())]
            }
            _ => self.skip(|byte| !byte.is_ascii_whitespace() && byte != b'>'),
        }
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let between = self.skip(|byte| byte.is_ascii_whitespace() || byte == b'/');
        let Some(first) = self.html.as_bytes().get(self.at).copied() else {
            self.slash = false;
            return None;
        };
        if first == b'>' {
            self.at += 1;
            self.slash = between.ends_with('/');
            return None;
        }
        let start = self.at;
        self.at += usize::from(first == b'=');
        self.skip(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'>' | b'='));
        let name = &self.html[start..self.at];
        let after = self.at;
        self.skip(|byte| byte.is_ascii_whitespace());
        if self.html.as_bytes().get(self.at) == Some(&b'=') {
            self.at += 1;
            return Some((name, self.value()));
        }
        self.at = after;
        Some((name, ""))
    }
}

/// Where the end tag of a raw element begins, or the end of the markup.
pub fn raw_end(html: &str, from: usize, name: &str) -> usize {
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
