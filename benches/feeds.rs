//! A megabyte of a Kazakh outlet's feed, RSS and Atom, from bytes to Drafts,
//! beside its limit and other readers in one run: `cargo bench --bench feeds`.
//!
//! The limit is a bare quick-xml event loop, which gives nothing but events.
//! feed-rs takes part where its crate can be had (or was once), Python's
//! feedparser where `python3` can import it.

#![expect(clippy::print_stdout, reason = "figures are what it is for")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use jarshy::gather::document::Document;
use jarshy::gather::feed;
use quick_xml::Reader;
use quick_xml::events::Event;
use url::Url;

/// Entries of the feed.
const ENTRIES: usize = 500;
/// About how long the feed is.
const FEED_BYTES: usize = 1_000_000;
/// How long each reader is measured, in each round.
const ROW: Duration = Duration::from_millis(400);
/// Readers take turns, so that a busy moment of the machine falls on all of them.
const ROUNDS: usize = 5;

type Work<'a> = Box<dyn Fn() + 'a>;
/// Another program that is given the feed: seconds, if it is at hand.
type Other = fn(&str) -> Option<f64>;

fn main() {
    // In the house a document's bytes are freed when it is read, from which the
    // allocator learns to keep as much; here they stay.
    drop(black_box(vec![0_u8; 4 * FEED_BYTES]));
    for (name, feed) in [("RSS 2.0", rss()), ("Atom 1.0", atom())] {
        measure(name, &feed);
    }
}

fn measure(name: &str, text: &str) {
    let url = Url::parse("https://janalyq.example/rss").expect("an address");
    let document = Document {
        bytes: text.as_bytes(),
        content_type: Some("application/xml; charset=utf-8"),
        url: Some(&url),
        received: (start() + TimeDelta::days(1)).with_timezone(&chrono_tz::Asia::Almaty),
    };
    let harvest = feed::read(&document);
    assert_eq!(harvest.drafts.len(), ENTRIES, "{:?}", harvest.complaints);
    assert!(harvest.well_formed, "{:?}", harvest.complaints);
    let rows = readers(text, &document);
    let mut best = vec![Duration::MAX; rows.len()];
    for _ in 0..ROUNDS {
        for (best, (_, work)) in best.iter_mut().zip(&rows) {
            *best = (*best).min(run(work));
        }
    }
    println!(
        "{name}: {} kB, {ENTRIES} entries, the best of {ROUNDS} rounds, one core",
        text.len() / 1000
    );
    let best: Vec<f64> = best.iter().map(Duration::as_secs_f64).collect();
    let (limit, ours) = (best[0], best[2]);
    let row = |name: &str, seconds: f64| {
        println!(
            "  {name:34} {:8.2} ms {:8.1} MB/s  {:6.3} of the limit {:8.2} x our sanitised",
            seconds * 1e3,
            megabytes(text) / seconds,
            limit / seconds,
            seconds / ours,
        );
    };
    for ((name, _), seconds) in rows.iter().zip(&best) {
        row(name, *seconds);
    }
    let others: [(&str, Other); 2] = [
        ("feed-rs, not sanitised", feed_rs),
        ("Python feedparser, sanitised", feedparser),
    ];
    for (name, read) in others {
        match read(text) {
            Some(seconds) => row(name, seconds),
            None => println!("  {name}: skipped, it is not at hand"),
        }
    }
}

/// The limit first, then ours, then others.
fn readers<'a>(text: &'a str, document: &'a Document<'a>) -> Vec<(&'static str, Work<'a>)> {
    let own: (&str, Work) = if text.contains("<rss") {
        (
            "the rss crate",
            Box::new(|| drop(rss::Channel::read_from(text.as_bytes()).expect("RSS"))),
        )
    } else {
        (
            "the atom_syndication crate",
            Box::new(|| {
                drop(atom_syndication::Feed::read_from(text.as_bytes()).expect("Atom"));
            }),
        )
    };
    vec![
        (
            "bare quick-xml events (the limit)",
            Box::new(|| events(text)),
        ),
        (
            "jarshy, to Drafts, not sanitised",
            Box::new(|| drop(black_box(feed::read_unsanitised(document)))),
        ),
        (
            "jarshy, to Drafts, sanitised",
            Box::new(|| drop(black_box(feed::read(document)))),
        ),
        own,
    ]
}

#[expect(clippy::cast_precision_loss, reason = "a megabyte")]
fn megabytes(text: &str) -> f64 {
    text.len() as f64 / 1e6
}

/// The processor's time for one reading, on average over a row: what others do
/// on the machine meanwhile counts little.
fn run(work: &Work) -> Duration {
    let (began, before) = (Instant::now(), busy(Duration::ZERO));
    let mut times = 0;
    while times == 0 || began.elapsed() < ROW {
        work();
        times += 1;
    }
    busy(began.elapsed()).saturating_sub(before) / times
}

/// How long this thread has been at work; `otherwise` where the system does not say.
fn busy(otherwise: Duration) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|told| told.split(' ').next()?.parse().ok());
    nanos.map_or(otherwise, Duration::from_nanos)
}

/// The limit: every event is looked at, nothing is made of it.
fn events(text: &str) {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Eof => return,
            event => drop(black_box(event)),
        }
    }
}

/// A package of its own (see there why), built where crates can be had.
fn feed_rs(text: &str) -> Option<f64> {
    let package = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/feed_rs");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["run", "--release", "--quiet", "--manifest-path"])
        .arg(format!("{package}/Cargo.toml"))
        .arg("--target-dir")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/target/feed_rs"));
    asked(cargo, text)
}

/// The best of three readings in Python.
fn feedparser(text: &str) -> Option<f64> {
    const PROGRAM: &str = "\
import sys, time, feedparser
data = sys.stdin.buffer.read()
best = 1e9
for _ in range(3):
    began = time.perf_counter()
    feed = feedparser.parse(data)
    best = min(best, time.perf_counter() - began)
assert len(feed.entries) > 100
print(best)";
    let mut python = Command::new("python3");
    python.args(["-c", PROGRAM]);
    asked(python, text)
}

/// What another program that is given the feed says of the time it took, in seconds.
fn asked(mut program: Command, text: &str) -> Option<f64> {
    let mut running = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut input = running.stdin.take()?;
    // One that cannot begin is gone before it read all.
    input.write_all(text.as_bytes()).ok();
    drop(input);
    let output = running.wait_with_output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

fn start() -> DateTime<Utc> {
    "2026-11-23T03:00:00Z".parse().expect("a time")
}

/// What an outlet's article looks like: paragraphs, a picture, links, a list.
fn article(number: usize) -> String {
    const SENTENCES: [&str; 6] = [
        "Облыс әкімдігі өңірлік бұқаралық ақпарат құралдарының форумы қашан өтетінін хабарлады.",
        "Жиынға еліміздің барлық өңірінен журналистер, редакторлар мен сарапшылар қатысады.",
        "Ұйымдастырушылар тіркелу мерзімі осы аптаның соңына дейін ұзартылғанын айтты.",
        "Бірінші күні шеберлік сыныптары, екінші күні пікірталас алаңдары жұмыс істейді.",
        "Қатысушылар &laquo;Цифрлық журналистика&raquo; бағыты бойынша сертификат алады.",
        "Толық бағдарлама сайтта жарияланған.",
    ];
    let mut html = format!(
        "<p><img src=\"/uploads/2026/11/forum-{number}.jpg\" alt=\"Форум\" width=\"800\" height=\"450\" class=\"aligncenter\" /></p>\n"
    );
    for part in 0..3 {
        let at = |step: usize| SENTENCES[(number + part * 2 + step) % SENTENCES.len()];
        let link = format!("https://janalyq.example/news/{}", number * 3 + part);
        writeln!(
            html,
            "<p>{} <strong>{}</strong> <a href=\"{link}\" target=\"_blank\">Толығырақ</a>.</p>",
            at(0),
            at(1)
        )
        .expect("written");
    }
    html.push_str("<ul>\n<li>Астана, 5 желтоқсан</li>\n<li>Алматы &amp; Шымкент</li>\n</ul>\n");
    html
}

fn title(number: usize) -> String {
    format!("{number}-ші өңірлік медиа форум желтоқсанда өтеді")
}

/// Entries of even length, until the feed is as long as it should be.
fn padded(html: &mut String, overhead: usize) {
    const PARAGRAPH: &str =
        "<p>Форум барысында жергілікті басылымдардың дамуы туралы айтылады.</p>\n";
    while html.len() + overhead + PARAGRAPH.len() < FEED_BYTES / ENTRIES {
        html.push_str(PARAGRAPH);
    }
}

fn rss() -> String {
    let mut feed = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:atom=\"http://www.w3.org/2005/Atom\">\n<channel>\n<title>Жаңалық</title>\n<link>https://janalyq.example/</link>\n<description>Өңір жаңалықтары</description>\n<language>kk</language>\n<atom:link href=\"https://janalyq.example/rss\" rel=\"self\" type=\"application/rss+xml\"/>\n".to_owned();
    for number in 0..ENTRIES {
        let mut html = article(number);
        padded(&mut html, 800);
        let at = start() - TimeDelta::minutes(i64::try_from(number).unwrap_or(0) * 17);
        write!(
            feed,
            "<item>\n<title>{}</title>\n<link>https://janalyq.example/news/{number}</link>\n<guid isPermaLink=\"false\">janalyq-{number}</guid>\n<pubDate>{}</pubDate>\n<dc:creator><![CDATA[Әсел Нұрланқызы]]></dc:creator>\n<category><![CDATA[Форум]]></category>\n<category>Өңір &amp; қоғам</category>\n<description>&lt;p&gt;Өңірлік форумға журналистер мен редакторлар қатысады. &lt;a href=&quot;https://janalyq.example/news/{number}&quot;&gt;Оқу&lt;/a&gt;&lt;/p&gt;</description>\n<content:encoded><![CDATA[{html}]]></content:encoded>\n</item>\n",
            title(number),
            at.to_rfc2822(),
        )
        .expect("written");
    }
    feed.push_str("</channel>\n</rss>\n");
    feed
}

fn atom() -> String {
    let mut feed = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"kk\">\n<id>https://janalyq.example/</id>\n<title>Жаңалық</title>\n<updated>2026-11-23T03:00:00Z</updated>\n<link href=\"https://janalyq.example/\"/>\n<link rel=\"self\" href=\"https://janalyq.example/rss\"/>\n".to_owned();
    for number in 0..ENTRIES {
        let html = article(number);
        let mut escaped = quick_xml::escape::escape(html.as_str()).into_owned();
        let paragraph = quick_xml::escape::escape(
            "<p>Форум барысында жергілікті басылымдардың дамуы туралы айтылады.</p>\n",
        );
        while escaped.len() + 700 + paragraph.len() < FEED_BYTES / ENTRIES {
            escaped.push_str(&paragraph);
        }
        let at =
            (start() - TimeDelta::minutes(i64::try_from(number).unwrap_or(0) * 17)).to_rfc3339();
        write!(
            feed,
            "<entry>\n<id>tag:janalyq.example,2026:{number}</id>\n<title>{}</title>\n<link href=\"https://janalyq.example/news/{number}\"/>\n<published>{at}</published>\n<updated>{at}</updated>\n<author><name>Әсел Нұрланқызы</name></author>\n<category term=\"forum\" label=\"Форум\"/>\n<summary>Өңірлік форумға журналистер мен редакторлар қатысады.</summary>\n<content type=\"html\">{escaped}</content>\n</entry>\n",
            title(number),
        )
        .expect("written");
    }
    feed.push_str("</feed>\n");
    feed
}
