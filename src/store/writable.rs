//! Whether something can be written: a disk may be full, or a server read-only,
//! while every question is answered.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

use super::Store;
use super::dialect::Durability;
use super::error::StoreError;
use super::session::{failed, values};

/// What is written for a trial: a database that has no room for it cannot keep an
/// article either, though a single row may still fit into a page it has.
const TRIAL_BYTES: usize = 64 * 1024;

/// How writing goes.
#[derive(Debug, Default)]
pub(super) struct Writing {
    failures: AtomicU64,
    /// Of them those before a trial that succeeded.
    forgiven: AtomicU64,
    /// One trial at a time: more would stand in the way of what has to be written.
    trial: Mutex<()>,
}

impl Writing {
    /// Notes a failed write.
    pub(super) fn failed(&self, doing: &'static str, source: sqlx::Error) -> StoreError {
        self.failures.fetch_add(1, Ordering::Relaxed);
        failed(doing, source)
    }
}

impl Store {
    /// Whether something can be written. Where no write has failed, it is taken for
    /// granted; else it is tried, and one that succeeds makes good what failed before.
    pub async fn can_write(&self) -> bool {
        let writing = &self.pools.writing;
        let failures = writing.failures.load(Ordering::Relaxed);
        if writing.forgiven.load(Ordering::Relaxed) == failures {
            return true;
        }
        let Ok(_trial) = writing.trial.try_lock() else {
            return false;
        };
        let can_write = self.try_writing().await.is_ok();
        if can_write {
            writing.forgiven.store(failures, Ordering::Relaxed);
        }
        can_write
    }

    async fn try_writing(&self) -> Result<(), StoreError> {
        for words in [" ".repeat(TRIAL_BYTES), String::new()] {
            let doing = "trying whether something can be written";
            let mut session = self.pools.write(doing, Durability::Full).await?;
            session
                .execute(
                    "INSERT INTO house (key, words) VALUES ('trial', $1)
                     ON CONFLICT (key) DO UPDATE SET words = excluded.words",
                    values![words],
                )
                .await?;
            session.commit().await?;
        }
        Ok(())
    }
}
