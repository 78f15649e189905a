//! Opening what cannot be opened: the message names the place and what to do.

use super::{Ground, cluster, on_both};
use crate::model::health::Answered;
use crate::model::source::SourceState;
use crate::store::{Store, StoreError};

on_both!(
    opens_again_and_again,
    a_newer_schema_is_refused,
    sources_of_an_older_schema_are_remembered,
);

async fn opens_again_and_again(ground: Ground) {
    let (a, b) = tokio::join!(ground.another(), ground.another());
    a.ping().await.unwrap();
    b.ping().await.unwrap();
}

async fn a_newer_schema_is_refused(ground: Ground) {
    let durability = crate::store::dialect::Durability::Full;
    let mut session = ground
        .store
        .pools
        .write("a test", durability)
        .await
        .unwrap();
    session
        .execute(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             SELECT 999, description, success, checksum, execution_time FROM _sqlx_migrations
             WHERE version = 1",
            vec![],
        )
        .await
        .unwrap();
    session.commit().await.unwrap();
    let error = Store::open(&ground.url).await.expect_err("it is newer");
    assert!(
        matches!(error, StoreError::NewerSchema { found: 999, .. }),
        "{error}"
    );
}

async fn sources_of_an_older_schema_are_remembered(ground: Ground) {
    let older = [
        "DELETE FROM _sqlx_migrations WHERE version = 18",
        "DROP TABLE source_memory",
        "ALTER TABLE sources DROP COLUMN answered",
        "ALTER TABLE sources ADD COLUMN etag TEXT",
        "ALTER TABLE sources ADD COLUMN last_modified TEXT",
        "ALTER TABLE sources ADD COLUMN body_hash TEXT",
        "ALTER TABLE sources ADD COLUMN moved_to TEXT",
        "ALTER TABLE sources ADD COLUMN moved_seen BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE sources ADD COLUMN pace TEXT",
        "ALTER TABLE sources ADD COLUMN health TEXT",
        "INSERT INTO sources (id, outlet, republish, registered, place_hash, next_visit, etag,
           last_modified, body_hash, moved_to, moved_seen, pace, health)
         VALUES ('a', 'A', 'full', 1, 'h', 7, '\"1\"', 'Thu', 'b', 'https://b.example.kz/', 2,
           '{\"ttl\":60,\"update\":null,\"skip_hours\":[],\"skip_days\":[],\"entries\":20,
             \"since\":5,\"aged\":6,\"hours\":[9,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}',
           '{\"answered\":\"web-page\",\"failing_since\":5,\"newest\":6,\"weekly_tenths\":14,
             \"last\":[0,0,0],\"usual\":[12,2,1],\"changed_since\":7,\"skipped\":{\"x\":3},
             \"told\":\"changed\"}'),
           ('b', 'B', 'full', 1, 'h', 7, NULL, NULL, NULL, NULL, 0, NULL, NULL)",
    ];
    let durability = crate::store::dialect::Durability::Full;
    let mut session = ground
        .store
        .pools
        .write("a test", durability)
        .await
        .unwrap();
    for step in older {
        session.execute(step, vec![]).await.expect(step);
    }
    session.commit().await.unwrap();
    let store = Store::open(&ground.url).await.unwrap();
    let states = store.source_states().await.unwrap();
    let [a, b] = &states[..] else {
        panic!("{states:?}")
    };
    assert_eq!(a.validators.etag.as_deref(), Some("\"1\""));
    assert_eq!(a.validators.last_modified.as_deref(), Some("Thu"));
    assert_eq!(a.body_hash.as_deref(), Some("b"));
    assert_eq!(a.moved_to, Some(("https://b.example.kz/".to_owned(), 2)));
    assert_eq!((a.pace.entries, a.pace.rhythm.hours[0]), (20, 9));
    assert_eq!(a.health.answered, Some(Answered::WebPage));
    assert_eq!(a.health.usual.entries, 12);
    assert_eq!(b, &SourceState::new(b.id.clone(), b.next_visit));
}

#[test]
fn what_could_not_be_opened_is_seen_without_opening_it() {
    let folder = tempfile::tempdir().unwrap();
    let inside = |name: &str| format!("sqlite://{}/{name}", folder.path().display());
    std::fs::write(folder.path().join("file"), "").unwrap();
    for url in [
        inside("new.db"),
        inside("a/b/new.db"),
        inside("file"),
        "postgres://aigul@127.0.0.1:1/jarshy".to_owned(),
    ] {
        Store::check(&url).expect(&url);
    }
    for url in [
        inside("file/below.db"),
        inside(""),
        "sqlite:///proc/x.db".to_owned(),
        "sqlite://".to_owned(),
        "postgres://h:port/x".to_owned(),
    ] {
        Store::check(&url).expect_err(&url);
    }
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[tokio::test]
async fn messages_say_what_where_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "no database, and longer than a header".repeat(9)).unwrap();
    let file = file.display();
    let refused = "postgres://aigul:sesam@127.0.0.1:1/jarshy".to_owned();
    let no_such = cluster::database_url().replace("test_", "no_such_");
    let cases = [
        ("mysql://x/y".to_owned(), "mysql"),
        ("var/jarshy.db".to_owned(), "sqlite://"),
        ("sqlite::memory:".to_owned(), "names no file"),
        (format!("sqlite://{file}"), "see that it is a SQLite file"),
        (format!("sqlite://{file}/below/jarshy.db"), "folder"),
        (refused, "127.0.0.1:1"),
        (no_such, "no_such_"),
    ];
    for (url, expected) in cases {
        let error = Store::open(&url).await.expect_err(&url).to_string();
        assert!(error.contains(expected), "{url}: {error}");
        assert!(!error.contains("sesam"), "{error}");
    }
}
