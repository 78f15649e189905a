//! Sitemaps as sites have them: an index whose children change with the month, and
//! entries that tell nothing but where they are.

use std::fmt::Write as _;

use chrono::TimeDelta;

use super::House;
use super::server::{Reply, Server};

fn xml(body: &str) -> Reply {
    Reply::new("200 OK\r\nContent-Type: application/xml", body.as_bytes())
}

fn index(server: &Server, children: &[&str]) -> Reply {
    let mut listed = String::new();
    for child in children {
        write!(
            listed,
            "<sitemap><loc>{}</loc></sitemap>",
            server.url(child)
        )
        .expect("written");
    }
    xml(&format!("<sitemapindex>{listed}</sitemapindex>"))
}

/// Addresses below `/news/`, changed so many days ago; with a title where `titled`.
fn urls(house: &House, entries: &[(&str, i64)], titled: bool) -> Reply {
    let mut listed = String::new();
    for (name, days) in entries {
        let at = (house.clock.now() - TimeDelta::days(*days)).to_rfc3339();
        let news = if titled {
            format!("<news:news><news:title>Форум {name}</news:title></news:news>")
        } else {
            String::new()
        };
        let link = house.server.url(&format!("/news/{name}"));
        write!(
            listed,
            "<url><loc>{link}</loc><lastmod>{at}</lastmod>{news}</url>"
        )
        .expect("written");
    }
    xml(&format!("<urlset>{listed}</urlset>"))
}

fn page(name: &str) -> Reply {
    let html = format!(
        "<html><head><meta property=og:type content=article></head><body><h1>Өңірде {name} форумы \
         өтеді</h1><article><p>Ертең қалада {name} форумы өтеді, оған облыстың барлық ауданынан \
         шаруалар келеді. Жиын таңғы сағат онда ашылады.</p></article></body></html>"
    );
    Reply::new(
        "200 OK\r\nContent-Type: text/html; charset=utf-8",
        html.as_bytes(),
    )
}

async fn with_a_sitemap(more: &str) -> House {
    House::open(&[("outlet", "sitemap", "/sitemap.xml", more)]).await
}

#[tokio::test]
async fn an_index_is_followed_to_its_newest_children_over_the_month() {
    let house = with_a_sitemap("").await;
    let server = &house.server;
    let months = [
        "/s-2026-8.xml",
        "/s-2026-9.xml",
        "/s-2026-10.xml",
        "/s-2026-11.xml",
    ];
    let later = [&months[..], &["/s-2026-12.xml"]].concat();
    server.play("/sitemap.xml", [index(server, &months)]);
    server.play(
        "/s-2026-11.xml",
        [urls(&house, &[("a", 0), ("b", 1)], true)],
    );
    server.play("/s-2026-10.xml", [urls(&house, &[("c", 30)], true)]);
    server.play("/s-2026-9.xml", [urls(&house, &[("d", 60)], true)]);
    let first = house.visit("outlet").await;
    assert_eq!((first.new, first.alive), (4, true), "{first:?}");
    assert_eq!(
        server.paths()[..4],
        [
            "/sitemap.xml",
            "/s-2026-11.xml",
            "/s-2026-10.xml",
            "/s-2026-9.xml"
        ]
    );
    assert_eq!(house.visit("outlet").await.result, "nothing new");
    server.play("/sitemap.xml", [index(server, &later)]);
    server.play("/s-2026-12.xml", [urls(&house, &[("e", 0)], true)]);
    let turned = house.visit("outlet").await;
    assert_eq!(turned.new, 1, "{turned:?}");
}

#[tokio::test]
async fn a_child_that_asks_for_time_speaks_for_the_visit() {
    let house = with_a_sitemap("").await;
    let server = &house.server;
    server.play("/sitemap.xml", [index(server, &["/a.xml", "/b.xml"])]);
    let busy = Reply::new("429 Too Many Requests\r\nRetry-After: 7200", b"");
    server.play("/b.xml", [busy]);
    let visit = house.visit("outlet").await;
    assert!(visit.result.starts_with("asked to come after"), "{visit:?}");
    assert_eq!(server.paths(), ["/sitemap.xml", "/b.xml"]);
}

#[tokio::test]
async fn a_child_that_is_missing_costs_the_others_nothing() {
    let house = with_a_sitemap("").await;
    let server = &house.server;
    server.play("/sitemap.xml", [index(server, &["/a.xml", "/gone.xml"])]);
    server.play("/a.xml", [urls(&house, &[("a", 0)], true)]);
    let visit = house.visit("outlet").await;
    assert_eq!(visit.new, 1, "{visit:?}");
    let said = visit.complaints.iter().map(ToString::to_string);
    let said = said.collect::<Vec<_>>().concat();
    assert!(said.contains("/gone.xml") && said.contains("404"), "{said}");
}

#[tokio::test]
async fn entries_without_a_title_get_it_from_their_pages_once() {
    let house = with_a_sitemap("").await;
    let server = &house.server;
    let mut names: Vec<String> = (10..22).map(|n| format!("n{n}")).collect();
    names.push("missing".to_owned());
    let mut entries: Vec<(&str, i64)> = names.iter().map(|name| (name.as_str(), 1)).collect();
    entries.push(("old", 40));
    server.play("/sitemap.xml", [urls(&house, &entries, false)]);
    for name in &names[..12] {
        server.play(&format!("/news/{name}"), [page(name)]);
    }
    let first = house.visit("outlet").await;
    assert_eq!(first.new, 10, "{first:?}");
    let second = house.visit("outlet").await;
    assert_eq!((second.new, second.revised), (2, 0), "{second:?}");
    assert!(second.alive);
    let asked = server.paths();
    let pages = asked.iter().filter(|path| path.starts_with("/news/"));
    assert_eq!(pages.count(), 13, "each once, the old one never: {asked:?}");
    let third = house.visit("outlet").await;
    assert_eq!((third.new, third.revised), (0, 0), "{third:?}");
    let asked = server.paths();
    assert!(
        !asked.iter().any(|path| path.starts_with("/news/")),
        "{asked:?}"
    );
}

#[tokio::test]
async fn a_sitemap_that_gives_nothing_is_silent_and_says_why() {
    for (more, reason) in [
        (
            "full_text = \"never\"",
            "it gives nothing: neither title nor text",
        ),
        (
            "",
            "it gives nothing: has neither title nor text, and no date of the last 14 days",
        ),
    ] {
        let house = with_a_sitemap(more).await;
        let sitemap = urls(&house, &[("a", 20), ("b", 21)], false);
        house.server.play("/sitemap.xml", [sitemap]);
        let visit = house.visit("outlet").await;
        assert!(visit.result.contains("all left out"), "{visit:?}");
        let checked = house.world.must(&["sources", "check"]);
        assert!(checked.contains("silent"), "{checked}");
        assert!(checked.contains(reason), "{checked}");
    }
}

#[tokio::test]
async fn one_bad_page_costs_the_others_nothing() {
    for bad in [
        Reply::new("500 Internal Server Error", b""),
        Reply::new("200 OK\r\nContent-Encoding: zstd", b"x"),
        Reply::new("200 OK", b"<title>A</title>").cut_by(3),
        Reply::new("302 Found\r\nLocation: http://10.0.0.1/", b""),
        Reply::new("429 Too Many Requests", b""),
    ] {
        let house = with_a_sitemap("").await;
        let server = &house.server;
        let entries = [("bad", 0), ("a", 1), ("b", 1), ("c", 2)];
        server.play("/sitemap.xml", [urls(&house, &entries, false)]);
        server.play("/news/bad", [bad]);
        for name in ["a", "b", "c"] {
            server.play(&format!("/news/{name}"), [page(name)]);
        }
        let visits = [house.visit("outlet").await, house.visit("outlet").await];
        assert_eq!(visits[0].new + visits[1].new, 3, "{visits:?}");
        let asked = server.paths();
        let times = asked.iter().filter(|path| *path == "/news/bad");
        assert_eq!(times.count(), 1, "{asked:?}");
    }
}

#[tokio::test]
async fn what_had_trouble_is_had_later_and_a_failing_server_is_let_be() {
    let house = with_a_sitemap("").await;
    let server = &house.server;
    let names = ["a", "b", "c", "d", "e"];
    let entries = names.map(|name| (name, 1));
    server.play("/sitemap.xml", [urls(&house, &entries, false)]);
    for name in names {
        let failing = Reply::new("500 Internal Server Error", b"");
        server.play(&format!("/news/{name}"), [failing, page(name)]);
    }
    let first = house.visit("outlet").await;
    assert_eq!(first.new, 0, "{first:?}");
    let asked = server.paths();
    let pages = asked.iter().filter(|path| path.starts_with("/news/"));
    assert_eq!(pages.count(), 3, "{asked:?}");
    let mut new = 0;
    for _ in 0..5 {
        new += house.visit("outlet").await.new;
    }
    assert_eq!(new, 5);
}

#[tokio::test]
async fn dead_pages_keep_no_others_waiting_over_restarts() {
    for dead in ["404 Not Found", "500 Internal Server Error"] {
        let mut house = with_a_sitemap("").await;
        let names: Vec<String> = (10..20).map(|n| format!("dead{n}")).collect();
        let mut entries: Vec<(&str, i64)> = names.iter().map(|name| (name.as_str(), 0)).collect();
        entries.push(("good", 1));
        let sitemap = urls(&house, &entries, false);
        house.server.play("/sitemap.xml", [sitemap]);
        for name in &names {
            let path = format!("/news/{name}");
            house.server.play(&path, [Reply::new(dead, b"")]);
        }
        house.server.play("/news/good", [page("good")]);
        let mut new = 0;
        for _ in 0..5 {
            new += house.visit("outlet").await.new;
            house = house.restart().await;
        }
        assert_eq!(new, 1, "{dead}");
    }
}

#[tokio::test]
async fn a_page_that_asks_for_time_speaks_for_all_over_a_restart() {
    let house = with_a_sitemap("").await;
    let entries = [("busy", 0), ("a", 1)];
    let sitemap = urls(&house, &entries, false);
    house.server.play("/sitemap.xml", [sitemap]);
    let busy = Reply::new("503 Service Unavailable\r\nRetry-After: 7200", b"");
    house.server.play("/news/busy", [busy, page("busy")]);
    house.server.play("/news/a", [page("a")]);
    assert_eq!(house.visit("outlet").await.new, 0);
    let asked = house.server.paths();
    assert!(!asked.contains(&"/news/a".to_owned()), "{asked:?}");
    let house = house.restart().await;
    house.clock.advance(TimeDelta::minutes(100));
    assert_eq!(house.visit("outlet").await.new, 0);
    house.clock.advance(TimeDelta::minutes(30));
    assert_eq!(house.visit("outlet").await.new, 2);
}
