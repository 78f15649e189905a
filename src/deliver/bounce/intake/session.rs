//! What a mail server says and what it is answered, up to a mail's text: the
//! commands of SMTP (RFC 5321) and LMTP (RFC 2033), without a socket.

use super::SIZE_MAX;

/// RFC 5321 section 4.5.3.1.8 asks for a hundred; a report has one.
const RECIPIENTS_MAX: usize = 100;
/// Wrong commands of one conversation.
const WRONG_MAX: u32 = 20;

/// A conversation, up to now.
#[derive(Debug, Default)]
pub(super) struct Session {
    greeted: bool,
    pub(super) lmtp: bool,
    /// The return address of the mail that has begun; empty: a report.
    pub(super) sender: Option<String>,
    pub(super) recipients: Vec<String>,
    wrong: u32,
}

/// What follows a command.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Say(String),
    /// The mail's text comes.
    Text,
    /// The last words.
    End(String),
}

impl Session {
    /// Answers a line, without its end. `knows` says which recipients are ours.
    pub(super) fn answer(&mut self, line: &[u8], host: &str, knows: &dyn Fn(&str) -> bool) -> Next {
        let line = match std::str::from_utf8(line) {
            Ok(line) if !line.contains(char::is_control) => line,
            _ => return self.wrong("500 5.5.2 a command is one line of text"),
        };
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "HELO" | "EHLO" | "LHLO" if rest.trim().is_empty() => {
                self.wrong("501 5.5.4 say who you are")
            }
            "HELO" => {
                self.greet(false);
                Next::Say(format!("250 {host}"))
            }
            "EHLO" => self.greet_with_extensions(false, host),
            "LHLO" => self.greet_with_extensions(true, host),
            "MAIL" => self.mail(rest),
            "RCPT" => self.recipient(rest, knows),
            "DATA" if !rest.trim().is_empty() => self.wrong("501 5.5.4 DATA stands alone"),
            "DATA" if self.recipients.is_empty() => self.wrong("503 5.5.1 to whom?"),
            "DATA" => Next::Text,
            "RSET" => {
                self.forget_mail();
                say("250 2.0.0 forgotten")
            }
            "NOOP" => say("250 2.0.0 nothing done"),
            "VRFY" => say("252 2.5.0 send it, and it will show"),
            "QUIT" => Next::End("221 2.0.0 goodbye".to_owned()),
            // A browser was made to speak to this port.
            "GET" | "POST" | "PUT" | "HEAD" | "OPTIONS" | "CONNECT" => {
                Next::End("421 4.7.0 this is no web server".to_owned())
            }
            _ => self.wrong("502 5.5.1 this command is not known here"),
        }
    }

    /// The mail is done with, or taken back.
    pub(super) fn forget_mail(&mut self) {
        self.sender = None;
        self.recipients.clear();
    }

    fn greet(&mut self, lmtp: bool) {
        self.greeted = true;
        self.lmtp = lmtp;
        self.forget_mail();
    }

    fn greet_with_extensions(&mut self, lmtp: bool, host: &str) -> Next {
        self.greet(lmtp);
        Next::Say(format!(
            "250-{host}\r\n250-PIPELINING\r\n250-SIZE {SIZE_MAX}\r\n250-8BITMIME\r\n\
             250-ENHANCEDSTATUSCODES\r\n250 SMTPUTF8"
        ))
    }

    fn mail(&mut self, rest: &str) -> Next {
        if !self.greeted {
            return self.wrong("503 5.5.1 greet first");
        }
        if self.sender.is_some() {
            return self.wrong("503 5.5.1 one mail at a time");
        }
        let Some((sender, parameters)) = path(rest, "FROM:") else {
            return self.wrong("501 5.5.4 expected MAIL FROM:<address>");
        };
        for parameter in parameters.split_ascii_whitespace() {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            match name.to_ascii_uppercase().as_str() {
                "SIZE" => match value.parse::<u64>() {
                    Ok(size) if size <= SIZE_MAX as u64 => {}
                    Ok(_) => return say("552 5.3.4 no report is as large as this"),
                    Err(_) => return self.wrong("501 5.5.4 SIZE is a number"),
                },
                "BODY" | "SMTPUTF8" => {}
                _ => return self.wrong("555 5.5.4 this parameter is not known here"),
            }
        }
        self.sender = Some(sender.to_owned());
        say("250 2.1.0 go on")
    }

    fn recipient(&mut self, rest: &str, knows: &dyn Fn(&str) -> bool) -> Next {
        if self.sender.is_none() {
            return self.wrong("503 5.5.1 MAIL comes first");
        }
        let Some((recipient, parameters)) = path(rest, "TO:") else {
            return self.wrong("501 5.5.4 expected RCPT TO:<address>");
        };
        if !parameters.trim().is_empty() {
            return self.wrong("555 5.5.4 this parameter is not known here");
        }
        if !knows(recipient) {
            return self.wrong("550 5.1.1 nobody of that name; nothing is passed on from here");
        }
        if self.recipients.len() >= RECIPIENTS_MAX {
            return say("452 4.5.3 too many recipients");
        }
        self.recipients.push(recipient.to_owned());
        say("250 2.1.5 go on")
    }

    fn wrong(&mut self, answer: &str) -> Next {
        self.wrong += 1;
        if self.wrong > WRONG_MAX {
            return Next::End("421 4.7.0 too much went wrong".to_owned());
        }
        say(answer)
    }
}

fn say(answer: &str) -> Next {
    Next::Say(answer.to_owned())
}

/// The address in `FROM:<address> …`, and what follows it. Addresses that could
/// not stand in a header field are none.
fn path<'t>(text: &'t str, word: &str) -> Option<(&'t str, &'t str)> {
    let text = text.trim_start();
    let (begin, rest) = text.split_at_checked(word.len())?;
    let rest = rest.trim_start().strip_prefix('<')?;
    let (address, parameters) = rest.split_once('>')?;
    let plain = !address.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '"'));
    let apart = parameters.is_empty() || parameters.starts_with(' ');
    (begin.eq_ignore_ascii_case(word) && plain && apart).then_some((address, parameters))
}
