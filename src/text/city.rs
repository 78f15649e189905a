//! The cities of events in the reader's own tongue: the store holds their
//! common English spelling.
//!
//! Deliberately absent: every village. A name not listed is shown as it is.

use crate::model::language::Tongue;

/// English spelling (GeoNames), Kazakh, Russian.
const CITIES: &str = include_str!("cities.tsv");

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
    fn what_is_not_listed_stands_as_it_is() {
        assert_eq!(name("Semey", Tongue::Kazakh), "Семей");
        assert_eq!(name("Semey", Tongue::English), "Semey");
        assert_eq!(name("Nowhere", Tongue::Kazakh), "Nowhere");
    }
}
