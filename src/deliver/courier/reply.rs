//! What a server's answer is, and what it means for a letter. Pure.

use std::fmt;

use crate::model::delivery::{Attempt, Reason};

/// Longer answers are cut: they go into the ledger and the log.
pub const REPLY_MAX_CHARS: usize = 300;
/// The longest line of an answer, in bytes. RFC 5321 section 4.5.3.1.5 says
/// 512; servers send more.
pub const LINE_MAX_BYTES: usize = 4_096;
/// The most lines of one answer.
pub const LINES_MAX: usize = 128;

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Greeting,
    Hello,
    StartTls,
    Login,
    Mail,
    Rcpt,
    Data,
    Rset,
    /// The letter itself, after 354.
    Letter,
    Quit,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Greeting => "the connection",
            Self::Hello => "EHLO",
            Self::StartTls => "STARTTLS",
            Self::Login => "AUTH",
            Self::Mail => "MAIL",
            Self::Rcpt => "RCPT",
            Self::Data => "DATA",
            Self::Rset => "RSET",
            Self::Letter => "the letter",
            Self::Quit => "QUIT",
        })
    }
}

/// An answer, as it came: code, and lines without their codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) code: u16,
    pub(super) lines: Vec<String>,
}

/// An enhanced code (RFC 3463): class, subject, detail.
type Enhanced = (u16, u16, u16);

impl Reply {
    /// 2yz.
    pub(super) fn is_done(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// 3yz.
    pub(super) fn is_go_on(&self) -> bool {
        (300..400).contains(&self.code)
    }

    /// 4yz or 5yz.
    pub(super) fn is_refusal(&self) -> bool {
        (400..600).contains(&self.code)
    }

    /// Code and words, fit to be kept.
    pub(super) fn words(&self) -> String {
        presentable(&format!("{} {}", self.code, self.lines.join(" ")))
    }

    /// The enhanced code, where its class agrees with the plain one (RFC 2034
    /// section 4).
    fn enhanced(&self) -> Option<Enhanced> {
        let word = self.lines.first()?.split_whitespace().next()?;
        let mut parts = word.split('.').map(|part| part.parse::<u16>().ok());
        let enhanced = (parts.next()??, parts.next()??, parts.next()??);
        let whole = parts.next().is_none() && enhanced.0 == self.code / 100;
        whole.then_some(enhanced)
    }
}

/// One line of an answer without its line end: code, whether another line
/// follows, text. `None`: that is no SMTP (RFC 5321 section 4.2).
pub(super) fn line(bytes: &[u8]) -> Option<(u16, bool, String)> {
    let code = bytes.get(..3)?;
    if !(b'2'..=b'5').contains(&code[0]) || !code.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let code = code
        .iter()
        .fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'));
    let more = match bytes.get(3) {
        None | Some(b' ') => false,
        Some(b'-') => true,
        Some(_) => return None,
    };
    let text = String::from_utf8_lossy(bytes.get(4..).unwrap_or_default());
    Some((code, more, text.into_owned()))
}

/// What a refusal means, by code (RFC 5321 section 4.2.1) and enhanced code
/// (RFC 3463).
///
/// 4yz passes and 5yz lasts; but a refusal that is about the house (its sender
/// address, its login, its right to use the relay) would be met by every letter
/// of the digest. That is the relay's fault and passes when the operator has
/// seen to it. 421 is the server's word that it hangs up (section 3.8).
pub(super) fn judge(stage: Stage, reply: &Reply) -> Attempt {
    let words = reply.words();
    if reply.code == 421 {
        return Attempt::RelayFault { why: words };
    }
    if is_about_us(stage, reply, &words) {
        return Attempt::RelayFault {
            why: format!(
                "the mail server refuses the house itself, look at mail.from and at this relay's user: {words}"
            ),
        };
    }
    let reason = reason(reply, &words);
    if reply.code >= 500 {
        Attempt::Refused { reason, why: words }
    } else {
        Attempt::Deferred { reason, why: words }
    }
}

fn is_about_us(stage: Stage, reply: &Reply, words: &str) -> bool {
    let words = words.to_ascii_lowercase();
    // Postfix, Exim and Exchange say so in these words, whatever the code.
    let no_relaying = words.contains("relay access denied")
        || words.contains("relay not permitted")
        || words.contains("unable to relay")
        || words.contains("relaying denied");
    stage == Stage::Mail
        || matches!(reply.code, 530 | 534 | 535 | 538)
        || (stage == Stage::Rcpt && no_relaying)
}

fn reason(reply: &Reply, words: &str) -> Reason {
    let words = words.to_ascii_lowercase();
    let says = |part: &str| words.contains(part);
    if reply.code < 500 && (says("greylist") || says("graylist") || says("grey-list")) {
        return Reason::Greylisted;
    }
    if says("too many") || says("rate limit") || says("too fast") || says("throttl") {
        return Reason::TooFast;
    }
    if let Some((_, subject, detail)) = reply.enhanced() {
        let known = match (subject, detail) {
            (1, 1 | 0 | 6) => Some(Reason::NoSuchMailbox),
            (1, 2 | 10) | (4, 3 | 4) => Some(Reason::NoSuchDomain),
            (1, 3) => Some(Reason::BadAddress),
            (2, 1) => Some(Reason::MailboxDisabled),
            (2, 2) => Some(Reason::MailboxFull),
            (2, 3) | (3, 4) => Some(Reason::TooLarge),
            (3 | 4, _) => Some(Reason::ServerTrouble),
            // RFC 3463 has no code for greylisting; 4.7.1 is what is used.
            (7, 1) if reply.code == 450 || reply.code == 451 => Some(Reason::Greylisted),
            (6 | 7, _) => Some(Reason::Policy),
            _ => None,
        };
        if let Some(known) = known {
            return known;
        }
    }
    match reply.code {
        550 | 551 => Reason::NoSuchMailbox,
        553 | 501 => Reason::BadAddress,
        552 | 452 if says("quota") || says("full") => Reason::MailboxFull,
        552 => Reason::TooLarge,
        554 => Reason::Policy,
        450..=452 => Reason::ServerTrouble,
        _ => Reason::Other,
    }
}

/// A server's words as they may be kept: one line, of bounded length, without
/// addresses (servers like to repeat the recipient's).
pub(super) fn presentable(words: &str) -> String {
    let line: Vec<&str> = words
        .split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .map(|word| if word.contains('@') { "<…>" } else { word })
        .collect();
    line.join(" ").chars().take(REPLY_MAX_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(text: &str) -> Reply {
        let lines: Vec<_> = text
            .split('\n')
            .map(|text| line(text.as_bytes()).expect("a line of an answer"))
            .collect();
        Reply {
            code: lines[0].0,
            lines: lines.into_iter().map(|(_, _, text)| text).collect(),
        }
    }

    #[test]
    fn refusals_are_sorted() {
        use Reason::*;
        let later = |reason| Ok((false, reason));
        let never = |reason| Ok((true, reason));
        let relay: Result<(bool, Reason), ()> = Err(());
        let cases = [
            (
                Stage::Rcpt,
                "450 4.2.0 Greylisted, see you",
                later(Greylisted),
            ),
            (
                Stage::Rcpt,
                "451 4.7.1 Please try again later",
                later(Greylisted),
            ),
            (Stage::Rcpt, "450 4.2.2 over quota", later(MailboxFull)),
            (Stage::Rcpt, "452 4.5.3 too many recipients", later(TooFast)),
            (Stage::Rcpt, "451 4.4.3 no name server", later(NoSuchDomain)),
            (Stage::Rcpt, "450 4.4.2 it hung up", later(ServerTrouble)),
            (Stage::Rcpt, "451 local error", later(ServerTrouble)),
            (Stage::Rcpt, "550 5.1.1 no such user", never(NoSuchMailbox)),
            (
                Stage::Rcpt,
                "550-5.1.1 no such\n550 5.1.1 user",
                never(NoSuchMailbox),
            ),
            (Stage::Rcpt, "550 no such user", never(NoSuchMailbox)),
            (
                Stage::Rcpt,
                "550 4.1.1 class disagrees",
                never(NoSuchMailbox),
            ),
            (Stage::Rcpt, "550 5.1.2 no such host", never(NoSuchDomain)),
            (Stage::Rcpt, "556 5.1.10 null MX", never(NoSuchDomain)),
            (Stage::Rcpt, "553 5.1.3 bad syntax", never(BadAddress)),
            (Stage::Rcpt, "550 5.2.1 disabled", never(MailboxDisabled)),
            (Stage::Rcpt, "552 5.2.2 full", never(MailboxFull)),
            (Stage::Rcpt, "554 5.7.1 blocked", never(Policy)),
            (Stage::Rcpt, "554 5.7.1 <…>: Relay access denied", relay),
            (Stage::Rcpt, "454 4.7.1 Relay access denied", relay),
            (Stage::Rcpt, "530 5.7.0 must sign in", relay),
            (Stage::Data, "452 4.3.1 no room", later(ServerTrouble)),
            (Stage::Data, "554 no valid recipients", never(Policy)),
            (Stage::Letter, "451 4.3.0 later", later(ServerTrouble)),
            (Stage::Letter, "552 5.3.4 too big", never(TooLarge)),
            (Stage::Letter, "552 too big", never(TooLarge)),
            (Stage::Letter, "554 5.7.1 spam", never(Policy)),
            (Stage::Letter, "421 4.3.2 going down", relay),
            (Stage::Rcpt, "421 4.7.0 too many errors", relay),
            (Stage::Mail, "451 4.3.0 later", relay),
            (Stage::Mail, "550 5.7.1 sender refused", relay),
            (Stage::Rcpt, "599 what", never(Other)),
            (Stage::Rcpt, "499 what", later(Other)),
        ];
        for (stage, text, expected) in cases {
            let found = match judge(stage, &reply(text)) {
                Attempt::Deferred { reason, .. } => later(reason),
                Attempt::Refused { reason, .. } => never(reason),
                Attempt::RelayFault { .. } => relay,
                other => panic!("{stage} {text}: {other:?}"),
            };
            assert_eq!(found, expected, "{stage} {text}");
        }
    }

    #[test]
    fn lines_are_read_and_garbage_is_not() {
        type Line = (u16, bool, &'static str);
        let cases: [(&[u8], Option<Line>); 12] = [
            (b"250 ok", Some((250, false, "ok"))),
            (b"250-ok", Some((250, true, "ok"))),
            (b"250", Some((250, false, ""))),
            (b"250-", Some((250, true, ""))),
            (b"550 \xff", Some((550, false, "\u{fffd}"))),
            (b"25", None),
            (b"", None),
            (b"250ok", None),
            (b"150 ok", None),
            (b"650 ok", None),
            (b"2x0 ok", None),
            (b"HTTP/1.1 200 OK", None),
        ];
        for (bytes, expected) in cases {
            let found = line(bytes);
            let found = found
                .as_ref()
                .map(|(code, more, text)| (*code, *more, text.as_str()));
            assert_eq!(found, expected, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn words_are_made_presentable() {
        assert_eq!(
            presentable("550 5.1.1 <aigul@example.kz>:\r\n  no such\u{7} user"),
            "550 5.1.1 <…> no such user"
        );
        assert_eq!(
            presentable(&"қ ".repeat(1000)).chars().count(),
            REPLY_MAX_CHARS
        );
    }
}
