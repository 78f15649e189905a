//! Languages and scripts, and the three tongues the house itself speaks.

use std::fmt;
use std::str::FromStr;

/// What a text is written in, as far as the house tells them apart.
///
/// Tags are BCP 47; the Kazakh ones name their script because readers choose by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Kazakh in Cyrillic script, `kk-Cyrl`.
    KazakhCyrillic,
    /// Kazakh in Latin script, `kk-Latn`.
    KazakhLatin,
    /// Kazakh in Arabic script, `kk-Arab`.
    KazakhArabic,
    /// Russian, `ru`.
    Russian,
    /// English, `en`.
    English,
    /// Anything else, or too little to tell, `und`.
    Undetermined,
}

impl Language {
    /// Every value, in the order pages list them.
    pub const ALL: [Self; 6] = [
        Self::KazakhCyrillic,
        Self::KazakhLatin,
        Self::KazakhArabic,
        Self::Russian,
        Self::English,
        Self::Undetermined,
    ];

    /// The BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::KazakhCyrillic => "kk-Cyrl",
            Self::KazakhLatin => "kk-Latn",
            Self::KazakhArabic => "kk-Arab",
            Self::Russian => "ru",
            Self::English => "en",
            Self::Undetermined => "und",
        }
    }

    /// The language subtag alone: `kk`, `ru`, `en`, `und`.
    pub const fn subtag(self) -> &'static str {
        match self {
            Self::KazakhCyrillic | Self::KazakhLatin | Self::KazakhArabic => "kk",
            Self::Russian => "ru",
            Self::English => "en",
            Self::Undetermined => "und",
        }
    }

    /// ISO 15924 code of the script.
    pub const fn script(self) -> &'static str {
        match self {
            Self::KazakhCyrillic | Self::Russian => "Cyrl",
            Self::KazakhLatin | Self::English => "Latn",
            Self::KazakhArabic => "Arab",
            Self::Undetermined => "Zyyy",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// A text that names no language the house knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no language known here; expected one of kk, kk-Cyrl, kk-Latn, kk-Arab, ru, en")]
pub struct UnknownLanguage(pub String);

impl FromStr for Language {
    type Err = UnknownLanguage;

    /// Reads a BCP 47 tag without regard to case; `kk` alone is Cyrillic, the
    /// script in everyday use; regions (`ru-KZ`) are allowed and ignored.
    fn from_str(tag: &str) -> Result<Self, UnknownLanguage> {
        let lower = tag.trim().to_ascii_lowercase().replace('_', "-");
        let mut parts = lower.split('-');
        let language = parts.next().unwrap_or_default();
        let script = parts.next().unwrap_or_default();
        match (language, script) {
            ("kk" | "kaz", "latn") => Ok(Self::KazakhLatin),
            ("kk" | "kaz", "arab") => Ok(Self::KazakhArabic),
            ("kk" | "kaz", _) => Ok(Self::KazakhCyrillic),
            ("ru" | "rus", _) => Ok(Self::Russian),
            ("en" | "eng", _) => Ok(Self::English),
            ("und", _) => Ok(Self::Undetermined),
            _ => Err(UnknownLanguage(tag.to_owned())),
        }
    }
}

/// A language of the house's own pages and letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Tongue {
    /// Kazakh, Cyrillic script: the default everywhere.
    #[default]
    Kazakh,
    /// Russian.
    Russian,
    /// English.
    English,
}

impl Tongue {
    /// All three, in the order switches show them.
    pub const ALL: [Self; 3] = [Self::Kazakh, Self::Russian, Self::English];

    /// The BCP 47 tag: `kk`, `ru`, `en`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Kazakh => "kk",
            Self::Russian => "ru",
            Self::English => "en",
        }
    }
}

impl fmt::Display for Tongue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl FromStr for Tongue {
    type Err = UnknownLanguage;

    fn from_str(tag: &str) -> Result<Self, UnknownLanguage> {
        match tag.parse::<Language>()?.subtag() {
            "kk" => Ok(Self::Kazakh),
            "ru" => Ok(Self::Russian),
            "en" => Ok(Self::English),
            _ => Err(UnknownLanguage(tag.to_owned())),
        }
    }
}

/// One text in the three tongues of the house.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trilingual {
    /// Kazakh.
    pub kk: String,
    /// Russian.
    pub ru: String,
    /// English.
    pub en: String,
}

impl Trilingual {
    /// The text in `tongue`.
    pub fn get(&self, tongue: Tongue) -> &str {
        match tongue {
            Tongue::Kazakh => &self.kk,
            Tongue::Russian => &self.ru,
            Tongue::English => &self.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_with_case_and_region() {
        assert_eq!("KK-latn".parse(), Ok(Language::KazakhLatin));
        assert_eq!("kk_KZ".parse(), Ok(Language::KazakhCyrillic));
        assert_eq!("ru-KZ".parse(), Ok(Language::Russian));
        assert!("be".parse::<Language>().is_err());
    }

    #[test]
    fn every_tag_reads_back() {
        for language in Language::ALL {
            assert_eq!(language.tag().parse(), Ok(language));
        }
    }
}
