//! Sources: registering, claiming, remembering.

use chrono::{TimeDelta, Weekday};
use std::collections::HashSet;

use super::{Ground, LEASE, at, holder, on_both, source, visited};
use crate::model::health::{Answered, Health, Sample, Verdict};
use crate::model::in_vain::{Asked, InVain};
use crate::model::pace::{AskedPace, Pace, Rhythm};
use crate::model::source::{Place, SourceId, SourceState, Validators};
use crate::store::{ReadyVisit, Visit, VisitRecord};

on_both!(
    registers_what_is_listed,
    a_moved_place_is_a_new_start,
    two_claimers_never_get_the_same,
    leases_end,
    a_long_visit_keeps_its_lease,
    a_lost_lease_records_nothing,
    quiet_visits_are_recorded_together,
    what_is_remembered_is_written_where_it_changed,
    who_visits_a_place_that_moves_loses_it,
    everything_remembered_reads_back,
);

async fn registers_what_is_listed(ground: Ground) {
    let store = &ground.store;
    let mut off = source("off");
    off.enabled = false;
    let listed = [source("a"), source("b"), off];
    store.sync_sources(&listed, at(0)).await.unwrap();
    let due = |now| async move {
        let claimed = store.claim_sources(now, &holder("x"), LEASE, 10).await;
        let ids: Vec<String> = claimed.unwrap().iter().map(|s| s.id.to_string()).collect();
        ids
    };
    assert_eq!(due(at(0)).await, ["a", "b"], "listed and switched on");
    let stamp = store.stamp().await.unwrap();
    store.sync_sources(&listed, at(1)).await.unwrap();
    assert_eq!(store.stamp().await.unwrap(), stamp, "nothing changed");
    store.sync_sources(&listed[1..], at(1)).await.unwrap();
    assert_ne!(store.stamp().await.unwrap(), stamp, "one left");
    assert_eq!(due(at(0) + LEASE).await, ["b"]);
    assert_eq!(
        store.source_states().await.unwrap().len(),
        3,
        "none forgotten"
    );
    let gone = store
        .claim_source(&SourceId::from_stored("a"), at(0), &holder("y"), LEASE)
        .await;
    assert_eq!(gone.unwrap(), None, "not listed any more");
}

async fn a_moved_place_is_a_new_start(ground: Ground) {
    let store = &ground.store;
    let mut listed = source("a");
    store
        .sync_sources(std::slice::from_ref(&listed), at(0))
        .await
        .unwrap();
    let mut state = store
        .claim_sources(at(0), &holder("x"), LEASE, 1)
        .await
        .unwrap()
        .remove(0);
    state.stopped = Some("410 Gone".to_owned());
    state.validators.etag = Some("\"1\"".to_owned());
    state.next_visit = at(9_000);
    state.pace.entries = 7;
    state.health.answered = Some(Answered::Gone);
    let visit = Visit {
        state: state.clone(),
        articles: vec![],
        full_texts: Vec::new(),
    };
    store.record_visit(visit, &holder("x")).await.unwrap();
    listed.name = "Another name".to_owned();
    store
        .sync_sources(std::slice::from_ref(&listed), at(1))
        .await
        .unwrap();
    assert_eq!(
        store.source_state(&listed.id).await.unwrap(),
        Some(state),
        "only renamed"
    );
    assert!(
        store
            .claim_sources(at(9_000), &holder("x"), LEASE, 1)
            .await
            .unwrap()
            .is_empty()
    );
    listed.place = Place::Feed("https://new.example.kz/".parse().unwrap());
    store
        .sync_sources(std::slice::from_ref(&listed), at(2))
        .await
        .unwrap();
    let fresh = store.source_state(&listed.id).await.unwrap().unwrap();
    assert_eq!(
        (fresh.stopped, fresh.validators.etag, fresh.next_visit),
        (None, None, at(2)),
        "nothing of the old place"
    );
    assert_eq!(
        (fresh.pace, fresh.waits_for, fresh.health),
        (Pace::default(), None, Health::default()),
        "nor of its rhythm"
    );
}

async fn two_claimers_never_get_the_same(ground: Ground) {
    let sources: Vec<_> = (0..60).map(|n| source(&format!("s{n}"))).collect();
    ground.store.sync_sources(&sources, at(0)).await.unwrap();
    let mut claimers = Vec::new();
    for n in 0..6 {
        let store = ground.another().await;
        claimers.push(tokio::spawn(async move {
            let mut mine = Vec::new();
            loop {
                let claimed = store
                    .claim_sources(at(1), &holder(&format!("h{n}")), LEASE, 7)
                    .await;
                let claimed = claimed.unwrap();
                if claimed.is_empty() {
                    return mine;
                }
                assert!(claimed.len() <= 7);
                mine.extend(claimed.into_iter().map(|state| state.id));
            }
        }));
    }
    let mut all = Vec::new();
    for claimer in claimers {
        all.extend(claimer.await.unwrap());
    }
    let distinct: HashSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len(), "a source was claimed twice");
    let left = ground
        .store
        .claim_sources(at(1), &holder("last"), LEASE, 100)
        .await
        .unwrap();
    assert_eq!(all.len() + left.len(), 60);
}

async fn leases_end(ground: Ground) {
    let store = &ground.store;
    store.sync_sources(&[source("a")], at(0)).await.unwrap();
    let claim = |now, who: &'static str| async move {
        let claimed = store.claim_sources(now, &holder(who), LEASE, 1).await;
        claimed.unwrap().len()
    };
    assert_eq!(claim(at(0), "one").await, 1);
    assert_eq!(
        claim(at(0) + LEASE - TimeDelta::milliseconds(1), "two").await,
        0
    );
    assert_eq!(claim(at(0) + LEASE, "two").await, 1);
    let id = SourceId::from_stored("a");
    store.release_source(&id, &holder("one")).await.unwrap();
    assert_eq!(
        claim(at(0) + LEASE, "three").await,
        0,
        "not one's to release"
    );
    store.release_source(&id, &holder("two")).await.unwrap();
    let named = store
        .claim_source(&id, at(0), &holder("three"), LEASE)
        .await
        .unwrap();
    assert!(named.is_some());
    assert_eq!(
        store
            .claim_source(&id, at(0), &holder("four"), LEASE)
            .await
            .unwrap(),
        None
    );
}

async fn a_long_visit_keeps_its_lease(ground: Ground) {
    let store = &ground.store;
    store.sync_sources(&[source("a")], at(0)).await.unwrap();
    let id = SourceId::from_stored("a");
    store
        .claim_source(&id, at(0), &holder("one"), LEASE)
        .await
        .unwrap()
        .expect("free");
    for (who, keeps) in [("one", true), ("two", false)] {
        let kept = store
            .keep_source(&id, &holder(who), at(0) + LEASE + LEASE)
            .await;
        assert_eq!(kept.unwrap(), keeps, "{who}");
    }
    let take = |now| async move {
        let claimed = store.claim_sources(now, &holder("two"), LEASE, 1).await;
        claimed.unwrap().len()
    };
    assert_eq!(take(at(0) + LEASE).await, 0, "kept");
    assert_eq!(take(at(0) + LEASE + LEASE).await, 1);
}

async fn a_lost_lease_records_nothing(ground: Ground) {
    let store = &ground.store;
    store.sync_sources(&[source("a")], at(0)).await.unwrap();
    let state = store
        .claim_sources(at(0), &holder("slow"), LEASE, 1)
        .await
        .unwrap()
        .remove(0);
    let later = at(0) + LEASE;
    store
        .claim_sources(later, &holder("quick"), LEASE, 1)
        .await
        .unwrap();
    let article = visited("a", "1", at(0));
    let id = article.article.id.clone();
    let visit = Visit {
        state,
        articles: vec![article],
        full_texts: Vec::new(),
    };
    let recorded = store
        .record_visit(visit.clone(), &holder("slow"))
        .await
        .unwrap();
    assert_eq!(recorded, VisitRecord::LeaseLost);
    assert_eq!(store.article(&id).await.unwrap(), None);
    let recorded = store.record_visit(visit, &holder("quick")).await.unwrap();
    assert_eq!(recorded, VisitRecord::Stored { new: 1, revised: 0 });
}

async fn quiet_visits_are_recorded_together(ground: Ground) {
    let store = &ground.store;
    let sources: Vec<_> = ["a", "b", "c"].map(source).into();
    store.sync_sources(&sources, at(0)).await.unwrap();
    let slow = store.claim_sources(at(0), &holder("slow"), LEASE, 3).await;
    let mut states = slow.unwrap();
    for (state, etag) in states.iter_mut().zip(["\"1\"", "\"2\"", "\"3\""]) {
        state.validators.etag = Some(etag.to_owned());
        state.next_visit = at(9_000);
        state.last_visit = Some(at(1));
    }
    let before = store.source_state(&states[1].id).await.unwrap();
    // One outlasted its lease, and another process has it.
    let named = |who: &'static str, now| {
        let id = states[1].id.clone();
        async move { store.claim_source(&id, now, &holder(who), LEASE).await }
    };
    named("quick", at(0) + LEASE).await.unwrap().expect("free");
    let quiet = |state: &SourceState| ReadyVisit::of(Visit::quiet(state.clone()));
    let together: Vec<_> = states.iter().map(quiet).collect();
    let recorded = store.record_visits(&together, &holder("slow")).await;
    let nothing = VisitRecord::Stored { new: 0, revised: 0 };
    let expected = [nothing, VisitRecord::LeaseLost, nothing];
    assert_eq!(recorded.unwrap(), expected);
    for state in [&states[0], &states[2]] {
        let stored = store.source_state(&state.id).await.unwrap();
        assert_eq!(stored.as_ref(), Some(state));
        let again = store
            .claim_source(&state.id, at(2), &holder("next"), LEASE)
            .await;
        assert!(again.unwrap().is_some(), "given back");
    }
    assert_eq!(store.source_state(&states[1].id).await.unwrap(), before);
    assert_eq!(named("slow", at(1) + LEASE).await.unwrap(), None, "quick's");
}

async fn what_is_remembered_is_written_where_it_changed(ground: Ground) {
    let store = &ground.store;
    store.sync_sources(&[source("a")], at(0)).await.unwrap();
    let claim = || async {
        let claimed = store
            .claim_sources(at(9_000), &holder("x"), LEASE, 1)
            .await
            .unwrap();
        claimed.into_iter().next().expect("due")
    };
    let first = claim().await;
    let mut read = first.clone();
    read.pace.entries = 7;
    read.health.answered = Some(Answered::Read);
    let record = |before: SourceState, state: &SourceState| {
        let visit = ReadyVisit::after(Visit::quiet(state.clone()), &before);
        async move { store.record_visits(&[visit], &holder("x")).await.unwrap() }
    };
    record(first.clone(), &read).await;
    assert_eq!(claim().await, read, "other than before");
    let mut quiet = read.clone();
    quiet.health.answered = Some(Answered::Unchanged);
    quiet.last_result = Some("nothing new".to_owned());
    quiet.next_visit = at(1);
    record(read.clone(), &quiet).await;
    assert_eq!(claim().await, quiet, "what every visit writes");
    let mut unwritten = quiet.clone();
    unwritten.pace.entries = 8;
    record(unwritten.clone(), &unwritten).await;
    assert_eq!(claim().await, quiet, "as before, and so not written");
}

async fn who_visits_a_place_that_moves_loses_it(ground: Ground) {
    let store = &ground.store;
    let mut listed = [source("a")];
    store.sync_sources(&listed, at(0)).await.unwrap();
    let claimed = store.claim_sources(at(0), &holder("x"), LEASE, 1).await;
    let mut state = claimed.unwrap().remove(0);
    listed[0].place = Place::Feed("https://new.example.kz/".parse().unwrap());
    store.sync_sources(&listed, at(1)).await.unwrap();
    state.validators.etag = Some("\"of the old place\"".to_owned());
    let recorded = store.record_visit(Visit::quiet(state), &holder("x")).await;
    assert_eq!(recorded.unwrap(), VisitRecord::LeaseLost);
    let fresh = store.source_state(&listed[0].id).await.unwrap();
    assert_eq!(fresh, Some(SourceState::new(listed[0].id.clone(), at(1))));
    let again = store.claim_sources(at(1), &holder("y"), LEASE, 1).await;
    assert_eq!(again.unwrap().len(), 1, "due at once");
}

/// With everything in it.
fn health() -> Health {
    let sample = |entries| Sample {
        entries,
        dated: 2,
        whole: 1,
    };
    let asked = |troubles| Asked {
        troubles,
        again: at(8),
    };
    Health {
        answered: Some(Answered::WebPage),
        failing_since: Some(at(5)),
        newest: Some(at(6)),
        weekly_tenths: Some(14),
        last: sample(0),
        usual: sample(12),
        changed_since: Some(at(7)),
        skipped: [("neither title nor text; left out".to_owned(), 3)].into(),
        taken: Some((at(7).date_naive(), 5_000)),
        in_vain: InVain {
            pages: [
                ("a".to_owned(), asked(Some(2))),
                ("b".to_owned(), asked(None)),
            ]
            .into(),
            rests_until: Some(at(9)),
        },
        told: Some(Verdict::Changed),
    }
}

async fn everything_remembered_reads_back(ground: Ground) {
    let store = &ground.store;
    store.sync_sources(&[source("a")], at(0)).await.unwrap();
    let mut state = store
        .claim_sources(at(0), &holder("x"), LEASE, 1)
        .await
        .unwrap()
        .remove(0);
    state.validators = Validators {
        etag: Some("W/\"қ\"".to_owned()),
        last_modified: Some("Thu, 05 Oct 2017 08:00:00 GMT".to_owned()),
    };
    state.body_hash = Some("abc".to_owned());
    state.next_visit = at(1);
    state.last_visit = Some(at(2));
    state.last_success = Some(at(3));
    state.failures = 4;
    state.last_result = Some("5 new".to_owned());
    state.moved_to = Some(("https://b.example.kz/".to_owned(), 2));
    state.waits_for = Some("its usual interval".to_owned());
    state.pace = Pace {
        asked: AskedPace {
            ttl_minutes: Some(60),
            update_minutes: Some(30),
            skip_hours: vec![0, 23],
            skip_days: vec![Weekday::Sun, Weekday::Mon],
        },
        rhythm: Rhythm {
            since: Some(at(0)),
            aged: Some(at(1)),
            hours: std::array::from_fn(|hour| u32::try_from(hour).unwrap() * 1000),
        },
        entries: 20,
    };
    state.health = health();
    let visit = Visit {
        state: state.clone(),
        articles: vec![],
        full_texts: Vec::new(),
    };
    let stamp = store.stamp().await.unwrap();
    store.record_visit(visit, &holder("x")).await.unwrap();
    assert_eq!(store.source_state(&state.id).await.unwrap(), Some(state));
    assert_eq!(
        store.stamp().await.unwrap(),
        stamp,
        "nothing published changed"
    );
}
