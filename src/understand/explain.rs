//! Why an article was read as it was: the evidence of the reading itself, put in
//! the article's words.
//!
//! Nothing is decided here: what it prints the reading was made of. Deliberately
//! absent: how a story ranks, which the digest decides.

use chrono::NaiveDate;

use super::Look;
use super::event::{Note, Vote, Weighed, WeighedPlace};
use super::excerpt::Scored;
use super::told::Told;
use super::topic;
use crate::model::language::Language;
use crate::model::reading::Reading;
use crate::text::normalise::{clip, one_line};

/// The most of a sentence shown, in characters.
const SENTENCE_CHARS_MAX: usize = 160;

/// A reading and its reasons.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    pub reading: Reading,
    /// By how much (odds as a logarithm) the letters lead which other language's;
    /// `None` where the script or one letter decides.
    pub language_lead: Option<(f32, Language)>,
    /// The letters alone did not tell; the outlet's own language was taken.
    pub language_by_outlet: bool,
    pub kind_why: &'static str,
    /// Every mention of a forum.
    pub mentions: Vec<Mentioned>,
    /// Every date that could be the event's.
    pub dates: Vec<DateReason>,
    /// Every place; weighed where an event's day was found.
    pub places: Vec<PlaceReason>,
    pub place_why: &'static str,
    pub topics: Vec<topic::Found>,
    /// What was looked at for the excerpt.
    pub pieces: Vec<Scored>,
}

/// One mention of a forum, and what it says of its time.
#[derive(Debug, Clone, PartialEq)]
pub struct Mentioned {
    pub words: String,
    pub sentence: String,
    pub held: &'static str,
    /// Only the scene of something else.
    pub scene: bool,
    pub coming: f32,
    pub over: f32,
}

/// One date, and why it is or is not the event's.
#[derive(Debug, Clone, PartialEq)]
pub struct DateReason {
    pub words: String,
    pub start: NaiveDate,
    pub end: Option<NaiveDate>,
    pub sentence: String,
    pub weight: f32,
    pub notes: Vec<Note>,
    pub refused: Option<&'static str>,
    pub chosen: bool,
}

/// One place, and why it is or is not the event's.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaceReason {
    pub words: String,
    pub name: Option<&'static str>,
    /// ISO 3166-2.
    pub region: Option<String>,
    pub kind: &'static str,
    pub weight: Option<f32>,
    pub notes: Vec<Note>,
}

pub(super) fn explanation(look: Look) -> Explanation {
    let Look {
        told,
        finding,
        topics,
        pieces,
        reading,
        ..
    } = look;
    let evidence = finding.evidence;
    let day = reading
        .event
        .as_ref()
        .map(|event| (event.start, event.end, finding.sentence));
    let mut places: Vec<PlaceReason> = evidence
        .places
        .into_iter()
        .map(|place| weighed_place(&told, place))
        .collect();
    if places.is_empty() {
        places = finding
            .places
            .into_iter()
            .map(|mention| PlaceReason {
                weight: None,
                ..weighed_place(
                    &told,
                    WeighedPlace {
                        mention,
                        notes: Vec::new(),
                    },
                )
            })
            .collect();
    }
    let by_outlet = reading.language != told.by_letters.language;
    Explanation {
        language_lead: told.by_letters.lead,
        language_by_outlet: by_outlet,
        kind_why: if finding.declared {
            "the front matter declares the event"
        } else {
            evidence.kind_why
        },
        mentions: evidence
            .votes
            .iter()
            .map(|vote| mentioned(&told, vote))
            .collect(),
        dates: evidence
            .dates
            .into_iter()
            .map(|date| {
                let own = (date.dated.start, date.dated.end, Some(date.sentence));
                let chosen = day == Some(own) && date.refused.is_none();
                dated(&told, date, chosen)
            })
            .collect(),
        places,
        place_why: evidence.place_why,
        topics,
        pieces,
        reading,
    }
}

fn sentence(told: &Told, index: usize) -> String {
    clip(&one_line(told.sentence(index)), SENTENCE_CHARS_MAX)
}

fn mentioned(told: &Told, vote: &Vote) -> Mentioned {
    Mentioned {
        words: told.original(vote.at, vote.at + 1).to_owned(),
        sentence: sentence(told, vote.sentence),
        held: vote.held,
        scene: vote.scene,
        coming: vote.coming,
        over: vote.over,
    }
}

fn dated(told: &Told, date: Weighed, chosen: bool) -> DateReason {
    DateReason {
        words: told.original(date.dated.first, date.dated.after).to_owned(),
        start: date.dated.start,
        end: date.dated.end,
        sentence: sentence(told, date.sentence),
        weight: date.weight(),
        notes: date.notes,
        refused: date.refused,
        chosen,
    }
}

fn weighed_place(told: &Told, place: WeighedPlace) -> PlaceReason {
    let mention = &place.mention;
    PlaceReason {
        words: told.original(mention.first, mention.after).to_owned(),
        name: mention.name,
        region: mention.region.map(crate::model::region::Region::code),
        kind: mention.kind.word(),
        weight: Some(place.weight()),
        notes: place.notes,
    }
}

#[cfg(test)]
mod tests;
