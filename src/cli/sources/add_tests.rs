use super::*;
use crate::gather;
use crate::gather::discover::Candidate;
use crate::gather::document::Document;

fn url(text: &str) -> Url {
    text.parse().expect("an address")
}

#[test]
fn a_feed_is_named_by_itself_where_the_page_asked_is_no_home() {
    for (page, kind, title, expected) in [
        (
            "https://a.kz/list",
            Kind::Feed,
            Some("Прииртышье"),
            "Прииртышье",
        ),
        ("https://a.kz/list", Kind::Feed, None, "Новости"),
        ("https://a.kz/", Kind::Feed, Some("Прииртышье"), "Новости"),
        (
            "https://a.kz/list",
            Kind::Page,
            Some("Прииртышье"),
            "Новости",
        ),
    ] {
        let explored = Explored {
            name: Some("Новости".to_owned()),
            page: Some(url(page)),
            ..Explored::default()
        };
        let found = named(&explored, kind, title.map(str::to_owned));
        assert_eq!(found.as_deref(), Some(expected), "{page}");
    }
}

#[test]
fn a_name_the_page_says_within_a_title_is_the_outlets() {
    let page = "Алматы жаңалықтары — Басты бет";
    for (feed, expected) in [
        (Some("Алматы жаңалықтары"), "Алматы жаңалықтары"),
        (Some("алматы ЖАҢАЛЫҚТАРЫ"), "алматы ЖАҢАЛЫҚТАРЫ"),
        (Some("Басқа арна"), page),
        // What any outlet's page may say is no name.
        (Some("Басты бет"), page),
        (Some(" "), page),
        (None, page),
    ] {
        let explored = Explored {
            name: Some(page.to_owned()),
            page: Some(url("https://a.kz/")),
            ..Explored::default()
        };
        let found = named(&explored, Kind::Feed, feed.map(str::to_owned));
        assert_eq!(found.as_deref(), Some(expected), "{feed:?}");
    }
}

#[test]
fn another_language_is_told_from_nothing() {
    let address = url("https://a.kz/rss.xml");
    let candidate = Candidate::new(address.clone(), Kind::Feed, How::Given);
    let document = Document {
        bytes: b"<rss version=\"2.0\"><channel><item><title>a</title></item></channel></rss>",
        content_type: None,
        url: None,
        received: DateTime::UNIX_EPOCH.with_timezone(&chrono_tz::Asia::Almaty),
    };
    let place = candidate.kind.place(address.clone());
    let harvest = gather::read(&place, &document);
    let outcome = Outcome::Gives {
        gives: discover::gives(&place, &harvest, DateTime::UNIX_EPOCH),
        language: Some(Language::Russian),
        score: 1,
    };
    let mut explored = Explored::default();
    let wanted = Some(Language::KazakhCyrillic);
    let nothing = "nothing was found at https://a.kz/rss.xml that could be read";
    assert_eq!(nothing_found(&address, &explored, wanted), nothing);
    explored.tried.push(Tried { candidate, outcome });
    let other = "nothing at https://a.kz/rss.xml is in kk; found: ru";
    assert_eq!(nothing_found(&address, &explored, wanted), other);
}
