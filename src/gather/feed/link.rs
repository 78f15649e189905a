//! Links made absolute: what the innermost `xml:base` says, else where the
//! document came from, else where the feed says it belongs.

use url::Url;

/// Longer addresses are attacks.
const LINK_BYTES_MAX: usize = 8 * 1024;

/// `link` against `base`. Absolute links stay as they were written; without a
/// base a relative one stays too. `None`: empty, or of a kind that runs code.
pub(super) fn resolve(link: &str, base: Option<&Url>) -> Option<String> {
    let link = link.trim();
    if link.is_empty() || link.len() > LINK_BYTES_MAX {
        return None;
    }
    let mut link = link.to_owned();
    // Controls beyond ASCII begin with 0xC2.
    let odd = |byte: u8| byte < b' ' || matches!(byte, 0x7F | 0xC2);
    if link.bytes().fold(false, |found, byte| found | odd(byte)) {
        link.retain(|letter| !letter.is_control());
    }
    if has_scheme(&link) {
        let scheme = link.split(':').next().unwrap_or_default();
        let runs = ["javascript", "vbscript", "data"]
            .iter()
            .any(|bad| scheme.eq_ignore_ascii_case(bad));
        return (!runs).then_some(link);
    }
    // A host people type without its scheme (RFC 3986 section 4.5).
    let typed = link
        .strip_prefix("www.")
        .is_some_and(|rest| rest.contains('.'));
    let link = if typed {
        let scheme = base.map_or("http", Url::scheme);
        format!("{scheme}://{link}")
    } else {
        link
    };
    match base.map(|base| base.join(&link)) {
        Some(Ok(url)) => Some(url.into()),
        _ => Some(link),
    }
}

/// A link that was escaped once too often (`&amp;` in CDATA): no query has a
/// parameter `amp;b`.
pub(super) fn unescaped(link: String) -> String {
    if link.contains("&amp;") {
        link.replace("&amp;", "&")
    } else {
        link
    }
}

/// Whether characters are an address rather than words or markup.
pub(super) fn is_address(characters: &str) -> bool {
    let address = characters.trim();
    let is_one_word = !address.contains(char::is_whitespace) && address.contains(['/', '.']);
    let is_whole = has_scheme(address) && address.contains("://") && !address.contains('\n');
    !address.contains('<') && (is_one_word || is_whole)
}

/// An id that is a relative address is one of this place; any other is opaque.
pub(super) fn resolve_id(id: &str, base: Option<&Url>) -> String {
    let relative = id.contains('/') && !id.contains(':') && !id.contains(char::is_whitespace);
    match base
        .filter(|_| relative)
        .and_then(|base| base.join(id).ok())
    {
        Some(url) => url.into(),
        None => id.to_owned(),
    }
}

/// RFC 3986 section 3.1.
pub(super) fn has_scheme(link: &str) -> bool {
    link.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links() {
        let base = Url::parse("https://jarshy.example/news/index.html").unwrap();
        let cases = [
            (" /a ", Some("https://jarshy.example/a")),
            ("www.other.example/1", Some("https://www.other.example/1")),
            ("b?c=1", Some("https://jarshy.example/news/b?c=1")),
            ("//cdn.example/x", Some("https://cdn.example/x")),
            ("http://other.example", Some("http://other.example")),
            ("java\nscript:alert(1)", None),
            ("urn:uuid:1", Some("urn:uuid:1")),
            ("", None),
        ];
        for (link, expected) in cases {
            assert_eq!(resolve(link, Some(&base)).as_deref(), expected, "{link}");
        }
        assert_eq!(resolve("b", None).as_deref(), Some("b"));
        for address in [" http://a/b c.mp3 ", "/i.png", "i.png", "//a/i"] {
            assert!(is_address(address), "{address}");
        }
        for words in [
            "some words",
            "Note: see a/b",
            "none",
            "",
            "<url>http://a/</url>",
        ] {
            assert!(!is_address(words), "{words}");
        }
        assert_eq!(resolve_id("tag:1/2", Some(&base)), "tag:1/2");
        assert_eq!(
            resolve_id("x/1", Some(&base)),
            "https://jarshy.example/news/x/1"
        );
    }
}
