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

#[test]
fn every_field_knows_who_said_it() {
    let mut known = first();
    let mut second = claim(
        "Журналистердің өңірлік форумы",
        "2017-10-06",
        Some("Astana"),
    );
    second.details.venue = Some("Қазмедиа орталығы".to_owned());
    second.details.organiser = Some("Министрлік".to_owned());
    known = match merge(&second, &article("two"), None, &[&known], later()) {
        EventChange::Changed(event) => event,
        other => panic!("a venue is added: {other:?}"),
    };
    assert_eq!(known.sequence, 1, "a venue is a real change");
    let said = |field| known.said_by.get(&field).map(ArticleId::as_str);
    assert_eq!(said(EventField::Name), Some("one"));
    assert_eq!(said(EventField::Date), Some("one"));
    assert_eq!(said(EventField::Venue), Some("two"));
    assert_eq!(said(EventField::Organiser), Some("two"));
    // Who said it takes it back; what others said stays.
    second.details.venue = None;
    let mut third = claim(
        "Журналистердің өңірлік форумы",
        "2017-10-06",
        Some("Astana"),
    );
    third.details.organiser = Some("Басқа біреу".to_owned());
    let unchanged = merge(&third, &article("two-b"), Some(&known), &[], later());
    let EventChange::Changed(noted) = unchanged else {
        panic!("a third article is noted");
    };
    assert_eq!(noted.details, known.details);
    assert_eq!(noted.sequence, known.sequence);
    let EventChange::Changed(mended) = merge(&second, &article("two"), Some(&known), &[], later())
    else {
        panic!("taken back");
    };
    assert_eq!(mended.details.venue, None);
    assert_eq!(mended.details.organiser, known.details.organiser);
    assert_eq!(mended.said_by.get(&EventField::Venue), None);
}

#[test]
fn an_organiser_alone_does_not_raise_the_sequence() {
    let mut second = claim(
        "Журналистердің өңірлік форумы",
        "2017-10-06",
        Some("Astana"),
    );
    second.details.organiser = Some("Министрлік".to_owned());
    let EventChange::Changed(event) = merge(&second, &article("two"), None, &[&first()], later())
    else {
        panic!("told");
    };
    assert_eq!((event.sequence, event.updated), (0, later()));
}

#[test]
fn what_was_tentative_is_confirmed_by_anybody() {
    let mut maybe = claim("Су форумы", "2017-10-06", Some("Astana"));
    maybe.status = EventStatus::Tentative;
    let EventChange::New(known) = merge(&maybe, &article("one"), None, &[], later()) else {
        panic!("new");
    };
    let sure = claim("Су форумы", "2017-10-06", Some("Astana"));
    let EventChange::Changed(event) = merge(&sure, &article("two"), None, &[&known], later())
    else {
        panic!("confirmed");
    };
    assert_eq!((event.status, event.sequence), (EventStatus::Confirmed, 1));
    // And the old word of the first changes nothing back.
    let again = merge(&maybe, &article("one"), Some(&event), &[], later());
    assert!(matches!(again, EventChange::Unchanged(_)), "{again:?}");
}

#[test]
fn a_bare_forum_is_the_same_only_in_the_same_place() {
    let known = first();
    let bare = claim("Форум", "2017-10-06", Some("Astana"));
    let change = merge(&bare, &article("two"), None, &[&known], later());
    assert!(matches!(change, EventChange::Changed(_)), "{change:?}");
    let nowhere = claim("Форум", "2017-10-06", None);
    let change = merge(&nowhere, &article("three"), None, &[&known], later());
    assert!(matches!(change, EventChange::New(_)), "{change:?}");
}

#[test]
fn several_events_of_one_article_keep_their_own() {
    let now = later();
    let week = claim("Кітап апталығы", "2026-09-20", Some("Almaty"));
    let forum = claim("Баспагерлер форумы", "2026-09-20", Some("Almaty"));
    let EventChange::New(one) = merge(&week, &article("one"), None, &[], now) else {
        panic!("new");
    };
    let EventChange::New(other) = merge(&forum, &article("one"), None, &[&one], now) else {
        panic!("new");
    };
    assert_ne!(one.id, other.id, "one day, two events");
    let told = [&one, &other];
    let again = retold(&[&forum, &week], &told);
    let ids: Vec<_> = again
        .iter()
        .map(|event| event.map(|event| &event.id))
        .collect();
    assert_eq!(ids, [Some(&other.id), Some(&one.id)]);
    // One of them was corrected beyond likeness: what is left is it.
    let renamed = claim("Оқырмандар мерекесі", "2026-09-28", Some("Astana"));
    let again = retold(&[&forum, &renamed], &told);
    assert_eq!(again[1].map(|event| &event.id), Some(&one.id));
    // Two new ones beside none left are new.
    assert_eq!(retold(&[&week, &forum], &[]), [None, None]);
}

#[test]
fn a_forum_told_of_in_two_languages_is_one_event() {
    let now = later();
    let told = |name: &str, time: Option<&str>| {
        let mut claim = claim(name, "2026-11-27", Some("Karagandy"));
        claim.time = time.map(|time| time.parse().expect("time"));
        claim
    };
    let russian = told("Региональный медиафорум", Some("10:00:00"));
    let EventChange::New(known) = merge(&russian, &article("ru"), None, &[], now) else {
        panic!("the first is new");
    };
    for (name, time, same) in [
        ("Өңірлік медиа форум", Some("10:00:00"), true),
        ("Regional Media Forum", None, true),
        ("Өңірлік медиа форум", Some("15:00:00"), false),
        ("Жастар форумы", Some("10:00:00"), false),
        ("Молодёжный форум", Some("10:00:00"), false),
    ] {
        let change = merge(&told(name, time), &article("other"), None, &[&known], now);
        assert_eq!(
            !matches!(change, EventChange::New(_)),
            same,
            "{name} {time:?}"
        );
    }
}

#[test]
fn a_new_day_is_known_once_somebody_tells_it() {
    let mut event = first();
    let merged = |event: &Event, id: &str, start: &str, status, is_day_new| {
        let mut said = claim(
            "Қазақстан журналистерінің өңірлік форумы",
            start,
            Some("Astana"),
        );
        said.status = status;
        said.details.is_day_new = is_day_new;
        match merge(&said, &article(id), Some(event), &[], later()) {
            EventChange::Changed(event) => event,
            _ => event.clone(),
        }
    };
    for (id, start, status, is_day_new, expected) in [
        (
            "a",
            "2017-10-06",
            EventStatus::Postponed,
            false,
            "postponed",
        ),
        ("b", "2017-10-16", EventStatus::Postponed, true, "moved"),
        ("c", "2017-10-16", EventStatus::Postponed, false, "moved"),
        (
            "one",
            "2017-10-06",
            EventStatus::Cancelled,
            false,
            "cancelled",
        ),
    ] {
        let sequence = event.sequence;
        event = merged(&event, id, start, status, is_day_new);
        assert_eq!(event.standing(), expected, "{id}");
        assert_eq!(event.is_likely(), expected == "moved");
        assert_eq!(event.sequence > sequence, id != "c", "{id}");
    }
}
