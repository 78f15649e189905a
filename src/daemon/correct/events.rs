//! The events of an article the operator has said something of.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::super::event_claims::{Claimed, Main, add_once, claims, span};
use crate::model::article::{Article, ArticleId};
use crate::model::correction::Correction;
use crate::model::event::{Event, EventId, TELLERS_MAX};
use crate::model::reading::{EventClaim, Reading};
use crate::store::{Store, StoreError};
use crate::understand::event;
use crate::understand::event::{EventChange, merge};

/// The events the article tells of as they stand then; the editor's word is on
/// the first.
pub(super) async fn events(
    store: &Store,
    article: &Article,
    reading: &Reading,
    (before, next): (&Correction, &Correction),
    now: DateTime<Utc>,
) -> Result<Vec<Event>, StoreError> {
    let told = store
        .events_of_articles(std::slice::from_ref(&article.id))
        .await?
        .remove(&article.id)
        .unwrap_or_default();
    let told: Vec<&Event> = told.iter().collect();
    let mut events = Vec::new();
    for claimed in claims(reading, &told, Main::First) {
        let Claimed { claim, told, .. } = claimed;
        let event = if claimed.is_main && next.event.is_some() {
            placed(store, claim, article, told, now).await?
        } else if claimed.is_main && before.event.is_some() {
            returned(store, claim, article, told, now).await?
        } else {
            followed(store, claim, article, told, now).await?
        };
        add_once(&mut events, event);
    }
    Ok(events)
}

/// The event the editor's word is on. The article becomes its first teller,
/// whose word other articles can add to but not replace.
async fn placed(
    store: &Store,
    claim: &EventClaim,
    article: &Article,
    told: Option<Event>,
    now: DateTime<Utc>,
) -> Result<Event, StoreError> {
    let first = told.map(|event| led_by(event, &article.id));
    let mut others = near(store, claim).await?;
    others.retain(|event| first.as_ref().is_none_or(|told| told.id != event.id));
    let others: Vec<Event> = others
        .into_iter()
        .map(|event| led_by(event, &article.id))
        .collect();
    // An event that only this article tells of may turn out to be another's;
    // one that others tell of as well is moved with them.
    let tells_alone = first.as_ref().is_none_or(|told| told.articles.len() == 1);
    let found = if tells_alone {
        joined(claim, article, &others, now)
    } else {
        None
    };
    Ok(match (found, first) {
        (Some(event), _) => event,
        (None, Some(told)) => retold(claim, article, told, now),
        (None, None) => fresh(store, claim, article, now).await?,
    })
}

/// The event after the operator's word on it was taken back: all who told of it
/// are heard again, in the order they told.
async fn returned(
    store: &Store,
    claim: &EventClaim,
    article: &Article,
    told: Option<Event>,
    now: DateTime<Utc>,
) -> Result<Event, StoreError> {
    let Some(known) = told else {
        return followed(store, claim, article, None, now).await;
    };
    let mut tellers = Vec::new();
    for id in &known.articles {
        if let Some((teller, reading)) = store.article(id).await? {
            let own = teller.id == article.id;
            let said = if own {
                Some(claim.clone())
            } else {
                claim_on(&reading, &known)
            };
            tellers.push((teller, said));
        }
    }
    tellers.sort_by_key(|(teller, _)| teller.first_seen);
    let mut event = Event {
        articles: tellers.iter().map(|(one, _)| one.id.clone()).collect(),
        said_by: BTreeMap::new(),
        ..known.clone()
    };
    for (teller, said) in &tellers {
        if let Some(said) = said {
            event = retold(said, teller, event, now);
        }
    }
    // Several words in one step are one change of the calendar, or none.
    let as_known = Event {
        sequence: known.sequence,
        updated: known.updated,
        articles: known.articles.clone(),
        said_by: known.said_by.clone(),
        ..event.clone()
    };
    if as_known == known {
        (event.sequence, event.updated) = (known.sequence, known.updated);
    } else {
        event.sequence = known.sequence.saturating_add(1);
    }
    Ok(event)
}

/// The event of an article whose own event was not spoken of: as after any
/// revision.
async fn followed(
    store: &Store,
    claim: &EventClaim,
    article: &Article,
    told: Option<Event>,
    now: DateTime<Utc>,
) -> Result<Event, StoreError> {
    if let Some(known) = told {
        return Ok(retold(claim, article, known, now));
    }
    let others = near(store, claim).await?;
    match joined(claim, article, &others, now) {
        Some(event) => Ok(event),
        None => fresh(store, claim, article, now).await,
    }
}

/// What a reading says of `event`, which its article tells of.
fn claim_on(reading: &Reading, event: &Event) -> Option<EventClaim> {
    let claims: Vec<&EventClaim> = reading.event.iter().chain(&reading.more_events).collect();
    let known = event::retold(&claims, &[event]);
    let on = claims.iter().zip(known).find(|(_, known)| known.is_some());
    on.map(|(claim, _)| (*claim).clone())
}

async fn near(store: &Store, claim: &EventClaim) -> Result<Vec<Event>, StoreError> {
    let (earliest, from, to) = span(claim);
    store.events_near(earliest, from, to).await
}

/// The first teller owns every field nobody is noted for.
fn led_by(mut event: Event, first: &ArticleId) -> Event {
    event.said_by.clear();
    event.articles.retain(|id| id != first);
    event.articles.insert(0, first.clone());
    event.articles.truncate(TELLERS_MAX);
    event
}

/// The one among `others` that is the claimed one, with the claim in it.
fn joined(
    claim: &EventClaim,
    article: &Article,
    others: &[Event],
    now: DateTime<Utc>,
) -> Option<Event> {
    let candidates: Vec<&Event> = others.iter().collect();
    match merge(claim, article, None, &candidates, now) {
        EventChange::Changed(event) => Some(event),
        EventChange::Unchanged(id) => others.iter().find(|event| event.id == id).cloned(),
        EventChange::New(_) => None,
    }
}

/// `event` with the claim in it.
fn retold(claim: &EventClaim, article: &Article, event: Event, now: DateTime<Utc>) -> Event {
    match merge(claim, article, Some(&event), &[], now) {
        EventChange::New(changed) | EventChange::Changed(changed) => changed,
        EventChange::Unchanged(_) => event,
    }
}

/// An event nobody tells of; under its id the store may still know what was
/// taken back before.
async fn fresh(
    store: &Store,
    claim: &EventClaim,
    article: &Article,
    now: DateTime<Utc>,
) -> Result<Event, StoreError> {
    let id = EventId::derived(&article.id, claim.start);
    if let Some(known) = store.event(&id).await? {
        return Ok(retold(claim, article, led_by(known, &article.id), now));
    }
    Ok(match merge(claim, article, None, &[], now) {
        EventChange::New(event) | EventChange::Changed(event) => event,
        EventChange::Unchanged(id) => unreachable!("{id} is none of no events"),
    })
}
