//! Blocks of addresses, and which of them are the public internet.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// IPv4 blocks that are not the public internet (IANA special-purpose registry,
/// multicast), and the one public-looking address under which a cloud's machines
/// reach their own host (Azure's WireServer).
const SPECIAL_V4: [(Ipv4Addr, u8); 16] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(168, 63, 129, 16), 32),
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

/// Whether an address is on the public internet.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match carried_v4(address) {
            Some(carried) => is_public_v4(carried),
            None => {
                in_v6(address, GLOBAL_V6)
                    && !SPECIAL_V6.iter().any(|block| in_v6(address, *block))
                    && tunnelled_v4(address).is_none_or(is_public_v4)
            }
        },
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !SPECIAL_V4.iter().any(|block| in_v4(address, *block))
}

/// The IPv4 address an IPv6 address stands for.
pub(super) fn carried_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    if in_v6(address, NAT64) {
        let [.., a, b, c, d] = address.octets();
        return Some(Ipv4Addr::new(a, b, c, d));
    }
    address.to_ipv4_mapped()
}

/// The IPv4 address a tunnel within a site leads to, whatever the site's own block
/// (ISATAP, RFC 5214 section 6.1).
fn tunnelled_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., 0 | 0x200, 0x5efe, high, low] = address.segments() else {
        return None;
    };
    Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
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
            "2a00::5efe:808:808",
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
            "168.63.129.16",
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
            "2a00::5efe:7f00:1",
            "2a00::200:5efe:a00:1",
        ];
        for address in public {
            assert!(is_public(address.parse().expect(address)), "{address}");
        }
        for address in private {
            assert!(!is_public(address.parse().expect(address)), "{address}");
        }
    }

    #[test]
    fn blocks_are_read_and_hold_what_they_name() {
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
}
