//! A body as it arrives, chunk by chunk: unpacked on the way, and stopped where
//! it grows over a limit, on the wire or unpacked. A bomb is given up after the
//! few kilobytes that prove it to be one.
//!
//! Deliberately absent: two encodings on top of each other, which nobody who
//! means well sends.

use std::io::{self, Write};

use brotli_decompressor::DecompressorWriter;

use super::inflate::Inflate;

/// What is asked for; anything else in an answer is refused.
pub(super) const ACCEPT_ENCODING: &str = "gzip, deflate, br";
/// What brotli hands on at once.
const BROTLI_BUFFER_BYTES: usize = 16 * 1024;
/// Enough of a body to know gzip and zlib by their first bytes.
const MARK_BYTES: usize = 2;

/// Why a body was not taken whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Spoilt {
    #[error("the body is larger than allowed")]
    TooLarge,
    #[error("more came over the wire than allowed")]
    TooLong,
    /// The answer's own word on it, in bytes.
    #[error("the answer says it has {0} bytes, more than allowed")]
    SaysTooLong(u64),
    #[error("it came encoded as `{0}`, which was not asked for")]
    Encoding(String),
    #[error("{0}")]
    Broken(String),
}

/// The most of a body that is taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) wire_bytes_max: usize,
    pub(super) unpacked_bytes_max: usize,
}

/// A body that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unpacked {
    pub(super) bytes: Vec<u8>,
    /// The packed part came to its end.
    pub(super) is_whole: bool,
}

/// Takes a body in.
pub(super) struct Unpacker {
    coding: Coding,
    stage: Stage,
    limits: Limits,
    wire_bytes: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Plain,
    Gzip,
    Deflate,
    Brotli,
}

enum Stage {
    /// Too little came to see what it is.
    Waiting(Vec<u8>),
    Plain(Sink),
    Inflate(Box<Inflate>, Sink),
    Brotli(Box<DecompressorWriter<Sink>>),
}

/// Where unpacked bytes go, up to the limit.
struct Sink {
    bytes: Vec<u8>,
    most: usize,
    full: bool,
}

impl Write for Sink {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let room = self.most - self.bytes.len();
        self.bytes.extend_from_slice(&buf[..buf.len().min(room)]);
        if buf.len() > room {
            self.full = true;
            return Err(io::Error::other("full"));
        }
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Unpacker {
    /// For a body said to be in `encoding` (`Content-Encoding`).
    pub(super) fn new(encoding: Option<&str>, limits: Limits) -> Result<Self, Spoilt> {
        let encoding = encoding.unwrap_or_default().trim().to_ascii_lowercase();
        let coding = match encoding.as_str() {
            "" | "identity" | "none" | "utf-8" => Coding::Plain,
            "gzip" | "x-gzip" => Coding::Gzip,
            "deflate" => Coding::Deflate,
            "br" => Coding::Brotli,
            _ => return Err(Spoilt::Encoding(encoding)),
        };
        Ok(Self {
            coding,
            stage: Stage::Waiting(Vec::new()),
            limits,
            wire_bytes: 0,
        })
    }

    /// Takes what came.
    pub(super) fn push(&mut self, chunk: &[u8]) -> Result<(), Spoilt> {
        self.wire_bytes = self.wire_bytes.saturating_add(chunk.len());
        if self.wire_bytes > self.limits.wire_bytes_max {
            return Err(Spoilt::TooLong);
        }
        if let Stage::Waiting(head) = &mut self.stage {
            head.extend_from_slice(chunk);
            if head.len() < MARK_BYTES {
                return Ok(());
            }
            return self.begin();
        }
        self.stage.write(chunk)
    }

    /// The body, now that it has ended.
    pub(super) fn finish(mut self) -> Result<Unpacked, Spoilt> {
        if matches!(self.stage, Stage::Waiting(_)) {
            self.begin()?;
        }
        self.stage.finish()
    }

    /// What could be unpacked of a body that ended before its end.
    pub(super) fn broken_off(mut self) -> Result<Vec<u8>, Spoilt> {
        if matches!(self.stage, Stage::Waiting(_)) {
            self.begin()?;
        }
        Ok(self.so_far())
    }

    /// What could be unpacked until now.
    pub(super) fn so_far(&self) -> Vec<u8> {
        match &self.stage {
            Stage::Waiting(_) => Vec::new(),
            stage => stage
                .sink()
                .map_or_else(Vec::new, |sink| sink.bytes.clone()),
        }
    }

    /// The first bytes decide: servers say gzip and send plain text, and by
    /// "deflate" mean either of two formats (RFC 9110 section 8.4.1.2).
    fn begin(&mut self) -> Result<(), Spoilt> {
        let Stage::Waiting(head) = &mut self.stage else {
            return Ok(());
        };
        let head = std::mem::take(head);
        let sink = Sink {
            bytes: Vec::new(),
            most: self.limits.unpacked_bytes_max,
            full: false,
        };
        let is_zlib = matches!(head.as_slice(), [a, b, ..]
            if a & 0x0f == 8 && (u16::from(*a) << 8 | u16::from(*b)).is_multiple_of(31));
        self.stage = match self.coding {
            Coding::Gzip if head.starts_with(b"\x1f\x8b") => {
                Stage::Inflate(Box::new(Inflate::gzip()), sink)
            }
            Coding::Deflate if is_zlib => Stage::Inflate(Box::new(Inflate::zlib()), sink),
            Coding::Deflate => Stage::Inflate(Box::new(Inflate::deflate()), sink),
            Coding::Brotli if !head.is_empty() => {
                Stage::Brotli(Box::new(DecompressorWriter::new(sink, BROTLI_BUFFER_BYTES)))
            }
            Coding::Plain | Coding::Gzip | Coding::Brotli => Stage::Plain(sink),
        };
        self.stage.write(&head)
    }
}

impl Stage {
    fn sink(&self) -> Option<&Sink> {
        match self {
            Self::Waiting(_) => None,
            Self::Plain(sink) | Self::Inflate(_, sink) => Some(sink),
            Self::Brotli(decoder) => Some(decoder.get_ref()),
        }
    }

    fn spoilt(&self, error: &io::Error) -> Spoilt {
        if self.sink().is_some_and(|sink| sink.full) {
            Spoilt::TooLarge
        } else {
            Spoilt::Broken(error.to_string())
        }
    }

    fn write(&mut self, chunk: &[u8]) -> Result<(), Spoilt> {
        let written = match self {
            Self::Waiting(_) => Ok(()),
            Self::Plain(sink) => sink.write_all(chunk),
            Self::Inflate(inflate, sink) => inflate.write(chunk, sink),
            Self::Brotli(decoder) => write_brotli(decoder, chunk),
        };
        written.map_err(|error| self.spoilt(&error))
    }

    /// What came of a packed body before it was cut is kept; where that is nothing,
    /// it is broken.
    fn finish(self) -> Result<Unpacked, Spoilt> {
        let (is_whole, sink) = match self {
            Self::Waiting(_) => (true, None),
            Self::Plain(sink) => (true, Some(sink)),
            Self::Inflate(inflate, sink) => (inflate.is_whole(), Some(sink)),
            Self::Brotli(mut decoder) => {
                let is_whole = decoder.close().is_ok();
                let (Ok(sink) | Err(sink)) = decoder.into_inner();
                (is_whole, Some(sink))
            }
        };
        if sink.as_ref().is_some_and(|sink| sink.full) {
            return Err(Spoilt::TooLarge);
        }
        let bytes = sink.map_or_else(Vec::new, |sink| sink.bytes);
        if !is_whole && bytes.is_empty() {
            return Err(Spoilt::Broken("it was cut off".to_owned()));
        }
        Ok(Unpacked { bytes, is_whole })
    }
}

fn write_brotli(decoder: &mut DecompressorWriter<Sink>, mut chunk: &[u8]) -> io::Result<()> {
    while !chunk.is_empty() {
        match decoder.write(chunk)? {
            // The packed part has ended: what follows it says nothing.
            0 => return Ok(()),
            taken => chunk = chunk.get(taken..).unwrap_or_default(),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    const LIMITS: Limits = Limits {
        wire_bytes_max: 4096,
        unpacked_bytes_max: 8192,
    };
    const TEXT: &[u8] = "Өңірлік форум. ".as_bytes();
    /// "Forum" in brotli, as one stored block.
    const BROTLI: &[u8] = b"\x0b\x02\x80Forum\x03";

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    }

    fn zlib(text: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    }

    fn deflate(text: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    }

    fn unpack(encoding: &str, body: &[u8], chunk_bytes: usize) -> Result<Unpacked, Spoilt> {
        let mut unpacker = Unpacker::new(Some(encoding), LIMITS)?;
        for chunk in body.chunks(chunk_bytes) {
            unpacker.push(chunk)?;
        }
        unpacker.finish()
    }

    #[test]
    fn every_encoding_is_opened_however_it_is_cut() {
        let trailed = [gzip(TEXT), b"\0\0\0".to_vec()].concat();
        let (one, other) = TEXT.split_at(7);
        let members = [&gzip(one)[..], &gzip(b""), &gzip(other)].concat();
        let padded = [&members[..], b"\0\0\x1f\x8bjunk"].concat();
        let half_marked = [&members[..], b"\x1f\x8b"].concat();
        let mut named = gzip(TEXT);
        // With an extra field, a name, a comment and a checksum of the header.
        named[3] = 0b1_1110;
        named.splice(10..10, *b"\x03\0abcname\0said\0\x01\x02");
        let without_trailer = &gzip(TEXT)[..gzip(TEXT).len() - 8];
        let with_half_of_it = &gzip(TEXT)[..gzip(TEXT).len() - 3];
        let cases: [(&str, &[u8], &[u8]); 17] = [
            ("gzip", &members, TEXT),
            ("gzip", &padded, TEXT),
            ("gzip", &half_marked, TEXT),
            ("gzip", &named, TEXT),
            ("gzip", without_trailer, TEXT),
            ("gzip", with_half_of_it, TEXT),
            ("", TEXT, TEXT),
            ("identity", TEXT, TEXT),
            ("gzip", &gzip(TEXT), TEXT),
            ("X-GZIP", &gzip(TEXT), TEXT),
            ("gzip", &trailed, TEXT),
            ("gzip", TEXT, TEXT),
            ("gzip", b"", b""),
            ("deflate", &zlib(TEXT), TEXT),
            ("deflate", &deflate(TEXT), TEXT),
            ("br", BROTLI, b"Forum"),
            ("br", b"", b""),
        ];
        for (encoding, body, expected) in cases {
            for chunk_bytes in [1, 3, 4096] {
                let whole = Unpacked {
                    bytes: expected.to_vec(),
                    is_whole: true,
                };
                assert_eq!(
                    unpack(encoding, body, chunk_bytes),
                    Ok(whole),
                    "{encoding} {chunk_bytes}"
                );
            }
        }
    }

    #[test]
    fn what_is_cut_or_spoilt_is_said_to_be() {
        let whole = gzip(TEXT);
        for end in [2, 9, 11] {
            let cut = unpack("gzip", &whole[..end], 4096);
            assert!(matches!(cut, Err(Spoilt::Broken(_))), "{end}: {cut:?}");
        }
        let mut spoilt_sum = gzip(TEXT);
        let last = spoilt_sum.len() - 8;
        spoilt_sum[last] ^= 1;
        for (encoding, body) in [
            ("br", &BROTLI[..2]),
            ("br", b"\xff\xff\xff\xff".as_slice()),
            ("deflate", &zlib(TEXT)[..2]),
            ("gzip", &spoilt_sum),
            ("gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\0\xff\xff\xff".as_slice()),
        ] {
            let spoilt = unpack(encoding, body, 4096);
            assert!(matches!(spoilt, Err(Spoilt::Broken(_))), "{spoilt:?}");
        }
        assert_eq!(
            unpack("zstd", b"", 1),
            Err(Spoilt::Encoding("zstd".to_owned()))
        );
    }

    #[test]
    fn what_came_before_the_cut_is_kept() {
        let text: Vec<u8> = (0_u32..2_000).flat_map(u32::to_le_bytes).collect();
        let limits = Limits {
            wire_bytes_max: 16 * 1024,
            unpacked_bytes_max: 16 * 1024,
        };
        let members = [gzip(&text[..2_000]), gzip(&text[2_000..])].concat();
        for (encoding, body) in [
            ("gzip", gzip(&text)),
            ("gzip", members),
            ("deflate", zlib(&text)),
            ("deflate", deflate(&text)),
        ] {
            let mut unpacker = Unpacker::new(Some(encoding), limits).expect("known");
            unpacker.push(&body[..body.len() * 3 / 4]).expect("a body");
            let Unpacked { bytes, is_whole } = unpacker.finish().expect("a part");
            assert!(!is_whole && bytes.len() > text.len() / 2, "{encoding}");
            assert!(text.starts_with(&bytes));
        }
        let cut = unpack("br", &BROTLI[..BROTLI.len() - 2], 4096).expect("a part");
        assert!(!cut.is_whole && b"Forum".starts_with(&cut.bytes));
    }

    #[test]
    fn many_members_are_bounded_together() {
        let limits = Limits {
            wire_bytes_max: 1024 * 1024,
            unpacked_bytes_max: 8192,
        };
        for (member, expected) in [
            (gzip(&[b'a'; 4096]), Err(Spoilt::TooLarge)),
            (gzip(b""), Err(Spoilt::Broken("it was cut off".to_owned()))),
        ] {
            let mut unpacker = Unpacker::new(Some("gzip"), limits).expect("known");
            let pushed = unpacker.push(&member.repeat(20_000));
            assert_eq!(pushed.and_then(|()| unpacker.finish()), expected);
        }
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let bomb = gzip(&vec![b'a'; 100 * LIMITS.unpacked_bytes_max]);
        assert!(bomb.len() < LIMITS.wire_bytes_max);
        let mut unpacker = Unpacker::new(Some("gzip"), LIMITS).expect("known");
        assert_eq!(unpacker.push(&bomb), Err(Spoilt::TooLarge));
        assert_eq!(unpacker.so_far().len(), LIMITS.unpacked_bytes_max);
        // Deflate's empty blocks unpack to nothing, for ever.
        let nothing = [0x00, 0x00, 0x00, 0xff, 0xff].repeat(LIMITS.wire_bytes_max);
        assert_eq!(unpack("deflate", &nothing, 100), Err(Spoilt::TooLong));
    }
}
