//! When a subscriber wants letters: how often, at which hour, by whose clock.

use chrono::Weekday;
use chrono_tz::Tz;

/// How often a digest comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Rhythm {
    /// Every day.
    #[default]
    Daily,
    /// Monday to Friday; Monday's holds the weekend.
    Weekdays,
    /// Once a week, on this day.
    Weekly(Weekday),
    /// A letter as soon as an announcement is read, and no digest.
    AtOnce,
}

impl Rhythm {
    /// All, for choices and tests.
    pub const ALL: [Self; 10] = [
        Self::Daily,
        Self::Weekdays,
        Self::Weekly(Weekday::Mon),
        Self::Weekly(Weekday::Tue),
        Self::Weekly(Weekday::Wed),
        Self::Weekly(Weekday::Thu),
        Self::Weekly(Weekday::Fri),
        Self::Weekly(Weekday::Sat),
        Self::Weekly(Weekday::Sun),
        Self::AtOnce,
    ];

    /// The word used in forms, CSV, JSON and the store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekdays => "weekdays",
            Self::Weekly(Weekday::Mon) => "weekly-mon",
            Self::Weekly(Weekday::Tue) => "weekly-tue",
            Self::Weekly(Weekday::Wed) => "weekly-wed",
            Self::Weekly(Weekday::Thu) => "weekly-thu",
            Self::Weekly(Weekday::Fri) => "weekly-fri",
            Self::Weekly(Weekday::Sat) => "weekly-sat",
            Self::Weekly(Weekday::Sun) => "weekly-sun",
            Self::AtOnce => "at-once",
        }
    }

    /// Reads [`Rhythm::word`].
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rhythm| rhythm.word() == word)
    }
}

/// When a profile's letters come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Schedule {
    pub rhythm: Rhythm,
    /// The hour of the day, 0–23; `None`: when the digest's own timetable says.
    pub hour: Option<u8>,
    /// Whose clock the hour is of; `None`: the house's.
    pub zone: Option<Tz>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for rhythm in Rhythm::ALL {
            assert_eq!(Rhythm::from_word(rhythm.word()), Some(rhythm));
        }
        assert_eq!(Rhythm::from_word("hourly"), None);
    }
}
