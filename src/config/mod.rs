//! The config: one file and the environment, read into each stage's own options.
//!
//! Raw and checked are two types ([`raw::RawConfig`] and [`Config`]): what the
//! operator wrote, and what cannot be wrong any more. Deliberately absent: a
//! global; whoever needs a value is handed it.

mod bounces;
mod doctor;
mod environment;
mod gather;
mod log;
pub mod mail;
mod raw;
mod sending;
mod subscribe;
mod variables;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use chrono_tz::Tz;
use serde::Deserialize;
use toml::Table;
use url::Url;

use crate::model::bounce::{HookSecrets, SoftPolicy};
use crate::model::complaint::{Complaint, Position, Severity};
use crate::model::digest::DigestPlan;
use crate::model::feed::FeedName;
use crate::model::language::Trilingual;
use crate::model::sending::{DomainLimits, RelayPlan, SendWindow, WarmUp};
use crate::model::subscriber::EmailAddress;
pub use bounces::BouncePlaces;
pub use doctor::Doctor;
pub use gather::GatherPace;
use mail::{Dkim, MailAddresses};
use raw::{RawConfig, RawDigest};
pub use subscribe::Subscribe;

/// Sources asked at the same time, at the most.
pub const GATHER_PARALLEL_MAX: usize = 256;
/// Stories in one letter, at the most: mailbox providers clip longer letters.
pub const STORIES_MAX: usize = 100;
/// How far ahead a digest may look, in days.
pub const DAYS_AHEAD_MAX: u32 = 365;

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// Everything an operator decides, checked.
#[derive(Debug, Clone)]
pub struct Config {
    pub house_name: String,
    /// In letters' footers; may be empty.
    pub house_postal: String,
    pub zone: Tz,
    pub catalog_dir: PathBuf,
    pub store_url: String,
    pub gather_parallel: usize,
    pub gather_pace: GatherPace,
    pub gather_contact: String,
    pub allow_private: Vec<String>,
    /// Hubs may push to us.
    pub gather_push: bool,
    pub listen: SocketAddr,
    /// Without a slash at the end.
    pub site_url: Url,
    /// It was given, and not made of where to listen.
    pub site_is_public: bool,
    pub subscribe: Subscribe,
    pub bounce_places: BouncePlaces,
    pub soft_policy: SoftPolicy,
    pub hooks: HookSecrets,
    pub outbox: PathBuf,
    pub from: EmailAddress,
    /// Where letters leave: `mail.smtp` and each `[[mail.relay]]`; none: the outbox.
    pub relays: Vec<RelayPlan>,
    pub domain_limits: DomainLimits,
    pub sending_hours: Option<SendWindow>,
    pub warm_up: Option<WarmUp>,
    pub mail_addresses: MailAddresses,
    /// Whether openings of digests' links are counted.
    pub link_counts: bool,
    pub dkim: Dkim,
    pub templates_dir: Option<PathBuf>,
    pub log_filter: String,
    pub log_format: LogFormat,
    pub digests: Vec<DigestPlan>,
    pub doctor: Doctor,
    /// What nothing is wrong with, and is likely not what was meant.
    pub warnings: Vec<Complaint>,
    /// Kept to say where a key stands when a later room refuses its value.
    pub file: ConfigFile,
}

/// The file the config came from.
#[derive(Debug, Clone)]
pub struct ConfigFile {
    path: PathBuf,
    text: String,
    /// Keys that came from the environment, and the variable.
    variables: Vec<(String, String)>,
}

impl ConfigFile {
    /// A complaint about the value at `key` (e.g. `serve.listen`, `digest.0.timetable`).
    pub fn complain(&self, key: &str, message: impl Into<String>) -> Complaint {
        if let Some((_, variable)) = self.variables.iter().find(|(of, _)| of == key) {
            return Complaint::error(variable, message);
        }
        let complaint = Complaint::error(self.path.display().to_string(), message).about(key);
        match self.position(key) {
            Some(position) => complaint.at(position),
            None => complaint,
        }
    }

    fn position(&self, key: &str) -> Option<Position> {
        let document = toml::de::DeTable::parse(&self.text).ok()?;
        let mut parts = key.split('.');
        let mut value = document.get_ref().get(parts.next()?)?;
        for part in parts {
            value = match value.get_ref() {
                toml::de::DeValue::Table(table) => table.get(part)?,
                toml::de::DeValue::Array(array) => array.get(part.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        Some(Position::of_offset(&self.text, value.span().start))
    }
}

/// Reads the file at `path` and lays the environment's settings over it.
///
/// # Errors
/// Everything found wrong, not only the first.
pub fn load(
    path: &Path,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Config, Vec<Complaint>> {
    let place = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        vec![Complaint::error(
            &place,
            format!("the config file cannot be read ({error}); name another with --config FILE"),
        )]
    })?;
    let table = parse(&place, &text)?;
    let variables: Vec<(String, String)> = variables.into_iter().collect();
    let warnings = variables::without_effect(variables.iter().map(|(name, _)| name.as_str()));
    let (settings, mut complaints) = environment::overrides(variables);
    let mut table = table;
    let mut from_environment = Vec::new();
    for setting in &settings {
        match environment::lay_over(&mut table, setting) {
            Ok(()) => from_environment.push((
                format!("{}.{}", setting.section, setting.key.replace("__", ".")),
                setting.variable.clone(),
            )),
            Err(complaint) => complaints.push(complaint),
        }
    }
    let file = ConfigFile {
        path: path.to_owned(),
        text,
        variables: from_environment,
    };
    match RawConfig::deserialize(table) {
        Ok(raw) => match check(raw, file, &mut complaints) {
            Some(config) if !complaints.iter().any(|c| c.severity == Severity::Error) => {
                Ok(Config { warnings, ..config })
            }
            _ => Err(complaints),
        },
        Err(error) => {
            complaints.push(Complaint::error(place, error.message()));
            Err(complaints)
        }
    }
}

/// The file's text as a table that has the right shape, or where it has not.
fn parse(place: &str, text: &str) -> Result<Table, Vec<Complaint>> {
    let complain = |error: &toml::de::Error| {
        let complaint = Complaint::error(place, with_suggestion(error.message()));
        vec![match error.span() {
            Some(span) => complaint.at(Position::of_offset(text, span.start)),
            None => complaint,
        }]
    };
    toml::from_str::<RawConfig>(text).map_err(|error| complain(&error))?;
    text.parse::<Table>().map_err(|error| complain(&error))
}

/// Serde lists what it expected; the nearest of it is most likely what was meant.
fn with_suggestion(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let Some(found) = quoted
        .next()
        .filter(|_| message.starts_with("unknown field"))
    else {
        return message.to_owned();
    };
    quoted
        .map(|known| (strsim::jaro_winkler(found, known), known))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map_or_else(
            || message.to_owned(),
            |(_, known)| format!("{message}; did you mean `{known}`?"),
        )
}

/// What a key says, unless it is empty.
fn given(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// Checks every value; `None` when one that nothing can do without is wrong.
fn check(raw: RawConfig, file: ConfigFile, complaints: &mut Vec<Complaint>) -> Option<Config> {
    let mut note = |key: &str, message: String| complaints.push(file.complain(key, message));
    let zone = raw.house.zone.parse::<Tz>().map_err(|_| {
        let expected = "is no time zone; expected an IANA name such as Asia/Almaty";
        note("house.zone", format!("`{}` {expected}", raw.house.zone));
    });
    let listen = raw.serve.listen.parse::<SocketAddr>().map_err(|_| {
        let expected =
            "is no address to listen on; expected one such as 127.0.0.1:8080 or [::]:8080";
        note("serve.listen", format!("`{}` {expected}", raw.serve.listen));
    });
    let site_text = if raw.serve.url.is_empty() {
        format!("http://{}", raw.serve.listen)
    } else {
        raw.serve.url.clone()
    };
    let site_url = public_url(&site_text).map_err(|why| note("serve.url", why));
    let from = raw.mail.from.parse::<EmailAddress>().map_err(|why| {
        note("mail.from", format!("`{}`: {why}", raw.mail.from));
    });
    let mail_addresses = mail::check_addresses(&raw.mail, &mut note);
    mail::check_link_counts(&raw.mail, site_url.as_ref().ok(), &mut note);
    let dkim = mail::check_dkim(&raw.mail, from.as_ref().ok(), &mut note);
    let doctor = doctor::check(&raw.doctor, &mut note);
    check_limits(&raw, &mut note);
    let soft_policy = bounces::check(&raw.mail.bounces, &mut note);
    let bounce_places = bounces::places(&raw.mail, &mut note);
    let hooks = bounces::hook_secrets(&raw.hooks, &mut note);
    let subscribe = subscribe::check(&raw.subscribe, &mut note);
    let sending = sending::check(&raw.mail, &mut note);
    let log_format = log::check(&raw.log, &mut note);
    let digests = check_digests(&raw.digest, &mut note);
    Some(Config {
        house_name: raw.house.name,
        house_postal: raw.house.postal,
        zone: zone.ok()?,
        catalog_dir: raw.catalog.dir.into(),
        store_url: raw.store.url,
        gather_parallel: raw.gather.parallel,
        gather_pace: gather::check(&raw.gather, &mut note),
        gather_contact: raw.gather.contact,
        allow_private: raw.gather.allow_private,
        gather_push: raw.gather.push,
        listen: listen.ok()?,
        site_url: site_url.ok()?,
        site_is_public: !raw.serve.url.is_empty(),
        subscribe,
        bounce_places,
        soft_policy,
        hooks,
        outbox: raw.mail.outbox.into(),
        from: from.ok()?,
        relays: sending.relays,
        domain_limits: sending.domain_limits,
        sending_hours: sending.hours,
        warm_up: sending.warm_up,
        mail_addresses,
        link_counts: raw.mail.link_counts,
        dkim,
        templates_dir: given(&raw.templates.dir).map(PathBuf::from),
        log_filter: raw.log.filter,
        log_format: log_format?,
        digests,
        doctor,
        warnings: Vec::new(),
        file,
    })
}

fn check_limits(raw: &RawConfig, note: &mut impl FnMut(&str, String)) {
    let known_store = ["sqlite://", "postgres://", "postgresql://"];
    if !known_store
        .iter()
        .any(|scheme| raw.store.url.starts_with(scheme))
    {
        // The URL itself may hold a password.
        note(
            "store.url",
            "expected sqlite://PATH or postgres://USER:PASSWORD@HOST/DATABASE".to_owned(),
        );
    }
    if raw.house.name.trim().is_empty() || raw.house.name.chars().any(char::is_control) {
        note(
            "house.name",
            "expected a name on one line, as readers shall see it".to_owned(),
        );
    }
    if !(1..=GATHER_PARALLEL_MAX).contains(&raw.gather.parallel) {
        note(
            "gather.parallel",
            format!(
                "{}: expected 1 to {GATHER_PARALLEL_MAX}",
                raw.gather.parallel
            ),
        );
    }
}

fn check_digests(raw: &[RawDigest], note: &mut impl FnMut(&str, String)) -> Vec<DigestPlan> {
    let mut plans: Vec<DigestPlan> = Vec::new();
    for (index, digest) in raw.iter().enumerate() {
        let key = |name: &str| format!("digest.{index}.{name}");
        let Ok(name) = digest
            .name
            .parse::<FeedName>()
            .map_err(|why| note(&key("name"), why.to_string()))
        else {
            continue;
        };
        if plans.iter().any(|plan| plan.name == name) {
            note(&key("name"), format!("two digests are named `{name}`"));
        }
        if !(1..=STORIES_MAX).contains(&digest.stories_max) {
            note(
                &key("stories_max"),
                format!("{}: expected 1 to {STORIES_MAX}", digest.stories_max),
            );
        }
        if !(1..=DAYS_AHEAD_MAX).contains(&digest.days_ahead) {
            note(
                &key("days_ahead"),
                format!("{}: expected 1 to {DAYS_AHEAD_MAX}", digest.days_ahead),
            );
        }
        let mut feeds = Vec::new();
        for (at, feed) in digest.feeds.iter().enumerate() {
            match feed.parse::<FeedName>() {
                Ok(feed) => feeds.push(feed),
                Err(why) => note(&format!("digest.{index}.feeds.{at}"), why.to_string()),
            }
        }
        plans.push(DigestPlan {
            name,
            title: Trilingual {
                kk: digest.title.kk.clone(),
                ru: digest.title.ru.clone(),
                en: digest.title.en.clone(),
            },
            timetable: digest.timetable.clone(),
            feeds,
            stories_max: digest.stories_max,
            days_ahead: digest.days_ahead,
            send_empty: digest.send_empty,
        });
    }
    plans
}

/// An http(s) address readers can be sent to.
fn public_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|why| {
        format!("`{text}` is no address ({why}); expected one such as https://news.example.kz")
    })?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.host().is_some()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
        // What a URL writes otherwise was no address, but something beside one.
        && !text.contains(|c: char| c.is_control() || c.is_whitespace() || "\"<>\\^`{|}".contains(c));
    if plain {
        Ok(url)
    } else {
        Err(format!(
            "`{text}`: expected http:// or https://, a host, and nothing after the path"
        ))
    }
}

#[cfg(test)]
mod tests;
