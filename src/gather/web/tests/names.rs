//! Names are judged by where they lead, at the moment of connecting.

use std::collections::VecDeque;
use std::net::IpAddr;

use super::*;
use crate::gather::web::resolver::LookUp;

/// A name server that answers each question with the next of its answers.
fn answering(answers: &[&[&str]]) -> (LookUp, Arc<Mutex<VecDeque<Vec<IpAddr>>>>) {
    let answers: VecDeque<Vec<IpAddr>> = answers
        .iter()
        .map(|answer| answer.iter().map(|ip| ip.parse().expect(ip)).collect())
        .collect();
    let left = Arc::new(Mutex::new(answers));
    let given = Arc::clone(&left);
    let look_up: LookUp = Arc::new(move |name| {
        let next = given.lock().expect("not poisoned").pop_front();
        Box::pin(async move { next.ok_or_else(|| std::io::Error::other(format!("no {name}"))) })
    });
    (look_up, left)
}

fn web_with(look_up: &LookUp) -> Web {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let options = WebOptions {
        allow_private: vec!["127.0.0.1/32".parse().expect("a block")],
        pause: Duration::ZERO,
        ..WebOptions::default()
    };
    Web::with_look_up(options, look_up).expect("the client can be set up")
}

fn named(server: &Server, name: &str) -> Request {
    request(
        format!("http://{name}:{}/feed", server.port)
            .parse()
            .expect("an address"),
    )
}

#[tokio::test]
async fn an_answer_that_changes_is_judged_each_time() {
    let server = Server::start(script).await;
    let (look_up, left) = answering(&[&["127.0.0.1"], &["169.254.169.254"], &["127.0.0.1"]]);
    let web = web_with(&look_up);
    let request = named(&server, "rebind.example.kz");
    assert!(matches!(web.fetch(&request).await, Answer::Body { .. }));
    assert_eq!(
        why(web.fetch(&request).await),
        "not asked: the name rebind.example.kz leads to a private address: 169.254.169.254 is a \
         private address (the option allow_private would allow it)"
    );
    assert_eq!(server.asked().len(), 1, "no connection was made");
    assert_eq!(
        left.lock().expect("not poisoned").len(),
        1,
        "one look-up for each connection, and none between check and use"
    );
}

#[tokio::test]
async fn of_several_addresses_only_public_ones_are_tried() {
    let server = Server::start(script).await;
    let private: &[&str] = &["10.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1"];
    let mixed: &[&str] = &["10.0.0.1", "::1", "127.0.0.1"];
    let (look_up, _) = answering(&[mixed, private, &[]]);
    let web = web_with(&look_up);
    let request = named(&server, "several.example.kz");
    assert!(matches!(web.fetch(&request).await, Answer::Body { .. }));
    assert!(why(web.fetch(&request).await).contains("leads to a private address"));
    assert_eq!(
        why(web.fetch(&request).await),
        "the name several.example.kz has no address"
    );
    assert_eq!(
        why(web.fetch(&request).await),
        "the name several.example.kz does not resolve: no several.example.kz"
    );
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn every_spelling_of_the_metadata_address_is_refused_on_a_redirect() {
    fn to_metadata(path: &str, _: u16) -> Vec<u8> {
        let to = path.trim_start_matches('/');
        reply(&format!("302 Found\r\nLocation: http://{to}/latest"), b"")
    }
    let server = Server::start(to_metadata).await;
    let web = web(|_| {});
    let spellings = [
        "169.254.169.254",
        "169.254.169.254.",
        "2852039166",
        "0xa9fea9fe",
        "0xA9.0xFE.0xA9.0xFE",
        "0251.0376.0251.0376",
        "025177524776",
        "169.16689662",
        "169.254.43518",
        "169.254.169.254:80",
        "user@169.254.169.254",
        "169%2e254%2e169%2e254",
        "[::ffff:169.254.169.254]",
        "[::ffff:a9fe:a9fe]",
        "[::169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:a9fe:a9fe::1]",
        "[fd00:ec2::254]",
        "[fe80::1%25eth0]",
    ];
    for spelling in spellings {
        let why = why(web
            .fetch(&request(server.url(&format!("/{spelling}"))))
            .await);
        assert!(
            why.contains("was not followed") || why.contains("without saying where to"),
            "{spelling}: {why}"
        );
    }
    assert_eq!(server.asked().len(), spellings.len());
}
