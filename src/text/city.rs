//! The cities of events in the reader's own tongue: the store holds their
//! common English spelling.
//!
//! Deliberately absent: every village. A name not listed is shown as it is.

use super::normalise::fold;
use crate::model::language::Tongue;

/// English spelling (GeoNames), Kazakh, Russian.
const CITIES: &str = include_str!("cities.tsv");

/// How like (Jaro and Winkler, 0 to 1) a name must be to be meant.
const ALIKE: f64 = 0.8;
/// Names offered instead of one that is not listed.
const ALIKE_MAX: usize = 3;

/// The name of `city` in `tongue`, or `city` itself where it is not known.
pub fn name(city: &str, tongue: Tongue) -> &str {
    CITIES
        .lines()
        .filter_map(|line| {
            let mut columns = line.split('\t');
            Some((columns.next()?, columns.next()?, columns.next()?))
        })
        .find(|(english, _, _)| *english == city)
        .map_or(city, |(_, kazakh, russian)| match tongue {
            Tongue::Kazakh => kazakh,
            Tongue::Russian => russian,
            Tongue::English => city,
        })
}

/// Listed names that look like `name`, the likest first, in the tongue each is
/// likest in; for whoever mistyped one.
pub fn alike(name: &str) -> Vec<&'static str> {
    let name = fold(name.trim());
    let likeness = |other: &str| strsim::jaro_winkler(&name, &fold(other));
    let mut found: Vec<(f64, &'static str)> = CITIES
        .lines()
        .filter_map(|line| {
            line.split('\t')
                .map(|other| (likeness(other), other))
                .max_by(|(one, _), (other, _)| one.total_cmp(other))
        })
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .collect();
    found.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    found
        .into_iter()
        .take(ALIKE_MAX)
        .map(|(_, name)| name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_three_names() {
        for line in CITIES.lines() {
            let names: Vec<&str> = line.split('\t').collect();
            assert!(
                names.len() == 3 && names.iter().all(|name| !name.is_empty()),
                "{line}"
            );
            assert_eq!(name(names[0], Tongue::Kazakh), names[1]);
            assert_eq!(name(names[0], Tongue::Russian), names[2]);
        }
    }

    #[test]
    fn a_mistyped_name_is_known_again() {
        for (typed, meant) in [
            ("Almatty", "Almaty"),
            ("Алмата", "Алматы"),
            ("Караганды", "Караганда"),
            ("қарағанда", "Қарағанды"),
            ("Усть-Каменогорс", "Усть-Каменогорск"),
        ] {
            assert_eq!(alike(typed).first(), Some(&meant), "{typed}");
        }
        for strange in ["", "qqq", "<script>"] {
            assert!(alike(strange).is_empty(), "{strange}");
        }
    }

    #[test]
    fn what_is_not_listed_stands_as_it_is() {
        assert_eq!(name("Semey", Tongue::Kazakh), "Семей");
        assert_eq!(name("Semey", Tongue::English), "Semey");
        assert_eq!(name("Nowhere", Tongue::Kazakh), "Nowhere");
    }
}
