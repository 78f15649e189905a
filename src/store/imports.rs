//! Importing a list of subscribers. Whoever unsubscribed stays unsubscribed.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Store;
use super::dialect::Durability;
use super::error::StoreError;
use super::rows::{BATCH_ROWS, json, list};
use super::session::{Session, values};
use super::subscribers::keep_profiles;
use crate::model::subscriber::{EmailAddress, Profile, SubscriberId, SubscriberStatus};

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportCounts {
    pub added: u64,
    /// Known before; they have the imported profile now.
    pub updated: u64,
    /// Known as unsubscribed: left so.
    pub kept_unsubscribed: u64,
}

impl Store {
    /// Imports a list in one transaction. Pending ones will be sent a
    /// confirmation letter; the confirmed stay confirmed; whoever unsubscribed
    /// stays so, even if somebody asked again in their name since.
    pub async fn import_subscribers(
        &self,
        people: Vec<(EmailAddress, Profile)>,
        status: SubscriberStatus,
        now: DateTime<Utc>,
    ) -> Result<ImportCounts, StoreError> {
        // Of one person listed twice, the last line counts.
        let people: BTreeMap<SubscriberId, (EmailAddress, Profile)> = people
            .into_iter()
            .map(|(address, profile)| {
                let id = SubscriberId::derived(&address);
                (id, (address, profile.normalised()))
            })
            .collect();
        let people: Vec<_> = people.into_iter().collect();
        let mut session = self
            .pools
            .write("importing subscribers", Durability::Full)
            .await?;
        let mut counts = ImportCounts::default();
        for batch in people.chunks(BATCH_ROWS) {
            import_batch(&mut session, batch, status, now, &mut counts).await?;
        }
        session.commit().await?;
        Ok(counts)
    }
}

async fn import_batch(
    session: &mut Session,
    batch: &[(SubscriberId, (EmailAddress, Profile))],
    status: SubscriberStatus,
    now: DateTime<Utc>,
    counts: &mut ImportCounts,
) -> Result<(), StoreError> {
    let known: Vec<(String, i64)> = session
        .fetch(
            "SELECT id, CAST(CASE WHEN status <> 'confirmed' AND unsubscribed_at IS NOT NULL
               THEN 1 ELSE 0 END AS BIGINT) AS gone FROM subscribers
             WHERE id IN (SELECT item.value ->> 'v' FROM {rows} AS item) {for update}",
            values![list(batch.iter().map(|(id, _)| id.as_str()))],
        )
        .await?;
    let known: HashMap<String, bool> = known
        .into_iter()
        .map(|(id, gone)| (id, gone == 1))
        .collect();
    let mut rows = Vec::with_capacity(batch.len());
    for (id, (address, profile)) in batch {
        match known.get(id.as_str()) {
            Some(true) => {
                counts.kept_unsubscribed += 1;
                continue;
            }
            Some(false) => counts.updated += 1,
            None => counts.added += 1,
        }
        rows.push(ImportRow {
            id: id.as_str(),
            address: address.as_str(),
            profile: profile.key().as_str().to_owned(),
        });
    }
    keep_profiles(session, batch.iter().map(|(_, (_, profile))| profile)).await?;
    let when = |wanted: SubscriberStatus| (status == wanted).then_some(now);
    session
        .execute(
            IMPORT,
            values![
                json(&rows),
                status.word(),
                now,
                when(SubscriberStatus::Confirmed),
                when(SubscriberStatus::Unsubscribed)
            ],
        )
        .await?;
    Ok(())
}

const IMPORT: &str = "INSERT INTO subscribers (id, address, status, profile_key, requested_at,
       confirmed_at, unsubscribed_at)
     SELECT item.value ->> 'id', item.value ->> 'address', CAST($2 AS TEXT),
       item.value ->> 'profile', CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($5 AS BIGINT)
     FROM {rows} AS item WHERE 1 = 1
     ON CONFLICT (id) DO UPDATE SET profile_key = excluded.profile_key,
       status = CASE WHEN excluded.status = 'pending' THEN subscribers.status
         ELSE excluded.status END,
       confirmed_at = COALESCE(subscribers.confirmed_at, excluded.confirmed_at),
       unsubscribed_at = excluded.unsubscribed_at
     WHERE subscribers.status = 'confirmed' OR subscribers.unsubscribed_at IS NULL";

#[derive(Serialize)]
struct ImportRow<'a> {
    id: &'a str,
    address: &'a str,
    profile: String,
}
