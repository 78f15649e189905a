//! What an article is about: the topics readers choose by. The words are stable:
//! they stand in the catalogue, in feeds, in addresses and in the store. Pages and
//! letters call a topic by a message an operator may change; feeds made for each
//! topic by its name here, and a test of `template` keeps the two alike.

use std::fmt;
use std::str::FromStr;

use super::language::Tongue;

/// A topic. Ordered as readers are shown them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// Press, broadcasting, journalism.
    Media,
    /// Information technology, electronic services.
    Digital,
    /// Business, investment, finance, trade.
    Business,
    Agriculture,
    /// Oil, gas, power, nuclear, renewables.
    Energy,
    /// Manufacturing, mining, metallurgy, building.
    Industry,
    Transport,
    Youth,
    Education,
    Science,
    Culture,
    Health,
    /// Environment, water, climate.
    Ecology,
    Tourism,
    Sport,
    /// State, law, local government.
    Government,
    /// Civil society: associations, volunteers, women, inclusion.
    Society,
    /// Relations between states.
    Diplomacy,
}

impl Topic {
    /// All, for choices and tests.
    pub const ALL: [Self; 18] = [
        Self::Media,
        Self::Digital,
        Self::Business,
        Self::Agriculture,
        Self::Energy,
        Self::Industry,
        Self::Transport,
        Self::Youth,
        Self::Education,
        Self::Science,
        Self::Culture,
        Self::Health,
        Self::Ecology,
        Self::Tourism,
        Self::Sport,
        Self::Government,
        Self::Society,
        Self::Diplomacy,
    ];

    /// The word used in the catalogue, in feeds, in JSON and in the store.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Media => "media",
            Self::Digital => "digital",
            Self::Business => "business",
            Self::Agriculture => "agriculture",
            Self::Energy => "energy",
            Self::Industry => "industry",
            Self::Transport => "transport",
            Self::Youth => "youth",
            Self::Education => "education",
            Self::Science => "science",
            Self::Culture => "culture",
            Self::Health => "health",
            Self::Ecology => "ecology",
            Self::Tourism => "tourism",
            Self::Sport => "sport",
            Self::Government => "government",
            Self::Society => "society",
            Self::Diplomacy => "diplomacy",
        }
    }

    /// Its name in the tongue, to stand alone or after a colon.
    pub const fn name(self, tongue: Tongue) -> &'static str {
        let [kk, ru, en] = match self {
            Self::Media => ["БАҚ", "СМИ", "Media"],
            Self::Digital => [
                "Цифрлық технологиялар",
                "Цифровые технологии",
                "Digital technology",
            ],
            Self::Business => [
                "Бизнес және экономика",
                "Бизнес и экономика",
                "Business and economy",
            ],
            Self::Agriculture => ["Ауыл шаруашылығы", "Сельское хозяйство", "Agriculture"],
            Self::Energy => ["Энергетика", "Энергетика", "Energy"],
            Self::Industry => [
                "Өнеркәсіп және құрылыс",
                "Промышленность и строительство",
                "Industry and construction",
            ],
            Self::Transport => [
                "Көлік және логистика",
                "Транспорт и логистика",
                "Transport and logistics",
            ],
            Self::Youth => ["Жастар", "Молодёжь", "Youth"],
            Self::Education => ["Білім", "Образование", "Education"],
            Self::Science => ["Ғылым", "Наука", "Science"],
            Self::Culture => ["Мәдениет", "Культура", "Culture"],
            Self::Health => ["Денсаулық сақтау", "Здравоохранение", "Health"],
            Self::Ecology => ["Экология", "Экология", "Environment"],
            Self::Tourism => ["Туризм", "Туризм", "Tourism"],
            Self::Sport => ["Спорт", "Спорт", "Sport"],
            Self::Government => [
                "Мемлекет және құқық",
                "Государство и право",
                "Government and law",
            ],
            Self::Society => ["Азаматтық қоғам", "Гражданское общество", "Civil society"],
            Self::Diplomacy => [
                "Халықаралық қатынастар",
                "Международные отношения",
                "International relations",
            ],
        };
        match tongue {
            Tongue::Kazakh => kk,
            Tongue::Russian => ru,
            Tongue::English => en,
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A text that is no topic's word.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no topic; expected one of {known}", known = Topic::ALL.map(Topic::word).join(", "))]
pub struct UnknownTopic(pub String);

impl FromStr for Topic {
    type Err = UnknownTopic;

    fn from_str(word: &str) -> Result<Self, UnknownTopic> {
        Self::ALL
            .into_iter()
            .find(|topic| topic.word() == word)
            .ok_or_else(|| UnknownTopic(word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_reads_back() {
        for topic in Topic::ALL {
            assert_eq!(topic.word().parse(), Ok(topic));
        }
        let why = "sports".parse::<Topic>().expect_err("no topic");
        assert!(why.to_string().contains("tourism, sport, government"));
    }
}
