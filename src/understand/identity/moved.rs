//! Articles of a site that moved to another host: the way of their links, title and
//! date (or all that is said) are the same, the host is not, and ids that bear the host
//! changed with it.
//!
//! One source may list many outlets, and two of them have "/news/1" and one title: so
//! the old host must be gone from the document, most of it be at the new one, and the
//! entry the only one of its way and title. Deliberately absent: the redirect, which
//! catalogues that were mended never saw.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use url::Url;

use super::content_hash;
use super::links::{house, way};
use super::twins::{age, counts};
use crate::model::article::{Article, ArticleId, Namesake};
use crate::model::source::Source;

/// Of a date that may be only a day: everywhere days begin at such a part of an hour.
const DAY_BEGINS_SECONDS: i64 = 15 * 60;
/// A shorter text stands under many titles: "Read on", "We invite to the tender".
const TELLING_CHARS_MIN: usize = 80;
/// So many entries that are each likely to have moved from one host have.
const WITNESSES_MIN: usize = 3;
/// More stored articles of one way and title are not compared with an entry.
const COMPARED_MAX: usize = 8;

/// An entry, and the stored article it may be.
struct Move<'a> {
    article: &'a Article,
    before: &'a Namesake,
    from: String,
    is_sure: bool,
}

pub(super) fn moved(
    source: &Source,
    strangers: &[&Article],
    articles: &[Article],
    absent: &[&Namesake],
) -> HashMap<ArticleId, ArticleId> {
    let moves = moves(source, strangers, articles, absent);
    let mut witnesses: HashMap<&str, usize> = HashMap::new();
    for one in &moves {
        let weight = if one.is_sure { WITNESSES_MIN } else { 1 };
        *witnesses.entry(&one.from).or_default() += weight;
    }
    let is_believed = |one: &&Move| witnesses[one.from.as_str()] >= WITNESSES_MIN;
    moves
        .iter()
        .filter(is_believed)
        .map(|one| (one.article.id.clone(), one.before.id.clone()))
        .collect()
}

fn moves<'a>(
    source: &Source,
    strangers: &[&'a Article],
    articles: &'a [Article],
    absent: &[&'a Namesake],
) -> Vec<Move<'a>> {
    let links = articles.iter().filter_map(|article| article.link.as_ref());
    let houses = counts(links.map(house));
    let mut stored: HashMap<(String, &str), Vec<(&Namesake, &Url)>> = HashMap::new();
    for namesake in absent {
        let Some(link) = &namesake.link else {
            continue;
        };
        if !houses.contains_key(&house(link)) {
            let face = (way(link), namesake.title.as_str());
            stored.entry(face).or_default().push((namesake, link));
        }
    }
    if stored.is_empty() {
        return Vec::new();
    }
    for namesakes in stored.values_mut() {
        namesakes.sort_by_key(|(namesake, _)| age(namesake));
    }
    let faces = counts(articles.iter().filter_map(face));
    let linked: usize = houses.values().sum();
    let one = |article: &&'a Article| {
        let face = face(article).filter(|face| faces[face] == 1)?;
        let at_new = houses.get(&house(article.link.as_ref()?))?;
        if at_new * 2 <= linked {
            return None;
        }
        let judged = stored.get(&face)?.iter().take(COMPARED_MAX);
        let judged = judged.filter_map(|(before, link)| {
            let is_sure = is_surely(source, article, before, link)?;
            let from = house(link);
            Some(Move {
                article,
                before,
                from,
                is_sure,
            })
        });
        // The first of the surest: the oldest.
        judged.min_by_key(|one| !one.is_sure)
    };
    strangers.iter().filter_map(one).collect()
}

fn face(article: &Article) -> Option<(String, &str)> {
    Some((way(article.link.as_ref()?), article.title.as_str()))
}

/// Whether it is sure that `article` is `before`; `None`: it is not even likely.
fn is_surely(source: &Source, article: &Article, before: &Namesake, link: &Url) -> Option<bool> {
    let is_of_then = article.published.is_some() && article.published == before.published;
    let is_exact = is_of_then && !article.published.is_some_and(may_be_a_day);
    if is_exact {
        return Some(true);
    }
    let is_same = says_the_same(source, article, before, link);
    (is_of_then || is_same).then(|| is_same && is_telling(article))
}

/// Whether a date may be one without a time of day.
pub(super) fn may_be_a_day(date: DateTime<Utc>) -> bool {
    date.timestamp() % DAY_BEGINS_SECONDS == 0
}

/// Whether an entry says more than its title.
pub(super) fn is_telling(article: &Article) -> bool {
    let mut chars = article.text.chars();
    article.text != article.title && chars.nth(TELLING_CHARS_MIN - 1).is_some()
}

/// Whether `article` would say what `before` does, were it at its address.
pub(super) fn says_the_same(
    source: &Source,
    article: &Article,
    before: &Namesake,
    link: &Url,
) -> bool {
    let mut there = article.clone();
    if let Some(here) = there.link.replace(link.clone()) {
        let origin = |link: &Url| format!("{}/", link.origin().ascii_serialization());
        let (from, to) = (origin(&here), origin(link));
        let put = |html: &str| {
            let html = html.replace(here.as_str(), link.as_str());
            html.replace(&from, &to)
        };
        there.summary_html = put(&there.summary_html);
        there.content_html = put(&there.content_html);
        there.image = there
            .image
            .and_then(|image| put(image.as_str()).parse().ok());
    }
    content_hash(&there, source) == before.content_hash
}
