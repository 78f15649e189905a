//! The hour an event opens: said beside its date, in another sentence that
//! names the same day, or in one that tells when it begins.

use std::ops::Range;

use chrono::Datelike;

use super::super::lexicon::section;
use super::super::told::Told;
use super::clock_time::{Hours, first_time};
use super::dates::Dated;
use super::forum::Forum;
use crate::text::tokens::Token;

/// How many sentences after its date a text may still tell the hour.
const SENTENCES_AFTER_MAX: usize = 12;

/// The sentences that name the day of `day`, in order.
pub(super) fn sentences_of_day(told: &Told, dates: &[Dated], day: Dated) -> Vec<usize> {
    let same_day = |other: &Dated| (other.start, other.end) == (day.start, day.end);
    let mut named: Vec<usize> = dates
        .iter()
        .filter(|other| same_day(other))
        .filter_map(|other| sentence_at(told, other.first))
        .collect();
    named.dedup();
    named
}

/// The hour of the event whose day stands as `day` in `sentence`.
pub(super) fn opening(
    told: &Told,
    dates: &[Dated],
    forums: &[Forum],
    day: Dated,
    sentence: usize,
) -> Option<Hours> {
    let within = &told.sentences[sentence].tokens;
    hour(told, day.after.min(within.end)..within.end)
        .or_else(|| hour(told, within.start..day.first))
        .or_else(|| {
            sentences_of_day(told, dates, day)
                .into_iter()
                .find_map(|named| hour(told, told.sentences[named].tokens.clone()))
        })
        .or_else(|| told_later(told, dates, forums, day, sentence))
}

/// The hour in the sentences after the day's: in the next one, or in one that
/// speaks of the forum or of beginning. Another day in between ends the search.
fn told_later(
    told: &Told,
    dates: &[Dated],
    forums: &[Forum],
    day: Dated,
    sentence: usize,
) -> Option<Hours> {
    let from = sentences_of_day(told, dates, day)
        .into_iter()
        .max()
        .unwrap_or(sentence)
        .max(sentence);
    let until = (from + 1 + SENTENCES_AFTER_MAX).min(told.sentences.len());
    for index in from + 1..until {
        let within = told.sentences[index].tokens.clone();
        // "The session starts at 9:30 on Thursday": of the forum's own weekday.
        let is_its_weekday = |other: &Dated| {
            other.relative && other.end.is_none() && other.start.weekday() == day.start.weekday()
        };
        let other_day = |other: &Dated| {
            within.contains(&other.first) && other.start != day.start && !is_its_weekday(other)
        };
        if dates.iter().any(other_day) {
            return None;
        }
        let words = told.words(index);
        let of_forum = forums
            .iter()
            .any(|forum| forum.sentence == index && !forum.scene);
        let labelled = words
            .first()
            .is_some_and(|word| section("label").has(&word.folded));
        let speaks = index == from + 1 || of_forum || labelled || section("begins").any(words);
        let found = if section("past").any(words) {
            hour_of_beginning(told, within)
        } else {
            hour(told, within)
        };
        if let Some(time) = found.filter(|_| speaks) {
            return Some(time);
        }
    }
    None
}

/// The first hour in `range` that is no deadline's or registration's.
fn hour(told: &Told, range: Range<usize>) -> Option<Hours> {
    clauses(told.tokens.get(range)?)
        .into_iter()
        .filter(|clause| !section("deadline").any(clause) && !section("other-hour").any(clause))
        .find_map(first_time)
}

/// "As the deputy mayor said, the session begins at 10:00": the hour in a clause
/// that tells of beginning, whatever the others tell.
fn hour_of_beginning(told: &Told, range: Range<usize>) -> Option<Hours> {
    clauses(told.tokens.get(range)?)
        .into_iter()
        .filter(|clause| section("begins").any(clause) && !section("past").any(clause))
        .find_map(first_time)
}

/// The clauses of a sentence, which may be two: "at 3 p.m. Registration is open."
fn clauses(tokens: &[Token]) -> Vec<&[Token]> {
    let word = |at: Option<usize>| {
        let token = at.and_then(|at| tokens.get(at));
        token.map_or("", |token| token.folded.as_str())
    };
    let ends = |at: &usize| {
        let token = &tokens[*at];
        let meridiem = word(at.checked_sub(1)) == "m"
            && matches!(word(at.checked_sub(3)), "a" | "p")
            && tokens
                .get(at + 1)
                .is_some_and(|next| next.capital && next.spaced);
        token.is_mark(',') || token.is_mark(';') || token.is_mark('.') && meridiem
    };
    let mut first = 0;
    let mut clauses = Vec::new();
    for end in (0..tokens.len()).filter(ends) {
        clauses.push(&tokens[first..end]);
        first = end + 1;
    }
    clauses.push(&tokens[first..]);
    clauses
}

fn sentence_at(told: &Told, token: usize) -> Option<usize> {
    told.sentences
        .iter()
        .position(|sentence| sentence.tokens.contains(&token))
}
