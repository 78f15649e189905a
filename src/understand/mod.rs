//! From what was said to what is believed: identity, language, kind, event,
//! place, topic, likeness. Pure; all data compiled in.
//!
//! Every label comes with how sure we are; what is not sure enough is shown as
//! unknown (design, promise 4). Deliberately absent: the store and the clock.

pub mod correction;
pub mod dates;
pub mod event;
pub mod identity;
pub mod same_story;
pub mod topic;

mod endings;
mod excerpt;
mod explain;
mod language;
mod lexicon;
pub mod place;
mod stems;
mod told;

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::model::article::Article;
use crate::model::draft::DeclaredEvent;
use crate::model::event::{EventDetails, EventStatus};
use crate::model::language::Language;
use crate::model::reading::{Confidence, DateEvidence, EventClaim, Kind, Reading};
use crate::model::region::Region;
use crate::text::normalise::one_line;
use crate::text::tokens::tokens;

use event::Finding;
pub use event::Note;
pub use excerpt::Scored;
pub use explain::{DateReason, Explanation, Mentioned, PlaceReason};
use lexicon::section;
use place::Mention;
use same_story::Likeness;
use stems::Stems;
use told::Told;

/// Raised when the same article would be read differently.
pub const ENGINE_VERSION: u32 = 11;

/// What is known of an article's source before its text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hints {
    pub language: Option<Language>,
    /// The region the outlet writes for.
    pub region: Option<Region>,
}

/// The language of a text by itself, and how sure.
pub fn language_of(text: &str) -> (Language, Confidence) {
    language::language(&tokens(text))
}

/// ISO 15924 code of the script of most letters; `Zyyy` for one not read here.
pub fn script_of(text: &str) -> &'static str {
    language::script(&tokens(text))
}

/// The language of each paragraph (a line) of three words or more, with its bytes.
pub fn languages_of_paragraphs(text: &str) -> Vec<(Range<usize>, Language, Confidence)> {
    language::of_paragraphs(text)
}

/// What a text is about, surest first, with the words that say so.
pub fn topics_of(article: &Article) -> Vec<topic::Found> {
    let told = told::told(article, None);
    topic::topics(&told, None, &mut told.stems())
}

/// Reads an article. `zone` decides which day it was published on.
pub fn read(article: &Article, source_hints: &Hints, zone: Tz, now: DateTime<Utc>) -> Reading {
    look(article, *source_hints, zone, now).reading
}

/// An article as it was read, and what it is compared by.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    pub reading: Reading,
    pub likeness: Likeness,
}

/// Reads an article that is to be compared with others: its words are laid out once
/// for both.
pub fn read_to_compare(
    article: &Article,
    source_hints: &Hints,
    zone: Tz,
    now: DateTime<Utc>,
) -> Read {
    let look = look(article, *source_hints, zone, now);
    let (told, mut stems, reading) = (look.told, look.stems, look.reading);
    let likeness = if told.as_written && Likeness::is_of_whole(&article.text) {
        let body = article.title.trim().len();
        Likeness::in_words(&told.tokens, body, &look.places, &mut stems)
    } else if stems.language() == reading.language {
        Likeness::of(article, &mut stems)
    } else {
        Likeness::of(article, &mut Stems::of(reading.language))
    };
    Read { reading, likeness }
}

/// Reads an article, and tells why each label was given: the reasons are those of
/// the reading itself.
pub fn explain(
    article: &Article,
    source_hints: &Hints,
    zone: Tz,
    now: DateTime<Utc>,
) -> Explanation {
    explain::explanation(look(article, *source_hints, zone, now))
}

/// A reading, and everything it was made of.
struct Look {
    told: Told,
    /// All that are named, also where the text points elsewhere.
    places: Vec<Mention>,
    stems: Stems,
    finding: Finding,
    topics: Vec<topic::Found>,
    pieces: Vec<Scored>,
    reading: Reading,
}

fn look(article: &Article, source_hints: Hints, zone: Tz, now: DateTime<Utc>) -> Look {
    let declared = article.declared_language.as_deref();
    let hint = declared
        .and_then(|tag| tag.parse().ok())
        .or(source_hints.language);
    let told = told::told(article, hint);
    let published = article.dated().with_timezone(&zone).date_naive();
    let places = place::mentions(&told.tokens);
    let mut finding = event::find(&told, &places, published, source_hints.region);
    if let Some(declared) = &article.declared_event {
        take_at_its_word(&mut finding, declared, published);
    }
    let mut event = finding
        .event
        .clone()
        .filter(|event| event.confidence.is_enough());
    if let Some(event) = event
        .as_mut()
        .filter(|event| event.details.registration.is_none())
    {
        event.details.registration = event::registration_in(&article.content_html);
    }
    let mut stems = told.stems();
    let name = event.as_ref().map(|event| event.name.as_str());
    let topics = topic::topics(&told, name, &mut stems);
    let pieces = excerpt::scored(&told, &cues(&told, &finding));
    let reading = Reading {
        language: told.language,
        language_confidence: told.language_confidence,
        kind: finding.kind,
        kind_confidence: finding.kind_confidence,
        regions: regions(&finding, event.as_ref(), &told, source_hints.region),
        topics: topics
            .iter()
            .map(|found| (found.topic, found.confidence))
            .collect(),
        excerpt: excerpt::excerpt(&pieces),
        event,
        more_events: finding.more.clone(),
        engine_version: ENGINE_VERSION,
        read_at: now,
    };
    Look {
        told,
        places,
        stems,
        finding,
        topics,
        pieces,
        reading,
    }
}

/// What was found, by the sentences that say it.
fn cues(told: &Told, finding: &Finding) -> excerpt::Cues {
    let dates = finding.evidence.dates.iter();
    let places = finding.places.iter().filter(|place| place.located);
    excerpt::Cues {
        telling: finding.sentence,
        days: dates
            .filter(|date| date.refused.is_none())
            .map(|date| date.sentence)
            .collect(),
        forums: finding
            .evidence
            .votes
            .iter()
            .map(|vote| vote.sentence)
            .collect(),
        places: places
            .filter_map(|place| told.sentence_at(place.first))
            .collect(),
    }
}

/// The desk's front matter decides; what it leaves out is taken from the text
/// where the text tells of the same day.
fn take_at_its_word(finding: &mut Finding, declared: &DeclaredEvent, published: NaiveDate) {
    let told = finding
        .event
        .take()
        .filter(|claim| claim.start == declared.start);
    let last_day = declared.end.unwrap_or(declared.start);
    finding.kind = if last_day < published {
        Kind::ForumArticle
    } else {
        Kind::Announcement
    };
    finding.kind_confidence = Confidence::new(1.0);
    finding.declared = true;
    let mut claim = EventClaim {
        name: one_line(&declared.name),
        start: declared.start,
        end: declared.end,
        time: declared.time,
        city: declared.city.clone(),
        region: declared.region,
        status: EventStatus::Confirmed,
        details: EventDetails::default(),
        words: BTreeMap::new(),
        evidence: DateEvidence {
            // Nobody wrote the day in words: the front matter names it.
            words: String::new(),
            counted_from: None,
        },
        confidence: Confidence::new(1.0),
    };
    if let Some(city) = &declared.city
        && let Some((name, region)) = place::city(city)
    {
        claim.city = Some(name.to_owned());
        claim.region = declared.region.or(region);
    }
    if let Some(told) = told {
        claim.status = told.status;
        claim.time = claim.time.or(told.time);
        claim.details = told.details;
        claim.words = told.words;
        if declared.city.is_none() && declared.region.is_none() {
            claim.city = told.city;
            claim.region = told.region;
        }
    }
    finding.event = Some(claim);
}

/// How many of the first tokens are the title's.
fn title_tokens(told: &Told) -> usize {
    told.title_sentences
        .checked_sub(1)
        .and_then(|last| told.sentences.get(last))
        .map_or(0, |sentence| sentence.tokens.end)
}

/// Where the next or an earlier edition is, the news is not.
fn is_aside(told: &Told, token: usize) -> bool {
    let sentence = told.sentence_at(token);
    sentence.is_some_and(|sentence| {
        let words = told.words(sentence);
        section("next-edition").any(words) || section("bygone").any(words)
    })
}

/// The event's region first, then by how often and how early they are named.
fn regions(
    finding: &Finding,
    event: Option<&EventClaim>,
    told: &Told,
    hint: Option<Region>,
) -> Vec<(Region, Confidence)> {
    let title_tokens = title_tokens(told);
    let mut weights: BTreeMap<Region, f32> = BTreeMap::new();
    let comes_from = |mention: &Mention| event::comes_from(told, &finding.places, mention);
    let of_news = |mention: &Mention| mention.region.is_some() && !comes_from(mention);
    let has_scene = finding.places.iter().any(of_news);
    for (index, mention) in finding.places.iter().enumerate() {
        let Some(region) = mention.region else {
            continue;
        };
        if event::is_of_clock(&told.tokens, mention) || index > 0 && is_aside(told, mention.first) {
            continue;
        }
        if has_scene && comes_from(mention) {
            continue;
        }
        // Guests come from the others.
        let scene = event.is_some_and(|event| event.region != Some(region) && event.city.is_some());
        if scene && mention.first >= title_tokens {
            continue;
        }
        let first = if index == 0 { 0.15 } else { 0.0 };
        let located = if mention.located { 0.15 } else { 0.0 };
        let weight = weights.entry(region).or_insert(0.4);
        *weight = (*weight + 0.1 + first + located).min(0.9);
    }
    if let Some(region) = event.and_then(|event| event.region) {
        weights.insert(region, 0.95);
    }
    let of_event = event.is_some_and(|event| event.region.is_some() || event.city.is_some());
    if !(has_scene || of_event) {
        let people = place::regions_of_people(&told.tokens[..title_tokens]);
        if let Some(only) = people.first().filter(|_| people.len() == 1) {
            weights = BTreeMap::from([(*only, 0.55)]);
        }
    }
    if let (true, Some(hint)) = (weights.is_empty(), hint) {
        weights.insert(hint, 0.5);
    }
    let mut regions: Vec<_> = weights
        .into_iter()
        .map(|(region, weight)| (region, Confidence::new(weight)))
        .collect();
    regions.sort_by(|(_, one), (_, other)| other.get().total_cmp(&one.get()));
    regions
}

#[cfg(test)]
mod spans;
#[cfg(test)]
pub(crate) mod tests;
