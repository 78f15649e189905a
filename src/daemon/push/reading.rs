//! Reading what hubs pushed: the road of a visit's document, from the feed
//! reader to one transaction, but nothing about asking the source is touched. A
//! push that says too little is a reason to go and look: a hint, which stays until
//! somebody has looked and keeps no other push waiting.

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
use super::super::gather::{Which, gather};
use super::super::holding::hold;
use super::super::learn::Learned;
use super::super::placing::Placing;
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
    /// All it said is stored.
    Done,
    /// What it said, or more, is to be found by asking.
    Hint,
    /// Not now: somebody else reads the source.
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
/// last word. Hints are followed after them, all by one visit: it would make the
/// pushes behind them old.
async fn read_in_turn(
    newsroom: &Arc<Newsroom>,
    pushes: Vec<Waiting>,
    stop: &watch::Receiver<bool>,
) -> Result<(), StoreError> {
    let mut hints = Vec::new();
    for waiting in pushes {
        if *stop.borrow() {
            return Ok(());
        }
        match read_one(newsroom, &waiting).await? {
            Fate::Done => newsroom.store.drop_pushed(&waiting).await?,
            Fate::Hint => hints.push(waiting),
            Fate::Later => break,
        }
    }
    let Some(hint) = hints.first() else {
        return Ok(());
    };
    if look(newsroom, &hint.source, stop).await? == Fate::Done {
        for hint in &hints {
            newsroom.store.drop_pushed(hint).await?;
        }
    }
    Ok(())
}

async fn read_one(newsroom: &Newsroom, waiting: &Waiting) -> Result<Fate, StoreError> {
    let catalogue = newsroom.catalogue();
    let source = catalogue.source(&waiting.source);
    let Some(source) = source.filter(|source| base_for(newsroom, source).is_some()) else {
        return Ok(Fate::Done);
    };
    let Some((content_type, body)) = newsroom.store.pushed_body(waiting).await? else {
        return Ok(Fate::Done);
    };
    if body.is_empty() {
        return Ok(Fate::Hint);
    }
    let state = newsroom.store.source_state(&source.id).await?;
    let was_visited_since = state.is_some_and(|state| state.last_visit > Some(waiting.received));
    let push = newsroom.store.push(waiting.push.as_str()).await?;
    let document = Document {
        bytes: &body,
        content_type: content_type.as_deref(),
        url: push.as_ref().map(|push| &push.topic),
        received: waiting.received.with_timezone(&newsroom.zone),
    };
    // Of a subscription that is over it is not known how its ids are to be read.
    let said = push.as_ref();
    let said = said.and_then(|push| Some((content(source, push, &document)?, push)));
    let fate = match said {
        Some((harvest, push)) => {
            let of = (push, waiting.received, was_visited_since);
            take_in(newsroom, source, harvest, of).await?
        }
        None => Fate::Hint,
    };
    if fate == Fate::Hint {
        newsroom.store.keep_as_hint(waiting).await?;
    }
    Ok(fate)
}

/// The entries of a push; `None` where it has none to be relied on.
fn content(source: &Source, push: &Subscription, document: &Document<'_>) -> Option<Harvest> {
    if push.whole_only || document.bytes.is_empty() {
        return None;
    }
    let harvest = in_place(|| gather::read(&source.place, document));
    (harvest.format.is_some() && !harvest.drafts.is_empty()).then_some(harvest)
}

/// Records the entries of a push. Where the source was visited since, the visit may
/// have seen newer: of entries that are known nothing is taken, and we look again.
async fn take_in(
    newsroom: &Newsroom,
    source: &Source,
    harvest: Harvest,
    (push, received, was_visited_since): (&Subscription, DateTime<Utc>, bool),
) -> Result<Fate, StoreError> {
    let recorded = hold(newsroom, source, |state| {
        let seen = (received, was_visited_since);
        record(newsroom, source, harvest, seen, state)
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
    Ok(if was_visited_since {
        Fate::Hint
    } else {
        Fate::Done
    })
}

async fn record(
    newsroom: &Newsroom,
    source: &Source,
    harvest: Harvest,
    (received, new_only): (DateTime<Utc>, bool),
    state: SourceState,
) -> Result<(VisitRecord, usize), StoreError> {
    let now = newsroom.clock.now();
    let identified = identity::identify(source, &harvest.feed, harvest.drafts, received);
    let today = now.with_timezone(&newsroom.zone).date_naive();
    let room = health::room(&state.health, today, newsroom.plan.new_per_day);
    let mut articles = identified.articles;
    if new_only {
        let ids: Vec<_> = articles.iter().map(|article| article.id.clone()).collect();
        let known = newsroom.store.known_articles(&ids).await?;
        articles.retain(|article| !known.contains_key(&article.id));
    }
    let learned = Learned::of(newsroom, source, articles, Pages::Waiting, room, now).await?;
    let new = learned.new;
    let mut state = plan::after_push(&state, &learned.published(), now);
    if let Some(left_out) = health::took(&mut state, today, new, learned.beyond) {
        tracing::warn!(source.id = %source.id, %left_out, "its hub pushed too much");
    }
    let mut placing = Placing::begin(newsroom).await;
    let visit = Visit {
        state,
        articles: placing.place(learned.articles).await?,
        full_texts: learned.full_texts,
    };
    let holder = &newsroom.holder;
    let recorded = newsroom.store.record_push(visit, now, holder).await?;
    Ok((recorded, new))
}

/// Asks the source, unless it was asked a moment ago or wants to be left alone.
async fn look(
    newsroom: &Arc<Newsroom>,
    source: &SourceId,
    stop: &watch::Receiver<bool>,
) -> Result<Fate, StoreError> {
    let Some(state) = newsroom.store.source_state(source).await? else {
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
    let which = Which::Named(vec![source.clone()]);
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
