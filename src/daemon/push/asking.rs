//! Asking hubs: to begin, to go on, to end.

use futures_util::stream::{self, StreamExt as _};

use crate::catalog::Catalogue;
use crate::gather::web::Posted;
use crate::gather::websub::{self, ASKS_BACK_WITHIN};
use crate::model::push::{Aim, Subscription};
use crate::store::StoreError;

use super::super::Newsroom;
use super::super::watched::base_for;

/// Subscriptions claimed at once.
const CLAIM_BATCH: u32 = 50;
/// Hubs asked at once; one hub is asked one question at a time.
const AT_ONCE: usize = 8;

/// Ends the subscriptions of sources that are gone, switched off or not to be
/// pushed any more, and those at an address the house no longer has.
pub(super) async fn end_unwanted(
    newsroom: &Newsroom,
    catalogue: &Catalogue,
) -> Result<(), StoreError> {
    let is_wanted = |push: &Subscription| {
        catalogue
            .source(&push.source)
            .and_then(|source| base_for(newsroom, source))
            .is_some_and(|base| websub::is_below(push, base))
    };
    let all = newsroom.store.pushes().await?;
    let unwanted = all
        .into_iter()
        .filter(|push| push.aim == Aim::Subscribe && !is_wanted(push));
    let unwanted: Vec<_> = unwanted.map(|push| push.id).collect();
    if unwanted.is_empty() {
        return Ok(());
    }
    let now = newsroom.clock.now();
    newsroom.store.change_pushes(None, &unwanted, now).await
}

/// Asks every hub whose time has come, and visits again as usual where none
/// pushes any more.
pub(super) async fn ask_due(newsroom: &Newsroom) -> Result<(), StoreError> {
    let now = newsroom.clock.now();
    let silent = newsroom.store.take_over_from_hubs(now).await?;
    if silent > 0 {
        tracing::info!(
            silent,
            "hubs do not push any more; their sources are asked as often as usual"
        );
    }
    loop {
        let now = newsroom.clock.now();
        let until = now + ASKS_BACK_WITHIN;
        let due = newsroom.store.claim_pushes(now, until, CLAIM_BATCH).await?;
        let more = due.len() >= CLAIM_BATCH as usize;
        let asked = stream::iter(due)
            .map(|push| ask(newsroom, push))
            .buffer_unordered(AT_ONCE);
        let ended: Vec<Result<(), StoreError>> = asked.collect().await;
        ended.into_iter().collect::<Result<(), _>>()?;
        if !more {
            return Ok(());
        }
    }
}

async fn ask(newsroom: &Newsroom, push: Subscription) -> Result<(), StoreError> {
    let store = &newsroom.store;
    let asked_at = push.asked.unwrap_or_default();
    if websub::is_over(&push, asked_at) {
        return store.forget_push(&push.id).await;
    }
    let posted = newsroom.web.post(&push.hub, &websub::form(&push)).await;
    if let Posted::Failed { why, .. } = &posted {
        tracing::debug!(source.id = %push.source, why, "a hub did not take what it was asked");
    }
    let asked = websub::after_asking(&push, &posted, newsroom.clock.now());
    store.push_asked(&push.id, asked_at, &asked).await
}
