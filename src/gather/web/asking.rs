//! One chain of requests: turn by turn, redirect by redirect, chunk by chunk.

use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION};
use reqwest::{Response, StatusCode};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::answer::{
    Answer, LED_ON, NOT_ASKED, NOT_FOLLOWED, SAYS_TOO_LARGE, TIMED_OUT, TOO_LARGE,
};
use super::headers::Request;
use super::headers::{fresh_for, headers, links, retry_after, size_bytes, text_of, validators};
use super::reason::reason;
use super::seen::{Hop, Seen};
use super::turns::{Turn, host_key};
use super::unpack::{Limits, Spoilt, Unpacked, Unpacker};
use super::{HEADER_BYTES_MAX, NO_AUTHORITIES, Web, millis};
use crate::gather::robots::ROBOTS_BYTES_MAX;
use crate::model::count::counted;
use crate::model::source::Validators;

/// What is asked for, and so how.
#[derive(Debug, Clone, Copy)]
pub(super) enum Manner {
    /// Made to be asked: a feed, a sitemap.
    Feed,
    /// Made to be looked at: robots.txt is asked first, for every address on the way.
    Page(DateTime<Utc>),
    /// That file itself: what is over its limit is not read.
    Robots,
}

/// One chain of requests.
pub(super) struct Asking<'a> {
    pub(super) request: &'a Request,
    pub(super) manner: Manner,
    /// Moved on by the time spent waiting for a turn.
    pub(super) deadline: Instant,
    pub(super) turn: Option<(String, Turn)>,
    /// What was said and heard so far.
    pub(super) seen: Seen,
}

/// How a chain of requests ended.
struct Arrival {
    response: Response,
    url: Url,
    /// Some redirect was followed, and all said "for good".
    moved_for_good: bool,
}

/// A body, as far as it came.
struct Taken {
    bytes: Vec<u8>,
    /// Why that is not all.
    broke_off: Option<String>,
}

impl Web {
    pub(super) async fn ask(&self, asking: &mut Asking<'_>) -> Result<Answer, Answer> {
        let Arrival {
            response,
            url,
            moved_for_good,
        } = self.arrive(asking).await?;
        let request = asking.request;
        let permanent_redirect = moved_for_good.then(|| url.clone());
        let status = response.status();
        match status {
            StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION => {
                let validators = validators(response.headers());
                let content_type = text_of(response.headers(), &CONTENT_TYPE);
                let fresh_for = fresh_for(response.headers());
                let links = links(response.headers());
                let Taken { bytes, broke_off } = self.body(response, asking).await?;
                Ok(match broke_off {
                    None => Answer::Body {
                        bytes,
                        content_type,
                        validators,
                        final_url: url,
                        permanent_redirect,
                        fresh_for,
                        links,
                    },
                    Some(why) => Answer::BrokeOff {
                        bytes,
                        content_type,
                        final_url: url,
                        permanent_redirect,
                        why,
                    },
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
                    fresh_for: fresh_for(response.headers()),
                })
            }
            StatusCode::GONE => Ok(Answer::Gone),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                let retry_after = retry_after(response.headers());
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
    async fn arrive(&self, asking: &mut Asking<'_>) -> Result<Arrival, Answer> {
        let mut url = asking.request.url.clone();
        let mut moved_for_good = true;
        let mut last = None;
        for hop in 0..=self.options.redirects_max {
            self.guard
                .check_url(&url)
                .map_err(|refusal| not_asked(hop, &url, &refusal.to_string()))?;
            self.wait_for_turn(&url, asking).await?;
            let response = self.send(&url, asking).await?;
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
            last = Some(status.as_u16());
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
        Err(Answer::Failed {
            why: format!("{LED_ON}{most} redirects, given up"),
            status: last,
        })
    }

    /// Holds the turn at `url`'s host. A redirect within a host is part of one
    /// asking; at another host it waits like anybody. What is waited is no part
    /// of the time an answer may take.
    async fn wait_for_turn(&self, url: &Url, asking: &mut Asking<'_>) -> Result<(), Answer> {
        let before = Instant::now();
        if let Manner::Page(now) = asking.manner {
            // Asking for robots.txt takes a turn of its own.
            asking.turn = None;
            Box::pin(self.permitted(url, asking.request, now))
                .await
                .map_err(failed)?;
        }
        let host = host_key(url);
        if asking.turn.as_ref().is_none_or(|(held, _)| *held != host) {
            // The old one first: two that wait for each other's would wait for ever.
            asking.turn = None;
            let turn = self.turns.take(&host).await;
            asking.turn = Some((host, turn));
        }
        asking.deadline += before.elapsed();
        Ok(())
    }

    async fn send(&self, url: &Url, asking: &mut Asking<'_>) -> Result<Response, Answer> {
        if url.scheme() == "https" && !self.knows_authorities {
            return Err(failed(NO_AUTHORITIES.to_owned()));
        }
        let headers = headers(asking.request, &self.agent).map_err(failed)?;
        let begun = Instant::now();
        let sending = self.client.get(url.clone()).headers(headers.clone()).send();
        let patience = self.options.header_timeout;
        let until = Instant::now() + patience;
        let response = match timeout_at(until.min(asking.deadline), sending).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) if error.is_timeout() => {
                return Err(failed(format!(
                    "{TIMED_OUT} after {} while connecting",
                    in_words(self.options.connect_timeout)
                )));
            }
            Ok(Err(error)) => return Err(failed(reason(&error))),
            Err(_) if asking.deadline < until => return Err(self.too_slow()),
            Err(_) => {
                return Err(failed(format!(
                    "{TIMED_OUT} after {} waiting for an answer",
                    in_words(patience)
                )));
            }
        };
        asking.seen.hops.push(Hop {
            url: url.clone(),
            request: headers,
            status: response.status().as_u16(),
            answer: response.headers().clone(),
            head_ms: millis(begun.elapsed()),
        });
        if size_bytes(response.headers()) > HEADER_BYTES_MAX as usize {
            return Err(failed(format!(
                "the answer's headers are larger than {}",
                bytes_in_words(HEADER_BYTES_MAX as usize)
            )));
        }
        Ok(response)
    }

    /// Reads the body up to the limits.
    async fn body(&self, response: Response, asking: &mut Asking<'_>) -> Result<Taken, Answer> {
        let is_robots = matches!(asking.manner, Manner::Robots);
        let limits = Limits {
            wire_bytes_max: self.options.wire_bytes_max,
            unpacked_bytes_max: if is_robots {
                // One more, so that the reader sees that there was more.
                ROBOTS_BYTES_MAX + 1
            } else {
                self.options.body_bytes_max
            },
        };
        let spoilt = |spoilt: Spoilt| failed(spoilt_in_words(&spoilt, limits));
        let encoding = text_of(response.headers(), &CONTENT_ENCODING);
        let mut unpacker = Unpacker::new(encoding.as_deref(), limits).map_err(spoilt)?;
        let said = response.content_length();
        if let Some(said) = said
            && said > limits.wire_bytes_max as u64
            && !is_robots
        {
            return Err(spoilt(Spoilt::SaysTooLong(said)));
        }
        let mut stream = response.bytes_stream();
        let whole = |bytes| Taken {
            bytes,
            broke_off: None,
        };
        let mut came = 0;
        loop {
            let next = timeout_at(asking.deadline, stream.next()).await;
            let chunk = match next.map_err(|_| self.too_slow())? {
                None => {
                    let Unpacked { bytes, is_whole } = unpacker.finish().map_err(spoilt)?;
                    if !is_whole && is_robots {
                        return Err(failed(broke_off(came, said)));
                    }
                    return Ok(Taken {
                        bytes,
                        broke_off: (!is_whole).then(|| broke_off(came, said)),
                    });
                }
                Some(Ok(chunk)) => chunk,
                Some(Err(error)) if came == 0 || is_robots => return Err(failed(reason(&error))),
                Some(Err(_)) => {
                    return Ok(Taken {
                        bytes: unpacker.broken_off().map_err(spoilt)?,
                        broke_off: Some(broke_off(came, said)),
                    });
                }
            };
            came += chunk.len();
            asking.seen.wire_bytes += chunk.len();
            match unpacker.push(&chunk) {
                Ok(()) => {}
                Err(Spoilt::TooLarge) if is_robots => return Ok(whole(unpacker.so_far())),
                Err(why) => return Err(spoilt(why)),
            }
        }
    }

    fn too_slow(&self) -> Answer {
        failed(format!(
            "{TIMED_OUT} after {}",
            in_words(self.options.total_timeout)
        ))
    }
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
        failed(format!("{NOT_ASKED}{refusal}"))
    } else {
        let host = url.host_str().unwrap_or("no host");
        failed(format!("{NOT_FOLLOWED}{host} was not followed: {refusal}"))
    }
}

/// What is said of a body that ended after `came` bytes on the wire.
fn broke_off(came: usize, said: Option<u64>) -> String {
    let came = counted(came, "byte");
    match said {
        Some(said) => format!("the answer broke off after {came} of {said}"),
        None => format!("the answer broke off after {came}, before its end"),
    }
}

fn spoilt_in_words(spoilt: &Spoilt, limits: Limits) -> String {
    match spoilt {
        Spoilt::TooLarge => format!(
            "{TOO_LARGE}{}; reading stopped",
            bytes_in_words(limits.unpacked_bytes_max)
        ),
        Spoilt::TooLong => format!(
            "{TOO_LARGE}{} on the wire; reading stopped",
            bytes_in_words(limits.wire_bytes_max)
        ),
        Spoilt::SaysTooLong(said) => format!(
            "{SAYS_TOO_LARGE}{said} bytes, more than {}; it was not read",
            bytes_in_words(limits.wire_bytes_max)
        ),
        Spoilt::Encoding(_) | Spoilt::Broken(_) => {
            format!("the body could not be read whole: {spoilt}")
        }
    }
}

fn in_words(duration: Duration) -> String {
    if duration.subsec_millis() == 0 {
        format!("{} s", duration.as_secs())
    } else {
        format!("{} ms", duration.as_millis())
    }
}

fn bytes_in_words(bytes: usize) -> String {
    const KIB: usize = 1024;
    const MIB: usize = 1024 * KIB;
    if bytes >= MIB && bytes.is_multiple_of(MIB) {
        format!("{} MiB", bytes / MIB)
    } else if bytes >= KIB && bytes.is_multiple_of(KIB) {
        format!("{} KiB", bytes / KIB)
    } else {
        format!("{bytes} bytes")
    }
}
