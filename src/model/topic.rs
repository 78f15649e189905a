//! What an article is about: the topics readers choose by. The words are stable:
//! they stand in the catalogue, in feeds, in addresses and in the store; how a
//! topic is called in each tongue is a message.

use std::fmt;
use std::str::FromStr;

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
