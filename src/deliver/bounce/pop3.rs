//! A mailbox read by POP3 (RFC 1939), over TLS from the first byte (RFC 8314).
//!
//! A mail is marked for deletion only after [`Pop3Mailbox::put_away`] is called for
//! it, and the server deletes at QUIT: a line that breaks before means that
//! mails are read again. Deliberately absent: STLS and APOP, which nothing
//! needs that offers port 995.

use std::sync::Arc;

use rustls::ClientConfig;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::time::timeout;
use url::Url;

use super::MAIL_BYTES_MAX;
use super::connection::{
    ANSWER_WITHIN, BadMailbox, LISTED_MAX, Listed, Login, MAIL_WITHIN, MailboxError, Stream,
    TRANSFER_BYTES_MAX, connect, shown,
};

/// RFC 8314 section 3.3.
const TLS_PORT: u16 = 995;
const PLAIN_PORT: u16 = 110;
/// RFC 1939 section 3 says 512; servers say more.
const LINE_BYTES_MAX: u64 = 64 * 1024;
/// A listing with more lines than this is no mailbox's.
const LISTING_LINES_MAX: usize = 1_000_000;

/// A mailbox and how to get in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pop3Server {
    login: Login,
    port: u16,
    tls: bool,
}

/// An open mailbox. Dropped without [`Pop3Mailbox::close`] it deletes nothing.
pub struct Pop3Mailbox {
    stream: BufReader<Box<dyn Stream>>,
}

impl Pop3Server {
    /// Reads `pop3s://user:password@host[:port]`; `pop3://` to this machine, or
    /// with `?tls=none`.
    ///
    /// # Errors
    /// When a part is missing or not known.
    pub fn parse(text: &str) -> Result<Self, BadMailbox> {
        let url = Url::parse(text.trim()).map_err(|_| BadMailbox::Shape)?;
        let (tls, port) = match url.scheme() {
            "pop3s" => (true, TLS_PORT),
            "pop3" => (false, PLAIN_PORT),
            _ => return Err(BadMailbox::Shape),
        };
        if !matches!(url.path(), "" | "/") {
            return Err(BadMailbox::Shape);
        }
        let login = Login::of(&url)?;
        match url.query() {
            None if tls || login.is_here => {}
            None => return Err(BadMailbox::Unencrypted),
            Some("tls=none") if !tls => {}
            Some(_) => return Err(BadMailbox::Shape),
        }
        Ok(Self {
            port: login.port.unwrap_or(port),
            tls,
            login,
        })
    }
}

impl Pop3Mailbox {
    /// Connects and logs in. `trust` says which certificates are believed.
    ///
    /// # Errors
    /// When the server cannot be reached or does not let us in.
    pub async fn open(server: &Pop3Server, trust: Arc<ClientConfig>) -> Result<Self, MailboxError> {
        let place = (server.login.host.as_str(), server.port);
        let stream = connect(place, server.tls, trust).await?;
        let mut mailbox = Self {
            stream: BufReader::new(stream),
        };
        mailbox.answer("the greeting").await?;
        mailbox.ask("USER", &server.login.user).await?;
        mailbox.ask("PASS", &server.login.password).await?;
        Ok(mailbox)
    }

    /// The first [`LISTED_MAX`] mails that `known` does not know.
    ///
    /// # Errors
    /// When the server refuses, falls silent or breaks off.
    pub async fn list(
        &mut self,
        known: &(dyn Fn(&str) -> bool + Sync),
    ) -> Result<Vec<Listed>, MailboxError> {
        self.ask("UIDL", "").await?;
        let mut listed = Vec::new();
        for _ in 0..LISTING_LINES_MAX {
            let line = self.line("UIDL").await?;
            if line == b"." {
                return Ok(listed);
            }
            let line = String::from_utf8_lossy(&line);
            if let Some((number, name)) = line.split_once(' ')
                && let Ok(number) = number.parse()
                && listed.len() < LISTED_MAX
                && !known(name.trim())
            {
                let name = name.trim().to_owned();
                listed.push(Listed { number, name });
            }
        }
        Err(MailboxError::Broken {
            command: "UIDL",
            why: format!("a list of more than {LISTING_LINES_MAX} mails"),
        })
    }

    /// A mail, or as much of it as is ever read.
    ///
    /// # Errors
    /// When the server refuses, falls silent or breaks off.
    pub async fn read(&mut self, mail: &Listed) -> Result<Vec<u8>, MailboxError> {
        self.ask("RETR", &mail.number.to_string()).await?;
        let whole = self.lines_to_dot();
        timeout(MAIL_WITHIN, whole)
            .await
            .unwrap_or(Err(MailboxError::Silent { command: "RETR" }))
    }

    /// Marks a mail for deletion, which [`Pop3Mailbox::close`] makes last.
    ///
    /// # Errors
    /// When the server refuses, falls silent or breaks off.
    pub async fn put_away(&mut self, mail: &Listed) -> Result<(), MailboxError> {
        self.ask("DELE", &mail.number.to_string()).await
    }

    /// Ends the conversation: what was put away is deleted now.
    ///
    /// # Errors
    /// When the server refuses, falls silent or breaks off.
    pub async fn close(mut self) -> Result<(), MailboxError> {
        self.ask("QUIT", "").await
    }

    async fn ask(&mut self, command: &'static str, argument: &str) -> Result<(), MailboxError> {
        let line = match argument {
            "" => format!("{command}\r\n"),
            argument => format!("{command} {argument}\r\n"),
        };
        let broken = |why: std::io::Error| MailboxError::Broken {
            command,
            why: why.to_string(),
        };
        self.stream
            .write_all(line.as_bytes())
            .await
            .map_err(broken)?;
        self.stream.flush().await.map_err(broken)?;
        self.answer(command).await
    }

    async fn answer(&mut self, command: &'static str) -> Result<(), MailboxError> {
        let line = self.line(command).await?;
        if line.starts_with(b"+OK") {
            return Ok(());
        }
        Err(MailboxError::Refused {
            command,
            answer: shown(&String::from_utf8_lossy(&line)),
        })
    }

    /// A line without its end.
    async fn line(&mut self, command: &'static str) -> Result<Vec<u8>, MailboxError> {
        let mut line = Vec::new();
        let mut bounded = (&mut self.stream).take(LINE_BYTES_MAX);
        let reading = bounded.read_until(b'\n', &mut line);
        let broken = |why: &str| MailboxError::Broken {
            command,
            why: why.to_owned(),
        };
        match timeout(ANSWER_WITHIN, reading).await {
            Err(_) => return Err(MailboxError::Silent { command }),
            Ok(Err(why)) => return Err(broken(&why.to_string())),
            Ok(Ok(0)) => return Err(broken("the server closed the connection")),
            Ok(Ok(_)) => {}
        }
        if line.pop() != Some(b'\n') {
            return Err(broken("a line without an end"));
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok(line)
    }

    /// Lines up to the dot, unstuffed (section 3).
    async fn lines_to_dot(&mut self) -> Result<Vec<u8>, MailboxError> {
        let mut mail = Vec::new();
        let mut transferred = 0;
        loop {
            let line = self.line("RETR").await?;
            if line == b"." {
                return Ok(mail);
            }
            transferred += line.len() + 2;
            if transferred > TRANSFER_BYTES_MAX {
                return Err(MailboxError::Broken {
                    command: "RETR",
                    why: format!("a mail of more than {TRANSFER_BYTES_MAX} bytes"),
                });
            }
            if mail.len() < MAIL_BYTES_MAX {
                mail.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
                mail.extend_from_slice(b"\r\n");
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
