//! The same event told by several articles is one event.
//!
//! `SEQUENCE` (RFC 5545 section 3.8.7.4) is raised only when a reader's
//! calendar must change; who said which field is kept beside it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::model::article::{Article, ArticleId};
use crate::model::event::{Event, EventDetails, EventField, EventId, EventStatus, TELLERS_MAX};
use crate::model::reading::EventClaim;
use crate::text::stem::stem;
use crate::text::tokens::tokens;
use crate::understand::same_story::Gathering;

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
/// `told` of before, if any, else the same one among `others`. Whoever said
/// a field may correct it; others add what is missing, and anybody may cancel,
/// postpone, or confirm what was tentative.
pub fn merge(
    claim: &EventClaim,
    article: &Article,
    told: Option<&Event>,
    others: &[&Event],
    now: DateTime<Utc>,
) -> EventChange {
    let mut candidates = others.iter().copied();
    let known = told.or_else(|| candidates.find(|event| is_same(claim, event)));
    let Some(known) = known else {
        let mut id = EventId::derived(&article.id, claim.start);
        if others.iter().any(|event| event.id == id) {
            id = EventId::derived_further(&article.id, claim.start, &claim.name);
        }
        return EventChange::New(new_event(id, claim, article, now));
    };
    let mut event = known.clone();
    let mut teller = Teller {
        article: &article.id,
        first: known.articles.first(),
        said_by: std::mem::take(&mut event.said_by),
    };
    teller.tell(&mut event, claim);
    event.said_by = teller.said_by;
    if is_rescheduled(known, &event) {
        event.sequence = known.sequence.saturating_add(1);
    }
    if (&event.name, &event.details) != (&known.name, &known.details)
        || event.sequence != known.sequence
    {
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

/// Which of the events an article `told` of before each of its `claims` speaks
/// of now: the same one; a claim and an event that are left alone are one that
/// was corrected.
pub fn retold<'a>(claims: &[&EventClaim], told: &[&'a Event]) -> Vec<Option<&'a Event>> {
    let mut left: Vec<&Event> = told.to_vec();
    let mut found: Vec<Option<&Event>> = claims
        .iter()
        .map(|claim| {
            let at = left.iter().position(|event| is_same(claim, event))?;
            Some(left.remove(at))
        })
        .collect();
    let mut open = found.iter_mut().filter(|found| found.is_none());
    if let (Some(claim), None, [event]) = (open.next(), open.next(), left.as_slice()) {
        *claim = Some(*event);
    }
    found
}

/// Whether a calendar must ask its reader to look again.
fn is_rescheduled(before: &Event, now: &Event) -> bool {
    let key = |event: &Event| {
        (
            (event.start, event.end, event.time, event.status),
            (event.region, event.details.end_time),
            event.details.is_day_new,
        )
    };
    key(before) != key(now)
        || before.name != now.name
        || before.city != now.city
        || before.details.venue != now.details.venue
}

fn new_event(id: EventId, claim: &EventClaim, article: &Article, now: DateTime<Utc>) -> Event {
    let mut event = Event {
        id,
        name: String::new(),
        start: claim.start,
        end: claim.end,
        time: None,
        city: None,
        region: None,
        status: claim.status,
        details: EventDetails::default(),
        sequence: 0,
        date_words: claim.evidence.words.clone(),
        date_counted_from: claim.evidence.counted_from,
        articles: vec![article.id.clone()],
        topics: Vec::new(),
        said_by: BTreeMap::new(),
        created: now,
        updated: now,
    };
    let mut teller = Teller {
        article: &article.id,
        first: Some(&article.id),
        said_by: BTreeMap::new(),
    };
    teller.tell(&mut event, claim);
    for field in [EventField::Date, EventField::Status] {
        teller.said_by.insert(field, article.id.clone());
    }
    event.said_by = teller.said_by;
    event
}

/// An article's word on an event, and whose word its fields are so far.
struct Teller<'a> {
    article: &'a ArticleId,
    /// Whoever told first said what nobody is noted for.
    first: Option<&'a ArticleId>,
    said_by: BTreeMap<EventField, ArticleId>,
}

impl Teller<'_> {
    fn tell(&mut self, event: &mut Event, claim: &EventClaim) {
        self.tell_day(event, claim);
        if event.name.is_empty() || self.owns(EventField::Name) {
            event.name.clone_from(&claim.name);
            self.note(EventField::Name);
        }
        if event.start == claim.start {
            self.set(EventField::Time, &mut event.time, claim.time.as_ref());
            let (end, said) = (&mut event.details.end_time, claim.details.end_time.as_ref());
            self.set(EventField::EndTime, end, said);
        }
        self.tell_place(event, claim);
        let (known, said) = (&mut event.details, &claim.details);
        self.set(
            EventField::Organiser,
            &mut known.organiser,
            said.organiser.as_ref(),
        );
        let (known_at, said_at) = (&mut known.registration, said.registration.as_ref());
        self.set(EventField::Registration, known_at, said_at);
        if known.languages.is_empty() && !said.languages.is_empty() {
            known.languages.clone_from(&said.languages);
            self.note(EventField::Languages);
        }
    }

    fn tell_day(&mut self, event: &mut Event, claim: &EventClaim) {
        let is_off = matches!(
            claim.status,
            EventStatus::Cancelled | EventStatus::Postponed
        );
        let confirms =
            (event.status, claim.status) == (EventStatus::Tentative, EventStatus::Confirmed);
        if event.status != claim.status && (is_off || confirms || self.owns(EventField::Status)) {
            event.status = claim.status;
            self.note(EventField::Status);
        }
        let is_new = claim.status == EventStatus::Postponed && claim.details.is_day_new;
        let mut is_day_new = event.details.is_day_new;
        let moved = claim.status == EventStatus::Postponed && claim.start != event.start;
        if moved || self.owns(EventField::Date) {
            if (event.start, event.end) != (claim.start, claim.end) {
                event.start = claim.start;
                event.end = claim.end;
                event.date_words.clone_from(&claim.evidence.words);
                event.date_counted_from = claim.evidence.counted_from;
                self.note(EventField::Date);
                is_day_new = is_new;
                // The hour was the old day's.
                event.time = None;
                event.details.end_time = None;
            }
        } else if event.start == claim.start {
            event.end = event.end.or(claim.end);
        }
        // Who does not tell that the day is new does not say that it is the old one.
        is_day_new |= is_new && event.start == claim.start;
        event.details.is_day_new = is_day_new && event.status == EventStatus::Postponed;
    }

    fn tell_place(&mut self, event: &mut Event, claim: &EventClaim) {
        let said = claim.city.is_some() || claim.region.is_some();
        let agrees = event.region.is_none() || event.region == claim.region;
        let mends = self.owns(EventField::Place) || (event.city.is_none() && agrees);
        if said && mends && (&event.city, event.region) != (&claim.city, claim.region) {
            event.city.clone_from(&claim.city);
            event.region = claim.region;
            self.note(EventField::Place);
        }
        if event.city == claim.city {
            let (venue, said) = (&mut event.details.venue, claim.details.venue.as_ref());
            self.set(EventField::Venue, venue, said);
        }
    }

    fn owns(&self, field: EventField) -> bool {
        self.said_by.get(&field).or(self.first) == Some(self.article)
    }

    fn note(&mut self, field: EventField) {
        self.said_by.insert(field, self.article.clone());
    }

    /// What is missing is added; one's own word can be taken back.
    fn set<T: Clone + PartialEq>(
        &mut self,
        field: EventField,
        known: &mut Option<T>,
        said: Option<&T>,
    ) {
        let mends = self.owns(field) || known.is_none();
        if !mends || known.as_ref() == said {
            return;
        }
        *known = said.cloned();
        if said.is_some() {
            self.note(field);
        } else {
            self.said_by.remove(&field);
        }
    }
}

fn is_same(claim: &EventClaim, event: &Event) -> bool {
    let moved = matches!(
        claim.status,
        EventStatus::Cancelled | EventStatus::Postponed
    );
    let last = claim.end.unwrap_or(claim.start);
    let overlaps = claim.start <= event.last_day() && event.start <= last;
    let near = (claim.start - event.start).abs() <= TimeDelta::days(MOVED_DAYS_MAX);
    (overlaps || (moved && near)) && same_place(claim, event) && same_name(claim, event)
        || is_same_translated(claim, event)
}

/// On the same day in the same town, by a name that says the same in another language,
/// and at no other hour.
fn is_same_translated(claim: &EventClaim, event: &Event) -> bool {
    let hours = match (claim.time, event.time) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    claim.start == event.start
        && claim.city.is_some()
        && claim.city == event.city
        && hours
        && Gathering::of(&claim.name).is_about_same(&Gathering::of(&event.name))
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

/// A bare "forum" is only the same where the place is.
fn same_name(claim: &EventClaim, event: &Event) -> bool {
    if stems(&claim.name).is_empty() || stems(&event.name).is_empty() {
        return claim.region.is_some() && claim.region == event.region;
    }
    alike(&claim.name, &event.name)
}

/// Whether most words of the shorter name are in the longer.
pub(super) fn alike(one: &str, other: &str) -> bool {
    share_stems(&stems(one), &stems(other))
}

/// The same of names whose [`stems`] are known.
#[expect(clippy::cast_precision_loss, reason = "names have a few words")]
pub(super) fn share_stems(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    let fewer = one.len().min(other.len());
    fewer == 0 || one.intersection(other).count() as f64 / fewer as f64 >= ALIKE_MIN
}

/// The stems of a name's telling words.
pub(super) fn stems(name: &str) -> BTreeSet<String> {
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
