//! What a person changes about the own subscription: wishes, pause, address; a
//! copy of everything known; and having it all erased.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::FromRow;

use super::Store;
use super::dialect::Durability;
use super::error::StoreError;
use super::leaving::{count_leaving, leave, occasion_of};
use super::moves::{keep_move, reader_now};
use super::profiles::keep_profiles;
use super::rounds::{carry_over, hold};
use super::rows::{time, time_or_none};
use super::session::{Session, values};
use super::subscribers::{HAS_WAITED, standing};
use crate::model::schedule::Round;
use crate::model::subscriber::{EmailAddress, Profile, SubscriberId, SubscriberStatus};
use crate::model::token::{Bearer, CONFIRM_LINK_LIFE};

/// Whether what a person asked of the own subscription could be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    Now,
    /// Nobody of that id subscribes.
    Unknown,
    /// The new address was asked a moment ago; no second letter yet.
    TooSoon,
}

/// One letter in a person's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterKnown {
    /// What it was for: the digest's name.
    pub digest: String,
    /// `queued`, `in-flight`, `sent` or `failed`.
    pub state: String,
    pub queued_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
}

#[derive(FromRow)]
struct LetterKnownRow {
    name: String,
    state: String,
    queued_at: i64,
    finished_at: Option<i64>,
}

impl Store {
    /// Keeps a subscriber's wishes. Who moves to another round is told nothing
    /// twice and misses nothing.
    pub async fn set_preferences(
        &self,
        id: &SubscriberId,
        profile: Profile,
        paused_until: Option<DateTime<Utc>>,
    ) -> Result<Changed, StoreError> {
        let profile = profile.normalised();
        let mut session = self
            .pools
            .write("keeping a subscriber's wishes", Durability::Full)
            .await?;
        let Some(before) = round_of(&mut session, id).await? else {
            return Ok(Changed::Unknown);
        };
        move_round(&mut session, id, &before, &Round::of(profile.schedule)).await?;
        keep_profiles(&mut session, [&profile]).await?;
        session
            .execute(
                "UPDATE subscribers SET profile_key = $2, paused_until = $3 WHERE id = $1",
                values![id.as_str(), profile.key().as_str(), paused_until],
            )
            .await?;
        session.commit().await?;
        Ok(Changed::Now)
    }

    /// The person wants letters at another address: that one is asked to
    /// confirm, and takes the old one's place when it does. Asked again and
    /// again it waits as a request for the digest does.
    pub async fn request_move(
        &self,
        old: &SubscriberId,
        address: &EmailAddress,
        now: DateTime<Utc>,
        cooldown: TimeDelta,
    ) -> Result<Changed, StoreError> {
        let new = SubscriberId::derived(address);
        let mut session = self
            .pools
            .write("taking a change of address", Durability::Full)
            .await?;
        // Who has left moves nowhere.
        if new == *old || standing(&mut session, old).await? != Some(SubscriberStatus::Confirmed) {
            return Ok(Changed::Unknown);
        }
        let asked = session
            .execute(
                format!(
                    "INSERT INTO subscribers (id, address, status, profile_key, requested_at,
                       requests, replaces)
                     SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), 'pending', o.profile_key,
                       CAST($4 AS BIGINT), 1, o.id FROM subscribers o
                     WHERE o.id = $3
                     ON CONFLICT (id) DO UPDATE SET
                       status = CASE WHEN subscribers.status = 'confirmed' THEN 'confirmed'
                         ELSE 'pending' END,
                       requested_at = excluded.requested_at, request_queued = 0,
                       requests = subscribers.requests + 1, replaces = excluded.replaces
                     WHERE {HAS_WAITED} AND {IS_NOBODYS_OWN}"
                ),
                values![
                    new.as_str(),
                    address.as_str(),
                    old.as_str(),
                    now,
                    cooldown.num_milliseconds(),
                    CONFIRM_LINK_LIFE.num_milliseconds()
                ],
            )
            .await?;
        if asked == 0 {
            drop(session);
            self.ask_in_vain().await?;
            return Ok(Changed::TooSoon);
        }
        session.commit().await?;
        Ok(Changed::Now)
    }

    /// The digests' letters that are known to have been written to a subscriber,
    /// the last first.
    pub async fn letters_known(
        &self,
        id: &SubscriberId,
        limit: u32,
    ) -> Result<Vec<LetterKnown>, StoreError> {
        let mut session = self.pools.read("listing a subscriber's letters");
        let rows: Vec<LetterKnownRow> = session
            .fetch(
                "SELECT g.name, d.state, d.queued_at, d.finished_at FROM digests g
                 JOIN deliveries d ON d.occasion = g.id AND d.subscriber_id = $1
                 ORDER BY d.queued_at DESC, g.name LIMIT $2",
                values![id.as_str(), i64::from(limit)],
            )
            .await?;
        rows.into_iter().map(LetterKnownRow::read).collect()
    }

    /// Erases everything about a person; a hash of the address stays, so that no
    /// import adds it again. Letters on their way end with it. A link of letters
    /// to an earlier address erases what is known at the present one.
    pub async fn erase(
        &self,
        bearer: impl Into<Bearer>,
        now: DateTime<Utc>,
    ) -> Result<Changed, StoreError> {
        let bearer = bearer.into();
        let occasion = occasion_of(&mut self.pools.read("erasing a subscriber"), &bearer).await?;
        let mut session = self
            .pools
            .write("erasing a subscriber", Durability::Full)
            .await?;
        let id = reader_now(&mut session, &bearer.subscriber).await?;
        if round_of(&mut session, &id).await?.is_none() {
            return Ok(Changed::Unknown);
        }
        if leave(&mut session, &id, now).await? {
            count_leaving(&mut session, &id, occasion.as_deref(), now).await?;
        }
        forget(&mut session, &id, now).await?;
        if id != bearer.subscriber {
            // Somebody may have asked for letters to the old address meanwhile.
            forget(&mut session, &bearer.subscriber, now).await?;
        }
        session.commit().await?;
        Ok(Changed::Now)
    }
}

impl LetterKnownRow {
    fn read(self) -> Result<LetterKnown, StoreError> {
        Ok(LetterKnown {
            digest: self.name,
            state: self.state,
            queued_at: time(self.queued_at, "deliveries.queued_at")?,
            finished_at: time_or_none(self.finished_at, "deliveries.finished_at")?,
        })
    }
}

/// The round a subscriber reads in; the row is held until the transaction ends.
async fn round_of(session: &mut Session, id: &SubscriberId) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = session
        .fetch_first(
            "SELECT (SELECT p.round FROM profiles p WHERE p.key = u.profile_key) AS round
             FROM subscribers u WHERE u.id = $1 {for update}",
            values![id.as_str()],
        )
        .await?;
    Ok(row.map(|(round,)| round))
}

/// Moves a subscriber to another round. Even where it is the same one, it is
/// held: a pause that begins now is seen by the next closing, or not at all.
pub(super) async fn move_round(
    session: &mut Session,
    id: &SubscriberId,
    from: &str,
    to: &Round,
) -> Result<(), StoreError> {
    let to = to.key();
    let before = hold(session, from).await?;
    if from == to {
        return Ok(());
    }
    let after = hold(session, &to).await?;
    carry_over(session, id, &before, &after).await
}

/// `new` takes the place of `old`, whom nobody writes to any more. A reader who
/// was `known` at the new address keeps the wishes stated there.
pub(super) async fn take_place(
    session: &mut Session,
    new: &SubscriberId,
    old: &SubscriberId,
    known: bool,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    if let Some(round) = round_of(session, old).await? {
        hold(session, &round).await?;
    }
    if !known {
        inherit(session, new, old, now).await?;
    }
    keep_move(session, old, new).await?;
    forget(session, old, now).await?;
    session
        .execute(
            "UPDATE subscribers SET replaces = NULL, requests = 0 WHERE id = $1",
            values![new.as_str()],
        )
        .await?;
    Ok(())
}

/// Whether no request of the address's own reader waits to be confirmed, which
/// a stranger's must not replace while its link works: `$4` is now, `$6` how long
/// that is, in milliseconds.
const IS_NOBODYS_OWN: &str = "(subscribers.status <> 'pending' \
    OR subscribers.replaces IS NOT NULL \
    OR subscribers.requested_at + CAST($6 AS BIGINT) <= CAST($4 AS BIGINT))";

/// Takes everything about a person away but a hash of the address.
async fn forget(
    session: &mut Session,
    id: &SubscriberId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    // A server's answer may quote the address. The ledger's own counts stay.
    session
        .execute(
            "UPDATE deliveries SET result = 'erased', claimable_at = NULL,
               lease_holder = NULL, delivery_id = NULL,
               state = CASE WHEN state = 'sent' THEN 'sent' ELSE 'failed' END
             WHERE subscriber_id = $1 AND occasion IN (
               SELECT g.id FROM digests g UNION ALL SELECT 'mailing:' || m.id FROM mailings m UNION ALL
               SELECT 'confirm:' || CAST(u.requested_at AS TEXT) FROM subscribers u
               WHERE u.id = $1)",
            values![id.as_str()],
        )
        .await?;
    for sql in [
        "DELETE FROM coverage WHERE subscriber_id = $1",
        "DELETE FROM moved WHERE new_id = $1",
        "UPDATE subscribers SET replaces = NULL WHERE replaces = $1",
        "UPDATE suppressions SET shown = NULL WHERE key = $1",
        "DELETE FROM subscribers WHERE id = $1",
    ] {
        session.execute(sql, values![id.as_str()]).await?;
    }
    session
        .execute(
            "INSERT INTO erased (subscriber_id, at_ms) VALUES ($1, $2)
             ON CONFLICT (subscriber_id) DO NOTHING",
            values![id.as_str(), now],
        )
        .await?;
    Ok(())
}

/// The new address has the old one's wishes, is covered as far, and gets the
/// letters that wait for it. Nothing is inherited of one who left meanwhile.
async fn inherit(
    session: &mut Session,
    new: &SubscriberId,
    old: &SubscriberId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let inherited = session
        .execute(
            "UPDATE subscribers SET profile_key = o.profile_key, tags = o.tags,
               paused_until = o.paused_until
             FROM subscribers o
             WHERE subscribers.id = $1 AND o.id = $2 AND o.status = 'confirmed'",
            values![new.as_str(), old.as_str()],
        )
        .await?;
    if inherited == 0 {
        return Ok(());
    }
    session
        .execute(
            "DELETE FROM coverage WHERE subscriber_id = $1",
            values![new.as_str()],
        )
        .await?;
    session
        .execute(
            "UPDATE coverage SET subscriber_id = $1 WHERE subscriber_id = $2",
            values![new.as_str(), old.as_str()],
        )
        .await?;
    session
        .execute(
            "UPDATE deliveries SET subscriber_id = $1, delivery_id = NULL
             WHERE subscriber_id = $2 AND occasion IN (SELECT g.id FROM digests g)
               AND state = 'queued' AND doubtful = 0
               AND (lease_holder IS NULL OR claimable_at <= $3)
               AND NOT EXISTS (SELECT 1 FROM deliveries d
                 WHERE d.occasion = deliveries.occasion AND d.subscriber_id = $1)",
            values![new.as_str(), old.as_str(), now],
        )
        .await?;
    Ok(())
}
