//! The only door to the network: one GET, conditional where we know something,
//! within limits, and never into the house's own network.
//!
//! Deliberately absent: cookies, referrers, proxies, automatic retries (when to
//! ask again is for `gather::plan`).

mod answer;
mod asking;
mod blocks;
mod guard;
mod headers;
mod inflate;
mod permission;
mod posting;
mod reason;
mod resolver;
mod seen;
#[cfg(test)]
mod tests;
mod turns;
mod unpack;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::HeaderValue;
use reqwest::{Client, ClientBuilder};
use tokio::time::Instant;
use url::Url;

pub use answer::{Answer, RETRY_AFTER_MAX, RetryAfter};
pub use blocks::{BadCidr, Cidr};
pub use guard::{Verdict, judge};
pub use headers::Request;
pub use posting::Posted;
pub use seen::{Hop, Seen, shown};
pub use turns::host_key;

use asking::{Asking, Manner};
use guard::Guard;
use permission::Permissions;
use reason::reason;
use resolver::{GuardedResolver, LookUp};
use turns::Turns;

/// The name we go by, also in robots.txt.
pub const PRODUCT: &str = "Jarshy";

/// The largest body read by default, after decompression.
pub const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The most bytes of a body taken from the wire by default.
pub const WIRE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The most redirects followed by default.
pub const REDIRECTS_MAX: usize = 5;
/// Default for making a connection, TLS included.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Default from a request to its answer's headers, the connection included.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// Default for a whole visit, redirects and body included.
pub const TOTAL_TIMEOUT: Duration = Duration::from_mins(1);
/// Requests at once by default, over all hosts.
pub const REQUESTS_MAX: usize = 8;
/// Default between the end of a request and the next one to the same host.
pub const PAUSE: Duration = Duration::from_secs(1);
/// The most headers of one answer.
const HEADERS_MAX: usize = 128;
/// The most bytes of one answer's headers.
const HEADER_BYTES_MAX: u32 = 64 * 1024;
/// Idle connections are let go after this: most hosts are asked once in a quarter of an hour.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// Said once at the start, and of each https source.
const NO_AUTHORITIES: &str = "https cannot be asked: this machine has no CA certificates; \
    install them (Debian: ca-certificates)";

/// How to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebOptions {
    /// Where outlets learn who asks: goes into the User-Agent.
    pub about_url: String,
    /// Unpacked.
    pub body_bytes_max: usize,
    pub wire_bytes_max: usize,
    pub redirects_max: usize,
    pub connect_timeout: Duration,
    pub header_timeout: Duration,
    pub total_timeout: Duration,
    /// At once, over all hosts; one host is asked one request at a time.
    pub requests_max: usize,
    /// Between the end of a request and the next one to the same host.
    pub pause: Duration,
    /// Blocks asked although they are not public, e.g. an outlet in the house's own network.
    pub allow_private: Vec<Cidr>,
}

impl Default for WebOptions {
    fn default() -> Self {
        Self {
            about_url: env!("CARGO_PKG_REPOSITORY").to_owned(),
            body_bytes_max: BODY_BYTES_MAX,
            wire_bytes_max: WIRE_BYTES_MAX,
            redirects_max: REDIRECTS_MAX,
            connect_timeout: CONNECT_TIMEOUT,
            header_timeout: HEADER_TIMEOUT,
            total_timeout: TOTAL_TIMEOUT,
            requests_max: REQUESTS_MAX,
            pause: PAUSE,
            allow_private: Vec::new(),
        }
    }
}

impl WebOptions {
    /// Why `url` is not asked, as far as it is told by how it is written.
    pub fn refusal(&self, url: &Url) -> Option<String> {
        let judged = Guard::new(self.allow_private.clone()).check_url(url);
        judged.err().map(|refusal| refusal.to_string())
    }
}

/// Why the door cannot be opened at all.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    #[error("the address for outlets, `{0}`, cannot stand in a header; use one in ASCII")]
    AboutUrl(String),
    #[error("the HTTP client cannot be set up: {0}")]
    Client(#[source] reqwest::Error),
}

/// The door. Cheap to clone; connections are shared.
#[derive(Debug, Clone)]
pub struct Web {
    client: Client,
    guard: Arc<Guard>,
    turns: Arc<Turns>,
    permissions: Arc<Permissions>,
    options: Arc<WebOptions>,
    /// The name we go by.
    agent: HeaderValue,
    /// The machine has CA certificates: https can be trusted, and is asked.
    knows_authorities: bool,
}

impl Web {
    /// Sets the client up. A rustls provider must be installed before.
    pub fn new(options: WebOptions) -> Result<Self, WebError> {
        Self::with_look_up(options, &resolver::system())
    }

    fn with_look_up(options: WebOptions, look_up: &LookUp) -> Result<Self, WebError> {
        let agent = HeaderValue::from_str(&agent(&options))
            .map_err(|_| WebError::AboutUrl(options.about_url.clone()))?;
        let guard = Arc::new(Guard::new(options.allow_private.clone()));
        let builder = || builder(&agent, look_up, &guard, &options);
        // Without CA certificates on the machine the client refuses to be built.
        // The desk and http need none, so the house opens all the same.
        let (client, knows_authorities) = match builder().build() {
            Ok(client) => (client, true),
            Err(error) => {
                let client = builder()
                    .tls_certs_only([])
                    .build()
                    .map_err(WebError::Client)?;
                tracing::warn!(cause = reason(&error), "{NO_AUTHORITIES}");
                (client, false)
            }
        };
        Ok(Self {
            client,
            guard,
            turns: Arc::new(Turns::new(options.requests_max, options.pause)),
            permissions: Arc::default(),
            options: Arc::new(options),
            agent,
            knows_authorities,
        })
    }

    /// Asks once for what is made to be asked, when the host's turn comes.
    /// Whatever happens is an [`Answer`].
    pub async fn fetch(&self, request: &Request) -> Answer {
        self.ask_in(request, Manner::Feed).await
    }

    /// Asks once for a page or a listing, where robots.txt allows it; that is
    /// asked for at most once a day, which is why it must be known when `now` is.
    pub async fn fetch_page(&self, request: &Request, now: DateTime<Utc>) -> Answer {
        self.ask_in(request, Manner::Page(now)).await
    }

    /// The same, with what was said and heard on the way: `page_at` is the time
    /// where a page is asked for.
    pub async fn fetch_closely(
        &self,
        request: &Request,
        page_at: Option<DateTime<Utc>>,
    ) -> (Answer, Seen) {
        let manner = page_at.map_or(Manner::Feed, Manner::Page);
        self.ask_closely(request, manner).await
    }

    async fn fetch_robots(&self, request: &Request) -> Answer {
        self.ask_in(request, Manner::Robots).await
    }

    /// Waits until `url`'s host may be asked again, so that a visit need not.
    pub async fn rest(&self, url: &Url) {
        self.turns.rest(&host_key(url)).await;
    }

    async fn ask_in(&self, request: &Request, manner: Manner) -> Answer {
        self.ask_closely(request, manner).await.0
    }

    async fn ask_closely(&self, request: &Request, manner: Manner) -> (Answer, Seen) {
        let begun = Instant::now();
        let mut asking = Asking {
            request,
            manner,
            deadline: begun + self.options.total_timeout,
            turn: None,
            seen: Seen::default(),
        };
        let (Ok(answer) | Err(answer)) = self.ask(&mut asking).await;
        asking.seen.total_ms = millis(begun.elapsed());
        (answer, asking.seen)
    }
}

fn agent(options: &WebOptions) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!("{PRODUCT}/{version} (+{})", options.about_url)
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn builder(
    agent: &HeaderValue,
    look_up: &LookUp,
    guard: &Arc<Guard>,
    options: &WebOptions,
) -> ClientBuilder {
    Client::builder()
        .user_agent(agent.clone())
        .dns_resolver(GuardedResolver::new(Arc::clone(look_up), Arc::clone(guard)))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .referer(false)
        .connect_timeout(options.connect_timeout)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .pool_max_idle_per_host(1)
        .http1_max_headers(HEADERS_MAX)
        .http2_max_header_list_size(HEADER_BYTES_MAX)
}
