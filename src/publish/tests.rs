use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::*;
use crate::model::article::{Article, ArticleId};
use crate::model::event::{Event, EventDetails, EventId, EventStatus};
use crate::model::feed::{AlsoTold, Entry, Filter};
use crate::model::language::{Language, Tongue, Trilingual};
use crate::model::reading::{Confidence, Kind, Reading};
use crate::model::region::Region;
use crate::model::source::{Republish, SourceId};
use crate::model::story::StoryId;
use crate::model::topic::Topic;

/// What a hostile outlet may write: markup, the end of CDATA, characters XML
/// cannot hold, and the line ends of iCalendar.
const HOSTILE: &str = "Форум <b>&amp; \"]]>\" \u{b}\u{0}\u{fffe}\r\nX-EVIL:1; a, b\\";

fn site() -> Site {
    Site {
        url: Url::parse("https://jarshy.example/").expect("url"),
        name: "Жаршы".to_owned(),
        zone: chrono_tz::Asia::Almaty,
    }
}

fn feed(tongue: Tongue) -> PublishedFeed {
    let all = |text: &str| Trilingual {
        kk: text.to_owned(),
        ru: format!("{text} (ru)"),
        en: format!("{text} (en)"),
    };
    PublishedFeed {
        name: "all-forums".parse().expect("name"),
        title: all("Барлық форум & жиын"),
        description: all("Қазақстандағы форумдар"),
        tongue,
        filter: Filter::default(),
        items_max: 50,
        calendar: true,
        featured: true,
    }
}

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_764_072_000, 0).expect("time")
}

fn reading(sure: f32) -> Reading {
    Reading {
        language: Language::KazakhCyrillic,
        language_confidence: Confidence::new(sure),
        kind: Kind::Announcement,
        kind_confidence: Confidence::new(sure),
        regions: vec![(Region::ASTANA, Confidence::new(sure))],
        topics: vec![
            (Topic::Digital, Confidence::new(sure)),
            (Topic::Youth, Confidence::new(sure / 2.0)),
        ],
        event: None,
        more_events: Vec::new(),
        excerpt: format!("Ертең форум өтеді. {HOSTILE}"),
        engine_version: 1,
        read_at: noon(),
    }
}

fn entry(key: &str, title: &str, sure: f32, republish: Republish) -> Entry {
    let source: SourceId = SourceId::from_stored("desk");
    let id = ArticleId::derived(&source, key);
    Entry {
        story: StoryId::derived(&id),
        article: Article {
            id,
            source,
            revision: 1,
            link: (republish == Republish::Excerpt)
                .then(|| Url::parse("https://outlet.example/1?a=1&b=2").expect("url")),
            title: title.to_owned(),
            authors: Vec::new(),
            summary_html: String::new(),
            content_html: "<p>Толық мәтін ]]> соңы\u{b}</p>".to_owned(),
            text: "Толық мәтін".to_owned(),
            published: Some(noon()),
            updated: None,
            first_seen: noon(),
            image: None,
            categories: Vec::new(),
            declared_language: None,
            declared_event: None,
            content_hash: String::new(),
        },
        reading: reading(sure),
        outlet: "Өңір & \"Апта\"".to_owned(),
        republish,
        also_told_by: vec![AlsoTold {
            outlet: "Region".to_owned(),
            title: "Forum <tomorrow>".to_owned(),
            link: Some("https://other.example/?a&b".to_owned()),
            language: Language::English,
        }],
        added: noon(),
        changed: noon() + TimeDelta::hours(1),
    }
}

fn event(key: &str, name: &str) -> Event {
    let article = ArticleId::derived(&SourceId::from_stored("desk"), key);
    let start = NaiveDate::from_ymd_opt(2026, 12, 5).expect("day");
    Event {
        id: EventId::derived(&article, start),
        name: name.to_owned(),
        start,
        end: None,
        time: None,
        city: Some("Astana".to_owned()),
        region: Some(Region::ASTANA),
        status: EventStatus::Confirmed,
        details: EventDetails::default(),
        sequence: 0,
        date_words: "ертең".to_owned(),
        date_counted_from: start.pred_opt(),
        articles: vec![article],
        topics: vec![Topic::Digital, Topic::Youth],
        said_by: BTreeMap::new(),
        created: noon(),
        updated: noon(),
    }
}

fn edition() -> Edition {
    Edition {
        entries: vec![
            entry("sure", HOSTILE, 0.9, Republish::Excerpt),
            entry("own", "Редакцияның өз хабары", 0.9, Republish::Full),
            entry("unsure", "Белгісіз", 0.2, Republish::Excerpt),
        ],
        events: vec![
            event("sure", HOSTILE),
            Event {
                time: NaiveTime::from_hms_opt(10, 30, 0),
                city: Some("Kokshetau".to_owned()),
                region: "KZ-11".parse().ok(),
                date_counted_from: None,
                status: EventStatus::Cancelled,
                sequence: 2,
                ..event("timed", "Таңғы форум")
            },
            Event {
                end: NaiveDate::from_ymd_opt(2026, 12, 7),
                city: None,
                region: None,
                status: EventStatus::Postponed,
                ..event("long", "Үш күндік форум")
            },
        ],
    }
}

/// The expected files were written by this code and then read by eye: they hold
/// what was, not what a validator said. `JARSHY_WRITE_EXPECTED=folder` renews them.
#[test]
fn documents_are_as_expected() {
    let (edition, site) = (edition(), site());
    let feed = feed(Tongue::Kazakh);
    let cases = [
        (
            "rss",
            rss::write(&feed, &edition, &site),
            include_str!("../../tests/fixtures/publish/expected.rss"),
        ),
        (
            "atom",
            atom::write(&feed, &edition, &site),
            include_str!("../../tests/fixtures/publish/expected.atom"),
        ),
        (
            "json",
            json_feed::write(&feed, &edition, &site),
            include_str!("../../tests/fixtures/publish/expected.json"),
        ),
        (
            "ics",
            icalendar::write(&feed, &edition, &site),
            include_str!("../../tests/fixtures/publish/expected.ics"),
        ),
        (
            "opml",
            opml::write(std::slice::from_ref(&feed), &site, Tongue::Russian),
            include_str!("../../tests/fixtures/publish/expected.opml"),
        ),
    ];
    let wanted = std::env::var("JARSHY_WRITE_EXPECTED").ok();
    for (kind, document, expected) in cases {
        if let Some(folder) = &wanted {
            std::fs::write(format!("{folder}/expected.{kind}"), &document.bytes).expect("written");
            continue;
        }
        let found = String::from_utf8(document.bytes).expect("UTF-8");
        assert_eq!(found, expected, "{kind}");
    }
}

#[test]
fn feeds_read_back_with_what_was_said() {
    let (edition, site, feed) = (edition(), site(), feed(Tongue::Kazakh));
    let read = ::rss::Channel::read_from(&rss::write(&feed, &edition, &site).bytes[..]);
    let channel = read.expect("RSS");
    let expected_title = "Форум <b>&amp; \"]]>\" X-EVIL:1; a, b\\";
    assert_eq!(channel.items()[0].title(), Some(expected_title));
    assert_eq!(channel.items()[0].content(), None);
    assert!(
        channel.items()[1]
            .content()
            .is_some_and(|html| html.starts_with("<p>Толық мәтін ]]> соңы</p>"))
    );
    let read = atom_syndication::Feed::read_from(&atom::write(&feed, &edition, &site).bytes[..]);
    let atom = read.expect("Atom");
    assert_eq!(atom.entries()[0].title().value, expected_title);
    assert!(atom.entries()[0].id().starts_with("urn:uuid:"));
    assert_eq!(
        Some(atom.entries()[0].id()),
        channel.items()[0].guid().map(::rss::Guid::value)
    );
}

#[test]
fn what_is_uncertain_is_not_said() {
    let unsure = entry("unsure", "Белгісіз", 0.2, Republish::Excerpt);
    assert!(entry::labels(&unsure).is_empty());
    assert_eq!(entry::language(&unsure), None);
}

#[test]
fn validators_come_from_content() {
    let (site, feed) = (site(), feed(Tongue::Kazakh));
    for format in Format::ALL {
        let full = write(format, &feed, &edition(), &site);
        assert_eq!(full, write(format, &feed, &edition(), &site));
        let empty = write(format, &feed, &Edition::default(), &site);
        assert_eq!(empty.last_modified, DateTime::UNIX_EPOCH);
        assert_ne!(empty.etag, full.etag);
        assert!(full.last_modified >= noon());
    }
}

#[test]
fn days_iso_calendars_cannot_write_are_left_out() {
    let far = Event {
        start: NaiveDate::from_ymd_opt(30_000, 1, 1).expect("day"),
        ..event("far", "Алыс")
    };
    let edition = Edition {
        entries: Vec::new(),
        events: vec![far],
    };
    let text = icalendar::write(&feed(Tongue::English), &edition, &site()).bytes;
    assert!(!String::from_utf8_lossy(&text).contains("VEVENT"));
}
