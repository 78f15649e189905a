//! The delivery ledger: which copy goes to whom, who is sending it, what came
//! of it. Each attempt is recorded before and after, so that a crash leaves only
//! the copies whose attempt had begun in doubt.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Store;
use super::dialect::Durability;
use super::digests::keep_letters;
use super::error::StoreError;
use super::rows::{count, json, list, time_or_none};
use super::session::{Session, values};
use crate::model::bounce::SuppressionReason;
use crate::model::delivery::{DeliveryCounts, DeliveryId, DeliveryState, Holder, Outcome, Reason};
use crate::model::digest::Letter;
use crate::model::subscriber::Subscriber;

/// Confirmations go before digests: a person is waiting.
pub(super) const RANKS: [i64; 2] = [RANK_CONFIRMATION, RANK_DIGEST];
pub(super) const RANK_CONFIRMATION: i64 = 0;
const RANK_DIGEST: i64 = 1;

/// What recording outcomes came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Finished {
    pub recorded: u64,
    /// The lease was lost before: another is sending these copies, and they are
    /// counted as doubtful.
    pub lost: u64,
}

/// What recording attempts came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledgered {
    pub finished: Finished,
    /// Those that may be attempted.
    pub begun: HashSet<DeliveryId>,
}

impl Store {
    /// Queues the confirmation letter for `request` and marks the request as
    /// answered, in one transaction. A request is answered once.
    pub async fn queue_confirmation(
        &self,
        request: &Subscriber,
        letter: &Letter,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut session = self
            .pools
            .write("queueing a confirmation letter", Durability::Full)
            .await?;
        let occasion = format!("confirm:{}", request.requested_at.timestamp_millis());
        keep_letters(&mut session, [letter]).await?;
        session
            .execute(
                "INSERT INTO deliveries (occasion, subscriber_id, letter_id, rank, state,
                   queued_at, due_at, claimable_at)
                 VALUES ($1, $2, $3, $4, 'queued', $5, $5, $5)
                 ON CONFLICT (occasion, subscriber_id) DO NOTHING",
                values![
                    occasion,
                    request.id.as_str(),
                    letter.id.as_str(),
                    RANK_CONFIRMATION,
                    now
                ],
            )
            .await?;
        session
            .execute(
                "UPDATE subscribers SET request_queued = 1 WHERE id = $1 AND requested_at = $2",
                values![request.id.as_str(), request.requested_at],
            )
            .await?;
        session.commit().await
    }

    /// Records that attempts begin; gives those that may be attempted: of the
    /// others the lease is lost, hands off. Durable when it returns.
    pub async fn begin_deliveries(
        &self,
        ids: &[DeliveryId],
        holder: &Holder,
        now: DateTime<Utc>,
    ) -> Result<HashSet<DeliveryId>, StoreError> {
        let recorded = self.record_deliveries(&[], ids, holder, now).await?;
        Ok(recorded.begun)
    }

    /// Records what attempts came to, and ends their leases.
    pub async fn finish_deliveries(
        &self,
        outcomes: &[(DeliveryId, Outcome)],
        holder: &Holder,
        now: DateTime<Utc>,
    ) -> Result<Finished, StoreError> {
        let recorded = self.record_deliveries(outcomes, &[], holder, now).await?;
        Ok(recorded.finished)
    }

    /// Both at the price of one: what attempts came to, and which begin. All of
    /// it is durable when it returns, or none is.
    pub async fn record_deliveries(
        &self,
        outcomes: &[(DeliveryId, Outcome)],
        begins: &[DeliveryId],
        holder: &Holder,
        now: DateTime<Utc>,
    ) -> Result<Ledgered, StoreError> {
        let mut session = self
            .pools
            .write("recording attempts", Durability::Ledger)
            .await?;
        let mut finished = Finished::default();
        if !outcomes.is_empty() {
            let rows: Vec<OutcomeRow> = outcomes
                .iter()
                .map(|(id, outcome)| OutcomeRow::of(id, outcome))
                .collect();
            suppress_gone(&mut session, outcomes, holder, now).await?;
            finished.recorded = session
                .execute(FINISH, values![json(&rows), holder.0.as_str(), now])
                .await?;
            finished.lost = (outcomes.len() as u64).saturating_sub(finished.recorded);
        }
        let begun: Vec<(String,)> = if begins.is_empty() {
            Vec::new()
        } else {
            let ids = list(begins.iter().map(DeliveryId::as_str));
            session
                .fetch(BEGIN, values![ids, holder.0.as_str(), now])
                .await?
        };
        session.commit().await?;
        Ok(Ledgered {
            finished,
            begun: begun
                .into_iter()
                .map(|(id,)| DeliveryId::from_stored(id))
                .collect(),
        })
    }

    /// Lengthens all of `holder`'s leases.
    pub async fn renew_deliveries(
        &self,
        holder: &Holder,
        until: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let mut session = self
            .pools
            .write("renewing leases on deliveries", Durability::Normal)
            .await?;
        let renewed = session
            .execute(
                "UPDATE deliveries SET claimable_at = $2 WHERE lease_holder = $1",
                values![holder.0.as_str(), until],
            )
            .await?;
        session.commit().await?;
        Ok(renewed)
    }

    /// Gives back what `holder` claimed and did not begin.
    pub async fn release_deliveries(&self, holder: &Holder) -> Result<u64, StoreError> {
        let mut session = self
            .pools
            .write("giving back deliveries", Durability::Normal)
            .await?;
        let released = session
            .execute(
                "UPDATE deliveries SET lease_holder = NULL, delivery_id = NULL,
                   claimable_at = due_at WHERE lease_holder = $1 AND state = 'queued'",
                values![holder.0.as_str()],
            )
            .await?;
        session.commit().await?;
        Ok(released)
    }

    /// How many stand where: of one occasion (a digest's id), or of all.
    pub async fn delivery_counts(
        &self,
        occasion: Option<&str>,
    ) -> Result<DeliveryCounts, StoreError> {
        let mut session = self.pools.read("counting deliveries");
        let (condition, values) = match occasion {
            Some(occasion) => ("occasion = $1", values![occasion]),
            None => ("1 = 1", values![]),
        };
        let sql = format!(
            "SELECT state, CAST(CASE WHEN attempts > 0 THEN 1 ELSE 0 END AS BIGINT) AS tried,
               CAST(COUNT(*) AS BIGINT), CAST(SUM(doubtful) AS BIGINT)
             FROM deliveries WHERE {condition} GROUP BY 1, 2"
        );
        let rows: Vec<(String, i64, i64, i64)> = session.fetch(sql, values).await?;
        let mut counts = DeliveryCounts::default();
        for (state, tried, number, doubtful) in rows {
            *place(&mut counts, &state, tried)? += count(number);
            counts.doubtful += count(doubtful);
        }
        Ok(counts)
    }

    /// When the next delivery can be claimed: due, or its lease run out. What is
    /// paused cannot.
    pub async fn next_delivery_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let mut session = self.pools.read("asking when the next delivery is due");
        let mut soonest = None;
        for rank in RANKS {
            let row: Option<(i64,)> = session
                .fetch_first(
                    "SELECT claimable_at FROM deliveries
                     WHERE rank = $1 AND claimable_at IS NOT NULL
                       AND NOT EXISTS (SELECT 1 FROM mail_pauses WHERE digest = '')
                     ORDER BY claimable_at LIMIT 1",
                    values![rank],
                )
                .await?;
            soonest = soonest.into_iter().chain(row.map(|(at,)| at)).min();
        }
        time_or_none(soonest, "deliveries.claimable_at")
    }
}

/// What was paused since it was claimed does not begin. COALESCE keeps both
/// engines from going through all of a holder's deliveries for each group.
const BEGIN: &str = "UPDATE deliveries SET state = 'in-flight', attempts = attempts + 1
     FROM {rows} AS item
     WHERE deliveries.delivery_id = item.value ->> 'v'
       AND COALESCE(deliveries.lease_holder, '') = $2 AND COALESCE(deliveries.claimable_at, 0) > $3
       AND deliveries.state = 'queued' AND deliveries.rank + 0 < 10
       AND NOT EXISTS (SELECT 1 FROM mail_pauses WHERE digest = '')
     RETURNING deliveries.delivery_id";

/// Addresses whose server said that there is no such mailbox or domain are
/// suppressed with the outcome that says so.
async fn suppress_gone(
    session: &mut Session,
    outcomes: &[(DeliveryId, Outcome)],
    holder: &Holder,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let gone = |outcome: &Outcome| {
        matches!(
            outcome,
            Outcome::Never {
                reason: Reason::NoSuchMailbox | Reason::NoSuchDomain,
                ..
            }
        )
    };
    let gone: Vec<&str> = outcomes
        .iter()
        .filter(|(_, outcome)| gone(outcome))
        .map(|(id, _)| id.as_str())
        .collect();
    if gone.is_empty() {
        return Ok(());
    }
    session
        .execute(
            "INSERT INTO suppressions (key, kind, shown, reason, since)
             SELECT u.id, 'address', u.address, CAST($3 AS TEXT), CAST($4 AS BIGINT)
             FROM {rows} AS item
               JOIN deliveries d ON d.delivery_id = item.value ->> 'v'
               JOIN subscribers u ON u.id = d.subscriber_id
             WHERE COALESCE(d.lease_holder, '') = $2
             ON CONFLICT (key) DO NOTHING",
            values![
                list(gone),
                holder.0.as_str(),
                SuppressionReason::HardBounce.word(),
                now
            ],
        )
        .await?;
    Ok(())
}

/// Settled deliveries leave the index of what can be claimed. COALESCE keeps
/// SQLite from going through all of a holder's deliveries for each row.
const FINISH: &str = "UPDATE deliveries SET state = item.value ->> 'state',
       attempts = deliveries.attempts - CASE WHEN deliveries.state = 'in-flight'
         THEN CAST(item.value ->> 'returned' AS BIGINT) ELSE 0 END,
       doubtful = CASE WHEN deliveries.doubtful = 1 THEN 1
         ELSE CAST(item.value ->> 'doubtful' AS BIGINT) END,
       due_at = COALESCE(CAST(item.value ->> 'again_at' AS BIGINT), due_at),
       claimable_at = CAST(item.value ->> 'again_at' AS BIGINT),
       result = item.value ->> 'result', reason = item.value ->> 'reason',
       finished_at = CAST($3 AS BIGINT), lease_holder = NULL, delivery_id = NULL
     FROM {rows} AS item
     WHERE deliveries.delivery_id = item.value ->> 'id'
       AND COALESCE(deliveries.lease_holder, '') = $2";

#[derive(Serialize)]
struct OutcomeRow<'a> {
    id: &'a str,
    state: &'static str,
    again_at: Option<i64>,
    reason: Option<&'static str>,
    result: &'a str,
    returned: i64,
    doubtful: i64,
}

impl<'a> OutcomeRow<'a> {
    fn of(id: &'a DeliveryId, outcome: &'a Outcome) -> Self {
        let (state, again_at, reason, result) = match outcome {
            Outcome::Sent { reply } => (DeliveryState::Sent, None, None, reply),
            Outcome::TryLater {
                at, reason, why, ..
            }
            | Outcome::Returned { at, reason, why } => {
                (DeliveryState::Queued, Some(*at), Some(*reason), why)
            }
            Outcome::Never { reason, why } => (DeliveryState::Failed, None, Some(*reason), why),
        };
        let doubtful = matches!(outcome, Outcome::TryLater { doubtful: true, .. });
        Self {
            id: id.as_str(),
            state: state.word(),
            again_at: again_at.map(|at| at.timestamp_millis()),
            reason: reason.map(Reason::word),
            result,
            returned: i64::from(matches!(outcome, Outcome::Returned { .. })),
            doubtful: i64::from(doubtful),
        }
    }
}

/// Which count deliveries in `state` belong to; `tried`: attempted before.
pub(super) fn place<'a>(
    counts: &'a mut DeliveryCounts,
    state: &str,
    tried: i64,
) -> Result<&'a mut u64, StoreError> {
    Ok(match (state_of(state)?, tried) {
        (DeliveryState::Queued, 0) => &mut counts.queued,
        (DeliveryState::Queued, _) => &mut counts.deferred,
        (DeliveryState::InFlight, _) => &mut counts.in_flight,
        (DeliveryState::Sent, _) => &mut counts.sent,
        (DeliveryState::Failed, _) => &mut counts.failed,
    })
}

fn state_of(word: &str) -> Result<DeliveryState, StoreError> {
    DeliveryState::from_word(word).ok_or_else(|| StoreError::corrupt("deliveries.state", word))
}
