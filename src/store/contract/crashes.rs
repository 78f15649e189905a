//! The table of the delivery ledger in ARCHITECTURE.md, row by row: a process
//! dies somewhere, another takes over, and every reader has the letter.

use std::future::poll_fn;
use std::task::Poll;

use super::deliveries::{address, begin, claim, closed, digest, letters, sent};
use super::{Ground, LEASE, at, holder, on_both};
use crate::model::delivery::{ClaimedDelivery, DeliveryCounts};
use crate::model::subscriber::{Profile, SubscriberStatus};
use crate::store::Store;

on_both!(
    dead_before_the_window_is_committed,
    dead_after_it_before_a_claim,
    dead_after_a_claim,
    dead_before_the_answer,
    dead_after_the_answer,
    dead_after_the_outcome_is_recorded,
);

const PEOPLE: usize = 3;

/// What the mail server has: how often each delivery's letter arrived.
#[derive(Default)]
struct Mailboxes(Vec<String>);

impl Mailboxes {
    fn take(&mut self, delivery: &ClaimedDelivery) {
        self.0.push(delivery.id.to_string());
    }

    /// Letters, and those that came twice.
    fn count(mut self) -> (usize, usize) {
        let all = self.0.len();
        self.0.sort();
        self.0.dedup();
        (self.0.len(), all - self.0.len())
    }
}

/// Whoever takes over when the dead one's lease has ended sends what is left.
async fn take_over(ground: &Ground, mailboxes: &mut Mailboxes) -> DeliveryCounts {
    let store = ground.another().await;
    let now = at(100) + LEASE;
    for delivery in claim(&store, now, "heir").await {
        assert!(begin(&store, &delivery.id, "heir", now).await);
        mailboxes.take(&delivery);
        let done = [sent(&delivery.id)];
        store
            .finish_deliveries(&done, &holder("heir"), now)
            .await
            .unwrap();
    }
    store.delivery_counts(None).await.unwrap()
}

fn all_sent(doubtful: u64) -> DeliveryCounts {
    DeliveryCounts {
        sent: PEOPLE as u64,
        doubtful,
        ..DeliveryCounts::default()
    }
}

/// The closing is dropped after each of its steps in turn: it is whole or it
/// never was.
async fn dead_before_the_window_is_committed(ground: Ground) {
    /// More steps than a closing has.
    const STEPS_MAX: usize = 10_000;
    let store = &ground.store;
    let people = (0..PEOPLE).map(|n| (address(n), Profile::default()));
    store
        .import_subscribers(people.collect(), SubscriberStatus::Confirmed, at(0))
        .await
        .unwrap();
    store.seal(at(100)).await.unwrap();
    let mut after = 0;
    while after < STEPS_MAX {
        if closes_within(store, after).await {
            break;
        }
        let counts = ground.another().await.delivery_counts(None).await.unwrap();
        let queued = usize::try_from(counts.queued).unwrap();
        assert!(
            queued == 0 || queued == PEOPLE,
            "{queued} after {after} steps"
        );
        if queued == PEOPLE {
            break;
        }
        after += 1;
    }
    assert!(after > 0, "the first step cannot be all");
    let mut mailboxes = Mailboxes::default();
    assert_eq!(take_over(&ground, &mut mailboxes).await, all_sent(0));
    assert_eq!(mailboxes.count(), (PEOPLE, 0));
}

/// Whether a closing ends within `steps` steps; it is dropped where it stands.
async fn closes_within(store: &Store, steps: usize) -> bool {
    let digest = digest(at(0), at(100));
    let letters = letters(&digest, &[Profile::default()]);
    let mut closing = Box::pin(store.close_digest(&digest, letters, at(100)));
    for _ in 0..=steps {
        let polled = poll_fn(|context| Poll::Ready(closing.as_mut().poll(context))).await;
        if let Poll::Ready(closed) = polled {
            closed.unwrap();
            return true;
        }
        tokio::task::yield_now().await;
    }
    false
}

async fn dead_after_it_before_a_claim(ground: Ground) {
    closed(&ground.store, PEOPLE).await;
    let mut mailboxes = Mailboxes::default();
    assert_eq!(take_over(&ground, &mut mailboxes).await, all_sent(0));
    assert_eq!(mailboxes.count(), (PEOPLE, 0));
}

async fn dead_after_a_claim(ground: Ground) {
    closed(&ground.store, PEOPLE).await;
    assert_eq!(claim(&ground.store, at(100), "dead").await.len(), PEOPLE);
    let mut mailboxes = Mailboxes::default();
    assert_eq!(take_over(&ground, &mut mailboxes).await, all_sent(0));
    assert_eq!(mailboxes.count(), (PEOPLE, 0));
}

async fn dead_before_the_answer(ground: Ground) {
    closed(&ground.store, PEOPLE).await;
    let claimed = claim(&ground.store, at(100), "dead").await;
    assert!(begin(&ground.store, &claimed[0].id, "dead", at(100)).await);
    let mut mailboxes = Mailboxes::default();
    assert_eq!(take_over(&ground, &mut mailboxes).await, all_sent(1));
    assert_eq!(
        mailboxes.count(),
        (PEOPLE, 0),
        "the server had not taken it"
    );
}

async fn dead_after_the_answer(ground: Ground) {
    closed(&ground.store, PEOPLE).await;
    let claimed = claim(&ground.store, at(100), "dead").await;
    assert!(begin(&ground.store, &claimed[0].id, "dead", at(100)).await);
    let mut mailboxes = Mailboxes::default();
    mailboxes.take(&claimed[0]);
    assert_eq!(take_over(&ground, &mut mailboxes).await, all_sent(1));
    assert_eq!(
        mailboxes.count(),
        (PEOPLE, 1),
        "twice, under one Message-ID"
    );
}

async fn dead_after_the_outcome_is_recorded(ground: Ground) {
    let store = &ground.store;
    closed(store, PEOPLE).await;
    let claimed = claim(store, at(100), "dead").await;
    assert!(begin(store, &claimed[0].id, "dead", at(100)).await);
    let mut mailboxes = Mailboxes::default();
    mailboxes.take(&claimed[0]);
    let done = [sent(&claimed[0].id)];
    store
        .finish_deliveries(&done, &holder("dead"), at(100))
        .await
        .unwrap();
    assert_eq!(take_over(&ground, &mut mailboxes).await, all_sent(0));
    assert_eq!(mailboxes.count(), (PEOPLE, 0));
}
