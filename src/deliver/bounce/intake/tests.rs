//! Conversations over real sockets, as mail servers and attackers hold them.

use std::collections::HashMap;
use std::sync::Mutex;

use lettre::address::{Address, Envelope};
use lettre::transport::smtp::client::SmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use tokio::io::AsyncReadExt as _;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Notify;

use super::*;
use crate::deliver::bounce::MAIL_BYTES_MAX;

const OURS: &str = "bounces@lists.example.kz";
const OTHER: &str = "unsubscribe@lists.example.kz";

/// A desk that keeps what it takes, and answers by the words of a mail.
#[derive(Default)]
struct Desk {
    taken: Mutex<Vec<String>>,
    /// Mails that say "wait" are recorded when told.
    recorded: Notify,
    begun: Notify,
    /// How often a mail that says "fail once" was seen.
    seen: Mutex<HashMap<String, u32>>,
}

impl Receiver for Desk {
    fn knows(&self, address: &str) -> bool {
        [OURS, OTHER].contains(&address)
    }

    async fn take(&self, mail: Vec<u8>) -> Taken {
        let mail = String::from_utf8_lossy(&mail).into_owned();
        if mail.contains("wait") {
            self.begun.notify_one();
            self.recorded.notified().await;
        }
        let seen = {
            let mut seen = self.seen.lock().expect("seen");
            let seen = seen.entry(mail.clone()).or_default();
            *seen += 1;
            *seen
        };
        if mail.contains("fail") || (mail.contains("once") && seen == 1) {
            return Taken::NotNow;
        }
        if mail.contains("person") || (mail.contains("only for ours") && mail.contains(OTHER)) {
            return Taken::ForAPerson;
        }
        self.taken.lock().expect("taken").push(mail);
        Taken::Recorded
    }
}

impl Desk {
    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut self.taken.lock().expect("taken"))
    }
}

async fn open() -> (std::net::SocketAddr, Arc<Desk>) {
    let at = ListenAt::Tcp("127.0.0.1:0".parse().expect("address"));
    let door = Door::open(&at).await.expect("a port");
    let Door::Tcp(listener) = &door else {
        panic!("TCP was asked for");
    };
    let address = listener.local_addr().expect("address");
    let desk = Arc::<Desk>::default();
    let receiver = Arc::clone(&desk);
    let host = "lists.example.kz".to_owned();
    tokio::spawn(serve(door, receiver, host, std::future::pending()));
    (address, desk)
}

/// Says all at once, hangs up its own side, and hears all that is answered.
async fn hear(address: std::net::SocketAddr, said: &[u8]) -> String {
    let mut socket = TcpStream::connect(address).await.expect("a connection");
    // The server may have hung up already.
    socket.write_all(said).await.ok();
    socket.shutdown().await.ok();
    let mut heard = Vec::new();
    socket.read_to_end(&mut heard).await.ok();
    String::from_utf8(heard).expect("text")
}

/// The codes of the last lines of answers, without the greeting.
fn codes(heard: &str) -> Vec<&str> {
    let lines = heard.lines().skip(1);
    lines
        .filter(|line| line.as_bytes().get(3) != Some(&b'-'))
        .map(|line| line.split(' ').next().unwrap_or_default())
        .collect()
}

const BEGIN: &str = "EHLO mx.example.kz\r\nMAIL FROM:<> SIZE=100 BODY=8BITMIME\r\n\
                     RCPT TO:<bounces@lists.example.kz>\r\nDATA\r\n";

#[tokio::test]
async fn a_report_is_taken_as_it_was_sent() {
    let (address, desk) = open().await;
    let said = format!("{BEGIN}Subject: x\r\n\r\n..dot\r\n...\r\nend\r\n.\r\nQUIT\r\n");
    let heard = hear(address, said.as_bytes()).await;
    assert!(heard.starts_with("220 lists.example.kz "), "{heard}");
    for keyword in [
        "PIPELINING",
        "SIZE 16777216",
        "8BITMIME",
        "ENHANCEDSTATUSCODES",
        "SMTPUTF8",
    ] {
        assert!(
            heard.contains(&format!("250-{keyword}\r\n"))
                || heard.contains(&format!("250 {keyword}\r\n")),
            "{keyword}"
        );
    }
    assert_eq!(codes(&heard), ["250", "250", "250", "354", "250", "221"]);
    assert_eq!(
        desk.taken(),
        [
            "Return-Path: <>\r\nDelivered-To: bounces@lists.example.kz\r\n\
          Subject: x\r\n\r\n.dot\r\n..\r\nend\r\n"
        ]
    );
}

#[tokio::test]
async fn an_end_of_data_is_the_right_one_at_every_split() {
    let (address, desk) = open().await;
    let said = format!("{BEGIN}a\r\n.b\r\n\r\n.\r\nQUIT\r\n").into_bytes();
    let from = BEGIN.len() - 2;
    for cut in from..said.len() {
        let mut socket = TcpStream::connect(address).await.expect("a connection");
        socket.set_nodelay(true).expect("a socket");
        socket.write_all(&said[..cut]).await.expect("written");
        tokio::task::yield_now().await;
        socket.write_all(&said[cut..]).await.expect("written");
        let mut heard = String::new();
        socket.read_to_string(&mut heard).await.expect("heard");
        assert_eq!(
            codes(&heard),
            ["250", "250", "250", "354", "250", "221"],
            "{cut}"
        );
        let taken = desk.taken();
        assert_eq!(taken.len(), 1, "{cut}");
        assert!(
            taken[0].ends_with("kz\r\na\r\nb\r\n\r\n"),
            "{cut}: {}",
            taken[0]
        );
    }
}

#[tokio::test]
async fn nothing_is_smuggled_in() {
    let (address, desk) = open().await;
    let second = "MAIL FROM:<evil@example.kz>\r\nRCPT TO:<bounces@lists.example.kz>\r\nDATA\r\nevil\r\n.\r\n";
    for end in [
        "\n.\n",
        "\n.\r\n",
        "\r\n.\n",
        "\r.\r\n",
        "\r\n.\r",
        "\r.\r",
        "\n.\r",
        "\r\r\n.\r\n",
        "\r\n.\r\r\n",
        "\r\n\n.\r\n",
        "\r\n.\n\r\n",
        "\0\n.\r\n",
    ] {
        let said = format!("{BEGIN}first{end}{second}");
        let heard = hear(address, said.as_bytes()).await;
        assert!(!codes(&heard).ends_with(&["250"]), "{end:?}: {heard}");
        let heard: Vec<&str> = codes(&heard).into_iter().skip(4).collect();
        assert!(heard.is_empty() || heard == ["521"], "{end:?}: {heard:?}");
        assert!(desk.taken().is_empty(), "{end:?}");
    }
    // In commands, too.
    for line in ["NOOP\n", "NOOP\rQUIT\r\n", "NOOP\r\r\n"] {
        let heard = hear(address, format!("{line}NOOP\r\n").as_bytes()).await;
        assert_eq!(codes(&heard), ["521"], "{line:?}");
    }
    // A text sent after a refused DATA is no conversation.
    let said =
        "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<x@example.com>\r\nDATA\r\nSubject: a\r\n.\r\nQUIT\r\n";
    let heard = hear(address, said.as_bytes()).await;
    assert_eq!(
        codes(&heard),
        ["250", "250", "550", "503", "502", "502", "221"]
    );
    assert!(desk.taken().is_empty());
}

#[tokio::test]
async fn commands_are_answered_and_nothing_is_relayed() {
    let (address, desk) = open().await;
    let cases: [(&str, &[&str]); 12] = [
        ("MAIL FROM:<>", &["503"]),
        (
            "EHLO x\r\nRCPT TO:<bounces@lists.example.kz>\r\nDATA",
            &["250", "503", "503"],
        ),
        (
            "HELO x\r\nMAIL FROM:<a@b.kz>\r\nMAIL FROM:<>",
            &["250", "250", "503"],
        ),
        (
            "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@elsewhere.example>",
            &["250", "250", "550"],
        ),
        (
            "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<@lists.example.kz:a@elsewhere.example>",
            &["250", "250", "550"],
        ),
        (
            "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<bounces@lists.example.kz\r\nRCPT TO:<bounces@lists.example.kz> NOTIFY=NEVER",
            &["250", "250", "501", "555"],
        ),
        (
            "EHLO x\r\nMAIL FROM:<> SIZE=99999999\r\nMAIL FROM:<> SIZE=x\r\nMAIL FROM:<> AUTH=<>",
            &["250", "552", "501", "555"],
        ),
        (
            "EHLO x\r\nMAIL FROM:<дина@example.kz> SMTPUTF8\r\nRSET\r\nDATA",
            &["250", "250", "250", "503"],
        ),
        (
            "NOOP x\r\nVRFY root\r\nEXPN all\r\nSTARTTLS\r\nAUTH PLAIN\r\nBDAT 5 LAST",
            &["250", "252", "502", "502", "502", "502"],
        ),
        ("EHLO\r\nEHLO  ", &["501", "501"]),
        ("GET / HTTP/1.1\r\nNOOP", &["421"]),
        ("\u{1}\r\nNOOP", &["500", "250"]),
    ];
    for (said, expected) in cases {
        let heard = hear(address, format!("{said}\r\n").as_bytes()).await;
        assert_eq!(codes(&heard), expected, "{said}");
    }
    let nonsense = "NONSENSE\r\n".repeat(30);
    let heard = hear(address, nonsense.as_bytes()).await;
    assert_eq!(codes(&heard).last(), Some(&"421"));
    assert_eq!(codes(&heard).len(), 21);
    let heard = hear(address, &vec![b'x'; 100_000]).await;
    assert!(heard.lines().count() <= 2, "{heard}");
    assert!(desk.taken().is_empty());
}

#[tokio::test]
async fn only_what_is_recorded_is_taken() {
    let (address, desk) = open().await;
    let with = |words: &str| format!("{BEGIN}{words}\r\n.\r\n");
    for (words, code) in [
        ("fail", "451"),
        ("person", "550"),
        ("once", "451"),
        ("once", "250"),
    ] {
        let heard = hear(address, with(words).as_bytes()).await;
        assert_eq!(codes(&heard).last(), Some(&code), "{words}");
    }
    assert_eq!(desk.taken().len(), 1);
    // Cut off before the end: nothing is taken.
    let heard = hear(address, format!("{BEGIN}half a mail\r\n").as_bytes()).await;
    assert_eq!(codes(&heard), ["250", "250", "250", "354"]);
    assert!(desk.taken().is_empty());
    // No answer comes before it is recorded.
    let mut socket = TcpStream::connect(address).await.expect("a connection");
    socket
        .write_all(with("wait").as_bytes())
        .await
        .expect("written");
    desk.begun.notified().await;
    let mut early = vec![0; 4_096];
    let mut heard = String::new();
    while !heard.contains("354 ") {
        let count = socket.read(&mut early).await.expect("heard");
        heard.push_str(std::str::from_utf8(&early[..count]).expect("text"));
    }
    assert!(heard.ends_with("of its own\r\n"), "{heard}");
    assert!(
        socket.try_read(&mut early).is_err(),
        "it is not recorded yet"
    );
    desk.recorded.notify_one();
    let count = socket.read(&mut early).await.expect("heard");
    assert!(early[..count].starts_with(b"250 "));
}

#[tokio::test]
async fn lmtp_answers_for_each_recipient() {
    let (address, desk) = open().await;
    let rcpt = "RCPT TO:<bounces@lists.example.kz>\r\nRCPT TO:<unsubscribe@lists.example.kz>\r\n";
    let said = |hello: &str, words: &str| {
        format!("{hello} x\r\nMAIL FROM:<a@b.kz>\r\n{rcpt}DATA\r\n{words}\r\n.\r\nQUIT\r\n")
    };
    for (hello, words, expected) in [
        ("LHLO", "only for ours", &["250", "550", "221"][..]),
        ("LHLO", "both", &["250", "250", "221"]),
        ("LHLO", "fail", &["451", "451", "221"]),
        ("EHLO", "only for ours", &["250", "221"]),
        ("EHLO", "person", &["550", "221"]),
        ("EHLO", "fail", &["451", "221"]),
    ] {
        let heard = hear(address, said(hello, words).as_bytes()).await;
        assert_eq!(codes(&heard)[5..], *expected, "{hello} {words}");
    }
    let taken = desk.taken();
    assert_eq!(taken.len(), 4);
    assert!(taken[2].contains("Delivered-To: unsubscribe@"), "{taken:?}");
}

#[tokio::test]
async fn a_large_mail_is_read_in_part_and_a_larger_one_refused() {
    let (address, desk) = open().await;
    let line = format!("{}\r\n", "x".repeat(998));
    let mail = |lines: usize| format!("{BEGIN}{}.\r\nQUIT\r\n", line.repeat(lines));
    let heard = hear(address, mail(3_000).as_bytes()).await;
    assert_eq!(codes(&heard)[4..], ["250", "221"]);
    let taken = desk.taken();
    assert!((MAIL_BYTES_MAX..MAIL_BYTES_MAX + 2_000).contains(&taken[0].len()));
    let heard = hear(address, mail(17_000).as_bytes()).await;
    assert_eq!(codes(&heard)[4..], ["552", "221"]);
    assert!(desk.taken().is_empty());
}

/// Connects from an address of this machine, and what it is greeted with.
async fn greeted(from: &str, address: std::net::SocketAddr) -> (TcpStream, String) {
    let socket = TcpSocket::new_v4().expect("a socket");
    let own = format!("{from}:0").parse().expect("an address");
    socket.bind(own).expect("an address of this machine");
    let mut stream = socket.connect(address).await.expect("a connection");
    let mut code = [0; 3];
    stream.read_exact(&mut code).await.expect("a greeting");
    let code = String::from_utf8_lossy(&code).into_owned();
    (stream, code)
}

#[tokio::test]
async fn so_many_conversations_and_no_more_and_so_many_of_one_client() {
    let (address, _desk) = open().await;
    let mut open = Vec::new();
    let mut let_in = async |from: &str| {
        let mut count = 0;
        for _ in 0..=CONVERSATIONS_OF_ONE_MAX {
            let (stream, code) = greeted(from, address).await;
            open.push(stream);
            count += usize::from(code == "220");
        }
        count
    };
    assert_eq!(let_in("127.0.0.1").await, CONVERSATIONS_OF_ONE_MAX);
    assert_eq!(let_in("127.0.0.2").await, CONVERSATIONS_OF_ONE_MAX);
    assert_eq!(let_in("127.0.0.3").await, CONVERSATIONS_OF_ONE_MAX);
    let rest = CONVERSATIONS_MAX - 3 * CONVERSATIONS_OF_ONE_MAX;
    assert_eq!(let_in("127.0.0.4").await, rest, "all places are taken");
}

/// What is answered to one who says `begin` and then `again` every ten seconds.
async fn dawdle(begin: &str, again: &str) -> (String, Duration) {
    let (mut ours, theirs) = tokio::io::duplex(64 * 1024);
    let start = Instant::now();
    let seat = Clients::new(1).enter(None);
    let permit = Arc::new(Semaphore::new(1)).try_acquire_owned();
    let seat = seat.zip(permit.ok());
    let desk = Arc::<Desk>::default();
    let talking = tokio::spawn(converse(Box::new(theirs), desk, "x".into(), seat));
    ours.write_all(begin.as_bytes()).await.expect("written");
    while !talking.is_finished() {
        tokio::time::sleep(Duration::from_secs(10)).await;
        ours.write_all(again.as_bytes()).await.ok();
    }
    let took = start.elapsed();
    let mut heard = String::new();
    ours.read_to_string(&mut heard).await.expect("heard");
    (heard, took)
}

#[tokio::test(start_paused = true)]
async fn whoever_dawdles_is_sent_away_at_every_stage() {
    let slack = Duration::from_secs(10);
    for (begin, again, within, last) in [
        ("", "", SILENCE_MAX, "220"),
        ("", "N", SILENCE_MAX, "220"),
        ("EHLO x\r\n", "NOOP\r\n", ENVELOPE_WITHIN, "421"),
        (
            "EHLO x\r\nMAIL FROM:<>\r\n",
            "RCPT TO:<bounces@lists.example.kz>\r\n",
            ENVELOPE_WITHIN,
            "421",
        ),
        (BEGIN, "", SILENCE_MAX, "354"),
        (BEGIN, "x", TEXT_WITHIN, "354"),
        (
            BEGIN,
            "x\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<bounces@lists.example.kz>\r\nDATA\r\n",
            CONVERSATION_WITHIN,
            "354",
        ),
    ] {
        let (heard, took) = dawdle(begin, again).await;
        assert!(
            (within..=within + slack).contains(&took),
            "{begin} {again}: {took:?}"
        );
        let answers: Vec<&str> = heard.lines().collect();
        let end = answers.last().copied().unwrap_or_default();
        assert!(end.starts_with(last), "{begin} {again}: {heard}");
    }
}

#[tokio::test]
async fn a_client_that_is_not_ours_is_understood() {
    let (address, desk) = open().await;
    let sending = move || {
        let hello = ClientId::Domain("mx.example.kz".to_owned());
        let mut client =
            SmtpConnection::connect(address, None, &hello, None, None).expect("a connection");
        let from: Option<Address> = Some("a@example.kz".parse().expect("address"));
        let envelope = Envelope::new(from, vec![OURS.parse().expect("address")]);
        let envelope = envelope.expect("an envelope");
        for _ in 0..2 {
            client
                .send(&envelope, b"Subject: x\r\n\r\n.leading dot\r\n")
                .expect("taken");
        }
        client.quit().expect("closed");
    };
    tokio::task::spawn_blocking(sending).await.expect("sent");
    let taken = desk.taken();
    assert_eq!(taken.len(), 2);
    assert!(taken[0].contains("\r\n.leading dot\r\n"), "{}", taken[0]);
}

#[tokio::test]
async fn a_unix_socket_left_behind_is_replaced_and_a_used_one_is_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lmtp");
    drop(UnixListener::bind(&path).expect("bound"));
    let at = ListenAt::Unix(path.clone());
    let door = Door::open(&at).await.expect("the dead one is replaced");
    assert!(Door::open(&at).await.is_err(), "somebody listens");
    let desk = Arc::<Desk>::default();
    let receiver = Arc::clone(&desk);
    tokio::spawn(serve(
        door,
        receiver,
        "x".to_owned(),
        std::future::pending(),
    ));
    let mut socket = UnixStream::connect(&path).await.expect("a connection");
    let said = BEGIN.replace("EHLO", "LHLO") + "x\r\n.\r\nQUIT\r\n";
    socket.write_all(said.as_bytes()).await.expect("written");
    let mut heard = String::new();
    socket.read_to_string(&mut heard).await.expect("heard");
    assert_eq!(codes(&heard), ["250", "250", "250", "354", "250", "221"]);
    let file = folder.path().join("file");
    std::fs::write(&file, "precious").expect("written");
    assert!(Door::open(&ListenAt::Unix(file.clone())).await.is_err());
    assert!(file.exists());
}
