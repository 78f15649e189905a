//! The courier against a mail server that follows a script, on a real socket.

mod leave;
pub(crate) mod server;
mod tls;

use std::future::Future;
use std::time::Duration;

use tokio::net::TcpListener;

use super::*;
use crate::model::delivery::Reason;
use server::{Manner, Server, Twist};

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

/// In one word, with the words of whoever is to blame.
fn said(attempt: Attempt) -> (&'static str, String) {
    match attempt {
        Attempt::Sent { reply } => ("sent", reply),
        Attempt::Deferred { why, .. } => ("deferred", why),
        Attempt::Unanswered { why } => ("unanswered", why),
        Attempt::Refused { why, .. } => ("refused", why),
        Attempt::RelayFault { why } => ("fault", why),
    }
}

/// With and without PIPELINING.
fn manners() -> [Manner; 2] {
    let offers = |offers: &[&'static str]| Manner {
        offers: offers.to_vec(),
        ..Manner::default()
    };
    [offers(&["8BITMIME"]), offers(&["PIPELINING", "8BITMIME"])]
}

/// Fails rather than hangs.
async fn soon<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work)
        .await
        .expect("soon")
}

#[tokio::test]
async fn many_letters_go_over_one_connection_unchanged() {
    for manner in manners() {
        let server = Server::start_with(manner, |_, _, _| None).await;
        let mut connection = courier_to(&server).connect();
        for number in 0..3 {
            let attempt = soon(connection.deliver(&message(number))).await;
            assert_eq!(said(attempt), ("sent", "250 2.0.0 fine".to_owned()));
        }
        soon(connection.close()).await;
        assert_eq!(server.connections_of("CONNECT"), [0]);
        assert_eq!(server.said("EHLO"), [(0, "EHLO house.example".to_owned())]);
        assert_eq!(server.said("RCPT")[2].1, "RCPT TO:<reader2@example.kz>");
        assert_eq!(server.said("QUIT").len(), 1);
        for (number, (_, letter)) in server.said("LETTER").iter().enumerate() {
            let sent = String::from_utf8(message(number).bytes).expect("ASCII");
            assert_eq!(*letter, format!("LETTER {sent}"));
        }
    }
}

#[tokio::test]
async fn a_refusal_does_not_cost_the_next_letter_its_connection() {
    let cases = [
        ("RCPT", "450 4.2.2 full", "deferred"),
        (
            "RCPT",
            "550-5.1.1 <reader0@example.kz>\r\n550 5.1.1 no such user",
            "refused",
        ),
        ("DATA", "451 later", "deferred"),
        ("DATA", "554 no valid recipients", "refused"),
        (".", "452 no room", "deferred"),
        (".", "554 5.7.1 looks like spam", "refused"),
        ("MAIL", "452 no room", "fault"),
        ("MAIL", "550 5.7.1 sender refused", "fault"),
        ("RCPT", "554 5.7.1 Relay access denied", "fault"),
    ];
    for (manner, (verb, answer, verdict)) in manners()
        .into_iter()
        .flat_map(|manner| cases.map(|case| (manner.clone(), case)))
    {
        let pipelining = manner.offers.contains(&"PIPELINING");
        let server = Server::start_with(manner, move |_, line, before| {
            (line.starts_with(verb) && before == 0).then_some(Twist::Say(answer))
        })
        .await;
        let mut connection = courier_to(&server).connect();
        let (found, why) = said(soon(connection.deliver(&message(0))).await);
        let case = format!("{verb} {answer} pipelining={pipelining}: {why}");
        assert_eq!(found, verdict, "{case}");
        assert!(
            why.contains(&answer[..3]) && !why.contains("reader0"),
            "{case}"
        );
        let next = soon(connection.deliver(&message(1))).await;
        assert!(is_sent(&next), "{case}, then {next:?}");
        assert_eq!(server.connections_of("CONNECT"), [0], "{case}");
        let taken = server.said("TAKEN");
        assert_eq!(
            taken,
            [(0, "TAKEN reader1@example.kz".to_owned())],
            "{case}"
        );
    }
}

#[tokio::test]
async fn a_lost_connection_is_told_by_what_may_have_arrived() {
    let cases = [
        ("RCPT", None, "deferred", "RCPT"),
        ("DATA", None, "deferred", "DATA"),
        (
            ".",
            None,
            "unanswered",
            "no answer to the letter: the server closed",
        ),
        (
            "RCPT",
            Some("421 4.3.2 shutting down"),
            "fault",
            "421 4.3.2",
        ),
        (".", Some("421 4.3.2 shutting down"), "fault", "421 4.3.2"),
        ("MAIL", Some("421 too many"), "fault", "421 too many"),
        ("MAIL", None, "fault", "MAIL"),
        (
            "RCPT",
            Some("gibberish"),
            "deferred",
            "RCPT: what it says is no SMTP",
        ),
        (".", Some("gibberish"), "unanswered", "no SMTP"),
        (".", Some("354 what"), "unanswered", "unexpected answer 354"),
        (
            "DATA",
            Some("250 what"),
            "deferred",
            "unexpected answer 250 to DATA",
        ),
        (
            "DATA",
            Some("354 on\r\n250 2.0.0 early"),
            "deferred",
            "out of turn",
        ),
        ("EHLO", Some("554 go away"), "fault", "554 go away"),
        ("CONNECT", Some("421 busy"), "fault", "421 busy"),
        ("CONNECT", None, "fault", "closed"),
    ];
    for (verb, answer, verdict, part) in cases {
        let server = Server::start(move |_, line, before| {
            let twist = answer.map_or(Twist::Close, Twist::Say);
            (line.starts_with(verb) && before == 0).then_some(twist)
        })
        .await;
        let mut connection = courier_to(&server).connect();
        let (found, why) = said(soon(connection.deliver(&message(0))).await);
        assert_eq!(found, verdict, "{verb} {answer:?}: {why}");
        assert!(why.contains(part), "{verb}: {why}");
        assert!(why.contains(&format!("127.0.0.1:{}", server.port)), "{why}");
        let next = soon(connection.deliver(&message(1))).await;
        assert!(is_sent(&next), "{verb}: {next:?}");
        assert_eq!(server.connections_of("CONNECT"), [0, 1], "{verb}");
    }
}

/// An answer that breaks off is no answer, wherever it breaks off.
#[tokio::test]
async fn half_an_answer_is_none() {
    const ANSWER: &str = "250-2.0.0 fine\r\n250 2.0.0 fine\r";
    for manner in manners() {
        for verb in ["MAIL", "RCPT", "."] {
            for bytes in 0..=ANSWER.len() {
                let half = ANSWER[..bytes].to_owned();
                let server = Server::start_with(manner.clone(), move |connection, line, _| {
                    (connection == 0 && line.starts_with(verb)).then(|| Twist::Break(half.clone()))
                })
                .await;
                let mut connection = courier_to(&server).connect();
                let (found, why) = said(soon(connection.deliver(&message(0))).await);
                let pipelining = manner.offers.contains(&"PIPELINING");
                let expected = match (verb, pipelining) {
                    (".", _) => "unanswered",
                    // Without the one breath it goes well at once.
                    (_, true) => "sent",
                    ("MAIL", false) => "fault",
                    _ => "deferred",
                };
                let case = format!("{verb} after {:?}, {pipelining}", &ANSWER[..bytes]);
                assert_eq!(found, expected, "{case}: {why}");
                let next = soon(connection.deliver(&message(1))).await;
                assert!(is_sent(&next), "{case}: {next:?}");
            }
        }
    }
}

#[tokio::test]
async fn silence_ends_at_the_timeout() {
    for (verb, verdict) in [
        ("MAIL", "fault"),
        ("RCPT", "deferred"),
        ("DATA", "deferred"),
        (".", "unanswered"),
    ] {
        let server = Server::start(move |_, line, before| {
            (line.starts_with(verb) && before == 0).then_some(Twist::Silence)
        })
        .await;
        let mut connection = impatient(&server).connect();
        let (found, why) = said(soon(connection.deliver(&message(0))).await);
        assert_eq!(found, verdict, "{verb}: {why}");
        assert!(why.contains("no answer to"), "{verb}: {why}");
        let next = soon(connection.deliver(&message(1))).await;
        assert!(is_sent(&next), "{verb}: {next:?}");
    }
}

#[tokio::test]
async fn a_server_that_hung_up_between_letters_costs_nothing() {
    for answer in [None, Some("421 idle too long")] {
        for manner in manners() {
            let server = Server::start_with(manner, move |connection, line, before| {
                let twist = answer.map_or(Twist::Close, Twist::Say);
                (connection == 0 && line.starts_with("MAIL") && before == 1).then_some(twist)
            })
            .await;
            let mut connection = courier_to(&server).connect();
            for number in 0..2 {
                let attempt = soon(connection.deliver(&message(number))).await;
                assert!(is_sent(&attempt), "{answer:?}: {attempt:?}");
            }
            assert_eq!(server.connections_of("LETTER"), [0, 1]);
        }
    }
}

#[tokio::test]
async fn a_server_that_cannot_pipeline_is_spoken_to_slowly() {
    type Misdeed = fn(&str) -> Option<Twist>;
    let misdeeds: [(&str, Misdeed); 3] = [
        ("forgets what came too soon", |line| {
            line.starts_with("MAIL").then_some(Twist::Forget)
        }),
        ("says bad sequence", |line| {
            line.starts_with("RCPT")
                .then_some(Twist::Say("503 5.5.1 bad sequence"))
        }),
        ("hangs up", |line| {
            line.starts_with("RCPT").then_some(Twist::Close)
        }),
    ];
    for (what, misdeed) in misdeeds {
        let [_, manner] = manners();
        // The third connection is the first that is not pipelined from the start.
        let server = Server::start_with(manner, move |connection, line, _| {
            matches!(connection, 0 | 2).then(|| misdeed(line)).flatten()
        })
        .await;
        let courier = impatient(&server);
        for number in 0..3 {
            let mut connection = courier.connect();
            let attempt = soon(connection.deliver(&message(number))).await;
            assert!(is_sent(&attempt), "{what}: {attempt:?}");
            soon(connection.close()).await;
        }
        assert_eq!(server.connections_of("TAKEN"), [1, 3, 4], "{what}");
    }
}

#[tokio::test]
async fn a_letter_without_a_recipient_is_ended_at_once() {
    let [_, manner] = manners();
    // It says 354 although it took no recipient (RFC 2920 section 3.1).
    let server = Server::start_with(manner, |_, line, before| {
        let twist = match line.split(' ').next()? {
            "RCPT" => "550 5.1.1 no such user",
            "DATA" => "354 go on",
            "." => "554 5.5.1 no valid recipients",
            _ => return None,
        };
        (before == 0).then_some(Twist::Say(twist))
    })
    .await;
    let mut connection = courier_to(&server).connect();
    let attempt = soon(connection.deliver(&message(0))).await;
    let expected = Attempt::Refused {
        reason: Reason::NoSuchMailbox,
        why: "550 5.1.1 no such user".into(),
    };
    assert_eq!(attempt, expected);
    assert_eq!(server.said("LETTER"), [(0, "LETTER \r\n".to_owned())]);
    assert!(is_sent(&soon(connection.deliver(&message(1))).await));
    assert_eq!(server.connections_of("CONNECT"), [0]);
}

#[tokio::test]
async fn a_slow_reader_gets_the_whole_letter() {
    let server = Server::start(|_, line, _| (line == "DATA").then_some(Twist::ReadSlowly)).await;
    let mut long = message(0);
    long.bytes = b"0123456789abcdef\r\n".repeat(2_000);
    let mut connection = courier_to(&server).connect();
    assert!(is_sent(&soon(connection.deliver(&long)).await));
    assert_eq!(
        server.said("LETTER")[0].1.len(),
        "LETTER ".len() + long.bytes.len()
    );
}

#[tokio::test]
async fn endless_answers_are_cut_off() {
    const ENDLESS: &str = "250-x\r\n";
    let lines: &'static str = Box::leak(ENDLESS.repeat(100_000).into_boxed_str());
    let line: &'static str = Box::leak("250 x".repeat(100_000).into_boxed_str());
    for endless in [lines, line] {
        let server = Server::start(move |_, line, before| {
            (line.starts_with("RCPT") && before == 0).then_some(Twist::Say(endless))
        })
        .await;
        let mut connection = courier_to(&server).connect();
        let (found, why) = said(soon(connection.deliver(&message(0))).await);
        assert_eq!(found, "deferred", "{why}");
        assert!(why.contains("its answer"), "{why}");
        assert!(is_sent(&soon(connection.deliver(&message(1))).await));
    }
}

#[tokio::test]
async fn a_closed_port_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("address").port();
    drop(listener);
    let courier = courier_at(&format!("smtp://127.0.0.1:{port}"));
    let expected = format!("cannot connect to mail server 127.0.0.1:{port}: Connection refused");
    let trouble = soon(courier.connect().ready())
        .await
        .expect_err("no server");
    assert!(trouble.why.starts_with(&expected), "{trouble:?}");
    assert!(!trouble.crowded);
    let why = fault(soon(courier.connect().deliver(&message(0))).await);
    assert!(why.starts_with(&expected), "{why}");
    let why = soon(courier.check()).await.expect_err("no server");
    assert!(why.starts_with(&expected), "{why}");
}

#[tokio::test]
async fn a_server_that_allows_one_connection_is_told_from_a_dead_one() {
    let server = Server::start(|connection, line, _| {
        (connection == 1 && line == "CONNECT").then_some(Twist::Say("421 one at a time"))
    })
    .await;
    let courier = courier_to(&server);
    let (mut one, mut other) = (courier.connect(), courier.connect());
    soon(one.ready()).await.expect("the first is let in");
    let trouble = soon(other.ready()).await.expect_err("the second is not");
    assert!(
        trouble.crowded && trouble.why.contains("421 one at a time"),
        "{trouble:?}"
    );
    drop(one);
    soon(other.ready()).await.expect("there is room again");
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
async fn the_login_is_given() {
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

    let manner = Manner {
        offers: vec!["AUTH=LOGIN"],
        ..Manner::default()
    };
    let server = Server::start_with(manner, |_, line, _| match line {
        "AUTH LOGIN" => Some(Twist::Say("334 VXNlcm5hbWU6")),
        "bWVAeA==" => Some(Twist::Say("334 UGFzc3dvcmQ6")),
        "c2Ulc2Ft" => Some(Twist::Say("235 welcome")),
        _ => None,
    })
    .await;
    let courier = courier_at(&format!("smtp://me%40x:se%25sam@127.0.0.1:{}", server.port));
    assert!(is_sent(&soon(courier.connect().deliver(&message(0))).await));
    assert_eq!(server.said("c2Ulc2Ft").len(), 1);
}

#[tokio::test]
async fn a_wrong_login_is_the_relay_s_fault_and_not_shown() {
    for (offers, answer, part) in [
        (
            vec!["AUTH PLAIN"],
            "535 5.7.8 wrong",
            "does not accept user and password: 535 5.7.8 wrong",
        ),
        (
            vec!["AUTH CRAM-MD5"],
            "",
            "offers neither AUTH PLAIN nor AUTH LOGIN",
        ),
        (vec![], "", "offers neither"),
    ] {
        let manner = Manner {
            offers,
            ..Manner::default()
        };
        let server = Server::start_with(manner, move |_, line, _| {
            line.starts_with("AUTH").then_some(Twist::Say(answer))
        })
        .await;
        let courier = courier_at(&format!("smtp://me:sesam@127.0.0.1:{}", server.port));
        let why = soon(courier.connect().ready()).await.expect_err("no").why;
        assert!(why.contains(part), "{why}");
        assert!(!why.contains("sesam") && !format!("{courier:?}").contains("sesam"));
        assert!(server.said("MAIL").is_empty());
    }
}

#[tokio::test]
async fn a_server_of_the_old_school_is_greeted_in_its_tongue() {
    let server =
        Server::start(|_, line, _| line.starts_with("EHLO").then_some(Twist::Say("502 what")))
            .await;
    assert!(is_sent(
        &soon(courier_to(&server).connect().deliver(&message(0))).await
    ));
    assert_eq!(server.said("HELO").len(), 1);
}

#[tokio::test]
async fn lmtp_answers_for_its_one_recipient() {
    let server = Server::start(|_, line, before| {
        (line.starts_with(". ") && before == 1).then_some(Twist::Say("550 5.2.1 disabled"))
    })
    .await;
    let mut connection = courier_at(&format!("lmtp://127.0.0.1:{}", server.port)).connect();
    assert!(is_sent(&soon(connection.deliver(&message(0))).await));
    let refused = soon(connection.deliver(&message(1))).await;
    let reason = Reason::MailboxDisabled;
    assert!(matches!(refused, Attempt::Refused { reason: found, .. } if found == reason));
    assert!(is_sent(&soon(connection.deliver(&message(2))).await));
    assert_eq!(server.said("LHLO"), [(0, "LHLO house.example".to_owned())]);

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lmtp");
    let server = Server::on_socket(&path, |_, _, _| None);
    let courier = courier_at(&format!("lmtp://{}", path.display()));
    assert!(is_sent(&soon(courier.connect().deliver(&message(0))).await));
    assert_eq!(server.said("TAKEN").len(), 1);
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
