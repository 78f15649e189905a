//! Text out of markup, by one pass over it. It needs no tree: what is written
//! between tags is text, but for scripts and styles.

use memchr::{memchr, memchr2, memchr3};

use super::entities::{decode_entities, entity};
use super::scan;

/// How far the end of a tag is looked for when guessing.
const TAG_BYTES_MAX: usize = 1024;

/// The longest name of an element that means anything to a text.
const NAME_BYTES_MAX: usize = 10;

/// Elements a publisher may mean when a text holds their tags; `looks_like_html`
/// takes a text with any other tag for text about markup.
const INLINE: [&str; 38] = [
    "a", "abbr", "acronym", "b", "bdo", "big", "center", "cite", "code", "col", "del", "dfn", "em",
    "font", "i", "img", "ins", "kbd", "map", "area", "q", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "tbody", "td", "tfoot", "th", "thead", "tt", "u", "var", "wbr",
];

/// The text of `html`: blocks end in a newline, other white space is one space.
pub fn plain_text(html: &str) -> String {
    let mut writer = Writer {
        text: String::with_capacity(html.len()),
        gap: Gap::None,
        one_line: false,
    };
    writer.run(html);
    if !writer.text.is_empty() {
        writer.text.push('\n');
    }
    writer.text
}

/// The text of `html` in one line, for titles.
pub fn inline_text(html: &str) -> String {
    let mut writer = Writer {
        text: String::with_capacity(html.len()),
        gap: Gap::None,
        one_line: true,
    };
    writer.run(html);
    writer.text
}

/// Whether `text` is one line already, its words parted by single spaces.
pub fn is_one_line(text: &str) -> bool {
    !text.starts_with(' ') && words_end(text) == text.len()
}

/// Whether a text that may be either is meant as HTML: it closes an element or
/// holds a character reference, and all its tags and references are known.
pub fn looks_like_html(text: &str) -> bool {
    let mut sure = false;
    let mut rest = text;
    while let Some(at) = memchr2(b'<', b'&', rest.as_bytes()) {
        let is_tag = rest.as_bytes()[at] == b'<';
        rest = &rest[at + 1..];
        if is_tag {
            let closing = rest.starts_with('/');
            let name = tag_name(&rest[usize::from(closing)..]);
            if name.is_empty() {
                continue;
            }
            if !is_known(name) {
                return false;
            }
            let window = &rest.as_bytes()[..rest.len().min(TAG_BYTES_MAX)];
            let end = window.iter().position(|byte| *byte == b'>').unwrap_or(0);
            sure |= closing || window[..end].ends_with(b"/");
        } else if let Some(end) = rest.bytes().take(32).position(|byte| byte == b';')
            && rest[..end]
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'#')
            && end > 0
        {
            if entity(&rest[..end]).is_none() {
                return false;
            }
            sure = true;
        }
    }
    sure
}

/// Elements without content (HTML 5 section 13.1.2).
pub fn is_void(name: &str) -> bool {
    const VOID: [&str; 14] = [
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param",
        "source", "track", "wbr",
    ];
    listed(&VOID, name)
}

/// The formatting elements of HTML 5 section 13.2.4.3.
pub(super) fn is_formatting(name: &str) -> bool {
    const FORMATTING: [&str; 14] = [
        "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt",
        "u",
    ];
    listed(&FORMATTING, name)
}

/// What an element does to the text around it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// It begins and ends a line.
    Line,
    /// It is parted from its neighbours.
    Space,
    /// Its content is never text.
    Hides,
    None,
}

fn effect_of(name: &str) -> Effect {
    let mut lower = [0_u8; NAME_BYTES_MAX];
    let Some(lower) = lower.get_mut(..name.len()) else {
        return Effect::None;
    };
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    match &*lower {
        b"address" | b"article" | b"aside" | b"blockquote" | b"br" | b"dd" | b"details"
        | b"div" | b"dl" | b"dt" | b"figcaption" | b"figure" | b"footer" | b"form" | b"h1"
        | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"header" | b"hr" | b"li" | b"main" | b"nav"
        | b"ol" | b"p" | b"pre" | b"section" | b"table" | b"tr" | b"ul" | b"title" => Effect::Line,
        b"td" | b"th" => Effect::Space,
        b"script" | b"style" | b"noscript" | b"template" | b"head" | b"svg" => Effect::Hides,
        _ => Effect::None,
    }
}

fn is_known(name: &str) -> bool {
    effect_of(name) != Effect::None || is_void(name) || listed(&INLINE, name)
}

fn listed(list: &[&str], name: &str) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn tag_name(after_bracket: &str) -> &str {
    let bytes = after_bracket.as_bytes();
    if !bytes.first().is_some_and(u8::is_ascii_alphabetic) {
        return "";
    }
    let end = bytes
        .iter()
        .position(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b':' | b'-'))
        .unwrap_or(bytes.len());
    &after_bracket[..end]
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Line,
}

struct Writer {
    text: String,
    gap: Gap,
    one_line: bool,
}

impl Writer {
    fn run(&mut self, html: &str) {
        let mut rest = html;
        while let Some(at) = memchr(b'<', rest.as_bytes()) {
            let after = &rest[at + 1..];
            let closing = after.starts_with('/');
            let name = tag_name(&after[usize::from(closing)..]);
            if name.is_empty() && !after.starts_with(['!', '?', '/']) {
                self.words(&rest[..=at]);
                rest = after;
                continue;
            }
            self.words(&rest[..at]);
            if let Some(comment) = after.strip_prefix("!--") {
                rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
                continue;
            }
            let named = usize::from(closing) + name.len();
            rest = match after.as_bytes().get(named) {
                Some(b'>') => &after[named + 1..],
                _ => tag_end(after),
            };
            match effect_of(name) {
                Effect::Line => self.gap = self.gap.max(Gap::Line),
                Effect::Space => self.gap = self.gap.max(Gap::Space),
                Effect::Hides if !closing => rest = after_closing(rest, name),
                Effect::Hides | Effect::None => {}
            }
        }
        self.words(rest);
    }

    fn words(&mut self, raw: &str) {
        if raw.is_empty() {
            return;
        }
        let text = decode_entities(raw);
        let mut rest = text.as_ref();
        while !rest.is_empty() {
            if may_be_gap(rest.as_bytes()[0], b' ') {
                let space = rest.len() - rest.trim_start_matches(is_gap).len();
                if space > 0 {
                    self.gap = self.gap.max(Gap::Space);
                    rest = &rest[space..];
                    continue;
                }
            }
            let end = words_end(rest);
            self.word(&rest[..end]);
            rest = &rest[end..];
        }
    }

    fn word(&mut self, word: &str) {
        if !self.text.is_empty() {
            match self.gap {
                Gap::None => {}
                Gap::Line if !self.one_line => self.text.push('\n'),
                Gap::Line | Gap::Space => self.text.push(' '),
            }
        }
        self.gap = Gap::None;
        self.text.push_str(word);
    }
}

/// Where the words end that `text` begins with and that single spaces part.
fn words_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = scan::first(bytes, at, may_be_gap) {
        let letter = text[found..].chars().next();
        match letter.filter(|letter| !is_gap(*letter)) {
            Some(letter) => at = found + letter.len_utf8(),
            None => return without_space(&bytes[..found]),
        }
    }
    without_space(bytes)
}

/// How long `words` are without the space they may end in.
fn without_space(words: &[u8]) -> usize {
    words.strip_suffix(b" ").unwrap_or(words).len()
}

/// Whether `byte` begins a letter that [`is_gap`] may be true of, a space only
/// before another: U+0080 to U+00A0; U+1680; U+2000 to U+205F; U+3000; U+FEFF.
#[expect(
    clippy::needless_bitwise_bool,
    reason = "without branches many bytes are looked at in one step"
)]
const fn may_be_gap(byte: u8, next: u8) -> bool {
    (byte < b' ')
        | (byte == b' ') & (next == b' ')
        | (byte == 0x7F)
        | (byte == 0xC2)
        | (byte >= 0xE1) & (byte <= 0xE3)
        | (byte == 0xEF)
}

/// White space and control characters; a no-break space reads as a space.
fn is_gap(letter: char) -> bool {
    letter.is_whitespace() || letter.is_control() || letter == '\u{feff}'
}

/// What follows the `>` of a tag; quoted values may hold one.
fn tag_end(tag: &str) -> &str {
    let plain = memchr(b'>', tag.as_bytes()).unwrap_or(tag.len());
    if memchr2(b'"', b'\'', &tag.as_bytes()[..plain]).is_none() {
        return tag.get(plain + 1..).unwrap_or_default();
    }
    let bytes = tag.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr3(b'>', b'"', b'\'', &bytes[at..]) {
        let sign = at + found;
        at = sign + 1;
        if bytes[sign] == b'>' {
            return &tag[at..];
        }
        if tag[..sign].trim_end().ends_with('=') {
            match memchr(bytes[sign], &bytes[at..]) {
                Some(end) => at += end + 1,
                None => break,
            }
        }
    }
    // The quote was never closed: the first bracket must do.
    tag.get(plain + 1..).unwrap_or_default()
}

/// What follows `</name`, up to and with its `>`.
fn after_closing<'a>(html: &'a str, name: &str) -> &'a str {
    let mut rest = html;
    while let Some(at) = rest.find("</") {
        rest = &rest[at + 2..];
        if tag_name(rest).eq_ignore_ascii_case(name) {
            return tag_end(rest);
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_end_in_a_newline() {
        assert_eq!(
            plain_text("<p>Бір  <b>екі</b></p><p>үш<br>төрт &amp; бес</p>"),
            "Бір екі\nүш\nтөрт & бес\n"
        );
        assert_eq!(plain_text("a<script>x</script>b<!-- c -->d"), "abd\n");
        assert_eq!(plain_text(""), "");
    }

    #[test]
    fn every_gap_is_found() {
        for letter in ('\0'..=char::MAX).filter(|letter| is_gap(*letter) && *letter != ' ') {
            assert!(
                may_be_gap(letter.to_string().as_bytes()[0], b'x'),
                "{letter:?}"
            );
        }
        let spaced = "  қала мен  дала\u{2009}да\u{a0}\u{a0}— «көл» \u{2028} ";
        assert_eq!(inline_text(spaced), "қала мен дала да — «көл»");
    }

    #[test]
    fn titles_are_one_line() {
        assert_eq!(
            inline_text("<h1>Форум</h1>\n 1 < 2 &nbsp;x"),
            "Форум 1 < 2 x"
        );
        assert_eq!(inline_text("<a title='>'>x</a"), "x");
    }

    #[test]
    fn html_is_told_from_text() {
        for html in ["<b>x</b>", "AT&amp;T", "a<br/>b", "&#1178;"] {
            assert!(looks_like_html(html), "{html}");
        }
        for text in [
            "1 < 2",
            "a & b",
            "use <br> here",
            "<code>&foo;</code>",
            "<x>y</x>",
            "",
        ] {
            assert!(!looks_like_html(text), "{text}");
        }
    }
}
