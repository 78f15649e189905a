//! What the written word demands of the reader: specifications and habits, a
//! file for each theme in `tests/fixtures/gather/feed/word`, its README says how.

use std::fmt::Write as _;
use std::path::Path;

use chrono::{TimeZone, Utc};
use serde_json::Value;
use url::Url;

use super::read;
use super::tests::told;
use crate::gather::document::Document;

const PREFIXES: &str = "xmlns:dc='http://purl.org/dc/elements/1.1/' \
    xmlns:dcterms='http://purl.org/dc/terms/' \
    xmlns:content='http://purl.org/rss/1.0/modules/content/' \
    xmlns:atom='http://www.w3.org/2005/Atom' \
    xmlns:media='http://search.yahoo.com/mrss/' \
    xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' \
    xmlns:slash='http://purl.org/rss/1.0/modules/slash/' \
    xmlns:wfw='http://wellformedweb.org/CommentAPI/' \
    xmlns:georss='http://www.georss.org/georss' \
    xmlns:thr='http://purl.org/syndication/thread/1.0' \
    xmlns:cc='http://web.resource.org/cc/' \
    xmlns:admin='http://webns.net/mvcb/' \
    xmlns:podcast='https://podcastindex.org/namespace/1.0' \
    xmlns:xhtml='http://www.w3.org/1999/xhtml' \
    xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'";

/// The expectations there must be at least, so that no file is lost unseen.
const EXPECTATIONS_MIN: usize = 850;

#[derive(Default)]
struct Case<'a> {
    frame: &'a str,
    name: &'a str,
    url: Option<&'a str>,
    content_type: Option<&'a str>,
    encoding: Option<&'a str>,
    body: String,
    expected: Vec<(&'a str, &'a str)>,
}

fn cases(text: &str) -> Vec<Case<'_>> {
    let mut cases: Vec<Case> = Vec::new();
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("== ") {
            let (frame, name) = head.split_once(" | ").expect("frame and name");
            cases.push(Case {
                frame,
                name,
                ..Case::default()
            });
            continue;
        }
        let Some(case) = cases.last_mut() else {
            continue;
        };
        if let Some(expected) = line.strip_prefix("-> ") {
            case.expected
                .push(expected.split_once(' ').expect("path and value"));
        } else if let Some(directive) = line.strip_prefix("@ ") {
            let (name, value) = directive.split_once(' ').expect("name and value");
            match name {
                "url" => case.url = Some(value),
                "type" => case.content_type = Some(value),
                "encoding" => case.encoding = Some(value),
                _ => panic!("{name}: no such directive"),
            }
        } else {
            if !case.body.is_empty() || line.is_empty() {
                case.body.push('\n');
            }
            case.body.push_str(line);
        }
    }
    cases
}

fn framed(case: &Case) -> String {
    let body = &case.body;
    let atom = |space: &str, more: &str| {
        format!("<feed xmlns='{space}' {more} {PREFIXES}><id>urn:f</id>{body}</feed>")
    };
    let entry = |feed: String| feed.replace(body, &format!("<entry>{body}</entry>"));
    let new = "http://www.w3.org/2005/Atom";
    let old = "http://purl.org/atom/ns#";
    match case.frame {
        "whole" => body.clone(),
        "channel" => format!("<rss version='2.0' {PREFIXES}><channel>{body}</channel></rss>"),
        "item" => format!(
            "<rss version='2.0' {PREFIXES}><channel><title>F</title><item>{body}</item></channel></rss>"
        ),
        "rdf" => format!("<rdf:RDF {PREFIXES} xmlns='http://purl.org/rss/1.0/'>{body}</rdf:RDF>"),
        "feed" => atom(new, ""),
        "entry" => entry(atom(new, "")),
        "feed03" => atom(old, "version='0.3'"),
        "entry03" => entry(atom(old, "version='0.3'")),
        frame => panic!("{frame}: no such frame"),
    }
}

fn encoded(text: &str, encoding: &str) -> Vec<u8> {
    let (name, mark) = match encoding.strip_suffix("-bom") {
        Some(name) => (name, "\u{feff}"),
        None => (encoding, ""),
    };
    let text = format!("{mark}{text}");
    match name {
        "utf-8" => text.into_bytes(),
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "utf-32le" => text
            .chars()
            .flat_map(|c| u32::from(c).to_le_bytes())
            .collect(),
        "utf-32be" => text
            .chars()
            .flat_map(|c| u32::from(c).to_be_bytes())
            .collect(),
        "kz-1048" => of_kazakhstan(&text, &KZ_1048),
        "pt154" => of_kazakhstan(&text, &PT154),
        name => {
            let encoding = encoding_rs::Encoding::for_label(name.as_bytes()).expect("known");
            let (bytes, _, failed) = encoding.encode(&text);
            assert!(!failed, "{name} cannot write {text}");
            bytes.into_owned()
        }
    }
}

/// Letters of Kazakh where they stand in the code pages made for it, as Python
/// has them; the rest of their letters stand as in windows-1251.
const KZ_1048: [(char, u8); 16] = [
    ('Қ', 0x8D),
    ('Һ', 0x8E),
    ('қ', 0x9D),
    ('һ', 0x9E),
    ('Ұ', 0xA1),
    ('ұ', 0xA2),
    ('Ә', 0xA3),
    ('Ө', 0xA5),
    ('Ғ', 0xAA),
    ('Ү', 0xAF),
    ('ө', 0xB4),
    ('ғ', 0xBA),
    ('ә', 0xBC),
    ('Ң', 0xBD),
    ('ң', 0xBE),
    ('ү', 0xBF),
];
const PT154: [(char, u8); 16] = [
    ('Қ', 0x8D),
    ('Һ', 0x8E),
    ('қ', 0x9D),
    ('һ', 0x9E),
    ('Ұ', 0xA6),
    ('ұ', 0xB1),
    ('Ә', 0xAA),
    ('Ө', 0xA4),
    ('Ғ', 0x81),
    ('Ү', 0x87),
    ('ө', 0xB5),
    ('ғ', 0x83),
    ('ә', 0xBA),
    ('Ң', 0x8C),
    ('ң', 0x9C),
    ('ү', 0x89),
];

fn of_kazakhstan(text: &str, own: &[(char, u8)]) -> Vec<u8> {
    let byte = |letter: char| own.iter().find(|(known, _)| *known == letter);
    text.chars()
        .flat_map(|letter| match byte(letter) {
            Some((_, byte)) => vec![*byte],
            None => encoding_rs::WINDOWS_1251
                .encode(&letter.to_string())
                .0
                .into_owned(),
        })
        .collect()
}

/// What the case gives at `path`; null where there is nothing.
fn at<'a>(told: &'a Value, path: &str) -> &'a Value {
    let whole = ["feed.", "drafts", "format", "encoding", "well_formed"];
    let root = if whole.iter().any(|whole| path.starts_with(whole)) {
        told
    } else {
        &told["drafts"][0]
    };
    path.split('.')
        .fold(root, |value, step| match step.parse::<usize>() {
            Ok(index) => &value[index],
            Err(_) => &value[step],
        })
}

/// The expectations of one case that are not met, each in a line.
fn unmet(case: &Case, unmet: &mut Vec<String>) {
    let text = framed(case);
    let bytes = case
        .encoding
        .map_or_else(|| text.clone().into_bytes(), |name| encoded(&text, name));
    let url = match case.url {
        Some("none") => None,
        Some(url) => Some(Url::parse(url).unwrap()),
        None => Some(Url::parse("https://base.example/dir/feed").unwrap()),
    };
    let harvest = read(&Document {
        bytes: &bytes,
        content_type: case.content_type,
        url: url.as_ref(),
        received: Utc
            .with_ymd_and_hms(2026, 11, 23, 12, 0, 0)
            .unwrap()
            .with_timezone(&chrono_tz::Asia::Almaty),
    });
    let told = told(&harvest);
    for (path, expected) in &case.expected {
        let wanted = match *expected {
            "-" => Value::Null,
            expected => serde_json::from_str(expected)
                .unwrap_or_else(|error| panic!("{}: {expected}: {error}", case.name)),
        };
        let got = at(&told, path);
        if *got != wanted {
            unmet.push(format!(
                "{} | {}: {path} is {got}, not {wanted}",
                case.frame, case.name
            ));
        }
    }
}

#[test]
fn the_written_word_is_kept() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/gather/feed/word");
    let mut paths: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .collect();
    paths.sort();
    let (mut all, mut report) = (0, String::new());
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let cases = cases(&text);
        let expectations: usize = cases.iter().map(|case| case.expected.len()).sum();
        let mut wrong = Vec::new();
        for case in &cases {
            assert!(!case.expected.is_empty(), "{}: demands nothing", case.name);
            unmet(case, &mut wrong);
        }
        all += expectations;
        if !wrong.is_empty() {
            let theme = path.file_stem().unwrap_or_default().to_string_lossy();
            let (kept, lines) = (expectations - wrong.len(), wrong.join("\n  "));
            let _ = writeln!(report, "{theme}: {kept} of {expectations}\n  {lines}");
        }
    }
    assert!(report.is_empty(), "{report}");
    assert!(all >= EXPECTATIONS_MIN, "{all}");
}
