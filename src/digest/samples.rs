//! Stories and events for the tests of this room.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::model::article::{Article, ArticleId};
use crate::model::digest::DigestPlan;
use crate::model::event::{Event, EventDetails, EventId, EventStatus};
use crate::model::feed::{AlsoTold, Entry, FeedName, Filter, PublishedFeed};
use crate::model::language::{Language, Tongue, Trilingual};
use crate::model::reading::{Confidence, Kind, Reading};
use crate::model::region::Region;
use crate::model::source::{Republish, SourceId};
use crate::model::story::StoryId;
use crate::model::topic::Topic;

pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

pub fn region(code: &str) -> Region {
    code.parse().expect("a region")
}

pub fn name(text: &str) -> FeedName {
    text.parse().expect("a name")
}

pub fn plan() -> DigestPlan {
    DigestPlan {
        name: name("daily"),
        title: Trilingual {
            kk: "Форумдар: күнделікті шолу".to_owned(),
            ru: "Форумы: ежедневный дайджест".to_owned(),
            en: "Forums: the daily digest".to_owned(),
        },
        timetable: "0 8 * * *".to_owned(),
        feeds: Vec::new(),
        stories_max: 10,
        days_ahead: 30,
        send_empty: false,
    }
}

pub fn feed(feed_name: &str, filter: Filter) -> PublishedFeed {
    PublishedFeed {
        name: name(feed_name),
        title: Trilingual::default(),
        description: Trilingual::default(),
        tongue: Tongue::Kazakh,
        filter,
        items_max: 50,
        calendar: true,
        featured: true,
    }
}

/// An event told of by the article `told_by`.
pub fn event(event_name: &str, start: &str, told_by: &str) -> Event {
    let article = article_id(told_by);
    Event {
        id: EventId::derived(&article, day(start)),
        name: event_name.to_owned(),
        start: day(start),
        end: None,
        time: None,
        city: None,
        region: None,
        status: EventStatus::Confirmed,
        details: EventDetails::default(),
        sequence: 0,
        date_words: String::new(),
        date_counted_from: None,
        articles: vec![article],
        topics: Vec::new(),
        said_by: BTreeMap::new(),
        created: at("2026-11-20T00:00:00Z"),
        updated: at("2026-11-20T00:00:00Z"),
    }
}

/// An entry whose article is keyed by its title.
pub fn entry(title: &str, kind: Kind, published: &str) -> Entry {
    let id = article_id(title);
    let dated = at(published);
    let sure = Confidence::new(0.9);
    Entry {
        story: StoryId::derived(&id),
        article: Article {
            id,
            source: source(),
            revision: 1,
            link: "https://outlet.example.kz/news".parse().ok(),
            title: title.to_owned(),
            authors: Vec::new(),
            summary_html: String::new(),
            content_html: String::new(),
            text: String::new(),
            published: Some(dated),
            updated: None,
            first_seen: dated,
            image: None,
            categories: Vec::new(),
            declared_language: None,
            declared_event: None,
            content_hash: String::new(),
        },
        reading: Reading {
            language: Language::KazakhCyrillic,
            language_confidence: sure,
            kind,
            kind_confidence: sure,
            regions: Vec::new(),
            topics: Vec::new(),
            event: None,
            more_events: Vec::new(),
            excerpt: "Мәтіннің бірінші сөйлемі. Екінші сөйлемі.".to_owned(),
            engine_version: 1,
            read_at: dated,
        },
        outlet: "Өңір үні".to_owned(),
        republish: Republish::Excerpt,
        also_told_by: Vec::new(),
        added: dated,
        changed: dated,
    }
}

pub fn in_region(mut entry: Entry, code: &str) -> Entry {
    entry
        .reading
        .regions
        .push((region(code), Confidence::new(0.9)));
    entry
}

pub fn about(mut entry: Entry, topic: Topic) -> Entry {
    entry.reading.topics.push((topic, Confidence::new(0.8)));
    entry
}

pub fn source() -> SourceId {
    SourceId::from_stored("oner-uni")
}

fn article_id(key: &str) -> ArticleId {
    ArticleId::derived(&source(), key)
}

pub fn told(outlet: &str, link: Option<&str>) -> AlsoTold {
    AlsoTold {
        outlet: outlet.to_owned(),
        title: "Форум".to_owned(),
        link: link.map(str::to_owned),
        language: Language::Russian,
    }
}
