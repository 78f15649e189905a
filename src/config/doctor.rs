//! `[doctor]`: how the sending domain is looked at.

use std::net::{IpAddr, SocketAddr};

use super::raw::RawDoctor;

/// How `jarshy doctor` looks at the sending domain.
#[derive(Debug, Clone, Default)]
pub struct Doctor {
    /// `None`: the system's resolvers.
    pub resolver: Option<SocketAddr>,
    /// Where letters leave from; none: the addresses of the mail server.
    pub addresses: Vec<IpAddr>,
}

pub(super) fn check(raw: &RawDoctor, note: &mut impl FnMut(&str, String)) -> Doctor {
    let text = raw.resolver.as_str();
    let at_port_53 = |ip| SocketAddr::new(ip, 53);
    let resolver = match (text, text.parse(), text.parse::<IpAddr>()) {
        ("", ..) => None,
        (_, Ok(address), _) => Some(address),
        (_, _, Ok(ip)) => Some(at_port_53(ip)),
        _ => {
            note(
                "doctor.resolver",
                format!(
                    "`{text}` is no address of a resolver; expected one such as 9.9.9.9 or 127.0.0.1:5353"
                ),
            );
            None
        }
    };
    let mut addresses = Vec::new();
    for (at, text) in raw.addresses.iter().enumerate() {
        match text.parse() {
            Ok(address) => addresses.push(address),
            Err(_) => note(
                &format!("doctor.addresses.{at}"),
                format!("`{text}` is no IP address"),
            ),
        }
    }
    Doctor {
        resolver,
        addresses,
    }
}
