//! Around every request: room and time limits, security headers, and pages for
//! what went wrong, in the reader's tongue.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::Url;

use super::House;
use super::outbox::{Peer, may_read_outbox};
use super::pages::answer_page;
use super::trouble::Trouble;
use super::voice::{SeesOutbox, Voice};

/// How long an answer may take, body read included.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);
/// No scripts at all, nothing from elsewhere, in nobody's frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// For addresses nobody lives at.
pub(super) async fn not_found() -> Trouble {
    Trouble::NOT_FOUND
}

/// For methods an address does not take.
pub(super) async fn not_allowed() -> Trouble {
    Trouble::NOT_ALLOWED
}

/// The outermost layer.
pub(super) async fn around(
    State(house): State<Arc<House>>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<Peer>();
    let sees_outbox = SeesOutbox(may_read_outbox(&house, peer, request.headers()));
    request.extensions_mut().insert(sees_outbox);
    let voice = Voice::new(request.uri(), request.headers()).seeing(sees_outbox);
    let response = match house.room.try_acquire() {
        Ok(_room) => tokio::time::timeout(ANSWER_TIMEOUT, next.run(request))
            .await
            .unwrap_or_else(|_| Trouble::BUSY.into_response()),
        Err(_) => Trouble::BUSY.into_response(),
    };
    let mut response = with_page(&house, &voice, response);
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Gives a bare trouble its page, keeping its status and headers (`Allow`).
fn with_page(house: &House, voice: &Voice, response: Response) -> Response {
    let trouble = match response.extensions().get::<Trouble>() {
        Some(trouble) => *trouble,
        None if response.status() == StatusCode::PAYLOAD_TOO_LARGE => Trouble::TOO_LARGE,
        None => return response,
    };
    let mut page = answer_page(house, voice, trouble.what, None).unwrap_or_else(|again| {
        // The error page itself is broken: plain words, and no second try.
        again.status.to_string().into_response()
    });
    *page.status_mut() = trouble.status;
    if let Some(allow) = response.headers().get(header::ALLOW) {
        page.headers_mut().insert(header::ALLOW, allow.clone());
    }
    if let Some(wait) = trouble.wait_secs {
        page.headers_mut().insert(header::RETRY_AFTER, wait.into());
    }
    page
}

/// Whether a form comes from our own page. Browsers say so in Sec-Fetch-Site;
/// older ones only name the Origin, and under `no-referrer` it is `null`.
/// What says neither is no browser, and has nobody's authority to borrow.
pub(super) fn is_own_form(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match (text("origin"), text("host")) {
        (None | Some("null"), _) => true,
        (Some(origin), Some(host)) => Url::parse(origin)
            .ok()
            .and_then(|url| authority(&url))
            .is_some_and(|named| named.eq_ignore_ascii_case(host)),
        (Some(_), None) => false,
    }
}

fn authority(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_from_elsewhere_are_told_apart() {
        let cases: [(&[(&'static str, &'static str)], bool); 7] = [
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("origin", "https://a.kz"), ("host", "a.kz")], true),
            (&[("origin", "http://a.kz:81"), ("host", "a.kz:81")], true),
            (&[("origin", "https://b.kz"), ("host", "a.kz")], false),
            (&[], true),
        ];
        for (given, expected) in cases {
            let headers: HeaderMap = given
                .iter()
                .map(|(name, value)| {
                    let name = header::HeaderName::from_static(name);
                    (name, HeaderValue::from_static(value))
                })
                .collect();
            assert_eq!(is_own_form(&headers), expected, "{given:?}");
        }
    }
}
