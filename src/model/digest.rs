//! A Digest: one closing of one timetable window, frozen; and a Letter: the
//! digest as rendered for one profile.

use chrono::{DateTime, Utc};

use super::event::EventId;
use super::feed::FeedName;
use super::id::{derive, string_id};
use super::language::{Tongue, Trilingual};
use super::mailing::MailingId;
use super::schedule::Round;
use super::story::StoryId;
use super::subscriber::{LetterScript, ProfileKey};

/// A digest as the config describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestPlan {
    /// Its name, as in `jarshy digest close NAME`.
    pub name: FeedName,
    /// What letters call it.
    pub title: Trilingual,
    /// Cron expression in the house zone, five or six fields.
    pub timetable: String,
    /// Feeds whose stories it holds where the profile names none.
    pub feeds: Vec<FeedName>,
    /// The most stories one letter holds.
    pub stories_max: usize,
    /// How many days ahead events count as coming.
    pub days_ahead: u32,
    /// Whether a letter goes out although there is nothing new.
    pub send_empty: bool,
}

string_id! {
    /// Derived from the digest's name and the end of its window: a window
    /// closes once, whoever tries.
    DigestId
}

impl DigestId {
    /// The id of the window of `name` that ends at `until`.
    pub fn derived(name: &FeedName, until: DateTime<Utc>) -> Self {
        Self(derive(&[
            "digest",
            name.as_str(),
            &until.timestamp_millis().to_string(),
        ]))
    }

    /// The id of the window of one round of `name` that ends at `until`.
    pub fn of_round(name: &FeedName, round: &Round, until: DateTime<Utc>) -> Self {
        if *round == Round::default() {
            return Self::derived(name, until);
        }
        let until = until.timestamp_millis().to_string();
        Self(derive(&["digest", name.as_str(), &round.key(), &until]))
    }
}

/// The stretch of time a digest covers: after `after`, up to and including `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub after: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

/// One closing of one window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    pub id: DigestId,
    pub name: FeedName,
    pub window: Window,
    /// What was chosen, over all profiles, in order.
    pub stories: Vec<StoryId>,
    /// Coming events, over all profiles, in order.
    pub events: Vec<EventId>,
}

string_id! {
    /// Derived from what the letter is for and the profile.
    LetterId
}

impl LetterId {
    /// The letter of `digest` for everyone with `profile`.
    pub fn of_digest(digest: &DigestId, profile: &ProfileKey) -> Self {
        Self(derive(&["letter", digest.as_str(), profile.as_str()]))
    }

    /// The letter of `digest` for those with `profile` whose own window begins
    /// elsewhere than the digest's.
    pub fn of_window(digest: &DigestId, profile: &ProfileKey, after: DateTime<Utc>) -> Self {
        let after = after.timestamp_millis().to_string();
        Self(derive(&[
            "letter",
            digest.as_str(),
            profile.as_str(),
            &after,
        ]))
    }

    /// A mailing's letter in one tongue.
    pub fn of_mailing(mailing: &MailingId, tongue: Tongue) -> Self {
        Self(derive(&[
            "letter",
            "mailing",
            mailing.as_str(),
            tongue.tag(),
        ]))
    }

    /// The confirmation letter in one tongue (its links are filled in per copy).
    pub fn of_confirmation(tongue: Tongue, body_hash: &str) -> Self {
        Self(derive(&["letter", "confirmation", tongue.tag(), body_hash]))
    }
}

/// Why a letter is sent: it decides which headers it bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// List mail, a digest or an operator's own: RFC 8058 headers.
    Digest,
    /// An answer to a person's own request: no list headers.
    Confirmation,
}

impl Purpose {
    /// The word used in the store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Digest => "digest",
            Self::Confirmation => "confirmation",
        }
    }

    /// Reads [`Purpose::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Digest, Self::Confirmation]
            .into_iter()
            .find(|purpose| purpose.word() == word)
    }
}

/// Stands in a letter's text and HTML where one copy differs from another;
/// `deliver` puts the recipient's own link there. A URL that survives every
/// HTML and text rendering unchanged, and that no article can contain by
/// chance: `.invalid` is reserved (RFC 2606).
pub mod slot {
    /// Becomes the personal unsubscribe page.
    pub const UNSUBSCRIBE_URL: &str = "https://slot.jarshy.invalid/unsubscribe";
    /// Becomes the personal confirmation page.
    pub const CONFIRM_URL: &str = "https://slot.jarshy.invalid/confirm";
    /// Becomes the personal page of preferences.
    pub const PREFERENCES_URL: &str = "https://slot.jarshy.invalid/preferences";
}

/// A digest as rendered for one profile, or a confirmation letter: everything
/// that is equal for all its recipients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub id: LetterId,
    pub purpose: Purpose,
    pub tongue: Tongue,
    /// In which script, where it is Kazakh.
    pub script: LetterScript,
    pub subject: String,
    /// With slots (see [`slot`]).
    pub text: String,
    /// With slots (see [`slot`]).
    pub html: String,
}

impl Letter {
    /// BCP 47 of what it is written in.
    pub const fn tag(&self) -> &'static str {
        self.script.tag(self.tongue)
    }
}
