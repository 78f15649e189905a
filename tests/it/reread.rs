//! A newer engine reads again what an older one read: by the command and beside
//! the running daemon, under the editor's word, and no reader is told twice.

use std::sync::Arc;

use chrono::{DateTime, Days, TimeDelta, Utc};
use jarshy::catalog::Catalogue;
use jarshy::clock::Clock;
use jarshy::daemon::mail::PostRoom;
use jarshy::daemon::reread;
use jarshy::model::feed::{Entry, Filter};
use jarshy::model::reading::Kind;
use jarshy::model::sending::DomainLimits;
use jarshy::model::story::Signature;
use jarshy::store::{Store, VisitedArticle};
use tokio::sync::watch;

use crate::newsroom::newsroom;
use crate::postgres;
use crate::world::World;

#[test]
fn a_newer_engine_reads_again() {
    read_again(None);
}

#[test]
fn a_newer_engine_reads_again_on_postgres() {
    read_again(Some(postgres::database_url()));
}

fn now() -> DateTime<Utc> {
    Clock::System.now()
}

fn calendar(world: &World) -> String {
    world.must(&["publish", "site"]);
    let path = world.path("site/feeds/announcements.ics");
    std::fs::read_to_string(path).expect("a calendar")
}

async fn only_entry(store: &Store) -> Entry {
    let mut entries = store.edition(&Filter::default(), 9).await.expect("entries");
    assert_eq!(entries.len(), 1);
    entries.remove(0)
}

/// Leaves the article as an engine would have that took it for something else.
async fn read_badly(store: &Store, said: Option<DateTime<Utc>>) -> Entry {
    let entry = only_entry(store).await;
    let mut reading = entry.reading.clone();
    reading.engine_version = 1;
    reading.kind = Kind::Other;
    reading.event = None;
    let visited = VisitedArticle {
        article: entry.article.clone(),
        reading,
        signature: Signature::default(),
        story: entry.story.clone(),
        events: Vec::new(),
        left: Vec::new(),
    };
    let kept = store.record_reading(&visited, said, now()).await;
    assert!(kept.expect("recorded"));
    only_entry(store).await
}

fn read_again(store_url: Option<String>) {
    let world = World::new(store_url);
    world.write(
        "feeds/sources/desk.toml",
        "[[source]]\nid = \"desk\"\nname = \"Редакция\"\nkind = \"desk\"\ndir = \"desk\"\nrepublish = \"full\"\nevery = \"1m\"\n",
    );
    world.write(
        "feeds/desk/forum.md",
        "Астанада ертең медиа форум өтеді\n\n\
         Ертең Астана қаласында өңірлік медиа форум өтеді. Форумға журналистер қатысады.",
    );
    world.must(&["gather"]);
    let before = calendar(&world);
    assert_eq!(before.matches("BEGIN:VEVENT").count(), 1, "{before}");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let url = &world.environment["JARSHY__STORE__URL"];
    let store = runtime.block_on(Store::open(url)).expect("the store");
    let first = runtime.block_on(only_entry(&store));

    let bad = runtime.block_on(read_badly(&store, None));
    assert_eq!(bad.reading.shown_kind(), Some(Kind::Other));
    assert_eq!(calendar(&world).matches("BEGIN:VEVENT").count(), 0);
    assert_eq!(world.must(&["reread"]), "1 article read again\n");
    assert_eq!(calendar(&world), before, "nothing to tell a calendar");
    let again = runtime.block_on(only_entry(&store));
    assert_eq!(again.reading.kind, first.reading.kind);
    assert_eq!(again.reading.event, first.reading.event);
    assert_eq!((&again.story, again.added), (&first.story, first.added));
    assert_eq!(
        world.must(&["--json", "reread", "--all"]),
        "{\"read\":0,\"left\":0}\n"
    );

    // The editor's word stays above.
    let said = (now() + TimeDelta::hours(5)).date_naive() + Days::new(6);
    let id = first.article.id.as_str().to_owned();
    world.must(&["correct", &id, "--event-date", &said.to_string()]);
    let corrected = calendar(&world);
    assert!(corrected.contains(&said.format("%Y%m%d").to_string()));
    let said_so = runtime.block_on(store.corrections()).expect("corrections");
    runtime.block_on(read_badly(&store, Some(said_so[0].made)));

    // Beside the daemon.
    let post = PostRoom::new(Vec::new(), DomainLimits::default(), None, None);
    let house = newsroom(store.clone(), Catalogue::default(), post, now());
    let (stop, stopped) = watch::channel(false);
    runtime.block_on(async {
        reread::start(&Arc::new(house), &stopped);
        while only_entry(&store).await.reading.engine_version == 1 {
            tokio::task::yield_now().await;
        }
        stop.send_replace(true);
    });
    assert_eq!(calendar(&world), corrected);
}
