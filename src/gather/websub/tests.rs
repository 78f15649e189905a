//! Pure deciders: what a feed offers, what follows, how far a hub is relied on.

use super::*;
use crate::gather::web::RetryAfter;
use crate::model::push::{PUSH_RANDOM_BYTES, TRUSTED_AFTER};
use crate::model::source::SourceId;

fn now() -> DateTime<Utc> {
    "2026-11-23T10:00:00Z".parse().expect("time")
}

fn url(text: &str) -> Url {
    text.parse().expect(text)
}

fn base() -> Url {
    url("https://house.example")
}

fn push(hub: &str, topic: &str, number: u8) -> Subscription {
    Subscription::wanted(
        SourceId::from_stored("a"),
        (url(hub), url(topic)),
        &base(),
        &[number; PUSH_RANDOM_BYTES],
        &[0; PUSH_RANDOM_BYTES],
        now(),
    )
}

/// Confirmed two days ago, for ten.
fn alive() -> Subscription {
    Subscription {
        confirmed: Some(now() - TimeDelta::days(2)),
        lease_until: Some(now() + TimeDelta::days(8)),
        ..push("https://h.kz/", "https://a.kz/feed", 1)
    }
}

fn offer(hubs: &[&str], topic: &str) -> Offer {
    Offer {
        hubs: hubs.iter().map(|hub| url(hub)).collect(),
        topic: url(topic),
    }
}

#[test]
fn hubs_and_topic_are_found_wherever_they_stand() {
    let head = |hubs: &[&str], own: Option<&str>| FeedHead {
        hubs: hubs.iter().map(|hub| (*hub).to_owned()).collect(),
        self_link: own.map(str::to_owned),
        ..FeedHead::default()
    };
    let asked = url("https://a.kz/rss?x=1");
    let cases: [(&[&str], FeedHead, Offer); 6] = [
        (
            &["<https://h.kz/>; rel=\"hub\"", "</feed>; rel=self"],
            head(&[], None),
            offer(&["https://h.kz/"], "https://a.kz/feed"),
        ),
        (
            &[],
            head(
                &["https://h.kz/", "https://i.kz/"],
                Some("https://a.kz/feed"),
            ),
            offer(&["https://h.kz/", "https://i.kz/"], "https://a.kz/feed"),
        ),
        // The header goes first, and nothing counts twice.
        (
            &["<https://i.kz/>; rel=hub, <https://b.kz/f>; rel=self"],
            head(
                &["https://h.kz/", "https://i.kz/"],
                Some("https://a.kz/feed"),
            ),
            offer(&["https://i.kz/", "https://h.kz/"], "https://b.kz/f"),
        ),
        (
            &[],
            head(&["https://h.kz/"], None),
            offer(&["https://h.kz/"], "https://a.kz/rss?x=1"),
        ),
        // What cannot be asked is passed over.
        (
            &["<ftp://h.kz/>; rel=hub, <javascript:x>; rel=self"],
            head(&["urn:x"], Some("https://a.kz/feed")),
            offer(&[], "https://a.kz/feed"),
        ),
        (
            &["<https://h.kz/>; rel=hub; anchor=\"https://b.kz/\""],
            head(&[], None),
            offer(&[], "https://a.kz/rss?x=1"),
        ),
    ];
    for (headers, head, expected) in cases {
        let headers: Vec<String> = headers.iter().map(|value| (*value).to_owned()).collect();
        assert_eq!(offered(&headers, &head, &asked), expected, "{headers:?}");
    }
    let many: Vec<String> = (0..50).map(|n| format!("https://h{n}.kz/")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(
        offered(&[], &head(&many, None), &asked).hubs.len(),
        HUBS_MAX
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_the_document_says_is_followed() {
    let (first, second) = ("https://h.kz/", "https://i.kz/");
    let (topic, other) = ("https://a.kz/feed", "https://a.kz/new");
    let known = push(first, topic, 1);
    let new = |hub: &str, topic: &str| Some((url(hub), url(topic)));
    let end = vec![known.id.clone()];
    let leaving = Subscription {
        aim: Aim::Unsubscribe,
        ..known.clone()
    };
    let elsewhere = Subscription {
        callback: url("https://old.example/websub/1"),
        ..known.clone()
    };
    let tired = Subscription {
        failures: HUB_TRIES,
        ..known.clone()
    };
    let tired_and_alive = Subscription {
        lease_until: Some(now() + TimeDelta::days(1)),
        ..tired.clone()
    };
    let one = |push: &Subscription| vec![push.clone()];
    let cases = [
        (vec![], offer(&[], topic), None, vec![]),
        (
            vec![],
            offer(&[first, second], topic),
            new(first, topic),
            vec![],
        ),
        (one(&known), offer(&[first], topic), None, vec![]),
        (one(&known), offer(&[second, first], topic), None, vec![]),
        (
            one(&known),
            offer(&[second], topic),
            new(second, topic),
            end.clone(),
        ),
        (
            one(&known),
            offer(&[first], other),
            new(first, other),
            end.clone(),
        ),
        (one(&known), offer(&[], topic), None, end.clone()),
        (
            one(&leaving),
            offer(&[first], topic),
            new(first, topic),
            vec![],
        ),
        (
            one(&elsewhere),
            offer(&[first], topic),
            new(first, topic),
            end.clone(),
        ),
        (one(&tired), offer(&[first], topic), None, vec![]),
        (
            one(&tired),
            offer(&[first, second], topic),
            new(second, topic),
            end.clone(),
        ),
        (
            one(&tired),
            offer(&[second, first], topic),
            new(second, topic),
            end.clone(),
        ),
        (
            one(&tired_and_alive),
            offer(&[first, second], topic),
            None,
            vec![],
        ),
    ];
    for (number, (known, offer, subscribe, end)) in cases.into_iter().enumerate() {
        let expected = Change { subscribe, end };
        assert_eq!(
            change(&known, &offer, &base(), now()),
            expected,
            "case {number}"
        );
    }
}

#[test]
fn a_hub_is_asked_in_its_own_words() {
    let mut push = alive();
    let asked = form(&push);
    let value = |form: &[(&str, String)], key: &str| {
        let found = form.iter().find(|(name, _)| *name == key);
        found.map(|(_, value)| value.clone())
    };
    assert_eq!(value(&asked, "hub.mode").as_deref(), Some("subscribe"));
    assert_eq!(
        value(&asked, "hub.topic").as_deref(),
        Some("https://a.kz/feed")
    );
    assert_eq!(
        value(&asked, "hub.lease_seconds").as_deref(),
        Some("864000")
    );
    assert_eq!(
        value(&asked, "hub.secret").as_deref(),
        Some(push.secret.as_str())
    );
    push.aim = Aim::Unsubscribe;
    let asked = form(&push);
    assert_eq!(value(&asked, "hub.mode").as_deref(), Some("unsubscribe"));
    assert_eq!(value(&asked, "hub.secret"), None);
}

#[test]
fn a_hub_that_fails_is_asked_ever_later() {
    let failed = |retry_after, was_answered| Posted::Failed {
        why: "no".to_owned(),
        retry_after,
        was_answered,
    };
    let late = Some(RetryAfter::Delay(TimeDelta::days(3)));
    let cases = [
        (0, Posted::Taken, true, 0, 60),
        (9, Posted::Taken, true, 9, 1440),
        (0, failed(None, true), false, 1, 10),
        (2, failed(None, true), false, 3, 40),
        (50, failed(None, true), false, 51, 1440),
        // It may have heard us: it is counted when it is asked again.
        (0, failed(None, false), true, 0, 10),
        (0, failed(late, true), false, 1, 3 * 1440),
    ];
    for (failures, posted, awaited, then, minutes) in cases {
        let push = Subscription {
            failures,
            ..alive()
        };
        let asked = after_asking(&push, &posted, now());
        let wait = (asked.next_ask - now()).num_minutes();
        assert_eq!(
            (asked.awaited, asked.failures, wait),
            (awaited, then, minutes),
            "{posted:?} after {failures}"
        );
    }
}

#[test]
fn an_end_is_asked_for_while_it_is_worth_it() {
    let leaving = Subscription {
        aim: Aim::Unsubscribe,
        ..alive()
    };
    let tired = Subscription {
        failures: HUB_TRIES,
        ..leaving.clone()
    };
    let never = Subscription {
        lease_until: None,
        ..leaving.clone()
    };
    for (push, expected) in [
        (&leaving, false),
        (&tired, true),
        (&never, true),
        (&alive(), false),
    ] {
        assert_eq!(is_over(push, now()), expected, "{push:?}");
    }
    assert!(is_over(&leaving, now() + TimeDelta::days(8)));
}

/// What is thought before, what is new, what is thought then, and whether the
/// hub is asked anew.
type Weighed<'a> = (&'a Subscription, &'a [Option<DateTime<Utc>>], u32, bool);

#[test]
fn a_hub_is_relied_on_as_long_as_it_misses_nothing() {
    let ago = |minutes: i64| Some(now() - TimeDelta::minutes(minutes));
    let before = ago(120);
    let relied = Subscription {
        proven: TRUSTED_AFTER,
        ..alive()
    };
    let pinged = Subscription {
        pinged: ago(1),
        proven: 1,
        ..alive()
    };
    let whole_only = Subscription {
        pushed: ago(1),
        pinged: None,
        whole_only: true,
        ..pinged.clone()
    };
    let just_confirmed = Subscription {
        confirmed: ago(30),
        ..relied.clone()
    };
    let ended = Subscription {
        lease_until: ago(1),
        ..relied.clone()
    };
    let cases: [Weighed; 10] = [
        (&relied, &[], TRUSTED_AFTER, false),
        (&relied, &[ago(60)], 0, true),
        (&relied, &[None], 0, true),
        (&relied, &[ago(5)], TRUSTED_AFTER, false),
        (&relied, &[ago(3 * 1440)], TRUSTED_AFTER, false),
        (&just_confirmed, &[ago(60), None], TRUSTED_AFTER, false),
        (&just_confirmed, &[ago(20)], 0, false),
        (&pinged, &[ago(60)], 2, false),
        (&whole_only, &[None], 2, false),
        (&ended, &[ago(60)], TRUSTED_AFTER, false),
    ];
    for (number, (push, new, proven, anew)) in cases.into_iter().enumerate() {
        let polled = Polled {
            before,
            new,
            shares_ids: None,
        };
        let trust = after_poll(push, polled, now());
        let found = trust.map_or((push.proven, false), |trust| {
            (trust.proven, trust.ask_before.is_some())
        });
        assert_eq!(found, (proven, anew), "case {number}");
    }
    let sharing = Polled {
        before,
        new: &[],
        shares_ids: Some(true),
    };
    assert!(after_poll(&relied, sharing, now()).is_some_and(|trust| trust.whole_only));
}

#[test]
fn pushes_that_bring_something_prove_a_hub() {
    let first = after_push(&alive(), 1, now()).expect("something new");
    assert_eq!(first.proven, 1);
    assert_eq!(after_push(&alive(), 0, now()), None, "nothing new");
    let once = Subscription {
        proven: 1,
        ..alive()
    };
    assert!(!once.is_trusted(now()));
    let proven = after_push(&once, 3, now()).expect("something new").proven;
    let twice = Subscription { proven, ..once };
    assert!(twice.is_trusted(now()));
    assert!(
        !twice.is_trusted(now() + TimeDelta::days(9)),
        "its lease is over"
    );
}
