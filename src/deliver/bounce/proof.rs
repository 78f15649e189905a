//! Whom a mail is provably about: by what the house signed and nobody else can
//! make. A Message-ID is no proof (see `model/bounce.rs`), only a hint which
//! letter of a proven reader is meant.

use super::mail::{Mail, addresses};
use crate::model::bounce::Proof;
use crate::model::delivery::{DeliveryId, DeliveryMark};
use crate::model::id::DERIVED_ID_CHARS;
use crate::model::subscriber::{EmailAddress, SubscriberId};
use crate::model::token::Bearer;

/// What the house signed, as functions: the secret stays where it is.
pub struct Signed<'a> {
    /// The delivery of a return address (VERP).
    pub delivery: &'a dyn Fn(&str) -> Option<DeliveryId>,
    /// The subscriber of an address to leave by.
    pub leaving: &'a dyn Fn(&str) -> Option<Bearer>,
    /// The subscriber of a token in a link.
    pub link: &'a dyn Fn(&str) -> Option<Bearer>,
    /// The right-hand side of Message-IDs.
    pub domain: &'a str,
}

/// What was found.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    pub proof: Proof,
    pub hint: Option<DeliveryMark>,
    pub named: Vec<SubscriberId>,
    /// It was sent to somebody's address to leave by.
    pub writes_to_leave: bool,
}

/// Fields that say to which address a mail came. Others name such addresses
/// too: a letter of ours that comes back bears its reader's in List-Unsubscribe.
const CAME_TO: &[&str] = &[
    "to",
    "cc",
    "delivered-to",
    "x-delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-rcpt-to",
    "apparently-to",
    "received",
];

/// Looks where the signature weighs most first: the address the mail came to,
/// then the head of the returned letter, then quoted text.
pub fn find(mail: &Mail, signed: &Signed<'_>) -> Found {
    let head = || mail.head.iter().map(|(_, value)| value);
    let original = || mail.original.iter().map(|(_, value)| value);
    let texts = || [mail.quoted.as_str(), mail.text.as_str()].into_iter();
    let leaving = CAME_TO
        .iter()
        .flat_map(|name| mail.head.values(name))
        .flat_map(addresses)
        .find_map(signed.leaving);
    let (proof, letter) = delivery(head(), signed)
        .or_else(|| leaving.clone().map(by_bearer))
        .or_else(|| delivery(original(), signed))
        .or_else(|| subscriber(original(), signed))
        .or_else(|| delivery(texts(), signed))
        .or_else(|| subscriber(texts(), signed))
        .unwrap_or((Proof::None, None));
    let hint = letter.or_else(|| {
        original()
            .chain(texts())
            .chain(head())
            .find_map(|text| message_id(text, signed.domain))?
            .mark()
    });
    Found {
        proof,
        hint,
        named: named(mail, signed),
        writes_to_leave: leaving.is_some(),
    }
}

/// Readers the mail may be about, the likeliest first.
fn named(mail: &Mail, signed: &Signed<'_>) -> Vec<SubscriberId> {
    /// Reports name one or two; more is noise.
    const NAMED_MAX: usize = 32;
    let fields = |fields: &'static [&'static str], of: &'_ super::fields::Fields| -> Vec<String> {
        let values = fields.iter().flat_map(|name| of.values(name));
        values.map(str::to_owned).collect()
    };
    let mut texts = fields(&["x-failed-recipients"], &mail.head);
    for block in &mail.status {
        texts.extend(fields(&["original-recipient", "final-recipient"], block));
    }
    if let Some(feedback) = &mail.feedback {
        texts.extend(fields(&["original-rcpt-to", "removal-recipient"], feedback));
    }
    texts.extend(fields(
        &["to", "x-original-to", "delivered-to"],
        &mail.original,
    ));
    texts.extend([mail.text.clone(), mail.quoted.clone()]);
    let links = mail.original.iter().map(|(_, value)| value);
    let links = links.chain([mail.quoted.as_str(), mail.text.as_str()]);
    let by_link = links.flat_map(tokens).find_map(signed.link);
    let by_link = by_link.map(|bearer| bearer.subscriber);
    let mut named: Vec<SubscriberId> = by_link.into_iter().collect();
    for address in texts.iter().flat_map(|text| addresses(text)) {
        if let Ok(address) = address.trim_matches('.').parse::<EmailAddress>() {
            let id = SubscriberId::derived(&address);
            if !named.contains(&id) && named.len() < NAMED_MAX {
                named.push(id);
            }
        }
    }
    named
}

/// What proves who is meant, and which letter, where the same thing says so.
type Proven = (Proof, Option<DeliveryMark>);

fn by_bearer(bearer: Bearer) -> Proven {
    (Proof::Subscriber(bearer.subscriber), bearer.letter)
}

fn delivery<'t>(texts: impl Iterator<Item = &'t str>, signed: &Signed<'_>) -> Option<Proven> {
    texts
        .flat_map(addresses)
        .find_map(signed.delivery)
        .map(|delivery| (Proof::Delivery(delivery), None))
}

/// By a link or an address to leave by, as every letter bears them.
fn subscriber<'t>(texts: impl Iterator<Item = &'t str>, signed: &Signed<'_>) -> Option<Proven> {
    texts
        .flat_map(|text| tokens(text).chain(addresses(text)))
        .find_map(|word| (signed.link)(word).or_else(|| (signed.leaving)(word)))
        .map(by_bearer)
}

/// The values of `token=` in links.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split("token=").skip(1).map(|rest| {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.'));
        &rest[..end.unwrap_or(rest.len())]
    })
}

fn message_id(text: &str, domain: &str) -> Option<DeliveryId> {
    addresses(text).find_map(|word| {
        let (id, at) = word.split_once('@')?;
        let is_id = id.len() == DERIVED_ID_CHARS
            && id
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (is_id && at.eq_ignore_ascii_case(domain)).then(|| DeliveryId::from_stored(id))
    })
}
