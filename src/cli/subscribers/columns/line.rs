//! One line of a table as what it says of a subscriber.

use chrono::{DateTime, NaiveDateTime, Utc};

use super::{Columns, HEADER, Origin, plain};
use crate::model::feed::FeedName;
use crate::model::language::Language;
use crate::model::reading::Kind;
use crate::model::region::Region;
use crate::model::schedule::{Rhythm, Schedule};
use crate::model::subscriber::{Grouping, LetterScript, Profile, SubscriberStatus, Tag};
use crate::model::topic::Topic;

/// One line under its columns.
pub(super) struct Line<'a> {
    pub columns: &'a Columns,
    pub fields: &'a [&'a str],
}

impl Line<'_> {
    pub(super) fn value(&self, name: &str) -> String {
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
    pub(super) fn status(&self) -> Result<Option<SubscriberStatus>, String> {
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
    pub(super) fn profile(&self) -> Result<Option<Profile>, String> {
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
                word.parse::<Topic>().map_err(|why| why.to_string())
            })?,
            kinds: self.words("kinds", "a kind", |word| {
                Kind::from_word(word).ok_or_else(|| unlike(word, &Kind::ALL.map(Kind::word)))
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
            profile.grouping = Grouping::from_word(grouping).ok_or_else(|| {
                let known = Grouping::ALL.map(Grouping::word);
                format!("the grouping: {}", unlike(grouping, &known))
            })?;
        }
        Ok(Some(profile.normalised()))
    }

    fn schedule(&self) -> Result<Schedule, String> {
        let [rhythm, hour, zone] = ["rhythm", "hour", "zone"].map(|name| self.value(name));
        let mut schedule = Schedule::default();
        if !rhythm.is_empty() {
            schedule.rhythm = Rhythm::from_word(&rhythm).ok_or_else(|| {
                let known = Rhythm::ALL.map(Rhythm::word);
                format!("the rhythm: {}", unlike(&rhythm, &known))
            })?;
        }
        if !hour.is_empty() {
            let read = hour.parse::<u8>().ok().filter(|hour| *hour < 24);
            schedule.hour = Some(
                read.ok_or_else(|| format!("the hour `{}`: expected 0 to 23", shortened(&hour)))?,
            );
        }
        if !zone.is_empty() {
            let read = zone.parse().map_err(|_| ());
            schedule.zone = Some(read.map_err(|()| {
                format!(
                    "the zone: {}; expected one such as Asia/Almaty",
                    unknown(&zone)
                )
            })?);
        }
        Ok(schedule)
    }

    pub(super) fn tags(&self) -> Result<Vec<Tag>, String> {
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

    /// What stands in one field: an export has spaces between, lists made by hand
    /// commas, semicolons or bars.
    fn words<T>(
        &self,
        name: &str,
        what: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        self.value(name)
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|'))
            .filter(|word| !word.is_empty())
            .map(|word| read(word).map_err(|why| format!("{what}: {why}")))
            .collect()
    }

    pub(super) fn time(&self, name: &str) -> Result<Option<DateTime<Utc>>, String> {
        let text = self.value(name);
        if text.is_empty() {
            return Ok(None);
        }
        let rfc3339 = DateTime::parse_from_rfc3339(&text).map(|at| at.to_utc());
        let plain = || NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S");
        rfc3339
            .or_else(|_| plain().map(|at| at.and_utc()))
            .map(Some)
            .map_err(|_| {
                let text = shortened(&text);
                format!("{name} `{text}`: expected a time such as 2026-11-23T08:15:00Z")
            })
    }
}

fn unknown(word: &str) -> String {
    format!("`{}` is unknown", shortened(word))
}

fn unlike(word: &str, known: &[&str]) -> String {
    format!("{}; expected one of {}", unknown(word), known.join(", "))
}

/// A report's line stays a line.
pub(super) fn shortened(word: &str) -> String {
    const CHARS_MAX: usize = 60;
    word.chars()
        .filter(|c| !c.is_control())
        .take(CHARS_MAX)
        .collect()
}
