//! What the program says: values on standard output, complaints on standard error.

use std::io::{self, Write};

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use chrono_tz::Tz;

use crate::model::complaint::{Complaint, Severity};

/// Why a call ends with a status other than 0.
#[derive(Debug)]
pub enum Failure {
    /// The work failed (1).
    Work(String),
    /// The call or the config is wrong (2).
    Call(Vec<String>),
    /// Whoever read our output has read enough (`jarshy … | head`): 0, silently.
    ReaderLeft,
}

impl Failure {
    /// The work failed, because.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "an error ends here; `map_err` hands it over"
    )]
    pub fn work(why: impl ToString) -> Self {
        Self::Work(why.to_string())
    }

    /// The call is wrong, because.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "an error ends here; `map_err` hands it over"
    )]
    pub fn call(why: impl ToString) -> Self {
        Self::Call(vec![why.to_string()])
    }

    /// The config, catalogue or templates are wrong.
    pub fn complaints(complaints: &[Complaint]) -> Self {
        Self::Call(complaints.iter().map(ToString::to_string).collect())
    }

    /// The exit status.
    pub const fn status(&self) -> u8 {
        match self {
            Self::Work(_) => 1,
            Self::Call(_) => 2,
            Self::ReaderLeft => 0,
        }
    }

    /// What to print.
    pub fn lines(&self) -> Vec<String> {
        match self {
            Self::Work(why) => vec![format!("error: {why}")],
            Self::Call(lines) => lines.clone(),
            Self::ReaderLeft => Vec::new(),
        }
    }
}

/// One line on standard output.
///
/// # Errors
/// When standard output cannot be written: the call stops there.
pub fn say(line: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}").map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::ReaderLeft,
        _ => Failure::work(format!("standard output: {error}")),
    })
}

/// One line on standard error; there is nowhere left to complain when that fails.
pub fn complain(line: &str) {
    writeln!(io::stderr().lock(), "{line}").ok();
}

/// Prints complaints; whether one of them is an error.
pub fn complain_all(complaints: &[Complaint]) -> bool {
    for complaint in complaints {
        self::complain(&complaint.to_string());
    }
    complaints
        .iter()
        .any(|complaint| complaint.severity == Severity::Error)
}

/// A time as people are told it, in the house zone: `2026-11-23 14:00 +05`.
pub fn moment(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%F %R %Z").to_string()
}

/// A day an operator names; for clap, which says of which option it is.
///
/// # Errors
/// What is expected instead, with an example.
pub fn read_day(word: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(word, "%Y-%m-%d")
        .map_err(|_| "expected a day of the calendar as YYYY-MM-DD, e.g. 2026-11-23".to_owned())
}

/// The day of a time, as people are told it: `2026-11-23 (+05)`.
pub fn day(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%F (%Z)").to_string()
}

/// A time as JSON shows it: RFC 3339 in UTC.
pub fn time(moment: Option<DateTime<Utc>>) -> Option<String> {
    moment.map(|moment| moment.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}
