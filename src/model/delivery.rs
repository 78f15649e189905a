//! A Delivery: one copy of one Letter for one Subscriber, and its fate.

use chrono::{DateTime, Utc};

use super::digest::Letter;
use super::id::{derive, string_id};
use super::subscriber::{EmailAddress, SubscriberId};

string_id! {
    /// Derived from what is sent and to whom: the same copy is never queued twice.
    DeliveryId
}

impl DeliveryId {
    /// `occasion` is the digest's id, or for a confirmation the request's own key.
    pub fn derived(occasion: &str, subscriber: &SubscriberId) -> Self {
        Self(derive(&["delivery", occasion, subscriber.as_str()]))
    }

    /// The Message-ID (RFC 5322 section 3.6.4), the same at every attempt,
    /// without the angle brackets.
    pub fn message_id(&self, domain: &str) -> String {
        format!("{}@{domain}", self.as_str())
    }

    /// Its mark; none for an id that was not derived.
    pub fn mark(&self) -> Option<DeliveryMark> {
        DeliveryMark::read(self.as_str().get(..DELIVERY_MARK_CHARS)?)
    }
}

/// Characters of a [`DeliveryMark`].
pub const DELIVERY_MARK_CHARS: usize = 8;

/// The head of a delivery's id: short enough for a link, and with its reader
/// known it tells which of that reader's letters the link stood in. Tells
/// nobody else anything: the whole id is the letter's Message-ID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryMark(String);

impl DeliveryMark {
    /// Reads lower-case hexadecimal of the right length.
    pub fn read(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (text.len() == DELIVERY_MARK_CHARS && text.bytes().all(is_digit))
            .then(|| Self(text.to_owned()))
    }

    /// The mark as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the head of `id`.
    pub fn is_of(&self, id: &DeliveryId) -> bool {
        id.as_str().starts_with(&self.0)
    }
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeliveryState {
    /// Waiting for its time: fresh, or to be tried again.
    Queued,
    /// An attempt has begun and its end is not recorded. Found so after a
    /// crash, it may or may not have arrived: it is tried again with the same
    /// Message-ID and counted as doubtful.
    InFlight,
    /// Accepted by the server, or written to the folder.
    Sent,
    /// Given up, with the reason.
    Failed,
}

impl DeliveryState {
    /// All, for the store and for counts.
    pub const ALL: [Self; 4] = [Self::Queued, Self::InFlight, Self::Sent, Self::Failed];

    /// The word used in JSON and the store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::InFlight => "in-flight",
            Self::Sent => "sent",
            Self::Failed => "failed",
        }
    }

    /// Reads [`DeliveryState::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// A delivery somebody holds a lease on, with what an attempt needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedDelivery {
    pub id: DeliveryId,
    pub subscriber: SubscriberId,
    pub address: EmailAddress,
    pub letter: std::sync::Arc<Letter>,
    /// Attempts before this one.
    pub attempts: u32,
    /// When the copy was queued: fixes its Date header at every attempt.
    pub queued_at: DateTime<Utc>,
    /// An earlier attempt ended in a crash: this one may be a second copy.
    pub doubtful: bool,
}

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// The server took responsibility.
    Sent { reply: String },
    /// Passing: greylisting, a full mailbox, a lost connection.
    Deferred { reason: Reason, why: String },
    /// The whole letter left and no answer came: it may have arrived.
    Unanswered { why: String },
    /// Lasting: no such user, refused content.
    Refused { reason: Reason, why: String },
    /// The relay could not be used; says nothing about the letter.
    RelayFault { why: String },
}

/// What follows from an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Done. `reply` is the server's own words.
    Sent { reply: String },
    /// To be tried again. `doubtful`: this attempt may have arrived.
    TryLater {
        at: DateTime<Utc>,
        reason: Reason,
        why: String,
        doubtful: bool,
    },
    /// Not the letter's fault, or not its turn: the attempt does not count.
    Returned {
        at: DateTime<Utc>,
        reason: Reason,
        why: String,
    },
    /// Given up.
    Never { reason: Reason, why: String },
}

/// Why a letter was not sent, in one word: for counts. The server's own words
/// are kept beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A server that lets nobody pass at the first attempt.
    Greylisted,
    /// Too many letters in too short a time, by the server's count.
    TooFast,
    NoSuchMailbox,
    MailboxDisabled,
    MailboxFull,
    NoSuchDomain,
    BadAddress,
    /// The letter or its sender is not wanted there.
    Policy,
    TooLarge,
    /// The recipient's side is out of order.
    ServerTrouble,
    /// The connection broke or the server fell silent.
    ConnectionLost,
    /// Our relay could not be used.
    Relay,
    /// Held back by the house's own limits.
    Paced,
    /// Tried for two days.
    Expired,
    /// No message could be built.
    Unbuilt,
    Unsubscribed,
    /// The operator gave the digest's letters up.
    Stopped,
    Other,
}

impl Reason {
    /// All, for the store and for counts.
    pub const ALL: [Self; 18] = [
        Self::Greylisted,
        Self::TooFast,
        Self::NoSuchMailbox,
        Self::MailboxDisabled,
        Self::MailboxFull,
        Self::NoSuchDomain,
        Self::BadAddress,
        Self::Policy,
        Self::TooLarge,
        Self::ServerTrouble,
        Self::ConnectionLost,
        Self::Relay,
        Self::Paced,
        Self::Expired,
        Self::Unbuilt,
        Self::Unsubscribed,
        Self::Stopped,
        Self::Other,
    ];

    /// The word used in JSON and the store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Greylisted => "greylisted",
            Self::TooFast => "too-fast",
            Self::NoSuchMailbox => "no-such-mailbox",
            Self::MailboxDisabled => "mailbox-disabled",
            Self::MailboxFull => "mailbox-full",
            Self::NoSuchDomain => "no-such-domain",
            Self::BadAddress => "bad-address",
            Self::Policy => "policy",
            Self::TooLarge => "too-large",
            Self::ServerTrouble => "server-trouble",
            Self::ConnectionLost => "connection-lost",
            Self::Relay => "relay",
            Self::Paced => "paced",
            Self::Expired => "expired",
            Self::Unbuilt => "unbuilt",
            Self::Unsubscribed => "unsubscribed",
            Self::Stopped => "stopped",
            Self::Other => "other",
        }
    }

    /// What it means, for an operator.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Greylisted => "greylisted: the server lets nobody in at the first attempt",
            Self::TooFast => "too many letters in too short a time for the server",
            Self::NoSuchMailbox => "there is no such mailbox",
            Self::MailboxDisabled => "the mailbox is disabled",
            Self::MailboxFull => "the mailbox is full",
            Self::NoSuchDomain => "there is no such domain, or it takes no mail",
            Self::BadAddress => "the server does not understand the address",
            Self::Policy => "the letter or its sender is not wanted there (spam filter, policy)",
            Self::TooLarge => "the letter is too large for the server",
            Self::ServerTrouble => "the recipient's server is out of order",
            Self::ConnectionLost => "the connection broke or the server fell silent",
            Self::Relay => "our relay could not be used",
            Self::Paced => "held back by the limits of [mail]",
            Self::Expired => "tried for two days",
            Self::Unbuilt => "no message could be made of it",
            Self::Unsubscribed => "the reader left before it was sent, or is suppressed",
            Self::Stopped => "given up by `jarshy mail stop`",
            Self::Other => "for a reason the server did not make clear",
        }
    }

    /// Reads [`Reason::word`]; an unknown word is [`Reason::Other`].
    pub fn from_word(word: &str) -> Self {
        let known = Self::ALL.into_iter().find(|reason| reason.word() == word);
        known.unwrap_or(Self::Other)
    }
}

/// How many deliveries stand where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeliveryCounts {
    /// Waiting, never tried.
    pub queued: u64,
    /// Waiting to be tried again.
    pub deferred: u64,
    /// Begun.
    pub in_flight: u64,
    pub sent: u64,
    pub failed: u64,
    /// Of all, those that may have arrived twice because of a crash.
    pub doubtful: u64,
}

/// A copy to be queued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    pub id: DeliveryId,
    pub subscriber: SubscriberId,
    /// Not before.
    pub due: DateTime<Utc>,
}

/// Who holds a lease: one per process run, so that a crashed run never mistakes
/// its successor's leases for its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Holder(pub String);
