//! Links that are counted: where they lead, how often they were opened; and who
//! left by which letter.

use super::deliveries::{address, claim, closed, digest, letters, name};
use super::{Ground, at, day, holder, on_both};
use crate::model::bounce::{Proof, Report, ReportId, ReportKind, Severity, SoftPolicy};
use crate::model::delivery::{DeliveryId, Outcome, Reason};
use crate::model::digest::DigestId;
use crate::model::link::{DigestLink, LinkShort};
use crate::model::schedule::Round;
use crate::model::subscriber::{EmailAddress, Profile, SubscriberId, SubscriberStatus};
use crate::model::token::Bearer;
use crate::store::{Changed, Closing, DigestProgress, ReportCounts, Store, Unsubscribed};

on_both!(
    a_link_leads_only_where_its_digest_says,
    openings_are_counted_by_day_and_nothing_else,
    who_leaves_is_counted_with_the_letter_they_left_by,
    an_old_or_strange_link_unsubscribes_all_the_same,
    who_is_erased_is_counted_once_more_by_nobody,
    what_came_back_is_told_by_domain,
);

fn link(of: &DigestId, url: &str, beside: u32) -> DigestLink {
    DigestLink {
        short: LinkShort::derived(of, url),
        url: url.to_owned(),
        beside,
    }
}

/// A digest with two counted links and no readers.
async fn linked(store: &Store) -> [DigestLink; 2] {
    let digest = digest(at(0), at(100));
    let links = [
        link(&digest.id, "https://a.example/?x=1&y='2'", 5),
        link(&digest.id, "https://b.example/", 2),
    ];
    store.seal(at(100)).await.unwrap();
    let closing = Closing {
        digest,
        round: Round::default(),
        groups: Vec::new(),
        links: links.to_vec(),
    };
    store.close_round(&closing, at(100)).await.unwrap();
    links
}

async fn a_link_leads_only_where_its_digest_says(ground: Ground) {
    let store = &ground.store;
    let links = linked(store).await;
    for link in &links {
        let target = store.link_target(&link.short).await.unwrap().unwrap();
        assert_eq!(target.url, link.url);
        assert_eq!(target.beside, link.beside);
        assert_eq!(target.closed_at, at(100));
        assert_eq!(target.digest, DigestId::derived(&name(), at(100)));
    }
    let elsewhere = LinkShort::derived(&DigestId::from_stored("x"), "https://a.example/");
    assert_eq!(store.link_target(&elsewhere).await.unwrap(), None);
}

async fn openings_are_counted_by_day_and_nothing_else(ground: Ground) {
    let store = &ground.store;
    let [a, b] = linked(store).await;
    let (monday, tuesday) = (day("2026-11-23"), day("2026-11-24"));
    let opened = [(a.short.clone(), 2), (b.short.clone(), 1)];
    store.count_links(&opened, monday).await.unwrap();
    store.count_links(&opened[..1], monday).await.unwrap();
    store.count_links(&opened[1..], tuesday).await.unwrap();
    let id = DigestId::derived(&name(), at(100));
    let counts = store.link_counts(id.as_str()).await.unwrap();
    let found: Vec<(&str, u64)> = counts
        .iter()
        .map(|link| (link.url.as_str(), link.opened()))
        .collect();
    assert_eq!(found, [(a.url.as_str(), 4), (b.url.as_str(), 2)]);
    assert_eq!(counts[1].days, [(monday, 1), (tuesday, 1)].into());
    assert!(store.link_counts("other").await.unwrap().is_empty());
}

fn id(n: usize) -> SubscriberId {
    SubscriberId::derived(&address(n))
}

/// Who holds a link of `n`'s copy of the letter of `occasion`.
fn bearer(occasion: &str, n: usize) -> Bearer {
    Bearer {
        subscriber: id(n),
        letter: DeliveryId::derived(occasion, &id(n)).mark(),
    }
}

async fn progress(store: &Store) -> DigestProgress {
    let mut told = store.digest_progress(Some("daily"), 1, 9).await.unwrap();
    told.remove(0)
}

async fn who_leaves_is_counted_with_the_letter_they_left_by(ground: Ground) {
    let store = &ground.store;
    let first = closed(store, 4).await;
    let occasion = first.id.as_str();
    let leaving = bearer(occasion, 1);
    let left = store.unsubscribe(leaving.clone(), at(200)).await.unwrap();
    assert_eq!(left, Unsubscribed::Now);
    let again = store.unsubscribe(leaving, at(201)).await.unwrap();
    assert_eq!(again, Unsubscribed::Already);
    // The same person writes, too: one reader left, not two.
    let writes = |name: &str, n: usize| Report {
        id: ReportId::derived("mail", name.as_bytes()),
        kind: ReportKind::Unsubscribe,
        proof: Proof::Subscriber(id(n)),
        hint: bearer(occasion, n).letter,
        named: Vec::new(),
    };
    for report in [writes("a", 1), writes("b", 2)] {
        let policy = SoftPolicy::default();
        store
            .record_report(&report, &policy, at(202))
            .await
            .unwrap();
    }
    let progress = progress(store).await;
    assert_eq!(progress.total.returned.unsubscribed, 2);
    let counts = store.report_counts(Some(occasion)).await.unwrap();
    assert_eq!(counts.unsubscribed, 2);
}

async fn an_old_or_strange_link_unsubscribes_all_the_same(ground: Ground) {
    let store = &ground.store;
    closed(store, 4).await;
    let leaving = [Bearer::from(&id(0)), bearer("long forgotten", 1)];
    for bearer in leaving {
        let left = store.unsubscribe(bearer, at(200)).await.unwrap();
        assert_eq!(left, Unsubscribed::Now);
    }
    // The mark of another's letter says nothing about this reader.
    let strange = Bearer {
        subscriber: id(2),
        ..bearer(digest(at(0), at(100)).id.as_str(), 3)
    };
    let left = store.unsubscribe(strange, at(200)).await.unwrap();
    assert_eq!(left, Unsubscribed::Now);
    let told = progress(store).await;
    assert_eq!(told.total.returned, ReportCounts::default());
    let unknown = store.unsubscribe(&id(77), at(200)).await.unwrap();
    assert_eq!(unknown, Unsubscribed::Unknown);
}

async fn who_is_erased_is_counted_once_more_by_nobody(ground: Ground) {
    let store = &ground.store;
    let digest = closed(store, 2).await;
    let leaving = bearer(digest.id.as_str(), 1);
    for expected in [Changed::Now, Changed::Unknown] {
        let erased = store.erase(leaving.clone(), at(200)).await.unwrap();
        assert_eq!(erased, expected);
    }
    assert_eq!(store.subscriber(&id(1)).await.unwrap(), None);
    let told = progress(store).await;
    assert_eq!(told.total.returned.unsubscribed, 1);
    let nobody = told.domains.iter().find(|at| at.domain.is_empty());
    assert_eq!(nobody.unwrap().tally.returned.unsubscribed, 1);
}

/// A digest to three readers of one domain, whose letters arrive, and one of
/// another, whose letter is refused.
async fn sent_but_one(store: &Store) -> DigestId {
    let mut people: Vec<(EmailAddress, Profile)> =
        (0..3).map(|n| (address(n), Profile::default())).collect();
    people.push(("q@other.example".parse().unwrap(), Profile::default()));
    store
        .import_subscribers(people, SubscriberStatus::Confirmed, at(0))
        .await
        .unwrap();
    let digest = digest(at(0), at(100));
    let letters = letters(&digest, &[Profile::default()]);
    store.seal(at(100)).await.unwrap();
    store.close_digest(&digest, letters, at(100)).await.unwrap();
    let claimed = claim(store, at(100), "x").await;
    let all: Vec<DeliveryId> = claimed.iter().map(|one| one.id.clone()).collect();
    let me = holder("x");
    store.begin_deliveries(&all, &me, at(101)).await.unwrap();
    let outcome = |domain: &str| {
        let (reason, why) = (Reason::Policy, "554".to_owned());
        match domain {
            "other.example" => Outcome::Never { reason, why },
            _ => Outcome::Sent { reply: why },
        }
    };
    let outcomes: Vec<(DeliveryId, Outcome)> = claimed
        .iter()
        .map(|one| (one.id.clone(), outcome(one.address.domain())))
        .collect();
    let finished = store.finish_deliveries(&outcomes, &me, at(102)).await;
    assert_eq!(finished.unwrap().recorded, 4);
    digest.id
}

async fn what_came_back_is_told_by_domain(ground: Ground) {
    let store = &ground.store;
    let digest = sent_but_one(store).await;
    let report = |kind: ReportKind, n: usize| Report {
        id: ReportId::derived("mail", format!("{n} {}", kind.word()).as_bytes()),
        kind,
        proof: Proof::Delivery(DeliveryId::derived(digest.as_str(), &id(n))),
        hint: None,
        named: vec![id(n)],
    };
    let bounce = |severity| ReportKind::Bounce {
        severity,
        code: None,
        diagnostic: String::new(),
    };
    let came = [
        report(bounce(Severity::Hard), 0),
        report(bounce(Severity::Soft), 1),
        report(bounce(Severity::Blocked), 2),
        report(ReportKind::Complaint, 2),
    ];
    for report in came {
        let policy = SoftPolicy::default();
        store
            .record_report(&report, &policy, at(103))
            .await
            .unwrap();
    }
    let told = progress(store).await;
    let domains: Vec<&str> = told.domains.iter().map(|at| at.domain.as_str()).collect();
    assert_eq!(domains, ["example.kz", "other.example"], "the larger first");
    let [larger, smaller] = [&told.domains[0].tally, &told.domains[1].tally];
    let expected = ReportCounts {
        hard: 1,
        soft: 1,
        blocked: 1,
        complaints: 1,
        ..ReportCounts::default()
    };
    assert_eq!((larger.counts.sent, larger.returned), (3, expected));
    assert_eq!(smaller.returned, ReportCounts::default());
    assert_eq!(smaller.failed, [(Reason::Policy, 1)].into());
    assert_eq!(told.total.returned, expected);
    assert_eq!(told.total.failed, smaller.failed);
}
