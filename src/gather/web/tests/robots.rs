//! Pages are asked for where robots.txt allows it; feeds are made to be asked.

use chrono::{DateTime, TimeDelta, Utc};

use super::*;

fn now() -> DateTime<Utc> {
    "2026-11-23T10:00:00Z".parse().expect("time")
}

fn page(text: &[u8]) -> Vec<u8> {
    reply("200 OK\r\nContent-Type: text/html", text)
}

/// A refusal of everything, which does not count where the status says otherwise.
fn without(status: &str) -> Vec<u8> {
    reply(status, b"User-agent: *\nDisallow: /\n")
}

fn strict(path: &str, port: u16) -> Vec<u8> {
    match path {
        "/robots.txt" => page(
            b"User-agent: *\nDisallow: /\n\nUser-agent: jarshy\nDisallow: /private\nCrawl-delay: 0.01\n",
        ),
        "/moved" => reply("302 Found\r\nLocation: /private/page", b""),
        "/away" => reply(
            &format!("302 Found\r\nLocation: http://127.0.0.1:{port}/news"),
            b"",
        ),
        _ => page(b"text"),
    }
}

fn paths(server: &Server) -> Vec<String> {
    let asked = server.asked();
    let path = |head: &String| head.split(' ').nth(1).unwrap_or_default().to_owned();
    asked.iter().map(path).collect()
}

#[tokio::test]
async fn a_page_is_asked_where_it_may_be_and_the_file_once_a_day() {
    let server = Server::start(strict).await;
    let web = web(|_| {});
    let visit = async |path: &str, now| web.fetch_page(&request(server.url(path)), now).await;
    let denied = "not asked: robots.txt of 127.0.0.1 asks not to read this page";
    assert!(matches!(visit("/news", now()).await, Answer::Body { .. }));
    assert_eq!(why(visit("/private/page", now()).await), denied);
    assert_eq!(
        why(visit("/moved", now()).await),
        denied,
        "nor after a redirect"
    );
    assert!(matches!(visit("/away", now()).await, Answer::Body { .. }));
    assert_eq!(
        paths(&server),
        ["/robots.txt", "/news", "/moved", "/away", "/news"]
    );
    let feed = web.fetch(&request(server.url("/private/feed"))).await;
    assert!(matches!(feed, Answer::Body { .. }), "a feed is not checked");
    visit("/news", now() + TimeDelta::hours(23)).await;
    assert_eq!(paths(&server).len(), 7, "kept for a day");
    visit("/news", now() + TimeDelta::hours(24)).await;
    assert_eq!(paths(&server)[7..], ["/robots.txt", "/news"]);
}

#[tokio::test]
async fn another_name_is_another_visitor() {
    let server = Server::start(strict).await;
    let web = web(|_| {});
    let mut other = request(server.url("/news"));
    other.headers = vec![(
        "User-Agent".to_owned(),
        "Reader/1.0 (+https://a.kz)".to_owned(),
    )];
    assert!(why(web.fetch_page(&other, now()).await).contains("asks not to read"));
    assert!(server.asked()[0].contains("Reader/1.0 (+https://a.kz)"));
    let own = web.fetch_page(&request(server.url("/news")), now()).await;
    assert!(matches!(own, Answer::Body { .. }));
}

#[tokio::test]
async fn what_is_absent_allows() {
    let absent: [Script; 7] = [
        |path, _| {
            if path == "/robots.txt" {
                without("404 Not Found")
            } else {
                page(b"text")
            }
        },
        |path, _| {
            if path == "/robots.txt" {
                without("401 Unauthorized")
            } else {
                page(b"text")
            }
        },
        |path, _| {
            if path == "/robots.txt" {
                without("410 Gone")
            } else {
                page(b"text")
            }
        },
        |path, _| {
            if path == "/robots.txt" {
                page(b"<html>Not found</html>")
            } else {
                page(b"text")
            }
        },
        |path, _| match path {
            "/robots.txt" => reply("301 Moved\r\nLocation: /r1", b""),
            "/r1" => reply("302 Found\r\nLocation: /r2", b""),
            "/r2" => page(b"User-agent: *\nAllow: /\n"),
            _ => page(b"text"),
        },
        |path, _| {
            if path == "/news" {
                page(b"text")
            } else {
                reply("302 Found\r\nLocation: /loop", b"")
            }
        },
        |path, _| match path {
            // Far over the limit: only what is within it counts.
            "/robots.txt" => {
                page(&[b"User-agent: *\n".repeat(50_000), b"Disallow: /\n".to_vec()].concat())
            }
            _ => page(b"text"),
        },
    ];
    for (number, script) in absent.into_iter().enumerate() {
        let server = Server::start(script).await;
        let answer = web(|_| {})
            .fetch_page(&request(server.url("/news")), now())
            .await;
        assert!(
            matches!(answer, Answer::Body { .. }),
            "{number}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn what_fails_does_not_allow() {
    let failing: [Script; 4] = [
        |path, _| {
            if path == "/robots.txt" {
                without("500 Internal Server Error")
            } else {
                page(b"text")
            }
        },
        |path, _| {
            if path == "/robots.txt" {
                without("503 Service Unavailable\r\nRetry-After: 5")
            } else {
                page(b"text")
            }
        },
        |path, _| {
            if path == "/robots.txt" {
                without("429 Too Many Requests")
            } else {
                page(b"text")
            }
        },
        |path, _| {
            if path == "/robots.txt" {
                b"nonsense\r\n\r\n".to_vec()
            } else {
                page(b"text")
            }
        },
    ];
    for (number, script) in failing.into_iter().enumerate() {
        let server = Server::start(script).await;
        let web = web(|_| {});
        let said = why(web.fetch_page(&request(server.url("/news")), now()).await);
        assert!(
            said.starts_with("not asked now: robots.txt of 127.0.0.1 could not be read ("),
            "{number}: {said}"
        );
        web.fetch_page(&request(server.url("/news")), now()).await;
        assert_eq!(server.asked().len(), 1, "{number}: not asked again at once");
        let later = now() + TimeDelta::minutes(15);
        web.fetch_page(&request(server.url("/news")), later).await;
        assert_eq!(server.asked().len(), 2, "{number}: but soon");
    }
}

#[tokio::test]
async fn what_was_read_holds_on_while_the_file_cannot_be_read() {
    use std::sync::atomic::{AtomicBool, Ordering};
    static DOWN: AtomicBool = AtomicBool::new(false);
    fn sometimes(path: &str, _: u16) -> Vec<u8> {
        match path {
            "/robots.txt" if DOWN.load(Ordering::SeqCst) => reply("500 Oh", b""),
            "/robots.txt" => page(b"User-agent: *\nDisallow: /private\n"),
            _ => page(b"text"),
        }
    }
    let server = Server::start(sometimes).await;
    let web = web(|_| {});
    let visit = async |path: &str, now| web.fetch_page(&request(server.url(path)), now).await;
    visit("/news", now()).await;
    DOWN.store(true, Ordering::SeqCst);
    let tomorrow = now() + TimeDelta::hours(25);
    assert!(matches!(
        visit("/news", tomorrow).await,
        Answer::Body { .. }
    ));
    assert!(why(visit("/private", tomorrow).await).contains("asks not to read"));
}

#[tokio::test]
async fn a_retry_after_of_the_file_is_obeyed_too() {
    let server = Server::start(|path, _| match path {
        "/robots.txt" => without("503 Service Unavailable\r\nRetry-After: 129600"),
        _ => page(b"text"),
    })
    .await;
    let web = web(|_| {});
    for (hours, asked) in [(0, 1), (35, 1), (36, 2)] {
        let now = now() + TimeDelta::hours(hours);
        web.fetch_page(&request(server.url("/news")), now).await;
        assert_eq!(server.asked().len(), asked, "{hours}");
    }
}
