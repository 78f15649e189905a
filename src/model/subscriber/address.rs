//! Addresses letters go to (RFC 5321 section 4.1.2), in one form each.

use std::fmt;
use std::str::FromStr;

/// RFC 5321 section 4.5.3.1.1.
pub const LOCAL_PART_MAX_BYTES: usize = 64;
/// RFC 5321 section 4.5.3.1.3, less the angle brackets.
pub const ADDRESS_MAX_BYTES: usize = 254;

/// An address one letter can be sent to, as the ledger compares it: domain in
/// lower case and in its ASCII form (IDNA), local part as written.
///
/// Quotes around a local part that needs none are dropped. Local parts that need
/// them (`"a b"@…`) and those beyond ASCII are refused: few servers take them,
/// and a refused letter is worse than a plain answer on the form.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// `local@domain`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The domain, in ASCII.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Debug for EmailAddress {
    /// Addresses do not reach logs: only the domain shows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress(…@{})", self.domain())
    }
}

/// Why a text is no address a letter can be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    #[error("expected an address such as name@example.kz")]
    Shape,
    #[error("a part before @ that needs its quotes is not accepted: few servers take it")]
    Quoted,
    #[error(
        "the part before @ may hold letters a-z, digits and ! # $ % & ' * + - / = ? ^ _ ` {{ | }} ~ and single dots"
    )]
    LocalPart,
    #[error("the part after @ is no domain name")]
    Domain,
    #[error("longer than {ADDRESS_MAX_BYTES} bytes, or more than {LOCAL_PART_MAX_BYTES} before @")]
    TooLong,
}

impl FromStr for EmailAddress {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let text = text.trim();
        if text.len() > ADDRESS_MAX_BYTES * 2 {
            return Err(BadAddress::TooLong);
        }
        let (local, domain) = text.rsplit_once('@').ok_or(BadAddress::Shape)?;
        if local.is_empty() || domain.is_empty() {
            return Err(BadAddress::Shape);
        }
        let local = if local.starts_with('"') {
            unquoted(local).ok_or(BadAddress::Quoted)?
        } else if is_dot_string(local) {
            local.to_owned()
        } else {
            return Err(BadAddress::LocalPart);
        };
        let domain = ascii_domain(domain).ok_or(BadAddress::Domain)?;
        let address = format!("{local}@{domain}");
        if address.len() > ADDRESS_MAX_BYTES || local.len() > LOCAL_PART_MAX_BYTES {
            return Err(BadAddress::TooLong);
        }
        Ok(Self(address))
    }
}

/// RFC 5321 section 4.1.2, `Dot-string`.
fn is_dot_string(local: &str) -> bool {
    let is_atom = |atom: &str| {
        !atom.is_empty()
            && atom
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    local.split('.').all(is_atom)
}

/// What a `Quoted-string` (the same section) means, where it means a `Dot-string`.
fn unquoted(local: &str) -> Option<String> {
    let inner = local.strip_prefix('"')?.strip_suffix('"')?;
    let mut meant = String::with_capacity(inner.len());
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        meant.push(match letter {
            '\\' => letters.next()?,
            letter => letter,
        });
    }
    is_dot_string(&meant).then_some(meant)
}

/// The domain in its ASCII form, or `None` for what is no public-looking name.
fn ascii_domain(domain: &str) -> Option<String> {
    let url::Host::Domain(ascii) = url::Host::parse(domain).ok()? else {
        return None;
    };
    let labels: Vec<&str> = ascii.split('.').collect();
    let is_label = |label: &&str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let top = labels.last()?;
    let top_is_numeric = top.bytes().all(|b| b.is_ascii_digit());
    (labels.len() >= 2 && labels.iter().all(is_label) && !top_is_numeric && ascii.len() <= 253)
        .then_some(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_normalised() {
        let cases = [
            ("  Aigul@Example.KZ ", Ok("Aigul@example.kz")),
            ("a+b@МЫСАЛ.қаз", Ok("a+b@xn--80awbu3c.xn--80ao21a")),
            ("no-at", Err(BadAddress::Shape)),
            ("@example.kz", Err(BadAddress::Shape)),
            ("a b@example.kz", Err(BadAddress::LocalPart)),
            ("a..b@example.kz", Err(BadAddress::LocalPart)),
            ("\"aigul.s\"@Example.kz", Ok("aigul.s@example.kz")),
            ("\"aig\\ul\"@example.kz", Ok("aigul@example.kz")),
            ("\"a b\"@example.kz", Err(BadAddress::Quoted)),
            ("\"a..b\"@example.kz", Err(BadAddress::Quoted)),
            ("\"\"@example.kz", Err(BadAddress::Quoted)),
            ("\"a\"b\"@example.kz", Err(BadAddress::Quoted)),
            ("\"a>\"@example.kz", Err(BadAddress::Quoted)),
            ("\"a\\\"@example.kz", Err(BadAddress::Quoted)),
            ("\"a\nb\"@example.kz", Err(BadAddress::Quoted)),
            ("\"a@example.kz", Err(BadAddress::Quoted)),
            ("aigul+форум@example.kz", Err(BadAddress::LocalPart)),
            ("a@localhost", Err(BadAddress::Domain)),
            ("a@127.0.0.1", Err(BadAddress::Domain)),
            ("a@exa\nmple.kz>", Err(BadAddress::Domain)),
        ];
        for (text, expected) in cases {
            let found = text.parse::<EmailAddress>();
            match expected {
                Ok(address) => assert_eq!(found.expect(text).as_str(), address),
                Err(why) => assert_eq!(found, Err(why), "{text}"),
            }
        }
    }
}
