//! Subscriptions at hubs and what they push.

use super::{Ground, LEASE, at, holder, on_both, record, source, visited};
use crate::model::push::{Aim, HubAsked, PUSH_RANDOM_BYTES, Subscription};
use crate::model::source::SourceId;
use crate::store::{Push, Pushed, Store, Visit, VisitRecord};

on_both!(
    a_subscription_lives_and_ends,
    one_process_asks_a_hub,
    a_hub_is_confirmed_once,
    what_asking_came_to_yields_to_the_hubs_question,
    a_refusal_is_kept_with_its_reason,
    pushes_wait_until_they_are_read,
    the_same_push_again_is_none,
    too_many_pushes_are_not_kept,
    visits_take_over_from_silent_hubs,
    a_push_leaves_the_visits_memory_alone,
);

fn wanted(name: &str, number: u8) -> Subscription {
    Subscription::wanted(
        SourceId::from_stored(name),
        (
            "https://hub.example/".parse().unwrap(),
            "https://a.example.kz/ә".parse().unwrap(),
        ),
        &"https://house.example".parse().unwrap(),
        &[number; PUSH_RANDOM_BYTES],
        &[number + 1; PUSH_RANDOM_BYTES],
        at(0),
    )
}

/// One that is wanted and known to the store.
async fn noted(store: &Store, name: &str, number: u8) -> Subscription {
    let push = wanted(name, number);
    store.change_pushes(Some(&push), &[], at(0)).await.unwrap();
    push
}

/// One that its hub confirmed until `at(1000)`.
async fn confirmed(store: &Store, name: &str, number: u8) -> Subscription {
    let push = noted(store, name, number).await;
    store.claim_pushes(at(0), at(60), 10).await.unwrap();
    let lease = (at(1000), at(800));
    assert!(store.push_confirmed(&push.id, lease, at(1)).await.unwrap());
    store.push(push.id.as_str()).await.unwrap().unwrap()
}

fn body(text: &str) -> Push<'_> {
    Push {
        content_type: Some("application/atom+xml"),
        body: text.as_bytes(),
    }
}

async fn a_subscription_lives_and_ends(ground: Ground) {
    let store = &ground.store;
    let first = noted(store, "a", 1).await;
    assert_eq!(
        store.pushes_of(&first.source).await.unwrap(),
        std::slice::from_ref(&first),
        "everything reads back"
    );
    assert_eq!(store.push("nobody").await.unwrap(), None);
    let second = wanted("a", 3);
    store
        .change_pushes(Some(&second), std::slice::from_ref(&first.id), at(5))
        .await
        .unwrap();
    let all = store.pushes().await.unwrap();
    let aims: Vec<(&str, Aim)> = all
        .iter()
        .map(|push| (push.id.as_str(), push.aim))
        .collect();
    assert_eq!(
        aims,
        [
            (second.id.as_str(), Aim::Subscribe),
            (first.id.as_str(), Aim::Unsubscribe)
        ]
    );
    assert_eq!(all[1].next_ask, at(5), "the hub is told at once");
    store.forget_push(&first.id).await.unwrap();
    assert_eq!(store.pushes().await.unwrap(), [second]);
}

async fn one_process_asks_a_hub(ground: Ground) {
    for number in 0..20 {
        noted(&ground.store, "a", number).await;
    }
    let mut claimers = Vec::new();
    for _ in 0..4 {
        let store = ground.another().await;
        claimers.push(tokio::spawn(async move {
            let mut mine = Vec::new();
            loop {
                let claimed = store.claim_pushes(at(1), at(100), 3).await.unwrap();
                if claimed.is_empty() {
                    return mine;
                }
                assert!(claimed.iter().all(|push| push.asked == Some(at(1))));
                mine.extend(claimed.into_iter().map(|push| push.id.as_str().to_owned()));
            }
        }));
    }
    let mut all = Vec::new();
    for claimer in claimers {
        all.extend(claimer.await.unwrap());
    }
    let left = ground.store.claim_pushes(at(1), at(100), 99).await.unwrap();
    assert_eq!(all.len() + left.len(), 20);
    all.sort();
    all.dedup();
    assert_eq!(all.len() + left.len(), 20, "one was claimed twice");
    let again = ground
        .store
        .claim_pushes(at(100), at(200), 1)
        .await
        .unwrap();
    assert_eq!(again[0].failures, 1, "the hub never asked back");
    assert!(again[0].trouble.is_some());
}

async fn a_hub_is_confirmed_once(ground: Ground) {
    let store = &ground.store;
    let push = noted(store, "a", 1).await;
    let lease = (at(1000), at(800));
    let confirm = async || store.push_confirmed(&push.id, lease, at(2)).await.unwrap();
    assert!(!confirm().await, "nobody asked for it");
    store.claim_pushes(at(1), at(60), 1).await.unwrap();
    assert!(confirm().await);
    assert!(!confirm().await, "a replay");
    let known = store.push(push.id.as_str()).await.unwrap().unwrap();
    assert_eq!(known.asked, None);
    assert_eq!(known.confirmed, Some(at(2)));
    assert_eq!(known.lease_until, Some(at(1000)));
    assert_eq!(known.next_ask, at(800));
}

async fn what_asking_came_to_yields_to_the_hubs_question(ground: Ground) {
    let store = &ground.store;
    let push = noted(store, "a", 1).await;
    let failed = HubAsked {
        awaited: false,
        failures: 1,
        next_ask: at(500),
        trouble: Some("the hub answered 500".to_owned()),
    };
    store.claim_pushes(at(1), at(60), 1).await.unwrap();
    store.push_asked(&push.id, at(1), &failed).await.unwrap();
    let known = store.push(push.id.as_str()).await.unwrap().unwrap();
    assert_eq!((known.asked, known.failures), (None, 1));
    assert_eq!(
        (known.next_ask, known.trouble),
        (at(500), failed.trouble.clone())
    );
    // The hub asks back before it answers.
    store.claim_pushes(at(500), at(600), 1).await.unwrap();
    let lease = (at(9000), at(8000));
    store
        .push_confirmed(&push.id, lease, at(501))
        .await
        .unwrap();
    store.push_asked(&push.id, at(500), &failed).await.unwrap();
    let known = store.push(push.id.as_str()).await.unwrap().unwrap();
    assert_eq!((known.failures, known.next_ask), (0, at(8000)));
    assert_eq!(known.trouble, None);
}

async fn a_refusal_is_kept_with_its_reason(ground: Ground) {
    let store = &ground.store;
    let push = confirmed(store, "a", 1).await;
    store
        .push_denied(&push.id, "the hub refused: no", at(10), at(90))
        .await
        .unwrap();
    let known = store.push(push.id.as_str()).await.unwrap().unwrap();
    assert!(!known.is_alive(at(10)));
    assert_eq!(known.next_ask, at(90));
    assert_eq!(known.trouble.as_deref(), Some("the hub refused: no"));
}

async fn pushes_wait_until_they_are_read(ground: Ground) {
    let store = &ground.store;
    let push = confirmed(store, "a", 1).await;
    let receive = async |said: Push<'_>, now| {
        let kept = store.receive_push(&push, said, at(now)).await.unwrap();
        assert_eq!(kept, Pushed::Kept);
    };
    receive(body("<feed>\u{0}ә</feed>"), 10).await;
    receive(body(""), 20).await;
    receive(body(""), 30).await;
    let waiting = store.waiting_pushes(10).await.unwrap();
    let times: Vec<_> = waiting.iter().map(|waiting| waiting.received).collect();
    assert_eq!(times, [at(10), at(30)], "two pings are one wish");
    assert_eq!(store.waiting_pushes(1).await.unwrap().len(), 1);
    let (kind, read) = store.pushed_body(&waiting[0]).await.unwrap().unwrap();
    assert_eq!(kind.as_deref(), Some("application/atom+xml"));
    assert_eq!(read, "<feed>\u{0}ә</feed>".as_bytes(), "byte for byte");
    receive(body(""), 40).await;
    store.keep_as_hint(&waiting[0]).await.unwrap();
    let hint = store.pushed_body(&waiting[0]).await.unwrap();
    assert_eq!(hint, Some((None, Vec::new())), "it waits, and says nothing");
    store.drop_pushed(&waiting[0]).await.unwrap();
    store.drop_pushed(&waiting[1]).await.unwrap();
    let left = store.waiting_pushes(10).await.unwrap();
    assert_eq!(left.len(), 1, "a ping that came meanwhile stays");
    assert_eq!(store.pushed_body(&waiting[0]).await.unwrap(), None);
    store.discard_push(&push.id).await.unwrap();
    store
        .trust_push(&push.id, (2, true), Some(at(50)))
        .await
        .unwrap();
    let known = store.push(push.id.as_str()).await.unwrap().unwrap();
    assert_eq!((known.pushes, known.discarded), (4, 1));
    assert_eq!((known.pushed, known.pinged), (Some(at(40)), Some(at(40))));
    assert_eq!((known.proven, known.whole_only), (2, true));
    assert_eq!(known.next_ask, at(50));
    store.trust_push(&push.id, (0, false), None).await.unwrap();
    let known = store.push(push.id.as_str()).await.unwrap().unwrap();
    assert_eq!((known.proven, known.next_ask), (0, at(50)));
}

async fn the_same_push_again_is_none(ground: Ground) {
    let store = &ground.store;
    let push = confirmed(store, "a", 1).await;
    store.receive_push(&push, body("x"), at(10)).await.unwrap();
    let waiting = store.waiting_pushes(10).await.unwrap();
    store.drop_pushed(&waiting[0]).await.unwrap();
    store.receive_push(&push, body("x"), at(20)).await.unwrap();
    assert!(store.waiting_pushes(10).await.unwrap().is_empty());
    store.receive_push(&push, body("y"), at(30)).await.unwrap();
    assert_eq!(store.waiting_pushes(10).await.unwrap().len(), 1);
}

async fn too_many_pushes_are_not_kept(ground: Ground) {
    let store = &ground.store;
    let push = confirmed(store, "a", 1).await;
    let mut kept = 0;
    for number in 0..30 {
        let text = number.to_string();
        let pushed = store.receive_push(&push, body(&text), at(number)).await;
        kept += usize::from(pushed.unwrap() == Pushed::Kept);
    }
    assert_eq!(kept, 16);
    // What was refused is taken when the hub comes again and there is room.
    for waiting in store.waiting_pushes(99).await.unwrap() {
        store.drop_pushed(&waiting).await.unwrap();
    }
    let again = store.receive_push(&push, body("29"), at(50)).await.unwrap();
    assert_eq!(again, Pushed::Kept);
    assert_eq!(store.waiting_pushes(99).await.unwrap().len(), 1);
}

async fn visits_take_over_from_silent_hubs(ground: Ground) {
    let store = &ground.store;
    let names = ["alive", "over", "left", "failing", "unproven"];
    store.sync_sources(&names.map(source), at(0)).await.unwrap();
    for (name, number) in names.into_iter().zip(1..) {
        let push = confirmed(store, name, number).await;
        let proven = u32::from(name != "unproven") * 2;
        store
            .trust_push(&push.id, (proven, false), None)
            .await
            .unwrap();
        match name {
            "alive" => {}
            "left" => {
                let ended = std::slice::from_ref(&push.id);
                store.change_pushes(None, ended, at(5)).await.unwrap();
            }
            _ => store.push_denied(&push.id, "", at(5), at(9)).await.unwrap(),
        }
        let claimed = store
            .claim_source(&push.source, at(0), &holder("x"), LEASE)
            .await;
        let mut state = claimed.unwrap().unwrap();
        state.next_visit = at(9_000);
        state.failures = u32::from(name == "failing");
        let articles = vec![];
        store
            .record_visit(
                Visit {
                    state,
                    articles,
                    full_texts: Vec::new(),
                },
                &holder("x"),
            )
            .await
            .unwrap();
    }
    assert_eq!(store.take_over_from_hubs(at(10)).await.unwrap(), 3);
    assert_eq!(store.take_over_from_hubs(at(10)).await.unwrap(), 0, "once");
    for state in store.source_states().await.unwrap() {
        let is_due = state.next_visit == at(10);
        assert_eq!(
            is_due,
            matches!(state.id.as_str(), "over" | "left"),
            "{}",
            state.id
        );
    }
}

async fn a_push_leaves_the_visits_memory_alone(ground: Ground) {
    let store = &ground.store;
    record(store, "a", vec![visited("a", "1", at(100))]).await;
    let id = SourceId::from_stored("a");
    let before = store.source_state(&id).await.unwrap().unwrap();
    let claimed = store.claim_source(&id, at(0), &holder("x"), LEASE).await;
    let state = claimed.unwrap().unwrap();
    let article = visited("a", "2", at(500));
    let pushed = article.article.id.clone();
    let visit = Visit {
        state,
        articles: vec![article],
        full_texts: Vec::new(),
    };
    let recorded = store
        .record_push(visit.clone(), at(500), &holder("x"))
        .await;
    assert_eq!(
        recorded.unwrap(),
        VisitRecord::Stored { new: 1, revised: 0 }
    );
    assert_eq!(store.source_state(&id).await.unwrap(), Some(before));
    assert!(store.article(&pushed).await.unwrap().is_some());
    let lost = store
        .record_push(visit, at(600), &holder("x"))
        .await
        .unwrap();
    assert_eq!(lost, VisitRecord::LeaseLost, "it was given back");
}
