//! The same event told by several articles is one event.
//!
//! `SEQUENCE` (RFC 5545 section 3.8.7.4) is raised only when a reader's
//! calendar must change. Deliberately absent for now: which article said which
//! field.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::article::Article;
use crate::model::event::{Event, EventId, EventStatus, TELLERS_MAX};
use crate::model::reading::EventClaim;
use crate::text::stem::stem;
use crate::text::tokens::tokens;

/// A moved or cancelled event is looked for this many days around.
const MOVED_DAYS_MAX: i64 = 60;
/// Beginnings of words that any forum's name may hold.
const GENERIC: [&str; 5] = ["форум", "forum", "халықарал", "международ", "internation"];
/// Shared words of the shorter name from which two names are alike.
const ALIKE_MIN: f64 = 0.6;

/// What a claim does to what is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventChange {
    Unchanged(EventId),
    New(Event),
    Changed(Event),
}

/// Finds the event a claim speaks of, or makes a new one: the one the article
/// `told` of before, if any, else the same one among `candidates`. The first article that told of an event is its author: its corrections
/// replace; other articles only add what was missing, or cancel and postpone.
pub fn merge(
    claim: &EventClaim,
    article: &Article,
    told: Option<&Event>,
    candidates: &[&Event],
    now: DateTime<Utc>,
) -> EventChange {
    let mut candidates = candidates.iter().copied();
    let known = told.or_else(|| candidates.find(|event| is_same(claim, event)));
    let Some(known) = known else {
        return EventChange::New(new_event(claim, article, now));
    };
    let author = known.articles.first() == Some(&article.id);
    let mut event = known.clone();
    if author {
        correct(&mut event, claim);
    } else {
        add(&mut event, claim);
    }
    if event != *known {
        event.sequence = known.sequence.saturating_add(1);
        event.updated = now;
    }
    if event.articles.len() < TELLERS_MAX && !event.articles.contains(&article.id) {
        event.articles.push(article.id.clone());
    }
    if event == *known {
        EventChange::Unchanged(event.id)
    } else {
        EventChange::Changed(event)
    }
}

fn new_event(claim: &EventClaim, article: &Article, now: DateTime<Utc>) -> Event {
    Event {
        id: EventId::derived(&article.id, claim.start),
        name: claim.name.clone(),
        start: claim.start,
        end: claim.end,
        time: claim.time,
        city: claim.city.clone(),
        region: claim.region,
        status: claim.status,
        sequence: 0,
        date_words: claim.evidence.words.clone(),
        date_counted_from: claim.evidence.counted_from,
        articles: vec![article.id.clone()],
        topics: Vec::new(),
        created: now,
        updated: now,
    }
}

fn correct(event: &mut Event, claim: &EventClaim) {
    event.name.clone_from(&claim.name);
    event.city.clone_from(&claim.city);
    event.region = claim.region;
    event.time = claim.time;
    event.status = claim.status;
    move_to(event, claim);
}

fn move_to(event: &mut Event, claim: &EventClaim) {
    if (event.start, event.end) != (claim.start, claim.end) {
        event.start = claim.start;
        event.end = claim.end;
        event.date_words.clone_from(&claim.evidence.words);
        event.date_counted_from = claim.evidence.counted_from;
    }
}

fn add(event: &mut Event, claim: &EventClaim) {
    match claim.status {
        EventStatus::Cancelled => event.status = EventStatus::Cancelled,
        EventStatus::Postponed => {
            event.status = EventStatus::Postponed;
            if claim.start != event.start {
                move_to(event, claim);
                event.time = claim.time;
            }
        }
        EventStatus::Tentative | EventStatus::Confirmed => {}
    }
    if event.start == claim.start {
        event.end = event.end.or(claim.end);
        event.time = event.time.or(claim.time);
    }
    if event.city.is_none() && (event.region.is_none() || event.region == claim.region) {
        event.city.clone_from(&claim.city);
    }
    event.region = event.region.or(claim.region);
}

fn is_same(claim: &EventClaim, event: &Event) -> bool {
    let moved = matches!(
        claim.status,
        EventStatus::Cancelled | EventStatus::Postponed
    );
    let last = claim.end.unwrap_or(claim.start);
    let overlaps = claim.start <= event.last_day() && event.start <= last;
    let near = (claim.start - event.start).abs() <= TimeDelta::days(MOVED_DAYS_MAX);
    (overlaps || (moved && near)) && same_place(claim, event) && alike(&claim.name, &event.name)
}

/// Nothing known contradicts.
fn same_place(claim: &EventClaim, event: &Event) -> bool {
    let cities = match (&claim.city, &event.city) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    let regions = match (claim.region, event.region) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    cities && regions
}

/// Most words of the shorter name are in the longer; a bare "forum" says too
/// little to be unlike anything.
#[expect(clippy::cast_precision_loss, reason = "names have a few words")]
fn alike(one: &str, other: &str) -> bool {
    let (one, other) = (stems(one), stems(other));
    let fewer = one.len().min(other.len());
    if fewer == 0 {
        return true;
    }
    one.intersection(&other).count() as f64 / fewer as f64 >= ALIKE_MIN
}

fn stems(name: &str) -> BTreeSet<String> {
    tokens(name)
        .into_iter()
        .filter(|token| token.is_word() || token.number().is_some())
        .map(|token| stem(&token.folded))
        .filter(|stem| !GENERIC.iter().any(|generic| stem.starts_with(generic)))
        .collect()
}

#[cfg(test)]
#[path = "merge_tests.rs"]
mod tests;
