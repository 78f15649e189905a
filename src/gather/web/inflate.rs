//! Gzip and the two formats that go by "deflate", as they arrive.
//!
//! Gzip is read member by member (RFC 1952 section 2.2): who packs piece by piece
//! sends several. What follows the last is padding. Whether it came whole is known
//! by its end, not by its checksum, which a server that hangs up early leaves out.

use std::io::{self, Write};

use flate2::{Crc, Decompress, FlushDecompress, Status};

/// What is unpacked at once.
const BUFFER_BYTES: usize = 16 * 1024;
/// The most members of one body; each costs a new beginning.
const MEMBERS_MAX: usize = 10_000;
/// RFC 1952 section 2.3.1: magic and the one method there is.
const MARK: [u8; 3] = [0x1f, 0x8b, 8];
/// From the mark to the operating system.
const FIXED_BYTES: usize = 10;
/// CRC-32 and length, four bytes each.
const TRAILER_BYTES: usize = 8;

/// Bits of a header's flags.
const HAS_CRC: u8 = 1 << 1;
const HAS_EXTRA: u8 = 1 << 2;
const HAS_NAME: u8 = 1 << 3;
const HAS_COMMENT: u8 = 1 << 4;

/// Unpacks into what it is given.
pub(super) struct Inflate {
    stream: Decompress,
    buffer: Box<[u8]>,
    part: Part,
    is_gzip: bool,
    crc: Crc,
    /// Gzip's, of which the header has begun.
    members: usize,
}

/// What is to come next.
enum Part {
    Header(Header),
    Data,
    Trailer(Vec<u8>),
    /// Nothing of use.
    Padding,
    /// More members than are read.
    TooMuch,
}

/// A header, byte by byte.
#[derive(Default)]
struct Header {
    step: Step,
    /// Bytes of this step that came, or are to come.
    count: usize,
    flags: u8,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Step {
    #[default]
    Fixed,
    ExtraLength,
    Extra,
    Name,
    Comment,
    Crc,
    Done,
}

impl Inflate {
    pub(super) fn gzip() -> Self {
        Self::new(false, true)
    }

    pub(super) fn zlib() -> Self {
        Self::new(true, false)
    }

    pub(super) fn deflate() -> Self {
        Self::new(false, false)
    }

    fn new(has_zlib_header: bool, is_gzip: bool) -> Self {
        Self {
            stream: Decompress::new(has_zlib_header),
            buffer: vec![0; BUFFER_BYTES].into_boxed_slice(),
            part: if is_gzip {
                Part::Header(Header::default())
            } else {
                Part::Data
            },
            is_gzip,
            crc: Crc::new(),
            members: 1,
        }
    }

    /// Unpacks what came.
    ///
    /// # Errors
    /// What is no packed data, and the writer's.
    pub(super) fn write(&mut self, mut bytes: &[u8], into: &mut impl Write) -> io::Result<()> {
        while !bytes.is_empty() {
            let taken = match &mut self.part {
                Part::Header(header) => {
                    let is_first = self.members == 1;
                    match header.take(bytes[0]) {
                        Ok(Step::Done) => self.part = Part::Data,
                        Ok(_) => {}
                        Err(error) if is_first => return Err(error),
                        Err(_) => self.part = Part::Padding,
                    }
                    1
                }
                Part::Data => self.data(bytes, into)?,
                Part::Trailer(trailer) => {
                    let taken = bytes.len().min(TRAILER_BYTES - trailer.len());
                    trailer.extend_from_slice(&bytes[..taken]);
                    if trailer.len() == TRAILER_BYTES {
                        self.end_member()?;
                    }
                    taken
                }
                Part::Padding | Part::TooMuch => return Ok(()),
            };
            bytes = &bytes[taken..];
        }
        Ok(())
    }

    /// Whether the packed data has ended.
    pub(super) fn is_whole(&self) -> bool {
        match &self.part {
            // So little of another member is padding.
            Part::Header(header) => {
                self.members > 1 && header.step == Step::Fixed && header.count < MARK.len()
            }
            Part::Data | Part::TooMuch => false,
            Part::Trailer(_) | Part::Padding => true,
        }
    }

    /// Unpacks until `bytes` or the data end; how many were of it.
    fn data(&mut self, bytes: &[u8], into: &mut impl Write) -> io::Result<usize> {
        let mut taken = 0;
        loop {
            let (read, made) = (self.stream.total_in(), self.stream.total_out());
            let none = FlushDecompress::None;
            let rest = &bytes[taken..];
            let status = self.stream.decompress(rest, &mut self.buffer, none)?;
            let read = difference(self.stream.total_in(), read);
            let made = difference(self.stream.total_out(), made);
            taken += read;
            let made = &self.buffer[..made];
            into.write_all(made)?;
            if self.is_gzip {
                self.crc.update(made);
            }
            if status == Status::StreamEnd {
                self.part = if self.is_gzip {
                    Part::Trailer(Vec::with_capacity(TRAILER_BYTES))
                } else {
                    Part::Padding
                };
                return Ok(taken);
            }
            // A full buffer may have more behind it.
            let is_waiting = made.len() < BUFFER_BYTES && taken == bytes.len();
            if is_waiting || (read == 0 && made.is_empty()) {
                return Ok(bytes.len());
            }
        }
    }

    /// Proves a member by its trailer, and makes ready for another.
    fn end_member(&mut self) -> io::Result<()> {
        if let Part::Trailer(trailer) = &self.part {
            let said = [
                self.crc.sum().to_le_bytes(),
                self.crc.amount().to_le_bytes(),
            ];
            if *trailer != said.concat() {
                return Err(io::Error::other("the gzip checksum is wrong"));
            }
        }
        if self.members == MEMBERS_MAX {
            self.part = Part::TooMuch;
            return Ok(());
        }
        self.members += 1;
        self.crc.reset();
        self.stream.reset(false);
        self.part = Part::Header(Header::default());
        Ok(())
    }
}

/// Of two counts, the later first.
fn difference(now: u64, before: u64) -> usize {
    usize::try_from(now - before).unwrap_or(usize::MAX)
}

impl Header {
    /// Takes a byte; the step that comes next.
    fn take(&mut self, byte: u8) -> io::Result<Step> {
        match self.step {
            Step::Fixed => {
                if MARK.get(self.count).is_some_and(|mark| *mark != byte) {
                    return Err(io::Error::other("this is no gzip header"));
                }
                if self.count == MARK.len() {
                    self.flags = byte;
                }
                self.count += 1;
                if self.count == FIXED_BYTES {
                    self.go_on(HAS_EXTRA);
                }
            }
            // Two bytes, the lower first; the bit above them says that it came.
            Step::ExtraLength if self.count == 0 => self.count = usize::from(byte) | 1 << 16,
            Step::ExtraLength => {
                self.count = self.count & 0xff | usize::from(byte) << 8;
                self.step = Step::Extra;
                if self.count == 0 {
                    self.go_on(HAS_NAME);
                }
            }
            Step::Extra => {
                self.count -= 1;
                if self.count == 0 {
                    self.go_on(HAS_NAME);
                }
            }
            Step::Name if byte == 0 => self.go_on(HAS_COMMENT),
            Step::Comment if byte == 0 => self.go_on(HAS_CRC),
            Step::Name | Step::Comment => {}
            Step::Crc if self.count == 0 => self.count = 1,
            Step::Crc | Step::Done => self.step = Step::Done,
        }
        Ok(self.step)
    }

    /// Goes on to what `first` says is there, or to the first after it that is.
    fn go_on(&mut self, first: u8) {
        let optional = [
            (HAS_EXTRA, Step::ExtraLength),
            (HAS_NAME, Step::Name),
            (HAS_COMMENT, Step::Comment),
            (HAS_CRC, Step::Crc),
        ];
        let left = optional.iter().skip_while(|(flag, _)| *flag != first);
        let mut named = left.filter(|(flag, _)| self.flags & flag != 0);
        self.step = named.next().map_or(Step::Done, |(_, step)| *step);
        self.count = 0;
    }
}
