//! Ids are derived, never random, so that every step can be repeated safely:
//! the same input gives the same id after a crash, on another machine, next year.

use sha2::{Digest, Sha256};

/// Length of a derived id in characters (hexadecimal, 128 bits).
pub const DERIVED_ID_CHARS: usize = 32;

/// The first 128 bits of SHA-256 over `parts`, in hexadecimal.
///
/// Each part is preceded by its length, so `["ab", "c"]` and `["a", "bc"]`
/// never meet. SHA-256 and not a faster hash, because publishers choose the
/// input: nobody may be able to make two articles collide.
pub fn derive(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let digest = hasher.finalize();
    hex(&digest[..DERIVED_ID_CHARS / 2])
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// Characters between the hyphens, as RFC 9562 (section 4) writes 128 bits.
const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];

/// A derived id with hyphens; any other text as it is.
pub(crate) fn grouped(id: &str) -> String {
    if id.len() != DERIVED_ID_CHARS || !id.is_ascii() {
        return id.to_owned();
    }
    let mut rest = id;
    let groups = GROUPS.map(|length| {
        let (group, after) = rest.split_at(length);
        rest = after;
        group
    });
    groups.join("-")
}

/// A derived id, its hyphens taken out.
pub(crate) fn from_link(text: &str) -> Option<String> {
    let bare = || text.bytes().filter(|byte| *byte != b'-');
    let is_derived = bare().count() == DERIVED_ID_CHARS && bare().all(|b| b.is_ascii_hexdigit());
    is_derived.then(|| text.replace('-', ""))
}

/// Declares a string id: a newtype that only its maker constructs.
macro_rules! string_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Takes an id that was derived before, as the store gives it back.
            pub fn from_stored(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Reads what a link says: as stored, or as [`Self::in_letter`] writes it.
            pub fn from_link(text: &str) -> Option<Self> {
                $crate::model::id::from_link(text).map(Self)
            }

            /// The id in five groups. Spam filters take 26 to 35 letters and digits
            /// in a row that begin with 1 or 3 for a Bitcoin wallet (SpamAssassin's
            /// `PDS_BTC_ID`, one point of five; seen 2026-11-23), and of our ids one
            /// in sixty looks so.
            pub fn in_letter(&self) -> String {
                $crate::model::id::grouped(&self.0)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}
pub(crate) use string_id;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_in_a_letter_leads_to_the_same_id() {
        let id = derive(&["a forum"]);
        let grouped = grouped(&id);
        assert_eq!(grouped.split('-').map(str::len).collect::<Vec<_>>(), GROUPS);
        assert_eq!(from_link(&grouped).as_deref(), Some(id.as_str()));
        assert_eq!(from_link(&id).as_deref(), Some(id.as_str()));
        for other in [
            "",
            "-",
            "x",
            &id[1..],
            &format!("{id}0"),
            &id.replace(|c| c > '0', "ж"),
        ] {
            assert_eq!(from_link(other), None, "{other}");
        }
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(derive(&["ab", "c"]), derive(&["a", "bc"]));
        assert_eq!(derive(&["a"]).len(), DERIVED_ID_CHARS);
    }
}
