//! What people change about their own subscription, and what lists change.

use chrono::TimeDelta;

use super::deliveries::{address, claim, closed};
use super::{Ground, at, on_both};
use crate::model::language::{Language, Tongue};
use crate::model::reading::Kind;
use crate::model::region::Region;
use crate::model::schedule::{Rhythm, Schedule};
use crate::model::subscriber::{
    Grouping, LetterScript, Profile, Subscriber, SubscriberId, SubscriberStatus, Tag,
};
use crate::model::topic::Topic;
use crate::store::{Changed, Confirmed, Import, ImportCounts, Requested, Search, Store};

on_both!(
    every_wish_reads_back,
    a_new_address_takes_the_place_of_the_old,
    a_known_address_keeps_its_wishes,
    a_stranger_replaces_no_request,
    the_erased_are_forgotten_and_not_imported,
    each_further_request_waits_longer,
    a_list_without_wishes_changes_none,
    people_are_found_and_tagged,
);

const COOLDOWN: TimeDelta = TimeDelta::minutes(10);

fn wishes() -> Profile {
    Profile {
        tongue: Tongue::Kazakh,
        script: LetterScript::Latin,
        feeds: vec!["a".parse().unwrap()],
        regions: vec![Region::ASTANA],
        topics: vec![Topic::Society, Topic::Media],
        kinds: vec![Kind::Announcement, Kind::Other],
        languages: vec![Language::KazakhLatin, Language::Russian],
        grouping: Grouping::Topic,
        schedule: Schedule {
            rhythm: Rhythm::Weekly(chrono::Weekday::Fri),
            hour: Some(18),
            zone: Some(chrono_tz::Europe::Berlin),
        },
    }
}

fn id(n: usize) -> SubscriberId {
    SubscriberId::derived(&address(n))
}

fn tag(text: &str) -> Tag {
    text.parse().unwrap()
}

async fn person(store: &Store, n: usize) -> Subscriber {
    store.subscriber(&id(n)).await.unwrap().expect("known")
}

async fn every_wish_reads_back(ground: Ground) {
    let store = &ground.store;
    closed(store, 1).await;
    let unknown = store.set_preferences(&id(9), wishes(), None).await;
    assert_eq!(unknown.unwrap(), Changed::Unknown);
    let pause = Some(at(5_000));
    let kept = store.set_preferences(&id(0), wishes(), pause).await;
    assert_eq!(kept.unwrap(), Changed::Now);
    let found = person(store, 0).await;
    assert_eq!(found.profile, wishes().normalised());
    assert_eq!(found.paused_until, pause);
    assert_eq!(found.status, SubscriberStatus::Confirmed);
}

async fn a_new_address_takes_the_place_of_the_old(ground: Ground) {
    let store = &ground.store;
    closed(store, 1).await;
    store.set_preferences(&id(0), wishes(), None).await.unwrap();
    store
        .set_tags(&[(id(0), vec![tag("press")])])
        .await
        .unwrap();
    let asked = store
        .request_move(&id(0), &address(5), at(200), COOLDOWN)
        .await;
    assert_eq!(asked.unwrap(), Changed::Now);
    let again = store
        .request_move(&id(0), &address(5), at(201), COOLDOWN)
        .await;
    assert_eq!(again.unwrap(), Changed::TooSoon);
    let itself = store
        .request_move(&id(0), &address(0), at(202), COOLDOWN)
        .await;
    assert_eq!(itself.unwrap(), Changed::Unknown);
    let waiting = store.pending_requests(9).await.unwrap();
    assert_eq!(waiting.len(), 1);
    assert!(waiting[0].moves);
    assert_eq!(waiting[0].subscriber.address, address(5));
    let old = person(store, 0).await;
    assert_eq!(old.status, SubscriberStatus::Confirmed, "until confirmed");
    let confirmed = store.confirm(&id(5), at(300)).await.unwrap();
    assert_eq!(confirmed, Confirmed::Moved);
    assert_eq!(store.subscriber(&id(0)).await.unwrap(), None, "forgotten");
    let new = person(store, 5).await;
    assert_eq!(new.status, SubscriberStatus::Confirmed);
    assert_eq!(new.profile, wishes().normalised());
    assert_eq!(new.tags, [tag("press")]);
    // The letter that waited for the old address goes to the new one.
    let letters = claim(store, at(400), "x").await;
    let to: Vec<&str> = letters.iter().map(|one| one.address.as_str()).collect();
    assert_eq!(to, [address(5).as_str()]);
    let known = store.letters_known(&id(5), 9).await.unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!(known[0].digest, "daily");
}

async fn a_known_address_keeps_its_wishes(ground: Ground) {
    let store = &ground.store;
    closed(store, 2).await;
    store.set_preferences(&id(0), wishes(), None).await.unwrap();
    let later = at(0) + COOLDOWN;
    let asked = store
        .request_move(&id(0), &address(1), later, COOLDOWN)
        .await;
    assert_eq!(asked.unwrap(), Changed::Now);
    let waiting = store.pending_requests(9).await.unwrap();
    assert_eq!(waiting.len(), 1, "that one is asked too");
    assert_eq!(waiting[0].subscriber.address, address(1));
    assert_eq!(
        store.confirm(&id(1), later).await.unwrap(),
        Confirmed::Moved
    );
    let new = person(store, 1).await;
    assert_eq!(new.profile, Profile::default());
    assert_eq!(new.confirmed_at, Some(at(0)));
    assert_eq!(store.subscriber(&id(0)).await.unwrap(), None, "forgotten");
    assert!(store.pending_requests(9).await.unwrap().is_empty());
}

async fn a_stranger_replaces_no_request(ground: Ground) {
    let store = &ground.store;
    closed(store, 1).await;
    let own = Profile {
        regions: vec![Region::ASTANA],
        ..Profile::default()
    };
    let asked = store
        .request_subscription(&address(7), own.clone(), at(100), COOLDOWN)
        .await;
    assert_eq!(asked.unwrap(), Requested::Pending(id(7)));
    let later = at(100) + COOLDOWN + COOLDOWN;
    let moved = store
        .request_move(&id(0), &address(7), later, COOLDOWN)
        .await;
    assert_eq!(moved.unwrap(), Changed::TooSoon);
    store.confirm(&id(7), later).await.unwrap();
    assert_eq!(person(store, 7).await.profile, own.normalised());
    assert_eq!(person(store, 0).await.status, SubscriberStatus::Confirmed);
    store.unsubscribe(&id(0), later).await.unwrap();
    let gone = store
        .request_move(&id(0), &address(8), later, COOLDOWN)
        .await;
    assert_eq!(gone.unwrap(), Changed::Unknown, "who left moves nowhere");
    let again = store.confirm(&id(0), later).await.unwrap();
    assert_eq!(again, Confirmed::Unknown, "an old link is no new wish");
}

async fn the_erased_are_forgotten_and_not_imported(ground: Ground) {
    let store = &ground.store;
    closed(store, 2).await;
    assert_eq!(store.erase(&id(0), at(200)).await.unwrap(), Changed::Now);
    assert_eq!(
        store.erase(&id(0), at(201)).await.unwrap(),
        Changed::Unknown
    );
    assert_eq!(store.subscriber(&id(0)).await.unwrap(), None);
    assert_eq!(claim(store, at(300), "x").await.len(), 1);
    let confirmed = SubscriberStatus::Confirmed;
    let list = || (0..3).map(|n| Import::new(address(n), confirmed, None));
    let counts = store.import(list().collect(), at(400), false).await;
    let expected = ImportCounts {
        added: 1,
        updated: 1,
        erased: 1,
        ..ImportCounts::default()
    };
    assert_eq!(counts.unwrap(), expected);
    assert_eq!(store.subscriber(&id(0)).await.unwrap(), None);
    // Only that person's own wish makes the address known again.
    let asked = store
        .request_subscription(&address(0), Profile::default(), at(500), COOLDOWN)
        .await;
    assert_eq!(asked.unwrap(), Requested::Pending(id(0)));
    let counts = store.import(list().collect(), at(550), false).await;
    assert_eq!(counts.unwrap().erased, 1, "anybody can ask in a name");
    store.confirm(&id(0), at(600)).await.unwrap();
    let counts = store.import(list().collect(), at(700), false).await;
    assert_eq!(counts.unwrap().updated, 3);
}

async fn each_further_request_waits_longer(ground: Ground) {
    let store = &ground.store;
    let person = address(0);
    let ask = |minutes: i64| {
        let now = at(0) + TimeDelta::minutes(minutes);
        store.request_subscription(&person, Profile::default(), now, COOLDOWN)
    };
    let pending = Requested::Pending(id(0));
    let cases = [
        (0, &pending),
        (9, &Requested::TooSoon),
        (10, &pending),
        (29, &Requested::TooSoon),
        (30, &pending),
        (69, &Requested::TooSoon),
        (70, &pending),
    ];
    for (minutes, expected) in cases {
        assert_eq!(ask(minutes).await.unwrap(), *expected, "{minutes}");
    }
}

async fn a_list_without_wishes_changes_none(ground: Ground) {
    let store = &ground.store;
    closed(store, 1).await;
    store.set_preferences(&id(0), wishes(), None).await.unwrap();
    let mut line = Import::new(address(0), SubscriberStatus::Confirmed, None);
    line.tags = vec![tag("b")];
    let dry = store.import(vec![line.clone()], at(9), true).await.unwrap();
    assert_eq!(dry.updated, 1);
    assert!(person(store, 0).await.tags.is_empty(), "only counted");
    store
        .import(vec![line.clone()], at(9), false)
        .await
        .unwrap();
    line.tags = vec![tag("a")];
    store.import(vec![line], at(9), false).await.unwrap();
    let found = person(store, 0).await;
    assert_eq!(found.profile, wishes().normalised());
    assert_eq!(found.tags, [tag("a"), tag("b")]);
    // One who asked again after leaving is no reason for a letter.
    let mut asked_again = Import::new(address(3), SubscriberStatus::Pending, None);
    asked_again.unsubscribed_at = Some(at(1));
    store.import(vec![asked_again], at(9), false).await.unwrap();
    assert!(store.pending_requests(9).await.unwrap().is_empty());
    assert_eq!(person(store, 3).await.unsubscribed_at, Some(at(1)));
}

async fn people_are_found_and_tagged(ground: Ground) {
    let store = &ground.store;
    let confirmed = SubscriberStatus::Confirmed;
    let list = ["Aigul_1@example.kz", "aigulx1@example.kz", "b@other.kz"];
    let list = list.map(|text| Import::new(text.parse().unwrap(), confirmed, None));
    store.import(list.to_vec(), at(0), false).await.unwrap();
    let found = async |search: Search| {
        let page = store.search_subscribers(&search, None, 9).await.unwrap();
        let mut found: Vec<String> = page
            .into_iter()
            .map(|one| one.address.as_str().to_owned())
            .collect();
        found.sort();
        found
    };
    let by = |text: &str| Search {
        address: Some(text.to_owned()),
        ..Search::default()
    };
    assert_eq!(found(by("AIGUL_")).await, ["Aigul_1@example.kz"]);
    assert_eq!(found(by("%")).await, Vec::<String>::new());
    assert_eq!(found(by("example.kz")).await.len(), 2);
    let other = SubscriberId::derived(&"b@other.kz".parse().unwrap());
    let tags = vec![tag("a_b"), tag("vip")];
    assert_eq!(store.set_tags(&[(other, tags)]).await.unwrap(), 1);
    let tagged = |text: &str| Search {
        tag: Some(tag(text)),
        ..Search::default()
    };
    assert_eq!(found(tagged("a_b")).await, ["b@other.kz"]);
    assert!(found(tagged("axb")).await.is_empty());
    assert!(found(tagged("vi")).await.is_empty(), "tags are whole");
    let gone = Search {
        status: Some(SubscriberStatus::Unsubscribed),
        ..Search::default()
    };
    assert!(found(gone).await.is_empty());
}
