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
    fn parts_do_not_run_together() {
        assert_ne!(derive(&["ab", "c"]), derive(&["a", "bc"]));
        assert_eq!(derive(&["a"]).len(), DERIVED_ID_CHARS);
    }
}
