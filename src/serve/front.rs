//! Which stories stand on the front page: the newest, one source's word no more
//! than its share of them.
//!
//! Deliberately absent: feeds, which hold everything, and importance: people look
//! here for what is new.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use crate::model::feed::{Entry, Filter};
use crate::model::share::{ONE_SOURCE_IN, shared};
use crate::model::source::SourceId;
use crate::store::StoreError;

use super::House;

/// The newest `places` stories that `filter` admits. Where a source has more than its
/// share of them, the newest of the others are looked up beside it, and once more
/// for the next such source: more than so many cannot have too much.
pub(super) async fn stories(
    house: &House,
    filter: &Filter,
    places: u32,
) -> Result<Vec<Entry>, StoreError> {
    let share = places.div_ceil(u32::try_from(ONE_SOURCE_IN).unwrap_or(1));
    let catalogue = house.catalogue();
    let mut filter = filter.clone();
    let mut loud: HashSet<SourceId> = HashSet::new();
    let mut found = house.store.edition(&filter, places).await?;
    for _ in 0..ONE_SOURCE_IN {
        let louder = above(&found, share);
        if louder.iter().all(|source| loud.contains(source)) {
            break;
        }
        loud.extend(louder);
        let others = catalogue.sources.iter().map(|source| &source.id);
        filter.sources = others.filter(|id| !loud.contains(*id)).cloned().collect();
        if filter.sources.is_empty() {
            break;
        }
        let known: HashSet<_> = found.iter().map(|entry| entry.story.clone()).collect();
        let more = house.store.edition(&filter, places).await?;
        found.extend(
            more.into_iter()
                .filter(|entry| !known.contains(&entry.story)),
        );
    }
    // Feeds keep the order in which entries were added; people read by date.
    found.sort_by_key(|entry| Reverse(entry.article.dated()));
    let places = usize::try_from(places).unwrap_or(usize::MAX);
    let (chosen, _) = shared(found.iter().collect(), places, Entry::teller);
    Ok(chosen.into_iter().cloned().collect())
}

/// The sources on whose word more than `share` of the stories stand.
fn above(found: &[Entry], share: u32) -> HashSet<SourceId> {
    let mut told: HashMap<&SourceId, u32> = HashMap::new();
    for source in found.iter().filter_map(Entry::teller) {
        *told.entry(source).or_default() += 1;
    }
    let above = told.into_iter().filter(|(_, times)| *times > share);
    above.map(|(source, _)| source.clone()).collect()
}
