//! Gzip taken off a document that is served as a `.gz` file.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;

use crate::model::complaint::Complaint;

/// The most bytes a packed sitemap may unpack to: the protocol's own limit (50 MiB).
pub const UNPACKED_BYTES_MAX: u64 = 50 * 1024 * 1024;
/// RFC 1952 section 2.3.1.
const GZIP_MARK: [u8; 2] = [0x1F, 0x8B];

/// A document without its packing, and what was wrong with that.
pub struct Unpacked<'a> {
    pub bytes: Cow<'a, [u8]>,
    pub complaint: Option<Complaint>,
}

/// Unpacks up to [`UNPACKED_BYTES_MAX`]; what came before a fault is kept.
pub fn unpack(bytes: &[u8]) -> Unpacked<'_> {
    unpack_up_to(bytes, UNPACKED_BYTES_MAX)
}

fn unpack_up_to(bytes: &[u8], bytes_max: u64) -> Unpacked<'_> {
    if !bytes.starts_with(&GZIP_MARK) {
        return Unpacked {
            bytes: Cow::Borrowed(bytes),
            complaint: None,
        };
    }
    let mut unpacked = Vec::new();
    let mut decoder = MultiGzDecoder::new(bytes).take(bytes_max + 1);
    let read = decoder.read_to_end(&mut unpacked);
    let complaint = if unpacked.len() as u64 > bytes_max {
        unpacked.truncate(usize::try_from(bytes_max).unwrap_or(usize::MAX));
        Some(format!(
            "unpacks to more than {bytes_max} bytes; the rest is left out"
        ))
    } else {
        read.err()
            .map(|error| format!("broken gzip: {error}; what came before is kept"))
    };
    Unpacked {
        bytes: Cow::Owned(unpacked),
        complaint: complaint.map(|message| Complaint::error("", message)),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn bombs_stop_at_the_limit() {
        let bomb = packed(&vec![b' '; 1_000_000]);
        let unpacked = unpack_up_to(&bomb, 1_000);
        assert_eq!(unpacked.bytes.len(), 1_000);
        assert!(unpacked.complaint.unwrap().message.contains("1000 bytes"));
        assert!(unpack_up_to(&bomb, 1_000_000).complaint.is_none());
    }

    #[test]
    fn what_came_before_the_break_is_kept() {
        let text = (0..2_000)
            .map(|n| format!("<loc>{n}</loc>"))
            .collect::<Vec<_>>()
            .concat();
        let whole = packed(text.as_bytes());
        let unpacked = unpack(&whole[..whole.len() / 2]);
        assert!(unpacked.complaint.is_some());
        assert!(!unpacked.bytes.is_empty() && text.as_bytes().starts_with(&unpacked.bytes));
        assert_eq!(unpack(b"<urlset/>").bytes.as_ref(), b"<urlset/>");
        assert!(unpack(&GZIP_MARK).complaint.is_some());
    }
}
