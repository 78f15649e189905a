//! Subscribers: who asked, who confirmed, who wants no more. Nobody's standing
//! is changed to "wants letters" but by that person's own confirmation, or by an
//! import that the operator vouches for, and never for one who unsubscribed.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::FromRow;

use super::Store;
use super::dialect::Durability;
use super::error::StoreError;
use super::moves::forget_move;
use super::preferences::take_place;
use super::profiles::{PROFILE_COLUMNS, ProfileColumns, keep_profiles};
use super::rows::{from_json, parsed, time, time_or_none};
use super::session::{Session, values};
use super::suppression;
use crate::model::subscriber::{
    EmailAddress, Profile, Subscriber, SubscriberId, SubscriberStatus, Tag,
};

/// The columns of [`SubscriberRow`] but those of the profile.
pub(super) const SUBSCRIBER_COLUMNS: &str = "u.id, u.address, u.status, u.tags, u.requested_at, \
    u.confirmed_at, u.unsubscribed_at, u.paused_until";

/// What came of somebody's asking for the digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requested {
    /// A confirmation letter is to be sent.
    Pending(SubscriberId),
    /// Nothing to do, and nothing changed: nobody shall write to this address.
    Suppressed,
    /// Nothing to do, and nothing changed: whoever asked may be another.
    AlreadyConfirmed(SubscriberId),
    /// Asked a moment ago: no second letter yet.
    TooSoon,
}

/// What came of a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    Now,
    /// Letters come here now, and no more to the address before.
    Moved,
    Already,
    Unknown,
}

/// Somebody who waits for a confirmation letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingRequest {
    pub subscriber: Subscriber,
    /// A reader wants the letters at this address instead of another.
    pub moves: bool,
}

#[derive(FromRow)]
struct RequestRow {
    moves: i64,
    #[sqlx(flatten)]
    subscriber: SubscriberRow,
}

#[derive(FromRow)]
pub(super) struct SubscriberRow {
    id: String,
    address: String,
    status: String,
    tags: String,
    requested_at: i64,
    confirmed_at: Option<i64>,
    unsubscribed_at: Option<i64>,
    paused_until: Option<i64>,
    #[sqlx(flatten)]
    profile: ProfileColumns,
}

impl Store {
    /// Somebody asked for the digest for `address`. Asking again within
    /// `cooldown`, twice that after the second time and so on, changes nothing,
    /// so that nobody's mailbox can be filled.
    pub async fn request_subscription(
        &self,
        address: &EmailAddress,
        profile: Profile,
        now: DateTime<Utc>,
        cooldown: TimeDelta,
    ) -> Result<Requested, StoreError> {
        let id = SubscriberId::derived(address);
        let profile = profile.normalised();
        let mut session = self
            .pools
            .write("taking a subscription request", Durability::Full)
            .await?;
        if !suppression::among(&mut session, [address].into_iter())
            .await?
            .is_empty()
        {
            drop(session);
            self.ask_in_vain().await?;
            return Ok(Requested::Suppressed);
        }
        keep_profiles(&mut session, [&profile]).await?;
        let asked = session
            .execute(
                format!(
                    "INSERT INTO subscribers (id, address, status, profile_key, requested_at,
                       requests) VALUES ($1, $2, 'pending', $3, $4, 1)
                     ON CONFLICT (id) DO UPDATE SET address = excluded.address,
                       status = 'pending', profile_key = excluded.profile_key,
                       requested_at = excluded.requested_at, request_queued = 0,
                       requests = subscribers.requests + 1, replaces = NULL
                     WHERE subscribers.status <> 'confirmed' AND {HAS_WAITED}"
                ),
                values![
                    id.as_str(),
                    address.as_str(),
                    profile.key().as_str(),
                    now,
                    cooldown.num_milliseconds()
                ],
            )
            .await?;
        if asked == 1 {
            session.commit().await?;
            return Ok(Requested::Pending(id));
        }
        // Nothing was changed; the profile is not kept either.
        let standing = standing(&mut session, &id).await?;
        drop(session);
        self.ask_in_vain().await?;
        match standing {
            Some(SubscriberStatus::Confirmed) => Ok(Requested::AlreadyConfirmed(id)),
            _ => Ok(Requested::TooSoon),
        }
    }

    /// Those who asked and whose confirmation letter is not queued yet, the
    /// longest waiting first.
    pub async fn pending_requests(&self, limit: u32) -> Result<Vec<PendingRequest>, StoreError> {
        let mut session = self.pools.read("looking for new requests");
        let rows: Vec<RequestRow> = session
            .fetch(
                format!(
                    "SELECT {SUBSCRIBER_COLUMNS}, {PROFILE_COLUMNS},
                       CAST(CASE WHEN u.replaces IS NULL THEN 0 ELSE 1 END AS BIGINT) AS moves
                     FROM subscribers u JOIN profiles p ON p.key = u.profile_key
                     WHERE u.request_queued = 0
                       AND (u.status = 'pending' OR u.replaces IS NOT NULL)
                     ORDER BY u.requested_at LIMIT $1"
                ),
                values![i64::from(limit)],
            )
            .await?;
        rows.into_iter()
            .map(|row| {
                Ok(PendingRequest {
                    moves: row.moves == 1,
                    subscriber: row.subscriber.read()?,
                })
            })
            .collect()
    }

    /// The person confirmed.
    pub async fn confirm(
        &self,
        id: &SubscriberId,
        now: DateTime<Utc>,
    ) -> Result<Confirmed, StoreError> {
        let mut session = self
            .pools
            .write("confirming a subscription", Durability::Full)
            .await?;
        let Some((status, replaces)) = session
            .fetch_first::<(String, Option<String>)>(
                "SELECT status, replaces FROM subscribers WHERE id = $1 {for update}",
                values![id.as_str()],
            )
            .await?
        else {
            return Ok(Confirmed::Unknown);
        };
        let status = self::status(&status)?;
        let is_confirmed = status == SubscriberStatus::Confirmed;
        if is_confirmed && replaces.is_none() {
            return Ok(Confirmed::Already);
        }
        // An old letter's link is no new wish of one who left meanwhile.
        if status == SubscriberStatus::Unsubscribed {
            return Ok(Confirmed::Unknown);
        }
        if !is_confirmed {
            begin_anew(&mut session, id, now).await?;
        }
        let mut came_of_it = Confirmed::Now;
        if let Some(old) = replaces {
            let old = SubscriberId::from_stored(old);
            take_place(&mut session, id, &old, is_confirmed, now).await?;
            came_of_it = Confirmed::Moved;
        }
        session.commit().await?;
        Ok(came_of_it)
    }

    /// One subscriber.
    pub async fn subscriber(&self, id: &SubscriberId) -> Result<Option<Subscriber>, StoreError> {
        let mut session = self.pools.read("reading a subscriber");
        let row: Option<SubscriberRow> = session
            .fetch_first(
                format!(
                    "SELECT {SUBSCRIBER_COLUMNS}, {PROFILE_COLUMNS} FROM subscribers u
                     JOIN profiles p ON p.key = u.profile_key WHERE u.id = $1"
                ),
                values![id.as_str()],
            )
            .await?;
        row.map(SubscriberRow::read).transpose()
    }
}

/// Whether enough time passed since the last letter: `$4` is now, `$5` the
/// cooldown in milliseconds. Each further letter waits twice as long as the one
/// before, up to 2⁷ cooldowns.
pub(super) const HAS_WAITED: &str = "(subscribers.unsubscribed_at > subscribers.requested_at OR \
    subscribers.requested_at + CAST($5 AS BIGINT) * \
    (CAST(1 AS BIGINT) << CAST(CASE WHEN subscribers.requests > 7 THEN 7 \
      WHEN subscribers.requests < 1 THEN 0 ELSE subscribers.requests - 1 END AS INTEGER)) \
    <= CAST($4 AS BIGINT))";

/// A confirmation makes a reader: covered from the round's watermark on, unless
/// letters told more already; and what was erased may be known again.
async fn begin_anew(
    session: &mut Session,
    id: &SubscriberId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    session
        .execute(
            "UPDATE subscribers SET status = 'confirmed', confirmed_at = $2,
               paused_until = CASE WHEN unsubscribed_at IS NULL THEN paused_until END,
               unsubscribed_at = NULL, requests = 0 WHERE id = $1",
            values![id.as_str(), now],
        )
        .await?;
    session
        .execute(
            "DELETE FROM coverage WHERE subscriber_id = $1 AND at_ms <= (
               SELECT w.at_ms FROM digest_watermarks w
               JOIN subscribers u ON u.id = $1
               JOIN profiles p ON p.key = u.profile_key AND p.round = w.round
               WHERE w.name = coverage.name)",
            values![id.as_str()],
        )
        .await?;
    session
        .execute(
            "DELETE FROM erased WHERE subscriber_id = $1",
            values![id.as_str()],
        )
        .await?;
    forget_move(session, id).await
}

pub(super) async fn standing(
    session: &mut Session,
    id: &SubscriberId,
) -> Result<Option<SubscriberStatus>, StoreError> {
    let row: Option<(String,)> = session
        .fetch_first(
            "SELECT status FROM subscribers WHERE id = $1",
            values![id.as_str()],
        )
        .await?;
    row.map(|(word,)| status(&word)).transpose()
}

fn tags(list: &str) -> Result<Vec<Tag>, StoreError> {
    let words: Vec<String> = from_json(list, "subscribers.tags")?;
    words
        .iter()
        .map(|word| parsed(word, "subscribers.tags"))
        .collect()
}

fn status(word: &str) -> Result<SubscriberStatus, StoreError> {
    SubscriberStatus::from_word(word).ok_or_else(|| StoreError::corrupt("subscribers.status", word))
}

impl SubscriberRow {
    pub(super) fn read(self) -> Result<Subscriber, StoreError> {
        let address = self.address.parse();
        Ok(Subscriber {
            id: SubscriberId::from_stored(self.id),
            // Addresses do not reach logs, not even broken ones.
            address: address.map_err(|_| StoreError::corrupt("subscribers.address", "…"))?,
            status: status(&self.status)?,
            profile: self.profile.read()?,
            tags: tags(&self.tags)?,
            requested_at: time(self.requested_at, "subscribers.requested_at")?,
            confirmed_at: time_or_none(self.confirmed_at, "subscribers.confirmed_at")?,
            unsubscribed_at: time_or_none(self.unsubscribed_at, "subscribers.unsubscribed_at")?,
            paused_until: time_or_none(self.paused_until, "subscribers.paused_until")?,
        })
    }
}
