//! XML that cannot be cut into tags, made so: one pass, only for documents the
//! plain reader stumbled over. Lines stay where they were, so that complaints
//! about the repaired text point to the right line of the original.

/// The longest tag believed to be one.
const TAG_BYTES_MAX: usize = 64 * 1024;
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
            tag(rest, &mut repaired)
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

/// A tag, if it begins like one and ends before the next one begins.
fn tag(rest: &str, repaired: &mut String) -> usize {
    let name = rest[1..].trim_start_matches('/');
    if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        return escaped(repaired);
    }
    let window = window(rest).as_bytes();
    let mut quote = None;
    let mut stray = false;
    for (at, byte) in window.iter().enumerate().skip(1) {
        match (quote, *byte) {
            (None, b'>') if stray => {
                // Its attributes cannot be told apart any more.
                let end = rest.find(|c: char| c.is_whitespace() || c == '>');
                repaired.push_str(&rest[..end.unwrap_or(at)]);
                repaired.push('>');
                return at + 1;
            }
            (None, b'>') => {
                repaired.push_str(&rest[..=at]);
                return at + 1;
            }
            (None, b'<') => return escaped(repaired),
            (None, b'"' | b'\'') => {
                // A quote that never ends would swallow the document.
                let closes = window[at + 1..]
                    .iter()
                    .position(|next| next == byte || *next == b'<');
                if closes.is_some_and(|end| window[at + 1 + end] == *byte) {
                    quote = Some(*byte);
                } else {
                    stray = true;
                }
            }
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    escaped(repaired)
}

fn escaped(repaired: &mut String) -> usize {
    repaired.push_str("&lt;");
    1
}

fn window(rest: &str) -> &str {
    super::value::cut(rest, TAG_BYTES_MAX)
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
            ("<a x=\"y>z</a>", "<a>z</a>"),
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
}
