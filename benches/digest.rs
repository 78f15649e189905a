//! Importing subscribers and closing a digest for them, with the memory it
//! takes, beside the bare database filling as many rows of the same shape:
//! `cargo bench --bench digest`.
//!
//! `JARSHY_BENCH_SUBSCRIBERS` and `JARSHY_BENCH_PROFILES` set how many.

#![expect(clippy::print_stdout, reason = "figures are what it is for")]

#[path = "../tests/it/newsroom.rs"]
mod newsroom;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use jarshy::catalog::Catalogue;
use jarshy::daemon::gather;
use jarshy::daemon::mail::PostRoom;
use jarshy::daemon::window::{self, ClosedWindow};
use jarshy::model::digest::DigestPlan;
use jarshy::model::language::{Tongue, Trilingual};
use jarshy::model::region::Region;
use jarshy::model::sending::DomainLimits;
use jarshy::model::subscriber::{EmailAddress, Profile, SubscriberStatus};
use jarshy::store::{Import, Store};
use newsroom::newsroom;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use tokio::sync::watch;

/// Announcements in the window.
const ARTICLES: usize = 40;
/// Lines stored at a time, as the command line does.
const BATCH: usize = 5_000;

fn setting(name: &str, usual: usize) -> usize {
    let set = std::env::var(name).ok();
    set.and_then(|value| value.parse().ok()).unwrap_or(usual)
}

fn main() {
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .ok();
    let people = setting("JARSHY_BENCH_SUBSCRIBERS", 1_000_000);
    let profiles = setting("JARSHY_BENCH_PROFILES", 1_000);
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let folder = tempfile::tempdir().expect("a folder");
    println!("{people} subscribers, {profiles} profiles, {ARTICLES} announcements, SQLite");
    let limit = runtime.block_on(bare_rows(&folder.path().join("bare.db"), people));
    println!("  bare rows of the ledger   {limit:7.1} s");
    runtime.block_on(house(folder.path(), people, profiles, limit));
}

/// The limit: as many rows of the ledger's shape, made by the database alone.
async fn bare_rows(file: &Path, rows: usize) -> f64 {
    let mut database = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .connect()
        .await
        .expect("a database");
    for sql in [
        "CREATE TABLE ledger (occasion TEXT, subscriber_id TEXT, letter_id TEXT, rank BIGINT,
           state TEXT, claimable_at BIGINT, PRIMARY KEY (occasion, subscriber_id)) WITHOUT ROWID",
        "CREATE INDEX ledger_claims ON ledger (rank, claimable_at)",
    ] {
        sqlx::query(sql).execute(&mut database).await.expect(sql);
    }
    let began = Instant::now();
    sqlx::query(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
         INSERT INTO ledger SELECT 'digest', printf('%032x', i * 2654435761), 'letter', 1,
           'queued', 0 FROM n",
    )
    .bind(i64::try_from(rows).expect("not that many"))
    .execute(&mut database)
    .await
    .expect("filled");
    began.elapsed().as_secs_f64()
}

async fn house(folder: &Path, people: usize, profiles: usize, limit: f64) {
    let now: DateTime<Utc> = "2026-11-23T03:00:00Z".parse().expect("time");
    let catalogue = catalogue(folder);
    let url = format!("sqlite://{}/jarshy.db", folder.display());
    let store = Store::open(&url).await.expect("a store");
    let post = PostRoom::new(Vec::new(), DomainLimits::default(), None, None);
    let newsroom = Arc::new(newsroom(store, catalogue, post, now));
    newsroom.settle_in().await.expect("settled");
    let plan = plan();
    newsroom
        .store
        .set_first_watermark(&plan.name, now - TimeDelta::days(1))
        .await
        .expect("set");
    let (_keep, stop) = watch::channel(false);
    gather::gather(&newsroom, gather::Which::Due, &stop, |_| {})
        .await
        .expect("gathered");

    let began = Instant::now();
    for first in (0..people).step_by(BATCH) {
        let batch = (first..people.min(first + BATCH)).map(|n| reader(n, profiles));
        newsroom
            .store
            .import(batch.collect(), now, false)
            .await
            .expect("imported");
    }
    let took = began.elapsed().as_secs_f64();
    println!(
        "  imported                  {took:7.1} s  peak {} MB",
        peak()
    );

    let began = Instant::now();
    newsroom.clock.advance(TimeDelta::minutes(1));
    let closed = window::close(&newsroom, &plan, now + TimeDelta::minutes(1))
        .await
        .expect("closed");
    let took = began.elapsed().as_secs_f64();
    let ClosedWindow::Now {
        letters,
        deliveries,
    } = closed
    else {
        panic!("{closed:?}");
    };
    println!(
        "  closed: {letters} letters, {deliveries} deliveries  {took:7.1} s  {:.2} of the bare rows  peak {} MB",
        limit / took,
        peak()
    );
}

/// The most memory the process ever had, in MB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() / 1024
}

/// One of `profiles` wishes: a tongue and two regions.
fn reader(n: usize, profiles: usize) -> Import {
    let wish = n % profiles;
    let region = |at: usize| Region::all().nth(at).expect("20 regions");
    let profile = Profile {
        tongue: Tongue::ALL[wish % 3],
        regions: vec![region(wish / 3 % 20), region(wish / 60 % 20)],
        ..Profile::default()
    };
    let address: EmailAddress = format!("reader{n}@reader.example")
        .parse()
        .expect("address");
    Import::new(address, SubscriberStatus::Confirmed, Some(profile))
}

fn plan() -> DigestPlan {
    let title = Trilingual {
        kk: "Форумдар".to_owned(),
        ru: "Форумы".to_owned(),
        en: "Forums".to_owned(),
    };
    DigestPlan {
        name: "daily".parse().expect("name"),
        title,
        timetable: "0 8 * * *".to_owned(),
        feeds: Vec::new(),
        stories_max: 20,
        days_ahead: 30,
        send_empty: true,
    }
}

/// A desk with an announcement for each of the regions, twice.
fn catalogue(folder: &Path) -> Catalogue {
    let desk = folder.join("feeds/desk");
    std::fs::create_dir_all(&desk).expect("a folder");
    std::fs::create_dir_all(folder.join("feeds/sources")).expect("a folder");
    std::fs::write(
        folder.join("feeds/sources/desk.toml"),
        "[[source]]\nid = \"desk\"\nname = \"Редакция\"\nkind = \"desk\"\ndir = \"desk\"\nrepublish = \"full\"\nevery = \"1m\"\n",
    )
    .expect("written");
    for n in 0..ARTICLES {
        let region = Region::all().nth(n % 20).expect("20 regions").code();
        let text = format!(
            "---\ntitle: {n}-ші өңірлік медиа форум өтеді\ndate: 2026-11-23T07:00:00+05:00\nlanguage: kk\nevent:\n  name: {n}-ші өңірлік медиа форум\n  start: 2026-12-{:02}\n  region: {region}\n---\n\n{}\n",
            n % 28 + 1,
            "Форумға облыс журналистері мен редакторлары қатысады. ".repeat(20)
        );
        std::fs::write(desk.join(format!("forum-{n}.md")), text).expect("written");
    }
    jarshy::catalog::read(&folder.join("feeds")).0
}
