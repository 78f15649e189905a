//! Who holds sources until when, and giving several back at once.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::Store;
use super::dialect::Durability;
use super::error::StoreError;
use super::rows::{BATCH_ROWS, list, time};
use super::session::values;
use crate::model::delivery::Holder;
use crate::model::source::SourceId;

impl Store {
    /// Gives claimed sources back unvisited.
    pub async fn release_sources(
        &self,
        ids: &[&SourceId],
        holder: &Holder,
    ) -> Result<(), StoreError> {
        for batch in ids.chunks(BATCH_ROWS) {
            let mut session = self
                .pools
                .write("giving back sources", Durability::Normal)
                .await?;
            session
                .execute(
                    "UPDATE sources SET lease_holder = NULL, lease_until = 0
                     WHERE lease_holder = $2 AND id IN (
                       SELECT item.value ->> 'v' FROM {rows} AS item)",
                    values![list(batch.iter().map(|id| id.as_str())), holder.0.as_str()],
                )
                .await?;
            session.commit().await?;
        }
        Ok(())
    }

    /// Until when those of `ids` are held at `now`, where anybody holds them.
    pub async fn held_until(
        &self,
        ids: &[SourceId],
        now: DateTime<Utc>,
    ) -> Result<HashMap<SourceId, DateTime<Utc>>, StoreError> {
        let mut session = self.pools.read("looking who holds sources");
        let mut held = HashMap::new();
        for batch in ids.chunks(BATCH_ROWS) {
            let rows: Vec<(String, i64)> = session
                .fetch(
                    "SELECT id, lease_until FROM sources WHERE lease_until > $2 AND id IN (
                       SELECT item.value ->> 'v' FROM {rows} AS item)",
                    values![list(batch.iter().map(SourceId::as_str)), now],
                )
                .await?;
            for (id, until) in rows {
                held.insert(
                    SourceId::from_stored(id),
                    time(until, "sources.lease_until")?,
                );
            }
        }
        Ok(held)
    }
}
