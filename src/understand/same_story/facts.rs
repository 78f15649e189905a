//! What a text tells in any language: names, numbers, days, places and ideas,
//! in one form for Kazakh, Russian and English.
//!
//! Names are compared by their consonants, since each language writes their
//! vowels in its own way (Тоқаев, Токаев, Tokayev). Towns are places and no names
//! besides; what belongs to a date or an hour is no number.

mod names;
mod numbers;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::NaiveDate;

use crate::model::event::EventStatus;
use crate::model::language::Language;
use crate::model::reading::{Kind as ArticleKind, Reading};
use crate::text::lookup::Table;
use crate::text::stem::stem_in;
use crate::text::tokens::{Shape, Token, tokens};
use crate::understand::place::Mention;
use crate::understand::stems::Stems;

use super::hash;

const TERMS: &str = include_str!("terms.tsv");
/// The most facts of one kind that are kept, the first told first.
const KIND_MAX: usize = 24;
/// Consonants a name needs to be told from others.
const SKELETON_MIN: usize = 3;
/// Ideas any gathering's name may hold: they tell it from no other.
const COMMON: [&str; 10] = [
    "форум",
    "конференция",
    "саммит",
    "жиын",
    "фестиваль",
    "қала",
    "облыс",
    "аудан",
    "орталық",
    "халықаралық",
];

/// Days of one event that are told.
const EVENT_DAYS_MAX: usize = 10;
/// Words of a title that puts right what was told before, in small letters.
const CORRECTIONS: [&str; 10] = [
    "түзету",
    "нақтылау",
    "нақтыланды",
    "поправка",
    "уточнение",
    "уточнена",
    "исправление",
    "correction",
    "corrected",
    "clarification",
];

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
}

/// How many facts of each kind candidates are found by, the most telling kinds
/// first.
const PAIRED: [(Kind, usize); 4] = [
    (Kind::Day, 1),
    (Kind::Name, 4),
    (Kind::Number, 3),
    (Kind::Place, 1),
];

impl Kind {
    const BITS: u32 = 4;
    const COUNT: usize = 11;

    pub(super) const fn of(fact: i64) -> u8 {
        fact.to_be_bytes()[7] & 0b1111
    }

    /// What sharing one is worth.
    pub(super) const fn worth(fact: i64) -> u32 {
        match Self::of(fact) {
            0 => 4,
            1 | 2 => 3,
            3 | 6 => 2,
            4 => 1,
            _ => 0,
        }
    }
}

/// A fact as a negative number; stems are the others.
fn fact(kind: Kind, text: &str) -> i64 {
    let spread = hash(7 + kind as u64, text.as_bytes()) << Kind::BITS;
    ((spread | kind as u64) | (1 << 63)).cast_signed()
}

/// Idea by language and stem.
static IDEAS: LazyLock<[Table<String, &'static str>; 3]> = LazyLock::new(|| {
    let mut ideas = [Table::default(), Table::default(), Table::default()];
    for line in TERMS.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&'static str> = line.split('\t').collect();
        for (words, language) in columns.iter().zip([
            Language::KazakhCyrillic,
            Language::Russian,
            Language::English,
        ]) {
            for word in words.split(' ') {
                // The first row a word stands in is its idea.
                ideas[side(language)]
                    .entry(stem_in(word, language).into_owned())
                    .or_insert(columns[0]);
            }
        }
    }
    ideas
});

/// Which column of the table a language reads; both Kazakh scripts share one.
const fn side(language: Language) -> usize {
    match language {
        Language::Russian => 1,
        Language::English => 2,
        _ => 0,
    }
}

fn idea(stem: &str, language: Language) -> Option<&'static str> {
    IDEAS[side(language)].get(stem).copied()
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
            self.tell(Kind::Day, &event.start.to_string());
            if let Some(city) = &event.city {
                self.tell(Kind::Place, city);
            }
            for token in tokens(&event.name).iter().filter(|token| token.is_word()) {
                let stem = stem_in(&token.folded, reading.language);
                let subject = idea(&stem, reading.language);
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
        // On the day itself it is to come and has begun.
        let is_on = event
            .is_some_and(|event| (event.start..=event.end.unwrap_or(event.start)).contains(&dated));
        match (off, reading.shown_kind()) {
            (Some(off), _) => self.tell(Kind::Stage, off.word()),
            (None, Some(kind @ (ArticleKind::Announcement | ArticleKind::ForumArticle)))
                if !is_on =>
            {
                self.tell(Kind::Stage, kind.word());
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

/// Whether the title says that what was told is put right.
fn corrects(laid_out: &[Token], body: usize) -> bool {
    let title = laid_out.iter().take_while(|token| token.start < body);
    title
        .filter(|token| token.is_word())
        .any(|token| CORRECTIONS.contains(&token.folded.as_str()))
}

/// What the words of a text tell, whatever its reading says besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// In the order they are told.
    facts: Vec<(Kind, i64)>,
    /// The title puts right what was told before.
    corrects: bool,
}

/// What is said in words whose places and stems are known. English writes every word
/// of a title with a capital, so names are looked for from byte `body` on there.
pub(super) fn said(laid_out: &[Token], body: usize, places: &[Mention], stems: &Stems) -> Said {
    let language = stems.language();
    let mut facts = Facts::default();
    let mut is_place = vec![false; laid_out.len()];
    for place in places {
        is_place[place.first..place.after].fill(true);
    }
    let mut at = 0;
    while let Some(token) = laid_out.get(at) {
        let mut next = at + 1;
        match token.shape {
            Shape::Number => {
                let (number, after) = numbers::number_at(laid_out, at);
                if let Some(number) = number {
                    facts.tell(Kind::Number, &number);
                }
                next = after;
            }
            Shape::Word if is_place[at] => {}
            Shape::Word => {
                let stem = stems.stem(&token.folded);
                if let Some(idea) = idea(stem, language) {
                    facts.tell(Kind::Term, idea);
                } else if token.capital
                    && !names::begins_sentence(laid_out, at)
                    && (token.start >= body || language != Language::English)
                {
                    let skeleton = names::skeleton(names::bare(&token.folded, stem, language));
                    if skeleton.chars().count() >= SKELETON_MIN {
                        facts.tell(Kind::Name, &skeleton);
                    }
                }
            }
            Shape::Mark => {}
        }
        at = next;
    }
    Said {
        facts: facts.paired,
        corrects: corrects(laid_out, body),
    }
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
    let telling = facts.telling();
    (facts.all, telling)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_idea_has_three_names() {
        for line in TERMS.lines().filter(|line| !line.starts_with('#')) {
            assert_eq!(
                line.split('\t').filter(|words| !words.is_empty()).count(),
                3,
                "{line}"
            );
        }
    }

    #[test]
    fn common_ideas_stand_in_the_table() {
        for common in COMMON {
            assert!(
                TERMS
                    .lines()
                    .any(|line| line.split('\t').next() == Some(common)),
                "{common}"
            );
        }
    }

    #[test]
    fn facts_are_negative_and_keep_their_kind() {
        let name = fact(Kind::Name, "tkv");
        assert!(name < 0);
        assert_eq!((Kind::of(name), Kind::worth(name)), (0, 4));
        assert_eq!(Kind::of(fact(Kind::Term, "форум")), 4);
        assert_eq!(Kind::of(fact(Kind::Stage, "announcement")), 7);
    }
}
