//! What was corrected since the last letter, and which outlets fell silent.
//!
//! An event's change is told only where it is known what it was before; a
//! guess would be a wrong label. Deliberately absent: changes of stories the
//! reader was not told of.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::model::change::{EventBefore, Since};
use crate::model::event::{Event, EventStatus};
use crate::model::feed::Entry;
use crate::model::source::{Place, Source, SourceState};

/// The most corrections one letter tells.
pub const CORRECTIONS_MAX: usize = 8;
/// An outlet counts as silent after so long without a usable answer: a night's
/// outage is nobody's news.
pub const SILENT_AFTER: TimeDelta = TimeDelta::days(3);

/// One thing a reader was told that is no longer so.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "a letter holds at most CORRECTIONS_MAX"
)]
pub enum Correction {
    Event {
        event: Event,
        changes: Vec<Change>,
    },
    Article {
        entry: Box<Entry>,
        title_before: Option<String>,
    },
}

impl Correction {
    /// Whether it is worth a letter by itself: publishers mend their texts all
    /// day, and what was mended is not known.
    pub const fn is_news(&self) -> bool {
        match self {
            Self::Event { .. } => true,
            Self::Article { title_before, .. } => title_before.is_some(),
        }
    }

    fn tells_of(&self, entry: &Entry) -> bool {
        matches!(self, Self::Event { event, .. } if event.articles.contains(&entry.article.id))
    }
}

/// What of an event is different now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    Cancelled,
    Postponed,
    /// It was called off, and takes place after all.
    Restored,
    Moved {
        start: NaiveDate,
        end: Option<NaiveDate>,
    },
    /// The time it began at before; `None`: none was told.
    Time(Option<NaiveTime>),
    /// The city it was to be in.
    Place(String),
}

/// The corrections among `events` and `since`: events, articles with another
/// title, then those whose text was mended. `admits` says
/// whether an article is one this reader is told of.
pub fn corrections(
    since: &Since,
    events: &[&Event],
    admits: impl Fn(&Entry) -> bool,
) -> Vec<Correction> {
    let of_events = since.events.iter().filter_map(|before| {
        let event = events.iter().find(|event| event.id == before.id)?;
        let changes = changes(before, event);
        // One made in this window the reader meets for the first time.
        (event.created <= since.after && !changes.is_empty()).then(|| Correction::Event {
            event: (*event).clone(),
            changes,
        })
    });
    let mut told: Vec<Correction> = of_events.collect();
    let of_articles: Vec<Correction> = since
        .revised
        .iter()
        .filter(|revised| admits(&revised.entry))
        // The text of an event that was changed says nothing more.
        .filter(|revised| !told.iter().any(|known| known.tells_of(&revised.entry)))
        .map(|revised| Correction::Article {
            entry: Box::new(revised.entry.clone()),
            title_before: revised.title_before.clone(),
        })
        .collect();
    told.extend(of_articles);
    told.sort_by_key(|correction| !correction.is_news());
    told
}

/// What a calendar would show differently; a call-off says enough by itself.
fn changes(before: &EventBefore, now: &Event) -> Vec<Change> {
    let is_off = |status| matches!(status, EventStatus::Cancelled | EventStatus::Postponed);
    if now.status != before.status {
        match now.status {
            EventStatus::Cancelled => return vec![Change::Cancelled],
            // Where the new day is known, it says more than that there is one.
            EventStatus::Postponed
                if (before.start, before.end) == (now.start, now.end)
                    && !now.details.is_day_new =>
            {
                return vec![Change::Postponed];
            }
            EventStatus::Postponed | EventStatus::Confirmed | EventStatus::Tentative => {}
        }
    }
    let mut found = Vec::new();
    if is_off(before.status) && !is_off(now.status) {
        found.push(Change::Restored);
    }
    if (before.start, before.end) != (now.start, now.end) {
        found.push(Change::Moved {
            start: before.start,
            end: before.end,
        });
    }
    if now.time.is_some() && before.time != now.time {
        found.push(Change::Time(before.time));
    }
    if let (Some(was), Some(is)) = (&before.city, &now.city)
        && was != is
    {
        found.push(Change::Place(was.clone()));
    }
    found
}

/// The outlets that answered once and have not for [`SILENT_AFTER`], by name.
/// One that never answered is the operator's concern, and so is one switched
/// off or gone for good.
pub fn silent(sources: &[Source], states: &[SourceState], now: DateTime<Utc>) -> Vec<String> {
    let is_silent = |state: &SourceState| {
        state.failures > 0
            && state.stopped.is_none()
            && state
                .last_success
                .is_some_and(|last| now - last >= SILENT_AFTER)
    };
    let mut outlets: Vec<String> = sources
        .iter()
        .filter(|source| source.enabled && !matches!(source.place, Place::Desk(_)))
        .filter(|source| {
            states
                .iter()
                .any(|state| state.id == source.id && is_silent(state))
        })
        .map(|source| source.name.clone())
        .collect();
    outlets.sort();
    outlets.dedup();
    outlets
}

#[cfg(test)]
mod tests;
