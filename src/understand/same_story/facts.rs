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
use crate::text::tokens::tokens;

use super::{hash, most_telling};
pub(in super::super) use gathering::Gathering;
use ideas::{COMMON, idea};
pub(super) use said::{Said, recalled, said};

/// The most facts of one kind that are kept, the first told first.
const KIND_MAX: usize = 24;
/// A day of no year: texts seldom tell it.
const DAY: &str = "%m-%d";
/// The stage of a text that puts right what was told before.
const CORRECTION: &str = "correction";
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
    /// about a forum. One more for what corrects another text.
    Stage = 7,
    /// A day of an event that is surely told, …
    EventDay = 8,
    /// … its city, …
    EventCity = 9,
    /// … and its region.
    EventRegion = 10,
    /// A town, village or district that is named, or whose people are.
    Town = 11,
    /// The words of a name in quotation marks, comparable within one language.
    Quoted = 12,
    /// A number anything may be counted by.
    Count = 13,
    /// The hour of something.
    Hour = 14,
    /// The same in both is one text.
    Copy = 15,
}

/// How many facts of each kind an article is found by.
const FOUND_BY: [(Kind, usize); 6] = [
    (Kind::Name, 6),
    (Kind::Number, 6),
    (Kind::Quoted, 2),
    (Kind::Day, 3),
    (Kind::Town, 2),
    (Kind::Term, 4),
];

impl Kind {
    const BITS: u32 = 4;
    pub(super) const COUNT: usize = 16;

    pub(super) const fn of(fact: i64) -> u8 {
        fact.to_be_bytes()[7] & 0b1111
    }
}

/// A fact as a negative number; stems are the others.
pub(super) fn fact(kind: Kind, text: &str) -> i64 {
    let spread = hash(7 + kind as u64, text.as_bytes()) << Kind::BITS;
    ((spread | kind as u64) | (1 << 63)).cast_signed()
}

/// What became of a forum, as one text tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    ToCome,
    Was,
    Cancelled,
    Postponed,
    /// Not of the forum: the text puts right another.
    Correction,
}

impl Stage {
    /// What a fact says of it.
    pub(super) fn of(one: i64) -> Option<Self> {
        static STAGES: LazyLock<[(i64, Stage); 5]> = LazyLock::new(|| {
            [
                (ArticleKind::Announcement.word(), Stage::ToCome),
                (ArticleKind::ForumArticle.word(), Stage::Was),
                (EventStatus::Cancelled.word(), Stage::Cancelled),
                (EventStatus::Postponed.word(), Stage::Postponed),
                (CORRECTION, Stage::Correction),
            ]
            .map(|(word, stage)| (fact(Kind::Stage, word), stage))
        });
        let known = STAGES.iter().find(|(known, _)| *known == one);
        known.map(|(_, stage)| *stage)
    }
}

/// The facts of a text as they are told.
#[derive(Default)]
struct Facts {
    all: BTreeSet<i64>,
    count: [usize; Kind::COUNT],
    in_order: Vec<(Kind, i64)>,
}

impl Facts {
    fn tell(&mut self, kind: Kind, text: &str) {
        self.keep(kind, fact(kind, text));
    }

    fn keep(&mut self, kind: Kind, one: i64) {
        if self.count[kind as usize] < KIND_MAX && self.all.insert(one) {
            self.count[kind as usize] += 1;
            self.in_order.push((kind, one));
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
            for token in tokens(&event.name).iter().filter(|token| token.is_word()) {
                let stem = stem_in(&token.folded, reading.language);
                let subject = idea(&token.folded, &stem, reading.language);
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
                if let Some(stage) = event.map_or(Some(kind), |event| stage(event, kind, dated)) {
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

    /// Those the text is found by: of each kind the most telling ones.
    fn found_by(&self) -> Vec<i64> {
        let of = |(kind, most): (Kind, usize)| {
            let alike = self.in_order.iter().filter(|(one, _)| *one == kind);
            most_telling(alike.map(|(_, one)| *one), most)
        };
        FOUND_BY.into_iter().flat_map(of).collect()
    }
}

/// Whether an event is to come or was. On its days what tells of it as past tells what
/// happened there; what announces it may be yesterday's.
fn stage(event: &EventClaim, kind: ArticleKind, dated: NaiveDate) -> Option<ArticleKind> {
    if event.start > dated {
        Some(ArticleKind::Announcement)
    } else if event.end.unwrap_or(event.start) < dated || kind == ArticleKind::ForumArticle {
        Some(ArticleKind::ForumArticle)
    } else {
        None
    }
}

/// The facts of a text with its reading's, sorted, and those it is found by.
pub(super) fn facts(said: &Said, reading: &Reading, dated: NaiveDate) -> (BTreeSet<i64>, Vec<i64>) {
    let mut facts = Facts::default();
    facts.tell_reading(reading, dated);
    if said.corrects {
        facts.tell(Kind::Stage, CORRECTION);
    } else {
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
    let found_by = facts.found_by();
    (facts.all, found_by)
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
