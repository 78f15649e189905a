//! Whose turn it is at a host: one request at a time, a pause after each, and so
//! many requests altogether.
//!
//! Deliberately absent: other processes on the same store; each keeps its own
//! turns, and a source is asked by one of them only.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Gate, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};
use url::Url;

/// Hosts remembered before it is looked which can be forgotten; then twice as
/// many as had to stay, so that looking costs little for each.
const HOSTS_KEPT_MIN: usize = 1024;

/// Sources with equal keys live in one house and are asked one at a time.
pub fn host_key(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host).to_owned()
}

/// Everybody's turns.
#[derive(Debug)]
pub(super) struct Turns {
    hosts: Mutex<Hosts>,
    places: Arc<Semaphore>,
    pause: Duration,
}

#[derive(Debug)]
struct Hosts {
    by_name: HashMap<String, Arc<Host>>,
    kept_max: usize,
}

#[derive(Debug, Default)]
struct Host {
    /// Held by whoever asks; inside: when the next may.
    gate: Arc<Gate<Option<Instant>>>,
    /// What the host itself wants between requests (`Crawl-delay`), in milliseconds.
    delay_ms: AtomicU64,
}

/// A turn; dropped, the pause begins.
#[derive(Debug)]
pub(super) struct Turn {
    gate: OwnedMutexGuard<Option<Instant>>,
    host: Arc<Host>,
    pause: Duration,
    _place: Option<OwnedSemaphorePermit>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let wanted = Duration::from_millis(self.host.delay_ms.load(Ordering::Relaxed));
        *self.gate = Some(Instant::now() + self.pause.max(wanted));
    }
}

impl Turns {
    pub(super) fn new(at_once_max: usize, pause: Duration) -> Self {
        Self {
            hosts: Mutex::new(Hosts {
                by_name: HashMap::new(),
                kept_max: HOSTS_KEPT_MIN,
            }),
            places: Arc::new(Semaphore::new(at_once_max.clamp(1, Semaphore::MAX_PERMITS))),
            pause,
        }
    }

    /// Waits until `host` may be asked, and keeps others from it meanwhile.
    pub(super) async fn take(&self, host: &str) -> Turn {
        let host = self.host(host);
        let gate = Arc::clone(&host.gate).lock_owned().await;
        wait_until(*gate).await;
        // Closed never: then everything may be asked at once, and still is asked.
        let place = Arc::clone(&self.places).acquire_owned().await.ok();
        Turn {
            gate,
            host,
            pause: self.pause,
            _place: place,
        }
    }

    /// Waits for the pause to end, without taking the turn.
    pub(super) async fn rest(&self, host: &str) {
        let gate = Arc::clone(&self.host(host).gate).lock_owned().await;
        let free = *gate;
        drop(gate);
        wait_until(free).await;
    }

    /// The host wants at least so long between requests.
    pub(super) fn slow_down(&self, host: &str, delay: Duration) {
        let delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self.host(host).delay_ms.store(delay_ms, Ordering::Relaxed);
    }

    fn host(&self, name: &str) -> Arc<Host> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.by_name.len() >= hosts.kept_max && !hosts.by_name.contains_key(name) {
            let now = Instant::now();
            hosts.by_name.retain(|_, host| is_needed(host, now));
            hosts.kept_max = HOSTS_KEPT_MIN.max(2 * hosts.by_name.len());
        }
        Arc::clone(hosts.by_name.entry(name.to_owned()).or_default())
    }
}

/// Waits for what is still to come: a timer takes up to a millisecond even for what
/// is past.
async fn wait_until(free: Option<Instant>) {
    if let Some(free) = free.filter(|free| *free > Instant::now()) {
        sleep_until(free).await;
    }
}

/// Somebody asks it, waits for it, or would have to.
fn is_needed(host: &Arc<Host>, now: Instant) -> bool {
    if Arc::strong_count(host) > 1 || Arc::strong_count(&host.gate) > 1 {
        return true;
    }
    host.gate
        .try_lock()
        .map_or(true, |free| free.is_some_and(|free| free > now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_house_one_key() {
        let key = |url: &str| host_key(&url.parse().expect(url));
        assert_eq!(key("https://www.gov.kz/a"), key("http://GOV.kz:8080/b"));
        assert_ne!(key("https://lat.egemen.kz"), key("https://egemen.kz"));
    }

    const PAUSE: Duration = Duration::from_secs(2);

    /// Time stands still but for waiting: what is measured is what was waited for.
    async fn waited(turns: &Turns, host: &str) -> Duration {
        let before = Instant::now();
        drop(turns.take(host).await);
        before.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_rests_between_requests_and_others_do_not_wait() {
        let turns = Turns::new(8, PAUSE);
        assert_eq!(waited(&turns, "a").await, Duration::ZERO);
        assert_eq!(waited(&turns, "b").await, Duration::ZERO);
        assert_eq!(waited(&turns, "a").await, PAUSE);
        turns.rest("a").await;
        assert_eq!(waited(&turns, "a").await, Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_host_may_want_more() {
        let turns = Turns::new(8, PAUSE);
        turns.slow_down("a", 3 * PAUSE);
        turns.slow_down("b", PAUSE / 2);
        for (host, expected) in [("a", 3 * PAUSE), ("b", PAUSE)] {
            waited(&turns, host).await;
            assert_eq!(waited(&turns, host).await, expected, "{host}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_at_a_time_per_host_and_so_many_in_all() {
        let turns = Arc::new(Turns::new(2, Duration::ZERO));
        let first = turns.take("a").await;
        let second = turns.take("b").await;
        for host in ["a", "c"] {
            let turns = Arc::clone(&turns);
            let waiting = tokio::time::timeout(PAUSE, turns.take(host)).await;
            assert!(waiting.is_err(), "{host}");
        }
        drop(first);
        drop(turns.take("c").await);
        drop(second);
        drop(turns.take("b").await);
    }

    #[tokio::test(start_paused = true)]
    async fn hosts_asked_long_ago_are_forgotten() {
        let turns = Turns::new(8, PAUSE);
        let held = turns.take("held").await;
        for number in 1..HOSTS_KEPT_MIN {
            waited(&turns, &format!("h{number}")).await;
        }
        tokio::time::advance(2 * PAUSE).await;
        waited(&turns, "late").await;
        let hosts = turns.hosts.lock().expect("not poisoned").by_name.len();
        assert_eq!(hosts, 2, "the one held and the last");
        drop(held);
    }
}
