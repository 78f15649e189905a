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
    /// Passing: greylisting, a full mailbox, no connection.
    Deferred { why: String },
    /// Lasting: no such user, refused content.
    Refused { why: String },
}

/// What follows from an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Done. `reply` is the server's own words.
    Sent { reply: String },
    /// To be tried again.
    TryLater { at: DateTime<Utc>, why: String },
    /// Given up.
    Never { why: String },
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
