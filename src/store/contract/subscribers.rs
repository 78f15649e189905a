//! Subscribers: asking, confirming, leaving, importing.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Ground, at, on_both};
use crate::model::language::Tongue;
use crate::model::region::Region;
use crate::model::schedule::Round;
use crate::model::subscriber::{EmailAddress, Profile, ProfileKey, SubscriberId, SubscriberStatus};
use crate::store::{Confirmed, Import, ImportCounts, Requested, Store, StoreError, Unsubscribed};

on_both!(
    asking_confirming_leaving,
    the_confirmed_are_not_changed_by_strangers,
    an_import_never_resubscribes,
    pages_are_complete,
);

impl Store {
    /// A list whose lines say the same of everyone's standing.
    pub(super) async fn import_subscribers(
        &self,
        people: Vec<(EmailAddress, Profile)>,
        status: SubscriberStatus,
        now: DateTime<Utc>,
    ) -> Result<ImportCounts, StoreError> {
        let people = people
            .into_iter()
            .map(|(address, profile)| Import::new(address, status, Some(profile)));
        self.import(people.collect(), now, false).await
    }

    /// The profiles of the confirmed who read by the digest's own timetable.
    async fn confirmed_profiles(&self) -> Result<Vec<(ProfileKey, Profile, u64)>, StoreError> {
        let name = "daily".parse().unwrap();
        let groups = self.groups(&name, &Round::default(), at(0), at(9)).await?;
        Ok(groups
            .into_iter()
            .map(|group| (group.key, group.profile, group.people))
            .collect())
    }
}

const COOLDOWN: TimeDelta = TimeDelta::minutes(10);

fn address(text: &str) -> EmailAddress {
    text.parse().unwrap()
}

fn profile() -> Profile {
    Profile {
        tongue: Tongue::Russian,
        feeds: vec!["b".parse().unwrap(), "a".parse().unwrap()],
        regions: vec![Region::ASTANA],
        ..Profile::default()
    }
}

async fn asking_confirming_leaving(ground: Ground) {
    let store = &ground.store;
    let aigul = address("Aigul@example.kz");
    let id = SubscriberId::derived(&aigul);
    let ask = |now| store.request_subscription(&aigul, profile(), now, COOLDOWN);
    assert_eq!(store.confirm(&id, at(0)).await.unwrap(), Confirmed::Unknown);
    assert_eq!(
        store.unsubscribe(&id, at(0)).await.unwrap(),
        Unsubscribed::Unknown
    );
    assert_eq!(ask(at(0)).await.unwrap(), Requested::Pending(id.clone()));
    assert_eq!(ask(at(1)).await.unwrap(), Requested::TooSoon);
    assert_eq!(
        ask(at(0) + COOLDOWN).await.unwrap(),
        Requested::Pending(id.clone())
    );
    let found = store.pending_requests(9).await.unwrap();
    assert_eq!(found.len(), 1);
    assert!(!found[0].moves);
    assert_eq!(found[0].subscriber.profile, profile().normalised());
    assert_eq!(found[0].subscriber.address, aigul);
    assert_eq!(store.confirm(&id, at(5)).await.unwrap(), Confirmed::Now);
    assert_eq!(store.confirm(&id, at(6)).await.unwrap(), Confirmed::Already);
    assert!(store.pending_requests(9).await.unwrap().is_empty());
    let person = store.subscriber(&id).await.unwrap().unwrap();
    assert_eq!(
        (person.status, person.confirmed_at),
        (SubscriberStatus::Confirmed, Some(at(5)))
    );
    assert_eq!(
        store.unsubscribe(&id, at(7)).await.unwrap(),
        Unsubscribed::Now
    );
    assert_eq!(
        store.unsubscribe(&id, at(8)).await.unwrap(),
        Unsubscribed::Already
    );
    let person = store.subscriber(&id).await.unwrap().unwrap();
    assert_eq!(person.status, SubscriberStatus::Unsubscribed);
    assert_eq!(person.unsubscribed_at, Some(at(7)));
    let again = at(0) + COOLDOWN * 3;
    assert_eq!(ask(again).await.unwrap(), Requested::Pending(id.clone()));
    assert_eq!(store.confirm(&id, again).await.unwrap(), Confirmed::Now);
    let person = store.subscriber(&id).await.unwrap().unwrap();
    assert_eq!(
        (person.status, person.unsubscribed_at),
        (SubscriberStatus::Confirmed, None)
    );
}

async fn the_confirmed_are_not_changed_by_strangers(ground: Ground) {
    let store = &ground.store;
    let list = vec![(address("a@example.kz"), profile())];
    store
        .import_subscribers(list, SubscriberStatus::Confirmed, at(0))
        .await
        .unwrap();
    let id = SubscriberId::derived(&address("a@example.kz"));
    let before = store.subscriber(&id).await.unwrap();
    let asked = store
        .request_subscription(
            &address("A@example.kz"),
            Profile::default(),
            at(0) + COOLDOWN * 9,
            COOLDOWN,
        )
        .await
        .unwrap();
    assert_eq!(asked, Requested::AlreadyConfirmed(id.clone()));
    assert_eq!(store.subscriber(&id).await.unwrap(), before);
    let other = Profile::default();
    let counted = store.confirmed_profiles().await.unwrap();
    assert_eq!(counted, [(profile().key(), profile().normalised(), 1)]);
    let list = vec![(address("a@example.kz"), other.clone())];
    let counts = store
        .import_subscribers(list, SubscriberStatus::Pending, at(2))
        .await
        .unwrap();
    assert_eq!(
        counts,
        ImportCounts {
            updated: 1,
            ..ImportCounts::default()
        }
    );
    assert_eq!(
        store.confirmed_profiles().await.unwrap(),
        [(other.key(), other, 1)]
    );
}

async fn an_import_never_resubscribes(ground: Ground) {
    let store = &ground.store;
    let names: Vec<String> = (0..1_203).map(|n| format!("p{n}@example.kz")).collect();
    let mut list: Vec<_> = names
        .iter()
        .map(|name| (address(name), Profile::default()))
        .collect();
    list.push((address("P7@example.kz"), profile()));
    let import = |status, now| store.import_subscribers(list.clone(), status, now);
    let counts = import(SubscriberStatus::Pending, at(0)).await.unwrap();
    assert_eq!(
        counts,
        ImportCounts {
            added: 1_203,
            ..ImportCounts::default()
        }
    );
    let gone = SubscriberId::derived(&address("p3@example.kz"));
    let asked_again = SubscriberId::derived(&address("p4@example.kz"));
    store.unsubscribe(&gone, at(1)).await.unwrap();
    store.unsubscribe(&asked_again, at(1)).await.unwrap();
    let later = at(0) + COOLDOWN;
    let asked = store
        .request_subscription(
            &address("p4@example.kz"),
            Profile::default(),
            later,
            COOLDOWN,
        )
        .await;
    assert_eq!(asked.unwrap(), Requested::Pending(asked_again.clone()));
    let counts = import(SubscriberStatus::Confirmed, later).await.unwrap();
    let expected = ImportCounts {
        added: 0,
        updated: 1_201,
        kept_unsubscribed: 2,
        erased: 0,
        suppressed: 0,
    };
    assert_eq!(counts, expected);
    let status =
        |id: SubscriberId| async move { store.subscriber(&id).await.unwrap().unwrap().status };
    assert_eq!(status(gone).await, SubscriberStatus::Unsubscribed);
    assert_eq!(
        status(asked_again).await,
        SubscriberStatus::Pending,
        "asked, not confirmed"
    );
    let confirmed: u64 = store
        .confirmed_profiles()
        .await
        .unwrap()
        .iter()
        .map(|p| p.2)
        .sum();
    assert_eq!(confirmed, 1_201);
    let p7 = SubscriberId::derived(&address("p7@example.kz"));
    let p7 = store.subscriber(&p7).await.unwrap().unwrap();
    assert_eq!(p7.profile, profile().normalised(), "the last line counts");
}

async fn pages_are_complete(ground: Ground) {
    let store = &ground.store;
    let list = (0..25).map(|n| (address(&format!("p{n}@example.kz")), Profile::default()));
    store
        .import_subscribers(list.collect(), SubscriberStatus::Unsubscribed, at(0))
        .await
        .unwrap();
    let mut all = Vec::new();
    loop {
        let after = all.last().cloned();
        let page = store.subscribers(after, 10).await.unwrap();
        if page.is_empty() {
            break;
        }
        assert!(
            page.iter()
                .all(|person| person.status == SubscriberStatus::Unsubscribed)
        );
        all.extend(page.into_iter().map(|person| person.id));
    }
    assert_eq!(all.len(), 25);
    assert!(all.is_sorted());
}
