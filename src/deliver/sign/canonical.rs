//! The forms that are hashed (RFC 6376 section 3.4): headers and body relaxed,
//! so that a relay may fold and re-space them.

use aws_lc_rs::digest::{Context, Digest, SHA256};
use memchr::{memchr2_iter, memmem};

/// One header field, as it stands in the message.
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    /// With folds, without the last line end.
    pub(super) value: &'a str,
}

/// The header block without its last line end, and the body. `None` without an
/// empty line between, or where the headers are not ASCII.
pub(super) fn split(message: &[u8]) -> Option<(&str, &[u8])> {
    let at = memmem::find(message, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&message[..at]).ok()?;
    Some((head, &message[at + 4..]))
}

/// The fields of a header block, from the top.
pub(super) fn fields(head: &str) -> Vec<Field<'_>> {
    let mut found = Vec::new();
    let mut rest = head;
    while !rest.is_empty() {
        let end = field_end(rest);
        let (field, after) = rest.split_at(end);
        rest = after.strip_prefix("\r\n").unwrap_or(after);
        if let Some((name, value)) = field.split_once(':') {
            let name = name.trim_end();
            found.push(Field { name, value });
        }
    }
    found
}

/// Where the first field ends: at a line end no space follows.
fn field_end(text: &str) -> usize {
    text.match_indices("\r\n")
        .map(|(at, _)| at)
        .find(|at| !text[at + 2..].starts_with([' ', '\t']))
        .unwrap_or(text.len())
}

/// Section 3.4.2: name in lower case, value unfolded, white space single.
pub(super) fn relaxed_field(field: &Field<'_>, into: &mut String) {
    into.extend(field.name.chars().map(|c| c.to_ascii_lowercase()));
    into.push(':');
    let words = field.value.split([' ', '\t', '\r', '\n']);
    for (index, word) in words.filter(|word| !word.is_empty()).enumerate() {
        if index > 0 {
            into.push(' ');
        }
        into.push_str(word);
    }
    into.push_str("\r\n");
}

/// Section 3.4.4: white space single, none at line ends, no empty lines at the end.
pub(super) fn relaxed_body_hash(body: &[u8]) -> Digest {
    let mut hash = Context::new(&SHA256);
    relaxed_body(body, |piece| hash.update(piece));
    hash.finish()
}

/// Hands over the canonical body in pieces, most of them long: encoded bodies
/// hold few spaces, and what lies between is passed as it is.
fn relaxed_body(body: &[u8], mut put: impl FnMut(&[u8])) {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    let end = body
        .iter()
        .rposition(|byte| !is_space(byte) && !matches!(byte, b'\r' | b'\n'))
        .map_or(0, |last| last + 1);
    let body = &body[..end];
    if body.is_empty() {
        return;
    }
    let mut from = 0;
    for at in memchr2_iter(b' ', b'\t', body) {
        if at < from {
            continue;
        }
        let spaces = body[at..].iter().take_while(|byte| is_space(byte)).count();
        let next = at + spaces;
        let ends_line = body[next..].starts_with(b"\r\n");
        if !ends_line && spaces == 1 && body[at] == b' ' {
            continue;
        }
        put(&body[from..at]);
        if !ends_line {
            put(b" ");
        }
        from = next;
    }
    put(&body[from..]);
    put(b"\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> String {
        let mut whole = Vec::new();
        relaxed_body(text.as_bytes(), |piece| whole.extend_from_slice(piece));
        String::from_utf8(whole).expect("UTF-8")
    }

    #[test]
    fn bodies_as_the_standard_has_them() {
        let cases = [
            // RFC 6376 section 3.4.5.
            (" C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n"),
            ("", ""),
            ("\r\n \r\n\t\r\n", ""),
            ("a", "a\r\n"),
            ("a b\r\n\r\nc", "a b\r\n\r\nc\r\n"),
            ("a  b\tc \t d\t\r\n\r\n", "a b c d\r\n"),
            ("\t\ta\r\n \r\nb", " a\r\n\r\nb\r\n"),
        ];
        for (text, expected) in cases {
            assert_eq!(body(text), expected, "{text:?}");
        }
    }

    #[test]
    fn headers_as_the_standard_has_them() {
        let head = "A: X\r\nB : Y\t\r\n\tZ  \r\nList-Id:\r\n <a.b>";
        let mut text = String::new();
        for field in fields(head) {
            relaxed_field(&field, &mut text);
        }
        assert_eq!(text, "a:X\r\nb:Y Z\r\nlist-id:<a.b>\r\n");
    }

    #[test]
    fn a_message_is_split_at_its_first_empty_line() {
        let (head, body) = split(b"A: b\r\n\r\nc\r\n\r\nd").expect("two parts");
        assert_eq!((head, body), ("A: b", b"c\r\n\r\nd".as_slice()));
        assert!(split(b"A: b\r\n").is_none());
    }
}
