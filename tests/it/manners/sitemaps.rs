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
