//! An operator's own letters: tried first, then queued once for each reader.

use super::deliveries::{address, claim};
use super::{Ground, at, on_both};
use crate::model::delivery::DeliveryId;
use crate::model::digest::{Letter, LetterId, Purpose};
use crate::model::language::Tongue;
use crate::model::mailing::{Audience, MailingId};
use crate::model::region::Region;
use crate::model::subscriber::{LetterScript, Profile, SubscriberId, SubscriberStatus};
use crate::model::topic::Topic;
use crate::store::{Mailed, Store};

on_both!(
    a_stopped_mailing_ends,
    a_text_nobody_looked_at_is_not_sent,
    each_reader_of_the_audience_gets_one_in_the_own_tongue,
    a_topic_goes_to_its_readers_and_to_those_of_all,
);

fn id() -> MailingId {
    MailingId::derived("text")
}

fn letters() -> Vec<Letter> {
    Tongue::ALL
        .into_iter()
        .map(|tongue| Letter {
            id: LetterId::of_mailing(&id(), tongue),
            purpose: Purpose::Digest,
            tongue,
            script: LetterScript::default(),
            subject: format!("in {tongue}"),
            text: "text".to_owned(),
            html: "<p>text</p>".to_owned(),
        })
        .collect()
}

/// Readers 0 to 3: Kazakh, of youth; Russian; Russian, of Astana; Russian, of Abai
/// and of youth and sport. Reader 4 has not confirmed.
async fn people(store: &Store) {
    let profile = |tongue, code: &str, topics: &[Topic]| Profile {
        tongue,
        regions: code.parse().ok().into_iter().collect(),
        topics: topics.to_vec(),
        ..Profile::default()
    };
    let confirmed = [
        profile(Tongue::Kazakh, "", &[Topic::Youth]),
        profile(Tongue::Russian, "", &[]),
        profile(Tongue::Russian, "KZ-71", &[]),
        profile(Tongue::Russian, "KZ-10", &[Topic::Youth, Topic::Sport]),
    ];
    let list = confirmed.into_iter().enumerate();
    let list = list.map(|(n, profile)| (address(n), profile)).collect();
    let status = SubscriberStatus::Confirmed;
    store.import_subscribers(list, status, at(0)).await.unwrap();
    let pending = vec![(address(4), Profile::default())];
    let status = SubscriberStatus::Pending;
    store
        .import_subscribers(pending, status, at(0))
        .await
        .unwrap();
}

async fn a_text_nobody_looked_at_is_not_sent(ground: Ground) {
    let store = &ground.store;
    people(store).await;
    let all = Audience::default();
    let queued = store.queue_mailing(&id(), &letters(), all, at(1)).await;
    assert_eq!(queued.unwrap(), Mailed::Untested);
    let reader = |n| SubscriberId::derived(&address(n));
    let letter = &letters()[0];
    for stranger in [4, 99] {
        let tried = store
            .test_mailing(&id(), letter, &reader(stranger), at(1))
            .await;
        assert!(!tried.unwrap(), "{stranger}");
    }
    let queued = store.queue_mailing(&id(), &letters(), all, at(1)).await;
    assert_eq!(queued.unwrap(), Mailed::Untested);
    for moment in [2, 3] {
        let tried = store
            .test_mailing(&id(), letter, &reader(0), at(moment))
            .await;
        assert!(tried.unwrap());
    }
    assert_eq!(store.delivery_counts(None).await.unwrap().queued, 2);
    let queued = store.queue_mailing(&id(), &letters(), all, at(4)).await;
    assert_eq!(queued.unwrap(), Mailed::Queued { deliveries: 4 });
}

/// How many a mailing that was tried is queued for.
async fn queued(store: &Store, audience: Audience) -> u64 {
    let queued = store
        .queue_mailing(&id(), &letters(), audience, at(2))
        .await;
    match queued.unwrap() {
        Mailed::Queued { deliveries } => deliveries,
        Mailed::Untested => panic!("it was tried"),
    }
}

async fn a_topic_goes_to_its_readers_and_to_those_of_all(ground: Ground) {
    let store = &ground.store;
    people(store).await;
    let first = SubscriberId::derived(&address(0));
    let tried = store
        .test_mailing(&id(), &letters()[0], &first, at(1))
        .await;
    assert!(tried.unwrap());
    let about = |topic, tongue, code: &str| Audience {
        tongue,
        region: code.parse().ok(),
        topic: Some(topic),
    };
    let kazakh = Some(Tongue::Kazakh);
    for (audience, expected) in [
        (about(Topic::Sport, kazakh, ""), 0),
        (about(Topic::Sport, None, "KZ-71"), 2),
        (about(Topic::Sport, None, ""), 1),
        (about(Topic::Youth, None, ""), 1),
        (about(Topic::Youth, None, ""), 0),
    ] {
        assert_eq!(queued(store, audience).await, expected, "{audience:?}");
    }
}

async fn each_reader_of_the_audience_gets_one_in_the_own_tongue(ground: Ground) {
    let store = &ground.store;
    people(store).await;
    let first = SubscriberId::derived(&address(0));
    let tried = store
        .test_mailing(&id(), &letters()[0], &first, at(1))
        .await;
    assert!(tried.unwrap());
    claim(store, at(1), "tester").await;
    let send = async |tongue, region| {
        let audience = Audience {
            tongue,
            region,
            topic: None,
        };
        queued(store, audience).await
    };
    let astana = Some(Region::ASTANA);
    assert_eq!(send(Some(Tongue::Russian), astana).await, 2);
    assert_eq!(send(Some(Tongue::Russian), astana).await, 0, "once each");
    assert_eq!(send(Some(Tongue::English), None).await, 0);
    assert_eq!(send(None, astana).await, 1);
    assert_eq!(send(None, None).await, 1);
    assert_eq!(send(None, None).await, 0);
    let occasion = id().occasion();
    for delivery in claim(store, at(3), "sender").await {
        let reader = SubscriberId::derived(&delivery.address);
        assert_eq!(delivery.id, DeliveryId::derived(&occasion, &reader));
        let profile = store.subscriber(&reader).await.unwrap().unwrap().profile;
        assert_eq!(delivery.letter.tongue, profile.tongue);
    }
    let counts = store.delivery_counts(Some(&occasion)).await.unwrap();
    assert_eq!(counts.queued + counts.in_flight, 4);
}

async fn a_stopped_mailing_ends(ground: Ground) {
    let store = &ground.store;
    people(store).await;
    let first = SubscriberId::derived(&address(0));
    let tried = store
        .test_mailing(&id(), &letters()[0], &first, at(1))
        .await;
    assert!(tried.unwrap());
    let all = Audience::default();
    let queued = store.queue_mailing(&id(), &letters(), all, at(2)).await;
    assert_eq!(queued.unwrap(), Mailed::Queued { deliveries: 4 });
    assert_eq!(store.stop_mailing(&id(), at(3)).await.unwrap(), 4);
    assert_eq!(store.stop_mailing(&id(), at(4)).await.unwrap(), 0);
    let counts = store.delivery_counts(None).await.unwrap();
    assert_eq!(
        (counts.queued, counts.failed),
        (1, 4),
        "the test letter goes"
    );
}
