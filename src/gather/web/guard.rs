//! Who may be connected to: the public internet over http and https, and what
//! the operator allows. A feed's address, or a redirect, must not lead into
//! the house's own network (SSRF).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use url::{Host, Url};

/// The highest port given by rank; of these only 80 and 443 are asked.
const WELL_KNOWN_PORT_MAX: u16 = 1023;
/// Ports above those that belong to other protocols (WHATWG Fetch, "bad port").
const FOREIGN_PORTS: [u16; 18] = [
    1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669,
    6697, 10080,
];

/// IPv4 blocks that are not the public internet (IANA special-purpose registry).
const SPECIAL_V4: [(Ipv4Addr, u8); 15] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Global unicast: outside it nothing is public.
const GLOBAL_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
/// Blocks inside it that are not: protocol assignments with Teredo,
/// documentation, 6to4 (which carries any IPv4 address), documentation again.
const SPECIAL_V6: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];
/// NAT64 (RFC 6052): the public IPv4 internet as IPv6-only networks see it.
const NAT64: (Ipv6Addr, u8) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// A block of addresses, `10.0.0.0/8`; an address alone is a block of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cidr {
    network: IpAddr,
    prefix_bits: u8,
}

/// A text that is no block of addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no block of addresses; expected one such as 192.168.10.0/24 or fd00::/8")]
pub struct BadCidr(pub String);

impl FromStr for Cidr {
    type Err = BadCidr;

    fn from_str(text: &str) -> Result<Self, BadCidr> {
        let bad = || BadCidr(text.to_owned());
        let (network, bits) = match text.trim().split_once('/') {
            Some((network, bits)) => (network, Some(bits)),
            None => (text.trim(), None),
        };
        let network: IpAddr = network.parse().map_err(|_| bad())?;
        let most = if network.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match bits {
            Some(bits) => bits.parse().map_err(|_| bad())?,
            None => most,
        };
        if prefix_bits > most {
            return Err(bad());
        }
        Ok(Self {
            network,
            prefix_bits,
        })
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.prefix_bits)
    }
}

impl Cidr {
    /// Whether `address` is in the block. An IPv4 block holds no IPv6 address,
    /// also not one that carries an IPv4 address.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                in_v4(address, (network, self.prefix_bits))
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                in_v6(address, (network, self.prefix_bits))
            }
            _ => false,
        }
    }
}

/// Why an address is not asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("only http and https addresses are asked, not `{0}:`")]
    Scheme(String),
    #[error("the address names no host")]
    NoHost,
    #[error("port {0} belongs to another protocol")]
    Port(u16),
    #[error("{0} is a private address (the option allow_private would allow it)")]
    Private(IpAddr),
}

/// What may be asked.
#[derive(Debug, Clone, Default)]
pub(super) struct Guard {
    allow_private: Vec<Cidr>,
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
        if let Some(port) = url.port()
            && !matches!(port, 80 | 443)
            && (port <= WELL_KNOWN_PORT_MAX || FOREIGN_PORTS.contains(&port))
        {
            return Err(Refusal::Port(port));
        }
        match url.host() {
            None => Err(Refusal::NoHost),
            Some(Host::Domain(_)) => Ok(()),
            Some(Host::Ipv4(address)) => self.check_address(address.into()),
            Some(Host::Ipv6(address)) => self.check_address(address.into()),
        }
    }

    /// Judges an address about to be connected to.
    pub(super) fn check_address(&self, address: IpAddr) -> Result<(), Refusal> {
        let allowed = self
            .allow_private
            .iter()
            .any(|block| block.contains(address));
        if allowed || is_public(address) {
            Ok(())
        } else {
            Err(Refusal::Private(address))
        }
    }
}

/// Whether an address is on the public internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match carried_v4(address) {
            Some(carried) => is_public_v4(carried),
            None => {
                in_v6(address, GLOBAL_V6) && !SPECIAL_V6.iter().any(|block| in_v6(address, *block))
            }
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !SPECIAL_V4.iter().any(|block| in_v4(address, *block))
}

/// The IPv4 address an IPv6 address stands for.
fn carried_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    if in_v6(address, NAT64) {
        let [.., a, b, c, d] = address.octets();
        return Some(Ipv4Addr::new(a, b, c, d));
    }
    address.to_ipv4_mapped()
}

fn in_v4(address: Ipv4Addr, (network, bits): (Ipv4Addr, u8)) -> bool {
    let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
    address.to_bits() & mask == network.to_bits() & mask
}

fn in_v6(address: Ipv6Addr, (network, bits): (Ipv6Addr, u8)) -> bool {
    let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
    address.to_bits() & mask == network.to_bits() & mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_public() {
        let public = [
            "8.8.8.8",
            "172.32.0.1",
            "100.128.0.1",
            "2a02:6b8::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ];
        let private = [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.31.255.255",
            "192.168.1.1",
            "198.19.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::a00:1",
            "64:ff9b:1::808:808",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
        ];
        for address in public {
            assert!(is_public(address.parse().expect(address)), "{address}");
        }
        for address in private {
            assert!(!is_public(address.parse().expect(address)), "{address}");
        }
    }

    #[test]
    fn the_operator_allows_blocks_as_written() {
        let guard = Guard::new(vec!["127.0.0.1/32".parse().expect("block")]);
        let check = |address: &str| {
            guard
                .check_address(address.parse().expect("address"))
                .is_ok()
        };
        assert!(check("127.0.0.1"));
        assert!(!check("127.0.0.2"));
        assert!(!check("::ffff:127.0.0.1"));
        for (block, address, holds) in [
            ("0.0.0.0/0", "10.0.0.1", true),
            ("::/0", "::1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("fd00::/8", "fdff::1", true),
            ("fd00::1", "fd00::2", false),
        ] {
            let block: Cidr = block.parse().expect(block);
            assert_eq!(
                block.contains(address.parse().expect(address)),
                holds,
                "{block}"
            );
        }
        for bad in [
            "",
            "10.0.0.0/33",
            "::/129",
            "10.0.0/8",
            "localhost",
            "10.0.0.0/-1",
        ] {
            assert_eq!(bad.parse::<Cidr>(), Err(BadCidr(bad.to_owned())));
        }
    }

    #[test]
    fn addresses_are_judged_before_they_are_asked() {
        let guard = Guard::default();
        let cases = [
            ("https://example.kz/rss", None),
            ("https://example.kz:8443/rss", None),
            (
                "ftp://example.kz/rss",
                Some(Refusal::Scheme("ftp".to_owned())),
            ),
            (
                "file:///etc/passwd",
                Some(Refusal::Scheme("file".to_owned())),
            ),
            ("http://example.kz:25/", Some(Refusal::Port(25))),
            ("http://example.kz:6667/", Some(Refusal::Port(6667))),
            // The URL standard reads all of these as 127.0.0.1.
            (
                "http://127.1/",
                Some(Refusal::Private(Ipv4Addr::LOCALHOST.into())),
            ),
            (
                "http://0x7f000001/",
                Some(Refusal::Private(Ipv4Addr::LOCALHOST.into())),
            ),
            (
                "http://2130706433/",
                Some(Refusal::Private(Ipv4Addr::LOCALHOST.into())),
            ),
            (
                "http://[::1]/",
                Some(Refusal::Private(Ipv6Addr::LOCALHOST.into())),
            ),
        ];
        for (url, refusal) in cases {
            let url: Url = url.parse().expect(url);
            assert_eq!(guard.check_url(&url).err(), refusal, "{url}");
        }
    }
}
