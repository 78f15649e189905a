//! Sources: what the catalogue lists, what is remembered between visits, and
//! who is reading one just now.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::Store;
use super::dialect::Durability;
use super::error::StoreError;
use super::health::health;
use super::pace::pace;
use super::rows::{from_json, json, list, time, time_or_none, unsigned};
use super::session::{Session, Value, values};
use crate::model::delivery::Holder;
use crate::model::feed::Entry;
use crate::model::health::Answered;
use crate::model::id::derive;
use crate::model::source::{Republish, Source, SourceId, SourceState, Validators};

/// A [`StateRow`] in one value: each value of a row is handed from thread to thread by
/// itself, which took half of a claim's time. `FOR UPDATE` finds the row by its name.
const STATE: &str = "CAST({array}(claimed.id, next_visit, last_visit, last_success, failures,
       last_result, stopped, waits_for, answered, etag, last_modified, body_hash, moved_to,
       moved_seen, pace, health) AS TEXT)
     FROM sources AS claimed LEFT JOIN source_memory AS memory ON memory.id = claimed.id";

/// In the order of [`STATE`].
#[derive(Deserialize)]
struct StateRow {
    id: String,
    next_visit: i64,
    last_visit: Option<i64>,
    last_success: Option<i64>,
    failures: i64,
    last_result: Option<String>,
    stopped: Option<String>,
    waits_for: Option<String>,
    answered: Option<String>,
    etag: Option<String>,
    last_modified: Option<String>,
    body_hash: Option<String>,
    moved_to: Option<String>,
    moved_seen: Option<i64>,
    pace: Option<String>,
    health: Option<String>,
}

#[derive(Serialize)]
struct ListedSource<'a> {
    id: &'a str,
    outlet: &'a str,
    republish: &'static str,
    registered: i64,
    place_hash: String,
}

impl Store {
    /// Makes the catalogue's sources the registered ones. One not listed any
    /// more is no longer visited, but its articles keep their outlet's name. One
    /// whose place changed forgets what the old place said (validators, redirects,
    /// 410 Gone) and is due at once; who is visiting the old one loses its claim.
    pub async fn sync_sources(
        &self,
        sources: &[Source],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        // The last of one name wins: a batch may not touch a row twice.
        let listed: HashMap<&str, ListedSource> = sources
            .iter()
            .map(|source| (source.id.as_str(), listed(source)))
            .collect();
        let batch = json(&listed.values().collect::<Vec<_>>());
        let mut session = self
            .pools
            .write("registering the catalogue's sources", Durability::Normal)
            .await?;
        let left = session
            .execute(
                "UPDATE sources SET registered = 0 WHERE registered = 1
                 AND id NOT IN (SELECT item.value ->> 'id' FROM {rows} AS item)",
                values![batch.as_str()],
            )
            .await?;
        session.execute(FORGET, values![batch.as_str()]).await?;
        let changed = session.execute(SYNC, values![batch, now]).await?;
        if left + changed > 0 {
            raise_stamp(&mut session).await?;
        }
        session.commit().await
    }

    /// What is remembered of one source; `None`: never registered.
    pub async fn source_state(&self, id: &SourceId) -> Result<Option<SourceState>, StoreError> {
        let mut session = self.pools.read("reading a source's state");
        let row = session
            .fetch_first(
                format!("SELECT {STATE} WHERE claimed.id = $1"),
                values![id.as_str()],
            )
            .await?;
        row.map(|row| StateRow::parse(&row)?.read()).transpose()
    }

    /// What is remembered of every source ever registered, by id.
    pub async fn source_states(&self) -> Result<Vec<SourceState>, StoreError> {
        let mut session = self.pools.read("reading the sources' states");
        let rows: Vec<(String,)> = session
            .fetch(format!("SELECT {STATE} ORDER BY claimed.id"), values![])
            .await?;
        let states = rows.iter().map(|row| StateRow::parse(row)?.read());
        states.collect()
    }

    /// Takes up to `limit` due sources for `holder` until `now + lease`: the
    /// longest due first, each for exactly one claimer.
    pub async fn claim_sources(
        &self,
        now: DateTime<Utc>,
        holder: &Holder,
        lease: TimeDelta,
        limit: u32,
    ) -> Result<Vec<SourceState>, StoreError> {
        let due = "registered = 1 AND stopped IS NULL AND next_visit <= $1 AND lease_until <= $1
             ORDER BY next_visit LIMIT $2";
        let values = values![now, i64::from(limit)];
        self.claim_where(due, values, holder, now + lease).await
    }

    /// Takes the source of that name for `holder`, due or not, stopped or not;
    /// `None`: not registered, or somebody is reading it.
    pub async fn claim_source(
        &self,
        id: &SourceId,
        now: DateTime<Utc>,
        holder: &Holder,
        lease: TimeDelta,
    ) -> Result<Option<SourceState>, StoreError> {
        let named = "registered = 1 AND claimed.id = $2 AND lease_until <= $1";
        let values = values![now, id.as_str()];
        let claimed = self.claim_where(named, values, holder, now + lease).await?;
        Ok(claimed.into_iter().next())
    }

    /// Keeps a claim until `until`; false where another process has it now.
    pub async fn keep_source(
        &self,
        id: &SourceId,
        holder: &Holder,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut session = self
            .pools
            .write("keeping a source", Durability::Normal)
            .await?;
        let kept = session
            .execute(
                "UPDATE sources SET lease_until = CAST($3 AS BIGINT)
                 WHERE id = $1 AND lease_holder = $2",
                values![id.as_str(), holder.0.as_str(), until],
            )
            .await?;
        session.commit().await?;
        Ok(kept == 1)
    }

    /// Gives a claimed source back unvisited.
    pub async fn release_source(&self, id: &SourceId, holder: &Holder) -> Result<(), StoreError> {
        let mut session = self
            .pools
            .write("giving back a source", Durability::Normal)
            .await?;
        session
            .execute(
                "UPDATE sources SET lease_holder = NULL, lease_until = 0
                 WHERE id = $1 AND lease_holder = $2",
                values![id.as_str(), holder.0.as_str()],
            )
            .await?;
        session.commit().await
    }

    async fn claim_where(
        &self,
        condition: &str,
        values: Vec<Value>,
        holder: &Holder,
        until: DateTime<Utc>,
    ) -> Result<Vec<SourceState>, StoreError> {
        let mut session = self
            .pools
            .write("claiming sources", Durability::Normal)
            .await?;
        let sql = format!("SELECT {STATE} WHERE {condition} {{skip locked}}");
        let rows: Vec<(String,)> = session.fetch(sql, values).await?;
        let states = rows.iter().map(|row| StateRow::parse(row)?.read());
        let mut states: Vec<SourceState> = states.collect::<Result<_, _>>()?;
        if states.is_empty() {
            return Ok(states);
        }
        let ids = list(states.iter().map(|state| state.id.as_str()));
        session
            .execute(
                "UPDATE {or fail} sources SET lease_holder = $2, lease_until = CAST($3 AS BIGINT)
                 WHERE id IN (SELECT item.value ->> 'v' FROM {rows} AS item)",
                values![ids, holder.0.as_str(), until],
            )
            .await?;
        session.commit().await?;
        states.sort_by(|a, b| (a.next_visit, &a.id).cmp(&(b.next_visit, &b.id)));
        Ok(states)
    }
}

/// The old place's memory.
const FORGET: &str = "DELETE FROM source_memory WHERE id IN (
       SELECT item.value ->> 'id' FROM {rows} AS item JOIN sources ON sources.id = item.value ->> 'id'
       WHERE sources.place_hash <> item.value ->> 'place_hash')";

const SYNC: &str = "INSERT INTO sources (id, outlet, republish, registered, place_hash, next_visit)
     SELECT item.value ->> 'id', item.value ->> 'outlet', item.value ->> 'republish',
       CAST(item.value ->> 'registered' AS BIGINT), item.value ->> 'place_hash', CAST($2 AS BIGINT)
     FROM {rows} AS item WHERE 1 = 1
     ON CONFLICT (id) DO UPDATE SET
       outlet = excluded.outlet, republish = excluded.republish,
       registered = excluded.registered, place_hash = excluded.place_hash,
       stopped = CASE WHEN sources.place_hash = excluded.place_hash THEN sources.stopped END,
       answered = CASE WHEN sources.place_hash = excluded.place_hash THEN sources.answered END,
       lease_holder = CASE WHEN sources.place_hash = excluded.place_hash THEN sources.lease_holder END,
       lease_until = CASE WHEN sources.place_hash = excluded.place_hash THEN sources.lease_until ELSE 0 END,
       waits_for = CASE WHEN sources.place_hash = excluded.place_hash THEN sources.waits_for END,
       failures = CASE WHEN sources.place_hash = excluded.place_hash THEN sources.failures ELSE 0 END,
       next_visit = CASE WHEN sources.place_hash = excluded.place_hash
         THEN sources.next_visit ELSE excluded.next_visit END
     WHERE sources.outlet <> excluded.outlet OR sources.republish <> excluded.republish
       OR sources.registered <> excluded.registered OR sources.place_hash <> excluded.place_hash";

/// Keeps `states` and gives their sources back; says of which `holder` still had.
pub(super) async fn keep_states(
    session: &mut Session,
    states: &[&SourceState],
    holder: &Holder,
) -> Result<HashSet<SourceId>, StoreError> {
    let rows: Vec<KeptState> = states.iter().copied().map(KeptState::of).collect();
    let kept: Vec<(String,)> = session
        .fetch(KEEP, values![json(&rows), holder.0.as_str()])
        .await?;
    Ok(kept
        .into_iter()
        .map(|(id,)| SourceId::from_stored(id))
        .collect())
}

const KEEP: &str =
    "UPDATE {or fail} sources SET next_visit = CAST(item.value ->> 'next_visit' AS BIGINT),
       last_visit = CAST(item.value ->> 'last_visit' AS BIGINT),
       last_success = CAST(item.value ->> 'last_success' AS BIGINT),
       failures = CAST(item.value ->> 'failures' AS BIGINT),
       last_result = item.value ->> 'last_result', stopped = item.value ->> 'stopped',
       waits_for = item.value ->> 'waits_for', answered = item.value ->> 'answered',
       lease_holder = NULL, lease_until = 0
     FROM {rows} AS item
     WHERE sources.id = item.value ->> 'id' AND COALESCE(sources.lease_holder, '') = $2
     RETURNING sources.id";

#[derive(Serialize)]
struct KeptState<'a> {
    id: &'a str,
    next_visit: i64,
    last_visit: Option<i64>,
    last_success: Option<i64>,
    failures: u32,
    last_result: Option<&'a str>,
    stopped: Option<&'a str>,
    waits_for: Option<&'a str>,
    answered: Option<&'static str>,
}

impl<'a> KeptState<'a> {
    fn of(state: &'a SourceState) -> Self {
        let millis = |time: Option<DateTime<Utc>>| time.map(|time| time.timestamp_millis());
        Self {
            id: state.id.as_str(),
            next_visit: state.next_visit.timestamp_millis(),
            last_visit: millis(state.last_visit),
            last_success: millis(state.last_success),
            failures: state.failures,
            last_result: state.last_result.as_deref(),
            stopped: state.stopped.as_deref(),
            waits_for: state.waits_for.as_deref(),
            answered: state.health.answered.map(Answered::word),
        }
    }
}

/// Says that something published may have changed. Last in its transaction: all
/// writers meet at this row.
pub(super) async fn raise_stamp(session: &mut Session) -> Result<(), StoreError> {
    session
        .execute(
            "UPDATE house SET number = number + 1 WHERE key = 'stamp'",
            values![],
        )
        .await?;
    Ok(())
}

/// Fills in what an [`Entry`] says of its outlet.
pub(super) fn name_outlet(entry: &mut Entry, outlet: Option<String>, republish: Option<&str>) {
    entry.outlet = outlet.unwrap_or_else(|| entry.article.source.to_string());
    entry.republish = match republish {
        Some("full") => Republish::Full,
        _ => Republish::Excerpt,
    };
}

fn listed(source: &Source) -> ListedSource<'_> {
    ListedSource {
        id: source.id.as_str(),
        outlet: &source.name,
        republish: match source.republish {
            Republish::Excerpt => "excerpt",
            Republish::Full => "full",
        },
        registered: i64::from(source.enabled),
        place_hash: derive(&["place", &format!("{:?}", source.place)]),
    }
}

impl StateRow {
    fn parse((text,): &(String,)) -> Result<Self, StoreError> {
        from_json(text, "sources")
    }

    fn read(self) -> Result<SourceState, StoreError> {
        let moved_seen = unsigned(self.moved_seen.unwrap_or(0), "source_memory.moved_seen")?;
        // A word of a newer program is none to this one.
        let answered = self.answered.as_deref().and_then(Answered::from_word);
        Ok(SourceState {
            id: SourceId::from_stored(self.id),
            validators: Validators {
                etag: self.etag,
                last_modified: self.last_modified,
            },
            body_hash: self.body_hash,
            next_visit: time(self.next_visit, "sources.next_visit")?,
            last_visit: time_or_none(self.last_visit, "sources.last_visit")?,
            last_success: time_or_none(self.last_success, "sources.last_success")?,
            failures: unsigned(self.failures, "sources.failures")?,
            last_result: self.last_result,
            stopped: self.stopped,
            moved_to: self.moved_to.map(|url| (url, moved_seen)),
            pace: pace(self.pace.as_deref())?,
            waits_for: self.waits_for,
            health: health(self.health.as_deref(), answered)?,
        })
    }
}
