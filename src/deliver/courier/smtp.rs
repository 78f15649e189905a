//! The way to a mail server: how a connection comes about, and what becomes of
//! a letter when one breaks. What is said over it is in `wire`.
//!
//! Deliberately absent: when to leave a server in peace. Whoever has several to
//! choose from decides that.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::TlsParameters;
use lettre::transport::smtp::commands::Auth;
use lettre::transport::smtp::extension::ClientId;
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;

use super::counted::Live;
use super::destination::{Login, Place, Protocol, Security, SmtpServer};
use super::reply::{Reply, Stage};
use super::talk::{Offers, Talk};
use super::tls::{Line, Local, Tls};
use super::trust::{innermost, tls_parameters};
use super::wire::{End, Lost, Wire};
use super::{CourierError, Leave, NotReady, Timeouts};
use crate::deliver::message::Message;
use crate::model::delivery::{Attempt, Reason};

/// Addresses of one host that are tried.
const ADDRESSES_MAX: usize = 4;
/// So many letters that went through one command at a time, after they had not
/// in one breath, are proof that the server cannot pipeline.
const SUSPICIONS_MAX: u32 = 2;

/// A mail server, as all lanes to it see it.
pub(super) struct Road {
    server: SmtpServer,
    hello: ClientId,
    timeouts: Timeouts,
    tls: Result<TlsParameters, String>,
    live: Live,
    /// Signs that the server offers PIPELINING and cannot do it.
    suspicions: AtomicU32,
}

/// One worker's connection, when it has one.
pub(super) struct Lane {
    road: Arc<Road>,
    wire: Option<Wire>,
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
        let tls = tls_parameters(&server);
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
            live: Live::default(),
            suspicions: AtomicU32::new(0),
        })
    }

    /// Connects, shakes hands, signs in, takes leave.
    pub(super) async fn check(self: &Arc<Self>) -> Result<String, String> {
        let (wire, offers, encrypted) = self.open().await.map_err(|trouble| trouble.why)?;
        let encryption = if encrypted {
            "encrypted"
        } else {
            "not encrypted"
        };
        let login = match self.server.login {
            Some(_) => "signed in",
            None => "without signing in",
        };
        wire.quit().await;
        Ok(format!(
            "mail server {} answers as {}; {encryption}, {login}",
            self.server, offers.name
        ))
    }

    async fn open(self: &Arc<Self>) -> Result<(Wire, Offers, bool), NotReady> {
        let others = self.live.count();
        let opened = async {
            let line = self.line().await.map_err(|error| {
                format!("cannot connect to mail server {}: {error}", self.server)
            })?;
            let greeted = timeout(self.timeouts.connect, self.greet(line)).await;
            greeted.unwrap_or_else(|_| {
                Err(format!(
                    "mail server {} took the connection but did not come to terms within {:?}",
                    self.server, self.timeouts.connect
                ))
            })
        };
        let (talk, offers, encrypted) = opened.await.map_err(|why| NotReady {
            why,
            crowded: others > 0,
        })?;
        let trusted = self.suspicions.load(Ordering::SeqCst) < SUSPICIONS_MAX;
        let pipelining = trusted && offers.has("PIPELINING");
        let wire = Wire::new(talk, pipelining, self.live.one());
        Ok((wire, offers, encrypted))
    }

    async fn line(&self) -> io::Result<Line> {
        let limit = self.timeouts.connect;
        let late = || io::Error::other(format!("no answer within {limit:?}"));
        let (host, port) = match &self.server.place {
            Place::Host { host, port } => (host.as_str(), *port),
            Place::Socket(path) => {
                let socket = timeout(limit, UnixStream::connect(path)).await;
                return Ok(Box::new(Local(socket.map_err(|_| late())??)));
            }
        };
        let addresses = timeout(limit, tokio::net::lookup_host((host, port)))
            .await
            .map_err(|_| {
                io::Error::other(format!("its name was not resolved within {limit:?}"))
            })??;
        let mut last = io::Error::other("its name has no address");
        for address in addresses.take(ADDRESSES_MAX) {
            match timeout(limit, TcpStream::connect(address)).await {
                Ok(Ok(socket)) => {
                    socket.set_nodelay(true)?;
                    return Ok(Box::new(socket));
                }
                Ok(Err(error)) => last = error,
                Err(_) => last = late(),
            }
        }
        Err(last)
    }

    /// Greeting, TLS as the operator wants it, login; and whether it is encrypted.
    async fn greet(&self, line: Line) -> Result<(Talk, Offers, bool), String> {
        let server = &self.server;
        let mut encrypted = server.security == Security::Tls;
        let mut talk = Talk::new(if encrypted {
            self.encrypt(line).await?
        } else {
            line
        });
        let welcome = talk.hear(Stage::Greeting, self.timeouts.connect).await;
        self.agreed("does not receive us", welcome)?;
        let mut offers = self.hello(&mut talk).await?;
        let start_tls = match server.security {
            Security::StartTls => true,
            Security::StartTlsIfOffered => offers.has("STARTTLS"),
            Security::Tls | Security::Off => false,
        };
        if start_tls && !offers.has("STARTTLS") {
            return Err(format!(
                "mail server {server} does not offer STARTTLS, and nothing is sent unencrypted; use smtps://, or add ?tls=none to the URL to send it all in the clear"
            ));
        }
        if start_tls {
            talk = self.start_tls(talk).await.map_err(|mut why| {
                if server.security == Security::StartTlsIfOffered {
                    why += "; add ?tls=none to the URL to speak unencrypted to this machine";
                }
                why
            })?;
            encrypted = true;
            // What was offered in the clear is forgotten (RFC 3207 section 4.2).
            offers = self.hello(&mut talk).await?;
        }
        if let Some(login) = &server.login {
            let signed_in = self.sign_in(&mut talk, &offers, login).await;
            self.agreed("does not accept user and password", signed_in)?;
        }
        Ok((talk, offers, encrypted))
    }

    async fn hello(&self, talk: &mut Talk) -> Result<Offers, String> {
        let verb = match self.server.protocol {
            Protocol::Smtp => "EHLO",
            Protocol::Lmtp => "LHLO",
        };
        let limit = self.timeouts.connect;
        let greeting = format!("{verb} {}\r\n", self.hello);
        let mut answer = talk.ask(Stage::Hello, &greeting, limit).await;
        let is_ancient = answer
            .as_ref()
            .is_ok_and(|reply| matches!(reply.code, 500 | 502));
        if is_ancient && self.server.protocol == Protocol::Smtp {
            // RFC 5321 section 3.2: a server without extensions.
            let greeting = format!("HELO {}\r\n", self.hello);
            answer = talk.ask(Stage::Hello, &greeting, limit).await;
        }
        let reply = self.agreed("does not receive us", answer)?;
        Ok(Offers::of(&reply))
    }

    async fn start_tls(&self, mut talk: Talk) -> Result<Talk, String> {
        const WHAT: &str = "does not agree on TLS";
        let limit = self.timeouts.connect;
        let answer = talk.ask(Stage::StartTls, "STARTTLS\r\n", limit).await;
        self.agreed(WHAT, answer)?;
        let line = talk.into_line().ok_or_else(|| {
            self.said(
                WHAT,
                "it said more in the clear than it was asked, which somebody between may have done",
            )
        })?;
        Ok(Talk::new(self.encrypt(line).await?))
    }

    async fn encrypt(&self, line: Line) -> Result<Line, String> {
        let parameters = self
            .tls
            .clone()
            .map_err(|why| format!("TLS to mail server {} cannot be set up: {why}", self.server))?;
        match Tls::begin(line, parameters).await {
            Ok(tls) => Ok(Box::new(tls)),
            Err(error) => Err(self.said("does not agree on TLS", &innermost(&error))),
        }
    }

    async fn sign_in(
        &self,
        talk: &mut Talk,
        offers: &Offers,
        login: &Login,
    ) -> Result<Reply, String> {
        let limit = self.timeouts.connect;
        let credentials = Credentials::new(login.user.clone(), login.password.clone());
        // lettre writes the lines: base64 of what the mechanism asks for.
        let word = |mechanism, challenge: Option<&str>| {
            Auth::new(mechanism, credentials.clone(), challenge.map(str::to_owned))
                .map(|auth| auth.to_string())
                .map_err(|error| error.to_string())
        };
        if offers.takes_login("PLAIN") {
            let command = word(Mechanism::Plain, None)?;
            return talk.ask(Stage::Login, &command, limit).await;
        }
        if !offers.takes_login("LOGIN") {
            return Err("it offers neither AUTH PLAIN nor AUTH LOGIN".to_owned());
        }
        let mut reply = talk.ask(Stage::Login, "AUTH LOGIN\r\n", limit).await?;
        for challenge in ["Username:", "Password:"] {
            if reply.code != 334 {
                break;
            }
            let command = word(Mechanism::Login, Some(challenge))?;
            reply = talk.ask(Stage::Login, &command, limit).await?;
        }
        Ok(reply)
    }

    /// The answer, if it is a yes.
    fn agreed(&self, what: &str, answer: Result<Reply, String>) -> Result<Reply, String> {
        match answer {
            Ok(reply) if reply.is_done() => Ok(reply),
            Ok(reply) => Err(self.said(what, &reply.words())),
            Err(why) => Err(self.said(what, &why)),
        }
    }

    fn said(&self, what: &str, words: &str) -> String {
        format!("mail server {} {what}: {words}", self.server)
    }
}

impl Lane {
    pub(super) fn new(road: Arc<Road>) -> Self {
        Self { road, wire: None }
    }

    /// Sees to it that there is a connection.
    pub(super) async fn ready(&mut self) -> Result<(), NotReady> {
        if self.wire.is_none() {
            let (wire, ..) = self.road.open().await?;
            self.wire = Some(wire);
        }
        Ok(())
    }

    /// The wire is out of `self` while it is in use: should this future be
    /// dropped midway, the half-spoken connection goes with it.
    pub(super) async fn deliver(
        &mut self,
        message: &Message,
        leave: &mut Leave,
    ) -> Option<Attempt> {
        let (mut fresh, mut slow) = (false, false);
        loop {
            let mut wire = match self.wire.take() {
                Some(wire) => wire,
                None => match self.road.open().await {
                    Ok((wire, ..)) => wire,
                    Err(trouble) => return Some(Attempt::RelayFault { why: trouble.why }),
                },
            };
            let used = wire.is_used();
            if slow {
                wire.speak_slowly();
            }
            match wire.transact(message, leave, &self.road.timeouts).await {
                // Servers hang up after so many letters or minutes. Nothing of
                // this letter was sent: it goes at once over a fresh connection.
                End::Answered(Attempt::RelayFault { .. }) if used && !fresh && !wire.is_fit() => {
                    fresh = true;
                }
                End::Answered(attempt) => {
                    if slow {
                        self.road.suspicions.fetch_add(1, Ordering::SeqCst);
                    }
                    self.wire = Some(wire).filter(Wire::is_fit);
                    return Some(self.named(attempt));
                }
                End::Lost(Lost {
                    stage: Stage::Mail, ..
                }) if used && !fresh => fresh = true,
                // One command at a time may do where one breath did not.
                End::Lost(Lost {
                    pipelined: true, ..
                }) if !slow => slow = true,
                End::Lost(Lost {
                    stage: Stage::Mail,
                    why,
                    ..
                }) => {
                    return Some(self.named(Attempt::RelayFault { why }));
                }
                End::Lost(Lost { why, .. }) => {
                    return Some(self.named(Attempt::Deferred {
                        reason: Reason::ConnectionLost,
                        why,
                    }));
                }
                End::Unanswered(why) => return Some(self.named(Attempt::Unanswered { why })),
                End::Withheld => return None,
            }
        }
    }

    pub(super) async fn close(self) {
        if let Some(wire) = self.wire {
            wire.quit().await;
        }
    }

    /// Says which server it was, where the words are not the server's own.
    fn named(&self, attempt: Attempt) -> Attempt {
        let named = |why: String| format!("mail server {}: {why}", self.road.server);
        match attempt {
            Attempt::Deferred {
                reason: reason @ Reason::ConnectionLost,
                why,
            } => Attempt::Deferred {
                reason,
                why: named(why),
            },
            Attempt::Unanswered { why } => Attempt::Unanswered { why: named(why) },
            Attempt::RelayFault { why } => Attempt::RelayFault { why: named(why) },
            other => other,
        }
    }
}
