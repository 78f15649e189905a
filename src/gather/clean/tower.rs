//! Tells markup that would cost the HTML parser far more than its length: the
//! parser walks its open elements at each tag, opens unclosed formatting again
//! in each paragraph, compares each attribute of a tag with all others and those of
//! each `<html>` with those of all before it, and looks for a table among its
//! neighbours at each thing that stands in it outside a cell; and writing a text out it
//! looks, at
//! each sign it has to escape, through all the rest of it. A feed's text that is such
//! becomes plain; a page loses only the tags beyond the limits, and the text between
//! them stays.
//!
//! One pass, with the parser's own rules for which end tag closes what (HTML
//! section 13.2.6) as far as they bear on depth; where they are not followed,
//! more is counted as open than is. Deliberately absent: a tree.

mod signs;

use std::borrow::Cow;

use memchr::memchr;

use super::tag::{Tag, raw_end, tag_at};
use super::text;
use crate::gather::document::DOCUMENT_DEPTH_MAX;
use signs::Signs;

/// Formatting elements waiting to be opened again in the next paragraph.
const FORMATTING_MAX: usize = 32;
/// Attributes of one tag.
const ATTRIBUTES_MAX: usize = 128;

/// Elements a tag of the same kind, or any block, closes by itself.
const CLOSE_THEMSELVES: [&str; 18] = [
    "p", "li", "dt", "dd", "option", "optgroup", "rb", "rp", "rt", "rtc", "tr", "td", "th",
    "thead", "tbody", "tfoot", "colgroup", "html",
];
/// Elements besides formatting that hold no end tag back.
const INLINE: [&str; 14] = [
    "abbr", "bdi", "bdo", "cite", "del", "dfn", "ins", "kbd", "label", "mark", "q", "samp", "span",
    "time",
];
/// Elements whose end tag closes all that is open in them.
const BLOCKS: [&str; 32] = [
    "address",
    "applet",
    "article",
    "aside",
    "blockquote",
    "button",
    "center",
    "details",
    "dir",
    "div",
    "dl",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "listing",
    "main",
    "marquee",
    "nav",
    "object",
    "ol",
    "pre",
    "section",
    "table",
    "ul",
];
/// Elements no end tag of another reaches through, but that of a table.
const BOUNDARIES: [&str; 16] = [
    "annotation-xml",
    "applet",
    "caption",
    "desc",
    "foreignobject",
    "marquee",
    "mi",
    "mn",
    "mo",
    "ms",
    "mtext",
    "object",
    "select",
    "table",
    "template",
    "title",
];
/// Elements whose content is no markup.
const RAW: [&str; 9] = [
    "script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "noscript",
];
/// Where these are open, neither void nor raw elements are what they are in HTML.
const FOREIGN: [&str; 3] = ["svg", "math", "select"];

/// Tags and texts in tables outside their cells: the parser puts each before the
/// table, and looks for the table among all that stands beside it.
const FOSTERED_MAX: usize = 1_000;
/// Signs `<` that begin no tag: the parser's cost grows with their square.
const STRAY_SIGNS_MAX: usize = 1_000;
/// Tags of `<html>` and `<body>`: what they say is added to the first, each time
/// compared with all it has.
const ROOTS_MAX: usize = 16;
/// Elements of a table whose end leaves no cell open.
const CELLS_AND_ROWS: [&str; 7] = ["td", "th", "caption", "tr", "tbody", "thead", "tfoot"];
/// Raw elements whose content is written out as it is.
const UNESCAPED: [&str; 2] = ["script", "style"];
/// Parts a text in two, and nobody sees it.
const PARTING: &str = "<wbr>";

/// Whether `html` is such.
pub(super) fn is_a_tower(html: &str) -> bool {
    measure(html).0
}

/// Whether `html` is a tower, and how many elements were compared to tell.
fn measure(html: &str) -> (bool, usize) {
    let mut refused = false;
    let compared = walk(html, |_| {
        refused = true;
        Next::Stop
    });
    (refused, compared)
}

/// `html` without the tags and stray signs beyond the limits, and how many those
/// were; a text with more signs than are written out at once stays, in parts.
pub fn cut(html: &str) -> (Cow<'_, str>, usize) {
    let mut kept = String::new();
    let mut copied = 0;
    let mut left_out = 0;
    walk(html, |beyond| {
        match beyond {
            Beyond::Tag { start, end } => {
                kept.push_str(&html[copied..start]);
                copied = end;
                left_out += 1;
            }
            Beyond::Text { at } => {
                kept.push_str(&html[copied..at]);
                kept.push_str(PARTING);
                copied = at;
            }
            Beyond::Raw { at, end } => {
                kept.push_str(&html[copied..at]);
                left_out += signs::blank(&html[at..end], &mut kept);
                copied = end;
            }
        }
        Next::Tag
    });
    if copied == 0 {
        return (Cow::Borrowed(html), 0);
    }
    kept.push_str(&html[copied..]);
    (Cow::Owned(kept), left_out)
}

/// What a refused tag leads to.
#[derive(PartialEq, Eq)]
enum Next {
    Tag,
    Stop,
}

/// What is beyond a limit, by its place in bytes.
#[derive(Clone, Copy)]
enum Beyond {
    Tag {
        start: usize,
        end: usize,
    },
    /// The text from here on has to be written apart from the one before.
    Text {
        at: usize,
    },
    /// The rest of a raw element's content has more signs than are written at once.
    Raw {
        at: usize,
        end: usize,
    },
}

/// Hands `refuse` each thing beyond the limits; tells how many elements were
/// compared.
fn walk(html: &str, mut refuse: impl FnMut(Beyond) -> Next) -> usize {
    let mut open = Open::default();
    let mut signs = Signs::default();
    let mut at = 0;
    let mut strays = 0;
    loop {
        let found = memchr(b'<', &html.as_bytes()[at..]);
        let start = found.map_or(html.len(), |found| at + found);
        while let Some(beyond) = signs.beyond(html, at, start) {
            if refuse(Beyond::Text { at: beyond }) == Next::Stop {
                return open.compared;
            }
            at = beyond;
        }
        if found.is_none() {
            return open.compared;
        }
        open.reads(&html[at..start]);
        let tag = tag_at(html, start);
        let end = tag.end;
        at = end;
        strays += usize::from(tag.name.is_empty() && !html[start..].starts_with("<!--"));
        let is_stray = tag.name.is_empty() && strays > STRAY_SIGNS_MAX;
        if is_stray
            || tag.attributes > ATTRIBUTES_MAX
            || signs::are_too_many(html, start, &tag)
            || !open.admits(&tag)
        {
            if refuse(Beyond::Tag { start, end }) == Next::Stop {
                return open.compared;
            }
            continue;
        }
        signs.passed(&tag);
        if !tag.closing && RAW.contains(&tag.name.as_str()) && open.reads_raw(&tag.name) {
            at = raw_end(html, end, &tag.name);
            let is_escaped = !UNESCAPED.contains(&tag.name.as_str());
            let beyond = Signs::default().beyond(html, end, at);
            if let Some(beyond) = beyond.filter(|_| is_escaped)
                && refuse(Beyond::Raw {
                    at: beyond,
                    end: at,
                }) == Next::Stop
            {
                return open.compared;
            }
        }
    }
}

/// The parser's open elements, as far as depth needs them.
#[derive(Default)]
struct Open {
    elements: Vec<String>,
    formatting: Vec<String>,
    /// How many of the elements are of [`FOREIGN`].
    foreign: usize,
    compared: usize,
    /// Tags of `<html>` and `<body>`, and how many attributes they have together.
    roots: usize,
    root_attributes: usize,
    /// Of each open table, whether a cell of it is open.
    tables: Vec<bool>,
    /// What stood in tables outside their cells.
    fostered: usize,
}

impl Open {
    fn admits(&mut self, tag: &Tag) -> bool {
        let name = tag.name.as_str();
        if name.is_empty() {
            return true;
        }
        self.compared += self.elements.len() + self.formatting.len();
        if tag.closing {
            self.close(name);
            return true;
        }
        if self.is_one_too_many_in_tables(name) {
            return false;
        }
        if matches!(name, "html" | "body") {
            self.roots += 1;
            self.root_attributes += tag.attributes;
            if self.roots > ROOTS_MAX || self.root_attributes > ATTRIBUTES_MAX {
                return false;
            }
        }
        let formats = text::is_formatting(name);
        let html = self.foreign == 0 || matches!(name, "p" | "br" | "img" | "hr");
        let brief = text::is_void(name) || CLOSE_THEMSELVES.contains(&name) || RAW.contains(&name);
        let drawn = self.foreign > 0 && tag.self_closing;
        let stays = !(html && brief || drawn);
        if stays && self.elements.len() >= DOCUMENT_DEPTH_MAX
            || formats && self.formatting.len() >= FORMATTING_MAX
        {
            return false;
        }
        if formats {
            self.formatting.push(name.to_owned());
        }
        if stays {
            self.elements.push(name.to_owned());
            self.foreign += usize::from(FOREIGN.contains(&name));
            if name == "table" {
                self.tables.push(false);
            }
        }
        true
    }

    /// Counts a text that stands in a table outside its cells.
    fn reads(&mut self, text: &str) {
        if self.is_between_cells() && !text.trim().is_empty() {
            self.fostered += 1;
        }
    }

    fn is_between_cells(&self) -> bool {
        self.tables.last() == Some(&false)
            && self.elements.last().is_some_and(|open| open == "table")
    }

    /// Counts an element that opens in a table outside its cells. Beyond the limit
    /// neither such nor another table is let in.
    fn is_one_too_many_in_tables(&mut self, name: &str) -> bool {
        let is_full = self.fostered >= FOSTERED_MAX;
        match name {
            "table" => return is_full,
            "td" | "th" | "caption" => self.enter_cell(true),
            "tr" | "tbody" | "thead" | "tfoot" | "colgroup" => self.enter_cell(false),
            "col" | "script" | "style" | "template" => {}
            _ if self.is_between_cells() => {
                self.fostered += 1;
                return is_full;
            }
            _ => {}
        }
        false
    }

    fn enter_cell(&mut self, is_cell: bool) {
        if let Some(cell) = self.tables.last_mut() {
            *cell = is_cell;
        }
    }

    /// Whether the content of a raw element is raw here: in a `select` only a script's is.
    fn reads_raw(&self, name: &str) -> bool {
        let drawing = |open: &String| matches!(open.as_str(), "svg" | "math");
        self.foreign == 0 || name == "script" && !self.elements.iter().any(drawing)
    }

    fn close(&mut self, name: &str) {
        if CELLS_AND_ROWS.contains(&name) {
            self.enter_cell(false);
        }
        let found = self.elements.iter().rposition(|open| open == name);
        let inside = found.map_or(0, |at| at + 1);
        let mut within = self.elements[inside..].iter().map(String::as_str);
        let reaches = |open| name == "table" && !matches!(open, "select" | "template");
        if within.any(|open| BOUNDARIES.contains(&open) && !reaches(open)) {
            return;
        }
        let formats = text::is_formatting(name);
        if formats && let Some(at) = self.formatting.iter().rposition(|open| open == name) {
            self.formatting.remove(at);
        }
        let Some(at) = found else { return };
        let is_inline =
            |name: &String| text::is_formatting(name) || INLINE.contains(&name.as_str());
        let held_back = !self.elements[at + 1..].iter().all(is_inline);
        if BLOCKS.contains(&name) || !held_back {
            self.elements.truncate(at);
        } else if formats || name == "form" {
            // It takes out only its own element; any other is ignored.
            self.elements.remove(at);
        }
        if !self.tables.is_empty() {
            let tables = self.elements.iter().filter(|open| *open == "table");
            self.tables.truncate(tables.count());
        }
        let is_foreign = |open: &&String| FOREIGN.contains(&open.as_str());
        self.foreign = self.elements.iter().filter(is_foreign).count();
    }
}

#[cfg(test)]
mod tests;
