//! A source's subscription at its hub, for `jarshy sources list`.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::output::{moment, time};
use crate::model::push::{Aim, Subscription};
use crate::model::source::SourceId;

/// As JSON; `null` where no hub is known, or none is to push.
pub fn as_json(pushes: &[Subscription], source: &SourceId, now: DateTime<Utc>) -> Value {
    let Some(push) = of(pushes, source) else {
        return Value::Null;
    };
    json!({
        "hub": push.hub.as_str(), "alive": push.is_alive(now),
        "relied_on": push.is_trusted(now), "lease_until": time(push.lease_until),
        "last_push": time(push.pushed), "pushes": push.pushes,
        "discarded": push.discarded, "next_ask": time(Some(push.next_ask)),
        "trouble": push.trouble,
    })
}

/// In words, to stand after others; empty where no hub is known.
pub fn in_words(
    pushes: &[Subscription],
    source: &SourceId,
    now: DateTime<Utc>,
    zone: Tz,
) -> String {
    let Some(push) = of(pushes, source) else {
        return String::new();
    };
    let hub = push.hub.host_str().unwrap_or_default();
    match (push.lease_until, &push.trouble) {
        (Some(until), _) if push.is_alive(now) => {
            format!("; pushed by {hub} until {}", moment(until, zone))
        }
        (_, Some(trouble)) => format!("; not pushed by {hub}: {trouble}"),
        (_, None) => format!("; {hub} was asked to push"),
    }
}

fn of<'a>(pushes: &'a [Subscription], source: &SourceId) -> Option<&'a Subscription> {
    pushes
        .iter()
        .find(|push| push.source == *source && push.aim == Aim::Subscribe)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::model::push::PUSH_RANDOM_BYTES;

    #[test]
    fn the_state_of_a_hub_is_told_without_its_secret() {
        let now: DateTime<Utc> = "2026-11-23T10:00:00Z".parse().expect("time");
        let id = SourceId::from_stored("a");
        let url = |text: &str| text.parse::<url::Url>().expect(text);
        let asked = Subscription::wanted(
            id.clone(),
            (url("https://hub.example/x"), url("https://a.kz/feed")),
            &url("https://house.example"),
            &[1; PUSH_RANDOM_BYTES],
            &[2; PUSH_RANDOM_BYTES],
            now,
        );
        let alive = Subscription {
            lease_until: Some(now + TimeDelta::hours(2)),
            ..asked.clone()
        };
        let refused = Subscription {
            trouble: Some("the hub refused".to_owned()),
            ..asked.clone()
        };
        let ending = Subscription {
            aim: Aim::Unsubscribe,
            ..alive.clone()
        };
        for (push, expected) in [
            (asked, "; hub.example was asked to push"),
            (
                alive.clone(),
                "; pushed by hub.example until 2026-11-23 17:00 +05",
            ),
            (refused, "; not pushed by hub.example: the hub refused"),
            (ending, ""),
        ] {
            assert_eq!(
                in_words(&[push], &id, now, chrono_tz::Asia::Almaty),
                expected
            );
        }
        let told = as_json(std::slice::from_ref(&alive), &id, now);
        assert_eq!(told["alive"], true);
        let told = told.to_string();
        assert!(!told.contains(alive.secret.as_str()) && !told.contains(alive.id.as_str()));
    }
}
