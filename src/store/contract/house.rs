//! Leases, the secret, the seal.

use super::{Ground, LEASE, at, holder, on_both};

on_both!(
    leases_are_held_by_one,
    the_first_secret_stays,
    a_dropped_transaction_leaves_nothing
);

async fn leases_are_held_by_one(ground: Ground) {
    let store = &ground.store;
    store.ping().await.unwrap();
    let take = |who: &'static str, now| async move {
        store
            .acquire_lease("timetable", &holder(who), now, now + LEASE)
            .await
            .unwrap()
    };
    assert!(take("one", at(0)).await);
    assert!(!take("two", at(1)).await);
    assert!(take("one", at(1)).await, "renewed");
    assert!(!take("two", at(0) + LEASE).await, "the renewal counts");
    store
        .release_lease("timetable", &holder("two"))
        .await
        .unwrap();
    assert!(!take("two", at(2)).await, "only the holder gives it back");
    store
        .release_lease("timetable", &holder("one"))
        .await
        .unwrap();
    assert!(take("two", at(2)).await);
    assert!(take("three", at(2) + LEASE).await, "it ran out");
}

async fn the_first_secret_stays(ground: Ground) {
    let other = ground.another().await;
    let (a, b) = tokio::join!(
        ground.store.house_secret([7; 32]),
        other.house_secret([8; 32])
    );
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!(a, b);
    assert!(a == [7; 32] || a == [8; 32]);
    assert_eq!(ground.store.house_secret([9; 32]).await.unwrap(), a);
}

async fn a_dropped_transaction_leaves_nothing(ground: Ground) {
    let mut session = ground
        .store
        .pools
        .write("a test", crate::store::dialect::Durability::Full)
        .await
        .unwrap();
    let written = session
        .execute(
            "INSERT INTO leases (name, holder, until_ms) VALUES ('x', 'me', 9)",
            vec![],
        )
        .await;
    assert_eq!(written.unwrap(), 1);
    drop(session);
    assert!(
        ground
            .store
            .acquire_lease("x", &holder("you"), at(-9), at(0))
            .await
            .unwrap()
    );
    ground.store.close().await;
}
