//! One tag as it was meant: quotes paired, what is left open closed, a bracket
//! inside a value escaped. A tag that can be read as it stands stays so.

use super::super::value::cut;
use super::push_lines;

/// The longest tag believed to be one.
const TAG_BYTES_MAX: usize = 64 * 1024;
/// The most values with brackets in them believed in one tag.
const BRACKETED_MAX: usize = 4;
/// The most quotes believed to stand inside a value.
const INNER_QUOTES_MAX: usize = 4;

/// Elements everything else stands in: to lose one is to lose an entry.
const AROUND: [&str; 6] = ["item", "entry", "channel", "feed", "rss", "rdf:RDF"];
/// What no attribute's value holds: where it comes before the quote that should
/// end the value, that quote belongs to another tag.
pub(super) const OUTSIDE: [&str; 8] = [
    "<item", "</item", "<entry", "</entry", "<link", "</link", "</title", "</desc",
];

/// Puts the tag `text` begins with on `repaired` and gives how long it was;
/// `None`: it is no tag.
pub(super) fn tag(text: &str, repaired: &mut String) -> Option<usize> {
    let name = text[1..].trim_start_matches('/');
    if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return None;
    }
    let window = cut(text, TAG_BYTES_MAX);
    if window.starts_with("</") {
        return Some(end_tag(window, repaired));
    }
    let began = repaired.len();
    // Quotes around brackets are believed only where the whole tag bears it out.
    for bracketed_max in [BRACKETED_MAX, 0] {
        let start = StartTag {
            repaired,
            bracketed: 0,
            bracketed_max,
            has_quoted: false,
            is_odd: false,
        };
        let (length, is_odd) = start.read(window);
        if length.is_some() && is_odd {
            return length;
        }
        repaired.truncate(began);
        if let Some(length) = length {
            repaired.push_str(&window[..length]);
            return Some(length);
        }
    }
    None
}

/// An end tag ends where the next tag begins, if not before; there is nothing
/// in it but a name.
fn end_tag(text: &str, repaired: &mut String) -> usize {
    let named = text.trim_start_matches(['<', '/']);
    let name = &named[..named.find(ends_name).unwrap_or(named.len())];
    let after = text.len() - named.len() + name.len();
    repaired.push_str("</");
    repaired.push_str(name);
    let end = text[after..].find(['<', '>']).map(|end| after + end);
    let end = end.filter(|end| text[*end..].starts_with('>'));
    if let Some(end) = end {
        push_lines(&text[after..end], repaired);
    }
    repaired.push('>');
    end.map_or(after, |end| end + 1)
}

struct StartTag<'a> {
    repaired: &'a mut String,
    /// Values with brackets in them.
    bracketed: usize,
    bracketed_max: usize,
    /// Some attribute has a value between two quotes.
    has_quoted: bool,
    /// It cannot be read as it stands.
    is_odd: bool,
}

impl StartTag<'_> {
    /// How long the tag is, `None` if it is none, and whether it was repaired.
    fn read(mut self, text: &str) -> (Option<usize>, bool) {
        let length = self.length(text);
        (length, self.is_odd)
    }

    fn length(&mut self, text: &str) -> Option<usize> {
        let name_end = 1 + text[1..].find(ends_name)?;
        self.repaired.push_str(&text[..name_end]);
        let mut at = name_end;
        loop {
            let rest = text[at..].trim_start();
            let blank = text.len() - at - rest.len();
            self.repaired.push_str(&text[at..at + blank]);
            at += blank;
            match rest.bytes().next()? {
                b'>' => {
                    self.repaired.push('>');
                    return Some(at + 1);
                }
                b'<' => {
                    let ends = self.ends_before(&text[1..name_end], rest);
                    return ends.then_some(at);
                }
                b'/' if rest.starts_with("/>") => {
                    self.repaired.push_str("/>");
                    return Some(at + 2);
                }
                b'/' | b'=' => at += 1,
                b'"' | b'\'' => {
                    self.is_odd = true;
                    at += 1;
                }
                _ => at += self.attribute(rest),
            }
        }
    }

    /// Whether the bracket that should end it was left out before the tag `next`.
    fn ends_before(&mut self, name: &str, next: &str) -> bool {
        let around = AROUND.contains(&name) && next[1..].starts_with(char::is_alphabetic);
        if self.bracketed > 0 || !self.has_quoted && !around {
            return false;
        }
        self.is_odd = true;
        self.repaired.push('>');
        true
    }

    /// Takes one attribute, or a word; gives how long it was.
    fn attribute(&mut self, text: &str) -> usize {
        let name = &text[..text.find(ends_name).unwrap_or(text.len())];
        if !self.repaired.ends_with(char::is_whitespace) {
            self.repaired.push(' ');
        }
        self.repaired.push_str(name);
        let Some(value) = text[name.len()..].trim_start().strip_prefix('=') else {
            return name.len();
        };
        let value = value.trim_start();
        self.repaired.push('=');
        let before = text.len() - value.len();
        push_lines(&text[name.len()..before], self.repaired);
        match value.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inside = &value[1..];
                let is_doubled = inside.starts_with(quote) && !ends_value(&inside[1..]);
                self.is_odd |= is_doubled;
                let quotes = 1 + usize::from(is_doubled);
                before + quotes + self.quoted(&value[quotes..], quote)
            }
            _ => before + self.unquoted(value),
        }
    }

    fn unquoted(&mut self, text: &str) -> usize {
        let value = &text[..text.find(ends_bare).unwrap_or(text.len())];
        if value.is_empty() {
            self.repaired.push_str("\"\"");
        }
        self.is_odd |= value.contains(['"', '\'']) || value.is_empty();
        self.repaired
            .extend(value.chars().filter(|c| !matches!(c, '"' | '\'')));
        value.len()
    }

    /// Takes a value and the quote that ends it, or should have.
    fn quoted(&mut self, text: &str, quote: char) -> usize {
        self.repaired.push(quote);
        let length = if let Some(end) = self.value_end(text, quote) {
            self.has_quoted = true;
            let value = &text[..end];
            if value.contains(['<', quote]) {
                self.is_odd = true;
                let inner = if quote == '"' { "&quot;" } else { "&#39;" };
                let value = value.replace('<', "&lt;").replace(quote, inner);
                self.repaired.push_str(&value);
            } else {
                self.repaired.push_str(value);
            }
            end + 1
        } else {
            self.is_odd = true;
            let bare = &text[..text.find(ends_bare).unwrap_or(text.len())];
            let is_last = text[bare.len()..].starts_with('>');
            let value = bare.strip_suffix('/').filter(|_| is_last).unwrap_or(bare);
            let value = value.split(quote).next().unwrap_or_default();
            self.repaired.push_str(value);
            value.len()
        };
        self.repaired.push(quote);
        length
    }

    /// Where the quote stands that ends the value; `None`: it was left out.
    fn value_end(&mut self, text: &str, quote: char) -> Option<usize> {
        let first = text.find(quote)?;
        let value = &text[..first];
        if value.contains('<') {
            let believed = self.bracketed < self.bracketed_max
                && ends_value(&text[first + 1..])
                && !OUTSIDE.iter().any(|tag| value.contains(tag));
            self.bracketed += usize::from(believed);
            return believed.then_some(first);
        }
        if ends_value(&text[first + 1..]) {
            return Some(first);
        }
        if text[first + 1..].starts_with(quote) {
            return Some(first);
        }
        // `url="a type="b"`: the quote begins the next attribute's value.
        if value.trim_end().ends_with('=') || value.contains('>') {
            return None;
        }
        let inner = text.match_indices(quote).take(INNER_QUOTES_MAX);
        let last = inner
            .map(|(at, _)| at)
            .find(|at| ends_value(&text[at + 1..]))
            .filter(|at| !text[..*at].contains(['=', '<', '>']));
        Some(last.unwrap_or(first))
    }
}

/// Whether `after`, what follows a quote, shows that it ended a value.
fn ends_value(after: &str) -> bool {
    let name = after.trim_start_matches(|c: char| !ends_name(c));
    after.is_empty()
        || after.starts_with(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))
        || name.len() < after.len() && (name.starts_with("=\"") || name.starts_with("='"))
}

const fn ends_name(c: char) -> bool {
    c.is_ascii_whitespace() || matches!(c, '>' | '<' | '/' | '"' | '\'' | '=')
}

const fn ends_bare(c: char) -> bool {
    c.is_ascii_whitespace() || matches!(c, '>' | '<')
}
