//! Digests and deliveries: closed once, each copy sent by one, none lost.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Ground, LEASE, at, holder, on_both};
use crate::model::delivery::{ClaimedDelivery, DeliveryCounts, DeliveryId, Outcome, Reason};
use crate::model::digest::{Digest, DigestId, Letter, LetterId, Purpose, Window};
use crate::model::event::EventId;
use crate::model::feed::FeedName;
use crate::model::language::Tongue;
use crate::model::story::StoryId;
use crate::model::subscriber::{
    EmailAddress, LetterScript, Profile, ProfileKey, SubscriberId, SubscriberStatus,
};
use crate::store::{Closed, Finished, Requested, Store};

on_both!(
    two_claimers_never_get_the_same,
    killed_between_begin_and_finish_is_doubtful,
    a_lost_lease_is_refused,
    outcomes_are_kept,
    the_unsubscribed_get_nothing_more,
    confirmations_are_queued_once_and_go_first,
    a_letter_keeps_its_script,
);

pub(super) fn address(n: usize) -> EmailAddress {
    format!("p{n}@example.kz").parse().unwrap()
}

pub(super) fn name() -> FeedName {
    "daily".parse().unwrap()
}

pub(super) fn digest(after: DateTime<Utc>, until: DateTime<Utc>) -> Digest {
    Digest {
        id: DigestId::derived(&name(), until),
        name: name(),
        window: Window { after, until },
        stories: vec![StoryId::from_stored("s")],
        events: vec![EventId::from_stored("e")],
    }
}

pub(super) fn letters(digest: &Digest, profiles: &[Profile]) -> Vec<(ProfileKey, Letter)> {
    let letter = |key: &ProfileKey| Letter {
        id: LetterId::of_digest(&digest.id, key),
        purpose: Purpose::Digest,
        tongue: Tongue::Kazakh,
        script: LetterScript::default(),
        subject: "Жаршы".to_owned(),
        text: format!("for {key}"),
        html: "<p>'\"\\</p>".to_owned(),
    };
    let keys = profiles.iter().map(Profile::key);
    keys.map(|key| (key.clone(), letter(&key))).collect()
}

/// A closed digest to `people` confirmed subscribers.
pub(super) async fn closed(store: &Store, people: usize) -> Digest {
    let list = (0..people).map(|n| (address(n), Profile::default()));
    let list = list.collect();
    store
        .import_subscribers(list, SubscriberStatus::Confirmed, at(0))
        .await
        .unwrap();
    let digest = digest(at(0), at(100));
    store.seal(at(100)).await.unwrap();
    let letters = letters(&digest, &[Profile::default()]);
    let closed = store.close_digest(&digest, letters, at(100)).await.unwrap();
    assert_eq!(
        closed,
        Closed::Now {
            deliveries: people as u64
        }
    );
    digest
}

pub(super) async fn claim(store: &Store, now: DateTime<Utc>, who: &str) -> Vec<ClaimedDelivery> {
    store
        .claim_deliveries(now, &holder(who), LEASE, 1_000)
        .await
        .unwrap()
}

pub(super) fn sent(id: &DeliveryId) -> (DeliveryId, Outcome) {
    (
        id.clone(),
        Outcome::Sent {
            reply: "250 ok".to_owned(),
        },
    )
}

/// Whether the attempt may begin.
pub(super) async fn begin(store: &Store, id: &DeliveryId, who: &str, now: DateTime<Utc>) -> bool {
    let ids = std::slice::from_ref(id);
    let begun = store.begin_deliveries(ids, &holder(who), now).await;
    begun.unwrap().contains(id)
}

async fn two_claimers_never_get_the_same(ground: Ground) {
    closed(&ground.store, 120).await;
    let mut claimers = Vec::new();
    for n in 0..6 {
        let store = ground.another().await;
        claimers.push(tokio::spawn(async move {
            let me = holder(&format!("h{n}"));
            let mut mine = Vec::new();
            loop {
                let claimed = store
                    .claim_deliveries(at(100), &me, LEASE, 9)
                    .await
                    .unwrap();
                if claimed.is_empty() {
                    return mine;
                }
                assert!(claimed.len() <= 9);
                let ids: Vec<DeliveryId> = claimed.into_iter().map(|c| c.id).collect();
                let begun = store.begin_deliveries(&ids, &me, at(101)).await.unwrap();
                assert_eq!(begun.len(), ids.len());
                let done: Vec<_> = ids.iter().map(sent).collect();
                let finished = store.finish_deliveries(&done, &me, at(102)).await.unwrap();
                assert_eq!(
                    finished,
                    Finished {
                        recorded: ids.len() as u64,
                        lost: 0
                    }
                );
                mine.extend(ids);
            }
        }));
    }
    let mut all = Vec::new();
    for claimer in claimers {
        all.extend(claimer.await.unwrap());
    }
    let left = claim(&ground.store, at(100), "last").await;
    assert_eq!(all.len() + left.len(), 120);
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
}

async fn killed_between_begin_and_finish_is_doubtful(ground: Ground) {
    let store = &ground.store;
    closed(store, 3).await;
    let claimed = claim(store, at(100), "killed").await;
    let begun = &claimed[0];
    assert!(begin(store, &begun.id, "killed", at(101)).await);
    assert!(!begin(store, &begun.id, "killed", at(101)).await, "once");
    assert_eq!(
        store.release_deliveries(&holder("killed")).await.unwrap(),
        2
    );
    let heir = ground.another().await;
    assert_eq!(
        claim(&heir, at(102), "heir").await.len(),
        2,
        "the one begun is not free yet"
    );
    let end = at(100) + LEASE;
    assert_eq!(heir.next_delivery_due().await.unwrap(), Some(end));
    heir.release_deliveries(&holder("heir")).await.unwrap();
    assert_eq!(heir.next_delivery_due().await.unwrap(), Some(at(100)));
    let mut again = claim(&heir, end, "heir").await;
    assert_eq!(again.len(), 3);
    again.retain(|delivery| delivery.doubtful);
    assert_eq!(again.len(), 1, "only what was in flight is in doubt");
    assert_eq!((&again[0].id, again[0].attempts), (&begun.id, 1));
    assert_eq!(again[0].queued_at, begun.queued_at);
    assert!(begin(&heir, &begun.id, "heir", end).await);
    heir.finish_deliveries(&[sent(&begun.id)], &holder("heir"), end)
        .await
        .unwrap();
    let counts = heir.delivery_counts(None).await.unwrap();
    let expected = DeliveryCounts {
        queued: 2,
        sent: 1,
        doubtful: 1,
        ..DeliveryCounts::default()
    };
    assert_eq!(counts, expected);
}

async fn a_lost_lease_is_refused(ground: Ground) {
    let store = &ground.store;
    closed(store, 1).await;
    let id = claim(store, at(100), "slow").await.remove(0).id;
    let end = at(100) + LEASE;
    let slow = holder("slow");
    assert!(!begin(store, &id, "slow", end).await, "it ran out");
    assert_eq!(store.renew_deliveries(&slow, end + LEASE).await.unwrap(), 1);
    assert!(claim(store, end, "quick").await.is_empty(), "renewed");
    assert_eq!(claim(store, end + LEASE, "quick").await.len(), 1);
    assert!(!begin(store, &id, "slow", end + LEASE).await);
    let lost = store
        .finish_deliveries(&[sent(&id)], &slow, end)
        .await
        .unwrap();
    assert_eq!(
        lost,
        Finished {
            recorded: 0,
            lost: 1
        }
    );
    assert!(begin(store, &id, "quick", end + LEASE).await);
}

async fn outcomes_are_kept(ground: Ground) {
    let store = &ground.store;
    closed(store, 3).await;
    let me = holder("x");
    let ids: Vec<DeliveryId> = claim(store, at(100), "x")
        .await
        .into_iter()
        .map(|c| c.id)
        .collect();
    store.begin_deliveries(&ids, &me, at(101)).await.unwrap();
    let again_at = at(100) + TimeDelta::hours(1);
    let outcomes = [
        sent(&ids[0]),
        (
            ids[1].clone(),
            Outcome::TryLater {
                at: again_at,
                reason: Reason::ServerTrouble,
                why: "450 later\0".to_owned(),
                doubtful: false,
            },
        ),
        (
            ids[2].clone(),
            Outcome::Never {
                reason: Reason::NoSuchMailbox,
                why: "550 no such user".to_owned(),
            },
        ),
    ];
    store
        .finish_deliveries(&outcomes, &me, at(102))
        .await
        .unwrap();
    let counts = store.delivery_counts(None).await.unwrap();
    let expected = DeliveryCounts {
        deferred: 1,
        sent: 1,
        failed: 1,
        ..DeliveryCounts::default()
    };
    assert_eq!(counts, expected);
    assert_eq!(store.next_delivery_due().await.unwrap(), Some(again_at));
    assert!(
        claim(store, again_at - TimeDelta::milliseconds(1), "x")
            .await
            .is_empty()
    );
    let again = claim(store, again_at, "x").await;
    assert_eq!(
        (again.len(), &again[0].id, again[0].attempts),
        (1, &ids[1], 1)
    );
    assert!(!again[0].doubtful);
}

async fn the_unsubscribed_get_nothing_more(ground: Ground) {
    let store = &ground.store;
    let digest = closed(store, 5).await;
    let leave = |n| {
        let id = SubscriberId::derived(&address(n));
        async move { store.unsubscribe(&id, at(101)).await.unwrap() }
    };
    leave(1).await;
    leave(2).await;
    // Somebody asks again in the name of one of them: still no digest.
    let asked = store
        .request_subscription(&address(2), Profile::default(), at(102), TimeDelta::zero())
        .await;
    assert!(matches!(asked, Ok(Requested::Pending(_))));
    let claimed = claim(store, at(103), "x").await;
    let reached: HashSet<_> = claimed.iter().map(|c| c.address.clone()).collect();
    assert_eq!(reached, HashSet::from([address(0), address(3), address(4)]));
    let counts = store
        .delivery_counts(Some(digest.id.as_str()))
        .await
        .unwrap();
    assert_eq!((counts.queued, counts.failed), (3, 2));
    let mut session = store.pools.read("a test");
    let why: Vec<(String,)> = session
        .fetch(
            "SELECT DISTINCT result FROM deliveries WHERE state = 'failed'",
            vec![],
        )
        .await
        .unwrap();
    assert_eq!(why, [("unsubscribed".to_owned(),)]);
}

async fn confirmations_are_queued_once_and_go_first(ground: Ground) {
    let store = &ground.store;
    closed(store, 4).await;
    let asked = store
        .request_subscription(&address(9), Profile::default(), at(500), TimeDelta::zero())
        .await;
    assert!(matches!(asked, Ok(Requested::Pending(_))));
    let request = store.pending_requests(9).await.unwrap().remove(0);
    let request = request.subscriber;
    let letter = Letter {
        id: LetterId::of_confirmation(Tongue::Kazakh, "hash"),
        purpose: Purpose::Confirmation,
        tongue: Tongue::Kazakh,
        script: LetterScript::default(),
        subject: "Растаңыз".to_owned(),
        text: "x".to_owned(),
        html: "<p>x</p>".to_owned(),
    };
    store
        .queue_confirmation(&request, &letter, at(501))
        .await
        .unwrap();
    store
        .queue_confirmation(&request, &letter, at(502))
        .await
        .unwrap();
    assert!(store.pending_requests(9).await.unwrap().is_empty());
    let first = store
        .claim_deliveries(at(600), &holder("x"), LEASE, 1)
        .await
        .unwrap();
    assert_eq!(first[0].letter.purpose, Purpose::Confirmation);
    assert_eq!(*first[0].letter, letter);
    let occasion = format!("confirm:{}", at(500).timestamp_millis());
    assert_eq!(first[0].id, DeliveryId::derived(&occasion, &request.id));
    assert_eq!(claim(store, at(600), "x").await.len(), 4, "queued once");
}

async fn a_letter_keeps_its_script(ground: Ground) {
    let store = &ground.store;
    let people = vec![(address(1), Profile::default())];
    store
        .import_subscribers(people, SubscriberStatus::Confirmed, at(0))
        .await
        .unwrap();
    let digest = digest(at(0), at(100));
    store.seal(at(100)).await.unwrap();
    let mut copies = letters(&digest, &[Profile::default()]);
    copies[0].1.script = LetterScript::Latin;
    store.close_digest(&digest, copies, at(100)).await.unwrap();
    let claimed = claim(store, at(100), "x").await;
    assert_eq!(claimed[0].letter.tongue, Tongue::Kazakh);
    assert_eq!(claimed[0].letter.tag(), "kk-Latn");
}
