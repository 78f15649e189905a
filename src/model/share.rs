//! Places shared out, of a letter or the front page: one source's word fills none
//! while others have something to tell.
//!
//! A source may invent a thousand forums, or be taken over by somebody who does.
//! What enough sources tell, and the house's own word, is not counted. Deliberately
//! absent: how important anything is; what comes in keeps its order.

use std::collections::HashMap;
use std::hash::Hash;

/// One source gets one place in so many, rounded up; more only where the
/// others leave places free.
pub const ONE_SOURCE_IN: usize = 3;

/// The items that get one of `places`, in the order they came, and how many do
/// not. `source_of` names the source on whose word an item stands.
pub fn shared<'a, T, S: Eq + Hash>(
    items: Vec<&'a T>,
    places: usize,
    source_of: impl Fn(&'a T) -> Option<S>,
) -> (Vec<&'a T>, usize) {
    let Some(beyond) = items.len().checked_sub(places) else {
        return (items, 0);
    };
    let share = places.div_ceil(ONE_SOURCE_IN);
    let mut told: HashMap<S, usize> = HashMap::new();
    let within: Vec<bool> = items
        .iter()
        .map(|item| {
            source_of(item).is_none_or(|source| {
                let told = told.entry(source).or_default();
                *told += 1;
                *told <= share
            })
        })
        .collect();
    let mut first = within.iter().filter(|one| **one).count().min(places);
    let mut then = places - first;
    let kept = items.into_iter().zip(within).filter(|(_, within)| {
        let left = if *within { &mut first } else { &mut then };
        let has_place = *left > 0;
        *left = left.saturating_sub(1);
        has_place
    });
    (kept.map(|(item, _)| item).collect(), beyond)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_source_gets_its_share_and_what_others_leave_free() {
        // Items are written as source and number; `-` is nobody's alone.
        let cases: &[(&[&str], usize, &[&str])] = &[
            (&[], 3, &[]),
            (&["a1", "a2", "a3"], 3, &["a1", "a2", "a3"]),
            (&["a1", "a2", "a3", "a4"], 3, &["a1", "a2", "a3"]),
            (&["a1", "a2", "a3", "b1", "c1"], 3, &["a1", "b1", "c1"]),
            (&["a1", "a2", "a3", "a4", "b1"], 3, &["a1", "a2", "b1"]),
            (&["-1", "-2", "-3", "a1"], 3, &["-1", "-2", "-3"]),
            (
                &["a1", "a2", "-1", "a3", "-2", "b1", "b2"],
                4,
                &["a1", "a2", "-1", "-2"],
            ),
            (
                &["a1", "a2", "b1", "b2", "b3"],
                4,
                &["a1", "a2", "b1", "b2"],
            ),
            (&["a1", "b1"], 1, &["a1"]),
            (&["a1"], 0, &[]),
        ];
        for (items, places, expected) in cases {
            let source_of = |item: &&str| item.chars().next().filter(|source| *source != '-');
            let (kept, left) = shared(items.iter().collect(), *places, source_of);
            let kept: Vec<&str> = kept.into_iter().copied().collect();
            assert_eq!(kept, *expected, "{items:?} in {places}");
            assert_eq!(kept.len() + left, items.len(), "{items:?} in {places}");
        }
    }
}
