//! What was said and heard on the way to an answer, for people who look on.
//!
//! Deliberately absent: cookies, bodies, and the values in addresses that look
//! like a password.

use std::borrow::Cow;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

/// Answer headers worth showing.
const HEADERS_SHOWN: [&str; 14] = [
    "content-type",
    "content-encoding",
    "content-length",
    "etag",
    "last-modified",
    "cache-control",
    "expires",
    "age",
    "date",
    "location",
    "retry-after",
    "link",
    "server",
    "x-robots-tag",
];
/// The most of one header kept.
const HEADER_BYTES_SHOWN: usize = 8 * 1024;
/// Query keys whose values are not shown.
const SECRET_KEYS: [&str; 8] = [
    "token", "key", "secret", "sig", "password", "passwd", "auth", "code",
];
const HIDDEN: &str = "hidden";

/// One request and the head of its answer. Heads stand as they went over the wire:
/// of most visits nobody looks at them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    pub url: Url,
    pub(super) request: HeaderMap,
    pub status: u16,
    pub(super) answer: HeaderMap,
    /// From the request to the head of its answer.
    pub head_ms: u64,
}

impl Hop {
    /// The headers of the request, in lower case.
    pub fn sent(&self) -> Vec<(String, String)> {
        let told = |(name, value): (&HeaderName, &HeaderValue)| {
            (name.as_str().to_owned(), text(value).into_owned())
        };
        let mut sent: Vec<(String, String)> = self.request.iter().map(told).collect();
        sent.sort();
        sent
    }

    /// Headers of the answer, those worth showing, in lower case.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let of = |name: &&'static str| Some((*name, self.header(name)?));
        HEADERS_SHOWN.iter().filter_map(of).collect()
    }

    /// A header of the answer, as far as it is shown; several of one name are joined
    /// by commas.
    pub fn header(&self, name: &str) -> Option<String> {
        let values = self.answer.get_all(name).into_iter().map(text);
        let mut value = values.collect::<Vec<_>>().join(", ");
        value.truncate(value.floor_char_boundary(HEADER_BYTES_SHOWN));
        (!value.is_empty()).then_some(value)
    }
}

fn text(value: &HeaderValue) -> Cow<'_, str> {
    String::from_utf8_lossy(value.as_bytes())
}

/// A chain of requests, robots.txt apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    pub hops: Vec<Hop>,
    /// Bytes of the body on the wire.
    pub wire_bytes: usize,
    /// From the first request to the end, waiting for turns included.
    pub total_ms: u64,
}

impl Seen {
    /// What was said and heard after it, on the same visit.
    pub fn add(&mut self, later: Self) {
        self.hops.extend(later.hops);
        self.wire_bytes += later.wire_bytes;
        self.total_ms += later.total_ms;
    }
}

/// An address without the values that look like a password.
pub fn shown(url: &Url) -> String {
    let is_secret = |key: &str| {
        let key = key.to_ascii_lowercase();
        SECRET_KEYS.iter().any(|secret| key.contains(secret))
    };
    if !url.query_pairs().any(|(key, _)| is_secret(&key)) {
        return url.to_string();
    }
    let mut hidden = url.clone();
    let pairs: Vec<(String, String)> = url
        .query_pairs()
        .map(|(key, value)| {
            let value = if is_secret(&key) {
                HIDDEN.into()
            } else {
                value
            };
            (key.into_owned(), value.into_owned())
        })
        .collect();
    hidden.query_pairs_mut().clear().extend_pairs(pairs);
    hidden.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_password_is_hidden() {
        let cases = [
            (
                "https://a.example/rss?page=2",
                "https://a.example/rss?page=2",
            ),
            (
                "https://a.example/rss?page=2&access_token=abc&x=1",
                "https://a.example/rss?page=2&access_token=hidden&x=1",
            ),
            (
                "https://a.example/rss?API_KEY=abc",
                "https://a.example/rss?API_KEY=hidden",
            ),
        ];
        for (address, expected) in cases {
            let url = Url::parse(address).expect("an address");
            assert_eq!(shown(&url), expected);
        }
    }
}
