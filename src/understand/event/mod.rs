//! Whether a text announces a forum, and which: every date is weighed by the
//! words of its sentence, the best one wins or none does.
//!
//! A date before the publication day is never a coming event. Deliberately
//! absent for now: several events in one text, organisers, venues.

mod clock_time;
mod dates;
mod forum;
mod merge;
mod name;
mod opening;

use chrono::NaiveDate;

use crate::model::event::{EventDetails, EventStatus};
use crate::model::reading::{Confidence, DateEvidence, EventClaim, Kind};
use crate::model::region::Region;
use crate::text::normalise::one_line;
use crate::text::tokens::Token;

use super::lexicon::section;
use super::place::{self, Mention, PlaceKind};
use super::told::Told;
pub use dates::{Dated, dates};
use forum::{Forum, forums};
pub use merge::{EventChange, merge, retold};
use opening::{opening, sentences_of_day};

/// A date needs at least this weight to be the event's.
const WEIGHT_MIN: f32 = 2.5;
/// Past events are told of within this many days.
const AFTERMATH_DAYS_MAX: i64 = 14;
/// Announcements look no further ahead than this.
const AHEAD_DAYS_MAX: i64 = 550;
/// Kazakh endings of the day an event is moved from.
const ABLATIVES: [&str; 6] = ["нан", "нен", "дан", "ден", "тан", "тен"];
/// How far words of one sentence bear on each other.
const NEAR_TOKENS: usize = 60;
/// Only so many dates are weighed: listings of hundreds announce nothing.
const DATES_MAX: usize = 200;

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
}

struct Scene<'a> {
    told: &'a Told,
    forums: Vec<Forum>,
    dates: Vec<Dated>,
    places: Vec<Mention>,
    published: NaiveDate,
}

#[derive(Clone, Copy)]
struct Choice {
    dated: Dated,
    sentence: usize,
    weight: f32,
    past: bool,
}

/// Reads a text published on `published` (the day in the house zone).
/// `region_hint` is the region the outlet writes for.
pub fn find(told: &Told, published: NaiveDate, region_hint: Option<Region>) -> Finding {
    let places = place::mentions(&told.tokens);
    let forums = forums(told);
    if forums.is_empty() {
        return Finding {
            kind: Kind::Other,
            kind_confidence: Confidence::new(0.9),
            event: None,
            more: Vec::new(),
            sentence: None,
            places,
        };
    }
    let dates = dates(&told.tokens, published);
    let scene = Scene {
        told,
        forums,
        dates,
        places,
        published,
    };
    let choice = scene.choose();
    let (kind, confidence) = scene.kind(choice.as_ref());
    let event = choice
        .filter(|_| kind != Kind::Other)
        .map(|choice| scene.claim(choice, region_hint));
    Finding {
        kind,
        kind_confidence: Confidence::new(confidence),
        event,
        more: Vec::new(),
        sentence: choice.map(|choice| choice.sentence),
        places: scene.places,
    }
}

impl Scene<'_> {
    fn choose(&self) -> Option<Choice> {
        let mut best: Option<Choice> = None;
        for dated in self.dates.iter().take(DATES_MAX) {
            let Some(choice) = self.weigh(*dated) else {
                continue;
            };
            if choice.weight >= WEIGHT_MIN && best.is_none_or(|best| choice.weight > best.weight) {
                best = Some(choice);
            }
        }
        best
    }

    /// The words of a sentence around token `at`: what is further off tells
    /// nothing of it, and a page without full stops stays cheap.
    fn near(&self, at: usize, sentence: usize) -> &[Token] {
        let within = &self.told.sentences[sentence].tokens;
        let low = at.saturating_sub(NEAR_TOKENS).max(within.start);
        let high = (at + NEAR_TOKENS).min(within.end);
        self.told.tokens.get(low..high).unwrap_or_default()
    }

    fn weigh(&self, dated: Dated) -> Option<Choice> {
        let sentence = self
            .told
            .sentences
            .iter()
            .position(|sentence| sentence.tokens.contains(&dated.first))?;
        let words = self.near(dated.first, sentence);
        let last_day = dated.end.unwrap_or(dated.start);
        let ahead = (last_day - self.published).num_days();
        let future = section("future").any(words);
        let held_future = section("future-held").any(words);
        let held_past = section("past-held").any(words) && !held_future;
        let called_off = section("cancelled").any(words) || section("postponed").any(words);
        let past = ahead < 0 || (ahead == 0 && held_past && !section("present").any(words));
        if ahead > AHEAD_DAYS_MAX || (past && (!held_past || ahead < -AFTERMATH_DAYS_MAX)) {
            return None;
        }
        let mut weight = self.anchor(
            words,
            sentence,
            held_future || (past && held_past) || called_off,
        )?;
        let told_past = section("past").any(words);
        weight += match (
            past,
            future || held_future || section("present").any(words) || called_off,
        ) {
            (true, _) => 0.5,
            (false, true) => 2.0,
            (false, false) if told_past => -2.0,
            (false, false) => 0.0,
        };
        weight += self.surroundings(dated, sentence);
        Some(Choice {
            dated,
            sentence,
            weight,
            past,
        })
    }

    /// How surely the sentence speaks of the forum; `None`: it doesn't.
    fn anchor(&self, words: &[Token], sentence: usize, held: bool) -> Option<f32> {
        let here = || {
            self.forums
                .iter()
                .filter(|forum| forum.sentence == sentence)
        };
        let title = self
            .forums
            .iter()
            .any(|forum| forum.sentence < self.told.title_sentences);
        if here().any(|forum| !forum.scene || section("scene-held").any(words)) {
            return Some(if title { 3.5 } else { 3.0 });
        }
        if here().next().is_some() {
            return None;
        }
        let before = self
            .forums
            .iter()
            .any(|forum| forum.sentence + 1 == sentence);
        let generic = section("generic-event").any(words);
        let label = words.iter().enumerate().any(|(at, word)| {
            word.is_mark(':') && at > 0 && section("label").has(&words[at - 1].folded)
        });
        let near = f32::from(u8::from(before)) + f32::from(u8::from(title));
        let many = self.forums.len() > 1;
        ((generic || label || held) && (before || title || many)).then_some(
            near + if label {
                2.0
            } else if generic {
                1.0
            } else {
                0.0
            },
        )
    }

    /// What the words right beside the date say it is the date of.
    fn surroundings(&self, dated: Dated, sentence: usize) -> f32 {
        let within = &self.told.sentences[sentence].tokens;
        let low = dated.first.saturating_sub(3).max(within.start);
        let high = (dated.after + 3).min(within.end);
        let before = &self.told.tokens[low..dated.first];
        let after = &self.told.tokens[dated.after.min(high)..high];
        let mut weight = 0.0;
        let until = |word: &str| section("until").has(word);
        let deadline_before = before.last().is_some_and(|word| until(&word.folded));
        let deadline_after = after
            .first()
            .is_some_and(|word| until(&word.folded) && word.folded != "до");
        if (deadline_before || deadline_after) && dated.end.is_none() {
            weight -= 2.5;
        }
        if section("deadline").any(before) || section("deadline").any(after) {
            weight -= 2.0;
        }
        if section("other-date").any(before) || section("other-date").any(after) {
            weight -= 3.0;
        }
        // Moved "from the 6th to the 12th": the later word is the new day.
        let words = self.near(dated.first, sentence);
        if section("postponed").any(words) {
            let from = before
                .last()
                .is_some_and(|word| matches!(word.folded.as_str(), "с" | "со" | "from"))
                || ABLATIVES
                    .iter()
                    .any(|ending| self.told.tokens[dated.after - 1].folded.ends_with(ending));
            weight += if from { -1.0 } else { 0.5 };
        }
        weight
    }

    fn kind(&self, choice: Option<&Choice>) -> (Kind, f32) {
        if let Some(choice) = choice {
            let sure = (0.35 + 0.09 * choice.weight).min(0.97);
            return if choice.past {
                (Kind::ForumArticle, sure)
            } else {
                (Kind::Announcement, sure)
            };
        }
        let title_end = self.told.title_sentences;
        let in_title = self.forums.iter().any(|forum| forum.sentence < title_end);
        let early = self
            .forums
            .iter()
            .any(|forum| forum.sentence <= title_end + 1);
        let announced = self.forums.iter().any(|forum| {
            let words = self.near(forum.at, forum.sentence);
            !forum.scene && section("future-held").any(words) && !section("past-held").any(words)
        });
        if announced {
            return (
                Kind::Announcement,
                if in_title || early { 0.7 } else { 0.55 },
            );
        }
        if in_title || self.forums.len() > 2 {
            (Kind::ForumArticle, 0.85)
        } else if early {
            (Kind::ForumArticle, 0.7)
        } else {
            (Kind::Other, 0.6)
        }
    }

    fn claim(&self, choice: Choice, region_hint: Option<Region>) -> EventClaim {
        let dated = choice.dated;
        let (city, region) = self.place_of(choice.sentence, region_hint);
        let words = self.near(dated.first, choice.sentence);
        EventClaim {
            name: one_line(&self.name_of(choice)),
            start: dated.start,
            end: dated.end,
            time: opening(self.told, &self.dates, &self.forums, dated, choice.sentence),
            city,
            region,
            status: status(words),
            details: EventDetails::default(),
            words: std::collections::BTreeMap::new(),
            evidence: DateEvidence {
                words: self.told.original(dated.first, dated.after).to_owned(),
                counted_from: dated.relative.then_some(self.published),
            },
            confidence: Confidence::new((0.3 + 0.1 * choice.weight).min(0.95)),
        }
    }

    /// The name in a sentence that tells the event's day if it says more than
    /// "forum", one with a name of its own in quotation marks first; else the
    /// title's, else the fullest in the text.
    fn name_of(&self, choice: Choice) -> String {
        let told = sentences_of_day(self.told, &self.dates, choice.dated);
        let mut named: Vec<((u8, usize), String)> = Vec::new();
        for forum in self.forums.iter().take(DATES_MAX) {
            let within = &self.told.sentences[forum.sentence].tokens;
            let (name, specific) = name::name(self.told, forum.at, within, &self.dates);
            let of_day = forum.sentence == choice.sentence || told.contains(&forum.sentence);
            let quoted = usize::from(name.contains(['«', '"', '“', '„']));
            let rank = match (specific, of_day) {
                (true, true) => (3, quoted),
                (true, false) if forum.sentence < self.told.title_sentences => (2, 0),
                (true, false) => (1, name.split_whitespace().count()),
                (false, _) => (0, 0),
            };
            named.push((rank, name));
        }
        named
            .into_iter()
            .rev()
            .max_by_key(|(rank, _)| *rank)
            .map(|(_, name)| name)
            .unwrap_or_default()
    }

    /// The event sentence's own place; else one that is said to be a scene
    /// near a forum; else the first place of the text; else the outlet's region.
    fn place_of(&self, sentence: usize, hint: Option<Region>) -> (Option<String>, Option<Region>) {
        let weight = |mention: &Mention| {
            let at = self
                .told
                .sentences
                .iter()
                .position(|sentence| sentence.tokens.contains(&mention.first))
                .unwrap_or_default();
            let mut weight = 0_i32;
            weight += if at == sentence { 8 } else { 0 };
            weight += if at == sentence + 1 || at + 1 == sentence {
                2
            } else {
                0
            };
            weight += if at < self.told.title_sentences { 4 } else { 0 };
            weight += if mention.located { 5 } else { 0 };
            weight += if self.forums.iter().any(|forum| forum.sentence == at) {
                2
            } else {
                0
            };
            weight += i32::from(mention.kind == PlaceKind::City);
            weight
        };
        let best = self
            .places
            .iter()
            .rev()
            .max_by_key(|mention| weight(mention));
        match best {
            Some(mention) => {
                let region = mention.region;
                let city = mention.city.or_else(|| self.city_in(region, sentence));
                (city.map(str::to_owned), region)
            }
            None => (None, hint),
        }
    }

    /// A city of `region` named in the same sentence.
    fn city_in(&self, region: Option<Region>, sentence: usize) -> Option<&'static str> {
        let within = &self.told.sentences[sentence].tokens;
        self.places
            .iter()
            .filter(|mention| within.contains(&mention.first) && mention.region == region)
            .find_map(|mention| mention.city)
    }
}

fn status(words: &[Token]) -> EventStatus {
    if section("cancelled").any(words) {
        EventStatus::Cancelled
    } else if section("postponed").any(words) {
        EventStatus::Postponed
    } else if section("tentative").any(words) {
        EventStatus::Tentative
    } else {
        EventStatus::Confirmed
    }
}
