//! Jarshy (Жаршы, the town crier): gathers news of forums in Kazakhstan,
//! publishes it as feeds and calendars, and mails a digest.
//!
//! The order of the modules is the direction of the road: a module uses only
//! those above it, within the permissions ARCHITECTURE.md lists and
//! `tests/it/architecture.rs` holds.

// Sorted by the road, not by the alphabet: blank lines keep rustfmt from it.
pub mod model;

pub mod text;

pub mod clock;

pub mod catalog;

pub mod gather;

pub mod understand;

pub mod store;

pub mod publish;

pub mod template;

pub mod digest;

pub mod deliver;

pub mod serve;

pub mod daemon;

pub mod config;

pub mod cli;
