//! One connection's share of a flush: asks for a letter, builds it, connects,
//! has its beginning recorded while the envelope is on its way, delivers it,
//! says what came of it.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::Room;
use super::board::Worker;
use super::clerk::{Clerk, NotRecorded};
use crate::daemon::{Newsroom, letter};
use crate::deliver::courier::{Connection, Leave, NotReady};
use crate::deliver::retry;
use crate::model::delivery::{ClaimedDelivery, DeliveryId, Outcome};

/// A worker has nothing to do.
pub struct Free {
    pub worker: Worker,
    /// What came of the letter it had.
    pub report: Option<Report>,
    /// It holds an outcome that is not in the ledger yet.
    pub unrecorded: bool,
    /// For its next letter; `None` has it record what it holds. Dropped: the end.
    pub more: oneshot::Sender<Option<ClaimedDelivery>>,
}

/// What came of a letter.
pub enum Report {
    /// An attempt was made.
    Tried {
        domain: String,
        outcome: Outcome,
        /// Of a letter sent: a crash may have sent it before.
        doubtful: bool,
    },
    /// No connection; the letter was not begun.
    NotReady {
        letter: Box<ClaimedDelivery>,
        trouble: NotReady,
    },
    /// The letter is no longer ours: paused, stopped, or taken by another.
    NotOurs { domain: String },
}

/// Works until there is no more, or the ledger cannot be written.
pub async fn work(
    newsroom: Arc<Newsroom>,
    room: Arc<Room>,
    worker: Worker,
    free: mpsc::Sender<Free>,
    clerk: Clerk,
) -> Result<(), NotRecorded> {
    let mut connection = room.relays[worker.relay].courier.connect();
    let mut ended: Option<(DeliveryId, Outcome)> = None;
    let mut report = None;
    let mut waits = false;
    loop {
        let (more, answer) = oneshot::channel();
        let asking = Free {
            worker,
            report: report.take(),
            unrecorded: ended.is_some(),
            more,
        };
        if free.send(asking).await.is_err() {
            break;
        }
        match answer.await {
            Ok(Some(delivery)) => {
                let step = attempt(
                    &newsroom,
                    &mut connection,
                    &clerk,
                    delivery,
                    &mut ended,
                    waits,
                );
                let came = step.await?;
                // To be refused midway costs the connection. Where one letter was,
                // the next is likely to be: it waits for the word first.
                waits = matches!(came, Report::NotOurs { .. });
                report = Some(came);
            }
            Ok(None) => {
                clerk.record(ended.take()).await?;
            }
            Err(_) => break,
        }
    }
    connection.close().await;
    Ok(())
}

/// One letter: its beginning recorded, tried, judged. `ended` holds the outcome
/// of the one before, and after it this one's.
async fn attempt(
    newsroom: &Newsroom,
    connection: &mut Connection,
    clerk: &Clerk,
    delivery: ClaimedDelivery,
    ended: &mut Option<(DeliveryId, Outcome)>,
    waits: bool,
) -> Result<Report, NotRecorded> {
    let built = letter::prepare(newsroom, &delivery).await;
    if let Err(trouble) = connection.ready().await {
        clerk.record(ended.take()).await?;
        return Ok(Report::NotReady {
            letter: Box::new(delivery),
            trouble,
        });
    }
    let domain = delivery.address.domain().to_owned();
    let begins = Some(delivery.id.clone());
    let mut leave = Leave::Awaited(clerk.hand_in(ended.take(), begins).await?);
    let attempt = match built {
        Ok(_) if waits && !leave.is_given().await => None,
        Ok(message) => connection.deliver_when(&message, &mut leave).await,
        Err(attempt) => leave.is_given().await.then_some(attempt),
    };
    let Some(attempt) = attempt else {
        return Ok(Report::NotOurs { domain });
    };
    let outcome = retry::outcome(
        attempt,
        &delivery.id,
        delivery.attempts + 1,
        delivery.queued_at,
        newsroom.clock.now(),
    );
    *ended = Some((delivery.id, outcome.clone()));
    Ok(Report::Tried {
        domain,
        outcome,
        doubtful: delivery.doubtful,
    })
}
