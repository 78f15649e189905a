//! What is said over one SMTP connection: one letter after another (RFC 5321).
//!
//! lettre's own `send` hangs up after any refusal; so the commands are given
//! here one by one, and a refused letter leaves the connection to the next.

use std::error::Error as _;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::response::{Response, Severity};
use tokio::time::timeout;

use super::Timeouts;
use super::reply::{self, Stage};
use super::smtp::Counted;
use crate::deliver::message::Message;
use crate::model::delivery::Attempt;

/// Taking leave is a courtesy.
const QUIT_WITHIN: Duration = Duration::from_secs(2);

/// An open connection, signed in where need be.
pub(super) struct Wire {
    smtp: AsyncSmtpConnection,
    /// Its last answer is missing: no letter may follow.
    spent: bool,
    _counted: Counted,
}

/// How a transaction ended.
pub(super) enum End {
    /// The server's own answer; the connection can go on.
    Answered(Attempt),
    /// The connection is of no more use.
    Lost { stage: Stage, why: String },
}

/// A command that was not answered as hoped.
enum Fault {
    Refusal { code: u16, words: String },
    Lost(String),
}

impl Wire {
    pub(super) fn new(smtp: AsyncSmtpConnection, counted: Counted) -> Self {
        Self {
            smtp,
            spent: false,
            _counted: counted,
        }
    }

    /// Whether another letter may follow.
    pub(super) fn is_fit(&self) -> bool {
        !self.spent
    }

    pub(super) fn is_encrypted(&self) -> bool {
        self.smtp.is_encrypted()
    }

    /// As the server gave it in answer to EHLO.
    pub(super) fn server_name(&self) -> &str {
        self.smtp.server_info().name()
    }

    /// MAIL, RCPT, DATA, the letter; RSET after a refusal before the letter.
    pub(super) async fn transact(&mut self, message: &Message, timeouts: &Timeouts) -> End {
        let limit = timeouts.reply;
        // The addresses were checked when they were parsed: neither white space
        // nor angle brackets.
        let commands = [
            (
                Stage::Mail,
                format!("MAIL FROM:<{}>\r\n", message.from.as_str()),
            ),
            (
                Stage::Rcpt,
                format!("RCPT TO:<{}>\r\n", message.to.as_str()),
            ),
            (Stage::Data, "DATA\r\n".to_owned()),
        ];
        for (stage, command) in commands {
            match self.command(stage, command, limit).await {
                Ok(()) => {}
                Err(Fault::Lost(why)) => return End::Lost { stage, why },
                Err(Fault::Refusal { code, words }) => {
                    let attempt = reply::judge(stage, code, &words);
                    let reset = self.command(Stage::Rset, "RSET\r\n".to_owned(), limit);
                    if reset.await.is_err() {
                        // The verdict stands; the connection does not.
                        self.spent = true;
                    }
                    return End::Answered(attempt);
                }
            }
        }
        self.letter(&message.bytes, timeouts.acceptance).await
    }

    async fn letter(&mut self, bytes: &[u8], limit: Duration) -> End {
        let stage = Stage::Letter;
        let answer = match timeout(limit, self.smtp.message(bytes)).await {
            Ok(answer) => answer.map_err(|error| fault(&error)),
            Err(_) => Err(Fault::Lost(format!("nothing within {limit:?}"))),
        };
        match answer {
            Ok(response) if response.code().severity == Severity::PositiveCompletion => {
                let words: Vec<&str> = response.message().collect();
                End::Answered(Attempt::Sent {
                    reply: reply::presentable(&format!("{} {}", response.code(), words.join(" "))),
                })
            }
            Ok(response) => End::Lost {
                stage,
                why: format!("no answer after DATA: unexpected {}", response.code()),
            },
            Err(Fault::Refusal { code, words }) => End::Answered(reply::judge(stage, code, &words)),
            Err(Fault::Lost(why)) => End::Lost {
                stage,
                why: format!("no answer after DATA: {why}"),
            },
        }
    }

    async fn command(&mut self, stage: Stage, text: String, limit: Duration) -> Result<(), Fault> {
        let answer = timeout(limit, self.smtp.command(text)).await;
        let response: Response = answer
            .map_err(|_| Fault::Lost(format!("no answer to {stage} within {limit:?}")))?
            .map_err(|error| match fault(&error) {
                Fault::Lost(why) => Fault::Lost(format!("at {stage}: {why}")),
                refusal @ Fault::Refusal { .. } => refusal,
            })?;
        let expected = match stage {
            Stage::Data => Severity::PositiveIntermediate,
            _ => Severity::PositiveCompletion,
        };
        if response.code().severity == expected {
            Ok(())
        } else {
            let code = response.code();
            Err(Fault::Lost(format!("unexpected answer {code} to {stage}")))
        }
    }

    pub(super) async fn quit(mut self) {
        // Whether the server says goodbye changes nothing.
        let _ = timeout(QUIT_WITHIN, self.smtp.quit()).await;
    }
}

/// 421 is the server's word that it hangs up (RFC 5321 section 3.8).
fn fault(error: &Error) -> Fault {
    match error.status().map(u16::from) {
        None | Some(421) => Fault::Lost(words(error)),
        Some(code) => Fault::Refusal {
            code,
            words: words(error),
        },
    }
}

/// The server's own words with their code, or what happened to the connection.
pub(super) fn words(error: &Error) -> String {
    let source = error.source().map(ToString::to_string);
    let text = match (error.status(), source) {
        (Some(code), words) => format!("{code} {}", words.unwrap_or_default()),
        (None, Some(what)) if what == "incomplete response" => {
            "the server closed the connection".to_owned()
        }
        (None, Some(_)) => chain(error),
        (None, None) => error.to_string(),
    };
    reply::presentable(&text)
}

/// The innermost reason says most: `invalid peer certificate: UnknownIssuer`.
fn chain(error: &Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
