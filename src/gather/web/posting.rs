//! A form posted to a hub: the one thing we ask of others that is no GET. The
//! same guard, the same turns, the same patience; little of the answer is read.

use futures_util::StreamExt as _;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, LOCATION};
use tokio::time::{Instant, timeout_at};
use url::{Url, form_urlencoded};

use super::answer::RetryAfter;
use super::headers::{retry_after, text_of};
use super::reason::reason;
use super::turns::host_key;
use super::{NO_AUTHORITIES, Web};

/// The most of a hub's words that are read.
const WORDS_BYTES_MAX: usize = 1024;

/// What came of posting a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Posted {
    /// 2xx.
    Taken,
    /// Anything else, in words for people.
    Failed {
        why: String,
        retry_after: Option<RetryAfter>,
        /// The other side said so; else nobody knows what it heard.
        was_answered: bool,
    },
}

impl Web {
    /// Posts a form when the host's turn comes. Redirects that keep the method
    /// (307, 308) are followed, each judged like the first address.
    pub async fn post(&self, url: &Url, form: &[(&str, String)]) -> Posted {
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let mut url = url.clone();
        for hop in 0..=self.options.redirects_max {
            if let Err(refusal) = self.guard.check_url(&url) {
                let host = url.host_str().unwrap_or("no host");
                return failed(match hop {
                    0 => format!("not asked: {refusal}"),
                    _ => format!("a redirect to {host} was not followed: {refusal}"),
                });
            }
            match self.post_once(&url, body.clone()).await {
                // The form holds a secret.
                Ok(next) if url.scheme() == "https" && next.scheme() != "https" => {
                    let why = "a redirect from https to an unencrypted address was not followed";
                    return failed(why.to_owned());
                }
                Ok(next) => url = next,
                Err(posted) => return posted,
            }
        }
        let most = self.options.redirects_max;
        failed(format!("more than {most} redirects, given up"))
    }

    /// One request; `Ok` is where it is to be made again.
    async fn post_once(&self, url: &Url, body: String) -> Result<Url, Posted> {
        if url.scheme() == "https" && !self.knows_authorities {
            return Err(unheard(NO_AUTHORITIES.to_owned()));
        }
        let _turn = self.turns.take(&host_key(url)).await;
        let patience = self.options.header_timeout;
        let until = Instant::now() + patience;
        let sending = self
            .client
            .post(url.clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body)
            .send();
        let response = match timeout_at(until, sending).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(unheard(reason(&error))),
            Err(_) => {
                let why = format!("timed out after {} s", patience.as_secs());
                return Err(unheard(why));
            }
        };
        let status = response.status();
        if status.is_success() {
            return Err(Posted::Taken);
        }
        let location = text_of(response.headers(), &LOCATION);
        if matches!(
            status,
            StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT
        ) && let Some(next) = location.and_then(|location| url.join(&location).ok())
        {
            return Ok(next);
        }
        let retry_after = retry_after(response.headers());
        let words = words(response, until).await;
        let colon = if words.is_empty() { "" } else { ": " };
        Err(Posted::Failed {
            why: format!("the hub answered {status}{colon}{words}"),
            retry_after,
            was_answered: true,
        })
    }
}

/// The beginning of what a refusal says (WebSub section 5.1: plain text).
async fn words(response: reqwest::Response, until: Instant) -> String {
    let is_text = text_of(response.headers(), &CONTENT_TYPE)
        .is_some_and(|kind| kind.starts_with("text/plain"));
    let mut bytes = Vec::new();
    let mut stream = response.bytes_stream();
    while is_text
        && bytes.len() < WORDS_BYTES_MAX
        && let Ok(Some(Ok(chunk))) = timeout_at(until, stream.next()).await
    {
        bytes.extend_from_slice(&chunk);
    }
    bytes.truncate(WORDS_BYTES_MAX);
    crate::model::push::reason(&String::from_utf8_lossy(&bytes))
}

/// Nothing left the house, or nothing that could be taken for the form.
fn failed(why: String) -> Posted {
    Posted::Failed {
        why,
        retry_after: None,
        was_answered: true,
    }
}

fn unheard(why: String) -> Posted {
    Posted::Failed {
        why,
        retry_after: None,
        was_answered: false,
    }
}
