//! `/go/SHORT`: a story link of a digest, where the operator counts them. Only
//! to links that a digest holds. The one GET that changes something: a number
//! that is nobody's (see `openings.rs`).

use std::sync::{Arc, PoisonError};

use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::model::link::LinkShort;

use super::House;
use super::limits::client;
use super::openings::{SETTLE_EVERY, is_person};
use super::outbox::Peer;
use super::trouble::Trouble;

/// `/go/{short}`
pub(super) async fn go(
    State(house): State<Arc<House>>,
    method: Method,
    Path(short): Path<String>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let short = LinkShort::read(&short).ok_or(Trouble::NOT_FOUND)?;
    let target = house.store.link_target(&short).await?;
    let target = target.ok_or(Trouble::NOT_FOUND)?;
    let place = HeaderValue::from_str(&target.url).map_err(|_| Trouble::NOT_FOUND)?;
    // Links of older letters lead on when nobody counts any more.
    if house.options.link_counts && is_person(&method, &headers) {
        let program = headers.get(header::USER_AGENT);
        let program = program.and_then(|value| value.to_str().ok());
        let peer = peer.map(|Extension(peer)| peer.0.ip());
        let client = client(peer, &headers, &house.options.subscribe.trusted_proxies);
        let now = house.clock.now();
        house
            .openings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .note(client, program.unwrap_or_default(), short, &target, now);
    }
    let headers = [
        (header::LOCATION, place),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
        (
            HeaderName::from_static("x-robots-tag"),
            HeaderValue::from_static("noindex"),
        ),
    ];
    Ok((StatusCode::FOUND, headers).into_response())
}

/// Counts what was opened, again and again.
pub(super) async fn keep_counting(house: &House) {
    let mut tick = tokio::time::interval(SETTLE_EVERY);
    loop {
        tick.tick().await;
        count(house, false).await;
    }
}

/// Counts what was opened: all of it, where nothing more will come. What the
/// store refuses is lost, since a count is not worth a queue.
pub(super) async fn count(house: &House, all: bool) {
    let counted = house
        .openings
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .settle(house.clock.now(), all);
    if counted.is_empty() {
        return;
    }
    let counted: Vec<(LinkShort, u64)> = counted.into_iter().collect();
    if let Err(error) = house.store.count_links(&counted, house.today()).await {
        tracing::error!(%error, "opened links could not be counted");
    }
}
