//! What an operator says about sending: which relays, how fast, when.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};

/// One relay: a mail server that takes letters for all the world.
#[derive(Clone, PartialEq, Eq)]
pub struct RelayPlan {
    /// As status and log call it.
    pub name: String,
    /// May hold a password: never shown.
    pub url: String,
    /// Its share of the letters, beside the others' weights.
    pub weight: u32,
    /// Connections at the same time.
    pub connections: usize,
    /// Letters a minute from this process; `None`: as fast as it takes them.
    pub per_minute: Option<u32>,
    /// Where the config says so, e.g. `mail.relay.0.url`.
    pub key: String,
}

impl std::fmt::Debug for RelayPlan {
    /// The URL may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RelayPlan")
            .field("name", &self.name)
            .field("weight", &self.weight)
            .finish_non_exhaustive()
    }
}

/// How many letters the recipients of one domain may get at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DomainLimit {
    /// Letters on their way at the same time.
    pub connections: Option<usize>,
    pub per_minute: Option<u32>,
}

/// The same for each domain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DomainLimits {
    pub usual: DomainLimit,
    /// For domains named in the config; what one does not say is as usual.
    pub of: BTreeMap<String, DomainLimit>,
}

impl DomainLimits {
    /// What holds for `domain`, in lower case.
    pub fn for_domain(&self, domain: &str) -> DomainLimit {
        let own = self.of.get(domain).copied().unwrap_or_default();
        DomainLimit {
            connections: own.connections.or(self.usual.connections),
            per_minute: own.per_minute.or(self.usual.per_minute),
        }
    }
}

/// The hours in which digests go out, in the house zone; it may span midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendWindow {
    pub from: NaiveTime,
    pub until: NaiveTime,
}

impl SendWindow {
    /// Whether digests may go out at `wall`. An empty window is always open.
    pub fn is_open(&self, wall: NaiveTime) -> bool {
        if self.from < self.until {
            (self.from..self.until).contains(&wall)
        } else {
            wall >= self.from || wall < self.until
        }
    }
}

/// A sender that nobody knows yet grows day by day, so that mailbox providers
/// learn to trust it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WarmUp {
    pub since: NaiveDate,
    /// Letters on the first day.
    pub first: u64,
    /// Each day so many percent more than the one before.
    pub growth_percent: u64,
    /// After so many days there is no limit.
    pub days: u32,
}

impl WarmUp {
    /// How many letters may go out on `day`; `None`: as many as there are.
    /// Before the first day it is as on the first.
    pub fn letters_on(&self, day: NaiveDate) -> Option<u64> {
        let days = day.signed_duration_since(self.since).num_days().max(0);
        let days = u32::try_from(days).ok().filter(|days| *days < self.days)?;
        let letters = (0..days).fold(self.first, |letters, _| {
            letters.saturating_add(letters.saturating_mul(self.growth_percent) / 100)
        });
        Some(letters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_open_and_close() {
        let time = |text: &str| text.parse::<NaiveTime>().expect("time");
        let cases = [
            ("08:00:00", "21:00:00", "07:59:59", false),
            ("08:00:00", "21:00:00", "08:00:00", true),
            ("08:00:00", "21:00:00", "20:59:59", true),
            ("08:00:00", "21:00:00", "21:00:00", false),
            ("22:00:00", "06:00:00", "23:00:00", true),
            ("22:00:00", "06:00:00", "05:59:59", true),
            ("22:00:00", "06:00:00", "12:00:00", false),
            ("08:00:00", "08:00:00", "03:00:00", true),
        ];
        for (from, until, wall, expected) in cases {
            let window = SendWindow {
                from: time(from),
                until: time(until),
            };
            assert_eq!(
                window.is_open(time(wall)),
                expected,
                "{from}–{until} at {wall}"
            );
        }
    }

    #[test]
    fn a_warm_up_grows_and_ends() {
        let plan = WarmUp {
            since: "2026-11-01".parse().expect("day"),
            first: 200,
            growth_percent: 50,
            days: 30,
        };
        let cases = [
            ("2026-10-01", Some(200)),
            ("2026-11-01", Some(200)),
            ("2026-11-02", Some(300)),
            ("2026-11-03", Some(450)),
            ("2026-11-04", Some(675)),
            ("2026-12-01", None),
        ];
        for (day, expected) in cases {
            assert_eq!(
                plan.letters_on(day.parse().expect("day")),
                expected,
                "{day}"
            );
        }
        let endless = WarmUp {
            first: u64::MAX,
            ..plan
        };
        let day = "2026-11-30".parse().expect("day");
        assert_eq!(endless.letters_on(day), Some(u64::MAX));
    }

    #[test]
    fn a_domain_s_own_limit_goes_before_the_usual() {
        let limits = DomainLimits {
            usual: DomainLimit {
                connections: Some(4),
                per_minute: None,
            },
            of: BTreeMap::from([(
                "mail.example".to_owned(),
                DomainLimit {
                    connections: None,
                    per_minute: Some(60),
                },
            )]),
        };
        let own = limits.for_domain("mail.example");
        assert_eq!((own.connections, own.per_minute), (Some(4), Some(60)));
        assert_eq!(limits.for_domain("other.example"), limits.usual);
    }
}
