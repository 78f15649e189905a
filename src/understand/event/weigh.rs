//! Which of a text's dates are a forum's: each is weighed by the words of its
//! sentence, by where the sentence stands, and by what the title says.

use super::super::lexicon::section;
use super::clock_time::first_time;
use super::dates::Dated;
use super::forum::Forum;
use super::held::{Held, held, past_participle};
use super::{Choice, NEAR_TOKENS, Scene};
use crate::text::tokens::Token;

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
/// A day so near a forum that is only a scene is that forum's.
const SCENE_TOKENS: usize = 10;
/// In Kazakh the forum's whole name stands between.
const SCENE_TOKENS_KAZAKH: usize = 16;
/// "Today", "on Tuesday" are said of the forum so many sentences into the text.
pub(super) const TOLD_EARLY_SENTENCES: usize = 3;
/// A verb so near a forum is its own.
pub(super) const BESIDE_TOKENS: usize = 3;
/// A line "Date: …" tells of the forum named so many sentences around.
const LABEL_SENTENCES: usize = 6;
/// Why a date is not the forum's any more.
pub(super) const PLANNED_FOR: &str = "the day it was planned for";
pub(super) const MOVED_FROM: &str = "the day it is moved from";
/// Why a date is the forum's that a label leads.
const LABELLED: &str = "a line that says when";
/// A line that says no more than when has so many words beside its date.
const LINE_WORDS_MAX: usize = 2;
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
            return Some(Note::new(LABELLED, weight));
        }
        if within(LABEL_SENTENCES) && self.is_line_of_day(sentence) {
            return Some(Note::new("a line that says no more than when", 3.0));
        }
        if section("week-head").any(words) && within(2) {
            return Some(Note::new("of the week a forum is part of", 1.0));
        }
        let before = self
            .forums
            .iter()
            .any(|forum| forum.sentence + 1 == sentence);
        let generic = section("generic-event").any(words);
        if !generic && section("other-gathering").any(words) {
            return None;
        }
        if held && self.is_called_forum_next(sentence) {
            return Some(Note::new("what the next sentence calls the forum", 3.0));
        }
        if self.is_what_title_announces(sentence) && !self.is_in_another_town(sentence) {
            return Some(Note::new(
                "the title announces, and the text begins so",
                2.5,
            ));
        }
        if !generic && self.is_in_another_town(sentence) {
            return None;
        }
        let near = f32::from(u8::from(before)) + f32::from(u8::from(title));
        let many = self.forums.len() > 1;
        let named_elsewhere = self.dates.iter().any(|dated| {
            let other = self.sentence_at(dated.first);
            dated.start >= self.published
                && other.is_some_and(|other| {
                    other != sentence && self.forums.iter().any(|forum| forum.sentence == other)
                })
        });
        ((generic || held) && (before || title || many))
            .then_some(
                near + if generic && !named_elsewhere {
                    1.0
                } else {
                    0.0
                },
            )
            .map(|weight| Note::new("goes on about the forum named before", weight))
    }

    /// "Осы жұма, 18 маусым, сағат 16:00.": a line of a poster, of a day to come.
    fn is_line_of_day(&self, sentence: usize) -> bool {
        let within = &self.told.sentences[sentence].tokens;
        let mut here = self
            .dates
            .iter()
            .filter(|dated| within.contains(&dated.first));
        let dated = |at: &usize| {
            let mut dates = self.dates.iter();
            dates.any(|dated| (dated.first..dated.after).contains(at))
        };
        within.len() <= SCENE_TOKENS_KAZAKH
            && here.any(|dated| dated.start > self.published)
            && within
                .clone()
                .filter(|at| self.told.tokens[*at].is_word() && !dated(at))
                .count()
                <= LINE_WORDS_MAX
    }

    /// "Шымкентте медиақұрылтай өтеді. Форумға 500 журналист жиналмақ": the next sentence
    /// begins with the forum, and has no day of its own.
    fn is_called_forum_next(&self, sentence: usize) -> bool {
        let Some(next) = self.told.sentences.get(sentence + 1) else {
            return false;
        };
        let lead = usize::from(!self.is_kazakh());
        let told = |index: usize| {
            let words = self.told.words(index);
            (section("future").any(words), section("past").any(words))
        };
        let (here, then) = (told(sentence), told(sentence + 1));
        if then != (false, false) && here != then {
            return false;
        }
        let opens =
            |forum: &Forum| forum.sentence == sentence + 1 && forum.at <= next.tokens.start + lead;
        self.forums.iter().any(opens)
            && !self
                .dates
                .iter()
                .any(|other| next.tokens.contains(&other.first))
    }

    /// The sentence is of another town than the one the forum's title says it is in.
    fn is_in_another_town(&self, sentence: usize) -> bool {
        let towns = |index: usize| {
            let here = self
                .told
                .sentences
                .get(index)
                .map_or(0..0, |sentence| sentence.tokens.clone());
            let mut places = self.places.iter();
            places.find_map(|place| {
                place
                    .city
                    .filter(|_| here.contains(&place.first) && place.located)
            })
        };
        let of_title = (0..self.told.title_sentences).find_map(towns);
        let forum = self.in_title();
        forum && of_title.is_some_and(|title| towns(sentence).is_some_and(|town| town != title))
    }

    /// In the sentence, or where the next tells of the beginning.
    fn tells_hour(&self, sentence: usize) -> bool {
        let next = self.told.words(sentence + 1);
        first_time(self.told.words(sentence)).is_some()
            || section("begins").any(next) && first_time(next).is_some()
    }

    /// "Степногорцев приглашают на форум": the first sentence tells when.
    fn is_what_title_announces(&self, sentence: usize) -> bool {
        let words = self.told.words(sentence);
        sentence == self.told.title_sentences
            && self.title_held() == Held::ToCome
            && self.tells_hour(sentence)
            && section("future").any(words)
            && !section("past").any(words)
            && !section("deadline").any(words)
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
        let ago = (self.published - dated.end.unwrap_or(dated.start)).num_days();
        let within = |tokens: usize| {
            self.forums
                .iter()
                .any(|forum| forum.sentence == sentence && apart(dated, forum.at) < tokens)
        };
        if ago < 0 {
            let words = self.told.words(sentence);
            let future = section("future").any(words) || !section("past").any(words);
            // "At the forum he said that … from 1 January": what was reported has its own days.
            let reported = words
                .iter()
                .any(|word| matches!(word.folded.as_str(), "что" | "that" | "деп"));
            return (future && !reported && within(self.scene_tokens()))
                .then_some(Note::new("what will be said there that day", 2.0));
        }
        if ago > SCENE_DAYS_MAX || !self.is_told_early(dated, sentence) {
            return None;
        }
        let goes_on = self.in_title()
            && section("past").any(self.told.words(sentence))
            && self
                .forums
                .iter()
                .any(|forum| forum.sentence + 1 == sentence && !forum.scene);
        // "Spent Sept. 23-24 in Aktobe talking … at the forum"
        let spent = dated.end.is_some()
            && dated.first > 0
            && self.told.tokens[dated.first - 1].folded == "spent"
            && within(NEAR_TOKENS);
        (within(CLAUSE_TOKENS) || goes_on || spent)
            .then_some(Note::new("what was said there that day", 2.5))
    }

    fn scene_tokens(&self) -> usize {
        if self.is_kazakh() {
            SCENE_TOKENS_KAZAKH
        } else {
            SCENE_TOKENS
        }
    }

    /// Early enough for what was said at a forum that day.
    fn is_told_early(&self, dated: Dated, sentence: usize) -> bool {
        self.is_early(sentence)
            || dated.relative && self.sentences_before(sentence) <= TOLD_EARLY_SENTENCES
    }
}

/// How many tokens a forum stands from the nearer end of a date.
const fn apart(dated: Dated, at: usize) -> usize {
    if at < dated.first {
        dated.first - at
    } else {
        (at + 1).saturating_sub(dated.after)
    }
}
