//! TLS: as configured, never silently none.

use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use super::server::{Manner, Server, Twist};
use super::{Courier, Destination, Security, SmtpServer, is_sent, message, open, soon};
use crate::deliver::courier::{Login, Place, Protocol};

/// A server's side for the certificate's name, and the file a client trusts.
fn certificate(name: &str) -> (TlsAcceptor, tempfile::NamedTempFile) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a server's side");
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), made.cert.pem()).expect("written");
    (TlsAcceptor::from(Arc::new(config)), file)
}

fn courier(port: u16, security: Security, trusted: Option<&tempfile::NamedTempFile>) -> Courier {
    let server = SmtpServer {
        place: Place::Host {
            host: "127.0.0.1".into(),
            port,
        },
        protocol: Protocol::Smtp,
        security,
        login: Some(Login {
            user: "u".into(),
            password: "sesam".into(),
        }),
        trusted: trusted.map(|file| file.path().to_owned()),
    };
    open(Destination::Smtp(server), Duration::from_secs(5))
}

fn offers(offers: &[&'static str], tls: &TlsAcceptor) -> Manner {
    Manner {
        offers: offers.to_vec(),
        tls: Some(tls.clone()),
        implicit: false,
    }
}

#[tokio::test]
async fn letters_go_encrypted_to_whom_the_house_trusts() {
    let (tls, trusted) = certificate("127.0.0.1");
    let starts = ["STARTTLS", "PIPELINING", "AUTH PLAIN"];
    for security in [
        Security::StartTls,
        Security::StartTlsIfOffered,
        Security::Tls,
    ] {
        let mut manner = offers(&starts, &tls);
        manner.implicit = security == Security::Tls;
        let server = Server::start_with(manner, |_, _, _| None).await;
        let courier = courier(server.port, security, Some(&trusted));
        let mut connection = courier.connect();
        for number in 0..2 {
            let attempt = soon(connection.deliver(&message(number))).await;
            assert!(is_sent(&attempt), "{security:?}: {attempt:?}");
        }
        let found = soon(courier.check()).await.expect("fine");
        assert!(found.contains("; encrypted, signed in"), "{found}");
        let start_tls = usize::from(security != Security::Tls) * 2;
        assert_eq!(server.said("STARTTLS").len(), start_tls, "{security:?}");
    }
}

#[tokio::test]
async fn nothing_goes_to_a_stranger() {
    let (tls, trusted) = certificate("127.0.0.1");
    let (other, _) = certificate("127.0.0.1");
    let (misnamed, misnamed_file) = certificate("other.example");
    let cases = [
        ("a certificate nobody vouches for", &tls, None),
        ("another's certificate", &other, Some(&trusted)),
        ("another's name", &misnamed, Some(&misnamed_file)),
    ];
    for (what, tls, trusted) in cases {
        for security in [
            Security::StartTls,
            Security::StartTlsIfOffered,
            Security::Tls,
        ] {
            let mut manner = offers(&["STARTTLS", "AUTH PLAIN"], tls);
            manner.implicit = security == Security::Tls;
            let server = Server::start_with(manner, |_, _, _| None).await;
            let courier = courier(server.port, security, trusted);
            let trouble = soon(courier.connect().ready()).await.expect_err(what);
            assert!(
                trouble.why.contains("does not agree on TLS"),
                "{what}: {trouble:?}"
            );
            assert!(server.said("AUTH").is_empty() && server.said("MAIL").is_empty());
        }
    }
}

/// What somebody between does to a line's answer.
type Tampering = fn(&str) -> Option<Twist>;

/// Whoever stands between may take STARTTLS away, answer for the server, or
/// put words before the handshake that would count as said after it.
#[tokio::test]
async fn nothing_is_sent_unencrypted_by_silence() {
    let (tls, trusted) = certificate("127.0.0.1");
    let cases: [(&[&'static str], Tampering, &str); 5] = [
        (&["AUTH PLAIN"], |_| None, "does not offer STARTTLS"),
        (
            &["STARTTLS", "AUTH PLAIN"],
            |line| (line == "STARTTLS").then_some(Twist::Say("454 4.7.0 not now")),
            "454 4.7.0 not now",
        ),
        (
            &["STARTTLS", "AUTH PLAIN"],
            |line| (line == "STARTTLS").then_some(Twist::Say("220 go on\r\n250 post.example")),
            "said more in the clear",
        ),
        (
            &["STARTTLS", "AUTH PLAIN"],
            |line| (line == "STARTTLS").then_some(Twist::Break("220 go on\r\nnot TLS".into())),
            "said more in the clear",
        ),
        (
            &["STARTTLS", "AUTH PLAIN"],
            |line| (line == "STARTTLS").then_some(Twist::Break("220 go on\r\n".into())),
            "does not agree on TLS",
        ),
    ];
    for (offered, tampering, part) in cases {
        let server =
            Server::start_with(offers(offered, &tls), move |_, line, _| tampering(line)).await;
        let courier = courier(server.port, Security::StartTls, Some(&trusted));
        let trouble = soon(courier.connect().ready()).await.expect_err(part);
        assert!(trouble.why.contains(part), "{trouble:?}");
        assert!(server.said("MAIL").is_empty() && server.said("AUTH").is_empty());
    }
}

/// What a connection may do is asked of each one anew.
#[tokio::test]
async fn capabilities_may_change_between_connections() {
    let (tls, trusted) = certificate("127.0.0.1");
    let manner = offers(&["STARTTLS", "PIPELINING", "AUTH PLAIN"], &tls);
    let server = Server::start_with(manner, |connection, line, _| match connection {
        1 if line.starts_with("EHLO") => Some(Twist::Say("250-post.example\r\n250 AUTH PLAIN")),
        0 | 2 if line.starts_with("RSET") => Some(Twist::Close),
        0 | 2 if line.contains("reader9") => Some(Twist::Say("550 5.1.1 nobody")),
        _ => None,
    })
    .await;
    let courier = courier(server.port, Security::StartTls, Some(&trusted));
    let mut connection = courier.connect();
    assert!(is_sent(&soon(connection.deliver(&message(0))).await));
    // Its refusal stands, and the connection is gone after it.
    soon(connection.deliver(&message(9))).await;
    let trouble = soon(connection.ready())
        .await
        .expect_err("STARTTLS is gone");
    assert!(
        trouble.why.contains("does not offer STARTTLS"),
        "{trouble:?}"
    );
    assert!(is_sent(&soon(connection.deliver(&message(1))).await));
    assert_eq!(server.connections_of("TAKEN"), [0, 2]);
}

#[test]
fn a_file_of_certificates_that_is_none_is_named() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), "-----BEGIN CERTIFICATE-----\nno\n").expect("written");
    for path in ["/nowhere/ca.pem", file.path().to_str().expect("a path")] {
        let url = format!("smtps://127.0.0.1?ca={path}");
        let destination = Destination::parse_smtp(&url).expect("a destination");
        let options = crate::deliver::courier::DeliverOptions::new(destination, 1);
        let why = Courier::open(options).expect_err("refused").to_string();
        assert!(why.contains(path), "{why}");
    }
}
