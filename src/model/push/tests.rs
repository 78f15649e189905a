use super::*;

fn now() -> DateTime<Utc> {
    "2026-11-23T10:00:00Z".parse().expect("time")
}

fn url(text: &str) -> Url {
    text.parse().expect(text)
}

fn wanted() -> Subscription {
    Subscription::wanted(
        SourceId::from_stored("a"),
        (url("https://hub.example/"), url("https://a.kz/feed")),
        &url("https://house.example/news/"),
        &[1; PUSH_RANDOM_BYTES],
        &[2; PUSH_RANDOM_BYTES],
        now(),
    )
}

fn ask(query: &[(&str, &str)]) -> Option<Question> {
    Question::read(query.iter().copied())
}

const TOPIC: (&str, &str) = ("hub.topic", "https://a.kz/feed");
const CHALLENGE: (&str, &str) = ("hub.challenge", "x");

#[test]
fn a_callback_lies_below_the_house_and_a_secret_is_not_shown() {
    let push = wanted();
    let expected = format!("https://house.example/news/websub/{}", "01".repeat(32));
    assert_eq!(push.callback.as_str(), expected);
    assert!(!format!("{push:?}").contains(push.secret.as_str()));
}

#[test]
fn only_what_was_asked_for_is_confirmed() {
    let asked = Subscription {
        asked: Some(now()),
        ..wanted()
    };
    let leaving = Subscription {
        aim: Aim::Unsubscribe,
        ..asked.clone()
    };
    let held = |until| Subscription {
        confirmed: Some(now()),
        lease_until: Some(until),
        ..wanted()
    };
    let holds = held(now() + TimeDelta::days(1));
    let lapsed = held(now());
    let given_up = Subscription {
        aim: Aim::Unsubscribe,
        ..holds.clone()
    };
    let subscribe = ("hub.mode", "subscribe");
    let unsubscribe = ("hub.mode", "unsubscribe");
    let other = ("hub.topic", "https://b.kz/feed");
    let word = |push: &Subscription, query: &[(&str, &str)]| match ask(query)
        .map(|question| push.answer(&question, now()))
    {
        None => "no question",
        Some(Verdict::Confirmed { .. }) => "confirmed",
        Some(Verdict::Holds) => "holds",
        Some(Verdict::Ended) => "ended",
        Some(Verdict::Denied) => "denied",
        Some(Verdict::NotAsked) => "not asked",
    };
    let denied = ("hub.mode", "denied");
    for (push, query, expected) in [
        (&asked, &[subscribe, TOPIC, CHALLENGE][..], "confirmed"),
        (&asked, &[subscribe, other, CHALLENGE], "not asked"),
        (&asked, &[subscribe, CHALLENGE], "not asked"),
        (&asked, &[unsubscribe, TOPIC, CHALLENGE], "not asked"),
        (&asked, &[subscribe, TOPIC], "no question"),
        (&asked, &[TOPIC, CHALLENGE], "no question"),
        (
            &asked,
            &[("hub.mode", "publish"), TOPIC, CHALLENGE],
            "no question",
        ),
        (&wanted(), &[subscribe, TOPIC, CHALLENGE], "not asked"),
        (&leaving, &[unsubscribe, TOPIC, CHALLENGE], "ended"),
        (&leaving, &[subscribe, TOPIC, CHALLENGE], "not asked"),
        (&leaving, &[denied, TOPIC], "not asked"),
        (&asked, &[denied, TOPIC], "denied"),
        (&wanted(), &[denied, TOPIC], "denied"),
        (&asked, &[denied, other], "not asked"),
        (&holds, &[subscribe, TOPIC, CHALLENGE], "holds"),
        (&holds, &[subscribe, other, CHALLENGE], "not asked"),
        (&holds, &[unsubscribe, TOPIC, CHALLENGE], "not asked"),
        (&lapsed, &[subscribe, TOPIC, CHALLENGE], "not asked"),
        (&given_up, &[subscribe, TOPIC, CHALLENGE], "not asked"),
    ] {
        assert_eq!(word(push, query), expected, "{query:?}");
    }
}

#[test]
fn a_lease_is_renewed_before_it_ends() {
    let asked = Subscription {
        asked: Some(now()),
        ..wanted()
    };
    for (lease, holds_minutes, renewed_minutes) in [
        (None, 14_400, 10_800..=12_240),
        (Some("100000"), 1_666, 1_250..=1_416),
        (Some("60"), 1, 5..=5),
        (Some("nonsense"), 14_400, 10_800..=12_240),
        (Some("99999999999999"), 129_600, 97_200..=110_160),
    ] {
        let lease = lease.map(|lease| ("hub.lease_seconds", lease));
        let mut query = vec![("hub.mode", "subscribe"), TOPIC, CHALLENGE];
        query.extend(lease);
        let question = ask(&query).expect("a question");
        let Verdict::Confirmed { lease_until, renew } = asked.answer(&question, now()) else {
            panic!("{lease:?}");
        };
        assert_eq!(
            (lease_until - now()).num_minutes(),
            holds_minutes,
            "{lease:?}"
        );
        let renewed = (renew - now()).num_minutes();
        assert!(renewed_minutes.contains(&renewed), "{lease:?}: {renewed}");
    }
}

#[test]
fn a_reason_is_one_short_line() {
    assert_eq!(reason(" too\r\nmany\u{7} "), "too many");
    assert_eq!(reason(&"ә".repeat(1000)).chars().count(), REASON_CHARS_MAX);
}
