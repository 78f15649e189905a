//! Hubs that push (W3C WebSub, and PubSubHubbub 0.4): where a feed names one,
//! what to ask it for, when to ask again, and how far to rely on it. Pure.
//!
//! The topic is what the feed says of itself (`rel="self"`), also where that is
//! another site's address: whoever writes the feed decides what is in it either
//! way. What is pushed counts for the source whose callback it comes to, and for
//! no other. Deliberately absent: asking (`web`), answering (`serve::websub`).

mod links;
mod trust;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use crate::model::draft::FeedHead;
use crate::model::push::{Aim, HubAsked, LEASE_WANTED, PushId, Subscription};

use super::web::Posted;

pub use trust::{Polled, Trust, after_poll, after_push};

/// How long a hub may take to ask back; then it has failed once more.
pub const ASKS_BACK_WITHIN: TimeDelta = TimeDelta::hours(1);
/// A hub that failed is asked again after so long, and then twice as long …
const RETRY_FIRST: TimeDelta = TimeDelta::minutes(10);
/// … up to this.
const RETRY_MAX: TimeDelta = TimeDelta::days(1);
/// After so many failures in a row another hub is tried, where the feed names
/// several, and the end of a subscription is not asked for any more.
const HUB_TRIES: u32 = 3;
/// Hubs of one feed that are looked at.
const HUBS_MAX: usize = 8;
/// Longer addresses are attacks.
const ADDRESS_BYTES_MAX: usize = 2 * 1024;

/// What a document says of being pushed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// In the order given; empty: nobody pushes it.
    pub hubs: Vec<Url>,
    pub topic: Url,
}

/// What headers and document say; the headers go first (WebSub section 4). `url`
/// is where the document came from: its topic, where it names none.
pub fn offered(headers: &[String], head: &FeedHead, url: &Url) -> Offer {
    let links: Vec<_> = headers
        .iter()
        .flat_map(|value| links::header_links(value))
        .filter(|link| !link.is_anchored)
        .collect();
    let of = |rel: &str| {
        let found = links
            .iter()
            .filter(|link| link.rels.iter().any(|own| own == rel));
        found.map(|link| link.target.as_str()).collect::<Vec<_>>()
    };
    let mut hubs = Vec::new();
    for hub in of("hub")
        .into_iter()
        .chain(head.hubs.iter().map(String::as_str))
    {
        if let Some(hub) = address(hub, url)
            && !hubs.contains(&hub)
            && hubs.len() < HUBS_MAX
        {
            hubs.push(hub);
        }
    }
    let topic = of("self")
        .into_iter()
        .chain(head.self_link.as_deref())
        .find_map(|topic| address(topic, url));
    Offer {
        hubs,
        topic: topic.unwrap_or_else(|| url.clone()),
    }
}

/// What is to be changed about a source's subscriptions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Change {
    /// The hub and the topic of a new one.
    pub subscribe: Option<(Url, Url)>,
    /// Those to be ended.
    pub end: Vec<PushId>,
}

/// After a document was read: `known` are its source's subscriptions, `base` is
/// the house's public address.
pub fn change(known: &[Subscription], offer: &Offer, base: &Url, now: DateTime<Utc>) -> Change {
    let mut change = Change::default();
    let mut tried = None;
    let mut kept = false;
    for push in known.iter().filter(|push| push.aim == Aim::Subscribe) {
        let listed = offer.hubs.iter().position(|hub| *hub == push.hub);
        let is_right = listed.is_some() && push.topic == offer.topic && is_below(push, base);
        let is_tired = push.failures >= HUB_TRIES && !push.is_alive(now) && offer.hubs.len() > 1;
        if is_right && !is_tired && !kept {
            kept = true;
        } else {
            tried = tried.or(listed.filter(|_| is_tired));
            change.end.push(push.id.clone());
        }
    }
    if !kept && !offer.hubs.is_empty() {
        let next = tried.map_or(0, |at| (at + 1) % offer.hubs.len());
        change.subscribe = Some((offer.hubs[next].clone(), offer.topic.clone()));
    }
    change
}

/// Whether a subscription's callback is at the house's public address.
pub fn is_below(push: &Subscription, base: &Url) -> bool {
    let base = base.as_str().trim_end_matches('/');
    push.callback
        .as_str()
        .strip_prefix(base)
        .is_some_and(|path| path.starts_with("/websub/"))
}

/// What a hub is asked (WebSub section 5.1).
pub fn form(push: &Subscription) -> Vec<(&'static str, String)> {
    let mut form = vec![
        ("hub.mode", push.aim.mode().to_owned()),
        ("hub.topic", push.topic.to_string()),
        ("hub.callback", push.callback.to_string()),
    ];
    if push.aim == Aim::Subscribe {
        form.push(("hub.lease_seconds", LEASE_WANTED.num_seconds().to_string()));
        form.push(("hub.secret", push.secret.as_str().to_owned()));
    }
    form
}

/// Whether there is nothing to ask for: what is to be ended is over.
pub fn is_over(push: &Subscription, now: DateTime<Utc>) -> bool {
    push.aim == Aim::Unsubscribe
        && (push.failures >= HUB_TRIES || push.lease_until.is_none_or(|until| until <= now))
}

/// What follows from a hub's answer.
pub fn after_asking(push: &Subscription, posted: &Posted, now: DateTime<Utc>) -> HubAsked {
    match posted {
        Posted::Taken => HubAsked {
            awaited: true,
            failures: push.failures,
            next_ask: now + backoff(push.failures).max(ASKS_BACK_WITHIN),
            trouble: push.trouble.clone(),
        },
        Posted::Failed {
            why,
            retry_after,
            was_answered,
        } => {
            let failures = push.failures.saturating_add(1);
            let allowed = retry_after.map_or(now, |retry| retry.until(now));
            HubAsked {
                // Who said nothing may have heard all the same.
                awaited: !was_answered,
                // Unanswered, it is counted when it is asked again.
                failures: if *was_answered {
                    failures
                } else {
                    push.failures
                },
                next_ask: allowed.max(now + backoff(failures)),
                trouble: Some(why.clone()),
            }
        }
    }
}

fn backoff(failures: u32) -> TimeDelta {
    /// Beyond it every wait is the longest.
    const DOUBLINGS_MAX: u32 = 10;
    let doublings = failures.saturating_sub(1).min(DOUBLINGS_MAX);
    (RETRY_FIRST * (1 << doublings)).min(RETRY_MAX)
}

fn address(text: &str, base: &Url) -> Option<Url> {
    if text.len() > ADDRESS_BYTES_MAX {
        return None;
    }
    let url = base.join(text.trim()).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.host_str().is_some()).then_some(url)
}

#[cfg(test)]
mod tests;
