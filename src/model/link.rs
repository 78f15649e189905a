//! Links of a digest's letters whose openings are counted: the same for every
//! reader. Deliberately absent: anything about who opens one.

use super::digest::DigestId;
use super::id::derive;

/// Characters of a [`LinkShort`].
pub const LINK_SHORT_CHARS: usize = 16;

/// What stands behind `/go/` for one link of one digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkShort(String);

impl LinkShort {
    /// Derived, so that all letters of the digest bear the same.
    pub fn derived(digest: &DigestId, url: &str) -> Self {
        let mut id = derive(&["link", digest.as_str(), url]);
        id.truncate(LINK_SHORT_CHARS);
        Self(id)
    }

    /// Reads lower-case hexadecimal of the right length.
    pub fn read(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (text.len() == LINK_SHORT_CHARS && text.bytes().all(is_digit))
            .then(|| Self(text.to_owned()))
    }

    /// As it stands in links and in the store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A link of a digest's letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestLink {
    pub short: LinkShort,
    /// Where it leads.
    pub url: String,
    /// How many links the shortest letter holds that holds this one.
    pub beside: u32,
}
