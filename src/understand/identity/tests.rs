use super::*;
use crate::model::source::{FullTextMode, Republish, SourceId};

fn source() -> Source {
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

fn now() -> DateTime<Utc> {
    "2026-11-23T06:00:00Z".parse().expect("time")
}

fn draft(id: Option<&str>, link: Option<&str>, title: &str) -> Draft {
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
    assert!(matches!(change(first.clone(), None), Change::New(_)));
    let known = KnownArticle {
        id: first.id.clone(),
        revision: 3,
        content_hash: first.content_hash.clone(),
        first_seen: DateTime::UNIX_EPOCH,
        engine_version: 1,
        full_text_asked: 0,
    };
    assert_eq!(change(first, Some(&known)), Change::Unchanged);
    let Change::Revised(revised) = change(article("Екі"), Some(&known)) else {
        panic!("a changed text is a revision");
    };
    assert_eq!(
        (revised.revision, revised.first_seen),
        (4, DateTime::UNIX_EPOCH)
    );
}
