//! An IMAP server that follows a script, on a real socket.

use std::sync::Mutex;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::wire::{Cut, Response, Wire};
use super::*;
use crate::deliver::bounce::connection::{BadMailbox, Stream};
use crate::deliver::bounce::pop3::tests::{certificate, no_trust};

type Said = Arc<Mutex<Vec<String>>>;
/// The server's answer to a line without its tag, in which `%` stands for the
/// tag; nothing, or `HANG UP` behind it: it hangs up.
type Script = fn(&str) -> Option<String>;

const USUAL: &str = "IMAP4rev1 STARTTLS AUTH=PLAIN SASL-IR UIDPLUS MOVE";

#[expect(clippy::unnecessary_wraps, reason = "it is a Script")]
fn usual(line: &str) -> Option<String> {
    let answer = match line {
        "CONNECT" => "* OK ready {5}\r\n",
        "CAPABILITY" => return Some(format!("* CAPABILITY {USUAL}\r\n% OK\r\n")),
        "SELECT \"INBOX\"" => {
            "* 3 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 77] fine\r\n% OK [READ-WRITE] in\r\n"
        }
        "UID SEARCH 1:3 UNDELETED" => "* SEARCH 4 7 9\r\n% OK\r\n",
        "UID FETCH 4 (UID BODY.PEEK[]<0.1048576>)" => {
            "* 9 FETCH (FLAGS ())\r\n* 1 FETCH (UID 4 FLAGS (\\Seen) BODY[]<0> {15}\r\n\
             Subject: a\r\n\r\n) UID 9)\r\n% OK\r\n"
        }
        "UID FETCH 7 (UID BODY.PEEK[]<0.1048576>)" => {
            "* 2 FETCH (BODY[]<0> \"a \\\"b\\\"\" UID 7)\r\n% OK\r\n"
        }
        "LOGOUT" => "* BYE see you\r\n% OK\r\n",
        _ => "% OK done\r\n",
    };
    Some(answer.to_owned())
}

async fn serve(script: Script, tls: Option<TlsAcceptor>, at_once: bool) -> (u16, Said) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("address").port();
    let said = Said::default();
    let heard = Arc::clone(&said);
    tokio::spawn(async move {
        let (socket, _) = listener.accept().await.expect("a connection");
        let mut socket: Box<dyn Stream> = Box::new(socket);
        if let (Some(tls), true) = (&tls, at_once) {
            match tls.accept(socket).await {
                Ok(encrypted) => socket = Box::new(encrypted),
                Err(_) => return,
            }
        }
        let mut socket = BufReader::new(socket);
        let (mut tag, mut line) = (String::new(), "CONNECT".to_owned());
        while let Some(answer) = script(&line) {
            let answer = answer.replace('%', &tag);
            if socket.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
            socket.flush().await.ok();
            if answer.ends_with("HANG UP") {
                return;
            }
            if let (Some(tls), "STARTTLS") = (&tls, line.as_str()) {
                match tls.accept(socket.into_inner()).await {
                    Ok(encrypted) => socket = BufReader::new(Box::new(encrypted)),
                    Err(_) => return,
                }
            }
            let mut whole = String::new();
            if !matches!(socket.read_line(&mut whole).await, Ok(1..)) {
                return;
            }
            let whole = whole.trim_end();
            match whole
                .split_once(' ')
                .filter(|(tag, _)| tag.starts_with('j'))
            {
                Some((given, rest)) => (tag, line) = (given.to_owned(), rest.to_owned()),
                None => whole.clone_into(&mut line),
            }
            heard.lock().expect("log").push(line.clone());
        }
    });
    (port, said)
}

fn place(url: &str, processed: &str) -> ImapServer {
    ImapServer::parse(url, processed).expect("a mailbox")
}

async fn open(script: Script, processed: &str) -> (Result<ImapMailbox, MailboxError>, Said) {
    let (port, said) = serve(script, None, false).await;
    let server = place(&format!("imap://dina:s3cret@127.0.0.1:{port}"), processed);
    (ImapMailbox::open(&server, no_trust()).await, said)
}

/// Opens, lists, reads each, puts it away, closes: the first error.
async fn whole(script: Script, processed: &str) -> (Option<String>, Vec<String>) {
    let (opened, said) = open(script, processed).await;
    let walk = async {
        let mut mailbox = opened?;
        for mail in mailbox.list(&|_| false).await? {
            if mailbox.read(&mail).await?.is_some() {
                mailbox.put_away(&mail).await?;
            }
        }
        mailbox.close().await
    };
    let error = walk.await.err().map(|error| error.to_string());
    let said = said.lock().expect("log").clone();
    (error, said)
}

#[tokio::test]
async fn mails_are_listed_read_and_deleted() {
    let (opened, said) = open(usual, "").await;
    let mut mailbox = opened.expect("open");
    let mails = mailbox.list(&|name| name == "77.9").await.expect("a list");
    let names: Vec<&str> = mails.iter().map(|mail| mail.name.as_str()).collect();
    assert_eq!(names, ["77.4", "77.7"], "one is known");
    let first = mailbox.read(&mails[0]).await.expect("read");
    assert_eq!(first.as_deref(), Some(&b"Subject: a\r\n\r\n)"[..]));
    let second = mailbox.read(&mails[1]).await.expect("read");
    assert_eq!(second.as_deref(), Some(&b"a \"b\""[..]));
    let gone = Listed {
        number: 9,
        name: String::new(),
    };
    assert_eq!(mailbox.read(&gone).await.expect("asked"), None);
    mailbox.put_away(&mails[0]).await.expect("deleted");
    mailbox.close().await.expect("closed");
    let said = said.lock().expect("log").clone();
    assert_eq!(said[0], "CAPABILITY");
    assert_eq!(said[1], "AUTHENTICATE PLAIN AGRpbmEAczNjcmV0");
    assert_eq!(
        said[said.len() - 3..],
        [
            "UID STORE 4 +FLAGS.SILENT (\\Deleted)",
            "UID EXPUNGE 4",
            "LOGOUT"
        ]
    );
}

#[tokio::test]
async fn what_was_read_is_moved_where_the_operator_wants_it() {
    let (error, said) = whole(usual, "Қате хаттар & co").await;
    assert_eq!(error, None);
    assert!(
        said.contains(&"UID MOVE 4 \"&BJoEMARCBDU- &BEUEMARCBEIEMARA- &- co\"".to_owned()),
        "{said:?}"
    );
    // Without MOVE and UIDPLUS: copied and marked, and nobody else's mail is touched.
    let (error, said) = whole(
        |line| match line {
            "CAPABILITY" => Some("* CAPABILITY IMAP4rev1\r\n% OK\r\n".to_owned()),
            "LOGIN {4}" | "dina {6}" => Some("+ go on\r\n".to_owned()),
            other => usual(other),
        },
        "Archive",
    )
    .await;
    assert_eq!(error, None);
    assert!(
        said.contains(&"UID COPY 4 \"Archive\"".to_owned()),
        "{said:?}"
    );
    assert!(said.contains(&"s3cret".to_owned()));
    assert!(!said.iter().any(|line| line.contains("EXPUNGE")));
    let (error, _) = whole(
        |line| match line {
            line if line.starts_with("UID MOVE") => {
                Some("% NO [TRYCREATE] no such folder\r\n".to_owned())
            }
            other => usual(other),
        },
        "Archive",
    )
    .await;
    assert!(error.expect("refused").contains("UID MOVE: NO [TRYCREATE]"));
}

#[tokio::test]
async fn nothing_is_said_in_the_clear_that_should_not_be() {
    let (tls, believing) = certificate("localhost");
    let url = |port: u16| format!("imap://dina:s3cret@localhost:{port}/INBOX?tls=starttls");
    let (port, said) = serve(usual, Some(tls.clone()), false).await;
    let mailbox = ImapMailbox::open(&place(&url(port), ""), Arc::clone(&believing)).await;
    mailbox.expect("open").close().await.expect("closed");
    let log = said.lock().expect("log").clone();
    assert_eq!(log[..3], ["CAPABILITY", "STARTTLS", "CAPABILITY"]);
    let (port, _) = serve(usual, Some(tls.clone()), true).await;
    let at_once = format!("imaps://dina:s3cret@localhost:{port}");
    let mailbox = ImapMailbox::open(&place(&at_once, ""), Arc::clone(&believing)).await;
    mailbox.expect("open").close().await.expect("closed");
    let cases: [(Script, &str); 4] = [
        (
            |line| match line {
                "CAPABILITY" => Some("* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n% OK\r\n".to_owned()),
                other => usual(other),
            },
            "STARTTLS: the server has none",
        ),
        (
            |line| match line {
                "CONNECT" => Some("* PREAUTH welcome\r\n".to_owned()),
                other => usual(other),
            },
            "STARTTLS: the server let us in without it",
        ),
        (
            |line| match line {
                "STARTTLS" => Some("% OK go\r\n* CAPABILITY AUTH=PLAIN\r\n".to_owned()),
                other => usual(other),
            },
            "words came before the encryption",
        ),
        (
            |line| match line {
                "STARTTLS" => Some("% NO not now\r\n".to_owned()),
                other => usual(other),
            },
            "refused STARTTLS: NO not now",
        ),
    ];
    for (script, expected) in cases {
        let (port, said) = serve(script, None, false).await;
        let opened = ImapMailbox::open(&place(&url(port), ""), Arc::clone(&believing)).await;
        let error = opened.err().expect(expected).to_string();
        assert!(error.contains(expected), "{expected}: {error}");
        let said = said.lock().expect("log").join("\n");
        assert!(
            !said.contains("AUTHENTICATE") && !said.contains("LOGIN"),
            "{said}"
        );
    }
    // A certificate nobody vouches for.
    let (port, said) = serve(usual, Some(tls), false).await;
    let opened = ImapMailbox::open(&place(&url(port), ""), no_trust()).await;
    assert!(
        opened
            .err()
            .expect("not believed")
            .to_string()
            .contains("certificate")
    );
    assert_eq!(said.lock().expect("log").len(), 2);
}

#[tokio::test]
async fn a_refused_login_repeats_no_password() {
    let cases: [(Script, &str); 4] = [
        (
            |line| match line {
                line if line.starts_with("AUTH") => {
                    Some("% NO [AUTHENTICATIONFAILED] dina:s3cret is wrong\r\n".to_owned())
                }
                other => usual(other),
            },
            "its words are not shown",
        ),
        (
            |line| match line {
                line if line.starts_with("AUTH") => {
                    Some("% NO [AUTHENTICATIONFAILED] no\r\n".to_owned())
                }
                other => usual(other),
            },
            "refused the login: NO [AUTHENTICATIONFAILED] no",
        ),
        (
            |line| match line {
                line if line.starts_with("AUTH") => {
                    Some("% BAD what is AGRpbmEAczNjcmV0\u{1b}[31m?\r\n".to_owned())
                }
                other => usual(other),
            },
            "its words are not shown",
        ),
        (
            |line| match line {
                "CAPABILITY" => Some("* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n% OK\r\n".to_owned()),
                other => usual(other),
            },
            "LOGINDISABLED",
        ),
    ];
    for (script, expected) in cases {
        let (error, _) = whole(script, "").await;
        let error = error.expect(expected);
        assert!(error.contains(expected), "{expected}: {error}");
        for secret in ["s3cret", "AGRpbmEAczNjcmV0", "\u{1b}"] {
            assert!(!error.contains(secret), "{error}");
        }
    }
}

#[tokio::test]
async fn what_goes_wrong_is_said_and_ends_the_visit() {
    let cases: [(Script, &str); 6] = [
        (|line| (line != "CONNECT").then(String::new), "the greeting"),
        (
            |_| Some("* BYE too busy\r\n".to_owned()),
            "refused the greeting: * BYE too busy",
        ),
        (
            |_| Some("HTTP/1.1 400 Bad Request\r\n".to_owned()),
            "refused the greeting",
        ),
        (
            |line| match line {
                line if line.starts_with("UID FETCH 4") => Some(
                    "* 1 FETCH (UID 4 BODY[]<0> {500}\r\nab\r\n* BYE shutting down\r\nHANG UP"
                        .to_owned(),
                ),
                other => usual(other),
            },
            "broke at UID FETCH",
        ),
        (
            |line| match line {
                line if line.starts_with("UID SEARCH") => {
                    Some("* BYE shutting down\r\n".to_owned())
                }
                other => usual(other),
            },
            "broke at UID SEARCH: the server says goodbye: BYE shutting down",
        ),
        (
            |line| match line {
                line if line.starts_with("UID FETCH 4") => {
                    Some("* 1 FETCH (UID 4 BODY[]<0> {99999999999999999999}\r\n".to_owned())
                }
                other => usual(other),
            },
            "a mail of more than 67108864 bytes",
        ),
    ];
    for (script, expected) in cases {
        let (error, _) = whole(script, "").await;
        let error = error.expect(expected);
        assert!(error.contains(expected), "{expected}: {error}");
    }
    assert_eq!(whole(usual, "").await.0, None);
}

#[tokio::test]
async fn a_server_that_never_ends_or_changes_its_mind_is_left() {
    let cases: [(Script, &str); 5] = [
        (
            |line| match line {
                line if line.starts_with("UID STORE") => {
                    Some("* OK [UIDVALIDITY 78] new\r\n% OK\r\n".to_owned())
                }
                other => usual(other),
            },
            "broke at UID STORE: the mailbox was made anew",
        ),
        (
            |line| match line {
                "SELECT \"INBOX\"" => Some("* 3 EXISTS\r\n% OK\r\n".to_owned()),
                other => usual(other),
            },
            "UIDVALIDITY",
        ),
        (
            |line| match line {
                line if line.starts_with("UID SEARCH") => Some("* SEARCH 1\r\n".repeat(20_000)),
                other => usual(other),
            },
            "more than 10000 responses",
        ),
        (
            |line| match line {
                line if line.starts_with("UID SEARCH") => {
                    Some("* SEARCH 1".repeat(20_000) + "\r\n")
                }
                other => usual(other),
            },
            "a line without an end",
        ),
        (
            |line| match line {
                line if line.starts_with("UID FETCH") => {
                    Some("* 1 FETCH (X {1}\r\nx".to_owned() + &" {1}\r\nx".repeat(99))
                }
                other => usual(other),
            },
            "more than 16 literals",
        ),
    ];
    for (script, expected) in cases {
        let (error, _) = whole(script, "").await;
        let error = error.expect(expected);
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

#[tokio::test]
async fn a_mail_larger_than_asked_for_is_cut() {
    let (opened, _) = open(
        |line| match line {
            line if line.starts_with("UID FETCH 4") => Some(format!(
                "* 1 FETCH (UID 4 BODY[]<0> {{{}}}\r\n{})\r\n% OK\r\n",
                MAIL_BYTES_MAX + 5,
                "x".repeat(MAIL_BYTES_MAX + 5)
            )),
            other => usual(other),
        },
        "",
    )
    .await;
    let mut mailbox = opened.expect("open");
    let mails = mailbox.list(&|_| false).await.expect("a list");
    let read = mailbox.read(&mails[0]).await.expect("read").expect("there");
    assert_eq!(read.len(), MAIL_BYTES_MAX);
    mailbox
        .put_away(&mails[0])
        .await
        .expect("the line still holds");
}

#[tokio::test]
async fn a_response_may_come_in_two_pieces_anywhere() {
    let response = b"* 1 FETCH (UID 4 BODY[]<0> {8}\r\na\r\n{3}\r\n X {2}\r\n)( FLAGS ())\r\n";
    for cut in 0..=response.len() {
        let (ours, mut theirs) = tokio::io::duplex(cut.max(1));
        let sending = tokio::spawn(async move {
            theirs.write_all(&response[..cut]).await.expect("written");
            tokio::task::yield_now().await;
            theirs.write_all(&response[cut..]).await.expect("written");
            theirs
        });
        let mut wire = Wire::new(Box::new(ours));
        let read = wire.read().await.unwrap_or_else(|cut| panic!("{cut:?}"));
        assert_eq!(read.0.len(), 3, "{cut}");
        let body = answers::body(read, 4);
        assert_eq!(body.as_deref(), Some(&b"a\r\n{3}\r\n"[..]), "{cut}");
        sending.await.expect("sent");
    }
    // Broken off anywhere: said, and nothing believed.
    for cut in 0..response.len() {
        let (ours, mut theirs) = tokio::io::duplex(1_024);
        theirs.write_all(&response[..cut]).await.expect("written");
        drop(theirs);
        let read = Wire::new(Box::new(ours)).read().await;
        assert!(matches!(read, Err(Cut::Broken(_))), "{cut}");
    }
}

#[test]
fn numbers_are_found_in_both_kinds_of_answers() {
    let response = |text: &str| {
        Response(vec![wire::Part {
            text: text.to_owned(),
            literal: None,
        }])
    };
    for (text, expected) in [
        ("* SEARCH", &[][..]),
        ("* search 4 x 7", &[4, 7]),
        ("* ESEARCH (TAG \"j1\") UID ALL 2,9:7", &[2, 7, 8, 9]),
        ("* ESEARCH (TAG \"j1\") UID", &[]),
        ("* ESEARCH ALL 1:4294967295", &[1, 2, 3, 4, 5]),
        ("* SEARCH 1 2 3 4 5 6", &[1, 2, 3, 4, 5]),
        ("* 4 EXISTS", &[]),
        ("", &[]),
    ] {
        assert_eq!(answers::found(&response(text), 5), expected, "{text}");
    }
    assert_eq!(answers::exists(&response("* 4 EXISTS")), Some(4));
    assert_eq!(answers::exists(&response("* 99999999999 EXISTS")), None);
}

#[test]
fn mailboxes_are_read_from_urls() {
    let server = |url: &str| ImapServer::parse(url, "");
    let tls = server("imaps://u%40x:p@mail.example.kz").expect("a mailbox");
    assert_eq!((tls.port, tls.security), (993, Security::Tls));
    assert_eq!(tls.folder, "INBOX");
    assert!(!format!("{tls:?}").contains("u@x"));
    let start = server("imap://u:p@mail.example.kz/Reports/2026").expect("a mailbox");
    assert_eq!((start.port, start.security), (143, Security::StartTls));
    assert_eq!(start.folder, "Reports/2026");
    let here = server("imap://u:p@[::1]:1143/").expect("a mailbox");
    assert_eq!((here.port, here.security), (1143, Security::Plain));
    let named = server("imaps://u:p@h.kz/%D0%9E%D1%82%D1%87%D1%91%D1%82%D1%8B").expect("one");
    assert_eq!(named.folder, "&BB4EQgRHBFEEQgRL-");
    for (url, expected) in [
        ("pop3s://u:p@mail.example.kz", BadMailbox::Shape),
        ("imaps://mail.example.kz/INBOX", BadMailbox::Login),
        ("imaps://u:p@mail.example.kz?tls=none", BadMailbox::Shape),
        ("imaps://u:p@mail.example.kz/a%0d%0ab", BadMailbox::Folder),
        ("imaps://u:p%0a@mail.example.kz/", BadMailbox::Login),
        ("imaps://u:p@mail.example.kz/#x", BadMailbox::Shape),
        ("mail.example.kz", BadMailbox::Shape),
    ] {
        assert_eq!(server(url), Err(expected), "{url}");
    }
    for processed in ["INBOX", "a\nb"] {
        let wrong = ImapServer::parse("imaps://u:p@mail.example.kz", processed);
        assert_eq!(wrong, Err(BadMailbox::Folder));
    }
}
