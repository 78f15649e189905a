//! Questions and answers of DNS as bytes (RFC 1035 section 4). An answer comes
//! from anywhere: it is read without a panic, without following a name in a
//! circle, and believed only where it repeats the question.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// RFC 1035 section 2.3.4.
const LABEL_MAX_BYTES: usize = 63;
const NAME_MAX_BYTES: usize = 255;
/// Pointers in one name: more is an attack.
const POINTERS_MAX: usize = 16;
const HEADER_BYTES: usize = 12;
/// RFC 6891; the size that passes everywhere unfragmented (DNS flag day 2020).
const UDP_ANSWER_BYTES: u16 = 1232;
const CLASS_IN: u16 = 1;
const TYPE_OPT: u16 = 41;
/// Header flags of the third and fourth byte.
const IS_ANSWER: u8 = 0x80;
const IS_CUT: u8 = 0x02;
const WANTS_RECURSION: u8 = 0x01;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    A,
    Ptr,
    Mx,
    Txt,
    Aaaa,
}

impl Kind {
    const fn code(self) -> u16 {
        match self {
            Self::A => 1,
            Self::Ptr => 12,
            Self::Mx => 15,
            Self::Txt => 16,
            Self::Aaaa => 28,
        }
    }

    /// As zone files write it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Ptr => "PTR",
            Self::Mx => "MX",
            Self::Txt => "TXT",
            Self::Aaaa => "AAAA",
        }
    }
}

/// One record of an answer. Names are without the dot at the end, lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    Address(IpAddr),
    /// A mail server; the lower preference first. The root (an empty name)
    /// says that there is none (RFC 7505).
    Mail {
        preference: u16,
        host: String,
    },
    /// The strings of a text record, joined.
    Text(String),
    /// The name of an address.
    Name(String),
}

/// What a server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// Empty: there is no such name, or no such record at it.
    Records(Vec<Record>),
    /// Did not fit; to be asked again by TCP.
    Cut,
    /// The server could or would not answer (RFC 1035 section 4.1.1).
    Failed(&'static str),
}

/// The question as bytes; nothing where `name` is none.
pub(super) fn question(id: u16, name: &str, kind: Kind) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES + name.len() + 17);
    bytes.extend_from_slice(&id.to_be_bytes());
    bytes.extend_from_slice(&[WANTS_RECURSION, 0]);
    for count in [1_u16, 0, 0, 1] {
        bytes.extend_from_slice(&count.to_be_bytes());
    }
    let start = bytes.len();
    for label in name.trim_end_matches('.').split('.') {
        let length = u8::try_from(label.len()).ok()?;
        if !(1..=LABEL_MAX_BYTES).contains(&label.len()) || !label.is_ascii() {
            return None;
        }
        bytes.push(length);
        bytes.extend_from_slice(label.as_bytes());
    }
    bytes.push(0);
    if bytes.len() - start > NAME_MAX_BYTES {
        return None;
    }
    bytes.extend_from_slice(&kind.code().to_be_bytes());
    bytes.extend_from_slice(&CLASS_IN.to_be_bytes());
    // The OPT record: root, type, size, no flags, no data.
    bytes.push(0);
    bytes.extend_from_slice(&TYPE_OPT.to_be_bytes());
    bytes.extend_from_slice(&UDP_ANSWER_BYTES.to_be_bytes());
    bytes.extend_from_slice(&[0; 6]);
    Some(bytes)
}

/// Reads the answer to a question; nothing for what is no answer to it.
pub(super) fn answer(bytes: &[u8], id: u16, name: &str, kind: Kind) -> Option<Answer> {
    let mut reader = Reader { bytes, at: 0 };
    let (got, flags, code) = (reader.u16()?, reader.u8()?, reader.u8()? & 15);
    let counts = [reader.u16()?, reader.u16()?, reader.u16()?, reader.u16()?];
    if got != id || flags & IS_ANSWER == 0 {
        return None;
    }
    if counts[0] == 0 && code != 0 {
        return Some(failed(code));
    }
    let asked = reader.name()?;
    let of_kind = reader.u16()? == kind.code();
    let class = reader.u16()?;
    let same = asked == name.trim_end_matches('.').to_ascii_lowercase();
    if counts[0] != 1 || !same || !of_kind || class != CLASS_IN {
        return None;
    }
    match code {
        // No such name: no records either.
        0 | 3 => {}
        code => return Some(failed(code)),
    }
    if flags & IS_CUT != 0 {
        return Some(Answer::Cut);
    }
    let mut records = Vec::new();
    for _ in 0..counts[1] {
        reader.record(kind, &mut records)?;
    }
    Some(Answer::Records(records))
}

const fn failed(code: u8) -> Answer {
    Answer::Failed(match code {
        1 => "it does not understand the question",
        2 => "it failed (SERVFAIL): the domain's own servers may be broken",
        5 => "it refuses to answer this machine",
        _ => "it answers with an error",
    })
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn u16(&mut self) -> Option<u16> {
        let bytes = self.take(2)?;
        Some(u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    /// RFC 1035 section 4.1.4.
    fn name(&mut self) -> Option<String> {
        let mut name = String::new();
        let mut inside = Reader {
            bytes: self.bytes,
            at: self.at,
        };
        let mut pointers = 0;
        loop {
            let length = inside.u8()?;
            if length & 0xC0 == 0xC0 {
                let low = inside.u8()?;
                if pointers == 0 {
                    self.at = inside.at;
                }
                pointers += 1;
                if pointers > POINTERS_MAX {
                    return None;
                }
                inside.at = usize::from(length & 0x3F) << 8 | usize::from(low);
                continue;
            }
            if usize::from(length) > LABEL_MAX_BYTES {
                return None;
            }
            if length == 0 {
                break;
            }
            let label = inside.take(usize::from(length))?;
            if name.len() + label.len() + 1 > NAME_MAX_BYTES {
                return None;
            }
            if !name.is_empty() {
                name.push('.');
            }
            name.push_str(&String::from_utf8_lossy(label).to_lowercase());
        }
        if pointers == 0 {
            self.at = inside.at;
        }
        Some(name)
    }

    /// Takes the record along where it is of `kind`. Whose it is does not matter: a
    /// resolver follows aliases and answers with what stands at their end.
    fn record(&mut self, kind: Kind, into: &mut Vec<Record>) -> Option<()> {
        self.name()?;
        let (code, class) = (self.u16()?, self.u16()?);
        self.take(4)?;
        let length = usize::from(self.u16()?);
        let end = self.at.checked_add(length)?;
        if end > self.bytes.len() {
            return None;
        }
        if code == kind.code() && class == CLASS_IN {
            into.push(self.data(kind, end)?);
        }
        self.at = end;
        Some(())
    }

    fn data(&mut self, kind: Kind, end: usize) -> Option<Record> {
        Some(match kind {
            Kind::A => {
                let bytes: [u8; 4] = self.bytes[self.at..end].try_into().ok()?;
                Record::Address(Ipv4Addr::from(bytes).into())
            }
            Kind::Aaaa => {
                let bytes: [u8; 16] = self.bytes[self.at..end].try_into().ok()?;
                Record::Address(Ipv6Addr::from(bytes).into())
            }
            Kind::Ptr => Record::Name(self.name()?),
            Kind::Mx => Record::Mail {
                preference: self.u16()?,
                host: self.name()?,
            },
            Kind::Txt => {
                let mut text = Vec::new();
                while self.at < end {
                    let length = usize::from(self.u8()?);
                    text.extend_from_slice(self.take(length)?);
                }
                Record::Text(String::from_utf8_lossy(&text).into_owned())
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An answer of one record with an alias before it.
    fn sample() -> Vec<u8> {
        let mut bytes = question(7, "a.example", Kind::Txt).expect("a name");
        bytes.truncate(bytes.len() - 11);
        bytes[2] |= IS_ANSWER;
        bytes[7] = 2;
        bytes[11] = 0;
        // CNAME to b.example, by a pointer into the question.
        bytes.extend_from_slice(&[0xC0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 4, 1, b'b', 0xC0, 14]);
        bytes.extend_from_slice(&[0xC0, 39, 0, 16, 0, 1, 0, 0, 0, 9, 0, 6]);
        bytes.extend_from_slice(&[2, b'v', b'=', 2, b's', b'1']);
        bytes
    }

    #[test]
    fn an_answer_is_read_behind_its_alias() {
        let found = answer(&sample(), 7, "A.example.", Kind::Txt);
        let text = Record::Text("v=s1".into());
        assert_eq!(found, Some(Answer::Records(vec![text])));
    }

    #[test]
    fn what_answers_another_question_is_not_believed() {
        let bytes = sample();
        assert_eq!(answer(&bytes, 8, "a.example", Kind::Txt), None);
        assert_eq!(answer(&bytes, 7, "c.example", Kind::Txt), None);
        assert_eq!(answer(&bytes, 7, "a.example", Kind::Mx), None);
        let mut asked = bytes.clone();
        asked[2] &= !IS_ANSWER;
        assert_eq!(answer(&asked, 7, "a.example", Kind::Txt), None);
    }

    #[test]
    fn flags_decide() {
        let mut cut = sample();
        cut[2] |= IS_CUT;
        assert_eq!(answer(&cut, 7, "a.example", Kind::Txt), Some(Answer::Cut));
        let mut refused = sample();
        refused[3] = 5;
        let found = answer(&refused, 7, "a.example", Kind::Txt);
        assert!(matches!(found, Some(Answer::Failed(_))), "{found:?}");
    }

    #[test]
    fn damaged_answers_do_not_panic_and_circles_end() {
        let bytes = sample();
        for cut in 0..bytes.len() {
            assert_eq!(answer(&bytes[..cut], 7, "a.example", Kind::Txt), None);
        }
        for at in 0..bytes.len() {
            for value in [0, 1, 0x3F, 0x40, 0xC0, 0xFF] {
                let mut spoiled = bytes.clone();
                spoiled[at] = value;
                for kind in [Kind::A, Kind::Ptr, Kind::Mx, Kind::Txt, Kind::Aaaa] {
                    answer(&spoiled, 7, "a.example", kind);
                }
            }
        }
        let mut circle = question(7, "a.example", Kind::Ptr).expect("a name");
        circle[2] |= IS_ANSWER;
        circle[12..14].copy_from_slice(&[0xC0, 12]);
        assert_eq!(answer(&circle, 7, "a.example", Kind::Ptr), None);
    }

    #[test]
    fn names_no_server_could_be_asked_for_are_refused() {
        let long = "a".repeat(64);
        let longer = vec!["abcdefg"; 40].join(".");
        for name in ["", "a..b", "қаз.example", &long, &longer] {
            assert_eq!(question(1, name, Kind::A), None, "{name}");
        }
    }
}
