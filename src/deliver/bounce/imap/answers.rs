//! What an IMAP server's answers say: pure readers of single responses.

use super::wire::Response;

/// What a server says it can do, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Capabilities {
    pub(super) starttls: bool,
    pub(super) login_disabled: bool,
    pub(super) auth_plain: bool,
    /// AUTHENTICATE with its first words in one line (RFC 4959).
    pub(super) initial_response: bool,
    /// UID EXPUNGE (RFC 4315).
    pub(super) uid_expunge: bool,
    /// UID MOVE (RFC 6851).
    pub(super) uid_move: bool,
}

impl Capabilities {
    /// Adds what an untagged CAPABILITY says; nothing else is one.
    pub(super) fn add(&mut self, response: &Response) {
        let mut words = response.text().split(' ');
        let is_one = words.next() == Some("*")
            && words
                .next()
                .is_some_and(|word| word.eq_ignore_ascii_case("CAPABILITY"));
        if !is_one {
            return;
        }
        for word in words {
            match word.to_ascii_uppercase().as_str() {
                "STARTTLS" => self.starttls = true,
                "LOGINDISABLED" => self.login_disabled = true,
                "AUTH=PLAIN" => self.auth_plain = true,
                "SASL-IR" => self.initial_response = true,
                "UIDPLUS" => self.uid_expunge = true,
                "MOVE" => self.uid_move = true,
                // RFC 9051 appendix E: all of them became part of it.
                "IMAP4REV2" => {
                    self.initial_response = true;
                    self.uid_expunge = true;
                    self.uid_move = true;
                }
                _ => {}
            }
        }
    }
}

/// `* 23 EXISTS`
pub(super) fn exists(response: &Response) -> Option<u32> {
    let mut words = response.text().strip_prefix("* ")?.split(' ');
    let number = words.next()?.parse().ok()?;
    let is_one = words.next()?.trim_end().eq_ignore_ascii_case("EXISTS");
    is_one.then_some(number)
}

/// `* OK [UIDVALIDITY 3857529045] …`
pub(super) fn validity(text: &str) -> Option<u32> {
    let code = text.strip_prefix("* ")?.split_once(" [")?.1;
    let (name, rest) = code.split_once(' ')?;
    let is_one = name.eq_ignore_ascii_case("UIDVALIDITY");
    let end = rest.find(']')?;
    is_one.then(|| rest[..end].trim().parse().ok()).flatten()
}

/// The numbers of `* SEARCH 2 84 882`, or of `* ESEARCH (TAG "a1") UID ALL
/// 2,84:86`, of which no more than `most` are taken.
pub(super) fn found(response: &Response, most: usize) -> Vec<u32> {
    let Some(rest) = response.text().strip_prefix("* ") else {
        return Vec::new();
    };
    let mut words = rest.split_whitespace();
    let kind = words.next().unwrap_or_default().to_ascii_uppercase();
    match kind.as_str() {
        "SEARCH" => words
            .filter_map(|word| word.parse().ok())
            .take(most)
            .collect(),
        "ESEARCH" => words
            .skip_while(|word| !word.eq_ignore_ascii_case("ALL"))
            .nth(1)
            .map(|set| numbers(set).take(most).collect())
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// The numbers of a set such as `2,84:86`.
fn numbers(set: &str) -> impl Iterator<Item = u32> {
    set.split(',').flat_map(|range| {
        let (from, to) = range.split_once(':').unwrap_or((range, range));
        let ends = (from.parse::<u32>(), to.parse::<u32>());
        let range = match ends {
            (Ok(from), Ok(to)) => Some(from.min(to)..=from.max(to)),
            _ => None,
        };
        range.into_iter().flatten()
    })
}

/// The body that `* 12 FETCH (UID 7 BODY[]<0> {…}` carries, where it is about
/// the mail `uid`.
pub(super) fn body(response: Response, uid: u32) -> Option<Vec<u8>> {
    let first = response.text().strip_prefix("* ")?;
    let mut words = first.split(' ');
    words.next()?.parse::<u32>().ok()?;
    if !words.next()?.eq_ignore_ascii_case("FETCH") {
        return None;
    }
    let is_this = response.0.iter().any(|part| {
        let words = part.text.split([' ', '(', ')']);
        let mut words = words.filter(|word| !word.is_empty());
        words.any(|word| word.eq_ignore_ascii_case("UID"))
            && words.next().and_then(|word| word.parse().ok()) == Some(uid)
    });
    if !is_this {
        return None;
    }
    response.0.into_iter().find_map(|part| {
        let upper = part.text.to_ascii_uppercase();
        let at = upper.rfind("BODY[]")?;
        let value = upper[at + "BODY[]".len()..].trim_start_matches("<0>");
        match part.literal {
            Some(literal) if matches!(value, " " | " ~") => Some(literal),
            // Short texts may come in quotes, an empty one as NIL.
            _ => quoted(part.text[part.text.len() - value.len()..].trim_start()),
        }
    })
}

/// A quoted string at the start of `text`; NIL is an empty one.
fn quoted(text: &str) -> Option<Vec<u8>> {
    if text
        .get(..3)
        .is_some_and(|word| word.eq_ignore_ascii_case("NIL"))
    {
        return Some(Vec::new());
    }
    let mut value = Vec::new();
    let mut bytes = text.strip_prefix('"')?.bytes();
    loop {
        match bytes.next()? {
            b'"' => return Some(value),
            b'\\' => value.push(bytes.next()?),
            byte => value.push(byte),
        }
    }
}
