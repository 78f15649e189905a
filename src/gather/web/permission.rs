//! May this page be asked for? What robots.txt says, kept for a day.
//!
//! Deliberately absent: feeds and sitemaps, which are made to be asked, and
//! keeping over a restart: one more polite question costs less than a table.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::USER_AGENT;
use url::Url;

use super::answer::{Answer, FORBIDDEN};
use super::headers::Request;
use super::turns::host_key;
use super::{PRODUCT, Web};
use crate::gather::robots::Robots;
use crate::model::source::Validators;

/// How long what a file said holds (RFC 9309 section 2.4).
const ROBOTS_KEPT: TimeDelta = TimeDelta::hours(24);
/// How long a file that could not be read is not asked for again, unless the
/// server asks for longer.
const ROBOTS_RETRY: TimeDelta = TimeDelta::minutes(15);
/// Files kept at once; the oldest goes first.
const ROBOTS_FILES_MAX: usize = 500;
/// Bytes of rules kept at once.
const ROBOTS_KEPT_BYTES_MAX: usize = 16 * 1024 * 1024;
/// A longer `Crawl-delay` counts as this: pages are few, and a source is asked
/// by its own rhythm anyway.
const CRAWL_DELAY_MAX: Duration = Duration::from_secs(30);

/// What is known of robots.txt files: by origin, and by the name we go by there.
#[derive(Debug, Default)]
pub(super) struct Permissions {
    known: Mutex<HashMap<(String, String), Known>>,
}

#[derive(Debug, Clone)]
struct Known {
    asked: DateTime<Utc>,
    /// Not asked for again before.
    until: DateTime<Utc>,
    /// The last that was read, also when it can be read no more.
    robots: Option<Arc<Robots>>,
    /// Why it could not be read when last asked.
    trouble: Option<String>,
}

impl Web {
    /// Whether robots.txt lets us ask for `url`; else why not, for people.
    pub(super) async fn permitted(
        &self,
        url: &Url,
        request: &Request,
        now: DateTime<Utc>,
    ) -> Result<(), String> {
        let key = (url.origin().ascii_serialization(), token(request));
        let known = self.permissions.get(&key).filter(|known| now < known.until);
        let known = match known {
            Some(known) => known,
            None => self.ask_robots(url, request, key, now).await,
        };
        let host = url.host_str().unwrap_or("the host");
        match (&known.robots, &known.trouble) {
            (Some(robots), _) => {
                if let Some(seconds) = robots.delay_seconds() {
                    let delay = Duration::try_from_secs_f64(seconds).unwrap_or(CRAWL_DELAY_MAX);
                    self.turns
                        .slow_down(&host_key(url), delay.min(CRAWL_DELAY_MAX));
                }
                if robots.allows(url.as_str()) {
                    Ok(())
                } else {
                    Err(format!("{FORBIDDEN} of {host} asks not to read this page"))
                }
            }
            (None, Some(trouble)) => Err(format!(
                "not asked now: robots.txt of {host} could not be read ({trouble})"
            )),
            (None, None) => Ok(()),
        }
    }

    /// Asks for the file and remembers what came. Absent (4xx) means everything
    /// is allowed; unreachable means nothing is, but what was read before holds
    /// on (RFC 9309 sections 2.3.1.3 and 2.3.1.4).
    async fn ask_robots(
        &self,
        url: &Url,
        request: &Request,
        key: (String, String),
        now: DateTime<Utc>,
    ) -> Known {
        let mut at = url.clone();
        at.set_path("/robots.txt");
        at.set_query(None);
        let asking = Request {
            url: at,
            validators: Validators::default(),
            headers: request
                .headers
                .iter()
                .filter(|(name, _)| name.eq_ignore_ascii_case(USER_AGENT.as_str()))
                .cloned()
                .collect(),
        };
        // Boxed: a page's asking asks here, and is asked in turn.
        let answer = Box::pin(self.fetch_robots(&asking)).await;
        let wanted = match &answer {
            Answer::TooEarly {
                retry_after: Some(retry_after),
                ..
            } => retry_after.until(now),
            _ => now,
        };
        let (robots, trouble) = match answer {
            Answer::Body { bytes, .. } => (Some(Robots::read(&bytes, &key.1)), None),
            Answer::Gone
            | Answer::Failed {
                status: Some(200..=399 | 400..=428 | 430..=499),
                ..
            } => (Some(Robots::default()), None),
            Answer::BrokeOff { why, .. } | Answer::Failed { why, .. } => (None, Some(why)),
            Answer::TooEarly { status, .. } => {
                (None, Some(format!("the server answered {status}")))
            }
            Answer::NotModified { .. } => (None, Some("the server answered 304".to_owned())),
        };
        let before = self.permissions.get(&key).and_then(|known| known.robots);
        let until = match trouble {
            Some(_) => wanted.max(now + ROBOTS_RETRY),
            None => now + ROBOTS_KEPT,
        };
        let known = Known {
            asked: now,
            until,
            robots: robots.map(Arc::new).or(before),
            trouble,
        };
        self.permissions.put(key, known.clone());
        known
    }
}

impl Permissions {
    fn get(&self, key: &(String, String)) -> Option<Known> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).cloned()
    }

    fn put(&self, key: (String, String), value: Known) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(key, value);
        let bytes_of = |known: &Known| {
            known
                .robots
                .as_ref()
                .map_or(0, |robots| robots.size_bytes())
        };
        let mut bytes: usize = known.values().map(bytes_of).sum();
        while known.len() > ROBOTS_FILES_MAX || bytes > ROBOTS_KEPT_BYTES_MAX {
            let oldest = known.iter().min_by_key(|(_, known)| known.asked);
            let Some(oldest) = oldest.map(|(key, _)| key.clone()) else {
                return;
            };
            bytes -= known.remove(&oldest).as_ref().map_or(0, bytes_of);
        }
    }
}

/// The product token rules are looked up by: of the source's own User-Agent,
/// where it has one that does not name us among others.
fn token(request: &Request) -> String {
    let own = request
        .headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(USER_AGENT.as_str()));
    let agent = own.map_or(PRODUCT, |(_, agent)| agent.as_str());
    if agent
        .to_ascii_lowercase()
        .contains(&PRODUCT.to_ascii_lowercase())
    {
        return PRODUCT.to_owned();
    }
    let end = agent.find(['/', ' ']).unwrap_or(agent.len());
    agent[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_files_go_first() {
        let permissions = Permissions::default();
        let start: DateTime<Utc> = "2026-11-23T10:00:00Z".parse().expect("time");
        let known = |second: usize, rules: usize| Known {
            asked: start + TimeDelta::seconds(i64::try_from(second).expect("few")),
            until: start + ROBOTS_KEPT,
            robots: Some(Arc::new(Robots::read(
                format!("user-agent: *\n{}", "disallow: /aaaaaaaa\n".repeat(rules)).as_bytes(),
                PRODUCT,
            ))),
            trouble: None,
        };
        let key = |number: usize| (format!("https://{number}.kz"), PRODUCT.to_owned());
        for number in 0..=ROBOTS_FILES_MAX {
            permissions.put(key(number), known(number, 1));
        }
        assert!(permissions.get(&key(0)).is_none());
        assert!(permissions.get(&key(1)).is_some());
        for number in 1000..1050 {
            permissions.put(key(number), known(number, 25_000));
        }
        assert!(permissions.get(&key(ROBOTS_FILES_MAX)).is_none());
        assert!(permissions.get(&key(1000)).is_none());
        assert!(permissions.get(&key(1049)).is_some());
    }
    #[test]
    fn rules_for_us_are_ours_whatever_stands_before_our_name() {
        let url: Url = "https://a.example/".parse().expect("an address");
        for (agent, expected) in [
            (None, "Jarshy"),
            (Some("Mozilla/5.0 (compatible; jarshy/0.1)"), "Jarshy"),
            (Some("Newsroom/2 (mail@a.example)"), "Newsroom"),
        ] {
            let own = agent.map(|agent| ("user-agent".to_owned(), agent.to_owned()));
            let request = Request {
                url: url.clone(),
                validators: Validators::default(),
                headers: own.into_iter().collect(),
            };
            assert_eq!(token(&request), expected);
        }
    }
}
