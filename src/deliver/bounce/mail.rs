//! A mail taken apart into what a report may stand in. The only place that
//! knows the MIME library.

use mail_parser::decoders::html::html_to_text;
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _, PartType};

use super::fields::Fields;
use super::{phrases, returned_letter};

/// How much text is looked at, in bytes: reports say what they say early.
const TEXT_BYTES_MAX: usize = 64 * 1024;
/// How much of a returned letter is searched for what the house signed.
const QUOTED_BYTES_MAX: usize = 256 * 1024;

/// Messages one mail may hold: a report holds one or two. Each level costs stack,
/// which 20,000 were seen to exhaust (2026-11-23).
const MESSAGES_WITHIN_MAX: usize = 200;

/// A mail, taken apart.
#[derive(Debug, Default)]
pub struct Mail {
    pub head: Fields,
    /// Decoded.
    pub subject: String,
    /// What the report says to people, without the returned letter.
    pub text: String,
    /// The returned letter as far as it was quoted.
    pub quoted: String,
    /// The blocks of `message/delivery-status` (RFC 3464 section 2.1).
    pub status: Vec<Fields>,
    /// `message/feedback-report` (RFC 5965 section 3).
    pub feedback: Option<Fields>,
    /// The head of the returned letter.
    pub original: Fields,
    /// `report-type` of the mail, in lower case.
    report_type: String,
    has_receipt: bool,
}

/// At most so many messages can be nested in `bytes`: how often `message/` stands
/// there. Encoded ones grow with each level and stay few.
fn messages_within(bytes: &[u8]) -> usize {
    let name = b"message/";
    let mut windows = bytes.windows(name.len());
    let mut found = 0;
    while found <= MESSAGES_WITHIN_MAX && windows.any(|piece| piece.eq_ignore_ascii_case(name)) {
        found += 1;
    }
    found
}

impl Mail {
    /// Takes a mail apart. Whatever is broken is left out.
    pub fn read(bytes: &[u8]) -> Self {
        let raw = String::from_utf8_lossy(bytes);
        let mut mail = Self {
            head: Fields::read(&raw),
            ..Self::default()
        };
        // The library goes one call deeper for each message within a message.
        if messages_within(bytes) > MESSAGES_WITHIN_MAX {
            return mail;
        }
        let Some(message) = MessageParser::default().parse(bytes) else {
            return mail;
        };
        message
            .subject()
            .unwrap_or_default()
            .clone_into(&mut mail.subject);
        mail.report_type = message
            .content_type()
            .and_then(|content| content.attribute("report-type"))
            .unwrap_or_default()
            .to_ascii_lowercase();
        let mut html = String::new();
        for part in &message.parts {
            mail.take(part, &mut html);
        }
        if mail.text.trim().is_empty() {
            if !mail.looks_returned() {
                let quoted = html.split_off(quotation_at(&html));
                append(&mut mail.quoted, &html_to_text(&quoted), QUOTED_BYTES_MAX);
            }
            mail.text = html_to_text(&html);
        }
        mail.cut_returned();
        if mail.status.is_empty() && mail.looks_returned() {
            mail.status = status_in_text(&raw);
        }
        mail
    }

    fn take(&mut self, part: &MessagePart<'_>, html: &mut String) {
        let content = part.content_type();
        let subtype = content.and_then(|content| content.subtype());
        let subtype = subtype.unwrap_or_default().to_ascii_lowercase();
        let lossy = || String::from_utf8_lossy(part.contents()).into_owned();
        match (&part.body, subtype.as_str()) {
            (PartType::Multipart(_), _) => {}
            (PartType::Message(letter), _) => self.take_letter(letter),
            (_, "delivery-status" | "global-delivery-status") => {
                self.status.extend(Fields::blocks(&lossy()));
            }
            (_, "feedback-report") => self.feedback = Some(Fields::read(&lossy())),
            (_, "rfc822-headers" | "global-headers") => self.original = Fields::read(&lossy()),
            (_, "disposition-notification" | "global-disposition-notification") => {
                self.has_receipt = true;
            }
            (PartType::Text(text), _) => append(&mut self.text, text, TEXT_BYTES_MAX),
            (PartType::Html(text), _) => append(html, text, TEXT_BYTES_MAX),
            (PartType::Binary(_) | PartType::InlineBinary(_), _) => {}
        }
    }

    fn take_letter(&mut self, letter: &Message<'_>) {
        let raw = String::from_utf8_lossy(letter.raw_message());
        self.original = Fields::read(&raw);
        append(&mut self.quoted, &raw, QUOTED_BYTES_MAX);
    }

    /// Reports of one text hold the returned letter behind a line that says so:
    /// its words are not the report's.
    fn cut_returned(&mut self) {
        let Some(at) = returned_letter::begins_at(&self.text) else {
            return;
        };
        let letter = self.text.split_off(at);
        if self.original.is_empty() {
            let after_line = letter.split_once('\n').map_or("", |(_, rest)| rest);
            self.original = Fields::read(after_line);
        }
        append(&mut self.quoted, &letter, QUOTED_BYTES_MAX);
    }

    /// Whether a mail system signs as the sender.
    pub fn is_from_a_daemon(&self) -> bool {
        ["from", "sender"]
            .iter()
            .filter_map(|name| self.head.value(name))
            .any(|value| returned_letter::is_daemon(&value.to_lowercase()))
    }

    /// Whether this is a read receipt (RFC 8098).
    pub fn is_receipt(&self) -> bool {
        self.has_receipt || self.report_type == "disposition-notification"
    }

    /// Whether this may be a returned letter.
    pub fn looks_returned(&self) -> bool {
        self.is_from_a_daemon() || self.says_failed()
    }

    /// Whether it says of itself that a letter did not arrive.
    pub fn says_failed(&self) -> bool {
        self.head.has("x-failed-recipients")
            || self.report_type == "delivery-status"
            || returned_letter::is_failure_subject(&phrases::folded(&self.subject))
    }

    /// To whom the returned letter was sent, as far as it says, in lower case.
    pub fn original_recipients(&self) -> Vec<String> {
        self.original
            .values("to")
            .chain(self.original.values("x-original-to"))
            .chain(self.head.values("x-failed-recipients"))
            .flat_map(addresses)
            .map(str::to_ascii_lowercase)
            .collect()
    }
}

/// Whatever looks like an address in `text`.
pub fn addresses(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "+-_.@=".contains(c)))
        .filter(|word| word.contains('@'))
}

/// Where an answer in HTML begins to quote; its end where it does not.
fn quotation_at(html: &str) -> usize {
    const MARKS: &[&str] = &[
        "<blockquote",
        "gmail_quote",
        "moz-cite-prefix",
        "divrplyfwdmsg",
        "yahoo_quoted",
    ];
    let lower = html.to_ascii_lowercase();
    let mark = MARKS.iter().filter_map(|mark| lower.find(mark)).min();
    let tag = mark.and_then(|at| lower[..=at].rfind('<'));
    tag.unwrap_or(html.len())
}

/// Delivery status as plain text, where MIME is broken or absent.
fn status_in_text(raw: &str) -> Vec<Fields> {
    let body = &raw[..raw.floor_char_boundary(TEXT_BYTES_MAX)];
    Fields::blocks(body)
        .into_iter()
        .filter(|block| block.has("final-recipient") && block.has("action"))
        .collect()
}

fn append(text: &mut String, more: &str, bytes_max: usize) {
    let room = bytes_max.saturating_sub(text.len());
    text.push_str(&more[..more.floor_char_boundary(room)]);
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tower_of_messages_is_not_climbed() {
        for levels in [1, 2, 200, 20_000] {
            let tower = "Content-Type: message/rfc822\r\n\r\n".repeat(levels);
            let mail = Mail::read(format!("{tower}Subject: x\r\n\r\ny\r\n").as_bytes());
            assert_eq!(mail.subject, "", "{levels}");
        }
        let many = messages_within("a message/ and MESSAGE/ ".repeat(9_000).as_bytes());
        assert_eq!(many, MESSAGES_WITHIN_MAX + 1, "counting ends early");
        assert_eq!(messages_within(b"Message/RFC822, messages"), 1);
    }
}
