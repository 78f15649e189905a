//! The keys of `[mail]` that say how letters leave.

use chrono::{NaiveDate, NaiveTime};

use super::raw::{RawMail, RawWarmUp};
use crate::model::sending::{DomainLimit, DomainLimits, RelayPlan, SendWindow, WarmUp};

/// Connections to one relay at the same time, at the most.
pub const CONNECTIONS_MAX: usize = 64;
/// Letters a minute beyond this are no limit.
pub const PER_MINUTE_MAX: u32 = 1_000_000;
/// A relay's weight, at the most.
pub const WEIGHT_MAX: u32 = 1_000;
/// A warm-up plan's growth in percent a day, and its days, at the most.
pub const GROWTH_MAX: u64 = 1_000;
pub const WARM_UP_DAYS_MAX: u32 = 366;

/// What the domains that are not named get.
const USUAL: &str = "default";

/// How letters leave, checked.
pub struct Sending {
    pub relays: Vec<RelayPlan>,
    pub domain_limits: DomainLimits,
    pub hours: Option<SendWindow>,
    pub warm_up: Option<WarmUp>,
}

/// Checks every key; what is wrong is noted and left out.
pub fn check(raw: &RawMail, note: &mut impl FnMut(&str, String)) -> Sending {
    Sending {
        relays: relays(raw, note),
        domain_limits: domains(raw, note),
        hours: hours(&raw.hours, note),
        warm_up: raw.warm_up.as_ref().and_then(|plan| warm_up(plan, note)),
    }
}

fn relays(raw: &RawMail, note: &mut impl FnMut(&str, String)) -> Vec<RelayPlan> {
    let mut relays = Vec::new();
    connections("mail.connections", raw.connections, note);
    per_minute("mail.per_minute", raw.per_minute, note);
    if !raw.smtp.is_empty() {
        relays.push(RelayPlan {
            name: "smtp".to_owned(),
            url: raw.smtp.clone(),
            weight: 1,
            connections: raw.connections,
            per_minute: Some(raw.per_minute).filter(|limit| *limit > 0),
            key: "mail.smtp".to_owned(),
        });
    }
    for (index, relay) in raw.relay.iter().enumerate() {
        let key = |name: &str| format!("mail.relay.{index}.{name}");
        if relay.name.trim().is_empty() || relays.iter().any(|known| known.name == relay.name) {
            note(
                &key("name"),
                format!("`{}`: expected a name that no other relay has", relay.name),
            );
        }
        if !(1..=WEIGHT_MAX).contains(&relay.weight) {
            note(
                &key("weight"),
                format!("{}: expected 1 to {WEIGHT_MAX}", relay.weight),
            );
        }
        connections(&key("connections"), relay.connections, note);
        per_minute(&key("per_minute"), relay.per_minute, note);
        relays.push(RelayPlan {
            name: relay.name.clone(),
            url: relay.url.clone(),
            weight: relay.weight,
            connections: relay.connections,
            per_minute: Some(relay.per_minute).filter(|limit| *limit > 0),
            key: key("url"),
        });
    }
    relays
}

fn connections(key: &str, found: usize, note: &mut impl FnMut(&str, String)) {
    if !(1..=CONNECTIONS_MAX).contains(&found) {
        note(key, format!("{found}: expected 1 to {CONNECTIONS_MAX}"));
    }
}

fn per_minute(key: &str, found: u32, note: &mut impl FnMut(&str, String)) {
    if found > PER_MINUTE_MAX {
        note(
            key,
            format!("{found}: expected 1 to {PER_MINUTE_MAX}, or 0 for no limit"),
        );
    }
}

fn domains(raw: &RawMail, note: &mut impl FnMut(&str, String)) -> DomainLimits {
    let mut limits = DomainLimits::default();
    for (name, raw) in &raw.domains {
        let key = |part: &str| format!("mail.domains.{name}.{part}");
        if raw.connections > CONNECTIONS_MAX {
            note(
                &key("connections"),
                format!(
                    "{}: expected 1 to {CONNECTIONS_MAX}, or 0 for no limit",
                    raw.connections
                ),
            );
        }
        per_minute(&key("per_minute"), raw.per_minute, note);
        let limit = DomainLimit {
            connections: Some(raw.connections).filter(|limit| *limit > 0),
            per_minute: Some(raw.per_minute).filter(|limit| *limit > 0),
        };
        if name == USUAL {
            limits.usual = limit;
        } else if name.contains('.') && !name.contains('@') {
            limits.of.insert(name.to_lowercase(), limit);
        } else {
            note(
                &format!("mail.domains.{name}"),
                format!("`{name}` is no domain; expected one such as \"mail.example\", or {USUAL}"),
            );
        }
    }
    limits
}

/// Reads `08:00-21:00`.
fn hours(text: &str, note: &mut impl FnMut(&str, String)) -> Option<SendWindow> {
    if text.is_empty() {
        return None;
    }
    let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
    let window = text.split_once('-').and_then(|(from, until)| {
        Some(SendWindow {
            from: time(from)?,
            until: time(until)?,
        })
    });
    if window.is_none() {
        note(
            "mail.hours",
            format!("`{text}`: expected two times of day such as 08:00-21:00"),
        );
    }
    window
}

fn warm_up(raw: &RawWarmUp, note: &mut impl FnMut(&str, String)) -> Option<WarmUp> {
    if raw.first == 0 {
        note("mail.warm_up.first", "0: expected at least 1".to_owned());
    }
    if raw.growth > GROWTH_MAX {
        note(
            "mail.warm_up.growth",
            format!("{}: expected 0 to {GROWTH_MAX} percent", raw.growth),
        );
    }
    if raw.days > WARM_UP_DAYS_MAX {
        note(
            "mail.warm_up.days",
            format!("{}: expected 1 to {WARM_UP_DAYS_MAX}", raw.days),
        );
    }
    let Ok(since) = raw.since.parse::<NaiveDate>() else {
        note(
            "mail.warm_up.since",
            format!("`{}` is no day; expected one such as 2026-11-23", raw.since),
        );
        return None;
    };
    Some(WarmUp {
        since,
        first: raw.first,
        growth_percent: raw.growth,
        days: raw.days,
    })
}
