//! Numbers too long for a computer's own, which the parser would round: ids of so many
//! digits would all be one.

use std::borrow::Cow;

/// Shorter ones are whole as they are.
const WHOLE_DIGITS_MAX: usize = 18;

/// The JSON `text` with such numbers as texts.
pub(in crate::gather) fn as_texts(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut kept = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let end = match byte {
            b'"' => end_of_string(bytes, at),
            _ if is_of_number(byte) => end_of_number(bytes, at),
            _ => at + 1,
        };
        if is_of_number(byte) && is_too_long(&text[at..end]) {
            kept.push_str(&text[copied..at]);
            kept.extend(["\"", &text[at..end], "\""]);
            copied = end;
        }
        at = end;
    }
    if copied == 0 {
        return text.into();
    }
    kept.push_str(&text[copied..]);
    kept.into()
}

fn end_of_string(bytes: &[u8], from: usize) -> usize {
    let mut at = from + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn end_of_number(bytes: &[u8], from: usize) -> usize {
    let length = bytes[from..].iter().position(|byte| !is_of_number(*byte));
    length.map_or(bytes.len(), |length| from + length)
}

const fn is_of_number(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}

/// A whole number, and not one of 64 bits.
fn is_too_long(number: &str) -> bool {
    let digits = number.strip_prefix('-').unwrap_or(number);
    digits.len() > WHOLE_DIGITS_MAX
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && number.parse::<i64>().is_err()
        && number.parse::<u64>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_whole_numbers_become_texts_and_all_else_stays() {
        let long = r#"{"a":[1234567890123456700001,-9223372036854775809],"b":"ұ"}"#;
        let expected = r#"{"a":["1234567890123456700001","-9223372036854775809"],"b":"ұ"}"#;
        assert_eq!(as_texts(long), expected);
        for other in [
            r#"{"a":18446744073709551615,"b":-9223372036854775808}"#,
            r#"{"a":"\" 1234567890123456700001 \\","b":"1234567890123456700001"}"#,
            r#"{"a":1234567890123456700001.5,"b":1e999,"c":0.1234567890123456700001}"#,
            r#"{"a":"1234567890123456700001"#,
            r#"{"a":"қ\"#,
            "",
        ] {
            assert!(matches!(as_texts(other), Cow::Borrowed(_)), "{other}");
        }
    }
}
