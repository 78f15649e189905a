//! One spelling for the addresses of one text.

use std::borrow::Cow;

use url::Url;

use super::naming::Naming;

/// Query keys that name the reader's way, not the text, in small letters; beside them
/// all that begin with [`TRACKING_PREFIX`].
const TRACKING_KEYS: [&str; 17] = [
    "fbclid",
    "gclid",
    "gbraid",
    "wbraid",
    "dclid",
    "msclkid",
    "yclid",
    "ysclid",
    "_openstat",
    "twclid",
    "ttclid",
    "igshid",
    "igsh",
    "mc_cid",
    "mc_eid",
    "_hsenc",
    "_hsmi",
];
const TRACKING_PREFIX: &str = "utm_";
/// Keys that may name the way, and stay in the address: it may need them.
const MAYBE_TRACKING_KEYS: [&str; 2] = ["from", "rss"];
/// Query keys that name the reader's session, in small letters.
const SESSION_KEYS: [&str; 5] = [
    "phpsessid",
    "jsessionid",
    "sessionid",
    "session_id",
    "sessid",
];
/// Keys that name a moment or a session, or an article.
const MAYBE_NAMING_KEYS: [&str; 7] = ["t", "ts", "time", "timestamp", "sid", "session", "s"];
/// Keys that name a session where their value is as long and mixed as one.
const MAYBE_SESSION_KEYS: [&str; 3] = ["sid", "session", "s"];
const SESSION_BYTES_MIN: usize = 20;
/// Keys that name the moment of asking, so that no cache answers, where their value is
/// as long as a clock's: seconds since 1970, or a random number of that length.
const MOMENT_KEYS: [&str; 10] = [
    "t",
    "ts",
    "_",
    "time",
    "timestamp",
    "rnd",
    "rand",
    "random",
    "nocache",
    "cb",
];
const MOMENT_DIGITS_MIN: usize = 10;
/// A session in the path, as Java's servers write it.
const SESSION_IN_PATH: &str = ";jsessionid=";

/// The address without scheme, `www.`, last slash, fragment, tracking, session and
/// moment keys: it leads nowhere, and is the same for all that lead to one text.
pub(in super::super) fn canonical(link: &Url) -> String {
    house(link) + &way(link)
}

/// The same with the keys that may name the article as well as the reader's way.
pub(super) fn precise(link: &Url) -> String {
    let kept = |key: &str, value: &str| {
        !is_passing(key, value) || is_maybe_passing(&key.to_ascii_lowercase(), value)
    };
    house(link) + &spelt(link, kept)
}

/// The host of [`canonical`], with its port.
pub(super) fn house(link: &Url) -> String {
    let host = link.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let port = link
        .port()
        .map_or_else(String::new, |port| format!(":{port}"));
    format!("{host}{port}")
}

/// What of [`canonical`] follows the host: path and query.
pub(super) fn way(link: &Url) -> String {
    spelt(link, |key, value| {
        !is_passing(key, value) && !MAYBE_TRACKING_KEYS.contains(&key)
    })
}

fn spelt(link: &Url, is_kept: impl Fn(&str, &str) -> bool) -> String {
    let path = sessionless_path(link.path());
    let path = plain(path.trim_end_matches('/'));
    let mut query: Vec<String> = link
        .query_pairs()
        .filter(|(key, value)| is_kept(key, value))
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    query.sort();
    format!("{path}?{}", query.join("&"))
}

/// The address without the session of whoever made the feed, the moment when and the
/// way its readers come: those change from visit to visit, and are nobody else's
/// business.
/// Those stay that are `naming` articles.
pub(super) fn lasting(mut link: Url, naming: &Naming) -> Url {
    let goes = |key: &str, value: &str| is_passing(key, value) && !naming.needs(&link, key);
    let mut pairs = link.query_pairs();
    let query = pairs.any(|(key, value)| goes(&key, &value)).then(|| {
        // As they are written: what is not left out stays letter for letter.
        let pairs = link.query().unwrap_or_default().split('&');
        let goes = |pair: &&str| {
            let mut pair = url::form_urlencoded::parse(pair.as_bytes());
            pair.any(|(key, value)| goes(&key, &value))
        };
        let kept: Vec<&str> = pairs.filter(|pair| !goes(pair)).collect();
        kept.join("&")
    });
    let path = sessionless_path(link.path());
    if let Cow::Owned(path) = path {
        link.set_path(&path);
    }
    if let Some(query) = query {
        link.set_query(Some(query.as_str()).filter(|query| !query.is_empty()));
    }
    link
}

/// Whether the address is of a whole site, not of a text on it.
pub(in super::super) fn is_of_site(link: &Url) -> bool {
    link.path().trim_matches('/').is_empty() && link.query().is_none()
}

/// The path without what is escaped and need not be, and the rest of it in capitals
/// (RFC 3986, 6.2.2.1 and 6.2.2.2).
fn plain(path: &str) -> Cow<'_, str> {
    let unreserved = |escaped: &str| {
        let byte = u8::from_str_radix(escaped.get(..2)?, 16).ok()?;
        let is_plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        is_plain.then_some(char::from(byte))
    };
    let mut parts = path.split('%');
    let mut kept = parts.next().unwrap_or_default().to_owned();
    let mut changed = false;
    for part in parts {
        if let Some(letter) = unreserved(part) {
            changed = true;
            kept.push(letter);
            kept.push_str(&part[2..]);
        } else if let Some(escaped) = part.get(..2).filter(|escaped| is_hex(escaped)) {
            let capital = escaped.to_ascii_uppercase();
            changed |= capital != escaped;
            kept.push('%');
            kept.push_str(&capital);
            kept.push_str(&part[2..]);
        } else {
            kept.push('%');
            kept.push_str(part);
        }
    }
    if changed { kept.into() } else { path.into() }
}

fn is_hex(escaped: &str) -> bool {
    escaped.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether the key passes unless it names the article; in small letters.
pub(super) fn is_maybe_passing(key: &str, value: &str) -> bool {
    MAYBE_NAMING_KEYS.contains(&key) && is_session(key, value)
}

fn is_passing(key: &str, value: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.starts_with(TRACKING_PREFIX)
        || TRACKING_KEYS.contains(&key.as_str())
        || is_session(&key, value)
}

fn is_session(key: &str, value: &str) -> bool {
    let is_long = value.len() >= SESSION_BYTES_MIN
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && value.bytes().any(|byte| byte.is_ascii_alphabetic());
    SESSION_KEYS.contains(&key)
        || key.starts_with("aspsessionid")
        || MAYBE_SESSION_KEYS.contains(&key) && is_long
        || MOMENT_KEYS.contains(&key) && is_moment(value)
}

fn is_moment(value: &str) -> bool {
    // Random ones are fractions as often: `Math.random()`.
    let digits = value.strip_prefix("0.").unwrap_or(value);
    digits.len() >= MOMENT_DIGITS_MIN && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn sessionless_path(path: &str) -> Cow<'_, str> {
    let at = path
        .as_bytes()
        .windows(SESSION_IN_PATH.len())
        .position(|bytes| bytes.eq_ignore_ascii_case(SESSION_IN_PATH.as_bytes()));
    let Some(at) = at else {
        return path.into();
    };
    let end = path[at..].find('/').map_or(path.len(), |end| at + end);
    format!("{}{}", &path[..at], &path[end..]).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_left_out_and_all_else_stays_as_written() {
        for (link, expected) in [
            ("https://a.kz/1?PHPSESSID=1f", "https://a.kz/1"),
            (
                "https://a.kz/1?b=%D0%B0&phpsessid=1f&c",
                "https://a.kz/1?b=%D0%B0&c",
            ),
            ("https://a.kz/n;jsessionid=A1/1?b=2", "https://a.kz/n/1?b=2"),
            ("https://a.kz/n;JSESSIONID=A1.b#c", "https://a.kz/n#c"),
            (
                "https://a.kz/?sid=0123456789abcdef01234567&id=3",
                "https://a.kz/?id=3",
            ),
            ("https://a.kz/?sid=1234", "https://a.kz/?sid=1234"),
            ("https://a.kz/1?t=1764012345", "https://a.kz/1"),
            (
                "https://a.kz/1?rnd=0.8437261950&id=2",
                "https://a.kz/1?id=2",
            ),
            ("https://a.kz/?t=104512", "https://a.kz/?t=104512"),
            ("https://a.kz/?id=1764012345", "https://a.kz/?id=1764012345"),
            (
                "https://a.kz/?s=12345678901234567890123",
                "https://a.kz/?s=12345678901234567890123",
            ),
            ("https://a.kz/?utm_source=rss&id=2", "https://a.kz/?id=2"),
            (
                "https://a.kz/1?from=rss&YSCLID=m1",
                "https://a.kz/1?from=rss",
            ),
        ] {
            let link: Url = link.parse().expect("url");
            assert_eq!(
                lasting(link.clone(), &Naming::default()).as_str(),
                expected,
                "{link}"
            );
        }
    }

    #[test]
    fn one_text_has_one_spelling() {
        let spelt = |link: &str| canonical(&link.parse().expect("url"));
        for (one, other) in [
            ("https://www.a.kz/1/?utm_source=x#top", "http://a.kz/1"),
            ("https://a.kz/1?PHPSESSID=1f", "https://a.kz/1?PHPSESSID=2f"),
            ("https://a.kz/1;jsessionid=1f", "https://a.kz/1"),
            ("https://a.kz/?b=1&a=2", "https://a.kz/?a=2&b=1"),
            ("https://a.kz/%41%2F%d2%9a%3", "https://a.kz/A%2F%d2%9a%3"),
            ("https://a.kz/%d2%9ba%2f%3", "https://a.kz/%D2%9Ba%2F%3"),
            ("https://a.kz/%d2%9b", "https://a.kz/қ"),
        ] {
            assert_eq!(spelt(one), spelt(other));
        }
        assert_ne!(spelt("https://a.kz/?id=1"), spelt("https://a.kz/?id=2"));
    }
}
