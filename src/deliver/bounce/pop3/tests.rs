//! A mailbox server that follows a script, on a real socket.

use std::sync::{Arc, Mutex};

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;

type Said = Arc<Mutex<Vec<String>>>;
/// The server's answer to a line; nothing: it hangs up.
type Script = fn(&str) -> Option<&'static str>;

#[expect(clippy::unnecessary_wraps, reason = "it is a Script")]
fn usual(line: &str) -> Option<&'static str> {
    Some(match line {
        "CONNECT" => "+OK ready",
        "UIDL" => "+OK\r\n1 a\r\n2 b\r\n3 c d\r\nbroken\r\n.",
        "RETR 1" => "+OK\r\nSubject: one\r\n\r\n..dot\r\n.",
        "RETR 2" => "+OK 12 octets\r\n\r\n.",
        "RETR 3" => "+OK\r\n.",
        _ => "+OK",
    })
}

async fn server(script: Script) -> (Pop3Server, Said) {
    let (port, said) = listen(script, None).await;
    let url = format!("pop3://aigul%40example.kz:p%C3%A4ss%25+w@127.0.0.1:{port}");
    (Pop3Server::parse(&url).expect("a mailbox"), said)
}

async fn listen(script: Script, tls: Option<TlsAcceptor>) -> (u16, Said) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("address").port();
    let said = Said::default();
    let heard = Arc::clone(&said);
    tokio::spawn(async move {
        let (socket, _) = listener.accept().await.expect("a connection");
        let socket: Box<dyn Stream> = match tls {
            Some(tls) => match tls.accept(socket).await {
                Ok(socket) => Box::new(socket),
                Err(_) => return,
            },
            None => Box::new(socket),
        };
        let mut socket = BufReader::new(socket);
        let mut line = "CONNECT".to_owned();
        while let Some(answer) = script(&line) {
            let answer = format!("{answer}\r\n");
            if socket.write_all(answer.as_bytes()).await.is_err() {
                return;
            }
            line.clear();
            if !matches!(socket.read_line(&mut line).await, Ok(1..)) {
                return;
            }
            line.truncate(line.trim_end().len());
            heard.lock().expect("log").push(line.clone());
        }
    });
    (port, said)
}

/// Believes nobody: plain connections don't ask.
pub fn no_trust() -> Arc<ClientConfig> {
    trust(RootCertStore::empty())
}

fn trust(roots: RootCertStore) -> Arc<ClientConfig> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}

/// A server's side for `name`, and a client that trusts it.
pub fn certificate(name: &str) -> (TlsAcceptor, Arc<ClientConfig>) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a server's side");
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).expect("a root");
    (TlsAcceptor::from(Arc::new(config)), trust(roots))
}

#[tokio::test]
async fn a_mailbox_over_tls_is_opened_only_where_the_server_is_believed() {
    let (tls, believing) = certificate("localhost");
    let place =
        |port: u16| Pop3Server::parse(&format!("pop3s://u:p@localhost:{port}")).expect("a mailbox");
    let (port, said) = listen(usual, Some(tls.clone())).await;
    let mut mailbox = Pop3Mailbox::open(&place(port), believing)
        .await
        .expect("open");
    assert_eq!(mailbox.list(&|_| false).await.expect("a list").len(), 3);
    mailbox.close().await.expect("closed");
    assert_eq!(said.lock().expect("log").len(), 4);
    // A certificate nobody vouches for, and one for another name.
    let (other, another) = certificate("elsewhere.example");
    for (tls, trust) in [(tls, no_trust()), (other, another)] {
        let (port, said) = listen(usual, Some(tls)).await;
        let error = Pop3Mailbox::open(&place(port), trust).await.err();
        let error = error.expect("not believed").to_string();
        assert!(error.contains("certificate"), "{error}");
        assert!(said.lock().expect("log").is_empty());
    }
}

#[tokio::test]
async fn mails_are_listed_read_and_deleted() {
    let (place, said) = server(usual).await;
    let mut mailbox = Pop3Mailbox::open(&place, no_trust()).await.expect("open");
    let mails = mailbox.list(&|_| false).await.expect("a list");
    let names: Vec<&str> = mails.iter().map(|mail| mail.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c d"]);
    let first = mailbox.read(&mails[0]).await.expect("a mail");
    assert_eq!(first, b"Subject: one\r\n\r\n.dot\r\n");
    assert_eq!(mailbox.read(&mails[1]).await.expect("a mail"), b"\r\n");
    mailbox.put_away(&mails[0]).await.expect("marked");
    mailbox.close().await.expect("closed");
    let said = said.lock().expect("log").clone();
    assert_eq!(
        said,
        [
            "USER aigul@example.kz",
            "PASS päss%+w",
            "UIDL",
            "RETR 1",
            "RETR 2",
            "DELE 1",
            "QUIT"
        ]
    );
}

/// Opens, lists, reads one, puts it away, closes: the first error.
async fn whole(script: Script) -> Option<String> {
    let (place, _said) = server(script).await;
    let walk = async {
        let mut mailbox = Pop3Mailbox::open(&place, no_trust()).await?;
        for mail in mailbox.list(&|_| false).await? {
            mailbox.read(&mail).await?;
            mailbox.put_away(&mail).await?;
        }
        mailbox.close().await
    };
    walk.await.err().map(|error| error.to_string())
}

#[tokio::test]
async fn what_goes_wrong_is_said_and_ends_the_visit() {
    let cases: [(Script, &str); 7] = [
        (|line| (line != "CONNECT").then_some("+OK"), "the greeting"),
        (
            |line| match line {
                "PASS päss%+w" => Some("-ERR [AUTH] no"),
                other => usual(other),
            },
            "refused PASS: -ERR [AUTH] no",
        ),
        (
            |line| match line {
                "UIDL" => Some("-ERR what"),
                other => usual(other),
            },
            "refused UIDL",
        ),
        (
            |line| match line {
                "RETR 2" => Some("-ERR gone"),
                other => usual(other),
            },
            "refused RETR",
        ),
        (
            |line| match line {
                "DELE 1" => None,
                other => usual(other),
            },
            "broke at DELE",
        ),
        (
            |line| match line {
                "QUIT" => Some("-ERR some messages not deleted"),
                other => usual(other),
            },
            "refused QUIT",
        ),
        (|_| Some("HTTP/1.1 400 Bad Request"), "refused the greeting"),
    ];
    for (script, expected) in cases {
        let found = whole(script).await.expect(expected);
        assert!(found.contains(expected), "{expected}: {found}");
        assert!(!found.contains("päss"), "{found}");
    }
    assert_eq!(whole(usual).await, None);
}

#[tokio::test]
async fn nobody_there_and_no_tls_are_said() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("address").port();
    drop(listener);
    let gone = Pop3Server::parse(&format!("pop3s://u:p@127.0.0.1:{port}")).expect("a mailbox");
    let error = Pop3Mailbox::open(&gone, no_trust()).await.err();
    let error = error.expect("nobody there").to_string();
    assert!(error.contains(&format!("127.0.0.1:{port}")), "{error}");
    // A plain server is not spoken to where TLS was asked for.
    let (plain, said) = server(usual).await;
    let tls = Pop3Server { tls: true, ..plain };
    let refused = tokio::time::timeout(
        std::time::Duration::from_secs(20),
        Pop3Mailbox::open(&tls, no_trust()),
    );
    assert!(refused.await.expect("it ends").is_err());
    let said = said.lock().expect("log").join("\n");
    assert!(!said.contains("PASS"), "{said}");
}

#[test]
fn mailboxes_are_read_from_urls() {
    let server = |url: &str| Pop3Server::parse(url);
    let tls = server("pop3s://u:p@mail.example.kz").expect("a mailbox");
    assert_eq!((tls.port, tls.tls), (995, true));
    let plain = server("pop3://u:p@mail.example.kz:1100?tls=none").expect("a mailbox");
    assert_eq!((plain.port, plain.tls), (1100, false));
    assert!(!format!("{tls:?}").contains("u:p"));
    let wrong = [
        ("pop3://u:p@mail.example.kz", BadMailbox::Unencrypted),
        ("pop3s://mail.example.kz", BadMailbox::Login),
        ("pop3s://u@mail.example.kz", BadMailbox::Login),
        ("pop3s://u:a%0d%0aDELE@mail.example.kz", BadMailbox::Login),
        ("imap://u:p@mail.example.kz", BadMailbox::Shape),
        ("pop3s://u:p@mail.example.kz/inbox", BadMailbox::Shape),
        ("pop3s://u:p@mail.example.kz?tls=none", BadMailbox::Shape),
        ("mail.example.kz", BadMailbox::Shape),
    ];
    for (url, expected) in wrong {
        assert_eq!(server(url), Err(expected), "{url}");
    }
}
