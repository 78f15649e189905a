//! Articles' pages are asked for the texts their feed only begins: once, by leave
//! of robots.txt, a few at a time, and never at the article's expense.

use chrono::TimeDelta;
use jarshy::model::article::{Article, ArticleId};
use jarshy::model::source::SourceId;

use super::House;
use super::server::{Reply, Server};

const TEASER: &str = "Ертең қалада фермерлер форумы өтеді, оған облыстан шаруалар келеді…";

fn feed(server: &Server, numbers: std::ops::RangeInclusive<u32>) -> Reply {
    let item = |number| {
        let link = server.url(&format!("/news/{number}"));
        format!(
            "<item><guid>{number}</guid><title>Фермерлер форумы №{number}</title>\
             <link>{link}</link><description>{TEASER}</description></item>"
        )
    };
    let items = numbers.map(item).collect::<Vec<_>>().concat();
    let rss = format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Өңір</title>{items}</channel></rss>"
    );
    Reply::new(
        "200 OK\r\nContent-Type: application/rss+xml",
        rss.as_bytes(),
    )
}

fn page() -> Reply {
    let html = "<html><head><title>Фермерлер форумы</title>\
        <meta property=og:type content=article></head><body><h1>Фермерлер форумы</h1><article>\
        <p>Ертең қалада фермерлер форумы өтеді, оған облыстың барлық ауданынан шаруалар келеді. \
        Жиын таңғы сағат онда қалалық мәдениет сарайында ашылады.</p>\
        <p>Бірінші күні егіншілер тұқым мен суару туралы сөйлеседі, екінші күні мал шаруашылығына \
        арналған. Қатысу тегін, алдын ала тіркелу керек.</p></article></body></html>";
    Reply::new(
        "200 OK\r\nContent-Type: text/html; charset=utf-8",
        html.as_bytes(),
    )
}

async fn article(house: &House, number: u32) -> Article {
    let source = SourceId::from_stored("outlet");
    let id = ArticleId::derived(&source, &format!("id {number}"));
    let found = house.newsroom.store.article(&id).await;
    found.expect("the store works").expect("stored").0
}

#[tokio::test]
async fn a_teaser_gets_its_text_once_over_a_restart() {
    let house = House::with_a_feed().await;
    house.server.play("/feed", [feed(&house.server, 1..=1)]);
    house.server.play("/news/1", [page()]);
    let visit = house.visit("outlet").await;
    assert_eq!((visit.new, visit.revised), (1, 0), "{visit:?}");
    assert_eq!(house.server.paths(), ["/feed", "/robots.txt", "/news/1"]);
    let stored = article(&house, 1).await;
    assert!(
        stored.text.contains("мәдениет сарайында"),
        "{}",
        stored.text
    );
    assert_eq!(
        stored.title, "Фермерлер форумы №1",
        "the title is the feed's"
    );
    // The feed grows: what it still begins is neither new nor revised.
    let house = house.restart().await;
    house.server.play("/feed", [feed(&house.server, 1..=2)]);
    let visit = house.visit("outlet").await;
    assert_eq!((visit.new, visit.revised), (1, 0), "{visit:?}");
    let paths = house.server.paths();
    assert!(!paths.contains(&"/news/1".to_owned()), "{paths:?}");
    assert_eq!(article(&house, 1).await, stored);
    // The second has no page: a good reason, its teaser stays, nobody asks again.
    assert_eq!(article(&house, 2).await.text.trim(), TEASER);
    house.server.play("/feed", [feed(&house.server, 1..=3)]);
    house.visit("outlet").await;
    let paths = house.server.paths();
    assert!(!paths.contains(&"/news/2".to_owned()), "{paths:?}");
}

#[tokio::test]
async fn a_page_in_trouble_is_asked_again_later_and_is_no_correction() {
    let house = House::with_a_feed().await;
    house
        .server
        .play("/feed", [feed(&house.server, 1..=3).or_not_modified("")]);
    let trouble = Reply::new("500 Oh", b"");
    house.server.play("/news/1", [trouble, page()]);
    house.visit("outlet").await;
    let paths = house.server.paths();
    assert_eq!(
        paths,
        ["/feed", "/robots.txt", "/news/1"],
        "with one in trouble the others wait"
    );
    for number in 1..=3 {
        assert_eq!(article(&house, number).await.text.trim(), TEASER);
    }
    // The next visit asks for those that waited, the one in trouble only later.
    house.visit("outlet").await;
    let mut paths = house.server.paths();
    paths.sort();
    assert_eq!(paths, ["/feed", "/news/2", "/news/3"]);
    house.clock.advance(TimeDelta::hours(2));
    let visit = house.visit("outlet").await;
    assert_eq!((visit.new, visit.revised), (0, 0), "{visit:?}");
    assert!(house.server.paths().contains(&"/news/1".to_owned()));
    let stored = article(&house, 1).await;
    assert!(
        stored.text.contains("мәдениет сарайында"),
        "{}",
        stored.text
    );
    assert_eq!(stored.revision, 1);
    house.clock.advance(TimeDelta::days(3));
    house.visit("outlet").await;
    assert!(
        !house.server.paths().contains(&"/news/1".to_owned()),
        "settled"
    );
}

#[tokio::test]
async fn pages_are_asked_a_few_at_a_time_and_by_leave() {
    let house = House::open(&[
        ("outlet", "feed", "/feed", ""),
        ("never", "feed", "/never", "full_text = \"never\""),
    ])
    .await;
    for number in 1..=12 {
        house.server.play(&format!("/news/{number}"), [page()]);
    }
    let rules = b"User-agent: *\nDisallow: /news/12\n";
    house
        .server
        .play("/robots.txt", [Reply::new("200 OK", rules)]);
    house.server.play("/never", [feed(&house.server, 1..=12)]);
    house.server.play("/feed", [feed(&house.server, 1..=12)]);
    let pages = |house: &House| {
        let paths = house.server.paths();
        let pages = paths.into_iter().filter(|path| path.starts_with("/news/"));
        pages.collect::<Vec<_>>()
    };
    house.visit("outlet").await;
    assert_eq!(pages(&house).len(), 10);
    assert_eq!(house.server.busiest(), 1, "one request at a time");
    house.server.play("/feed", [feed(&house.server, 1..=13)]);
    house.visit("outlet").await;
    let mut asked = pages(&house);
    asked.sort();
    assert_eq!(asked, ["/news/11", "/news/13"], "12 is not ours to ask");
    assert_eq!(article(&house, 12).await.text.trim(), TEASER);
}
