//! Feeds: edition → publish → conditional response (RFC 9110 section 13).
//!
//! Rendered documents stay in memory, plain and gzipped, until the store's
//! stamp changes.

use std::io::Write;
use std::sync::{Arc, PoisonError};

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::model::feed::{CALENDAR_EVENTS_MAX, Edition, PublishedFeed};
use crate::publish::{self, Document, Format};

use super::House;
use super::trouble::Trouble;
use super::voice::Voice;

/// How long a reader may use its copy without asking, in seconds.
const CACHE: &str = "public, max-age=300";
/// The most documents kept in memory; only feeds of the catalogue are kept.
const DOCUMENTS_MAX: usize = 512;

/// A document ready to go out.
pub(super) struct Rendered {
    stamp: i64,
    plain: Bytes,
    gzip: Bytes,
    /// Without its quotes: each encoding adds its own ending, because a strong
    /// ETag names the bytes (RFC 9110 section 8.8.3.3).
    etag: String,
    media_type: &'static str,
    last_modified: Option<DateTime<Utc>>,
}

impl Rendered {
    pub(super) fn new(document: Document, stamp: i64) -> Self {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        let gzip = encoder
            .write_all(&document.bytes)
            .and_then(|()| encoder.finish())
            .expect("writing to memory cannot fail");
        let is_dated = document.last_modified > DateTime::UNIX_EPOCH;
        Self {
            stamp,
            plain: document.bytes.into(),
            gzip: gzip.into(),
            etag: document.etag.trim_matches('"').to_owned(),
            media_type: document.media_type,
            last_modified: is_dated.then(|| document.last_modified.trunc_subsecs(0)),
        }
    }
}

/// `/feeds/{name}.{rss,atom,json,ics}`
pub(super) async fn document(
    State(house): State<Arc<House>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let (name, extension) = file.rsplit_once('.').ok_or(Trouble::NOT_FOUND)?;
    let format = Format::from_extension(extension).ok_or(Trouble::NOT_FOUND)?;
    let catalogue = house.catalogue();
    let feed = catalogue.feed(name).ok_or(Trouble::NOT_FOUND)?;
    if format == Format::Calendar && !feed.calendar {
        return Err(Trouble::NOT_FOUND);
    }
    let rendered = rendered(&house, feed, format).await?;
    Ok(respond(&rendered, &headers))
}

/// `/feeds.opml`
pub(super) async fn opml(
    State(house): State<Arc<House>>,
    voice: Voice,
    headers: HeaderMap,
) -> Response {
    let document = publish::opml::write(&house.catalogue().feeds, &house.site(), voice.tongue);
    let rendered = Rendered::new(document, 0);
    let mut response = respond(&rendered, &headers);
    let vary = HeaderValue::from_static("accept-encoding, accept-language");
    response.headers_mut().insert(header::VARY, vary);
    response
}

async fn rendered(
    house: &House,
    feed: &PublishedFeed,
    format: Format,
) -> Result<Arc<Rendered>, Trouble> {
    // Asked before the edition: a change in between makes the copy look older
    // than it is, which costs one more rendering and never a stale answer.
    let stamp = house.store.stamp().await?;
    let key = (feed.name.clone(), format);
    let kept = house
        .documents
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .get(&key)
        .cloned();
    if let Some(kept) = kept.filter(|kept| kept.stamp == stamp) {
        return Ok(kept);
    }
    let edition = edition(house, feed, format).await?;
    let document = publish::write(format, feed, &edition, &house.site());
    let fresh = Arc::new(Rendered::new(document, stamp));
    let mut documents = house
        .documents
        .write()
        .unwrap_or_else(PoisonError::into_inner);
    if documents.len() >= DOCUMENTS_MAX {
        documents.clear();
    }
    documents.insert(key, Arc::clone(&fresh));
    Ok(fresh)
}

async fn edition(house: &House, feed: &PublishedFeed, format: Format) -> Result<Edition, Trouble> {
    if format == Format::Calendar {
        let events = house
            .store
            .calendar(&feed.filter, NaiveDate::MIN, CALENDAR_EVENTS_MAX)
            .await?;
        Ok(Edition {
            entries: Vec::new(),
            events,
        })
    } else {
        let limit = u32::try_from(feed.items_max).unwrap_or(u32::MAX);
        let entries = house.store.edition(&feed.filter, limit).await?;
        Ok(Edition {
            entries,
            events: Vec::new(),
        })
    }
}

/// The whole document, or 304 where the reader has it.
pub(super) fn respond(rendered: &Rendered, asked: &HeaderMap) -> Response {
    let is_gzip = takes_gzip(asked);
    let etag = if is_gzip {
        format!("\"{}-gzip\"", rendered.etag)
    } else {
        format!("\"{}\"", rendered.etag)
    };
    let is_known = is_known(asked, &etag, rendered.last_modified);
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let bytes = if is_gzip {
            rendered.gzip.clone()
        } else {
            rendered.plain.clone()
        };
        Response::new(Body::from(bytes))
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(CACHE));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    if let Some(date) = rendered
        .last_modified
        .and_then(|time| HeaderValue::from_str(&http_date(time)).ok())
    {
        headers.insert(header::LAST_MODIFIED, date);
    }
    if !is_known {
        let media_type = HeaderValue::from_static(rendered.media_type);
        headers.insert(header::CONTENT_TYPE, media_type);
        // Feeds are for everyone, readers that run in web pages included.
        let everyone = HeaderValue::from_static("*");
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, everyone);
        if is_gzip {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
    }
    response
}

/// If-None-Match wins; only without it does If-Modified-Since count
/// (RFC 9110 section 13.2.2).
fn is_known(asked: &HeaderMap, etag: &str, last_modified: Option<DateTime<Utc>>) -> bool {
    let mut tags = asked.get_all(header::IF_NONE_MATCH).iter().peekable();
    if tags.peek().is_some() {
        return tags
            .filter_map(|value| value.to_str().ok())
            .flat_map(|list| list.split(','))
            .map(|tag| tag.trim().trim_start_matches("W/"))
            .any(|tag| tag == "*" || tag == etag);
    }
    let since = asked
        .get(header::IF_MODIFIED_SINCE)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| DateTime::parse_from_rfc2822(text).ok());
    match (since, last_modified) {
        (Some(since), Some(modified)) => modified <= since,
        _ => false,
    }
}

/// Whether gzip is among the codings with a weight above nothing.
fn takes_gzip(asked: &HeaderMap) -> bool {
    let Some(codings) = asked
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
    else {
        return false;
    };
    codings.split(',').any(|coding| {
        let mut parts = coding.split(';');
        let is_gzip = parts
            .next()
            .is_some_and(|name| name.trim().eq_ignore_ascii_case("gzip"));
        let weight = parts
            .find_map(|part| part.trim().strip_prefix("q=")?.parse::<f32>().ok())
            .unwrap_or(1.0);
        is_gzip && weight > 0.0
    })
}

/// IMF-fixdate (RFC 9110 section 5.6.7).
fn http_date(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
