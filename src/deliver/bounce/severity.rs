//! Hard, soft or blocked: from enhanced codes (RFC 3463), reply codes
//! (RFC 5321) and words.
//!
//! Hard only where the report says that there is no such mailbox or domain:
//! whatever is not sure is soft, and only adds up. Servers misuse codes (`5.7.1`
//! for an unknown user, `5.1.1` for a full one), so words beat vague codes.

use std::fmt;

use super::phrases;
use crate::model::bounce::Severity;

/// What a status comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub severity: Severity,
    pub code: Option<String>,
    pub diagnostic: String,
}

impl Verdict {
    /// A letter came back, and nothing says why.
    pub fn unclear(text: &str) -> Self {
        Self {
            severity: Severity::Soft,
            code: None,
            diagnostic: first_lines(text).to_owned(),
        }
    }
}

/// An enhanced status code: class, subject, detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Enhanced(u16, u16, u16);

impl fmt::Display for Enhanced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// Of one recipient's status: `status` is the field of that name, `words` the
/// server's, `text` the one for people.
pub fn of_status(status: &str, words: &str, text: &str) -> Verdict {
    let stated = enhanced(status);
    let said = enhanced(words);
    // The server's own code is the more exact one: gateways put 5.0.0 and
    // 4.0.0 into Status. A 2.x.x in the words is of an earlier step.
    let code = match (said, stated) {
        (Some(said), Some(stated)) if is_vague(said) && !is_vague(stated) => Some(stated),
        (Some(said), _) if said.0 != 2 => Some(said),
        (_, stated) => stated,
    };
    let class = code.map(|code| code.0).or_else(|| {
        let reply = reply_code(words)?;
        Some(reply / 100)
    });
    let by_words = phrases::of(&phrases::folded(words));
    let by_text = || phrases::of(&phrases::folded(text));
    let severity = severity(code, class, by_words.or_else(by_text));
    Verdict {
        severity,
        code: code.map(|code| code.to_string()),
        diagnostic: if words.is_empty() {
            first_lines(text)
        } else {
            words
        }
        .to_owned(),
    }
}

/// Of a text without machine-readable status; nothing where it gives no reason.
pub fn of_text(text: &str) -> Option<Verdict> {
    let folded = phrases::folded(text);
    let code = enhanced(text).filter(|code| code.0 != 2);
    let reply = reply_code(text);
    let words = phrases::of(&folded);
    if code.is_none() && reply.is_none() && words.is_none() {
        return None;
    }
    let class = code.map(|code| code.0).or(reply.map(|reply| reply / 100));
    Some(Verdict {
        severity: severity(code, class, words),
        code: code.map(|code| code.to_string()),
        diagnostic: telling_line(text).to_owned(),
    })
}

fn severity(code: Option<Enhanced>, class: Option<u16>, words: Option<Severity>) -> Severity {
    // A server that says "for now" means it, whatever its words.
    if class == Some(4) {
        return Severity::Soft;
    }
    let Some(code) = code else {
        return words.unwrap_or(Severity::Soft);
    };
    match (by_code(code), words) {
        // Full mailboxes and refused senders come under any code.
        (_, Some(milder @ (Severity::Soft | Severity::Blocked))) if is_vague(code) => milder,
        (Some(Severity::Hard), Some(Severity::Soft)) => Severity::Soft,
        (Some(exact), _) if !is_vague(code) => exact,
        (by_code, words) => words.or(by_code).unwrap_or(Severity::Soft),
    }
}

/// Codes that servers give for all and everything.
fn is_vague(code: Enhanced) -> bool {
    matches!(
        (code.1, code.2),
        (0, _) | (1 | 2 | 3 | 5, 0) | (3, 2) | (4, 1) | (7, 0 | 1) | (5, 1 | 4)
    )
}

/// RFC 3463 sections 3.2 to 3.8, RFC 7504 and 7505, and what Exchange adds.
fn by_code(code: Enhanced) -> Option<Severity> {
    let severity = match (code.1, code.2) {
        // No such mailbox or domain, moved, null MX; disabled; no route to the
        // domain, Exchange: no such domain; the mailbox has changed hands
        // (RFC 7293) or is disabled (RFC 5248).
        (1, 1 | 2 | 3 | 6 | 10) | (2, 1) | (4, 4 | 310) | (7, 13 | 17 | 18) => Severity::Hard,
        // The sender's address; too large a letter, content, policy.
        (1, 7..=9) | (2, 3) | (3, 4) | (6 | 7, _) => Severity::Blocked,
        (1..=5, _) => Severity::Soft,
        _ => return None,
    };
    Some(severity)
}

/// The first enhanced code in `text`. No part of an IP address or a version.
fn enhanced(text: &str) -> Option<Enhanced> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .map(|word| word.trim_end_matches('.'))
        .find_map(|word| {
            let mut numbers = word.split('.');
            let mut number = |most: u16| {
                let part = numbers.next().filter(|part| part.len() <= 3)?;
                part.parse::<u16>().ok().filter(|number| *number <= most)
            };
            let code = Enhanced(number(5)?, number(7)?, number(999)?);
            let whole = numbers.next().is_none() && matches!(code.0, 2 | 4 | 5);
            whole.then_some(code)
        })
}

/// The first reply code of a refusal in `text`.
fn reply_code(text: &str) -> Option<u16> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '.'))
        .filter(|word| word.len() == 3)
        .filter_map(|word| word.parse::<u16>().ok())
        .find(|code| matches!(code, 421 | 450..=455 | 550..=556 | 571))
}

/// The line a person would quote: the one with a code or known words.
fn telling_line(text: &str) -> &str {
    text.lines()
        .find(|line| {
            enhanced(line).is_some_and(|code| code.0 != 2)
                || reply_code(line).is_some()
                || phrases::of(&phrases::folded(line)).is_some()
        })
        .unwrap_or_else(|| first_lines(text))
        .trim()
}

fn first_lines(text: &str) -> &str {
    let text = text.trim_start();
    &text[..text.floor_char_boundary(crate::model::bounce::DIAGNOSTIC_MAX_CHARS)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use Severity::{Blocked, Hard, Soft};

    #[test]
    fn codes_and_words_come_to_a_severity() {
        let cases = [
            ("5.1.1", "550 5.1.1 unknown", Hard),
            ("5.0.0", "550 5.1.1 x", Hard),
            ("5.1.1", "550 5.0.0 x", Hard),
            ("5.1.1", "550 5.1.1 mailbox is full", Soft),
            ("5.2.2", "552 5.2.2 no room", Soft),
            ("5.7.1", "550 5.7.1 User unknown", Hard),
            ("5.7.1", "550 5.7.1 spam", Blocked),
            ("5.7.1", "550 5.7.1 go away", Blocked),
            ("5.7.13", "", Hard),
            ("4.1.1", "450 4.1.1 User unknown", Soft),
            ("5.0.0", "", Soft),
            ("", "550 what", Soft),
            ("", "550 no such user", Hard),
            ("5.3.4", "too big", Blocked),
            ("5.4.7", "expired", Soft),
            ("5.4.4", "name not found", Hard),
            ("5.4.1", "Recipient address rejected: Access denied", Hard),
            (
                "5.1.8",
                "Sender address rejected: Domain not found",
                Blocked,
            ),
            ("5.1.2", "", Hard),
            ("5.9.9", "", Soft),
            ("nonsense", "", Soft),
        ];
        for (status, words, expected) in cases {
            let found = of_status(status, words, "");
            assert_eq!(found.severity, expected, "{status} {words}");
        }
    }

    #[test]
    fn addresses_and_versions_are_no_codes() {
        for text in ["5.9.1.2", "exim 4.96.1", "v5.1", "15.1.1", "5.1.1.", "5..1"] {
            let expected = (text == "5.1.1.").then_some(Enhanced(5, 1, 1));
            assert_eq!(enhanced(text), expected, "{text}");
        }
        assert_eq!(reply_code("port 550x, 5501, 550-5.1.1"), Some(550));
        assert_eq!(reply_code("10.0.0.550"), None);
    }
}
