//! The courier against a mail server that follows a script, on a real socket.

mod server;

use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::TcpListener;

use super::*;
use server::{Server, Twist};

fn courier_to(server: &Server) -> Courier {
    courier_at(&format!("smtp://127.0.0.1:{}", server.port))
}

fn courier_at(url: &str) -> Courier {
    let destination = Destination::parse_smtp(url).expect("a destination");
    open(destination, Duration::from_secs(5))
}

fn impatient(server: &Server) -> Courier {
    let url = format!("smtp://127.0.0.1:{}", server.port);
    let destination = Destination::parse_smtp(&url).expect("a destination");
    open(destination, Duration::from_millis(300))
}

pub(super) fn open(destination: Destination, limit: Duration) -> Courier {
    let mut options = DeliverOptions::new(destination, 2);
    options.hello_name = Some("house.example".into());
    options.timeouts = Timeouts {
        connect: limit,
        reply: limit,
        acceptance: limit,
    };
    Courier::open(options).expect("a courier")
}

pub(super) fn message(number: usize) -> Message {
    Message {
        from: "digest@jarshy.example".parse().expect("address"),
        to: format!("reader{number}@example.kz")
            .parse()
            .expect("address"),
        message_id: format!("letter{number}@jarshy.example"),
        bytes: format!("Subject: {number}\r\n\r\n.\r\n..\r\n.a\r\nend\r\n").into_bytes(),
    }
}

pub(super) fn fault(attempt: Attempt) -> String {
    match attempt {
        Attempt::RelayFault { why } => why,
        other => panic!("{other:?}"),
    }
}

fn is_sent(attempt: &Attempt) -> bool {
    matches!(attempt, Attempt::Sent { reply } if reply.starts_with("250"))
}

/// Fails rather than hangs.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work)
        .await
        .expect("soon")
}

#[tokio::test]
async fn many_letters_go_over_one_connection_unchanged() {
    let server = Server::start(|_, _, _| None).await;
    let mut connection = courier_to(&server).connect();
    for number in 0..3 {
        let attempt = soon(connection.deliver(&message(number))).await;
        assert_eq!(
            attempt,
            Attempt::Sent {
                reply: "250 2.0.0 fine".into()
            }
        );
    }
    soon(connection.close()).await;
    assert_eq!(server.connections_of("CONNECT"), [0]);
    assert_eq!(server.said("EHLO"), [(0, "EHLO house.example".to_owned())]);
    assert_eq!(server.said("RCPT")[2].1, "RCPT TO:<reader2@example.kz>");
    assert_eq!(server.said("QUIT").len(), 1);
    for (number, (_, letter)) in server.said("LETTER").iter().enumerate() {
        let sent = String::from_utf8(message(number).bytes).expect("ASCII");
        assert_eq!(letter.trim_end(), format!("LETTER {}", sent.trim_end()));
    }
}

#[tokio::test]
async fn a_refusal_does_not_cost_the_next_letter_its_connection() {
    let cases = [
        ("RCPT", "450 4.2.2 full", false),
        (
            "RCPT",
            "550-5.1.1 <reader0@example.kz>\r\n550 5.1.1 no such user",
            true,
        ),
        ("DATA", "451 later", false),
        ("DATA", "554 no valid recipients", true),
        (".", "452 no room", false),
        (".", "554 5.7.1 looks like spam", true),
        ("MAIL", "452 no room", false),
        ("MAIL", "550 5.7.1 sender refused", false),
    ];
    for (verb, answer, lasting) in cases {
        let server = Server::start(move |_, line, before| {
            (line.starts_with(verb) && before == 0).then_some(Twist::Say(answer))
        })
        .await;
        let mut connection = courier_to(&server).connect();
        let why = match soon(connection.deliver(&message(0))).await {
            Attempt::Refused { why } if lasting => why,
            Attempt::Deferred { why } if !lasting => why,
            other => panic!("{verb} {answer}: {other:?}"),
        };
        assert!(
            why.contains(&answer[..3]) && !why.contains("reader0"),
            "{why}"
        );
        let next = soon(connection.deliver(&message(1))).await;
        assert!(is_sent(&next), "{verb} {answer}: {next:?}");
        assert_eq!(server.connections_of("CONNECT"), [0], "{verb} {answer}");
    }
}

#[tokio::test]
async fn a_lost_connection_defers_its_letter_and_the_next_gets_a_fresh_one() {
    let cases = [
        ("RCPT", None, "RCPT"),
        ("DATA", None, "DATA"),
        (".", None, "no answer after DATA: the server closed"),
        ("RCPT", Some("421 4.3.2 shutting down"), "421 4.3.2"),
        (".", Some("421 4.3.2 shutting down"), "421 4.3.2"),
        ("MAIL", Some("421 too many"), "421 too many"),
        ("RCPT", Some("gibberish"), "RCPT"),
        ("DATA", Some("250 what"), "unexpected answer 250 to DATA"),
        ("EHLO", Some("554 go away"), "554 go away"),
        ("CONNECT", Some("421 busy"), "421 busy"),
        ("CONNECT", None, "closed"),
    ];
    for (verb, answer, part) in cases {
        let server = Server::start(move |_, line, before| {
            let twist = answer.map_or(Twist::Close, Twist::Say);
            (line.starts_with(verb) && before == 0).then_some(twist)
        })
        .await;
        let mut connection = courier_to(&server).connect();
        let why = deferred(soon(connection.deliver(&message(0))).await);
        assert!(why.contains(part), "{verb}: {why}");
        assert!(why.contains(&format!("127.0.0.1:{}", server.port)), "{why}");
        let next = soon(connection.deliver(&message(1))).await;
        assert!(is_sent(&next), "{verb}: {next:?}");
        assert_eq!(server.connections_of("CONNECT"), [0, 1], "{verb}");
    }
}

#[tokio::test]
async fn silence_ends_at_the_timeout() {
    for verb in ["MAIL", "RCPT", "DATA", "."] {
        let server = Server::start(move |_, line, before| {
            (line.starts_with(verb) && before == 0).then_some(Twist::Silence)
        })
        .await;
        let mut connection = impatient(&server).connect();
        let why = deferred(soon(connection.deliver(&message(0))).await);
        let part = if verb == "." {
            "no answer after DATA"
        } else {
            "no answer to"
        };
        assert!(why.contains(part), "{verb}: {why}");
        assert!(
            is_sent(&soon(connection.deliver(&message(1))).await),
            "{verb}"
        );
    }
}

#[tokio::test]
async fn a_server_that_hung_up_between_letters_costs_nothing() {
    for answer in [None, Some("421 idle too long")] {
        let server = Server::start(move |connection, line, before| {
            let twist = answer.map_or(Twist::Close, Twist::Say);
            (connection == 0 && line.starts_with("MAIL") && before == 1).then_some(twist)
        })
        .await;
        let mut connection = courier_to(&server).connect();
        for number in 0..2 {
            assert!(is_sent(&soon(connection.deliver(&message(number))).await));
        }
        assert_eq!(server.connections_of("LETTER"), [0, 1]);
    }
}

#[tokio::test]
async fn a_closed_port_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("address").port();
    drop(listener);
    let courier = courier_at(&format!("smtp://127.0.0.1:{port}"));
    let why = deferred(soon(courier.connect().deliver(&message(0))).await);
    let expected = format!("cannot connect to mail server 127.0.0.1:{port}: Connection refused");
    assert!(why.starts_with(&expected), "{why}");
    assert!(
        soon(courier.check())
            .await
            .expect_err("no server")
            .starts_with(&expected)
    );
}

#[tokio::test]
async fn a_dead_server_is_waited_for_once() {
    let server = Server::start(|_, line, _| (line == "CONNECT").then_some(Twist::Silence)).await;
    let courier = impatient(&server);
    let (mut one, mut other) = (courier.connect(), courier.connect());
    for number in 0..20 {
        let why = deferred(soon(one.deliver(&message(number))).await);
        assert!(why.contains("did not come to terms"), "{why}");
        deferred(soon(other.deliver(&message(number))).await);
    }
    assert_eq!(server.connections_of("CONNECT"), [0]);
}

#[tokio::test]
async fn a_server_that_allows_one_connection_gets_every_letter() {
    let open_now = Arc::new(Mutex::new(0_i32));
    let server = Server::start(move |_, line, _| {
        let mut open_now = open_now.lock().expect("count");
        match line {
            "CONNECT" if *open_now > 0 => Some(Twist::Say("421 one at a time")),
            "CONNECT" => {
                *open_now += 1;
                None
            }
            "QUIT" => {
                *open_now -= 1;
                None
            }
            _ => None,
        }
    })
    .await;
    let courier = courier_to(&server);
    let lane = |numbers: std::ops::Range<usize>| {
        let mut connection = courier.connect();
        async move {
            for number in numbers {
                assert!(
                    is_sent(&connection.deliver(&message(number)).await),
                    "{number}"
                );
            }
            connection.close().await;
        }
    };
    let lanes = [lane(0..5), lane(5..10), lane(10..15)].map(Box::pin);
    soon(futures_util::future::join_all(lanes)).await;
    assert_eq!(server.said("LETTER").len(), 15);
}

#[tokio::test]
async fn an_abandoned_letter_takes_its_connection_along() {
    let server = Server::start(|connection, line, _| {
        (connection == 0 && line.starts_with("RCPT")).then_some(Twist::Silence)
    })
    .await;
    let mut connection = courier_to(&server).connect();
    {
        let letter = message(0);
        let abandoned = connection.deliver(&letter);
        let heard = async {
            while server.said("RCPT").is_empty() {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            attempt = abandoned => panic!("{attempt:?}"),
            () = soon(heard) => {}
        }
    }
    assert!(is_sent(&soon(connection.deliver(&message(1))).await));
    assert_eq!(server.connections_of("LETTER"), [1]);
}

#[tokio::test]
async fn nothing_is_sent_unencrypted_by_silence() {
    let server = Server::start(|_, _, _| None).await;
    let courier = open(
        Destination::Smtp(SmtpServer {
            host: "127.0.0.1".into(),
            port: server.port,
            security: Security::StartTls,
            login: Some(Login {
                user: "u".into(),
                password: "sesam".into(),
            }),
        }),
        Duration::from_secs(5),
    );
    let why = deferred(soon(courier.connect().deliver(&message(0))).await);
    assert!(why.contains("does not offer STARTTLS"), "{why}");
    assert!(server.said("MAIL").is_empty() && server.said("AUTH").is_empty());
}

#[tokio::test]
async fn the_login_is_given_and_a_wrong_one_is_given_once() {
    let server = Server::start(|_, _, _| None).await;
    let url = format!("smtp://me%40x:se%25sam@127.0.0.1:{}", server.port);
    let courier = courier_at(&url);
    assert!(is_sent(&soon(courier.connect().deliver(&message(0))).await));
    // base64 of "\0me@x\0se%sam"
    assert_eq!(server.said("AUTH")[0].1, "AUTH PLAIN AG1lQHgAc2Ulc2Ft");
    let found = soon(courier.check()).await.expect("fine");
    assert!(
        found.ends_with("answers as post.example; not encrypted, signed in"),
        "{found}"
    );

    let server = Server::start(|_, line, _| {
        line.starts_with("AUTH")
            .then_some(Twist::Say("535 5.7.8 wrong"))
    })
    .await;
    let url = format!("smtp://me:sesam@127.0.0.1:{}", server.port);
    let courier = courier_at(&url);
    for number in 0..5 {
        let why = deferred(soon(courier.connect().deliver(&message(number))).await);
        assert!(
            why.contains("does not accept user and password: 535 5.7.8 wrong"),
            "{why}"
        );
        assert!(!why.contains("sesam") && !format!("{courier:?}").contains("sesam"));
    }
    assert_eq!(server.said("AUTH").len(), 1);
}

#[tokio::test]
async fn memory_keeps_letters_in_order() {
    let pigeonhole = Pigeonhole::default();
    let courier = open(
        Destination::Memory(pigeonhole.clone()),
        Duration::from_secs(5),
    );
    courier.connect().deliver(&message(1)).await;
    courier.connect().deliver(&message(0)).await;
    assert_eq!(pigeonhole.messages(), [message(1), message(0)]);
}

#[test]
fn a_hello_name_that_is_no_name_is_refused() {
    let destination = Destination::parse_smtp("smtp://127.0.0.1").expect("a destination");
    let mut options = DeliverOptions::new(destination, 0);
    assert_eq!(
        Courier::open(options.clone())
            .expect("a courier")
            .connections_max(),
        1
    );
    options.hello_name = Some("a\r\nMAIL FROM:<x>".into());
    let why = Courier::open(options).expect_err("refused").to_string();
    assert!(why.contains("hello name") && !why.contains('\n'), "{why}");
}
