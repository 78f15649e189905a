//! Asking DNS, for those who check what the world knows of the sending domain.
//!
//! A stub by hand: one question to a recursive resolver by UDP, by TCP where
//! the answer did not fit (RFC 7766). A resolver library would bring forty
//! crates for the five record types `doctor` looks at. Deliberately absent:
//! recursion, a cache, DNSSEC, and any use on the road of a letter.

mod wire;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};

use wire::Answer;
pub use wire::{Kind, Record};

/// Where a system names its resolvers.
const SYSTEM_RESOLVERS: &str = "/etc/resolv.conf";
/// resolv.conf(5): MAXNS.
const SERVERS_MAX: usize = 3;
const PORT: u16 = 53;
/// How often one server is asked, at the most; datagrams get lost.
const TRIES: usize = 2;
/// How long one try may take. Recursion behind it may ask half the world.
const TRY_TIMEOUT: Duration = Duration::from_secs(3);
/// What UDP and TCP can carry.
const ANSWER_BYTES_MAX: usize = 65_535;

/// No resolver gave an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no answer about {} {name} from {server}: {why}", kind.word())]
pub struct DnsError {
    pub name: String,
    pub kind: Kind,
    /// The last one asked.
    pub server: SocketAddr,
    pub why: String,
}

/// Asks one resolver after the other.
#[derive(Debug, Clone)]
pub struct Resolver {
    servers: Vec<SocketAddr>,
    try_timeout: Duration,
}

impl Resolver {
    /// Asks `server` alone.
    pub fn at(server: SocketAddr) -> Self {
        Self {
            servers: vec![server],
            try_timeout: TRY_TIMEOUT,
        }
    }

    /// Asks the system's resolvers; where it names none, one on this machine.
    pub fn of_system() -> Self {
        let text = std::fs::read_to_string(Path::new(SYSTEM_RESOLVERS)).unwrap_or_default();
        Self {
            servers: named_servers(&text),
            try_timeout: TRY_TIMEOUT,
        }
    }

    /// Waits `timeout` for each answer.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.try_timeout = timeout;
        self
    }

    /// The records of one kind at a name; empty where there are none.
    pub async fn ask(&self, name: &str, kind: Kind) -> Result<Vec<Record>, DnsError> {
        let mut error = DnsError {
            name: name.to_owned(),
            kind,
            server: SocketAddr::new(Ipv4Addr::LOCALHOST.into(), PORT),
            why: "there is no resolver to ask".to_owned(),
        };
        for server in &self.servers {
            for _ in 0..TRIES {
                match self.try_once(*server, name, kind).await {
                    Ok(records) => return Ok(records),
                    Err(why) => {
                        error.server = *server;
                        error.why = why;
                    }
                }
            }
        }
        Err(error)
    }

    /// The text records at a name.
    pub async fn texts(&self, name: &str) -> Result<Vec<String>, DnsError> {
        let records = self.ask(name, Kind::Txt).await?;
        Ok(records
            .into_iter()
            .filter_map(|record| match record {
                Record::Text(text) => Some(text),
                _ => None,
            })
            .collect())
    }

    /// The addresses of a host, of both families.
    pub async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, DnsError> {
        let mut records = self.ask(host, Kind::A).await?;
        records.extend(self.ask(host, Kind::Aaaa).await?);
        Ok(records
            .into_iter()
            .filter_map(|record| match record {
                Record::Address(address) => Some(address),
                _ => None,
            })
            .collect())
    }

    /// The mail servers of a domain, the preferred first.
    pub async fn mail_servers(&self, domain: &str) -> Result<Vec<String>, DnsError> {
        let mut found: Vec<(u16, String)> = self
            .ask(domain, Kind::Mx)
            .await?
            .into_iter()
            .filter_map(|record| match record {
                Record::Mail { preference, host } => Some((preference, host)),
                _ => None,
            })
            .collect();
        found.sort();
        Ok(found.into_iter().map(|(_, host)| host).collect())
    }

    /// The names of an address.
    pub async fn names(&self, address: IpAddr) -> Result<Vec<String>, DnsError> {
        let records = self.ask(&reverse_name(address), Kind::Ptr).await?;
        Ok(records
            .into_iter()
            .filter_map(|record| match record {
                Record::Name(name) => Some(name),
                _ => None,
            })
            .collect())
    }

    async fn try_once(
        &self,
        server: SocketAddr,
        name: &str,
        kind: Kind,
    ) -> Result<Vec<Record>, String> {
        let id = random_id()?;
        let question = wire::question(id, name, kind).ok_or("this is no name in DNS")?;
        let limit = self.try_timeout;
        let mut answer = within(limit, by_udp(server, &question, id, name, kind)).await?;
        if answer == Answer::Cut {
            answer = within(limit, by_tcp(server, &question, id, name, kind)).await?;
        }
        match answer {
            Answer::Records(records) => Ok(records),
            Answer::Cut => Err("its answer is cut even by TCP".to_owned()),
            Answer::Failed(why) => Err(why.to_owned()),
        }
    }
}

async fn within(
    limit: Duration,
    asking: impl Future<Output = std::io::Result<Answer>>,
) -> Result<Answer, String> {
    tokio::time::timeout(limit, asking)
        .await
        .map_err(|_| "it does not answer in time".to_owned())?
        .map_err(|error| error.to_string())
}

/// What does not answer the question is not believed but waited past: anybody
/// can send a datagram.
async fn by_udp(
    server: SocketAddr,
    question: &[u8],
    id: u16,
    name: &str,
    kind: Kind,
) -> std::io::Result<Answer> {
    let any: IpAddr = match server {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind(SocketAddr::new(any, 0)).await?;
    socket.connect(server).await?;
    socket.send(question).await?;
    let mut bytes = vec![0; ANSWER_BYTES_MAX];
    loop {
        let length = socket.recv(&mut bytes).await?;
        if let Some(answer) = wire::answer(&bytes[..length], id, name, kind) {
            return Ok(answer);
        }
    }
}

async fn by_tcp(
    server: SocketAddr,
    question: &[u8],
    id: u16,
    name: &str,
    kind: Kind,
) -> std::io::Result<Answer> {
    let mut stream = TcpStream::connect(server).await?;
    let length = u16::try_from(question.len()).map_err(std::io::Error::other)?;
    let mut framed = length.to_be_bytes().to_vec();
    framed.extend_from_slice(question);
    stream.write_all(&framed).await?;
    let mut bytes = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut bytes).await?;
    wire::answer(&bytes, id, name, kind)
        .ok_or_else(|| std::io::Error::other("it answers another question"))
}

fn random_id() -> Result<u16, String> {
    let mut bytes = [0; 2];
    getrandom::fill(&mut bytes)
        .map_err(|error| format!("the system gives no random numbers: {error}"))?;
    Ok(u16::from_be_bytes(bytes))
}

/// The `nameserver` lines of a resolv.conf.
fn named_servers(text: &str) -> Vec<SocketAddr> {
    let mut servers: Vec<SocketAddr> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("nameserver"))
        .filter_map(|rest| rest.split_whitespace().next())
        .filter_map(|address| address.parse::<IpAddr>().ok())
        .map(|address| SocketAddr::new(address, PORT))
        .take(SERVERS_MAX)
        .collect();
    if servers.is_empty() {
        servers.push(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), PORT));
    }
    servers
}

/// The name under which an address has its names (RFC 1035 section 3.5,
/// RFC 3596 section 2.5).
pub fn reverse_name(address: IpAddr) -> String {
    let mut labels: Vec<String> = match address {
        IpAddr::V4(address) => address.octets().map(|byte| byte.to_string()).to_vec(),
        IpAddr::V6(address) => address
            .octets()
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .map(|digit| format!("{digit:x}"))
            .collect(),
    };
    labels.reverse();
    let zone = if address.is_ipv4() { "in-addr" } else { "ip6" };
    format!("{}.{zone}.arpa", labels.join("."))
}

#[cfg(test)]
mod tests;
