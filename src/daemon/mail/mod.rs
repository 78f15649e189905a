//! The second half of the road ends: claim → begin → attempt → record.
//!
//! A flush is one loop (`shift`): it claims what there is room for, hands letters
//! to the workers of each relay (`worker`) as the board says (`board`), and counts
//! what came of them. The ledger is kept by the clerk (`clerk`): an attempt is
//! recorded before the letter's first byte leaves (the envelope runs ahead) and
//! again when the server has answered, so a crash leaves in doubt at most one
//! letter for each connection.

mod board;
mod clerk;
mod pace;
mod shift;
mod worker;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use tokio::sync::{Mutex, watch};

use crate::deliver::courier::Courier;
use crate::model::sending::{DomainLimits, SendWindow, WarmUp};
use crate::store::StoreError;
use board::{Board, Seat};
use shift::Shift;

use super::Newsroom;

/// How long a claim holds without being renewed: what a crashed run held is
/// free again after it.
pub const DELIVERY_LEASE: TimeDelta = TimeDelta::seconds(30);
/// How often claims are renewed while letters are on their way, and confirmation
/// letters are looked for.
const RENEW_EVERY: std::time::Duration = std::time::Duration::from_secs(8);
/// The most different reasons a flush remembers.
const REASONS_MAX: usize = 20;

/// A relay and the way to it.
#[derive(Debug)]
pub struct Relay {
    pub name: String,
    pub courier: Courier,
    pub weight: u32,
    /// Letters a minute.
    pub per_minute: Option<u32>,
}

/// Where letters leave the house, and what the operator says about how; it can be
/// furnished anew while letters go.
#[derive(Debug)]
pub struct PostRoom {
    room: watch::Sender<Arc<Room>>,
    /// Held by the flush that runs: there is one at a time.
    turn: Mutex<()>,
}

/// The post room as the operator last furnished it.
#[derive(Debug)]
struct Room {
    /// At least one.
    relays: Vec<Relay>,
    hours: Option<SendWindow>,
    warm_up: Option<WarmUp>,
    board: Mutex<Board>,
}

impl PostRoom {
    pub fn new(
        relays: Vec<Relay>,
        limits: DomainLimits,
        hours: Option<SendWindow>,
        warm_up: Option<WarmUp>,
    ) -> Self {
        let seats = relays.iter().map(|relay| Seat {
            weight: relay.weight,
            connections: relay.courier.connections_max(),
            per_minute: relay.per_minute,
        });
        let board = Mutex::new(Board::new(seats.collect(), limits));
        let room = Room {
            relays,
            hours,
            warm_up,
            board,
        };
        Self {
            room: watch::Sender::new(Arc::new(room)),
            turn: Mutex::default(),
        }
    }

    /// Letters leave from `other` on: what is on its way ends where it began, and
    /// the flush that runs claims no more.
    pub fn refurnish(&self, other: &Self) {
        self.room.send_replace(Arc::clone(&other.room.borrow()));
    }
}

/// What a flush came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flushed {
    pub sent: u64,
    /// To be tried again later.
    pub deferred: u64,
    /// Given up.
    pub failed: u64,
    /// Of those sent, the ones an earlier attempt may have sent before.
    pub doubtful: u64,
    /// No relay could be used: the rest waits until one can.
    pub stuck: bool,
    /// Why letters were not sent, and how many for each reason.
    pub reasons: BTreeMap<String, u64>,
}

/// Sends everything that is due, until nothing is, no relay can be used, or
/// `stop` turns true.
pub async fn flush(
    newsroom: &Arc<Newsroom>,
    stop: &watch::Receiver<bool>,
) -> Result<Flushed, StoreError> {
    let _turn = newsroom.post.turn.lock().await;
    let room = Arc::clone(&newsroom.post.room.borrow());
    let mut board = room.board.lock().await;
    if board.stuck(newsroom.clock.now()).is_some() {
        return Ok(Flushed {
            stuck: true,
            ..Flushed::default()
        });
    }
    board.begin();
    let renewing = tokio::spawn(renew(Arc::clone(newsroom)));
    let ended = Shift::begin(newsroom, &room, &mut board, stop.clone())
        .run()
        .await;
    renewing.abort();
    newsroom.store.release_deliveries(&newsroom.holder).await?;
    ended
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
    pub(super) fn because(&mut self, why: &str, letters: u64) {
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
        self.stuck = other.stuck;
    }
}
