//! What the operator says of an article, put above what is read in it.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};

use super::place;
use crate::model::correction::Correction;
use crate::model::event::{EventDetails, EventStatus};
use crate::model::reading::{Confidence, DateEvidence, EventClaim, Kind, Reading};
use crate::model::region::Region;
use crate::text::normalise::one_line;

/// What the operator says of an event; the rest stays as it was known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventWord {
    pub start: NaiveDate,
    /// Last day, when it is not the first.
    pub end: Option<NaiveDate>,
    pub name: Option<String>,
    pub time: Option<NaiveTime>,
    pub city: Option<String>,
    pub region: Option<Region>,
    pub status: Option<EventStatus>,
}

/// The event as the operator tells it, over what is `known` of it so far. An
/// event nobody told of bears the article's `title`.
pub fn claimed(word: &EventWord, known: Option<&EventClaim>, title: &str) -> EventClaim {
    let mut claim = known.cloned().unwrap_or_else(|| EventClaim {
        name: title.to_owned(),
        start: word.start,
        end: None,
        time: None,
        city: None,
        region: None,
        status: EventStatus::Confirmed,
        details: EventDetails::default(),
        words: BTreeMap::new(),
        evidence: nobodys_words(),
        confidence: sure(),
    });
    // What the operator says stands in no text.
    claim.words.clear();
    claim.start = word.start;
    claim.end = word.end;
    claim.time = word.time.or(claim.time);
    claim.status = word.status.unwrap_or(claim.status);
    claim.evidence = nobodys_words();
    claim.confidence = sure();
    if let Some(name) = &word.name {
        claim.name = one_line(name);
    }
    match (&word.city, word.region) {
        (Some(city), region) => {
            let known = place::city(city);
            let city = Some(known.map_or_else(|| one_line(city), |(name, _)| name.to_owned()));
            if claim.city != city {
                claim.details.venue = None;
            }
            claim.city = city;
            claim.region = region.or(known.and_then(|(_, region)| region));
        }
        (None, Some(region)) => lie_in(&mut claim, region),
        (None, None) => {}
    }
    claim
}

/// The reading with the operator's word in it. `published` is the day in the
/// house zone.
pub fn corrected(mut reading: Reading, correction: &Correction, published: NaiveDate) -> Reading {
    if let Some(event) = &correction.event {
        let read_in = reading.event.as_ref().and_then(|event| event.region);
        let said_in = event.as_ref().and_then(|event| event.region);
        if said_in.is_some() && read_in != said_in {
            // The article stood in that region for an event that is elsewhere.
            reading.regions.retain(|(known, _)| Some(*known) != read_in);
        }
        reading.event.clone_from(event);
        if event.is_none() {
            reading.more_events.clear();
        }
        if let Some(event) = event {
            if let Some(kind) = implied_kind(reading.shown_kind(), event, published) {
                reading.kind = kind;
                reading.kind_confidence = sure();
            }
            if let Some(region) = event.region {
                reading.regions.retain(|(known, _)| *known != region);
                reading.regions.insert(0, (region, sure()));
            }
        }
    }
    if let Some(region) = correction.region {
        reading.regions = vec![(region, sure())];
        if let (Some(event), None) = (&mut reading.event, &correction.event) {
            lie_in(event, region);
        }
    }
    if let Some(kind) = correction.kind {
        reading.kind = kind;
        reading.kind_confidence = sure();
        if kind == Kind::Other {
            reading.event = None;
            reading.more_events.clear();
        }
    }
    reading
}

/// An article with an event is about a forum; one that is over is not announced.
fn implied_kind(known: Option<Kind>, event: &EventClaim, published: NaiveDate) -> Option<Kind> {
    let is_over = event.end.unwrap_or(event.start) < published;
    match known {
        Some(Kind::ForumArticle) => None,
        Some(Kind::Announcement) => is_over.then_some(Kind::ForumArticle),
        Some(Kind::Other) | None => Some(if is_over {
            Kind::ForumArticle
        } else {
            Kind::Announcement
        }),
    }
}

/// A town elsewhere was wrong too.
fn lie_in(event: &mut EventClaim, region: Region) {
    event.region = Some(region);
    let is_there = |city: &String| {
        place::city(city).is_none_or(|(_, lies_in)| lies_in.is_none_or(|there| there == region))
    };
    if !event.city.as_ref().is_none_or(is_there) {
        event.city = None;
        event.details.venue = None;
    }
}

/// The day was read in no words: the operator named it.
fn nobodys_words() -> DateEvidence {
    DateEvidence {
        words: String::new(),
        counted_from: None,
    }
}

fn sure() -> Confidence {
    Confidence::new(1.0)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;
    use crate::model::article::ArticleId;
    use crate::understand::tests::{article, read_plainly};

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn reading() -> Reading {
        read_plainly(&article(
            "Алматыда медиафорум өтеді",
            "6 желтоқсанда сағат 10:00-де Алматыда медиафорум өтеді.",
            "2026-11-20",
        ))
    }

    fn correction() -> Correction {
        Correction::none(ArticleId::from_stored("a"), DateTime::<Utc>::UNIX_EPOCH)
    }

    fn word(start: &str) -> EventWord {
        EventWord {
            start: day(start),
            end: None,
            name: None,
            time: None,
            city: None,
            region: None,
            status: None,
        }
    }

    #[test]
    fn what_is_not_said_stays_as_it_was_known() {
        let reading = reading();
        let known = reading.event.as_ref();
        let claim = claimed(&word("2026-12-07"), known, "title");
        assert_eq!(claim.start, day("2026-12-07"));
        assert_eq!(claim.time, known.and_then(|known| known.time));
        assert!(claim.time.is_some());
        assert_eq!(claim.city.as_deref(), Some("Almaty"));
        assert_eq!(Some(&claim.name), known.map(|known| &known.name));
        assert_eq!(claimed(&word("2026-12-07"), Some(&claim), ""), claim);
        assert_eq!(claimed(&word("2026-12-07"), None, "title").name, "title");
        let mut named = word("2026-12-07");
        named.name = Some("Дала\r\nфорумы\u{202e}".to_owned());
        assert_eq!(claimed(&named, known, "").name, "Дала форумы");
    }

    #[test]
    fn a_town_brings_its_region_and_a_region_drops_a_town_elsewhere() {
        let reading = reading();
        let known = reading.event.as_ref();
        let mut said = word("2026-12-06");
        said.city = Some("Өскемен".to_owned());
        let claim = claimed(&said, known, "");
        assert_eq!(claim.city.as_deref(), Some("Oskemen"));
        assert_eq!(claim.region.map(Region::code).as_deref(), Some("KZ-63"));
        said.city = None;
        said.region = Some(Region::ASTANA);
        let claim = claimed(&said, known, "");
        assert_eq!((claim.city, claim.region), (None, Some(Region::ASTANA)));
    }

    #[test]
    fn the_editors_word_stands_above_the_reading() {
        let published = day("2026-11-20");
        let mut said = correction();
        said.kind = Some(Kind::Other);
        let other = corrected(reading(), &said, published);
        assert_eq!((other.shown_kind(), other.event), (Some(Kind::Other), None));

        let mut said = correction();
        said.region = Some(Region::ASTANA);
        let there = corrected(reading(), &said, published);
        assert_eq!(there.regions.len(), 1);
        assert_eq!(there.event.expect("it stays").region, Some(Region::ASTANA));

        let region = |code: &str| code.parse::<Region>().expect("a region");
        let mut elsewhere = word("2026-12-06");
        elsewhere.city = Some("Өскемен".to_owned());
        let read = reading();
        let mut said = correction();
        said.event = Some(Some(claimed(&elsewhere, read.event.as_ref(), "")));
        let moved = corrected(read, &said, published);
        let regions: Vec<Region> = moved.regions.iter().map(|(region, _)| *region).collect();
        assert_eq!(regions, [region("KZ-63")], "no longer KZ-75");

        let mut said = correction();
        said.event = Some(None);
        let none = corrected(reading(), &said, published);
        assert_eq!(none.event, None);
        assert_eq!(none.kind, reading().kind);
    }

    #[test]
    fn an_event_makes_an_article_one_about_a_forum() {
        let published = day("2026-11-20");
        let plain = read_plainly(&article("Көпір", "Көпір ашылды.", "2026-11-20"));
        assert_eq!(plain.shown_kind(), Some(Kind::Other));
        for (start, kind) in [
            ("2026-11-19", Kind::ForumArticle),
            ("2026-11-20", Kind::Announcement),
        ] {
            let mut said = correction();
            said.event = Some(Some(claimed(&word(start), None, "Форум")));
            let read = corrected(plain.clone(), &said, published);
            assert_eq!(read.shown_kind(), Some(kind), "{start}");
        }
    }
}
