//! What a reader is given: the bytes of one document and where they came from.

use chrono::DateTime;
use chrono_tz::Tz;
use url::Url;

/// The most entries taken from one document; the rest is left out with a complaint.
pub const DOCUMENT_ENTRIES_MAX: usize = 10_000;
/// The deepest nesting of elements or values followed.
pub const DOCUMENT_DEPTH_MAX: usize = 256;
/// The most bytes of one entry's text kept; more is cut at a character.
pub const ENTRY_TEXT_BYTES_MAX: usize = 1024 * 1024;

/// The most tags of one page; what follows is left out. The longest pages people
/// write have a few ten thousand.
pub const PAGE_TAGS_MAX: usize = 400_000;

/// One document to be read.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// As received, after content decoding (gzip and the like).
    pub bytes: &'a [u8],
    /// The `Content-Type` it came with.
    pub content_type: Option<&'a str>,
    /// Where it came from, after redirects: the base of relative links.
    pub url: Option<&'a Url>,
    /// When it was received, in the house zone: the day that "today" in it means.
    pub received: DateTime<Tz>,
}
