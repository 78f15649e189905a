//! Subscribers as lines of a table: what is written, and what is understood of
//! the tables of others. Pure.
//!
//! A field that a spreadsheet would take for a formula is written with an
//! apostrophe before it, and so is one that begins with an apostrophe itself:
//! reading takes one away, and gives back exactly what was written.

mod line;

use chrono::{DateTime, Utc};

use self::line::{Line, shortened};
use super::super::output::time;
use crate::model::subscriber::{EmailAddress, Subscriber, SubscriberStatus, Tag};
use crate::store::Import;

/// The columns of an export.
pub(super) const HEADER: [&str; 18] = [
    "address",
    "status",
    "language",
    "feeds",
    "regions",
    "script",
    "kinds",
    "languages",
    "grouping",
    "rhythm",
    "hour",
    "zone",
    "tags",
    "requested_at",
    "confirmed_at",
    "unsubscribed_at",
    "paused_until",
    "topics",
];
/// The columns of a list without a header: the first so many of [`HEADER`].
const WITHOUT_HEADER: usize = 5;
/// What spreadsheets begin a formula with.
const FORMULA: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\''];

/// Whose table it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// Our own export, or a list made by hand.
    Own,
    Listmonk,
    Mailchimp,
}

impl Origin {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Own => "jarshy",
            Self::Listmonk => "listmonk",
            Self::Mailchimp => "mailchimp",
        }
    }
}

/// Which column means what.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    pub(super) origin: Origin,
    /// A name of [`HEADER`], or one of the foreign ones below.
    names: Vec<String>,
    /// Whether the first line was the header.
    pub(super) has_header: bool,
}

impl Columns {
    /// Reads the first line of a file.
    pub(super) fn of_first_line(fields: &[&str]) -> Result<Self, String> {
        let first = fields.first().copied().unwrap_or_default();
        if first.contains('@') {
            return Ok(Self {
                origin: Origin::Own,
                names: HEADER[..WITHOUT_HEADER]
                    .iter()
                    .map(|name| (*name).to_owned())
                    .collect(),
                has_header: false,
            });
        }
        let names: Vec<String> = fields.iter().map(|field| canonical(field)).collect();
        let has = |name: &str| names.iter().any(|known| known == name);
        if !has("address") {
            return Err(
                "no column for the address; expected address, email or Email Address".to_owned(),
            );
        }
        let original = |name: &str| {
            fields
                .iter()
                .any(|field| field.trim().eq_ignore_ascii_case(name))
        };
        let origin = if original("email") && (original("uuid") || original("attributes")) {
            Origin::Listmonk
        } else if original("email address") {
            Origin::Mailchimp
        } else {
            Origin::Own
        };
        // A list that says who stands where is meant for us, and a column we
        // don't know is a mistake; of any other list the address is taken.
        let ours = origin == Origin::Own && has("status");
        let strange = names
            .iter()
            .find(|name| ours && !HEADER.contains(&name.as_str()));
        match strange {
            Some(name) => Err(format!(
                "the column `{name}` is unknown; expected some of {}",
                HEADER.join(",")
            )),
            None => Ok(Self {
                origin,
                names,
                has_header: true,
            }),
        }
    }

    /// Reads a line. `confirmed`: who is not said to be otherwise has confirmed.
    pub(super) fn read(
        &self,
        fields: &[&str],
        confirmed: bool,
        tags: &[Tag],
    ) -> Result<Import, String> {
        if let Some(more) = fields.get(self.names.len()..).and_then(<[&str]>::first) {
            return Err(format!("`{}` is one column too many", shortened(more)));
        }
        let line = Line {
            columns: self,
            fields,
        };
        let address = line.value("address");
        let address: EmailAddress = address
            .parse()
            .map_err(|why| format!("the address: {why}"))?;
        let said = line.status()?;
        let status = match said {
            Some(SubscriberStatus::Pending) => SubscriberStatus::Pending,
            Some(SubscriberStatus::Unsubscribed) => SubscriberStatus::Unsubscribed,
            _ if confirmed => SubscriberStatus::Confirmed,
            _ => SubscriberStatus::Pending,
        };
        let is_believed = Some(status) == said || status == SubscriberStatus::Confirmed;
        let mut import = Import::new(address, status, line.profile()?);
        import.tags = line.tags()?;
        import.tags.extend(tags.iter().cloned());
        import.requested_at = line.time("requested_at")?;
        import.confirmed_at = line.time("confirmed_at")?.filter(|_| is_believed);
        import.unsubscribed_at = line.time("unsubscribed_at")?;
        import.paused_until = line.time("paused_until")?;
        Ok(import)
    }
}

/// Our name of a column others name in their way.
fn canonical(field: &str) -> String {
    let name = field.trim().to_lowercase();
    match name.as_str() {
        "email" | "e-mail" | "mail" | "email address" => "address",
        "created_at" | "optin_time" => "requested_at",
        "confirm_time" => "confirmed_at",
        "unsub_time" | "clean_time" => "unsubscribed_at",
        other => other,
    }
    .to_owned()
}

/// A subscriber under [`HEADER`].
pub(super) fn row(one: &Subscriber) -> [String; 18] {
    let joined = |words: &mut dyn Iterator<Item = String>| {
        let words: Vec<String> = words.collect();
        words.join(" ")
    };
    let owned = |word: &str| word.to_owned();
    let profile = &one.profile;
    let schedule = profile.schedule;
    let at = |moment: Option<DateTime<Utc>>| time(moment).unwrap_or_default();
    [
        owned(one.address.as_str()),
        owned(one.status.word()),
        owned(profile.tongue.tag()),
        joined(&mut profile.feeds.iter().map(|feed| owned(feed.as_str()))),
        joined(&mut profile.regions.iter().map(|region| region.code())),
        owned(profile.script.word()),
        joined(&mut profile.kinds.iter().map(|kind| owned(kind.word()))),
        joined(&mut profile.languages.iter().map(|one| owned(one.tag()))),
        owned(profile.grouping.word()),
        owned(schedule.rhythm.word()),
        schedule
            .hour
            .map_or_else(String::new, |hour| hour.to_string()),
        schedule
            .zone
            .map_or_else(String::new, |zone| owned(zone.name())),
        joined(&mut one.tags.iter().map(|tag| owned(tag.as_str()))),
        at(Some(one.requested_at)),
        at(one.confirmed_at),
        at(one.unsubscribed_at),
        at(one.paused_until),
        joined(&mut profile.topics.iter().map(|one| owned(one.word()))),
    ]
    .map(defused)
}

/// No spreadsheet runs it.
fn defused(field: String) -> String {
    if field.starts_with(FORMULA) {
        format!("'{field}")
    } else {
        field
    }
}

/// Reads [`defused`].
fn plain(field: &str) -> &str {
    match field.strip_prefix('\'') {
        Some(rest) if rest.starts_with(FORMULA) => rest,
        _ => field,
    }
}

#[cfg(test)]
mod tests;
