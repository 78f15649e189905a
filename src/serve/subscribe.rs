//! Subscribing, confirming, unsubscribing. The form answers the same whether an
//! address is known or not; nothing happens on GET, because mail scanners open
//! every link.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chrono::TimeDelta;
use url::form_urlencoded;

use crate::model::subscriber::{EmailAddress, Profile, SubscriberId};
use crate::model::token::{BadToken, TokenPurpose, verify};
use crate::store::{Confirmed, Requested, Unsubscribed};

use super::guard::{Trouble, is_own_form};
use super::outbox::{Peer, may_read_outbox};
use super::pages::{Mistyped, answer_page, home_page};
use super::voice::Voice;
use super::{Catalogue, House};

/// One address gets one confirmation letter in this time, whoever asks.
const COOLDOWN: TimeDelta = TimeDelta::minutes(10);
/// The most fields a form is read for.
const FIELDS_MAX: usize = 128;
/// What is given back of a mistyped address, in characters.
const TYPED_MAX_CHARS: usize = 254;

/// `POST /subscribe`
pub(super) async fn subscribe(
    State(house): State<Arc<House>>,
    voice: Voice,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Trouble> {
    if !is_own_form(&headers) {
        return Err(Trouble::REFUSED);
    }
    let fields = fields(&body);
    // The trap is invisible: only a machine fills it, and learns nothing.
    if value(&fields, "website").is_some_and(|trap| !trap.is_empty()) {
        return answer_page(&house, &voice, "asked", None);
    }
    let typed = value(&fields, "address").unwrap_or_default();
    let Ok(address) = typed.parse::<EmailAddress>() else {
        let mistyped = Mistyped {
            address: typed.chars().take(TYPED_MAX_CHARS).collect(),
        };
        let shows_outbox = may_read_outbox(&house, peer.as_deref(), &headers);
        let mut page = home_page(&house, &voice, shows_outbox, Some(mistyped)).await?;
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(page);
    };
    let profile = profile(&fields, &house.catalogue(), &voice);
    let requested = house
        .store
        .request_subscription(&address, profile, house.clock.now(), COOLDOWN)
        .await?;
    if !matches!(requested, Requested::TooSoon) {
        house.mail_wanted.notify_one();
    }
    answer_page(&house, &voice, "asked", None)
}

/// `GET /confirm?token=…`
pub(super) async fn ask_confirm(
    State(house): State<Arc<House>>,
    voice: Voice,
) -> Result<Response, Trouble> {
    ask(&house, &voice, TokenPurpose::Confirm)
}

/// `GET /unsubscribe?token=…`
pub(super) async fn ask_unsubscribe(
    State(house): State<Arc<House>>,
    voice: Voice,
) -> Result<Response, Trouble> {
    ask(&house, &voice, TokenPurpose::Unsubscribe)
}

/// `POST /confirm`, the token in the body.
pub(super) async fn confirm(
    State(house): State<Arc<House>>,
    voice: Voice,
    body: Bytes,
) -> Result<Response, Trouble> {
    let id = match sender(&house, &voice, &body, TokenPurpose::Confirm) {
        Ok(id) => id,
        Err(bad) => return bad_link(&house, &voice, bad),
    };
    let what = match house.store.confirm(&id, house.clock.now()).await? {
        Confirmed::Now | Confirmed::Already => "confirmed",
        Confirmed::Unknown => "unknown_subscriber",
    };
    answer_page(&house, &voice, what, None)
}

/// `POST /unsubscribe`: the token in the body (our button) or in the query
/// (RFC 8058 section 3.1, where the body is `List-Unsubscribe=One-Click`).
/// Comes from mail servers, so it is exempt from the cross-site guard.
pub(super) async fn unsubscribe(
    State(house): State<Arc<House>>,
    voice: Voice,
    body: Bytes,
) -> Result<Response, Trouble> {
    let id = match sender(&house, &voice, &body, TokenPurpose::Unsubscribe) {
        Ok(id) => id,
        Err(bad) => return bad_link(&house, &voice, bad),
    };
    let what = match house.store.unsubscribe(&id, house.clock.now()).await? {
        Unsubscribed::Now | Unsubscribed::Already => "unsubscribed",
        Unsubscribed::Unknown => "unknown_subscriber",
    };
    answer_page(&house, &voice, what, None)
}

fn ask(house: &House, voice: &Voice, purpose: TokenPurpose) -> Result<Response, Trouble> {
    let token = voice.parameter("token").unwrap_or_default();
    if let Err(bad) = verify(&house.secret, purpose, token, house.clock.now()) {
        return bad_link(house, voice, bad);
    }
    let (what, action) = match purpose {
        TokenPurpose::Confirm => ("confirm_ask", "/confirm"),
        TokenPurpose::Unsubscribe => ("unsubscribe_ask", "/unsubscribe"),
    };
    answer_page(house, voice, what, Some((action, token)))
}

fn bad_link(house: &House, voice: &Voice, bad: BadToken) -> Result<Response, Trouble> {
    let (what, status) = match bad {
        BadToken::Expired => ("link_expired", StatusCode::GONE),
        BadToken::Forged => ("link_damaged", StatusCode::BAD_REQUEST),
    };
    let mut page = answer_page(house, voice, what, None)?;
    *page.status_mut() = status;
    Ok(page)
}

/// Who holds the token of a POST.
fn sender(
    house: &House,
    voice: &Voice,
    body: &[u8],
    purpose: TokenPurpose,
) -> Result<SubscriberId, BadToken> {
    let fields = fields(body);
    let is_one_click = value(&fields, "List-Unsubscribe") == Some("One-Click");
    let token = match purpose {
        TokenPurpose::Unsubscribe if is_one_click => voice.parameter("token"),
        _ => value(&fields, "token"),
    };
    let token = token.unwrap_or_default();
    verify(&house.secret, purpose, token, house.clock.now())
}

fn fields(body: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(body)
        .into_owned()
        .take(FIELDS_MAX)
        .collect()
}

fn value<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, value)| value.as_str())
}

/// What was asked for; feeds and regions nobody knows are left out.
fn profile(fields: &[(String, String)], catalogue: &Catalogue, voice: &Voice) -> Profile {
    let all = |name: &'static str| {
        fields
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    };
    Profile {
        tongue: value(fields, "tongue")
            .and_then(|tag| tag.parse().ok())
            .unwrap_or(voice.tongue),
        feeds: all("feed")
            .filter_map(|name| catalogue.feed(name))
            .map(|feed| feed.name.clone())
            .collect(),
        regions: all("region").filter_map(|code| code.parse().ok()).collect(),
        ..Profile::default()
    }
    .normalised()
}
