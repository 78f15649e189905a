//! What any room may know of language: letters, words, sentences, months, names of cities.
//!
//! Everything is pure and compiled in. Deliberately absent: whatever needs the
//! vocabulary of events or places; that is `understand`'s.

pub mod city;
pub mod cyrillic;
pub mod latin;
pub mod lookup;
pub mod months;
pub mod normalise;
pub mod script;
pub mod search;
pub mod sentences;
pub mod stem;
pub mod tokens;
pub mod wording;
