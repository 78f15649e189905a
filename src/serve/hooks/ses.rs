//! Amazon SES: what it tells through SNS, as notifications and as events, which
//! differ in the name of one field.

use serde_json::Value;

use super::{Event, Refused, bounce, is_gone, text};
use crate::model::bounce::{ReportKind, Severity};

/// Recipients of one bounce; a letter has one.
const RECIPIENTS_MAX: usize = 50;

/// Reads the message of a notification.
pub(super) fn read(message: &str) -> Result<Vec<Event>, Refused> {
    let Ok(value) = serde_json::from_str::<Value>(message) else {
        // "Successfully validated SNS topic for Amazon SES event publishing."
        return Ok(Vec::new());
    };
    let kind = text(&value, "/notificationType").or_else(|| text(&value, "/eventType"));
    let about = |path: &str| value.pointer(path).and_then(Value::as_array);
    match kind.as_deref() {
        Some("Bounce") => {
            let recipients = about("/bounce/bouncedRecipients").ok_or(Refused::Shape)?;
            let recipients = recipients.iter().take(RECIPIENTS_MAX);
            let events = recipients.filter_map(|recipient| {
                let kind = bounced(&value, recipient)?;
                event(&value, "/bounce/feedbackId", recipient, kind)
            });
            Ok(events.collect())
        }
        Some("Complaint") => {
            let recipients = about("/complaint/complainedRecipients").ok_or(Refused::Shape)?;
            // Where a provider hides who complained, all of a letter are named.
            let [recipient] = recipients.as_slice() else {
                return Ok(Vec::new());
            };
            let kind = complained(&value);
            let event = |kind| event(&value, "/complaint/feedbackId", recipient, kind);
            Ok(kind.and_then(event).into_iter().collect())
        }
        Some(_) => Ok(Vec::new()),
        None => Err(Refused::Shape),
    }
}

fn event(value: &Value, id: &str, recipient: &Value, kind: ReportKind) -> Option<Event> {
    let address = text(recipient, "/emailAddress")?;
    Some(Event {
        id: format!("{} {address}", text(value, id)?),
        kind,
        recipient: address,
        message_id: text(value, "/mail/commonHeaders/messageId"),
    })
}

/// Nothing for what says nothing about the mailbox.
fn bounced(value: &Value, recipient: &Value) -> Option<ReportKind> {
    let word = |path| text(value, path).unwrap_or_default();
    let code = text(recipient, "/status").filter(|code| !code.is_empty());
    let words = text(recipient, "/diagnosticCode").unwrap_or_default();
    let (kind, detail) = (word("/bounce/bounceType"), word("/bounce/bounceSubType"));
    let severity = match (kind.as_str(), detail.as_str()) {
        // Not sent at all, because of what SES remembers.
        ("Permanent", "NoEmail" | "Suppressed" | "OnAccountSuppressionList") => Severity::Hard,
        ("Permanent", _) => match code.as_deref() {
            Some(code) if is_gone(code) => Severity::Hard,
            Some(code) if code.starts_with("5.7.") || code.starts_with("5.6.") => Severity::Blocked,
            Some("5.2.3" | "5.3.4") => Severity::Blocked,
            _ => Severity::Soft,
        },
        ("Transient", "MessageTooLarge" | "ContentRejected" | "AttachmentRejected") => {
            Severity::Blocked
        }
        // An answer by a machine, which SES takes for a bounce.
        ("Transient", "General") if code.is_none() && words.is_empty() => return None,
        ("Transient" | "Undetermined", _) => Severity::Soft,
        _ => return None,
    };
    Some(bounce(severity, code, &words))
}

/// Nothing for a complaint taken back, and for what speaks of signatures.
fn complained(value: &Value) -> Option<ReportKind> {
    match text(value, "/complaint/complaintFeedbackType").as_deref() {
        Some("not-spam" | "auth-failure") => None,
        _ => Some(ReportKind::Complaint),
    }
}
