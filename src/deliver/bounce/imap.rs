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
mod dialogue;
mod server;
mod wire;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::ClientConfig;

use super::MAIL_BYTES_MAX;
use super::connection::{LISTED_MAX, Listed, Login, MailboxError, connect};
use answers::Capabilities;
use dialogue::{Dialogue, LOGOUT, refused};
pub use server::ImapServer;
use server::Security;

/// Mails searched at once, so that the answer stays a line.
const WINDOW: u32 = 1_000;
/// Windows searched in one visit; what lies behind waits.
const WINDOWS_MAX: u32 = 1_000;

/// An open mailbox.
pub struct ImapMailbox {
    dialogue: Dialogue,
    can: Capabilities,
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
            dialogue: Dialogue::new(stream),
            can: Capabilities::default(),
            exists: 0,
            processed: server.processed.clone(),
        };
        let is_known = mailbox.dialogue.greeted().await?;
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
            self.dialogue
                .ask("UID SEARCH", &command, |response| {
                    let room = (WINDOW as usize).saturating_sub(numbers.len());
                    numbers.extend(answers::found(&response, room));
                })
                .await?;
            for number in numbers {
                let name = format!("{}.{number}", self.dialogue.validity);
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
        self.dialogue
            .ask("UID FETCH", &command, |response| {
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
                return self.dialogue.ask("UID MOVE", &command, |_| {}).await;
            }
            self.dialogue
                .ask("UID COPY", &format!("UID COPY {uid} {folder}"), |_| {})
                .await?;
        }
        let mark = format!("UID STORE {uid} +FLAGS.SILENT (\\Deleted)");
        self.dialogue.ask("UID STORE", &mark, |_| {}).await?;
        if self.can.uid_expunge {
            self.dialogue
                .ask("UID EXPUNGE", &format!("UID EXPUNGE {uid}"), |_| {})
                .await?;
        }
        Ok(())
    }

    /// Ends the conversation.
    ///
    /// # Errors
    /// When the server refuses, falls silent or breaks off.
    pub async fn close(mut self) -> Result<(), MailboxError> {
        self.dialogue.ask(LOGOUT, LOGOUT, |_| {}).await
    }

    async fn capabilities(&mut self) -> Result<(), MailboxError> {
        let mut can = Capabilities::default();
        self.dialogue
            .ask("CAPABILITY", "CAPABILITY", |response| can.add(&response))
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
        self.dialogue.ask(COMMAND, COMMAND, |_| {}).await?;
        self.dialogue = self.dialogue.encrypt(COMMAND, host, trust).await?;
        Ok(self)
    }

    async fn log_in(&mut self, login: &Login) -> Result<(), MailboxError> {
        let (user, password) = (&login.user, &login.password);
        let initial = STANDARD.encode(format!("\0{user}\0{password}"));
        let done = if self.can.auth_plain && self.can.initial_response {
            let command = format!("AUTHENTICATE PLAIN {initial}");
            self.dialogue.ask(LOGIN, &command, |_| {}).await
        } else if self.can.auth_plain {
            let lines = ["AUTHENTICATE PLAIN".to_owned(), initial.clone()];
            self.dialogue.ask_in_turns(LOGIN, &lines).await
        } else if self.can.login_disabled {
            return Err(refused(LOGIN, "the server announces LOGINDISABLED"));
        } else {
            // Literals hold any character.
            let lines = [
                format!("LOGIN {{{}}}", user.len()),
                format!("{user} {{{}}}", password.len()),
                password.clone(),
            ];
            self.dialogue.ask_in_turns(LOGIN, &lines).await
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
        self.dialogue
            .ask(COMMAND, &command, |response| {
                exists = answers::exists(&response).unwrap_or(exists);
                validity = answers::validity(response.text()).or(validity);
            })
            .await?;
        self.exists = exists;
        self.dialogue.validity = validity.ok_or(MailboxError::Broken {
            command: COMMAND,
            why: "the server does not say how long its numbers hold (UIDVALIDITY)".to_owned(),
        })?;
        Ok(())
    }
}

const LOGIN: &str = "the login";

/// A folder's name in quotes; it is ASCII without control characters.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests;
