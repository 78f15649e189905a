//! Storing articles with all that goes with them, beside the bare driver writing
//! as many rows of the same tables; and what one new article costs when many are
//! stored, beside few: `cargo bench --bench store`.
//!
//! `JARSHY_BENCH_ARTICLES` and `JARSHY_BENCH_MANY` set how many.

#![expect(clippy::print_stdout, reason = "figures are what it is for")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{DateTime, Days, TimeDelta, Utc};
use jarshy::model::article::{Article, ArticleId};
use jarshy::model::delivery::Holder;
use jarshy::model::event::{Event, EventDetails, EventId, EventStatus};
use jarshy::model::language::Language;
use jarshy::model::reading::{Confidence, Kind, Reading};
use jarshy::model::region::Region;
use jarshy::model::source::{Place, Republish, Source, SourceId};
use jarshy::model::story::{Signature, StoryId};
use jarshy::store::{Likened, Store, Visit, VisitRecord, VisitedArticle};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

/// Articles of one visit.
const VISIT: usize = 500;
/// Few articles, to compare many with.
const FEW: usize = 10_000;
/// New articles measured, one visit each.
const NEW: usize = 300;
/// Keys of a signature, and hashes of its words.
const BANDS: u64 = 16;
const TOKENS: u64 = 80;
/// One article in so many tells of an event.
const EVENT_EVERY: usize = 20;
/// Between one article and the next: a million are three years of a busy house.
const APART: TimeDelta = TimeDelta::seconds(95);
const LEASE: TimeDelta = TimeDelta::minutes(5);

fn setting(name: &str, usual: usize) -> usize {
    let set = std::env::var(name).ok();
    set.and_then(|value| value.parse().ok()).unwrap_or(usual)
}

fn main() {
    let articles = setting("JARSHY_BENCH_ARTICLES", 100_000);
    let many = setting("JARSHY_BENCH_MANY", 1_000_000);
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    let folder = tempfile::tempdir().expect("a folder");
    runtime.block_on(async {
        let limit = bare(&folder.path().join("bare.db"), articles).await;
        println!("{articles} new articles in visits of {VISIT}, SQLite");
        row("bare driver, rows of both tables", articles, limit, None);
        let store = open(folder.path(), "house").await;
        let took = fill(&store, 0, articles).await;
        row("the store", articles, took, Some(limit));
        store.close().await;

        println!("one new article, with all that is looked up for it, mean of {NEW}");
        let store = open(folder.path(), "years").await;
        fill(&store, 0, FEW).await;
        let few = news(&store, FEW).await;
        println!("  {FEW:9} stored {:8.3} ms", few.as_secs_f64() * 1e3);
        fill(&store, FEW + NEW, many.max(FEW + NEW)).await;
        let then = news(&store, many).await;
        println!(
            "  {many:9} stored {:8.3} ms  {:5.2} x the time",
            then.as_secs_f64() * 1e3,
            then.as_secs_f64() / few.as_secs_f64()
        );
        store.close().await;
    });
}

#[expect(clippy::cast_precision_loss, reason = "so many articles there are not")]
fn row(name: &str, articles: usize, took: Duration, limit: Option<Duration>) {
    let seconds = took.as_secs_f64();
    let ratio = limit.map_or_else(String::new, |limit| {
        format!("{:5.2} of the bare driver", limit.as_secs_f64() / seconds)
    });
    println!(
        "  {name:34} {seconds:7.2} s {:8.0} /s  {ratio}",
        articles as f64 / seconds
    );
}

async fn open(folder: &Path, name: &str) -> Store {
    let url = format!("sqlite://{}/{name}.db", folder.display());
    let store = Store::open(&url).await.expect("a store");
    store
        .sync_sources(&[source()], time(0))
        .await
        .expect("registered");
    store
}

/// Articles `from` to `to`, visit by visit.
async fn fill(store: &Store, from: usize, to: usize) -> Duration {
    let mut took = Duration::ZERO;
    for first in (from..to).step_by(VISIT) {
        let articles: Vec<_> = (first..to.min(first + VISIT)).map(visited).collect();
        let began = Instant::now();
        record(store, articles).await;
        took += began.elapsed();
    }
    took
}

/// What a visit with one new article does with the store, on average.
async fn news(store: &Store, from: usize) -> Duration {
    let mut took = Duration::ZERO;
    for number in from..from + NEW {
        let visited = visited(number);
        let began = Instant::now();
        let known = store.known_articles(std::slice::from_ref(&visited.article.id));
        assert!(known.await.expect("looked up").is_empty());
        let since = visited.article.dated() - TimeDelta::days(4);
        let likened = Likened {
            bands: &visited.signature.bands,
            since,
        };
        store
            .story_candidates(&[likened])
            .await
            .expect("candidates");
        let day = time(number).date_naive();
        let month_ago = day - Days::new(31);
        store
            .events_near(month_ago, day, day + Days::new(2))
            .await
            .expect("events");
        record(store, vec![visited]).await;
        took += began.elapsed();
    }
    took / u32::try_from(NEW).expect("a few")
}

async fn record(store: &Store, articles: Vec<VisitedArticle>) {
    let me = Holder("bench".to_owned());
    let now = articles[0].article.first_seen;
    let claimed = store.claim_source(&source().id, now, &me, LEASE).await;
    let mut state = claimed.expect("claimed").expect("free");
    state.last_visit = Some(now);
    let new = articles.len() as u64;
    let visit = Visit {
        state,
        articles,
        full_texts: Vec::new(),
    };
    let recorded = store.record_visit(visit, &me).await.expect("recorded");
    assert_eq!(recorded, VisitRecord::Stored { new, revised: 0 });
}

/// The limit: the same values into the same two tables with their indexes.
async fn bare(file: &Path, articles: usize) -> Duration {
    let url = format!("sqlite://{}", file.display());
    Store::open(&url).await.expect("a store").close().await;
    let options = SqliteConnectOptions::new().filename(file);
    let mut database = SqliteConnection::connect_with(&options)
        .await
        .expect("a connection");
    database
        .execute("PRAGMA synchronous=NORMAL")
        .await
        .expect("set");
    let mut took = Duration::ZERO;
    for first in (0..articles).step_by(VISIT) {
        let batch: Vec<_> = (first..articles.min(first + VISIT)).map(visited).collect();
        let began = Instant::now();
        let mut transaction = database.begin().await.expect("begun");
        insert_articles(&mut transaction, &batch).await;
        insert_bands(&mut transaction, &batch).await;
        transaction.commit().await.expect("committed");
        took += began.elapsed();
    }
    took
}

async fn insert_articles(database: &mut SqliteConnection, batch: &[VisitedArticle]) {
    let mut sql = "INSERT INTO articles (id, source_id, story_id, added_at, changed_at, first_seen,
        dated, revision, content_hash, shown_kind, shown_language, engine_version, read_at, language,
        language_confidence, kind, kind_confidence, published, link, title, authors, categories,
        regions, topics, excerpt, tokens, summary_html, content_html, text) VALUES "
        .to_owned();
    sql.push_str(&rows(batch.len(), 29));
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for visited in batch {
        let (article, reading) = (&visited.article, &visited.reading);
        let at = article.first_seen.timestamp_millis();
        query = query
            .bind(article.id.as_str())
            .bind(article.source.as_str())
            .bind(visited.story.as_str())
            .bind(at)
            .bind(at)
            .bind(at)
            .bind(at)
            .bind(1)
            .bind(&article.content_hash)
            .bind("announcement")
            .bind("kk")
            .bind(1)
            .bind(at)
            .bind("kk")
            .bind(0.9)
            .bind("announcement")
            .bind(0.8)
            .bind(at)
            .bind(article.link.as_ref().map(url::Url::as_str))
            .bind(&article.title)
            .bind("[]")
            .bind("[]")
            .bind("[]")
            .bind("[]")
            .bind(&reading.excerpt)
            .bind(serde_json::to_string(&visited.signature.tokens).expect("JSON"))
            .bind(&article.summary_html)
            .bind(&article.content_html)
            .bind(&article.text);
    }
    query.execute(database).await.expect("inserted");
}

async fn insert_bands(database: &mut SqliteConnection, batch: &[VisitedArticle]) {
    let bands: Vec<(i64, &Article)> = batch
        .iter()
        .flat_map(|visited| {
            let bands = visited.signature.bands.iter();
            bands.map(|band| (*band, &visited.article))
        })
        .collect();
    // As many values as one statement takes.
    for bands in bands.chunks(10_000) {
        let mut sql = "INSERT INTO story_bands (band, dated, article_id) VALUES ".to_owned();
        sql.push_str(&rows(bands.len(), 3));
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for (band, article) in bands {
            query = query
                .bind(*band)
                .bind(article.first_seen.timestamp_millis())
                .bind(article.id.as_str());
        }
        query.execute(&mut *database).await.expect("inserted");
    }
}

fn rows(rows: usize, columns: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(","));
    vec![row.as_str(); rows].join(",")
}

fn time(number: usize) -> DateTime<Utc> {
    let began: DateTime<Utc> = "2023-11-23T03:00:00Z".parse().expect("a time");
    began + APART * i32::try_from(number).expect("not that many")
}

fn source() -> Source {
    let place = Place::Feed("https://gazet.example/feed".parse().expect("an address"));
    Source {
        republish: Republish::Full,
        ..Source::new(SourceId::from_stored("gazet"), "Газет", place)
    }
}

/// Numbers without a pattern (splitmix64).
fn mixed(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// One of its bands is popular: a phrase that stands under every text of an outlet.
fn signature(number: usize) -> Signature {
    let number = u64::try_from(number).expect("not that many");
    let hash = |at: u64| mixed(number * 1_000 + at).cast_signed();
    let mut bands: Vec<i64> = (1..BANDS).map(hash).collect();
    bands.push(hash(0).rem_euclid(100));
    bands.sort_unstable();
    let mut tokens: Vec<i64> = (500..500 + TOKENS).map(hash).collect();
    tokens.sort_unstable();
    Signature { bands, tokens }
}

fn visited(number: usize) -> VisitedArticle {
    let source = source().id;
    let id = ArticleId::derived(&source, &number.to_string());
    let seen = time(number);
    let mut text = String::new();
    for sentence in 0..10 {
        writeln!(
            text,
            "Облыс әкімдігі {number}-ші өңірлік форумның {sentence}-ші бөлігі қашан өтетінін хабарлады."
        )
        .expect("written");
    }
    let event = (number.is_multiple_of(EVENT_EVERY)).then(|| event(&id, seen));
    VisitedArticle {
        story: StoryId::derived(&id),
        article: Article {
            id,
            source,
            revision: 1,
            link: format!("https://gazet.example/{number}").parse().ok(),
            title: format!("{number}-ші өңірлік медиа форум өтеді"),
            authors: Vec::new(),
            summary_html: String::new(),
            content_html: format!("<p>{}</p>", text.replace('\n', "</p><p>")),
            text,
            published: Some(seen),
            updated: None,
            first_seen: seen,
            image: None,
            categories: Vec::new(),
            declared_language: None,
            declared_event: None,
            content_hash: format!("{:032x}", mixed(number as u64)),
        },
        reading: Reading {
            language: Language::KazakhCyrillic,
            language_confidence: Confidence::new(0.9),
            kind: Kind::Announcement,
            kind_confidence: Confidence::new(0.8),
            regions: Vec::new(),
            topics: Vec::new(),
            event: None,
            more_events: Vec::new(),
            excerpt: "Облыс әкімдігі өңірлік форум қашан өтетінін хабарлады.".to_owned(),
            engine_version: 1,
            read_at: seen,
        },
        signature: signature(number),
        events: event.into_iter().collect(),
        left: Vec::new(),
    }
}

fn event(first: &ArticleId, seen: DateTime<Utc>) -> Event {
    let start = seen.date_naive() + Days::new(3);
    Event {
        id: EventId::derived(first, start),
        name: "Өңірлік форум".to_owned(),
        start,
        end: None,
        time: None,
        city: None,
        region: Some(Region::ASTANA),
        status: EventStatus::Confirmed,
        details: EventDetails::default(),
        sequence: 0,
        date_words: "үш күннен кейін".to_owned(),
        date_counted_from: None,
        articles: vec![first.clone()],
        topics: Vec::new(),
        said_by: BTreeMap::new(),
        created: seen,
        updated: seen,
    }
}
