//! A resolver that drops, cuts, lies and fails, and what is made of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::net::TcpListener;

use super::*;

/// How the server answers its nth datagram.
#[derive(Clone, Copy)]
enum Manner {
    Silent,
    Garbage,
    Cut,
    Fails,
    Answers,
}

/// The answer to `question` with one text record.
fn answer_to(question: &[u8], manner: Manner) -> Vec<u8> {
    let end = question.len() - 11;
    let mut bytes = question[..end].to_vec();
    bytes[2] |= 0x80;
    bytes[11] = 0;
    match manner {
        Manner::Garbage => bytes[0] ^= 1,
        Manner::Cut => bytes[2] |= 2,
        Manner::Fails => bytes[3] |= 2,
        Manner::Silent | Manner::Answers => {
            bytes[7] = 1;
            bytes.extend_from_slice(&[0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 9, 0, 3, 2, b'o', b'k']);
        }
    }
    bytes
}

/// One port for UDP and TCP: a free one may be taken for the other, then the next is tried.
async fn same_port() -> (UdpSocket, TcpListener) {
    loop {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("port");
        let address = socket.local_addr().expect("address");
        if let Ok(listener) = TcpListener::bind(address).await {
            return (socket, listener);
        }
    }
}

/// A server on both ports; by TCP it always answers.
async fn server(manners: &'static [Manner]) -> (SocketAddr, Arc<AtomicUsize>) {
    let (socket, listener) = same_port().await;
    let address = socket.local_addr().expect("address");
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    tokio::spawn(async move {
        let mut bytes = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut bytes).await {
            let nth = count.fetch_add(1, Ordering::SeqCst);
            let manner = manners[nth.min(manners.len() - 1)];
            if matches!(manner, Manner::Silent) {
                continue;
            }
            let answer = answer_to(&bytes[..length], manner);
            socket.send_to(&answer, from).await.expect("sent");
        }
    });
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = vec![0; usize::from(stream.read_u16().await.expect("length"))];
            stream.read_exact(&mut bytes).await.expect("question");
            let answer = answer_to(&bytes, Manner::Answers);
            let length = u16::try_from(answer.len()).expect("short");
            stream.write_u16(length).await.expect("sent");
            stream.write_all(&answer).await.expect("sent");
        }
    });
    (address, asked)
}

async fn texts(manners: &'static [Manner]) -> (Result<Vec<String>, DnsError>, usize) {
    let (address, asked) = server(manners).await;
    let resolver = Resolver::at(address).with_timeout(Duration::from_secs(1));
    let found = resolver.texts("house.example").await;
    (found, asked.load(Ordering::SeqCst))
}

#[tokio::test]
async fn answers_get_through_whatever_the_server_does_first() {
    let cases: [(&'static [Manner], usize); 4] = [
        (&[Manner::Answers], 1),
        (&[Manner::Silent, Manner::Answers], 2),
        (&[Manner::Garbage, Manner::Answers], 2),
        (&[Manner::Cut], 1),
    ];
    for (manners, times) in cases {
        let (found, asked) = texts(manners).await;
        assert_eq!((found, asked), (Ok(vec!["ok".to_owned()]), times));
    }
}

#[tokio::test]
async fn a_resolver_that_fails_is_named() {
    for (manners, why) in [
        (&[Manner::Fails][..], "SERVFAIL"),
        (&[Manner::Silent], "in time"),
        (&[Manner::Garbage], "in time"),
    ] {
        let (found, asked) = texts(manners).await;
        let error = found.expect_err(why).to_string();
        assert!(
            error.starts_with("no answer about TXT house.example from 127.0.0.1:"),
            "{error}"
        );
        assert!(error.contains(why), "{error}");
        assert_eq!(asked, TRIES);
    }
}

#[test]
fn resolvers_are_read_from_the_systems_file() {
    let text = "# made by hand\nsearch example.kz\nnameserver 192.0.2.1\nnameserver ::1\nnameserver x\nnameserver\n";
    let expected: [SocketAddr; 2] = [
        "192.0.2.1:53".parse().expect("address"),
        "[::1]:53".parse().expect("address"),
    ];
    assert_eq!(named_servers(text), expected);
    assert_eq!(named_servers("")[0].to_string(), "127.0.0.1:53");
}

#[test]
fn addresses_are_asked_for_backwards() {
    let four = "192.0.2.7".parse().expect("address");
    assert_eq!(reverse_name(four), "7.2.0.192.in-addr.arpa");
    let six = reverse_name("2001:db8::1".parse().expect("address"));
    assert!(six.starts_with("1.0.0.0.0.0") && six.ends_with("8.b.d.0.1.0.0.2.ip6.arpa"));
}
