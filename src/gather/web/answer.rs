//! What came of asking.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use url::Url;

use super::headers::http_date;
use crate::model::source::Validators;

/// A `Retry-After` further away than this is a server's slip, and counts as this.
pub const RETRY_AFTER_MAX: TimeDelta = TimeDelta::days(31);

/// When a server allows the next request (RFC 9110 section 10.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RetryAfter {
    /// After so long.
    Delay(TimeDelta),
    /// At that time.
    At(DateTime<Utc>),
}

impl RetryAfter {
    /// Reads the header: seconds, or an HTTP-date; also what servers send for these,
    /// with units, quotes, fractions, twice, or as an ISO date.
    pub fn read(value: &str) -> Option<Self> {
        let value = value.trim_matches(|letter: char| letter == '"' || letter.is_whitespace());
        if let Some(time) = http_date(value).or_else(|| iso_date(value)) {
            return Some(Self::At(time));
        }
        value.split(',').filter_map(seconds).max().map(Self::Delay)
    }

    /// The time meant, counted from `now`; never before it.
    pub fn until(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Delay(delay) => now + delay,
            Self::At(time) => time.clamp(now, now + RETRY_AFTER_MAX),
        }
    }
}

/// A date as machines write it, of UTC where it does not say of what.
fn iso_date(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(date) = DateTime::parse_from_rfc3339(text) {
        return Some(date.to_utc());
    }
    let forms = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"];
    let mut dates = forms
        .iter()
        .filter_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    dates.next().map(|date| date.and_utc())
}

/// `120`, `120s`, `120 seconds`, `119.5`; no more than [`RETRY_AFTER_MAX`].
fn seconds(text: &str) -> Option<TimeDelta> {
    let text = text.trim_matches(|letter: char| letter == '"' || letter.is_whitespace());
    let end = text.find(|letter: char| letter.is_ascii_alphabetic());
    let (number, unit) = text.split_at(end.unwrap_or(text.len()));
    let units = ["", "s", "sec", "secs", "second", "seconds"];
    if !units.iter().any(|known| unit.eq_ignore_ascii_case(known)) {
        return None;
    }
    let number = number.trim_end();
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(part) {
        return None;
    }
    // More digits than fit are more than the maximum.
    let seconds = whole.parse().unwrap_or(i64::MAX);
    let begun = i64::from(part.bytes().any(|digit| digit != b'0'));
    let seconds = seconds.saturating_add(begun);
    Some(TimeDelta::seconds(
        seconds.min(RETRY_AFTER_MAX.num_seconds()),
    ))
}

/// What came of a request. All are expected; none is an error of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// 200, with the whole body, decompressed.
    Body {
        bytes: Vec<u8>,
        content_type: Option<String>,
        validators: Validators,
        /// After redirects: the base of relative links.
        final_url: Url,
        /// Where the address has moved for good: every redirect on the way said so.
        permanent_redirect: Option<Url>,
        /// How long the server says it stays as it is.
        fresh_for: Option<TimeDelta>,
        /// Its `Link` headers (RFC 8288), as sent.
        links: Vec<String>,
    },
    /// 200, but the body ended before its end. What came of it may be read; nothing
    /// is known of the rest, so there is nothing to ask conditionally with.
    BrokeOff {
        /// Decompressed, as far as it came.
        bytes: Vec<u8>,
        content_type: Option<String>,
        final_url: Url,
        permanent_redirect: Option<Url>,
        /// How much came of how much, in words for people.
        why: String,
    },
    /// 304: what is known is still right.
    NotModified {
        /// The ones sent, as far as the server gave no newer.
        validators: Validators,
        permanent_redirect: Option<Url>,
        fresh_for: Option<TimeDelta>,
    },
    /// 410: there is nothing and never will be.
    Gone,
    /// 429, or 503 with a `Retry-After`.
    TooEarly {
        retry_after: Option<RetryAfter>,
        status: u16,
    },
    /// Anything else, in words for people.
    Failed { why: String, status: Option<u16> },
}

/// How a [`Answer::Failed`] begins that robots.txt is the reason of.
pub(super) const FORBIDDEN: &str = "not asked: robots.txt";
/// How one begins that waited in vain.
pub(super) const TIMED_OUT: &str = "timed out";
/// How one begins whose address the house itself refuses to ask …
pub(super) const NOT_ASKED: &str = "not asked: ";
/// … or to follow a redirect to.
pub(super) const NOT_FOLLOWED: &str = "a redirect to ";
/// How one begins that was led on and on.
pub(super) const LED_ON: &str = "more than ";
/// How one begins whose body is over a limit …
pub(super) const TOO_LARGE: &str = "the body is larger than ";
/// … or would be by the answer's own word.
pub(super) const SAYS_TOO_LARGE: &str = "the answer says it has ";

impl Answer {
    /// How many bytes of a document came.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Body { bytes, .. } | Self::BrokeOff { bytes, .. } => bytes.len(),
            _ => 0,
        }
    }

    /// Whether robots.txt asks not to read the page.
    pub fn is_forbidden(&self) -> bool {
        self.failed_so(FORBIDDEN)
    }

    /// Whether nothing came within the time.
    pub fn is_time_out(&self) -> bool {
        self.failed_so(TIMED_OUT)
    }

    /// Whether the house itself refused to go there; robots.txt is another matter.
    pub fn is_refused_by_us(&self) -> bool {
        !self.is_forbidden() && (self.failed_so(NOT_ASKED) || self.failed_so(NOT_FOLLOWED))
    }

    /// Whether redirects led to no end.
    pub fn is_led_on(&self) -> bool {
        self.failed_so(LED_ON)
    }

    /// Whether there was more than is read.
    pub fn is_too_large(&self) -> bool {
        self.failed_so(TOO_LARGE) || self.failed_so(SAYS_TOO_LARGE)
    }

    /// Why there is no whole document, in words for people, times in the zone of `now`;
    /// `None` where there is one.
    pub fn why_nothing(&self, now: DateTime<Tz>) -> Option<String> {
        match self {
            Self::Body { .. } => None,
            Self::NotModified { .. } => Some("the server answered 304".to_owned()),
            Self::Gone => Some("the server answered 410 Gone".to_owned()),
            Self::TooEarly {
                retry_after: Some(after),
                status,
            } => Some(format!(
                "the server asks to come after {} ({status})",
                after
                    .until(now.to_utc())
                    .with_timezone(&now.timezone())
                    .format("%F %R %Z")
            )),
            Self::TooEarly {
                retry_after: None,
                status,
            } => Some(format!("the server asks to come later ({status})")),
            Self::BrokeOff { why, .. } | Self::Failed { why, .. } => Some(why.clone()),
        }
    }

    fn failed_so(&self, beginning: &str) -> bool {
        matches!(self, Self::Failed { why, .. } if why.starts_with(beginning))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_without_a_document_says_why_and_until_when() {
        let now = "2026-11-24T13:47:00Z"
            .parse::<DateTime<Utc>>()
            .expect("a time");
        let now = now.with_timezone(&chrono_tz::Asia::Almaty);
        let early = |retry_after| Answer::TooEarly {
            retry_after,
            status: 429,
        };
        let failed = Answer::Failed {
            why: "no connection".to_owned(),
            status: None,
        };
        for (answer, why) in [
            (early(None), "the server asks to come later (429)"),
            (
                early(RetryAfter::read("86400")),
                "the server asks to come after 2026-11-25 18:47 +05 (429)",
            ),
            (Answer::Gone, "the server answered 410 Gone"),
            (failed, "no connection"),
        ] {
            assert_eq!(answer.why_nothing(now).as_deref(), Some(why));
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: DateTime<Utc> = "2026-11-23T10:00:00Z".parse().expect("time");
        let cases = [
            ("120", Some("2026-11-23T10:02:00Z")),
            (" 0 ", Some("2026-11-23T10:00:00Z")),
            (
                "Mon, 23 Nov 2026 12:00:00 GMT",
                Some("2026-11-23T12:00:00Z"),
            ),
            (
                "Monday, 23-Nov-26 12:00:00 GMT",
                Some("2026-11-23T12:00:00Z"),
            ),
            ("Mon Nov 23 12:00:00 2026", Some("2026-11-23T12:00:00Z")),
            // Past: now. Absurd: as late as we believe.
            (
                "Sun, 22 Nov 2026 12:00:00 GMT",
                Some("2026-11-23T10:00:00Z"),
            ),
            ("99999999999999999999999", Some("2026-12-24T10:00:00Z")),
            (
                "Fri, 31 Dec 9999 23:59:59 GMT",
                Some("2026-12-24T10:00:00Z"),
            ),
            // As they are sent.
            ("120s", Some("2026-11-23T10:02:00Z")),
            ("120 Seconds", Some("2026-11-23T10:02:00Z")),
            ("60, 120", Some("2026-11-23T10:02:00Z")),
            ("119.5", Some("2026-11-23T10:02:00Z")),
            ("\"120\"", Some("2026-11-23T10:02:00Z")),
            (
                "Sun, 23 Nov 2026 12:00:00 UTC",
                Some("2026-11-23T12:00:00Z"),
            ),
            ("2026-11-23T12:00:00Z", Some("2026-11-23T12:00:00Z")),
            ("2026-11-23 12:00:00", Some("2026-11-23T12:00:00Z")),
            ("120 minutes", None),
            (".5", None),
            ("1e5", None),
            ("-5", None),
            ("soon", None),
            ("", None),
        ];
        for (header, expected) in cases {
            let until = RetryAfter::read(header).map(|retry| retry.until(now));
            assert_eq!(
                until,
                expected.map(|time| time.parse().expect("time")),
                "{header:?}"
            );
        }
    }
}
