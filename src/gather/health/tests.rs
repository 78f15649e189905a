use url::Url;

use crate::model::draft::Category;
use crate::model::source::{JsonRules, PageRules, SourceId};

use super::*;
use crate::gather::web::Answer;

fn now() -> DateTime<Utc> {
    "2026-11-23T10:00:00Z".parse().expect("time")
}

fn here(at: DateTime<Utc>) -> DateTime<chrono_tz::Tz> {
    at.with_timezone(&chrono_tz::Asia::Almaty)
}

fn url() -> Url {
    "https://outlet.example/".parse().expect("an address")
}

fn page() -> Place {
    Place::Page {
        url: url(),
        rules: PageRules::default(),
    }
}

fn source(place: Place) -> Source {
    Source::new(SourceId::from_stored("a"), "Outlet", place)
}

fn sample_of(entries: u32, dated: u32, whole: u32) -> Sample {
    Sample {
        entries,
        dated,
        whole,
    }
}

fn read(sample: Sample) -> Told {
    Told {
        answered: Some(Answered::Read),
        sample: Some(sample),
        ..Told::default()
    }
}

/// A source that was read a minute ago, and gave something new on `newest`.
fn living(newest: &str, weekly_tenths: Option<u32>) -> SourceState {
    let mut state = SourceState::new(SourceId::from_stored("a"), now());
    state.last_success = Some(now());
    state.pace.entries = 20;
    state.health.answered = Some(Answered::Unchanged);
    state.health.newest = newest.parse().ok();
    state.health.weekly_tenths = weekly_tenths;
    state
}

#[test]
fn a_source_is_silent_by_its_own_rhythm() {
    let cases = [
        // Many a day: four days are enough.
        ("2026-11-20T10:00:00Z", Some(1400), Verdict::Alive),
        ("2026-11-19T09:00:00Z", Some(1400), Verdict::Silent),
        // One a week: six weeks.
        ("2026-10-20T10:00:00Z", Some(10), Verdict::Alive),
        ("2026-10-01T10:00:00Z", Some(10), Verdict::Silent),
        // One in five weeks: never more than sixty days.
        ("2026-09-25T10:00:00Z", Some(2), Verdict::Alive),
        ("2026-09-20T10:00:00Z", Some(2), Verdict::Silent),
        // No rhythm known: the same.
        ("2026-09-25T10:00:00Z", None, Verdict::Alive),
        ("2026-03-01T10:00:00Z", None, Verdict::Silent),
        ("2026-03-01T10:00:00Z", Some(0), Verdict::Silent),
        // Nothing is dated, and nothing new was ever seen coming.
        ("", None, Verdict::Alive),
    ];
    for (newest, tenths, expected) in cases {
        let state = living(newest, tenths);
        let (verdict, why) = verdict(&source(Place::Feed(url())), &state, here(now()));
        assert_eq!(verdict, expected, "{newest} {tenths:?}: {why}");
        if expected == Verdict::Silent {
            assert_eq!(why, format!("nothing new since {} (+05)", &newest[..10]));
        }
    }
    let desk = source(Place::Desk("desk".into()));
    let state = living("2020-01-01T00:00:00Z", None);
    assert_eq!(
        verdict(&desk, &state, here(now())).0,
        Verdict::Alive,
        "a desk may rest"
    );
}

#[test]
fn what_does_not_answer_is_dead_when_that_is_sure() {
    let days = TimeDelta::days;
    let cases = [
        (Answered::Missing, None, 0, Verdict::Dead),
        // Our own network may be away.
        (Answered::Nothing, None, 0, Verdict::Failing),
        (Answered::Nothing, None, 6, Verdict::Failing),
        (Answered::Nothing, None, 7, Verdict::Dead),
        (Answered::Unreadable, None, 0, Verdict::Dead),
        (Answered::Gone, Some(days(1)), 0, Verdict::Dead),
        // From another network it may answer; a server may have a bad day.
        (Answered::TimedOut, None, 0, Verdict::Failing),
        (Answered::Refused, None, 0, Verdict::Failing),
        (Answered::Later, None, 0, Verdict::Failing),
        (Answered::TimedOut, None, 3, Verdict::Dead),
        // It lived yesterday.
        (Answered::Missing, Some(days(1)), 1, Verdict::Failing),
        (Answered::Nothing, Some(days(9)), 6, Verdict::Failing),
        (Answered::Nothing, Some(days(9)), 7, Verdict::Dead),
        (Answered::WebPage, None, 0, Verdict::WebPage),
        (Answered::Blocked, Some(days(1)), 9, Verdict::Blocked),
    ];
    for (answered, lived, failing_days, expected) in cases {
        let mut state = SourceState::new(SourceId::from_stored("a"), now());
        state.last_success = lived.map(|ago| now() - ago);
        state.failures = 1;
        state.health.answered = Some(answered);
        state.health.failing_since = Some(now() - days(failing_days));
        let (verdict, why) = verdict(&source(Place::Feed(url())), &state, here(now()));
        assert_eq!(
            verdict, expected,
            "{answered:?} {lived:?} {failing_days}: {why}"
        );
    }
}

#[test]
fn the_rest_of_the_verdicts() {
    let feed = source(Place::Feed(url()));
    let unasked = SourceState::new(SourceId::from_stored("a"), now());
    assert_eq!(verdict(&feed, &unasked, here(now())).0, Verdict::Unvisited);
    let mut off = feed.clone();
    off.enabled = false;
    assert_eq!(verdict(&off, &unasked, here(now())).0, Verdict::Off);
    let mut moved = living("2026-11-23T09:00:00Z", None);
    moved.moved_to = Some(("https://new.example/rss".to_owned(), 1));
    let (word, why) = verdict(&feed, &moved, here(now()));
    assert_eq!(word, Verdict::Moved);
    assert_eq!(why, "to https://new.example/rss, as 1 of 3 visits saw");
    let mut empty = living("", None);
    empty.pace.entries = 0;
    let (word, why) = verdict(&feed, &empty, here(now()));
    assert_eq!((word, why.as_str()), (Verdict::Silent, "it has no entries"));
    for (reason, times) in [
        ("neither title nor text", 3),
        ("visit: read", 9),
        ("other", 9),
    ] {
        empty.health.skipped.insert(reason.to_owned(), times);
    }
    let (_, why) = verdict(&feed, &empty, here(now()));
    assert_eq!(why, "it gives nothing: neither title nor text");
}

#[test]
fn a_reason_is_never_cut_within_an_address() {
    let words = "the sitemap of this outlet names more than is read here, see";
    let cases = [
        (
            format!("{words} the address: http://127.0.0.1:9406/sitemap-news.xml.gz and others"),
            format!("{words} the address"),
        ),
        (
            format!(
                "{words} what it says at http://127.0.0.1:9406/a/long/path/sitemap-news.xml.gz"
            ),
            format!("{words} what it says at…"),
        ),
    ];
    for (message, expected) in cases {
        assert_eq!(shortened(&message), expected);
    }
}

#[test]
fn a_changed_layout_is_suspected_until_it_is_well_again() {
    let page = source(page());
    let state = SourceState::new(SourceId::from_stored("a"), now());
    let step = |health: &Health, sample| after(health, &page, &state, &read(sample), now());
    let well = step(&Health::default(), sample_of(20, 20, 0));
    assert_eq!(well.changed_since, None);
    let gone = step(&well, sample_of(0, 0, 0));
    assert_eq!(gone.changed_since, Some(now()), "no entries");
    assert_eq!(gone.usual, sample_of(20, 20, 0), "what is usual is kept");
    let later = now() + TimeDelta::days(1);
    let still = after(&gone, &page, &state, &read(sample_of(0, 0, 0)), later);
    assert_eq!(still.changed_since, Some(now()), "since the first time");
    let mut judged = living("2026-11-23T09:00:00Z", None);
    judged.health = still.clone();
    let (word, why) = verdict(&page, &judged, here(later));
    assert_eq!(word, Verdict::Changed);
    assert!(
        why.starts_with("no entries are found any more, since 2026-11-23"),
        "{why}"
    );
    let undated = step(&well, sample_of(20, 1, 0));
    assert!(undated.changed_since.is_some(), "no dates");
    let again = step(&still, sample_of(18, 18, 0));
    assert_eq!((again.changed_since, again.usual.entries), (None, 18));
    let json = source(Place::Json {
        url: url(),
        rules: JsonRules::default(),
    });
    let texts = after(
        &Health {
            usual: sample_of(10, 10, 10),
            ..Health::default()
        },
        &json,
        &state,
        &read(sample_of(10, 10, 0)),
        now(),
    );
    assert!(texts.changed_since.is_some(), "no texts");
    let feed = source(Place::Feed(url()));
    let quiet = after(&well, &feed, &state, &read(sample_of(0, 0, 0)), now());
    assert_eq!(quiet.changed_since, None, "a feed has no layout");
}

#[test]
fn a_document_is_weighed() {
    let draft = |chars: usize, published: Option<&str>| Draft {
        text: "ә".repeat(chars),
        published: published.and_then(|time| time.parse().ok()),
        categories: vec![Category::default()],
        ..Draft::default()
    };
    let drafts = [
        draft(500, Some("2026-11-22T10:00:00Z")),
        draft(499, None),
        draft(0, Some("2027-11-22T10:00:00Z")),
    ];
    assert_eq!(sample(&Place::Feed(url()), &drafts), sample_of(3, 2, 1));
    assert_eq!(sample(&Place::Telegram(url()), &drafts), sample_of(3, 2, 2));
    assert_eq!(
        newest(&drafts, now()),
        drafts[0].published,
        "next year is no news"
    );
}

#[test]
fn what_came_to_nothing_is_told_apart() {
    let failed = |why: &str, status| Answer::Failed {
        why: why.to_owned(),
        status,
    };
    let cases = [
        (
            failed("the body is larger than 16 MiB; reading stopped", None),
            Answered::TooLarge,
        ),
        (
            failed("the answer says it has 1 byte, more than 0; …", None),
            Answered::TooLarge,
        ),
        (
            failed("not asked: 10.0.0.1 is a private address", None),
            Answered::NotAsked,
        ),
        (
            failed("a redirect to 10.0.0.1 was not followed: …", None),
            Answered::NotAsked,
        ),
        (
            failed("more than 5 redirects, given up", Some(302)),
            Answered::LedOn,
        ),
        (
            Answer::BrokeOff {
                bytes: b"<rss>".to_vec(),
                content_type: None,
                final_url: url(),
                permanent_redirect: None,
                why: "the answer broke off after 5 bytes of 9".to_owned(),
            },
            Answered::BrokeOff,
        ),
    ];
    for (answer, expected) in cases {
        assert_eq!(answered(&answer), expected, "{answer:?}");
    }
}

#[test]
fn answers_are_told_apart() {
    let failed = |why: &str, status| Answer::Failed {
        why: why.to_owned(),
        status,
    };
    let cases = [
        (
            failed("the server answered 401", Some(401)),
            Answered::Blocked,
        ),
        (
            failed("the server answered 403", Some(403)),
            Answered::Blocked,
        ),
        (
            failed("the server answered 404", Some(404)),
            Answered::Missing,
        ),
        (
            failed("the server answered 500", Some(500)),
            Answered::Refused,
        ),
        (
            failed(
                "not asked: robots.txt of a asks not to read this page",
                None,
            ),
            Answered::Blocked,
        ),
        (
            failed("timed out after 10 s while connecting", None),
            Answered::TimedOut,
        ),
        (
            failed("could not connect: refused", None),
            Answered::Nothing,
        ),
        (Answer::Gone, Answered::Gone),
        (
            Answer::TooEarly {
                retry_after: None,
                status: 429,
            },
            Answered::Later,
        ),
    ];
    for (answer, expected) in cases {
        assert_eq!(answered(&answer), expected, "{answer:?}");
    }
}

#[test]
fn a_body_is_told_by_what_is_in_it() {
    let feed = Place::Feed(url());
    let rss = "<rss version=\"2.0\"><channel><title>A</title><item><title>Форум</title><guid>1</guid></item></channel></rss>";
    let challenge =
        "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>";
    let home = "<!DOCTYPE html><html><head><title>Басты бет</title></head><body><p>Форум</p><script src=\"recaptcha.js\"></script></body></html>";
    let cases = [
        (&feed, rss, Answered::Read),
        (&feed, home, Answered::WebPage),
        (&feed, challenge, Answered::Blocked),
        (&page(), challenge, Answered::Blocked),
        (&feed, "oops", Answered::Unreadable),
        (&feed, "", Answered::Unreadable),
    ];
    for (place, body, expected) in cases {
        let document = Document {
            bytes: body.as_bytes(),
            content_type: None,
            url: None,
            received: now().with_timezone(&chrono_tz::Asia::Almaty),
        };
        let harvest = crate::gather::read(place, &document);
        assert_eq!(
            answered_body(place, &document, &harvest),
            expected,
            "{body}"
        );
    }
}

#[test]
fn what_is_left_out_is_counted_by_reason_and_bounded() {
    let state = SourceState::new(SourceId::from_stored("a"), now());
    let mut told = read(sample_of(9, 9, 9));
    told.complaints = vec![
        Complaint::warning(
            "",
            "entries 1, 2, 3, 4, 5 and 3 more: its link leads nowhere; left out",
        ),
        Complaint::error("", "neither title nor text; left out"),
        Complaint::error("", "`x` matches nothing: “ә1”"),
        Complaint::warning("", "a bare ampersand"),
    ];
    let page = source(page());
    let health = after(&Health::default(), &page, &state, &told, now());
    let skipped: Vec<(&str, u32)> = health
        .skipped
        .iter()
        .map(|(reason, times)| (reason.as_str(), *times))
        .collect();
    assert_eq!(
        skipped,
        [
            ("`x` matches nothing", 1),
            ("its link leads nowhere; left out", 8),
            ("neither title nor text; left out", 1),
        ]
    );
    told.complaints = (0..500)
        .map(|n| Complaint::error("", format!("reason {n} {}", "ұ".repeat(1000))))
        .collect();
    let many = after(&health, &page, &state, &told, now());
    assert!(many.skipped.len() <= REASONS_MAX, "{}", many.skipped.len());
    assert_eq!(many.skipped.values().sum::<u32>(), 510, "none uncounted");
    assert_eq!(many.skipped["its link leads nowhere; left out"], 8);
    let refused = Told {
        answered: Some(Answered::Blocked),
        ..Told::default()
    };
    let refused = after(&Health::default(), &page, &state, &refused, now());
    assert_eq!(refused.skipped["visit: blocked"], 1);
    assert_eq!(refused.failing_since, Some(now()));
}

#[test]
fn a_reason_ends_where_a_clause_or_a_word_does() {
    for (message, told) in [
        (
            "found neither entries nor an article on this page; name its entries by `item` and `link` selectors, or see whether it is built by scripts",
            "found neither entries nor an article on this page",
        ),
        (
            "a web page answered, not a feed; its title is “Басты бет”",
            "a web page answered, not a feed",
        ),
        (
            "the value “ә1” is no date; left out",
            "the value … is no date; left out",
        ),
        ("“ә1” “ә", ""),
    ] {
        let reason = reason(&Complaint::error("", message));
        assert_eq!(reason.map_or(String::new(), |(told, _)| told), told);
    }
    let words = "сөз ".repeat(100);
    let reason = reason(&Complaint::error("", words)).map(|(told, _)| told);
    assert!(reason.is_some_and(|told| told.ends_with("сөз…") && told.chars().count() < 110));
}
