//! The second half of the road ends: claim → begin → attempt → record.
//!
//! Each connection works through claimed deliveries one at a time. An attempt
//! is recorded before its first byte leaves and again when the server has
//! answered, so a crash leaves in doubt at most one letter for each connection.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use chrono::TimeDelta;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinSet;

use crate::deliver::courier::Connection;
use crate::deliver::{message, retry};
use crate::model::delivery::{ClaimedDelivery, Outcome};
use crate::model::digest::Purpose;
use crate::model::token::{self, TokenPurpose};
use crate::store::StoreError;

use super::Newsroom;

/// How long a claim holds without being renewed: what a crashed run held is
/// free again after it.
pub const DELIVERY_LEASE: TimeDelta = TimeDelta::seconds(30);
/// How often claims are renewed while letters are on their way.
const RENEW_EVERY: std::time::Duration = std::time::Duration::from_secs(8);
/// Deliveries claimed at once, for each connection.
const CLAIM_PER_CONNECTION: usize = 16;
/// How long the link in a confirmation letter works.
const CONFIRM_LINK_LIFE: TimeDelta = TimeDelta::days(7);

/// The most different reasons a flush remembers.
const REASONS_MAX: usize = 20;

/// What a flush came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flushed {
    pub sent: u64,
    /// To be tried again later.
    pub deferred: u64,
    /// Given up.
    pub failed: u64,
    /// Of those sent, the ones a crash may have sent before.
    pub doubtful: u64,
    /// Why letters were not sent, and how many for each reason.
    pub reasons: BTreeMap<String, u64>,
}

/// Sends everything that is due, until nothing is or `stop` turns true.
pub async fn flush(
    newsroom: &Arc<Newsroom>,
    stop: &watch::Receiver<bool>,
) -> Result<Flushed, StoreError> {
    let mut total = Flushed::default();
    let connections = newsroom.courier.connections_max();
    while !*stop.borrow() {
        let claimed = newsroom
            .store
            .claim_deliveries(
                newsroom.clock.now(),
                &newsroom.holder,
                DELIVERY_LEASE,
                u32::try_from(connections * CLAIM_PER_CONNECTION).unwrap_or(u32::MAX),
            )
            .await?;
        if claimed.is_empty() {
            break;
        }
        let lanes = connections.min(claimed.len());
        let queue = Arc::new(Mutex::new(VecDeque::from(claimed)));
        let mut workers = JoinSet::new();
        for _ in 0..lanes {
            workers.spawn(work(Arc::clone(newsroom), Arc::clone(&queue), stop.clone()));
        }
        let renewing = tokio::spawn(renew(Arc::clone(newsroom)));
        let mut failure = None;
        while let Some(done) = workers.join_next().await {
            match done {
                Ok(Ok(flushed)) => total.add(&flushed),
                Ok(Err(error)) => failure = Some(error),
                Err(panic) => tracing::error!(%panic, "a mail worker ended before its time"),
            }
        }
        renewing.abort();
        newsroom.store.release_deliveries(&newsroom.holder).await?;
        if let Some(error) = failure {
            return Err(error);
        }
    }
    Ok(total)
}

/// One connection's share: opened at the first letter, kept for the others.
async fn work(
    newsroom: Arc<Newsroom>,
    queue: Arc<Mutex<VecDeque<ClaimedDelivery>>>,
    stop: watch::Receiver<bool>,
) -> Result<Flushed, StoreError> {
    let mut flushed = Flushed::default();
    let mut connection: Connection = newsroom.courier.connect();
    while !*stop.borrow() {
        let Some(delivery) = queue.lock().await.pop_front() else {
            break;
        };
        attempt(&newsroom, &mut connection, &delivery, &mut flushed).await?;
    }
    connection.close().await;
    Ok(flushed)
}

/// One letter: recorded before, tried, recorded after.
async fn attempt(
    newsroom: &Newsroom,
    connection: &mut Connection,
    delivery: &ClaimedDelivery,
    flushed: &mut Flushed,
) -> Result<(), StoreError> {
    let letter = message::build(delivery, &newsroom.sender(), &links(newsroom, delivery));
    let now = newsroom.clock.now();
    if !newsroom
        .store
        .begin_delivery(&delivery.id, &newsroom.holder, now)
        .await?
    {
        return Ok(());
    }
    let attempt = match letter {
        Ok(letter) => connection.deliver(&letter).await,
        Err(why) => crate::model::delivery::Attempt::Refused {
            why: why.to_string(),
        },
    };
    let now = newsroom.clock.now();
    let outcome = retry::outcome(
        attempt,
        &delivery.id,
        delivery.attempts + 1,
        delivery.queued_at,
        now,
    );
    match &outcome {
        Outcome::Sent { .. } => {
            flushed.sent += 1;
            flushed.doubtful += u64::from(delivery.doubtful);
        }
        Outcome::TryLater { at, why } => {
            flushed.deferred += 1;
            flushed.because(why, 1);
            tracing::debug!(delivery.id = %delivery.id, %at, why, "a letter must wait");
        }
        Outcome::Never { why } => {
            flushed.failed += 1;
            flushed.because(why, 1);
            tracing::debug!(delivery.id = %delivery.id, why, "a letter is given up");
        }
    }
    newsroom
        .store
        .finish_deliveries(&[(delivery.id.clone(), outcome)], &newsroom.holder, now)
        .await?;
    Ok(())
}

/// The links that only this copy bears.
fn links(newsroom: &Newsroom, delivery: &ClaimedDelivery) -> message::PersonalLinks {
    let subscriber = &delivery.subscriber;
    let link = |page: &str, token: String| format!("{}/{page}?token={token}", newsroom.site_base());
    let confirm = (delivery.letter.purpose == Purpose::Confirmation).then(|| {
        let until = delivery.queued_at + CONFIRM_LINK_LIFE;
        link(
            "confirm",
            token::sign(
                &newsroom.secret,
                TokenPurpose::Confirm,
                subscriber,
                Some(until),
            ),
        )
    });
    let unsubscribe = link(
        "unsubscribe",
        token::sign(
            &newsroom.secret,
            TokenPurpose::Unsubscribe,
            subscriber,
            None,
        ),
    );
    message::PersonalLinks {
        unsubscribe,
        confirm,
    }
}

/// Keeps the claims while their letters are on the way.
async fn renew(newsroom: Arc<Newsroom>) {
    loop {
        tokio::time::sleep(RENEW_EVERY).await;
        let until = newsroom.clock.now() + DELIVERY_LEASE;
        if let Err(error) = newsroom
            .store
            .renew_deliveries(&newsroom.holder, until)
            .await
        {
            tracing::error!(%error, "leases on letters could not be renewed");
        }
    }
}

impl Flushed {
    /// One line for each reason, however many letters it held up.
    fn because(&mut self, why: &str, letters: u64) {
        if let Some(known) = self.reasons.get_mut(why) {
            *known += letters;
        } else if self.reasons.len() < REASONS_MAX {
            self.reasons.insert(why.to_owned(), letters);
        }
    }

    /// Counts `other` in.
    pub fn add(&mut self, other: &Self) {
        for (why, letters) in &other.reasons {
            self.because(why, *letters);
        }
        self.sent += other.sent;
        self.deferred += other.deferred;
        self.failed += other.failed;
        self.doubtful += other.doubtful;
    }
}
