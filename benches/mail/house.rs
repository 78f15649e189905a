//! A house with a closed digest, and the time its letters take.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use jarshy::catalog::Catalogue;
use jarshy::daemon::mail::{self, PostRoom, Relay};
use jarshy::deliver::courier::{Courier, DeliverOptions, Destination};
use jarshy::deliver::sign::keys::{self, Algorithm};
use jarshy::deliver::sign::{SignOptions, Signer};
use jarshy::model::digest::{Digest, DigestId, Letter, LetterId, Purpose, Window, slot};
use jarshy::model::feed::FeedName;
use jarshy::model::language::Tongue;
use jarshy::model::schedule::Round;
use jarshy::model::sending::DomainLimits;
use jarshy::model::subscriber::{EmailAddress, LetterScript, Profile, SubscriberStatus};
use jarshy::store::{Closing, ClosingGroup, Import, Store};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use super::newsroom::newsroom;
use super::postgres::Cluster;
use super::{Load, rate};

/// About the size of a digest: kilobytes of text and twice as much HTML.
const SENTENCE: &str = "Ертең Астана қаласында өңірлік медиа форум өтеді. ";
const SENTENCES: usize = 45;

/// A house on one engine, which begins anew for each run.
pub struct House {
    pub name: &'static str,
    place: Place,
    runtime: Runtime,
    signer: Arc<Signer>,
    runs: i64,
    _keys: TempDir,
}

enum Place {
    Sqlite,
    /// A server of our own, as durable as it comes.
    Postgres(Cluster),
    /// One database, in which everything adds up.
    Elsewhere(String),
}

impl House {
    pub fn sqlite() -> Self {
        Self::open("SQLite", Place::Sqlite)
    }

    pub fn postgres() -> Self {
        let url = std::env::var("JARSHY_BENCH_POSTGRES");
        let place = url.map_or_else(|_| Place::Postgres(Cluster::start(&[])), Place::Elsewhere);
        Self::open("PostgreSQL", place)
    }

    fn open(name: &'static str, place: Place) -> Self {
        let keys = tempfile::tempdir().expect("a folder");
        Self {
            name,
            place,
            runtime: Runtime::new().expect("threads"),
            signer: Arc::new(signer(keys.path().to_owned())),
            runs: 0,
            _keys: keys,
        }
    }

    /// Letters a second, of the flush alone: claims, recording, building, sending.
    pub fn send(&mut self, port: u16, load: Load, signed: bool) -> f64 {
        self.runs += 1;
        let folder = tempfile::tempdir().expect("a folder");
        let url = match &self.place {
            Place::Sqlite => format!("sqlite://{}/jarshy.db", folder.path().display()),
            Place::Postgres(cluster) => cluster.database_url(),
            Place::Elsewhere(url) => url.clone(),
        };
        let keys = signed.then(|| Arc::clone(&self.signer));
        let morning: DateTime<Utc> = "2026-11-23T05:00:00Z".parse().expect("time");
        let now = morning + TimeDelta::days(self.runs);
        self.runtime.block_on(flush(&url, now, port, load, keys))
    }
}

fn signer(dir: PathBuf) -> Signer {
    let selectors = [("rsa", Algorithm::Rsa), ("ed", Algorithm::Ed25519)];
    for (selector, algorithm) in selectors {
        keys::create(&dir, selector, "house.example", algorithm).expect("a key");
    }
    Signer::open(&SignOptions {
        dir,
        domain: "house.example".to_owned(),
        selectors: selectors.map(|(name, _)| name.to_owned()).to_vec(),
    })
    .expect("a signer")
}

async fn flush(
    url: &str,
    now: DateTime<Utc>,
    port: u16,
    load: Load,
    keys: Option<Arc<Signer>>,
) -> f64 {
    let store = Store::open(url).await.expect("a store");
    let people = (0..load.letters).map(|n| {
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
    let room = post_room(port, load.connections);
    let mut newsroom = newsroom(store, Catalogue::default(), room, now);
    newsroom.signer = keys;
    let newsroom = Arc::new(newsroom);
    let (_keep, stop) = watch::channel(false);
    let began = Instant::now();
    let flushed = mail::flush(&newsroom, &stop)
        .await
        .expect("the store answers");
    let took = began.elapsed();
    assert_eq!(flushed.sent, load.letters as u64, "{flushed:?}");
    newsroom.store.close().await;
    rate(load.letters, took)
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
        html: format!(
            "<p>{text}</p><p>{text}</p><a href=\"{}\">Тоқтату</a>",
            slot::UNSUBSCRIBE_URL
        ),
        text: format!("{text}\n{}\n", slot::UNSUBSCRIBE_URL),
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
