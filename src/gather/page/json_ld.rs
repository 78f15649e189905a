//! What a page says of itself as JSON-LD (schema.org), the surest of its words.
//!
//! Deliberately absent: contexts, expansion, remote vocabularies. Outlets write
//! schema.org's plain names, and search engines read no more.

use serde_json::{Map, Value};
use url::Url;

use super::markup::Page;

/// The most nodes looked at on one page.
const NODES_MAX: usize = 2_000;
/// Where other nodes hang that may be the page's article.
const CONTAINERS: [&str; 3] = ["@graph", "mainEntity", "mainEntityOfPage"];

/// The page's article: the only one that is described, or of several the one that
/// is said to be at the page's own address.
pub fn article(page: &Page) -> Option<Map<String, Value>> {
    let mut articles = articles(page);
    if are_several(&articles) {
        articles.retain(|node| is_at(page, node));
    }
    if are_several(&articles) {
        return None;
    }
    articles.into_iter().max_by_key(Map::len)
}

/// Whether several articles are described, each at another address than the page's.
pub fn describes_others(page: &Page) -> bool {
    let articles = articles(page);
    let own = page.url.as_ref().map(path_of);
    let is_another = |node: &Map<String, Value>| {
        let told = address(page, node);
        told.is_some_and(|told| Some(path_of(&told)) != own)
    };
    are_several(&articles) && own.is_some() && articles.iter().all(is_another)
}

fn articles(page: &Page) -> Vec<Map<String, Value>> {
    let mut articles = Vec::new();
    let mut budget = NODES_MAX;
    let scripts = page.tree.select("script[type=\"application/ld+json\"]");
    for script in scripts.nodes() {
        if let Some(value) = parse(&script.text()) {
            collect(value, &mut articles, &mut budget);
        }
    }
    articles
}

/// One article told twice (by the site and by a plugin) has one headline.
fn are_several(articles: &[Map<String, Value>]) -> bool {
    let headline = |node: &Map<String, Value>| text(node.get("headline")?);
    let first = articles.first().and_then(headline);
    articles.iter().any(|node| headline(node) != first)
}

fn is_at(page: &Page, node: &Map<String, Value>) -> bool {
    let place = |url: &Url| (path_of(url), url.query().map(str::to_owned));
    let told = address(page, node);
    page.url.is_some() && told.as_ref().map(place) == page.url.as_ref().map(place)
}

fn address(page: &Page, node: &Map<String, Value>) -> Option<Url> {
    let mut told = ["url", "mainEntityOfPage", "@id"].iter();
    told.find_map(|key| page.address(&text(node.get(*key)?)?))
}

fn path_of(url: &Url) -> String {
    url.path().trim_end_matches('/').to_owned()
}

/// The entries of the page's lists (schema.org `ItemList`), in order: what a page
/// that scripts build says to search engines.
pub fn list(page: &Page) -> Vec<Map<String, Value>> {
    let mut entries = Vec::new();
    let mut budget = NODES_MAX;
    let scripts = page.tree.select("script[type=\"application/ld+json\"]");
    for script in scripts.nodes() {
        if let Some(value) = parse(&script.text()) {
            collect_entries(value, &mut entries, &mut budget);
        }
    }
    entries
}

/// A text: itself, the first of several, or a wrapped one.
pub fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(values) => return values.iter().find_map(text),
        Value::Object(node) => {
            return ["@value", "name", "@id", "url"]
                .iter()
                .find_map(|key| text(node.get(*key)?));
        }
        Value::Bool(_) | Value::Null => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// Each of a value that may be one or several.
pub fn each(value: Option<&Value>) -> &[Value] {
    match value {
        None | Some(Value::Null) => &[],
        Some(Value::Array(values)) => values,
        Some(value) => std::slice::from_ref(value),
    }
}

/// Reads a script's JSON; line breaks inside strings, which templates leave
/// there and JSON forbids, are forgiven.
fn parse(script: &str) -> Option<Value> {
    let json = script.trim().trim_end_matches(';');
    let json = json.strip_prefix("<![CDATA[").unwrap_or(json);
    let json = json.strip_suffix("]]>").unwrap_or(json);
    serde_json::from_str(json).ok().or_else(|| {
        let flat = json.replace(|c: char| c.is_control(), " ");
        serde_json::from_str(&flat).ok()
    })
}

/// Recursion is bounded: serde_json refuses what is deeper than 128.
fn collect(value: Value, articles: &mut Vec<Map<String, Value>>, budget: &mut usize) {
    if *budget == 0 {
        return;
    }
    *budget -= 1;
    match value {
        Value::Array(values) => {
            for value in values {
                collect(value, articles, budget);
            }
        }
        Value::Object(mut node) => {
            if is_article(&node) {
                articles.push(node);
                return;
            }
            for key in CONTAINERS {
                if let Some(value) = node.remove(key) {
                    collect(value, articles, budget);
                }
            }
        }
        _ => {}
    }
}

/// The same bound holds.
fn collect_entries(value: Value, entries: &mut Vec<Map<String, Value>>, budget: &mut usize) {
    if *budget == 0 {
        return;
    }
    *budget -= 1;
    match value {
        Value::Array(values) => {
            for value in values {
                collect_entries(value, entries, budget);
            }
        }
        Value::Object(mut node) => {
            for key in CONTAINERS {
                if let Some(value) = node.remove(key) {
                    collect_entries(value, entries, budget);
                }
            }
            let Some(elements) = node.remove("itemListElement") else {
                return;
            };
            // A trail of crumbs is a list, too.
            if node.get("@type").and_then(Value::as_str) != Some("ItemList") {
                return;
            }
            for element in each(Some(&elements)) {
                let entry = element.get("item").filter(|item| item.is_object());
                if let (Value::Object(entry), true) = (entry.unwrap_or(element), *budget > 0) {
                    *budget -= 1;
                    entries.push(entry.clone());
                }
            }
        }
        _ => {}
    }
}

fn is_article(node: &Map<String, Value>) -> bool {
    each(node.get("@type")).iter().any(|name| {
        name.as_str().is_some_and(|name| {
            name.ends_with("Article") || name.ends_with("BlogPosting") || name == "Report"
        })
    })
}
