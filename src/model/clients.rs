//! How many places one client holds at once, so that it cannot shut the others
//! out. Deliberately absent: how many there are in all, and who is a client.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Bits of an IPv6 address that one household is given (RFC 6177).
const HOUSEHOLD_BITS: u32 = 64;

/// The clients that are here, each with the places it holds.
#[derive(Debug)]
pub struct Clients {
    places_max: usize,
    here: Mutex<HashMap<u128, usize>>,
}

/// A place that is held; it is free again when this is dropped.
#[derive(Debug)]
pub struct Place {
    of: Option<(Arc<Clients>, u128)>,
}

impl Clients {
    /// Each may hold up to `places_max`.
    pub fn new(places_max: usize) -> Arc<Self> {
        Arc::new(Self {
            places_max,
            here: Mutex::default(),
        })
    }

    /// Lets one more in, or does not: it holds all it may. Nobody's address is
    /// `None`: such are not counted.
    pub fn enter(self: &Arc<Self>, client: Option<IpAddr>) -> Option<Place> {
        let Some(household) = client.map(household) else {
            return Some(Place { of: None });
        };
        let mut here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        let held = here.entry(household).or_default();
        if *held >= self.places_max {
            return None;
        }
        *held += 1;
        Some(Place {
            of: Some((Arc::clone(self), household)),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((clients, household)) = &self.of else {
            return;
        };
        let mut here = clients.here.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = here.get_mut(household) {
            *held -= 1;
            if *held == 0 {
                here.remove(household);
            }
        }
    }
}

/// Whose address it is: an IPv4 address, however it is written, or an IPv6 /64.
pub fn household(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(narrow) => narrow.to_ipv6_mapped().to_bits(),
        IpAddr::V6(wide) => wide.to_bits() >> HOUSEHOLD_BITS << HOUSEHOLD_BITS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_client_holds_so_many_places_and_others_have_theirs() {
        let clients = Clients::new(2);
        let mut held = Vec::new();
        for (address, gets_in) in [
            ("192.0.2.1", true),
            ("192.0.2.1", true),
            ("192.0.2.1", false),
            ("::ffff:192.0.2.1", false),
            ("192.0.2.2", true),
            ("2001:db8::1", true),
            ("2001:db8::2", true),
            ("2001:db8::ffff:0:0:3", false),
            ("2001:db8:0:1::1", true),
        ] {
            let place = clients.enter(Some(address.parse().expect("address")));
            assert_eq!(place.is_some(), gets_in, "{address}");
            held.extend(place);
        }
        held.remove(0);
        assert!(
            clients.enter("192.0.2.1".parse().ok()).is_some(),
            "one left"
        );
        let nobodys: Vec<_> = (0..9).map(|_| clients.enter(None)).collect();
        assert!(nobodys.iter().all(Option::is_some));
        held.clear();
        assert!(clients.here.lock().expect("here").is_empty());
    }
}
