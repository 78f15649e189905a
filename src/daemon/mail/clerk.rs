//! Keeps the ledger while letters go out: what the workers have to record at
//! one time is one transaction, however many they are.
//!
//! A worker hands in the end of its last attempt together with the beginning of
//! its next, and no byte of the next letter leaves before both are durable. So a
//! crash finds at most one letter in flight for each connection.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::daemon::Newsroom;
use crate::model::delivery::{DeliveryId, Outcome};
use crate::store::{Ledgered, StoreError};

/// What a worker has to record.
struct Entry {
    ended: Option<(DeliveryId, Outcome)>,
    begins: Option<DeliveryId>,
    /// Whether it may begin.
    recorded: oneshot::Sender<bool>,
}

/// Takes entries. Clones share one ledger.
#[derive(Clone)]
pub struct Clerk(mpsc::Sender<Entry>);

/// The ledger could not be written; why is told by the clerk's end.
#[derive(Debug)]
pub struct NotRecorded;

impl Clerk {
    /// Begins; ends when every clone is dropped, or at the first error.
    pub fn begin(
        newsroom: Arc<Newsroom>,
        workers: usize,
    ) -> (Self, JoinHandle<Result<(), StoreError>>) {
        let (entries, received) = mpsc::channel(workers.max(1));
        (Self(entries), tokio::spawn(keep(newsroom, received)))
    }

    /// Durable when it returns.
    pub async fn record(&self, ended: Option<(DeliveryId, Outcome)>) -> Result<(), NotRecorded> {
        let recorded = self.hand_in(ended, None).await?;
        recorded.await.map(|_| ()).map_err(|_| NotRecorded)
    }

    /// Durable when the word comes: `ended`, and that `begins` begins, if the word
    /// is yes.
    pub async fn hand_in(
        &self,
        ended: Option<(DeliveryId, Outcome)>,
        begins: Option<DeliveryId>,
    ) -> Result<oneshot::Receiver<bool>, NotRecorded> {
        let (recorded, answer) = oneshot::channel();
        let entry = Entry {
            ended,
            begins,
            recorded,
        };
        self.0.send(entry).await.map_err(|_| NotRecorded)?;
        Ok(answer)
    }
}

async fn keep(
    newsroom: Arc<Newsroom>,
    mut received: mpsc::Receiver<Entry>,
) -> Result<(), StoreError> {
    let most = received.max_capacity();
    let mut entries = Vec::with_capacity(most);
    while received.recv_many(&mut entries, most).await > 0 {
        let mut ended = Vec::with_capacity(entries.len());
        let mut begins = Vec::with_capacity(entries.len());
        let mut waiting = Vec::with_capacity(entries.len());
        for entry in entries.drain(..) {
            ended.extend(entry.ended);
            begins.extend(entry.begins.clone());
            waiting.push((entry.begins, entry.recorded));
        }
        let now = newsroom.clock.now();
        let Ledgered { finished, begun } = newsroom
            .store
            .record_deliveries(&ended, &begins, &newsroom.holder, now)
            .await?;
        if finished.lost > 0 {
            tracing::warn!(
                letters = finished.lost,
                "were taken over by another process while on their way; they are counted as doubtful"
            );
        }
        for (begins, recorded) in waiting {
            // A worker that is gone needs no answer.
            recorded
                .send(begins.is_none_or(|id| begun.contains(&id)))
                .ok();
        }
    }
    Ok(())
}
