//! What belongs to the house as a whole: leases, the secret, the seal on past
//! windows, whether the database answers.

use chrono::{DateTime, Utc};

use super::Store;
use super::dialect::Durability;
use super::error::StoreError;
use super::session::values;
use crate::model::delivery::Holder;
use crate::model::id::hex;
use crate::model::token::SECRET_BYTES;

impl Store {
    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut session = self.pools.read("asking whether the database answers");
        session
            .fetch::<(i64,)>("SELECT number FROM house WHERE key = 'stamp'", values![])
            .await?;
        Ok(())
    }

    /// Closes the connections once their work is done; for an orderly end.
    pub async fn close(&self) {
        self.pools.close().await;
    }

    /// Takes or renews the lease `name` for `holder`; false while another has it.
    pub async fn acquire_lease(
        &self,
        name: &str,
        holder: &Holder,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut session = self
            .pools
            .write("taking a lease", Durability::Normal)
            .await?;
        let taken = session
            .execute(
                "INSERT INTO leases (name, holder, until_ms) VALUES ($1, $2, $3)
                 ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms
                 WHERE leases.holder = excluded.holder OR leases.until_ms <= $4",
                values![name, holder.0.as_str(), until, now],
            )
            .await?;
        session.commit().await?;
        Ok(taken == 1)
    }

    /// Gives the lease back, if `holder` has it.
    pub async fn release_lease(&self, name: &str, holder: &Holder) -> Result<(), StoreError> {
        let mut session = self
            .pools
            .write("giving back a lease", Durability::Normal)
            .await?;
        session
            .execute(
                "DELETE FROM leases WHERE name = $1 AND holder = $2",
                values![name, holder.0.as_str()],
            )
            .await?;
        session.commit().await
    }

    /// The house's secret: `fresh` becomes it if there is none yet; of several
    /// who try, the first wins and all get the same.
    pub async fn house_secret(
        &self,
        fresh: [u8; SECRET_BYTES],
    ) -> Result<[u8; SECRET_BYTES], StoreError> {
        let mut session = self
            .pools
            .write("keeping the house secret", Durability::Full)
            .await?;
        session
            .execute(
                "INSERT INTO house (key, words) VALUES ('secret', $1) ON CONFLICT (key) DO NOTHING",
                values![hex(&fresh)],
            )
            .await?;
        let stored: Option<(Option<String>,)> = session
            .fetch_first("SELECT words FROM house WHERE key = 'secret'", values![])
            .await?;
        session.commit().await?;
        stored
            .and_then(|(words,)| unhex(&words?))
            // Its value must not reach a log.
            .ok_or_else(|| StoreError::corrupt("the house secret", "…"))
    }

    /// Seals all time up to `until`: an article recorded from now on counts as
    /// added after it, even if its visit began before. Without the seal a slow
    /// visit could add to a window whose digest is already closed, and no letter
    /// would ever tell of it. To be called before reading a window's entries;
    /// `until` should not lie in the future.
    pub async fn seal(&self, until: DateTime<Utc>) -> Result<(), StoreError> {
        let mut session = self
            .pools
            .write("sealing a window", Durability::Full)
            .await?;
        session
            .execute(
                "UPDATE house SET number = $1 WHERE key = 'sealed_until' AND number < $1",
                values![until],
            )
            .await?;
        session.commit().await
    }

    /// Writes as durably as a new request is written, so that the time an answer
    /// takes does not tell who is known: the disk is what it waits for.
    pub(super) async fn ask_in_vain(&self) -> Result<(), StoreError> {
        let mut session = self
            .pools
            .write("taking a request that changes nothing", Durability::Full)
            .await?;
        session
            .execute(
                "INSERT INTO house (key, number) VALUES ('asked_in_vain', 1)
                 ON CONFLICT (key) DO UPDATE SET number = house.number + 1",
                values![],
            )
            .await?;
        session.commit().await
    }
}

fn unhex(words: &str) -> Option<[u8; SECRET_BYTES]> {
    let mut bytes = [0; SECRET_BYTES];
    if words.len() != SECRET_BYTES * 2 || !words.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&words[at * 2..at * 2 + 2], 16).ok()?;
    }
    Some(bytes)
}
