//! Reports: recorded once, matched only by what proves, followed at once.

use chrono::{DateTime, TimeDelta, Utc};

use super::deliveries::{address, closed, digest, letters};
use super::{Ground, at, on_both};
use crate::model::bounce::{
    Proof, Report, ReportId, ReportKind, Severity, SoftPolicy, SuppressionReason,
};
use crate::model::delivery::DeliveryId;
use crate::model::subscriber::{Profile, SubscriberId, SubscriberStatus};
use crate::store::{Recorded, ReportCounts, Requested, Store, Suppressed};

on_both!(
    a_hard_bounce_suppresses_once,
    without_proof_nothing_follows,
    a_delivery_is_found_though_nobody_is_named,
    a_bounced_confirmation_is_found,
    every_occasion_but_confirmations_is_walked,
    soft_bounces_add_up_and_count_once_a_letter,
    a_complaint_unsubscribes_and_suppresses,
    one_who_writes_to_leave_is_let_go,
    a_provider_names_the_address,
    old_reports_are_forgotten,
);

fn id(n: usize) -> SubscriberId {
    SubscriberId::derived(&address(n))
}

fn bounce(severity: Severity) -> ReportKind {
    ReportKind::Bounce {
        severity,
        code: Some("5.1.1".to_owned()),
        diagnostic: "550 no such user".to_owned(),
    }
}

fn report(name: &str, kind: ReportKind, proof: Proof) -> Report {
    Report {
        id: ReportId::derived("mail", name.as_bytes()),
        kind,
        proof,
        hint: None,
        named: Vec::new(),
    }
}

/// Names `n` as the reader of `occasion`'s letter, as most reports do.
fn about(name: &str, kind: ReportKind, occasion: &str, n: usize) -> Report {
    Report {
        named: vec![id(99), id(n)],
        ..report(
            name,
            kind,
            Proof::Delivery(DeliveryId::derived(occasion, &id(n))),
        )
    }
}

async fn record(store: &Store, report: &Report, now: DateTime<Utc>) -> Recorded {
    store
        .record_report(report, &SoftPolicy::default(), now)
        .await
        .unwrap()
}

async fn suppressed(store: &Store) -> Vec<(Suppressed, SuppressionReason)> {
    let listed = store.suppressions(None, 99).await.unwrap();
    listed
        .into_iter()
        .map(|one| (one.who, one.reason))
        .collect()
}

async fn standing(store: &Store, n: usize) -> SubscriberStatus {
    store.subscriber(&id(n)).await.unwrap().unwrap().status
}

async fn a_hard_bounce_suppresses_once(ground: Ground) {
    let store = &ground.store;
    let digest = closed(store, 3).await;
    let hard = about("a", bounce(Severity::Hard), digest.id.as_str(), 1);
    assert_eq!(record(store, &hard, at(200)).await, Recorded::Suppressed);
    assert_eq!(record(store, &hard, at(300)).await, Recorded::Again);
    let entry = (
        Suppressed::Address(address(1)),
        SuppressionReason::HardBounce,
    );
    assert_eq!(suppressed(store).await, [entry]);
    // Off the list by the operator: the old report does not put it back.
    let who = Suppressed::Address(address(1));
    assert!(store.lift_suppression(&who).await.unwrap());
    assert_eq!(record(store, &hard, at(400)).await, Recorded::Again);
    assert!(suppressed(store).await.is_empty());
    let blocked = about("b", bounce(Severity::Blocked), digest.id.as_str(), 2);
    assert_eq!(record(store, &blocked, at(400)).await, Recorded::Counted);
    assert_eq!(standing(store, 1).await, SubscriberStatus::Confirmed);
    let expected = ReportCounts {
        hard: 1,
        blocked: 1,
        ..ReportCounts::default()
    };
    let of_digest = store.report_counts(Some(digest.id.as_str())).await;
    assert_eq!(of_digest.unwrap(), expected);
    assert_eq!(store.report_counts(None).await.unwrap(), expected);
}

async fn without_proof_nothing_follows(ground: Ground) {
    let store = &ground.store;
    let digest = closed(store, 3).await;
    let delivery = DeliveryId::derived(digest.id.as_str(), &id(1));
    let message_id_only = Report {
        hint: delivery.mark(),
        named: vec![id(1)],
        ..report("a", bounce(Severity::Hard), Proof::None)
    };
    let nobody = id(77);
    let reports = [
        message_id_only,
        about("b", bounce(Severity::Hard), "no such digest", 1),
        about("c", ReportKind::Complaint, digest.id.as_str(), 88),
        report("d", ReportKind::Unsubscribe, Proof::Subscriber(nobody)),
    ];
    for report in &reports {
        assert_eq!(record(store, report, at(200)).await, Recorded::Unmatched);
        assert_eq!(record(store, report, at(201)).await, Recorded::Again);
    }
    let ignored = report(
        "e",
        ReportKind::AutoReply,
        Proof::Delivery(DeliveryId::derived(digest.id.as_str(), &id(1))),
    );
    assert_eq!(record(store, &ignored, at(202)).await, Recorded::Ignored);
    assert!(suppressed(store).await.is_empty());
    assert_eq!(standing(store, 1).await, SubscriberStatus::Confirmed);
    assert_eq!(store.report_counts(None).await.unwrap().unmatched, 4);
}

async fn a_delivery_is_found_though_nobody_is_named(ground: Ground) {
    let store = &ground.store;
    let digest = closed(store, 30).await;
    let delivery = DeliveryId::derived(digest.id.as_str(), &id(17));
    let hard = report("a", bounce(Severity::Hard), Proof::Delivery(delivery));
    assert_eq!(record(store, &hard, at(200)).await, Recorded::Suppressed);
    let entry = (
        Suppressed::Address(address(17)),
        SuppressionReason::HardBounce,
    );
    assert_eq!(suppressed(store).await, [entry]);
}

async fn a_bounced_confirmation_is_found(ground: Ground) {
    let store = &ground.store;
    let wait = TimeDelta::minutes(10);
    let asked = store
        .request_subscription(&address(4), Profile::default(), at(7), wait)
        .await;
    assert_eq!(asked.unwrap(), Requested::Pending(id(4)));
    let occasion = format!("confirm:{}", at(7).timestamp_millis());
    let hard = about("a", bounce(Severity::Hard), &occasion, 4);
    assert_eq!(record(store, &hard, at(200)).await, Recorded::Suppressed);
    assert_eq!(store.report_counts(Some(&occasion)).await.unwrap().hard, 1);
}

async fn every_occasion_but_confirmations_is_walked(ground: Ground) {
    let store = &ground.store;
    let digest = closed(store, 2).await;
    let doing = crate::store::dialect::Durability::Full;
    let mut session = store.pools.write("a test", doing).await.unwrap();
    let names = ["a", "confirm:1", "confirm:1507190400000", "mailing:x", "z"];
    for (name, n) in names.iter().zip([1, 1, 0, 1, 0]) {
        session
            .execute(
                "INSERT INTO deliveries (occasion, subscriber_id, letter_id, rank, state,
                   queued_at, due_at) VALUES ($1, $2, 'l', 1, 'sent', $3, $3)",
                crate::store::session::values![*name, id(n).as_str(), at(0)],
            )
            .await
            .unwrap();
    }
    session.commit().await.unwrap();
    let occasions = ["a", "mailing:x", digest.id.as_str()];
    for (name, occasion) in ["1", "2", "3"].iter().zip(occasions) {
        let soft = about(name, bounce(Severity::Soft), occasion, 1);
        assert_eq!(record(store, &soft, at(200)).await, Recorded::Counted);
        let counts = store.report_counts(Some(occasion)).await.unwrap();
        assert_eq!(counts.soft, 1, "{occasion}");
    }
    // Named by nobody, and the last in the order of names.
    let last = DeliveryId::derived("z", &id(0));
    let last = report("4", bounce(Severity::Soft), Proof::Delivery(last));
    assert_eq!(record(store, &last, at(200)).await, Recorded::Counted);
}

async fn soft_bounces_add_up_and_count_once_a_letter(ground: Ground) {
    let store = &ground.store;
    let first = closed(store, 2).await;
    let mut occasions = vec![first.id.as_str().to_owned()];
    for n in 1..7 {
        let next = digest(at(n * 100), at((n + 1) * 100));
        store.seal(at((n + 1) * 100)).await.unwrap();
        let copies = letters(&next, &[Profile::default()]);
        store
            .close_digest(&next, copies, at((n + 1) * 100))
            .await
            .unwrap();
        occasions.push(next.id.as_str().to_owned());
    }
    let day = |n: usize| at(0) + TimeDelta::days(i64::try_from(n).unwrap());
    for (n, occasion) in occasions.iter().enumerate() {
        // Two reports of one letter, and both count as one.
        for copy in ["x", "y"] {
            let name = format!("{n}{copy}");
            let soft = about(&name, bounce(Severity::Soft), occasion, 1);
            let expected = if n < 5 {
                Recorded::Counted
            } else {
                Recorded::Suppressed
            };
            assert_eq!(record(store, &soft, day(n)).await, expected, "{name}");
        }
    }
    let entry = (
        Suppressed::Address(address(1)),
        SuppressionReason::SoftBounces,
    );
    assert_eq!(suppressed(store).await, [entry]);
    let counts = store.report_counts(Some(&occasions[0])).await.unwrap();
    assert_eq!(counts.soft, 1);
}

async fn a_complaint_unsubscribes_and_suppresses(ground: Ground) {
    let store = &ground.store;
    let digest = closed(store, 2).await;
    let complaint = Report {
        hint: DeliveryId::derived(digest.id.as_str(), &id(1)).mark(),
        ..report("a", ReportKind::Complaint, Proof::Subscriber(id(1)))
    };
    assert_eq!(
        record(store, &complaint, at(200)).await,
        Recorded::Suppressed
    );
    let entry = (
        Suppressed::Address(address(1)),
        SuppressionReason::Complaint,
    );
    assert_eq!(suppressed(store).await, [entry]);
    let person = store.subscriber(&id(1)).await.unwrap().unwrap();
    assert_eq!(person.status, SubscriberStatus::Unsubscribed);
    assert_eq!(person.unsubscribed_at, Some(at(200)));
    let counts = store.report_counts(Some(digest.id.as_str())).await.unwrap();
    assert_eq!(counts.complaints, 1);
}

async fn one_who_writes_to_leave_is_let_go(ground: Ground) {
    let store = &ground.store;
    let digest = closed(store, 2).await;
    // The hint names another's letter: it is not believed.
    let leave = Report {
        hint: DeliveryId::derived(digest.id.as_str(), &id(0)).mark(),
        ..report("a", ReportKind::Unsubscribe, Proof::Subscriber(id(1)))
    };
    assert_eq!(record(store, &leave, at(200)).await, Recorded::Unsubscribed);
    assert!(suppressed(store).await.is_empty());
    assert_eq!(standing(store, 1).await, SubscriberStatus::Unsubscribed);
    assert_eq!(standing(store, 0).await, SubscriberStatus::Confirmed);
    let counts = store.report_counts(Some(digest.id.as_str())).await.unwrap();
    assert_eq!(counts, ReportCounts::default());
    assert_eq!(store.report_counts(None).await.unwrap().unsubscribed, 1);
}

async fn a_provider_names_the_address(ground: Ground) {
    let store = &ground.store;
    closed(store, 2).await;
    let known = report("a", bounce(Severity::Hard), Proof::Address(address(1)));
    assert_eq!(record(store, &known, at(200)).await, Recorded::Suppressed);
    let stranger = report("b", bounce(Severity::Hard), Proof::Address(address(50)));
    assert_eq!(record(store, &stranger, at(200)).await, Recorded::Unmatched);
    assert_eq!(suppressed(store).await.len(), 1);
}

async fn old_reports_are_forgotten(ground: Ground) {
    let store = &ground.store;
    let report = report("a", ReportKind::Complaint, Proof::None);
    assert_eq!(record(store, &report, at(0)).await, Recorded::Unmatched);
    let later = |days| at(0) + TimeDelta::days(days);
    assert_eq!(store.forget_reports(later(399)).await.unwrap(), 0);
    assert_eq!(store.forget_reports(later(401)).await.unwrap(), 1);
    assert_eq!(
        record(store, &report, later(401)).await,
        Recorded::Unmatched
    );
}
