//! A subscriber's own page behind a personal link: wishes, pause, another
//! address, all data as a file, leaving, and having everything erased.
//!
//! Whoever holds the link reads the mailbox it was sent to, so it needs no
//! password. GET shows and POST changes. Deliberately absent: subscribing again
//! after leaving, which takes a new confirmation like anybody's.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::model::feed::FeedName;
use crate::model::subscriber::{EmailAddress, Subscriber, SubscriberId, Tag};
use crate::model::token::{self, BadToken, Bearer, TokenPurpose};
use crate::store::{Changed, LetterKnown};

use super::House;
use super::forms::Fields;
use super::guard::is_own_form;
use super::limits::Weight;
use super::outbox::Peer;
use super::pages::answer_page;
use super::preferences_form::{self, Form};
use super::subscribe::{COOLDOWN, TYPED_MAX_CHARS, bad_link, what_was_left};
use super::trouble::Trouble;
use super::voice::Voice;

/// Letters told of in a person's data.
const LETTERS_MAX: u32 = 10_000;

/// What the page says beside the forms.
#[derive(Default)]
pub(super) struct Said {
    /// `prefs.saved.<what>`
    pub(super) saved: Vec<&'static str>,
    /// `prefs.told.<what>`: what came of it where nothing was saved.
    pub(super) told: Option<&'static str>,
    /// `prefs.wrong.<what>`
    pub(super) wrong: Vec<&'static str>,
    /// Whether wishes were sent that wait until what is wrong is mended.
    pub(super) is_unsaved: bool,
    /// What was typed as the end of a pause, to be mended.
    pub(super) pause: Option<String>,
    pub(super) new_address: String,
}

/// `GET /preferences?token=…`
pub(super) async fn show(
    State(house): State<Arc<House>>,
    voice: Voice,
) -> Result<Response, Trouble> {
    match holder(&house, &voice) {
        Ok(bearer) => {
            let id = house.store.reader_now(&bearer.subscriber).await?;
            page(&house, &voice, &id, Said::default()).await
        }
        Err(bad) => bad_link(&house, &voice, bad),
    }
}

/// `POST /preferences?token=…`
pub(super) async fn change(
    State(house): State<Arc<House>>,
    voice: Voice,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Trouble> {
    if !is_own_form(&headers) {
        return Err(Trouble::REFUSED);
    }
    let bearer = match holder(&house, &voice) {
        Ok(bearer) => bearer,
        Err(bad) => return bad_link(&house, &voice, bad),
    };
    let id = house.store.reader_now(&bearer.subscriber).await?;
    let fields = Fields::read(&body);
    match fields.value("do").unwrap_or_default() {
        "save" => save(&house, &voice, &id, &fields).await,
        "move" => {
            let peer = peer.map(|Extension(peer)| peer);
            change_address(&house, &voice, &id, &fields, peer.as_ref(), &headers).await
        }
        "leave" => {
            let left = house.store.unsubscribe(bearer, house.clock.now()).await?;
            answer_page(&house, &voice, what_was_left(left), None)
        }
        "erase" if fields.value("sure") == Some("yes") => {
            let erased = house.store.erase(bearer, house.clock.now()).await?;
            answer_page(&house, &voice, what_was_erased(erased), None)
        }
        "erase" => wrong(&house, &voice, &id, "sure", String::new()).await,
        _ => page(&house, &voice, &id, Said::default()).await,
    }
}

/// `GET /preferences/data?token=…`: everything known, as JSON.
pub(super) async fn data(
    State(house): State<Arc<House>>,
    voice: Voice,
) -> Result<Response, Trouble> {
    let id = match holder(&house, &voice) {
        Ok(bearer) => house.store.reader_now(&bearer.subscriber).await?,
        Err(bad) => return bad_link(&house, &voice, bad),
    };
    let Some(person) = house.store.subscriber(&id).await? else {
        return answer_page(&house, &voice, "unknown_subscriber", None);
    };
    let letters = house.store.letters_known(&id, LETTERS_MAX).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"jarshy.json\"",
        ),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, all_data(&person, &letters)).into_response())
}

fn what_was_erased(erased: Changed) -> &'static str {
    match erased {
        Changed::Now => "erased",
        Changed::Unknown | Changed::TooSoon => "unknown_subscriber",
    }
}

/// Whose link it is.
fn holder(house: &House, voice: &Voice) -> Result<Bearer, BadToken> {
    let token = voice.parameter("token").unwrap_or_default();
    token::read(
        &house.secret,
        TokenPurpose::Preferences,
        token,
        house.clock.now(),
    )
}

async fn save(
    house: &House,
    voice: &Voice,
    id: &SubscriberId,
    fields: &Fields,
) -> Result<Response, Trouble> {
    let Some(mut before) = house.store.subscriber(id).await? else {
        return answer_page(house, voice, "unknown_subscriber", None);
    };
    let catalogue = house.catalogue();
    let Form { wishes, wrong } = preferences_form::read(
        fields,
        &before,
        &catalogue.feeds,
        house.clock.now(),
        house.options.zone,
    );
    if !wrong.is_empty() {
        // Half a form saved would be a riddle: all of it is given back instead.
        before.profile = wishes.profile;
        let said = Said {
            pause: fields.value("pause").map(typed),
            wrong,
            is_unsaved: true,
            ..Said::default()
        };
        let page = preferences_form::page(house, voice, &before, said)?;
        return Ok(unprocessable(page));
    }
    let saved = preferences_form::differences(&before, &wishes);
    let kept = house
        .store
        .set_preferences(id, wishes.profile, wishes.paused_until)
        .await?;
    if kept == Changed::Unknown {
        return answer_page(house, voice, "unknown_subscriber", None);
    }
    let said = Said {
        told: saved.is_empty().then_some("nothing"),
        saved,
        ..Said::default()
    };
    page(house, voice, id, said).await
}

async fn change_address(
    house: &House,
    voice: &Voice,
    id: &SubscriberId,
    fields: &Fields,
    peer: Option<&Peer>,
    headers: &HeaderMap,
) -> Result<Response, Trouble> {
    let text = fields.value("address").unwrap_or_default();
    let Ok(address) = text.parse::<EmailAddress>() else {
        return wrong(house, voice, id, "address", typed(text)).await;
    };
    if house.options.subscribe.lists.refuses(&address) {
        return wrong(house, voice, id, "refused_address", typed(text)).await;
    }
    house.admit(peer, headers, &address, Weight::Person)?;
    let now = house.clock.now();
    let asked = house
        .store
        .request_move(id, &address, now, COOLDOWN)
        .await?;
    if asked == Changed::Now {
        house.mail_wanted.notify_one();
    }
    // The same whatever is known of the new address, even if nothing is sent.
    let said = Said {
        told: Some("move"),
        ..Said::default()
    };
    page(house, voice, id, said).await
}

async fn wrong(
    house: &House,
    voice: &Voice,
    id: &SubscriberId,
    what: &'static str,
    new_address: String,
) -> Result<Response, Trouble> {
    let said = Said {
        wrong: vec![what],
        new_address,
        ..Said::default()
    };
    Ok(unprocessable(page(house, voice, id, said).await?))
}

fn unprocessable(mut page: Response) -> Response {
    if page.status() == StatusCode::OK {
        *page.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    page
}

/// What is given back of a mistyped field.
fn typed(text: &str) -> String {
    text.chars().take(TYPED_MAX_CHARS).collect()
}

async fn page(
    house: &House,
    voice: &Voice,
    id: &SubscriberId,
    said: Said,
) -> Result<Response, Trouble> {
    match house.store.subscriber(id).await? {
        Some(person) => Ok(preferences_form::page(house, voice, &person, said)?),
        None => answer_page(house, voice, "unknown_subscriber", None),
    }
}

fn all_data(person: &Subscriber, letters: &[LetterKnown]) -> String {
    let profile = &person.profile;
    let schedule = profile.schedule;
    let value = json!({
        "address": person.address.as_str(),
        "status": person.status.word(),
        "requested_at": person.requested_at.to_rfc3339(),
        "confirmed_at": person.confirmed_at.map(|at| at.to_rfc3339()),
        "unsubscribed_at": person.unsubscribed_at.map(|at| at.to_rfc3339()),
        "paused_until": person.paused_until.map(|at| at.to_rfc3339()),
        "tags": person.tags.iter().map(Tag::as_str).collect::<Vec<_>>(),
        "language": profile.tongue.tag(),
        "script": profile.script.word(),
        "feeds": profile.feeds.iter().map(FeedName::as_str).collect::<Vec<_>>(),
        "regions": profile.regions.iter().map(|one| one.code()).collect::<Vec<_>>(),
        "topics": profile.topics.iter().map(|one| one.word()).collect::<Vec<_>>(),
        "kinds": profile.kinds.iter().map(|one| one.word()).collect::<Vec<_>>(),
        "languages": profile.languages.iter().map(|one| one.tag()).collect::<Vec<_>>(),
        "grouping": profile.grouping.word(),
        "rhythm": schedule.rhythm.word(),
        "hour": schedule.hour,
        "zone": schedule.zone.map(chrono_tz::Tz::name),
        "letters": letters.iter().map(|letter| json!({
            "digest": letter.digest,
            "state": letter.state,
            "queued_at": letter.queued_at.to_rfc3339(),
            "finished_at": letter.finished_at.map(|at| at.to_rfc3339()),
        })).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}
