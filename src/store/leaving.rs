//! Leaving: at once and lasting, and counted with the digest whose letter a
//! reader left by, where the link or address proves which.

use chrono::{DateTime, TimeDelta, Utc};

use super::Store;
use super::dialect::Durability;
use super::error::StoreError;
use super::moves::reader_now;
use super::reported::occasions;
use super::session::{Session, values};
use super::subscribers::standing;
use crate::model::bounce::ReportId;
use crate::model::delivery::DeliveryId;
use crate::model::subscriber::SubscriberId;
use crate::model::token::{Bearer, CONFIRM_LINK_LIFE};

/// How long a request may wait: its letter may wait as long as the link in it
/// then works.
const REQUEST_LIFE: TimeDelta = CONFIRM_LINK_LIFE
    .checked_add(&CONFIRM_LINK_LIFE)
    .expect("two weeks");

/// What came of an unsubscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsubscribed {
    Now,
    Already,
    Unknown,
}

impl Store {
    /// The person wants no more: lasting, and true at once also for digests that
    /// are queued already. A link of letters to an earlier address ends those to
    /// the present one.
    pub async fn unsubscribe(
        &self,
        bearer: impl Into<Bearer>,
        now: DateTime<Utc>,
    ) -> Result<Unsubscribed, StoreError> {
        let bearer = bearer.into();
        let doing = "unsubscribing";
        let occasion = occasion_of(&mut self.pools.read(doing), &bearer).await?;
        let mut session = self.pools.write(doing, Durability::Full).await?;
        let id = reader_now(&mut session, &bearer.subscriber).await?;
        if leave(&mut session, &id, now).await? {
            count_leaving(&mut session, &id, occasion.as_deref(), now).await?;
            session.commit().await?;
            return Ok(Unsubscribed::Now);
        }
        let standing = standing(&mut session, &id).await?;
        Ok(standing.map_or(Unsubscribed::Unknown, |_| Unsubscribed::Already))
    }

    /// Who had left, and in whose name somebody asked for letters that nobody
    /// confirmed in time, is shown again as who left.
    pub async fn lapse_requests(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let doing = "letting unconfirmed requests lapse";
        let mut session = self.pools.write(doing, Durability::Normal).await?;
        let lapsed = session
            .execute(
                "UPDATE subscribers SET status = 'unsubscribed', replaces = NULL
                 WHERE status = 'pending' AND unsubscribed_at IS NOT NULL
                   AND requested_at <= $1",
                values![now - REQUEST_LIFE],
            )
            .await?;
        session.commit().await?;
        Ok(lapsed)
    }
}

/// False where the person had left before, or is not known.
pub(super) async fn leave(
    session: &mut Session,
    id: &SubscriberId,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let left = session
        .execute(
            "UPDATE subscribers SET status = 'unsubscribed', unsubscribed_at = $2
             WHERE id = $1 AND status <> 'unsubscribed'",
            values![id.as_str(), now],
        )
        .await?;
    Ok(left == 1)
}

/// What the letter was sent for that `bearer` holds a link of: found as for a
/// report, by deriving the ids of the reader's deliveries again.
pub(super) async fn occasion_of(
    session: &mut Session,
    bearer: &Bearer,
) -> Result<Option<String>, StoreError> {
    let Some(mark) = &bearer.letter else {
        return Ok(None);
    };
    let mut occasions = occasions(session).await?;
    occasions.retain(|one| mark.is_of(&DeliveryId::derived(one, &bearer.subscriber)));
    Ok(occasions.into_iter().next())
}

/// Keeps that a reader left by the letter of `occasion`, once for each letter,
/// beside those who wrote to leave.
pub(super) async fn count_leaving(
    session: &mut Session,
    id: &SubscriberId,
    occasion: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Some(occasion) = occasion else {
        return Ok(());
    };
    let delivery = DeliveryId::derived(occasion, id);
    let report = ReportId::derived("link", delivery.as_str().as_bytes());
    session
        .execute(
            "INSERT INTO reports (id, at_ms, kind, occasion, subscriber_id)
             VALUES ($1, $2, 'unsubscribe', $3, $4) ON CONFLICT (id) DO NOTHING",
            values![report.as_str(), now, occasion, id.as_str()],
        )
        .await?;
    Ok(())
}
