//! Character references: the names of HTML 5 and numbers, with or without a
//! semicolon, as tolerant readers take them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use memchr::memchr;

/// The longest name in the table is 31 letters.
const NAME_BYTES_MAX: usize = 32;

static NAMED: LazyLock<HashMap<&'static str, String>> = LazyLock::new(|| {
    include_str!("entities.txt")
        .lines()
        .filter_map(|line| {
            let (name, codes) = line.split_once(' ')?;
            let text = codes
                .split(' ')
                .filter_map(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?))
                .collect();
            Some((name, text))
        })
        .collect()
});

/// Windows-1252 letters for the numbers 128 to 159, which pages written on
/// Windows use for them (HTML 5 section 13.2.5.80).
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// What `&reference;` stands for: a name, `#233` or `#xE9`; `None` if it is none.
pub fn entity(reference: &str) -> Option<Cow<'static, str>> {
    let Some(number) = reference.strip_prefix('#') else {
        return match reference {
            "amp" => Some(Cow::Borrowed("&")),
            "lt" => Some(Cow::Borrowed("<")),
            "gt" => Some(Cow::Borrowed(">")),
            "quot" => Some(Cow::Borrowed("\"")),
            "apos" => Some(Cow::Borrowed("'")),
            name => NAMED.get(name).map(|text| Cow::Borrowed(text.as_str())),
        };
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse::<u32>().ok()?,
    };
    let letter = match code {
        0 => char::REPLACEMENT_CHARACTER,
        128..=159 => WINDOWS[(code - 128) as usize],
        _ => char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
    };
    Some(Cow::Owned(letter.to_string()))
}

/// `text` with its character references resolved; what is none stays.
pub fn decode_entities(text: &str) -> Cow<'_, str> {
    if memchr(b'&', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest
            .bytes()
            .skip(1)
            .take(NAME_BYTES_MAX)
            .position(|byte| !byte.is_ascii_alphanumeric() && byte != b'#')
            .map_or(rest.len().min(NAME_BYTES_MAX + 1), |at| at + 1);
        let reference = rest.get(1..end).unwrap_or_default();
        let closed = rest.as_bytes().get(end) == Some(&b';');
        let numeric = reference.starts_with('#');
        if let Some(value) = entity(reference).filter(|_| closed || numeric) {
            decoded.push_str(&value);
            rest = &rest[end + usize::from(closed)..];
        } else {
            decoded.push('&');
            rest = &rest[1..];
        }
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_of_every_kind() {
        let cases = [
            ("Ben &amp; Jerry", "Ben & Jerry"),
            ("&laquo;қала&raquo;", "«қала»"),
            ("&#1178;&#x49A;", "ҚҚ"),
            ("&#147;a&#148;", "“a”"),
            ("a & b &nothing; &", "a & b &nothing; &"),
            ("&#xFFFFFFFFFFF;", "&#xFFFFFFFFFFF;"),
            ("&", "&"),
        ];
        for (text, expected) in cases {
            assert_eq!(decode_entities(text), expected, "{text}");
        }
    }
}
