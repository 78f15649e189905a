//! Reports handed in by mail servers: a small receiving server, SMTP (RFC 5321)
//! or LMTP (RFC 2033) as the other side greets.
//!
//! It takes mail for the house's own addresses only, and says 250 after the
//! report is recorded: a mail server that hears anything else keeps the mail.
//! Deliberately absent: TLS and logins (it stands behind a mail server, on this
//! machine or in its network), and any way on for a mail.

mod session;
mod text;

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
};
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

use crate::model::bounce::ListenAt;
use crate::model::clients::{Clients, Place};
use session::{Next, Session};
use text::{Came, Text};

/// The largest mail taken, in bytes; of a large one the beginning is read.
pub const SIZE_MAX: usize = 16 * 1024 * 1024;
/// Conversations at once; the next are asked to come again.
const CONVERSATIONS_MAX: usize = 64;
/// Those of one client over TCP, an IPv4 address or an IPv6 /64: a mail server
/// holds twenty unless told otherwise (Postfix), and must not keep others out.
const CONVERSATIONS_OF_ONE_MAX: usize = 20;
/// RFC 5321 section 4.5.3.1.4 says 512; SMTPUTF8 and parameters say more.
const LINE_BYTES_MAX: usize = 2_048;
/// Commands of one conversation.
const COMMANDS_MAX: usize = 10_000;
/// How long the other side may be silent, and may leave an answer untaken. RFC 5321
/// section 4.5.3.2.7 asks five minutes of servers the world writes to; here a mail
/// server hands in what it has.
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// How long it may take from the greeting, or the end of a mail, until the text of
/// the next begins, whatever is said meanwhile.
const ENVELOPE_WITHIN: Duration = Duration::from_mins(1);
/// How long the text of one mail may take.
const TEXT_WITHIN: Duration = Duration::from_mins(3);
/// How long a conversation may take; a mail server comes again for the rest.
const CONVERSATION_WITHIN: Duration = Duration::from_mins(15);
/// The pause after the system refused a connection (too many open files).
const REFUSED_PAUSE: Duration = Duration::from_millis(100);

/// What became of a mail that was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is recorded, durably.
    Recorded,
    /// It is no report: a person wrote, and nobody reads here.
    ForAPerson,
    /// It could not be recorded: it must come again.
    NotNow,
}

/// Whoever records reports.
pub trait Receiver: Send + Sync + 'static {
    /// Whether mail to `address` is for the house.
    fn knows(&self, address: &str) -> bool;
    /// Records a mail; done when it is durable.
    fn take(&self, mail: Vec<u8>) -> impl Future<Output = Taken> + Send;
}

/// Where mail servers knock.
#[derive(Debug)]
pub enum Door {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Door {
    /// Begins to listen. A socket that a killed run left behind is replaced.
    ///
    /// # Errors
    /// When the address is taken or may not be used.
    pub async fn open(at: &ListenAt) -> io::Result<Self> {
        match at {
            ListenAt::Tcp(address) => TcpListener::bind(address).await.map(Self::Tcp),
            ListenAt::Unix(path) => {
                remove_dead(path).await?;
                UnixListener::bind(path).map(Self::Unix)
            }
        }
    }

    /// Who knocks, and from where: whom a Unix socket lets in its folder decides.
    async fn knock(&self) -> io::Result<(Box<dyn Line>, Option<IpAddr>)> {
        Ok(match self {
            Self::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                (Box::new(stream), Some(peer.ip()))
            }
            Self::Unix(listener) => (Box::new(listener.accept().await?.0), None),
        })
    }
}

/// Removes a socket nobody listens at, and nothing else.
async fn remove_dead(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::FileTypeExt as _;
    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|of| of.file_type().is_socket());
    if is_socket && UnixStream::connect(path).await.is_err() {
        std::fs::remove_file(path)?;
    }
    Ok(())
}

trait Line: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Line for T {}

/// Takes mails in until `stop` resolves. `host` is the name it goes by.
pub async fn serve<R: Receiver>(
    door: Door,
    receiver: Arc<R>,
    host: String,
    stop: impl Future<Output = ()>,
) {
    let host: Arc<str> = host.into();
    let room = Arc::new(Semaphore::new(CONVERSATIONS_MAX));
    let clients = Clients::new(CONVERSATIONS_OF_ONE_MAX);
    let mut stop = pin!(stop);
    loop {
        let line = tokio::select! {
            biased;
            () = &mut stop => return,
            knocked = door.knock() => knocked,
        };
        match line {
            Ok((line, client)) => {
                let seat = clients.enter(client).and_then(|place| {
                    let permit = Arc::clone(&room).try_acquire_owned().ok()?;
                    Some((place, permit))
                });
                let (receiver, host) = (Arc::clone(&receiver), Arc::clone(&host));
                tokio::spawn(converse(line, receiver, host, seat));
            }
            Err(error) => {
                tracing::warn!(%error, "a mail server could not be let in");
                tokio::time::sleep(REFUSED_PAUSE).await;
            }
        }
    }
}

/// One conversation; without a seat a very short one.
async fn converse<R: Receiver>(
    line: Box<dyn Line>,
    receiver: Arc<R>,
    host: Arc<str>,
    seat: Option<(Place, OwnedSemaphorePermit)>,
) {
    let mut wire = Wire(BufReader::new(line));
    let talk = async {
        if seat.is_none() {
            return wire.say("421 4.3.2 too many at once, come again").await;
        }
        wire.say(&format!("220 {host} takes reports")).await?;
        talk(&mut wire, &*receiver, &host).await
    };
    match timeout(CONVERSATION_WITHIN, talk).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "a mail server broke off"),
        Err(_) => tracing::debug!("a mail server took too long"),
    }
}

async fn talk<R: Receiver>(wire: &mut Wire, receiver: &R, host: &str) -> io::Result<()> {
    let mut session = Session::default();
    let mut text_by = Instant::now() + ENVELOPE_WITHIN;
    for _ in 0..COMMANDS_MAX {
        let line = match timeout_at(text_by, wire.line()).await {
            Ok(Ok(Read::Line(line))) => line,
            Ok(Ok(Read::Closed)) => return Ok(()),
            Ok(Ok(Read::Wrong(why))) => return wire.say(why).await,
            Ok(Err(error)) => return Err(error),
            Err(_) => return wire.say("421 4.4.2 no mail came, come again").await,
        };
        match session.answer(&line, host, &|address| receiver.knows(address)) {
            Next::Say(answer) => wire.say(&answer).await?,
            Next::End(answer) => return wire.say(&answer).await,
            Next::Text => {
                wire.say("354 end with a dot on a line of its own").await?;
                if !text(wire, receiver, &session).await? {
                    return Ok(());
                }
                session.forget_mail();
                text_by = Instant::now() + ENVELOPE_WITHIN;
            }
        }
    }
    wire.say("421 4.7.0 this has gone on for long, come again")
        .await
}

/// Takes a mail's text and answers it; whether the conversation may go on.
async fn text<R: Receiver>(wire: &mut Wire, receiver: &R, session: &Session) -> io::Result<bool> {
    let mut text = Text::new();
    let end_by = Instant::now() + TEXT_WITHIN;
    loop {
        match timeout_at(end_by, wire.chunk(&mut text))
            .await
            .map_err(silent)??
        {
            Came::More => {}
            Came::End(_) => break,
            Came::Bare => {
                wire.say("521 5.5.2 lines end with CR LF, both or none")
                    .await?;
                return Ok(false);
            }
            Came::Endless => {
                wire.say("552 5.3.4 no report is as large as this").await?;
                return Ok(false);
            }
        }
    }
    let mut came_to = Vec::new();
    for recipient in &session.recipients {
        if text.is_too_large() {
            came_to.push("552 5.3.4 no report is as large as this");
            continue;
        }
        // What the envelope knows is said nowhere else (RFC 5321 section 4.4).
        let sender = session.sender.as_deref().unwrap_or_default();
        let head = format!("Return-Path: <{sender}>\r\nDelivered-To: {recipient}\r\n");
        let mail = [head.as_bytes(), &text.kept].concat();
        came_to.push(match receiver.take(mail).await {
            Taken::Recorded => RECORDED,
            Taken::ForAPerson => "550 5.6.0 this is no report, and nobody reads mail here",
            Taken::NotNow => NOT_NOW,
        });
    }
    if session.lmtp {
        for answer in came_to {
            wire.say(answer).await?;
        }
        return Ok(true);
    }
    // SMTP has one answer for all: whatever came again counts once.
    let one = [NOT_NOW, RECORDED]
        .into_iter()
        .find(|answer| came_to.contains(answer))
        .or(came_to.first().copied());
    wire.say(one.unwrap_or(NOT_NOW)).await?;
    Ok(true)
}

const RECORDED: &str = "250 2.0.0 recorded";
const NOT_NOW: &str = "451 4.3.0 this could not be recorded, come again";

struct Wire(BufReader<Box<dyn Line>>);

/// A command line, or why there is none.
enum Read {
    Line(Vec<u8>),
    Closed,
    Wrong(&'static str),
}

impl Wire {
    async fn say(&mut self, answer: &str) -> io::Result<()> {
        let answer = format!("{answer}\r\n");
        let saying = async {
            self.0.write_all(answer.as_bytes()).await?;
            self.0.flush().await
        };
        timeout(SILENCE_MAX, saying).await.map_err(silent)?
    }

    /// A line without its end, which is CR LF and nothing else.
    async fn line(&mut self) -> io::Result<Read> {
        let mut line = Vec::new();
        let mut bounded = (&mut self.0).take(LINE_BYTES_MAX as u64);
        let reading = bounded.read_until(b'\n', &mut line);
        timeout(SILENCE_MAX, reading).await.map_err(silent)??;
        if line.is_empty() {
            return Ok(Read::Closed);
        }
        let Some(text) = line.strip_suffix(b"\r\n") else {
            return Ok(Read::Wrong(
                "521 5.5.2 commands are short and end with CR LF",
            ));
        };
        if text.contains(&b'\r') {
            return Ok(Read::Wrong("521 5.5.2 a CR stands before an LF"));
        }
        Ok(Read::Line(text.to_vec()))
    }

    /// The next bytes of a mail's text.
    async fn chunk(&mut self, text: &mut Text) -> io::Result<Came> {
        let reading = self.0.fill_buf();
        let bytes = timeout(SILENCE_MAX, reading).await.map_err(silent)??;
        if bytes.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let came = text.take(bytes);
        let used = match came {
            Came::End(used) => used,
            _ => bytes.len(),
        };
        self.0.consume(used);
        Ok(came)
    }
}

fn silent(_: tokio::time::error::Elapsed) -> io::Error {
    io::ErrorKind::TimedOut.into()
}

#[cfg(test)]
mod tests;
