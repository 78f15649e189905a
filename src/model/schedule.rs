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

impl Schedule {
    /// Without what has no effect: an hour of letters that come at once, the
    /// clock of an hour that was not chosen.
    #[must_use]
    pub fn normalised(mut self) -> Self {
        if self.rhythm == Rhythm::AtOnce {
            self.hour = None;
        }
        self.hour = self.hour.filter(|hour| *hour < 24);
        if self.hour.is_none() {
            self.zone = None;
        }
        self
    }
}

/// Everyone whose letters come at the same times: a digest closes its windows
/// round by round. The default round follows the digest's own timetable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Round(Schedule);

impl Round {
    /// The round of those with `schedule`.
    pub fn of(schedule: Schedule) -> Self {
        Self(schedule.normalised())
    }

    /// When its letters come.
    pub const fn schedule(&self) -> Schedule {
        self.0
    }

    /// Its name in the store: empty for the default one, else
    /// `rhythm[@hour[@zone]]`.
    pub fn key(&self) -> String {
        if *self == Self::default() {
            return String::new();
        }
        let mut key = self.0.rhythm.word().to_owned();
        if let Some(hour) = self.0.hour {
            key = format!("{key}@{hour}");
        }
        if let Some(zone) = self.0.zone {
            key = format!("{key}@{}", zone.name());
        }
        key
    }

    /// Reads [`Round::key`].
    pub fn from_key(key: &str) -> Option<Self> {
        if key.is_empty() {
            return Some(Self::default());
        }
        let mut parts = key.splitn(3, '@');
        let schedule = Schedule {
            rhythm: Rhythm::from_word(parts.next()?)?,
            hour: parts.next().map(str::parse).transpose().ok()?,
            zone: parts.next().map(str::parse).transpose().ok()?,
        };
        Some(Self::of(schedule)).filter(|round| round.key() == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_is_what_has_an_effect() {
        let almaty = Some(chrono_tz::Asia::Almaty);
        let schedule = |rhythm, hour, zone| Schedule { rhythm, hour, zone };
        let cases = [
            (schedule(Rhythm::Daily, None, None), ""),
            (schedule(Rhythm::Daily, None, almaty), ""),
            (schedule(Rhythm::AtOnce, Some(9), almaty), "at-once"),
            (schedule(Rhythm::Daily, Some(7), None), "daily@7"),
            (
                schedule(Rhythm::Weekly(Weekday::Mon), Some(0), almaty),
                "weekly-mon@0@Asia/Almaty",
            ),
        ];
        for (schedule, key) in cases {
            let round = Round::of(schedule);
            assert_eq!(round.key(), key);
            assert_eq!(Round::from_key(key), Some(round));
        }
        for wrong in ["daily", "daily@24", "daily@7@Mars/Base", "hourly", "@"] {
            assert_eq!(Round::from_key(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn every_word_reads_back() {
        for rhythm in Rhythm::ALL {
            assert_eq!(Rhythm::from_word(rhythm.word()), Some(rhythm));
        }
        assert_eq!(Rhythm::from_word("hourly"), None);
    }
}
