//! The way to a mail server: how a connection comes about, and when not to ask
//! for one. What is said over it is in `wire`.
//!
//! lettre's pool leaves Nagle's algorithm on and sends NOOP before each letter;
//! so the sockets are ours.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::destination::{Login, Security, SmtpServer};
use super::implicit_tls::ImplicitTls;
use super::reply::{self, Stage};
use super::wire::{End, Wire, words};
use super::{CourierError, Timeouts};
use crate::deliver::message::Message;
use crate::model::delivery::Attempt;

/// After a server was found dead or our login refused, letters are deferred
/// without asking again for so long: no lane waits out a timeout for each
/// letter, and no server sees the same wrong password a thousand times.
pub const REST_AFTER_TROUBLE: Duration = Duration::from_secs(30);
/// A failure to connect quicker than this costs nothing and calls for no rest.
const QUICK: Duration = Duration::from_secs(1);
/// How long a lane that got no connection waits for another lane to end:
/// servers allow fewer connections than the config may say.
const STEP_BACK_MAX: Duration = Duration::from_mins(1);
/// Addresses of one host that are tried.
const ADDRESSES_MAX: usize = 4;

/// A mail server, as all lanes to it see it.
pub(super) struct Road {
    server: SmtpServer,
    hello: ClientId,
    timeouts: Timeouts,
    tls: Result<TlsParameters, String>,
    /// Connections open now.
    live: watch::Sender<usize>,
    /// Held while connecting as long as nothing is open: one lane finds out for all.
    first: tokio::sync::Mutex<()>,
    rest: Mutex<Option<Rest>>,
}

struct Rest {
    until: Instant,
    why: String,
}

/// One worker's connection, when it has one.
pub(super) struct Lane {
    road: Arc<Road>,
    wire: Option<Wire>,
}

/// Counts a connection for as long as it lives.
pub(super) struct Counted(Arc<Road>);

/// Why there is no connection.
struct Trouble {
    why: String,
    /// Asking again at once would not help.
    lasting: bool,
}

impl std::fmt::Debug for Road {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Road({})", self.server)
    }
}

impl Road {
    pub(super) fn new(
        server: SmtpServer,
        hello: ClientId,
        timeouts: Timeouts,
    ) -> Result<Self, CourierError> {
        let tls = TlsParameters::new(server.host.clone()).map_err(|error| error.to_string());
        if let (Err(why), Security::Tls | Security::StartTls) = (&tls, server.security) {
            return Err(CourierError::Tls {
                server: server.to_string(),
                why: why.clone(),
            });
        }
        Ok(Self {
            server,
            hello,
            timeouts,
            tls,
            live: watch::Sender::new(0),
            first: tokio::sync::Mutex::new(()),
            rest: Mutex::new(None),
        })
    }

    /// Connects, shakes hands, signs in, takes leave.
    pub(super) async fn check(self: &Arc<Self>) -> Result<String, String> {
        let wire = self.open().await.map_err(|trouble| trouble.why)?;
        let encryption = match (wire.is_encrypted(), self.server.security) {
            (true, _) | (_, Security::Tls) => "encrypted",
            (false, _) => "not encrypted",
        };
        let login = match self.server.login {
            Some(_) => "signed in",
            None => "without signing in",
        };
        let name = reply::presentable(wire.server_name());
        wire.quit().await;
        Ok(format!(
            "mail server {} answers as {name}; {encryption}, {login}",
            self.server
        ))
    }

    /// A connection, or why there is none.
    async fn enter(self: &Arc<Self>) -> Result<Wire, String> {
        let patience = Instant::now() + STEP_BACK_MAX;
        loop {
            let first = if *self.live.borrow() == 0 {
                Some(self.first.lock().await)
            } else {
                None
            };
            if let Some(why) = self.resting() {
                return Err(why);
            }
            let others = *self.live.borrow();
            let asked = Instant::now();
            let trouble = match self.open().await {
                Ok(wire) => {
                    *self.rest() = None;
                    return Ok(wire);
                }
                Err(trouble) => trouble,
            };
            if others == 0 {
                if trouble.lasting || asked.elapsed() >= QUICK {
                    *self.rest() = Some(Rest {
                        until: Instant::now() + REST_AFTER_TROUBLE,
                        why: trouble.why.clone(),
                    });
                }
                return Err(trouble.why);
            }
            drop(first);
            let mut live = self.live.subscribe();
            let fewer = live.wait_for(|live| *live < others);
            if tokio::time::timeout_at(patience, fewer).await.is_err() {
                return Err(trouble.why);
            }
        }
    }

    fn resting(&self) -> Option<String> {
        self.rest()
            .as_ref()
            .filter(|rest| Instant::now() < rest.until)
            .map(|rest| format!("{} (not asked again yet)", rest.why))
    }

    fn rest(&self) -> std::sync::MutexGuard<'_, Option<Rest>> {
        self.rest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn open(self: &Arc<Self>) -> Result<Wire, Trouble> {
        let socket = self.socket().await.map_err(|error| Trouble {
            why: format!("cannot connect to mail server {}: {error}", self.server),
            lasting: false,
        })?;
        let greeted = timeout(self.timeouts.connect, self.greet(socket)).await;
        let smtp = greeted.unwrap_or_else(|_| {
            Err(Trouble {
                why: format!(
                    "mail server {} took the connection but did not come to terms within {:?}",
                    self.server, self.timeouts.connect
                ),
                lasting: true,
            })
        })?;
        self.live.send_modify(|live| *live += 1);
        Ok(Wire::new(smtp, Counted(Arc::clone(self))))
    }

    async fn socket(&self) -> io::Result<TcpStream> {
        let host = (self.server.host.as_str(), self.server.port);
        let limit = self.timeouts.connect;
        let addresses = timeout(limit, tokio::net::lookup_host(host))
            .await
            .map_err(|_| {
                io::Error::other(format!("its name was not resolved within {limit:?}"))
            })??;
        let mut last = io::Error::other("its name has no address");
        for address in addresses.take(ADDRESSES_MAX) {
            match timeout(limit, TcpStream::connect(address)).await {
                Ok(Ok(socket)) => {
                    socket.set_nodelay(true)?;
                    return Ok(socket);
                }
                Ok(Err(error)) => last = error,
                Err(_) => last = io::Error::other(format!("no answer within {limit:?}")),
            }
        }
        Err(last)
    }

    /// Greeting, TLS as the operator wants it, login.
    async fn greet(&self, socket: TcpStream) -> Result<AsyncSmtpConnection, Trouble> {
        let server = &self.server;
        let said = |what: &str, error: &Error| Trouble {
            why: format!("mail server {server} {what}: {}", words(error)),
            lasting: true,
        };
        let mut smtp = if server.security == Security::Tls {
            let stream = ImplicitTls::begin(socket, self.tls()?)
                .await
                .map_err(|error| said("does not agree on TLS", &error))?;
            AsyncSmtpConnection::connect_with_transport(Box::new(stream), &self.hello).await
        } else {
            AsyncSmtpConnection::connect_with_transport(Box::new(socket), &self.hello).await
        }
        .map_err(|error| Trouble {
            lasting: false,
            ..said("does not receive us", &error)
        })?;
        let start_tls = match server.security {
            Security::StartTls => true,
            Security::StartTlsIfOffered => smtp.can_starttls(),
            Security::Tls | Security::Off => false,
        };
        if start_tls && !smtp.can_starttls() {
            return Err(Trouble {
                why: format!(
                    "mail server {server} does not offer STARTTLS, and nothing is sent unencrypted; use smtps://, or add ?tls=none to the URL to send it all in the clear"
                ),
                lasting: true,
            });
        }
        if start_tls {
            smtp.starttls(self.tls()?, &self.hello)
                .await
                .map_err(|error| {
                    let mut trouble = said("does not agree on TLS", &error);
                    if server.security == Security::StartTlsIfOffered {
                        trouble.why +=
                            "; add ?tls=none to the URL to speak unencrypted to this machine";
                    }
                    trouble
                })?;
        }
        if let Some(Login { user, password }) = &server.login {
            let credentials = Credentials::new(user.clone(), password.clone());
            smtp.auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
                .await
                .map_err(|error| said("does not accept user and password", &error))?;
        }
        Ok(smtp)
    }

    fn tls(&self) -> Result<TlsParameters, Trouble> {
        self.tls.clone().map_err(|why| Trouble {
            why: format!("TLS to mail server {} cannot be set up: {why}", self.server),
            lasting: true,
        })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0
            .live
            .send_modify(|live| *live = live.saturating_sub(1));
    }
}

impl Lane {
    pub(super) fn new(road: Arc<Road>) -> Self {
        Self { road, wire: None }
    }

    /// The wire is out of `self` while it is in use: should this future be
    /// dropped midway, the half-spoken connection goes with it.
    pub(super) async fn deliver(&mut self, message: &Message) -> Attempt {
        if let Some(mut wire) = self.wire.take() {
            match wire.transact(message, &self.road.timeouts).await {
                End::Answered(attempt) => {
                    self.keep(wire);
                    return attempt;
                }
                // Servers hang up after so many letters or minutes. Nothing of
                // this letter was sent, so it goes at once over a fresh connection.
                End::Lost {
                    stage: Stage::Mail, ..
                } => {}
                End::Lost { why, .. } => return self.deferred(&why),
            }
        }
        let mut wire = match self.road.enter().await {
            Ok(wire) => wire,
            Err(why) => return Attempt::Deferred { why },
        };
        match wire.transact(message, &self.road.timeouts).await {
            End::Answered(attempt) => {
                self.keep(wire);
                attempt
            }
            End::Lost { why, .. } => self.deferred(&why),
        }
    }

    pub(super) async fn close(self) {
        if let Some(wire) = self.wire {
            wire.quit().await;
        }
    }

    fn keep(&mut self, wire: Wire) {
        self.wire = Some(wire).filter(Wire::is_fit);
    }

    fn deferred(&self, why: &str) -> Attempt {
        Attempt::Deferred {
            why: format!("mail server {}: {why}", self.road.server),
        }
    }
}
