//! Who may ask for letters how often: by client, by recipients' domain and in
//! all, in memory of this process; and which addresses are never written to.
//!
//! What fills the form like a machine (too quick, or without having seen it)
//! counts as several. Nobody is asked to solve anything: a proof of work needs
//! scripts, and the pages have none, so above the limits all are told when to
//! come again. Keys are kept only of what was admitted, so the limit in all is
//! also the bound of memory.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use axum::http::HeaderMap;
use chrono::{DateTime, TimeDelta, Utc};

use crate::model::subscriber::EmailAddress;

/// How long what was spent is remembered.
const WINDOW: TimeDelta = TimeDelta::hours(1);
/// A form that comes back faster was not read by a person.
pub(super) const READING_TIME: TimeDelta = TimeDelta::seconds(2);
/// Hops of a forwarded request that are looked at.
const HOPS_MAX: usize = 32;
/// Role addresses that are refused unless the operator has another list.
const ROLES: &str = include_str!("roles.txt");

/// What the operator decides about subscribing.
#[derive(Debug, Clone)]
pub struct SubscribeOptions {
    /// Proxies whose word about the client's address is taken.
    pub trusted_proxies: Vec<Network>,
    /// Requests from one client (IPv4 address, IPv6 /64) in an hour.
    pub client_per_hour: u32,
    /// Requests for addresses of one domain in an hour.
    pub domain_per_hour: u32,
    /// Requests in all in an hour.
    pub house_per_hour: u32,
    pub lists: AddressLists,
}

impl Default for SubscribeOptions {
    fn default() -> Self {
        Self {
            trusted_proxies: Vec::new(),
            client_per_hour: 60,
            domain_per_hour: 600,
            house_per_hour: 2_000,
            lists: AddressLists::new("", ROLES),
        }
    }
}

/// Addresses that are not written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressLists {
    domains: HashSet<String>,
    roles: HashSet<String>,
}

impl AddressLists {
    /// Reads lists of one domain or local part on a line; `#` begins a comment.
    pub fn new(domains: &str, roles: &str) -> Self {
        let lines = |text: &str| {
            text.lines()
                .filter_map(|line| line.split('#').next())
                .map(|line| line.trim().trim_start_matches('@').to_ascii_lowercase())
                .filter(|line| !line.is_empty())
                .collect()
        };
        Self {
            domains: lines(domains),
            roles: lines(roles),
        }
    }

    /// The list of role addresses that ships.
    pub const fn shipped_roles() -> &'static str {
        ROLES
    }

    /// Whether `address` is on a list: its domain or one above it, or the part
    /// before @ without what follows a plus.
    pub(super) fn refuses(&self, address: &EmailAddress) -> bool {
        let mut domain = Some(address.domain());
        while let Some(name) = domain {
            if self.domains.contains(name) {
                return true;
            }
            domain = name.split_once('.').map(|(_, above)| above);
        }
        let local = address.as_str().split(['@', '+']).next().unwrap_or("");
        self.roles.contains(&local.to_ascii_lowercase())
    }
}

/// Addresses written as `10.0.0.0/8`, `::1` or `127.0.0.1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    base: u128,
    bits: u32,
}

/// A text that is no network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no network; expected one such as 10.0.0.0/8 or 127.0.0.1")]
pub struct BadNetwork(String);

impl FromStr for Network {
    type Err = BadNetwork;

    fn from_str(text: &str) -> Result<Self, BadNetwork> {
        let bad = || BadNetwork(text.to_owned());
        let (base, bits) = match text.split_once('/') {
            Some((base, bits)) => (base, Some(bits.parse::<u32>().map_err(|_| bad())?)),
            None => (text, None),
        };
        let base: IpAddr = base.trim().parse().map_err(|_| bad())?;
        let width = if base.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(width);
        if bits > width {
            return Err(bad());
        }
        let bits = bits + (128 - width);
        Ok(Self {
            base: prefix(base, bits),
            bits,
        })
    }
}

impl Network {
    pub(super) fn contains(&self, address: IpAddr) -> bool {
        prefix(address, self.bits) == self.base
    }
}

/// The first `bits` of an address, IPv4 as IPv6 maps it.
fn prefix(address: IpAddr, bits: u32) -> u128 {
    let wide: Ipv6Addr = match address {
        IpAddr::V4(narrow) => narrow.to_ipv6_mapped(),
        IpAddr::V6(wide) => wide,
    };
    let mask = u128::MAX.checked_shl(128 - bits).unwrap_or(0);
    wide.to_bits() & mask
}

/// Who sent a request: the peer, or what the last trusted proxy says of its own
/// peer, and so on from the right. What stands left of an untrusted hop may be
/// anybody's invention.
pub(super) fn client(
    peer: Option<IpAddr>,
    headers: &HeaderMap,
    trusted: &[Network],
) -> Option<IpAddr> {
    let mut client = peer?;
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let said: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    for hop in said.iter().rev().take(HOPS_MAX) {
        if !is_trusted(client) {
            break;
        }
        match address_of(hop.trim()) {
            Some(address) => client = address,
            None => break,
        }
    }
    Some(client)
}

/// `1.2.3.4`, `1.2.3.4:5678`, `2001:db8::1` or `[2001:db8::1]:5678`.
fn address_of(hop: &str) -> Option<IpAddr> {
    let socket = || hop.parse().ok().map(|with: std::net::SocketAddr| with.ip());
    hop.parse().ok().or_else(socket)
}

/// Whether a request is likely a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Person,
    Machine,
}

impl Weight {
    const fn cost(self) -> u32 {
        match self {
            Self::Person => 1,
            Self::Machine => 5,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    House,
    Client(u128),
    Domain(String),
}

#[derive(Debug, Clone, Copy)]
struct Spent {
    since: DateTime<Utc>,
    amount: u32,
}

/// What was spent within the hour.
#[derive(Debug, Default)]
pub(super) struct Limits {
    spent: HashMap<Key, Spent>,
}

impl Limits {
    /// Admits a request, or says how long to wait; what is refused costs nothing.
    pub(super) fn admit(
        &mut self,
        options: &SubscribeOptions,
        client: Option<IpAddr>,
        address: &EmailAddress,
        weight: Weight,
        now: DateTime<Utc>,
    ) -> Result<(), TimeDelta> {
        self.spent.retain(|_, spent| now - spent.since < WINDOW);
        let mut keys = vec![
            (Key::House, options.house_per_hour),
            (
                Key::Domain(address.domain().to_owned()),
                options.domain_per_hour,
            ),
        ];
        // One household is given a /64 of IPv6.
        let bits = |client: IpAddr| if client.is_ipv4() { 128 } else { 64 };
        keys.extend(client.map(|client| {
            let key = Key::Client(prefix(client, bits(client)));
            (key, options.client_per_hour)
        }));
        for (key, limit) in &keys {
            if let Some(spent) = self.spent.get(key)
                && spent.amount + weight.cost() > *limit
            {
                return Err(spent.since + WINDOW - now);
            }
        }
        for (key, _) in keys {
            let fresh = Spent {
                since: now,
                amount: 0,
            };
            self.spent.entry(key).or_insert(fresh).amount += weight.cost();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn email(text: &str) -> EmailAddress {
        text.parse().expect("address")
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("ip")
    }

    #[test]
    fn only_what_a_trusted_proxy_says_is_believed() {
        let trusted: Vec<Network> = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"]
            .map(|text| text.parse().expect("network"))
            .to_vec();
        let cases = [
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("127.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
            (
                "127.0.0.1",
                "1.1.1.1, 198.51.100.1, 10.1.2.3",
                "198.51.100.1",
            ),
            ("::ffff:127.0.0.1", "198.51.100.1:4444", "198.51.100.1"),
            ("fd00::1", "[2001:db8::5]:80", "2001:db8::5"),
            ("127.0.0.1", "unknown", "127.0.0.1"),
            ("127.0.0.1", "", "127.0.0.1"),
        ];
        for (peer, forwarded, expected) in cases {
            let mut headers = HeaderMap::new();
            headers.insert("x-forwarded-for", forwarded.parse().expect("header"));
            let found = client(Some(ip(peer)), &headers, &trusted);
            assert_eq!(found, Some(ip(expected)), "{peer} {forwarded}");
        }
        for wrong in ["10.0.0.0/33", "example.kz", "", "1.2.3.4/x"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn each_limit_holds_by_itself() {
        let options = SubscribeOptions {
            client_per_hour: 6,
            domain_per_hour: 8,
            house_per_hour: 12,
            ..SubscribeOptions::default()
        };
        let now = DateTime::UNIX_EPOCH;
        let mut limits = Limits::default();
        let mut ask = |client: &str, address: &str, weight, now| {
            limits
                .admit(&options, Some(ip(client)), &email(address), weight, now)
                .is_ok()
        };
        let person = Weight::Person;
        for n in 0..6 {
            assert!(ask("2001:db8::1", &format!("p{n}@a.kz"), person, now));
        }
        assert!(!ask("2001:db8::2", "p@b.kz", person, now), "one household");
        assert!(ask("2001:db8:0:1::2", "p@a.kz", person, now));
        assert!(!ask("192.0.2.1", "p@a.kz", Weight::Machine, now), "domain");
        assert!(ask("192.0.2.1", "p@b.kz", Weight::Machine, now));
        assert!(!ask("192.0.2.2", "p@c.kz", person, now), "the house");
        let later = now + WINDOW;
        assert!(ask("2001:db8::2", "p@b.kz", person, later));
        let wait = limits.admit(
            &SubscribeOptions {
                client_per_hour: 1,
                ..options
            },
            Some(ip("2001:db8::9")),
            &email("q@d.kz"),
            person,
            later + TimeDelta::minutes(20),
        );
        assert_eq!(wait, Err(TimeDelta::minutes(40)));
        assert!(limits.spent.len() <= 3, "what is over is forgotten");
    }

    #[test]
    fn lists_know_domains_and_roles() {
        let lists = AddressLists::new("# gone in an hour\ntemp.example\n", ROLES);
        for address in [
            "a@temp.example",
            "a@x.temp.example",
            "Postmaster@a.kz",
            "abuse+x@a.kz",
        ] {
            assert!(lists.refuses(&email(address)), "{address}");
        }
        for address in ["a@contemp.example", "press@a.kz", "info@a.kz"] {
            assert!(!lists.refuses(&email(address)), "{address}");
        }
    }
}
