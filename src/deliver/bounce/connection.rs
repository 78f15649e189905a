//! The way to a mailbox, which POP3 and IMAP have in common: whose it is, the
//! connection with its encryption and its limits, and what may go wrong.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::{Host, Url};

/// How long the server may take for one answer.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_mins(1);
/// How long it may take for one mail.
pub(super) const MAIL_WITHIN: Duration = Duration::from_mins(5);
/// A mail longer than this ends the conversation: it is no report.
pub(super) const TRANSFER_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Mails listed at once; the next visit takes the rest.
pub const LISTED_MAX: usize = 1_000;

/// Why a text names no mailbox. The password it may hold is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadMailbox {
    #[error("expected imaps://USER:PASSWORD@HOST/INBOX or pop3s://USER:PASSWORD@HOST")]
    Shape,
    #[error("a user and a password are needed: USER:PASSWORD@HOST, with % written as %25")]
    Login,
    #[error(
        "pop3:// is unencrypted; write pop3s://, or pop3://…?tls=none to send the password in the clear"
    )]
    Unencrypted,
    #[error("expected the name of a folder, such as INBOX or Archive")]
    Folder,
}

/// Why a mailbox could not be read.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
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

/// A mail in the mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// How the conversation names it.
    pub(super) number: u32,
    /// The server's lasting name for it.
    pub name: String,
}

/// The certificates this system believes.
///
/// # Errors
/// When the system's store of certificates cannot be used.
pub fn system_trust() -> Result<Arc<ClientConfig>, rustls::Error> {
    use rustls_platform_verifier::ConfigVerifierExt as _;
    ClientConfig::with_platform_verifier().map(Arc::new)
}

/// Whose mailbox on which machine.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Login {
    pub host: String,
    /// As far as it was given.
    pub port: Option<u16>,
    pub user: String,
    pub password: String,
    /// The server is this very machine.
    pub is_here: bool,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)
    }
}

impl Login {
    /// Reads user, password, host and port.
    pub fn of(url: &Url) -> Result<Self, BadMailbox> {
        let host = url.host_str().and_then(|host| Host::parse(host).ok());
        let host = host.ok_or(BadMailbox::Shape)?;
        if url.port() == Some(0) || url.fragment().is_some() {
            return Err(BadMailbox::Shape);
        }
        let word = |text: &str| decoded(text).filter(|word| !word.is_empty());
        Ok(Self {
            port: url.port(),
            user: word(url.username()).ok_or(BadMailbox::Login)?,
            password: word(url.password().unwrap_or_default()).ok_or(BadMailbox::Login)?,
            is_here: match &host {
                Host::Domain(name) => name == "localhost",
                Host::Ipv4(address) => address.is_loopback(),
                Host::Ipv6(address) => address.is_loopback(),
            },
            host: match host {
                Host::Domain(name) => name,
                Host::Ipv4(address) => address.to_string(),
                Host::Ipv6(address) => address.to_string(),
            },
        })
    }
}

/// Percent-decoded; nothing for what could break out of a command line.
pub(super) fn decoded(text: &str) -> Option<String> {
    let pair = format!("v={}", text.replace('+', "%2B"));
    let (_, value) = url::form_urlencoded::parse(pair.as_bytes()).next()?;
    (!value.contains(|c: char| c.is_control() || c == '\u{fffd}')).then(|| value.into_owned())
}

/// Whatever a conversation goes over.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Connects; with TLS from the first byte where `tls` says so.
pub(super) async fn connect(
    (host, port): (&str, u16),
    tls: bool,
    trust: Arc<ClientConfig>,
) -> Result<Box<dyn Stream>, MailboxError> {
    let connecting = async {
        let socket = TcpStream::connect((host, port)).await?;
        if tls {
            return encrypted(Box::new(socket), host, trust).await;
        }
        Ok(Box::new(socket) as Box<dyn Stream>)
    };
    match tokio::time::timeout(ANSWER_WITHIN, connecting).await {
        Ok(connected) => connected.map_err(|why| MailboxError::Connect {
            place: format!("{host}:{port}"),
            why: why.to_string(),
        }),
        Err(_) => Err(MailboxError::Silent {
            command: "the connection",
        }),
    }
}

/// TLS over `stream`, with a server that proves to be `host`.
pub(super) async fn encrypted(
    stream: Box<dyn Stream>,
    host: &str,
    trust: Arc<ClientConfig>,
) -> std::io::Result<Box<dyn Stream>> {
    let name = ServerName::try_from(host.to_owned()).map_err(std::io::Error::other)?;
    let stream = TlsConnector::from(trust).connect(name, stream).await?;
    Ok(Box::new(stream))
}

/// Enough of a server's words to understand a refusal, on one line.
pub(super) fn shown(answer: &str) -> String {
    const SHOWN_CHARS: usize = 200;
    answer
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(SHOWN_CHARS)
        .collect()
}
