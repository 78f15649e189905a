//! Letters through the whole ledger to a mail server, beside Postfix's
//! smtp-source to the same server: `cargo bench --bench mail`.
//!
//! Wants smtp-source and smtp-sink (Debian's postfix package). Settings by
//! environment: `JARSHY_BENCH_LETTERS`, `JARSHY_BENCH_CONNECTIONS`, and
//! `JARSHY_BENCH_POSTGRES` for the URL of an empty database to be measured too.

#![expect(clippy::print_stdout, reason = "figures are what it is for")]

#[path = "../tests/it/newsroom.rs"]
mod newsroom;

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use jarshy::catalog::Catalogue;
use jarshy::daemon::mail::{self, PostRoom, Relay};
use jarshy::deliver::courier::{Courier, DeliverOptions, Destination};
use jarshy::model::digest::{Digest, DigestId, Letter, LetterId, Purpose, Window};
use jarshy::model::feed::FeedName;
use jarshy::model::language::Tongue;
use jarshy::model::schedule::Round;
use jarshy::model::sending::DomainLimits;
use jarshy::model::subscriber::{EmailAddress, LetterScript, Profile, SubscriberStatus};
use jarshy::store::{Closing, ClosingGroup, Import, Store};
use newsroom::newsroom;
use tokio::sync::watch;

/// Runs of each, of which the middle one counts.
const RUNS: usize = 3;
/// About the size of a digest: kilobytes of text and twice as much HTML.
const SENTENCE: &str = "Ертең Астана қаласында өңірлік медиа форум өтеді. ";
const SENTENCES: usize = 45;
/// What a letter of that weighs on the wire.
const LETTER_BYTES: usize = 18_500;

/// A mail server that takes everything; ends with this value.
struct Sink {
    child: Child,
    port: u16,
}

impl Sink {
    fn start() -> Option<Self> {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let mut command = postfix("smtp-sink");
        let user = Command::new("id").arg("-u").output().ok()?;
        if user.stdout.trim_ascii() == b"0" {
            // It refuses to work as root.
            command.args(["-u", "nobody"]);
        }
        let mut child = command
            .arg(format!("127.0.0.1:{port}"))
            .arg("1000")
            .stdout(Stdio::null())
            .spawn()
            .ok()?;
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            if child.try_wait().is_ok_and(|ended| ended.is_some()) {
                return None;
            }
            std::thread::yield_now();
        }
        Some(Self { child, port })
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Debian installs it where only root looks.
fn postfix(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env("PATH", "/usr/sbin:/usr/bin:/bin");
    command
}

fn setting(name: &str, usual: usize) -> usize {
    let set = std::env::var(name).ok();
    set.and_then(|value| value.parse().ok()).unwrap_or(usual)
}

fn main() {
    let letters = setting("JARSHY_BENCH_LETTERS", 20_000);
    let connections = setting("JARSHY_BENCH_CONNECTIONS", 32);
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .ok();
    let Some(sink) = Sink::start() else {
        println!("smtp-sink does not start: apt-get install postfix");
        return;
    };
    println!(
        "{letters} letters of {LETTER_BYTES} bytes, {connections} connections, letters a second"
    );
    let limit = median(|| smtp_source(&sink, letters, connections));
    println!("  smtp-source -d            {limit:8.0}");
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let sqlite = median(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}/jarshy.db", folder.path().display());
        runtime.block_on(ledger(&url, 0, sink.port, letters, connections))
    });
    println!(
        "  the ledger on SQLite      {sqlite:8.0}  {:.2}",
        sqlite / limit
    );
    if let Ok(url) = std::env::var("JARSHY_BENCH_POSTGRES") {
        let mut run = 0;
        let postgres = median(|| {
            run += 1;
            runtime.block_on(ledger(&url, run, sink.port, letters, connections))
        });
        println!(
            "  the ledger on PostgreSQL  {postgres:8.0}  {:.2}",
            postgres / limit
        );
    }
}

fn median(mut run: impl FnMut() -> f64) -> f64 {
    let mut rates: Vec<f64> = (0..RUNS).map(|_| run()).collect();
    rates.sort_by(f64::total_cmp);
    rates[RUNS / 2]
}

fn rate(letters: usize, took: Duration) -> f64 {
    let letters = u32::try_from(letters).expect("not that many");
    f64::from(letters) / took.as_secs_f64()
}

/// Connections are kept (-d).
fn smtp_source(sink: &Sink, letters: usize, connections: usize) -> f64 {
    let began = Instant::now();
    let status = postfix("smtp-source")
        .arg("-d")
        .args(["-s", &connections.to_string()])
        .args(["-m", &letters.to_string()])
        .args(["-l", &LETTER_BYTES.to_string()])
        .args(["-f", "digest@house.example", "-t", "reader@reader.example"])
        .arg(format!("127.0.0.1:{}", sink.port))
        .status()
        .expect("smtp-source starts");
    assert!(status.success(), "smtp-source: {status}");
    rate(letters, began.elapsed())
}

/// The time of the flush alone: claims, recording, building, sending.
async fn ledger(url: &str, run: i64, port: u16, letters: usize, connections: usize) -> f64 {
    let store = Store::open(url).await.expect("a store");
    let now = "2026-11-23T05:00:00Z"
        .parse::<DateTime<Utc>>()
        .expect("time")
        + TimeDelta::days(run);
    let people = (0..letters).map(|n| {
        let address: EmailAddress = format!("reader{n}@reader.example")
            .parse()
            .expect("address");
        Import::new(address, SubscriberStatus::Confirmed, None)
    });
    store
        .import(people.collect(), now, false)
        .await
        .expect("imported");
    close_digest(&store, now).await;
    let room = post_room(port, connections);
    let newsroom = Arc::new(newsroom(store, Catalogue::default(), room, now));
    let (_keep, stop) = watch::channel(false);
    let began = Instant::now();
    let flushed = mail::flush(&newsroom, &stop)
        .await
        .expect("the store answers");
    let took = began.elapsed();
    assert_eq!(flushed.sent, letters as u64, "{flushed:?}");
    newsroom.store.close().await;
    rate(letters, took)
}

async fn close_digest(store: &Store, until: DateTime<Utc>) {
    let name: FeedName = "daily".parse().expect("name");
    let after = until - TimeDelta::days(1);
    store.set_first_watermark(&name, after).await.expect("set");
    let after = store
        .digest_watermark(&name)
        .await
        .expect("read")
        .expect("set");
    let digest = Digest {
        id: DigestId::derived(&name, until),
        name,
        window: Window { after, until },
        stories: Vec::new(),
        events: Vec::new(),
    };
    let key = Profile::default().key();
    let text = SENTENCE.repeat(SENTENCES);
    let letter = Letter {
        id: LetterId::of_digest(&digest.id, &key),
        purpose: Purpose::Digest,
        tongue: Tongue::Kazakh,
        script: LetterScript::default(),
        subject: "Форумдар: күнделікті шолу".to_owned(),
        html: format!("<p>{text}</p><p>{text}</p>"),
        text,
    };
    store.seal(until).await.expect("sealed");
    let closing = Closing {
        groups: vec![ClosingGroup {
            profile: key,
            after,
            letter: Some(letter),
        }],
        digest,
        links: Vec::new(),
        round: Round::default(),
    };
    store.close_round(&closing, until).await.expect("closed");
}

/// A post room with the sink as its one relay.
fn post_room(port: u16, connections: usize) -> PostRoom {
    let url = format!("smtp://127.0.0.1:{port}?tls=none");
    let destination = Destination::parse_smtp(&url).expect("a destination");
    let relay = Relay {
        name: "sink".to_owned(),
        courier: Courier::open(DeliverOptions::new(destination, connections)).expect("a courier"),
        weight: 1,
        per_minute: None,
    };
    PostRoom::new(vec![relay], DomainLimits::default(), None, None)
}
