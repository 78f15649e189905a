//! Importing a list of subscribers. Whoever unsubscribed stays unsubscribed,
//! and whoever was erased stays unknown.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::FromRow;

use super::Store;
use super::dialect::Durability;
use super::error::StoreError;
use super::preferences::move_round;
use super::profiles::keep_profiles;
use super::rows::{BATCH_ROWS, from_json, json, list};
use super::session::{Session, values};
use super::subscriber_list::tags_json;
use super::suppression;
use crate::model::schedule::Round;
use crate::model::subscriber::{EmailAddress, Profile, SubscriberId, SubscriberStatus, Tag};

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    pub address: EmailAddress,
    pub status: SubscriberStatus,
    /// `None`: the list says nothing; who is known keeps the own wishes.
    pub profile: Option<Profile>,
    /// Added to those the subscriber bears.
    pub tags: Vec<Tag>,
    /// `None`: now.
    pub requested_at: Option<DateTime<Utc>>,
    /// `None`: now, for one who is confirmed.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// `None`: now, for one who unsubscribed.
    pub unsubscribed_at: Option<DateTime<Utc>>,
    pub paused_until: Option<DateTime<Utc>>,
}

impl Import {
    /// A line with nothing but the address, its status and wishes.
    pub const fn new(
        address: EmailAddress,
        status: SubscriberStatus,
        profile: Option<Profile>,
    ) -> Self {
        Self {
            address,
            status,
            profile,
            tags: Vec::new(),
            requested_at: None,
            confirmed_at: None,
            unsubscribed_at: None,
            paused_until: None,
        }
    }
}

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportCounts {
    pub added: u64,
    /// Known before; the list's words about them hold now.
    pub updated: u64,
    /// Known as unsubscribed: left so.
    pub kept_unsubscribed: u64,
    /// Erased at their own wish: not added again.
    pub erased: u64,
    /// On the suppression list: left out.
    pub suppressed: u64,
}

impl ImportCounts {
    /// Counts `other` in.
    pub const fn add(&mut self, other: &Self) {
        self.added += other.added;
        self.updated += other.updated;
        self.kept_unsubscribed += other.kept_unsubscribed;
        self.erased += other.erased;
        self.suppressed += other.suppressed;
    }
}

#[derive(FromRow)]
struct KnownRow {
    id: String,
    gone: i64,
    confirmed: i64,
    profile_key: String,
    round: String,
    tags: String,
}

impl Store {
    /// Imports a list in one transaction. Pending ones will be sent a
    /// confirmation letter; the confirmed stay confirmed; whoever unsubscribed
    /// stays so, even if somebody asked again in their name since. With `dry`
    /// it only counts.
    pub async fn import(
        &self,
        people: Vec<Import>,
        now: DateTime<Utc>,
        dry: bool,
    ) -> Result<ImportCounts, StoreError> {
        // Of one person listed twice, the last line counts.
        let people: BTreeMap<SubscriberId, Import> = people
            .into_iter()
            .map(|mut one| {
                one.profile = one.profile.map(Profile::normalised);
                (SubscriberId::derived(&one.address), one)
            })
            .collect();
        let people: Vec<_> = people.into_iter().collect();
        let mut session = self
            .pools
            .write("importing subscribers", Durability::Full)
            .await?;
        let mut counts = ImportCounts::default();
        let people = without_suppressed(&mut session, people, &mut counts).await?;
        for batch in people.chunks(BATCH_ROWS) {
            import_batch(&mut session, batch, now, &mut counts).await?;
        }
        if !dry {
            session.commit().await?;
        }
        Ok(counts)
    }
}

/// Leaves out who is suppressed: an import is nobody's own wish.
async fn without_suppressed(
    session: &mut Session,
    mut people: Vec<(SubscriberId, Import)>,
    counts: &mut ImportCounts,
) -> Result<Vec<(SubscriberId, Import)>, StoreError> {
    let mut suppressed = HashSet::new();
    for batch in people.chunks(BATCH_ROWS) {
        let addresses = batch.iter().map(|(_, import)| &import.address);
        suppressed.extend(suppression::among(session, addresses).await?);
    }
    counts.suppressed += suppressed.len() as u64;
    people.retain(|(id, _)| !suppressed.contains(id));
    Ok(people)
}

async fn import_batch(
    session: &mut Session,
    batch: &[(SubscriberId, Import)],
    now: DateTime<Utc>,
    counts: &mut ImportCounts,
) -> Result<(), StoreError> {
    let ids = list(batch.iter().map(|(id, _)| id.as_str()));
    let erased: Vec<(String,)> = session
        .fetch(
            "SELECT subscriber_id FROM erased
             WHERE subscriber_id IN (SELECT item.value ->> 'v' FROM {rows} AS item)",
            values![ids.as_str()],
        )
        .await?;
    let erased: HashSet<String> = erased.into_iter().map(|(id,)| id).collect();
    let known = known(session, ids).await?;
    keep_profiles(
        session,
        batch.iter().filter_map(|(_, one)| one.profile.as_ref()),
    )
    .await?;
    let default = Profile::default();
    let mut rows = Vec::with_capacity(batch.len());
    let mut is_default_needed = false;
    for (id, one) in batch {
        let before = known.get(id.as_str());
        // Somebody may have asked in their name; only they can confirm it.
        let is_reader = before.is_some_and(|row| row.confirmed == 1);
        if !is_reader && erased.contains(id.as_str()) {
            counts.erased += 1;
            continue;
        }
        if before.is_some_and(|row| row.gone == 1) {
            counts.kept_unsubscribed += 1;
            continue;
        }
        match before {
            Some(_) => counts.updated += 1,
            None if one.status == SubscriberStatus::Unsubscribed => counts.kept_unsubscribed += 1,
            None => counts.added += 1,
        }
        if let (Some(row), Some(profile)) = (before, &one.profile) {
            let round = Round::of(profile.schedule);
            if row.round != round.key() {
                move_round(session, id, &row.round, &round).await?;
            }
        }
        is_default_needed |= before.is_none() && one.profile.is_none();
        rows.push(ImportRow::of(id, one, before, &default, now)?);
    }
    if is_default_needed {
        keep_profiles(session, [&default]).await?;
    }
    session.execute(IMPORT, values![json(&rows)]).await?;
    Ok(())
}

async fn known(
    session: &mut Session,
    ids: String,
) -> Result<HashMap<String, KnownRow>, StoreError> {
    let known: Vec<KnownRow> = session
        .fetch(
            "SELECT u.id, CAST(CASE WHEN u.status <> 'confirmed' AND u.unsubscribed_at IS NOT NULL
               THEN 1 ELSE 0 END AS BIGINT) AS gone,
               CAST(CASE WHEN u.status = 'confirmed' THEN 1 ELSE 0 END AS BIGINT) AS confirmed,
               u.profile_key, u.tags,
               (SELECT p.round FROM profiles p WHERE p.key = u.profile_key) AS round
             FROM subscribers u
             WHERE u.id IN (SELECT item.value ->> 'v' FROM {rows} AS item) {for update}",
            values![ids],
        )
        .await?;
    Ok(known.into_iter().map(|row| (row.id.clone(), row)).collect())
}

const IMPORT: &str = "INSERT INTO subscribers (id, address, status, profile_key, tags,
       requested_at, confirmed_at, unsubscribed_at, paused_until, request_queued)
     SELECT item.value ->> 'id', item.value ->> 'address', item.value ->> 'status',
       item.value ->> 'profile', item.value ->> 'tags',
       CAST(item.value ->> 'requested' AS BIGINT), CAST(item.value ->> 'confirmed' AS BIGINT),
       CAST(item.value ->> 'unsubscribed' AS BIGINT), CAST(item.value ->> 'paused' AS BIGINT),
       CASE WHEN item.value ->> 'unsubscribed' IS NULL THEN 0 ELSE 1 END
     FROM {rows} AS item WHERE 1 = 1
     ON CONFLICT (id) DO UPDATE SET profile_key = excluded.profile_key, tags = excluded.tags,
       status = CASE WHEN excluded.status = 'pending' THEN subscribers.status
         ELSE excluded.status END,
       confirmed_at = COALESCE(subscribers.confirmed_at, excluded.confirmed_at),
       unsubscribed_at = CASE WHEN excluded.status = 'unsubscribed'
         OR subscribers.status <> 'confirmed' THEN excluded.unsubscribed_at END,
       paused_until = COALESCE(excluded.paused_until, subscribers.paused_until)
     WHERE subscribers.status = 'confirmed' OR subscribers.unsubscribed_at IS NULL";

#[derive(Serialize)]
struct ImportRow<'a> {
    id: &'a str,
    address: &'a str,
    status: &'static str,
    profile: String,
    tags: String,
    requested: i64,
    confirmed: Option<i64>,
    unsubscribed: Option<i64>,
    paused: Option<i64>,
}

impl<'a> ImportRow<'a> {
    fn of(
        id: &'a SubscriberId,
        one: &'a Import,
        known: Option<&KnownRow>,
        default: &Profile,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let profile = match (&one.profile, known) {
            (Some(profile), _) => profile.key().as_str().to_owned(),
            (None, Some(known)) => known.profile_key.clone(),
            (None, None) => default.key().as_str().to_owned(),
        };
        let since = |status: SubscriberStatus, at: Option<DateTime<Utc>>| {
            at.or((one.status == status).then_some(now))
                .map(|at| at.timestamp_millis())
        };
        Ok(Self {
            id: id.as_str(),
            address: one.address.as_str(),
            status: one.status.word(),
            profile,
            tags: joined_tags(one, known)?,
            requested: one.requested_at.unwrap_or(now).timestamp_millis(),
            confirmed: since(SubscriberStatus::Confirmed, one.confirmed_at),
            // A date of leaving on the line of one who reads again is history;
            // on that of one who only asked again it still holds, and a list
            // is no reason to ask for another confirmation.
            unsubscribed: since(SubscriberStatus::Unsubscribed, one.unsubscribed_at)
                .filter(|_| one.status != SubscriberStatus::Confirmed),
            paused: one.paused_until.map(|at| at.timestamp_millis()),
        })
    }
}

/// The tags borne before and those of the line, at most [`Tag::COUNT_MAX`].
fn joined_tags(one: &Import, known: Option<&KnownRow>) -> Result<String, StoreError> {
    let mut tags = one.tags.clone();
    if let Some(known) = known {
        let borne: Vec<String> = from_json(&known.tags, "subscribers.tags")?;
        tags.extend(borne.iter().filter_map(|tag| tag.parse().ok()));
    }
    tags.sort();
    tags.dedup();
    tags.truncate(Tag::COUNT_MAX);
    Ok(tags_json(&tags))
}
