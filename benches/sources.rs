//! 10,000 sources on a local server: a pass in which everything is new, and one
//! in which nothing is (304), with the memory they take, beside the HTTP client
//! alone fetching the same: `cargo bench --bench sources`.
//!
//! `JARSHY_BENCH_SOURCES`, `JARSHY_BENCH_HOSTS`, `JARSHY_BENCH_PARALLEL` and
//! `JARSHY_BENCH_PASSES` set how many. Every host is an address of its own
//! (127.0.x.y), as far as this system has them; the server runs on a thread of the
//! same process.

#![expect(
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    reason = "figures are what it is for, and four bits fit in a byte"
)]

#[path = "../tests/it/newsroom.rs"]
mod newsroom;

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::stream::{self, StreamExt as _};
use jarshy::catalog::Catalogue;
use jarshy::daemon::Newsroom;
use jarshy::daemon::gather;
use jarshy::daemon::mail::PostRoom;
use jarshy::gather::web::{Web, WebOptions};
use jarshy::model::sending::DomainLimits;
use jarshy::store::Store;
use newsroom::newsroom;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Entries of each feed.
const ENTRIES: usize = 2;
/// A catalogue file has a limit of bytes.
const SOURCES_OF_A_FILE: usize = 1_000;
/// The longest request head taken.
const REQUEST_BYTES_MAX: usize = 8 * 1024;
/// Longer than any source waits that was read once.
const LATER: TimeDelta = TimeDelta::hours(30);
/// Sources of the small pass that shows whether memory grows with their number.
const FEW: usize = 1_000;

fn setting(name: &str, usual: usize) -> usize {
    let set = std::env::var(name).ok();
    set.and_then(|value| value.parse().ok()).unwrap_or(usual)
}

/// What the server was asked, since it was last looked.
#[derive(Default)]
struct Asked {
    whole: AtomicUsize,
    unchanged: AtomicUsize,
    connections: AtomicUsize,
}

impl Asked {
    fn told(&self) -> String {
        let take = |count: &AtomicUsize| count.swap(0, Ordering::Relaxed);
        format!(
            "{} x 200, {} x 304, {} connections",
            take(&self.whole),
            take(&self.unchanged),
            take(&self.connections)
        )
    }
}

/// How long something took, and the processor's time of all threads meanwhile:
/// client, house and server together.
#[derive(Clone, Copy)]
struct Took {
    wall: Duration,
    cpu: Duration,
}

async fn measured(work: impl Future<Output = Duration>) -> Took {
    forget_peak();
    let before = cpu();
    let wall = work.await;
    let cpu = cpu().saturating_sub(before);
    Took { wall, cpu }
}

/// The processor's time of this process so far (proc(5)), in steps of 10 ms.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name in brackets, which may hold anything.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let fields = fields.split_whitespace().skip(11).take(2);
    let ticks: u64 = fields.filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

fn main() {
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .ok();
    let sources = setting("JARSHY_BENCH_SOURCES", 10_000);
    let hosts = setting("JARSHY_BENCH_HOSTS", 400).clamp(1, 60_000);
    let parallel = setting("JARSHY_BENCH_PARALLEL", 32);
    let asked = Arc::new(Asked::default());
    let addresses = serve(hosts, &asked);
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    println!(
        "{sources} sources on {hosts} hosts, {ENTRIES} entries each, {parallel} at once, SQLite"
    );
    let urls: Vec<String> = (0..sources)
        .map(|n| format!("http://{}/feed/{n}", addresses[n % hosts]))
        .collect();
    runtime.block_on(async {
        let limit = client_row(&urls, parallel, false, &asked).await;
        everything_new(&urls, parallel, limit, &asked).await;
        nothing_new(&urls, parallel, &asked).await;
    });
}

async fn client_row(urls: &[String], parallel: usize, conditional: bool, asked: &Asked) -> Took {
    let took = measured(client_alone(urls, parallel, conditional)).await;
    let name = if conditional { "304" } else { "200" };
    let name = format!("client alone, {name}");
    row(&name, urls.len(), took, None, asked);
    took
}

#[expect(clippy::cast_precision_loss, reason = "so many sources there are not")]
fn row(name: &str, sources: usize, took: Took, limit: Option<Took>, asked: &Asked) {
    let Took { wall: took, cpu } = took;
    let limit = limit.map(|limit| limit.wall);
    let ratio = limit.map_or_else(String::new, |limit| {
        format!(
            "{:5.2} of the client, ",
            limit.as_secs_f64() / took.as_secs_f64()
        )
    });
    println!(
        "  {name:32} {:7.2} s {:8.0} /s  {:8.3} ms CPU  {ratio}peak {:4} MB  ({})",
        took.as_secs_f64(),
        sources as f64 / took.as_secs_f64(),
        cpu.as_secs_f64() * 1e3 / sources as f64,
        peak(),
        asked.told(),
    );
}

async fn everything_new(urls: &[String], parallel: usize, limit: Took, asked: &Asked) {
    let folder = tempfile::tempdir().expect("a folder");
    let newsroom = house(folder.path(), urls, parallel).await;
    let took = measured(pass(&newsroom, urls.len())).await;
    row("pass, everything new", urls.len(), took, Some(limit), asked);
}

/// The pass before them fills the house. Each has the client beside it: what else the
/// machine does changes from second to second.
async fn nothing_new(urls: &[String], parallel: usize, asked: &Asked) {
    for urls in [&urls[..urls.len().min(FEW)], urls] {
        let folder = tempfile::tempdir().expect("a folder");
        let newsroom = house(folder.path(), urls, parallel).await;
        pass(&newsroom, urls.len()).await;
        asked.told();
        for _ in 0..setting("JARSHY_BENCH_PASSES", 3) {
            let limit = client_row(urls, parallel, true, asked).await;
            newsroom.clock.advance(LATER);
            let took = measured(pass(&newsroom, urls.len())).await;
            let name = format!("pass of {}, nothing new", urls.len());
            row(&name, urls.len(), took, Some(limit), asked);
        }
    }
}

async fn pass(newsroom: &Arc<Newsroom>, sources: usize) -> Duration {
    let (_keep, stop) = watch::channel(false);
    let newsroom = Arc::clone(newsroom);
    let began = Instant::now();
    // A task of its own, as in the daemon.
    let pass = tokio::spawn(async move {
        let mut bad = None;
        let visited = gather::gather(&newsroom, gather::Which::Due, &stop, |refreshed| {
            if !refreshed.alive {
                bad.get_or_insert_with(|| refreshed.result.clone());
            }
        });
        (visited.await.expect("gathered"), bad)
    });
    assert_eq!(pass.await.expect("a pass"), (sources, None));
    began.elapsed()
}

/// The limit: the same client with the same addresses, its answers thrown away.
async fn client_alone(urls: &[String], parallel: usize, conditional: bool) -> Duration {
    let client = reqwest::Client::builder()
        .pool_max_idle_per_host(1)
        .no_proxy()
        .build()
        .expect("a client");
    let urls = urls.to_vec();
    let began = Instant::now();
    let asking = tokio::spawn(async move {
        stream::iter(&urls)
            .for_each_concurrent(parallel, |url| {
                let mut request = client.get(url);
                if conditional {
                    request = request.header("If-None-Match", etag(url));
                }
                async move {
                    let response = request.send().await.expect("an answer");
                    response.bytes().await.expect("a body");
                }
            })
            .await;
    });
    asking.await.expect("all answers");
    began.elapsed()
}

fn etag(url: &str) -> String {
    let (_, number) = url.rsplit_once('/').expect("a path");
    format!("\"{number}\"")
}

async fn house(folder: &Path, urls: &[String], parallel: usize) -> Arc<Newsroom> {
    let now: DateTime<Utc> = "2026-11-23T03:00:00Z".parse().expect("a time");
    let store = Store::open(&format!("sqlite://{}/jarshy.db", folder.display()))
        .await
        .expect("a store");
    let post = PostRoom::new(Vec::new(), DomainLimits::default(), None, None);
    let mut newsroom = newsroom(store, catalogue(folder, urls), post, now);
    newsroom.gather_parallel = parallel;
    // A pass of nothing but 304s: none is asked for the whole to be sure.
    newsroom.plan.validators_kept = LATER.to_std().expect("ahead") * 1000;
    newsroom.web = Web::new(WebOptions {
        requests_max: parallel,
        pause: Duration::ZERO,
        allow_private: vec!["127.0.0.0/8".parse().expect("a block")],
        ..WebOptions::default()
    })
    .expect("a web");
    newsroom.settle_in().await.expect("settled");
    Arc::new(newsroom)
}

fn catalogue(folder: &Path, urls: &[String]) -> Catalogue {
    let dir = folder.join("feeds/sources");
    std::fs::create_dir_all(&dir).expect("a folder");
    for (file, some) in urls.chunks(SOURCES_OF_A_FILE).enumerate() {
        let mut text = String::new();
        for (n, url) in (file * SOURCES_OF_A_FILE..).zip(some) {
            writeln!(
                text,
                "[[source]]\nid = \"s{n}\"\nname = \"Газет {n}\"\nkind = \"feed\"\nurl = \"{url}\"\nlanguage = \"kk\"\nevery = \"15m\"\n"
            )
            .expect("written");
        }
        std::fs::write(dir.join(format!("{file}.toml")), text).expect("written");
    }
    let (catalogue, complaints) = jarshy::catalog::read(&folder.join("feeds"));
    assert_eq!(
        catalogue.sources.len(),
        urls.len(),
        "{:?}",
        complaints.first()
    );
    catalogue
}

/// A server on a thread of its own, for all hosts, for as long as the bench runs.
fn serve(hosts: usize, asked: &Arc<Asked>) -> Vec<SocketAddr> {
    let listeners: Vec<std::net::TcpListener> = (0..hosts)
        .map(|n| {
            let (x, y) = (u8::try_from(n / 250), u8::try_from(n % 250 + 1));
            let address = [127, 0, x.expect("a byte"), y.expect("a byte")];
            let listener = std::net::TcpListener::bind(SocketAddr::from((address, 0)))
                .or_else(|_| std::net::TcpListener::bind("127.0.0.1:0"))
                .expect("an address to listen at");
            listener.set_nonblocking(true).expect("a listener");
            listener
        })
        .collect();
    let addresses = listeners
        .iter()
        .map(|listener| listener.local_addr().expect("an address"))
        .collect();
    let asked = Arc::clone(asked);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let accepting = listeners.into_iter().map(|listener| {
                let listener = TcpListener::from_std(listener).expect("a listener");
                accept(listener, Arc::clone(&asked))
            });
            futures_util::future::join_all(accepting).await;
        });
    });
    addresses
}

async fn accept(listener: TcpListener, asked: Arc<Asked>) {
    while let Ok((stream, _)) = listener.accept().await {
        asked.connections.fetch_add(1, Ordering::Relaxed);
        let asked = Arc::clone(&asked);
        // A client that goes away takes nothing with it.
        tokio::spawn(async move { answer(stream, &asked).await.ok() });
    }
}

async fn answer(mut stream: TcpStream, asked: &Asked) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut head = Vec::new();
    loop {
        while !head.ends_with(b"\r\n\r\n") {
            let read = stream.read_buf(&mut head).await?;
            if read == 0 || head.len() > REQUEST_BYTES_MAX {
                return Ok(());
            }
        }
        let text = String::from_utf8_lossy(&head);
        let path = text.split(' ').nth(1).unwrap_or_default();
        let number = path.rsplit('/').next().unwrap_or_default();
        let tag = format!("\"{number}\"");
        let known = text.lines().any(|line| {
            line.to_ascii_lowercase().starts_with("if-none-match:") && line.contains(&tag)
        });
        let reply = if known {
            asked.unchanged.fetch_add(1, Ordering::Relaxed);
            format!("HTTP/1.1 304 Not Modified\r\nETag: {tag}\r\n\r\n")
        } else {
            asked.whole.fetch_add(1, Ordering::Relaxed);
            let body = feed(number);
            format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml; charset=utf-8\r\nETag: {tag}\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            )
        };
        stream.write_all(reply.as_bytes()).await?;
        head.clear();
    }
}

/// A feed of its own for each number, in words of a large vocabulary: no two tell
/// the same story.
fn feed(number: &str) -> String {
    let first = number.parse().unwrap_or(0) * ENTRIES;
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"><channel><title>Газет</title><link>https://gazet.example/</link><description>Жаңалықтар</description>".to_owned();
    for entry in 0..ENTRIES {
        let about: Vec<String> = (1..=12).map(|at| word((first + entry) * 64 + at)).collect();
        write!(
            text,
            "<item><title>{number}-{entry}: {} туралы форум</title><link>https://gazet.example/{number}/{entry}</link><guid>g-{number}-{entry}</guid><pubDate>Sun, 22 Nov 2026 1{entry}:00:00 +0500</pubDate><description>&lt;p&gt;Ауданда {} салынды, деп хабарлады {number}-{entry} басылымы. Тұрғындар {} үшін алғыс айтты.&lt;/p&gt;</description></item>",
            about[0],
            about[1..7].join(" пен "),
            about[7..].join(" және "),
        )
        .expect("written");
    }
    text.push_str("</channel></rss>");
    text
}

/// An invented word of four syllables.
fn word(seed: usize) -> String {
    const SYLLABLES: [&str; 16] = [
        "та", "ле", "қо", "мі", "са", "рға", "бе", "жы", "на", "дү", "ша", "кө", "ры", "ңа", "ті",
        "лу",
    ];
    // SplitMix64: neighbours have nothing in common.
    let mut mixed = (seed as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (0..4)
        .map(|at| SYLLABLES[usize::from((mixed >> (40 + 4 * at)) as u8 % 16)])
        .collect()
}

/// The most memory the process had since it was last forgotten, in MB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() / 1024
}

/// Where the system does not let us, the peak is that of all rows so far.
fn forget_peak() {
    std::fs::write("/proc/self/clear_refs", "5").ok();
}
