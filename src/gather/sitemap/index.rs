//! Which of a sitemap index's children are worth a visit: those of news, and the
//! newest of the others.

use chrono::{DateTime, Utc};
use url::Url;

use super::{Document, parsed};
use crate::gather::discover::is_of_news;
use crate::gather::feed::date;
use crate::gather::page::opening::address;
use crate::gather::page::same_site;

/// The most children read on one visit.
pub const CHILDREN_PER_VISIT: usize = 3;
/// What is called so lists no articles.
const NO_ARTICLES: [&str; 9] = [
    "category",
    "categories",
    "tag",
    "author",
    "page",
    "image",
    "video",
    "product",
    "static",
];

/// How promising a child is; compared field by field.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Promise {
    is_of_news: bool,
    may_have_articles: bool,
    modified: Option<DateTime<Utc>>,
    /// In its name: `sitemap-2026-11.xml` is newer than `sitemap-2026-9.xml`.
    numbers: Vec<u64>,
    /// Indexes grow at their end.
    place: usize,
}

/// The children of an index to be read, the most promising first; only on the
/// index's own site. Empty for any other document.
pub fn newest_children(document: &Document<'_>) -> Vec<Url> {
    let Some(url) = document.url else {
        return Vec::new();
    };
    let mut found: Vec<(Promise, Url)> = Vec::new();
    for (place, child) in parsed(document).into_iter().enumerate() {
        let Some(address) = address(Some(url), &child.address) else {
            continue;
        };
        if !same_site(url, &address) || address == *url {
            continue;
        }
        let promise = Promise {
            is_of_news: is_of_news(&address),
            may_have_articles: !is_of_no_articles(&address),
            modified: date::read(child.modified.trim(), document.received),
            numbers: numbers(address.path()),
            place,
        };
        found.push((promise, address));
    }
    found.sort_by(|one, other| other.0.cmp(&one.0));
    let mut children: Vec<Url> = Vec::new();
    for (_, child) in found {
        if children.len() < CHILDREN_PER_VISIT && !children.contains(&child) {
            children.push(child);
        }
    }
    children
}

fn is_of_no_articles(url: &Url) -> bool {
    let name = url.path().rsplit('/').next().unwrap_or_default();
    let mut words = name.split(|letter: char| !letter.is_ascii_alphabetic());
    words.any(|word| {
        let word = word.strip_suffix('s').unwrap_or(word);
        NO_ARTICLES
            .iter()
            .any(|known| word.eq_ignore_ascii_case(known))
    })
}

fn numbers(path: &str) -> Vec<u64> {
    let runs = path.split(|letter: char| !letter.is_ascii_digit());
    runs.filter(|run| !run.is_empty())
        .map(|run| run.parse().unwrap_or(u64::MAX))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Children with their dates, and the paths of those to be read.
    type Case = (
        &'static [(&'static str, &'static str)],
        &'static [&'static str],
    );

    #[test]
    fn the_newest_children_are_read() {
        let cases: [Case; 5] = [
            // By the date they were changed.
            (
                &[
                    ("/post-1.xml", "2026-11-20"),
                    ("/post-2.xml", "2026-11-24"),
                    ("/post-3.xml", "2026-10-01"),
                    ("/post-4.xml", "2020-10-01"),
                ],
                &["/post-2.xml", "/post-1.xml", "/post-3.xml"],
            ),
            // By number, as numbers.
            (
                &[
                    ("/s-2026-9.xml", ""),
                    ("/s-2026-11.xml", ""),
                    ("/s-2026-10.xml", ""),
                    ("/s-2025-12.xml", ""),
                ],
                &["/s-2026-11.xml", "/s-2026-10.xml", "/s-2026-9.xml"],
            ),
            // The last, where nothing else tells.
            (&[("/a.xml", ""), ("/b.xml", "")], &["/b.xml", "/a.xml"]),
            // News first, lists of pages and tags last, other sites never.
            (
                &[
                    ("/post_tag-sitemap.xml", "2026-11-24"),
                    ("/sitemap-pages.xml", "2026-11-24"),
                    ("/post-sitemap2.xml", "2026-11-23"),
                    ("/news-sitemap.xml", ""),
                    ("https://b.example/news.xml", "2026-11-24"),
                    ("/post-sitemap2.xml", "2026-11-23"),
                    ("/index.xml", ""),
                ],
                &[
                    "/news-sitemap.xml",
                    "/post-sitemap2.xml",
                    "/sitemap-pages.xml",
                ],
            ),
            (&[("javascript:x", ""), ("", "")], &[]),
        ];
        let at: Url = "https://a.example/index.xml".parse().expect("an address");
        for (children, expected) in cases {
            let listed: Vec<String> = children
                .iter()
                .map(|(loc, modified)| {
                    format!("<sitemap><loc>{loc}</loc><lastmod>{modified}</lastmod></sitemap>")
                })
                .collect();
            let listed = listed.concat();
            let found = newest_children(&Document {
                bytes: format!("<sitemapindex>{listed}</sitemapindex>").as_bytes(),
                content_type: None,
                url: Some(&at),
                received: DateTime::UNIX_EPOCH.with_timezone(&chrono_tz::Tz::UTC),
            });
            let paths: Vec<&str> = found.iter().map(Url::path).collect();
            assert_eq!(paths, expected);
        }
    }
}
