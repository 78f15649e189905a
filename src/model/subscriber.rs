//! A Subscriber: a confirmed address and what it asked for. Equal profiles get
//! equal letters.

mod address;

use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::feed::FeedName;
use super::id::{derive, string_id};
use super::language::{Language, Tongue};
use super::reading::Kind;
use super::region::Region;
use super::schedule::{Rhythm, Schedule};
use super::topic::Topic;

pub use address::{ADDRESS_MAX_BYTES, BadAddress, EmailAddress, LOCAL_PART_MAX_BYTES};

string_id! {
    /// Derived from the address without regard to case.
    SubscriberId
}

impl SubscriberId {
    /// The id of whoever reads `address`. Servers may tell `A@x` from `a@x`;
    /// none in use does, and two letters to one person are worse.
    pub fn derived(address: &EmailAddress) -> Self {
        Self(derive(&[
            "subscriber",
            &address.as_str().to_ascii_lowercase(),
        ]))
    }
}

/// In which script a Kazakh letter is written; other tongues have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum LetterScript {
    #[default]
    Cyrillic,
    /// The alphabet of 2021.
    Latin,
}

impl LetterScript {
    /// ISO 15924, as in forms, CSV, JSON and the store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cyrillic => "Cyrl",
            Self::Latin => "Latn",
        }
    }

    /// BCP 47 of a text in `tongue` and this script: `kk`, `kk-Latn`, `ru`, `en`.
    pub const fn tag(self, tongue: Tongue) -> &'static str {
        match (tongue, self) {
            (Tongue::Kazakh, Self::Latin) => "kk-Latn",
            _ => tongue.tag(),
        }
    }

    /// The script that such a tag names.
    pub fn of_tag(tag: &str) -> Self {
        match tag.parse() {
            Ok(Language::KazakhLatin) => Self::Latin,
            _ => Self::Cyrillic,
        }
    }

    /// Reads [`LetterScript::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Cyrillic, Self::Latin]
            .into_iter()
            .find(|script| script.word() == word)
    }
}

/// By what the stories of a letter are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Grouping {
    /// One list, the most important first.
    #[default]
    Importance,
    /// A heading for each region.
    Region,
    /// A heading for each topic.
    Topic,
}

impl Grouping {
    /// All, for choices and tests.
    pub const ALL: [Self; 3] = [Self::Importance, Self::Region, Self::Topic];

    /// The word used in forms, CSV, JSON and the store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Importance => "importance",
            Self::Region => "region",
            Self::Topic => "topic",
        }
    }

    /// Reads [`Grouping::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|grouping| grouping.word() == word)
    }
}

/// What a subscriber asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// The tongue of the letter.
    pub tongue: Tongue,
    /// Its script, where the tongue has two.
    pub script: LetterScript,
    /// Feeds whose stories the digest holds; empty: the digest's own choice.
    pub feeds: Vec<FeedName>,
    /// Only stories and events of these regions; empty: all.
    pub regions: Vec<Region>,
    /// Only stories and events that are surely about one of these; empty: all.
    pub topics: Vec<Topic>,
    /// Only stories of these kinds; empty: all the feeds admit.
    pub kinds: Vec<Kind>,
    /// Only stories told in one of these languages; empty: all.
    pub languages: Vec<Language>,
    pub grouping: Grouping,
    pub schedule: Schedule,
}

string_id! {
    /// Equal keys, equal letters.
    ProfileKey
}

impl Profile {
    /// The most feeds or regions a profile may name.
    pub const CHOICES_MAX: usize = 32;

    /// Sorted, without repeats, within [`Profile::CHOICES_MAX`]: equal wishes, equal profiles.
    #[must_use]
    pub fn normalised(mut self) -> Self {
        self.feeds.sort();
        self.feeds.dedup();
        self.feeds.truncate(Self::CHOICES_MAX);
        self.regions.sort();
        self.regions.dedup();
        self.topics.sort();
        self.topics.dedup();
        self.kinds.sort();
        self.kinds.dedup();
        self.languages.sort();
        self.languages.dedup();
        self.schedule = self.schedule.normalised();
        if self.tongue != Tongue::Kazakh {
            self.script = LetterScript::default();
        }
        self
    }

    /// The key of the normalised profile.
    pub fn key(&self) -> ProfileKey {
        let profile = self.clone().normalised();
        let feeds: Vec<&str> = profile.feeds.iter().map(FeedName::as_str).collect();
        let regions: Vec<String> = profile.regions.iter().map(|region| region.code()).collect();
        let mut parts = vec![
            "profile".to_owned(),
            profile.tongue.tag().to_owned(),
            feeds.join(","),
            regions.join(","),
        ];
        // What a reader never chose leaves no trace: keys of letters that were
        // queued before the choice existed stay the same.
        parts.extend(profile.chosen());
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        ProfileKey(derive(&parts))
    }

    /// The choices beyond tongue, feeds and regions that differ from the
    /// defaults, as `name=value`.
    fn chosen(&self) -> Vec<String> {
        let mut chosen = Vec::new();
        let mut choose = |name: &str, value: String| {
            if !value.is_empty() {
                chosen.push(format!("{name}={value}"));
            }
        };
        let kinds: Vec<&str> = self.kinds.iter().map(|kind| kind.word()).collect();
        choose("kinds", kinds.join(","));
        let topics: Vec<&str> = self.topics.iter().map(|topic| topic.word()).collect();
        choose("topics", topics.join(","));
        let languages: Vec<&str> = self.languages.iter().map(|one| one.tag()).collect();
        choose("languages", languages.join(","));
        if self.script != LetterScript::default() {
            choose("script", self.script.word().to_owned());
        }
        if self.grouping != Grouping::default() {
            choose("grouping", self.grouping.word().to_owned());
        }
        if self.schedule.rhythm != Rhythm::default() {
            choose("rhythm", self.schedule.rhythm.word().to_owned());
        }
        choose(
            "hour",
            self.schedule
                .hour
                .map_or_else(String::new, |hour| hour.to_string()),
        );
        choose(
            "zone",
            self.schedule
                .zone
                .map_or_else(String::new, |zone| zone.name().to_owned()),
        );
        chosen
    }
}

/// Where a subscriber stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubscriberStatus {
    /// Asked, not yet confirmed: gets nothing but the confirmation letter.
    Pending,
    /// Gets digests.
    Confirmed,
    /// Asked to stop. Only that person's own confirmation starts it again.
    Unsubscribed,
}

impl SubscriberStatus {
    /// All, for the store and tests.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Confirmed, Self::Unsubscribed];

    /// The word used in CSV, JSON and the store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Unsubscribed => "unsubscribed",
        }
    }

    /// Reads [`SubscriberStatus::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }
}

/// An operator's mark on subscribers, such as `press` or `астана-2026`: 1 to
/// [`Tag::CHARS_MAX`] letters, digits, `-`, `_`, `.` and `:`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

impl Tag {
    /// The longest, in characters.
    pub const CHARS_MAX: usize = 40;
    /// The most marks one subscriber bears.
    pub const COUNT_MAX: usize = 32;

    /// The mark.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that is no tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no tag: expected 1 to 40 letters, digits, - _ . and :")]
pub struct BadTag(String);

impl FromStr for Tag {
    type Err = BadTag;

    fn from_str(text: &str) -> Result<Self, BadTag> {
        let is_tag = (1..=Self::CHARS_MAX).contains(&text.chars().count())
            && text
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':'));
        if is_tag {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadTag(text.chars().take(Self::CHARS_MAX).collect()))
        }
    }
}

/// Somebody who asked for the digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    pub id: SubscriberId,
    pub address: EmailAddress,
    pub status: SubscriberStatus,
    pub profile: Profile,
    /// The operator's marks; sorted.
    pub tags: Vec<Tag>,
    pub requested_at: DateTime<Utc>,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub unsubscribed_at: Option<DateTime<Utc>>,
    /// No digests until then; what they would have told comes after.
    pub paused_until: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_one_id() {
        let id = |text: &str| SubscriberId::derived(&text.parse().expect("address"));
        assert_eq!(id("A@example.kz"), id("a@EXAMPLE.kz"));
        assert_ne!(id("a@example.kz"), id("b@example.kz"));
    }

    #[test]
    fn equal_wishes_have_equal_keys() {
        let feed = |name: &str| name.parse::<FeedName>().expect("name");
        let one = Profile {
            feeds: vec![feed("b"), feed("a"), feed("a")],
            ..Profile::default()
        };
        let other = Profile {
            feeds: vec![feed("a"), feed("b")],
            ..Profile::default()
        };
        assert_eq!(one.key(), other.key());
        assert_ne!(one.key(), Profile::default().key());
        let about = |topics: &[Topic]| {
            let topics = topics.to_vec();
            Profile {
                topics,
                ..Profile::default()
            }
        };
        let media = about(&[Topic::Media, Topic::Youth]);
        assert_eq!(
            media.key(),
            about(&[Topic::Youth, Topic::Media, Topic::Youth]).key()
        );
        assert_ne!(media.key(), about(&[Topic::Youth]).key());
        assert_eq!(about(&[]).key(), Profile::default().key());
    }

    #[test]
    fn debug_does_not_tell_the_address() {
        let address: EmailAddress = "aigul@example.kz".parse().expect("address");
        assert!(!format!("{address:?}").contains("aigul"));
    }
}
