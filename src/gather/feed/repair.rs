//! XML that cannot be cut into tags, made so: one pass, only for documents the
//! plain reader stumbled over. Lines stay where they were, so that complaints
//! about the repaired text point to the right line of the original.

mod tag;

/// The longest document type believed to be one.
const DOCTYPE_BYTES_MAX: usize = 64 * 1024;
/// The longest instruction, or distance to the end of a document type, looked through.
const INSTRUCTION_BYTES_MAX: usize = 1024;

/// The most tags and comments looked back at for the element a section stands in.
const LOOKED_BACK_MAX: usize = 64;

const CDATA: &str = "<![CDATA[";
const CDATA_END: &str = "]]>";

/// `text` with brackets that begin no tag escaped, and unfinished comments,
/// sections and instructions finished.
pub(super) fn repair(text: &str) -> String {
    let mut repaired = String::with_capacity(text.len() + text.len() / 32);
    let mut rest = text;
    let last_end = text.rfind(CDATA_END).unwrap_or_default();
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
        } else if rest.starts_with("<!--") {
            section(rest, "<!--", "-->", &mut repaired)
        } else if rest.starts_with("<?") {
            instruction(rest, &mut repaired)
        } else if is_doctype(rest) {
            let taken = doctype_bytes(rest);
            repaired.push_str(&rest[..taken]);
            taken
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

fn instruction(rest: &str, repaired: &mut String) -> usize {
    let window = super::value::cut(rest, INSTRUCTION_BYTES_MAX);
    if let Some(at) = window.find("?>") {
        repaired.push_str(&rest[..at + 2]);
        return at + 2;
    }
    match window.find('>') {
        Some(at) => at + 1,
        None => escaped(repaired),
    }
}

fn is_doctype(rest: &str) -> bool {
    rest.get(..9)
        .is_some_and(|head| head.eq_ignore_ascii_case("<!doctype"))
        && super::value::cut(rest, INSTRUCTION_BYTES_MAX).contains('>')
}

/// Up to the bracket that ends it, those of its internal subset counted.
fn doctype_bytes(rest: &str) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in window(rest).bytes().enumerate() {
        match byte {
            b'<' => depth += 1,
            b'>' if depth <= 1 => return at + 1,
            b'>' => depth -= 1,
            _ => {}
        }
    }
    rest.find('>').map_or(rest.len(), |at| at + 1)
}

fn escaped(repaired: &mut String) -> usize {
    repaired.push_str("&lt;");
    1
}

/// The lines of what is left out, so that all that follows stays in its own.
fn push_lines(left_out: &str, repaired: &mut String) {
    repaired.extend(left_out.chars().filter(|c| *c == '\n'));
}

fn window(rest: &str) -> &str {
    super::value::cut(rest, DOCTYPE_BYTES_MAX)
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
            ("<a><!-- x", "<a><!-- x-->"),
            ("<a><?php x ></a>", "<a></a>"),
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
