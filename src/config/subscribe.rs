//! `[subscribe]`: who may ask for letters how often, and who is not written to.

use std::path::PathBuf;

use super::given;
use super::raw::RawSubscribe;

/// Requests for letters in an hour, at the least: what looks like a machine's
/// counts as five.
pub const REQUESTS_PER_HOUR_MIN: u32 = 5;
/// Requests for letters in an hour, at the most: each is remembered that long.
pub const REQUESTS_PER_HOUR_MAX: u32 = 100_000;

/// Who may ask for letters how often, and who is not written to.
#[derive(Debug, Clone)]
pub struct Subscribe {
    pub trusted_proxies: Vec<String>,
    pub client_per_hour: u32,
    pub domain_per_hour: u32,
    pub house_per_hour: u32,
    /// A file of one domain on a line.
    pub disposable_domains: Option<PathBuf>,
    /// A file of one local part on a line; `None`: the list that ships.
    pub role_addresses: Option<PathBuf>,
}

pub(super) fn check(raw: &RawSubscribe, note: &mut impl FnMut(&str, String)) -> Subscribe {
    for (key, limit) in [
        ("client_per_hour", raw.client_per_hour),
        ("domain_per_hour", raw.domain_per_hour),
        ("house_per_hour", raw.house_per_hour),
    ] {
        if !(REQUESTS_PER_HOUR_MIN..=REQUESTS_PER_HOUR_MAX).contains(&limit) {
            let key = format!("subscribe.{key}");
            let expected = format!("{REQUESTS_PER_HOUR_MIN} to {REQUESTS_PER_HOUR_MAX}");
            note(&key, format!("{limit}: expected {expected}"));
        }
    }
    Subscribe {
        trusted_proxies: raw.trusted_proxies.clone(),
        client_per_hour: raw.client_per_hour,
        domain_per_hour: raw.domain_per_hour,
        house_per_hour: raw.house_per_hour,
        disposable_domains: given(&raw.disposable_domains).map(PathBuf::from),
        role_addresses: given(&raw.role_addresses).map(PathBuf::from),
    }
}
