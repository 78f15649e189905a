//! Which tongue a page speaks: `?lang=` wins, then `Accept-Language`
//! (RFC 9110 section 12.5.4), then Kazakh.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use url::form_urlencoded;

use crate::model::language::Tongue;
use crate::template::page::TongueLink;

/// The most ranges of an `Accept-Language` that are looked at.
const RANGES_MAX: usize = 16;

/// The tongue of one request, and how its links keep it.
#[derive(Debug, Clone)]
pub(super) struct Voice {
    pub(super) tongue: Tongue,
    /// `?lang=ru` where the reader chose, else empty.
    pub(super) query: String,
    path: String,
    /// The query's other parts, kept by the tongue switch.
    others: Vec<(String, String)>,
}

impl Voice {
    pub(super) fn new(uri: &Uri, headers: &HeaderMap) -> Self {
        let parts = parameters(uri);
        let chosen = parts
            .iter()
            .find(|(name, _)| name == "lang")
            .and_then(|(_, value)| value.parse::<Tongue>().ok());
        let accepted = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .and_then(preferred);
        Self {
            tongue: chosen.or(accepted).unwrap_or_default(),
            query: chosen.map_or_else(String::new, |tongue| format!("?lang={tongue}")),
            path: uri.path().to_owned(),
            others: parts
                .into_iter()
                .filter(|(name, _)| name != "lang")
                .collect(),
        }
    }

    /// The switch: the same page in each tongue.
    pub(super) fn switch(&self) -> Vec<TongueLink> {
        Tongue::ALL
            .into_iter()
            .map(|tongue| {
                let query = form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(&self.others)
                    .append_pair("lang", tongue.tag())
                    .finish();
                TongueLink {
                    tag: tongue.tag(),
                    name: own_name(tongue),
                    href: format!("{}?{query}", self.path),
                    is_current: tongue == self.tongue,
                }
            })
            .collect()
    }

    /// A parameter of the query.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.others
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

impl<S: Sync> FromRequestParts<S> for Voice {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::new(&parts.uri, &parts.headers))
    }
}

/// What a tongue calls itself.
pub(super) const fn own_name(tongue: Tongue) -> &'static str {
    match tongue {
        Tongue::Kazakh => "Қазақша",
        Tongue::Russian => "Русский",
        Tongue::English => "English",
    }
}

fn parameters(uri: &Uri) -> Vec<(String, String)> {
    form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .into_owned()
        .collect()
}

/// The known tongue with the highest weight; the first among equals.
fn preferred(accept: &str) -> Option<Tongue> {
    let mut best: Option<(f32, Tongue)> = None;
    for range in accept.split(',').take(RANGES_MAX) {
        let mut parts = range.split(';');
        let Some(tongue) = parts.next().and_then(|tag| tag.trim().parse().ok()) else {
            continue;
        };
        let weight = parts
            .find_map(|part| part.trim().strip_prefix("q=")?.parse::<f32>().ok())
            .unwrap_or(1.0);
        if weight > 0.0 && best.is_none_or(|(known, _)| weight > known) {
            best = Some((weight, tongue));
        }
    }
    best.map(|(_, tongue)| tongue)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_known_tongue_wins() {
        let cases = [
            ("ru-KZ,ru;q=0.9,en;q=0.8", Some(Tongue::Russian)),
            ("de, en;q=0.5, kk;q=0.7", Some(Tongue::Kazakh)),
            ("en;q=0, ru;q=0.1", Some(Tongue::Russian)),
            ("fr", None),
            ("*", None),
            (";;;,=", None),
        ];
        for (accept, expected) in cases {
            assert_eq!(preferred(accept), expected, "{accept}");
        }
    }

    #[test]
    fn the_switch_keeps_the_rest_of_the_query() {
        let uri: Uri = "/confirm?token=a.b&lang=en".parse().expect("uri");
        let voice = Voice::new(&uri, &HeaderMap::new());
        assert_eq!(voice.tongue, Tongue::English);
        assert_eq!(voice.query, "?lang=en");
        assert_eq!(voice.switch()[1].href, "/confirm?token=a.b&lang=ru");
    }
}
