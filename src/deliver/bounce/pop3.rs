//! A mailbox read by POP3 (RFC 1939), over TLS from the first byte (RFC 8314).
//!
//! A mail is marked for deletion only after [`Mailbox::put_away`] is called for
//! it, and the server deletes at QUIT: a line that breaks before means that
//! mails are read again. Deliberately absent: STLS and APOP, which nothing
//! needs that offers port 995.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use super::MAIL_BYTES_MAX;

/// RFC 8314 section 3.3.
const TLS_PORT: u16 = 995;
const PLAIN_PORT: u16 = 110;
/// How long the server may take for one answer.
const ANSWER_WITHIN: Duration = Duration::from_mins(1);
/// How long it may take for one mail.
const MAIL_WITHIN: Duration = Duration::from_mins(5);
/// RFC 1939 section 3 says 512; servers say more.
const LINE_BYTES_MAX: u64 = 64 * 1024;
/// A mail longer than this ends the conversation: it is no report.
const TRANSFER_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Mails listed at once; the next visit takes the rest.
pub const LISTED_MAX: usize = 1_000;
/// A listing with more lines than this is no mailbox's.
const LISTING_LINES_MAX: usize = 1_000_000;

/// A mailbox and how to get in.
#[derive(Clone, PartialEq, Eq)]
pub struct Pop3Server {
    host: String,
    port: u16,
    tls: bool,
    user: String,
    password: String,
}

impl fmt::Debug for Pop3Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pop3Server({}:{})", self.host, self.port)
    }
}

/// Why a text names no mailbox. The password it may hold is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadMailbox {
    #[error("expected pop3s://USER:PASSWORD@HOST")]
    Shape,
    #[error("a user and a password are needed: pop3s://USER:PASSWORD@HOST, with % written as %25")]
    Login,
    #[error(
        "pop3:// is unencrypted; write pop3s://, or pop3://…?tls=none to send the password in the clear"
    )]
    Unencrypted,
}

/// Why a mailbox could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Pop3Error {
    #[error("the mailbox at {place} cannot be reached: {why}")]
    Connect { place: String, why: String },
    #[error("the mailbox server refused {command}: {answer}")]
    Refused {
        command: &'static str,
        answer: String,
    },
    #[error("the mailbox server did not answer {command} in time")]
    Silent { command: &'static str },
    #[error("the conversation with the mailbox server broke at {command}: {why}")]
    Broken { command: &'static str, why: String },
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// An open mailbox. Dropped without [`Mailbox::close`] it deletes nothing.
pub struct Mailbox {
    stream: BufReader<Box<dyn Stream>>,
}

/// A mail in the mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    number: u32,
    /// The server's lasting name for it (section 7, UIDL).
    pub name: String,
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
        let host = url.host_str().and_then(|host| Host::parse(host).ok());
        let host = host.ok_or(BadMailbox::Shape)?;
        let is_here = match &host {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        match url.query() {
            None if tls || is_here => {}
            None => return Err(BadMailbox::Unencrypted),
            Some("tls=none") if !tls => {}
            Some(_) => return Err(BadMailbox::Shape),
        }
        if !matches!(url.path(), "" | "/") || url.port() == Some(0) {
            return Err(BadMailbox::Shape);
        }
        let word = |text: &str| decoded(text).filter(|word| !word.is_empty());
        Ok(Self {
            host: match host {
                Host::Domain(name) => name,
                Host::Ipv4(address) => address.to_string(),
                Host::Ipv6(address) => address.to_string(),
            },
            port: url.port().unwrap_or(port),
            tls,
            user: word(url.username()).ok_or(BadMailbox::Login)?,
            password: word(url.password().unwrap_or_default()).ok_or(BadMailbox::Login)?,
        })
    }
}

/// Percent-decoded; nothing for what could break out of a command line.
fn decoded(text: &str) -> Option<String> {
    let pair = format!("v={}", text.replace('+', "%2B"));
    let (_, value) = url::form_urlencoded::parse(pair.as_bytes()).next()?;
    (!value.contains(|c: char| c.is_control() || c == '\u{fffd}')).then(|| value.into_owned())
}

/// The certificates this system believes.
///
/// # Errors
/// When the system's store of certificates cannot be used.
pub fn system_trust() -> Result<Arc<ClientConfig>, rustls::Error> {
    use rustls_platform_verifier::ConfigVerifierExt as _;
    ClientConfig::with_platform_verifier().map(Arc::new)
}

impl Mailbox {
    /// Connects and logs in. `trust` says which certificates are believed.
    ///
    /// # Errors
    /// When the server cannot be reached or does not let us in.
    pub async fn open(server: &Pop3Server, trust: Arc<ClientConfig>) -> Result<Self, Pop3Error> {
        let stream = match timeout(ANSWER_WITHIN, connect(server, trust)).await {
            Ok(connected) => connected.map_err(|why| Pop3Error::Connect {
                place: format!("{}:{}", server.host, server.port),
                why: why.to_string(),
            })?,
            Err(_) => {
                return Err(Pop3Error::Silent {
                    command: "the connection",
                });
            }
        };
        let mut mailbox = Self {
            stream: BufReader::new(stream),
        };
        mailbox.answer("the greeting").await?;
        mailbox.ask("USER", &server.user).await?;
        mailbox.ask("PASS", &server.password).await?;
        Ok(mailbox)
    }

    /// The first [`LISTED_MAX`] mails.
    ///
    /// # Errors
    /// When the server refuses, falls silent or breaks off.
    pub async fn list(&mut self) -> Result<Vec<Listed>, Pop3Error> {
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
            {
                let name = name.trim().to_owned();
                listed.push(Listed { number, name });
            }
        }
        Err(Pop3Error::Broken {
            command: "UIDL",
            why: format!("a list of more than {LISTING_LINES_MAX} mails"),
        })
    }

    /// A mail, or as much of it as is ever read.
    ///
    /// # Errors
    /// When the server refuses, falls silent or breaks off.
    pub async fn read(&mut self, mail: &Listed) -> Result<Vec<u8>, Pop3Error> {
        self.ask("RETR", &mail.number.to_string()).await?;
        let whole = self.lines_to_dot();
        timeout(MAIL_WITHIN, whole)
            .await
            .unwrap_or(Err(Pop3Error::Silent { command: "RETR" }))
    }

    /// Marks a mail for deletion, which [`Mailbox::close`] makes last.
    ///
    /// # Errors
    /// When the server refuses, falls silent or breaks off.
    pub async fn put_away(&mut self, mail: &Listed) -> Result<(), Pop3Error> {
        self.ask("DELE", &mail.number.to_string()).await
    }

    /// Ends the conversation: what was put away is deleted now.
    ///
    /// # Errors
    /// When the server refuses, falls silent or breaks off.
    pub async fn close(mut self) -> Result<(), Pop3Error> {
        self.ask("QUIT", "").await
    }

    async fn ask(&mut self, command: &'static str, argument: &str) -> Result<(), Pop3Error> {
        let line = match argument {
            "" => format!("{command}\r\n"),
            argument => format!("{command} {argument}\r\n"),
        };
        let broken = |why: std::io::Error| Pop3Error::Broken {
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

    async fn answer(&mut self, command: &'static str) -> Result<(), Pop3Error> {
        /// Enough to understand a refusal.
        const SHOWN_CHARS: usize = 200;
        let line = self.line(command).await?;
        if line.starts_with(b"+OK") {
            return Ok(());
        }
        let answer = String::from_utf8_lossy(&line);
        Err(Pop3Error::Refused {
            command,
            answer: answer.chars().take(SHOWN_CHARS).collect(),
        })
    }

    /// A line without its end.
    async fn line(&mut self, command: &'static str) -> Result<Vec<u8>, Pop3Error> {
        let mut line = Vec::new();
        let mut bounded = (&mut self.stream).take(LINE_BYTES_MAX);
        let reading = bounded.read_until(b'\n', &mut line);
        let broken = |why: &str| Pop3Error::Broken {
            command,
            why: why.to_owned(),
        };
        match timeout(ANSWER_WITHIN, reading).await {
            Err(_) => return Err(Pop3Error::Silent { command }),
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
    async fn lines_to_dot(&mut self) -> Result<Vec<u8>, Pop3Error> {
        let mut mail = Vec::new();
        let mut transferred = 0;
        loop {
            let line = self.line("RETR").await?;
            if line == b"." {
                return Ok(mail);
            }
            transferred += line.len() + 2;
            if transferred > TRANSFER_BYTES_MAX {
                return Err(Pop3Error::Broken {
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

async fn connect(
    server: &Pop3Server,
    trust: Arc<ClientConfig>,
) -> std::io::Result<Box<dyn Stream>> {
    let socket = TcpStream::connect((server.host.as_str(), server.port)).await?;
    if !server.tls {
        return Ok(Box::new(socket));
    }
    let name = ServerName::try_from(server.host.clone()).map_err(std::io::Error::other)?;
    let stream = TlsConnector::from(trust).connect(name, socket).await?;
    Ok(Box::new(stream))
}

#[cfg(test)]
mod tests;
