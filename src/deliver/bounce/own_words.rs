//! What somebody who answers a letter wrote themselves: quotations, signatures
//! and what mail programs put before a subject are left out.

use super::phrases::folded;

/// Where what is quoted begins, in [`folded`] lines.
const QUOTE_HEADS: &[&str] = &[
    "from:",
    "от:",
    "от кого:",
    "кімнен:",
    "жіберуші:",
    "sent:",
    "отправлено:",
    "жіберілді:",
    "-----original",
    "----- original",
    "---- original",
    "-----исходное",
    "----- исходное",
    "-------- исходное",
    "-----бастапқы",
    "----- бастапқы",
    "-------- пересылаемое",
    "-------- перенаправленное",
    "---------- forwarded",
    "---------- пересылаемое",
    "________",
    "begin forwarded",
    "начало переадресованного",
];

/// How the line before a quotation ends.
const QUOTE_LINES: &[&str] = &[
    "wrote:",
    "writes:",
    "пишет:",
    "писал:",
    "писала:",
    "писал(а):",
    "написал:",
    "написала:",
    "написал(а):",
    "пишут:",
    "жазды:",
    "деп жазды:",
    "жазған:",
];

/// Where a signature begins.
const SIGNATURES: &[&str] = &[
    "sent from",
    "отправлено из",
    "отправлено с",
    "с уважением",
    "с наилучшими",
    "best regards",
    "kind regards",
    "regards",
    "құрметпен",
    "ізгі ниетпен",
    "менің iphone",
    "get outlook",
];

/// What mail programs put before the subject of an answer.
const ANSWER_PREFIXES: &[&str] = &["re", "fw", "fwd", "на", "ответ", "отв", "пересл", "жауап"];

/// What the person wrote, without what they quote and their signature.
pub fn own_words(text: &str) -> String {
    let mut own = String::new();
    let mut lines = text.lines().map(str::trim).peekable();
    while let Some(line) = lines.next() {
        let folded = folded(line);
        let starts = |with: &[&str]| with.iter().any(|head| folded.starts_with(head));
        if line == "--" || starts(QUOTE_HEADS) || starts(SIGNATURES) {
            break;
        }
        // A long line of this kind is broken in two.
        let next = lines.peek().map_or("", |next| next);
        if is_quote_line(&folded) || (is_dated(&folded) && is_quote_line(next)) {
            break;
        }
        if !line.starts_with('>') {
            own.push_str(line);
            own.push('\n');
        }
    }
    own.trim().to_owned()
}

/// "On Monday, Жаршы wrote:", and how Mail.ru and Yandex say the same, with
/// the address alone.
fn is_quote_line(line: &str) -> bool {
    let line = line.to_lowercase();
    let line = line.trim_end();
    QUOTE_LINES.iter().any(|end| line.ends_with(end))
        || (line.ends_with(">:") && line.contains('@'))
        || (line.ends_with(':') && line.contains('<') && is_dated(line))
}

/// Whether a line names a time of day or a year, as those before quotations do.
fn is_dated(line: &str) -> bool {
    let mut numbers = line.split(|c: char| !c.is_ascii_digit());
    let bytes = line.as_bytes();
    let has_time = bytes
        .windows(5)
        .any(|five| five[2] == b':' && [0, 1, 3, 4].iter().all(|at| five[*at].is_ascii_digit()));
    has_time || numbers.any(|number| number.len() == 4 && number.starts_with("20"))
}

/// A subject without what mail programs put before it.
pub fn without_prefixes(subject: &str) -> &str {
    let mut subject = subject.trim();
    while let Some((word, rest)) = subject.split_once(':') {
        let word = word.to_lowercase();
        let word = word
            .trim()
            .trim_end_matches(|c: char| c.is_ascii_digit() || "[]".contains(c));
        if !ANSWER_PREFIXES.contains(&word) {
            break;
        }
        subject = rest.trim_start();
    }
    subject
}
