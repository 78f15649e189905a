//! Postmark: one record a post, behind basic authentication. It signs nothing,
//! so whoever knows the login is believed; it travels over TLS only where the
//! site does.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Event, Refused, bounce, text};
use crate::model::bounce::{ReportKind, Severity};

/// Reads a post.
pub(super) fn read(login: &str, headers: &HeaderMap, body: &[u8]) -> Result<Vec<Event>, Refused> {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Basic "))
        .and_then(|value| STANDARD.decode(value.trim()).ok())
        .ok_or(Refused::Signature)?;
    verify_slices_are_equal(&given, login.as_bytes()).map_err(|_| Refused::Signature)?;
    let value: Value = serde_json::from_slice(body).map_err(|_| Refused::Shape)?;
    let record = text(&value, "/RecordType").ok_or(Refused::Shape)?;
    let Some(kind) = kind(&record, &value) else {
        return Ok(Vec::new());
    };
    let recipient = text(&value, "/Email").or_else(|| text(&value, "/Recipient"));
    // A change of subscription has no id of its own.
    let id = text(&value, "/ID").unwrap_or_else(|| {
        let words = ["/MessageID", "/ChangedAt"].map(|path| text(&value, path));
        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
    });
    Ok(vec![Event {
        id: format!("{record} {id}"),
        kind,
        recipient: recipient.ok_or(Refused::Shape)?,
        message_id: None,
    }])
}

fn kind(record: &str, value: &Value) -> Option<ReportKind> {
    match record {
        "SpamComplaint" => return Some(ReportKind::Complaint),
        "SubscriptionChange" => {
            let suppressed = value.pointer("/SuppressSending") == Some(&Value::Bool(true));
            let by_reader = text(value, "/Origin").as_deref() == Some("Recipient");
            return (suppressed && by_reader).then_some(ReportKind::Unsubscribe);
        }
        "Bounce" => {}
        _ => return None,
    }
    let words = text(value, "/Details").or_else(|| text(value, "/Description"));
    let words = words.unwrap_or_default();
    let severity = match text(value, "/Type")?.as_str() {
        "HardBounce" | "BadEmailAddress" => Severity::Hard,
        "SoftBounce" | "DnsError" | "Undeliverable" => Severity::Soft,
        "Blocked" | "SpamNotification" | "VirusNotification" | "DMARCPolicy" => Severity::Blocked,
        "SpamComplaint" => return Some(ReportKind::Complaint),
        "Unsubscribe" => return Some(ReportKind::Unsubscribe),
        // Transient: Postmark tries again. The rest are answers and receipts.
        _ => return None,
    };
    Some(bounce(severity, None, &words))
}
