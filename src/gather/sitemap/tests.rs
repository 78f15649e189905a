use std::io::Write;

use chrono::{TimeDelta, TimeZone, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use url::Url;

use super::*;
use crate::gather::document::DOCUMENT_ENTRIES_MAX;

const NEWS: &str = include_str!("../../../tests/fixtures/gather/sitemap/news.xml");
const INDEX: &str = include_str!("../../../tests/fixtures/gather/sitemap/index.xml");

fn read_bytes(bytes: &[u8]) -> Harvest {
    let url = Url::parse("https://vestnik.example/news.xml").unwrap();
    read(&Document {
        bytes,
        content_type: None,
        url: Some(&url),
        received: Utc
            .with_ymd_and_hms(2026, 11, 23, 12, 0, 0)
            .unwrap()
            .with_timezone(&chrono_tz::Asia::Almaty),
    })
}

fn complaints(harvest: &Harvest) -> Vec<String> {
    harvest.complaints.iter().map(ToString::to_string).collect()
}

#[test]
fn news_with_titles_and_dates() {
    let harvest = read_bytes(NEWS.as_bytes());
    assert_eq!(harvest.format, Some("sitemap"));
    assert_eq!(harvest.feed.title.as_deref(), Some("Дала хабаршысы"));
    assert_eq!(harvest.feed.language.as_deref(), Some("kk"));
    let [first, second, third] = &harvest.drafts[..] else {
        panic!("{:?}", harvest.drafts);
    };
    assert_eq!(
        first.link.as_deref(),
        Some("https://vestnik.example/kk/501?a=1&b=2")
    );
    assert_eq!(
        first.title.as_deref(),
        Some("Шымкентте «Жібек жолы» форумы ашылды")
    );
    assert_eq!(
        first.published.unwrap().to_rfc3339(),
        "2026-11-23T00:00:00+00:00"
    );
    assert_eq!(
        first.updated.unwrap().to_rfc3339(),
        "2026-11-23T01:10:00+00:00"
    );
    assert_eq!(first.language.as_deref(), Some("kk"));
    assert_eq!(first.categories[1].term, "Шымкент");
    assert_eq!(
        first.enclosures[0].url,
        "https://vestnik.example/img/501.png"
    );
    assert_eq!(
        second.link.as_deref(),
        Some("https://vestnik.example/ru/502")
    );
    assert_eq!(
        second.title.as_deref(),
        Some("Форум \"Жетісу\" перенесли & сократили")
    );
    assert_eq!((second.published, third.title.as_deref()), (None, None));
    assert_eq!(
        third.updated.unwrap().to_rfc3339(),
        "2026-01-05T00:00:00+00:00"
    );
    assert_eq!(
        complaints(&harvest),
        [
            "warning: entry 3: has no news title: only that it exists is known",
            "warning: loc: entry 4: is no address on the web; left out: “ftp://vestnik.example/archive”",
            "warning: publication_date: entry 2: cannot be read as a date: “на днях”",
        ]
    );
}

#[test]
fn packed_it_reads_the_same() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(NEWS.as_bytes()).unwrap();
    let packed = encoder.finish().unwrap();
    assert_eq!(read_bytes(&packed), read_bytes(NEWS.as_bytes()));
}

#[test]
fn an_index_names_its_children() {
    let harvest = read_bytes(INDEX.as_bytes());
    assert!(harvest.drafts.is_empty());
    assert_eq!(
        complaints(&harvest),
        [
            "error: this is an index of 2 sitemaps and has no entries itself; a visit reads the newest on its site of: https://vestnik.example/news-1.xml.gz, https://vestnik.example/pages.xml"
        ]
    );
}

#[test]
fn broken_ones_give_what_came_before() {
    let url = "<url><loc>https://vestnik.example/1</loc></url>";
    let cases = [
        (
            format!("<urlset>{url}{url}<url><loc>https://v"),
            3,
            "cut short",
        ),
        (format!("<urlset>{url}<url><lo"), 1, "broken XML"),
        (
            format!("<urlset>{url}<url><loc>https://v.example/?a&b"),
            2,
            "cut short",
        ),
        (
            format!("<urlset>{url}{}", "<x>".repeat(1_000)),
            1,
            "nested deeper",
        ),
        (
            format!("<urlset>{}", url.repeat(DOCUMENT_ENTRIES_MAX + 5)),
            DOCUMENT_ENTRIES_MAX,
            "the rest is left out",
        ),
        ("<urlset></urlset>".to_owned(), 0, "no addresses"),
        (String::new(), 0, "the document is empty"),
        ("мәтін".to_owned(), 0, "no XML element"),
        ("<rss><channel/></rss>".to_owned(), 0, "`rss` is no sitemap"),
        (
            "<!doctype html><title>404 - бет жоқ</title>".to_owned(),
            0,
            "a web page answered where a sitemap was expected (titled “404 - бет жоқ”)",
        ),
    ];
    for (xml, entries, expected) in cases {
        let harvest = read_bytes(xml.as_bytes());
        let said = complaints(&harvest).join("\n");
        assert!(
            said.contains(expected),
            "{}: {said}",
            &xml[..xml.len().min(80)]
        );
        assert_eq!(harvest.drafts.len(), entries, "{said}");
    }
}

#[test]
fn of_a_long_sitemap_the_newest_are_read() {
    let first = Utc.with_ymd_and_hms(2020, 1, 1, 0, 0, 0).unwrap();
    let entries = (0..50_000).map(|n| {
        let at = first + TimeDelta::hours(n);
        format!(
            "<url><loc>https://vestnik.example/{n}</loc><lastmod>{}</lastmod></url>",
            at.to_rfc3339()
        )
    });
    let mut entries: Vec<String> = entries.collect();
    for newest_at in [DOCUMENT_ENTRIES_MAX - 1, 0] {
        let harvest = read_bytes(format!("<urlset>{}</urlset>", entries.concat()).as_bytes());
        assert_eq!(harvest.drafts.len(), DOCUMENT_ENTRIES_MAX);
        let newest = harvest.drafts[newest_at].link.as_deref();
        assert_eq!(newest, Some("https://vestnik.example/49999"));
        let said = complaints(&harvest).join("\n");
        assert!(said.contains("has 50000 addresses"), "{said}");
        entries.reverse();
    }
}

#[test]
fn no_sitemap_makes_it_panic() {
    for xml in [NEWS, INDEX] {
        for at in 0..xml.len() {
            read_bytes(&xml.as_bytes()[..at]);
            read_bytes(&xml.as_bytes()[at..]);
        }
    }
}
