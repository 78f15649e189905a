//! The rows.

use std::io::Write;

use chrono::TimeDelta;

use super::server::{Asked, Reply, feed};
use super::{House, impatient};

const MODIFIED: &str = "\r\nLast-Modified: Mon, 23 Nov 2026 10:00:00 GMT";

fn only(asked: &[Asked]) -> &Asked {
    let [asked] = asked else {
        panic!("{asked:?}");
    };
    asked
}

#[tokio::test]
async fn validators_are_kept_from_every_answer() {
    let house = House::with_a_feed().await;
    house.server.play(
        "/feed",
        [
            Reply::feed(&format!("\r\nETag: \"1\"{MODIFIED}"), &["a"]),
            // The same document and date under another tag.
            Reply::feed(&format!("\r\nETag: W/\"2\"{MODIFIED}"), &["a"]),
            Reply::feed("", &["a"]).or_not_modified("\r\nETag: \"3\""),
        ],
    );
    let mut tags = Vec::new();
    for result in [
        "1 entry, 1 new, 0 revised",
        "nothing new",
        "nothing new",
        "nothing new",
    ] {
        assert_eq!(house.visit("outlet").await.result, result);
        let asked = house.server.asked();
        let asked = only(&asked);
        tags.push(asked.header("if-none-match").unwrap_or("none").to_owned());
        if tags.len() > 1 {
            assert_eq!(
                asked.header("if-modified-since"),
                Some("Mon, 23 Nov 2026 10:00:00 GMT")
            );
        }
    }
    assert_eq!(tags, ["none", "\"1\"", "W/\"2\"", "\"3\""]);
}

#[tokio::test]
async fn what_is_known_survives_a_restart() {
    let house = House::with_a_feed().await;
    let reply = Reply::feed("\r\nETag: \"1\"", &["a"]).or_not_modified("");
    house.server.play("/feed", [reply]);
    house.visit("outlet").await;
    let before = house.state("outlet").await;
    let house = house.restart().await;
    assert_eq!(house.state("outlet").await, before);
    assert!(house.pass().await.is_empty(), "not due");
    house.server.asked();
    assert_eq!(house.visit("outlet").await.result, "nothing new");
    assert_eq!(
        only(&house.server.asked()).header("if-none-match"),
        Some("\"1\"")
    );
}

#[tokio::test]
async fn retry_after_is_obeyed_whole_and_over_a_restart() {
    let mut house = House::open(&[
        ("seconds", "feed", "/seconds", ""),
        ("date", "feed", "/date", ""),
    ])
    .await;
    let until = house.now() + TimeDelta::hours(36);
    let seconds = Reply::new("429 Too Many Requests\r\nRetry-After: 129600", b"");
    let date = until.format("%a, %d %b %Y %H:%M:%S GMT");
    let date = Reply::new(
        &format!("503 Service Unavailable\r\nRetry-After: {date}"),
        b"",
    );
    house
        .server
        .play("/seconds", [seconds, Reply::feed("", &["a"])]);
    house.server.play("/date", [date, Reply::feed("", &["b"])]);
    assert_eq!(house.pass().await.len(), 2);
    for _ in 0..35 {
        house.clock.advance(TimeDelta::hours(1));
        assert!(house.pass().await.is_empty(), "asked before its time");
    }
    house = house.restart().await;
    assert!(house.pass().await.is_empty(), "asked before its time");
    house.clock.advance(TimeDelta::hours(1));
    let visits = house.pass().await;
    assert_eq!(visits.len(), 2);
    assert!(visits.iter().all(|visit| visit.new == 1), "{visits:?}");
}

#[tokio::test]
async fn a_move_for_good_is_stored_the_third_time_and_another_never() {
    for (status, believed) in [("301", true), ("308", true), ("302", false), ("307", false)] {
        let house = House::with_a_feed().await;
        let moved = Reply::new(&format!("{status} Moved\r\nLocation: /new"), b"");
        house.server.play("/feed", [moved]);
        house.server.play("/new", [Reply::feed("", &["a"])]);
        for _ in 0..3 {
            assert!(house.visit("outlet").await.alive);
            assert_eq!(house.server.paths(), ["/feed", "/new"], "{status}");
        }
        house.visit("outlet").await;
        let expected: &[&str] = if believed {
            &["/new"]
        } else {
            &["/feed", "/new"]
        };
        assert_eq!(house.server.paths(), expected, "{status}");
    }
}

#[tokio::test]
async fn gone_stops_and_says_so() {
    let house = House::with_a_feed().await;
    house.server.play("/feed", [Reply::new("410 Gone", b"")]);
    let visit = house.visit("outlet").await;
    assert!(!visit.alive && visit.result.contains("410"), "{visit:?}");
    house.clock.advance(TimeDelta::days(400));
    assert!(house.pass().await.is_empty());
    assert_eq!(house.server.paths(), ["/feed"]);
}

#[tokio::test]
async fn failures_back_off_to_a_day_and_the_source_is_kept() {
    for status in [
        "401 Unauthorized",
        "403 Forbidden",
        "404 Not Found",
        "500 Oh",
        "502 Oh",
    ] {
        let house = House::with_a_feed().await;
        house.server.play("/feed", [Reply::new(status, b"")]);
        let mut before = TimeDelta::zero();
        for number in 1..=9 {
            let visit = house.visit("outlet").await;
            assert_eq!(
                visit.result,
                format!(
                    "the server answered {}",
                    status.replace(
                        "Oh",
                        if status.starts_with("500") {
                            "Internal Server Error"
                        } else {
                            "Bad Gateway"
                        }
                    )
                )
            );
            let wait = house.state("outlet").await.next_visit - house.now();
            assert!(
                wait >= before && wait <= TimeDelta::days(1),
                "{number}: {wait}"
            );
            before = wait;
        }
        assert_eq!(before, TimeDelta::days(1));
        house.server.play("/feed", [Reply::feed("", &["a"])]);
        let visit = house.visit("outlet").await;
        assert!(visit.alive && visit.new == 1, "{visit:?}");
    }
}

#[tokio::test]
async fn a_server_stuck_at_304_is_asked_for_everything_every_eight_days() {
    let house = House::with_a_feed().await;
    let stuck = |entries: &[&str]| Reply::feed("\r\nETag: \"1\"", entries).or_not_modified("");
    house.server.play("/feed", [stuck(&["a"])]);
    house.visit("outlet").await;
    house.server.play("/feed", [stuck(&["a", "b"])]);
    let start = house.now();
    let mut new = 0;
    while new == 0 {
        new = house.visit("outlet").await.new;
        assert!(house.now() - start <= TimeDelta::days(9), "it never healed");
    }
    let unconditional = house
        .server
        .asked()
        .iter()
        .filter(|asked| asked.header("if-none-match").is_none())
        .count();
    assert_eq!(
        (new, unconditional),
        (1, 2),
        "the first visit, and the healing one"
    );
}

#[tokio::test]
async fn what_breaks_off_is_asked_for_again_whole() {
    let mut house = House::with_a_feed().await;
    let whole = || Reply::feed("\r\nETag: \"1\"", &["a", "b"]);
    house
        .server
        .play("/feed", [whole().cut_by(40), whole().dripping(), whole()]);
    // The entry before the break is kept, the one it is in waits.
    let cut = house.visit("outlet").await;
    let said = "1 entry, 1 new, 0 revised; the answer broke off after ";
    assert!(cut.result.starts_with(said), "{cut:?}");
    assert_eq!((cut.new, cut.alive), (1, true));
    let patient = house.newsroom.web.clone();
    house.change(|newsroom| newsroom.web = impatient());
    assert_eq!(house.visit("outlet").await.result, "timed out after 300 ms");
    house.change(|newsroom| newsroom.web = patient);
    assert_eq!(house.visit("outlet").await.new, 1);
    for asked in house.server.asked() {
        assert_eq!(asked.header("if-none-match"), None, "nothing was believed");
    }
}

#[tokio::test]
async fn bombs_stop_early_and_the_next_visit_is_a_visit() {
    let mut zeros = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..64 {
        zeros
            .write_all(&vec![b'a'; 1024 * 1024])
            .expect("memory takes it");
    }
    let gzip = zeros.finish().expect("memory takes it");
    let brotli = include_bytes!("../../fixtures/asking/bomb.br");
    let house = House::with_a_feed().await;
    house.server.play(
        "/feed",
        [
            Reply::new("200 OK\r\nContent-Encoding: gzip", &gzip),
            Reply::new("200 OK\r\nContent-Encoding: br", brotli),
            Reply::feed("", &["a"]),
        ],
    );
    for _ in 0..2 {
        let visit = house.visit("outlet").await;
        assert_eq!(
            visit.result,
            "the body is larger than 16 MiB; reading stopped"
        );
    }
    assert_eq!(house.visit("outlet").await.new, 1);
}

#[tokio::test]
async fn a_redirect_into_the_house_is_not_followed() {
    let house = House::with_a_feed().await;
    for to in [
        "http://169.254.169.254/",
        "http://0xa9fea9fe/",
        "http://localhost:1/",
        "http://[::1]/",
        "file:///etc/passwd",
    ] {
        let moved = Reply::new(&format!("302 Found\r\nLocation: {to}"), b"");
        house.server.play("/feed", [moved]);
        let visit = house.visit("outlet").await;
        assert!(
            visit.result.contains("was not followed: "),
            "{to}: {visit:?}"
        );
    }
}

#[tokio::test]
async fn a_page_in_a_feeds_place_is_said_to_be_one() {
    let house = House::with_a_feed().await;
    let page = "<!DOCTYPE html><html><head><title>Кіру</title></head><body><p>…<br></body></html>";
    let page = Reply::new(
        "200 OK\r\nContent-Type: text/html\r\nETag: \"p\"",
        page.as_bytes(),
    );
    house
        .server
        .play("/feed", [Reply::feed("\r\nETag: \"1\"", &["a"]), page]);
    house.visit("outlet").await;
    let visit = house.visit("outlet").await;
    assert!(!visit.alive);
    assert_eq!(
        visit.result,
        "a web page answered, not a feed; its title is “Кіру”"
    );
    let state = house.state("outlet").await;
    assert_eq!(
        state.validators.etag.as_deref(),
        Some("\"1\""),
        "the last good one"
    );
}

#[tokio::test]
async fn a_move_told_inside_the_feed_is_shown_not_followed() {
    let house = House::with_a_feed().await;
    let to = house.server.url("/elsewhere");
    let head = format!("<itunes:new-feed-url>{to}</itunes:new-feed-url>");
    let body = feed(&head, &["a"]);
    house
        .server
        .play("/feed", [Reply::new("200 OK", body.as_bytes())]);
    for _ in 0..4 {
        house.visit("outlet").await;
    }
    assert_eq!(house.server.paths(), ["/feed"; 4]);
    house.server.play(
        "/feed",
        [Reply::new("200 OK", feed(&head, &["b"]).as_bytes())],
    );
    let visit = house.visit("outlet").await;
    assert!(
        visit
            .result
            .contains(&format!("it says it has moved to {to}")),
        "{visit:?}"
    );
}

#[tokio::test]
async fn servers_and_documents_are_heard_when_they_ask_for_time() {
    let house = House::open(&[
        ("cached", "feed", "/cached", ""),
        ("ttl", "feed", "/ttl", ""),
        ("plain", "feed", "/plain", ""),
    ])
    .await;
    house.server.play(
        "/cached",
        [Reply::feed("\r\nCache-Control: max-age=7200", &["a"])],
    );
    let ttl = feed("<ttl>180</ttl>", &["a"]);
    house
        .server
        .play("/ttl", [Reply::new("200 OK", ttl.as_bytes())]);
    house.server.play("/plain", [Reply::feed("", &["a"])]);
    house.pass().await;
    for (name, least, says) in [
        ("cached", TimeDelta::hours(2), "Cache-Control"),
        ("ttl", TimeDelta::hours(3), "ttl"),
        ("plain", TimeDelta::minutes(15), "usual"),
    ] {
        let state = house.state(name).await;
        let wait = state.next_visit - house.now();
        assert!(wait >= least && wait <= least * 3, "{name}: {wait}");
        assert!(state.waits_for.expect("said").contains(says), "{name}");
    }
}

#[tokio::test]
async fn one_host_is_asked_one_request_at_a_time_by_an_honest_name() {
    let names = [
        ("a", "/a"),
        ("b", "/b"),
        ("c", "/c"),
        ("d", "/d"),
        ("e", "/e"),
    ];
    let house = House::open(&names.map(|(name, path)| (name, "feed", path, ""))).await;
    for (_, path) in names {
        let reply = Reply::feed("\r\nSet-Cookie: a=b", &[path]);
        house.server.play(path, [reply]);
    }
    assert_eq!(house.pass().await.len(), names.len());
    assert_eq!(house.server.busiest(), 1);
    for asked in house.server.asked() {
        let agent = asked.header("user-agent").expect("said");
        assert!(
            agent.starts_with("Jarshy/") && agent.contains("(+https://house.example"),
            "{agent}"
        );
        assert_eq!(
            (asked.header("cookie"), asked.header("referer")),
            (None, None)
        );
        assert_eq!(asked.header("accept-encoding"), Some("gzip, deflate, br"));
    }
    let own = [("a", "feed", "/feed", "user_agent = \"Reader/1.0\"")];
    let house = House::open(&own).await;
    house.pass().await;
    assert_eq!(
        only(&house.server.asked()).header("user-agent"),
        Some("Reader/1.0")
    );
}

#[tokio::test]
async fn robots_txt_is_asked_before_pages_and_not_before_feeds() {
    let house = House::open(&[
        ("page", "page", "/news/", ""),
        ("feed", "feed", "/feed", ""),
    ])
    .await;
    let robots = |rule: &str| {
        Reply::new(
            "200 OK",
            format!("User-agent: *\nDisallow: {rule}\n").as_bytes(),
        )
    };
    let listing = "<html><body><ul><li><a href='/news/1'>Бірінші форум ашылды</a></li>\
        <li><a href='/news/2'>Екінші форум ашылды</a></li>\
        <li><a href='/news/3'>Үшінші форум ашылды</a></li></ul></body></html>";
    let listing = || Reply::new("200 OK\r\nContent-Type: text/html", listing.as_bytes());
    house.server.play("/feed", [Reply::feed("", &["a"])]);
    house.server.play("/news/", [listing()]);
    // Down: not now. Then: not at all. Then: with pleasure.
    house.server.play(
        "/robots.txt",
        [
            Reply::new("503 Oh", b""),
            robots("/news/"),
            robots("/private"),
        ],
    );
    let visit = house.visit("page").await;
    assert!(
        visit
            .result
            .starts_with("not asked now: robots.txt of 127.0.0.1"),
        "{visit:?}"
    );
    let mut paths = house.server.paths();
    paths.sort();
    assert_eq!(paths, ["/feed", "/robots.txt"]);
    let denied = house.visit("page").await;
    assert!(
        denied.result.contains("asks not to read this page"),
        "{denied:?}"
    );
    house.clock.advance(TimeDelta::hours(24));
    let read = house.visit("page").await;
    assert!(read.alive, "{read:?}");
    assert!(house.server.paths().contains(&"/news/".to_owned()));
}
