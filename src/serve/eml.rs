//! Reads our own letters back, as far as a person wants to look at them: headers,
//! the text part and the HTML part. Not a mail parser: it knows what the house's
//! courier writes (MIME multipart, quoted-printable, base64, UTF-8).

/// How deep multiparts may nest.
const DEPTH_MAX: usize = 5;
/// Headers worth showing.
const SHOWN: [&str; 8] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];

/// A letter as a person looks at it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Eml {
    pub(super) headers: Vec<(String, String)>,
    pub(super) text: String,
    pub(super) html: Option<String>,
}

impl Eml {
    /// The value of a header, if it is shown.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }
}

/// Reads a letter; what it cannot make out stays empty.
pub(super) fn read(bytes: &[u8]) -> Eml {
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
    let mut letter = Eml::default();
    let (headers, _) = split(&text);
    letter.headers = headers
        .into_iter()
        .filter(|(name, _)| SHOWN.iter().any(|shown| shown.eq_ignore_ascii_case(name)))
        .map(|(name, value)| (name, decode_words(&value)))
        .collect();
    read_part(&text, &mut letter, 0);
    letter
}

fn read_part(part: &str, letter: &mut Eml, depth: usize) {
    let (headers, body) = split(part);
    let content_type = find(&headers, "Content-Type").unwrap_or("text/plain");
    let lower = content_type.to_ascii_lowercase();
    if lower.starts_with("multipart/") {
        let Some(boundary) = boundary(content_type).filter(|_| depth < DEPTH_MAX) else {
            return;
        };
        let mark = format!("--{boundary}");
        for inner in body.split(mark.as_str()).skip(1) {
            if inner.starts_with("--") {
                break;
            }
            read_part(inner.trim_start_matches('\n'), letter, depth + 1);
        }
        return;
    }
    let encoding = find(&headers, "Content-Transfer-Encoding").unwrap_or_default();
    let bytes = match encoding.trim().to_ascii_lowercase().as_str() {
        "quoted-printable" => quoted_printable(body, false),
        "base64" => base64(body),
        _ => body.as_bytes().to_vec(),
    };
    let said = String::from_utf8_lossy(&bytes).into_owned();
    if lower.starts_with("text/html") {
        letter.html.get_or_insert(said);
    } else if lower.starts_with("text/plain") && letter.text.is_empty() {
        letter.text = said;
    }
}

/// Unfolded headers, and the body.
fn split(part: &str) -> (Vec<(String, String)>, &str) {
    let (head, body) = part.split_once("\n\n").unwrap_or((part, ""));
    let unfolded = head.replace("\n ", " ").replace("\n\t", " ");
    let headers = unfolded
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect();
    (headers, body)
}

fn find<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}

fn boundary(content_type: &str) -> Option<&str> {
    let at = content_type.to_ascii_lowercase().find("boundary=")?;
    let rest = &content_type[at + "boundary=".len()..];
    let value = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => rest.split(';').next()?.trim(),
    };
    (!value.is_empty()).then_some(value)
}

/// Encoded words (RFC 2047); the space between two of them is not said.
fn decode_words(value: &str) -> String {
    let mut said = String::new();
    let mut rest = value;
    while let Some(at) = rest.find("=?") {
        let mut parts = rest[at + 2..].splitn(4, '?');
        let (Some(_charset), Some(kind), Some(data), Some(after)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            break;
        };
        let Some(after) = after.strip_prefix('=') else {
            break;
        };
        let bytes = if kind.eq_ignore_ascii_case("B") {
            base64(data)
        } else {
            quoted_printable(data, true)
        };
        said.push_str(&rest[..at]);
        said.push_str(&String::from_utf8_lossy(&bytes));
        rest = if after.trim_start().starts_with("=?") {
            after.trim_start()
        } else {
            after
        };
    }
    said.push_str(rest);
    said
}

/// RFC 2045 section 6.7; in headers `_` is a space (RFC 2047 section 4.2).
fn quoted_printable(text: &str, in_header: bool) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'=' if bytes.get(at + 1) == Some(&b'\n') => at += 2,
            b'=' => {
                let pair = bytes
                    .get(at + 1..at + 3)
                    .and_then(|pair| std::str::from_utf8(pair).ok())
                    .and_then(|pair| u8::from_str_radix(pair, 16).ok());
                if let Some(byte) = pair {
                    out.push(byte);
                    at += 3;
                } else {
                    out.push(b'=');
                    at += 1;
                }
            }
            b'_' if in_header => {
                out.push(b' ');
                at += 1;
            }
            byte => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}

/// RFC 4648 section 4; characters that are not of the alphabet are skipped.
fn base64(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0);
    for byte in text.bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push(u8::try_from((bits >> held) & 0xFF).expect("masked to a byte"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_letters_read_back() {
        let letter = concat!(
            "To: a@example.kz\r\nSubject: =?utf-8?b?0JbQsNGA0YjRiw==?=\r\n =?utf-8?q?_2=21?=\r\n",
            "X-Other: no\r\nContent-Type: multipart/alternative;\r\n boundary=\"b1\"\r\n\r\n",
            "--b1\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
            "=D2=9A=D0=B0=\r\nx\r\n--b1\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n",
            "PGI+\r\n--b1--\r\n"
        );
        let found = read(letter.as_bytes());
        assert_eq!(found.header("subject"), Some("Жаршы 2!"));
        assert_eq!(found.headers.len(), 2);
        assert_eq!(found.text.trim(), "Қаx");
        assert_eq!(found.html.as_deref(), Some("<b>"));
    }

    #[test]
    fn no_cut_of_a_letter_panics() {
        let letter =
            "Subject: =?u?q?=D2?=\nContent-Type: multipart/a; boundary=b\n\n--b\n\n=\n--b--";
        for end in 0..letter.len() {
            read(&letter.as_bytes()[..end]);
        }
    }
}
