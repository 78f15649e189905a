//! What becomes of an address in markup.

use url::Url;

use super::URL_SCHEMES;

/// What becomes of an address.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Address {
    AsWritten,
    Resolved(String),
    Dropped,
}

/// What the sanitiser makes of `address`; `None`: that needs thought.
pub(super) fn address(address: &str, base: Option<&Url>) -> Option<Address> {
    if is_plain(address) {
        return Some(Address::AsWritten);
    }
    if has_credentials(address, base) {
        return Some(Address::Dropped);
    }
    match (Url::parse(address), base) {
        (Ok(url), _) if URL_SCHEMES.contains(&url.scheme()) => Some(Address::AsWritten),
        (Err(url::ParseError::RelativeUrlWithoutBase), Some(base)) => {
            let resolved = base.join(address).ok()?;
            Some(Address::Resolved(resolved.into()))
        }
        _ => Some(Address::Dropped),
    }
}

/// A name or a password before the host: `https://egov.kz:x@elsewhere.example/`
/// looks like another house.
pub(super) fn has_credentials(address: &str, base: Option<&Url>) -> bool {
    if !address.contains('@') {
        return false;
    }
    let url = match base {
        Some(base) => base.join(address),
        None => Url::parse(address),
    };
    let has_user = |url: &Url| !url.username().is_empty() || url.password().is_some();
    url.is_ok_and(|url| url.has_host() && has_user(&url))
}

/// Whether it is an address of the web as nearly all are written, with a host
/// that is a name in small Latin letters: nothing after it can make it another.
fn is_plain(address: &str) -> bool {
    let web = ["https://", "http://"];
    let Some(rest) = web.iter().find_map(|scheme| address.strip_prefix(scheme)) else {
        return false;
    };
    let end = rest
        .bytes()
        .position(|byte| matches!(byte, b'/' | b'?' | b'#'));
    let host = &rest[..end.unwrap_or(rest.len())];
    let is_label = |label: &str| {
        let known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !label.is_empty() && !label.starts_with("xn--") && label.bytes().all(known)
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    // A last label of digits makes it a number: an IPv4 address in some spelling.
    last.starts_with(|first: char| first.is_ascii_lowercase()) && host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_addresses_are_what_the_parser_takes_them_for() {
        let cases = [
            ("https://a.example", true),
            ("http://a-1.b.example/ә б?c=\\@d:#e", true),
            ("https://localhost?x", true),
            ("https://a.example:80/", false),
            ("https://b@a.example/", false),
            ("https://a.example\\@b.example", false),
            ("https://A.example/", false),
            ("https://1.2.3.4/", false),
            ("https://a.0x7f/", false),
            ("https://xn--a/", false),
            ("https://a..example/", false),
            ("https://a.example./", false),
            ("https:///a.example", false),
            ("https://", false),
            (" https://a.example", false),
            ("//a.example", false),
            ("javascript:https://a.example", false),
        ];
        for (written, plain) in cases {
            assert_eq!(is_plain(written), plain, "{written}");
            let parsed = Url::parse(written);
            assert!(
                !plain || parsed.is_ok_and(|url| url.username().is_empty()),
                "{written}"
            );
        }
    }
}
