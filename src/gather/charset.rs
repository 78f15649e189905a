//! Bytes to text: byte order mark, then HTTP charset, then what the document
//! says of itself, then detection (chardetng). Declared-but-wrong is common with
//! outlets that moved to UTF-8 and forgot their prolog, so a declaration is
//! believed only while the bytes decode without an error. What is called
//! windows-1251 may be KZ-1048: words that no other language has tell.
//!
//! Deliberately absent: UTF-7 and the like, which browsers refuse too.

mod kazakh;

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251, WINDOWS_1252};

/// How far into a document its own declaration is looked for.
const DECLARATION_BYTES_MAX: usize = 1024;

/// A document as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<'a> {
    /// The text, without a byte order mark; the bytes themselves where they are UTF-8.
    pub text: Cow<'a, str>,
    /// The encoding used, by its WHATWG name in lower case; `kz-1048` or `pt154`.
    pub encoding: String,
    /// A declaration was wrong, or bytes were replaced by U+FFFD.
    pub had_errors: bool,
}

/// Decodes `bytes` that came with the header `content_type`; never fails.
pub fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Decoded<'a> {
    if let Some(decoded) = by_mark(bytes) {
        return decoded;
    }
    if let Some(decoded) = wide_without_mark(bytes) {
        return decoded;
    }
    let from_header = content_type.and_then(header_charset);
    let declared = declared_charset(bytes);
    let mut refused = false;
    for label in [from_header.as_deref(), declared.as_deref()]
        .into_iter()
        .flatten()
    {
        if let Some(page) = kazakh::page(label).filter(|_| !is_utf8_with_letters(bytes)) {
            return Decoded {
                text: kazakh::decode(bytes, page).into(),
                encoding: page.name.to_owned(),
                had_errors: refused,
            };
        }
        let Some(encoding) = encoding_of(label) else {
            refused = true;
            continue;
        };
        // A narrow document cannot declare itself wide: the declaration was read byte by byte.
        if encoding == UTF_16LE || encoding == UTF_16BE {
            refused = true;
            continue;
        }
        // Single-byte encodings decode anything: real UTF-8 with letters is never by chance.
        if encoding != UTF_8 && is_utf8_with_letters(bytes) {
            return finished(bytes, UTF_8, true);
        }
        if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
            return of_its_page(bytes, text, encoding, refused);
        }
        refused = true;
    }
    let encoding = detect(bytes, refused);
    finished(bytes, encoding, refused)
}

fn by_mark(bytes: &[u8]) -> Option<Decoded<'_>> {
    if let Some(body) = bytes.strip_prefix(&[0xFF, 0xFE, 0, 0]) {
        return Some(utf32(body, u32::from_le_bytes, "utf-32le"));
    }
    if let Some(body) = bytes.strip_prefix(&[0, 0, 0xFE, 0xFF]) {
        return Some(utf32(body, u32::from_be_bytes, "utf-32be"));
    }
    let (encoding, mark_bytes) = Encoding::for_bom(bytes)?;
    let body = &bytes[mark_bytes..];
    // A UTF-8 mark before bytes that are not UTF-8: the mark was pasted by a proxy or an editor.
    if encoding == UTF_8 && std::str::from_utf8(body).is_err() {
        let mut better = decode(body, None);
        better.had_errors = true;
        return Some(better);
    }
    Some(finished(body, encoding, false))
}

/// `<`, a brace or a blank in two or four bytes, as XML 1.0 appendix F has it.
fn wide_without_mark(bytes: &[u8]) -> Option<Decoded<'_>> {
    let head = bytes.get(..4)?;
    match head {
        [b'<', 0, 0, 0] => Some(utf32(bytes, u32::from_le_bytes, "utf-32le")),
        [0, 0, 0, b'<'] => Some(utf32(bytes, u32::from_be_bytes, "utf-32be")),
        [b'<' | b'{' | b'\n' | b'\r' | b' ', 0, other, 0] if *other != 0 => {
            Some(finished(bytes, UTF_16LE, false))
        }
        [0, b'<' | b'{' | b'\n' | b'\r' | b' ', 0, other] if *other != 0 => {
            Some(finished(bytes, UTF_16BE, false))
        }
        _ => None,
    }
}

fn utf32(body: &[u8], read: fn([u8; 4]) -> u32, name: &str) -> Decoded<'static> {
    let mut had_errors = !body.len().is_multiple_of(4);
    let mut text = String::with_capacity(body.len() / 4);
    for unit in body.as_chunks::<4>().0 {
        let letter = char::from_u32(read(*unit)).unwrap_or_else(|| {
            had_errors = true;
            char::REPLACEMENT_CHARACTER
        });
        text.push(letter);
    }
    Decoded {
        text: text.into(),
        encoding: name.to_owned(),
        had_errors,
    }
}

fn finished<'a>(bytes: &'a [u8], encoding: &'static Encoding, refused: bool) -> Decoded<'a> {
    let (text, replaced) = encoding.decode_without_bom_handling(bytes);
    of_its_page(bytes, text, encoding, replaced || refused)
}

/// What was decoded, in the letters of Kazakhstan's own page where it was written in
/// one: windows-1251 was the next thing its programs could say.
fn of_its_page<'a>(
    bytes: &[u8],
    text: Cow<'a, str>,
    encoding: &'static Encoding,
    had_errors: bool,
) -> Decoded<'a> {
    let of_kazakhstan = (encoding == WINDOWS_1251)
        .then(|| kazakh::page_taken_for_1251(&text))
        .flatten();
    match of_kazakhstan {
        Some(page) => Decoded {
            text: kazakh::decode(bytes, page).into(),
            encoding: page.name.to_owned(),
            had_errors,
        },
        None => Decoded {
            text,
            encoding: encoding.name().to_ascii_lowercase(),
            had_errors,
        },
    }
}

fn is_utf8_with_letters(bytes: &[u8]) -> bool {
    !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok()
}

fn detect(bytes: &[u8], refused: bool) -> &'static Encoding {
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    // A few broken bytes in much good UTF-8 are damage, not another encoding.
    if mostly_utf8(bytes) {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(Some(b"kz"), Utf8Detection::Deny);
    // With only a stray byte or two the guess is as good as the web's default.
    if refused && guess == UTF_8 {
        WINDOWS_1252
    } else {
        guess
    }
}

/// Four or more multi-byte letters for each broken place.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut letters, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        letters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    letters >= 4 && letters / 4 >= broken
}

fn header_charset(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("charset")
            .then(|| value.trim().trim_matches(['"', '\'']).to_owned())
            .filter(|label| !label.is_empty())
    })
}

/// `encoding="…"` of an XML prolog, or `charset=…` of an HTML meta element.
fn declared_charset(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(DECLARATION_BYTES_MAX)];
    let head: String = head
        .iter()
        .map(|byte| char::from(*byte).to_ascii_lowercase())
        .collect();
    let value = if let Some(at) = head.find("<?xml") {
        let prolog = &head[at..];
        let prolog = &prolog[..prolog.find('>').unwrap_or(prolog.len())];
        prolog
            .split_once("encoding")
            .map(|(_, rest)| rest.trim_start().trim_start_matches('=').trim_start())
    } else {
        None
    };
    let value = value.or_else(|| {
        let meta = &head[head.find("<meta")?..];
        let (_, rest) = meta.split_once("charset")?;
        rest.trim_start().strip_prefix('=').map(str::trim_start)
    })?;
    let value = value.trim_start_matches(['"', '\'']);
    let end = value
        .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | ':' | '.' | '+'))
        .unwrap_or(value.len());
    (end > 0).then(|| value[..end].to_owned())
}

/// WHATWG labels, and the spellings Windows-minded software adds.
fn encoding_of(label: &str) -> Option<&'static Encoding> {
    let label = label.trim().to_ascii_lowercase();
    Encoding::for_label_no_replacement(label.as_bytes()).or_else(|| {
        let bare: String = label
            .chars()
            .filter(|c| !matches!(c, '-' | '_' | ' '))
            .collect();
        match bare.as_str() {
            "windows1251" | "win1251" | "cp1251" | "1251" | "ansi" => Some(WINDOWS_1251),
            "koi8r" | "koi8" | "koi" => Some(encoding_rs::KOI8_R),
            "maccyrillic" => Some(encoding_rs::X_MAC_CYRILLIC),
            "utf8" | "utf8mb4" | "unicode11utf8" => Some(UTF_8),
            "windows1252" | "cp1252" => Some(WINDOWS_1252),
            _ => Encoding::for_label_no_replacement(label.replace('_', "-").as_bytes()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Алматыда өңірлік форум емес, экономический форум открылся сегодня утром.";
    const RUSSIAN: &str =
        "В Астане сегодня открылся экономический форум, гости съехались со всей страны.";

    fn check(bytes: &[u8], content_type: Option<&str>, encoding: &str, text: &str) {
        let decoded = decode(bytes, content_type);
        assert_eq!(decoded.encoding, encoding);
        assert_eq!(decoded.text, text);
    }

    #[test]
    fn declarations_in_their_order() {
        let cp1251 = encoding_rs::WINDOWS_1251.encode(RUSSIAN).0;
        let koi8 = encoding_rs::KOI8_R.encode(RUSSIAN).0;
        check(
            &cp1251,
            Some("text/xml; charset=Windows-1251"),
            "windows-1251",
            RUSSIAN,
        );
        check(
            &koi8,
            Some("text/xml; charset=\"koi8-r\""),
            "koi8-r",
            RUSSIAN,
        );
        check(&cp1251, None, "windows-1251", RUSSIAN);
        check(&koi8, None, "koi8-u", RUSSIAN);
        let prolog = format!("<?xml version='1.0' encoding='cp1251'?><a>{RUSSIAN}</a>");
        check(
            &encoding_rs::WINDOWS_1251.encode(&prolog).0,
            Some("application/xml"),
            "windows-1251",
            &prolog,
        );
        let marked = [b"\xEF\xBB\xBF", TEXT.as_bytes()].concat();
        check(&marked, Some("text/xml; charset=koi8-r"), "utf-8", TEXT);
    }

    /// "Торғайда өлкетанушылар форумы өтеді, оған облыстың мұғалімдері қатысады" in KZ-1048.
    const KAZAKH: &[u8] = b"\xD2\xEE\xF0\xBA\xE0\xE9\xE4\xE0 \xB4\xEB\xEA\xE5\xF2\xE0\xED\xF3\xF8\xFB\xEB\xE0\xF0 \xF4\xEE\xF0\xF3\xEC\xFB \xB4\xF2\xE5\xE4\xB3, \xEE\xBA\xE0\xED \xEE\xE1\xEB\xFB\xF1\xF2\xFB\xBE \xEC\xA2\xBA\xE0\xEB\xB3\xEC\xE4\xE5\xF0\xB3 \x9D\xE0\xF2\xFB\xF1\xE0\xE4\xFB";

    #[test]
    fn a_page_of_kazakhstan_needs_no_name() {
        let text = "Торғайда өлкетанушылар форумы өтеді, оған облыстың мұғалімдері қатысады";
        for content_type in [
            None,
            Some("text/html"),
            Some("text/html; charset=windows-1251"),
            Some("text/xml; charset=kz-1048"),
        ] {
            check(KAZAKH, content_type, "kz-1048", text);
        }
        for head in [
            "<?xml version='1.0' encoding='windows-1251'?><rss><title>",
            "<HTML><META HTTP-EQUIV=\"Content-Type\" CONTENT=\"text/html; charset=windows-1251\">",
            "<html><title>",
        ] {
            let bytes = [head.as_bytes(), KAZAKH].concat();
            check(&bytes, None, "kz-1048", &format!("{head}{text}"));
        }
        let decoded = decode(KAZAKH, Some("text/html; charset=utf-8"));
        assert_eq!((&*decoded.encoding, decoded.had_errors), ("kz-1048", true));
    }

    #[test]
    fn wrong_declarations_are_seen_through() {
        let cp1251 = encoding_rs::WINDOWS_1251.encode(RUSSIAN).0;
        let decoded = decode(&cp1251, Some("text/xml; charset=utf-8"));
        assert_eq!((decoded.text.as_ref(), decoded.had_errors), (RUSSIAN, true));
        let decoded = decode(TEXT.as_bytes(), Some("text/xml; charset=windows-1251"));
        assert_eq!((decoded.text.as_ref(), decoded.had_errors), (TEXT, true));
        assert!(decode(TEXT.as_bytes(), Some("text/xml; charset=nonsense")).had_errors);
    }

    #[test]
    fn wide_encodings() {
        let wide = "<a>қ</a>";
        let le: Vec<u8> = wide.encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&le, None, "utf-16le", wide);
        let be: Vec<u8> = wide.encode_utf16().flat_map(u16::to_be_bytes).collect();
        check(&be, None, "utf-16be", wide);
        let four: Vec<u8> = wide
            .chars()
            .flat_map(|c| u32::from(c).to_be_bytes())
            .collect();
        check(&four, None, "utf-32be", wide);
    }

    #[test]
    fn damage_is_replaced_and_told() {
        let mut bytes = TEXT.as_bytes().to_vec();
        bytes.insert(0, 0xFF);
        let decoded = decode(&bytes, None);
        assert!(decoded.had_errors);
        assert_eq!(decoded.encoding, "utf-8");
        assert!(decoded.text.ends_with("утром."));
    }
}
