use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::model::health::Sample;

fn now() -> DateTime<Utc> {
    "2026-11-23T10:00:00Z".parse().expect("time")
}

fn url(text: &str) -> Url {
    text.parse().expect(text)
}

fn document<'a>(bytes: &'a [u8], at: &'a Url) -> Document<'a> {
    Document {
        bytes,
        content_type: None,
        url: Some(at),
        received: now().with_timezone(&chrono_tz::Asia::Almaty),
    }
}

fn told(candidates: &[Candidate]) -> Vec<String> {
    let line = |one: &Candidate| format!("{:?} {:?} {}", one.how, one.kind, one.url);
    candidates.iter().map(line).collect()
}

#[test]
fn what_an_operator_types_is_an_address() {
    let cases = [
        ("kazpravda.kz", Some("https://kazpravda.kz/")),
        (" http://a.example/rss#top ", Some("http://a.example/rss")),
        ("127.0.0.1:8080/kk", Some("https://127.0.0.1:8080/kk")),
        ("@zharshy_kz", Some("https://t.me/s/zharshy_kz")),
        ("t.me/zharshy_kz", Some("https://t.me/s/zharshy_kz")),
        (
            "https://t.me/s/zharshy_kz?before=9",
            Some("https://t.me/s/zharshy_kz"),
        ),
        (
            "https://t.me/zharshy_kz/12",
            Some("https://t.me/s/zharshy_kz"),
        ),
        ("өңір.қаз", Some("https://xn--e1aw4fq1d.xn--80ao21a/")),
        ("ftp://a.example/", None),
        ("file:///etc/passwd", None),
        ("https://me:secret@a.example/", None),
        ("@x", None),
        ("", None),
        ("https://", None),
    ];
    for (text, expected) in cases {
        let given = given(text);
        if text == "өңір.қаз" {
            assert!(given.is_ok_and(|url| url.as_str().starts_with("https://xn--")));
            continue;
        }
        assert_eq!(
            given.as_ref().ok().map(Url::as_str),
            expected,
            "{text}: {given:?}"
        );
    }
}

#[test]
fn channels_are_told_from_other_links() {
    let cases = [
        ("https://t.me/zharshy", true),
        ("https://telegram.me/zharshy/5", true),
        ("https://t.me/joinchat/AAAA", false),
        ("https://t.me/+AbCdEf", false),
        ("https://t.me/share/url?url=x", false),
        ("https://t.me/zharshy_bot", false),
        ("https://t.me/s/", false),
        ("https://t.me/", false),
        ("https://t.me.example/zharshy", false),
    ];
    for (address, is_channel) in cases {
        assert_eq!(
            telegram_preview(&url(address)).is_some(),
            is_channel,
            "{address}"
        );
    }
}

#[test]
fn a_document_is_told_by_its_beginning() {
    let at = url("https://a.example/");
    let cases = [
        ("<?xml version='1.0'?><!-- <html> --><rss/>", What::Feed),
        (
            "\u{feff}\n<feed xmlns='http://www.w3.org/2005/Atom'/>",
            What::Feed,
        ),
        ("<rdf:RDF/>", What::Feed),
        (
            "{\"version\":\"https://jsonfeed.org/version/1.1\"}",
            What::Feed,
        ),
        ("<sm:urlset/>", What::Sitemap),
        (
            "<?xml-stylesheet href='x'?><sitemapindex>",
            What::SitemapIndex,
        ),
        ("<opml version='2.0'>", What::Opml),
        ("<!DOCTYPE html><html><p>", What::Page),
        ("<div>no head</div>", What::Other),
        ("<html><title>Just a moment...</title>", What::Challenge),
        ("plain words", What::Other),
        ("", What::Other),
        ("<!-- never closed", What::Other),
    ];
    for (text, expected) in cases {
        assert_eq!(what_is(&document(text.as_bytes(), &at)), expected, "{text}");
    }
    assert_eq!(what_is(&document(&[0x1F, 0x8B, 8], &at)), What::Sitemap);
    let preview = url("https://t.me/s/zharshy");
    assert_eq!(what_is(&document(b"<html>", &preview)), What::Telegram);
}

#[test]
fn pages_say_where_they_can_be_read() {
    let pages: [(&str, &str, &[u8]); 4] = [
        (
            "bitrix",
            "https://onir.example/",
            include_bytes!("../../../tests/fixtures/gather/discover/bitrix.html"),
        ),
        (
            "wordpress",
            "https://qala.example/",
            include_bytes!("../../../tests/fixtures/gather/discover/wordpress.html"),
        ),
        (
            "laravel",
            "https://zhol.example/kk",
            include_bytes!("../../../tests/fixtures/gather/discover/laravel.html"),
        ),
        (
            "next",
            "https://tan.example/",
            include_bytes!("../../../tests/fixtures/gather/discover/next.html"),
        ),
    ];
    let mut all = String::new();
    for (name, at, bytes) in pages {
        let at = url(at);
        let hints = in_page(&document(bytes, &at));
        all.push_str(name);
        all.push_str(": ");
        all.push_str(hints.name.as_deref().unwrap_or("-"));
        all.push_str(" by ");
        all.push_str(hints.made_by.as_deref().unwrap_or("-"));
        all.push('\n');
        for line in told(&hints.candidates) {
            all.push_str(&line);
            all.push('\n');
        }
        for hub in &hints.hubs {
            writeln!(all, "hub {hub}").expect("written");
        }
        for version in &hints.versions {
            writeln!(all, "version {version}").expect("written");
        }
    }
    assert_eq!(
        all,
        include_str!("../../../tests/fixtures/gather/discover/expected.txt")
    );
}

#[test]
fn a_page_with_ten_thousand_feeds_is_bounded() {
    let at = url("https://a.example/");
    let mut links = String::new();
    for n in 0..10_000 {
        write!(
            links,
            "<link rel=alternate type=application/rss+xml href=/{n}/rss>"
        )
        .expect("written");
    }
    let page = format!("<html><head>{links}</head></html>");
    let hints = in_page(&document(page.as_bytes(), &at));
    assert_eq!(hints.candidates.len(), CANDIDATES_MAX);
    assert_eq!(hints.left_out, 10_000 - CANDIDATES_MAX);
    let long = format!(
        "<link rel=alternate type=application/rss+xml href=/{}>",
        "x".repeat(9_000)
    );
    assert_eq!(in_page(&document(long.as_bytes(), &at)).candidates, []);
}

#[test]
fn headers_are_read_as_people_write_them() {
    let at = url("https://a.example/kk/");
    let header = "<https://a.example/wp-json/>; rel=\"https://api.w.org/\", \
        <rss.xml>; rel=\"alternate\"; type=\"application/rss+xml\"; title=\"a, b\", \
        <https://hub.example/>; rel=hub, </self>; rel=self, <javascript:x>; rel=feed, <broken";
    let (candidates, hubs) = in_link_header(header, &at);
    assert_eq!(
        told(&candidates),
        ["LinkHeader Feed https://a.example/kk/rss.xml"]
    );
    assert_eq!(hubs, [url("https://hub.example/")]);
}

#[test]
fn sitemaps_of_news_come_first() {
    let at = url("https://a.example/");
    let robots = b"User-agent: *\nDisallow: /admin\nSitemap: https://a.example/sitemap.xml # all\nSITEMAP : /news-sitemap.xml\nsitemap:\n\xff\n";
    assert_eq!(
        told(&in_robots(robots, &at)),
        [
            "Robots Sitemap https://a.example/news-sitemap.xml",
            "Robots Sitemap https://a.example/sitemap.xml",
        ]
    );
    let index = b"<sitemapindex><sitemap><loc>https://a.example/pages.xml</loc></sitemap><sitemap><loc>/sitemap-news.xml</loc></sitemap></sitemapindex>";
    let children = in_sitemap_index(&document(index, &at));
    assert_eq!(children[0].url.path(), "/sitemap-news.xml");
    assert_eq!(children.len(), 2);
}

#[test]
fn common_paths_begin_with_the_makers() {
    let cases = [
        (
            "https://a.example/",
            Some("wordpress 6.7"),
            "https://a.example/feed/",
        ),
        (
            "https://a.example/",
            Some("1c-bitrix"),
            "https://a.example/rss/",
        ),
        (
            "https://a.example/kk/news",
            None,
            "https://a.example/kk/rss",
        ),
        ("https://a.example/about", None, "https://a.example/rss"),
    ];
    for (at, made_by, first) in cases {
        let paths = common_paths(&url(at), made_by);
        assert_eq!(paths[0].url.as_str(), first, "{at} {made_by:?}");
        assert!(paths.len() <= 24);
        let keys: std::collections::HashSet<String> =
            paths.iter().map(|one| key(&one.url)).collect();
        assert_eq!(keys.len(), paths.len(), "each once");
    }
}

#[test]
fn the_better_source_ranks_higher() {
    let gives = |entries: u32, dated: u32, whole: u32, days: Option<i64>| Gives {
        format: Some("rss20"),
        title: None,
        sample: Sample {
            entries,
            dated,
            whole,
        },
        titled: entries,
        newest: days.map(|days| now() - TimeDelta::days(days)),
        hubs: Vec::new(),
        language: None,
        likeness: 0,
    };
    let at =
        |path: &str, kind, how| Candidate::new(url(&format!("https://a.example{path}")), kind, how);
    let rss = || at("/rss", Kind::Feed, How::LinkTag);
    // From the best to the worst.
    let ranked = [
        (rss(), gives(20, 20, 20, Some(0))),
        (rss(), gives(20, 20, 0, Some(0))),
        (
            at("/s", Kind::Telegram, How::Telegram),
            gives(20, 20, 20, Some(0)),
        ),
        (
            at("/news.xml", Kind::Sitemap, How::Robots),
            gives(20, 20, 0, Some(0)),
        ),
        (rss(), gives(20, 20, 0, Some(300))),
        (rss(), gives(20, 0, 0, None)),
        (
            at("/comments/feed", Kind::Feed, How::LinkTag),
            gives(20, 20, 20, Some(0)),
        ),
        (
            at("/dead", Kind::Feed, How::CommonPath),
            gives(1, 0, 0, Some(900)),
        ),
    ];
    let scores: Vec<u32> = ranked
        .iter()
        .map(|(candidate, gives)| score(candidate, gives, now()))
        .collect();
    assert!(scores.is_sorted_by(|one, next| one >= next), "{scores:?}");
    assert!(
        scores.iter().all(|score| (1..=100).contains(score)),
        "{scores:?}"
    );
    let mut untitled = gives(20, 20, 20, Some(0));
    untitled.titled = 0;
    for nothing in [gives(0, 0, 0, None), untitled] {
        assert_eq!(score(&rss(), &nothing, now()), 0);
    }
}
