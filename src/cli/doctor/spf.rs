//! What SPF (RFC 7208) says of one address and one domain, as a receiver works
//! it out. Deliberately absent: macros and `exists`, which depend on the
//! letter; a record that needs them is not judged.

use std::net::IpAddr;

use crate::deliver::dns::{DnsError, Resolver};

/// RFC 7208 section 4.6.4: terms that ask DNS, over all includes.
const LOOKUPS_MAX: usize = 10;
/// RFC 7208 section 4.6.4: names of one mx term.
const MX_NAMES_MAX: usize = 10;

/// RFC 7208 section 2.6, with the reason where one helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spf {
    /// No record.
    None,
    Pass,
    Neutral,
    SoftFail,
    Fail,
    /// Receivers treat the record as broken.
    Broken(String),
    /// DNS gave no answer.
    NoAnswer(String),
    /// It depends on the letter.
    NotJudged(String),
}

/// The one SPF record among the texts of a domain.
pub fn record(texts: &[String]) -> Result<Option<&str>, String> {
    let mut found = texts.iter().map(String::as_str).filter(|text| {
        let mut words = text.split(' ');
        words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case("v=spf1"))
    });
    match (found.next(), found.count()) {
        (first, 0) => Ok(first),
        (_, more) => Err(format!(
            "{} records where receivers accept one; join them",
            more + 1
        )),
    }
}

/// What a receiver finds when `address` sends for `domain`.
pub async fn check(resolver: &Resolver, address: IpAddr, domain: &str) -> Spf {
    let mut check = Check {
        resolver,
        address,
        lookups: 0,
    };
    match Box::pin(check.domain(domain)).await {
        Ok(result) | Err(result) => result,
    }
}

struct Check<'a> {
    resolver: &'a Resolver,
    address: IpAddr,
    lookups: usize,
}

/// `Err`: the end of the whole check, whatever includes it.
type Step<T> = Result<T, Spf>;

impl Check<'_> {
    async fn domain(&mut self, domain: &str) -> Step<Spf> {
        let texts = self.resolver.texts(domain).await.map_err(no_answer)?;
        let Some(record) = record(&texts).map_err(Spf::Broken)? else {
            return Ok(Spf::None);
        };
        let mut redirect = None;
        for term in record.split(' ').skip(1).filter(|term| !term.is_empty()) {
            let lower = term.to_ascii_lowercase();
            if let Some(target) = lower.strip_prefix("redirect=") {
                redirect = Some(target.to_owned());
                continue;
            }
            if is_modifier(&lower) {
                continue;
            }
            let (result, mechanism) = qualifier(&lower);
            if self.matches(mechanism, domain).await? {
                return Ok(result);
            }
        }
        let Some(target) = redirect else {
            return Ok(Spf::Neutral);
        };
        self.count(&target)?;
        match Box::pin(self.domain(&target)).await? {
            Spf::None => Err(broken("redirect", &target, "it has no SPF record")),
            result => Ok(result),
        }
    }

    async fn matches(&mut self, mechanism: &str, domain: &str) -> Step<bool> {
        let (name, rest) = match mechanism.find([':', '/']) {
            Some(at) => mechanism.split_at(at),
            None => (mechanism, ""),
        };
        let value = rest.strip_prefix(':').unwrap_or_default();
        match name {
            "all" => Ok(true),
            "ip4" | "ip6" => network(value)
                .map(|(net, bits)| contains(net, bits, self.address))
                .ok_or_else(|| broken(name, value, "this is no network")),
            "a" | "mx" => {
                let (host, bits) = host_and_bits(rest, domain, self.address)
                    .ok_or_else(|| broken(name, rest, "this is no host"))?;
                self.count(host)?;
                self.host_matches(name, host, bits).await
            }
            "include" => {
                self.count(value)?;
                match Box::pin(self.domain(value)).await? {
                    Spf::None => Err(broken(name, value, "it has no SPF record")),
                    result => Ok(result == Spf::Pass),
                }
            }
            // Not to be used (section 5.5); counted, and taken as no match.
            "ptr" => self.count("").map(|()| false),
            "exists" => Err(Spf::NotJudged(format!("`{mechanism}`"))),
            _ => Err(broken(name, value, "this is no mechanism")),
        }
    }

    async fn host_matches(&self, name: &str, host: &str, bits: u8) -> Step<bool> {
        let hosts = if name == "mx" {
            self.resolver.mail_servers(host).await.map_err(no_answer)?
        } else {
            vec![host.to_owned()]
        };
        for host in hosts
            .iter()
            .take(MX_NAMES_MAX)
            .filter(|host| !host.is_empty())
        {
            let addresses = self.resolver.addresses(host).await.map_err(no_answer)?;
            if addresses
                .into_iter()
                .any(|net| contains(net, bits, self.address))
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// One more term that asks DNS about `target`.
    fn count(&mut self, target: &str) -> Step<()> {
        if target.contains('%') {
            return Err(Spf::NotJudged(format!("`{target}` depends on the letter")));
        }
        self.lookups += 1;
        if self.lookups > LOOKUPS_MAX {
            return Err(Spf::Broken(format!(
                "more than {LOOKUPS_MAX} terms that ask DNS; name addresses with ip4: and ip6: instead"
            )));
        }
        Ok(())
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "an error ends here; `map_err` hands it over"
)]
fn no_answer(error: DnsError) -> Spf {
    Spf::NoAnswer(error.to_string())
}

fn broken(name: &str, value: &str, why: &str) -> Spf {
    Spf::Broken(format!("`{name}:{}`: {why}", value.trim_start_matches(':')))
}

/// `exp=…` and modifiers not yet invented are ignored (section 6).
fn is_modifier(term: &str) -> bool {
    let name = term.split(['=', ':', '/']).next().unwrap_or_default();
    term[name.len()..].starts_with('=')
}

fn qualifier(term: &str) -> (Spf, &str) {
    match term.as_bytes().first() {
        Some(b'-') => (Spf::Fail, &term[1..]),
        Some(b'~') => (Spf::SoftFail, &term[1..]),
        Some(b'?') => (Spf::Neutral, &term[1..]),
        Some(b'+') => (Spf::Pass, &term[1..]),
        _ => (Spf::Pass, term),
    }
}

/// `:host/24//64`, each part optional; the bits are those of `address`'s family.
fn host_and_bits<'a>(rest: &'a str, domain: &'a str, address: IpAddr) -> Option<(&'a str, u8)> {
    let (host, four, six) = match rest.split_once("//") {
        Some((before, six)) => (before, None, Some(six)),
        None => (rest, None, None),
    };
    let (host, four) = match host.split_once('/') {
        Some((host, bits)) => (host, Some(bits)),
        None => (host, four),
    };
    let host = match host.strip_prefix(':') {
        Some("") => return None,
        Some(host) => host,
        None if host.is_empty() => domain,
        None => return None,
    };
    let (written, most) = if address.is_ipv4() {
        (four, 32)
    } else {
        (six, 128)
    };
    let bits = written.map_or(Some(most), |bits| bits.parse().ok())?;
    (bits <= most).then_some((host, bits))
}

fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits.parse().ok()?)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.unwrap_or(most);
    (bits <= most).then_some((address, bits))
}

fn contains(net: IpAddr, bits: u8, address: IpAddr) -> bool {
    let equal = |a: u128, b: u128, width: u8| {
        let free = u32::from(width - bits.min(width));
        a.checked_shr(free).unwrap_or(0) == b.checked_shr(free).unwrap_or(0)
    };
    match (net, address) {
        (IpAddr::V4(a), IpAddr::V4(b)) => equal(u32::from(a).into(), u32::from(b).into(), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => equal(a.into(), b.into(), 128),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("address")
    }

    #[test]
    fn networks_hold_what_they_say() {
        let cases = [
            ("192.0.2.0/24", "192.0.2.255", true),
            ("192.0.2.0/24", "192.0.3.0", false),
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("::/0", "2001:db8::1", true),
            ("::/0", "192.0.2.1", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
        ];
        for (net, address, expected) in cases {
            let (net_address, bits) = network(net).expect(net);
            assert_eq!(contains(net_address, bits, ip(address)), expected, "{net}");
        }
        for wrong in ["", "192.0.2.0/33", "::/129", "192.0.2/24", "192.0.2.0/-1"] {
            assert_eq!(network(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn hosts_and_lengths_are_told_apart() {
        let (four, six) = (ip("192.0.2.1"), ip("::1"));
        let cases = [
            ("", four, Some(("d.kz", 32))),
            (":a.kz", six, Some(("a.kz", 128))),
            ("/24", four, Some(("d.kz", 24))),
            (":a.kz/24//64", four, Some(("a.kz", 24))),
            (":a.kz/24//64", six, Some(("a.kz", 64))),
            ("//64", six, Some(("d.kz", 64))),
            (":", four, None),
            (":a.kz/33", four, None),
            (":a.kz//129", six, None),
        ];
        for (rest, address, expected) in cases {
            assert_eq!(host_and_bits(rest, "d.kz", address), expected, "{rest}");
        }
    }

    #[test]
    fn a_domain_has_one_record() {
        let texts = |all: &[&str]| {
            all.iter()
                .map(|text| (*text).to_owned())
                .collect::<Vec<_>>()
        };
        let one = texts(&["x", "V=spf1 -all", "v=spf10 -all"]);
        assert_eq!(record(&one), Ok(Some("V=spf1 -all")));
        assert_eq!(record(&texts(&["v=DMARC1"])), Ok(None));
        assert!(record(&texts(&["v=spf1", "v=spf1 -all"])).is_err());
    }
}
