//! XML that cannot be cut into tags, made so: one pass, only for documents the
//! plain reader stumbled over. Lines stay where they were, so that complaints
//! about the repaired text point to the right line of the original.

mod tag;

use super::doctype;

/// The longest instruction, or distance to the end of a document type, looked through.
const INSTRUCTION_BYTES_MAX: usize = 1024;

/// The most tags and comments looked back at for the element a section stands in.
const LOOKED_BACK_MAX: usize = 64;

const CDATA: &str = "<![CDATA[";
const CDATA_END: &str = "]]>";
const COMMENT: &str = "<!--";
const COMMENT_END: &str = "-->";

/// `text` with brackets that begin no tag escaped, and unfinished comments,
/// sections and instructions finished.
pub(super) fn repair(text: &str) -> String {
    let mut repaired = String::with_capacity(text.len() + text.len() / 32);
    let mut rest = text;
    let last_end = text.rfind(CDATA_END).unwrap_or_default();
    let last_comment_end = text.rfind(COMMENT_END).unwrap_or_default();
    while let Some(at) = rest.find('<') {
        repaired.push_str(&rest[..at]);
        rest = &rest[at..];
        let is_section = rest
            .get(..CDATA.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(CDATA));
        let taken = if is_section && text.len() - rest.len() >= last_end {
            endless_section(rest, &mut repaired)
        } else if is_section {
            section(rest, CDATA, CDATA_END, &mut repaired)
        } else if rest.starts_with(COMMENT) {
            // One that never ends would swallow the document.
            if text.len() - rest.len() + COMMENT.len() > last_comment_end {
                escaped(&mut repaired)
            } else {
                section(rest, COMMENT, COMMENT_END, &mut repaired)
            }
        } else if rest.starts_with("<?") {
            instruction(rest, &mut repaired)
        } else if is_doctype(rest) {
            document_type(rest, &mut repaired)
        } else {
            tag::tag(rest, &mut repaired).unwrap_or_else(|| escaped(&mut repaired))
        };
        rest = &rest[taken..];
    }
    repaired.push_str(rest);
    repaired
}

/// A section with its beginning as it should be written, ended if it was not.
fn section(rest: &str, beginning: &str, end: &str, repaired: &mut String) -> usize {
    repaired.push_str(beginning);
    let body = &rest[beginning.len()..];
    let bytes = body.find(end).unwrap_or(body.len());
    repaired.push_str(&body[..bytes]);
    repaired.push_str(end);
    (beginning.len() + bytes + end.len()).min(rest.len())
}

/// A CDATA section no end follows: it was meant to end with its element.
fn endless_section(rest: &str, repaired: &mut String) -> usize {
    let around = repaired
        .rmatch_indices('<')
        .take(LOOKED_BACK_MAX)
        .map(|(at, _)| &repaired[at + 1..])
        .find(|tag| tag.starts_with(char::is_alphabetic))
        .unwrap_or_default();
    let name = around.split(|c: char| c.is_whitespace() || c == '>').next();
    let end = format!("</{}>", name.unwrap_or_default());
    let body = &rest[CDATA.len()..];
    let bytes = body.find(&end).unwrap_or(body.len());
    repaired.push_str(CDATA);
    repaired.push_str(&body[..bytes]);
    repaired.push_str(CDATA_END);
    CDATA.len() + bytes
}

/// An instruction, if it ends before anything that belongs to the feed; a short
/// one that misses its question mark is left out.
fn instruction(rest: &str, repaired: &mut String) -> usize {
    let body = &super::value::cut(rest, INSTRUCTION_BYTES_MAX)[2..];
    let end = body.find("?>");
    let end = end.filter(|end| !tag::OUTSIDE.iter().any(|tag| body[..*end].contains(tag)));
    if let Some(end) = end {
        repaired.push_str(&rest[..end + 4]);
        return end + 4;
    }
    match body.find(['<', '>']) {
        Some(end) if body[end..].starts_with('>') => {
            push_lines(&body[..end], repaired);
            end + 3
        }
        _ => escaped(repaired),
    }
}

fn is_doctype(rest: &str) -> bool {
    rest.get(..9)
        .is_some_and(|head| head.eq_ignore_ascii_case("<!doctype"))
}

/// A document type; a broken one is left out up to its first bracket, or to the
/// tag that begins before any.
fn document_type(rest: &str, repaired: &mut String) -> usize {
    if let Some(length) = doctype::length(rest) {
        repaired.push_str(&rest[..length]);
        return length;
    }
    let window = super::value::cut(rest, INSTRUCTION_BYTES_MAX);
    let end = window.char_indices().skip(1).find_map(|(at, c)| match c {
        '>' => Some(at + 1),
        '<' if window[at + 1..].starts_with(char::is_alphabetic) => Some(at),
        _ => None,
    });
    let Some(end) = end else {
        return escaped(repaired);
    };
    push_lines(&window[..end], repaired);
    end
}

fn escaped(repaired: &mut String) -> usize {
    repaired.push_str("&lt;");
    1
}

/// The lines of what is left out, so that all that follows stays in its own.
fn push_lines(left_out: &str, repaired: &mut String) {
    repaired.extend(left_out.chars().filter(|c| *c == '\n'));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repairs() {
        let cases = [
            ("<a>1 < 2</a>", "<a>1 &lt; 2</a>"),
            ("<a><b</a>", "<a>&lt;b</a>"),
            ("<a><![CDATA[x < y", "<a><![CDATA[x < y]]>"),
            ("<a><!-- x", "<a>&lt;!-- x"),
            ("<a><!-- x --><!-- </a>", "<a><!-- x -->&lt;!-- </a>"),
            ("<a><?php x ></a>", "<a></a>"),
            ("<a>b <?> c</a>", "<a>b  c</a>"),
            ("<a>b <? c</a>", "<a>b &lt;? c</a>"),
            ("<a>b <? c</item><?d e?>", "<a>b &lt;? c</item><?d e?>"),
            ("<!DOCTYPE r [<!ENTITY><r a='b'/>", "<r a='b'/>"),
            ("<!DOCTYPE r\n<r/>", "\n<r/>"),
            ("<a>x<", "<a>x&lt;"),
            ("<a x='>'>y</a>", "<a x='>'>y</a>"),
            ("<a x=\"y>z</a>", "<a x=\"y\">z</a>"),
            (
                "<!DOCTYPE r [<!ENTITY a 'b'>]><r/>",
                "<!DOCTYPE r [<!ENTITY a 'b'>]><r/>",
            ),
            ("<![if x]>y", "&lt;![if x]>y"),
        ];
        for (text, expected) in cases {
            assert_eq!(repair(text), expected, "{text}");
        }
    }

    /// A tag is what its quotes say, wherever they say anything at all.
    #[test]
    fn repairs_of_tags() {
        let cases = [
            ("<a>x</a\"> y", "<a>x</a> y"),
            ("<a>x</a\n'b'>y", "<a>x</a\n>y"),
            ("a <b\"> c</a>", "a <b> c</a>"),
            ("<p\"class=x>6\" disk</p>", "<p class=x>6\" disk</p>"),
            ("<a>x</a<b>", "<a>x</a><b>"),
            ("<a>x</a", "<a>x</a>"),
            ("<a>x<//a>", "<a>x</a>"),
            // The quote is doubled, stands before the name, or is left out.
            ("<a u=\"v\"\" t=\"w\"/>", "<a u=\"v\" t=\"w\"/>"),
            ("<a u=\"\"v\" t=\"w\"/>", "<a u=\"v\" t=\"w\"/>"),
            // A bracket in a value, believed where the whole tag bears it out.
            ("<a u=\"x?v<w\" t=\"w\"/>", "<a u=\"x?v&lt;w\" t=\"w\"/>"),
            (
                "<a t=\"5 < 6 in <b>May</b>\"/>",
                "<a t=\"5 &lt; 6 in &lt;b>May&lt;/b>\"/>",
            ),
            (
                "<a u=\"v>6</a> or 5\" <b>x</b>",
                "<a u=\"v\">6</a> or 5\" <b>x</b>",
            ),
            (
                "<a u=\"v>x</item><b w=\"\"/>",
                "<a u=\"v\">x</item><b w=\"\"/>",
            ),
            ("<a u=\"v\" \"t=\"w\"/>", "<a u=\"v\" t=\"w\"/>"),
            ("<a u=\"v t=\"w\"/>", "<a u=\"v\" t=\"w\"/>"),
            ("<a u=v\" t=\"w\"/>", "<a u=v t=\"w\"/>"),
            (
                "<a t=\"w\" u=\"v/><b t=\"w\"/>",
                "<a t=\"w\" u=\"v\"/><b t=\"w\"/>",
            ),
            ("<a u=\"v\"t=\"w\"/>", "<a u=\"v\"t=\"w\"/>"),
            ("<a t='say 'so' to me'/>", "<a t='say &#39;so' to me/>"),
            // Only its last bracket is missing.
            ("<item<title>", "<item><title>"),
            ("<a u=\"v\"<b>", "<a u=\"v\"><b>"),
            ("1 <b</a>", "1 &lt;b</a>"),
            // Prose between two quotes is no value.
            (
                "<a>x <y z=\"b</a><c d=\"e\"/>",
                "<a>x &lt;y z=\"b</a><c d=\"e\"/>",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(repair(text), expected, "{text}");
        }
    }
}
