//! Which of a text's dates are a forum's: each is weighed by the words of its
//! sentence, by where the sentence stands, and by what the title says.

use super::super::lexicon::section;
use super::dates::Dated;
use super::held::{Held, held};
use super::{Choice, Scene};

/// A date needs at least this weight to be an event's.
const WEIGHT_MIN: f32 = 2.5;
/// Past events are told of within this many days.
const AFTERMATH_DAYS_MAX: i64 = 14;
/// A longer stretch is not one forum's.
const FORUM_DAYS_MAX: i64 = 14;
/// A report that says no more than "at the forum" is of these days.
pub(super) const SCENE_DAYS_MAX: i64 = 3;
/// Announcements look no further ahead than this.
const AHEAD_DAYS_MAX: i64 = 550;
/// Words so near a date or a forum are of one clause with it.
pub(super) const CLAUSE_TOKENS: usize = 12;
/// "Today", "on Tuesday" are said of the forum so many sentences into the text.
pub(super) const TOLD_EARLY_SENTENCES: usize = 3;
/// A verb so near a forum is its own.
pub(super) const BESIDE_TOKENS: usize = 3;
/// Why a date is not the forum's any more.
pub(super) const PLANNED_FOR: &str = "the day it was planned for";
pub(super) const MOVED_FROM: &str = "the day it is moved from";
/// Why a date is the forum's that a label leads.
pub(super) const LABELLED: &str = "a line that says when";
/// Only so many dates are weighed: listings of hundreds announce nothing.
const DATES_MAX: usize = 200;

/// One thing that speaks for a choice or against it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Note {
    pub why: &'static str,
    pub weight: f32,
}

impl Note {
    pub(super) const fn new(why: &'static str, weight: f32) -> Self {
        Self { why, weight }
    }
}

/// A date, and what was found for and against its being a forum's.
#[derive(Debug, Clone, PartialEq)]
pub struct Weighed {
    pub dated: Dated,
    pub sentence: usize,
    /// It is over on the publication day.
    pub past: bool,
    pub notes: Vec<Note>,
    /// Why it is out of the question, whatever it weighs.
    pub refused: Option<&'static str>,
}

impl Weighed {
    /// What its notes come to.
    pub fn weight(&self) -> f32 {
        self.notes.iter().fold(0.0, |sum, note| sum + note.weight)
    }

    fn choice(&self) -> Option<Choice> {
        let weight = self.weight();
        (self.refused.is_none() && weight >= WEIGHT_MIN).then_some(Choice {
            dated: self.dated,
            sentence: self.sentence,
            weight,
            past: self.past,
            replaced: self
                .notes
                .iter()
                .any(|note| matches!(note.why, PLANNED_FOR | MOVED_FROM)),
        })
    }

    fn refuse(mut self, why: &'static str) -> Self {
        self.refused = Some(why);
        self
    }
}

/// Of weighed dates those that may be a forum's, the surest first.
pub(super) fn choices(weighed: &[Weighed]) -> Vec<Choice> {
    let mut found: Vec<Choice> = weighed.iter().filter_map(Weighed::choice).collect();
    found.sort_by(|one, other| other.weight.total_cmp(&one.weight));
    found
}

impl Scene<'_> {
    /// Every date, weighed.
    pub(super) fn weighed(&self) -> Vec<Weighed> {
        self.dates
            .iter()
            .take(DATES_MAX)
            .filter_map(|dated| self.weigh(*dated))
            .collect()
    }

    fn weigh(&self, mut dated: Dated) -> Option<Weighed> {
        let sentence = self.sentence_at(dated.first)?;
        // "Pushed back from 17 September to 20 October": no forum is that long.
        if let Some(last) = dated.end
            && (last - dated.start).num_days() > FORUM_DAYS_MAX
            && self.is_moved(sentence, dated.first)
        {
            (dated.start, dated.end) = (last, None);
        }
        let (words, at) = self.around(dated.first, sentence);
        let held = held(words, at);
        let unsure = self.settle(&mut dated, sentence, held).err();
        let ahead = (dated.end.unwrap_or(dated.start) - self.published).num_days();
        let called_off = self.is_called_off(sentence, dated.first);
        let begun = dated.start <= self.published;
        let past = ahead < 0 || (begun && held == Held::Over);
        let weighed = Weighed {
            dated,
            sentence,
            past,
            notes: Vec::new(),
            refused: unsure,
        };
        if unsure.is_some() {
            return Some(weighed);
        }
        let future = section("future").any(words);
        let by_name = self.anchor(words, sentence, held != Held::Untold || called_off);
        let Some(anchor) = by_name.or_else(|| self.scene_anchor(dated, sentence)) else {
            return Some(weighed.refuse("its sentence tells of no forum being held"));
        };
        // What was said there today is no announcement.
        let past = past || by_name.is_none() && begun && (section("past").any(words) || !future);
        let weighed = Weighed { past, ..weighed };
        let named = self.forums.iter().any(|forum| forum.sentence == sentence);
        let recent = ahead >= -SCENE_DAYS_MAX && (section("past").any(words) || named && !future);
        if !(-AFTERMATH_DAYS_MAX..=AHEAD_DAYS_MAX).contains(&ahead) {
            return Some(weighed.refuse("too long ago or too far ahead"));
        }
        if past && held != Held::Over && !(recent && self.is_told_early(dated, sentence)) {
            return Some(weighed.refuse("it is past, and no verb says it was held then"));
        }
        let mut notes = vec![anchor];
        notes.extend(match (past, held) {
            (true, _) => Some(Note::new("past, and said to have been held", 0.5)),
            (false, Held::ToCome | Held::Now) => Some(Note::new(
                "the verb beside it says it will be or is on",
                2.0,
            )),
            (false, _) if called_off => Some(Note::new("called off or moved", 2.0)),
            (false, _) if section("future").any(words) => {
                Some(Note::new("a word of what is to come", 2.0))
            }
            (false, _) if section("past").any(words) && anchor.why != LABELLED => {
                Some(Note::new("still to come, but told as past", -2.0))
            }
            (false, _) => None,
        });
        self.surroundings(dated, sentence, &mut notes);
        self.position(sentence, past, &mut notes);
        Some(Weighed { notes, ..weighed })
    }

    /// The forum is on, and what was said there today is told.
    pub(super) fn is_told_of_today(&self, first: &Choice, choices: &[Choice]) -> bool {
        let mut today = choices
            .iter()
            .filter(|choice| choice.dated.start == self.published);
        first.dated.start <= self.published && today.any(|choice| choice.past)
    }

    /// What the title and the place in the text say for a date.
    fn position(&self, sentence: usize, past: bool, notes: &mut Vec<Note>) {
        if self.is_early(sentence) {
            notes.push(Note::new("stands early in the text", 0.5));
        }
        match (self.title_held(), past) {
            (Held::Over, true) | (Held::ToCome, false) => {
                notes.push(Note::new("the title tells of the same time", 1.0));
            }
            (Held::Over, false) | (Held::ToCome, true) => {
                notes.push(Note::new("the title tells of another time", -1.0));
            }
            _ => {}
        }
        let words = self.told.words(sentence);
        let next_year = section("next-year").any(words) && self.is_reported_before(sentence);
        if next_year || section("next-edition").any(words) {
            notes.push(Note::new("of the next edition", -3.0));
        }
    }

    /// A sentence before tells of a forum as over.
    fn is_reported_before(&self, sentence: usize) -> bool {
        let before = self.forums.iter().filter(|forum| forum.sentence < sentence);
        before.into_iter().any(|forum| {
            let (words, at) = self.around(forum.at, forum.sentence);
            held(words, at) == Held::Over
        })
    }
}
