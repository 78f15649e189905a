//! Subscribers: who asked, who confirmed, who wants no more. Nobody's standing
//! is changed to "wants letters" but by that person's own confirmation, or by an
//! import that the operator vouches for, and never for one who unsubscribed.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use sqlx::FromRow;

use super::Store;
use super::dialect::Durability;
use super::error::StoreError;
use super::rows::{from_json, json, parsed, time, time_or_none};
use super::session::{Session, values};
use crate::model::feed::FeedName;
use crate::model::region::Region;
use crate::model::subscriber::{
    EmailAddress, Profile, ProfileKey, Subscriber, SubscriberId, SubscriberStatus,
};

const SUBSCRIBER_COLUMNS: &str = "u.id, u.address, u.status, u.requested_at, u.confirmed_at, \
    u.unsubscribed_at, p.tongue, p.feeds, p.regions";

/// What came of somebody's asking for the digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requested {
    /// A confirmation letter is to be sent.
    Pending(SubscriberId),
    /// Nothing to do, and nothing changed: whoever asked may be another.
    AlreadyConfirmed(SubscriberId),
    /// Asked a moment ago: no second letter yet.
    TooSoon,
}

/// What came of a confirmation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmed {
    Now,
    Already,
    Unknown,
}

/// What came of an unsubscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsubscribed {
    Now,
    Already,
    Unknown,
}

#[derive(FromRow)]
struct SubscriberRow {
    id: String,
    address: String,
    status: String,
    requested_at: i64,
    confirmed_at: Option<i64>,
    unsubscribed_at: Option<i64>,
    tongue: String,
    feeds: String,
    regions: String,
}

impl Store {
    /// Somebody asked for the digest for `address`. Asking again within
    /// `cooldown` changes nothing, so that nobody's mailbox can be filled.
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
        keep_profiles(&mut session, [&profile]).await?;
        let asked = session
            .execute(
                "INSERT INTO subscribers (id, address, status, profile_key, requested_at)
                 VALUES ($1, $2, 'pending', $3, $4)
                 ON CONFLICT (id) DO UPDATE SET address = excluded.address, status = 'pending',
                   profile_key = excluded.profile_key, requested_at = excluded.requested_at,
                   request_queued = 0
                 WHERE subscribers.status <> 'confirmed' AND subscribers.requested_at <= $5",
                values![
                    id.as_str(),
                    address.as_str(),
                    profile.key().as_str(),
                    now,
                    now - cooldown
                ],
            )
            .await?;
        if asked == 1 {
            session.commit().await?;
            return Ok(Requested::Pending(id));
        }
        // Nothing was changed; the profile is not kept either.
        match standing(&mut session, &id).await? {
            Some(SubscriberStatus::Confirmed) => Ok(Requested::AlreadyConfirmed(id)),
            _ => Ok(Requested::TooSoon),
        }
    }

    /// Those who asked and whose confirmation letter is not queued yet, the
    /// longest waiting first.
    pub async fn pending_requests(&self, limit: u32) -> Result<Vec<Subscriber>, StoreError> {
        let mut session = self.pools.read("looking for new requests");
        let rows: Vec<SubscriberRow> = session
            .fetch(
                format!(
                    "SELECT {SUBSCRIBER_COLUMNS} FROM subscribers u
                     JOIN profiles p ON p.key = u.profile_key
                     WHERE u.status = 'pending' AND u.request_queued = 0
                     ORDER BY u.requested_at LIMIT $1"
                ),
                values![i64::from(limit)],
            )
            .await?;
        rows.into_iter().map(SubscriberRow::read).collect()
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
        let confirmed = session
            .execute(
                "UPDATE subscribers SET status = 'confirmed', confirmed_at = $2,
                   unsubscribed_at = NULL WHERE id = $1 AND status <> 'confirmed'",
                values![id.as_str(), now],
            )
            .await?;
        if confirmed == 1 {
            session.commit().await?;
            return Ok(Confirmed::Now);
        }
        let standing = standing(&mut session, id).await?;
        Ok(standing.map_or(Confirmed::Unknown, |_| Confirmed::Already))
    }

    /// The person wants no more: lasting, and true at once also for digests that
    /// are queued already.
    pub async fn unsubscribe(
        &self,
        id: &SubscriberId,
        now: DateTime<Utc>,
    ) -> Result<Unsubscribed, StoreError> {
        let mut session = self.pools.write("unsubscribing", Durability::Full).await?;
        let done = session
            .execute(
                "UPDATE subscribers SET status = 'unsubscribed', unsubscribed_at = $2
                 WHERE id = $1 AND status <> 'unsubscribed'",
                values![id.as_str(), now],
            )
            .await?;
        if done == 1 {
            session.commit().await?;
            return Ok(Unsubscribed::Now);
        }
        let standing = standing(&mut session, id).await?;
        Ok(standing.map_or(Unsubscribed::Unknown, |_| Unsubscribed::Already))
    }

    /// One subscriber.
    pub async fn subscriber(&self, id: &SubscriberId) -> Result<Option<Subscriber>, StoreError> {
        let mut session = self.pools.read("reading a subscriber");
        let row: Option<SubscriberRow> = session
            .fetch_first(
                format!(
                    "SELECT {SUBSCRIBER_COLUMNS} FROM subscribers u
                     JOIN profiles p ON p.key = u.profile_key WHERE u.id = $1"
                ),
                values![id.as_str()],
            )
            .await?;
        row.map(SubscriberRow::read).transpose()
    }

    /// A page of all subscribers, by id, those after `after`.
    pub async fn subscribers(
        &self,
        after: Option<SubscriberId>,
        limit: u32,
    ) -> Result<Vec<Subscriber>, StoreError> {
        let mut session = self.pools.read("listing subscribers");
        let after = after.map_or_else(String::new, |id| id.as_str().to_owned());
        let rows: Vec<SubscriberRow> = session
            .fetch(
                format!(
                    "SELECT {SUBSCRIBER_COLUMNS} FROM subscribers u
                     JOIN profiles p ON p.key = u.profile_key
                     WHERE u.id > $1 ORDER BY u.id LIMIT $2"
                ),
                values![after, i64::from(limit)],
            )
            .await?;
        rows.into_iter().map(SubscriberRow::read).collect()
    }
}

#[derive(Serialize)]
struct ProfileRow {
    key: String,
    tongue: &'static str,
    feeds: String,
    regions: String,
}

/// Keeps normalised profiles under their keys.
pub(super) async fn keep_profiles<'a>(
    session: &mut Session,
    profiles: impl IntoIterator<Item = &'a Profile>,
) -> Result<(), StoreError> {
    let mut rows = BTreeMap::new();
    for profile in profiles {
        let key = profile.key().as_str().to_owned();
        let feeds: Vec<&str> = profile.feeds.iter().map(FeedName::as_str).collect();
        let regions: Vec<String> = profile.regions.iter().map(|r| r.code()).collect();
        let row = ProfileRow {
            key: key.clone(),
            tongue: profile.tongue.tag(),
            feeds: json(&feeds),
            regions: json(&regions),
        };
        rows.insert(key, row);
    }
    let rows = json(&rows.values().collect::<Vec<_>>());
    session
        .execute(
            "INSERT INTO profiles (key, tongue, feeds, regions)
             SELECT item.value ->> 'key', item.value ->> 'tongue', item.value ->> 'feeds',
               item.value ->> 'regions'
             FROM {rows} AS item WHERE 1 = 1 ON CONFLICT (key) DO NOTHING",
            values![rows],
        )
        .await?;
    Ok(())
}

/// Reads a profile's columns.
pub(super) fn profile(tongue: &str, feeds: &str, regions: &str) -> Result<Profile, StoreError> {
    let feeds: Vec<String> = from_json(feeds, "profiles.feeds")?;
    let regions: Vec<String> = from_json(regions, "profiles.regions")?;
    Ok(Profile {
        tongue: parsed(tongue, "profiles.tongue")?,
        feeds: feeds
            .iter()
            .map(|name| parsed::<FeedName>(name, "profiles.feeds"))
            .collect::<Result<_, _>>()?,
        regions: regions
            .iter()
            .map(|code| parsed::<Region>(code, "profiles.regions"))
            .collect::<Result<_, _>>()?,
        ..Profile::default()
    })
}

/// Reads a profile's row.
pub(super) fn keyed_profile(
    key: String,
    tongue: &str,
    feeds: &str,
    regions: &str,
) -> Result<(ProfileKey, Profile), StoreError> {
    Ok((
        ProfileKey::from_stored(key),
        profile(tongue, feeds, regions)?,
    ))
}

async fn standing(
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

fn status(word: &str) -> Result<SubscriberStatus, StoreError> {
    SubscriberStatus::from_word(word).ok_or_else(|| StoreError::corrupt("subscribers.status", word))
}

impl SubscriberRow {
    fn read(self) -> Result<Subscriber, StoreError> {
        let address = self.address.parse();
        Ok(Subscriber {
            id: SubscriberId::from_stored(self.id),
            // Addresses do not reach logs, not even broken ones.
            address: address.map_err(|_| StoreError::corrupt("subscribers.address", "…"))?,
            status: status(&self.status)?,
            profile: profile(&self.tongue, &self.feeds, &self.regions)?,
            requested_at: time(self.requested_at, "subscribers.requested_at")?,
            confirmed_at: time_or_none(self.confirmed_at, "subscribers.confirmed_at")?,
            unsubscribed_at: time_or_none(self.unsubscribed_at, "subscribers.unsubscribed_at")?,
        })
    }
}
