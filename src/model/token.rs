//! Tokens in the links of letters: who is meant, what for, and a signature.
//!
//! `purpose.subscriber.expires.signature`; the signature is HMAC-SHA-256 over
//! the rest with the house's secret, so no table of tokens exists, and a link
//! years old still unsubscribes. In a digest's letter the mark of the delivery
//! stands before the signature, so that whoever leaves is counted with the
//! digest they leave by. Deliberately absent: anything from which an address
//! could be read back without the store.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::delivery::{DeliveryId, DeliveryMark};
use super::id::{DERIVED_ID_CHARS, hex};
use super::subscriber::SubscriberId;

/// Length of the house secret in bytes.
pub const SECRET_BYTES: usize = 32;
/// Half of the MAC is kept: 128 bits can't be guessed, and links stay short.
const SIGNATURE_CHARS: usize = 32;
/// How long the link in a confirmation letter works.
pub const CONFIRM_LINK_LIFE: TimeDelta = TimeDelta::days(7);

/// The house's signing key. Neither shown nor logged.
#[derive(Clone)]
pub struct Secret([u8; SECRET_BYTES]);

impl Secret {
    /// Takes the bytes.
    pub const fn new(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What a token allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenPurpose {
    /// Confirm a subscription; expires.
    Confirm,
    /// Unsubscribe; never expires.
    Unsubscribe,
    /// See and change one's own preferences; never expires.
    Preferences,
}

impl TokenPurpose {
    const fn letter(self) -> &'static str {
        match self {
            Self::Confirm => "c",
            Self::Unsubscribe => "u",
            Self::Preferences => "p",
        }
    }
}

/// Why a token is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadToken {
    #[error("the link is damaged or was not made here")]
    Forged,
    #[error("the link has expired")]
    Expired,
}

/// Who holds a token or writes to a personal address, as the house signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    pub subscriber: SubscriberId,
    /// The letter it stood in, where it says so.
    pub letter: Option<DeliveryMark>,
}

impl From<&SubscriberId> for Bearer {
    fn from(subscriber: &SubscriberId) -> Self {
        Self {
            subscriber: subscriber.clone(),
            letter: None,
        }
    }
}

/// Makes a token. `expires` absent: it never does.
pub fn sign(
    secret: &Secret,
    purpose: TokenPurpose,
    subscriber: &SubscriberId,
    expires: Option<DateTime<Utc>>,
) -> String {
    let expires = expires.map_or(0, |time| time.timestamp());
    let claim = format!("{}.{}.{expires}", purpose.letter(), subscriber.as_str());
    signed(secret, &claim)
}

/// Makes a token that never expires and names the letter it stands in.
pub fn sign_in_letter(
    secret: &Secret,
    purpose: TokenPurpose,
    subscriber: &SubscriberId,
    letter: &DeliveryId,
) -> String {
    let Some(mark) = letter.mark() else {
        return sign(secret, purpose, subscriber, None);
    };
    let claim = format!(
        "{}.{}.0.{}",
        purpose.letter(),
        subscriber.as_str(),
        mark.as_str()
    );
    signed(secret, &claim)
}

/// Reads a token made by [`sign`] or [`sign_in_letter`] for the same purpose.
///
/// # Errors
/// [`BadToken::Forged`] for anything not signed here, [`BadToken::Expired`] for
/// what was, but too long ago.
pub fn read(
    secret: &Secret,
    purpose: TokenPurpose,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Bearer, BadToken> {
    let (claim, signature) = token.rsplit_once('.').ok_or(BadToken::Forged)?;
    let given = unhex(signature).ok_or(BadToken::Forged)?;
    mac(secret, claim)
        .verify_truncated_left(&given)
        .map_err(|_| BadToken::Forged)?;
    let mut parts = claim.split('.');
    let (Some(letter), Some(subscriber), Some(expires)) =
        (parts.next(), parts.next(), parts.next())
    else {
        return Err(BadToken::Forged);
    };
    let mark = parts.next().map(DeliveryMark::read);
    let is_whole = mark != Some(None) && parts.next().is_none();
    if letter != purpose.letter() || subscriber.len() != DERIVED_ID_CHARS || !is_whole {
        return Err(BadToken::Forged);
    }
    let expires: i64 = expires.parse().map_err(|_| BadToken::Forged)?;
    if expires != 0 && expires < now.timestamp() {
        return Err(BadToken::Expired);
    }
    Ok(Bearer {
        subscriber: SubscriberId::from_stored(subscriber),
        letter: mark.flatten(),
    })
}

fn signed(secret: &Secret, claim: &str) -> String {
    let signature = hex(&mac(secret, claim).finalize().into_bytes());
    format!("{claim}.{}", &signature[..SIGNATURE_CHARS])
}

/// Says when a form was shown, so that its answer can be told from a machine's:
/// `unix seconds.signature`. Nobody is named by it.
pub fn stamp(secret: &Secret, now: DateTime<Utc>) -> String {
    let seconds = now.timestamp();
    let signature = hex(&mac(secret, &format!("form.{seconds}"))
        .finalize()
        .into_bytes());
    format!("{seconds}.{}", &signature[..SIGNATURE_CHARS])
}

/// How long ago a [`stamp`] was made; `None`: not by this house.
pub fn stamp_age(secret: &Secret, stamp: &str, now: DateTime<Utc>) -> Option<TimeDelta> {
    let (seconds, signature) = stamp.split_once('.')?;
    let given = unhex(signature)?;
    mac(secret, &format!("form.{seconds}"))
        .verify_truncated_left(&given)
        .ok()?;
    let shown = DateTime::from_timestamp(seconds.parse().ok()?, 0)?;
    Some(now - shown)
}

/// The MAC over `claim`; also signs the addresses of `verp`.
pub(super) fn mac(secret: &Secret, claim: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret.0).expect("HMAC takes keys of any length");
    mac.update(claim.as_bytes());
    mac
}

/// Reads a signature; only full length counts, or a guess of one byte would do.
/// Each has one spelling: lower case.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    if text.len() != SIGNATURE_CHARS {
        return None;
    }
    text.as_bytes()
        .chunks_exact(2)
        .map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn verify(
        secret: &Secret,
        purpose: TokenPurpose,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<SubscriberId, BadToken> {
        read(secret, purpose, token, now).map(|bearer| bearer.subscriber)
    }

    #[test]
    fn a_token_says_who_and_for_what_until_when() {
        let secret = Secret::new([7; SECRET_BYTES]);
        let other = Secret::new([8; SECRET_BYTES]);
        let id = SubscriberId::derived(&"a@example.kz".parse().expect("address"));
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let later = now + TimeDelta::days(3);
        let confirm = sign(&secret, TokenPurpose::Confirm, &id, Some(later));
        let check = |token: &str, at| verify(&secret, TokenPurpose::Confirm, token, at);
        assert_eq!(check(&confirm, now), Ok(id.clone()));
        assert_eq!(
            check(&confirm, later + TimeDelta::seconds(1)),
            Err(BadToken::Expired)
        );
        assert_eq!(
            verify(&other, TokenPurpose::Confirm, &confirm, now),
            Err(BadToken::Forged)
        );
        assert_eq!(
            verify(&secret, TokenPurpose::Unsubscribe, &confirm, now),
            Err(BadToken::Forged)
        );
        for cut in 0..confirm.len() {
            assert_eq!(
                check(&confirm[..cut], now),
                Err(BadToken::Forged),
                "cut at {cut}"
            );
        }
        let forever = sign(&secret, TokenPurpose::Unsubscribe, &id, None);
        let in_years = now + TimeDelta::days(3650);
        assert_eq!(
            verify(&secret, TokenPurpose::Unsubscribe, &forever, in_years),
            Ok(id)
        );
    }

    #[test]
    fn a_token_in_a_letter_names_it_and_an_older_one_still_works() {
        let secret = Secret::new([7; SECRET_BYTES]);
        let id = SubscriberId::derived(&"a@example.kz".parse().expect("address"));
        let delivery = DeliveryId::derived("digest", &id);
        let purpose = TokenPurpose::Unsubscribe;
        let now = DateTime::UNIX_EPOCH;
        let token = sign_in_letter(&secret, purpose, &id, &delivery);
        let bearer = read(&secret, purpose, &token, now).expect("signed");
        assert_eq!(bearer.subscriber, id);
        assert!(bearer.letter.is_some_and(|mark| mark.is_of(&delivery)));
        let plain = read(&secret, purpose, &sign(&secret, purpose, &id, None), now);
        assert_eq!(plain, Ok(Bearer::from(&id)));
        let other = DeliveryId::derived("other", &id);
        let (mark, another) = (delivery.mark().expect("mark"), other.mark().expect("mark"));
        let moved = token.replace(mark.as_str(), another.as_str());
        for forged in [moved, token.to_ascii_uppercase(), format!("{token}.")] {
            let refused = read(&secret, purpose, &forged, now);
            assert_eq!(refused, Err(BadToken::Forged), "{forged}");
        }
        // The signature too has one spelling.
        let (claim, signature) = token.rsplit_once('.').expect("dots");
        let shouted = format!("{claim}.{}", signature.to_ascii_uppercase());
        assert_ne!(shouted, token);
        assert_eq!(read(&secret, purpose, &shouted, now), Err(BadToken::Forged));
    }
}
