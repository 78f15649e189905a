use super::*;
use crate::model::language::Language;
use crate::model::reading::Kind;
use crate::model::region::Region;
use crate::model::schedule::{Rhythm, Schedule};
use crate::model::subscriber::{Grouping, LetterScript, Profile};
use crate::model::topic::Topic;

fn own(line: &[&str]) -> Result<Import, String> {
    let columns = Columns::of_first_line(&["a@example.kz"]).expect("no header");
    columns.read(line, true, &[])
}

#[test]
fn lines_are_understood_or_refused_with_the_column() {
    let good: [&[&str]; 5] = [
        &["a@example.kz"],
        &["a@example.kz", "", "ru"],
        &[
            "a@example.kz",
            "confirmed",
            "kk",
            "all-forums",
            "KZ-71 KZ-75",
        ],
        &["a@example.kz", "", "kk", "", "KZ-71;KZ-75, KZ-61|KZ-62"],
        &["a@example.kz", "unsubscribed"],
    ];
    for line in good {
        assert!(own(line).is_ok(), "{line:?}");
    }
    let bad: [(&[&str], &str); 6] = [
        (&["nobody"], "the address"),
        (&["a@example.kz", "maybe"], "the status `maybe`"),
        (&["a@example.kz", "", "de"], "the language"),
        (&["a@example.kz", "", "kk", "All Forums"], "a feed"),
        (&["a@example.kz", "", "kk", "", "KZ-1"], "a region"),
        (
            &["a@example.kz", "", "kk", "", "", "x"],
            "one column too many",
        ),
    ];
    for (line, expected) in bad {
        let why = own(line).expect_err("refused");
        assert!(why.contains(expected), "{line:?}: {why}");
    }
}

#[test]
fn what_is_wrong_is_said_with_what_was_expected() {
    let cases = [
        ("regions", "KZ-71;KZ-1", "a region: `KZ-1` is no"),
        (
            "topics",
            "media forum",
            "a topic: `forum` is no topic; expected one of media, ",
        ),
        (
            "kinds",
            "forum",
            "a kind: `forum` is unknown; expected one of announcement, ",
        ),
        (
            "grouping",
            "day",
            "the grouping: `day` is unknown; expected one of importance, ",
        ),
        (
            "rhythm",
            "weekly",
            "the rhythm: `weekly` is unknown; expected one of daily, ",
        ),
        ("hour", "24", "the hour `24`: expected 0 to 23"),
        (
            "zone",
            "Almaty",
            "the zone: `Almaty` is unknown; expected one such as Asia/Almaty",
        ),
        (
            "requested_at",
            "23.11.2026",
            "requested_at `23.11.2026`: expected a time such as 2026-",
        ),
    ];
    for (column, field, expected) in cases {
        let columns = Columns::of_first_line(&["address", column]).expect("a header");
        let why = columns.read(&["a@example.kz", field], true, &[]);
        let why = why.expect_err("refused");
        assert!(why.starts_with(expected), "{column}: {why}");
    }
}

#[test]
fn whoever_left_elsewhere_has_left_here() {
    let cases: [(&[&str], &[&str], SubscriberStatus); 9] = [
        (&["address"], &["a@x.kz"], SubscriberStatus::Confirmed),
        (
            &["Address", "Status"],
            &["a@x.kz", "pending"],
            SubscriberStatus::Pending,
        ),
        (
            &["address", "status"],
            &["a@x.kz", "unsubscribed"],
            SubscriberStatus::Unsubscribed,
        ),
        (
            &["uuid", "email", "name", "attributes", "status"],
            &["1", "a@x.kz", "A, B", "{}", "enabled"],
            SubscriberStatus::Confirmed,
        ),
        (
            &["uuid", "email", "name", "attributes", "status"],
            &["1", "a@x.kz", "", "{}", "blocklisted"],
            SubscriberStatus::Unsubscribed,
        ),
        (
            &["uuid", "email", "name", "attributes", "status"],
            &["1", "a@x.kz", "", "{}", "disabled"],
            SubscriberStatus::Unsubscribed,
        ),
        (
            &["Email Address", "First Name", "TAGS"],
            &["a@x.kz", "Айгүл", ""],
            SubscriberStatus::Confirmed,
        ),
        (
            &["Email Address", "UNSUB_TIME"],
            &["a@x.kz", "2025-01-02 03:04:05"],
            SubscriberStatus::Unsubscribed,
        ),
        (
            &["Email Address", "CLEAN_TIME"],
            &["a@x.kz", "2025-01-02 03:04:05"],
            SubscriberStatus::Unsubscribed,
        ),
    ];
    for (header, line, expected) in cases {
        let columns = Columns::of_first_line(header).expect("a header");
        let import = columns.read(line, true, &[]).expect("a line");
        assert_eq!(import.status, expected, "{header:?} {line:?}");
        let without = columns.read(line, false, &[]).expect("a line");
        assert_ne!(without.status, SubscriberStatus::Confirmed, "{header:?}");
    }
    for header in [&["name", "city"][..], &["address", "status", "colour"]] {
        assert!(Columns::of_first_line(header).is_err(), "{header:?}");
    }
}

#[test]
fn foreign_tags_and_dates_are_kept() {
    let header = ["Email Address", "OPTIN_TIME", "TAGS", "LANGUAGE"];
    let columns = Columns::of_first_line(&header).expect("a header");
    let line = [
        "a@x.kz",
        "2025-01-02 03:04:05",
        "\"Press, Astana\",\"VIP\"",
        "ru",
    ];
    let import = columns
        .read(&line, true, &["2026".parse().expect("tag")])
        .expect("a line");
    let tags: Vec<&str> = import.tags.iter().map(Tag::as_str).collect();
    assert_eq!(tags, ["Press", "Astana", "VIP", "2026"]);
    let at = import.requested_at.map(|at| at.to_rfc3339());
    assert_eq!(at.as_deref(), Some("2025-01-02T03:04:05+00:00"));
    assert_eq!(import.profile.map(|one| one.tongue.tag()), Some("ru"));
}

#[test]
fn no_field_is_a_formula_and_each_reads_back() {
    for field in [
        "=1+1@x.kz",
        "+a@x.kz",
        "-a@x.kz",
        "@x",
        "'a@x.kz",
        "''a",
        "'=a",
        "a",
        "",
        "\tx",
    ] {
        let written = defused(field.to_owned());
        assert!(
            !written.starts_with(['=', '+', '-', '@', '\t']),
            "{written}"
        );
        assert_eq!(plain(&written), field);
    }
}

#[test]
fn what_is_written_reads_back() {
    let subscriber = Subscriber {
        id: crate::model::subscriber::SubscriberId::from_stored("x"),
        address: "=a'b@example.kz".parse().expect("address"),
        status: SubscriberStatus::Confirmed,
        profile: Profile {
            kinds: vec![Kind::Announcement],
            languages: vec![Language::KazakhLatin],
            script: LetterScript::Latin,
            grouping: Grouping::Region,
            regions: vec![Region::ASTANA],
            topics: vec![Topic::Media, Topic::Society],
            schedule: Schedule {
                rhythm: Rhythm::Weekdays,
                hour: Some(7),
                zone: Some(chrono_tz::Europe::Berlin),
            },
            ..Profile::default()
        },
        tags: vec!["-x".parse().expect("tag"), "press".parse().expect("tag")],
        requested_at: DateTime::from_timestamp_millis(1_507_190_400_123).expect("time"),
        confirmed_at: DateTime::from_timestamp_millis(1_507_190_400_000),
        unsubscribed_at: None,
        paused_until: DateTime::from_timestamp_millis(1_907_190_400_000),
    };
    let written = row(&subscriber);
    let fields: Vec<&str> = written.iter().map(String::as_str).collect();
    let columns = Columns::of_first_line(&HEADER).expect("our header");
    let read = columns.read(&fields, true, &[]).expect("our line");
    assert_eq!(read.address, subscriber.address);
    assert_eq!(read.profile, Some(subscriber.profile));
    assert_eq!(read.tags, subscriber.tags);
    assert_eq!(read.requested_at, Some(subscriber.requested_at));
    assert_eq!(read.confirmed_at, subscriber.confirmed_at);
    assert_eq!(read.paused_until, subscriber.paused_until);
}

#[test]
fn an_export_from_before_there_were_topics_still_reads() {
    let before = &HEADER[..HEADER.len() - 1];
    let columns = Columns::of_first_line(before).expect("the header of old");
    let line = ["a@example.kz", "confirmed", "ru", "", "KZ-71"];
    let profile = columns.read(&line, true, &[]).expect("a line").profile;
    let profile = profile.expect("wishes");
    assert_eq!(profile.regions, [Region::ASTANA]);
    assert_eq!(profile.topics, []);
    let columns = Columns::of_first_line(&["address", "topics"]).expect("a header");
    let profile = columns.read(&["a@x.kz", "media youth"], true, &[]);
    let profile = profile.expect("a line").profile.expect("wishes");
    assert_eq!(profile.topics, [Topic::Media, Topic::Youth]);
    let why = columns.read(&["a@x.kz", "sports"], true, &[]);
    assert!(why.expect_err("refused").contains("a topic: `sports`"));
}
