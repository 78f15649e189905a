//! The only door to the network: one GET, conditional where we know something,
//! within limits, and never into the house's own network.
//!
//! Deliberately absent: cookies, referrers, proxies, automatic retries (when to
//! ask again is for `gather::plan`), and robots.txt.

mod answer;
mod blocks;
mod guard;
mod reason;
mod resolver;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use reqwest::header::{
    ACCEPT, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LAST_MODIFIED, LOCATION, RETRY_AFTER,
};
use reqwest::{Client, ClientBuilder, Response, StatusCode};
use tokio::time::timeout;
use url::Url;

use crate::model::source::Validators;

pub use answer::{Answer, RETRY_AFTER_MAX, Request, RetryAfter};
pub use blocks::{BadCidr, Cidr};
pub use guard::{Verdict, judge};

use guard::Guard;
use reason::reason;
use resolver::GuardedResolver;

/// The largest body read by default, after decompression.
pub const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The most redirects followed by default.
pub const REDIRECTS_MAX: usize = 5;
/// Default for making a connection, TLS included.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Default from a request to its answer's headers, the connection included.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// Default for a whole visit, redirects and body included.
pub const TOTAL_TIMEOUT: Duration = Duration::from_mins(1);
/// The most headers of one answer.
const HEADERS_MAX: usize = 128;
/// The most bytes of headers over HTTP/2.
const HEADER_BYTES_MAX: u32 = 64 * 1024;
/// The longest validator kept; a longer one is a server's slip, not worth a row's space.
const VALIDATOR_BYTES_MAX: usize = 1024;
/// Idle connections are let go after this: most hosts are asked once in a quarter of an hour.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// Every kind we read; servers that answer by it give a feed before a page.
const ACCEPTED: &str = "application/atom+xml, application/rss+xml, application/feed+json, \
    application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.7, */*;q=0.5";

/// Said once at the start, and of each https source.
const NO_AUTHORITIES: &str = "https cannot be asked: this machine has no CA certificates; \
    install them (Debian: ca-certificates)";

/// How to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebOptions {
    /// Where outlets learn who asks: goes into the User-Agent.
    pub about_url: String,
    pub body_bytes_max: usize,
    pub redirects_max: usize,
    pub connect_timeout: Duration,
    pub header_timeout: Duration,
    pub total_timeout: Duration,
    /// Blocks asked although they are not public, e.g. an outlet in the house's own network.
    pub allow_private: Vec<Cidr>,
}

impl Default for WebOptions {
    fn default() -> Self {
        Self {
            about_url: env!("CARGO_PKG_REPOSITORY").to_owned(),
            body_bytes_max: BODY_BYTES_MAX,
            redirects_max: REDIRECTS_MAX,
            connect_timeout: CONNECT_TIMEOUT,
            header_timeout: HEADER_TIMEOUT,
            total_timeout: TOTAL_TIMEOUT,
            allow_private: Vec::new(),
        }
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
    options: Arc<WebOptions>,
    /// The machine has CA certificates: https can be trusted, and is asked.
    knows_authorities: bool,
}

/// How a chain of requests ended.
struct Arrival {
    response: Response,
    url: Url,
    /// Some redirect was followed, and all said "for good".
    moved_for_good: bool,
}

impl Web {
    /// Sets the client up. A rustls provider must be installed before.
    pub fn new(options: WebOptions) -> Result<Self, WebError> {
        let agent = format!(
            "Jarshy/{} (+{})",
            env!("CARGO_PKG_VERSION"),
            options.about_url
        );
        let agent = HeaderValue::from_str(&agent)
            .map_err(|_| WebError::AboutUrl(options.about_url.clone()))?;
        let guard = Arc::new(Guard::new(options.allow_private.clone()));
        // Without CA certificates on the machine the client refuses to be built.
        // The desk and http need none, so the house opens all the same.
        let (client, knows_authorities) = match builder(&agent, &guard, &options).build() {
            Ok(client) => (client, true),
            Err(error) => {
                let client = builder(&agent, &guard, &options)
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
            options: Arc::new(options),
            knows_authorities,
        })
    }

    /// Asks once. Whatever happens is an [`Answer`].
    pub async fn fetch(&self, request: &Request) -> Answer {
        let total = self.options.total_timeout;
        match timeout(total, self.ask(request)).await {
            Ok(Ok(answer) | Err(answer)) => answer,
            Err(_) => failed(format!("timed out after {}", in_words(total))),
        }
    }

    async fn ask(&self, request: &Request) -> Result<Answer, Answer> {
        let Arrival {
            response,
            url,
            moved_for_good,
        } = self.arrive(request).await?;
        let permanent_redirect = moved_for_good.then(|| url.clone());
        let status = response.status();
        match status {
            StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION => {
                let validators = validators(response.headers());
                let content_type = text_of(response.headers(), &CONTENT_TYPE);
                let bytes = self.body(response).await?;
                Ok(Answer::Body {
                    bytes,
                    content_type,
                    validators,
                    final_url: url,
                    permanent_redirect,
                })
            }
            StatusCode::NOT_MODIFIED if request.validators != Validators::default() => {
                let newer = validators(response.headers());
                let kept = request.validators.clone();
                Ok(Answer::NotModified {
                    validators: Validators {
                        etag: newer.etag.or(kept.etag),
                        last_modified: newer.last_modified.or(kept.last_modified),
                    },
                    permanent_redirect,
                })
            }
            StatusCode::GONE => Ok(Answer::Gone),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                let header = text_of(response.headers(), &RETRY_AFTER);
                let retry_after = header.as_deref().and_then(RetryAfter::read);
                if retry_after.is_none() && status == StatusCode::SERVICE_UNAVAILABLE {
                    return Err(refused(status));
                }
                Ok(Answer::TooEarly {
                    retry_after,
                    status: status.as_u16(),
                })
            }
            other => Err(refused(other)),
        }
    }

    /// Follows redirects by hand: each hop is judged, and the permanent ones counted.
    async fn arrive(&self, request: &Request) -> Result<Arrival, Answer> {
        let mut url = request.url.clone();
        let mut moved_for_good = true;
        for hop in 0..=self.options.redirects_max {
            self.guard
                .check_url(&url)
                .map_err(|refusal| not_asked(hop, &url, &refusal.to_string()))?;
            let response = self.send(&url, request).await?;
            let status = response.status();
            let is_redirect = matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308);
            if !is_redirect {
                return Ok(Arrival {
                    response,
                    url,
                    moved_for_good: moved_for_good && hop > 0,
                });
            }
            moved_for_good &= matches!(status.as_u16(), 301 | 308);
            let location = text_of(response.headers(), &LOCATION);
            url = location
                .and_then(|location| url.join(&location).ok())
                .ok_or_else(|| Answer::Failed {
                    why: format!("the server answered {status} without saying where to"),
                    status: Some(status.as_u16()),
                })?;
            url.set_fragment(None);
        }
        let most = self.options.redirects_max;
        Err(failed(format!("more than {most} redirects, given up")))
    }

    async fn send(&self, url: &Url, request: &Request) -> Result<Response, Answer> {
        if url.scheme() == "https" && !self.knows_authorities {
            return Err(failed(NO_AUTHORITIES.to_owned()));
        }
        let headers = headers(request).map_err(failed)?;
        let sending = self.client.get(url.clone()).headers(headers).send();
        let limit = self.options.header_timeout;
        match timeout(limit, sending).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) if error.is_timeout() => Err(failed(format!(
                "timed out after {} while connecting",
                in_words(self.options.connect_timeout)
            ))),
            Ok(Err(error)) => Err(failed(reason(&error))),
            Err(_) => Err(failed(format!(
                "timed out after {} waiting for an answer",
                in_words(limit)
            ))),
        }
    }

    /// Reads the body up to the limit. What is counted is what comes out of
    /// decompression, so that a small bomb does not become a large vector.
    async fn body(&self, response: Response) -> Result<Vec<u8>, Answer> {
        let most = self.options.body_bytes_max;
        let too_large = || {
            failed(format!(
                "the body is larger than {}; reading stopped",
                bytes_in_words(most)
            ))
        };
        let said = response.content_length().unwrap_or(0);
        if said > most as u64 {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        let mut stream = response.bytes_stream();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|error| failed(reason(&error)))?;
            if bytes.len() + chunk.len() > most {
                return Err(too_large());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}

fn builder(agent: &HeaderValue, guard: &Arc<Guard>, options: &WebOptions) -> ClientBuilder {
    Client::builder()
        .user_agent(agent.clone())
        .dns_resolver(GuardedResolver::new(Arc::clone(guard)))
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

fn failed(why: String) -> Answer {
    Answer::Failed { why, status: None }
}

fn refused(status: StatusCode) -> Answer {
    Answer::Failed {
        why: format!("the server answered {status}"),
        status: Some(status.as_u16()),
    }
}

fn not_asked(hop: usize, url: &Url, refusal: &str) -> Answer {
    if hop == 0 {
        failed(format!("not asked: {refusal}"))
    } else {
        let host = url.host_str().unwrap_or("no host");
        failed(format!("a redirect to {host} was not followed: {refusal}"))
    }
}

/// The headers of one request.
fn headers(request: &Request) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(ACCEPTED));
    for (name, value) in &request.headers {
        let pair = (
            HeaderName::try_from(name.as_str()),
            HeaderValue::try_from(value.as_str()),
        );
        let (Ok(name), Ok(value)) = pair else {
            return Err(format!("not asked: `{name}` is no header that can be sent"));
        };
        headers.insert(name, value);
    }
    let conditions = [
        (IF_NONE_MATCH, &request.validators.etag),
        (IF_MODIFIED_SINCE, &request.validators.last_modified),
    ];
    for (name, value) in conditions {
        // One that cannot be sent is left out: the answer is then a whole body.
        if let Some(value) = value
            .as_deref()
            .and_then(|value| HeaderValue::try_from(value).ok())
        {
            headers.insert(name, value);
        }
    }
    Ok(headers)
}

fn validators(headers: &HeaderMap) -> Validators {
    let text = |name| text_of(headers, name).filter(|value| value.len() <= VALIDATOR_BYTES_MAX);
    Validators {
        etag: text(&ETAG),
        last_modified: text(&LAST_MODIFIED),
    }
}

/// A header as text; `None` where it is absent or empty. `Location` in raw
/// UTF-8 is out of standard but common, so bytes beyond ASCII are read as that.
fn text_of(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = std::str::from_utf8(headers.get(name)?.as_bytes()).ok()?;
    (!value.is_empty()).then(|| value.to_owned())
}

fn in_words(duration: Duration) -> String {
    if duration.subsec_millis() == 0 {
        format!("{} s", duration.as_secs())
    } else {
        format!("{} ms", duration.as_millis())
    }
}

fn bytes_in_words(bytes: usize) -> String {
    const MIB: usize = 1024 * 1024;
    if bytes >= MIB && bytes.is_multiple_of(MIB) {
        format!("{} MiB", bytes / MIB)
    } else {
        format!("{bytes} bytes")
    }
}
