//! The links that only one copy bears, and their checked form.

use std::fmt;

use url::Url;

use super::{LINK_MAX_BYTES, MessageError};
use crate::model::digest::slot;
use crate::model::subscriber::EmailAddress;

/// The links that only this copy bears.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonalLinks {
    /// Asks on GET, unsubscribes on POST (RFC 8058).
    pub unsubscribe: String,
    /// Where a message unsubscribes, for readers that cannot POST (RFC 2369).
    pub unsubscribe_by_mail: Option<EmailAddress>,
    /// Shows and changes what was asked for.
    pub preferences: String,
    /// Only in a confirmation letter.
    pub confirm: Option<String>,
    /// The envelope sender by which bounces of this copy are told from others;
    /// without one bounces go to the sender.
    pub bounces: Option<EmailAddress>,
}

impl fmt::Debug for PersonalLinks {
    /// The links hold tokens, which do not reach logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalLinks(…)")
    }
}

/// Personal links, proven to be web addresses and so free of spaces, line
/// breaks and angle brackets.
pub(super) struct CheckedLinks {
    pub(super) site: Url,
    pub(super) unsubscribe: Url,
    pub(super) unsubscribe_by_mail: Option<EmailAddress>,
    pub(super) preferences: Url,
    confirm: Option<Url>,
}

impl CheckedLinks {
    pub(super) fn check(
        site_url: &str,
        links: &PersonalLinks,
        needs_confirm: bool,
    ) -> Result<Self, MessageError> {
        let parse = |what: &'static str, link: &str| {
            Url::parse(link)
                .ok()
                .filter(|url| matches!(url.scheme(), "http" | "https"))
                .filter(|url| url.as_str().len() <= LINK_MAX_BYTES)
                .ok_or(MessageError::Link { what })
        };
        let confirm = links
            .confirm
            .as_deref()
            .map(|link| parse("confirm", link))
            .transpose()?;
        if needs_confirm && confirm.is_none() {
            return Err(MessageError::NoConfirmLink);
        }
        Ok(Self {
            site: parse("site", site_url)?,
            unsubscribe: parse("unsubscribe", &links.unsubscribe)?,
            unsubscribe_by_mail: links.unsubscribe_by_mail.clone(),
            preferences: parse("preferences", &links.preferences)?,
            confirm,
        })
    }

    /// The text with each slot filled by its link, as `written` writes links.
    pub(super) fn fill(&self, text: &str, written: impl Fn(&str) -> String) -> String {
        let mut filled = text.to_owned();
        for (slot, link) in self.slots() {
            if filled.contains(slot) {
                filled = filled.replace(slot, &written(link.as_str()));
            }
        }
        filled
    }

    /// Each slot and what takes its place.
    fn slots(&self) -> impl Iterator<Item = (&'static str, &Url)> {
        let always = [
            (slot::UNSUBSCRIBE_URL, &self.unsubscribe),
            (slot::PREFERENCES_URL, &self.preferences),
        ];
        let confirm = self.confirm.as_ref().map(|link| (slot::CONFIRM_URL, link));
        always.into_iter().chain(confirm)
    }
}
