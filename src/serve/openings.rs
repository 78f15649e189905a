//! Who opens a letter's links: a person, or a machine that looks what is behind
//! them. Only persons are counted, and only as a number.
//!
//! Clients are told apart for [`TOGETHER`], in memory of this process, by a
//! keyed hash of address and program: behind one address a whole provider may
//! stand. Neither reaches the store or the log. Openings are counted when that
//! time is over, so that a machine that betrays itself by its last link is not
//! counted for its first.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::time::Duration;

use axum::http::{HeaderMap, Method, header};
use chrono::{DateTime, TimeDelta, Utc};

use crate::model::digest::DigestId;
use crate::model::link::LinkShort;
use crate::store::LinkTarget;

/// Openings of one client within this time are looked at together.
const TOGETHER: TimeDelta = TimeDelta::minutes(1);
/// How long a client that was found to be a machine is known as one.
const MACHINE_KNOWN: TimeDelta = TimeDelta::hours(1);
/// After a digest is closed its letters pass through scanners: for so long …
const FRESH: TimeDelta = TimeDelta::minutes(10);
/// … whoever opens more links than this together is a machine.
const FRESH_LINKS_MAX: usize = 2;
/// Whoever opens more than half of a letter's links together is a machine, but
/// only from so many opened on: a person opens all of a short letter's.
const MOST_LINKS_MIN: usize = 4;
/// Clients looked at in one time; what more of them open is not counted.
const CLIENTS_MAX: usize = 20_000;
/// How often openings are looked at that may be counted now.
pub(super) const SETTLE_EVERY: Duration = Duration::from_secs(20);
/// Programs that open links by themselves though they say they are browsers.
const MACHINES: &str = include_str!("machines.txt");

/// Whether a request looks like a person's who follows a link.
pub(super) fn is_person(method: &Method, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let is_ahead = ["sec-purpose", "purpose", "x-purpose", "x-moz"]
        .into_iter()
        .any(|name| headers.contains_key(name));
    let is_followed = text("sec-fetch-mode").is_none_or(|mode| mode == "navigate");
    let program = text(header::USER_AGENT.as_str()).unwrap_or_default();
    *method == Method::GET && !is_ahead && is_followed && is_browser(program)
}

/// Every browser says `Mozilla/5.0` or, before a proxy of its own, `Opera/`;
/// what says neither is a tool.
fn is_browser(program: &str) -> bool {
    if !program.starts_with("Mozilla/") && !program.starts_with("Opera/") {
        return false;
    }
    // A maker of phones ends in what robots are called by.
    let program = program.to_ascii_lowercase().replace("cubot", "");
    !MACHINES
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .any(|machine| program.contains(machine))
}

/// What was opened a moment ago.
#[derive(Debug, Default)]
pub(super) struct Openings {
    key: RandomState,
    visits: HashMap<(u64, DigestId), Visit>,
}

/// What one client opened of one digest.
#[derive(Debug)]
struct Visit {
    since: DateTime<Utc>,
    opened: BTreeSet<LinkShort>,
    is_machine: bool,
}

impl Openings {
    /// A person, as it seems, opened a link.
    pub(super) fn note(
        &mut self,
        client: Option<IpAddr>,
        program: &str,
        short: LinkShort,
        target: &LinkTarget,
        now: DateTime<Utc>,
    ) {
        let client = self.key.hash_one((client, program));
        let of = (client, target.digest.clone());
        if self.visits.len() >= CLIENTS_MAX && !self.visits.contains_key(&of) {
            return;
        }
        let visit = self.visits.entry(of).or_insert_with(|| Visit {
            since: now,
            opened: BTreeSet::new(),
            is_machine: false,
        });
        if visit.is_machine {
            return;
        }
        visit.opened.insert(short);
        let opened = visit.opened.len();
        let is_fresh = now - target.closed_at < FRESH;
        if opens_like_a_machine(opened, target.beside, is_fresh) {
            visit.is_machine = true;
            visit.opened.clear();
        }
    }

    /// Takes out what can be counted at `now`: all that is left, where nothing
    /// more will come.
    pub(super) fn settle(&mut self, now: DateTime<Utc>, all: bool) -> BTreeMap<LinkShort, u64> {
        let mut counted = BTreeMap::new();
        self.visits.retain(|_, visit| {
            let age = now - visit.since;
            if visit.is_machine {
                return age < MACHINE_KNOWN;
            }
            if age < TOGETHER && !all {
                return true;
            }
            for short in std::mem::take(&mut visit.opened) {
                *counted.entry(short).or_default() += 1;
            }
            false
        });
        counted
    }
}

/// Most of a letter's links, or too many too soon.
fn opens_like_a_machine(opened: usize, beside: u32, is_fresh: bool) -> bool {
    let beside = usize::try_from(beside).unwrap_or(usize::MAX);
    opened >= MOST_LINKS_MIN && opened.saturating_mul(2) > beside
        || is_fresh && opened > FRESH_LINKS_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    fn short(n: u32) -> LinkShort {
        LinkShort::read(&format!("{n:016x}")).expect("short")
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::seconds(seconds)
    }

    fn target(beside: u32) -> LinkTarget {
        LinkTarget {
            url: "https://outlet.example/".to_owned(),
            digest: DigestId::from_stored("d"),
            beside,
            closed_at: at(0),
        }
    }

    /// Client, program, link, second.
    type Opening = (u8, &'static str, u32, i64);

    /// How many of `openings` are counted.
    fn counted(beside: u32, openings: &[Opening]) -> u64 {
        let mut visits = Openings::default();
        let mut counted = 0;
        for (client, program, link, second) in openings {
            counted += visits.settle(at(*second), false).values().sum::<u64>();
            let client = Some(IpAddr::from([192, 0, 2, *client]));
            visits.note(client, program, short(*link), &target(beside), at(*second));
        }
        counted + visits.settle(at(0), true).values().sum::<u64>()
    }

    #[test]
    fn who_opens_most_of_a_letter_at_once_is_not_counted_at_all() {
        let late = 3_600;
        let cases: [(&str, u32, &[Opening], u64); 11] = [
            ("one link of one", 1, &[(1, "a", 1, late)], 1),
            ("one of two", 2, &[(1, "a", 1, late)], 1),
            ("both", 2, &[(1, "a", 1, late), (1, "a", 2, late)], 2),
            ("both, fresh", 2, &[(1, "a", 1, 1), (1, "a", 2, 2)], 2),
            (
                "all of three",
                3,
                &[(1, "a", 1, late), (1, "a", 2, late), (1, "a", 3, late)],
                3,
            ),
            ("half", 4, &[(1, "a", 1, late), (1, "a", 2, late)], 2),
            (
                "more than half, fresh or not",
                7,
                &[
                    (1, "a", 1, late),
                    (1, "a", 2, late),
                    (1, "a", 3, late),
                    (1, "a", 4, late),
                ],
                0,
            ),
            (
                "a burst of few in a fresh letter",
                20,
                &[(1, "a", 1, 1), (1, "a", 2, 2), (1, "a", 3, 3)],
                0,
            ),
            (
                "the same later",
                20,
                &[(1, "a", 1, late), (1, "a", 2, late), (1, "a", 3, late)],
                3,
            ),
            (
                "one link many times",
                4,
                &[(1, "a", 1, 1), (1, "a", 1, 2), (1, "a", 1, 3)],
                1,
            ),
            (
                "two people behind one address",
                3,
                &[(1, "a", 1, 1), (1, "b", 2, 2), (2, "a", 3, 3)],
                3,
            ),
        ];
        for (what, beside, openings, expected) in cases {
            assert_eq!(counted(beside, openings), expected, "{what}");
        }
        // A person who reads: one link a minute.
        let slow: Vec<_> = (0..5).map(|n| (1, "a", n, i64::from(n) * 61)).collect();
        assert_eq!(counted(5, &slow), 5);
        // A machine is one for an hour, and no longer.
        let again = [
            (1, "a", 1, 1),
            (1, "a", 2, 2),
            (1, "a", 3, 3),
            (1, "a", 1, 90),
            (1, "a", 2, 3_700),
        ];
        assert_eq!(counted(3, &again), 1);
    }

    #[test]
    fn there_is_room_for_so_many_clients_and_no_more() {
        let mut visits = Openings::default();
        for n in 0..CLIENTS_MAX + 9 {
            visits.note(None, &n.to_string(), short(1), &target(9), at(0));
        }
        assert_eq!(visits.visits.len(), CLIENTS_MAX);
        let counted = visits.settle(at(61), false);
        assert_eq!(counted, [(short(1), CLIENTS_MAX as u64)].into());
        assert!(visits.visits.is_empty());
    }

    #[test]
    fn machines_are_told_from_people() {
        const PHONE: &str = "Mozilla/5.0 (Linux; Android 9; CUBOT_X19) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36";
        let cases: [(&[(&'static str, &'static str)], bool); 11] = [
            (&[("user-agent", PHONE)], true),
            (
                &[(
                    "user-agent",
                    "Opera/9.80 (Android; Opera Mini/36) Presto/2.12",
                )],
                true,
            ),
            (
                &[("user-agent", PHONE), ("sec-fetch-mode", "navigate")],
                true,
            ),
            (&[], false),
            (&[("user-agent", "")], false),
            (&[("user-agent", "curl/8.5.0")], false),
            (
                &[(
                    "user-agent",
                    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
                )],
                false,
            ),
            (
                &[(
                    "user-agent",
                    "Mozilla/5.0 (X11) HeadlessChrome/120.0 Safari/537.36",
                )],
                false,
            ),
            (
                &[("user-agent", PHONE), ("sec-purpose", "prefetch;prerender")],
                false,
            ),
            (&[("user-agent", PHONE), ("purpose", "prefetch")], false),
            (
                &[("user-agent", PHONE), ("sec-fetch-mode", "no-cors")],
                false,
            ),
        ];
        for (given, expected) in cases {
            let headers: HeaderMap = given
                .iter()
                .map(|(name, value)| {
                    let name = header::HeaderName::from_static(name);
                    (name, header::HeaderValue::from_static(value))
                })
                .collect();
            assert_eq!(is_person(&Method::GET, &headers), expected, "{given:?}");
            assert!(!is_person(&Method::HEAD, &headers), "{given:?}");
        }
    }
}
