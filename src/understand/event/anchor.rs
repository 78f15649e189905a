//! Whether the sentence of a date speaks of a forum that is held then, and how surely:
//! it names one, goes on about one, or is a poster's line.

use super::super::lexicon::section;
use super::clock_time::first_time;
use super::dates::Dated;
use super::forum::Forum;
use super::held::{Held, past_participle};
use super::weigh::{
    BESIDE_TOKENS, CLAUSE_TOKENS, LABELLED, Note, SCENE_DAYS_MAX, TOLD_EARLY_SENTENCES,
};
use super::{NEAR_TOKENS, Scene};
use crate::text::tokens::Token;

/// A day so near a forum that is only a scene is that forum's.
const SCENE_TOKENS: usize = 10;
/// In Kazakh the forum's whole name stands between.
const SCENE_TOKENS_KAZAKH: usize = 16;
/// A line "Date: …" tells of the forum named so many sentences around.
const LABEL_SENTENCES: usize = 6;
/// A line that says no more than when has so many words beside its date.
const LINE_WORDS_MAX: usize = 2;

impl Scene<'_> {
    /// How surely the sentence speaks of a forum that is held; `None`: it doesn't.
    pub(super) fn anchor(&self, words: &[Token], sentence: usize, held: bool) -> Option<Note> {
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
        let label = is_labelled(words);
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
    pub(super) fn scene_anchor(&self, dated: Dated, sentence: usize) -> Option<Note> {
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
    pub(super) fn is_told_early(&self, dated: Dated, sentence: usize) -> bool {
        self.is_early(sentence)
            || dated.relative && self.sentences_before(sentence) <= TOLD_EARLY_SENTENCES
    }
}

/// "Date: …", "Күні – …": a label that tells when, and its mark.
fn is_labelled(words: &[Token]) -> bool {
    words.iter().enumerate().any(|(at, word)| {
        (word.is_mark(':') || word.is_dash() && word.spaced)
            && at > 0
            && section("label").means(&words[at - 1])
    })
}

/// How many tokens a forum stands from the nearer end of a date.
const fn apart(dated: Dated, at: usize) -> usize {
    if at < dated.first {
        dated.first - at
    } else {
        (at + 1).saturating_sub(dated.after)
    }
}
