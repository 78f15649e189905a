//! What comes back: bounces, complaints, people who write to leave.
//!
//! [`read`] is pure: the bytes of a mail become a [`Report`]. Whom it is about
//! is decided by what the house signed (`proof.rs`); the text only says what
//! kind of report it is. Thin shells fetch mails: a folder (`maildir.rs`) and a
//! mailbox (`mailbox.rs`, by POP3 or IMAP). Deliberately absent: the store. A mail is put
//! away only after whoever called has recorded it.

mod auto_reply;
pub mod connection;
mod fields;
pub mod imap;
pub mod intake;
mod leave;
mod mail;
pub mod mailbox;
pub mod maildir;
mod own_words;
mod phrases;
pub mod pop3;
mod proof;
mod returned_letter;
mod severity;
mod status;

use mail::Mail;
use severity::Verdict;
use status::Decided;

use crate::model::bounce::{Report, ReportId, ReportKind, diagnostic};

pub use proof::Signed;

/// The most of a mail that is read: reports put what matters first, and the
/// returned letter behind it may be large.
pub const MAIL_BYTES_MAX: usize = 1024 * 1024;

/// Reads a mail. `signed` knows what the house signed.
pub fn read(bytes: &[u8], signed: &Signed<'_>) -> Report {
    let id = ReportId::derived("mail", bytes);
    let bytes = &bytes[..bytes.len().min(MAIL_BYTES_MAX)];
    let mail = Mail::read(bytes);
    let found = proof::find(&mail, signed);
    Report {
        id,
        kind: kind(&mail, found.writes_to_leave),
        proof: found.proof,
        hint: found.hint,
        named: found.named,
    }
}

fn kind(mail: &Mail, writes_to_leave: bool) -> ReportKind {
    if let Some(feedback) = &mail.feedback {
        return feedback_kind(feedback);
    }
    if auto_reply::is_spam_complaint(mail) {
        return ReportKind::Complaint;
    }
    // Some mail programs mark the wish to leave as generated, which it is; only
    // an answer is none.
    if writes_to_leave && !auto_reply::is_answer(mail) && !mail.looks_returned() {
        if leave::takes_back(mail) {
            return ReportKind::Unknown;
        }
        return ReportKind::Unsubscribe;
    }
    match status::decide(&mail.status, &mail.original_recipients(), &mail.text) {
        Decided::Failed(verdict) => return bounce(verdict),
        Decided::Delayed => return ReportKind::Delayed,
        Decided::Delivered => return ReportKind::Delivered,
        Decided::Nothing => {}
    }
    if mail.is_receipt() {
        return ReportKind::AutoReply;
    }
    if mail.looks_returned() {
        return returned(mail);
    }
    if auto_reply::is_automatic(mail) {
        return ReportKind::AutoReply;
    }
    if leave::asks_to_leave(mail) {
        return ReportKind::Unsubscribe;
    }
    ReportKind::Unknown
}

/// RFC 5965 section 7.3 and later registrations.
fn feedback_kind(feedback: &fields::Fields) -> ReportKind {
    let kind = feedback.value("feedback-type").unwrap_or_default();
    match kind.trim().to_ascii_lowercase().as_str() {
        "abuse" | "fraud" | "virus" | "other" | "complaint" => ReportKind::Complaint,
        "opt-out" | "opt-out-list" => ReportKind::Unsubscribe,
        // `not-spam` takes a complaint back, `auth-failure` (RFC 6591) and the
        // like speak of signatures.
        _ => ReportKind::AutoReply,
    }
}

/// A returned letter without machine-readable status: qmail, exim, and what
/// people's scripts write.
fn returned(mail: &Mail) -> ReportKind {
    if returned_letter::is_delay(&mail.text)
        || returned_letter::is_delay(&mail.subject.to_lowercase())
    {
        return ReportKind::Delayed;
    }
    match severity::of_text(&mail.text) {
        Some(verdict) => bounce(verdict),
        None if auto_reply::is_automatic_by_words(mail) => ReportKind::AutoReply,
        None if mail.says_failed() => bounce(Verdict::unclear(&mail.text)),
        None => ReportKind::Unknown,
    }
}

fn bounce(verdict: Verdict) -> ReportKind {
    ReportKind::Bounce {
        severity: verdict.severity,
        code: verdict.code,
        diagnostic: diagnostic(&verdict.diagnostic),
    }
}

#[cfg(test)]
mod tests;
