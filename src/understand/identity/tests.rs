mod moved;

use std::collections::HashSet;

use super::*;
use crate::model::article::Namesake;
use crate::model::source::{FullTextMode, Republish, SourceId};

pub(super) fn source() -> Source {
    Source {
        id: SourceId::from_stored("saryarqa"),
        name: "Сарыарқа үні".to_owned(),
        place: Place::Feed("https://example.kz/rss".parse().expect("url")),
        home: None,
        language: None,
        region: None,
        republish: Republish::Excerpt,
        every: std::time::Duration::from_mins(15),
        accept_language: None,
        user_agent: None,
        full_text: FullTextMode::default(),
        push: true,
        enabled: true,
    }
}

pub(super) fn now() -> DateTime<Utc> {
    "2026-11-23T06:00:00Z".parse().expect("time")
}

pub(super) fn draft(id: Option<&str>, link: Option<&str>, title: &str) -> Draft {
    Draft {
        id: id.map(str::to_owned),
        link: link.map(str::to_owned),
        title: Some(title.to_owned()),
        text: "Мәтін.".to_owned(),
        ..Draft::default()
    }
}

fn ids(drafts: Vec<Draft>) -> Vec<ArticleId> {
    let identified = identify(&source(), &FeedHead::default(), drafts, now());
    identified
        .articles
        .into_iter()
        .map(|article| article.id)
        .collect()
}

#[test]
fn one_text_keeps_its_id() {
    let same = [
        (
            draft(Some("7"), None, "А"),
            draft(Some(" 7 "), Some("https://a.kz/1"), "Б"),
        ),
        (
            draft(None, Some("https://www.a.kz/1/?utm_source=x#top"), "А"),
            draft(None, Some("http://a.kz/1"), "Б"),
        ),
        (
            draft(None, Some("https://egov.kz:pw@a.kz/1"), "А"),
            draft(None, Some("https://a.kz/1"), "Б"),
        ),
        (draft(None, None, "А"), draft(None, None, "А")),
    ];
    for (one, other) in same {
        assert_eq!(ids(vec![one.clone()]), ids(vec![other.clone()]));
        assert_eq!(ids(vec![one, other]).len(), 1, "folded in one document");
    }
    let a = draft(None, Some("https://a.kz/?id=1"), "А");
    let b = draft(None, Some("https://a.kz/?id=2"), "А");
    assert_eq!(ids(vec![a, b]).len(), 2);
}

#[test]
fn a_guid_shared_by_different_links_is_no_id() {
    let drafts = vec![
        draft(Some("0"), Some("https://a.kz/1"), "А"),
        draft(Some("0"), Some("https://a.kz/2"), "Б"),
    ];
    assert_eq!(ids(drafts).len(), 2);
}

#[test]
fn unbelievable_dates_are_dropped_with_a_complaint() {
    let cases = [
        ("2026-11-22T00:00:00Z", true),
        ("2026-11-30T06:00:00Z", true),
        ("2026-11-30T06:00:01Z", false),
        ("1989-12-31T23:59:59Z", false),
        ("+30000-01-01T00:00:00Z", false),
    ];
    for (time, kept) in cases {
        let draft = Draft {
            published: Some(time.parse().expect("time")),
            ..draft(None, None, "А")
        };
        let identified = identify(&source(), &FeedHead::default(), vec![draft], now());
        assert_eq!(identified.articles[0].published.is_some(), kept, "{time}");
        assert_eq!(identified.complaints.is_empty(), kept, "{time}");
    }
}

#[test]
fn an_empty_draft_is_left_out_and_a_title_is_found() {
    let empty = Draft::default();
    let untitled = Draft {
        text: "Форум басталды. Қонақтар көп.".to_owned(),
        ..Draft::default()
    };
    let identified = identify(
        &source(),
        &FeedHead::default(),
        vec![empty, untitled],
        now(),
    );
    assert_eq!(identified.complaints.len(), 1);
    assert_eq!(identified.articles[0].title, "Форум басталды.");
}

#[test]
fn change_is_what_a_reader_would_notice() {
    let article = |text: &str| {
        let draft = Draft {
            text: text.to_owned(),
            ..draft(Some("1"), None, "А")
        };
        identify(&source(), &FeedHead::default(), vec![draft], now())
            .articles
            .remove(0)
    };
    let first = article("Бір");
    assert!(matches!(
        change(&source(), first.clone(), None),
        Change::New(_)
    ));
    let known = KnownArticle {
        id: first.id.clone(),
        revision: 3,
        content_hash: first.content_hash.clone(),
        first_seen: DateTime::UNIX_EPOCH,
        engine_version: 1,
        full_text_asked: 0,
        updated: None,
        earlier_hashes: vec![article("Үш").content_hash],
    };
    assert_eq!(change(&source(), first, Some(&known)), Change::Unchanged);
    let Change::Revised(revised) = change(&source(), article("Екі"), Some(&known)) else {
        panic!("a changed text is a revision");
    };
    assert_eq!(
        (revised.revision, revised.first_seen),
        (4, DateTime::UNIX_EPOCH)
    );
}

#[test]
fn a_text_seen_before_is_no_revision_unless_it_is_said_to_be_newer() {
    let time = |text: &str| Some(text.parse::<DateTime<Utc>>().expect("time"));
    let article = |text: &str, updated| {
        let draft = Draft {
            text: text.to_owned(),
            updated,
            ..draft(Some("1"), None, "А")
        };
        identify(&source(), &FeedHead::default(), vec![draft], now())
            .articles
            .remove(0)
    };
    let monday = time("2026-11-16T06:00:00Z");
    let known = KnownArticle {
        id: article("Екі", None).id,
        revision: 2,
        content_hash: article("Екі", None).content_hash,
        first_seen: DateTime::UNIX_EPOCH,
        engine_version: 1,
        full_text_asked: 0,
        updated: monday,
        earlier_hashes: vec![article("Бір", None).content_hash],
    };
    let desk = Source {
        place: Place::Desk("feeds/desk".into()),
        ..source()
    };
    let sunday = time("2026-11-15T06:00:00Z");
    let tuesday = time("2026-11-17T06:00:00Z");
    for (source, updated, is_news) in [
        (source(), None, false),
        (source(), sunday, false),
        (source(), monday, false),
        (source(), tuesday, true),
        (desk, None, true),
    ] {
        let change = change(&source, article("Бір", updated), Some(&known));
        assert_eq!(change != Change::Unchanged, is_news, "{updated:?}");
    }
}

#[test]
fn a_site_that_moves_to_a_secure_address_corrects_nothing() {
    let hash = |link: &str| {
        let drafts = vec![draft(Some("1"), Some(link), "А")];
        let identified = identify(&source(), &FeedHead::default(), drafts, now());
        identified.articles[0].content_hash.clone()
    };
    let before = hash("http://www.a.kz/1");
    for same in ["https://www.a.kz/1", "https://a.kz/1", "http://a.kz/1#top"] {
        assert_eq!(hash(same), before, "{same}");
    }
    for other in ["https://a.kz/2", "https://b.kz/1", "https://a.kz:8080/1"] {
        assert_ne!(hash(other), before, "{other}");
    }
}

#[test]
fn a_counter_is_no_correction() {
    let hash = |text: &str| {
        let draft = Draft {
            text: text.to_owned(),
            summary_html: Some(format!("<p>{text}</p>")),
            ..draft(Some("1"), None, "А")
        };
        let identified = identify(&source(), &FeedHead::default(), vec![draft], now());
        identified.articles[0].content_hash.clone()
    };
    assert_eq!(
        hash("Форум. Просмотров: 17"),
        hash("Форум. Просмотров: 1 034")
    );
    assert_ne!(hash("Форум 5 декабря"), hash("Форум 7 декабря"));
}

/// The articles of `drafts` as one who has `stored` sees them: how many are known
/// under another id.
fn known_otherwise(stored: &[Draft], drafts: Vec<Draft>) -> usize {
    let read = |drafts| identify(&source(), &FeedHead::default(), drafts, now()).articles;
    let stored: Vec<Article> = stored
        .iter()
        .flat_map(|draft| read(vec![draft.clone()]))
        .collect();
    let known: HashSet<ArticleId> = stored.iter().map(|article| article.id.clone()).collect();
    // Each by its date, and among those of the last weeks.
    let found = stored.iter().chain(&stored);
    let namesakes: Vec<Namesake> = found
        .map(|article| Namesake {
            id: article.id.clone(),
            link: article.link.clone(),
            title: article.title.clone(),
            published: article.published,
            content_hash: article.content_hash.clone(),
            first_seen: article.first_seen,
        })
        .collect();
    let articles = read(drafts);
    let strangers = strangers(&articles, |id| known.contains(id));
    recognised(&source(), &strangers, &articles, &namesakes).len()
}

#[test]
fn another_id_for_the_same_link_title_and_date_is_nothing_new() {
    let dated = |id: &str, link: &str, title: &str, hour: u32| Draft {
        published: Some(now() - TimeDelta::hours(i64::from(hour))),
        ..draft(Some(id), Some(link), title)
    };
    let one = dated("1", "https://a.kz/1", "А", 1);
    let stored = [one.clone()];
    for (drafts, expected) in [
        (
            vec![dated("2", "https://www.a.kz/1?utm_source=x", "А", 1)],
            1,
        ),
        (vec![dated("2", "https://a.kz/1?PHPSESSID=9", "А", 1)], 1),
        (vec![dated("2", "https://a.kz/2", "А", 1)], 0),
        (vec![dated("2", "https://a.kz/1", "Б", 1)], 0),
        // A date that moves, unless something else is said.
        (vec![dated("2", "https://a.kz/1", "А", 2)], 1),
        (
            vec![Draft {
                text: "Екі.".to_owned(),
                ..dated("2", "https://a.kz/1", "А", 2)
            }],
            0,
        ),
        (vec![draft(Some("2"), Some("https://a.kz/1"), "А")], 1),
        // Known by its id.
        (vec![one.clone()], 0),
        // Entries that share a link are told apart by their ids.
        (
            vec![
                dated("2", "https://a.kz/1", "А", 1),
                dated("3", "https://a.kz/1", "А", 1),
            ],
            0,
        ),
        (
            vec![
                dated("2", "https://a.kz/1", "А", 1),
                dated("3", "https://a.kz/1", "Б", 1),
            ],
            0,
        ),
        (vec![dated("2", "https://a.kz/1", "А", 1), one.clone()], 0),
    ] {
        assert_eq!(
            known_otherwise(&stored, drafts.clone()),
            expected,
            "{drafts:?}"
        );
    }
    // A site's own address is no text's.
    let home = dated("1", "https://a.kz/", "А", 1);
    assert_eq!(
        known_otherwise(&[home], vec![dated("2", "https://a.kz/", "А", 1)]),
        0
    );
    // The oldest of several copies, whatever their order.
    let copies = [dated("2", "https://a.kz/1", "А", 1), one];
    assert_eq!(
        known_otherwise(&copies, vec![dated("3", "https://a.kz/1", "А", 1)]),
        1
    );
}

#[test]
fn another_id_for_what_has_no_date_is_nothing_new_if_all_of_it_is_the_same() {
    let undated = |id: &str, link: Option<&str>, text: &str| Draft {
        text: text.to_owned(),
        ..draft(Some(id), link, "А")
    };
    let link = Some("https://a.kz/1");
    let stored = [undated("1", link, "Бір."), undated("1a", None, "Бір.")];
    for (drafts, expected) in [
        (vec![undated("2", link, "Бір.")], 1),
        (vec![undated("2", None, "Бір.")], 1),
        (vec![undated("2", link, "Екі.")], 0),
        (vec![undated("2", None, "Екі.")], 0),
        (vec![undated("2", Some("https://a.kz/2"), "Бір.")], 0),
        // Without links, entries of one title are told apart by their ids.
        (
            vec![undated("2", None, "Бір."), undated("3", None, "Екі.")],
            0,
        ),
    ] {
        assert_eq!(
            known_otherwise(&stored, drafts.clone()),
            expected,
            "{drafts:?}"
        );
    }
}
