//! What the store promises, held on both engines: each test runs on SQLite and
//! on PostgreSQL, and together they execute every statement.

mod articles;
#[path = "../../../tests/it/postgres.rs"]
mod cluster;
mod corrections;
mod crashes;
mod deliveries;
mod digests;
mod full_texts;
mod history;
mod house;
mod leases;
mod links;
mod mailings;
mod moves;
mod namesakes;
mod opening;
mod preferences;
mod publish;
mod pushes;
mod readings;
mod reports;
mod rounds;
mod search;
mod sending;
mod sources;
mod subscribers;
mod suppression;
mod trouble;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::Store;
use super::{Visit, VisitRecord, VisitedArticle};
use crate::model::article::{Article, ArticleId};
use crate::model::delivery::Holder;
use crate::model::event::{Event, EventDetails, EventId, EventStatus};
use crate::model::language::Language;
use crate::model::reading::{Confidence, Kind, Reading};
use crate::model::region::Region;
use crate::model::source::{Place, Republish, Source, SourceId};
use crate::model::story::{Signature, StoryId};

/// A fresh database, and how another process would open it.
pub(super) struct Ground {
    pub(super) store: Store,
    url: String,
    _folder: tempfile::TempDir,
}

impl Ground {
    async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite://{}/new/jarshy.db", folder.path().display());
        Self::open(url, folder).await
    }

    async fn postgres() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self::open(cluster::database_url(), folder).await
    }

    async fn open(url: String, folder: tempfile::TempDir) -> Self {
        Self {
            store: Store::open(&url).await.expect("a fresh store opens"),
            url,
            _folder: folder,
        }
    }

    /// The same database as another process sees it.
    pub(super) async fn another(&self) -> Store {
        Store::open(&self.url).await.expect("it opens again")
    }
}

/// Makes of each `async fn(Ground)` one test per engine.
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                super::$test(super::super::Ground::sqlite().await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test]
            async fn $test() {
                super::$test(super::super::Ground::postgres().await).await;
            })+
        }
    };
}
use on_both;

/// Milliseconds after a fixed morning.
fn at(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_507_190_400_000 + millis).expect("in range")
}

fn holder(name: &str) -> Holder {
    Holder(name.to_owned())
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

const LEASE: TimeDelta = TimeDelta::minutes(5);

fn source(name: &str) -> Source {
    let url = format!("https://{name}.example.kz/feed");
    let place = Place::Feed(url.parse().expect("URL"));
    Source {
        republish: Republish::Full,
        ..Source::new(SourceId::from_stored(name), format!("Outlet {name}"), place)
    }
}

/// An article with every optional field empty.
fn visited(source: &str, key: &str, seen: DateTime<Utc>) -> VisitedArticle {
    let source = SourceId::from_stored(source);
    let id = ArticleId::derived(&source, key);
    VisitedArticle {
        story: StoryId::derived(&id),
        article: Article {
            id,
            source,
            revision: 1,
            link: None,
            title: format!("Форум {key}"),
            authors: Vec::new(),
            summary_html: String::new(),
            content_html: String::new(),
            text: "Ертең форум өтеді.".to_owned(),
            published: None,
            updated: None,
            first_seen: seen,
            image: None,
            categories: Vec::new(),
            declared_language: None,
            declared_event: None,
            content_hash: format!("hash of {key}"),
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
            excerpt: "Ертең форум өтеді.".to_owned(),
            engine_version: 1,
            read_at: seen,
        },
        signature: Signature::default(),
        events: Vec::new(),
        left: Vec::new(),
    }
}

fn event(first: &ArticleId, start: &str, region: Option<Region>) -> Event {
    let start = day(start);
    Event {
        id: EventId::derived(first, start),
        name: "Өңірлік форум".to_owned(),
        start,
        end: None,
        time: None,
        city: None,
        region,
        status: EventStatus::Confirmed,
        details: EventDetails::default(),
        sequence: 0,
        date_words: "ертең".to_owned(),
        date_counted_from: None,
        articles: vec![first.clone()],
        topics: Vec::new(),
        said_by: BTreeMap::new(),
        created: at(0),
        updated: at(0),
    }
}

/// Claims `source`, registering it if need be, and records `articles` from it.
async fn record(store: &Store, source_id: &str, articles: Vec<VisitedArticle>) -> VisitRecord {
    let me = holder("recorder");
    let id = SourceId::from_stored(source_id);
    if store.source_state(&id).await.expect("state").is_none() {
        let mut listed = vec![source(source_id)];
        for state in store.source_states().await.expect("states") {
            listed.push(source(state.id.as_str()));
        }
        store.sync_sources(&listed, at(0)).await.expect("sync");
    }
    let claimed = store.claim_source(&id, at(0), &me, LEASE).await;
    let mut state = claimed.expect("claim").expect("free");
    state.last_visit = articles
        .iter()
        .map(|visited| visited.article.first_seen)
        .max();
    let visit = Visit {
        state,
        articles,
        full_texts: Vec::new(),
    };
    store.record_visit(visit, &me).await.expect("record")
}
