//! `/websub/{id}`: where hubs ask whether we wanted this, and push what is new.
//!
//! The one GET that changes something: WebSub (section 5.3) lets a hub ask by GET
//! whether a subscription was wanted, and answering it makes it hold. It changes
//! nothing but a subscription this house asked for a moment ago, at an address
//! nobody can guess. A push is proven by its signature (section 7.1), written
//! down, and read later by the daemon.

use std::sync::Arc;

use aws_lc_rs::hmac;
use axum::body::Bytes;
use axum::extract::{FromRequest as _, Path, RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use url::form_urlencoded;

use super::House;
use super::refusals::{What, refused};
use super::trouble::Trouble;
use crate::model::push::{DENIED_FOR, PushSecret, Question, Subscription, Verdict};
use crate::store::{Push, Pushed};

/// The largest push: as large as a document that is asked for.
pub(super) const BODY_MAX_BYTES: usize = 16 * 1024 * 1024;
/// Pushes taken in at once; the hub of the next is told to come again.
pub(super) const PUSHES_MAX: usize = 8;
/// When a hub told to come again should, in seconds.
const BUSY_WAIT_SECS: HeaderValue = HeaderValue::from_static("60");
const SIGNATURE: &str = "x-hub-signature";

/// `GET /websub/{id}`: did we ask for this?
pub(super) async fn verify(
    State(house): State<Arc<House>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Trouble> {
    let query = query.unwrap_or_default();
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let pairs = pairs
        .iter()
        .map(|(key, value)| (key.as_ref(), value.as_ref()));
    let question = Question::read(pairs).ok_or(Trouble::NOT_FOUND)?;
    let push = house.store.push(&id).await?.ok_or(Trouble::NOT_FOUND)?;
    let now = house.clock.now();
    match push.answer(&question, now) {
        Verdict::Confirmed { lease_until, renew } => {
            let lease = (lease_until, renew);
            if !house.store.push_confirmed(&push.id, lease, now).await? {
                return Err(Trouble::NOT_FOUND);
            }
            tracing::info!(source.id = %push.source, %lease_until, "its hub pushes from now on");
        }
        Verdict::Ended => {
            house.store.forget_push(&push.id).await?;
            tracing::info!(source.id = %push.source, "its hub no longer pushes");
        }
        Verdict::Denied => {
            let reason = match &question.reason {
                Some(reason) if !reason.is_empty() => format!("the hub refused: {reason}"),
                _ => "the hub refused".to_owned(),
            };
            let again = now + DENIED_FOR;
            house
                .store
                .push_denied(&push.id, &reason, now, again)
                .await?;
            tracing::warn!(source.id = %push.source, reason, "its hub does not push");
            return Ok(StatusCode::OK.into_response());
        }
        // It holds as it was confirmed: asked again, the hub hears the same.
        Verdict::Holds => {}
        Verdict::NotAsked => return Err(Trouble::NOT_FOUND),
    }
    let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    Ok((plain, question.challenge).into_response())
}

/// `POST /websub/{id}`: what is new. A wrong signature gets the same answer as a
/// right one (section 7.1), and nothing follows.
pub(super) async fn receive(
    State(house): State<Arc<House>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Trouble> {
    let Some(push) = house.store.push(&id).await? else {
        // Section 7: so the hub forgets us.
        return Ok(StatusCode::GONE.into_response());
    };
    let Ok(_room) = house.push_room.try_acquire() else {
        return Ok(come_again());
    };
    let headers = request.headers().clone();
    let body = match Bytes::from_request(request, &()).await {
        Ok(body) => body,
        Err(refused) => return Ok(refused.into_response()),
    };
    if !is_signed(&push.secret, &headers, &body) {
        refused(&house, &What::Push(push.source.to_string()));
        house.store.discard_push(&push.id).await?;
        return Ok(StatusCode::ACCEPTED.into_response());
    }
    let said = received(&headers, &body);
    keep(&house, &push, said).await
}

async fn keep(house: &House, push: &Subscription, said: Push<'_>) -> Result<Response, Trouble> {
    let now = house.clock.now();
    match house.store.receive_push(push, said, now).await? {
        Pushed::Kept => {
            house.options.pushed.notify_one();
            Ok(StatusCode::ACCEPTED.into_response())
        }
        Pushed::Full => Ok(come_again()),
    }
}

/// A body as it can be read: one that is packed is a reason to go and look.
fn received<'a>(headers: &'a HeaderMap, body: &'a [u8]) -> Push<'a> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let is_packed = text(header::CONTENT_ENCODING)
        .is_some_and(|coding| !coding.trim().eq_ignore_ascii_case("identity"));
    let is_blank = body.iter().all(u8::is_ascii_whitespace);
    Push {
        content_type: text(header::CONTENT_TYPE),
        body: if is_packed || is_blank { b"" } else { body },
    }
}

fn come_again() -> Response {
    let wait = [(header::RETRY_AFTER, BUSY_WAIT_SECS)];
    (StatusCode::SERVICE_UNAVAILABLE, wait).into_response()
}

/// Whether one of the signatures is right; compared in constant time.
fn is_signed(secret: &PushSecret, headers: &HeaderMap, body: &[u8]) -> bool {
    let signatures = headers.get_all(SIGNATURE).iter();
    signatures
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|signature| is_right(secret, signature.trim(), body))
}

fn is_right(secret: &PushSecret, signature: &str, body: &[u8]) -> bool {
    let Some((method, digest)) = signature.split_once('=') else {
        return false;
    };
    // Section 8: SHA-1 is weak, but what hubs of PubSubHubbub sign with; as an
    // HMAC it still cannot be forged.
    let algorithm = match method.trim().to_ascii_lowercase().as_str() {
        "sha1" => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        "sha256" => hmac::HMAC_SHA256,
        "sha384" => hmac::HMAC_SHA384,
        "sha512" => hmac::HMAC_SHA512,
        _ => return false,
    };
    let key = hmac::Key::new(algorithm, secret.as_str().as_bytes());
    unhex(digest.trim()).is_some_and(|digest| hmac::verify(&key, body, &digest).is_ok())
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    /// SHA-512 in hexadecimal.
    const CHARS_MAX: usize = 128;
    if text.len() > CHARS_MAX || !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of RFC 2202 (2.2) and RFC 4231 (4.3): key "Jefe".
    const SAID: &[u8] = b"what do ya want for nothing?";
    const SHA1: &str = "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79";
    const SHA256: &str = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    const SHA384: &str = "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649";
    const SHA512: &str = "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737";

    #[test]
    fn signatures_of_four_kinds_are_known() {
        let secret = PushSecret::from_stored("Jefe");
        let check = |values: &[String], body: &[u8]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(SIGNATURE, value.parse().expect("a value"));
            }
            is_signed(&secret, &headers, body)
        };
        for (method, digest) in [
            ("sha1", SHA1),
            ("sha256", SHA256),
            ("sha384", SHA384),
            ("sha512", SHA512),
        ] {
            let right = format!("{method}={digest}");
            assert!(check(std::slice::from_ref(&right), SAID), "{method}");
            assert!(check(&[right.to_ascii_uppercase()], SAID), "{method}");
            assert!(check(&["sha1=00".to_owned(), right.clone()], SAID));
            assert!(check(&[format!("x=1, {right}")], SAID), "{method}");
            assert!(!check(std::slice::from_ref(&right), b"what"), "{method}");
            let cut = right[..right.len() - 2].to_owned();
            assert!(!check(&[cut], SAID), "{method}");
            assert!(!check(&[format!("md5={digest}")], SAID));
        }
        for wrong in ["", "sha1", "sha1=", "=", "sha256=ә", "sha1=zz", SHA1] {
            let value = HeaderValue::from_bytes(wrong.as_bytes()).expect("a value");
            let headers =
                HeaderMap::from_iter([(header::HeaderName::from_static(SIGNATURE), value)]);
            assert!(!is_signed(&secret, &headers, SAID), "{wrong}");
        }
        assert!(!is_signed(&secret, &HeaderMap::new(), SAID));
    }

    #[test]
    fn what_cannot_be_read_is_a_reason_to_look() {
        for (coding, body, expected) in [
            ("", &b"<rss/>"[..], &b"<rss/>"[..]),
            ("identity", b"<rss/>", b"<rss/>"),
            ("gzip", b"\x1f\x8b", b""),
            ("", b" \r\n", b""),
        ] {
            let mut headers = HeaderMap::new();
            if !coding.is_empty() {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
            }
            assert_eq!(received(&headers, body).body, expected, "{coding}");
        }
    }
}
