//! Keeps the ledger while letters go out: what the workers have to record at
//! one time is one transaction, however many they are.
//!
//! A worker hands in the end of its last attempt together with the beginning of
//! its next, and no byte of the next letter leaves before both are durable. So a
//! crash finds at most one letter in flight for each connection.
//!
//! A ledger that cannot be written, on a full disk or while its server restarts, is
//! tried again: the letters of that moment are in their mailboxes, and forgotten they
//! would be sent once more.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::daemon::Newsroom;
use crate::model::delivery::{DeliveryId, Outcome};
use crate::store::{Ledgered, StoreError};

/// How long lies between two tries of a ledger that cannot be written.
const AGAIN_AFTER: Duration = Duration::from_secs(1);
/// Tries while the program goes on (an hour), …
const TRIES_MAX: u32 = 3600;
/// … and once it is asked to stop: what supervisors allow a process for its end.
const TRIES_MAX_STOPPING: u32 = 10;

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
    /// Begins; ends when every clone is dropped, or when the ledger could not be
    /// written for so long that nobody may wait for it.
    pub fn begin(
        newsroom: Arc<Newsroom>,
        workers: usize,
        stop: watch::Receiver<bool>,
    ) -> (Self, JoinHandle<Result<(), StoreError>>) {
        let (entries, received) = mpsc::channel(workers.max(1));
        (Self(entries), tokio::spawn(keep(newsroom, received, stop)))
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
    stop: watch::Receiver<bool>,
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
        let Ledgered { finished, begun } = write(&newsroom, &ended, &begins, &stop).await?;
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

/// Writes the ledger, again and again where it cannot be written. What was written
/// although the answer was lost is found written, and no letter begins by it twice.
async fn write(
    newsroom: &Newsroom,
    ended: &[(DeliveryId, Outcome)],
    begins: &[DeliveryId],
    stop: &watch::Receiver<bool>,
) -> Result<Ledgered, StoreError> {
    let mut tries = 0;
    loop {
        let now = newsroom.clock.now();
        let written = newsroom
            .store
            .record_deliveries(ended, begins, &newsroom.holder, now)
            .await;
        tries += 1;
        let most = if *stop.borrow() {
            TRIES_MAX_STOPPING
        } else {
            TRIES_MAX
        };
        match written {
            Err(error) if tries < most => {
                if tries == 1 {
                    let letters = ended.len();
                    tracing::error!(%error, letters, "what became of letters could not be recorded; it is tried again every second, and no further letter leaves");
                }
                tokio::time::sleep(AGAIN_AFTER).await;
            }
            written => {
                if tries > 1 && written.is_ok() {
                    tracing::info!(tries, "what became of letters is recorded");
                }
                return written;
            }
        }
    }
}
