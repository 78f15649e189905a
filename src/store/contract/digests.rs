//! Digests: closed once, with a delivery for exactly those who confirmed.

use chrono::{DateTime, Utc};

use super::deliveries::{address, claim, digest, letters, name};
use super::{Ground, at, on_both};
use crate::model::delivery::{DeliveryCounts, DeliveryId};
use crate::model::digest::{Digest, Letter};
use crate::model::language::Tongue;
use crate::model::region::Region;
use crate::model::schedule::Round;
use crate::model::subscriber::{Profile, ProfileKey, SubscriberId, SubscriberStatus};
use crate::store::{Closed, Closing, ClosingGroup, Store, StoreError};

on_both!(
    a_digest_closes_once_and_windows_join,
    exactly_the_confirmed_with_a_letter_get_one,
    many_closers_one_digest,
    an_unsealed_window_is_refused,
);

impl Store {
    /// A window of the digest's own round: `letters` for those with these
    /// profiles, and nobody else was looked at.
    pub(super) async fn close_digest(
        &self,
        digest: &Digest,
        letters: Vec<(ProfileKey, Letter)>,
        now: DateTime<Utc>,
    ) -> Result<Closed, StoreError> {
        let groups = letters.into_iter().map(|(profile, letter)| ClosingGroup {
            profile,
            after: digest.window.after,
            letter: Some(letter),
        });
        let closing = Closing {
            digest: digest.clone(),
            round: Round::default(),
            groups: groups.collect(),
            links: Vec::new(),
        };
        self.close_round(&closing, now).await
    }
}

fn profiles() -> [Profile; 2] {
    let astana = Profile {
        regions: vec![Region::ASTANA],
        ..Profile::default()
    };
    [Profile::default(), astana]
}

/// Two with one profile, one with another, one whose profile gets no letter,
/// and one who has not confirmed.
async fn people(store: &Store) {
    let [plain, astana] = profiles();
    let unlettered = Profile {
        tongue: Tongue::English,
        ..Profile::default()
    };
    let list = [plain.clone(), plain.clone(), astana, unlettered];
    let list = list.into_iter().enumerate().map(|(n, p)| (address(n), p));
    let confirmed = SubscriberStatus::Confirmed;
    store
        .import_subscribers(list.collect(), confirmed, at(0))
        .await
        .unwrap();
    let pending = vec![(address(7), plain)];
    store
        .import_subscribers(pending, SubscriberStatus::Pending, at(0))
        .await
        .unwrap();
}

async fn a_digest_closes_once_and_windows_join(ground: Ground) {
    let store = &ground.store;
    people(store).await;
    store.set_first_watermark(&name(), at(50)).await.unwrap();
    store.set_first_watermark(&name(), at(60)).await.unwrap();
    assert_eq!(store.digest_watermark(&name()).await.unwrap(), Some(at(50)));
    store.seal(at(200)).await.unwrap();
    let close = |after, until| async move {
        let digest = digest(at(after), at(until));
        let letters = letters(&digest, &profiles());
        store.close_digest(&digest, letters, at(200)).await.unwrap()
    };
    assert_eq!(close(40, 100).await, Closed::Already, "does not join on");
    assert_eq!(close(50, 100).await, Closed::Now { deliveries: 3 });
    assert_eq!(close(50, 100).await, Closed::Already);
    assert_eq!(
        store.digest_watermark(&name()).await.unwrap(),
        Some(at(100))
    );
    let first = digest(at(50), at(100));
    let counts = store
        .delivery_counts(Some(first.id.as_str()))
        .await
        .unwrap();
    assert_eq!(
        counts,
        DeliveryCounts {
            queued: 3,
            ..DeliveryCounts::default()
        }
    );
    let next = digest(at(100), at(200));
    let nothing = store.close_digest(&next, vec![], at(200)).await.unwrap();
    assert_eq!(
        nothing,
        Closed::Now { deliveries: 0 },
        "an empty digest closes too"
    );
}

async fn exactly_the_confirmed_with_a_letter_get_one(ground: Ground) {
    let store = &ground.store;
    people(store).await;
    store.seal(at(100)).await.unwrap();
    let first = digest(at(0), at(100));
    let letters = letters(&first, &profiles());
    store.close_digest(&first, letters, at(100)).await.unwrap();
    let claimed = claim(store, at(100), "x").await;
    for delivery in &claimed {
        let subscriber = SubscriberId::derived(&delivery.address);
        assert_eq!(
            delivery.id,
            DeliveryId::derived(first.id.as_str(), &subscriber)
        );
        let key = store
            .subscriber(&subscriber)
            .await
            .unwrap()
            .unwrap()
            .profile
            .key();
        assert_eq!(delivery.letter.text, format!("for {key}"));
        assert_eq!(delivery.letter.html, "<p>'\"\\</p>");
    }
    assert_eq!(claimed.len(), 3);
}

async fn many_closers_one_digest(ground: Ground) {
    let list = (0..20).map(|n| (address(n), Profile::default())).collect();
    let store = &ground.store;
    store
        .import_subscribers(list, SubscriberStatus::Confirmed, at(0))
        .await
        .unwrap();
    store.seal(at(100)).await.unwrap();
    let mut closers = Vec::new();
    for _ in 0..4 {
        let store = ground.another().await;
        closers.push(tokio::spawn(async move {
            let digest = digest(at(0), at(100));
            let letters = letters(&digest, &[Profile::default()]);
            store.close_digest(&digest, letters, at(100)).await.unwrap()
        }));
    }
    let mut outcomes = Vec::new();
    for closer in closers {
        outcomes.push(closer.await.unwrap());
    }
    outcomes.retain(|outcome| *outcome != Closed::Already);
    assert_eq!(outcomes, [Closed::Now { deliveries: 20 }]);
    assert_eq!(store.delivery_counts(None).await.unwrap().queued, 20);
}

async fn an_unsealed_window_is_refused(ground: Ground) {
    let store = &ground.store;
    store.seal(at(99)).await.unwrap();
    let refused = store
        .close_digest(&digest(at(0), at(100)), vec![], at(100))
        .await;
    assert!(matches!(refused, Err(StoreError::NotSealed { .. })));
    assert_eq!(store.digest_watermark(&name()).await.unwrap(), None);
}
