//! `[mail.bounces]` and `[hooks]`: what comes back.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::given;
use super::raw::{RawBounces, RawHooks, RawMail};
use crate::model::bounce::{HookSecrets, ListenAt, SoftPolicy};

/// How many soft bounces, and how many days until one counts half, at the most.
pub const SOFT_MAX: u32 = 365;

/// Where reports come from, as far as the config can tell.
#[derive(Debug, Clone, Default)]
pub struct BouncePlaces {
    pub maildir: Option<PathBuf>,
    /// Holds a password.
    pub pop3: Option<String>,
    /// Holds a password.
    pub imap: Option<String>,
    /// The IMAP folder for mails that were read; empty: they are deleted.
    pub processed: String,
    pub listen: Option<ListenAt>,
}

pub(super) fn check(raw: &RawBounces, note: &mut impl FnMut(&str, String)) -> SoftPolicy {
    for (key, value) in [
        ("mail.bounces.soft_limit", raw.soft_limit),
        ("mail.bounces.half_life_days", raw.half_life_days),
    ] {
        if !(1..=SOFT_MAX).contains(&value) {
            note(key, format!("{value}: expected 1 to {SOFT_MAX}"));
        }
    }
    SoftPolicy {
        limit: f64::from(raw.soft_limit),
        half_life_days: f64::from(raw.half_life_days),
    }
}

pub(super) fn places(raw: &RawMail, note: &mut impl FnMut(&str, String)) -> BouncePlaces {
    let bounces = &raw.bounces;
    if !bounces.processed.is_empty() && bounces.imap.is_empty() {
        let why = "a folder of the IMAP mailbox; set mail.bounces.imap too";
        note("mail.bounces.processed", why.to_owned());
    }
    let listen = given(&bounces.listen).and_then(|text| {
        let found = listen_at(&text);
        if found.is_none() {
            let expected = "expected an address such as 127.0.0.1:2525, or a path with a slash";
            note("mail.bounces.listen", format!("`{text}`: {expected}"));
        }
        found
    });
    if listen.is_some() && raw.bounce_domain.is_empty() && raw.unsubscribe_mailto.is_empty() {
        let why = "nobody is written to there; set mail.bounce_domain too";
        note("mail.bounces.listen", why.to_owned());
    }
    BouncePlaces {
        maildir: given(&bounces.maildir).map(PathBuf::from),
        pop3: given(&bounces.pop3),
        imap: given(&bounces.imap),
        processed: bounces.processed.clone(),
        listen,
    }
}

fn listen_at(text: &str) -> Option<ListenAt> {
    if text.contains('/') {
        return Some(ListenAt::Unix(text.into()));
    }
    text.parse().ok().map(ListenAt::Tcp)
}

/// Keys that cannot be one are noted: a webhook that refuses everything looks
/// like a quiet one.
pub(super) fn hook_secrets(raw: &RawHooks, note: &mut impl FnMut(&str, String)) -> HookSecrets {
    let mut secret = |key: &str, text: &str, is_one: fn(&str) -> bool, expected: &str| {
        let given = given(text)?;
        if !is_one(&given) {
            // A secret is not repeated.
            note(&format!("hooks.{key}"), format!("expected {expected}"));
        }
        Some(given)
    };
    HookSecrets {
        mailgun: secret(
            "mailgun",
            &raw.mailgun,
            is_mailgun_key,
            "the HTTP webhook signing key: at least 16 letters and digits, no spaces",
        ),
        postmark: secret(
            "postmark",
            &raw.postmark,
            is_login,
            "USER:PASSWORD, as in the webhook's address",
        ),
        sendgrid: secret(
            "sendgrid",
            &raw.sendgrid,
            is_p256_key,
            "the verification key: a P-256 public key in base64, beginning with MFkwEwYH",
        ),
        ses: secret(
            "ses",
            &raw.ses,
            is_topic,
            "the SNS topic's name: arn:aws:sns:REGION:ACCOUNT:TOPIC",
        ),
    }
}

fn is_mailgun_key(text: &str) -> bool {
    const CHARS_MIN: usize = 16;
    text.len() >= CHARS_MIN && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_login(text: &str) -> bool {
    let whole = text.split_once(':');
    whole.is_some_and(|(user, password)| !user.is_empty() && !password.is_empty())
        && !text.contains(char::is_control)
}

/// A P-256 public key (RFC 5480) has one length and one beginning.
fn is_p256_key(text: &str) -> bool {
    const BYTES: usize = 91;
    const HEAD: &[u8] = &[
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08,
        0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
    ];
    STANDARD
        .decode(text.trim())
        .is_ok_and(|key| key.len() == BYTES && key.starts_with(HEAD))
}

fn is_topic(text: &str) -> bool {
    let word = |text: &str| {
        let mut bytes = text.bytes();
        !text.is_empty() && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    match text.split(':').collect::<Vec<_>>()[..] {
        [arn, partition, service, region, account, topic] => {
            arn == "arn"
                && matches!(partition, "aws" | "aws-cn" | "aws-us-gov")
                && service == "sns"
                && word(region)
                && account.len() == 12
                && account.bytes().all(|byte| byte.is_ascii_digit())
                && word(topic)
        }
        _ => false,
    }
}
