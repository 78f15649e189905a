//! What a candidate gives, and how much that is worth.

use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Candidate, How, Kind};
use crate::gather::health;
use crate::model::draft::Harvest;
use crate::model::health::Sample;
use crate::model::source::Place;

/// Points for what a reader notices; of 100.
const FRESH: u32 = 30;
const STALE: u32 = 10;
const DATED: u32 = 20;
const WHOLE: u32 = 15;
const ENTRIES: u32 = 10;
const SAID: u32 = 5;
/// News is read while it is new …
const FRESH_WITHIN: TimeDelta = TimeDelta::days(14);
/// … and what is older than this nobody feeds any more.
const STALE_WITHIN: TimeDelta = TimeDelta::days(120);
/// So many entries are enough for a visit now and then.
const ENTRIES_ENOUGH: u32 = 10;
/// Words that say a feed holds what readers wrote.
const OF_READERS: [&str; 4] = ["comment", "коммент", "пікір", "forum-post"];

/// What was read at a candidate's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gives {
    pub format: Option<&'static str>,
    pub title: Option<String>,
    pub sample: Sample,
    /// Of them with a title.
    pub titled: u32,
    pub newest: Option<DateTime<Utc>>,
    pub hubs: Vec<String>,
    /// As the document says.
    pub language: Option<String>,
    /// Equal where two addresses give the same entries.
    pub likeness: u64,
}

/// Weighs a document that was read at `place`.
pub fn gives(place: &Place, harvest: &Harvest, now: DateTime<Utc>) -> Gives {
    let titled = harvest.drafts.iter().filter(|draft| draft.title.is_some());
    let mut hasher = DefaultHasher::new();
    for draft in &harvest.drafts {
        (&draft.link, &draft.title).hash(&mut hasher);
    }
    Gives {
        format: harvest.format,
        title: harvest.feed.title.clone(),
        sample: health::sample(place, &harvest.drafts),
        titled: u32::try_from(titled.count()).unwrap_or(u32::MAX),
        newest: health::newest(&harvest.drafts, now),
        hubs: harvest.feed.hubs.clone(),
        language: harvest.feed.language.clone(),
        likeness: hasher.finish(),
    }
}

/// How good a source it would be, 0 to 100; 0: none.
pub fn score(candidate: &Candidate, gives: &Gives, now: DateTime<Utc>) -> u32 {
    let sample = gives.sample;
    // A sitemap without titles tells what there is, not what it says.
    if gives.format.is_none() || sample.entries == 0 || gives.titled == 0 {
        return 0;
    }
    let age = gives.newest.map(|newest| now - newest);
    let fresh = match age {
        Some(age) if age <= FRESH_WITHIN => FRESH,
        Some(age) if age > STALE_WITHIN => 0,
        _ => STALE,
    };
    let kind = match candidate.kind {
        Kind::Feed => 20,
        Kind::Telegram => 8,
        Kind::Sitemap | Kind::Json => 6,
        Kind::Page => 4,
    };
    let points = fresh
        + kind
        + sample.dated_percent().unwrap_or(0) * DATED / 100
        + sample.whole_percent().unwrap_or(0) * WHOLE / 100
        + sample.entries.min(ENTRIES_ENOUGH) * ENTRIES / ENTRIES_ENOUGH
        + if candidate.how.is_said() { SAID } else { 0 };
    let called = format!(
        "{} {} {}",
        candidate.url.path(),
        gives.title.as_deref().unwrap_or_default(),
        candidate.title.as_deref().unwrap_or_default()
    )
    .to_lowercase();
    let of_readers = OF_READERS.iter().any(|word| called.contains(word));
    let points = if of_readers && candidate.how != How::Given {
        points / 4
    } else {
        points
    };
    points.max(1)
}
