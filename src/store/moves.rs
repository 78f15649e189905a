//! Where the links of letters to an earlier address lead: to whoever reads at the
//! new one. Of the old address nothing but its hash, the id, is kept.

use super::Store;
use super::error::StoreError;
use super::session::{Session, values};
use crate::model::subscriber::SubscriberId;

impl Store {
    /// Who has what was `id`'s: another id after a change of address, else `id`.
    pub async fn reader_now(&self, id: &SubscriberId) -> Result<SubscriberId, StoreError> {
        reader_now(&mut self.pools.read("following a change of address"), id).await
    }

    /// Whether confirming would move a reader's letters here from another address.
    pub async fn would_move(&self, id: &SubscriberId) -> Result<bool, StoreError> {
        let mut session = self.pools.read("asking what is to be confirmed");
        let found: Option<(i64,)> = session
            .fetch_first(
                "SELECT requested_at FROM subscribers
                 WHERE id = $1 AND replaces IS NOT NULL AND status <> 'unsubscribed'",
                values![id.as_str()],
            )
            .await?;
        Ok(found.is_some())
    }
}

/// As [`Store::reader_now`].
pub(super) async fn reader_now(
    session: &mut Session,
    id: &SubscriberId,
) -> Result<SubscriberId, StoreError> {
    let row: Option<(String,)> = session
        .fetch_first(
            "SELECT new_id FROM moved WHERE old_id = $1",
            values![id.as_str()],
        )
        .await?;
    Ok(row.map_or_else(|| id.clone(), |(new,)| SubscriberId::from_stored(new)))
}

/// Keeps that `old` and all who became `old` are `new` from now on.
pub(super) async fn keep_move(
    session: &mut Session,
    old: &SubscriberId,
    new: &SubscriberId,
) -> Result<(), StoreError> {
    forget_move(session, new).await?;
    for sql in [
        "UPDATE moved SET new_id = $2 WHERE new_id = $1",
        "INSERT INTO moved (old_id, new_id) VALUES ($1, $2)
         ON CONFLICT (old_id) DO UPDATE SET new_id = excluded.new_id",
    ] {
        session
            .execute(sql, values![old.as_str(), new.as_str()])
            .await?;
    }
    Ok(())
}

/// Who confirmed at `id` again reads there: links of letters to it lead to it.
pub(super) async fn forget_move(
    session: &mut Session,
    id: &SubscriberId,
) -> Result<(), StoreError> {
    session
        .execute("DELETE FROM moved WHERE old_id = $1", values![id.as_str()])
        .await?;
    Ok(())
}
