//! How many days an event lasts, where its text names one and says how many.

use chrono::{NaiveDate, TimeDelta};

use super::super::lexicon::section;
use super::{Choice, Scene};
use crate::text::tokens::Token;

/// The sections that tell a length, and how many days it adds to the first.
const LENGTHS: [(&str, i64); 4] = [
    ("two-days", 1),
    ("three-days", 2),
    ("four-days", 3),
    ("five-days", 4),
];
/// So far around the day's sentence the length is told.
const SENTENCES: usize = 2;
/// "It will end on …" stands so near its day, in tokens.
const BESIDE_TOKENS: usize = 4;
/// An end further away is another event's.
const DAYS_MAX: i64 = 14;

/// Whether the words say how many days something lasts.
pub(super) fn is_length_told(words: &[Token]) -> bool {
    LENGTHS.iter().any(|(length, _)| section(length).any(words))
}

impl Scene<'_> {
    /// The first and the last day: of "a two-day forum" both are known by one.
    pub(super) fn whole_length(&self, choice: &Choice) -> (NaiveDate, Option<NaiveDate>) {
        let Choice {
            dated, sentence, ..
        } = *choice;
        // "In the past Thursday and Friday, 12 and 13 November": one of its days says both.
        let whole = self.dates.iter().find(|other| {
            let here = self.sentence_at(other.first) == Some(sentence);
            here && other.start == dated.start && other.end.is_some()
        });
        if let Some(end) = dated.end.or_else(|| whole?.end) {
            return (dated.start, Some(end));
        }
        let low = sentence.saturating_sub(SENTENCES);
        let near = (0..self.told.title_sentences).chain(low..=sentence + SENTENCES);
        let more = near
            .filter(|index| !self.told.is_clutter(*index))
            .find_map(|index| {
                let words = self.told.words(index);
                let told = LENGTHS
                    .iter()
                    .find(|(length, _)| section(length).any(words));
                told.map(|(_, more)| (index, TimeDelta::days(*more)))
            });
        let Some((told_at, more)) = more else {
            return (dated.start, self.last_day(choice));
        };
        // The day it ended on is the last.
        let ended = |at: usize| section("ended").any(self.told.words(at));
        let is_last = dated.start == self.published && ended(told_at);
        if choice.past && (ended(sentence) || is_last) {
            let first = dated.start.checked_sub_signed(more);
            first.map_or((dated.start, None), |first| (first, Some(dated.start)))
        } else {
            (dated.start, dated.start.checked_add_signed(more))
        }
    }

    /// "It will end on Sunday", "продлится до 29 марта".
    fn last_day(&self, choice: &Choice) -> Option<NaiveDate> {
        let near = choice.sentence.saturating_sub(SENTENCES)..=choice.sentence + SENTENCES;
        let days = self.dates.iter().filter_map(|other| {
            let mut day = other.start;
            // A bare weekday is the next one after the first day, however far that is.
            let before = (choice.dated.start - day).num_days();
            if other.guessed && before > 0 {
                let weeks = before.div_euclid(7) + i64::from(before % 7 > 0);
                day = day.checked_add_signed(TimeDelta::weeks(weeks))?;
            }
            let ahead = (day - choice.dated.start).num_days();
            (other.end.is_none() && (1..=DAYS_MAX).contains(&ahead)).then_some((other, day))
        });
        days.filter(|(other, _)| {
            let Some(sentence) = self.sentence_at(other.first).filter(|at| near.contains(at))
            else {
                return false;
            };
            let (words, at) = self.around(other.first, sentence);
            let ends = section("will-end").nearest(words, at);
            ends.is_some_and(|distance| distance <= BESIDE_TOKENS)
                && !section("deadline").any(self.told.words(sentence))
                && !self.told.is_clutter(sentence)
        })
        .map(|(_, day)| day)
        .next()
    }
}
