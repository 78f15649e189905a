//! How important a story is to a reader of forum news: a sum of four things
//! anybody can check, so that an operator can say why one stands above another.
//!
//! Deliberately absent: anything about the reader; that is `choose`'s.

use chrono::{DateTime, Utc};

use crate::model::feed::Entry;
use crate::model::reading::Kind;

/// A forum to come weighs most: it can still be gone to.
const ANNOUNCEMENT: i64 = 40;
/// What was said at one weighs half.
const FORUM_ARTICLE: i64 = 20;
/// The house's own desk wrote it.
const OWN_DESK: i64 = 30;
/// Each other outlet that tells it.
const OUTLET: i64 = 8;
/// Beyond so many, more outlets add nothing: agencies are reprinted by the dozen.
const OUTLETS_MAX: usize = 5;
/// The newest story of a window has so much over one a day older. Less than a
/// kind is worth: a new article does not push out an announcement.
const NEWNESS_MAX: i64 = 12;
/// Each point of newness is so many hours.
const HOURS_PER_POINT: i64 = 2;

/// The weight of `entry` in a window whose newest story is dated `newest`.
pub fn importance(entry: &Entry, newest: DateTime<Utc>) -> i64 {
    parts(entry, newest).iter().map(|(_, points)| points).sum()
}

/// What the weight is the sum of, and each part's reason.
pub fn parts(entry: &Entry, newest: DateTime<Utc>) -> [(&'static str, i64); 4] {
    let kind = match entry.reading.shown_kind() {
        Some(Kind::Announcement) => ANNOUNCEMENT,
        Some(Kind::ForumArticle) => FORUM_ARTICLE,
        Some(Kind::Other) | None => 0,
    };
    let outlets = entry.also_told_by.len().min(OUTLETS_MAX);
    let told = OUTLET * i64::try_from(outlets).unwrap_or_default();
    let desk = if is_own_desk(entry) { OWN_DESK } else { 0 };
    let hours_older = (newest - entry.article.dated()).num_hours().max(0);
    let newness = (NEWNESS_MAX - hours_older / HOURS_PER_POINT).max(0);
    [
        ("its kind", kind),
        ("other outlets that tell it", told),
        ("the house's own desk wrote it", desk),
        ("its newness", newness),
    ]
}

/// The desk's own texts are read at the house: they alone have no page elsewhere.
pub fn is_own_desk(entry: &Entry) -> bool {
    entry.article.link.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::samples::{at, entry, told};

    #[test]
    fn each_thing_has_its_weight() {
        let newest = at("2026-11-23T09:00:00Z");
        let weigh = |kind, published: &str, outlets: usize, own: bool| {
            let mut entry = entry("x", kind, published);
            entry.also_told_by = vec![told("Other", None); outlets];
            if own {
                entry.article.link = None;
            }
            importance(&entry, newest)
        };
        let now = "2026-11-23T09:00:00Z";
        let cases = [
            (weigh(Kind::Other, "2026-11-20T09:00:00Z", 0, false), 0),
            (weigh(Kind::Other, now, 0, false), 12),
            (weigh(Kind::Other, "2026-11-23T04:00:00Z", 0, false), 10),
            (weigh(Kind::Other, "2026-11-24T09:00:00Z", 0, false), 12),
            (weigh(Kind::ForumArticle, now, 0, false), 32),
            (weigh(Kind::Announcement, now, 0, false), 52),
            (weigh(Kind::ForumArticle, now, 2, false), 48),
            (weigh(Kind::ForumArticle, now, 50, false), 72),
            (weigh(Kind::ForumArticle, now, 0, true), 62),
        ];
        for (place, (found, expected)) in cases.into_iter().enumerate() {
            assert_eq!(found, expected, "case {place}");
        }
    }
}
