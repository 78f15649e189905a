//! Subscribing, confirming, unsubscribing. The form answers the same whether an
//! address is known or not; nothing happens on GET, because mail scanners open
//! every link.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Redirect, Response};
use chrono::TimeDelta;

use crate::model::subscriber::{
    EmailAddress, LetterScript, Profile, SubscriberId, SubscriberStatus,
};
use crate::model::token::{self, BadToken, Bearer, TokenPurpose, stamp_age};
use crate::store::{Confirmed, Requested, Unsubscribed};

use super::forms::Fields;
use super::guard::is_own_form;
use super::limits::{READING_TIME, Weight};
use super::outbox::Peer;
use super::pages::{Mistyped, answer_page, home_page, welcome_page};
use super::trouble::Trouble;
use super::voice::Voice;
use super::{Catalogue, House};

/// One address gets one confirmation letter in this time, whoever asks.
pub(super) const COOLDOWN: TimeDelta = TimeDelta::minutes(10);
/// What is given back of a mistyped address, in characters.
pub(super) const TYPED_MAX_CHARS: usize = 254;

/// `GET /subscribe`: where the answer's tongue switch leads, and who reloads it. The
/// form is on the front page.
pub(super) async fn form(voice: Voice) -> Redirect {
    Redirect::to(&format!("/{}#digest", voice.query))
}

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
    let fields = Fields::read(&body);
    // The trap is invisible: only a machine fills it, and learns nothing.
    if fields.value("website").is_some_and(|trap| !trap.is_empty()) {
        return answer_page(&house, &voice, "asked", None);
    }
    let typed = fields.value("address").unwrap_or_default();
    let mend = |wrong: &'static str| {
        let mistyped = Mistyped {
            address: typed.chars().take(TYPED_MAX_CHARS).collect(),
            wrong,
        };
        mend_page(&house, &voice, mistyped)
    };
    let Ok(address) = typed.parse::<EmailAddress>() else {
        return mend("wrong").await;
    };
    if house.options.subscribe.lists.refuses(&address) {
        return mend("refused").await;
    }
    let weight = weight(&house, &fields);
    let peer = peer.as_deref();
    house.admit(peer, &headers, &address, weight)?;
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

/// The front page with the form to be mended.
async fn mend_page(house: &House, voice: &Voice, mistyped: Mistyped) -> Result<Response, Trouble> {
    let mut page = home_page(house, voice, Some(mistyped)).await?;
    *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(page)
}

/// A person has seen the form, and needs a moment to fill it in.
fn weight(house: &House, fields: &Fields) -> Weight {
    let stamp = fields.value("shown").unwrap_or_default();
    match stamp_age(&house.secret, stamp, house.clock.now()) {
        Some(age) if age >= READING_TIME => Weight::Person,
        _ => Weight::Machine,
    }
}

/// `GET /confirm?token=…`
pub(super) async fn ask_confirm(
    State(house): State<Arc<House>>,
    voice: Voice,
) -> Result<Response, Trouble> {
    let bearer = match asker(&house, &voice, TokenPurpose::Confirm) {
        Ok(bearer) => bearer,
        Err(bad) => return bad_link(&house, &voice, bad),
    };
    let reader = &bearer.subscriber;
    let what = if house.store.would_move(reader).await? {
        "move_ask"
    } else if stands_as(&house, reader, SubscriberStatus::Confirmed).await? {
        // The page after the button, seen again: in another tongue, say.
        return welcome_page(&house, &voice, "confirmed", reader);
    } else {
        "confirm_ask"
    };
    let token = voice.parameter("token").unwrap_or_default();
    answer_page(&house, &voice, what, Some(("/confirm", token)))
}

/// `GET /unsubscribe?token=…`
pub(super) async fn ask_unsubscribe(
    State(house): State<Arc<House>>,
    voice: Voice,
) -> Result<Response, Trouble> {
    let bearer = match asker(&house, &voice, TokenPurpose::Unsubscribe) {
        Ok(bearer) => bearer,
        Err(bad) => return bad_link(&house, &voice, bad),
    };
    let reader = house.store.reader_now(&bearer.subscriber).await?;
    if stands_as(&house, &reader, SubscriberStatus::Unsubscribed).await? {
        return answer_page(&house, &voice, "unsubscribed", None);
    }
    let token = voice.parameter("token").unwrap_or_default();
    answer_page(
        &house,
        &voice,
        "unsubscribe_ask",
        Some(("/unsubscribe", token)),
    )
}

/// `POST /confirm`, the token in the body.
pub(super) async fn confirm(
    State(house): State<Arc<House>>,
    mut voice: Voice,
    body: Bytes,
) -> Result<Response, Trouble> {
    let bearer = match sender(&house, &mut voice, &body, TokenPurpose::Confirm) {
        Ok(bearer) => bearer,
        Err(bad) => return bad_link(&house, &voice, bad),
    };
    let reader = &bearer.subscriber;
    match house.store.confirm(reader, house.clock.now()).await? {
        Confirmed::Now | Confirmed::Already => welcome_page(&house, &voice, "confirmed", reader),
        Confirmed::Moved => welcome_page(&house, &voice, "moved", reader),
        Confirmed::Unknown => answer_page(&house, &voice, "unknown_subscriber", None),
    }
}

/// `POST /unsubscribe`: the token in the body (our button) or in the query
/// (RFC 8058 section 3.1, where the body is `List-Unsubscribe=One-Click`).
/// Comes from mail servers, so it is exempt from the cross-site guard.
pub(super) async fn unsubscribe(
    State(house): State<Arc<House>>,
    mut voice: Voice,
    body: Bytes,
) -> Result<Response, Trouble> {
    let bearer = match sender(&house, &mut voice, &body, TokenPurpose::Unsubscribe) {
        Ok(bearer) => bearer,
        Err(bad) => return bad_link(&house, &voice, bad),
    };
    let left = house.store.unsubscribe(bearer, house.clock.now()).await?;
    answer_page(&house, &voice, what_was_left(left), None)
}

/// The page that says what came of leaving.
pub(super) const fn what_was_left(left: Unsubscribed) -> &'static str {
    match left {
        Unsubscribed::Now | Unsubscribed::Already => "unsubscribed",
        Unsubscribed::Unknown => "unknown_subscriber",
    }
}

/// Whose link was followed.
fn asker(house: &House, voice: &Voice, purpose: TokenPurpose) -> Result<Bearer, BadToken> {
    let token = voice.parameter("token").unwrap_or_default();
    token::read(&house.secret, purpose, token, house.clock.now())
}

pub(super) fn bad_link(house: &House, voice: &Voice, bad: BadToken) -> Result<Response, Trouble> {
    let (what, status) = match bad {
        BadToken::Expired => ("link_expired", StatusCode::GONE),
        BadToken::Forged => ("link_damaged", StatusCode::BAD_REQUEST),
    };
    let mut page = answer_page(house, voice, what, None)?;
    *page.status_mut() = status;
    Ok(page)
}

/// Whether `reader` is known, and so.
async fn stands_as(
    house: &House,
    reader: &SubscriberId,
    status: SubscriberStatus,
) -> Result<bool, Trouble> {
    let known = house.store.subscriber(reader).await?;
    Ok(known.is_some_and(|known| known.status == status))
}

/// Who holds the token of a POST; `voice` keeps it, so that the answer's tongue
/// switch leads to the page of the same link.
fn sender(
    house: &House,
    voice: &mut Voice,
    body: &[u8],
    purpose: TokenPurpose,
) -> Result<Bearer, BadToken> {
    let fields = Fields::read(body);
    let token = match purpose {
        TokenPurpose::Unsubscribe if is_one_click(body) => voice.parameter("token"),
        _ => fields.value("token"),
    };
    let token = token.unwrap_or_default().to_owned();
    let bearer = token::read(&house.secret, purpose, &token, house.clock.now())?;
    voice.keep("token", token);
    Ok(bearer)
}

/// Whether a mail program asks (RFC 8058 section 3.1): the pair comes in a form of
/// either kind, preferably multipart, and says the same in both.
fn is_one_click(body: &[u8]) -> bool {
    let body = String::from_utf8_lossy(body);
    body.contains("List-Unsubscribe") && body.contains("One-Click")
}

/// What was asked for; feeds and regions nobody knows are left out.
fn profile(fields: &Fields, catalogue: &Catalogue, voice: &Voice) -> Profile {
    let (tongue, script) = fields
        .value("tongue")
        .and_then(|tag| Some((tag.parse().ok()?, LetterScript::of_tag(tag))))
        .unwrap_or((voice.tongue, voice.script));
    Profile {
        tongue,
        script,
        feeds: fields
            .all("feed")
            .filter_map(|name| catalogue.feed(name))
            .map(|feed| feed.name.clone())
            .collect(),
        regions: fields
            .all("region")
            .filter_map(|code| code.parse().ok())
            .collect(),
        ..Profile::default()
    }
    .normalised()
}
