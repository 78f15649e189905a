//! What an element's characters mean: text, markup in escaped form, or markup
//! in the open; and what comes of it: one line of text, or harmless HTML.

use std::borrow::Cow;

use base64_lite::decode;
use url::Url;

use crate::gather::clean::{self, looks_like_html};
use crate::gather::document::ENTRY_TEXT_BYTES_MAX;

/// Makes markup harmless, its links resolved against a base.
pub(super) type Sanitise = fn(Cow<'_, str>, Option<&Url>) -> String;

/// How characters were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text, whatever it looks like (Atom `type="text"`).
    Text,
    /// Text or escaped HTML, as it looks (RSS titles).
    Guess,
    /// The same, but the lines of a text are its paragraphs.
    Lines,
    /// Escaped HTML.
    Html,
    /// Markup in the open; characters were escaped again when it was taken.
    Xhtml,
    /// Base64 of escaped HTML or text.
    Base64,
}

impl Kind {
    /// Atom's `type` and `mode` (RFC 4287 sections 3.1.1 and 4.1.3; Atom 0.3).
    pub(super) fn of(media_type: Option<&str>, mode: Option<&str>, otherwise: Self) -> Self {
        if mode.is_some_and(|mode| mode.eq_ignore_ascii_case("base64")) {
            return Self::Base64;
        }
        let Some(media_type) = media_type else {
            return otherwise;
        };
        let escaped = mode.is_some_and(|mode| mode.eq_ignore_ascii_case("escaped"));
        let media_type = media_type.trim().to_ascii_lowercase();
        let media_type = media_type.split(';').next().unwrap_or_default().trim();
        match media_type {
            "" => otherwise,
            "text" | "plain" | "text/plain" => Self::Text,
            "html" | "text/html" => Self::Html,
            "xhtml" | "application/xhtml+xml" if escaped => Self::Html,
            "xhtml" | "application/xhtml+xml" | "xml" | "text/xml" => Self::Xhtml,
            other if other.ends_with("+xml") || other.ends_with("/xml") => Self::Xhtml,
            other if other.starts_with("text/") => Self::Text,
            other if other.contains('/') => Self::Base64,
            _ => otherwise,
        }
    }
}

/// One line of text.
pub(super) fn line(kind: Kind, characters: &str) -> Option<String> {
    let characters = uncased(kind, characters);
    let text = match kind {
        Kind::Text => one_line(characters),
        Kind::Guess | Kind::Lines if !looks_like_html(characters) && !breaks_line(characters) => {
            one_line(characters)
        }
        Kind::Base64 => {
            let text = from_base64(characters);
            if looks_like_html(&text) {
                clean::inline_text(&text)
            } else {
                one_line(&text)
            }
        }
        _ => clean::inline_text(&unwrapped(characters.into())),
    };
    Some(text).filter(|text| !text.is_empty())
}

/// Harmless HTML, its links resolved against `base`.
pub(super) fn html(kind: Kind, characters: &str, base: Option<&Url>) -> Option<String> {
    html_by(
        |html, base| clean::sanitise(&html, base),
        kind,
        characters.into(),
        base,
    )
}

/// The same, made harmless by `sanitise`.
pub(super) fn html_by(
    sanitise: Sanitise,
    kind: Kind,
    characters: Cow<'_, str>,
    base: Option<&Url>,
) -> Option<String> {
    let characters = match characters {
        Cow::Borrowed(characters) => Cow::Borrowed(uncased(kind, characters)),
        Cow::Owned(characters) => {
            let inside = uncased(kind, &characters);
            let is_all = inside.len() == characters.len();
            let inside = (!is_all).then(|| inside.to_owned());
            Cow::Owned(inside.unwrap_or(characters))
        }
    };
    let clean = match kind {
        Kind::Text => clean::escape(&printable(characters)),
        Kind::Guess if !is_markup(&characters) => clean::escape(&printable(characters)),
        Kind::Lines if !is_markup(&characters) => paragraphs(&printable(characters)),
        Kind::Base64 => {
            let text = from_base64(&characters);
            if looks_like_html(&text) {
                sanitise(text.into(), base)
            } else {
                clean::escape(&printable(text.into()))
            }
        }
        Kind::Html | Kind::Guess | Kind::Lines => sanitise(printable(unwrapped(characters)), base),
        Kind::Xhtml => sanitise(printable(characters), base),
    };
    Some(trimmed(clean)).filter(|html| !html.is_empty())
}

/// `html` without white space around it, cut to the longest text kept.
fn trimmed(mut html: String) -> String {
    html.truncate(html.trim_end().len());
    html.drain(..html.len() - html.trim_start().len());
    html.truncate(cut(&html, ENTRY_TEXT_BYTES_MAX).len());
    html
}

/// How far the end of a tag is looked for.
const TAG_BYTES_MAX: usize = 1024;
/// Tags of what is never closed, or need not be.
const SURE_SIGNS: [&str; 6] = ["<br", "<BR", "<img ", "<IMG ", "<p>", "<hr"];

/// Whether a longer text is meant as HTML: lines broken and pictures shown are
/// sure signs there, though nothing in it is ever closed.
fn is_markup(text: &str) -> bool {
    looks_like_html(text)
        || text.contains('<')
            && SURE_SIGNS.iter().any(|sign| text.contains(sign))
            && looks_like_html(&[text, "<br/>"].concat())
}

/// Whether a line is meant as HTML though nothing in it is ever closed: a sure
/// sign touches its words. One apart from them may be what they speak of.
fn breaks_line(text: &str) -> bool {
    let touches = |at: usize| {
        let (before, tag) = text.split_at(at);
        let after = cut(tag, TAG_BYTES_MAX)
            .split_once('>')
            .map_or("", |(_, after)| after);
        before.ends_with(|c: char| c.is_alphanumeric() || ".!?…:;,)»”".contains(c))
            || after.starts_with(|c: char| c.is_alphanumeric() || "«“".contains(c))
            || tag.starts_with("<img ")
    };
    text.contains('<')
        && SURE_SIGNS
            .iter()
            .any(|sign| text.match_indices(sign).any(|(at, _)| touches(at)))
        && is_markup(text)
}

/// Text as markup: an empty line parts paragraphs, a single one breaks them.
pub(super) fn paragraphs(text: &str) -> String {
    let escaped = clean::escape(cut(text, ENTRY_TEXT_BYTES_MAX).trim());
    if !escaped.contains('\n') {
        return escaped;
    }
    let parts: Vec<String> = escaped
        .split("\n\n")
        .map(|part| part.trim().replace('\n', "<br>"))
        .filter(|part| !part.is_empty())
        .map(|part| format!("<p>{part}</p>"))
        .collect();
    parts.concat()
}

/// Characters as they are, without those XML forbids.
pub(super) fn bare(characters: &str) -> Option<String> {
    let text = printable(characters.into());
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The longest line of text between elements kept.
pub(super) const LINE_BYTES_MAX: usize = 64 * 1024;

/// `text` cut at a character, at most `bytes` long.
pub(super) fn cut(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn one_line(text: &str) -> String {
    if clean::is_one_line(text) {
        return text.to_owned();
    }
    let mut line = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

fn printable(text: Cow<'_, str>) -> Cow<'_, str> {
    let hidden = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    let odd = |byte: u8| byte < 32 && byte != b'\n' && byte != b'\t' || byte == 127;
    // All of it, without stopping: many bytes are looked at in one step then.
    if text.bytes().fold(false, |found, byte| found | odd(byte)) {
        // A line ends in any of three ways (XML 1.0 section 2.11).
        let lines = text.replace("\r\n", "\n").replace('\r', "\n");
        lines.replace(hidden, "").into()
    } else {
        text
    }
}

/// Without the section marks of CDATA that were escaped or wrapped once more.
fn uncased(kind: Kind, characters: &str) -> &str {
    let inside = characters
        .trim()
        .strip_prefix("<![CDATA[")
        .and_then(|rest| rest.strip_suffix("]]>"));
    match inside {
        Some(inside) if matches!(kind, Kind::Guess | Kind::Lines | Kind::Html) => inside,
        _ => characters,
    }
}

/// HTML that was escaped once too often is unwrapped: no tag of its own, but
/// the text it shows closes a paragraph, a link or the like.
fn unwrapped(html: Cow<'_, str>) -> Cow<'_, str> {
    const SURE: [&str; 7] = [
        "</p>",
        "</a>",
        "</div>",
        "</b>",
        "</strong>",
        "</li>",
        "<br",
    ];
    if html.contains('<') || !html.contains("&lt;") {
        return html;
    }
    let shown = clean::decode_entities(&html).into_owned();
    let sure = SURE.iter().any(|end| shown.contains(end));
    if sure && shown.trim_start().starts_with('<') && looks_like_html(&shown) {
        shown.into()
    } else {
        html
    }
}

/// Many who say so give plain text: what cannot be decoded is taken as it stands.
fn from_base64(characters: &str) -> String {
    decode(characters)
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_else(|| characters.to_owned())
}

/// RFC 4648 section 4, without regard to white space and padding: the only
/// place in the house that reads Base64. `None`: it is none.
mod base64_lite {
    pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
        let (mut bits, mut count) = (0_u32, 0_u32);
        for byte in text.bytes() {
            let value = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'+' | b'-' => 62,
                b'/' | b'_' => 63,
                _ if byte.is_ascii_whitespace() => continue,
                b'=' => break,
                _ => return None,
            };
            bits = bits << 6 | u32::from(value);
            count += 6;
            if count >= 8 {
                count -= 8;
                bytes.push(u8::try_from(bits >> count & 0xFF).unwrap_or_default());
            }
        }
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        let cases = [
            (
                Kind::Text,
                "a <b>c</b> &amp;",
                "a <b>c</b> &amp;",
                "a &lt;b&gt;c&lt;/b&gt; &amp;amp;",
            ),
            (Kind::Guess, "a <b>c</b>", "a c", "a <b>c</b>"),
            (Kind::Guess, "1 < 2 & 3", "1 < 2 & 3", "1 &lt; 2 &amp; 3"),
            (Kind::Html, "&lt;p&gt;тест&lt;/p&gt;", "тест", "<p>тест</p>"),
            (
                Kind::Html,
                "&lt;b&gt; деген тег",
                "<b> деген тег",
                "&lt;b&gt; деген тег",
            ),
            (Kind::Base64, "PHA+YTwvcD4=", "a", "<p>a</p>"),
            (Kind::Base64, "YSA8 IGI", "a < b", "a &lt; b"),
            (Kind::Base64, "тест & a", "тест & a", "тест &amp; a"),
            (Kind::Base64, "test", "test", "test"),
        ];
        for (kind, characters, text, markup) in cases {
            assert_eq!(
                line(kind, characters).as_deref(),
                Some(text),
                "{characters}"
            );
            assert_eq!(
                html(kind, characters, None).as_deref(),
                Some(markup),
                "{characters}"
            );
        }
        assert_eq!(line(Kind::Text, " \u{1} "), None);
    }

    #[test]
    fn lines_broken_in_a_line() {
        for (characters, text) in [
            ("Line one<br>line two", "Line one line two"),
            ("Line one.<BR> Line two", "Line one. Line two"),
            ("Line one <br>line two", "Line one line two"),
            ("<p>One", "One"),
            ("One<hr>two", "One two"),
            ("<img src=\"/i.png\"> One", "One"),
            // Spoken of.
            ("How to use <br> in HTML", "How to use <br> in HTML"),
            ("Why “<br>” is bad", "Why “<br>” is bad"),
            ("<br> or <p>?", "<br> or <p>?"),
            ("a<br>b <foo>", "a<br>b <foo>"),
            ("1<2", "1<2"),
        ] {
            assert_eq!(line(Kind::Guess, characters).as_deref(), Some(text));
        }
        assert_eq!(line(Kind::Text, "a<br>b").as_deref(), Some("a<br>b"));
    }

    #[test]
    fn declared_kinds() {
        assert_eq!(Kind::of(None, None, Kind::Guess), Kind::Guess);
        assert_eq!(
            Kind::of(Some("TEXT/HTML; charset=x"), None, Kind::Text),
            Kind::Html
        );
        assert_eq!(
            Kind::of(Some("image/svg+xml"), None, Kind::Text),
            Kind::Xhtml
        );
        assert_eq!(
            Kind::of(Some("text/html"), Some("base64"), Kind::Text),
            Kind::Base64
        );
        assert_eq!(
            Kind::of(Some("application/octet-stream"), None, Kind::Text),
            Kind::Base64
        );
    }
}
