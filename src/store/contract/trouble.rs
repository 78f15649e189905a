//! A full disk, a lost connection, a caller that is gone: what was begun leaves
//! nothing, and the next finds a connection that works.

use std::future::poll_fn;
use std::task::Poll;

use super::{Ground, at, on_both, record, visited};
use crate::store::dialect::Durability;
use crate::store::session::values;
use crate::store::{Store, StoreError};

on_both!(
    a_failed_statement_ends_its_transaction,
    a_dropped_beginning_leaves_no_transaction,
    what_cannot_be_written_is_told_until_it_can
);

/// More than a page holds.
const LONG: usize = 100_000;

async fn keep(store: &Store, key: &str, words: String) -> Result<(), StoreError> {
    let mut session = store.pools.write("a test", Durability::Normal).await?;
    session
        .execute(
            "INSERT INTO house (key, words) VALUES ($1, $2)",
            values![key, words],
        )
        .await?;
    session.commit().await
}

async fn is_kept(store: &Store, key: &str) -> bool {
    let mut session = store.pools.read("a test");
    let sql = "SELECT COUNT(*) FROM house WHERE key = $1";
    let rows: Vec<(i64,)> = session.fetch(sql, values![key]).await.unwrap();
    rows[0].0 == 1
}

/// The writer's next page beyond these is one too many.
async fn pages_at_most(store: &Store, pages: i64) {
    let mut session = store
        .pools
        .write("a test", Durability::Normal)
        .await
        .unwrap();
    let sql = format!("PRAGMA max_page_count = {pages}");
    let _: Vec<(i64,)> = session.fetch(sql, values![]).await.unwrap();
    session.commit().await.unwrap();
}

async fn a_failed_statement_ends_its_transaction(ground: Ground) {
    let store = &ground.store;
    let mut session = store
        .pools
        .write("a test", Durability::Normal)
        .await
        .unwrap();
    let insert = "INSERT INTO house (key, number) VALUES ($1, 1)";
    session.execute(insert, values!["before"]).await.unwrap();
    session
        .execute(insert, values!["before"])
        .await
        .expect_err("it is there");
    let after = session.execute(insert, values!["after"]).await;
    assert!(matches!(after, Err(StoreError::Undone { .. })), "{after:?}");
    let committed = session.commit().await;
    assert!(
        matches!(committed, Err(StoreError::Undone { .. })),
        "{committed:?}"
    );
    assert!(!is_kept(store, "before").await);
    assert!(!is_kept(store, "after").await);
    keep(store, "later", String::new()).await.unwrap();
    assert!(store.can_write().await);
}

/// Whoever waits for a transaction to begin is dropped after each of its steps.
async fn a_dropped_beginning_leaves_no_transaction(ground: Ground) {
    const STEPS: usize = 40;
    let store = &ground.store;
    for steps in 0..STEPS {
        let mut begun = Box::pin(store.pools.write("a test", Durability::Normal));
        for _ in 0..=steps {
            if poll_fn(|context| Poll::Ready(begun.as_mut().poll(context).is_ready())).await {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(begun);
        keep(store, &format!("step {steps}"), String::new())
            .await
            .unwrap();
    }
    if ground.url.starts_with("postgres") {
        assert!(all_ended(&ground.another().await).await, "one stands open");
    }
    for steps in 0..STEPS {
        assert!(is_kept(store, &format!("step {steps}")).await);
    }
}

/// Whether no connection to this database stands in a transaction; the last one's
/// end may still be on its way.
async fn all_ended(store: &Store) -> bool {
    const LOOKS: usize = 200;
    for _ in 0..LOOKS {
        let mut session = store.pools.read("a test");
        let sql = "SELECT COUNT(*) FROM pg_stat_activity
                   WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
        let open: Vec<(i64,)> = session.fetch(sql, values![]).await.unwrap();
        if open[0].0 == 0 {
            return true;
        }
    }
    false
}

async fn what_cannot_be_written_is_told_until_it_can(ground: Ground) {
    let store = &ground.store;
    let another = ground.another().await;
    let rename = async |sql: &'static str| {
        let mut session = another
            .pools
            .write("a test", Durability::Normal)
            .await
            .unwrap();
        session.execute(sql, values![]).await.unwrap();
        session.commit().await.unwrap();
    };
    rename("ALTER TABLE house RENAME TO elsewhere").await;
    assert!(store.can_write().await, "nothing has failed yet");
    keep(store, "key", String::new())
        .await
        .expect_err("no such table");
    assert!(!store.can_write().await);
    assert!(another.can_write().await, "it has not failed");
    rename("ALTER TABLE elsewhere RENAME TO house").await;
    assert!(store.can_write().await);
    keep(store, "key", String::new()).await.unwrap();
}

#[tokio::test]
async fn a_disk_that_was_full_is_written_to_again() {
    let ground = Ground::sqlite().await;
    let store = &ground.store;
    record(store, "outlet", vec![visited("outlet", "before", at(0))]).await;
    assert!(store.can_write().await);
    for round in 0..3 {
        pages_at_most(store, 1).await;
        let mut article = visited("outlet", &format!("round {round}"), at(1));
        article.article.content_html = "форум ".repeat(LONG / 6);
        let key = format!("full {round}");
        let full = keep(store, &key, "x".repeat(LONG)).await;
        let full = full.expect_err("there is no room").to_string();
        assert!(full.contains("full"), "{full}");
        assert!(!is_kept(store, &key).await);
        // What follows finds a connection without a transaction, room or not.
        keep(store, &format!("small {round}"), String::new())
            .await
            .unwrap();
        pages_at_most(store, i64::from(u32::MAX)).await;
        record(store, "outlet", vec![article]).await;
        assert!(store.can_write().await);
    }
}

#[tokio::test]
async fn a_lost_connection_is_replaced() {
    let ground = Ground::postgres().await;
    let store = &ground.store;
    for when in ["statement", "commit"] {
        let mut session = store.pools.write("a test", Durability::Full).await.unwrap();
        let insert = "INSERT INTO house (key, number) VALUES ($1, 1)";
        session.execute(insert, values![when]).await.unwrap();
        let own: Vec<(i64,)> = session
            .fetch("SELECT CAST(pg_backend_pid() AS BIGINT)", values![])
            .await
            .unwrap();
        let ended: Vec<(i64,)> = ground
            .another()
            .await
            .pools
            .read("a test")
            .fetch(
                "SELECT CAST(pg_terminate_backend(CAST($1 AS INTEGER), 5000) AS INTEGER)::BIGINT",
                values![own[0].0],
            )
            .await
            .unwrap();
        assert_eq!(ended, [(1,)]);
        if when == "statement" {
            session
                .execute(insert, values!["more"])
                .await
                .expect_err("it is lost");
        }
        session.commit().await.expect_err("it is lost");
        assert!(!is_kept(store, when).await);
        keep(store, &format!("after {when}"), String::new())
            .await
            .unwrap();
        assert!(store.can_write().await);
    }
}
