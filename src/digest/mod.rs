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
pub mod share;
pub mod since;
mod subject;
mod wrap;

#[cfg(test)]
mod samples;
