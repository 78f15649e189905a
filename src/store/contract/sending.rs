//! What the operator says of letters that wait, and how far they have come.

use chrono::TimeDelta;

use super::deliveries::{address, claim, closed, digest, letters, name};
use super::{Ground, at, holder, on_both};
use crate::model::delivery::{DeliveryCounts, DeliveryId, Outcome, Reason};
use crate::model::subscriber::{Profile, SubscriberId};
use crate::store::Ledgered;

on_both!(
    an_end_and_a_beginning_are_one,
    a_mailbox_that_is_not_there_is_suppressed,
    a_returned_letter_keeps_its_attempts,
    an_unanswered_letter_is_doubtful,
    pauses_hold_and_let_go,
    a_stopped_digest_ends,
    a_day_has_its_share,
    progress_is_told_by_reason_and_domain,
);

fn ids(claimed: Vec<crate::model::delivery::ClaimedDelivery>) -> Vec<DeliveryId> {
    claimed.into_iter().map(|delivery| delivery.id).collect()
}

fn sent() -> Outcome {
    Outcome::Sent {
        reply: "250 ok".to_owned(),
    }
}

fn later(reason: Reason, doubtful: bool) -> Outcome {
    Outcome::TryLater {
        at: at(5_000),
        reason,
        why: "later".to_owned(),
        doubtful,
    }
}

async fn an_end_and_a_beginning_are_one(ground: Ground) {
    let store = &ground.store;
    closed(store, 3).await;
    let ids = ids(claim(store, at(100), "x").await);
    let me = holder("x");
    let record = |ended: Vec<(DeliveryId, Outcome)>, begins: Vec<DeliveryId>| {
        let me = me.clone();
        async move {
            let recorded = store.record_deliveries(&ended, &begins, &me, at(101)).await;
            recorded.unwrap()
        }
    };
    let first = record(vec![], vec![ids[0].clone()]).await;
    assert_eq!((first.begun.len(), first.finished.recorded), (1, 0));
    let both = record(vec![(ids[0].clone(), sent())], vec![ids[1].clone()]).await;
    assert_eq!((both.begun.len(), both.finished.recorded), (1, 1));
    // A second time neither holds.
    let again = record(vec![(ids[0].clone(), sent())], vec![ids[1].clone()]).await;
    assert_eq!((again.begun.len(), again.finished.lost), (0, 1));
    assert_eq!(record(vec![], vec![]).await, Ledgered::default());
    let counts = store.delivery_counts(None).await.unwrap();
    assert_eq!((counts.queued, counts.in_flight, counts.sent), (1, 1, 1));
}

async fn a_mailbox_that_is_not_there_is_suppressed(ground: Ground) {
    let store = &ground.store;
    closed(store, 2).await;
    let claimed = claim(store, at(100), "x").await;
    let ids: Vec<DeliveryId> = claimed.iter().map(|one| one.id.clone()).collect();
    store
        .begin_deliveries(&ids, &holder("x"), at(100))
        .await
        .unwrap();
    let never = |reason| Outcome::Never {
        reason,
        why: "550".to_owned(),
    };
    let outcomes = [
        (ids[0].clone(), never(Reason::NoSuchMailbox)),
        (ids[1].clone(), never(Reason::Policy)),
    ];
    store
        .finish_deliveries(&outcomes, &holder("x"), at(101))
        .await
        .unwrap();
    let addresses: Vec<_> = claimed.iter().map(|one| one.address.clone()).collect();
    let suppressed = store.suppressed(&addresses).await.unwrap();
    assert!(suppressed.contains(&claimed[0].subscriber));
    assert_eq!(suppressed.len(), 1, "a policy is no missing mailbox");
}

async fn a_returned_letter_keeps_its_attempts(ground: Ground) {
    let store = &ground.store;
    closed(store, 2).await;
    let mut claimed = ids(claim(store, at(100), "x").await);
    let (begun, held) = (claimed.remove(0), claimed.remove(0));
    let me = holder("x");
    let begins = std::slice::from_ref(&begun);
    store.begin_deliveries(begins, &me, at(101)).await.unwrap();
    let returned = Outcome::Returned {
        at: at(5_000),
        reason: Reason::Relay,
        why: "421 down".to_owned(),
    };
    let outcomes = [(begun, returned.clone()), (held, returned)];
    let finished = store.finish_deliveries(&outcomes, &me, at(102)).await;
    assert_eq!(finished.unwrap().recorded, 2);
    assert!(
        claim(store, at(4_999), "y").await.is_empty(),
        "not its turn"
    );
    for delivery in claim(store, at(5_000), "y").await {
        assert_eq!((delivery.attempts, delivery.doubtful), (0, false));
    }
}

async fn an_unanswered_letter_is_doubtful(ground: Ground) {
    let store = &ground.store;
    closed(store, 1).await;
    let id = ids(claim(store, at(100), "x").await).remove(0);
    let me = holder("x");
    let one = std::slice::from_ref(&id);
    store.begin_deliveries(one, &me, at(101)).await.unwrap();
    let outcomes = [(id.clone(), later(Reason::ConnectionLost, true))];
    store
        .finish_deliveries(&outcomes, &me, at(102))
        .await
        .unwrap();
    let again = claim(store, at(5_000), "x").await;
    assert!(again[0].doubtful && again[0].attempts == 1);
    store.begin_deliveries(one, &me, at(5_001)).await.unwrap();
    let outcomes = [(id, sent())];
    store
        .finish_deliveries(&outcomes, &me, at(5_002))
        .await
        .unwrap();
    let counts = store.delivery_counts(None).await.unwrap();
    assert_eq!((counts.sent, counts.doubtful), (1, 1), "doubt stays");
}

async fn pauses_hold_and_let_go(ground: Ground) {
    let store = &ground.store;
    let first = closed(store, 2).await;
    let held = ids(claim(store, at(100), "x").await);
    let (all, daily) = (None, Some(name()));
    for digest in [&all, &daily] {
        let digest = digest.as_ref();
        assert!(store.pause_mail(digest, at(101)).await.unwrap());
        assert!(!store.pause_mail(digest, at(102)).await.unwrap(), "was");
        let pauses = store.mail_pauses().await.unwrap();
        let named = digest.map(ToString::to_string);
        assert_eq!(pauses, [(named, at(101))]);
        // What was claimed before does not begin any more.
        let begun = store.begin_deliveries(&held, &holder("x"), at(103)).await;
        assert!(begun.unwrap().is_empty());
        let late = at(103) + TimeDelta::hours(1);
        assert!(claim(store, late, "y").await.is_empty());
        assert_eq!(store.next_delivery_due().await.unwrap(), None);
        assert!(store.resume_mail(digest).await.unwrap());
        assert!(!store.resume_mail(digest).await.unwrap(), "was not");
    }
    // A window that closes while its digest is paused waits too.
    store.pause_mail(daily.as_ref(), at(150)).await.unwrap();
    store.seal(at(200)).await.unwrap();
    let second = digest(first.window.until, at(200));
    let copies = letters(&second, &[Profile::default()]);
    store.close_digest(&second, copies, at(200)).await.unwrap();
    let late = at(200) + TimeDelta::hours(1);
    assert!(claim(store, late, "y").await.is_empty());
    store.resume_mail(daily.as_ref()).await.unwrap();
    assert_eq!(claim(store, late, "y").await.len(), 4);
}

async fn a_stopped_digest_ends(ground: Ground) {
    let store = &ground.store;
    closed(store, 3).await;
    let ids = ids(claim(store, at(100), "x").await);
    let me = holder("x");
    store
        .begin_deliveries(&ids[..1], &me, at(101))
        .await
        .unwrap();
    assert_eq!(store.stop_mail(&name(), at(102)).await.unwrap(), 2);
    assert_eq!(store.stop_mail(&name(), at(103)).await.unwrap(), 0);
    let begun = store.begin_deliveries(&ids, &me, at(104)).await.unwrap();
    assert!(begun.is_empty(), "given up, or in flight");
    let outcomes = [(ids[0].clone(), sent())];
    store
        .finish_deliveries(&outcomes, &me, at(105))
        .await
        .unwrap();
    let counts = store.delivery_counts(None).await.unwrap();
    assert_eq!((counts.sent, counts.failed), (1, 2), "what left, left");
}

async fn a_day_has_its_share(ground: Ground) {
    let store = &ground.store;
    let day = super::day("2026-11-23");
    let other = super::day("2026-11-24");
    assert_eq!(store.take_of_day(day, 30, 100).await.unwrap(), 30);
    assert_eq!(store.take_of_day(day, 90, 100).await.unwrap(), 70);
    assert_eq!(store.take_of_day(day, 1, 100).await.unwrap(), 0);
    store.give_back_to_day(day, 5).await.unwrap();
    assert_eq!(store.take_of_day(day, 9, 100).await.unwrap(), 5);
    assert_eq!(store.take_of_day(other, 9, 100).await.unwrap(), 9);
}

async fn progress_is_told_by_reason_and_domain(ground: Ground) {
    let store = &ground.store;
    let digest = closed(store, 5).await;
    let me = holder("x");
    let claimed = claim(store, at(100), "x").await;
    let id = |n: usize| {
        let who = SubscriberId::derived(&address(n));
        let found = claimed.iter().find(|delivery| delivery.subscriber == who);
        found.unwrap().id.clone()
    };
    let all: Vec<DeliveryId> = (0..5).map(id).collect();
    store
        .begin_deliveries(&all[..4], &me, at(101))
        .await
        .unwrap();
    let refused = Outcome::Never {
        reason: Reason::NoSuchMailbox,
        why: "550".to_owned(),
    };
    let outcomes = [
        (id(0), sent()),
        (id(1), later(Reason::Greylisted, false)),
        (id(2), refused),
    ];
    store
        .finish_deliveries(&outcomes, &me, at(102))
        .await
        .unwrap();
    let progress = store.digest_progress(Some("daily"), 9, 9).await.unwrap();
    assert_eq!(progress.len(), 1);
    let progress = &progress[0];
    let expected = DeliveryCounts {
        queued: 1,
        deferred: 1,
        in_flight: 1,
        sent: 1,
        failed: 1,
        doubtful: 0,
    };
    assert_eq!(progress.total.counts, expected);
    assert_eq!(progress.occasion, digest.id.as_str());
    assert_eq!(progress.closed_at, at(100));
    assert_eq!(progress.total.deferred, [(Reason::Greylisted, 1)].into());
    assert_eq!(progress.total.failed, [(Reason::NoSuchMailbox, 1)].into());
    assert_eq!(progress.domains.len(), 1);
    assert_eq!(progress.domains[0].domain, "example.kz");
    assert_eq!(progress.domains[0].tally, progress.total);
    let none = store.digest_progress(Some("weekly"), 9, 9).await.unwrap();
    assert!(none.is_empty());
}
