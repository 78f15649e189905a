//! What never changes while the program runs, and how it feels.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;

use super::House;

/// Compiled in: a page is one request and one style sheet.
const STYLE: &str = include_str!("assets/style.css");
const FAVICON: &str = include_str!("assets/favicon.svg");
/// Pages for persons, not for machines.
const ROBOTS: &str = "User-agent: *\nDisallow: /confirm\nDisallow: /unsubscribe\nDisallow: /preferences\nDisallow: /search\nDisallow: /go/\nDisallow: /outbox\n";
const AN_HOUR: &str = "public, max-age=3600";

/// `/style.css`
pub(super) async fn style() -> Response {
    asset("text/css; charset=utf-8", STYLE)
}

/// `/favicon.svg`
pub(super) async fn favicon() -> Response {
    asset("image/svg+xml", FAVICON)
}

/// `/robots.txt`
pub(super) async fn robots() -> Response {
    asset("text/plain; charset=utf-8", ROBOTS)
}

/// How long a trial to write may take; it is made only after a write has failed.
const TRIAL_WAIT: Duration = Duration::from_secs(2);

/// `/health`: 200 while the store answers and takes what is written, else 503.
pub(super) async fn health(State(house): State<Arc<House>>) -> Response {
    let visited = match house.store.ping().await {
        Ok(()) => house.store.source_states().await,
        Err(error) => Err(error),
    };
    let (status, report) = match visited {
        Ok(known) => {
            let last = known.iter().filter_map(|state| state.last_visit).max();
            let can_write = tokio::time::timeout(TRIAL_WAIT, house.store.can_write()).await;
            let (code, status, store) = match can_write {
                Ok(true) => (StatusCode::OK, "ok", "ok"),
                Ok(false) | Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "failing", "not writable"),
            };
            let report = serde_json::json!({
                "status": status,
                "store": store,
                "sources": known.len(),
                "sources_failing": known.iter().filter(|state| state.failures > 0).count(),
                "last_gather": last.map(|time| time.to_rfc3339_opts(SecondsFormat::Secs, true)),
            });
            (code, report)
        }
        Err(error) => {
            tracing::error!(%error, "the store does not answer");
            let report = serde_json::json!({"status": "failing", "store": "unreachable"});
            (StatusCode::SERVICE_UNAVAILABLE, report)
        }
    };
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, report.to_string()).into_response()
}

fn asset(media_type: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, AN_HOUR),
    ];
    (headers, text).into_response()
}
