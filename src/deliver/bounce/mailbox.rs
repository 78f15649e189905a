//! A mailbox on a mail server: one face for POP3 and IMAP.

use std::sync::Arc;

use rustls::ClientConfig;

use super::connection::{Listed, MailboxError};
use super::imap::{ImapMailbox, ImapServer};
use super::pop3::{Pop3Mailbox, Pop3Server};

/// A mailbox and how to get in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailServer {
    Pop3(Pop3Server),
    Imap(ImapServer),
}

/// An open mailbox. Dropped without [`Mailbox::close`] it may still hold what
/// was put away.
pub enum Mailbox {
    Pop3(Pop3Mailbox),
    Imap(ImapMailbox),
}

impl Mailbox {
    /// Connects and logs in. `trust` says which certificates are believed.
    ///
    /// # Errors
    /// When the server cannot be reached or does not let us in.
    pub async fn open(server: &MailServer, trust: Arc<ClientConfig>) -> Result<Self, MailboxError> {
        match server {
            MailServer::Pop3(server) => Pop3Mailbox::open(server, trust).await.map(Self::Pop3),
            MailServer::Imap(server) => ImapMailbox::open(server, trust).await.map(Self::Imap),
        }
    }

    /// The first [`LISTED_MAX`](super::connection::LISTED_MAX) mails that `known` does not know by name.
    ///
    /// # Errors
    /// When the server refuses, falls silent or breaks off.
    pub async fn list(
        &mut self,
        known: &(dyn Fn(&str) -> bool + Sync),
    ) -> Result<Vec<Listed>, MailboxError> {
        match self {
            Self::Pop3(mailbox) => mailbox.list(known).await,
            Self::Imap(mailbox) => mailbox.list(known).await,
        }
    }

    /// A mail, or as much of it as is ever read; nothing where somebody else
    /// has taken it meanwhile.
    ///
    /// # Errors
    /// When the server refuses, falls silent or breaks off.
    pub async fn read(&mut self, mail: &Listed) -> Result<Option<Vec<u8>>, MailboxError> {
        match self {
            Self::Pop3(mailbox) => mailbox.read(mail).await.map(Some),
            Self::Imap(mailbox) => mailbox.read(mail).await,
        }
    }

    /// Deletes or moves a mail; in POP3 [`Mailbox::close`] makes it last.
    ///
    /// # Errors
    /// When the server refuses, falls silent or breaks off.
    pub async fn put_away(&mut self, mail: &Listed) -> Result<(), MailboxError> {
        match self {
            Self::Pop3(mailbox) => mailbox.put_away(mail).await,
            Self::Imap(mailbox) => mailbox.put_away(mail).await,
        }
    }

    /// Ends the conversation.
    ///
    /// # Errors
    /// When the server refuses, falls silent or breaks off.
    pub async fn close(self) -> Result<(), MailboxError> {
        match self {
            Self::Pop3(mailbox) => mailbox.close().await,
            Self::Imap(mailbox) => mailbox.close().await,
        }
    }
}
