//! Against a real server on 127.0.0.1 that plays what real ones do.

use std::io::Write;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

mod names;
mod robots;

use super::*;
use crate::model::source::Validators;

/// Answers each path with prepared bytes and remembers what was asked.
struct Server {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

type Script = fn(&str, u16) -> Vec<u8>;

impl Server {
    async fn start(script: Script) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, port, script, Arc::clone(&heard)));
            }
        });
        Self { port, asked }
    }

    fn url(&self, path: &str) -> Url {
        format!("http://127.0.0.1:{}{path}", self.port)
            .parse()
            .expect("an address")
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("not poisoned").clone()
    }
}

async fn answer(mut stream: TcpStream, port: u16, script: Script, asked: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte).await {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    asked.lock().expect("not poisoned").push(head);
    if path == "/silence" {
        // Says nothing until the other side gives up.
        let _ = stream.read(&mut byte).await;
        return;
    }
    let bytes = script(&path, port);
    if path == "/reset" {
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")
            .await;
        // Closed with a reset instead of an end; the rest is never sent.
        let _ = stream.set_zero_linger();
        return;
    }
    if path == "/drip" {
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ns")
            .await;
        let _ = stream.read(&mut byte).await;
        return;
    }
    // The reader may hang up early: that is what the size test is about.
    let _ = stream.write_all(&bytes).await;
}

fn reply(head: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "HTTP/1.1 {head}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(body).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

/// As the beginning of a longer body.
fn cut_gzip(part: &[u8]) -> Vec<u8> {
    let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100000\r\n\r\n";
    [head.as_bytes(), part].concat()
}

fn script(path: &str, port: u16) -> Vec<u8> {
    let to =
        |status: &str, location: &str| reply(&format!("{status}\r\nLocation: {location}"), b"");
    match path {
        "/feed" => reply(
            "200 OK\r\nETag: \"1\"\r\nLast-Modified: Mon, 23 Nov 2026 10:00:00 GMT\r\nContent-Type: application/rss+xml",
            b"<rss/>",
        ),
        "/same" => reply("304 Not Modified\r\nETag: \"2\"", b""),
        "/gzip" => reply(
            "200 OK\r\nContent-Encoding: gzip",
            &gzip("Форум".as_bytes()),
        ),
        "/not-gzip" => reply("200 OK\r\nContent-Encoding: gzip", b"plain"),
        "/bomb" => reply(
            "200 OK\r\nContent-Encoding: gzip",
            &gzip(&vec![b'a'; 3 * 1024 * 1024]),
        ),
        // 64 MiB of one letter.
        "/brotli-bomb" => reply(
            "200 OK\r\nContent-Encoding: br",
            include_bytes!("../../../tests/fixtures/asking/bomb.br"),
        ),
        "/zstd" => reply("200 OK\r\nContent-Encoding: zstd", b"x"),
        "/much-head" => reply(&format!("200 OK\r\nX: {}", "a".repeat(70_000)), b"x"),
        "/many-heads" => reply(&format!("200 OK\r\n{}", "X: a\r\n".repeat(200)), b"x"),
        "/said-huge" => b"HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n\r\nx".to_vec(),
        "/said-big" => b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n".to_vec(),
        "/endless" => {
            let mut bytes = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
            bytes.extend(vec![b'a'; 3 * 1024 * 1024]);
            bytes
        }
        "/cut" => b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort".to_vec(),
        "/nothing-came" => b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n".to_vec(),
        "/chunk-cut" => {
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n9\r\n".to_vec()
        }
        "/gzip-cut" => {
            let text: Vec<String> = (0..500).map(|n| format!("Форум {n}, ")).collect();
            cut_gzip(&gzip(text.concat().as_bytes())[..700])
        }
        "/bomb-cut" => cut_gzip(&gzip(&vec![b'a'; 3 * 1024 * 1024])[..3_000]),
        "/moved" => to("301 Moved Permanently", "/moved-again"),
        "/moved-again" => to("308 Permanent Redirect", "/feed"),
        "/moved-for-now" => to("301 Moved Permanently", "/elsewhere"),
        "/elsewhere" => to("302 Found", "/feed"),
        "/loop" => to("302 Found", "/loop"),
        "/nowhere" => reply("302 Found", b""),
        "/to-metadata" => to("302 Found", "http://169.254.169.254/latest/meta-data/"),
        "/to-mapped" => to(
            "302 Found",
            &format!("http://[::ffff:127.0.0.1]:{port}/feed"),
        ),
        "/to-neighbour" => to("302 Found", &format!("http://127.0.0.2:{port}/feed")),
        "/to-file" => to("302 Found", "file:///etc/passwd"),
        "/to-mail" => to("302 Found", "http://127.0.0.1:25/"),
        "/busy" => reply("429 Too Many Requests\r\nRetry-After: 120", b""),
        "/busy-silent" => reply("429 Too Many Requests", b""),
        "/pause" => reply(
            "503 Service Unavailable\r\nRetry-After: Mon, 23 Nov 2026 12:00:00 GMT",
            b"",
        ),
        "/down" => reply("503 Service Unavailable", b""),
        "/gone" => reply("410 Gone", b""),
        "/cookie" => reply("200 OK\r\nSet-Cookie: a=b", b"x"),
        "/garbage" => b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(),
        _ => reply("404 Not Found", b""),
    }
}

fn web(change: impl FnOnce(&mut WebOptions)) -> Web {
    // Err: another test of this process installed it already.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut options = WebOptions {
        body_bytes_max: 1024 * 1024,
        pause: Duration::ZERO,
        allow_private: vec!["127.0.0.1/32".parse().expect("a block")],
        ..WebOptions::default()
    };
    change(&mut options);
    Web::new(options).expect("the client can be set up")
}

fn request(url: Url) -> Request {
    Request {
        url,
        validators: Validators::default(),
        headers: Vec::new(),
    }
}

fn why(answer: Answer) -> String {
    match answer {
        Answer::Failed { why, .. } => why,
        other => panic!("expected a failure, got {other:?}"),
    }
}

#[tokio::test]
async fn a_body_comes_with_its_validators() {
    let server = Server::start(script).await;
    let web = web(|_| {});
    let expected = Answer::Body {
        bytes: b"<rss/>".to_vec(),
        content_type: Some("application/rss+xml".to_owned()),
        validators: Validators {
            etag: Some("\"1\"".to_owned()),
            last_modified: Some("Mon, 23 Nov 2026 10:00:00 GMT".to_owned()),
        },
        final_url: server.url("/feed"),
        permanent_redirect: None,
        fresh_for: None,
        links: Vec::new(),
    };
    assert_eq!(web.fetch(&request(server.url("/feed"))).await, expected);
}

#[tokio::test]
async fn what_is_known_is_asked_conditionally() {
    let server = Server::start(script).await;
    let web = web(|_| {});
    let mut known = request(server.url("/same"));
    known.validators = Validators {
        etag: Some("\"1\"".to_owned()),
        last_modified: Some("Mon, 23 Nov 2026 10:00:00 GMT".to_owned()),
    };
    known.headers = vec![("Accept-Language".to_owned(), "kk".to_owned())];
    let answer = web.fetch(&known).await;
    let Answer::NotModified { validators, .. } = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(validators.etag.as_deref(), Some("\"2\""), "the newer one");
    assert_eq!(
        validators.last_modified, known.validators.last_modified,
        "kept"
    );
    let asked = server.asked().concat().to_lowercase();
    for line in [
        "if-none-match: \"1\"\r\n",
        "if-modified-since: mon, 23 nov 2026 10:00:00 gmt\r\n",
        "accept-language: kk\r\n",
        "user-agent: jarshy/",
        "accept-encoding: ",
    ] {
        assert!(asked.contains(line), "{line} in {asked}");
    }
    let unasked = web.fetch(&request(server.url("/same"))).await;
    assert_eq!(why(unasked), "the server answered 304 Not Modified");
}

#[tokio::test]
async fn no_cookie_and_no_referrer_is_sent() {
    let server = Server::start(script).await;
    let web = web(|_| {});
    for path in ["/cookie", "/cookie", "/moved"] {
        web.fetch(&request(server.url(path))).await;
    }
    let asked = server.asked().concat().to_lowercase();
    assert!(
        !asked.contains("cookie: ") && !asked.contains("referer: "),
        "{asked}"
    );
}

#[tokio::test]
async fn only_a_wholly_permanent_chain_moves_a_source() {
    let server = Server::start(script).await;
    let web = web(|_| {});
    for (path, moved) in [
        ("/moved", true),
        ("/moved-for-now", false),
        ("/elsewhere", false),
    ] {
        let answer = web.fetch(&request(server.url(path))).await;
        let Answer::Body {
            final_url,
            permanent_redirect,
            ..
        } = answer
        else {
            panic!("{path}: {answer:?}");
        };
        assert_eq!(final_url, server.url("/feed"), "{path}");
        assert_eq!(
            permanent_redirect,
            moved.then(|| server.url("/feed")),
            "{path}"
        );
    }
}

#[tokio::test]
async fn failures_say_why() {
    let server = Server::start(script).await;
    let web = web(|_| {});
    let private = "is a private address (the option allow_private would allow it)";
    let cases = [
        ("/none", "the server answered 404 Not Found".to_owned()),
        ("/down", "the server answered 503 Service Unavailable".to_owned()),
        ("/loop", "more than 5 redirects, given up".to_owned()),
        ("/nowhere", "the server answered 302 Found without saying where to".to_owned()),
        ("/to-metadata", format!("a redirect to 169.254.169.254 was not followed: 169.254.169.254 {private}")),
        ("/to-mapped", format!("a redirect to [::ffff:7f00:1] was not followed: ::ffff:127.0.0.1 {private}")),
        ("/to-neighbour", format!("a redirect to 127.0.0.2 was not followed: 127.0.0.2 {private}")),
        ("/to-file", "a redirect to no host was not followed: only http and https addresses are asked, not `file:`".to_owned()),
        ("/to-mail", "a redirect to 127.0.0.1 was not followed: port 25 belongs to another protocol".to_owned()),
        ("/bomb", "the body is larger than 1 MiB; reading stopped".to_owned()),
        ("/brotli-bomb", "the body is larger than 1 MiB; reading stopped".to_owned()),
        ("/said-big", "the answer says it has 1073741824 bytes, more than 16 MiB; it was not read".to_owned()),
        ("/said-huge", "the answer says it has 9223372036854775808 bytes, more than 16 MiB; it was not read".to_owned()),
        ("/endless", "the body is larger than 1 MiB; reading stopped".to_owned()),
    ];
    for (path, expected) in cases {
        assert_eq!(
            why(web.fetch(&request(server.url(path))).await),
            expected,
            "{path}"
        );
    }
    for (path, begins) in [
        ("/much-head", "the answer's headers are larger than 64 KiB"),
        ("/many-heads", "no usable answer: "),
        (
            "/zstd",
            "the body could not be read whole: it came encoded as `zstd`",
        ),
        ("/garbage", "no usable answer: "),
    ] {
        let why = why(web.fetch(&request(server.url(path))).await);
        assert!(why.starts_with(begins), "{path}: {why}");
    }
}

#[tokio::test]
async fn what_came_before_the_break_is_handed_over() {
    let server = Server::start(script).await;
    let web = web(|_| {});
    let cases = [
        ("/cut", "short", "the answer broke off after 5 bytes of 100"),
        (
            "/reset",
            "short",
            "the answer broke off after 5 bytes of 100",
        ),
        (
            "/chunk-cut",
            "short",
            "the answer broke off after 5 bytes, before its end",
        ),
        (
            "/gzip-cut",
            "Форум 0, Форум 1, ",
            "the answer broke off after 700 bytes of 100000",
        ),
    ];
    for (path, expected, said) in cases {
        let answer = web.fetch(&request(server.url(path))).await;
        let Answer::BrokeOff { bytes, why, .. } = answer else {
            panic!("{path}: {answer:?}");
        };
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.starts_with(expected), "{path}: {text}");
        assert_eq!(why, said, "{path}");
    }
    for path in ["/bomb-cut", "/nothing-came"] {
        let answer = web.fetch(&request(server.url(path))).await;
        assert!(
            matches!(answer, Answer::Failed { .. }),
            "{path}: {answer:?}"
        );
    }
}

#[tokio::test]
async fn compressed_bodies_are_opened() {
    let server = Server::start(script).await;
    let answer = web(|_| {}).fetch(&request(server.url("/gzip"))).await;
    assert!(matches!(answer, Answer::Body { bytes, .. } if bytes == "Форум".as_bytes()));
    let only_said = web(|_| {}).fetch(&request(server.url("/not-gzip"))).await;
    assert!(matches!(only_said, Answer::Body { bytes, .. } if bytes == b"plain"));
}

#[tokio::test]
async fn servers_may_ask_for_patience_or_end_it() {
    let server = Server::start(script).await;
    let web = web(|_| {});
    let noon = "2026-11-23T12:00:00Z".parse().expect("a time");
    let cases = [
        (
            "/busy",
            Some(RetryAfter::Delay(chrono::TimeDelta::seconds(120))),
            429,
        ),
        ("/busy-silent", None, 429),
        ("/pause", Some(RetryAfter::At(noon)), 503),
    ];
    for (path, retry_after, status) in cases {
        let expected = Answer::TooEarly {
            retry_after,
            status,
        };
        assert_eq!(
            web.fetch(&request(server.url(path))).await,
            expected,
            "{path}"
        );
    }
    assert_eq!(web.fetch(&request(server.url("/gone"))).await, Answer::Gone);
}

#[tokio::test]
async fn silence_has_an_end() {
    let server = Server::start(script).await;
    let patience = Duration::from_millis(50);
    let by_header = web(|options| options.header_timeout = patience);
    let in_all = web(|options| options.total_timeout = patience);
    let silence = request(server.url("/silence"));
    assert_eq!(
        why(by_header.fetch(&silence).await),
        "timed out after 50 ms waiting for an answer"
    );
    assert_eq!(why(in_all.fetch(&silence).await), "timed out after 50 ms");
    let drip = request(server.url("/drip"));
    assert_eq!(why(in_all.fetch(&drip).await), "timed out after 50 ms");
}

#[tokio::test]
async fn a_closed_port_is_said_to_be_one() {
    let listener = TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    drop(listener);
    let url = format!("http://127.0.0.1:{port}/")
        .parse()
        .expect("an address");
    let said = why(web(|_| {}).fetch(&request(url)).await);
    assert!(
        said.starts_with("could not connect: Connection refused"),
        "{said}"
    );
}
