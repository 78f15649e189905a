//! A mail's text as it comes over SMTP, byte by byte.
//!
//! It ends with CR LF . CR LF and with nothing else. A CR or LF of its own is
//! refused, not mended: servers that disagree about it let a mail carry another
//! one inside ("SMTP smuggling", 2023).

use super::SIZE_MAX;
use crate::deliver::bounce::MAIL_BYTES_MAX;

/// How much of a mail that is too large is still read, for its sender to hear
/// the answer.
const PATIENCE_BYTES: usize = 4 * SIZE_MAX;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    LineStart,
    /// After the dot at the start of a line.
    Dot,
    DotCr,
    Within,
    Cr,
}

/// What stands after some bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Came {
    More,
    /// The end; so many of the bytes belonged to the text.
    End(usize),
    /// A CR or LF of its own.
    Bare,
    /// More than anybody has patience for.
    Endless,
}

/// A text, as far as it has come.
#[derive(Debug)]
pub(super) struct Text {
    at: At,
    /// As much as is ever read, without the dots that were put in front.
    pub(super) kept: Vec<u8>,
    bytes: usize,
}

impl Text {
    pub(super) const fn new() -> Self {
        Self {
            at: At::LineStart,
            kept: Vec::new(),
            bytes: 0,
        }
    }

    pub(super) const fn is_too_large(&self) -> bool {
        self.bytes > SIZE_MAX
    }

    /// Takes the next bytes.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Came {
        for (index, byte) in bytes.iter().enumerate() {
            self.at = match (self.at, byte) {
                (At::DotCr, b'\n') => return Came::End(index + 1),
                (At::Cr, b'\n') => {
                    self.keep(b"\r\n");
                    At::LineStart
                }
                (At::Cr | At::DotCr, _) | (_, b'\n') => return Came::Bare,
                (At::LineStart, b'.') => At::Dot,
                (At::Dot, b'\r') => At::DotCr,
                (_, b'\r') => At::Cr,
                (_, other) => {
                    self.keep(&[*other]);
                    At::Within
                }
            };
        }
        if self.bytes > PATIENCE_BYTES {
            return Came::Endless;
        }
        Came::More
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len();
        if self.kept.len() < MAIL_BYTES_MAX {
            self.kept.extend_from_slice(bytes);
        }
    }
}
