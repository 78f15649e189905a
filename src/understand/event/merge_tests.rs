use super::*;
use crate::model::article::ArticleId;
use crate::model::reading::{Confidence, DateEvidence};
use crate::model::region::Region;
use crate::model::source::SourceId;

fn article(id: &str) -> Article {
    Article {
        id: ArticleId::from_stored(id),
        source: SourceId::from_stored("s"),
        revision: 1,
        link: None,
        title: String::new(),
        authors: Vec::new(),
        summary_html: String::new(),
        content_html: String::new(),
        text: String::new(),
        published: None,
        updated: None,
        first_seen: DateTime::UNIX_EPOCH,
        image: None,
        categories: Vec::new(),
        declared_language: None,
        declared_event: None,
        content_hash: String::new(),
    }
}

fn claim(name: &str, start: &str, city: Option<&str>) -> EventClaim {
    EventClaim {
        name: name.to_owned(),
        start: start.parse().expect("date"),
        end: None,
        time: None,
        city: city.map(str::to_owned),
        region: city.map(|_| Region::ASTANA),
        status: EventStatus::Confirmed,
        details: EventDetails::default(),
        words: BTreeMap::new(),
        evidence: DateEvidence {
            words: "ертең".to_owned(),
            counted_from: None,
        },
        confidence: Confidence::new(0.9),
    }
}

fn first() -> Event {
    let claim = claim(
        "Қазақстан журналистерінің өңірлік форумы",
        "2017-10-06",
        Some("Astana"),
    );
    match merge(&claim, &article("one"), None, &[], DateTime::UNIX_EPOCH) {
        EventChange::New(event) => event,
        other => panic!("the first is new: {other:?}"),
    }
}

fn later() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::hours(5)
}

#[test]
fn another_article_of_the_same_event_changes_nothing_a_calendar_shows() {
    let known = first();
    let again = claim(
        "Журналистердің өңірлік форумы",
        "2017-10-06",
        Some("Astana"),
    );
    let EventChange::Changed(event) = merge(&again, &article("two"), None, &[&known], later())
    else {
        panic!("a second article is noted");
    };
    assert_eq!((event.sequence, event.updated), (0, known.updated));
    assert_eq!(event.articles.len(), 2);
    assert_eq!(event.id, known.id);
    let third = merge(&again, &article("two"), Some(&event), &[], later());
    assert_eq!(third, EventChange::Unchanged(event.id));
}

#[test]
fn a_time_that_was_missing_is_a_real_change() {
    let mut again = claim("Өңірлік форум", "2017-10-06", None);
    again.time = chrono::NaiveTime::from_hms_opt(10, 0, 0);
    let EventChange::Changed(event) = merge(&again, &article("two"), None, &[&first()], later())
    else {
        panic!("the time is added");
    };
    assert_eq!(
        (event.sequence, event.updated, event.time),
        (1, later(), again.time)
    );
    assert_eq!(event.city.as_deref(), Some("Astana"));
}

#[test]
fn the_author_s_correction_keeps_the_id() {
    let moved = claim(
        "Қазақстан журналистерінің өңірлік форумы",
        "2017-10-09",
        Some("Astana"),
    );
    let EventChange::Changed(event) = merge(&moved, &article("one"), Some(&first()), &[], later())
    else {
        panic!("moved");
    };
    assert_eq!(event.id, first().id);
    assert_eq!((event.sequence, event.start), (1, moved.start));
}

#[test]
fn other_events_stay_apart() {
    let others = [
        claim("Су форумы", "2017-10-06", Some("Astana")),
        claim(
            "Қазақстан журналистерінің өңірлік форумы",
            "2017-10-06",
            Some("Almaty"),
        ),
        claim(
            "Қазақстан журналистерінің өңірлік форумы",
            "2017-10-20",
            Some("Astana"),
        ),
    ];
    for other in others {
        let change = merge(&other, &article("two"), None, &[&first()], later());
        assert!(matches!(change, EventChange::New(_)), "{other:?}");
    }
}

#[test]
fn a_cancellation_finds_its_event() {
    let mut called_off = claim(
        "Журналистердің өңірлік форумы",
        "2017-10-07",
        Some("Astana"),
    );
    called_off.status = EventStatus::Cancelled;
    let EventChange::Changed(event) =
        merge(&called_off, &article("two"), None, &[&first()], later())
    else {
        panic!("cancelled");
    };
    assert_eq!((event.status, event.sequence), (EventStatus::Cancelled, 1));
    assert_eq!(event.start, first().start);
}
