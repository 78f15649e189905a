//! How important a story is to a reader of forum news: a sum of six things
//! anybody can check, so that an operator can say why one stands above another.
//!
//! Deliberately absent: what a reader opened or liked; nobody keeps that. Of the
//! reader only the regions asked for count, since those were said.

use chrono::{DateTime, NaiveDate, Utc};

use crate::model::feed::Entry;
use crate::model::reading::Kind;
use crate::model::region::Region;

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
/// Its event is on, or so many days ahead at most, and what that is worth. The
/// nearest is worth less than another kind, as newness is.
const NEARNESS: [(i64, i64); 4] = [(1, 12), (3, 9), (7, 6), (30, 3)];
/// It is first of all about a region the reader asked for, or its event is there;
/// others only name one.
const REGION: i64 = 10;

/// What a story is weighed against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale<'a> {
    /// When the newest story of the window is dated.
    pub newest: DateTime<Utc>,
    /// The day of the letter, in the house zone.
    pub today: NaiveDate,
    /// The regions the reader asked for; empty: all alike.
    pub regions: &'a [Region],
}

/// What a story weighs, and by what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Importance {
    pub kind: i64,
    pub nearness: i64,
    pub outlets: i64,
    pub desk: i64,
    pub region: i64,
    pub newness: i64,
}

impl Importance {
    /// The weight of `entry` on `scale`.
    pub fn of(entry: &Entry, scale: &Scale) -> Self {
        let outlets = entry.also_told_by.len().min(OUTLETS_MAX);
        let hours_older = (scale.newest - entry.article.dated()).num_hours().max(0);
        Self {
            kind: match entry.reading.shown_kind() {
                Some(Kind::Announcement) => ANNOUNCEMENT,
                Some(Kind::ForumArticle) => FORUM_ARTICLE,
                Some(Kind::Other) | None => 0,
            },
            nearness: nearness(entry, scale.today),
            outlets: OUTLET * i64::try_from(outlets).unwrap_or_default(),
            desk: if entry.is_own_desk() { OWN_DESK } else { 0 },
            region: if is_of(entry, scale.regions) {
                REGION
            } else {
                0
            },
            newness: (NEWNESS_MAX - hours_older / HOURS_PER_POINT).max(0),
        }
    }

    /// Each thing by its name, with what it adds.
    pub const fn parts(&self) -> [(&'static str, i64); 6] {
        [
            ("kind", self.kind),
            ("nearness", self.nearness),
            ("outlets", self.outlets),
            ("desk", self.desk),
            ("region", self.region),
            ("newness", self.newness),
        ]
    }

    /// The sum.
    pub fn total(&self) -> i64 {
        self.parts().iter().map(|(_, points)| points).sum()
    }
}

/// What is over is near to nobody.
fn nearness(entry: &Entry, today: NaiveDate) -> i64 {
    let Some(event) = &entry.reading.event else {
        return 0;
    };
    if !event.confidence.is_enough() || event.end.unwrap_or(event.start) < today {
        return 0;
    }
    let ahead = (event.start - today).num_days();
    NEARNESS
        .iter()
        .find(|(days, _)| ahead <= *days)
        .map_or(0, |(_, points)| *points)
}

fn is_of(entry: &Entry, regions: &[Region]) -> bool {
    let mut about = entry.reading.regions.iter();
    let first = about.find(|(_, sure)| sure.is_enough());
    let held_in = entry.reading.event.as_ref().and_then(|event| event.region);
    let first = first.map(|(region, _)| *region);
    [first, held_in]
        .into_iter()
        .flatten()
        .any(|region| regions.contains(&region))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::digest::samples::{at, day, entry, region, told};
    use crate::model::event::{EventDetails, EventStatus};
    use crate::model::reading::{Confidence, DateEvidence, EventClaim};

    fn scale() -> Scale<'static> {
        Scale {
            newest: at("2026-11-23T09:00:00Z"),
            today: day("2026-11-23"),
            regions: &[],
        }
    }

    #[test]
    fn each_thing_has_its_weight() {
        let weigh = |kind, published: &str, outlets: usize, own: bool| {
            let mut entry = entry("x", kind, published);
            entry.also_told_by = vec![told("Other", None); outlets];
            if own {
                entry.article.link = None;
            }
            Importance::of(&entry, &scale()).total()
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

    fn with_event(start: &str, end: Option<&str>) -> Entry {
        let mut entry = entry("x", Kind::Announcement, "2026-11-23T09:00:00Z");
        entry.reading.event = Some(EventClaim {
            name: "Форум".to_owned(),
            start: day(start),
            end: end.map(day),
            time: None,
            city: None,
            region: None,
            status: EventStatus::Confirmed,
            details: EventDetails::default(),
            words: BTreeMap::new(),
            evidence: DateEvidence {
                words: String::new(),
                counted_from: None,
            },
            confidence: Confidence::new(0.9),
        });
        entry
    }

    #[test]
    fn a_nearer_event_weighs_more_until_it_is_over() {
        for (start, end, points) in [
            ("2026-11-22", None, 0),
            ("2026-11-20", Some("2026-11-23"), 12),
            ("2026-11-23", None, 12),
            ("2026-11-24", None, 12),
            ("2026-11-25", None, 9),
            ("2026-11-30", None, 6),
            ("2026-12-01", None, 3),
            ("2026-12-23", None, 3),
            ("2026-12-24", None, 0),
        ] {
            let weight = Importance::of(&with_event(start, end), &scale());
            assert_eq!(weight.nearness, points, "{start}");
            assert_eq!(weight.total(), 52 + points, "{start}");
        }
        let mut unsure = with_event("2026-11-24", None);
        let event = unsure.reading.event.as_mut().expect("it has one");
        event.confidence = Confidence::new(0.4);
        assert_eq!(Importance::of(&unsure, &scale()).nearness, 0);
    }

    #[test]
    fn what_is_about_a_region_asked_for_weighs_more_than_what_names_it() {
        let asked = [region("KZ-71")];
        let asking = Scale {
            regions: &asked,
            ..scale()
        };
        let sure = |code: &str| (region(code), Confidence::new(0.9));
        let mut entry = with_event("2026-12-30", None);
        entry.reading.regions = vec![sure("KZ-75"), sure("KZ-71")];
        assert_eq!(Importance::of(&entry, &asking).region, 0);
        entry.reading.regions.swap(0, 1);
        assert_eq!(Importance::of(&entry, &asking).region, 10);
        assert_eq!(Importance::of(&entry, &scale()).region, 0, "all alike");
        entry.reading.regions.clear();
        let event = entry.reading.event.as_mut().expect("it has one");
        event.region = Some(region("KZ-71"));
        assert_eq!(Importance::of(&entry, &asking).region, 10);
    }
}
