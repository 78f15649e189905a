//! Whether a text announces a forum, and which ones: every date is weighed by
//! the words of its sentence; the best one is the main event's.
//!
//! A date before the publication day is never a coming event. Deliberately
//! absent: gatherings that are no forums, but for the week a forum is part of.

mod about;
mod anchor;
mod beside;
mod clock_time;
mod dateline;
mod dates;
mod dedicated;
mod elsewhere;
mod forum;
mod further;
mod held;
mod houses;
mod kazakh_name;
mod kind;
mod length;
mod links;
mod merge;
mod name;
mod naming;
mod one_of;
mod opening;
mod venue;
mod weekday;
mod weigh;
mod whereabouts;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::model::event::{EventDetails, EventField, EventStatus};
use crate::model::language::Language;
use crate::model::reading::{Confidence, DateEvidence, EventClaim, Kind};
use crate::model::region::Region;
use crate::text::normalise::{clip, one_line};
use crate::text::tokens::Token;

use super::place::Mention;
use super::told::Told;
pub use dates::{Dated, dates};
pub use elsewhere::{comes_from, is_of_clock};
use forum::{Forum, forums};
pub use kind::Vote;
pub use links::registration_in;
pub use merge::{EventChange, merge, retold};
use opening::opening;
use weigh::choices;
pub use weigh::{Note, Weighed};
pub use whereabouts::WeighedPlace;
use whereabouts::Whereabouts;

/// How far words of one sentence bear on each other.
const NEAR_TOKENS: usize = 60;
/// A piece of a dateline has no more words: "КОНАЕВ. 16 июня."
const DATELINE_WORDS_MAX: usize = 2;
/// Names are looked for at so many mentions.
const MENTIONS_NAMED_MAX: usize = 200;
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
    /// The forum takes place on another day than it was to.
    moved: bool,
}

#[derive(Clone, Copy)]
struct Choice {
    dated: Dated,
    sentence: usize,
    weight: f32,
    past: bool,
    /// The forum was to be then, and is on another day.
    replaced: bool,
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
    let mut scene = Scene {
        told,
        forums,
        dates,
        places,
        published,
        region_hint,
        moved: false,
    };
    scene.moved = scene.tells_of_a_move();
    scene.find()
}

impl Scene<'_> {
    fn find(self) -> Finding {
        let dates = self.weighed();
        let choices = choices(&dates);
        let mut first = choices.first().copied();
        if let Some(first) = first.as_mut() {
            first.past |= self.is_told_of_today(first, &choices);
        }
        let choice = first.as_ref();
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
        self.sentences_before(sentence) <= 1
    }

    /// How many sentences of the text stand before; a dateline's pieces are none.
    fn sentences_before(&self, sentence: usize) -> usize {
        let is_whole = |index: &usize| {
            let words = self.told.words(*index).iter();
            words.filter(|word| word.is_word()).count() > DATELINE_WORDS_MAX
        };
        (self.told.title_sentences..sentence)
            .filter(is_whole)
            .count()
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
            is_day_new: status == EventStatus::Postponed && self.is_new_day(choice),
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
}

#[cfg(test)]
mod tests;
