//! Who sends which letter next: the claimed letters, the relays and what each
//! and each recipient's domain may get. Pure: time is handed in.
//!
//! A letter is given to a relay by weight when it comes in; when that relay
//! rests, to another. A letter whose domain has had its share does not hold up
//! the ones behind it.

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

use super::pace::{Health, Pace};
use crate::model::delivery::{ClaimedDelivery, DeliveryId};
use crate::model::sending::{DomainLimit, DomainLimits};

/// Letters held for each connection, so that none waits for the store.
pub const HELD_PER_CONNECTION: usize = 32;
/// A letter whose turn comes later than this is put back until then.
pub const HOLD: TimeDelta = TimeDelta::seconds(20);

/// What the board needs to know of a relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    pub weight: u32,
    pub connections: usize,
    pub per_minute: Option<u32>,
}

/// One connection's worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Worker {
    pub relay: usize,
    pub number: usize,
}

#[derive(Debug)]
pub struct Board {
    relays: Vec<Relay>,
    limits: DomainLimits,
    domains: HashMap<String, Domain>,
}

#[derive(Debug)]
struct Relay {
    seat: Seat,
    pace: Option<Pace>,
    health: Health,
    queue: VecDeque<ClaimedDelivery>,
    idle: Vec<Worker>,
    busy: usize,
    /// Connections the relay was seen to allow.
    allowed: usize,
    /// It has taken a connection since it was last left in peace: until then
    /// one worker finds out for all.
    proven: bool,
    /// Smooth weighted round robin: the highest gets the next letter.
    credit: i64,
}

#[derive(Debug)]
struct Domain {
    limit: DomainLimit,
    pace: Option<Pace>,
    /// Letters held.
    waiting: usize,
    /// Letters on their way.
    active: usize,
    /// When the next letter that is put back may come again.
    booked: DateTime<Utc>,
}

impl Board {
    pub fn new(seats: Vec<Seat>, limits: DomainLimits) -> Self {
        let relays = seats.into_iter().map(Relay::new).collect();
        Self {
            relays,
            limits,
            domains: HashMap::new(),
        }
    }

    /// A new flush: no workers yet, no letters; paces and rests go on.
    pub fn begin(&mut self) {
        for relay in &mut self.relays {
            relay.queue.clear();
            relay.idle.clear();
            relay.busy = 0;
            relay.allowed = relay.seat.connections;
            relay.proven = false;
        }
        for domain in self.domains.values_mut() {
            (domain.waiting, domain.active) = (0, 0);
        }
    }

    /// Why no letter can go now: every relay rests.
    pub fn stuck(&self, now: DateTime<Utc>) -> Option<String> {
        let rests = self.relays.iter().map(|relay| relay.health.resting(now));
        let rests: Option<Vec<_>> = rests.collect();
        let words = rests?.into_iter().map(|(_, why)| why.to_owned());
        Some(words.collect::<Vec<_>>().join("; "))
    }

    /// How many letters it can use now. Asked in good portions: none while more
    /// than half of what may be held is there.
    pub fn room(&self, now: DateTime<Utc>) -> usize {
        let healthy = || self.relays.iter().filter(|relay| relay.is_well(now));
        let capacity: usize = healthy().map(Relay::capacity).sum();
        let held: usize = self.relays.iter().map(|relay| relay.queue.len()).sum();
        if held > capacity / 2 {
            0
        } else {
            capacity - held
        }
    }

    /// Whether nothing is held and nothing on its way.
    pub fn is_done(&self) -> bool {
        self.relays
            .iter()
            .all(|relay| relay.queue.is_empty() && relay.busy == 0)
    }

    /// Takes letters in; gives those whose domain has had its share, and when
    /// their turn is.
    pub fn offer(
        &mut self,
        letters: Vec<ClaimedDelivery>,
        now: DateTime<Utc>,
    ) -> Vec<(DeliveryId, DateTime<Utc>)> {
        let mut put_back = Vec::new();
        for letter in letters {
            let domain = self.domain(letter.address.domain());
            if let Some(at) = domain.put_back_until(now) {
                put_back.push((letter.id, at));
            } else {
                domain.waiting += 1;
                self.assign(letter, now, false);
            }
        }
        put_back
    }

    /// A worker asks for its next letter.
    pub fn idle(&mut self, worker: Worker) {
        self.relays[worker.relay].idle.push(worker);
    }

    /// A worker that asked has something else to do first.
    pub fn occupied(&mut self, worker: Worker) {
        self.relays[worker.relay]
            .idle
            .retain(|idle| *idle != worker);
    }

    /// The next letter that may go, and who is to send it.
    pub fn hand_out(&mut self, now: DateTime<Utc>) -> Option<(Worker, ClaimedDelivery)> {
        for relay in &mut self.relays {
            let may_go = relay.is_well(now)
                && (relay.proven || relay.busy == 0)
                && relay.pace.is_none_or(|pace| pace.next() <= now);
            if relay.idle.is_empty() || !may_go {
                continue;
            }
            let free = |letter: &ClaimedDelivery| {
                let domain = self.domains.get(letter.address.domain());
                domain.is_none_or(|domain| domain.is_free(now))
            };
            let Some(at) = relay.queue.iter().position(free) else {
                continue;
            };
            let (Some(letter), Some(worker)) = (relay.queue.remove(at), relay.idle.pop()) else {
                continue;
            };
            relay.busy += 1;
            if let Some(pace) = &mut relay.pace {
                pace.take(now);
            }
            if let Some(domain) = self.domains.get_mut(letter.address.domain()) {
                domain.begin(now);
            }
            return Some((worker, letter));
        }
        None
    }

    /// When time alone lets another letter go.
    pub fn next_turn(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut soonest: Option<DateTime<Utc>> = None;
        let mut note = |at: DateTime<Utc>| {
            if at > now {
                soonest = Some(soonest.map_or(at, |known| known.min(at)));
            }
        };
        for relay in self.relays.iter().filter(|relay| !relay.queue.is_empty()) {
            if let Some(pace) = relay.pace {
                note(pace.next());
            }
            if let Some((until, _)) = relay.health.resting(now) {
                note(until);
            }
        }
        for domain in self.domains.values().filter(|domain| domain.waiting > 0) {
            if let Some(pace) = domain.pace {
                note(pace.next());
            }
        }
        soonest
    }

    /// A letter to `domain` is no longer on its way.
    pub fn done(&mut self, worker: Worker, domain: &str) {
        let relay = &mut self.relays[worker.relay];
        relay.busy = relay.busy.saturating_sub(1);
        if let Some(domain) = self.domains.get_mut(domain) {
            domain.active = domain.active.saturating_sub(1);
        }
    }

    /// The relay took a letter, or said something about one.
    pub fn well(&mut self, worker: Worker) {
        let relay = &mut self.relays[worker.relay];
        relay.proven = true;
        relay.health.well();
    }

    /// The relay could not be used: it rests, others take its letters.
    pub fn fault(&mut self, worker: Worker, now: DateTime<Utc>, why: &str) {
        let relay = &mut self.relays[worker.relay];
        relay.health.fault(now, why);
        relay.proven = false;
        for letter in std::mem::take(&mut relay.queue) {
            self.assign(letter, now, false);
        }
    }

    /// A letter that never began comes back, to be the next.
    pub fn give_back(&mut self, letter: ClaimedDelivery, now: DateTime<Utc>) {
        self.domain(letter.address.domain()).waiting += 1;
        self.assign(letter, now, true);
    }

    /// The relay takes no more connections than there are: `worker` is to end.
    pub fn crowded(&mut self, worker: Worker) {
        let relay = &mut self.relays[worker.relay];
        relay.allowed = relay.allowed.saturating_sub(1).max(1);
    }

    /// All letters that are held: they go back to the store.
    pub fn drain(&mut self) -> usize {
        let queues = self
            .relays
            .iter_mut()
            .map(|relay| relay.queue.drain(..).count());
        let drained = queues.sum();
        for domain in self.domains.values_mut() {
            domain.waiting = 0;
        }
        drained
    }

    fn domain(&mut self, name: &str) -> &mut Domain {
        if !self.domains.contains_key(name) {
            // What is as new is forgotten: senders choose how many domains there are.
            self.domains
                .retain(|_, domain| domain.waiting + domain.active > 0 || domain.pace.is_some());
        }
        let limit = self.limits.for_domain(name);
        self.domains
            .entry(name.to_owned())
            .or_insert_with(|| Domain::new(limit))
    }

    fn assign(&mut self, letter: ClaimedDelivery, now: DateTime<Utc>, first: bool) {
        let well = |relay: &Relay| relay.is_well(now);
        let any_well = self.relays.iter().any(well);
        let may = |relay: &Relay| !any_well || relay.is_well(now);
        let weights: i64 = self
            .relays
            .iter()
            .filter(|relay| may(relay))
            .map(|relay| i64::from(relay.seat.weight))
            .sum();
        for relay in self.relays.iter_mut().filter(|relay| may(relay)) {
            relay.credit += i64::from(relay.seat.weight);
        }
        let chosen = self
            .relays
            .iter_mut()
            .filter(|relay| may(relay))
            .max_by_key(|relay| relay.credit);
        let Some(relay) = chosen else { return };
        relay.credit -= weights;
        if first {
            relay.queue.push_front(letter);
        } else {
            relay.queue.push_back(letter);
        }
    }
}

impl Relay {
    fn new(seat: Seat) -> Self {
        Self {
            seat,
            pace: seat.per_minute.map(Pace::new),
            health: Health::default(),
            queue: VecDeque::new(),
            idle: Vec::new(),
            busy: 0,
            allowed: seat.connections,
            proven: false,
            credit: 0,
        }
    }

    fn is_well(&self, now: DateTime<Utc>) -> bool {
        self.health.resting(now).is_none()
    }

    /// No more letters are held than go within [`HOLD`].
    fn capacity(&self) -> usize {
        let held = self.allowed * HELD_PER_CONNECTION;
        let paced = self.seat.per_minute.map(|per_minute| {
            let share = i64::from(per_minute) * HOLD.num_seconds() / 60;
            usize::try_from(share).unwrap_or(usize::MAX).max(1)
        });
        paced.map_or(held, |paced| held.min(paced))
    }
}

impl Domain {
    fn new(limit: DomainLimit) -> Self {
        Self {
            limit,
            pace: limit.per_minute.map(Pace::new),
            waiting: 0,
            active: 0,
            booked: DateTime::UNIX_EPOCH,
        }
    }

    fn is_free(&self, now: DateTime<Utc>) -> bool {
        self.limit.connections.is_none_or(|most| self.active < most)
            && self.pace.is_none_or(|pace| pace.next() <= now)
    }

    fn begin(&mut self, now: DateTime<Utc>) {
        self.waiting = self.waiting.saturating_sub(1);
        self.active += 1;
        if let Some(pace) = &mut self.pace {
            pace.take(now);
        }
    }

    /// `None`: the letter may wait here. Else when its turn is: letters that are
    /// put back are booked one behind the other.
    fn put_back_until(&mut self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let ahead = i32::try_from(self.waiting).unwrap_or(i32::MAX);
        if let Some(pace) = self.pace {
            let turn = pace.next().max(now) + pace.every() * ahead;
            if turn > now + HOLD {
                self.booked = self.booked.max(turn) + pace.every();
                return Some(self.booked);
            }
        }
        let most = self.limit.connections? * HELD_PER_CONNECTION;
        (self.waiting >= most).then(|| now + HOLD)
    }
}

#[cfg(test)]
mod tests;
