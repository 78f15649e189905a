//! A Report: what came back about a letter, and what follows for its reader.
//!
//! What a report claims and what it proves are two things. Anybody can write
//! a mail that says a mailbox is gone; and ids are derived (`model/id.rs`), so
//! anybody who knows a reader's address can also compute the Message-ID of that
//! reader's copy. Only something the house signed tells which reader is meant.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::delivery::{DeliveryId, DeliveryMark};
use super::id::{derive, string_id};
use super::subscriber::{EmailAddress, SubscriberId};

/// The longest diagnostic kept, in characters.
pub const DIAGNOSTIC_MAX_CHARS: usize = 300;

string_id! {
    /// Derived from the report's bytes: the same report counts once.
    ReportId
}

impl ReportId {
    /// `origin` is the way it came, `bytes` what came.
    pub fn derived(origin: &str, bytes: &[u8]) -> Self {
        use sha2::{Digest, Sha256};
        let digest = super::id::hex(&Sha256::digest(bytes));
        Self(derive(&["report", origin, &digest]))
    }
}

/// How much a bounce says against the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The house or the letter was refused (spam filter, policy, size): says
    /// nothing against the mailbox.
    Blocked,
    /// Passing, or not sure: a full mailbox, a silent server.
    Soft,
    /// There is no such mailbox or domain, and the report says so.
    Hard,
}

impl Severity {
    /// The word used in JSON and the store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Blocked => "blocked",
            Self::Soft => "soft",
            Self::Hard => "hard",
        }
    }
}

/// What a report tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportKind {
    /// A letter did not arrive and will not.
    Bounce {
        severity: Severity,
        /// RFC 3463, such as `5.1.1`.
        code: Option<String>,
        /// The server's own words, one line, addresses left out.
        diagnostic: String,
    },
    /// The reader called a letter spam (RFC 5965).
    Complaint,
    /// The reader wrote to be let go.
    Unsubscribe,
    /// A server still tries: nothing to do.
    Delayed,
    /// A letter arrived, or was handed on.
    Delivered,
    /// A machine's answer: vacation, challenge, read receipt.
    AutoReply,
    /// None of these: for a person to look at.
    Unknown,
}

impl ReportKind {
    /// The word used in JSON and the store.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Bounce { .. } => "bounce",
            Self::Complaint => "complaint",
            Self::Unsubscribe => "unsubscribe",
            Self::Delayed => "delayed",
            Self::Delivered => "delivered",
            Self::AutoReply => "auto-reply",
            Self::Unknown => "unknown",
        }
    }

    /// Whether anything may follow for a reader.
    pub const fn matters(&self) -> bool {
        matches!(
            self,
            Self::Bounce { .. } | Self::Complaint | Self::Unsubscribe
        )
    }
}

/// Who is provably meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// A signed return address names the delivery.
    Delivery(DeliveryId),
    /// A signed link or address names the subscriber.
    Subscriber(SubscriberId),
    /// A mail provider that proved who it is names the address.
    Address(EmailAddress),
    /// Nothing signed: nothing follows.
    None,
}

impl Proof {
    /// The word used in JSON.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Delivery(_) => "delivery",
            Self::Subscriber(_) => "subscriber",
            Self::Address(_) => "address",
            Self::None => "none",
        }
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub id: ReportId,
    pub kind: ReportKind,
    pub proof: Proof,
    /// Which letter of a proven reader is meant: by the token that proves the
    /// reader, or by a Message-ID of ours, which proves nothing itself.
    pub hint: Option<DeliveryMark>,
    /// Readers the mail names, by address or link: among them is the one a
    /// proven delivery went to, so that no index of deliveries is needed.
    pub named: Vec<SubscriberId>,
}

/// When soft bounces add up to a mailbox that is given up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SoftPolicy {
    /// The sum at which a mailbox is given up.
    pub limit: f64,
    /// A soft bounce counts half after so many days.
    pub half_life_days: f64,
}

impl Default for SoftPolicy {
    /// Six daily letters in a row, or nine weekly ones.
    fn default() -> Self {
        Self {
            limit: 5.0,
            half_life_days: 30.0,
        }
    }
}

impl SoftPolicy {
    /// The sum of soft bounces at these times, each halved by its age. One from
    /// the future (a clock set back) counts whole.
    pub fn sum(&self, times: &[DateTime<Utc>], now: DateTime<Utc>) -> f64 {
        times
            .iter()
            .map(|at| {
                let days = (now - *at).as_seconds_f64().max(0.0) / 86_400.0;
                (-days / self.half_life_days).exp2()
            })
            .sum()
    }

    /// Whether a mailbox with soft bounces at these times is given up.
    pub fn gives_up(&self, times: &[DateTime<Utc>], now: DateTime<Utc>) -> bool {
        self.sum(times, now) >= self.limit
    }
}

/// Where mail servers hand reports in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListenAt {
    Tcp(SocketAddr),
    /// A Unix socket.
    Unix(PathBuf),
}

impl fmt::Display for ListenAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => path.display().fmt(f),
        }
    }
}

/// What providers' webhooks prove themselves with; absent: that hook is off.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct HookSecrets {
    /// The HTTP webhook signing key.
    pub mailgun: Option<String>,
    /// `user:password` of the webhook's basic authentication.
    pub postmark: Option<String>,
    /// The verification key: a public key in base64.
    pub sendgrid: Option<String>,
    /// The name (ARN) of the SNS topic that Amazon SES tells.
    pub ses: Option<String>,
}

impl fmt::Debug for HookSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HookSecrets(…)")
    }
}

/// Why an address is on the suppression list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SuppressionReason {
    /// No such mailbox or domain.
    HardBounce,
    /// Too many soft bounces.
    SoftBounces,
    Complaint,
    /// The person asked to be forgotten: only the hash of the address is kept.
    Erased,
    /// The operator said so.
    Operator,
}

impl SuppressionReason {
    /// All, for the store and the command line.
    pub const ALL: [Self; 5] = [
        Self::HardBounce,
        Self::SoftBounces,
        Self::Complaint,
        Self::Erased,
        Self::Operator,
    ];

    /// The word used in CSV, JSON and the store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::HardBounce => "hard-bounce",
            Self::SoftBounces => "soft-bounces",
            Self::Complaint => "complaint",
            Self::Erased => "erased",
            Self::Operator => "operator",
        }
    }

    /// Reads [`SuppressionReason::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }
}

/// A diagnostic on one line, no longer than [`DIAGNOSTIC_MAX_CHARS`], without
/// addresses: it is kept and shown longer than the reader may want to be known.
pub fn diagnostic(text: &str) -> String {
    let words: Vec<&str> = text
        .split_whitespace()
        .map(|word| if word.contains('@') { "…" } else { word })
        .collect();
    words.join(" ").chars().take(DIAGNOSTIC_MAX_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    /// How many letters in a row, each `every` days, until a mailbox is given up.
    fn letters(every: i64, at_most: i64) -> Option<usize> {
        let policy = SoftPolicy::default();
        let mut times = Vec::new();
        for n in 0..at_most {
            let now = DateTime::UNIX_EPOCH + TimeDelta::days(n * every);
            times.push(now);
            if policy.gives_up(&times, now) {
                return Some(times.len());
            }
        }
        None
    }

    #[test]
    fn soft_bounces_add_up_and_fade() {
        assert_eq!(letters(1, 99), Some(6));
        assert_eq!(letters(7, 99), Some(9));
        assert_eq!(letters(30, 99), None);
        let policy = SoftPolicy::default();
        let then = DateTime::UNIX_EPOCH + TimeDelta::days(100);
        let sum = |days| policy.sum(&[then], then + TimeDelta::days(days));
        for (days, expected) in [(0, 1.0), (-5, 1.0), (30, 0.5), (60, 0.25), (30_000, 0.0)] {
            assert!((sum(days) - expected).abs() < 1e-9, "after {days} days");
        }
        assert!(!policy.gives_up(&[], then));
    }

    #[test]
    fn a_diagnostic_holds_no_address() {
        assert_eq!(
            diagnostic("550 5.1.1 <aigul@example.kz>:\r\n  no such user"),
            "550 5.1.1 … no such user"
        );
        assert_eq!(diagnostic(&"қ".repeat(999)).chars().count(), 300);
    }

    #[test]
    fn one_report_one_id() {
        let id = ReportId::derived("mail", b"a");
        assert_eq!(id, ReportId::derived("mail", b"a"));
        assert_ne!(id, ReportId::derived("mail", b"b"));
        assert_ne!(id, ReportId::derived("hook", b"a"));
    }
}
