//! How events stand in JSON columns: declared by front matter, claimed by an
//! article, and what an event has beside its own columns.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::rows::{day, day_number, from_json, json, parsed, second_of_day, time_of_day};
use crate::model::article::ArticleId;
use crate::model::draft::DeclaredEvent;
use crate::model::event::{EventDetails, EventField, EventStatus};
use crate::model::language::Language;
use crate::model::reading::{Confidence, DateEvidence, EventClaim};
use crate::model::region::Region;

/// A claimed or declared event as a JSON column holds it.
#[derive(Serialize, Deserialize)]
struct EventJson {
    name: String,
    start: i64,
    end: Option<i64>,
    second: Option<i64>,
    city: Option<String>,
    region: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    claim: Option<ClaimJson>,
}

/// What only a claim has.
#[derive(Serialize, Deserialize)]
struct ClaimJson {
    status: String,
    words: String,
    counted_from: Option<i64>,
    confidence: f32,
    /// Absent in what was stored before there were details.
    #[serde(default)]
    details: DetailsJson,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    said: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize, Default)]
struct DetailsJson {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    organiser: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    venue: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end_second: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    registration: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    languages: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    day_is_new: bool,
}

/// `events.details`.
pub(super) fn details_json(details: &EventDetails) -> String {
    json(&DetailsJson::of(details))
}

/// Reads [`details_json`].
pub(super) fn details(text: &str) -> Result<EventDetails, StoreError> {
    const WHAT: &str = "events.details";
    from_json::<DetailsJson>(text, WHAT)?.read(WHAT)
}

/// `events.said_by`.
pub(super) fn said_by_json(said_by: &BTreeMap<EventField, ArticleId>) -> String {
    let said: BTreeMap<&str, &str> = said_by
        .iter()
        .map(|(field, article)| (field.word(), article.as_str()))
        .collect();
    json(&said)
}

/// Reads [`said_by_json`].
pub(super) fn said_by(text: &str) -> Result<BTreeMap<EventField, ArticleId>, StoreError> {
    const WHAT: &str = "events.said_by";
    let said: BTreeMap<String, String> = from_json(text, WHAT)?;
    said.into_iter()
        .map(|(word, article)| Ok((field(&word, WHAT)?, ArticleId::from_stored(article))))
        .collect()
}

/// `articles.event`.
pub(super) fn claim_json(claim: &EventClaim) -> String {
    json(&EventJson::claimed(claim))
}

/// `articles.more_events`.
pub(super) fn claims_json(claims: &[EventClaim]) -> String {
    json(&claims.iter().map(EventJson::claimed).collect::<Vec<_>>())
}

/// `articles.declared_event`.
pub(super) fn declared_json(event: &DeclaredEvent) -> String {
    json(&EventJson {
        name: event.name.clone(),
        start: day_number(event.start),
        end: event.end.map(day_number),
        second: event.time.map(second_of_day),
        city: event.city.clone(),
        region: event.region.map(Region::code),
        claim: None,
    })
}

/// Reads [`claim_json`].
pub(super) fn claim(text: &str) -> Result<EventClaim, StoreError> {
    const WHAT: &str = "articles.event";
    from_json::<EventJson>(text, WHAT)?.claim(WHAT)
}

/// Reads [`claims_json`].
pub(super) fn claims(text: &str) -> Result<Vec<EventClaim>, StoreError> {
    const WHAT: &str = "articles.more_events";
    let claims: Vec<EventJson> = from_json(text, WHAT)?;
    claims.into_iter().map(|claim| claim.claim(WHAT)).collect()
}

/// Reads [`declared_json`].
pub(super) fn declared(text: &str) -> Result<DeclaredEvent, StoreError> {
    const WHAT: &str = "articles.declared_event";
    from_json::<EventJson>(text, WHAT)?.read(WHAT)
}

fn field(word: &str, what: &'static str) -> Result<EventField, StoreError> {
    EventField::from_word(word).ok_or_else(|| StoreError::corrupt(what, word))
}

impl EventJson {
    fn claimed(claim: &EventClaim) -> Self {
        Self {
            name: claim.name.clone(),
            start: day_number(claim.start),
            end: claim.end.map(day_number),
            second: claim.time.map(second_of_day),
            city: claim.city.clone(),
            region: claim.region.map(Region::code),
            claim: Some(ClaimJson {
                status: claim.status.word().to_owned(),
                words: claim.evidence.words.clone(),
                counted_from: claim.evidence.counted_from.map(day_number),
                confidence: claim.confidence.get(),
                details: DetailsJson::of(&claim.details),
                said: claim
                    .words
                    .iter()
                    .map(|(field, words)| (field.word().to_owned(), words.clone()))
                    .collect(),
            }),
        }
    }

    fn claim(self, what: &'static str) -> Result<EventClaim, StoreError> {
        let DeclaredEvent {
            name,
            start,
            end,
            time,
            city,
            region,
        } = self.read(what)?;
        let claim = self.claim.ok_or_else(|| StoreError::corrupt(what, &name))?;
        Ok(EventClaim {
            name,
            start,
            end,
            time,
            city,
            region,
            status: EventStatus::from_word(&claim.status)
                .ok_or_else(|| StoreError::corrupt(what, &claim.status))?,
            details: claim.details.read(what)?,
            words: claim
                .said
                .into_iter()
                .map(|(word, said)| Ok((field(&word, what)?, said)))
                .collect::<Result<_, StoreError>>()?,
            evidence: DateEvidence {
                words: claim.words,
                counted_from: claim
                    .counted_from
                    .map(|number| day(number, what))
                    .transpose()?,
            },
            confidence: Confidence::new(claim.confidence),
        })
    }

    fn read(&self, what: &'static str) -> Result<DeclaredEvent, StoreError> {
        let region = self.region.as_deref();
        Ok(DeclaredEvent {
            name: self.name.clone(),
            start: day(self.start, what)?,
            end: self.end.map(|number| day(number, what)).transpose()?,
            time: self
                .second
                .map(|second| time_of_day(second, what))
                .transpose()?,
            city: self.city.clone(),
            region: region.map(|code| parsed(code, what)).transpose()?,
        })
    }
}

impl DetailsJson {
    fn of(details: &EventDetails) -> Self {
        Self {
            organiser: details.organiser.clone(),
            venue: details.venue.clone(),
            end_second: details.end_time.map(second_of_day),
            registration: details.registration.clone(),
            languages: details
                .languages
                .iter()
                .map(|language| language.tag().to_owned())
                .collect(),
            day_is_new: details.is_day_new,
        }
    }

    fn read(self, what: &'static str) -> Result<EventDetails, StoreError> {
        Ok(EventDetails {
            organiser: self.organiser,
            venue: self.venue,
            end_time: self
                .end_second
                .map(|second| time_of_day(second, what))
                .transpose()?,
            registration: self.registration,
            languages: self
                .languages
                .iter()
                .map(|tag| parsed::<Language>(tag, what))
                .collect::<Result<_, _>>()?,
            is_day_new: self.day_is_new,
        })
    }
}
