//! `source_memory`: what is remembered of a source and seldom changes. A visit that
//! finds everything as it was writes nothing here.

use serde::Serialize;

use super::error::StoreError;
use super::health::health_json;
use super::pace::pace_json;
use super::rows::json;
use super::session::{Session, values};
use crate::model::health::Health;
use crate::model::source::SourceState;

/// Whether two states of a source are one here.
pub(super) fn is_same(one: &SourceState, other: &SourceState) -> bool {
    // The last answer stands with what every visit writes.
    let answered = |state: &SourceState| Health {
        answered: None,
        ..state.health.clone()
    };
    one.validators == other.validators
        && one.body_hash == other.body_hash
        && one.moved_to == other.moved_to
        && one.pace == other.pace
        && answered(one) == answered(other)
}

/// Keeps what is remembered of these sources.
pub(super) async fn keep_memories(
    session: &mut Session,
    states: impl Iterator<Item = &SourceState>,
) -> Result<(), StoreError> {
    let rows: Vec<MemoryRow> = states.map(MemoryRow::of).collect();
    if !rows.is_empty() {
        session.execute(KEEP, values![json(&rows)]).await?;
    }
    Ok(())
}

const KEEP: &str = "INSERT INTO source_memory
       (id, etag, last_modified, body_hash, moved_to, moved_seen, pace, health)
     SELECT item.value ->> 'id', item.value ->> 'etag', item.value ->> 'last_modified',
       item.value ->> 'body_hash', item.value ->> 'moved_to',
       CAST(item.value ->> 'moved_seen' AS BIGINT), item.value ->> 'pace', item.value ->> 'health'
     FROM {wide rows} AS item WHERE 1 = 1
     ON CONFLICT (id) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified,
       body_hash = excluded.body_hash, moved_to = excluded.moved_to,
       moved_seen = excluded.moved_seen, pace = excluded.pace, health = excluded.health";

#[derive(Serialize)]
struct MemoryRow<'a> {
    id: &'a str,
    etag: Option<&'a str>,
    last_modified: Option<&'a str>,
    body_hash: Option<&'a str>,
    moved_to: Option<&'a str>,
    moved_seen: u32,
    pace: Option<String>,
    health: String,
}

impl<'a> MemoryRow<'a> {
    fn of(state: &'a SourceState) -> Self {
        let moved = state.moved_to.as_ref();
        Self {
            id: state.id.as_str(),
            etag: state.validators.etag.as_deref(),
            last_modified: state.validators.last_modified.as_deref(),
            body_hash: state.body_hash.as_deref(),
            moved_to: moved.map(|(url, _)| url.as_str()),
            moved_seen: moved.map_or(0, |(_, seen)| *seen),
            pace: pace_json(&state.pace),
            health: health_json(&state.health),
        }
    }
}
