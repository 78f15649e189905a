//! Webhooks of mail providers: bounces and complaints that never come as mail.
//!
//! `POST /hooks/{provider}`; each is off until its secret is configured, and
//! answers only what is signed with it. A provider's event has an id of its
//! own, so one that comes again, by a retry or a replay, changes nothing.
//! Amazon SES tells through SNS (`sns.rs`), whose certificates are fetched through
//! a door that is handed in.

mod mailgun;
mod postmark;
mod sendgrid;
mod ses;
mod sns;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

pub use sns::Outlet;
pub(super) use sns::Sns;

use super::House;
use super::refusals::{What, refused};
use crate::model::bounce::{Proof, Report, ReportId, ReportKind, Severity, diagnostic};
use crate::model::delivery::DeliveryId;
use crate::model::id::DERIVED_ID_CHARS;
use crate::model::subscriber::EmailAddress;

/// The largest body; SendGrid posts batches of 768 KiB at the most.
pub(super) const BODY_MAX_BYTES: usize = 1024 * 1024;
/// Whose webhooks can be read.
const PROVIDERS: [&str; 4] = ["mailgun", "postmark", "sendgrid", "ses"];
/// How old a signed time may be: providers try again for up to a day.
const SIGNED_WITHIN: TimeDelta = TimeDelta::hours(25);
/// How far a provider's clock may be ahead.
const AHEAD_MAX: TimeDelta = TimeDelta::minutes(10);

/// Why a post is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refused {
    /// Not signed with the configured secret, or too long ago.
    Signature,
    /// Signed, and not of the provider's shape.
    Shape,
    /// What it is signed with cannot be had just now.
    NotNow,
}

/// `POST /hooks/{provider}`
pub(super) async fn hook(
    State(house): State<Arc<House>>,
    Path(provider): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let secrets = &house.options.hooks;
    let now = house.clock.now();
    let Some(provider) = PROVIDERS.into_iter().find(|known| *known == provider) else {
        return StatusCode::NOT_FOUND;
    };
    let read = match provider {
        "mailgun" => secrets
            .mailgun
            .as_ref()
            .map(|key| mailgun::read(key, &body, now)),
        "postmark" => secrets
            .postmark
            .as_ref()
            .map(|login| postmark::read(login, &headers, &body)),
        "sendgrid" => secrets
            .sendgrid
            .as_ref()
            .map(|key| sendgrid::read(key, &headers, &body, now)),
        "ses" => match &secrets.ses {
            Some(topic) => Some(house.sns.read(topic, &body, now).await),
            None => None,
        },
        _ => None,
    };
    match read {
        None => StatusCode::NOT_FOUND,
        Some(Err(Refused::Signature)) => {
            refused(&house, &What::Webhook(provider));
            StatusCode::FORBIDDEN
        }
        Some(Err(Refused::Shape)) => {
            tracing::warn!(provider, "a signed webhook was not understood");
            StatusCode::BAD_REQUEST
        }
        Some(Err(Refused::NotNow)) => StatusCode::SERVICE_UNAVAILABLE,
        Some(Ok(events)) => record(&house, provider, &events, now).await,
    }
}

/// Records all of them, or asks the provider to come again: what was recorded
/// counts once.
async fn record(house: &House, provider: &str, events: &[Event], now: DateTime<Utc>) -> StatusCode {
    for event in events {
        let Some(report) = event.report(provider) else {
            continue;
        };
        let policy = &house.options.soft_policy;
        if let Err(error) = house.store.record_report(&report, policy, now).await {
            tracing::error!(provider, %error, "a webhook could not be recorded");
            return StatusCode::SERVICE_UNAVAILABLE;
        }
    }
    StatusCode::OK
}

/// What a provider tells about one letter.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Event {
    /// The provider's own id of it.
    id: String,
    kind: ReportKind,
    recipient: String,
    /// As far as the provider tells it.
    message_id: Option<String>,
}

impl Event {
    /// Nothing where it names no address or has no id.
    fn report(&self, provider: &str) -> Option<Report> {
        let address: EmailAddress = self.recipient.parse().ok()?;
        if self.id.is_empty() {
            return None;
        }
        let delivery = self.message_id.as_deref().and_then(|id| {
            let (id, _) = id.trim_start_matches('<').split_once('@')?;
            (id.len() == DERIVED_ID_CHARS)
                .then(|| DeliveryId::from_stored(id))?
                .mark()
        });
        Some(Report {
            id: ReportId::derived(provider, self.id.as_bytes()),
            kind: self.kind.clone(),
            proof: Proof::Address(address),
            hint: delivery,
            named: Vec::new(),
        })
    }
}

/// A text at `path` of a JSON value; numbers as they are written.
fn text(value: &Value, path: &str) -> Option<String> {
    match value.pointer(path)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn bounce(severity: Severity, code: Option<String>, words: &str) -> ReportKind {
    ReportKind::Bounce {
        severity,
        code,
        diagnostic: diagnostic(words),
    }
}

/// Codes that say nothing but that there is no such mailbox or domain
/// (RFC 3463 sections 3.2 and 3.3, RFC 7505).
fn is_gone(code: &str) -> bool {
    matches!(
        code,
        "5.1.1" | "5.1.2" | "5.1.3" | "5.1.6" | "5.1.10" | "5.2.1"
    )
}

/// Whether a signed time, in seconds since 1970, is near enough.
fn is_timely(seconds: &str, now: DateTime<Utc>) -> bool {
    let signed = seconds
        .parse::<i64>()
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    signed.is_some_and(|signed| signed >= now - SIGNED_WITHIN && signed <= now + AHEAD_MAX)
}

#[cfg(test)]
mod sns_tests;
#[cfg(test)]
mod tests;
