//! Records how visits went that brought nothing: all that end while one
//! transaction is written are the next one's, however many they are.
//!
//! Most visits are such (304). Each is a row of its own, kept or not by whether
//! its claim still held; what a crash takes is asked for again. A visit with
//! articles has a transaction to itself, with its validators.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::daemon::Newsroom;
use crate::model::source::SourceState;
use crate::store::{StoreError, Visit, VisitRecord};

/// Visits recorded at one time.
const GROUP_MAX: usize = 256;

/// Takes visits. Clones share one register, which ends with the last of them.
#[derive(Clone)]
pub struct Register {
    newsroom: Arc<Newsroom>,
    entries: mpsc::Sender<Entry>,
}

struct Entry {
    state: SourceState,
    recorded: oneshot::Sender<Result<VisitRecord, StoreError>>,
}

impl Register {
    /// Opens one; it is kept until the last clone is dropped.
    pub fn open(newsroom: &Arc<Newsroom>) -> (Self, JoinHandle<()>) {
        let (entries, received) = mpsc::channel(GROUP_MAX);
        let keeping = tokio::spawn(keep(Arc::clone(newsroom), received));
        let newsroom = Arc::clone(newsroom);
        (Self { newsroom, entries }, keeping)
    }

    /// Records all of `visit` or nothing, and gives its source back.
    pub async fn record(&self, visit: Visit) -> Result<VisitRecord, StoreError> {
        let Newsroom { store, holder, .. } = &*self.newsroom;
        if !visit.is_quiet() {
            return store.record_visit(visit, holder).await;
        }
        let (recorded, answer) = oneshot::channel();
        let state = visit.state;
        let handed_in = self.entries.send(Entry { state, recorded }).await;
        match (handed_in, answer.await) {
            (Ok(()), Ok(record)) => record,
            // The runtime is going down, and everything with it.
            _ => Ok(VisitRecord::LeaseLost),
        }
    }
}

async fn keep(newsroom: Arc<Newsroom>, mut received: mpsc::Receiver<Entry>) {
    let Newsroom { store, holder, .. } = &*newsroom;
    let mut entries = Vec::with_capacity(GROUP_MAX);
    while received.recv_many(&mut entries, GROUP_MAX).await > 0 {
        let states: Vec<&SourceState> = entries.iter().map(|entry| &entry.state).collect();
        match store.record_quiet_visits(&states, holder).await {
            Ok(kept) => {
                for Entry { state, recorded } in entries.drain(..) {
                    let record = if kept.contains(&state.id) {
                        VisitRecord::Stored { new: 0, revised: 0 }
                    } else {
                        VisitRecord::LeaseLost
                    };
                    recorded.send(Ok(record)).ok();
                }
            }
            // One that the store refuses costs the others nothing.
            Err(_) => {
                for Entry { state, recorded } in entries.drain(..) {
                    let visit = Visit::quiet(state);
                    recorded.send(store.record_visit(visit, holder).await).ok();
                }
            }
        }
    }
}
