//! One copy of a letter as a mail message (RFC 5322), personal links filled in.
//!
//! The bytes depend on nothing but the delivery, so every attempt sends the
//! same ones. They are ASCII with short lines, so no server needs 8BITMIME or
//! SMTPUTF8. Deliberately absent: signatures (DKIM) and attachments.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Utc};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message as Mail, MultiPart, SinglePart};
use url::Url;

use crate::model::delivery::ClaimedDelivery;
use crate::model::digest::{Letter, Purpose, slot};
use crate::model::subscriber::EmailAddress;

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
}

/// The links that only this copy bears.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonalLinks {
    /// Asks on GET, unsubscribes on POST (RFC 8058).
    pub unsubscribe: String,
    /// Only in a confirmation letter.
    pub confirm: Option<String>,
}

impl fmt::Debug for PersonalLinks {
    /// The links hold tokens, which do not reach logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalLinks(…)")
    }
}

/// A message ready to be carried.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
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
    let letter = &delivery.letter;
    check_name("Message-ID domain", &sender.domain)?;
    check_name("List-Id", &sender.list_id)?;
    let links = CheckedLinks::check(letter, sender, links)?;
    let message_id = delivery.id.message_id(&sender.domain);
    let mut builder = Mail::builder()
        .from(mailbox(
            "sender",
            Some(one_line(&sender.name)),
            &sender.from,
        )?)
        .to(mailbox("recipient", None, &delivery.address)?)
        .subject(one_line(&letter.subject))
        .message_id(Some(format!("<{message_id}>")))
        .date(date(delivery.queued_at))
        // RFC 3834 section 5: no vacation notice answers it.
        .raw_header(header("Auto-Submitted", "auto-generated".to_owned()))
        .raw_header(header("Content-Language", letter.tongue.tag().to_owned()));
    if letter.purpose == Purpose::Digest {
        for (name, value) in list_headers(delivery, sender, &links) {
            builder = builder.raw_header(header(name, value));
        }
    }
    // Neither base64 nor quoted-printable can hold `=_`, and no text holds a
    // delivery's id: the boundary cannot occur in a part.
    let parts = MultiPart::alternative()
        .boundary(format!("=_{}", header_word(delivery.id.as_str())))
        .singlepart(SinglePart::plain(links.fill_text(&letter.text)))
        .singlepart(SinglePart::html(links.fill_html(&letter.html)));
    let bytes = builder
        .multipart(parts)
        .map_err(|error| MessageError::Mail(error.to_string()))?
        .formatted();
    Ok(Message {
        from: sender.from.clone(),
        to: delivery.address.clone(),
        bytes,
        message_id,
    })
}

/// RFC 2369, RFC 2919, RFC 8058, and what mailbox providers ask of list mail.
fn list_headers(
    delivery: &ClaimedDelivery,
    sender: &Sender,
    links: &CheckedLinks,
) -> [(&'static str, String); 6] {
    let letter = &delivery.letter;
    let feedback = format!(
        "{}:{}:{}:{FEEDBACK_SENDER}",
        header_word(letter.id.as_str()),
        letter.tongue.tag(),
        letter.purpose.word()
    );
    [
        ("List-Unsubscribe", format!("<{}>", links.unsubscribe)),
        (
            "List-Unsubscribe-Post",
            "List-Unsubscribe=One-Click".to_owned(),
        ),
        ("List-Id", format!("<{}>", sender.list_id)),
        ("List-Archive", format!("<{}>", links.site)),
        ("Precedence", "bulk".to_owned()),
        ("Feedback-ID", feedback),
    ]
}

/// Personal links, proven to be web addresses and so free of spaces, line
/// breaks and angle brackets.
struct CheckedLinks {
    site: Url,
    unsubscribe: Url,
    confirm: Option<Url>,
}

impl CheckedLinks {
    fn check(
        letter: &Letter,
        sender: &Sender,
        links: &PersonalLinks,
    ) -> Result<Self, MessageError> {
        let parse = |what: &'static str, link: &str| {
            Url::parse(link)
                .ok()
                .filter(|url| matches!(url.scheme(), "http" | "https"))
                .filter(|url| url.as_str().len() <= LINK_MAX_BYTES)
                .ok_or(MessageError::Link { what })
        };
        let confirm = links
            .confirm
            .as_deref()
            .map(|link| parse("confirm", link))
            .transpose()?;
        let asks_for_confirm = [&letter.text, &letter.html].into_iter().any(|body| {
            body.contains(slot::CONFIRM_URL) || body.contains(&escaped(slot::CONFIRM_URL))
        });
        let needs_confirm = asks_for_confirm || letter.purpose == Purpose::Confirmation;
        if needs_confirm && confirm.is_none() {
            return Err(MessageError::NoConfirmLink);
        }
        Ok(Self {
            site: parse("site", &sender.site_url)?,
            unsubscribe: parse("unsubscribe", &links.unsubscribe)?,
            confirm,
        })
    }

    fn fill_text(&self, text: &str) -> String {
        self.fill(&plain_lines(text), ToOwned::to_owned)
    }

    fn fill_html(&self, html: &str) -> String {
        let mut html = plain_lines(html);
        for slot in [slot::UNSUBSCRIBE_URL, slot::CONFIRM_URL] {
            html = html.replace(&escaped(slot), slot);
        }
        self.fill(&html, escape_html)
    }

    fn fill(&self, body: &str, written: impl Fn(&str) -> String) -> String {
        let mut filled = body.replace(slot::UNSUBSCRIBE_URL, &written(self.unsubscribe.as_str()));
        if let Some(confirm) = &self.confirm {
            filled = filled.replace(slot::CONFIRM_URL, &written(confirm.as_str()));
        }
        if !filled.ends_with('\n') {
            filled.push('\n');
        }
        filled
    }
}

/// A slot as the template engine's HTML escaper writes it.
fn escaped(slot: &str) -> String {
    slot.replace('/', "&#x2f;")
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

/// The text with `\n` as its only line end and only control character but the
/// tab, so that no part holds a bare CR or LF that servers read differently.
fn plain_lines(text: &str) -> String {
    let mut plain = text.replace("\r\n", "\n").replace('\r', "\n");
    plain.retain(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    plain
}

fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
