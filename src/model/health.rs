//! The health of a source: what is kept of its last visits, so that an operator
//! learns which sources still speak, and a verdict can be given without asking.
//!
//! Deliberately absent: how a verdict is come to (`gather::health`).

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::in_vain::InVain;

/// What a source answered when it was last asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// A document that could be read.
    Read,
    /// The same as the last time.
    Unchanged,
    /// A web page where a feed, a sitemap or JSON was expected.
    WebPage,
    /// 401, 403, a question whether we are human, or robots.txt forbids.
    Blocked,
    /// 404.
    Missing,
    /// 410.
    Gone,
    /// To come later: 429, or 503 with a time.
    Later,
    /// Any other refusal, e.g. 500.
    Refused,
    /// Something, but nothing in it could be read.
    Unreadable,
    /// Nothing within the time: from another network it may.
    TimedOut,
    /// More than is read.
    TooLarge,
    /// Nothing: the house does not ask such an address, or follow a redirect to it.
    NotAsked,
    /// One redirect after the other.
    LedOn,
    /// A document that broke off before anything in it could be read.
    BrokeOff,
    /// Nothing: no connection, no such name, a broken answer.
    Nothing,
}

impl Answered {
    /// Every one, with the word it is kept and shown by.
    const WORDS: [(Self, &'static str); 15] = [
        (Self::Read, "read"),
        (Self::Unchanged, "unchanged"),
        (Self::WebPage, "web-page"),
        (Self::Blocked, "blocked"),
        (Self::Missing, "missing"),
        (Self::Gone, "gone"),
        (Self::Later, "later"),
        (Self::Refused, "refused"),
        (Self::Unreadable, "unreadable"),
        (Self::TimedOut, "timed-out"),
        (Self::TooLarge, "too-large"),
        (Self::NotAsked, "not-asked"),
        (Self::LedOn, "led-on"),
        (Self::BrokeOff, "broke-off"),
        (Self::Nothing, "nothing"),
    ];

    /// The word it is kept and shown by.
    pub fn word(self) -> &'static str {
        word_of(&Self::WORDS, self)
    }

    /// The same for people.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Unchanged => "nothing has changed",
            Self::WebPage => "a web page in its place",
            Self::Blocked => "not let in",
            Self::Missing => "not found (404)",
            Self::Gone => "gone for good (410)",
            Self::Later => "asked to come later",
            Self::Refused => "refused by the server",
            Self::Unreadable => "cannot be read",
            Self::TimedOut => "no answer in time",
            Self::TooLarge => "larger than is read",
            Self::NotAsked => "an address that is not asked",
            Self::LedOn => "redirects without end",
            Self::BrokeOff => "broke off",
            Self::Nothing => "no connection",
        }
    }

    /// Reads [`Answered::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        of_word(&Self::WORDS, word)
    }

    /// Whether the source did what it is there for.
    pub const fn is_usable(self) -> bool {
        matches!(self, Self::Read | Self::Unchanged)
    }
}

/// How a source is, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Answers, and has something new as often as it used to.
    Alive,
    /// Answers, but its layout seems to have changed: entries, dates or texts
    /// that were there are not.
    Changed,
    /// Answers, but has had nothing new for longer than its rhythm explains.
    Silent,
    /// Answers from another address than the catalogue's, and says for good.
    Moved,
    /// A web page answers in its place.
    WebPage,
    /// Does not let us in.
    Blocked,
    /// Does not answer now; too early to say more.
    Failing,
    /// Nothing usable is there.
    Dead,
    /// Never asked.
    Unvisited,
    /// Switched off in the catalogue.
    Off,
}

impl Verdict {
    const WORDS: [(Self, &'static str); 10] = [
        (Self::Alive, "alive"),
        (Self::Changed, "changed"),
        (Self::Silent, "silent"),
        (Self::Moved, "moved"),
        (Self::WebPage, "web page"),
        (Self::Blocked, "blocked"),
        (Self::Failing, "failing"),
        (Self::Dead, "dead"),
        (Self::Unvisited, "not visited"),
        (Self::Off, "off"),
    ];

    /// All verdicts, the best first.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::WORDS.iter().map(|(verdict, _)| *verdict)
    }

    /// The word it is kept and shown by.
    pub fn word(self) -> &'static str {
        word_of(&Self::WORDS, self)
    }

    /// Reads [`Verdict::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        of_word(&Self::WORDS, word)
    }

    /// Whether articles come.
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Alive | Self::Moved)
    }
}

fn word_of<T: PartialEq + Copy>(words: &[(T, &'static str)], value: T) -> &'static str {
    let found = words.iter().find(|(known, _)| *known == value);
    found.map_or("", |(_, word)| word)
}

fn of_word<T: Copy>(words: &[(T, &'static str)], word: &str) -> Option<T> {
    let found = words.iter().find(|(_, known)| *known == word);
    found.map(|(value, _)| *value)
}

/// What one document gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sample {
    pub entries: u32,
    /// Of them with a date.
    pub dated: u32,
    /// Of them with a text that is more than a teaser.
    pub whole: u32,
}

impl Sample {
    /// How many of a hundred entries have a date; `None` without entries.
    pub fn dated_percent(self) -> Option<u32> {
        percent(self.dated, self.entries)
    }

    /// How many of a hundred entries have their whole text; `None` without entries.
    pub fn whole_percent(self) -> Option<u32> {
        percent(self.whole, self.entries)
    }
}

fn percent(part: u32, whole: u32) -> Option<u32> {
    let share = u64::from(part) * 100 / u64::from(std::num::NonZeroU32::new(whole)?.get());
    u32::try_from(share).ok()
}

/// What is kept of a source's health between visits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Health {
    /// The last answer; `None`: never asked.
    pub answered: Option<Answered>,
    /// Since when it has not been usable.
    pub failing_since: Option<DateTime<Utc>>,
    /// The newest entry ever seen in it, by its date, else by when it was found.
    pub newest: Option<DateTime<Utc>>,
    /// Tenths of entries a week, as counted when something new last came: the
    /// rhythm itself fades while a source is silent.
    pub weekly_tenths: Option<u32>,
    /// The last document that was read.
    pub last: Sample,
    /// What its documents give as a rule: the last one that was not suspicious.
    pub usual: Sample,
    /// Since when its layout is suspected to have changed.
    pub changed_since: Option<DateTime<Utc>>,
    /// What was left out, or not read at all, and how often; bounded.
    pub skipped: BTreeMap<String, u32>,
    /// The last day (of the house zone) that brought articles not seen before, and
    /// how many were taken on it.
    pub taken: Option<(NaiveDate, u32)>,
    /// Pages it names that gave nothing.
    pub in_vain: InVain,
    /// The verdict that was last told in the log.
    pub told: Option<Verdict>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back() {
        for (answered, word) in Answered::WORDS {
            assert_eq!(answered.word(), word);
            assert_eq!(Answered::from_word(word), Some(answered));
        }
        for verdict in Verdict::all() {
            assert_eq!(Verdict::from_word(verdict.word()), Some(verdict));
        }
        assert_eq!(Verdict::from_word("well"), None);
    }

    #[test]
    fn shares_are_of_a_hundred() {
        let sample = Sample {
            entries: 3,
            dated: 2,
            whole: 0,
        };
        assert_eq!(sample.dated_percent(), Some(66));
        assert_eq!(sample.whole_percent(), Some(0));
        assert_eq!(Sample::default().dated_percent(), None);
    }
}
