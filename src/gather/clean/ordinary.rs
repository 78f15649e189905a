//! Ordinary markup, the kind most articles are made of (paragraphs, links,
//! pictures, lists), made harmless in one pass. What comes out is letter for
//! letter what the sanitiser's parser and tree would give; whatever is not
//! understood exactly is left to them.
//!
//! Deliberately absent: any repair. A tag that is not known, not closed where it
//! was opened, or written in a way that needs thought is somebody else's.

use std::borrow::Cow;

use url::Url;

use super::address::{Address, address};
use super::entities::entity;
use super::{LINK_REL, is_direction, scan};

/// Elements open at once; deeper markup is not ordinary.
const DEPTH_MAX: usize = 24;
/// Attributes of one tag.
const ATTRIBUTES_MAX: usize = 32;
/// A character reference, its signs included.
const REFERENCE_BYTES_MAX: usize = 34;

/// How an element behaves where it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Inline,
    Link,
    Paragraph,
    Heading,
    List,
    ListItem,
    Block,
    /// Has no content.
    Void,
    /// Has no content, and closes a paragraph.
    Rule,
}

impl Sort {
    fn has_content(self) -> bool {
        !matches!(self, Self::Void | Self::Rule)
    }
}

struct Element {
    name: &'static str,
    sort: Sort,
    /// Kept besides those of [`EVERYWHERE`].
    attributes: &'static [&'static str],
}

const fn element(name: &'static str, sort: Sort) -> Element {
    Element {
        name,
        sort,
        attributes: &[],
    }
}

/// Attributes every element keeps.
const EVERYWHERE: [&str; 3] = ["lang", "title", "dir"];

/// The most frequent first.
static ELEMENTS: [Element; 31] = [
    element("p", Sort::Paragraph),
    Element {
        name: "a",
        sort: Sort::Link,
        attributes: &["href", "hreflang"],
    },
    element("br", Sort::Void),
    Element {
        name: "img",
        sort: Sort::Void,
        attributes: &["align", "alt", "height", "src", "width"],
    },
    element("strong", Sort::Inline),
    element("b", Sort::Inline),
    element("em", Sort::Inline),
    element("i", Sort::Inline),
    element("li", Sort::ListItem),
    element("ul", Sort::List),
    element("span", Sort::Inline),
    element("div", Sort::Block),
    element("h2", Sort::Heading),
    element("h3", Sort::Heading),
    element("blockquote", Sort::Block),
    element("figure", Sort::Block),
    element("figcaption", Sort::Block),
    Element {
        name: "ol",
        sort: Sort::List,
        attributes: &["start"],
    },
    element("u", Sort::Inline),
    element("s", Sort::Inline),
    element("small", Sort::Inline),
    element("sub", Sort::Inline),
    element("sup", Sort::Inline),
    element("h1", Sort::Heading),
    element("h4", Sort::Heading),
    element("h5", Sort::Heading),
    element("h6", Sort::Heading),
    element("article", Sort::Block),
    element("cite", Sort::Inline),
    element("code", Sort::Inline),
    Element {
        name: "hr",
        sort: Sort::Rule,
        attributes: &["align", "size", "width"],
    },
];

/// `html` made harmless; `None`: not ordinary.
pub(super) fn clean(html: &str, base: Option<&Url>) -> Option<String> {
    let odd = |byte: u8| byte < b' ' && byte != b'\n' && byte != b'\t';
    let is_odd = html.bytes().fold(false, |found, byte| found | odd(byte));
    let begins_with_mark = html.starts_with('\u{feff}');
    if is_odd || begins_with_mark {
        return None;
    }
    let mut pass = Pass {
        html,
        at: 0,
        clean: String::with_capacity(html.len() + html.len() / 8),
        open: Vec::with_capacity(DEPTH_MAX),
        base,
    };
    pass.run()?;
    pass.open.is_empty().then_some(pass.clean)
}

struct Pass<'a> {
    html: &'a str,
    at: usize,
    clean: String,
    open: Vec<&'static Element>,
    base: Option<&'a Url>,
}

impl<'a> Pass<'a> {
    fn run(&mut self) -> Option<()> {
        while let Some(byte) = self.text() {
            match byte {
                b'<' if self.peek(1) == Some(b'/') => self.end_tag()?,
                b'<' => self.start_tag()?,
                _ => self.sign(byte)?,
            }
        }
        Some(())
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.html.as_bytes().get(self.at + ahead).copied()
    }

    /// Copies text up to what needs a look, and tells what that is.
    fn text(&mut self) -> Option<u8> {
        let bytes = self.html.as_bytes();
        let end = scan::first(bytes, self.at, is_written_otherwise).unwrap_or(bytes.len());
        self.clean.push_str(&self.html[self.at..end]);
        self.at = end;
        self.peek(0)
    }

    /// A sign that is written otherwise, or the beginning of a letter.
    fn sign(&mut self, byte: u8) -> Option<()> {
        if byte == b'&' {
            let (letters, length) = reference(&self.html[self.at..])?;
            for letter in letters.chars() {
                push_letter(&mut self.clean, letter, false);
            }
            self.at += length;
        } else {
            let letter = self.html[self.at..].chars().next()?;
            push_letter(&mut self.clean, letter, false);
            self.at += letter.len_utf8();
        }
        Some(())
    }

    fn end_tag(&mut self) -> Option<()> {
        let element = self.open.pop()?;
        let rest = self.html[self.at + 2..].strip_prefix(element.name)?;
        if !rest.starts_with('>') {
            return None;
        }
        self.clean.push_str("</");
        self.clean.push_str(element.name);
        self.clean.push('>');
        self.at += element.name.len() + 3;
        Some(())
    }

    fn start_tag(&mut self) -> Option<()> {
        let rest = &self.html.as_bytes()[self.at + 1..];
        let length = rest
            .iter()
            .position(|byte| !byte.is_ascii_lowercase() && !byte.is_ascii_digit())?;
        let name = &self.html[self.at + 1..=self.at + length];
        let element = ELEMENTS.iter().find(|element| element.name == name)?;
        if !self.may_begin(element.sort) {
            return None;
        }
        self.at += 1 + length;
        self.clean.push('<');
        self.clean.push_str(element.name);
        self.attributes(element)?;
        if element.sort == Sort::Link {
            self.clean.push_str(" rel=\"");
            self.clean.push_str(LINK_REL);
            self.clean.push('"');
        }
        self.clean.push('>');
        if element.sort.has_content() {
            self.open.push(element);
        }
        Some(())
    }

    /// Whether an element may begin here without closing another.
    fn may_begin(&self, sort: Sort) -> bool {
        let inside = |wanted: Sort| self.open.iter().any(|open| open.sort == wanted);
        let fits = match sort {
            Sort::Inline | Sort::Void => true,
            Sort::Link => !inside(Sort::Link),
            Sort::Paragraph | Sort::List | Sort::Block | Sort::Rule => !inside(Sort::Paragraph),
            Sort::Heading => !inside(Sort::Paragraph) && !inside(Sort::Heading),
            Sort::ListItem => {
                let parent = self.open.last().map(|open| open.sort);
                parent == Some(Sort::List) && !inside(Sort::Paragraph)
            }
        };
        fits && self.open.len() < DEPTH_MAX
    }

    /// The attributes of a tag, up to and with its `>`.
    fn attributes(&mut self, element: &'static Element) -> Option<()> {
        let mut kept = 0_u32;
        for number in 0.. {
            let before = self.at;
            while matches!(self.peek(0), Some(b' ' | b'\n' | b'\t')) {
                self.at += 1;
            }
            match self.peek(0)? {
                b'>' => {
                    self.at += 1;
                    return Some(());
                }
                b'/' if !element.sort.has_content() && self.peek(1) == Some(b'>') => {
                    self.at += 2;
                    return Some(());
                }
                _ if self.at == before || number == ATTRIBUTES_MAX => return None,
                _ => {}
            }
            let (name, value) = self.attribute()?;
            let mut known = EVERYWHERE.iter().chain(element.attributes);
            let Some(place) = known.position(|known| *known == name) else {
                continue;
            };
            if kept & (1 << place) != 0 {
                return None;
            }
            kept |= 1 << place;
            self.keep(name, value)?;
        }
        None
    }

    /// `name="value"`, in either kind of quotes.
    fn attribute(&mut self) -> Option<(&'a str, &'a str)> {
        let rest = &self.html[self.at..];
        let known =
            |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(byte);
        let end = rest.as_bytes().iter().position(|byte| !known(byte))?;
        let (name, after) = rest.split_at(end);
        let after = after.strip_prefix('=')?;
        let quote = after
            .chars()
            .next()
            .filter(|sign| matches!(sign, '"' | '\''))?;
        let value = &after[1..];
        let value = &value[..value.find(quote)?];
        self.at += end + value.len() + 3;
        (!name.is_empty()).then_some((name, value))
    }

    fn keep(&mut self, name: &str, value: &str) -> Option<()> {
        let mut value = decoded(value)?;
        if matches!(name, "href" | "src") {
            match address(&value, self.base)? {
                Address::AsWritten => {}
                Address::Resolved(address) => value = Cow::Owned(address),
                Address::Dropped => return Some(()),
            }
        }
        if name == "dir" && !is_direction(&value) {
            return Some(());
        }
        self.clean.push(' ');
        self.clean.push_str(name);
        self.clean.push_str("=\"");
        let odd = |byte, next| is_written_otherwise(byte, next) || byte == b'"';
        if scan::first(value.as_bytes(), 0, odd).is_some() {
            for letter in value.chars() {
                push_letter(&mut self.clean, letter, true);
            }
        } else {
            self.clean.push_str(&value);
        }
        self.clean.push('"');
        Some(())
    }
}

/// An attribute's value with its character references resolved.
fn decoded(value: &str) -> Option<Cow<'_, str>> {
    if !value.contains('&') {
        return Some(value.into());
    }
    let mut decoded = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        let (letters, length) = reference(&rest[at..])?;
        decoded.push_str(&letters);
        rest = &rest[at + length..];
    }
    decoded.push_str(rest);
    Some(decoded.into())
}

/// What the character reference at the beginning of `text` stands for, and how
/// long it is: a name or a decimal number, ended as it should be.
fn reference(text: &str) -> Option<(Cow<'static, str>, usize)> {
    let window = &text.as_bytes()[1..text.len().min(REFERENCE_BYTES_MAX)];
    let end = window.iter().position(|byte| *byte == b';')? + 1;
    let name = &text[1..end];
    let is_plain = match name.strip_prefix('#') {
        // The rest are signs nobody means, or those of another code page.
        Some(digits) => {
            let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
            is_number
                && digits
                    .parse()
                    .is_ok_and(|code: u32| matches!(code, 32..=126 | 160..=0xD7FF))
        }
        None => name.bytes().all(|byte| byte.is_ascii_alphanumeric()),
    };
    let letters = entity(name).filter(|_| is_plain)?;
    Some((letters, end + 1))
}

/// Whether `byte` begins a tag or what is not written as it is: U+00A0 is 0xC2 0xA0.
#[expect(
    clippy::needless_bitwise_bool,
    reason = "without branches many bytes are looked at in one step"
)]
const fn is_written_otherwise(byte: u8, next: u8) -> bool {
    (byte == b'<') | (byte == b'&') | (byte == b'>') | (byte == 0xC2) & (next == 0xA0)
}

fn push_letter(html: &mut String, letter: char, in_attribute: bool) {
    match letter {
        '&' => html.push_str("&amp;"),
        '<' => html.push_str("&lt;"),
        '>' => html.push_str("&gt;"),
        '\u{a0}' => html.push_str("&nbsp;"),
        '"' if in_attribute => html.push_str("&quot;"),
        letter => html.push(letter),
    }
}

#[cfg(test)]
#[path = "ordinary_tests.rs"]
mod tests;
