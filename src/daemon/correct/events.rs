//! The events of an article the operator has said something of.

use chrono::{DateTime, Utc};

use super::super::event_claims::{Claimed, Main, add_once, claims, span};
use crate::model::article::{Article, ArticleId};
use crate::model::correction::Correction;
use crate::model::event::{Event, EventId, TELLERS_MAX};
use crate::model::reading::{EventClaim, Reading};
use crate::store::{Store, StoreError};
use crate::understand::event::{EventChange, merge};

/// What follows from a word on an article.
pub(super) struct Followed {
    /// The events it tells of as they stand then.
    pub(super) events: Vec<Event>,
    /// Those it told of before and others still tell of, as they tell them.
    pub(super) left: Vec<Event>,
}

/// The events the article tells of as they stand then, and those it leaves; the
/// editor's word is on the first.
pub(super) async fn events(
    store: &Store,
    article: &Article,
    reading: &Reading,
    (before, next): (&Correction, &Correction),
    now: DateTime<Utc>,
) -> Result<Followed, StoreError> {
    let known = store
        .events_of_articles(std::slice::from_ref(&article.id))
        .await?
        .remove(&article.id)
        .unwrap_or_default();
    let told: Vec<&Event> = known.iter().collect();
    let undone = next.is_empty() && !before.is_empty();
    let mut events = Vec::new();
    for claimed in claims(reading, &told, Main::First) {
        let Claimed { claim, told, .. } = claimed;
        let event = if claimed.is_main && next.event.is_some() {
            placed(store, claim, article, told, now).await?
        } else if claimed.is_main && (undone || before.event.is_some()) {
            returned(store, claim, article, told, now).await?
        } else {
            followed(store, claim, article, told, now).await?
        };
        add_once(&mut events, event);
    }
    let mut left = Vec::new();
    for event in known {
        if events.iter().all(|told| told.id != event.id) {
            let others = tellers(store, &event, &article.id).await?;
            left.extend(heard_again(&event, others, now));
        }
    }
    Ok(Followed { events, left })
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
    let known = if let Some(known) = told {
        known
    } else {
        // By that word it told of none, and others may tell of its event still.
        let others = near(store, claim).await?;
        let Some(joined) = joined(claim, article, &others, now) else {
            return fresh(store, claim, article, now).await;
        };
        let known = others.into_iter().find(|event| event.id == joined.id);
        known.unwrap_or(joined)
    };
    let mut all = tellers(store, &known, &article.id).await?;
    all.push(Teller {
        said: Some(claim.clone()),
        article: article.clone(),
        is_editors: false,
    });
    Ok(heard_again(&known, all, now).unwrap_or(known))
}

/// Who tells of an event, and what.
struct Teller {
    article: Article,
    said: Option<EventClaim>,
    /// The editor's word is on it.
    is_editors: bool,
}

/// Who tells of `event` beside the article `but`.
async fn tellers(store: &Store, event: &Event, but: &ArticleId) -> Result<Vec<Teller>, StoreError> {
    let ids = event.articles.iter().filter(|id| *id != but).cloned();
    let ids: Vec<ArticleId> = ids.collect();
    let words = store.corrections_of(&ids).await?;
    let told = store.events_of_articles(&ids).await?;
    let mut tellers = Vec::new();
    for id in &ids {
        let Some((article, reading)) = store.article(id).await? else {
            continue;
        };
        let is_editors = words.get(id).is_some_and(|word| word.event.is_some());
        let told = told.get(id).map_or(&[][..], Vec::as_slice);
        tellers.push(Teller {
            said: claim_on(&reading, event, told, is_editors),
            article,
            is_editors,
        });
    }
    Ok(tellers)
}

/// What a reading says of `event`, one of those its article `told` of.
fn claim_on(
    reading: &Reading,
    event: &Event,
    told: &[Event],
    is_editors: bool,
) -> Option<EventClaim> {
    let main = if is_editors { Main::First } else { Main::Free };
    let told: Vec<&Event> = told.iter().collect();
    let claimed = claims(reading, &told, main);
    let on = |claimed: &&Claimed| claimed.told.as_ref().is_some_and(|on| on.id == event.id);
    let first = || {
        // Another's word may have moved the event away from all that is said here.
        let is_first = told.first().is_some_and(|first| first.id == event.id);
        claimed.iter().find(|claimed| is_first && claimed.is_main)
    };
    let found = claimed.iter().find(on).or_else(first);
    found.map(|claimed| claimed.claim.clone())
}

/// The event as those tell it who tell of it: the editor's words first, then in
/// the order they told. `None`: nobody says anything of it.
fn heard_again(known: &Event, mut tellers: Vec<Teller>, now: DateTime<Utc>) -> Option<Event> {
    tellers.sort_by_key(|one| (one.said.is_none(), !one.is_editors, one.article.first_seen));
    let first = tellers.first()?;
    let told = match merge(first.said.as_ref()?, &first.article, None, &[], now) {
        EventChange::New(event) | EventChange::Changed(event) => event,
        EventChange::Unchanged(_) => return None,
    };
    let mut event = Event {
        id: known.id.clone(),
        topics: known.topics.clone(),
        sequence: known.sequence,
        created: known.created,
        ..told
    };
    for teller in &tellers[1..] {
        if let Some(said) = &teller.said {
            event = retold(said, &teller.article, event, now);
        }
    }
    let all = tellers.iter().map(|teller| teller.article.id.clone());
    event.articles = all.take(TELLERS_MAX).collect();
    // Several words in one step are one change of the calendar, or none.
    let as_known = Event {
        sequence: known.sequence,
        updated: known.updated,
        articles: known.articles.clone(),
        said_by: known.said_by.clone(),
        ..event.clone()
    };
    (event.sequence, event.updated) = if as_known == *known {
        (known.sequence, known.updated)
    } else {
        (known.sequence.saturating_add(1), now)
    };
    Some(event)
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
