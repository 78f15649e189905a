//! What hubs pushed and nobody has read yet.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use super::Store;
use super::dialect::Durability;
use super::error::StoreError;
use super::rows::time;
use super::session::{Session, values};
use crate::model::id::{derive, hex};
use crate::model::push::{PushId, Subscription, Waiting};
use crate::model::source::SourceId;

/// Unread pushes kept of one source: more come only from a hub that repeats
/// itself, and it is told to come again.
const WAITING_MAX: i64 = 16;

/// A hub's push with the right signature.
#[derive(Debug, Clone, Copy)]
pub struct Push<'a> {
    pub content_type: Option<&'a str>,
    /// Empty: the source is to be asked.
    pub body: &'a [u8],
}

/// What became of a push.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// It waits to be read, or said what the one before said.
    Kept,
    /// Too many wait already: nothing was kept.
    Full,
}

impl Store {
    /// Keeps a push until it is read. Durable when it returns: the hub forgets
    /// what we said we have.
    pub async fn receive_push(
        &self,
        push: &Subscription,
        received: Push<'_>,
        now: DateTime<Utc>,
    ) -> Result<Pushed, StoreError> {
        let (key, pinged) = if received.body.is_empty() {
            // However often the hub says so before somebody looks, it is one wish.
            (derive(&["ping", push.id.as_str()]), Some(now))
        } else {
            let body = hex(&Sha256::digest(received.body));
            (derive(&["push", push.id.as_str(), &body]), None)
        };
        let mut session = self
            .pools
            .write("keeping what a hub pushed", Durability::Full)
            .await?;
        // First of all the subscription's row: pushes of one hub come one by one.
        session
            .execute(
                "UPDATE pushes SET pushes = pushes + 1, pushed_at = CAST($2 AS BIGINT),
                   pinged_at = COALESCE(CAST($3 AS BIGINT), pinged_at)
                 WHERE id = $1",
                values![push.id.as_str(), now, pinged],
            )
            .await?;
        if pinged.is_none() && !is_another(&mut session, &push.id, &key).await? {
            session.commit().await?;
            return Ok(Pushed::Kept);
        }
        let kept = session
            .execute(
                "INSERT INTO pushed (key, push_id, source_id, received_at, content_type, body)
                 SELECT $1, $2, $3, CAST($4 AS BIGINT), $5, $6
                 WHERE (SELECT COUNT(*) FROM pushed WHERE source_id = $3) < $7
                    OR EXISTS (SELECT 1 FROM pushed WHERE key = $1)
                 ON CONFLICT (key) DO UPDATE SET received_at = excluded.received_at",
                values![
                    key,
                    push.id.as_str(),
                    push.source.as_str(),
                    now,
                    received.content_type.map(str::to_owned),
                    STANDARD.encode(received.body),
                    WAITING_MAX,
                ],
            )
            .await?;
        if kept == 0 {
            return Ok(Pushed::Full);
        }
        session.commit().await?;
        Ok(Pushed::Kept)
    }

    /// Counts a push that was thrown away.
    pub async fn discard_push(&self, id: &PushId) -> Result<(), StoreError> {
        self.change_push(
            "counting a push that proves nothing",
            "UPDATE pushes SET discarded = discarded + 1 WHERE id = $1",
            values![id.as_str()],
        )
        .await?;
        Ok(())
    }

    /// Up to `limit` pushes nobody has read, the oldest first.
    pub async fn waiting_pushes(&self, limit: u32) -> Result<Vec<Waiting>, StoreError> {
        let mut session = self.pools.read("looking for what hubs pushed");
        let rows: Vec<(String, String, String, i64)> = session
            .fetch(
                "SELECT key, push_id, source_id, received_at FROM pushed
                 ORDER BY received_at, key LIMIT $1",
                values![i64::from(limit)],
            )
            .await?;
        rows.into_iter()
            .map(|(key, push, source, received)| {
                Ok(Waiting {
                    key,
                    push: PushId::from_stored(push),
                    source: SourceId::from_stored(source),
                    received: time(received, "pushed.received_at")?,
                })
            })
            .collect()
    }

    /// A push's media type and body; `None`: it has been read meanwhile.
    pub async fn pushed_body(
        &self,
        waiting: &Waiting,
    ) -> Result<Option<(Option<String>, Vec<u8>)>, StoreError> {
        let mut session = self.pools.read("reading what a hub pushed");
        let row: Option<(Option<String>, String)> = session
            .fetch_first(
                "SELECT content_type, body FROM pushed WHERE key = $1",
                values![waiting.key.as_str()],
            )
            .await?;
        row.map(|(content_type, body)| {
            let body = STANDARD.decode(&body);
            let body = body.map_err(|_| StoreError::corrupt("pushed.body", "not base64"))?;
            Ok((content_type, body))
        })
        .transpose()
    }

    /// What it said was read as far as it can be; that the source is to be asked stays.
    pub async fn keep_as_hint(&self, waiting: &Waiting) -> Result<(), StoreError> {
        self.change_push(
            "keeping what a hub pushed as a hint",
            "UPDATE pushed SET content_type = NULL, body = ''
             WHERE key = $1 AND received_at = $2",
            values![waiting.key.as_str(), waiting.received],
        )
        .await?;
        Ok(())
    }

    /// It has been read; a newer one that took its place stays.
    pub async fn drop_pushed(&self, waiting: &Waiting) -> Result<(), StoreError> {
        self.change_push(
            "putting away what a hub pushed",
            "DELETE FROM pushed WHERE key = $1 AND received_at = $2",
            values![waiting.key.as_str(), waiting.received],
        )
        .await?;
        Ok(())
    }
}

/// Whether a body is not the one that came last: a hub that got no answer sends
/// it again, and so may whoever listened.
async fn is_another(session: &mut Session, id: &PushId, key: &str) -> Result<bool, StoreError> {
    let touched = session
        .execute(
            "UPDATE pushes SET last_key = $2
             WHERE id = $1 AND (last_key IS NULL OR last_key <> $2)",
            values![id.as_str(), key],
        )
        .await?;
    Ok(touched > 0)
}
