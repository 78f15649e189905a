//! Commands and what the server answers, until each is done.

use std::sync::Arc;

use rustls::ClientConfig;
use tokio::time::timeout;

use super::super::connection::{MAIL_WITHIN, MailboxError, Stream, encrypted, shown};
use super::answers;
use super::wire::{Cut, Response, Wire};

/// Responses to one command: more than a full window of them.
const RESPONSES_MAX: usize = 10_000;
/// The command after which the server may say goodbye.
pub(super) const LOGOUT: &str = "LOGOUT";

/// A conversation with a server.
pub(super) struct Dialogue {
    wire: Wire,
    commands: u32,
    /// How long the mailbox's numbers hold (UIDVALIDITY); 0: not known yet.
    pub(super) validity: u32,
}

impl Dialogue {
    pub(super) fn new(stream: Box<dyn Stream>) -> Self {
        Self {
            wire: Wire::new(stream),
            commands: 0,
            validity: 0,
        }
    }

    /// The same conversation encrypted, after the server agreed to `command`.
    pub(super) async fn encrypt(
        self,
        command: &'static str,
        host: &str,
        trust: Arc<ClientConfig>,
    ) -> Result<Self, MailboxError> {
        let broken = |why: String| MailboxError::Broken { command, why };
        let stream = self.wire.into_inner();
        let stream = stream.ok_or_else(|| broken("words came before the encryption".to_owned()))?;
        let stream = timeout(MAIL_WITHIN, encrypted(stream, host, trust))
            .await
            .map_err(|_| MailboxError::Silent { command })?
            .map_err(|why| broken(why.to_string()))?;
        Ok(Self {
            wire: Wire::new(stream),
            ..self
        })
    }

    /// Whether the server knows us already.
    pub(super) async fn greeted(&mut self) -> Result<bool, MailboxError> {
        let command = "the greeting";
        let greeting = timeout(MAIL_WITHIN, self.wire.read())
            .await
            .map_err(|_| MailboxError::Silent { command })?
            .map_err(|cut| broke(command, cut))?;
        let text = greeting.text();
        let begins = |word: &str| {
            text.get(..word.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(word))
        };
        if begins("* PREAUTH") {
            return Ok(true);
        }
        if begins("* OK") {
            return Ok(false);
        }
        Err(refused(command, text))
    }

    /// Sends a command and hands its data to `take`, until its end.
    pub(super) async fn ask(
        &mut self,
        command: &'static str,
        line: &str,
        take: impl FnMut(Response),
    ) -> Result<(), MailboxError> {
        let tag = self.next_tag();
        let asking = async {
            self.send(command, &format!("{tag} {line}")).await?;
            self.until_done(command, &tag, take).await
        };
        timeout(MAIL_WITHIN, asking)
            .await
            .unwrap_or(Err(MailboxError::Silent { command }))
    }

    /// The same for a command whose lines the server asks for one by one.
    pub(super) async fn ask_in_turns(
        &mut self,
        command: &'static str,
        lines: &[String],
    ) -> Result<(), MailboxError> {
        let tag = self.next_tag();
        let asking = async {
            for (at, line) in lines.iter().enumerate() {
                if at == 0 {
                    self.send(command, &format!("{tag} {line}")).await?;
                    continue;
                }
                if !self.may_go_on(command, &tag).await? {
                    return Ok(());
                }
                self.send(command, line).await?;
            }
            self.until_done(command, &tag, |_| {}).await
        };
        timeout(MAIL_WITHIN, asking)
            .await
            .unwrap_or(Err(MailboxError::Silent { command }))
    }

    fn next_tag(&mut self) -> String {
        self.commands += 1;
        format!("j{}", self.commands)
    }

    async fn send(&mut self, command: &'static str, line: &str) -> Result<(), MailboxError> {
        let line = format!("{line}\r\n");
        let sent = self.wire.write(line.as_bytes()).await;
        sent.map_err(|cut| broke(command, cut))
    }

    /// Whether the server wants the next line; if not, it is done already.
    async fn may_go_on(&mut self, command: &'static str, tag: &str) -> Result<bool, MailboxError> {
        for _ in 0..RESPONSES_MAX {
            let response = self.wire.read().await.map_err(|cut| broke(command, cut))?;
            if response.text().starts_with('+') {
                return Ok(true);
            }
            if self.is_done(command, tag, &response)? {
                return Ok(false);
            }
        }
        Err(too_many(command))
    }

    async fn until_done(
        &mut self,
        command: &'static str,
        tag: &str,
        mut take: impl FnMut(Response),
    ) -> Result<(), MailboxError> {
        for _ in 0..RESPONSES_MAX {
            let response = self.wire.read().await.map_err(|cut| broke(command, cut))?;
            if self.is_done(command, tag, &response)? {
                return Ok(());
            }
            take(response);
        }
        Err(too_many(command))
    }

    /// Whether a response ends the command; an error where it ends more.
    fn is_done(
        &self,
        command: &'static str,
        tag: &str,
        response: &Response,
    ) -> Result<bool, MailboxError> {
        let text = response.text();
        let broken = |why: String| MailboxError::Broken { command, why };
        let (first, rest) = text.split_once(' ').unwrap_or((text, ""));
        let word = rest.split(' ').next().unwrap_or_default();
        if first == tag {
            return match word.to_ascii_uppercase().as_str() {
                "OK" => Ok(true),
                _ => Err(refused(command, rest)),
            };
        }
        if first != "*" {
            return Err(broken(format!("`{}` was not asked for", shown(text))));
        }
        if word.eq_ignore_ascii_case("BYE") && command != LOGOUT {
            return Err(broken(format!("the server says goodbye: {}", shown(rest))));
        }
        // From now on the numbers mean other mails.
        let changed = answers::validity(text).filter(|_| self.validity != 0);
        if changed.is_some_and(|validity| validity != self.validity) {
            return Err(broken("the mailbox was made anew meanwhile".to_owned()));
        }
        Ok(false)
    }
}

/// The server's own words, or ours, why a command came to nothing.
pub(super) fn refused(command: &'static str, answer: &str) -> MailboxError {
    MailboxError::Refused {
        command,
        answer: shown(answer),
    }
}

fn broke(command: &'static str, cut: Cut) -> MailboxError {
    match cut {
        Cut::Silent => MailboxError::Silent { command },
        Cut::Broken(why) => MailboxError::Broken { command, why },
    }
}

fn too_many(command: &'static str) -> MailboxError {
    MailboxError::Broken {
        command,
        why: format!("more than {RESPONSES_MAX} responses"),
    }
}
