//! Links of letters to an earlier address.

use chrono::TimeDelta;

use super::deliveries::{address, closed};
use super::{Ground, at, on_both};
use crate::model::bounce::{Proof, Report, ReportId, ReportKind, Severity, SoftPolicy};
use crate::model::delivery::DeliveryId;
use crate::model::subscriber::{Profile, SubscriberId, SubscriberStatus};
use crate::store::{Changed, Confirmed, Recorded, Store, Unsubscribed};

on_both!(
    an_old_link_leads_to_the_last_address,
    who_comes_back_is_led_to_by_the_own_link,
    a_mail_to_leave_follows_and_a_bounce_does_not,
    the_erased_are_led_to_by_no_link,
    who_left_and_does_not_confirm_is_who_left,
);

const COOLDOWN: TimeDelta = TimeDelta::minutes(10);

fn id(n: usize) -> SubscriberId {
    SubscriberId::derived(&address(n))
}

async fn moves(store: &Store, from: usize, to: usize, millis: i64) {
    let now = at(millis);
    let asked = store
        .request_move(&id(from), &address(to), now, COOLDOWN)
        .await;
    assert_eq!(asked.unwrap(), Changed::Now, "{from} to {to}");
    assert!(store.would_move(&id(to)).await.unwrap());
    let confirmed = store.confirm(&id(to), now).await.unwrap();
    assert_eq!(confirmed, Confirmed::Moved);
    assert!(!store.would_move(&id(to)).await.unwrap());
}

async fn status(store: &Store, n: usize) -> SubscriberStatus {
    let person = store.subscriber(&id(n)).await.unwrap();
    person.expect("known").status
}

async fn an_old_link_leads_to_the_last_address(ground: Ground) {
    let store = &ground.store;
    closed(store, 1).await;
    moves(store, 0, 5, 200).await;
    moves(store, 5, 6, 300).await;
    for old in [0, 5, 6] {
        assert_eq!(store.reader_now(&id(old)).await.unwrap(), id(6), "{old}");
    }
    // Somebody asks for letters to the old address: the link is not theirs.
    let asked = store
        .request_subscription(&address(0), Profile::default(), at(400), COOLDOWN)
        .await;
    asked.unwrap();
    let left = store.unsubscribe(&id(0), at(500)).await.unwrap();
    assert_eq!(left, Unsubscribed::Now);
    assert_eq!(status(store, 6).await, SubscriberStatus::Unsubscribed);
    let left = store.unsubscribe(&id(5), at(501)).await.unwrap();
    assert_eq!(left, Unsubscribed::Already);
}

async fn who_comes_back_is_led_to_by_the_own_link(ground: Ground) {
    let store = &ground.store;
    closed(store, 1).await;
    moves(store, 0, 5, 200).await;
    moves(store, 5, 0, 2_000).await;
    assert_eq!(store.reader_now(&id(0)).await.unwrap(), id(0));
    assert_eq!(store.reader_now(&id(5)).await.unwrap(), id(0));
    let left = store.unsubscribe(&id(5), at(3_000)).await.unwrap();
    assert_eq!(left, Unsubscribed::Now);
    assert_eq!(status(store, 0).await, SubscriberStatus::Unsubscribed);
}

async fn a_mail_to_leave_follows_and_a_bounce_does_not(ground: Ground) {
    let store = &ground.store;
    let digest = closed(store, 1).await;
    moves(store, 0, 5, 200).await;
    let bounce = ReportKind::Bounce {
        severity: Severity::Hard,
        code: None,
        diagnostic: String::new(),
    };
    let cases = [
        (bounce, Recorded::Unmatched, SubscriberStatus::Confirmed),
        (
            ReportKind::Unsubscribe,
            Recorded::Unsubscribed,
            SubscriberStatus::Unsubscribed,
        ),
    ];
    for (kind, expected, standing) in cases {
        let report = Report {
            id: ReportId::derived("mail", kind.word().as_bytes()),
            kind,
            proof: Proof::Subscriber(id(0)),
            hint: DeliveryId::derived(digest.id.as_str(), &id(0)).mark(),
            named: Vec::new(),
        };
        let policy = SoftPolicy::default();
        let recorded = store.record_report(&report, &policy, at(300)).await;
        assert_eq!(recorded.unwrap(), expected, "{:?}", report.kind);
        assert_eq!(status(store, 5).await, standing, "{:?}", report.kind);
    }
    let counts = store.report_counts(Some(digest.id.as_str())).await.unwrap();
    assert_eq!(counts.unsubscribed, 1);
}

async fn the_erased_are_led_to_by_no_link(ground: Ground) {
    let store = &ground.store;
    closed(store, 1).await;
    moves(store, 0, 5, 200).await;
    assert_eq!(store.erase(&id(0), at(300)).await.unwrap(), Changed::Now);
    assert_eq!(store.subscriber(&id(5)).await.unwrap(), None);
    assert_eq!(store.reader_now(&id(0)).await.unwrap(), id(0), "forgotten");
    let again = store.erase(&id(0), at(301)).await.unwrap();
    assert_eq!(again, Changed::Unknown);
    let left = store.unsubscribe(&id(0), at(302)).await.unwrap();
    assert_eq!(left, Unsubscribed::Unknown);
}

async fn who_left_and_does_not_confirm_is_who_left(ground: Ground) {
    let store = &ground.store;
    closed(store, 3).await;
    store.unsubscribe(&id(1), at(200)).await.unwrap();
    let asked = store
        .request_move(&id(0), &address(1), at(300), COOLDOWN)
        .await;
    assert_eq!(asked.unwrap(), Changed::Now);
    assert_eq!(status(store, 1).await, SubscriberStatus::Pending);
    let soon = at(299) + TimeDelta::days(14);
    assert_eq!(store.lapse_requests(soon).await.unwrap(), 0);
    let late = at(300) + TimeDelta::days(14);
    assert_eq!(store.lapse_requests(late).await.unwrap(), 1);
    assert_eq!(status(store, 1).await, SubscriberStatus::Unsubscribed);
    assert_eq!(status(store, 0).await, SubscriberStatus::Confirmed);
    let late_link = store.confirm(&id(1), late).await.unwrap();
    assert_eq!(late_link, Confirmed::Unknown);
}
