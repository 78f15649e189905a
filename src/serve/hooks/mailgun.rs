//! Mailgun: one event a post, signed with HMAC-SHA-256 over time and token.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;

use super::{Event, Refused, bounce, is_gone, is_timely, text};
use crate::model::bounce::{ReportKind, Severity};

/// Reads a post.
pub(super) fn read(key: &str, body: &[u8], now: DateTime<Utc>) -> Result<Vec<Event>, Refused> {
    // The signature stands inside: what is not JSON has none.
    let value: Value = serde_json::from_slice(body).map_err(|_| Refused::Signature)?;
    let field = |path| text(&value, path).ok_or(Refused::Signature);
    let timestamp = field("/signature/timestamp")?;
    let token = field("/signature/token")?;
    let signature = unhex(&field("/signature/signature")?).ok_or(Refused::Signature)?;
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(timestamp.as_bytes());
    mac.update(token.as_bytes());
    mac.verify_slice(&signature)
        .map_err(|_| Refused::Signature)?;
    if !is_timely(&timestamp, now) {
        return Err(Refused::Signature);
    }
    let event = value.pointer("/event-data").ok_or(Refused::Shape)?;
    let Some(kind) = kind(event) else {
        return Ok(Vec::new());
    };
    Ok(vec![Event {
        id: text(event, "/id").ok_or(Refused::Shape)?,
        kind,
        recipient: text(event, "/recipient").ok_or(Refused::Shape)?,
        message_id: text(event, "/message/headers/message-id"),
    }])
}

/// Nothing for what says nothing about a reader: a passing failure is tried
/// again by Mailgun.
fn kind(event: &Value) -> Option<ReportKind> {
    let word = |path| text(event, path).unwrap_or_default();
    match word("/event").as_str() {
        "complained" => Some(ReportKind::Complaint),
        "unsubscribed" => Some(ReportKind::Unsubscribe),
        "failed" if word("/severity") == "permanent" => {
            let code = word("/delivery-status/enhanced-code");
            let severity = match word("/reason").as_str() {
                _ if is_gone(&code) => Severity::Hard,
                "hardfail" | "suppress-bounce" => Severity::Hard,
                "espblock" => Severity::Blocked,
                // Mailgun's own lists of those who left or complained.
                "suppress-unsubscribe" => return Some(ReportKind::Unsubscribe),
                "suppress-complaint" => return Some(ReportKind::Complaint),
                _ => Severity::Soft,
            };
            let words = word("/delivery-status/message");
            Some(bounce(
                severity,
                Some(code).filter(|code| !code.is_empty()),
                &words,
            ))
        }
        _ => None,
    }
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    if !digits.is_ascii() || digits.len() % 2 == 1 {
        return None;
    }
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok())
        .collect()
}
