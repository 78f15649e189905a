//! As it should not be: refusals, replays, forgeries, hubs that fail.

use chrono::TimeDelta;
use reqwest::StatusCode;

use super::{House, feed};

#[tokio::test]
async fn only_what_was_asked_for_is_confirmed_and_holds_as_it_was_confirmed() {
    let house = House::open().await;
    house.visit().await;
    house.round().await;
    let form = house.only_form();
    let mut elsewhere = form.clone();
    let callback = format!("{}0", form["hub.callback"]);
    elsewhere.insert("hub.callback".to_owned(), callback);
    for (form, other) in [
        (&form, "hub.topic=https%3A%2F%2Fother.example%2F"),
        (&form, "hub.mode=unsubscribe"),
        (&form, "hub.mode=publish"),
        (&elsewhere, ""),
    ] {
        let (status, said) = house.ask_back(form, other).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{other}");
        assert!(!said.contains("чёлендж"), "{other}");
    }
    assert_eq!(house.only_push().await.lease_until, None);
    assert_eq!(house.ask_back(&form, "").await.0, StatusCode::OK);
    let confirmed = house.only_push().await;
    house.clock.advance(TimeDelta::hours(1));
    let (status, said) = house.ask_back(&form, "").await;
    assert_eq!(status, StatusCode::OK, "the hub missed the answer: {said}");
    assert_eq!(house.only_push().await, confirmed, "no longer lease by it");
    for other in [
        "hub.topic=https%3A%2F%2Fother.example%2F",
        "hub.mode=unsubscribe",
    ] {
        let (status, _) = house.ask_back(&form, other).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{other}");
    }
    house.clock.advance(TimeDelta::days(100));
    let (status, _) = house.ask_back(&form, "").await;
    assert_eq!(status, StatusCode::NOT_FOUND, "the lease is over");
}

#[tokio::test]
async fn a_refusal_is_told_with_its_reason_and_tried_a_day_later() {
    let house = House::open().await;
    house.visit().await;
    house.round().await;
    let form = house.only_form();
    let denied = "hub.mode=denied&hub.reason=not%20%0Ayou";
    assert_eq!(house.ask_back(&form, denied).await.0, StatusCode::OK);
    let push = house.only_push().await;
    assert_eq!(push.trouble.as_deref(), Some("the hub refused: not you"));
    house.clock.advance(TimeDelta::hours(23));
    house.round().await;
    assert!(house.hub.forms().is_empty());
    let (status, _) = house.ask_back(&form, "").await;
    assert_eq!(status, StatusCode::NOT_FOUND, "it refused");
    house.clock.advance(TimeDelta::hours(1));
    house.round().await;
    house.confirm().await;
    assert_eq!(house.only_push().await.trouble, None);
}

#[tokio::test]
async fn what_is_not_signed_is_thrown_away() {
    let house = House::open().await;
    house.visit().await;
    house.round().await;
    let form = house.confirm().await;
    let forged = feed(&[("forged", house.now())]);
    let mut stranger = form.clone();
    stranger.insert("hub.secret".to_owned(), "guessed".to_owned());
    assert_eq!(house.push(&stranger, &forged).await, StatusCode::ACCEPTED);
    for signature in [None, Some("sha1=00"), Some("sha256="), Some("")] {
        let status = house.push_signed(&form, &forged, signature).await;
        assert_eq!(status, StatusCode::ACCEPTED, "as if it were right");
    }
    house.hub.gets();
    house.clock.advance(TimeDelta::minutes(2));
    house.round().await;
    assert!(!house.knows("forged").await);
    assert_eq!(house.hub.gets(), 0, "nor does anybody look");
    let push = house.only_push().await;
    assert_eq!((push.pushes, push.discarded), (0, 5));
}

#[tokio::test]
async fn a_hub_that_fails_is_asked_later_and_is_heard_when_it_says_when() {
    let house = House::open().await;
    house.hub.answers("500 Internal Server Error");
    house.visit().await;
    house.round().await;
    assert_eq!(house.hub.forms().len(), 1);
    let push = house.only_push().await;
    let why = "the hub answered 500 Internal Server Error: the hub's own words";
    assert_eq!(push.trouble.as_deref(), Some(why));
    house.clock.advance(TimeDelta::minutes(9));
    house.round().await;
    assert!(house.hub.forms().is_empty(), "too early");
    house
        .hub
        .answers("503 Service Unavailable\r\nRetry-After: 7200");
    house.clock.advance(TimeDelta::minutes(1));
    house.round().await;
    assert_eq!(house.hub.forms().len(), 1);
    house.hub.answers("204 No Content");
    house.clock.advance(TimeDelta::minutes(119));
    house.round().await;
    assert!(house.hub.forms().is_empty(), "obeyed whole");
    house.clock.advance(TimeDelta::minutes(1));
    house.round().await;
    house.confirm().await;
    assert_eq!(house.only_push().await.failures, 0);
}

#[tokio::test]
async fn a_hub_that_never_asks_back_is_asked_again() {
    let house = House::open().await;
    house.visit().await;
    house.round().await;
    assert_eq!(house.hub.forms().len(), 1);
    house.clock.advance(TimeDelta::minutes(61));
    house.round().await;
    assert_eq!(house.hub.forms().len(), 1);
    let push = house.only_push().await;
    assert_eq!(push.trouble.as_deref(), Some("the hub did not ask back"));
    assert_eq!(push.failures, 1);
}

#[tokio::test]
async fn a_redirect_keeps_the_form_and_never_leads_into_the_house() {
    let house = House::open().await;
    house
        .hub
        .answers("307 Temporary Redirect\r\nLocation: /away");
    house.hub.takes("/away");
    house.visit().await;
    house.round().await;
    let forms = house.hub.forms();
    let paths: Vec<&str> = forms.iter().map(|form| form["path"].as_str()).collect();
    assert_eq!(paths, ["/hub", "/away"]);
    assert_eq!(forms[0]["hub.secret"], forms[1]["hub.secret"]);

    let house = House::open().await;
    let inside = "http://169.254.169.254/latest";
    house
        .hub
        .answers(&format!("308 Permanent Redirect\r\nLocation: {inside}"));
    house.visit().await;
    house.round().await;
    let trouble = house.only_push().await.trouble.unwrap_or_default();
    assert!(
        trouble.contains("169.254.169.254 was not followed"),
        "{trouble}"
    );
    assert_eq!(house.hub.forms().len(), 1);
}

#[tokio::test]
async fn visits_take_over_when_a_lease_ends() {
    let house = House::open().await;
    house.visit().await;
    house.round().await;
    let form = house.only_form();
    house.ask_back(&form, "hub.lease_seconds=21600").await;
    for entry in ["a", "b"] {
        house.push(&form, &feed(&[(entry, house.now())])).await;
        house.round().await;
    }
    house.visit().await;
    let relaxed = house.state().await.next_visit;
    assert!(relaxed > house.now() + TimeDelta::hours(1));
    house.hub.answers("500 Internal Server Error");
    house.clock.advance(TimeDelta::hours(6));
    house.round().await;
    assert!(house.state().await.next_visit <= house.now());
    assert!(!house.only_push().await.is_alive(house.now()));
    assert_eq!(house.only_push().await.proven, 0);
    house.visit().await;
    assert!(house.visit().await < TimeDelta::hours(1));
}

#[tokio::test]
async fn a_bad_push_costs_no_good_one() {
    let house = House::subscribed().await;
    let form = house.told().await;
    house.hub.gets();
    let item = |name| feed(&[(name, house.now())]);
    let blank = format!("<rss>{}", " ".repeat(1_000_000));
    let pushes = [
        item("a"),
        String::new(),
        item("b"),
        blank,
        "{".to_owned(),
        item("c"),
    ];
    for said in &pushes {
        assert_eq!(house.push(&form, said).await, StatusCode::ACCEPTED);
    }
    house.round().await;
    for entry in ["a", "b", "c"] {
        assert!(house.knows(entry).await, "{entry}");
    }
    assert_eq!(house.hub.gets(), 0, "it was asked a moment ago");
    // A push that a visit overtakes says what the visit did not find.
    assert_eq!(house.push(&form, &item("d")).await, StatusCode::ACCEPTED);
    house.visit().await;
    house.hub.gets();
    house.round().await;
    assert!(house.knows("d").await);
    house.clock.advance(TimeDelta::minutes(1));
    house.round().await;
    assert_eq!(house.hub.gets(), 1, "all hints by one visit");
    let waiting = house.newsroom.store.waiting_pushes(9).await;
    assert!(waiting.expect("the store works").is_empty());
    house.round().await;
    assert_eq!(house.hub.gets(), 0);
}
