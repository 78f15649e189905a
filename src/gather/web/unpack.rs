//! A body as it arrives, chunk by chunk: unpacked on the way, and stopped where
//! it grows over a limit, on the wire or unpacked. A bomb is given up after the
//! few kilobytes that prove it to be one.
//!
//! Deliberately absent: two encodings on top of each other, which nobody who
//! means well sends.

use std::io::{self, Write};

use brotli_decompressor::DecompressorWriter;
use flate2::write::{DeflateDecoder, GzDecoder, ZlibDecoder};

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
    Gzip(Box<GzDecoder<Sink>>),
    Zlib(Box<ZlibDecoder<Sink>>),
    Deflate(Box<DeflateDecoder<Sink>>),
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

    /// The whole body, now that it has ended.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, Spoilt> {
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
        if let Some(writer) = self.stage.writer()
            && let Err(error) = writer.flush()
        {
            return Err(self.stage.spoilt(&error));
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
                Stage::Gzip(Box::new(GzDecoder::new(sink)))
            }
            Coding::Deflate if is_zlib => Stage::Zlib(Box::new(ZlibDecoder::new(sink))),
            Coding::Deflate => Stage::Deflate(Box::new(DeflateDecoder::new(sink))),
            Coding::Brotli if !head.is_empty() => {
                Stage::Brotli(Box::new(DecompressorWriter::new(sink, BROTLI_BUFFER_BYTES)))
            }
            Coding::Plain | Coding::Gzip | Coding::Brotli => Stage::Plain(sink),
        };
        self.stage.write(&head)
    }
}

impl Stage {
    fn writer(&mut self) -> Option<&mut dyn Write> {
        match self {
            Self::Waiting(_) => None,
            Self::Plain(sink) => Some(sink),
            Self::Gzip(decoder) => Some(decoder.as_mut()),
            Self::Zlib(decoder) => Some(decoder.as_mut()),
            Self::Deflate(decoder) => Some(decoder.as_mut()),
            Self::Brotli(decoder) => Some(decoder.as_mut()),
        }
    }

    fn sink(&self) -> Option<&Sink> {
        match self {
            Self::Waiting(_) => None,
            Self::Plain(sink) => Some(sink),
            Self::Gzip(decoder) => Some(decoder.get_ref()),
            Self::Zlib(decoder) => Some(decoder.get_ref()),
            Self::Deflate(decoder) => Some(decoder.get_ref()),
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

    fn write(&mut self, mut chunk: &[u8]) -> Result<(), Spoilt> {
        while !chunk.is_empty() {
            let Some(writer) = self.writer() else {
                return Ok(());
            };
            match writer.write(chunk) {
                // The packed part has ended: what follows it says nothing.
                Ok(0) => return Ok(()),
                Ok(taken) => chunk = chunk.get(taken..).unwrap_or_default(),
                Err(error) => return Err(self.spoilt(&error)),
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<u8>, Spoilt> {
        let ended = match &mut self {
            Self::Waiting(_) | Self::Plain(_) => Ok(()),
            Self::Gzip(decoder) => decoder.try_finish(),
            Self::Zlib(decoder) => decoder.try_finish(),
            Self::Deflate(decoder) => decoder.try_finish(),
            Self::Brotli(decoder) => decoder.close(),
        };
        if let Err(error) = ended {
            return Err(self.spoilt(&error));
        }
        let taken = match self {
            Self::Waiting(_) => return Ok(Vec::new()),
            Self::Plain(sink) => Ok(sink),
            Self::Gzip(decoder) => decoder.finish(),
            Self::Zlib(decoder) => decoder.finish(),
            Self::Deflate(decoder) => decoder.finish(),
            Self::Brotli(decoder) => decoder.into_inner().or_else(Ok),
        };
        taken
            .map(|sink| sink.bytes)
            .map_err(|error| Spoilt::Broken(error.to_string()))
    }
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

    fn unpack(encoding: &str, body: &[u8], chunk_bytes: usize) -> Result<Vec<u8>, Spoilt> {
        let mut unpacker = Unpacker::new(Some(encoding), LIMITS)?;
        for chunk in body.chunks(chunk_bytes) {
            unpacker.push(chunk)?;
        }
        unpacker.finish()
    }

    #[test]
    fn every_encoding_is_opened_however_it_is_cut() {
        let trailed = [gzip(TEXT), b"\0\0\0".to_vec()].concat();
        let cases: [(&str, &[u8], &[u8]); 11] = [
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
                assert_eq!(
                    unpack(encoding, body, chunk_bytes).as_deref(),
                    Ok(expected),
                    "{encoding} {chunk_bytes}"
                );
            }
        }
    }

    #[test]
    fn what_is_cut_or_spoilt_is_said_to_be() {
        let whole = gzip(TEXT);
        for end in [2, 9, 12, whole.len() - 1] {
            let cut = unpack("gzip", &whole[..end], 4096);
            assert!(matches!(cut, Err(Spoilt::Broken(_))), "{end}: {cut:?}");
        }
        for (encoding, body) in [
            ("br", &BROTLI[..BROTLI.len() - 3]),
            ("br", b"\xff\xff\xff\xff".as_slice()),
            ("deflate", &zlib(TEXT)[..9]),
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
