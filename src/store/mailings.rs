//! An operator's own letters: tried on one reader, then queued for many, in the
//! ledger of the digests. A text is queued for each reader once.

use std::fmt::Display;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Store;
use super::dialect::Durability;
use super::digests::keep_letters;
use super::error::StoreError;
use super::rows::json;
use super::session::values;
use crate::model::digest::Letter;
use crate::model::mailing::{Audience, MailingId};
use crate::model::subscriber::SubscriberId;

/// What came of queueing a mailing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mailed {
    /// So many get it who had not got it before.
    Queued { deliveries: u64 },
    /// Nobody has looked at it yet: a text goes to one reader first.
    Untested,
}

impl Store {
    /// Queues `letter` for one confirmed reader, again at each call, and
    /// remembers that the mailing was tried; false: there is no such reader.
    pub async fn test_mailing(
        &self,
        id: &MailingId,
        letter: &Letter,
        reader: &SubscriberId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut session = self
            .pools
            .write("queueing a mailing's test letter", Durability::Full)
            .await?;
        keep_letters(&mut session, [letter]).await?;
        let occasion = format!("{}:test:{}", id.occasion(), now.timestamp_millis());
        let queued = session
            .execute(
                "INSERT INTO deliveries (occasion, subscriber_id, letter_id, rank, state,
                   queued_at, due_at, claimable_at)
                 SELECT CAST($1 AS TEXT), u.id, CAST($3 AS TEXT), 1, 'queued',
                   CAST($4 AS BIGINT), CAST($4 AS BIGINT), CAST($4 AS BIGINT)
                 FROM subscribers u WHERE u.id = $2 AND u.status = 'confirmed'
                 ON CONFLICT (occasion, subscriber_id) DO NOTHING",
                values![occasion, reader.as_str(), letter.id.as_str(), now],
            )
            .await?;
        if queued == 0 {
            return Ok(false);
        }
        session
            .execute(
                "INSERT INTO mailings (id, subject, tested_at) VALUES ($1, $2, $3)
                 ON CONFLICT (id) DO UPDATE SET tested_at = excluded.tested_at",
                values![id.as_str(), letter.subject.as_str(), now],
            )
            .await?;
        session.commit().await?;
        Ok(true)
    }

    /// Queues the mailing for everyone of `audience`, each with the letter in
    /// the reader's tongue, in one transaction; who has it already gets no other.
    pub async fn queue_mailing(
        &self,
        id: &MailingId,
        letters: &[Letter],
        audience: Audience,
        now: DateTime<Utc>,
    ) -> Result<Mailed, StoreError> {
        let mut session = self
            .pools
            .write("queueing a mailing", Durability::Full)
            .await?;
        let tried = session
            .execute(
                "UPDATE mailings SET queued_at = $2 WHERE id = $1",
                values![id.as_str(), now],
            )
            .await?;
        if tried == 0 {
            return Ok(Mailed::Untested);
        }
        let letters = letters
            .iter()
            .filter(|letter| audience.tongue.is_none_or(|only| only == letter.tongue));
        keep_letters(&mut session, letters.clone()).await?;
        let rows: Vec<CopyRow> = letters.map(CopyRow::of).collect();
        let region = audience.region.map_or_else(String::new, named);
        let topic = audience.topic.map_or_else(String::new, named);
        let deliveries = session
            .execute(
                QUEUE,
                values![json(&rows), id.occasion(), now, region, topic],
            )
            .await?;
        session.commit().await?;
        Ok(Mailed::Queued { deliveries })
    }
}

/// How a region stands in the list a profile holds.
fn named(one: impl Display) -> String {
    format!("%\"{one}\"%")
}

const QUEUE: &str = "INSERT INTO deliveries (occasion, subscriber_id, letter_id, rank, state,
       queued_at, due_at, claimable_at)
     SELECT CAST($2 AS TEXT), u.id, item.value ->> 'letter', 1, 'queued', CAST($3 AS BIGINT),
       CAST($3 AS BIGINT), CAST($3 AS BIGINT)
     FROM {rows} AS item JOIN profiles p ON p.tongue = item.value ->> 'tongue'
       JOIN subscribers u ON u.status = 'confirmed' AND u.profile_key = p.key
     WHERE (CAST($4 AS TEXT) = '' OR p.regions = '[]' OR p.regions LIKE CAST($4 AS TEXT))
       AND (CAST($5 AS TEXT) = '' OR p.topics = '[]' OR p.topics LIKE CAST($5 AS TEXT))
       AND (u.paused_until IS NULL OR u.paused_until <= CAST($3 AS BIGINT))
       AND NOT {suppressed}
     ON CONFLICT (occasion, subscriber_id) DO NOTHING";

#[derive(Serialize)]
struct CopyRow<'a> {
    tongue: &'static str,
    letter: &'a str,
}

impl<'a> CopyRow<'a> {
    fn of(letter: &'a Letter) -> Self {
        Self {
            tongue: letter.tongue.tag(),
            letter: letter.id.as_str(),
        }
    }
}
