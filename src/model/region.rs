//! The 20 first-level divisions of Kazakhstan, by ISO 3166-2:KZ as of 2022-11-29
//! (Abai, Jetisu and Ulytau were added then).

use std::fmt;
use std::str::FromStr;

use super::language::{Tongue, Trilingual};

/// One of the 17 regions or 3 cities of republican significance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(u8);

/// Code, slug, Kazakh, Russian and English name. Ordered by code.
const TABLE: [(u8, &str, &str, &str, &str); 20] = [
    (10, "abai", "Абай облысы", "область Абай", "Abai Region"),
    (
        11,
        "akmola",
        "Ақмола облысы",
        "Акмолинская область",
        "Akmola Region",
    ),
    (
        15,
        "aktobe",
        "Ақтөбе облысы",
        "Актюбинская область",
        "Aktobe Region",
    ),
    (
        19,
        "almaty-region",
        "Алматы облысы",
        "Алматинская область",
        "Almaty Region",
    ),
    (
        23,
        "atyrau",
        "Атырау облысы",
        "Атырауская область",
        "Atyrau Region",
    ),
    (
        27,
        "west-kazakhstan",
        "Батыс Қазақстан облысы",
        "Западно-Казахстанская область",
        "West Kazakhstan Region",
    ),
    (
        31,
        "jambyl",
        "Жамбыл облысы",
        "Жамбылская область",
        "Jambyl Region",
    ),
    (
        33,
        "jetisu",
        "Жетісу облысы",
        "область Жетісу",
        "Jetisu Region",
    ),
    (
        35,
        "karaganda",
        "Қарағанды облысы",
        "Карагандинская область",
        "Karaganda Region",
    ),
    (
        39,
        "kostanay",
        "Қостанай облысы",
        "Костанайская область",
        "Kostanay Region",
    ),
    (
        43,
        "kyzylorda",
        "Қызылорда облысы",
        "Кызылординская область",
        "Kyzylorda Region",
    ),
    (
        47,
        "mangystau",
        "Маңғыстау облысы",
        "Мангистауская область",
        "Mangystau Region",
    ),
    (
        55,
        "pavlodar",
        "Павлодар облысы",
        "Павлодарская область",
        "Pavlodar Region",
    ),
    (
        59,
        "north-kazakhstan",
        "Солтүстік Қазақстан облысы",
        "Северо-Казахстанская область",
        "North Kazakhstan Region",
    ),
    (
        61,
        "turkistan",
        "Түркістан облысы",
        "Туркестанская область",
        "Turkistan Region",
    ),
    (
        62,
        "ulytau",
        "Ұлытау облысы",
        "область Ұлытау",
        "Ulytau Region",
    ),
    (
        63,
        "east-kazakhstan",
        "Шығыс Қазақстан облысы",
        "Восточно-Казахстанская область",
        "East Kazakhstan Region",
    ),
    (71, "astana", "Астана", "Астана", "Astana"),
    (75, "almaty", "Алматы", "Алматы", "Almaty"),
    (79, "shymkent", "Шымкент", "Шымкент", "Shymkent"),
];

impl Region {
    /// The capital.
    pub const ASTANA: Self = Self(71);

    /// All 20, ordered by code.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        TABLE.iter().map(|row| Self(row.0))
    }

    /// The ISO 3166-2 code, e.g. `KZ-71`.
    pub fn code(self) -> String {
        format!("KZ-{}", self.0)
    }

    /// A name for file names and addresses, e.g. `west-kazakhstan`.
    pub fn slug(self) -> &'static str {
        self.row().1
    }

    /// The everyday name in one tongue.
    pub fn name(self, tongue: Tongue) -> &'static str {
        let row = self.row();
        match tongue {
            Tongue::Kazakh => row.2,
            Tongue::Russian => row.3,
            Tongue::English => row.4,
        }
    }

    /// The everyday name in all three.
    pub fn names(self) -> Trilingual {
        Trilingual {
            kk: self.name(Tongue::Kazakh).to_owned(),
            ru: self.name(Tongue::Russian).to_owned(),
            en: self.name(Tongue::English).to_owned(),
        }
    }

    fn row(self) -> &'static (u8, &'static str, &'static str, &'static str, &'static str) {
        TABLE
            .iter()
            .find(|row| row.0 == self.0)
            .expect("a Region is made only from the table")
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KZ-{}", self.0)
    }
}

/// A text that is no ISO 3166-2:KZ code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no ISO 3166-2 code of a region of Kazakhstan; expected one such as KZ-71 (Astana)"
)]
pub struct UnknownRegion(pub String);

impl FromStr for Region {
    type Err = UnknownRegion;

    fn from_str(code: &str) -> Result<Self, UnknownRegion> {
        code.strip_prefix("KZ-")
            .and_then(|number| number.parse::<u8>().ok())
            .filter(|number| TABLE.iter().any(|row| row.0 == *number))
            .map(Self)
            .ok_or_else(|| UnknownRegion(code.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_twenty_and_each_code_reads_back() {
        assert_eq!(Region::all().len(), 20);
        for region in Region::all() {
            assert_eq!(region.code().parse(), Ok(region));
        }
        assert!("KZ-1".parse::<Region>().is_err());
        assert!("71".parse::<Region>().is_err());
    }
}
