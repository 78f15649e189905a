//! What a reading claims of events, and where the events are looked for that it
//! may mean: the same for what is new and for what the editor corrects. Pure.

use chrono::{Days, NaiveDate};

use crate::model::event::{Event, EventStatus};
use crate::model::reading::{EventClaim, Reading};
use crate::understand::event;

/// How far an event's day may lie from the one an article names and still be it.
const EVENT_SPAN: Days = Days::new(1);
/// A cancelled or moved event is looked for this far from the day an article
/// names.
const MOVED_SPAN: Days = Days::new(60);
/// A longer event is found only from near its first day.
const EVENT_LENGTH_MAX: Days = Days::new(31);

/// Which of the events an article told of so far its main claim is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Main {
    /// The one it says the same of, as every other claim.
    Free,
    /// The first, whatever it says of it now: an editor's word may move it far.
    First,
}

/// A claim to be sure of, and the event it is on.
#[derive(Debug, PartialEq)]
pub(super) struct Claimed<'a> {
    pub claim: &'a EventClaim,
    pub is_main: bool,
    /// Of those its article told of so far.
    pub told: Option<Event>,
}

/// What a reading surely says of events, the main one first.
pub(super) fn claims<'a>(reading: &'a Reading, told: &[&Event], main: Main) -> Vec<Claimed<'a>> {
    let is_sure = |claim: &&EventClaim| claim.confidence.is_enough();
    let mains = usize::from(reading.event.as_ref().is_some_and(|claim| is_sure(&claim)));
    let said = reading.event.iter().chain(&reading.more_events);
    let said: Vec<&EventClaim> = said.filter(is_sure).collect();
    let fixed = match main {
        Main::Free => 0,
        Main::First => mains.min(told.len()),
    };
    let mut known: Vec<Option<&Event>> = told[..fixed].iter().copied().map(Some).collect();
    known.extend(event::retold(&said[fixed..], &told[fixed..]));
    let claimed = said.into_iter().zip(known).enumerate();
    claimed
        .map(|(at, (claim, told))| Claimed {
            claim,
            is_main: at < mains,
            told: told.cloned(),
        })
        .collect()
}

/// Two claims may turn out to be on one event.
pub(super) fn add_once(events: &mut Vec<Event>, event: Event) {
    if events.iter().all(|one| one.id != event.id) {
        events.push(event);
    }
}

/// The days an event may be on that is the one claimed, after the first day it
/// may have begun on.
pub(super) fn span(claim: &EventClaim) -> (NaiveDate, NaiveDate, NaiveDate) {
    let around = match claim.status {
        EventStatus::Cancelled | EventStatus::Postponed => MOVED_SPAN,
        EventStatus::Tentative | EventStatus::Confirmed => EVENT_SPAN,
    };
    let last = claim.end.unwrap_or(claim.start);
    let from = claim.start.checked_sub_days(around).unwrap_or(claim.start);
    let earliest = from.checked_sub_days(EVENT_LENGTH_MAX).unwrap_or(from);
    (
        earliest,
        from,
        last.checked_add_days(around).unwrap_or(last),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::{DateTime, Utc};

    use super::*;
    use crate::model::event::{EventDetails, EventId};
    use crate::model::language::Language;
    use crate::model::reading::{Confidence, DateEvidence, Kind};

    fn claim(name: &str, start: &str, sure: f32) -> EventClaim {
        EventClaim {
            name: name.to_owned(),
            start: start.parse().expect("a day"),
            end: None,
            time: None,
            city: Some("Astana".to_owned()),
            region: None,
            status: EventStatus::Confirmed,
            details: EventDetails::default(),
            words: BTreeMap::new(),
            evidence: DateEvidence {
                words: String::new(),
                counted_from: None,
            },
            confidence: Confidence::new(sure),
        }
    }

    fn reading(event: Option<EventClaim>, more_events: Vec<EventClaim>) -> Reading {
        Reading {
            language: Language::Undetermined,
            language_confidence: Confidence::new(0.0),
            kind: Kind::ForumArticle,
            kind_confidence: Confidence::new(1.0),
            regions: Vec::new(),
            topics: Vec::new(),
            event,
            more_events,
            excerpt: String::new(),
            engine_version: 0,
            read_at: DateTime::<Utc>::UNIX_EPOCH,
        }
    }

    /// The event as a claim told it.
    fn event(claim: &EventClaim) -> Event {
        Event {
            id: EventId::from_stored(claim.name.as_str()),
            name: claim.name.clone(),
            start: claim.start,
            end: claim.end,
            time: claim.time,
            city: claim.city.clone(),
            region: claim.region,
            status: claim.status,
            details: EventDetails::default(),
            sequence: 0,
            date_words: String::new(),
            date_counted_from: None,
            articles: Vec::new(),
            topics: Vec::new(),
            said_by: BTreeMap::new(),
            created: DateTime::UNIX_EPOCH,
            updated: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn each_claim_finds_the_event_it_was_on() {
        let media = |day| claim("Медиа форум", day, 0.9);
        let water = |day| claim("Су форумы", day, 0.9);
        let (one, other) = (event(&media("2026-12-05")), event(&water("2026-12-20")));
        let told = [&one, &other];
        let names = |reading: &Reading, main| -> Vec<(bool, Option<String>)> {
            claims(reading, &told, main)
                .into_iter()
                .map(|claimed| {
                    let told = claimed.told.map(|event| event.name);
                    (claimed.is_main, told)
                })
                .collect()
        };
        let media_told = Some("Медиа форум".to_owned());
        let water_told = Some("Су форумы".to_owned());
        let both = reading(Some(media("2026-12-05")), vec![water("2026-12-20")]);
        let expected = [(true, media_told.clone()), (false, water_told.clone())];
        assert_eq!(names(&both, Main::Free), expected);
        assert_eq!(names(&both, Main::First), expected);
        // The editor says that the main event is the other one.
        let moved = reading(Some(water("2026-12-20")), Vec::new());
        assert_eq!(names(&moved, Main::Free), [(true, water_told)]);
        assert_eq!(names(&moved, Main::First), [(true, media_told.clone())]);
        // No main event any more: the first one told is looked at all the same.
        let unsure = claim("Медиа форум", "2026-12-05", 0.1);
        for main in [None, Some(unsure)] {
            let further = reading(main, vec![media("2026-12-05")]);
            assert_eq!(names(&further, Main::First), [(false, media_told.clone())]);
        }
    }
}
