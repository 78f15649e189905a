//! A mailbox read by IMAP (RFC 9051, and RFC 3501 before it), over TLS from the
//! first byte or by STARTTLS.
//!
//! A mail is deleted, or moved to a folder, only after
//! [`ImapMailbox::put_away`] is called for it; reading leaves no trace on it
//! (BODY.PEEK). Only the part of a mail that is ever read is asked for, so a
//! large one costs no more. Deliberately absent: IDLE, since a visit a minute
//! is enough; EXPUNGE without UIDPLUS, which would also delete what others have
//! marked.

mod answers;
mod server;
mod wire;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::ClientConfig;
use tokio::time::timeout;

use super::MAIL_BYTES_MAX;
use super::mailbox::{
    LISTED_MAX, Listed, Login, MAIL_WITHIN, MailboxError, connect, encrypted, shown,
};
use answers::Capabilities;
pub use server::ImapServer;
use server::Security;
use wire::{Cut, Response, Wire};

/// Mails searched at once, so that the answer stays a line.
const WINDOW: u32 = 1_000;
/// Windows searched in one visit; what lies behind waits.
const WINDOWS_MAX: u32 = 1_000;
/// Responses to one command: more than a full window of them.
const RESPONSES_MAX: usize = 10_000;

/// An open mailbox.
pub struct ImapMailbox {
    wire: Wire,
    commands: u32,
    can: Capabilities,
    /// How long its numbers hold (UIDVALIDITY).
    validity: u32,
    exists: u32,
    processed: Option<String>,
}

impl ImapMailbox {
    /// Connects, logs in and selects the folder.
    ///
    /// # Errors
    /// When the server cannot be reached or does not let us in.
    pub async fn open(server: &ImapServer, trust: Arc<ClientConfig>) -> Result<Self, MailboxError> {
        let place = (server.login.host.as_str(), server.port);
        let is_tls = server.security == Security::Tls;
        let stream = connect(place, is_tls, Arc::clone(&trust)).await?;
        let mut mailbox = Self {
            wire: Wire::new(stream),
            commands: 0,
            can: Capabilities::default(),
            validity: 0,
            exists: 0,
            processed: server.processed.clone(),
        };
        let is_known = mailbox.greeted().await?;
        if server.security == Security::StartTls {
            // Whoever is known already is past the point where TLS can begin.
            if is_known {
                return Err(refused("STARTTLS", "the server let us in without it"));
            }
            mailbox = mailbox.start_tls(&server.login.host, trust).await?;
        }
        if !is_known {
            mailbox.capabilities().await?;
            mailbox.log_in(&server.login).await?;
        }
        mailbox.capabilities().await?;
        mailbox.select(&server.folder).await?;
        Ok(mailbox)
    }

    /// The first [`LISTED_MAX`] mails that `known` does not know. A name is
    /// the mail's number with the time for which numbers hold.
    ///
    /// # Errors
    /// When the server refuses, falls silent or breaks off.
    pub async fn list(
        &mut self,
        known: &(dyn Fn(&str) -> bool + Sync),
    ) -> Result<Vec<Listed>, MailboxError> {
        let mut listed = Vec::new();
        let windows = self.exists.div_ceil(WINDOW).min(WINDOWS_MAX);
        for window in 0..windows {
            let first = window * WINDOW + 1;
            let last = (first + WINDOW - 1).min(self.exists);
            let command = format!("UID SEARCH {first}:{last} UNDELETED");
            let mut numbers = Vec::new();
            self.ask("UID SEARCH", &command, |response| {
                let room = (WINDOW as usize).saturating_sub(numbers.len());
                numbers.extend(answers::found(&response, room));
            })
            .await?;
            for number in numbers {
                let name = format!("{}.{number}", self.validity);
                if listed.len() < LISTED_MAX && !known(&name) {
                    listed.push(Listed { number, name });
                }
            }
            if listed.len() >= LISTED_MAX {
                break;
            }
        }
        Ok(listed)
    }

    /// A mail, or as much of it as is ever read; nothing where it is gone.
    ///
    /// # Errors
    /// When the server refuses, falls silent or breaks off.
    pub async fn read(&mut self, mail: &Listed) -> Result<Option<Vec<u8>>, MailboxError> {
        let uid = mail.number;
        let command = format!("UID FETCH {uid} (UID BODY.PEEK[]<0.{MAIL_BYTES_MAX}>)");
        let mut body = None;
        self.ask("UID FETCH", &command, |response| {
            body = body.take().or_else(|| answers::body(response, uid));
        })
        .await?;
        Ok(body)
    }

    /// Moves a mail to the folder for what was read, or deletes it.
    ///
    /// # Errors
    /// When the server refuses, falls silent or breaks off.
    pub async fn put_away(&mut self, mail: &Listed) -> Result<(), MailboxError> {
        let uid = mail.number;
        if let Some(folder) = self.processed.clone() {
            let folder = quoted(&folder);
            if self.can.uid_move {
                let command = format!("UID MOVE {uid} {folder}");
                return self.ask("UID MOVE", &command, |_| {}).await;
            }
            self.ask("UID COPY", &format!("UID COPY {uid} {folder}"), |_| {})
                .await?;
        }
        let mark = format!("UID STORE {uid} +FLAGS.SILENT (\\Deleted)");
        self.ask("UID STORE", &mark, |_| {}).await?;
        if self.can.uid_expunge {
            self.ask("UID EXPUNGE", &format!("UID EXPUNGE {uid}"), |_| {})
                .await?;
        }
        Ok(())
    }

    /// Ends the conversation.
    ///
    /// # Errors
    /// When the server refuses, falls silent or breaks off.
    pub async fn close(mut self) -> Result<(), MailboxError> {
        self.ask(LOGOUT, LOGOUT, |_| {}).await
    }

    /// Whether the server knows us already.
    async fn greeted(&mut self) -> Result<bool, MailboxError> {
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

    async fn capabilities(&mut self) -> Result<(), MailboxError> {
        let mut can = Capabilities::default();
        self.ask("CAPABILITY", "CAPABILITY", |response| can.add(&response))
            .await?;
        self.can = can;
        Ok(())
    }

    async fn start_tls(
        mut self,
        host: &str,
        trust: Arc<ClientConfig>,
    ) -> Result<Self, MailboxError> {
        const COMMAND: &str = "STARTTLS";
        self.capabilities().await?;
        if !self.can.starttls {
            return Err(refused(
                COMMAND,
                "the server has none; the password is not sent in the clear",
            ));
        }
        self.ask(COMMAND, COMMAND, |_| {}).await?;
        let broken = |why: String| MailboxError::Broken {
            command: COMMAND,
            why,
        };
        let stream = self.wire.into_inner();
        let stream = stream.ok_or_else(|| broken("words came before the encryption".to_owned()))?;
        let stream = timeout(MAIL_WITHIN, encrypted(stream, host, trust))
            .await
            .map_err(|_| MailboxError::Silent { command: COMMAND })?
            .map_err(|why| broken(why.to_string()))?;
        self.wire = Wire::new(stream);
        Ok(self)
    }

    async fn log_in(&mut self, login: &Login) -> Result<(), MailboxError> {
        let (user, password) = (&login.user, &login.password);
        let initial = STANDARD.encode(format!("\0{user}\0{password}"));
        let done = if self.can.auth_plain && self.can.initial_response {
            let command = format!("AUTHENTICATE PLAIN {initial}");
            self.ask(LOGIN, &command, |_| {}).await
        } else if self.can.auth_plain {
            let lines = ["AUTHENTICATE PLAIN".to_owned(), initial.clone()];
            self.ask_in_turns(LOGIN, &lines).await
        } else if self.can.login_disabled {
            return Err(refused(LOGIN, "the server announces LOGINDISABLED"));
        } else {
            // Literals hold any character.
            let lines = [
                format!("LOGIN {{{}}}", user.len()),
                format!("{user} {{{}}}", password.len()),
                password.clone(),
            ];
            self.ask_in_turns(LOGIN, &lines).await
        };
        done.map_err(|error| match error {
            // A server may repeat what it was sent.
            MailboxError::Refused { answer, .. }
                if answer.contains(password.as_str()) || answer.contains(&initial) =>
            {
                refused(LOGIN, "its words are not shown, they repeat the password")
            }
            other => other,
        })
    }

    async fn select(&mut self, folder: &str) -> Result<(), MailboxError> {
        const COMMAND: &str = "SELECT";
        let (mut exists, mut validity) = (0, None);
        let command = format!("{COMMAND} {}", quoted(folder));
        self.ask(COMMAND, &command, |response| {
            exists = answers::exists(&response).unwrap_or(exists);
            validity = answers::validity(response.text()).or(validity);
        })
        .await?;
        self.exists = exists;
        self.validity = validity.ok_or(MailboxError::Broken {
            command: COMMAND,
            why: "the server does not say how long its numbers hold (UIDVALIDITY)".to_owned(),
        })?;
        Ok(())
    }

    /// Sends a command and hands its data to `take`, until its end.
    async fn ask(
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
    async fn ask_in_turns(
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

const LOGIN: &str = "the login";
const LOGOUT: &str = "LOGOUT";

fn refused(command: &'static str, answer: &str) -> MailboxError {
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

/// A folder's name in quotes; it is ASCII without control characters.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests;
