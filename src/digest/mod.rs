//! What a digest holds for one profile, and the letter it becomes.
//!
//! Everything is pure: entries, events and today's date come in, a letter goes
//! out; equal profiles get equal letters. Deliberately absent: the timetable
//! and the window (the daemon's), the store, and whatever differs between two
//! copies of one letter (slots stand for it, see `model::digest::slot`).

pub mod choose;
pub mod compose;
pub mod importance;
mod items;
pub mod links;
pub mod mailing;
mod outside;
pub mod since;
mod subject;
mod wrap;

use chrono_tz::Tz;

/// The house as its letters name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterSite {
    /// The public address, without a slash at its end.
    pub url: String,
    /// What the house is called.
    pub name: String,
    /// Where the house has its post; may be empty.
    pub postal: String,
    /// The zone in which an article's day is counted.
    pub zone: Tz,
}

#[cfg(test)]
mod samples;
