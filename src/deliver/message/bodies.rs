//! The two bodies of a letter, encoded once for all its copies.
//!
//! Copies differ in their links, which stand near the end. What stands before
//! the first of them is encoded when the letter is; of each copy only the rest
//! is. ASCII with short lines, whatever the text holds.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::links::CheckedLinks;
use crate::model::digest::{Letter, slot};

/// RFC 2045 section 6.8: 76 characters a line, of three bytes each four.
const BASE64_LINE_BYTES: usize = 57;
const BASE64_LINE_CHARS: usize = 76;
/// RFC 2045 section 6.7, the soft break included.
const QUOTED_LINE_CHARS: usize = 76;
/// Where copies differ.
const SLOTS: [&str; 3] = [
    slot::UNSUBSCRIBE_URL,
    slot::PREFERENCES_URL,
    slot::CONFIRM_URL,
];

/// A letter's bodies, ready for each copy's links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bodies {
    text: Part,
    html: Part,
    /// Whether a copy must have a confirmation link.
    pub(super) asks_for_confirm: bool,
}

impl Bodies {
    /// Encodes what all copies have in common.
    pub fn of(letter: &Letter) -> Self {
        let text = lines(&letter.text);
        let mut html = lines(&letter.html);
        for slot in SLOTS {
            let escaped = escaped(slot);
            if html.contains(&escaped) {
                html = html.replace(&escaped, slot);
            }
        }
        Self {
            asks_for_confirm: text.contains(slot::CONFIRM_URL) || html.contains(slot::CONFIRM_URL),
            text: Part::new("plain", &text),
            html: Part::new("html", &html),
        }
    }

    /// How much memory they hold, in bytes.
    pub fn size(&self) -> usize {
        [&self.text, &self.html]
            .map(|part| part.shared.len() + part.rest.len())
            .iter()
            .sum()
    }

    /// The multipart body of one copy, from the first delimiter on.
    pub(super) fn fill(&self, links: &CheckedLinks, boundary: &str) -> Vec<u8> {
        // Room for what the links add.
        let mut body = String::with_capacity(self.size() * 3 / 2 + 4096);
        for (part, rest) in [
            (&self.text, links.fill(&self.text.rest, ToOwned::to_owned)),
            (&self.html, links.fill(&self.html.rest, escape_html)),
        ] {
            let encoding = part.way.name();
            body.extend(["--", boundary, "\r\nContent-Type: text/", part.subtype]);
            body.extend(["; charset=utf-8\r\nContent-Transfer-Encoding: ", encoding]);
            body.extend(["\r\n\r\n", &part.shared]);
            part.way.encode(&rest, &mut body);
            body.push_str("\r\n");
        }
        body.extend(["--", boundary, "--\r\n"]);
        body.into_bytes()
    }
}

/// One body: encoded up to where copies differ, as text from there on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    subtype: &'static str,
    way: Way,
    /// Whole encoded lines.
    shared: String,
    /// With slots, lines ending in CRLF.
    rest: String,
}

impl Part {
    fn new(subtype: &'static str, text: &str) -> Self {
        let way = Way::of(text);
        let first = SLOTS.iter().filter_map(|slot| text.find(slot)).min();
        let until = way.line_start(text, first.unwrap_or(text.len()));
        let mut shared = String::new();
        // Bytes, since a base64 line may end within a character.
        way.encode_bytes(&text.as_bytes()[..until], &mut shared);
        Self {
            subtype,
            way,
            shared,
            rest: text[until..].to_owned(),
        }
    }
}

/// How a body becomes ASCII.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    QuotedPrintable,
    Base64,
}

impl Way {
    /// Where a third of the bytes or less need escaping, the text stays
    /// readable as it is; the rest would grow threefold.
    fn of(text: &str) -> Self {
        let beyond_ascii = text.bytes().filter(|byte| !byte.is_ascii()).count();
        if beyond_ascii * 3 > text.len() {
            Self::Base64
        } else {
            Self::QuotedPrintable
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::QuotedPrintable => "quoted-printable",
            Self::Base64 => "base64",
        }
    }

    /// The last place up to `until` where an encoded line can end and the text
    /// can be cut.
    fn line_start(self, text: &str, until: usize) -> usize {
        match self {
            Self::QuotedPrintable => text[..until].rfind('\n').map_or(0, |end| end + 1),
            Self::Base64 => (0..=until / BASE64_LINE_BYTES)
                .rev()
                .map(|line| line * BASE64_LINE_BYTES)
                .find(|at| text.is_char_boundary(*at))
                .unwrap_or(0),
        }
    }

    fn encode(self, text: &str, into: &mut String) {
        self.encode_bytes(text.as_bytes(), into);
    }

    fn encode_bytes(self, bytes: &[u8], into: &mut String) {
        match self {
            Self::QuotedPrintable => quoted_printable(bytes, into),
            Self::Base64 => base64(bytes, into),
        }
    }
}

/// Lines of 76 characters, each with its line end.
fn base64(bytes: &[u8], into: &mut String) {
    into.reserve(bytes.len() * 4 / 3 + bytes.len() / BASE64_LINE_BYTES * 2 + 8);
    for line in bytes.chunks(BASE64_LINE_BYTES) {
        let mut encoded = [0; BASE64_LINE_CHARS];
        let length = BASE64
            .encode_slice(line, &mut encoded)
            .expect("a line has room for what it encodes");
        into.push_str(std::str::from_utf8(&encoded[..length]).expect("base64 is ASCII"));
        into.push_str("\r\n");
    }
}

/// `bytes` are whole lines ending in CRLF.
fn quoted_printable(bytes: &[u8], into: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut length = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let ends_line = |at: usize| matches!(bytes.get(at), None | Some(b'\r'));
        match byte {
            b'\r' => {}
            b'\n' => {
                into.push_str("\r\n");
                length = 0;
            }
            byte => {
                // White space at a line's end would be lost on the way.
                let plain = match byte {
                    b' ' | b'\t' => !ends_line(at + 1),
                    byte => byte.is_ascii_graphic() && *byte != b'=',
                };
                let width = if plain { 1 } else { 3 };
                let room = QUOTED_LINE_CHARS - usize::from(!ends_line(at + 1));
                if length + width > room {
                    into.push_str("=\r\n");
                    length = 0;
                }
                if plain {
                    into.push(char::from(*byte));
                } else {
                    into.push('=');
                    into.push(char::from(DIGITS[usize::from(byte >> 4)]));
                    into.push(char::from(DIGITS[usize::from(byte & 15)]));
                }
                length += width;
            }
        }
    }
}

/// A slot as the template engine's HTML escaper writes it.
fn escaped(slot: &str) -> String {
    slot.replace('/', "&#x2f;")
}

/// The text with CRLF as its only line end, at its end too, and no control
/// character but the tab: no part holds a bare CR or LF that servers read
/// differently.
fn lines(text: &str) -> String {
    let mut lines = String::with_capacity(text.len() + text.len() / 16 + 2);
    let mut after_return = false;
    for c in text.chars() {
        match c {
            '\n' if after_return => {}
            '\n' | '\r' => lines.push_str("\r\n"),
            '\t' => lines.push(c),
            c if c.is_control() => {}
            c => lines.push(c),
        }
        after_return = c == '\r';
    }
    if !lines.ends_with('\n') {
        lines.push_str("\r\n");
    }
    lines
}

fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
