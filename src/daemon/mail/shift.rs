//! A flush under way: claims, hands out, counts. What the board decides from and
//! the ledger needs comes in here as events, one at a time.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};

use super::board::{Board, Worker};
use super::clerk::{Clerk, NotRecorded};
use super::worker::{self, Free, Report};
use super::{DELIVERY_LEASE, Flushed, RENEW_EVERY, Room};
use crate::daemon::{Newsroom, window};
use crate::model::delivery::{ClaimedDelivery, Outcome, Reason};
use crate::store::StoreError;

/// Where a letter waits whose domain has had its share.
const PACED: &str = "waits for its domain's turn (mail.domains)";

/// A flush under way.
pub struct Shift<'a> {
    newsroom: &'a Arc<Newsroom>,
    room: &'a Arc<Room>,
    /// The post room as it is now.
    furnished: watch::Receiver<Arc<Room>>,
    board: &'a mut Board,
    stop: watch::Receiver<bool>,
    workers: JoinSet<Result<(), NotRecorded>>,
    free: mpsc::Receiver<Free>,
    clerk: JoinHandle<Result<(), StoreError>>,
    /// Workers that wait for a letter; and those of them that hold an outcome.
    waiting: HashMap<Worker, (oneshot::Sender<Option<ClaimedDelivery>>, bool)>,
    claim: Option<JoinHandle<Result<Claimed, StoreError>>>,
    /// The last claim found nothing.
    dry: bool,
    /// Why no more letters can be claimed. Those on their way still arrive, and are
    /// recorded.
    broken: Option<StoreError>,
    /// Letters taken of the day's share of the warm-up plan.
    taken: u64,
    flushed: Flushed,
}

/// What a claim brought.
struct Claimed {
    letters: Vec<ClaimedDelivery>,
    /// Of the day's share.
    taken: u64,
}

impl<'a> Shift<'a> {
    /// Sets the workers of every relay to work.
    pub fn begin(
        newsroom: &'a Arc<Newsroom>,
        room: &'a Arc<Room>,
        board: &'a mut Board,
        stop: watch::Receiver<bool>,
    ) -> Self {
        let relays = room.relays.iter().enumerate();
        let crew: Vec<Worker> = relays
            .flat_map(|(relay, at)| {
                (0..at.courier.connections_max()).map(move |number| Worker { relay, number })
            })
            .collect();
        let (clerk, keeping) = Clerk::begin(Arc::clone(newsroom), crew.len(), stop.clone());
        let (asking, free) = mpsc::channel(crew.len().max(1));
        let mut workers = JoinSet::new();
        for worker in crew {
            let newsroom = Arc::clone(newsroom);
            workers.spawn(worker::work(
                newsroom,
                Arc::clone(room),
                worker,
                asking.clone(),
                clerk.clone(),
            ));
        }
        Self {
            newsroom,
            room,
            furnished: newsroom.post.room.subscribe(),
            board,
            stop,
            workers,
            free,
            clerk: keeping,
            waiting: HashMap::new(),
            claim: None,
            dry: false,
            broken: None,
            taken: 0,
            flushed: Flushed::default(),
        }
    }

    /// Sends until nothing is left to send.
    pub async fn run(mut self) -> Result<Flushed, StoreError> {
        let mut look_again = tokio::time::interval(RENEW_EVERY);
        look_again.reset();
        loop {
            let now = self.newsroom.clock.now();
            self.hold_back(now);
            self.claim_more(now);
            self.hand_out(now);
            if self.is_over() {
                break;
            }
            let turn = self.board.next_turn(now).map(|at| (at - now).to_std());
            let turn = turn.and_then(Result::ok).unwrap_or(RENEW_EVERY);
            tokio::select! {
                Some(free) = self.free.recv() => self.answer(free),
                claimed = next_claim(&mut self.claim) => self.take_in(claimed).await,
                kept = &mut self.clerk => return Err(broken(kept)),
                Some(ended) = self.workers.join_next() => {
                    if let Err(panic) = ended {
                        tracing::error!(%panic, "a mail worker ended before its time");
                    }
                }
                _ = self.stop.changed() => {}
                // Its sender lives as long as the newsroom.
                _ = self.furnished.changed() => {}
                _ = look_again.tick() => {
                    self.dry = false;
                    self.queue_confirmations().await;
                }
                () = tokio::time::sleep(turn) => {}
            }
        }
        self.end().await
    }

    /// The program stops, or letters leave from another post room from now on.
    fn is_stopping(&self) -> bool {
        *self.stop.borrow() || !Arc::ptr_eq(self.room, &self.furnished.borrow())
    }

    /// What cannot go now is not held.
    fn hold_back(&mut self, now: DateTime<Utc>) {
        if self.is_stopping() {
            self.board.drain();
        } else if let Some(why) = self.board.stuck(now) {
            self.flushed.stuck = true;
            let letters = self.board.drain() as u64;
            if letters > 0 {
                self.flushed.deferred += letters;
                self.flushed.because(&why, letters);
            }
        }
    }

    fn claim_more(&mut self, now: DateTime<Utc>) {
        let ends = self.is_stopping() || self.flushed.stuck || self.dry || self.broken.is_some();
        let room = self.board.room(now);
        if !ends && self.claim.is_none() && room > 0 {
            let (newsroom, from) = (Arc::clone(self.newsroom), Arc::clone(self.room));
            self.claim = Some(tokio::spawn(claim(newsroom, from, room as u64)));
        }
    }

    fn hand_out(&mut self, now: DateTime<Utc>) {
        while let Some((worker, letter)) = self.board.hand_out(now) {
            let waiting = self.waiting.remove(&worker);
            let refused = match waiting {
                Some((more, _)) => more.send(Some(letter)).err().flatten(),
                None => Some(letter),
            };
            // It ended between asking and now.
            if let Some(letter) = refused {
                self.board.done(worker, letter.address.domain());
                self.board.give_back(letter, now);
            }
        }
        let holding: Vec<Worker> = self
            .waiting
            .iter()
            .filter(|(_, (_, unrecorded))| *unrecorded)
            .map(|(worker, _)| *worker)
            .collect();
        for worker in holding {
            self.board.occupied(worker);
            if let Some((more, _)) = self.waiting.remove(&worker) {
                more.send(None).ok();
            }
        }
    }

    fn is_over(&self) -> bool {
        let no_more = self.dry || self.flushed.stuck || self.is_stopping() || self.broken.is_some();
        let all_wait = self.waiting.len() >= self.workers.len();
        no_more && self.claim.is_none() && self.board.is_done() && all_wait
    }

    /// A worker is free again.
    fn answer(&mut self, free: Free) {
        let Free {
            worker,
            report,
            unrecorded,
            more,
        } = free;
        let now = self.newsroom.clock.now();
        match report {
            None => {}
            Some(Report::NotOurs { domain }) => self.board.done(worker, &domain),
            Some(Report::Tried {
                domain,
                outcome,
                doubtful,
            }) => {
                self.board.done(worker, &domain);
                self.count(worker, outcome, doubtful, now);
            }
            Some(Report::NotReady { letter, trouble }) => {
                self.board.done(worker, letter.address.domain());
                if trouble.crowded {
                    // Servers allow fewer connections than the config may say:
                    // this worker ends, the others go on.
                    self.board.crowded(worker);
                    self.board.give_back(*letter, now);
                    return;
                }
                self.fault(worker, &trouble.why, now);
                self.board.give_back(*letter, now);
            }
        }
        self.waiting.insert(worker, (more, unrecorded));
        self.board.idle(worker);
    }

    fn count(&mut self, worker: Worker, outcome: Outcome, doubtful: bool, now: DateTime<Utc>) {
        let flushed = &mut self.flushed;
        match outcome {
            Outcome::Sent { .. } => {
                flushed.sent += 1;
                flushed.doubtful += u64::from(doubtful);
                self.board.well(worker);
            }
            Outcome::TryLater { reason, why, .. } => {
                flushed.deferred += 1;
                flushed.because(&why, 1);
                if reason != Reason::ConnectionLost {
                    self.board.well(worker);
                }
            }
            Outcome::Never { why, .. } => {
                flushed.failed += 1;
                flushed.because(&why, 1);
                self.board.well(worker);
            }
            Outcome::Returned { why, .. } => {
                flushed.deferred += 1;
                flushed.because(&why, 1);
                self.fault(worker, &why, now);
            }
        }
    }

    fn fault(&mut self, worker: Worker, why: &str, now: DateTime<Utc>) {
        self.board.fault(worker, now, why);
        let relay = &self.room.relays[worker.relay].name;
        tracing::warn!(relay, why, "a relay could not be used and is left in peace");
    }

    async fn take_in(&mut self, claimed: Result<Claimed, StoreError>) {
        let taken_in = match claimed {
            Ok(claimed) => self.offer(claimed).await,
            Err(error) => Err(error),
        };
        self.broken = taken_in.err();
    }

    async fn offer(&mut self, claimed: Claimed) -> Result<(), StoreError> {
        self.dry = claimed.letters.is_empty();
        self.taken += claimed.taken;
        let now = self.newsroom.clock.now();
        let put_back = self.board.offer(claimed.letters, now);
        if put_back.is_empty() {
            return Ok(());
        }
        let letters = put_back.len() as u64;
        self.flushed.deferred += letters;
        self.flushed.because(PACED, letters);
        let outcomes: Vec<_> = put_back
            .into_iter()
            .map(|(id, at)| {
                let (reason, why) = (Reason::Paced, PACED.to_owned());
                (id, Outcome::Returned { at, reason, why })
            })
            .collect();
        let newsroom = self.newsroom;
        newsroom
            .store
            .finish_deliveries(&outcomes, &newsroom.holder, now)
            .await?;
        Ok(())
    }

    /// A flush may last for hours; people wait for these.
    async fn queue_confirmations(&self) {
        if let Err(error) = window::queue_confirmations(self.newsroom).await {
            tracing::error!(%error, "confirmation letters could not be queued; they are tried again");
        }
    }

    /// Everything is recorded; the workers take leave of their servers.
    async fn end(mut self) -> Result<Flushed, StoreError> {
        self.waiting.clear();
        drop(self.free);
        while self.workers.join_next().await.is_some() {}
        if let Ok(kept) = self.clerk.await {
            kept?;
        }
        if let Some(error) = self.broken {
            return Err(error);
        }
        let unsent = self.taken.saturating_sub(self.flushed.sent);
        if unsent > 0 {
            let now = self.newsroom.clock.now();
            let today = now.with_timezone(&self.newsroom.zone).date_naive();
            self.newsroom.store.give_back_to_day(today, unsent).await?;
        }
        Ok(self.flushed)
    }
}

/// Waits for the claim under way; for ever, where there is none.
async fn next_claim(
    claim: &mut Option<JoinHandle<Result<Claimed, StoreError>>>,
) -> Result<Claimed, StoreError> {
    let Some(running) = claim else {
        return std::future::pending().await;
    };
    let claimed = running.await;
    *claim = None;
    claimed.unwrap_or_else(|panic| {
        tracing::error!(%panic, "a claim ended before its time");
        Ok(Claimed {
            letters: Vec::new(),
            taken: 0,
        })
    })
}

/// Claims what may go now: in the sending hours, and within the day's share of
/// a warm-up plan. Confirmation letters may always: people wait for them.
async fn claim(newsroom: Arc<Newsroom>, post: Arc<Room>, room: u64) -> Result<Claimed, StoreError> {
    let (store, holder) = (&newsroom.store, &newsroom.holder);
    let now = newsroom.clock.now();
    let wall = now.with_timezone(&newsroom.zone).naive_local();
    let day = wall.date();
    let closed = post.hours.is_some_and(|hours| !hours.is_open(wall.time()));
    let limit = post.warm_up.and_then(|plan| plan.letters_on(day));
    let (taken, wanted) = match limit {
        _ if closed => (0, 0),
        None => (0, room),
        Some(limit) => {
            let taken = store.take_of_day(day, room, limit).await?;
            (taken, taken)
        }
    };
    let most = |letters: u64| u32::try_from(letters).unwrap_or(u32::MAX);
    let letters = if wanted == 0 {
        store
            .claim_confirmations(now, holder, DELIVERY_LEASE, most(room))
            .await?
    } else {
        store
            .claim_deliveries(now, holder, DELIVERY_LEASE, most(wanted))
            .await?
    };
    Ok(Claimed { letters, taken })
}

/// Why the clerk ended while workers still write.
fn broken(kept: Result<Result<(), StoreError>, tokio::task::JoinError>) -> StoreError {
    match kept {
        Ok(Err(error)) => error,
        Ok(Ok(())) => unreachable!("it ends when every worker has"),
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}
