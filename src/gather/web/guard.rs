//! Who may be connected to: the public internet over http and https, and what
//! the operator allows. A feed's address, or a redirect, must not lead into
//! the house's own network (SSRF).
//!
//! An address is judged twice, by one [`Guard`]: as written, before anything is
//! asked, and as resolved, when the connection is made. Deliberately absent:
//! spellings. The URL standard turns `0x7f.1`, `①②⑦.0.0.1` or `127.1.` into the
//! one address they mean before they are judged here.

use std::net::IpAddr;

use url::{Host, Url};

use super::blocks::{Cidr, carried_v4, is_public};

/// The highest port given by rank; of these only 80 and 443 are asked.
const WELL_KNOWN_PORT_MAX: u16 = 1023;
/// Ports above those that belong to other protocols (WHATWG Fetch, "bad port").
const FOREIGN_PORTS: [u16; 18] = [
    1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669,
    6697, 10080,
];
/// Ports of databases, queues, caches and remote control: some of these answer
/// to whatever comes, and no outlet publishes there.
const SERVICE_PORTS: [u16; 21] = [
    1433, 1521, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 5432, 5672, 5900, 6379, 6443, 9042, 9092,
    9200, 9300, 10250, 11211, 27017,
];

/// Why an address is not asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("only http and https addresses are asked, not `{0}:`")]
    Scheme(String),
    #[error("the address names no host")]
    NoHost,
    #[error("a user name or password in an address is not sent")]
    Credentials,
    #[error("port {0} belongs to another protocol")]
    Port(u16),
    #[error("the name {0} is this machine's own")]
    OwnName(String),
    #[error("{0} carries an IPv4 address; such a detour is not followed")]
    Carrier(IpAddr),
    #[error("{0} is a private address (the option allow_private would allow it)")]
    Private(IpAddr),
}

/// What may be asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Guard {
    allow_private: Vec<Cidr>,
}

/// What an address as written comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// A public address: may be asked.
    Fetch,
    /// A name: judged by where it leads, when the connection is made.
    Resolve,
    /// Not asked; why.
    Refuse(String),
    /// No URL; why.
    Invalid(String),
}

/// Judges an address as written, with nothing private allowed: the same judgement
/// every request and every redirect goes through.
pub fn judge(text: &str) -> Verdict {
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(_) if has_zone(text) => {
            return Verdict::Refuse("a zone makes sense on its own link only".to_owned());
        }
        Err(error) => return Verdict::Invalid(error.to_string()),
    };
    match (Guard::default().check_url(&url), url.host()) {
        (Err(refusal), _) => Verdict::Refuse(refusal.to_string()),
        (Ok(()), Some(Host::Domain(_))) => Verdict::Resolve,
        (Ok(()), _) => Verdict::Fetch,
    }
}

impl Guard {
    pub(super) fn new(allow_private: Vec<Cidr>) -> Self {
        Self { allow_private }
    }

    /// Judges what can be judged before the name is resolved. IP literals must
    /// be judged here: the HTTP client does not ask its resolver about them.
    pub(super) fn check_url(&self, url: &Url) -> Result<(), Refusal> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Refusal::Scheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refusal::Credentials);
        }
        if let Some(port) = url.port()
            && !matches!(port, 80 | 443)
            && (port <= WELL_KNOWN_PORT_MAX
                || FOREIGN_PORTS.contains(&port)
                || SERVICE_PORTS.contains(&port))
        {
            return Err(Refusal::Port(port));
        }
        match url.host() {
            None => Err(Refusal::NoHost),
            Some(Host::Domain(name)) => self.check_name(name),
            Some(Host::Ipv4(address)) => self.check_address(address.into()),
            Some(Host::Ipv6(address)) => {
                self.check_address(address.into())?;
                // A resolver may answer so (DNS64); nobody writes it who means well.
                match carried_v4(address) {
                    Some(_) if !self.is_allowed(address.into()) => {
                        Err(Refusal::Carrier(address.into()))
                    }
                    _ => Ok(()),
                }
            }
        }
    }

    /// `localhost` and what is below it are this machine, whatever a resolver
    /// says (RFC 6761 section 6.3).
    fn check_name(&self, name: &str) -> Result<(), Refusal> {
        let plain = name.trim_end_matches('.');
        let is_own = plain == "localhost" || plain.ends_with(".localhost");
        let loopback = [
            IpAddr::from(std::net::Ipv4Addr::LOCALHOST),
            IpAddr::from(std::net::Ipv6Addr::LOCALHOST),
        ];
        if is_own && !loopback.into_iter().any(|address| self.is_allowed(address)) {
            return Err(Refusal::OwnName(name.to_owned()));
        }
        Ok(())
    }

    /// Judges an address about to be connected to.
    pub(super) fn check_address(&self, address: IpAddr) -> Result<(), Refusal> {
        if self.is_allowed(address) || is_public(address) {
            Ok(())
        } else {
            Err(Refusal::Private(address))
        }
    }

    fn is_allowed(&self, address: IpAddr) -> bool {
        self.allow_private
            .iter()
            .any(|block| block.contains(address))
    }
}

/// `http://[fe80::1%25eth0]/` is no URL to the standard, but plainly one to some
/// clients: whoever writes it gets a refusal, not "no URL".
fn has_zone(text: &str) -> bool {
    let Some((_, after)) = text.split_once("//") else {
        return false;
    };
    let host = after.split(['/', '?', '#']).next().unwrap_or(after);
    host.split_once('[').is_some_and(|(_, inside)| {
        inside
            .split(']')
            .next()
            .is_some_and(|inside| inside.contains('%') && inside.contains(':'))
    })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    const CASES: &str = include_str!("../../../tests/fixtures/asking/addresses.txt");

    #[test]
    fn every_address_is_judged_as_written_down() {
        let mut wrong = String::new();
        for line in CASES.lines().filter(|line| !line.starts_with("# ")) {
            let (expected, url) = line.split_once(' ').expect(line);
            let verdict = judge(url);
            let word = match &verdict {
                Verdict::Fetch => "fetch",
                Verdict::Resolve => "resolve",
                Verdict::Refuse(_) => "refuse",
                Verdict::Invalid(_) => "invalid",
            };
            if word != expected {
                writeln!(wrong, "{line}: {verdict:?}").expect("memory takes it");
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }

    #[test]
    fn the_operator_allows_blocks_as_written() {
        let guard = Guard::new(vec!["127.0.0.1/32".parse().expect("block")]);
        let check = |url: &str| guard.check_url(&url.parse().expect(url)).is_ok();
        assert!(check("http://127.0.0.1/"));
        assert!(check("http://localhost/"));
        assert!(!check("http://127.0.0.2/"));
        assert!(!check("http://[::ffff:127.0.0.1]/"));
        let mapped = Guard::new(vec!["::ffff:10.0.0.0/104".parse().expect("block")]);
        let url = "http://[::ffff:10.1.2.3]/".parse().expect("address");
        assert_eq!(mapped.check_url(&url), Ok(()));
    }

    #[test]
    fn a_refusal_says_what_is_wrong() {
        for (url, says) in [
            ("ftp://a.kz/", "only http and https"),
            ("http://a:b@a.kz/", "password"),
            ("http://a.kz:25/", "port 25"),
            ("http://LOCALHOST./", "this machine's own"),
            ("http://0x7f.1/", "127.0.0.1 is a private address"),
            ("http://[64:ff9b::8.8.8.8]/", "carries an IPv4 address"),
            ("http://[fe80::1%25eth0]/", "zone"),
        ] {
            let Verdict::Refuse(why) = judge(url) else {
                panic!("{url} was not refused");
            };
            assert!(why.contains(says), "{url}: {why}");
        }
    }
}
