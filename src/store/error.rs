//! What can go wrong with the store, said to an operator: what, where, what to do.

use std::path::PathBuf;

/// Why the store could not do something.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(
        "the store's address `{url}` cannot be used: {why}; expected sqlite://path/to/file.db or postgres://user@host/database"
    )]
    BadUrl { url: String, why: String },
    #[error(
        "the folder {} for the database could not be made: {source}; make it writable for the user jarshy runs as, or set another store.url",
        path.display()
    )]
    Folder {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error(
        "the database {} could not be written: {source}; make it and its folder writable for the user jarshy runs as, or set another store.url",
        path.display()
    )]
    Unwritable {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("the database {place} could not be opened: {source}; {advice}")]
    Open {
        place: String,
        advice: &'static str,
        source: Box<sqlx::Error>,
    },
    #[error(
        "the database {place} was written by a newer jarshy (its schema has step {found}, this program knows {known}); run that version, or restore the backup made before the upgrade"
    )]
    NewerSchema {
        place: String,
        found: i64,
        known: usize,
    },
    #[error(
        "the schema of {place} could not be brought up to date: {source}; the database is as it was: mend what the message says and start again"
    )]
    Migrate {
        place: String,
        source: Box<sqlx::migrate::MigrateError>,
    },
    #[error("the store failed while {doing}: {source}")]
    Query {
        doing: &'static str,
        source: Box<sqlx::Error>,
    },
    #[error(
        "the store had failed while {doing}, and nothing of it was kept; see the error before this one"
    )]
    Undone { doing: &'static str },
    #[error(
        "the store holds something this program cannot read: {what} is `{value}`; it was changed by hand or by another version: restore it from a backup"
    )]
    Corrupt { what: &'static str, value: String },
    #[error(
        "the digest window ending at {until} was not sealed: articles may still be added to it; call Store::seal before reading its entries"
    )]
    NotSealed { until: String },
}

impl StoreError {
    /// A stored value that does not read back.
    pub(super) fn corrupt(what: &'static str, value: impl std::fmt::Display) -> Self {
        /// Enough to recognise it; stored texts can be long.
        const SHOWN_CHARS: usize = 80;
        Self::Corrupt {
            what,
            value: value.to_string().chars().take(SHOWN_CHARS).collect(),
        }
    }
}
