//! Reading what hubs pushed: the road of a visit's document, from the feed
//! reader to one transaction, but nothing about asking the source is touched. A
//! push that says too little is a reason to go and look.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::stream::{self, StreamExt as _};
use tokio::sync::watch;

use crate::gather::document::Document;
use crate::gather::websub;
use crate::gather::{self, health, plan};
use crate::model::draft::Harvest;
use crate::model::push::{Subscription, Waiting};
use crate::model::source::{Source, SourceId, SourceState};
use crate::store::{StoreError, Visit, VisitRecord};
use crate::understand::identity;

use super::super::Newsroom;
use super::super::aside::in_place;
use super::super::full_text::Pages;
use super::super::gather::{Which, gather, hold};
use super::super::learn::Learned;
use super::super::watched::base_for;

/// Pushes looked at in one round.
const ROUND_MAX: u32 = 200;
/// Sources whose pushes are read at once: one that must be asked may take its time.
const SOURCES_AT_ONCE: usize = 4;
/// A hub may send us to a source so soon after the last visit, and not sooner.
const LOOK_AGAIN_AFTER: TimeDelta = TimeDelta::minutes(1);

/// What is to become of a push that was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// All it said is stored, or will be found by asking.
    Done,
    /// Not now: somebody else reads the source, or it was asked just before.
    Later,
}

/// Reads all that waits, the oldest first.
pub(super) async fn read_waiting(
    newsroom: &Arc<Newsroom>,
    stop: &watch::Receiver<bool>,
) -> Result<(), StoreError> {
    let mut by_source: BTreeMap<SourceId, Vec<Waiting>> = BTreeMap::new();
    for waiting in newsroom.store.waiting_pushes(ROUND_MAX).await? {
        let source = waiting.source.clone();
        by_source.entry(source).or_default().push(waiting);
    }
    let read = stream::iter(by_source.into_values())
        .map(|waiting| read_in_turn(newsroom, waiting, stop))
        .buffer_unordered(SOURCES_AT_ONCE);
    // One that cannot be stored does not keep the other sources' waiting.
    let ended: Vec<Result<(), StoreError>> = read.collect().await;
    ended.into_iter().collect()
}

/// One source's pushes in the order they came: an older one must not have the
/// last word.
async fn read_in_turn(
    newsroom: &Arc<Newsroom>,
    pushes: Vec<Waiting>,
    stop: &watch::Receiver<bool>,
) -> Result<(), StoreError> {
    for waiting in pushes {
        if *stop.borrow() || read_one(newsroom, &waiting, stop).await? == Fate::Later {
            break;
        }
        newsroom.store.drop_pushed(&waiting).await?;
    }
    Ok(())
}

async fn read_one(
    newsroom: &Arc<Newsroom>,
    waiting: &Waiting,
    stop: &watch::Receiver<bool>,
) -> Result<Fate, StoreError> {
    let catalogue = newsroom.catalogue();
    let source = catalogue.source(&waiting.source);
    let Some(source) = source.filter(|source| base_for(newsroom, source).is_some()) else {
        return Ok(Fate::Done);
    };
    let Some((content_type, body)) = newsroom.store.pushed_body(waiting).await? else {
        return Ok(Fate::Done);
    };
    let state = newsroom.store.source_state(&source.id).await?;
    let was_visited_since = state.is_some_and(|state| state.last_visit > Some(waiting.received));
    let push = newsroom.store.push(waiting.push.as_str()).await?;
    // A visit has seen what may be newer, or the subscription is over.
    let Some(push) = push.filter(|_| !was_visited_since) else {
        return look(newsroom, source, stop).await;
    };
    let document = Document {
        bytes: &body,
        content_type: content_type.as_deref(),
        url: Some(&push.topic),
        received: waiting.received,
    };
    match content(source, &push, &document) {
        Some(harvest) => take_in(newsroom, source, &push, harvest, waiting.received).await,
        None => look(newsroom, source, stop).await,
    }
}

/// The entries of a push; `None` where it has none to be relied on.
fn content(source: &Source, push: &Subscription, document: &Document<'_>) -> Option<Harvest> {
    if push.whole_only || document.bytes.is_empty() {
        return None;
    }
    let harvest = in_place(|| gather::read(&source.place, document));
    (harvest.format.is_some() && !harvest.drafts.is_empty()).then_some(harvest)
}

/// Records the entries of a push.
async fn take_in(
    newsroom: &Newsroom,
    source: &Source,
    push: &Subscription,
    harvest: Harvest,
    received: DateTime<Utc>,
) -> Result<Fate, StoreError> {
    let recorded = hold(newsroom, source, |state| {
        record(newsroom, source, harvest, received, state)
    });
    let Some((VisitRecord::Stored { .. }, new)) = recorded.await? else {
        return Ok(Fate::Later);
    };
    let now = newsroom.clock.now();
    if let Some(trust) = websub::after_push(push, new, now) {
        let how = (trust.proven, trust.whole_only);
        newsroom.store.trust_push(&push.id, how, None).await?;
    }
    tracing::debug!(source.id = %source.id, new, "pushed by its hub");
    Ok(Fate::Done)
}

async fn record(
    newsroom: &Newsroom,
    source: &Source,
    harvest: Harvest,
    received: DateTime<Utc>,
    state: SourceState,
) -> Result<(VisitRecord, usize), StoreError> {
    let now = newsroom.clock.now();
    let identified = identity::identify(source, &harvest.feed, harvest.drafts, received);
    let today = now.with_timezone(&newsroom.zone).date_naive();
    let room = health::room(&state.health, today, newsroom.plan.new_per_day);
    let articles = identified.articles;
    let learned = Learned::of(newsroom, source, articles, Pages::Waiting, room, now).await?;
    let new = learned.new;
    let mut state = plan::after_push(&state, &learned.published(), now);
    if let Some(left_out) = health::took(&mut state, today, new, learned.beyond) {
        tracing::warn!(source.id = %source.id, %left_out, "its hub pushed too much");
    }
    let visit = Visit {
        state,
        articles: learned.articles,
        full_texts: learned.full_texts,
    };
    let holder = &newsroom.holder;
    let recorded = newsroom.store.record_push(visit, now, holder).await?;
    Ok((recorded, new))
}

/// Asks the source, unless it was asked a moment ago or wants to be left alone.
async fn look(
    newsroom: &Arc<Newsroom>,
    source: &Source,
    stop: &watch::Receiver<bool>,
) -> Result<Fate, StoreError> {
    let Some(state) = newsroom.store.source_state(&source.id).await? else {
        return Ok(Fate::Done);
    };
    let now = newsroom.clock.now();
    if state.stopped.is_some() || (state.failures > 0 && state.next_visit > now) {
        // It is asked when its time has come, and then for everything.
        return Ok(Fate::Done);
    }
    if state
        .last_visit
        .is_some_and(|last| now < last + LOOK_AGAIN_AFTER)
    {
        return Ok(Fate::Later);
    }
    let which = Which::Named(vec![source.id.clone()]);
    let visited = gather(newsroom, which, stop, |visit| {
        tracing::debug!(
            source.id = visit.source,
            result = visit.result,
            "visited, as its hub asked"
        );
    })
    .await?;
    Ok(if visited > 0 { Fate::Done } else { Fate::Later })
}
