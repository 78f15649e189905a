//! `[mail]`: the addresses letters bear, and the keys that sign them.

use std::path::PathBuf;

use url::{Host, Url};

use super::raw::RawMail;
use crate::model::subscriber::{EmailAddress, LOCAL_PART_MAX_BYTES};

/// Keys that sign at the same time, at the most: two algorithms, twice while
/// one pair follows another.
pub const DKIM_SELECTORS_MAX: usize = 4;
/// RFC 1035 section 2.3.4, for each label of a selector.
const LABEL_MAX_BYTES: usize = 63;

/// The addresses of letters besides `from`.
#[derive(Debug, Clone, Default)]
pub struct MailAddresses {
    /// The Sender header.
    pub sender: Option<EmailAddress>,
    pub reply_to: Option<EmailAddress>,
    /// The address of List-Unsubscribe.
    pub unsubscribe_mailto: Option<EmailAddress>,
    /// The domain of personal return addresses, in ASCII.
    pub bounce_domain: Option<String>,
}

/// The keys letters are signed with.
#[derive(Debug, Clone)]
pub struct Dkim {
    pub dir: PathBuf,
    /// The signing domain, in ASCII.
    pub domain: String,
    /// None: letters are not signed.
    pub selectors: Vec<String>,
}

/// Checks the addresses; what is wrong is noted and left out.
pub(super) fn check_addresses(raw: &RawMail, note: &mut impl FnMut(&str, String)) -> MailAddresses {
    let mut address = |key: &str, text: &str| {
        if text.is_empty() {
            return None;
        }
        text.parse::<EmailAddress>()
            .map_err(|why| note(key, format!("`{text}`: {why}")))
            .ok()
    };
    MailAddresses {
        sender: address("mail.sender", &raw.sender),
        reply_to: address("mail.reply_to", &raw.reply_to),
        unsubscribe_mailto: address("mail.unsubscribe_mailto", &raw.unsubscribe_mailto),
        bounce_domain: check_domain("mail.bounce_domain", &raw.bounce_domain, note),
    }
}

/// Links are counted at an address everybody reaches, over https: readers are
/// led through it.
pub(super) fn check_link_counts(
    raw: &RawMail,
    site_url: Option<&Url>,
    note: &mut impl FnMut(&str, String),
) {
    if raw.link_counts && site_url.is_some_and(|url| !is_public(url)) {
        let message = "links can only be counted where serve.url is a public https address; \
            set serve.url, or link_counts = false";
        note("mail.link_counts", message.to_owned());
    }
}

/// Whether strangers can reach `url`, as far as it shows.
fn is_public(url: &Url) -> bool {
    const INSIDE: [&str; 5] = [".localhost", ".local", ".localdomain", ".internal", ".lan"];
    let is_outside = match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name.contains('.') && !INSIDE.iter().any(|ending| name.ends_with(ending))
        }
        Some(Host::Ipv4(ip)) => {
            !(ip.is_loopback() || ip.is_private() || ip.is_link_local() || ip.is_unspecified())
        }
        Some(Host::Ipv6(ip)) => {
            !(ip.is_loopback()
                || ip.is_unique_local()
                || ip.is_unicast_link_local()
                || ip.is_unspecified())
        }
        None => false,
    };
    url.scheme() == "https" && is_outside
}

/// Checks `[mail.dkim]`; the domain is that of `from` where none is named.
pub(super) fn check_dkim(
    raw: &RawMail,
    from: Option<&EmailAddress>,
    note: &mut impl FnMut(&str, String),
) -> Dkim {
    let dkim = &raw.dkim;
    let domain = check_domain("mail.dkim.domain", &dkim.domain, note)
        .or_else(|| from.map(|from| from.domain().to_owned()))
        .unwrap_or_default();
    if dkim.selectors.len() > DKIM_SELECTORS_MAX {
        note(
            "mail.dkim.selectors",
            format!(
                "{}: expected {DKIM_SELECTORS_MAX} at most",
                dkim.selectors.len()
            ),
        );
    }
    for (at, selector) in dkim.selectors.iter().enumerate() {
        let key = format!("mail.dkim.selectors.{at}");
        if !is_selector(selector) {
            note(&key, format!("`{selector}`: {NO_SELECTOR}"));
        } else if dkim.selectors[..at].contains(selector) {
            note(&key, format!("`{selector}` is named twice"));
        }
    }
    Dkim {
        dir: dkim.dir.clone().into(),
        domain,
        selectors: dkim.selectors.clone(),
    }
}

/// What a wrong selector is told.
pub const NO_SELECTOR: &str = "expected a name such as 2026a: letters a-z, digits and hyphens";

/// Whether `text` can name a key (RFC 6376 section 3.1). Lower case only,
/// since it also names a file.
pub fn is_selector(text: &str) -> bool {
    text.split('.').all(|label| {
        (1..=LABEL_MAX_BYTES).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    })
}

/// The domain in ASCII (IDNA), or `None` for what is none. It must leave room
/// for a local part of any length.
pub fn ascii_domain(text: &str) -> Option<String> {
    let longest = "a".repeat(LOCAL_PART_MAX_BYTES);
    let address = format!("{longest}@{text}").parse::<EmailAddress>().ok()?;
    Some(address.domain().to_owned())
}

fn check_domain(key: &str, text: &str, note: &mut impl FnMut(&str, String)) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    let domain = ascii_domain(text);
    if domain.is_none() {
        note(
            key,
            format!("`{text}` is no domain; expected one such as lists.example.kz"),
        );
    }
    domain
}
