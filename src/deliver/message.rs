//! One copy of a letter as a mail message (RFC 5322), personal links filled in.
//!
//! The bytes depend on nothing but the delivery, so every attempt sends the
//! same ones. They are ASCII with short lines, so no server needs 8BITMIME or
//! SMTPUTF8. Deliberately absent: signatures (`sign`) and attachments.

mod bodies;
mod links;

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Utc};
use lettre::message::header::{ContentTransferEncoding, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Body, Mailbox, Message as Mail, MessageBuilder};

use crate::model::delivery::ClaimedDelivery;
use crate::model::digest::{Letter, Purpose};
use crate::model::language::Tongue;
use crate::model::subscriber::{EmailAddress, LetterScript};
use crate::text::latin::latin;
use links::CheckedLinks;

pub use bodies::Bodies;
pub use links::PersonalLinks;

/// The longest subject or sender's name, in characters; mail readers show fewer.
pub const HEADER_TEXT_MAX_CHARS: usize = 200;
/// A link longer than this fits no header line (RFC 5322 section 2.1.1: 998).
pub const LINK_MAX_BYTES: usize = 900;
/// The last second a Date header of four digits can tell, 9999-12-31.
const DATE_MAX_UNIX_SECONDS: u64 = 253_402_300_799;
/// Gmail's feedback loop groups complaints by this name of the sending system.
const FEEDBACK_SENDER: &str = "jarshy";

/// Who sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    pub from: EmailAddress,
    /// The name beside the address.
    pub name: String,
    /// The right-hand side of Message-IDs.
    pub domain: String,
    /// Where the feeds and pages are, without a slash at the end.
    pub site_url: String,
    /// RFC 2919: `digest.example.kz`.
    pub list_id: String,
    /// Who hands the letters in, where that is not `from` (RFC 5322 section 3.6.2).
    pub agent: Option<EmailAddress>,
    /// Where answers go, where that is not `from`.
    pub reply_to: Option<EmailAddress>,
}

/// A message ready to be carried.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// The envelope sender: where a bounce goes.
    pub from: EmailAddress,
    pub to: EmailAddress,
    /// ASCII, lines end in CRLF.
    pub bytes: Vec<u8>,
    /// Without angle brackets; the same at every attempt.
    pub message_id: String,
}

impl fmt::Debug for Message {
    /// Bodies and tokens do not reach logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("message_id", &self.message_id)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

/// Why no message can be made of a delivery. Trying again would not help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    #[error("the address of the {whose} is refused by the mail library: {why}")]
    Address { whose: &'static str, why: String },
    #[error(
        "the {what} link is no http or https address of at most {LINK_MAX_BYTES} bytes; is serve.url right?"
    )]
    Link { what: &'static str },
    #[error(
        "the {what} `{name}` is no name of letters, digits, dots and hyphens; are serve.url and mail.from right?"
    )]
    Name { what: &'static str, name: String },
    #[error("the letter has a place for a confirmation link, and there is none")]
    NoConfirmLink,
    #[error("the message cannot be put together: {0}")]
    Mail(String),
}

/// Builds the message of one delivery.
pub fn build(
    delivery: &ClaimedDelivery,
    sender: &Sender,
    links: &PersonalLinks,
) -> Result<Message, MessageError> {
    build_with(&Bodies::of(&delivery.letter), delivery, sender, links)
}

/// The same, where the letter's bodies were encoded for an earlier copy.
pub fn build_with(
    bodies: &Bodies,
    delivery: &ClaimedDelivery,
    sender: &Sender,
    links: &PersonalLinks,
) -> Result<Message, MessageError> {
    let letter = &delivery.letter;
    check_name("Message-ID domain", &sender.domain)?;
    check_name("List-Id", &sender.list_id)?;
    let needs_confirm = bodies.asks_for_confirm || letter.purpose == Purpose::Confirmation;
    let checked = CheckedLinks::check(&sender.site_url, links, needs_confirm)?;
    let message_id = delivery.id.message_id(&sender.domain);
    let mut builder = originators(sender, letter)?
        .to(mailbox("recipient", None, &delivery.address)?)
        .subject(one_line(&letter.subject))
        .message_id(Some(format!("<{message_id}>")))
        .date(date(delivery.queued_at))
        // RFC 3834 section 5: no vacation notice answers it.
        .raw_header(header("Auto-Submitted", "auto-generated".to_owned()))
        .raw_header(header("Content-Language", letter.tag().to_owned()));
    if letter.purpose == Purpose::Digest {
        for (name, value) in list_headers(delivery, sender, &checked) {
            builder = builder.raw_header(header(name, value));
        }
    }
    // Neither base64 nor quoted-printable can hold `=_`, and no text holds a
    // delivery's id: the boundary cannot occur in a part.
    let boundary = format!("=_{}", header_word(delivery.id.as_str()));
    let kind = format!("multipart/alternative; boundary=\"{boundary}\"");
    let body = bodies.fill(&checked, &boundary);
    let bytes = builder
        .header(MIME_VERSION_1_0)
        .raw_header(header("Content-Type", kind))
        .body(Body::dangerous_pre_encoded(
            body,
            ContentTransferEncoding::SevenBit,
        ))
        .map_err(|error| MessageError::Mail(error.to_string()))?
        .formatted();
    Ok(Message {
        from: links.bounces.as_ref().unwrap_or(&sender.from).clone(),
        to: delivery.address.clone(),
        bytes,
        message_id,
    })
}

/// RFC 5322 section 3.6.2.
fn originators(sender: &Sender, letter: &Letter) -> Result<MessageBuilder, MessageError> {
    // As the letter itself spells it.
    let is_latin = letter.tongue == Tongue::Kazakh && letter.script == LetterScript::Latin;
    let name = if is_latin {
        latin(&sender.name)
    } else {
        sender.name.clone()
    };
    let name = Some(one_line(&name));
    let mut builder = Mail::builder().from(mailbox("sender", name, &sender.from)?);
    if let Some(agent) = sender.agent.as_ref().filter(|agent| **agent != sender.from) {
        builder = builder.sender(mailbox("agent (mail.sender)", None, agent)?);
    }
    if let Some(reply_to) = &sender.reply_to {
        builder = builder.reply_to(mailbox("mail.reply_to", None, reply_to)?);
    }
    Ok(builder)
}

/// RFC 2369, RFC 2919, RFC 8058, and what mailbox providers ask of list mail.
fn list_headers(
    delivery: &ClaimedDelivery,
    sender: &Sender,
    links: &CheckedLinks,
) -> [(&'static str, String); 7] {
    let letter = &delivery.letter;
    let feedback = format!(
        "{}:{}:{}:{FEEDBACK_SENDER}",
        header_word(letter.id.as_str()),
        letter.tongue.tag(),
        letter.purpose.word()
    );
    let mut unsubscribe = format!("<{}>", links.unsubscribe);
    if let Some(address) = &links.unsubscribe_by_mail {
        // The one before is preferred (RFC 2369 section 2), and only it can be
        // the one click of RFC 8058.
        unsubscribe.extend([", <", &mailto(address), ">"]);
    }
    [
        ("List-Unsubscribe", unsubscribe),
        (
            "List-Unsubscribe-Post",
            "List-Unsubscribe=One-Click".to_owned(),
        ),
        ("List-Id", format!("<{}>", sender.list_id)),
        ("List-Archive", format!("<{}>", links.site)),
        // The page that tells what is sent and how to change, pause or end it.
        ("List-Help", format!("<{}>", links.preferences)),
        ("Precedence", "bulk".to_owned()),
        ("Feedback-ID", feedback),
    ]
}

/// RFC 6068: what a local part may hold and a URI may not is escaped.
fn mailto(address: &EmailAddress) -> String {
    let mut uri = "mailto:".to_owned();
    for c in address.as_str().chars() {
        if c.is_ascii_alphanumeric() || "+-._~@".contains(c) {
            uri.push(c);
        } else {
            uri.extend(url::form_urlencoded::byte_serialize(
                c.to_string().as_bytes(),
            ));
        }
    }
    uri.push_str("?subject=unsubscribe");
    uri
}

/// What stands in a Message-ID or List-Id must not end it.
fn check_name(what: &'static str, name: &str) -> Result<(), MessageError> {
    let fits = (1..=253).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b));
    if fits {
        return Ok(());
    }
    Err(MessageError::Name {
        what,
        name: one_line(name),
    })
}

/// An id as it may stand in a header's parts, a boundary or a file name.
pub(super) fn header_word(id: &str) -> String {
    id.chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(60)
        .collect()
}

/// RFC 5322 section 3.3, in whole seconds; times outside 1970–9999 become its ends.
fn date(time: DateTime<Utc>) -> SystemTime {
    let seconds = u64::try_from(time.timestamp()).unwrap_or(0);
    UNIX_EPOCH + Duration::from_secs(seconds.min(DATE_MAX_UNIX_SECONDS))
}

fn mailbox(
    whose: &'static str,
    name: Option<String>,
    address: &EmailAddress,
) -> Result<Mailbox, MessageError> {
    let address = address
        .as_str()
        .parse()
        .map_err(
            |error: lettre::address::AddressError| MessageError::Address {
                whose,
                why: error.to_string(),
            },
        )?;
    let name = name.filter(|name| !name.is_empty());
    Ok(Mailbox::new(name, address))
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

/// Text for a header: one line without control characters, of limited length,
/// and without `=?`, which would be read as the start of an encoded word
/// (RFC 2047) that a publisher wrote.
fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|c| match c {
            '\u{2028}' | '\u{2029}' => ' ',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let line = words.join(" ").replace("=?", "= ?");
    if line.chars().count() <= HEADER_TEXT_MAX_CHARS {
        return line;
    }
    let mut cut: String = line.chars().take(HEADER_TEXT_MAX_CHARS - 1).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests;
