//! The courier: takes messages to a mail server, a folder, or memory, and tells
//! what it met there.
//!
//! Deliberately absent: when to try again (`retry`), and any record of what was
//! sent (the store's). Every failure is a value, [`Attempt`].

mod counted;
mod destination;
mod folder;
mod leave;
mod memory;
mod reply;
mod smtp;
mod talk;
#[cfg(test)]
mod tests;
mod tls;
mod trust;
mod wire;

use std::fmt;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use lettre::transport::smtp::extension::ClientId;

pub use destination::{BadDestination, Destination, Login, Place, Protocol, Security, SmtpServer};
pub use leave::Leave;
pub use memory::Pigeonhole;

use crate::deliver::message::Message;
use crate::model::delivery::Attempt;
use smtp::{Lane, Road};

/// How letters are to be taken.
#[derive(Debug, Clone)]
pub struct DeliverOptions {
    pub destination: Destination,
    /// How many connections may be open at once; at least one.
    pub connections: usize,
    /// What the house calls itself to mail servers (EHLO); `None`: the machine's name.
    pub hello_name: Option<String>,
    pub timeouts: Timeouts,
}

/// How long a server may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// To take a connection; and again for TLS, greeting and login together.
    pub connect: Duration,
    /// To answer a command.
    pub reply: Duration,
    /// To take a letter and answer for it. Long, because whoever hangs up here
    /// may send it twice (RFC 5321 section 4.5.3.2.6: 10 minutes).
    pub acceptance: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            reply: Duration::from_mins(1),
            acceptance: Duration::from_mins(10),
        }
    }
}

impl DeliverOptions {
    /// With the usual timeouts and the machine's own name.
    pub fn new(destination: Destination, connections: usize) -> Self {
        Self {
            destination,
            connections,
            hello_name: None,
            timeouts: Timeouts::default(),
        }
    }
}

/// Why there is no courier.
#[derive(Debug, thiserror::Error)]
pub enum CourierError {
    #[error("the hello name `{0}` is no host name; expected letters, digits, dots and hyphens")]
    HelloName(String),
    #[error("TLS to mail server {server} cannot be set up: {why}")]
    Tls { server: String, why: String },
}

/// Why there is no connection; no letter has been touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotReady {
    /// In words for the operator.
    pub why: String,
    /// Others to the same server are open: it may allow no more.
    pub crowded: bool,
}

/// Opens connections. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Courier {
    way: Way,
    connections: usize,
}

#[derive(Debug, Clone)]
enum Way {
    Smtp(Arc<Road>),
    Folder(PathBuf),
    Memory(Pigeonhole),
}

/// One worker's way to the destination; takes one message at a time.
pub struct Connection(Carrier);

enum Carrier {
    Smtp(Box<Lane>),
    Folder(PathBuf),
    Memory(Pigeonhole),
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Carrier::Smtp(_) => "Connection(smtp)",
            Carrier::Folder(_) => "Connection(folder)",
            Carrier::Memory(_) => "Connection(memory)",
        })
    }
}

impl Courier {
    /// Makes ready; connects to nothing.
    pub fn open(options: DeliverOptions) -> Result<Self, CourierError> {
        let way = match options.destination {
            Destination::Folder(folder) => Way::Folder(folder),
            Destination::Memory(pigeonhole) => Way::Memory(pigeonhole),
            Destination::Smtp(server) => {
                let hello = hello(options.hello_name)?;
                Way::Smtp(Arc::new(Road::new(server, hello, options.timeouts)?))
            }
        };
        Ok(Self {
            way,
            connections: options.connections.max(1),
        })
    }

    /// How many connections may be open at once.
    pub fn connections_max(&self) -> usize {
        self.connections
    }

    /// A connection, which really connects at its first message.
    pub fn connect(&self) -> Connection {
        Connection(match &self.way {
            Way::Smtp(road) => Carrier::Smtp(Box::new(Lane::new(Arc::clone(road)))),
            Way::Folder(folder) => Carrier::Folder(folder.clone()),
            Way::Memory(pigeonhole) => Carrier::Memory(pigeonhole.clone()),
        })
    }

    /// Looks whether letters could go out, without sending one: what was found,
    /// or what is wrong, in words for the operator.
    pub async fn check(&self) -> Result<String, String> {
        match &self.way {
            Way::Smtp(road) => road.check().await,
            Way::Folder(folder) => folder::check(folder).await,
            Way::Memory(_) => Ok("letters stay in memory".to_owned()),
        }
    }
}

impl Connection {
    /// Connects where there is no connection yet, so that a relay that cannot be
    /// reached is known before a letter is begun.
    pub async fn ready(&mut self) -> Result<(), NotReady> {
        match &mut self.0 {
            Carrier::Smtp(lane) => lane.ready().await,
            Carrier::Folder(_) | Carrier::Memory(_) => Ok(()),
        }
    }

    /// Delivers one message, connecting where need be. Dropping the future
    /// midway is safe: the next message goes over a fresh connection.
    pub async fn deliver(&mut self, message: &Message) -> Attempt {
        let attempt = self.deliver_when(message, &mut Leave::Given).await;
        attempt.expect("leave was given")
    }

    /// The same for a message that may be refused leave while its envelope is
    /// on the way; `None`: it was, and nothing of it left.
    pub async fn deliver_when(&mut self, message: &Message, leave: &mut Leave) -> Option<Attempt> {
        let attempt = match &mut self.0 {
            Carrier::Smtp(lane) => lane.deliver(message, leave).await?,
            _ if !leave.is_given().await => return None,
            Carrier::Folder(folder) => folder::deliver(folder, message).await,
            Carrier::Memory(pigeonhole) => {
                pigeonhole.put(message);
                Attempt::Sent {
                    reply: "kept in memory".to_owned(),
                }
            }
        };
        // What the server said to the envelope alone counts for nothing without.
        leave.is_given().await.then_some(attempt)
    }

    /// Takes leave of the server.
    pub async fn close(self) {
        if let Carrier::Smtp(lane) = self.0 {
            lane.close().await;
        }
    }
}

/// The name for EHLO. It goes into a command: nothing but a host name may.
fn hello(name: Option<String>) -> Result<ClientId, CourierError> {
    let is_host = |name: &str| {
        (1..=253).contains(&name.len())
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b))
    };
    match name {
        Some(name) if is_host(&name) => Ok(ClientId::Domain(name)),
        Some(name) => Err(CourierError::HelloName(name.escape_debug().to_string())),
        None => Ok(match ClientId::default() {
            ClientId::Domain(name) if !is_host(&name) => ClientId::Ipv4(Ipv4Addr::LOCALHOST),
            id => id,
        }),
    }
}
