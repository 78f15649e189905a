//! Whether a text announces a forum, and which ones: every date is weighed by
//! the words of its sentence; the best one is the main event's.
//!
//! A date before the publication day is never a coming event. Deliberately
//! absent: gatherings that are no forums, but for the week a forum is part of.

mod about;
mod clock_time;
mod dates;
mod forum;
mod held;
mod kazakh_name;
mod kind;
mod length;
mod links;
mod merge;
mod name;
mod opening;
mod venue;
mod weigh;
mod whereabouts;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::model::event::{EventDetails, EventField};
use crate::model::language::Language;
use crate::model::reading::{Confidence, DateEvidence, EventClaim, Kind, MORE_EVENTS_MAX};
use crate::model::region::Region;
use crate::text::normalise::{clip, one_line};
use crate::text::tokens::Token;

use super::lexicon::section;
use super::place::Mention;
use super::told::Told;
pub use dates::{Dated, dates};
use forum::{Forum, forums};
pub use kind::Vote;
pub use links::registration_in;
pub use merge::{EventChange, merge, retold};
use opening::{opening, sentences_of_day};
use weigh::choices;
pub use weigh::{Note, Weighed};
pub use whereabouts::WeighedPlace;
use whereabouts::Whereabouts;

/// How far words of one sentence bear on each other.
const NEAR_TOKENS: usize = 60;
/// Names are looked for at so many mentions.
const MENTIONS_NAMED_MAX: usize = 200;
/// A further event's day needs this weight: it is one only if it is surely told.
const FURTHER_WEIGHT_MIN: f32 = 4.0;
/// Words kept as evidence, in characters.
const EVIDENCE_CHARS_MAX: usize = 160;

/// What a text tells of forums.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    pub kind: Kind,
    pub kind_confidence: Confidence,
    pub event: Option<EventClaim>,
    /// Further events the text tells of.
    pub more: Vec<EventClaim>,
    /// The sentence that tells of the event.
    pub sentence: Option<usize>,
    pub places: Vec<Mention>,
    pub evidence: Evidence,
    /// The event was declared, not read.
    pub declared: bool,
}

/// Why it was found: what every candidate came to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Evidence {
    pub kind_why: &'static str,
    /// What each mention of a forum says.
    pub votes: Vec<Vote>,
    pub dates: Vec<Weighed>,
    /// Weighed where a day was chosen.
    pub places: Vec<WeighedPlace>,
    pub place_why: &'static str,
}

struct Scene<'a> {
    told: &'a Told,
    forums: Vec<Forum>,
    dates: Vec<Dated>,
    places: Vec<Mention>,
    published: NaiveDate,
    region_hint: Option<Region>,
}

#[derive(Clone, Copy)]
struct Choice {
    dated: Dated,
    sentence: usize,
    weight: f32,
    past: bool,
}

/// An event's name, and the words it was made of.
#[derive(Default)]
struct Named {
    name: String,
    words: String,
    /// It says more than "forum".
    specific: bool,
}

/// Reads a text published on `published` (the day in the house zone) that names
/// `places`. `region_hint` is the region the outlet writes for.
pub fn find(
    told: &Told,
    places: &[Mention],
    published: NaiveDate,
    region_hint: Option<Region>,
) -> Finding {
    let own = |place: &&Mention| {
        let sentence = told.sentence_at(place.first);
        !sentence.is_some_and(|sentence| told.is_clutter(sentence))
    };
    let places: Vec<Mention> = places.iter().filter(own).cloned().collect();
    let forums = forums(told);
    if forums.is_empty() {
        return Finding {
            kind: Kind::Other,
            kind_confidence: Confidence::new(0.9),
            event: None,
            more: Vec::new(),
            sentence: None,
            places,
            evidence: Evidence {
                kind_why: "no forum is named",
                ..Evidence::default()
            },
            declared: false,
        };
    }
    let dates = dates(&told.tokens, published);
    let scene = Scene {
        told,
        forums,
        dates,
        places,
        published,
        region_hint,
    };
    scene.find()
}

impl Scene<'_> {
    fn find(self) -> Finding {
        let dates = self.weighed();
        let choices = choices(&dates);
        let choice = choices.first();
        let votes = self.votes();
        let kind = self.kind(choice, &votes);
        let places = choice.map_or_else(Vec::new, |choice| self.weighed_places(choice));
        let place = choice.map(|choice| self.whereabouts(choice, &places));
        let place_why = place.as_ref().map_or("", |place| place.why);
        let event = choice
            .zip(place)
            .filter(|_| kind.kind != Kind::Other)
            .map(|(choice, place)| self.claim(choice, &self.name_of(choice), place));
        let more = event
            .as_ref()
            .map_or_else(Vec::new, |main| self.further(main, &choices));
        Finding {
            kind: kind.kind,
            kind_confidence: Confidence::new(kind.confidence),
            event,
            more,
            sentence: choice.map(|choice| choice.sentence),
            places: self.places,
            evidence: Evidence {
                kind_why: kind.why,
                votes,
                dates,
                places,
                place_why,
            },
            declared: false,
        }
    }

    /// The words of a sentence around token `at`, and where it stands among them:
    /// what is further off tells nothing of it, and a page without full stops
    /// stays cheap.
    fn around(&self, at: usize, sentence: usize) -> (&[Token], usize) {
        let within = &self.told.sentences[sentence].tokens;
        let low = at.saturating_sub(NEAR_TOKENS).max(within.start);
        let high = (at + NEAR_TOKENS).min(within.end);
        let words = self.told.tokens.get(low..high).unwrap_or_default();
        (words, at.saturating_sub(low))
    }

    fn sentence_at(&self, token: usize) -> Option<usize> {
        self.told.sentence_at(token)
    }

    fn in_title(&self) -> bool {
        self.forums
            .iter()
            .any(|forum| forum.sentence < self.told.title_sentences)
    }

    /// The title, or one of the text's first two sentences.
    fn is_early(&self, sentence: usize) -> bool {
        sentence <= self.told.title_sentences + 1
    }

    fn is_kazakh(&self) -> bool {
        matches!(
            self.told.language,
            Language::KazakhCyrillic | Language::KazakhLatin
        )
    }

    fn claim(&self, choice: &Choice, named: &Named, place: Whereabouts) -> EventClaim {
        let dated = choice.dated;
        let hours = opening(self.told, &self.dates, &self.forums, dated, choice.sentence);
        let date_words = self.told.original(dated.first, dated.after).to_owned();
        let (start, end) = self.whole_length(choice);
        let (status, status_sentence) = self.status(choice);
        let mut words: BTreeMap<EventField, String> = BTreeMap::new();
        let mut note = |field, text: &str| {
            words.insert(field, clip(&one_line(text), EVIDENCE_CHARS_MAX));
        };
        note(EventField::Name, &named.words);
        note(EventField::Date, &date_words);
        if let Some(said) = &place.words {
            note(EventField::Place, said);
        }
        if let Some(sentence) = status_sentence {
            note(EventField::Status, self.text_of(sentence));
        }
        let mut details = EventDetails {
            end_time: hours.and_then(|(_, end)| end),
            ..EventDetails::default()
        };
        if let Some(venue) = self.venue(choice.sentence) {
            note(EventField::Venue, &venue.words);
            details.venue = Some(venue.name);
        }
        if let Some(organiser) = self.organiser(choice.sentence) {
            note(EventField::Organiser, &organiser.words);
            details.organiser = Some(organiser.name);
        }
        if let Some((address, sentence)) = self.registration() {
            note(EventField::Registration, self.text_of(sentence));
            details.registration = Some(address);
        }
        if let Some((languages, sentence)) = self.languages() {
            note(EventField::Languages, self.text_of(sentence));
            details.languages = languages;
        }
        EventClaim {
            name: one_line(&named.name),
            start,
            end,
            time: hours.map(|(begin, _)| begin),
            city: place.city,
            region: place.region,
            status,
            details,
            words,
            evidence: DateEvidence {
                words: date_words,
                counted_from: dated.relative.then_some(self.published),
            },
            confidence: Confidence::new((0.3 + 0.1 * choice.weight).min(0.95)),
        }
    }

    fn text_of(&self, sentence: usize) -> &str {
        self.told.sentence(sentence)
    }

    fn name_at(&self, forum: &Forum) -> Named {
        let within = &self.told.sentences[forum.sentence].tokens;
        let found = name::name(self.told, forum.at, within, &self.dates, &self.places);
        Named {
            name: found.text,
            words: self.told.original(found.first, found.after).to_owned(),
            specific: found.specific,
        }
    }

    /// The name in a sentence that tells the event's day if it says more than
    /// "forum", one with a name of its own first; else the title's, else the
    /// fullest in the text.
    fn name_of(&self, choice: &Choice) -> Named {
        let told = sentences_of_day(self.told, &self.dates, choice.dated);
        self.forums
            .iter()
            .take(MENTIONS_NAMED_MAX)
            .map(|forum| {
                let named = self.name_at(forum);
                let of_day = forum.sentence == choice.sentence || told.contains(&forum.sentence);
                let beside = forum.sentence.abs_diff(choice.sentence) <= 1;
                let title = forum.sentence < self.told.title_sentences;
                let own = named.name.contains(['«', '"', '“', '„'])
                    || (!title && self.begins_with_capital(forum, &named));
                let words = named.name.split_whitespace().count().min(6);
                let rank = if named.specific {
                    let near = if of_day { 6 } else { 0 } + if beside { 3 } else { 0 };
                    near + if title { 3 } else { 0 } + if own { 7 } else { 0 } + words
                } else {
                    0
                };
                (rank, named)
            })
            .rev()
            .max_by_key(|(rank, _)| *rank)
            .map_or_else(Named::default, |(_, named)| named)
    }

    /// The name is written with a capital inside the sentence.
    fn begins_with_capital(&self, forum: &Forum, named: &Named) -> bool {
        let within = &self.told.sentences[forum.sentence];
        let text = &self.told.text[within.bytes.clone()];
        let first = named.words.chars().next();
        first.is_some_and(char::is_uppercase) && !text.starts_with(&named.words)
    }

    /// Other forums with a name and a day of their own, and the week one is part of.
    fn further(&self, main: &EventClaim, choices: &[Choice]) -> Vec<EventClaim> {
        let mut found: Vec<EventClaim> = Vec::new();
        let mut known_stems = vec![merge::stems(&main.name)];
        for choice in choices {
            if found.len() == MORE_EVENTS_MAX {
                break;
            }
            let here = self
                .forums
                .iter()
                .filter(|forum| forum.sentence == choice.sentence)
                .min_by_key(|forum| forum.at.abs_diff(choice.dated.first));
            let named = match here {
                Some(forum) if choice.weight >= FURTHER_WEIGHT_MIN => Some(self.name_at(forum)),
                Some(_) => None,
                None => self.week(choice),
            };
            let Some(named) = named.filter(|named| named.specific) else {
                continue;
            };
            let stems = merge::stems(&named.name);
            let known = |(claim, known_stems): (&EventClaim, &BTreeSet<String>)| {
                merge::share_stems(&stems, known_stems)
                    || (here.is_some()
                        && claim.start == choice.dated.start
                        && claim.end == choice.dated.end
                        && claim.evidence.words
                            == self.told.original(choice.dated.first, choice.dated.after))
            };
            if !std::iter::once(main)
                .chain(&found)
                .zip(&known_stems)
                .any(known)
            {
                let place = self.whereabouts(choice, &self.weighed_places(choice));
                let claim = self.claim(choice, &named, place);
                known_stems.push(merge::stems(&claim.name));
                found.push(claim);
            }
        }
        found
    }

    /// The media, book or other week told of in the sentence of a date.
    fn week(&self, choice: &Choice) -> Option<Named> {
        let within = self.told.sentences[choice.sentence].tokens.clone();
        let at = within
            .clone()
            .take(NEAR_TOKENS)
            .find(|at| section("week-head").means(&self.told.tokens[*at]))?;
        if (choice.dated.first..choice.dated.after).contains(&at) {
            return None;
        }
        let named = self.name_at(&Forum {
            at,
            sentence: choice.sentence,
            scene: false,
        });
        let own =
            named.name.contains(['«', '"', '“', '„']) || named.words.contains(char::is_uppercase);
        own.then_some(named)
    }
}

#[cfg(test)]
mod tests;
