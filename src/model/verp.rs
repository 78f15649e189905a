//! Addresses that name what they answer to (variable envelope return paths).
//!
//! `bounces+<token>@domain` is the envelope sender of one delivery, so that a
//! bounce says which copy it is about, whatever its body looks like.
//! `unsubscribe+<token>@domain` is where one subscriber writes to leave. A
//! token is the id, for leaving also the mark of the letter it stands in (not
//! in those of long ago), and the head of an HMAC-SHA-256 over them with the house's
//! secret, in base32: servers on the way may fold the case of a local part,
//! and it must fit 64 bytes (RFC 5321 section 4.5.3.1.1). Deliberately absent:
//! expiry, since bounces and readers may take their time.

use hmac::Mac as _;

use super::delivery::{DELIVERY_MARK_CHARS, DeliveryId, DeliveryMark};
use super::id::{DERIVED_ID_CHARS, hex};
use super::subscriber::{EmailAddress, SubscriberId};
use super::token::{Bearer, Secret, mac};

/// RFC 4648 section 6, in lower case.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const ID_BYTES: usize = DERIVED_ID_CHARS / 2;
/// 80 bits: each guess costs a message to the house.
const SIGNATURE_BYTES: usize = 10;
const MARK_BYTES: usize = DELIVERY_MARK_CHARS / 2;
/// Characters of a token: with an id, and with a mark beside it.
const TOKEN_CHARS: usize = chars_of(ID_BYTES + SIGNATURE_BYTES);
const MARKED_TOKEN_CHARS: usize = chars_of(ID_BYTES + MARK_BYTES + SIGNATURE_BYTES);

/// What mail to an address is about: it decides the name before the `+`, and a
/// token of the one is none of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The token names a delivery.
    Bounce,
    /// The token names a subscriber.
    Unsubscribe,
}

impl Purpose {
    /// The local part before the `+`.
    pub const fn local(self) -> &'static str {
        match self {
            Self::Bounce => "bounces",
            Self::Unsubscribe => "unsubscribe",
        }
    }
}

/// The envelope sender of one delivery.
///
/// # Panics
/// Where `domain` is none; the config has checked it.
pub fn address(secret: &Secret, delivery: &DeliveryId, domain: &str) -> EmailAddress {
    make(secret, Purpose::Bounce, delivery.as_str(), None, domain)
}

/// Which delivery a bounce to `address` is about; nothing for any other
/// address. The domain is not looked at: whoever received it has.
pub fn read(secret: &Secret, address: &str) -> Option<DeliveryId> {
    match take(secret, Purpose::Bounce, address)? {
        (id, None) => Some(DeliveryId::from_stored(id)),
        (_, Some(_)) => None,
    }
}

/// Where one subscriber writes to leave, as it stands in the letter `delivery`.
///
/// # Panics
/// Where `domain` is none; the config has checked it.
pub fn unsubscribe_address(
    secret: &Secret,
    subscriber: &SubscriberId,
    delivery: &DeliveryId,
    domain: &str,
) -> EmailAddress {
    let mark = delivery.mark();
    let id = subscriber.as_str();
    make(secret, Purpose::Unsubscribe, id, mark.as_ref(), domain)
}

/// Who leaves by a message to `address`; nothing for any other address.
pub fn read_unsubscribe(secret: &Secret, address: &str) -> Option<Bearer> {
    let (id, letter) = take(secret, Purpose::Unsubscribe, address)?;
    Some(Bearer {
        subscriber: SubscriberId::from_stored(id),
        letter,
    })
}

/// An id that was not derived (no run of the house makes one) gets the plain
/// address: its letter goes out, its bounce is about nothing known.
fn make(
    secret: &Secret,
    purpose: Purpose,
    id: &str,
    mark: Option<&DeliveryMark>,
    domain: &str,
) -> EmailAddress {
    let local = purpose.local();
    let text = match bytes_of::<ID_BYTES>(id) {
        Some(bytes) => {
            let mut token = bytes.to_vec();
            token.extend(
                mark.and_then(|mark| bytes_of::<MARK_BYTES>(mark.as_str()))
                    .iter()
                    .flatten(),
            );
            token.extend_from_slice(&signature(secret, &claim(purpose, id, mark)));
            format!("{local}+{}@{domain}", base32(&token))
        }
        None => format!("{local}@{domain}"),
    };
    text.parse().expect("the config has checked the domain")
}

fn take(
    secret: &Secret,
    purpose: Purpose,
    address: &str,
) -> Option<(String, Option<DeliveryMark>)> {
    let address = address.trim().trim_start_matches('<');
    let (local, _) = address.rsplit_once('@')?;
    let (name, token) = local.split_once('+')?;
    if !name.eq_ignore_ascii_case(purpose.local()) {
        return None;
    }
    let bytes = unbase32(token)?;
    let (named, given) = bytes.split_at(bytes.len().checked_sub(SIGNATURE_BYTES)?);
    let (id, mark) = named.split_at(ID_BYTES);
    let (id, mark) = (hex(id), DeliveryMark::read(&hex(mark)));
    // In constant time: how far a guess is right must not show.
    mac(secret, &claim(purpose, &id, mark.as_ref()))
        .verify_truncated_left(given)
        .ok()?;
    Some((id, mark))
}

fn signature(secret: &Secret, claim: &str) -> [u8; SIGNATURE_BYTES] {
    let whole = mac(secret, claim).finalize().into_bytes();
    let mut head = [0; SIGNATURE_BYTES];
    head.copy_from_slice(&whole[..SIGNATURE_BYTES]);
    head
}

/// Begins with a word no token of a link begins with (see `token`).
fn claim(purpose: Purpose, id: &str, mark: Option<&DeliveryMark>) -> String {
    let local = purpose.local();
    match mark {
        Some(mark) => format!("mail.{local}.{id}.{}", mark.as_str()),
        None => format!("mail.{local}.{id}"),
    }
}

const fn chars_of(bytes: usize) -> usize {
    (bytes * 8).div_ceil(5)
}

fn bytes_of<const BYTES: usize>(hex: &str) -> Option<[u8; BYTES]> {
    let digits = hex.as_bytes();
    let lower_hex = |b: &u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    if digits.len() != 2 * BYTES || !digits.iter().all(lower_hex) {
        return None;
    }
    let mut bytes = [0; BYTES];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let value = |digit: u8| match digit {
            b'0'..=b'9' => digit - b'0',
            other => other - b'a' + 10,
        };
        *byte = value(pair[0]) << 4 | value(pair[1]);
    }
    Some(bytes)
}

fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(chars_of(bytes.len()));
    let (mut bits, mut held) = (0_u32, 0);
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            text.push(digit(bits >> held));
        }
    }
    if held > 0 {
        text.push(digit(bits << (5 - held)));
    }
    text
}

fn digit(bits: u32) -> char {
    char::from(ALPHABET[(bits & 31) as usize])
}

/// Reads a token; each has one spelling, case apart.
fn unbase32(token: &str) -> Option<Vec<u8>> {
    if ![TOKEN_CHARS, MARKED_TOKEN_CHARS].contains(&token.len()) {
        return None;
    }
    let mut bytes = Vec::with_capacity(ID_BYTES + MARK_BYTES + SIGNATURE_BYTES);
    let (mut bits, mut held) = (0_u32, 0);
    for byte in token.bytes() {
        let value = match byte.to_ascii_lowercase() {
            letter @ b'a'..=b'z' => letter - b'a',
            number @ b'2'..=b'7' => number - b'2' + 26,
            _ => return None,
        };
        bits = bits << 5 | u32::from(value);
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 255).expect("masked to a byte"));
        }
    }
    let left_over = bits & ((1 << held) - 1);
    (left_over == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::subscriber::LOCAL_PART_MAX_BYTES;
    use crate::model::token::SECRET_BYTES;

    fn secret() -> Secret {
        Secret::new([7; SECRET_BYTES])
    }

    fn subscriber() -> SubscriberId {
        SubscriberId::derived(&"a@example.kz".parse().expect("address"))
    }

    #[test]
    fn an_address_names_its_delivery_whatever_servers_do_to_its_case() {
        let id = DeliveryId::derived("digest", &subscriber());
        let address = address(&secret(), &id, "lists.example.kz");
        let text = address.as_str();
        let (local, domain) = text.rsplit_once('@').expect("two parts");
        assert!(local.starts_with("bounces+") && local.len() <= LOCAL_PART_MAX_BYTES);
        assert_eq!(domain, "lists.example.kz");
        for seen in [
            text.to_owned(),
            text.to_ascii_uppercase(),
            format!("<{text}>"),
            format!(" {local}@elsewhere.example"),
        ] {
            assert_eq!(read(&secret(), &seen), Some(id.clone()), "{seen}");
        }
    }

    #[test]
    fn nothing_else_is_read() {
        let id = DeliveryId::derived("digest", &subscriber());
        let text = address(&secret(), &id, "example.kz").as_str().to_owned();
        assert_eq!(read(&Secret::new([8; SECRET_BYTES]), &text), None);
        assert_eq!(read_unsubscribe(&secret(), &text), None);
        let renamed = text.replace("bounces+", "unsubscribe+");
        assert_eq!(read_unsubscribe(&secret(), &renamed), None);
        for cut in 0..text.len() {
            let mut damaged = text.clone().into_bytes();
            damaged[cut] = if damaged[cut] == b'b' { b'c' } else { b'b' };
            let damaged = String::from_utf8(damaged).expect("ASCII");
            let domain_at = text.find('@').expect("at");
            if cut <= domain_at {
                assert_eq!(read(&secret(), &damaged), None, "{damaged}");
            }
            assert_eq!(read(&secret(), &text[..cut.min(domain_at)]), None);
        }
        for odd in ["", "@", "+@", "bounces@x", "bounces+@x", "bounces+қ@x", "<"] {
            assert_eq!(read(&secret(), odd), None, "{odd}");
        }
    }

    #[test]
    fn a_subscriber_leaves_by_mail() {
        let delivery = DeliveryId::derived("digest", &subscriber());
        let address = unsubscribe_address(&secret(), &subscriber(), &delivery, "example.kz");
        let (local, _) = address.as_str().split_once('@').expect("two parts");
        assert!(local.starts_with("unsubscribe+") && local.len() <= LOCAL_PART_MAX_BYTES);
        for seen in [local.to_owned(), local.to_ascii_uppercase()] {
            let found = read_unsubscribe(&secret(), &format!("{seen}@x")).expect("signed");
            assert_eq!(found.subscriber, subscriber());
            assert_eq!(found.letter, delivery.mark());
        }
        assert_eq!(read(&secret(), address.as_str()), None);
        // As in letters of before: it names no letter.
        let id = subscriber();
        let old = make(
            &secret(),
            Purpose::Unsubscribe,
            id.as_str(),
            None,
            "example.kz",
        );
        let found = read_unsubscribe(&secret(), old.as_str());
        assert_eq!(found, Some(Bearer::from(&id)));
    }

    #[test]
    fn an_id_of_another_make_gets_the_plain_address() {
        for id in ["other", "Жаршы", &"g".repeat(DERIVED_ID_CHARS)] {
            let id = DeliveryId::from_stored(id);
            let address = address(&secret(), &id, "example.kz");
            assert_eq!(address.as_str(), "bounces@example.kz");
        }
    }
}
