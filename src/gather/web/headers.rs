//! What is asked, and what is said and heard in headers: validators, freshness, dates.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AGE, CACHE_CONTROL, DATE, ETAG, EXPIRES, HeaderMap, HeaderName,
    HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LINK, RETRY_AFTER, USER_AGENT,
};
use url::Url;

use super::answer::RetryAfter;
use super::unpack;
use crate::model::source::Validators;

/// The longest validator kept; a longer one is a server's slip, not worth a row's space.
const VALIDATOR_BYTES_MAX: usize = 1024;
/// Freshness further away than this is a server's slip, and counts as this.
const FRESH_MAX: TimeDelta = TimeDelta::days(366);
/// Every kind we read; servers that answer by it give a feed before a page.
const ACCEPTED: &str = "application/atom+xml, application/rss+xml, application/feed+json, \
    application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, text/html;q=0.7, */*;q=0.5";

/// What to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub url: Url,
    /// Of the last answer that was used; empty: ask unconditionally.
    pub validators: Validators,
    /// Further headers, e.g. `Accept-Language`.
    pub headers: Vec<(String, String)>,
}

/// The headers of one request; `agent` is who asks unless the request says otherwise.
pub(super) fn headers(request: &Request, agent: &HeaderValue) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    headers.insert(USER_AGENT, agent.clone());
    headers.insert(ACCEPT, HeaderValue::from_static(ACCEPTED));
    headers.insert(
        ACCEPT_ENCODING,
        HeaderValue::from_static(unpack::ACCEPT_ENCODING),
    );
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

/// What to ask conditionally with next time.
pub(super) fn validators(headers: &HeaderMap) -> Validators {
    let text = |name| text_of(headers, name).filter(|value| value.len() <= VALIDATOR_BYTES_MAX);
    Validators {
        etag: text(&ETAG),
        last_modified: text(&LAST_MODIFIED),
    }
}

/// A header as text; `None` where it is absent or empty. `Location` in raw
/// UTF-8 is out of standard but common, so bytes beyond ASCII are read as that.
pub(super) fn text_of(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = std::str::from_utf8(headers.get(name)?.as_bytes()).ok()?;
    (!value.is_empty()).then(|| value.to_owned())
}

/// When the server allows the next request: the latest of all it says.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<RetryAfter> {
    let values = headers.get_all(RETRY_AFTER).iter();
    values
        .filter_map(|value| RetryAfter::read(value.to_str().ok()?))
        .max()
}

/// The values of all `Link` headers that are text.
pub(super) fn links(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(LINK).iter();
    values
        .filter_map(|value| std::str::from_utf8(value.as_bytes()).ok())
        .map(str::to_owned)
        .collect()
}

/// All names and values together.
pub(super) fn size_bytes(headers: &HeaderMap) -> usize {
    headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum()
}

/// How long the answer says it stays as it is (RFC 9111 section 4.2): `max-age`
/// less `Age`, or from `Date` to `Expires`. Absent where it says nothing, or that
/// it may change at once.
pub(super) fn fresh_for(headers: &HeaderMap) -> Option<TimeDelta> {
    let said: Vec<String> = headers
        .get_all(CACHE_CONTROL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|directive| directive.trim().to_ascii_lowercase())
        .collect();
    if said
        .iter()
        .any(|directive| matches!(directive.as_str(), "no-cache" | "no-store"))
    {
        return None;
    }
    let max_age = said.iter().find_map(|directive| {
        let value = directive.strip_prefix("max-age=")?.trim_matches('"');
        value.parse::<u32>().ok()
    });
    let fresh = if let Some(seconds) = max_age {
        let age = text_of(headers, &AGE).and_then(|age| age.trim().parse::<u32>().ok());
        TimeDelta::seconds(i64::from(seconds.saturating_sub(age.unwrap_or(0))))
    } else {
        let until = http_date(&text_of(headers, &EXPIRES)?)?;
        until - http_date(&text_of(headers, &DATE)?)?
    };
    (fresh > TimeDelta::zero()).then(|| fresh.min(FRESH_MAX))
}

/// A date as HTTP writes it (RFC 9110 section 5.6.7): today's form, and the two
/// obsolete ones that must still be read.
pub(super) fn http_date(text: &str) -> Option<DateTime<Utc>> {
    // The day's name adds nothing; written by hand, it is wrong now and then.
    let (day, date) = text.split_once(',').unwrap_or(("", text));
    let date = date.trim();
    let date = date.strip_suffix("UTC").unwrap_or(date).trim_end();
    if let Ok(date) = DateTime::parse_from_rfc2822(date) {
        return Some(date.to_utc());
    }
    // `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`.
    let date = date.strip_suffix("GMT").unwrap_or(date).trim_end();
    let without_day = date.split_once(' ').map_or(date, |(_, date)| date);
    let asctime = if day.is_empty() { without_day } else { "" };
    [
        (date, "%d-%b-%y %H:%M:%S"),
        (date, "%d-%b-%Y %H:%M:%S"),
        (date, "%d %b %Y %H:%M:%S"),
        (asctime, "%b %e %H:%M:%S %Y"),
    ]
    .iter()
    .find_map(|(text, form)| NaiveDateTime::parse_from_str(text, form).ok())
    .map(|date| date.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Said = &'static [(&'static str, &'static str)];

    #[test]
    fn three_forms_of_a_date_are_one() {
        let expected: DateTime<Utc> = "2026-11-23T08:49:37Z".parse().expect("time");
        for text in [
            "Mon, 23 Nov 2026 08:49:37 GMT",
            "Monday, 23-Nov-26 08:49:37 GMT",
            "Mon, 23-Nov-2026 08:49:37 GMT",
            "Mon Nov 23 08:49:37 2026",
            " Mon, 23 Nov 2026 13:49:37 +0500 ",
            "Mon, 23 Nov 2026 08:49:37 UTC",
            "Mon, 23 Nov 2026 08:49:37",
            "Fri, 23 Nov 2026 08:49:37 GMT",
            "mon, 23 nov 2026 08:49:37 gmt",
            "Friday, 23-Nov-26 08:49:37 UTC",
            "Fri Nov 23 08:49:37 2026",
        ] {
            assert_eq!(http_date(text), Some(expected), "{text}");
        }
        for text in ["", "0", "-1", "tomorrow", "2026-11-23"] {
            assert_eq!(http_date(text), None, "{text}");
        }
    }

    #[test]
    fn of_several_waits_the_longest_counts() {
        let hours = |hours| Some(RetryAfter::Delay(TimeDelta::hours(hours)));
        for (said, expected) in [
            (&["5", "129600"][..], hours(36)),
            (&["129600", "5"], hours(36)),
            (&["abc", "129600"], hours(36)),
            (&["abc", "-1"], None),
            (&[], None),
        ] {
            let mut headers = HeaderMap::new();
            for value in said {
                headers.append(RETRY_AFTER, HeaderValue::from_static(value));
            }
            assert_eq!(retry_after(&headers), expected, "{said:?}");
        }
    }

    #[test]
    fn freshness_is_read_as_caches_read_it() {
        const DATE: (&str, &str) = ("date", "Mon, 23 Nov 2026 10:00:00 GMT");
        let cases: [(Said, Option<i64>); 11] = [
            (&[], None),
            (&[("cache-control", "max-age=900")], Some(900)),
            (
                &[("cache-control", "public, Max-Age=\"900\", must-revalidate")],
                Some(900),
            ),
            (
                &[("cache-control", "max-age=900"), ("age", "600")],
                Some(300),
            ),
            (&[("cache-control", "max-age=900"), ("age", "1000")], None),
            (&[("cache-control", "no-cache, max-age=900")], None),
            (
                &[("cache-control", "max-age=4294967295")],
                Some(FRESH_MAX.num_seconds()),
            ),
            (
                &[DATE, ("expires", "Mon, 23 Nov 2026 11:00:00 GMT")],
                Some(3600),
            ),
            (&[("expires", "Mon, 23 Nov 2026 11:00:00 GMT")], None),
            (&[DATE, ("expires", "0")], None),
            (
                &[
                    DATE,
                    ("expires", "Mon, 23 Nov 2026 11:00:00 GMT"),
                    ("cache-control", "max-age=60"),
                ],
                Some(60),
            ),
        ];
        for (said, expected) in cases {
            let mut headers = HeaderMap::new();
            for (name, value) in said {
                headers.append(*name, HeaderValue::from_static(value));
            }
            assert_eq!(
                fresh_for(&headers).map(|fresh| fresh.num_seconds()),
                expected,
                "{said:?}"
            );
        }
    }
}
