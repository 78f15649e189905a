//! Subscribers as lines of a table: what is written, and what is understood of
//! the tables of others. Pure.
//!
//! A field that a spreadsheet would take for a formula is written with an
//! apostrophe before it, and so is one that begins with an apostrophe itself:
//! reading takes one away, and gives back exactly what was written.

use chrono::{DateTime, NaiveDateTime, Utc};

use super::super::output::time;
use crate::model::feed::FeedName;
use crate::model::language::Language;
use crate::model::reading::Kind;
use crate::model::region::Region;
use crate::model::schedule::{Rhythm, Schedule};
use crate::model::subscriber::{
    EmailAddress, Grouping, LetterScript, Profile, Subscriber, SubscriberStatus, Tag,
};
use crate::model::topic::Topic;
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

/// One line under its columns.
struct Line<'a> {
    columns: &'a Columns,
    fields: &'a [&'a str],
}

impl Line<'_> {
    fn value(&self, name: &str) -> String {
        let at = self.columns.names.iter().position(|known| known == name);
        let field = at.and_then(|at| self.fields.get(at)).copied();
        let field = field.unwrap_or_default();
        if self.columns.origin == Origin::Own {
            plain(field).trim().to_owned()
        } else {
            field.trim().to_owned()
        }
    }

    fn has_column(&self, name: &str) -> bool {
        self.columns.names.iter().any(|known| known == name)
    }

    /// `None`: the line does not say.
    fn status(&self) -> Result<Option<SubscriberStatus>, String> {
        let word = self.value("status").to_lowercase();
        let foreign = match (self.columns.origin, word.as_str()) {
            (Origin::Listmonk, "enabled") => Some(SubscriberStatus::Confirmed),
            (Origin::Listmonk, "disabled" | "blocklisted") => Some(SubscriberStatus::Unsubscribed),
            // Mailchimp has a file for each standing, told apart by its columns.
            (Origin::Mailchimp, _) if !self.value("unsubscribed_at").is_empty() => {
                Some(SubscriberStatus::Unsubscribed)
            }
            _ => None,
        };
        if foreign.is_some() || word.is_empty() || self.columns.origin == Origin::Mailchimp {
            return Ok(foreign);
        }
        SubscriberStatus::from_word(&word).map(Some).ok_or_else(|| {
            let word = shortened(&word);
            format!("the status `{word}`: expected pending, confirmed or unsubscribed")
        })
    }

    /// `None`: the table has no wishes.
    fn profile(&self) -> Result<Option<Profile>, String> {
        if self.columns.origin != Origin::Own {
            let tongue = self.value("language").to_lowercase();
            return Ok(tongue.parse().ok().map(|tongue| Profile {
                tongue,
                ..Profile::default()
            }));
        }
        let wishes = HEADER[2..12].iter().chain(&HEADER[17..]);
        if !wishes.into_iter().any(|name| self.has_column(name)) {
            return Ok(None);
        }
        let mut profile = Profile {
            feeds: self.words("feeds", "a feed", |word| {
                word.parse::<FeedName>().map_err(|why| why.to_string())
            })?,
            regions: self.words("regions", "a region", |word| {
                word.parse::<Region>().map_err(|why| why.to_string())
            })?,
            topics: self.words("topics", "a topic", |word| {
                word.parse::<Topic>().map_err(|_| unknown(word))
            })?,
            kinds: self.words("kinds", "a kind", |word| {
                Kind::from_word(word).ok_or_else(|| unknown(word))
            })?,
            languages: self.words("languages", "a language", |word| {
                word.parse::<Language>().map_err(|why| why.to_string())
            })?,
            schedule: self.schedule()?,
            ..Profile::default()
        };
        let choices = ["language", "script", "grouping"].map(|name| self.value(name));
        let [language, script, grouping] = &choices;
        if !language.is_empty() {
            profile.tongue = language
                .parse()
                .map_err(|why| format!("the language: {why}"))?;
        }
        if !script.is_empty() {
            profile.script = LetterScript::from_word(script)
                .ok_or_else(|| format!("the script: {}", unknown(script)))?;
        }
        if !grouping.is_empty() {
            profile.grouping = Grouping::from_word(grouping)
                .ok_or_else(|| format!("the grouping: {}", unknown(grouping)))?;
        }
        Ok(Some(profile.normalised()))
    }

    fn schedule(&self) -> Result<Schedule, String> {
        let [rhythm, hour, zone] = ["rhythm", "hour", "zone"].map(|name| self.value(name));
        let mut schedule = Schedule::default();
        if !rhythm.is_empty() {
            schedule.rhythm = Rhythm::from_word(&rhythm)
                .ok_or_else(|| format!("the rhythm: {}", unknown(&rhythm)))?;
        }
        if !hour.is_empty() {
            let read = hour.parse::<u8>().ok().filter(|hour| *hour < 24);
            schedule.hour = Some(read.ok_or_else(|| format!("the hour: {}", unknown(&hour)))?);
        }
        if !zone.is_empty() {
            let read = zone.parse().map_err(|_| ());
            schedule.zone = Some(read.map_err(|()| format!("the zone: {}", unknown(&zone)))?);
        }
        Ok(schedule)
    }

    fn tags(&self) -> Result<Vec<Tag>, String> {
        if self.columns.origin == Origin::Own {
            return self.words("tags", "a tag", |word| {
                word.parse::<Tag>().map_err(|why| why.to_string())
            });
        }
        // Others allow any words: what is no letter or digit becomes a hyphen.
        let fit = |tag: &str| {
            let fit = |c: char| if c.is_alphanumeric() { c } else { '-' };
            let fitting: String = tag.trim().chars().map(fit).take(Tag::CHARS_MAX).collect();
            fitting.trim_matches('-').parse::<Tag>().ok()
        };
        Ok(self
            .value("tags")
            .split([',', '"', '[', ']'])
            .filter_map(fit)
            .collect())
    }

    fn words<T>(
        &self,
        name: &str,
        what: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        self.value(name)
            .split_whitespace()
            .map(|word| read(word).map_err(|why| format!("{what}: {why}")))
            .collect()
    }

    fn time(&self, name: &str) -> Result<Option<DateTime<Utc>>, String> {
        let text = self.value(name);
        if text.is_empty() {
            return Ok(None);
        }
        let rfc3339 = DateTime::parse_from_rfc3339(&text).map(|at| at.to_utc());
        let plain = || NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S");
        rfc3339
            .or_else(|_| plain().map(|at| at.and_utc()))
            .map(Some)
            .map_err(|_| format!("{name}: {}", unknown(&text)))
    }
}

fn unknown(word: &str) -> String {
    format!("`{}` is unknown", shortened(word))
}

/// A report's line stays a line.
fn shortened(word: &str) -> String {
    const CHARS_MAX: usize = 60;
    word.chars()
        .filter(|c| !c.is_control())
        .take(CHARS_MAX)
        .collect()
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
#[path = "columns_tests.rs"]
mod tests;
