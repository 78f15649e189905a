//! Claiming only what this process knows. Another one on the same store may list
//! sources that are not in this one's catalogue (yet): nobody would visit them
//! here, so they are given back at once, for whoever knows them.

use chrono::{DateTime, TimeDelta, Utc};

use super::Newsroom;
use crate::model::source::{SourceId, SourceState};
use crate::store::StoreError;

/// Claims up to `limit` due sources that are known. Whether there may be more.
pub(super) async fn claim_due(
    newsroom: &Newsroom,
    is_known: impl Fn(&SourceId) -> bool,
    now: DateTime<Utc>,
    lease: TimeDelta,
    limit: u32,
) -> Result<(Vec<SourceState>, bool), StoreError> {
    let (store, holder) = (&newsroom.store, &newsroom.holder);
    let (mut known, mut strangers): (Vec<SourceState>, Vec<SourceId>) = Default::default();
    let mut more = true;
    // Strangers are held until the last claim: each is met once.
    while more && known.len() < limit as usize {
        let room = limit.saturating_sub(u32::try_from(known.len()).unwrap_or(u32::MAX));
        let claimed = store.claim_sources(now, holder, lease, room).await?;
        more = claimed.len() >= room as usize;
        for state in claimed {
            if is_known(&state.id) {
                known.push(state);
            } else {
                strangers.push(state.id);
            }
        }
    }
    if !strangers.is_empty() {
        let ids: Vec<&SourceId> = strangers.iter().collect();
        store.release_sources(&ids, holder).await?;
    }
    Ok((known, more))
}
