//! Rounds: whose letters come at the same times, where each round's last window
//! ended, and how far each reader is covered.
//!
//! A reader is covered up to the watermark of the round, unless `coverage` says
//! otherwise. Whoever changes a reader's round, pause or address holds the
//! watermarks of the rounds concerned while doing so ([`hold`]), and a closing
//! moves them: one waits for the other, and nothing is told twice or never.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::Store;
use super::dialect::Durability;
use super::error::StoreError;
use super::profiles::{PROFILE_COLUMNS, ProfileColumns, round};
use super::rows::{count, time};
use super::session::{Session, values};
use crate::model::feed::FeedName;
use crate::model::schedule::Round;
use crate::model::subscriber::{Profile, ProfileKey, SubscriberId};

/// Readers of one round with equal wishes who are covered equally far.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub key: ProfileKey,
    pub profile: Profile,
    /// They were told everything up to here.
    pub after: DateTime<Utc>,
    pub people: u64,
}

#[derive(FromRow)]
struct GroupRow {
    key: String,
    after_ms: i64,
    people: i64,
    #[sqlx(flatten)]
    profile: ProfileColumns,
}

impl Store {
    /// The rounds of the digest `name`: those that were opened, with their
    /// watermarks, and those somebody confirmed reads in and nobody opened yet.
    pub async fn rounds(
        &self,
        name: &FeedName,
    ) -> Result<Vec<(Round, Option<DateTime<Utc>>)>, StoreError> {
        let mut session = self.pools.read("listing a digest's rounds");
        let rows: Vec<(String, Option<i64>)> = session
            .fetch(
                "SELECT round, at_ms FROM digest_watermarks WHERE name = $1
                 UNION ALL
                 SELECT DISTINCT p.round, CAST(NULL AS BIGINT) FROM profiles p
                 WHERE p.round NOT IN (SELECT round FROM digest_watermarks WHERE name = $1)
                   AND EXISTS (SELECT 1 FROM subscribers u
                     WHERE u.profile_key = p.key AND u.status = 'confirmed')",
                values![name.as_str()],
            )
            .await?;
        rows.into_iter()
            .map(|(key, at)| {
                let at = at
                    .map(|at| time(at, "digest_watermarks.at_ms"))
                    .transpose()?;
                Ok((round(&key)?, at))
            })
            .collect()
    }

    /// The end of the last closed window of one round of `name`.
    pub async fn round_watermark(
        &self,
        name: &FeedName,
        round: &Round,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let mut session = self.pools.read("reading a round's watermark");
        let row: Option<(i64,)> = session
            .fetch_first(
                "SELECT at_ms FROM digest_watermarks WHERE name = $1 AND round = $2",
                values![name.as_str(), round.key()],
            )
            .await?;
        row.map(|(at,)| time(at, "digest_watermarks.at_ms"))
            .transpose()
    }

    /// Where the first window of a round begins; changes nothing if it is open
    /// already.
    pub async fn open_round(
        &self,
        name: &FeedName,
        round: &Round,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut session = self
            .pools
            .write("opening a round", Durability::Full)
            .await?;
        session
            .execute(
                "INSERT INTO digest_watermarks (name, round, at_ms) VALUES ($1, $2, $3)
                 ON CONFLICT (name, round) DO NOTHING",
                values![name.as_str(), round.key(), at],
            )
            .await?;
        session.commit().await
    }

    /// The confirmed of a round who are not paused, by profile and by how far
    /// they are covered; `watermark` where nothing else is known of them.
    pub async fn groups(
        &self,
        name: &FeedName,
        round: &Round,
        watermark: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Group>, StoreError> {
        let mut session = self.pools.read("grouping a round's readers");
        let rows: Vec<GroupRow> = session
            .fetch(
                format!(
                    "SELECT g.key, g.after_ms, g.people, {PROFILE_COLUMNS} FROM (
                       SELECT q.key, COALESCE(c.at_ms, CAST($3 AS BIGINT)) AS after_ms,
                         COUNT(*) AS people
                       FROM profiles q JOIN subscribers u ON u.profile_key = q.key
                       LEFT JOIN coverage c ON c.subscriber_id = u.id AND c.name = $1
                       WHERE q.round = $2 AND u.status = 'confirmed'
                         AND (u.paused_until IS NULL OR u.paused_until <= CAST($4 AS BIGINT))
                       GROUP BY q.key, COALESCE(c.at_ms, CAST($3 AS BIGINT))) AS g
                     JOIN profiles p ON p.key = g.key ORDER BY g.after_ms, g.key"
                ),
                values![name.as_str(), round.key(), watermark, now],
            )
            .await?;
        rows.into_iter().map(GroupRow::read).collect()
    }
}

impl GroupRow {
    fn read(self) -> Result<Group, StoreError> {
        Ok(Group {
            profile: self.profile.read()?,
            key: ProfileKey::from_stored(self.key),
            after: time(self.after_ms, "coverage.at_ms")?,
            people: count(self.people),
        })
    }
}

/// Where a round's windows stand, by digest name.
pub(super) type Watermarks = BTreeMap<String, i64>;

/// Holds the watermarks of a round until the transaction ends: no window of it
/// closes meanwhile.
pub(super) async fn hold(session: &mut Session, round: &str) -> Result<Watermarks, StoreError> {
    let rows: Vec<(String, i64)> = session
        .fetch(
            "SELECT name, at_ms FROM digest_watermarks WHERE round = $1 ORDER BY name {for share}",
            values![round],
        )
        .await?;
    Ok(rows.into_iter().collect())
}

/// Carries a reader from one round to another: covered as far as before, so
/// that nothing is told twice or never. Both rounds must be [held](hold).
pub(super) async fn carry_over(
    session: &mut Session,
    id: &SubscriberId,
    from: &Watermarks,
    to: &Watermarks,
) -> Result<(), StoreError> {
    let own: Vec<(String, i64)> = session
        .fetch(
            "SELECT name, at_ms FROM coverage WHERE subscriber_id = $1",
            values![id.as_str()],
        )
        .await?;
    let own: Watermarks = own.into_iter().collect();
    let names: BTreeSet<&String> = own.keys().chain(from.keys()).collect();
    for name in names {
        let covered = own.get(name).or_else(|| from.get(name)).copied();
        let Some(covered) = covered else { continue };
        if to.get(name) == Some(&covered) {
            session
                .execute(
                    "DELETE FROM coverage WHERE subscriber_id = $1 AND name = $2",
                    values![id.as_str(), name.as_str()],
                )
                .await?;
        } else {
            session
                .execute(
                    "INSERT INTO coverage (subscriber_id, name, at_ms) VALUES ($1, $2, $3)
                     ON CONFLICT (subscriber_id, name) DO UPDATE SET at_ms = excluded.at_ms",
                    values![id.as_str(), name.as_str(), covered],
                )
                .await?;
        }
    }
    Ok(())
}
