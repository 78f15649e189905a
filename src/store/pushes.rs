//! Subscriptions at hubs: wished for, asked for, confirmed, relied on, ended.
//!
//! Hub, site and daemon write to one subscription at the same time: each
//! statement changes only what its writer knows.

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::Store;
use super::dialect::Durability;
use super::error::StoreError;
use super::rows::{count, parsed, time, time_or_none, unsigned};
use super::session::{Session, Value, values};
use crate::model::push::{Aim, HubAsked, PushId, PushSecret, Subscription};
use crate::model::source::SourceId;

const COLUMNS: &str = "id, source_id, hub, topic, callback, secret, aim, asked_at, next_ask, \
    failures, trouble, confirmed_at, lease_until, pinged_at, pushed_at, pushes, discarded, \
    proven, whole_only";

#[derive(FromRow)]
struct PushRow {
    id: String,
    source_id: String,
    hub: String,
    topic: String,
    callback: String,
    secret: String,
    aim: String,
    asked_at: Option<i64>,
    next_ask: i64,
    failures: i64,
    trouble: Option<String>,
    confirmed_at: Option<i64>,
    lease_until: Option<i64>,
    pinged_at: Option<i64>,
    pushed_at: Option<i64>,
    pushes: i64,
    discarded: i64,
    proven: i64,
    whole_only: i64,
}

impl Store {
    /// Every subscription, also those being ended.
    pub async fn pushes(&self) -> Result<Vec<Subscription>, StoreError> {
        self.pushes_where("1 = 1", values![]).await
    }

    /// Those of one source.
    pub async fn pushes_of(&self, source: &SourceId) -> Result<Vec<Subscription>, StoreError> {
        self.pushes_where("source_id = $1", values![source.as_str()])
            .await
    }

    /// The one with this callback.
    pub async fn push(&self, id: &str) -> Result<Option<Subscription>, StoreError> {
        let found = self.pushes_where("id = $1", values![id]).await?;
        Ok(found.into_iter().next())
    }

    /// Notes down a wish for a subscription and ends others, together.
    pub async fn change_pushes(
        &self,
        wanted: Option<&Subscription>,
        ended: &[PushId],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut session = self.write_pushes("changing subscriptions at hubs").await?;
        if let Some(push) = wanted {
            session
                .execute(
                    "INSERT INTO pushes (id, source_id, hub, topic, callback, secret, aim, next_ask)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                    values![
                        push.id.as_str(),
                        push.source.as_str(),
                        push.hub.as_str(),
                        push.topic.as_str(),
                        push.callback.as_str(),
                        push.secret.as_str(),
                        push.aim.mode(),
                        push.next_ask,
                    ],
                )
                .await?;
        }
        for id in ended {
            session
                .execute(
                    "UPDATE pushes SET aim = 'unsubscribe', asked_at = NULL, failures = 0,
                       next_ask = CAST($2 AS BIGINT)
                     WHERE id = $1 AND aim = 'subscribe'",
                    values![id.as_str(), now],
                )
                .await?;
        }
        session.commit().await
    }

    /// Takes up to `limit` subscriptions whose hub is to be asked at `now`: from
    /// here on the hub's question is awaited, and until `until` nobody else asks.
    /// One still awaited from before has failed once more.
    pub async fn claim_pushes(
        &self,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Subscription>, StoreError> {
        let mut session = self.write_pushes("claiming subscriptions at hubs").await?;
        let sql = format!(
            "WITH due AS MATERIALIZED (
               SELECT claimed.id AS due_id FROM pushes AS claimed WHERE claimed.next_ask <= $1
               ORDER BY claimed.next_ask LIMIT $3 {{skip locked}})
             UPDATE pushes SET next_ask = CAST($2 AS BIGINT), asked_at = CAST($1 AS BIGINT),
               failures = failures + CASE WHEN asked_at IS NULL THEN 0 ELSE 1 END,
               trouble = CASE WHEN asked_at IS NULL THEN trouble
                 ELSE 'the hub did not ask back' END
             FROM due WHERE pushes.id = due.due_id RETURNING {COLUMNS}"
        );
        let rows: Vec<PushRow> = session
            .fetch(sql, values![now, until, i64::from(limit)])
            .await?;
        session.commit().await?;
        rows.into_iter().map(PushRow::read).collect()
    }

    /// Records what asking came to, unless the hub has asked back meanwhile.
    pub async fn push_asked(
        &self,
        id: &PushId,
        asked_at: DateTime<Utc>,
        asked: &HubAsked,
    ) -> Result<(), StoreError> {
        let awaited = asked.awaited.then_some(asked_at);
        self.change_push(
            "recording what a hub answered",
            "UPDATE pushes SET asked_at = CAST($3 AS BIGINT), failures = CAST($4 AS BIGINT),
               next_ask = CAST($5 AS BIGINT), trouble = $6
             WHERE id = $1 AND asked_at = $2",
            values![
                id.as_str(),
                asked_at,
                awaited,
                i64::from(asked.failures),
                asked.next_ask,
                asked.trouble.clone(),
            ],
        )
        .await?;
        Ok(())
    }

    /// The hub asked back: the subscription holds. False where that is no longer
    /// awaited.
    pub async fn push_confirmed(
        &self,
        id: &PushId,
        (lease_until, renew): (DateTime<Utc>, DateTime<Utc>),
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.change_push(
            "recording that a hub confirmed",
            "UPDATE pushes SET asked_at = NULL, failures = 0, trouble = NULL,
               confirmed_at = CAST($2 AS BIGINT), lease_until = CAST($3 AS BIGINT),
               next_ask = CAST($4 AS BIGINT)
             WHERE id = $1 AND asked_at IS NOT NULL AND aim = 'subscribe'",
            values![id.as_str(), now, lease_until, renew],
        )
        .await
    }

    /// The hub does not want to push, from `now` on.
    pub async fn push_denied(
        &self,
        id: &PushId,
        reason: &str,
        now: DateTime<Utc>,
        next_ask: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.change_push(
            "recording that a hub refused",
            "UPDATE pushes SET asked_at = NULL, lease_until = CAST($3 AS BIGINT), trouble = $2,
               next_ask = CAST($4 AS BIGINT)
             WHERE id = $1 AND aim = 'subscribe'",
            values![id.as_str(), reason, now, next_ask],
        )
        .await?;
        Ok(())
    }

    /// Has sources visited at once that waited because their hub pushed, and it
    /// does no more; but for those that want peace. How many hubs that were.
    pub async fn take_over_from_hubs(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        const SILENT: &str = "proven > 0 AND (aim = 'unsubscribe' OR lease_until <= $1)";
        let mut session = self.write_pushes("taking over from silent hubs").await?;
        session
            .execute(
                format!(
                    "UPDATE sources SET next_visit = CAST($1 AS BIGINT), waits_for = NULL
                     WHERE next_visit > $1 AND failures = 0 AND stopped IS NULL
                       AND id IN (SELECT source_id FROM pushes WHERE {SILENT})"
                ),
                values![now],
            )
            .await?;
        let silent = session
            .execute(
                format!("UPDATE pushes SET proven = 0 WHERE {SILENT}"),
                values![now],
            )
            .await?;
        session.commit().await?;
        Ok(silent)
    }

    /// The subscription is over; what it brought and nobody has read yet stays.
    pub async fn forget_push(&self, id: &PushId) -> Result<(), StoreError> {
        self.change_push(
            "forgetting a subscription at a hub",
            "DELETE FROM pushes WHERE id = $1",
            values![id.as_str()],
        )
        .await?;
        Ok(())
    }

    /// Says how far a hub is relied on, and asks it again before `ask_before`.
    pub async fn trust_push(
        &self,
        id: &PushId,
        (proven, whole_only): (u32, bool),
        ask_before: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        self.change_push(
            "noting how far a hub is relied on",
            "UPDATE pushes SET proven = CAST($2 AS BIGINT), whole_only = CAST($3 AS BIGINT),
               next_ask = CASE WHEN CAST($4 AS BIGINT) < next_ask THEN CAST($4 AS BIGINT)
                 ELSE next_ask END
             WHERE id = $1",
            values![
                id.as_str(),
                i64::from(proven),
                i64::from(whole_only),
                ask_before,
            ],
        )
        .await?;
        Ok(())
    }

    async fn pushes_where(
        &self,
        condition: &str,
        values: Vec<Value>,
    ) -> Result<Vec<Subscription>, StoreError> {
        let mut session = self.pools.read("reading subscriptions at hubs");
        let sql =
            format!("SELECT {COLUMNS} FROM pushes WHERE {condition} ORDER BY source_id, aim, id");
        let rows: Vec<PushRow> = session.fetch(sql, values).await?;
        rows.into_iter().map(PushRow::read).collect()
    }

    async fn write_pushes(&self, doing: &'static str) -> Result<Session, StoreError> {
        self.pools.write(doing, Durability::Normal).await
    }

    /// One statement; whether it touched anything.
    pub(super) async fn change_push(
        &self,
        doing: &'static str,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<bool, StoreError> {
        let mut session = self.write_pushes(doing).await?;
        let touched = session.execute(sql, values).await?;
        session.commit().await?;
        Ok(touched > 0)
    }
}

impl PushRow {
    fn read(self) -> Result<Subscription, StoreError> {
        Ok(Subscription {
            id: PushId::from_stored(self.id),
            source: SourceId::from_stored(self.source_id),
            hub: parsed(&self.hub, "pushes.hub")?,
            topic: parsed(&self.topic, "pushes.topic")?,
            callback: parsed(&self.callback, "pushes.callback")?,
            secret: PushSecret::from_stored(self.secret),
            aim: match self.aim.as_str() {
                "subscribe" => Aim::Subscribe,
                "unsubscribe" => Aim::Unsubscribe,
                other => return Err(StoreError::corrupt("pushes.aim", other)),
            },
            asked: time_or_none(self.asked_at, "pushes.asked_at")?,
            next_ask: time(self.next_ask, "pushes.next_ask")?,
            failures: unsigned(self.failures, "pushes.failures")?,
            trouble: self.trouble,
            confirmed: time_or_none(self.confirmed_at, "pushes.confirmed_at")?,
            lease_until: time_or_none(self.lease_until, "pushes.lease_until")?,
            pinged: time_or_none(self.pinged_at, "pushes.pinged_at")?,
            pushed: time_or_none(self.pushed_at, "pushes.pushed_at")?,
            pushes: count(self.pushes),
            discarded: count(self.discarded),
            proven: unsigned(self.proven, "pushes.proven")?,
            whole_only: self.whole_only != 0,
        })
    }
}
