//! Which of a text's dates are a forum's: each is weighed by the words of its
//! sentence, by where the sentence stands, and by what the title says.

use chrono::TimeDelta;

use super::super::lexicon::section;
use super::dates::Dated;
use super::forum::Forum;
use super::held::{Held, held, past_participle};
use super::{Choice, Scene};
use crate::text::tokens::Token;

/// A date needs at least this weight to be an event's.
const WEIGHT_MIN: f32 = 2.5;
/// Past events are told of within this many days.
const AFTERMATH_DAYS_MAX: i64 = 31;
/// A report that says no more than "at the forum" is of these days.
const SCENE_DAYS_MAX: i64 = 3;
/// Announcements look no further ahead than this.
const AHEAD_DAYS_MAX: i64 = 550;
/// Kazakh endings of the day an event is moved from …
const ABLATIVES: [&str; 6] = ["нан", "нен", "дан", "ден", "тан", "тен"];
/// … and of the one it is moved to.
const DATIVES: [&str; 6] = ["ға", "ге", "қа", "ке", "на", "не"];
/// Words so near a date or a forum are of one clause with it.
const CLAUSE_TOKENS: usize = 12;
/// A day so near a forum that is only a scene is that forum's.
const SCENE_TOKENS: usize = 6;
/// A verb so near a forum is its own.
const BESIDE_TOKENS: usize = 3;
/// A line "Date: …" tells of the forum named so many sentences around.
const LABEL_SENTENCES: usize = 6;
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
        let (words, at) = self.around(dated.first, sentence);
        let held = held(words, at);
        let mut unsure = None;
        if dated.guessed {
            // The weekday a forum ended on is not the one it began on.
            if held != Held::Over || section("ended").any(words) {
                unsure = Some("a bare weekday no verb says to be the last or the next");
            } else if dated.start > self.published {
                dated.start = dated.start.checked_sub_signed(TimeDelta::days(7))?;
            }
        }
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
        let anchor = self.anchor(words, sentence, held != Held::Untold || called_off);
        let Some(anchor) = anchor.or_else(|| self.scene_anchor(dated, sentence)) else {
            return Some(weighed.refuse("its sentence tells of no forum being held"));
        };
        let recent = ahead >= -SCENE_DAYS_MAX && section("past").any(words);
        if !(-AFTERMATH_DAYS_MAX..=AHEAD_DAYS_MAX).contains(&ahead) {
            return Some(weighed.refuse("too long ago or too far ahead"));
        }
        if past && held != Held::Over && !(recent && self.is_early(sentence)) {
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
            (false, _) if section("past").any(words) => {
                Some(Note::new("still to come, but told as past", -2.0))
            }
            (false, _) => None,
        });
        self.surroundings(dated, sentence, &mut notes);
        self.position(sentence, past, &mut notes);
        Some(Weighed { notes, ..weighed })
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
        if section("next-edition").any(self.told.words(sentence)) {
            notes.push(Note::new("of the next edition", -3.0));
        }
    }

    /// How surely the sentence speaks of a forum that is held; `None`: it doesn't.
    fn anchor(&self, words: &[Token], sentence: usize, held: bool) -> Option<Note> {
        let mut here = self
            .forums
            .iter()
            .filter(|forum| forum.sentence == sentence)
            .peekable();
        let title = self.in_title();
        if here.peek().is_some() {
            let is_held = here.any(|forum| !forum.scene || self.is_held_beside(forum))
                || section("scene-held").any(words) && held;
            let weight = if title { 3.5 } else { 3.0 };
            return is_held.then_some(Note::new("a forum is named in its sentence", weight));
        }
        let within = |sentences: usize| {
            self.forums
                .iter()
                .any(|forum| forum.sentence.abs_diff(sentence) <= sentences)
        };
        let label = words.iter().enumerate().any(|(at, word)| {
            (word.is_mark(':') || word.is_dash() && word.spaced)
                && at > 0
                && section("label").means(&words[at - 1])
        });
        if label && within(LABEL_SENTENCES) {
            let weight = if title { 4.0 } else { 3.0 };
            return Some(Note::new("a line that says when", weight));
        }
        if section("week-head").any(words) && within(2) {
            return Some(Note::new("of the week a forum is part of", 1.0));
        }
        let before = self
            .forums
            .iter()
            .any(|forum| forum.sentence + 1 == sentence);
        let generic = section("generic-event").any(words);
        let near = f32::from(u8::from(before)) + f32::from(u8::from(title));
        let many = self.forums.len() > 1;
        ((generic || held) && (before || title || many))
            .then_some(near + if generic { 1.0 } else { 0.0 })
            .map(|weight| Note::new("goes on about the forum named before", weight))
    }

    /// "At a forum held in …": the scene itself is told of.
    fn is_held_beside(&self, forum: &Forum) -> bool {
        let (words, at) = self.around(forum.at, forum.sentence);
        section("past-held")
            .nearest(words, at)
            .into_iter()
            .chain(past_participle(words, at))
            .any(|distance| distance <= BESIDE_TOKENS)
    }

    /// "Today at the … forum the minister said", "will be discussed at the forum in
    /// … on 9 December": the day is the forum's.
    fn scene_anchor(&self, dated: Dated, sentence: usize) -> Option<Note> {
        if dated.end.is_some() || dated.guessed {
            return None;
        }
        let ago = (self.published - dated.start).num_days();
        let within = |tokens: usize| {
            self.forums
                .iter()
                .any(|forum| forum.sentence == sentence && forum.at.abs_diff(dated.first) < tokens)
        };
        if ago < 0 {
            let future = section("future").any(self.told.words(sentence));
            return (future && within(SCENE_TOKENS))
                .then_some(Note::new("what will be said there that day", 2.0));
        }
        if ago > SCENE_DAYS_MAX || !self.is_early(sentence) {
            return None;
        }
        let goes_on = self.in_title()
            && section("past").any(self.told.words(sentence))
            && self
                .forums
                .iter()
                .any(|forum| forum.sentence + 1 == sentence && !forum.scene);
        (within(CLAUSE_TOKENS) || goes_on).then_some(Note::new("what was said there that day", 2.5))
    }

    /// What the words right beside the date say it is the date of.
    fn surroundings(&self, dated: Dated, sentence: usize, notes: &mut Vec<Note>) {
        let within = &self.told.sentences[sentence].tokens;
        let low = dated.first.saturating_sub(3).max(within.start);
        let high = (dated.after + 3).min(within.end);
        let before = &self.told.tokens[low..dated.first];
        let after = &self.told.tokens[dated.after.min(high)..high];
        let until = |word: &Token| section("until").means(word);
        let deadline_before = before.last().is_some_and(until);
        let deadline_after = after
            .first()
            .is_some_and(|word| until(word) && word.folded != "до");
        let moved = self.is_moved(sentence, dated.first);
        if (deadline_before || deadline_after) && dated.end.is_none() && !moved {
            notes.push(Note::new("until that day", -2.5));
        }
        if section("deadline").any(before) || section("deadline").any(after) {
            notes.push(Note::new("a day to register by", -2.0));
        }
        if section("other-date").any(before) || section("other-date").any(after) {
            notes.push(Note::new("the day of something else", -3.0));
        }
        if moved {
            notes.extend(self.moved(dated, sentence));
        } else if (section("planned-for").any(before) || section("planned-for").any(after))
            && self.has_newer_day(dated, sentence)
        {
            notes.push(Note::new("the day it was planned for", -4.0));
        }
        let near = self.forums.iter().any(|forum| {
            forum.sentence == sentence && forum.at.abs_diff(dated.first) < CLAUSE_TOKENS
        });
        // A calendar's line: "5 декабря — Медиафорум".
        let line = dated.first == within.start
            && after
                .first()
                .is_some_and(|next| next.is_mark(':') || next.is_dash() && next.spaced);
        if near {
            notes.push(Note::new("beside the forum's name", 0.3));
        }
        if line {
            notes.push(Note::new("a calendar's line", 1.5));
        }
    }

    /// "Planned for 27 November, … will be held on 11 December": a later day of the
    /// sentence has the verb.
    fn has_newer_day(&self, dated: Dated, sentence: usize) -> bool {
        let within = &self.told.sentences[sentence].tokens;
        self.dates.iter().any(|other| {
            let (words, at) = self.around(other.first, sentence);
            within.contains(&other.first)
                && other.first >= dated.after
                && other.start != dated.start
                && section("future-held")
                    .nearest(words, at)
                    .is_some_and(|distance| distance <= BESIDE_TOKENS)
        })
    }

    /// Of a postponed event the day it is moved to is the event's.
    fn moved(&self, dated: Dated, sentence: usize) -> Option<Note> {
        let within = &self.told.sentences[sentence].tokens;
        let low = dated.first.saturating_sub(6).max(within.start);
        let before = &self.told.tokens[low..dated.first];
        let last = &self.told.tokens[dated.after - 1].folded;
        let lead = before.last().map_or("", |word| word.folded.as_str());
        let ends = |endings: &[&str]| endings.iter().any(|ending| last.ends_with(ending));
        // In Kazakh "planned" follows its day, in Russian and English it leads.
        let planned = if self.is_kazakh() {
            let high = (dated.after + 2).min(within.end);
            let follows = self.told.tokens.get(dated.after..high).unwrap_or_default();
            section("planned-before").any(follows)
                || follows
                    .iter()
                    .any(|next| matches!(next.folded.as_str(), "өтуі" | "өтеді" | "өтетін"))
        } else {
            section("planned-before").any(before)
        };
        if matches!(lead, "с" | "со" | "from") || ends(&ABLATIVES) {
            Some(Note::new("the day it is moved from", -2.0))
        } else if !planned && (matches!(lead, "на" | "to" | "until" | "for") || ends(&DATIVES)) {
            Some(Note::new("the day it is moved to", 1.5))
        } else if planned {
            Some(Note::new("the day it was planned for", -1.5))
        } else {
            None
        }
    }
}
