//! The data a page hands to its scripts (Next.js, Nuxt 2, Inertia, Angular, SvelteKit),
//! where the scripts would build the article out of it: the object that has the
//! page's title, its text and its day.
//!
//! Deliberately absent: running scripts, and data that is no JSON.

use serde_json::{Map, Value};

use super::json_ld;
use super::markup::{Page, letters};

/// Scripts and attributes whose content is such data.
const SCRIPTS: &str = "script[type=\"application/json\"],script#__NEXT_DATA__,script#ng-state";
const ATTRIBUTES: [&str; 2] = ["data-page", "data-props"];
/// More data is not read …
const STATE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// … nor are more of its values.
const VALUES_MAX: usize = 100_000;
/// A text of fewer letters is no article's.
const TEXT_LETTERS_MIN: usize = 140;
/// What the keys of titles, texts and days begin with, in small letters.
const TITLES: [&str; 5] = ["title", "headline", "name", "heading", "subject"];
const TEXTS: [&str; 12] = [
    "articlebody",
    "body",
    "content",
    "text",
    "html",
    "fulltext",
    "full_text",
    "detail",
    "post_content",
    "blocks",
    "article",
    "description",
];
const DAYS: [&str; 9] = [
    "publishedat",
    "published_at",
    "datepublished",
    "date_published",
    "publish",
    "pubdate",
    "date",
    "createdat",
    "created_at",
];
/// Where the parts of a text lie in the objects that editors keep them in.
const PARTS: [&str; 9] = [
    "rendered", "html", "text", "value", "content", "body", "data", "children", "blocks",
];

/// What such data tells of the page's article.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    pub text: String,
    pub published: Option<String>,
}

/// The page's data: to be taken while its scripts are still in the tree.
pub fn data(page: &Page) -> Vec<String> {
    let scripts = page.tree.select(SCRIPTS);
    let scripts = scripts
        .nodes()
        .iter()
        .map(|script| script.text().to_string());
    let mut data: Vec<String> = scripts.collect();
    for name in ATTRIBUTES {
        let holders = page.tree.select(&format!("[{name}^=\"{{\"]"));
        let values = holders.nodes().iter().filter_map(|node| node.attr(name));
        data.extend(values.map(String::from));
    }
    data
}

/// The article of that title in a page's data.
pub fn article(data: &[String], title: &str) -> Option<Told> {
    let wanted = folded(title);
    if wanted.is_empty() {
        return None;
    }
    let mut left = STATE_BYTES_MAX;
    let mut best: Option<Told> = None;
    for json in data {
        let Some(rest) = left.checked_sub(json.len()) else {
            continue;
        };
        left = rest;
        let Ok(value) = serde_json::from_str::<Value>(json.trim()) else {
            continue;
        };
        for node in objects(&value) {
            let known = best
                .as_ref()
                .map_or(TEXT_LETTERS_MIN - 1, |known| letters(&known.text));
            best = told(node, &wanted)
                .filter(|told| letters(&told.text) > known)
                .or(best);
        }
    }
    best
}

/// All objects of a value; recursion would be bounded, this is as short.
fn objects(value: &Value) -> Vec<&Map<String, Value>> {
    let mut ahead = vec![value];
    let mut found = Vec::new();
    let mut looked_at = 0;
    while let Some(value) = ahead.pop() {
        looked_at += 1;
        if looked_at > VALUES_MAX {
            break;
        }
        match value {
            Value::Array(values) => ahead.extend(values),
            Value::Object(node) => {
                ahead.extend(node.values());
                found.push(node);
            }
            _ => {}
        }
    }
    found
}

fn told(node: &Map<String, Value>, title: &str) -> Option<Told> {
    let begins = |key: &str, names: &[&str]| {
        let key = key.to_ascii_lowercase();
        names.iter().any(|name| key.starts_with(name))
    };
    let says_title = |(key, value): &(&String, &Value)| {
        let says = json_ld::text(value).map(|text| folded(&text));
        begins(key, &TITLES) && says.as_deref() == Some(title)
    };
    let (named, _) = node.iter().find(says_title)?;
    // "title_kk" has its text in "body_kk", not in "body_ru".
    let tongue = |key: &str| {
        let name = TITLES.iter().find(|name| key.starts_with(**name));
        let ending = name.map_or("", |name| &key[name.len()..]);
        ending.to_ascii_lowercase()
    };
    let ending = tongue(&named.to_ascii_lowercase());
    let texts = node.iter().filter(|(key, _)| begins(key, &TEXTS));
    let texts = texts.map(|(key, value)| {
        let mut text = String::new();
        join(value, &mut text);
        let is_own = !ending.is_empty() && key.to_ascii_lowercase().ends_with(&ending);
        (is_own, letters(&text), text)
    });
    let enough = texts.filter(|(_, letters, _)| *letters >= TEXT_LETTERS_MIN);
    let (.., text) = enough.max_by_key(|(is_own, letters, _)| (*is_own, *letters))?;
    let day = DAYS.iter().find_map(|name| {
        let mut keys = node.iter().filter(|(key, _)| begins(key, &[name]));
        keys.find_map(|(_, value)| json_ld::text(value))
    });
    Some(Told {
        text,
        published: day,
    })
}

/// Writes a text's parts, each a paragraph of its own.
fn join(value: &Value, text: &mut String) {
    match value {
        Value::String(part) if part.contains('<') => text.push_str(part),
        Value::String(part) if !part.trim().is_empty() => {
            text.push_str("<p>");
            text.push_str(part);
            text.push_str("</p>");
        }
        Value::Array(parts) => {
            for part in parts {
                join(part, text);
            }
        }
        Value::Object(node) => {
            for part in PARTS.iter().filter_map(|name| node.get(*name)) {
                join(part, text);
            }
        }
        _ => {}
    }
}

fn folded(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use crate::gather::page::tests::read_as_article;
    use crate::model::draft::Draft;

    const TITLE: &str = "Торғай өңірінде «Ақбөкен» форумы өтті";
    const FIRST: &str = "Торғай даласында ақбөкендерді қорғауға арналған форум өтті, оған ғалымдар мен \
        инспекторлар қатысты. Олар отардың өскенін айтып, жолдардың салынуына байланысты қауіпті \
        аталмыш жиында талқылады.";
    const SECOND: &str = "Келесі жылы даладан өтетін жолдарда арнайы белгілер қойылады, инспекторлар \
        жаңа көліктер мен ұшқышсыз аппараттар алады.";

    fn read(data: &str) -> Draft {
        let html = format!(
            "<!DOCTYPE html><html><head><title>{TITLE} | Торғай</title>\
             <meta property=\"og:title\" content=\"{TITLE}\"></head>\
             <body><div id=\"app\"></div>{data}</body></html>"
        );
        read_as_article(&html)
    }

    #[test]
    fn the_text_is_found_in_what_is_handed_to_scripts() {
        let other =
            "\"body\": \"Басқа мақаланың мәтіні, ол өте ұзын болса да, бұл беттің мәтіні емес.\"";
        let cases = [
            format!(
                "<script id=\"__NEXT_DATA__\" type=\"application/json\">{{\"props\": {{\"pageProps\": {{
                 \"next\": {{\"title\": \"Басқа\", {other}}},
                 \"post\": {{\"title\": {{\"rendered\": 1}}, \"name\": \"{TITLE}\", \"publishedAt\": \"2026-11-20T15:00:00+05:00\",
                 \"content\": {{\"rendered\": \"<p>{FIRST}</p><p>{SECOND}</p>\"}}}}}}}}}}</script>"
            ),
            format!(
                "<div data-page='{{\"props\": {{\"news\": {{\"title_kk\": \"{TITLE}\", \"title_ru\": \"Форум\",
                 \"body_kk\": \"&lt;p&gt;{FIRST}&lt;/p&gt;&lt;p&gt;{SECOND}&lt;/p&gt;\", \"body_ru\": \"{FIRST} {FIRST} {SECOND}\",
                 \"created_at\": \"2026-11-20 15:00:00\"}}}}}}'></div>"
            ),
            format!(
                "<script type=\"application/json\">[{{\"headline\": \"{TITLE}\", \"date\": \"2026-11-20T10:00:00Z\",
                 \"blocks\": [{{\"type\": \"paragraph\", \"data\": {{\"text\": \"{FIRST}\"}}}},
                 {{\"type\": \"paragraph\", \"data\": {{\"text\": \"{SECOND}\"}}}}]}}]</script>"
            ),
        ];
        for data in cases {
            let draft = read(&data);
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(
                words(&draft.text),
                words(&format!("{FIRST} {SECOND}")),
                "{data}"
            );
            let day = Utc.with_ymd_and_hms(2026, 11, 20, 10, 0, 0).unwrap();
            assert_eq!(draft.published, Some(day), "{data}");
        }
    }

    #[test]
    fn another_article_s_text_is_not_taken() {
        for data in [
            format!("{{\"title\": \"Басқа форум\", \"body\": \"{FIRST}\"}}"),
            format!("{{\"title\": \"{TITLE}\", \"body\": \"Қысқа.\"}}"),
            format!(
                "{{\"title\": \"{TITLE}\", \"related\": {{\"title\": \"Басқа\", \"body\": \"{FIRST}\"}}}}"
            ),
            format!("{{\"title\": \"{TITLE}\", \"body\": \"{FIRST}\""),
        ] {
            let draft = read(&format!(
                "<script type=\"application/json\">{data}</script>"
            ));
            assert_eq!(
                (draft.text.as_str(), draft.content_html),
                ("", None),
                "{data}"
            );
        }
    }
}
