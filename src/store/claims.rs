//! Claiming deliveries: each due copy to exactly one process, for a time.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use sqlx::FromRow;

use super::Store;
use super::deliveries::{RANK_CONFIRMATION, RANKS};
use super::dialect::Durability;
use super::error::StoreError;
use super::rows::{json, list, parsed, time, unsigned};
use super::session::{Session, values};
use crate::model::delivery::{ClaimedDelivery, DeliveryId, DeliveryState, Holder};
use crate::model::digest::{Letter, LetterId, Purpose};
use crate::model::subscriber::{LetterScript, SubscriberId};

#[derive(FromRow)]
struct DueRow {
    occasion: String,
    subscriber_id: String,
    letter_id: String,
    state: String,
    attempts: i64,
    doubtful: i64,
    queued_at: i64,
    address: String,
    status: String,
    suppressed: i64,
}

#[derive(FromRow)]
struct LetterRow {
    id: String,
    purpose: String,
    tongue: String,
    subject: String,
    text: String,
    html: String,
}

/// A row of a batch that names deliveries by their key.
#[derive(Serialize)]
struct ClaimRow<'a> {
    occasion: &'a str,
    subscriber: &'a str,
    id: String,
    doubtful: i64,
}

impl Store {
    /// Takes up to `limit` due deliveries for `holder` until `now + lease`. A
    /// copy whose earlier attempt never ended comes back as doubtful; digests
    /// for people who unsubscribed meanwhile are given up here, and everything
    /// for suppressed addresses.
    pub async fn claim_deliveries(
        &self,
        now: DateTime<Utc>,
        holder: &Holder,
        lease: TimeDelta,
        limit: u32,
    ) -> Result<Vec<ClaimedDelivery>, StoreError> {
        self.claim_of(&RANKS, now, holder, lease, limit).await
    }

    /// The same, of confirmation letters alone: people wait for them when
    /// digests may not go out.
    pub async fn claim_confirmations(
        &self,
        now: DateTime<Utc>,
        holder: &Holder,
        lease: TimeDelta,
        limit: u32,
    ) -> Result<Vec<ClaimedDelivery>, StoreError> {
        let ranks = [RANK_CONFIRMATION];
        self.claim_of(&ranks, now, holder, lease, limit).await
    }

    async fn claim_of(
        &self,
        ranks: &[i64],
        now: DateTime<Utc>,
        holder: &Holder,
        lease: TimeDelta,
        limit: u32,
    ) -> Result<Vec<ClaimedDelivery>, StoreError> {
        let mut session = self
            .pools
            .write("claiming deliveries", Durability::Claiming)
            .await?;
        let mut due: Vec<DueRow> = Vec::new();
        for rank in ranks.iter().copied() {
            let room = i64::from(limit) - i64::try_from(due.len()).unwrap_or(i64::MAX);
            if room > 0 {
                let rows: Vec<DueRow> = session.fetch(DUE, values![now, rank, room]).await?;
                let (suppressed, rows): (Vec<DueRow>, Vec<DueRow>) =
                    rows.into_iter().partition(|row| row.suppressed == 1);
                give_up(&mut session, &suppressed, "suppressed", now).await?;
                let (wanted, unwanted): (Vec<DueRow>, Vec<DueRow>) = rows
                    .into_iter()
                    .partition(|row| rank == RANK_CONFIRMATION || row.status == "confirmed");
                give_up(&mut session, &unwanted, "unsubscribed", now).await?;
                due.extend(wanted);
            }
        }
        lease_rows(&mut session, &due, holder, now + lease).await?;
        let letters = letters(&mut session, &due).await?;
        session.commit().await?;
        due.into_iter().map(|row| row.read(&letters)).collect()
    }
}

const DUE: &str = "SELECT claimed.occasion, claimed.subscriber_id, claimed.letter_id,
       claimed.state, claimed.attempts, claimed.doubtful, claimed.queued_at, u.address, u.status,
       CAST(CASE WHEN {suppressed} THEN 1 ELSE 0 END AS BIGINT) AS suppressed
     FROM deliveries AS claimed JOIN subscribers u ON u.id = claimed.subscriber_id
     WHERE claimed.rank = $2 AND claimed.claimable_at <= $1
       AND NOT EXISTS (SELECT 1 FROM mail_pauses WHERE digest = '')
     ORDER BY claimed.claimable_at LIMIT $3 {skip locked}";

async fn give_up(
    session: &mut Session,
    unwanted: &[DueRow],
    why: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if unwanted.is_empty() {
        return Ok(());
    }
    let rows: Vec<ClaimRow> = unwanted.iter().map(DueRow::claim).collect();
    session
        .execute(
            "UPDATE deliveries SET state = 'failed', result = $3, reason = $3,
               claimable_at = NULL, lease_holder = NULL, delivery_id = NULL,
               finished_at = CAST($2 AS BIGINT),
               doubtful = CAST(item.value ->> 'doubtful' AS BIGINT)
             FROM {rows} AS item WHERE deliveries.occasion = item.value ->> 'occasion'
               AND deliveries.subscriber_id = item.value ->> 'subscriber'",
            values![json(&rows), now, why],
        )
        .await?;
    Ok(())
}

async fn lease_rows(
    session: &mut Session,
    due: &[DueRow],
    holder: &Holder,
    until: DateTime<Utc>,
) -> Result<(), StoreError> {
    if due.is_empty() {
        return Ok(());
    }
    let rows: Vec<ClaimRow> = due.iter().map(DueRow::claim).collect();
    session
        .execute(
            "UPDATE deliveries SET state = 'queued', lease_holder = $2,
               claimable_at = CAST($3 AS BIGINT), delivery_id = item.value ->> 'id',
               doubtful = CAST(item.value ->> 'doubtful' AS BIGINT)
             FROM {rows} AS item WHERE deliveries.occasion = item.value ->> 'occasion'
               AND deliveries.subscriber_id = item.value ->> 'subscriber'",
            values![json(&rows), holder.0.as_str(), until],
        )
        .await?;
    Ok(())
}

/// The letters of `due`, each once however many copies there are.
async fn letters(
    session: &mut Session,
    due: &[DueRow],
) -> Result<HashMap<String, Arc<Letter>>, StoreError> {
    let ids: HashSet<&str> = due.iter().map(|row| row.letter_id.as_str()).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<LetterRow> = session
        .fetch(
            "SELECT id, purpose, tongue, subject, text, html FROM letters
             WHERE id IN (SELECT item.value ->> 'v' FROM {rows} AS item)",
            values![list(ids)],
        )
        .await?;
    rows.into_iter()
        .map(|row| Ok((row.id.clone(), Arc::new(row.read()?))))
        .collect()
}

impl DueRow {
    fn id(&self) -> DeliveryId {
        let subscriber = SubscriberId::from_stored(self.subscriber_id.as_str());
        DeliveryId::derived(&self.occasion, &subscriber)
    }

    /// An attempt that began and never ended leaves doubt for good.
    fn is_doubtful(&self) -> bool {
        self.doubtful == 1 || self.state == DeliveryState::InFlight.word()
    }

    fn claim(&self) -> ClaimRow<'_> {
        ClaimRow {
            occasion: &self.occasion,
            subscriber: &self.subscriber_id,
            id: self.id().as_str().to_owned(),
            doubtful: i64::from(self.is_doubtful()),
        }
    }

    fn read(self, letters: &HashMap<String, Arc<Letter>>) -> Result<ClaimedDelivery, StoreError> {
        let letter = letters
            .get(&self.letter_id)
            .ok_or_else(|| StoreError::corrupt("deliveries.letter_id", &self.letter_id))?;
        let address = self.address.parse();
        Ok(ClaimedDelivery {
            id: self.id(),
            // Addresses do not reach logs, not even broken ones.
            address: address.map_err(|_| StoreError::corrupt("subscribers.address", "…"))?,
            letter: Arc::clone(letter),
            attempts: unsigned(self.attempts, "deliveries.attempts")?,
            queued_at: time(self.queued_at, "deliveries.queued_at")?,
            doubtful: self.is_doubtful(),
            subscriber: SubscriberId::from_stored(self.subscriber_id),
        })
    }
}

impl LetterRow {
    fn read(self) -> Result<Letter, StoreError> {
        Ok(Letter {
            id: LetterId::from_stored(self.id),
            purpose: Purpose::from_word(&self.purpose)
                .ok_or_else(|| StoreError::corrupt("letters.purpose", &self.purpose))?,
            tongue: parsed(&self.tongue, "letters.tongue")?,
            script: LetterScript::of_tag(&self.tongue),
            subject: self.subject,
            text: self.text,
            html: self.html,
        })
    }
}
