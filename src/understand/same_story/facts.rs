//! What a text tells in any language: names, numbers, days, places and ideas,
//! in one form for Kazakh, Russian and English.
//!
//! Names are compared by their consonants, since each language writes their
//! vowels in its own way (Тоқаев, Токаев, Tokayev). Towns are places and no names
//! besides; what belongs to a date or an hour is no number.

mod days;
mod gathering;
mod ideas;
mod names;
mod numbers;
mod said;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::NaiveDate;

use crate::model::event::EventStatus;
use crate::model::reading::{EventClaim, Kind as ArticleKind, Reading};
use crate::text::stem::stem_in;
use crate::text::tokens::{Token, tokens};
use crate::understand::place::mentions;

use super::hash;
pub(in super::super) use gathering::Gathering;
use ideas::{COMMON, idea};
pub(super) use said::{Said, recalled, said};

/// The most facts of one kind that are kept, the first told first.
const KIND_MAX: usize = 24;
/// Shorter words of a name are grammar.
const OWN_WORD_CHARS_MIN: usize = 4;
/// A day of no year: texts seldom tell it.
const DAY: &str = "%m-%d";
/// Days of one event that are told.
const EVENT_DAYS_MAX: usize = 10;
/// What a fact is; its number is the low bits of the hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Name = 0,
    Number = 1,
    Day = 2,
    Place = 3,
    Term = 4,
    /// Which language the text is in: one for each text.
    Language = 5,
    /// What the event is about, by its name.
    Subject = 6,
    /// Whether it is to come, called off, put off or was: one for each text
    /// about a forum.
    Stage = 7,
    /// A day of an event that is surely told, …
    EventDay = 8,
    /// … its city, …
    EventCity = 9,
    /// … and its region.
    EventRegion = 10,
    /// A word of the event's name, comparable within one language.
    OwnWord = 11,
    /// A town, village or district that is named, or whose people are.
    Town = 12,
    /// The words of a name in quotation marks, comparable within one language.
    Quoted = 13,
    /// A number anything may be counted by.
    Count = 14,
    /// The hour of something.
    Hour = 15,
}

/// How many facts of each kind candidates are found by, the most telling kinds
/// first.
const PAIRED: [(Kind, usize); 5] = [
    (Kind::Day, 2),
    (Kind::Name, 3),
    (Kind::Number, 3),
    (Kind::Town, 1),
    (Kind::Term, 1),
];

impl Kind {
    const BITS: u32 = 4;
    const COUNT: usize = 16;

    pub(super) const fn of(fact: i64) -> u8 {
        fact.to_be_bytes()[7] & 0b1111
    }

    /// Whether a pair of them leads to candidates: two days of one range say no more
    /// than one, and a subject on a day little.
    pub(super) fn find_together(one: Self, other: Self) -> bool {
        let of_a_day = one == Self::Day || other == Self::Day;
        let other = if one == Self::Day { other } else { one };
        !(of_a_day && matches!(other, Self::Day | Self::Term))
    }
}

/// A fact as a negative number; stems are the others.
fn fact(kind: Kind, text: &str) -> i64 {
    // A town is comparable with the city of an event: see `same_place`.
    let seed = match kind {
        Kind::EventCity => Kind::Town,
        kind => kind,
    };
    let spread = hash(7 + seed as u64, text.as_bytes()) << Kind::BITS;
    ((spread | kind as u64) | (1 << 63)).cast_signed()
}

/// Whether a fact says that the forum is called off, or put off.
pub(super) fn is_off(one: i64) -> bool {
    static OFF: LazyLock<[i64; 2]> = LazyLock::new(|| {
        [EventStatus::Cancelled, EventStatus::Postponed].map(|off| fact(Kind::Stage, off.word()))
    });
    OFF.contains(&one)
}

/// Whether a town and an event's city are one.
pub(super) const fn same_place(one: i64, other: i64) -> bool {
    one >> Kind::BITS == other >> Kind::BITS
}

/// The facts of a text as they are told.
#[derive(Default)]
struct Facts {
    all: BTreeSet<i64>,
    count: [usize; Kind::COUNT],
    paired: Vec<(Kind, i64)>,
}

impl Facts {
    fn tell(&mut self, kind: Kind, text: &str) {
        self.keep(kind, fact(kind, text));
    }

    fn keep(&mut self, kind: Kind, one: i64) {
        if self.count[kind as usize] < KIND_MAX && self.all.insert(one) {
            self.count[kind as usize] += 1;
            self.paired.push((kind, one));
        }
    }

    /// What every reading says.
    fn tell_reading(&mut self, reading: &Reading, dated: NaiveDate) {
        self.tell(Kind::Language, reading.language.subtag());
        let event = reading.event.as_ref();
        if let Some(event) = event {
            let last = event.end.unwrap_or(event.start);
            let days = event.start.iter_days().take(EVENT_DAYS_MAX);
            for day in days.take_while(|day| *day <= last) {
                self.tell(Kind::Day, &day.format(DAY).to_string());
            }
            if let Some(city) = &event.city {
                self.tell(Kind::Place, city);
            }
            let name = tokens(&event.name);
            let is_place = places_in(&name);
            for (at, token) in name.iter().enumerate().filter(|(_, token)| token.is_word()) {
                let stem = stem_in(&token.folded, reading.language);
                let subject = idea(&token.folded, &stem, reading.language);
                let common = subject.is_some_and(|subject| COMMON.contains(&subject));
                let long = token.folded.chars().count() >= OWN_WORD_CHARS_MIN;
                if long && !common && !is_place.contains(&at) && event.confidence.is_enough() {
                    self.tell(Kind::OwnWord, &stem);
                }
                if let Some(subject) = subject.filter(|subject| !COMMON.contains(subject)) {
                    self.tell(Kind::Subject, subject);
                }
            }
        }
        for (region, _) in &reading.regions {
            self.tell(Kind::Place, &region.code());
        }
        let off = event
            .map(|event| event.status)
            .filter(|status| matches!(status, EventStatus::Cancelled | EventStatus::Postponed));
        match (off, reading.shown_kind()) {
            (Some(off), _) => self.tell(Kind::Stage, off.word()),
            (None, Some(kind @ (ArticleKind::Announcement | ArticleKind::ForumArticle))) => {
                if let Some(stage) = event.map_or(Some(kind), |event| stage(event, dated)) {
                    self.tell(Kind::Stage, stage.word());
                }
            }
            (None, _) => {}
        }
    }

    /// What sets forums apart that are told of in the same words. A forum put off
    /// or called off is the one that was told of for another day or town.
    fn tell_events(&mut self, reading: &Reading) {
        for event in reading.event.iter().chain(&reading.more_events) {
            let is_off = matches!(
                event.status,
                EventStatus::Cancelled | EventStatus::Postponed
            );
            if is_off || !event.confidence.is_enough() {
                continue;
            }
            // "Tomorrow" is often printed again the day after it was written.
            let written_before = event.evidence.counted_from.is_some();
            let earlier = event.start.pred_opt().filter(|_| written_before);
            let days = event.start.iter_days().take(EVENT_DAYS_MAX);
            let last = event.end.unwrap_or(event.start);
            for day in earlier
                .into_iter()
                .chain(days.take_while(|day| *day <= last))
            {
                self.tell(Kind::EventDay, &day.to_string());
            }
            if let Some(city) = &event.city {
                self.tell(Kind::EventCity, city);
            }
            if let Some(region) = event.region {
                self.tell(Kind::EventRegion, &region.code());
            }
        }
    }

    /// Those candidates are found by.
    fn telling(&self) -> Vec<(Kind, i64)> {
        let of = |(kind, most): (Kind, usize)| {
            let alike = self.paired.iter().filter(move |(one, _)| *one == kind);
            alike.take(most).copied()
        };
        PAIRED.into_iter().flat_map(of).collect()
    }
}

/// Whether an event is to come or was; on the day itself it is to come and has begun.
fn stage(event: &EventClaim, dated: NaiveDate) -> Option<ArticleKind> {
    if event.start > dated {
        Some(ArticleKind::Announcement)
    } else if event.end.unwrap_or(event.start) < dated {
        Some(ArticleKind::ForumArticle)
    } else {
        None
    }
}

/// The tokens that name places.
fn places_in(laid_out: &[Token]) -> BTreeSet<usize> {
    mentions(laid_out)
        .into_iter()
        .flat_map(|mention| mention.first..mention.after)
        .collect()
}

/// The facts of a text with its reading's, sorted, and the telling ones among them,
/// for finding candidates.
pub(super) fn facts(
    said: &Said,
    reading: &Reading,
    dated: NaiveDate,
) -> (BTreeSet<i64>, Vec<(Kind, i64)>) {
    let mut facts = Facts::default();
    facts.tell_reading(reading, dated);
    if !said.corrects {
        facts.tell_events(reading);
    }
    for (kind, one) in &said.facts {
        facts.keep(*kind, *one);
    }
    for weekday in &said.weekdays {
        for day in days::around(dated, *weekday) {
            facts.tell(Kind::Day, &day.format(DAY).to_string());
        }
    }
    let telling = facts.telling();
    (facts.all, telling)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_negative_and_keep_their_kind() {
        let name = fact(Kind::Name, "tkv");
        assert!(name < 0);
        assert_eq!(Kind::of(name), 0);
        assert_eq!(Kind::of(fact(Kind::Term, "форум")), 4);
        assert_eq!(Kind::of(fact(Kind::Stage, "announcement")), 7);
    }
}
