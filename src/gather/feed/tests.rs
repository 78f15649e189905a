use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, TimeZone, Utc};
use serde_json::{Map, Value, json};
use url::Url;

use super::*;
use crate::gather::document::{DOCUMENT_ENTRIES_MAX, ENTRY_TEXT_BYTES_MAX};
use crate::model::draft::{Category, Draft, Person};

fn folder() -> PathBuf {
    Path::new(file!())
        .parent()
        .filter(|folder| folder.is_absolute())
        .map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).to_owned(),
            |folder| folder.join("../../.."),
        )
        .join("tests/fixtures/gather/feed")
}

fn read_bytes(bytes: &[u8]) -> Harvest {
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

/// Every feed of the folder, in the order of names.
fn fixtures() -> Vec<(PathBuf, Vec<u8>)> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            let ending = path.extension().and_then(|ending| ending.to_str());
            matches!(ending, Some("xml" | "html" | "json"))
                && !path.to_string_lossy().ends_with(".expected.json")
        })
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| (path.clone(), std::fs::read(&path).unwrap()))
        .collect()
}

#[test]
fn fixtures_read_as_expected() {
    let mut wrong = Vec::new();
    let fixtures = fixtures();
    assert!(fixtures.len() >= 14);
    for (path, bytes) in fixtures {
        let told = told(&read_bytes(&bytes));
        let expected_path = path.with_extension("expected.json");
        if std::env::var_os("JARSHY_WRITE_EXPECTED").is_some() {
            std::fs::write(
                &expected_path,
                serde_json::to_string_pretty(&told).unwrap() + "\n",
            )
            .unwrap();
        }
        let expected = std::fs::read_to_string(&expected_path).unwrap_or_default();
        let expected: Value = serde_json::from_str(&expected).unwrap_or_default();
        if told != expected {
            wrong.push(format!("{}:\n{told:#}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// No input makes the reader panic, and it never gives much more than it got.
#[test]
fn damaged_documents_do_no_harm() {
    let mut seed = 1_u32;
    for (path, bytes) in fixtures() {
        for end in 0..bytes.len() {
            harmless(&bytes[..end], &path);
        }
        for _ in 0..400 {
            let mut damaged = bytes.clone();
            if damaged.is_empty() {
                break;
            }
            for _ in 0..3 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = seed as usize % damaged.len();
                damaged[at] = b"<>&\"'/!?[]-; \0\xff"[(seed >> 24) as usize % 15];
            }
            harmless(&damaged, &path);
        }
    }
}

fn harmless(bytes: &[u8], path: &Path) {
    let harvest = read_bytes(bytes);
    let size: usize = harvest
        .drafts
        .iter()
        .map(|draft| {
            let html = [&draft.title, &draft.summary_html, &draft.content_html];
            draft.text.len() + html.into_iter().flatten().map(String::len).sum::<usize>()
        })
        .sum();
    assert!(
        size <= 16 * bytes.len() + 4096,
        "{}: {size} bytes",
        path.display()
    );
    assert!(harvest.complaints.len() <= 2 * COMPLAINTS_MAX);
}

#[test]
fn too_many_entries_and_too_long_ones() {
    let many = format!(
        "<rss version='2.0'><channel>{}</channel></rss>",
        "<item><guid>a</guid></item>".repeat(50_000)
    );
    let harvest = read_bytes(many.as_bytes());
    assert_eq!(harvest.drafts.len(), DOCUMENT_ENTRIES_MAX);
    assert!(harvest.complaints[0].message.contains("40000 are left out"));
    assert!(harvest.well_formed);
    let long = format!(
        "<rss><channel><item><guid>a</guid><description>{}</description></item></channel></rss>",
        "сөз ".repeat(400_000)
    );
    assert!(read_bytes(long.as_bytes()).drafts[0].text.len() <= ENTRY_TEXT_BYTES_MAX);
}

/// Each of these makes a careless reader work for hours.
#[test]
fn hostile_documents_take_linear_time() {
    let pieces = [
        "<",
        "<a",
        "<a>",
        "</a>",
        "<![CDATA[",
        "<!--",
        "<?",
        "<!DOCTYPE ",
        "&",
        "&#",
        "<a b=\"",
        "<item>",
        "<title>",
        "<description><b>",
        "{\"items\":[",
        "]]>",
    ];
    for piece in pieces {
        let hostile = format!("<rss><channel><item><description>{}", piece.repeat(20_000));
        harmless_in_size(hostile.as_bytes());
        harmless_in_size(piece.repeat(20_000).as_bytes());
    }
}

fn harmless_in_size(bytes: &[u8]) {
    let harvest = read_bytes(bytes);
    assert!(harvest.drafts.len() <= DOCUMENT_ENTRIES_MAX);
}

#[test]
fn one_saying_makes_an_entry() {
    let sayings = [
        ("<author>a@b.kz (A)</author>", "authors"),
        ("<category>c</category>", "categories"),
        ("<comments>https://a.kz/c</comments>", "comments"),
        (
            "<pubDate>Thu, 01 Jan 2004 19:48:21 GMT</pubDate>",
            "published",
        ),
        ("<source url='https://s.kz/'>S</source>", "source"),
        ("<dc:contributor>K</dc:contributor>", "contributors"),
        ("<dc:rights>R</dc:rights>", "rights"),
    ];
    for (saying, key) in sayings {
        let feed = format!("<rss version='2.0'><channel><item>{saying}</item></channel></rss>");
        let drafts = read_bytes(feed.as_bytes()).drafts;
        assert_eq!(drafts.len(), 1, "{saying}");
        assert!(filled(draft(&drafts[0])).get(key).is_some(), "{saying}");
    }
    let empty = read_bytes(b"<rss version='2.0'><channel><item> </item></channel></rss>");
    assert!(empty.drafts.is_empty());
}

#[test]
fn what_old_and_misspelt_formats_mean() {
    let cdf = b"<CHANNEL HREF='https://c.kz/'><TITLE>T</TITLE></CHANNEL>";
    assert_eq!(read_bytes(cdf).feed.link.as_deref(), Some("https://c.kz/"));
    let misspelt =
        b"<rss version='2.0' xmlns='https://a.kz/rss191'><channel><title>T</title></channel></rss>";
    assert_eq!(read_bytes(misspelt).feed.title.as_deref(), Some("T"));
    let rdf = b"<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>\
        <item r:about='https://a.kz/1'><title>T</title></item></r:RDF>";
    assert_eq!(
        read_bytes(rdf).drafts[0].id.as_deref(),
        Some("https://a.kz/1")
    );
    let atom = |address: &str| {
        let feed = format!(
            "<feed xmlns='{address}'><entry><id>urn:1</id><content type='xhtml' mode='xml'>\
             <div xmlns='http://www.w3.org/1999/xhtml'>a</div></content></entry></feed>"
        );
        read_bytes(feed.as_bytes()).drafts.remove(0).content_html
    };
    let old = atom("http://purl.org/atom/ns#");
    assert_eq!(old.as_deref(), Some("<div>a</div>"));
    assert_eq!(atom("http://www.w3.org/2005/Atom").as_deref(), Some("a"));
    let words = b"<rss><channel><itunes:keywords>a, b c</itunes:keywords></channel></rss>";
    let labels = read_bytes(words).feed.categories;
    let told: Vec<_> = labels.iter().map(|label| label.term.as_str()).collect();
    assert_eq!(told, ["a", "b c"]);
    assert_eq!(labels[0].scheme.as_deref(), Some("http://www.itunes.com/"));
}

/// A harvest as compact JSON: what is absent is not written.
pub(super) fn told(harvest: &Harvest) -> Value {
    let feed = &harvest.feed;
    filled(json!({
        "format": harvest.format, "encoding": harvest.encoding, "well_formed": harvest.well_formed,
        "complaints": harvest.complaints.iter().map(|complaint| complaint.to_string().replace("https://base.example/dir/feed:", "")).collect::<Vec<_>>(),
        "feed": filled(json!({
            "id": feed.id, "title": feed.title, "description": feed.description, "link": feed.link, "self": feed.self_link,
            "hubs": feed.hubs, "language": feed.language, "updated": instant(feed.updated), "rights": feed.rights,
            "authors": people(&feed.authors), "categories": categories(&feed.categories), "image": feed.image,
            "icon": feed.icon, "logo": feed.logo, "ttl": feed.ttl_minutes,
            "generator": feed.generator.as_ref().map(|made| json!([made.name, made.url, made.version])),
        })),
        "drafts": harvest.drafts.iter().map(draft).collect::<Vec<_>>(),
    }))
}

fn draft(draft: &Draft) -> Value {
    let files: Vec<Value> = draft
        .enclosures
        .iter()
        .map(|file| json!([file.url, file.media_type, file.length_bytes]))
        .collect();
    filled(json!({
        "id": draft.id, "permalink": draft.id_is_permalink, "link": draft.link, "title": draft.title,
        "authors": people(&draft.authors), "contributors": people(&draft.contributors),
        "summary": draft.summary_html, "content": draft.content_html, "text": draft.text,
        "published": instant(draft.published), "updated": instant(draft.updated),
        "categories": categories(&draft.categories), "enclosures": files, "language": draft.language,
        "rights": draft.rights, "comments": draft.comments, "source": draft.source,
    }))
}

fn filled(value: Value) -> Value {
    let Value::Object(map) = value else {
        return value;
    };
    let full = |value: &Value| {
        !(value.is_null() || value == &json!([]) || value == &json!("") || value == &json!({}))
    };
    Value::Object(
        map.into_iter()
            .filter(|(_, value)| full(value))
            .collect::<Map<_, _>>(),
    )
}

fn instant(at: Option<DateTime<Utc>>) -> Option<String> {
    at.map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

fn people(people: &[Person]) -> Vec<Value> {
    people
        .iter()
        .map(|person| json!([person.name, person.email, person.url]))
        .collect()
}

fn categories(categories: &[Category]) -> Vec<Value> {
    categories
        .iter()
        .map(|label| json!([label.term, label.scheme, label.label]))
        .collect()
}

#[test]
fn an_owner_speaks_where_no_author_does() {
    let feed = |more: &str| {
        format!(
            "<rss version='2.0'><channel>{more}<itunes:owner><itunes:name>Дана</itunes:name><itunes:email>dana@x.example</itunes:email></itunes:owner></channel></rss>"
        )
    };
    let authors = |more: &str| read_bytes(feed(more).as_bytes()).feed.authors;
    assert_eq!(
        authors(""),
        [Person {
            name: Some("Дана".to_owned()),
            email: Some("dana@x.example".to_owned()),
            url: None,
        }]
    );
    let named = authors("<itunes:author>Ерлан</itunes:author>");
    assert_eq!(named.len(), 1);
    assert_eq!(named[0].name.as_deref(), Some("Ерлан"));
}

/// A feed of two entries without a zone, read at 17:03 in Almaty.
fn times_of(newest: &str, oldest: &str, head: &str) -> Vec<Option<DateTime<Utc>>> {
    let at = Utc.with_ymd_and_hms(2026, 11, 24, 12, 3, 0).unwrap();
    let read_from = |feed: String| {
        let harvest = read(&Document {
            bytes: feed.as_bytes(),
            content_type: None,
            url: None,
            received: at.with_timezone(&chrono_tz::Asia::Almaty),
        });
        let drafts = harvest.drafts.into_iter();
        drafts.map(|draft| draft.published).collect::<Vec<_>>()
    };
    let item = |at: &str| format!("<item><title>Форум</title><pubDate>{at}</pubDate></item>");
    let (a, b) = (item(newest), item(oldest));
    let xml = read_from(format!("<rss><channel>{head}{a}{b}</channel></rss>"));
    let entry = |at: &str| format!("{{\"id\":\"{at}\",\"date_published\":\"{at}\"}}");
    let json = read_from(format!(
        "{{\"version\":\"https://jsonfeed.org/version/1.1\",\"items\":[{},{}]}}",
        entry(newest),
        entry(oldest)
    ));
    assert!(xml == json || !head.is_empty(), "{newest}, {oldest}");
    xml
}

#[test]
fn one_time_tells_the_clock_of_all() {
    let cases = [
        // Newest and oldest; then both in UTC.
        ("2026-11-24 16:55", "2026-11-24 11:53", "", "11:55 06:53"),
        (
            "Tue, 24 Nov 2026 16:55:00",
            "2026-11-24T11:53:00",
            "",
            "11:55 06:53",
        ),
        ("2026-11-24 11:53", "2026-11-24 16:55", "", "06:53 11:55"),
        // What is told with a zone stays, and a day has no time to tell.
        (
            "2026-11-24 16:55",
            "2026-11-24 11:53 +0300",
            "",
            "11:55 08:53",
        ),
        ("2026-11-24 16:55", "2026-11-24", "", "11:55 00:00"),
        // The head tells as well.
        (
            "2026-11-24 11:53",
            "2026-11-24 09:00",
            "<lastBuildDate>Tue, 24 Nov 2026 17:03:00</lastBuildDate>",
            "06:53 04:00",
        ),
        // Nothing is to come, or only by a clock astray; or by the house's as well.
        ("2026-11-24 11:55", "2026-11-24 06:53", "", "11:55 06:53"),
        ("2026-11-24 12:10", "2026-11-24 06:53", "", "07:10 06:53"),
        ("2026-11-24 20:00", "2026-11-24 06:53", "", "20:00 06:53"),
        ("2026-11-24 17:08", "2026-11-24 16:55", "", "12:08 11:55"),
        // Whoever writes Kazakh words writes by the house's clock, and so proves nothing.
        (
            "24 қараша 2026, 16:55",
            "2026-11-24 11:53",
            "",
            "11:55 11:53",
        ),
    ];
    for (newest, oldest, head, expected) in cases {
        let times = times_of(newest, oldest, head);
        let times: Vec<String> = times
            .into_iter()
            .map(|at| at.unwrap().format("%R").to_string())
            .collect();
        assert_eq!(times.join(" "), expected, "{newest}, {oldest} {head}");
    }
    // Its days stay as they were read.
    let american = times_of("05/11/2026 10:00", "2026-11-24 16:55", "");
    assert_eq!(
        american[0],
        Utc.with_ymd_and_hms(2026, 5, 11, 5, 0, 0).single()
    );
}
