//! Where letters go, as the config says it. Parsed once; the password is never
//! shown, not even in a complaint about the URL it stands in.

use std::fmt;
use std::path::PathBuf;

use url::{Host, Url};

use super::memory::Pigeonhole;

/// Relay port: servers that take mail from their own network.
const RELAY_PORT: u16 = 25;
/// RFC 6409: submission, taken where a user is named.
const SUBMISSION_PORT: u16 = 587;
/// RFC 8314: submission with TLS from the first byte.
const SUBMISSIONS_PORT: u16 = 465;
/// LMTP has no port of its own (RFC 2033 section 5 forbids 25); 24 is "any
/// private mail system", and what servers listen on.
const LMTP_PORT: u16 = 24;

/// Where letters go.
#[derive(Debug, Clone)]
pub enum Destination {
    /// A mail server that takes letters for all the world.
    Smtp(SmtpServer),
    /// A folder of `.eml` files.
    Folder(PathBuf),
    /// A list in memory, for tests.
    Memory(Pigeonhole),
}

/// A mail server and how to speak to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpServer {
    pub place: Place,
    pub protocol: Protocol,
    pub security: Security,
    pub login: Option<Login>,
    /// A file of certificates (PEM) to trust instead of the system's.
    pub trusted: Option<PathBuf>,
}

/// Where a mail server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// `host`: a domain in ASCII or an IP address without brackets.
    Host { host: String, port: u16 },
    /// A Unix socket.
    Socket(PathBuf),
}

/// What a mail server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    Smtp,
    /// RFC 2033: each recipient is answered for after the letter. A letter here
    /// has one recipient, so that answer is the only difference but the hello.
    Lmtp,
}

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (`smtps://`).
    Tls,
    /// STARTTLS, or no letter (`smtp://`).
    StartTls,
    /// STARTTLS where it is offered: for `smtp://` to this very machine.
    StartTlsIfOffered,
    /// None, by the operator's own word: `?tls=none`.
    Off,
}

/// A user and a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    pub user: String,
    pub password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(…)")
    }
}

impl fmt::Display for SmtpServer {
    /// `host:port`, with brackets around an IPv6 address; or the socket's path.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Host { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Place::Host { host, port } => write!(f, "{host}:{port}"),
            Place::Socket(path) => write!(f, "{}", path.display()),
        }
    }
}

/// Why a text is no address of a mail server. Never quotes it: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadDestination {
    #[error(
        "no URL ({0}); expected smtp://user:password@host:port or smtps://user:password@host:port, with characters such as @ : / % in the password percent-encoded"
    )]
    Shape(url::ParseError),
    #[error("the scheme `{0}` is not known; expected smtp://, smtps:// or lmtp://")]
    Scheme(String),
    #[error("no host; expected smtp://host:port")]
    NoHost,
    #[error("`{0}` is no host name or IP address")]
    Host(String),
    #[error("port 0 cannot be connected to")]
    Port,
    #[error("a user without a password, or a password without a user")]
    Login,
    #[error("a broken percent-encoding in the user or password; write % as %25")]
    Encoding,
    #[error(
        "`{0}` is not known; expected ?tls=none (for smtp:// and lmtp://, unencrypted) or ?ca=FILE (certificates to trust)"
    )]
    Setting(String),
    #[error(
        "?tls=none contradicts smtps:// and ?ca=; write smtp://host?tls=none to send unencrypted"
    )]
    Contradiction,
    #[error(
        "nothing may follow host and port but ?tls=none or ?ca=FILE; a Unix socket is written lmtp:///run/dovecot/lmtp"
    )]
    Path,
}

impl Destination {
    /// Reads `smtp://[user:password@]host[:port][?tls=none][?ca=FILE]`,
    /// `smtps://…`, `lmtp://…` or `lmtp:///path/of/socket`.
    ///
    /// Without a port: 24 for `lmtp`, 465 for `smtps`, else 587 with a user and
    /// 25 without.
    pub fn parse_smtp(url: &str) -> Result<Self, BadDestination> {
        let url = Url::parse(url.trim()).map_err(BadDestination::Shape)?;
        let (protocol, implicit) = match url.scheme() {
            "smtp" => (Protocol::Smtp, false),
            "smtps" => (Protocol::Smtp, true),
            "lmtp" => (Protocol::Lmtp, false),
            other => return Err(BadDestination::Scheme(other.to_owned())),
        };
        let login = login(&url)?;
        let Settings { off, trusted } = settings(&url)?;
        if off && (implicit || trusted.is_some()) {
            return Err(BadDestination::Contradiction);
        }
        if protocol == Protocol::Lmtp && url.host_str().unwrap_or_default().is_empty() {
            let place = socket(&url)?;
            let security = Security::Off;
            return Ok(Self::Smtp(SmtpServer {
                place,
                protocol,
                security,
                login,
                trusted,
            }));
        }
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(BadDestination::Path);
        }
        let host = host(&url)?;
        let security = match (implicit, off) {
            (true, _) => Security::Tls,
            (false, true) => Security::Off,
            (false, false) if is_loopback(&host) => Security::StartTlsIfOffered,
            (false, false) => Security::StartTls,
        };
        let port = match (url.port(), protocol, implicit, &login) {
            (Some(0), ..) => return Err(BadDestination::Port),
            (Some(port), ..) => port,
            (None, Protocol::Lmtp, ..) => LMTP_PORT,
            (None, _, true, _) => SUBMISSIONS_PORT,
            (None, _, false, Some(_)) => SUBMISSION_PORT,
            (None, _, false, None) => RELAY_PORT,
        };
        let host = match host {
            Host::Domain(domain) => domain,
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        Ok(Self::Smtp(SmtpServer {
            place: Place::Host { host, port },
            protocol,
            security,
            login,
            trusted,
        }))
    }
}

/// A Unix socket never leaves the machine: nothing to encrypt.
fn socket(url: &Url) -> Result<Place, BadDestination> {
    if matches!(url.path(), "" | "/") {
        return Err(BadDestination::NoHost);
    }
    if url.fragment().is_some() || url.query().is_some() {
        return Err(BadDestination::Path);
    }
    Ok(Place::Socket(percent_decode(url.path())?.into()))
}

fn host(url: &Url) -> Result<Host<String>, BadDestination> {
    let text = url
        .host_str()
        .filter(|text| !text.is_empty())
        .ok_or(BadDestination::NoHost)?;
    Host::parse(text).map_err(|_| BadDestination::Host(text.to_owned()))
}

fn is_loopback(host: &Host<String>) -> bool {
    match host {
        // RFC 6761 section 6.3.
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

fn login(url: &Url) -> Result<Option<Login>, BadDestination> {
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None | Some("")) => Err(BadDestination::Login),
        (user, Some(password)) => Ok(Some(Login {
            user: percent_decode(user)?,
            password: percent_decode(password)?,
        })),
    }
}

/// What follows the question mark.
#[derive(Default)]
struct Settings {
    off: bool,
    trusted: Option<PathBuf>,
}

fn settings(url: &Url) -> Result<Settings, BadDestination> {
    let mut settings = Settings::default();
    for (key, value) in url.query_pairs() {
        match (key.as_ref(), value.as_ref()) {
            ("tls", "none") => settings.off = true,
            ("ca", path) if !path.is_empty() => settings.trusted = Some(path.into()),
            _ => return Err(BadDestination::Setting(format!("{key}={value}"))),
        }
    }
    Ok(settings)
}

/// RFC 3986 section 2.1. NUL is refused: AUTH PLAIN separates with it (RFC 4616).
fn percent_decode(text: &str) -> Result<String, BadDestination> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|b| char::from(b).to_digit(16));
        let (Some(high), Some(low)) = (digit(), digit()) else {
            return Err(BadDestination::Encoding);
        };
        bytes.push(u8::try_from(high * 16 + low).map_err(|_| BadDestination::Encoding)?);
    }
    String::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains('\0'))
        .ok_or(BadDestination::Encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(url: &str) -> SmtpServer {
        match Destination::parse_smtp(url) {
            Ok(Destination::Smtp(server)) => server,
            other => panic!("{url}: {other:?}"),
        }
    }

    #[test]
    fn urls_are_read() {
        let cases = [
            (
                "smtp://mail.example.kz",
                "mail.example.kz:25",
                Security::StartTls,
            ),
            (
                "smtp://u:p@mail.example.kz",
                "mail.example.kz:587",
                Security::StartTls,
            ),
            (
                "smtps://u:p@mail.example.kz/",
                "mail.example.kz:465",
                Security::Tls,
            ),
            (
                "smtp://mail.example.kz:2525?tls=none",
                "mail.example.kz:2525",
                Security::Off,
            ),
            (
                "smtp://127.0.0.1:1025",
                "127.0.0.1:1025",
                Security::StartTlsIfOffered,
            ),
            (
                "smtp://localhost:1025",
                "localhost:1025",
                Security::StartTlsIfOffered,
            ),
            (
                "smtp://[::1]:1025",
                "[::1]:1025",
                Security::StartTlsIfOffered,
            ),
            (
                "smtp://localhost.example.kz",
                "localhost.example.kz:25",
                Security::StartTls,
            ),
            ("smtps://127.0.0.1", "127.0.0.1:465", Security::Tls),
            (
                "lmtp://localhost",
                "localhost:24",
                Security::StartTlsIfOffered,
            ),
            (
                "lmtp://mail.example.kz:2003",
                "mail.example.kz:2003",
                Security::StartTls,
            ),
            (
                "lmtp:///run/dovecot/lmtp",
                "/run/dovecot/lmtp",
                Security::Off,
            ),
            (
                "smtp://пошта.қаз",
                "xn--80a1acn3a.xn--80ao21a:25",
                Security::StartTls,
            ),
        ];
        for (url, shown, security) in cases {
            let server = server(url);
            assert_eq!(server.to_string(), shown, "{url}");
            assert_eq!(server.security, security, "{url}");
        }
    }

    #[test]
    fn logins_are_decoded_and_not_shown() {
        let server = server("smtp://me%40example.kz:s%25%D2%9B+c&r=t@mail.example.kz");
        let login = server.login.as_ref().expect("login");
        assert_eq!(login.user, "me@example.kz");
        assert_eq!(login.password, "s%қ+c&r=t");
        let shown = format!("{server:?} {server}");
        assert!(!shown.contains("қ") && !shown.contains("me@"), "{shown}");
    }

    #[test]
    fn what_is_wrong_is_named_and_passwords_are_not() {
        let cases = [
            ("mail.example.kz:25", "scheme `mail.example.kz`"),
            ("not a url", "no URL"),
            ("http://sesam@mail.example.kz", "scheme `http`"),
            ("smtp://", "no host"),
            ("smtp:mail.example.kz", "nothing may follow"),
            ("smtp://u:sesam@mail.example.kz:0", "port 0"),
            ("smtp://u:sesam@mail.example.kz:99999", "no URL"),
            ("smtp://u:sesam@mail.example.kz/inbox", "nothing may follow"),
            ("smtp://u@mail.example.kz", "without a password"),
            ("smtp://:sesam@mail.example.kz", "without a user"),
            ("smtp://u:sesam%zz@mail.example.kz", "percent-encoding"),
            ("smtp://u:sesam%00@mail.example.kz", "percent-encoding"),
            ("smtp://mail.example.kz?tls=off", "`tls=off` is not known"),
            ("smtps://u:sesam@mail.example.kz?tls=none", "contradicts"),
            ("smtp://mail.example.kz?tls=none&ca=/a.pem", "contradicts"),
            ("lmtp:///", "no host"),
            ("lmtp:///run/lmtp?tls=none", "nothing may follow"),
        ];
        for (url, part) in cases {
            let why = Destination::parse_smtp(url).expect_err(url).to_string();
            assert!(why.contains(part), "{url}: {why}");
            assert!(!why.contains("sesam"), "{url}: {why}");
        }
    }
}
