//! What is said over one SMTP or LMTP connection: one letter after another
//! (RFC 5321, RFC 2033). A refused letter leaves the connection to the next.

use std::time::Duration;

use memchr::memmem;

use super::counted::Counted;
use super::reply::{self, Reply, Stage};
use super::talk::Talk;
use super::{Leave, Timeouts};
use crate::deliver::message::Message;
use crate::model::delivery::Attempt;

/// Taking leave is a courtesy.
const QUIT_WITHIN: Duration = Duration::from_secs(2);
/// How long a last word is waited for after the server stopped listening.
const LAST_WORD_WITHIN: Duration = Duration::from_secs(2);

/// An open connection, signed in where need be.
pub(super) struct Wire {
    talk: Talk,
    /// MAIL, RCPT and DATA go in one breath (RFC 2920).
    pipelining: bool,
    /// A letter went over it before.
    used: bool,
    /// Its last answer is missing: no letter may follow.
    spent: bool,
    _counted: Counted,
}

/// How a transaction ended.
#[derive(Debug)]
pub(super) enum End {
    /// The server's own answer.
    Answered(Attempt),
    /// The connection is of no more use, and the end of the letter never left.
    Lost(Lost),
    /// The whole letter left, and no answer came.
    Unanswered(String),
    /// No leave was given, and nothing of the letter left.
    Withheld,
}

/// A conversation that broke off before the letter.
#[derive(Debug)]
pub(super) struct Lost {
    pub(super) stage: Stage,
    /// Several commands had gone in one breath.
    pub(super) pipelined: bool,
    pub(super) why: String,
}

/// MAIL, RCPT and DATA as they were answered.
enum Envelope {
    Taken,
    Refused(Stage, Reply),
}

impl Wire {
    pub(super) fn new(talk: Talk, pipelining: bool, counted: Counted) -> Self {
        Self {
            talk,
            pipelining,
            used: false,
            spent: false,
            _counted: counted,
        }
    }

    /// Whether another letter may follow.
    pub(super) fn is_fit(&self) -> bool {
        !self.spent && self.talk.is_quiet()
    }

    /// Whether a letter went over it before.
    pub(super) fn is_used(&self) -> bool {
        self.used
    }

    /// From now on, one command after the other.
    pub(super) fn speak_slowly(&mut self) {
        self.pipelining = false;
    }

    /// MAIL, RCPT, DATA, the letter when it has leave; RSET after a refusal
    /// before the letter.
    pub(super) async fn transact(
        &mut self,
        message: &Message,
        leave: &mut Leave,
        timeouts: &Timeouts,
    ) -> End {
        self.used = true;
        let envelope = if self.pipelining {
            self.in_one_breath(message, timeouts.reply).await
        } else {
            self.step_by_step(message, timeouts.reply).await
        };
        match envelope {
            Ok(Envelope::Taken) if leave.is_given().await => {
                self.letter(&message.bytes, timeouts.acceptance).await
            }
            Ok(Envelope::Taken) => {
                // Nothing but a letter can follow its 354.
                self.spent = true;
                End::Withheld
            }
            Ok(Envelope::Refused(stage, reply)) => {
                if reply.code == 421 {
                    self.spent = true;
                } else {
                    self.reset(timeouts.reply).await;
                }
                End::Answered(reply::judge(stage, &reply))
            }
            Err(lost) => End::Lost(lost),
        }
    }

    async fn step_by_step(&mut self, message: &Message, limit: Duration) -> Result<Envelope, Lost> {
        for (stage, command) in commands(message) {
            let lost = |why| Lost {
                stage,
                pipelined: false,
                why,
            };
            let reply = self.talk.ask(stage, &command, limit).await.map_err(lost)?;
            if reply.is_refusal() {
                return Ok(Envelope::Refused(stage, reply));
            }
            if !is_hoped_for(stage, &reply) {
                return Err(lost(unexpected(stage, &reply)));
            }
        }
        Ok(Envelope::Taken)
    }

    /// All commands at once, then all answers, whatever the first ones say
    /// (RFC 2920 section 3.1).
    async fn in_one_breath(
        &mut self,
        message: &Message,
        limit: Duration,
    ) -> Result<Envelope, Lost> {
        let lost = |stage, why| Lost {
            stage,
            pipelined: true,
            why,
        };
        let commands = commands(message);
        let breath: String = commands
            .iter()
            .map(|(_, command)| command.as_str())
            .collect();
        self.talk
            .say(breath.as_bytes(), limit)
            .await
            .map_err(|why| lost(Stage::Mail, why))?;
        let mut refused: Option<(Stage, Reply)> = None;
        for (stage, _) in &commands {
            let stage = *stage;
            let reply = match self.talk.hear(stage, limit).await {
                Ok(reply) => reply,
                // Some hang up after the first refusal: its verdict stands.
                Err(why) => match refused.take() {
                    Some((stage, reply)) => {
                        self.spent = true;
                        return Ok(Envelope::Refused(stage, reply));
                    }
                    None => return Err(lost(stage, why)),
                },
            };
            match &refused {
                None if reply.is_refusal() => {
                    let hangs_up = reply.code == 421;
                    refused = Some((stage, reply));
                    if hangs_up {
                        break;
                    }
                }
                None if is_hoped_for(stage, &reply) => {}
                None => return Err(lost(stage, unexpected(stage, &reply))),
                Some(_) if stage == Stage::Data && reply.is_go_on() => {
                    self.end_of_nothing(limit).await;
                }
                Some(_) => {}
            }
        }
        match refused {
            // "Bad sequence" or "unknown command" in answer to what came too soon.
            Some((stage, reply))
                if stage != Stage::Mail && matches!(reply.code, 500 | 502 | 503) =>
            {
                Err(lost(stage, reply.words()))
            }
            Some((stage, reply)) => Ok(Envelope::Refused(stage, reply)),
            None => Ok(Envelope::Taken),
        }
    }

    /// The server waits for a letter that has no recipient: it gets none (RFC
    /// 2920 section 3.1).
    async fn end_of_nothing(&mut self, limit: Duration) {
        // With a line of its own, for servers that look for CRLF.CRLF and no less.
        let end = self.talk.ask(Stage::Data, "\r\n.\r\n", limit);
        if end.await.is_err() {
            self.spent = true;
        }
    }

    async fn reset(&mut self, limit: Duration) {
        if self.spent {
            return;
        }
        let reset = self.talk.ask(Stage::Rset, "RSET\r\n", limit).await;
        // The verdict stands; the connection may not.
        self.spent = !reset.is_ok_and(|reply| reply.is_done());
    }

    async fn letter(&mut self, bytes: &[u8], limit: Duration) -> End {
        let stage = Stage::Letter;
        if !self.talk.is_quiet() {
            // What it would say to the letter could not be told from this.
            return End::Lost(Lost {
                stage: Stage::Data,
                pipelined: self.pipelining,
                why: "the server speaks out of turn after DATA".to_owned(),
            });
        }
        if let Err(why) = self.talk.say(&stuffed(bytes), limit).await {
            // The end of the letter never left. The server may have said why.
            self.spent = true;
            return match self.talk.hear(stage, LAST_WORD_WITHIN).await {
                Ok(reply) if reply.is_refusal() => End::Answered(reply::judge(stage, &reply)),
                _ => End::Lost(Lost {
                    stage,
                    pipelined: false,
                    why: format!("the letter broke off: {why}"),
                }),
            };
        }
        match self.talk.hear(stage, limit).await {
            Ok(reply) if reply.is_done() => End::Answered(Attempt::Sent {
                reply: reply.words(),
            }),
            Ok(reply) if reply.is_refusal() => {
                self.spent = reply.code == 421;
                End::Answered(reply::judge(stage, &reply))
            }
            Ok(reply) => End::Unanswered(unexpected(stage, &reply)),
            Err(why) => End::Unanswered(why),
        }
    }

    pub(super) async fn quit(mut self) {
        // Whether the server says goodbye changes nothing.
        self.talk
            .ask(Stage::Quit, "QUIT\r\n", QUIT_WITHIN)
            .await
            .ok();
    }
}

/// The addresses were checked when they were parsed: neither white space nor
/// angle brackets.
fn commands(message: &Message) -> [(Stage, String); 3] {
    [
        (
            Stage::Mail,
            format!("MAIL FROM:<{}>\r\n", message.from.as_str()),
        ),
        (
            Stage::Rcpt,
            format!("RCPT TO:<{}>\r\n", message.to.as_str()),
        ),
        (Stage::Data, "DATA\r\n".to_owned()),
    ]
}

fn is_hoped_for(stage: Stage, reply: &Reply) -> bool {
    if stage == Stage::Data {
        reply.is_go_on()
    } else {
        reply.is_done()
    }
}

fn unexpected(stage: Stage, reply: &Reply) -> String {
    format!("unexpected answer {} to {stage}", reply.code)
}

/// The letter as it goes over the wire: a dot doubled at the start of a line,
/// and the end (RFC 5321 section 4.5.2).
fn stuffed(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 64 + 8);
    if bytes.first() == Some(&b'.') {
        out.push(b'.');
    }
    let mut from = 0;
    for line_end in memmem::find_iter(bytes, b"\n.") {
        out.extend_from_slice(&bytes[from..=line_end]);
        out.push(b'.');
        from = line_end + 1;
    }
    out.extend_from_slice(&bytes[from..]);
    if !out.is_empty() && !out.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::stuffed;

    #[test]
    fn dots_are_doubled_and_the_end_is_one() {
        let cases: [(&str, &str); 6] = [
            ("a\r\n", "a\r\n.\r\n"),
            (".\r\n", "..\r\n.\r\n"),
            ("a\r\n.b\r\n..\r\n", "a\r\n..b\r\n...\r\n.\r\n"),
            ("a.\r\n", "a.\r\n.\r\n"),
            ("no end", "no end\r\n.\r\n"),
            ("", ".\r\n"),
        ];
        for (letter, expected) in cases {
            let found = String::from_utf8(stuffed(letter.as_bytes())).expect("ASCII");
            assert_eq!(found, expected, "{letter:?}");
        }
    }
}
