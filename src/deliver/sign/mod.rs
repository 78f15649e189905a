//! DKIM signatures (RFC 6376, RFC 8463): relaxed/relaxed, one for each key.
//!
//! The time of signing is the time of queueing, and both algorithms are
//! deterministic: a letter has the same bytes at every attempt. Straight over
//! aws-lc-rs, since the mail-auth crate signs with the time of the call and
//! cannot name a header twice. Deliberately absent: verifying, and `l=`, `x=`
//! and `i=` tags, which only weaken a signature or tell what `d=` tells.

mod canonical;
pub mod keys;

use std::fmt::Write as _;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, Utc};

use self::keys::{DkimKey, KeyError};
use super::message::Message;

/// Named once more than they occur: nobody on the way can add a second one
/// under the signature (RFC 6376 section 8.15). Gmail wants Feedback-ID and
/// both List-Unsubscribe headers covered.
const OVERSIGNED: [&str; 16] = [
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Feedback-ID",
];
/// Signed as they are; mailing systems may add their own.
const SIGNED: [&str; 5] = [
    "Auto-Submitted",
    "Precedence",
    "Content-Language",
    "List-Archive",
    "List-Help",
];
/// RFC 5322 section 2.1.1, the length lines should keep to.
const LINE_CHARS: usize = 76;

/// Whose keys sign, and where they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOptions {
    /// The folder with the key files.
    pub dir: PathBuf,
    /// The signing domain (`d=`).
    pub domain: String,
    /// One key, one signature each, in this order.
    pub selectors: Vec<String>,
}

/// Why a message could not be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    #[error("the message has no empty line after its headers")]
    NoBody,
    #[error("the DKIM key `{selector}` could not sign")]
    Key { selector: String },
}

/// Signs with every key it was opened with.
#[derive(Debug)]
pub struct Signer {
    keys: Vec<DkimKey>,
}

impl Signer {
    /// Reads the keys.
    pub fn open(options: &SignOptions) -> Result<Self, KeyError> {
        let keys = options
            .selectors
            .iter()
            .map(|selector| keys::read(&options.dir, selector, &options.domain))
            .collect::<Result<_, _>>()?;
        Ok(Self { keys })
    }

    /// The keys, in the order they sign.
    pub fn keys(&self) -> &[DkimKey] {
        &self.keys
    }

    /// The message with its signatures above the other headers. Takes about
    /// 0.3 ms of a core for each RSA key: not for threads that serve.
    pub fn sign(&self, mut message: Message, at: DateTime<Utc>) -> Result<Message, SignError> {
        let (head, body) = canonical::split(&message.bytes).ok_or(SignError::NoBody)?;
        let fields = canonical::fields(head);
        let mut names = Vec::new();
        let mut signed = String::with_capacity(head.len());
        for (name, extra) in listed() {
            let found = fields
                .iter()
                .rev()
                .filter(|field| field.name.eq_ignore_ascii_case(name));
            for field in found {
                names.push(name);
                canonical::relaxed_field(field, &mut signed);
            }
            names.extend(extra.then_some(name));
        }
        let body_hash = BASE64.encode(canonical::relaxed_body_hash(body));
        let mut bytes = Vec::with_capacity(message.bytes.len() + 1024 * self.keys.len());
        for key in &self.keys {
            let unsigned = unsigned_field(key, at, &names, &body_hash);
            bytes.extend_from_slice(sign_field(key, unsigned, &signed)?.as_bytes());
        }
        bytes.append(&mut message.bytes);
        message.bytes = bytes;
        Ok(message)
    }
}

/// The names for `h=`, and whether each is named once more than it occurs.
fn listed() -> impl Iterator<Item = (&'static str, bool)> {
    let oversigned = OVERSIGNED.into_iter().map(|name| (name, true));
    oversigned.chain(SIGNED.into_iter().map(|name| (name, false)))
}

/// The field with an empty `b=` at its end, folded, without a line end.
fn unsigned_field(key: &DkimKey, at: DateTime<Utc>, names: &[&str], body_hash: &str) -> String {
    let mut field = Folded::new("DKIM-Signature:");
    field.word("v=1;");
    field.word(&format!("a={};", key.algorithm().signature_name()));
    field.word("c=relaxed/relaxed;");
    field.word(&format!("d={};", key.domain()));
    field.word(&format!("s={};", key.selector()));
    field.word(&format!("t={};", at.timestamp().max(0)));
    field.word("h=");
    for (index, name) in names.iter().enumerate() {
        let end = if index + 1 == names.len() { ';' } else { ':' };
        field.glue(&format!("{name}{end}"));
    }
    field.word(&format!("bh={body_hash};"));
    field.word("b=");
    field.text
}

/// Puts the signature into its field (RFC 6376 section 3.7).
fn sign_field(key: &DkimKey, mut field: String, headers: &str) -> Result<String, SignError> {
    let mut signed = headers.to_owned();
    let unsigned = canonical::fields(&field);
    for field in &unsigned {
        canonical::relaxed_field(field, &mut signed);
    }
    // The field being signed goes in without its line end.
    let signed = signed.trim_end_matches("\r\n");
    let signature = key.sign(signed.as_bytes()).ok_or_else(|| SignError::Key {
        selector: key.selector().to_owned(),
    })?;
    let text = BASE64.encode(signature);
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(LINE_CHARS - 1));
        // base64 is ASCII: a line may be cut anywhere.
        write!(field, "\r\n {line}").ok();
        rest = after;
    }
    field.push_str("\r\n");
    Ok(field)
}

/// A header field that grows word by word and folds before it gets too long.
struct Folded {
    text: String,
    line_start: usize,
}

impl Folded {
    fn new(name: &str) -> Self {
        Self {
            text: name.to_owned(),
            line_start: 0,
        }
    }

    /// After a space.
    fn word(&mut self, word: &str) {
        if self.text.len() - self.line_start + 1 + word.len() > LINE_CHARS {
            self.fold();
        } else {
            self.text.push(' ');
        }
        self.text.push_str(word);
    }

    /// Without a space, where a fold is allowed all the same.
    fn glue(&mut self, word: &str) {
        if self.text.len() - self.line_start + word.len() > LINE_CHARS {
            self.fold();
        }
        self.text.push_str(word);
    }

    fn fold(&mut self) {
        self.text.push_str("\r\n ");
        self.line_start = self.text.len() - 1;
    }
}

#[cfg(test)]
mod tests;
