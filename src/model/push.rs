//! A subscription at a hub (W3C WebSub, and PubSubHubbub 0.4 before it): what
//! was asked, what the hub confirmed, and whether what it promised comes.
//!
//! Deliberately absent: when to ask a hub and how often to poll in spite of it
//! (`gather::websub`), and signatures (`serve::websub`).

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::id::{hex, string_id};
use super::source::SourceId;

/// Bytes of randomness in a callback's address and in a secret.
pub const PUSH_RANDOM_BYTES: usize = 32;
/// How long a subscription is asked to last; the hub decides.
pub const LEASE_WANTED: TimeDelta = TimeDelta::days(10);
/// A longer lease counts as this: hubs forget, and renewing costs one request.
const LEASE_MAX: TimeDelta = TimeDelta::days(90);
/// Not renewed sooner after it was confirmed, however short the lease.
const RENEW_AFTER_MIN: TimeDelta = TimeDelta::minutes(5);
/// Renewed when so many hundredths of the lease are over, and up to ten more by
/// the subscription's own number, so that they don't all fall due together.
const RENEW_FROM_PERCENT: i32 = 75;
/// A hub that refused is asked again after so long.
pub const DENIED_FOR: TimeDelta = TimeDelta::days(1);
/// Pushes in a row that brought something before polling relies on them.
pub const TRUSTED_AFTER: u32 = 2;
/// A longer challenge is no hub's.
pub const CHALLENGE_BYTES_MAX: usize = 4 * 1024;
/// The most of a hub's words kept.
const REASON_CHARS_MAX: usize = 200;

string_id! {
    /// The unguessable part of a callback's address.
    PushId
}

/// What a hub signs its pushes with. Not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct PushSecret(String);

impl PushSecret {
    /// Takes one that was made before.
    pub fn from_stored(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// As it is told to the hub.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PushSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PushSecret(…)")
    }
}

/// What the hub is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    Subscribe,
    Unsubscribe,
}

impl Aim {
    /// The word for it in `hub.mode`.
    pub const fn mode(self) -> &'static str {
        match self {
            Self::Subscribe => "subscribe",
            Self::Unsubscribe => "unsubscribe",
        }
    }
}

/// One subscription, from the wish for it until it is ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    pub id: PushId,
    pub source: SourceId,
    pub hub: Url,
    /// The feed as the hub knows it (`rel="self"`).
    pub topic: Url,
    /// Where the hub pushes to; kept whole, since a hub knows a subscription by it.
    pub callback: Url,
    pub secret: PushSecret,
    pub aim: Aim,
    /// Since when an answer of the hub is awaited; `None`: nothing was asked.
    pub asked: Option<DateTime<Utc>>,
    /// The hub is not asked before.
    pub next_ask: DateTime<Utc>,
    /// Times in a row that asking came to nothing.
    pub failures: u32,
    /// What went wrong last, for people.
    pub trouble: Option<String>,
    /// When the hub last confirmed it.
    pub confirmed: Option<DateTime<Utc>>,
    /// Until when it then holds.
    pub lease_until: Option<DateTime<Utc>>,
    /// The last push without anything in it: a request to come and look.
    pub pinged: Option<DateTime<Utc>>,
    /// The last push with the right signature.
    pub pushed: Option<DateTime<Utc>>,
    pub pushes: u64,
    /// Pushes thrown away, since their signature was wrong or missing.
    pub discarded: u64,
    /// Pushes that brought something since one was missed.
    pub proven: u32,
    /// Entries of the feed share ids, which only the whole of it shows: a push is
    /// then a request to come and look.
    pub whole_only: bool,
}

impl Subscription {
    /// One that nobody was asked for yet. `random` makes its address, `secret` its key.
    pub fn wanted(
        source: SourceId,
        (hub, topic): (Url, Url),
        base: &Url,
        random: &[u8; PUSH_RANDOM_BYTES],
        secret: &[u8; PUSH_RANDOM_BYTES],
        now: DateTime<Utc>,
    ) -> Self {
        let id = PushId::from_stored(hex(random));
        let mut callback = base.clone();
        let folder = base.path().trim_end_matches('/');
        callback.set_path(&format!("{folder}/websub/{id}"));
        Self {
            id,
            source,
            hub,
            topic,
            callback,
            secret: PushSecret(hex(secret)),
            aim: Aim::Subscribe,
            asked: None,
            next_ask: now,
            failures: 0,
            trouble: None,
            confirmed: None,
            lease_until: None,
            pinged: None,
            pushed: None,
            pushes: 0,
            discarded: 0,
            proven: 0,
            whole_only: false,
        }
    }

    /// The hub promised to push.
    pub fn is_alive(&self, now: DateTime<Utc>) -> bool {
        self.aim == Aim::Subscribe && self.lease_until.is_some_and(|until| until > now)
    }

    /// The hub keeps its promise: polling may come less often.
    pub fn is_trusted(&self, now: DateTime<Utc>) -> bool {
        self.is_alive(now) && self.proven >= TRUSTED_AFTER
    }

    /// What a hub's question to the callback comes to (WebSub section 5.3): only
    /// what was asked for is confirmed. A hub that asks once more while the lease
    /// runs (it missed the answer, or refreshes by itself as PubSubHubbub 0.3 lets
    /// it) hears yes again, since no would end what both want; the lease kept here
    /// stays as it was.
    pub fn answer(&self, question: &Question, now: DateTime<Utc>) -> Verdict {
        if question.topic.as_ref() != Some(&self.topic) {
            return Verdict::NotAsked;
        }
        match (question.mode, self.aim, self.asked) {
            // Section 5.2: at any time, also long after it was confirmed.
            (Mode::Denied, Aim::Subscribe, _) => Verdict::Denied,
            (Mode::Subscribe, Aim::Subscribe, Some(_)) => {
                let lease = question.lease.unwrap_or(LEASE_WANTED).min(LEASE_MAX);
                Verdict::Confirmed {
                    lease_until: now + lease,
                    renew: now + self.renew_after(lease),
                }
            }
            (Mode::Subscribe, Aim::Subscribe, None) if self.is_alive(now) => Verdict::Holds,
            (Mode::Unsubscribe, Aim::Unsubscribe, Some(_)) => Verdict::Ended,
            _ => Verdict::NotAsked,
        }
    }

    fn renew_after(&self, lease: TimeDelta) -> TimeDelta {
        let number = self.id.as_str().bytes().map(i32::from).sum::<i32>() % 11;
        let share = lease * (RENEW_FROM_PERCENT + number) / 100;
        share.max(RENEW_AFTER_MIN)
    }
}

/// What asking a hub came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubAsked {
    /// The hub may ask back.
    pub awaited: bool,
    pub failures: u32,
    pub next_ask: DateTime<Utc>,
    pub trouble: Option<String>,
}

/// What a hub asks the callback (`hub.mode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Subscribe,
    Unsubscribe,
    /// Not a question: the hub refused, or ended what it had confirmed.
    Denied,
}

/// A hub's question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub mode: Mode,
    pub topic: Option<Url>,
    pub challenge: String,
    pub lease: Option<TimeDelta>,
    pub reason: Option<String>,
}

impl Question {
    /// Reads the query's pairs; `None` where it asks nothing a hub asks.
    pub fn read<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Option<Self> {
        let mut mode = None;
        let mut question = Self {
            mode: Mode::Denied,
            topic: None,
            challenge: String::new(),
            lease: None,
            reason: None,
        };
        for (key, value) in pairs {
            match key {
                "hub.mode" => {
                    mode = Some(match value {
                        "subscribe" => Mode::Subscribe,
                        "unsubscribe" => Mode::Unsubscribe,
                        "denied" => Mode::Denied,
                        _ => return None,
                    });
                }
                "hub.topic" => question.topic = Url::parse(value).ok(),
                "hub.challenge" => value.clone_into(&mut question.challenge),
                "hub.lease_seconds" => {
                    // More digits than fit are more than the maximum.
                    let is_number =
                        !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
                    let seconds = value.parse::<u32>().unwrap_or(u32::MAX);
                    question.lease = is_number.then(|| TimeDelta::seconds(i64::from(seconds)));
                }
                "hub.reason" => question.reason = Some(reason(value)),
                _ => {}
            }
        }
        question.mode = mode?;
        let answered = question.mode == Mode::Denied || !question.challenge.is_empty();
        (answered && question.challenge.len() <= CHALLENGE_BYTES_MAX).then_some(question)
    }
}

/// What a hub's question comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Its challenge is given back, and the subscription holds.
    Confirmed {
        lease_until: DateTime<Utc>,
        /// When to ask again.
        renew: DateTime<Utc>,
    },
    /// Its challenge is given back, and the subscription holds as it did.
    Holds,
    /// Its challenge is given back, and the subscription is over.
    Ended,
    /// The hub does not want to push.
    Denied,
    /// Nobody here asked for it.
    NotAsked,
}

/// A push that waits to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The store's name for it.
    pub key: String,
    pub push: PushId,
    pub source: SourceId,
    pub received: DateTime<Utc>,
}

/// A hub's words as they are kept: one line, not too long.
pub fn reason(words: &str) -> String {
    let plain = words.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<&str> = plain.filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(REASON_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests;
