//! Feeds broken in every way met or thought of, each with the entries a person
//! would read in it: `tests/fixtures/gather/feed/broken/NAME.xml` and, beside
//! it, `NAME.expected.json`. And inputs nobody thought of.

use std::path::Path;

use chrono::{SecondsFormat, TimeZone, Utc};
use proptest::prelude::*;
use serde_json::{Map, Value};
use url::Url;

use super::read;
use crate::gather::document::Document;
use crate::model::draft::{Draft, Harvest};

/// All texts of a harvest together are no larger than this many times the document …
const GROWTH_MAX: usize = 16;
/// … and this many bytes more.
const GROWTH_BYTES: usize = 4096;

fn harvest(bytes: &[u8]) -> Harvest {
    let url = Url::parse("https://base.example/dir/feed").unwrap();
    read(&Document {
        bytes,
        content_type: None,
        url: Some(&url),
        received: Utc
            .with_ymd_and_hms(2026, 11, 23, 12, 0, 0)
            .unwrap()
            .with_timezone(&chrono_tz::Asia::Almaty),
    })
}

/// Title, link, day and text: what a reader of the feed would miss first.
fn told(draft: &Draft) -> Value {
    let published = draft.published.or(draft.updated);
    let fields = [
        ("title", draft.title.clone()),
        ("link", draft.link.clone()),
        (
            "published",
            published.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)),
        ),
        (
            "text",
            Some(draft.text.clone()).filter(|text| !text.is_empty()),
        ),
    ];
    let told: Map<String, Value> = fields
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), Value::String(value?))))
        .collect();
    Value::Object(told)
}

#[test]
fn broken_feeds_give_what_a_person_reads_in_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/gather/feed/broken");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".xml").map(str::to_owned))
        .collect();
    names.sort();
    assert!(names.len() >= 150, "{}", names.len());
    let mut wrong = Vec::new();
    for name in names {
        let bytes = std::fs::read(folder.join(format!("{name}.xml"))).unwrap();
        let expected =
            std::fs::read_to_string(folder.join(format!("{name}.expected.json"))).unwrap();
        let expected: Value = serde_json::from_str(&expected).unwrap();
        let harvest = harvest(&bytes);
        let told = Value::Array(harvest.drafts.iter().map(told).collect());
        if told != expected {
            let said: Vec<String> = harvest.complaints.iter().map(ToString::to_string).collect();
            wrong.push(format!("{name}: {told}\n  not {expected}\n  {said:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Pieces feeds are made of, whole and in halves.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(vec![
            "<rss version='2.0'>",
            "<channel>",
            "<item>",
            "</item>",
            "<title>",
            "</title>",
            "<link>",
            "<link href='",
            "<description>",
            "</description>",
            "<![CDATA[",
            "]]>",
            "<!--",
            "-->",
            "<feed xmlns='http://www.w3.org/2005/Atom'>",
            "<entry>",
            "</entry>",
            "<content type='xhtml'>",
            "<content mode='base64'>",
            "<div>",
            "<b>",
            "<p>",
            "<table>",
            "<guid>",
            "<pubDate>",
            "<dc:date>",
            "<author>",
            "<source>",
            "<media:content url='a'/>",
            "<!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>",
            "&a;",
            "&b;",
            "]>",
            "&amp;",
            "&#x10FFFF;",
            "&#0;",
            "&",
            "<",
            ">",
            "'",
            "\"",
            "<?xml encoding='utf-16'?>",
            "xml:base='../'",
            "{\"version\":\"https://jsonfeed.org/version/1\",\"items\":[",
            "]}",
            "Mon, 23 Nov 2026",
            "бүгін",
            "<svg>",
            "<math>",
            "<style>",
            "\u{0}",
            "\u{feff}",
        ])
        .prop_map(str::to_owned),
        ".{0,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_mixture_of_pieces_does_harm(pieces in prop::collection::vec(piece(), 0..60)) {
        let text = pieces.concat();
        harmless(text.as_bytes())?;
    }

    #[test]
    fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        harmless(&bytes)?;
    }
}

/// Why a document could not be cut into tags.
const STUMBLES: [&str; 4] = [
    "the markup is broken",
    "`<` begins no tag",
    "a quote stands in an end tag",
    "the document type is broken",
];

#[test]
fn what_is_wrong_is_told() {
    let cases = [
        (
            "<rss><channel><!-- a -- b --></channel></rss>",
            "`--` stands in a comment",
        ),
        (
            "<rss a='b'c='d'><channel></channel></rss>",
            "no space stands before an attribute",
        ),
        (
            "<rss><channel></channel></rss><script/>",
            "there is more than one root element",
        ),
        (
            "<?xml version='1.0' encoding=''?><rss><channel></channel></rss>",
            "the declared character encoding is empty",
        ),
    ];
    for (text, expected) in cases {
        let harvest = harvest(text.as_bytes());
        let said: Vec<&str> = harvest
            .complaints
            .iter()
            .map(|told| told.message.as_str())
            .collect();
        assert_eq!(said, [expected], "{text}");
        assert!(!harvest.well_formed, "{text}");
    }
    let right = "<?xml version='1.0'?><!-- a-b --><rss a='b'\nc='d'><channel/></rss><!-- c -->";
    assert!(harvest(right.as_bytes()).complaints.is_empty());
}

fn harmless(bytes: &[u8]) -> Result<(), TestCaseError> {
    let harvest = harvest(bytes);
    let size: usize = harvest
        .drafts
        .iter()
        .map(|draft| {
            let html = [&draft.title, &draft.summary_html, &draft.content_html];
            draft.text.len() + html.into_iter().flatten().map(String::len).sum::<usize>()
        })
        .sum();
    prop_assert!(size <= GROWTH_MAX * bytes.len() + GROWTH_BYTES);
    // What was repaired is never stumbled over again.
    let stumbles = harvest.complaints.iter().filter(|complaint| {
        STUMBLES
            .iter()
            .any(|why| complaint.message.starts_with(why))
    });
    prop_assert!(stumbles.count() <= 1);
    Ok(())
}
