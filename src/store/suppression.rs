//! The suppression list: addresses and domains nothing is sent to, whoever
//! asks. An address stands under the hash that is its subscriber's id, so one
//! who asked to be forgotten can be kept off without being known.
//!
//! Held in the statements themselves (`{suppressed}` in `dialect.rs`): a
//! request from a suppressed address is taken and nothing comes of it, an
//! import leaves it out, a closing digest has no copy for it, and one queued
//! before is given up when it is claimed.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Store;
use super::dialect::Durability;
use super::error::StoreError;
use super::rows::{BATCH_ROWS, json, list, time};
use super::session::{Session, values};
use crate::model::bounce::SuppressionReason;
use crate::model::subscriber::{EmailAddress, SubscriberId};

/// Who is suppressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suppressed {
    /// An address that is known.
    Address(EmailAddress),
    /// An address of which only the hash is known.
    Forgotten(SubscriberId),
    /// Every address at this domain, but not below it; in ASCII, lower case.
    Domain(String),
}

/// An entry of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    pub who: Suppressed,
    pub reason: SuppressionReason,
    pub since: DateTime<Utc>,
}

impl Suppressed {
    /// The key it stands under; pages of the list are in its order.
    pub fn key(&self) -> String {
        match self {
            Self::Address(address) => SubscriberId::derived(address).as_str().to_owned(),
            Self::Forgotten(id) => id.as_str().to_owned(),
            Self::Domain(domain) => domain.clone(),
        }
    }

    const fn kind(&self) -> &'static str {
        match self {
            Self::Address(_) | Self::Forgotten(_) => "address",
            Self::Domain(_) => "domain",
        }
    }

    fn shown(&self) -> Option<&str> {
        match self {
            Self::Address(address) => Some(address.as_str()),
            Self::Forgotten(_) => None,
            Self::Domain(domain) => Some(domain),
        }
    }
}

impl Store {
    /// Puts entries on the list; how many were not there before. Those that
    /// were stay as they are, but who is to be forgotten is from now on.
    pub async fn suppress(&self, entries: &[Suppression]) -> Result<u64, StoreError> {
        let mut session = self
            .pools
            .write("adding to the suppression list", Durability::Full)
            .await?;
        let mut added = 0;
        for batch in entries.chunks(BATCH_ROWS) {
            added += add(&mut session, batch).await?;
        }
        session.commit().await?;
        Ok(added)
    }

    /// Takes an entry off the list; false where there was none.
    pub async fn lift_suppression(&self, who: &Suppressed) -> Result<bool, StoreError> {
        let mut session = self
            .pools
            .write("taking off the suppression list", Durability::Full)
            .await?;
        let lifted = session
            .execute(
                "DELETE FROM suppressions WHERE key = $1",
                values![who.key()],
            )
            .await?;
        session.commit().await?;
        Ok(lifted == 1)
    }

    /// Which of `addresses` are suppressed, by themselves or by their domain.
    pub async fn suppressed(
        &self,
        addresses: &[EmailAddress],
    ) -> Result<HashSet<SubscriberId>, StoreError> {
        let mut session = self.pools.read("looking at the suppression list");
        let mut found = HashSet::new();
        for batch in addresses.chunks(BATCH_ROWS) {
            found.extend(among(&mut session, batch.iter()).await?);
        }
        Ok(found)
    }

    /// A page of the list, by key, those after `after`.
    pub async fn suppressions(
        &self,
        after: Option<&Suppressed>,
        limit: u32,
    ) -> Result<Vec<Suppression>, StoreError> {
        let mut session = self.pools.read("listing the suppression list");
        let rows: Vec<(String, String, Option<String>, String, i64)> = session
            .fetch(
                "SELECT key, kind, shown, reason, since FROM suppressions
                 WHERE key > $1 ORDER BY key LIMIT $2",
                values![
                    after.map_or_else(String::new, Suppressed::key),
                    i64::from(limit)
                ],
            )
            .await?;
        rows.into_iter().map(entry).collect()
    }
}

/// The ids of those among `addresses` that are suppressed.
pub(super) async fn among<'a>(
    session: &mut Session,
    addresses: impl Iterator<Item = &'a EmailAddress>,
) -> Result<Vec<SubscriberId>, StoreError> {
    let asked: Vec<(SubscriberId, &str)> = addresses
        .map(|address| (SubscriberId::derived(address), address.domain()))
        .collect();
    let keys = asked.iter().flat_map(|(id, domain)| [id.as_str(), *domain]);
    let rows: Vec<(String,)> = session
        .fetch(
            "SELECT key FROM suppressions
             WHERE key IN (SELECT item.value ->> 'v' FROM {rows} AS item)",
            values![list(keys)],
        )
        .await?;
    let found: HashSet<String> = rows.into_iter().map(|(key,)| key).collect();
    Ok(asked
        .into_iter()
        .filter(|(id, domain)| found.contains(id.as_str()) || found.contains(*domain))
        .map(|(id, _)| id)
        .collect())
}

/// Adds entries within a transaction; how many are new.
pub(super) async fn add(session: &mut Session, entries: &[Suppression]) -> Result<u64, StoreError> {
    let rows: Vec<SuppressionRow> = entries
        .iter()
        .map(|entry| SuppressionRow {
            key: entry.who.key(),
            kind: entry.who.kind(),
            shown: entry.who.shown(),
            reason: entry.reason.word(),
            since: entry.since.timestamp_millis(),
        })
        .collect();
    let rows = json(&rows);
    session
        .execute(
            "UPDATE suppressions SET shown = NULL, reason = item.value ->> 'reason'
             FROM {rows} AS item WHERE suppressions.key = item.value ->> 'key'
               AND item.value ->> 'shown' IS NULL",
            values![rows.clone()],
        )
        .await?;
    session
        .execute(
            "INSERT INTO suppressions (key, kind, shown, reason, since)
             SELECT item.value ->> 'key', item.value ->> 'kind', item.value ->> 'shown',
               item.value ->> 'reason', CAST(item.value ->> 'since' AS BIGINT)
             FROM {rows} AS item WHERE 1 = 1 ON CONFLICT (key) DO NOTHING",
            values![rows],
        )
        .await
}

#[derive(Serialize)]
struct SuppressionRow<'a> {
    key: String,
    kind: &'static str,
    shown: Option<&'a str>,
    reason: &'static str,
    since: i64,
}

fn entry(
    (key, kind, shown, reason, since): (String, String, Option<String>, String, i64),
) -> Result<Suppression, StoreError> {
    let who = match (kind.as_str(), shown) {
        ("domain", _) => Suppressed::Domain(key),
        (_, None) => Suppressed::Forgotten(SubscriberId::from_stored(key)),
        // Addresses do not reach logs, not even broken ones.
        (_, Some(address)) => Suppressed::Address(
            address
                .parse()
                .map_err(|_| StoreError::corrupt("suppressions.shown", "…"))?,
        ),
    };
    Ok(Suppression {
        who,
        reason: SuppressionReason::from_word(&reason)
            .ok_or_else(|| StoreError::corrupt("suppressions.reason", &reason))?,
        since: time(since, "suppressions.since")?,
    })
}
