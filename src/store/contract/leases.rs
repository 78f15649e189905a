//! Claims given back, and who holds a source.

use super::{Ground, LEASE, at, holder, on_both, source};
use crate::model::source::SourceId;

on_both!(what_is_given_back_is_free_and_what_is_held_says_until_when);

async fn what_is_given_back_is_free_and_what_is_held_says_until_when(ground: Ground) {
    let store = &ground.store;
    let listed = ["a", "b", "c"].map(source);
    store.sync_sources(&listed, at(0)).await.unwrap();
    let me = holder("me");
    let ids = listed.map(|source| source.id);
    let held = || store.held_until(&ids, at(1));
    assert_eq!(held().await.unwrap().len(), 0);
    store.claim_sources(at(0), &me, LEASE, 3).await.unwrap();
    assert_eq!(held().await.unwrap().len(), 3);
    assert_eq!(held().await.unwrap()[&ids[0]], at(0) + LEASE);
    // Another's claim is not given back by this one.
    let given = [&ids[0], &ids[1]];
    store
        .release_sources(&given, &holder("other"))
        .await
        .unwrap();
    assert_eq!(held().await.unwrap().len(), 3);
    store.release_sources(&given, &me).await.unwrap();
    let left: Vec<SourceId> = held().await.unwrap().into_keys().collect();
    assert_eq!(left, [ids[2].clone()]);
    let later = store.held_until(&ids, at(0) + LEASE).await.unwrap();
    assert_eq!(later.len(), 0, "a claim that is over holds nothing");
}
