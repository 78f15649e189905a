//! One article page: what it says of itself as JSON-LD, else as OpenGraph, else
//! what it shows.

use serde_json::{Map, Value};
use url::Url;

use crate::gather::clean;
use crate::gather::feed::date::Written;
use crate::model::draft::{Category, Draft, Person};

use super::body;
use super::byline;
use super::json_ld::{self, each};
use super::markup::Page;
use super::opening::{address, clip, line, paragraphs, picture, set_content};
use super::published;
use super::repeating::{ENTRIES_MIN, same_site};
use super::state;
use super::title;

/// An article marked for machines: a listing has several.
const MARKED_ARTICLE: &str = "[itemtype$=\"Article\"],[itemtype$=\"BlogPosting\"]";
/// The most labels taken from one page.
const CATEGORIES_MAX: usize = 50;
/// A text with fewer letters beside its title is none.
const TEXT_LETTERS_MIN: usize = 12;
/// What is longer is more than a title said some times.
const TITLES_BYTES_MAX: usize = 4 * 1024;

/// Whether the page says that it is one article.
pub fn is_article(page: &Page) -> bool {
    let is_home = page
        .url
        .as_ref()
        .is_some_and(|url| url.path() == "/" && url.query().is_none());
    !is_home
        && (json_ld::article(page).is_some()
            || page
                .meta(&["og:type"])
                .is_some_and(|kind| kind.eq_ignore_ascii_case("article"))
            || page.tree.select(MARKED_ARTICLE).length() == 1)
}

/// An article, and what a Draft does not keep of it.
pub struct Article {
    pub draft: Draft,
    /// The day as the outlet counts it.
    pub written: Option<Written>,
}

/// The article; nothing where the page has neither title nor text.
pub fn read(page: &Page) -> Option<Draft> {
    read_whole(page).map(|article| article.draft)
}

/// The same, with what a Draft does not keep.
pub fn read_whole(page: &Page) -> Option<Article> {
    let node = json_ld::article(page).unwrap_or_default();
    let text = |key: &str| json_ld::text(node.get(key)?);
    let mut written = published::find(page, &node, &page.source);
    let title = text("headline")
        .and_then(|headline| line(&headline))
        .or_else(|| title::told(page))
        .or_else(|| title::shown(page));
    let mut draft = Draft {
        link: link(page, &node).map(String::from),
        authors: authors(page, &node, title.as_deref()),
        title,
        published: written.map(|written| written.at),
        updated: text("dateModified")
            .or_else(|| page.meta(&["article:modified_time", "og:updated_time", "dateModified"]))
            .and_then(|date| page.date(&date)),
        categories: categories(page, &node),
        enclosures: lead_picture(page, &node)
            .map(|url| picture(&url))
            .into_iter()
            .collect(),
        language: text("inLanguage").or_else(|| page.language()),
        ..Draft::default()
    };
    let summary = text("description").or_else(|| page.meta(&["og:description", "description"]));
    if let Some(summary) = summary.as_deref().and_then(line) {
        set_content(&mut draft, &paragraphs(&summary), None);
        draft.summary_html = draft.content_html.take();
    }
    let data = state::data(page);
    set_body(page, &mut draft, text("articleBody"));
    if draft.content_html.is_none()
        && let Some(title) = &draft.title
        && let Some(told) = state::article(&data, title)
    {
        set_content(&mut draft, clip(&told.text), page.base.as_ref());
        draft.text = in_lines(&draft.text);
        written = written.or_else(|| page.written(&told.published?));
        draft.published = written.map(|written| written.at);
    }
    if draft.authors.is_empty() {
        let names = byline::signed(&draft.text).into_iter();
        draft.authors = names.map(person).collect();
    }
    if draft.enclosures.is_empty() {
        let html = draft.content_html.as_deref().unwrap_or_default();
        draft
            .enclosures
            .extend(first_picture(page, html).map(|url| picture(&url)));
    }
    let is_article = draft.title.is_some() || !draft.text.is_empty();
    is_article.then_some(Article { draft, written })
}

/// The article of a page that does not say it is one: only if it shows a text.
pub fn read_undeclared(page: &Page) -> Option<Draft> {
    read(page).filter(|draft| draft.content_html.is_some() && draft.title.is_some())
}

/// The entries of a page that tells them only to machines; nothing where they
/// are too few to be a listing.
pub fn read_list(page: &Page) -> Vec<Draft> {
    let mut drafts: Vec<Draft> = Vec::new();
    for node in json_ld::list(page) {
        let text = |key: &str| json_ld::text(node.get(key)?);
        let link = text("url").or_else(|| text("@id"));
        let Some(link) = link.and_then(|raw| page.address(&raw)).map(String::from) else {
            continue;
        };
        let title = text("headline").or_else(|| text("name"));
        let Some(title) = title.and_then(|title| line(&title)) else {
            continue;
        };
        if drafts
            .iter()
            .any(|known| known.link.as_ref() == Some(&link))
        {
            continue;
        }
        let mut draft = Draft {
            link: Some(link),
            published: text("datePublished").and_then(|date| page.date(&date)),
            enclosures: told_picture(page, &node)
                .map(|url| picture(&url))
                .into_iter()
                .collect(),
            ..Draft::default()
        };
        if let Some(summary) = text("description").as_deref().and_then(line) {
            set_content(&mut draft, &paragraphs(&summary), None);
            draft.summary_html = draft.content_html.take();
        }
        draft.title = Some(title);
        drafts.push(draft);
    }
    if drafts.len() < ENTRIES_MIN {
        drafts.clear();
    }
    drafts
}

/// The text as shown, with its markup; as told in JSON-LD where that is much more
/// (the page then shows only the beginning, or a script builds it).
fn set_body(page: &Page, draft: &mut Draft, told: Option<String>) {
    let shown = body::find(page, draft.title.as_deref());
    let shown = shown.filter(|shown| !is_only_title(page, draft.title.as_deref(), &shown.html));
    if let Some(shown) = &shown {
        set_content(draft, &shown.html, page.base.as_ref());
        let text = shown.text.as_deref().unwrap_or(&draft.text);
        draft.text = in_lines(clip(text));
    }
    if let Some(told) = told {
        let enough = shown.is_some() && draft.text.len() >= clip(&told).len() / 2;
        if !enough {
            set_content(draft, &paragraphs(clip(&told)), None);
        }
    }
}

/// Whether a body says the title and shows nothing else: a page whose text a script
/// would bring, or that asks whether we are human, has no other.
fn is_only_title(page: &Page, title: Option<&str>, html: &str) -> bool {
    if html.len() > TITLES_BYTES_MAX || html.contains("<img") {
        return false;
    }
    let text = clean::plain_text(&clean::sanitise(html, None));
    let of_page = line(&page.tree.select_single("title").inner_html());
    let mut rest = line(&text).unwrap_or_default();
    for title in [of_page.as_deref(), title].into_iter().flatten() {
        let parts = title::parted(title).unwrap_or_default();
        for said in [title, parts.0, parts.1] {
            if !said.is_empty() {
                rest = rest.replace(said, " ");
            }
        }
    }
    rest.chars().filter(|c| c.is_alphanumeric()).count() < TEXT_LETTERS_MIN
}

/// A text line by line; numbers above and below it count views and shares.
fn in_lines(text: &str) -> String {
    let says = |line: &&str| line.chars().any(char::is_alphabetic);
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let from = lines.iter().position(says).unwrap_or_default();
    let to = lines.iter().rposition(says).map_or(0, |at| at + 1);
    let mut text = lines[from.min(to)..to].join("\n");
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// The canonical address, where it is on the page's own site: a page that claims
/// to be another site's is taken for itself.
fn link(page: &Page, node: &Map<String, Value>) -> Option<Url> {
    let canonical = page
        .tree
        .select_single("link[rel=\"canonical\"]")
        .attr("href")
        .map(String::from);
    let claims = [
        canonical,
        page.meta(&["og:url"]),
        node.get("url").and_then(json_ld::text),
        node.get("mainEntityOfPage").and_then(json_ld::text),
    ];
    claims
        .into_iter()
        .flatten()
        .filter_map(|raw| page.address(&raw))
        .find(|url| page.url.as_ref().is_none_or(|own| same_site(own, url)))
        .or_else(|| page.url.clone())
}

fn authors(page: &Page, node: &Map<String, Value>, title: Option<&str>) -> Vec<Person> {
    let told: Vec<Person> = each(node.get("author"))
        .iter()
        .filter_map(|author| {
            let name = match author {
                Value::Object(person) => json_ld::text(person.get("name")?)?,
                other => json_ld::text(other)?,
            };
            let home = author.get("url").and_then(json_ld::text);
            Some(Person {
                name: Some(line(&name)?),
                email: None,
                url: home.and_then(|raw| page.address(&raw)).map(String::from),
            })
        })
        .collect();
    if !told.is_empty() {
        return told;
    }
    // Journals name each author for the indexes of papers.
    let cited = page.tree.select("meta[name=\"citation_author\"]");
    let cited: Vec<Person> = cited
        .nodes()
        .iter()
        .filter_map(|meta| line(&clean::escape(&meta.attr("content")?)))
        .take(byline::AUTHORS_MAX)
        .map(person)
        .collect();
    if !cited.is_empty() {
        return cited;
    }
    // `article:author` is often the address of a profile, which is no name.
    page.meta(&["author", "article:author"])
        .filter(|name| address(None, name).is_none() && !byline::is_nobody(name))
        .map_or_else(|| byline::authors(page, title), |name| vec![name])
        .into_iter()
        .map(person)
        .collect()
}

fn person(name: String) -> Person {
    Person {
        name: Some(name),
        ..Person::default()
    }
}

fn categories(page: &Page, node: &Map<String, Value>) -> Vec<Category> {
    let mut labels: Vec<String> = Vec::new();
    for key in ["articleSection", "keywords"] {
        for value in each(node.get(key)) {
            let text = json_ld::text(value).unwrap_or_default();
            labels.extend(text.split(',').filter_map(line));
        }
    }
    if labels.is_empty() {
        labels.extend(page.meta(&["article:section"]));
        let tags = page.tree.select("meta[property=\"article:tag\"]");
        let tags = tags.nodes().iter().filter_map(|tag| tag.attr("content"));
        labels.extend(tags.filter_map(|tag| line(&tag)));
    }
    let mut categories: Vec<Category> = Vec::new();
    for term in labels {
        if categories.len() < CATEGORIES_MAX && categories.iter().all(|known| known.term != term) {
            categories.push(Category {
                term,
                ..Category::default()
            });
        }
    }
    categories
}

fn told_picture(page: &Page, node: &Map<String, Value>) -> Option<Url> {
    let told = each(node.get("image"))
        .iter()
        .find_map(|image| match image {
            Value::Object(object) => ["url", "contentUrl", "@id"]
                .iter()
                .find_map(|key| json_ld::text(object.get(*key)?)),
            other => json_ld::text(other),
        });
    told.and_then(|raw| page.address(&raw))
}

fn lead_picture(page: &Page, node: &Map<String, Value>) -> Option<Url> {
    let shown = || {
        page.meta(&["og:image", "og:image:url", "twitter:image"])
            .or_else(|| {
                let marked = page.tree.select_single("[itemprop=\"image\"]");
                ["src", "content", "href"]
                    .iter()
                    .find_map(|name| marked.attr(name).map(String::from))
            })
            .and_then(|raw| page.address(&raw))
    };
    told_picture(page, node).or_else(shown)
}

/// The text's first picture, where the page names none as its own.
fn first_picture(page: &Page, html: &str) -> Option<Url> {
    let at = html.find("<img src=\"")?;
    let address = html[at..].split('"').nth(1)?;
    page.address(&clean::decode_entities(address))
}
