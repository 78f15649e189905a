//! Opening what cannot be opened: the message names the place and what to do.

use super::{Ground, cluster, on_both};
use crate::store::{Store, StoreError};

on_both!(opens_again_and_again, a_newer_schema_is_refused);

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
