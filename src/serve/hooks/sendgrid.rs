//! SendGrid: many events a post, signed with ECDSA over time and body.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Event, Refused, bounce, is_gone, is_timely, text};
use crate::model::bounce::{ReportKind, Severity};

const SIGNATURE: &str = "x-twilio-email-event-webhook-signature";
const TIMESTAMP: &str = "x-twilio-email-event-webhook-timestamp";

/// Reads a post. `key` is the verification key as SendGrid shows it: a public
/// key (SubjectPublicKeyInfo) in base64.
pub(super) fn read(
    key: &str,
    headers: &HeaderMap,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<Vec<Event>, Refused> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let timestamp = header(TIMESTAMP).ok_or(Refused::Signature)?;
    let signature = header(SIGNATURE).and_then(|text| STANDARD.decode(text).ok());
    let key = STANDARD
        .decode(key.trim())
        .map_err(|_| Refused::Signature)?;
    let signed = [timestamp.as_bytes(), body].concat();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key)
        .verify(&signed, &signature.ok_or(Refused::Signature)?)
        .map_err(|_| Refused::Signature)?;
    if !is_timely(timestamp, now) {
        return Err(Refused::Signature);
    }
    let Ok(Value::Array(events)) = serde_json::from_slice(body) else {
        return Err(Refused::Shape);
    };
    Ok(events.iter().filter_map(event).collect())
}

fn event(value: &Value) -> Option<Event> {
    Some(Event {
        id: text(value, "/sg_event_id")?,
        kind: kind(value)?,
        recipient: text(value, "/email")?,
        message_id: text(value, "/smtp-id"),
    })
}

/// Nothing for what says nothing about a reader.
fn kind(value: &Value) -> Option<ReportKind> {
    let word = |path| text(value, path).unwrap_or_default();
    let code = word("/status");
    let severity = match word("/event").as_str() {
        "spamreport" => return Some(ReportKind::Complaint),
        "unsubscribe" | "group_unsubscribe" => return Some(ReportKind::Unsubscribe),
        "bounce" if is_gone(&code) => Severity::Hard,
        "bounce" if word("/type") == "blocked" => Severity::Blocked,
        "bounce" => Severity::Soft,
        // Not sent at all, because of what SendGrid remembers.
        "dropped" => match word("/reason").as_str() {
            "Bounced Address" | "Invalid" => Severity::Hard,
            "Spam Reporting Address" => return Some(ReportKind::Complaint),
            "Unsubscribed Address" => return Some(ReportKind::Unsubscribe),
            _ => return None,
        },
        _ => return None,
    };
    let code = Some(code).filter(|code| !code.is_empty());
    Some(bounce(severity, code, &word("/reason")))
}
