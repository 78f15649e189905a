//! Which of a text's dates are a forum's: each is weighed by the words of its
//! sentence, by where the sentence stands, and by what the title says.

use chrono::TimeDelta;

use super::super::lexicon::section;
use super::dates::Dated;
use super::forum::Forum;
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
/// A verb so near a forum is its own.
const BESIDE_TOKENS: usize = 3;
/// A line "Date: …" tells of the forum named so many sentences around.
const LABEL_SENTENCES: usize = 6;
/// Only so many dates are weighed: listings of hundreds announce nothing.
const DATES_MAX: usize = 200;

/// Whether something takes place, as the verb nearest to a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    ToCome,
    Now,
    Over,
    Untold,
}

/// What the verb nearest to token `at` of `words` says.
pub(super) fn held(words: &[Token], at: usize) -> Held {
    let past = section("past-held")
        .nearest(words, at)
        .into_iter()
        .chain(past_participle(words, at))
        .min();
    let mut nearest = [
        (section("future-held").nearest(words, at), Held::ToCome),
        (section("present").nearest(words, at), Held::Now),
        (past, Held::Over),
    ]
    .into_iter()
    .filter_map(|(distance, held)| distance.map(|distance| (distance, held)));
    let Some(first) = nearest.next() else {
        return Held::Untold;
    };
    let best = nearest.fold(
        first,
        |best, next| if next.0 < best.0 { next } else { best },
    );
    best.1
}

/// "өткен" is "that was held", unless a word of time makes it "last".
fn past_participle(words: &[Token], at: usize) -> Option<usize> {
    words
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| pair[0].folded == "өткен" && !section("time-noun").has(&pair[1].folded))
        .map(|(from, _)| from.abs_diff(at))
        .min()
}

impl Scene<'_> {
    /// The dates that may be a forum's, the surest first.
    pub(super) fn choices(&self) -> Vec<Choice> {
        let mut found: Vec<Choice> = self
            .dates
            .iter()
            .take(DATES_MAX)
            .filter_map(|dated| self.weigh(*dated))
            .filter(|choice| choice.weight >= WEIGHT_MIN)
            .collect();
        found.sort_by(|one, other| other.weight.total_cmp(&one.weight));
        found
    }

    fn weigh(&self, mut dated: Dated) -> Option<Choice> {
        let sentence = self.sentence_at(dated.first)?;
        let (words, at) = self.around(dated.first, sentence);
        let held = held(words, at);
        if dated.guessed {
            // The weekday a forum ended on is not the one it began on.
            if held != Held::Over || section("ended").any(words) {
                return None;
            }
            if dated.start > self.published {
                dated.start = dated.start.checked_sub_signed(TimeDelta::days(7))?;
            }
        }
        let ahead = (dated.end.unwrap_or(dated.start) - self.published).num_days();
        let called_off = self.is_called_off(sentence, dated.first);
        let begun = dated.start <= self.published;
        let past = ahead < 0 || (begun && held == Held::Over);
        let anchor = self.anchor(words, sentence, held != Held::Untold || called_off);
        let anchor = anchor.or_else(|| self.scene_anchor(dated, sentence))?;
        let recent = ahead >= -SCENE_DAYS_MAX && section("past").any(words);
        if !(-AFTERMATH_DAYS_MAX..=AHEAD_DAYS_MAX).contains(&ahead) {
            return None;
        }
        if past && held != Held::Over && !(recent && self.is_early(sentence)) {
            return None;
        }
        let mut weight = anchor;
        weight += match (past, held) {
            (true, _) => 0.5,
            (false, Held::ToCome | Held::Now) => 2.0,
            (false, _) if called_off || section("future").any(words) => 2.0,
            (false, _) if section("past").any(words) => -2.0,
            (false, _) => 0.0,
        };
        weight += self.surroundings(dated, sentence);
        weight += self.position(sentence, past);
        Some(Choice {
            dated,
            sentence,
            weight,
            past,
        })
    }

    /// What the title and the place in the text say for a date.
    fn position(&self, sentence: usize, past: bool) -> f32 {
        let mut weight = if self.is_early(sentence) { 0.5 } else { 0.0 };
        weight += match (self.title_held(), past) {
            (Held::Over, true) | (Held::ToCome, false) => 1.0,
            (Held::Over, false) | (Held::ToCome, true) => -1.0,
            _ => 0.0,
        };
        if section("next-edition").any(self.told.words(sentence)) {
            weight -= 3.0;
        }
        weight
    }

    /// How surely the sentence speaks of a forum that is held; `None`: it doesn't.
    fn anchor(&self, words: &[Token], sentence: usize, held: bool) -> Option<f32> {
        let mut here = self
            .forums
            .iter()
            .filter(|forum| forum.sentence == sentence)
            .peekable();
        let title = self.in_title();
        if here.peek().is_some() {
            let is_held = here.any(|forum| !forum.scene || self.is_held_beside(forum))
                || section("scene-held").any(words) && held;
            return is_held.then_some(if title { 3.5 } else { 3.0 });
        }
        let within = |sentences: usize| {
            self.forums
                .iter()
                .any(|forum| forum.sentence.abs_diff(sentence) <= sentences)
        };
        let label = words.iter().enumerate().any(|(at, word)| {
            (word.is_mark(':') || word.is_dash() && word.spaced)
                && at > 0
                && section("label").has(&words[at - 1].folded)
        });
        if label && within(LABEL_SENTENCES) {
            return Some(if title { 4.0 } else { 3.0 });
        }
        if section("week-head").any(words) && within(2) {
            return Some(1.0);
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

    /// "Today at the … forum the minister said": the day is the forum's.
    fn scene_anchor(&self, dated: Dated, sentence: usize) -> Option<f32> {
        let ago = (self.published - dated.start).num_days();
        let here = self.forums.iter().any(|forum| {
            forum.sentence == sentence && forum.at.abs_diff(dated.first) < CLAUSE_TOKENS
        });
        (dated.end.is_none()
            && !dated.guessed
            && (0..=SCENE_DAYS_MAX).contains(&ago)
            && here
            && self.is_early(sentence))
        .then_some(2.5)
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
        let moved = self.is_moved(sentence, dated.first);
        if (deadline_before || deadline_after) && dated.end.is_none() && !moved {
            weight -= 2.5;
        }
        if section("deadline").any(before) || section("deadline").any(after) {
            weight -= 2.0;
        }
        if section("other-date").any(before) || section("other-date").any(after) {
            weight -= 3.0;
        }
        if moved {
            weight += self.moved(dated, sentence);
        }
        let near = self.forums.iter().any(|forum| {
            forum.sentence == sentence && forum.at.abs_diff(dated.first) < CLAUSE_TOKENS
        });
        // A calendar's line: "5 декабря — Медиафорум".
        let line = dated.first == within.start
            && after
                .first()
                .is_some_and(|next| next.is_mark(':') || next.is_dash() && next.spaced);
        weight + if near { 0.3 } else { 0.0 } + if line { 1.5 } else { 0.0 }
    }

    /// Of a postponed event the day it is moved to is the event's.
    fn moved(&self, dated: Dated, sentence: usize) -> f32 {
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
            -2.0
        } else if !planned && (matches!(lead, "на" | "to" | "until" | "for") || ends(&DATIVES)) {
            1.5
        } else if planned {
            -1.5
        } else {
            0.0
        }
    }
}
