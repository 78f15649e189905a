//! In which tongue and script a person reads: three tongues, one of them in
//! two scripts.

use crate::model::language::Tongue;
use crate::model::subscriber::{LetterScript, Profile};
use crate::text::latin::latin;

/// A tongue and its script. Kazakh words are written once, in Cyrillic; their
/// Latin form is made from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Writing {
    pub tongue: Tongue,
    pub script: LetterScript,
}

impl Writing {
    /// All, in the order of [`Tongue::ALL`].
    pub const ALL: [Self; 4] = [
        Self::usual(Tongue::Kazakh),
        Self {
            tongue: Tongue::Kazakh,
            script: LetterScript::Latin,
        },
        Self::usual(Tongue::Russian),
        Self::usual(Tongue::English),
    ];

    /// The tongue in the script it is mostly written in.
    const fn usual(tongue: Tongue) -> Self {
        Self {
            tongue,
            script: LetterScript::Cyrillic,
        }
    }

    /// Whether Kazakh is read in Latin letters.
    pub fn is_latin_kazakh(self) -> bool {
        self.tongue == Tongue::Kazakh && self.script == LetterScript::Latin
    }

    /// Whether Kazakh is read in Cyrillic letters.
    pub fn is_cyrillic_kazakh(self) -> bool {
        self.tongue == Tongue::Kazakh && self.script == LetterScript::Cyrillic
    }

    /// The BCP 47 tag: `kk`, `kk-Latn`, `ru`, `en`.
    pub fn tag(self) -> &'static str {
        self.script.tag(self.tongue)
    }

    /// The house's own words, given in the usual script, as this reader reads them.
    pub fn spell(self, words: &str) -> String {
        if self.is_latin_kazakh() {
            latin(words)
        } else {
            words.to_owned()
        }
    }
}

impl From<Tongue> for Writing {
    fn from(tongue: Tongue) -> Self {
        Self::usual(tongue)
    }
}

impl From<&Profile> for Writing {
    fn from(profile: &Profile) -> Self {
        Self {
            tongue: profile.tongue,
            script: profile.script,
        }
    }
}
