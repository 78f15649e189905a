//! The suppression list is respected by everything that leads to a letter.

use std::collections::HashSet;

use chrono::TimeDelta;

use super::deliveries::{address, claim, closed, digest, letters};
use super::{Ground, at, on_both};
use crate::model::bounce::SuppressionReason;
use crate::model::subscriber::{EmailAddress, Profile, SubscriberId, SubscriberStatus};
use crate::store::{Closed, Requested, Store, Suppressed, Suppression};

on_both!(
    entries_are_added_listed_and_lifted,
    a_request_for_a_suppressed_address_comes_to_nothing,
    an_import_leaves_the_suppressed_out,
    a_closing_digest_has_no_copy_for_the_suppressed,
    what_was_queued_before_is_given_up,
);

fn entry(who: Suppressed) -> Suppression {
    Suppression {
        who,
        reason: SuppressionReason::Operator,
        since: at(5),
    }
}

fn forgotten(n: usize) -> Suppressed {
    Suppressed::Forgotten(SubscriberId::derived(&address(n)))
}

async fn suppress(store: &Store, who: Suppressed) {
    assert_eq!(store.suppress(&[entry(who)]).await.unwrap(), 1);
}

async fn entries_are_added_listed_and_lifted(ground: Ground) {
    let store = &ground.store;
    let people: Vec<Suppression> = (0..1_100)
        .map(|n| entry(Suppressed::Address(address(n))))
        .collect();
    assert_eq!(store.suppress(&people).await.unwrap(), 1_100);
    assert_eq!(store.suppress(&people[..9]).await.unwrap(), 0);
    let domain = Suppressed::Domain("gone.example".to_owned());
    suppress(store, domain.clone()).await;
    // To be forgotten: the address goes, the entry stays.
    assert_eq!(store.suppress(&[entry(forgotten(7))]).await.unwrap(), 0);
    let mut listed = Vec::new();
    loop {
        let after = listed.last().map(|one: &Suppression| one.who.clone());
        let page = store.suppressions(after.as_ref(), 400).await.unwrap();
        if page.is_empty() {
            break;
        }
        listed.extend(page);
    }
    assert_eq!(listed.len(), 1_101);
    assert!(listed.contains(&entry(domain.clone())));
    assert!(listed.contains(&entry(forgotten(7))));
    assert!(!listed.contains(&entry(Suppressed::Address(address(7)))));
    let elsewhere: EmailAddress = "x@gone.example".parse().unwrap();
    let free: EmailAddress = "x@free.example".parse().unwrap();
    let below: EmailAddress = "x@mail.gone.example".parse().unwrap();
    let asked = [address(3), address(7), elsewhere.clone(), free, below];
    let found = store.suppressed(&asked).await.unwrap();
    let expected: HashSet<SubscriberId> = [&address(3), &address(7), &elsewhere]
        .map(SubscriberId::derived)
        .into();
    assert_eq!(found, expected);
    let lift = |who: Suppressed| async move { store.lift_suppression(&who).await.unwrap() };
    assert!(lift(domain.clone()).await);
    assert!(!lift(domain).await);
    assert!(lift(Suppressed::Address(address(7))).await);
    assert!(store.suppressed(&[elsewhere]).await.unwrap().is_empty());
}

async fn a_request_for_a_suppressed_address_comes_to_nothing(ground: Ground) {
    let store = &ground.store;
    suppress(store, Suppressed::Address(address(1))).await;
    suppress(store, Suppressed::Domain("example.org".to_owned())).await;
    let ask = |address: EmailAddress| async move {
        let wait = TimeDelta::minutes(10);
        let asked = store.request_subscription(&address, Profile::default(), at(9), wait);
        asked.await.unwrap()
    };
    let upper: EmailAddress = "P1@example.kz".parse().unwrap();
    let domain: EmailAddress = "x@EXAMPLE.org".parse().unwrap();
    for suppressed in [address(1), upper, domain] {
        assert_eq!(ask(suppressed).await, Requested::Suppressed);
    }
    assert!(store.pending_requests(9).await.unwrap().is_empty());
    assert!(store.subscribers(None, 9).await.unwrap().is_empty());
    assert!(matches!(ask(address(2)).await, Requested::Pending(_)));
}

async fn an_import_leaves_the_suppressed_out(ground: Ground) {
    let store = &ground.store;
    suppress(store, forgotten(1)).await;
    let list = (0..3).map(|n| (address(n), Profile::default())).collect();
    let counts = store
        .import_subscribers(list, SubscriberStatus::Confirmed, at(9))
        .await
        .unwrap();
    assert_eq!((counts.added, counts.suppressed), (2, 1));
    let id = SubscriberId::derived(&address(1));
    assert_eq!(store.subscriber(&id).await.unwrap(), None);
}

async fn a_closing_digest_has_no_copy_for_the_suppressed(ground: Ground) {
    let store = &ground.store;
    closed(store, 4).await;
    suppress(store, Suppressed::Address(address(2))).await;
    let next = digest(at(100), at(200));
    store.seal(at(200)).await.unwrap();
    let copies = letters(&next, &[Profile::default()]);
    let now = store.close_digest(&next, copies, at(200)).await.unwrap();
    assert_eq!(now, Closed::Now { deliveries: 3 });
    suppress(store, Suppressed::Domain("example.kz".to_owned())).await;
    let last = digest(at(200), at(300));
    store.seal(at(300)).await.unwrap();
    let copies = letters(&last, &[Profile::default()]);
    let now = store.close_digest(&last, copies, at(300)).await.unwrap();
    assert_eq!(now, Closed::Now { deliveries: 0 });
}

async fn what_was_queued_before_is_given_up(ground: Ground) {
    let store = &ground.store;
    let digest = closed(store, 4).await;
    suppress(store, Suppressed::Address(address(2))).await;
    let claimed = claim(store, at(101), "me").await;
    assert_eq!(claimed.len(), 3);
    assert!(claimed.iter().all(|one| one.address != address(2)));
    let counts = store.delivery_counts(Some(digest.id.as_str())).await;
    assert_eq!(counts.unwrap().failed, 1);
}
