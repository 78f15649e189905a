//! Articles that come under another id than before: feeds that make up new ids at
//! every visit, and addresses of ids that bear the time of asking.
//!
//! Same link (tracking and session aside), title and publication date: the same
//! text. Where entries of one document share a link, it says nothing, and their ids
//! stand. Deliberately absent: guesses without a date or with another title.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use url::Url;

use super::links::{canonical, is_of_site};
use crate::model::article::{Article, ArticleId, Namesake};

/// Link, title and date.
type Face<'a> = (String, &'a str, DateTime<Utc>);

/// The articles of one document that are not `known` by their ids, and may be by
/// another.
pub fn strangers(articles: &[Article], known: impl Fn(&ArticleId) -> bool) -> Vec<&Article> {
    let mut bearers: HashMap<String, usize> = HashMap::new();
    for link in articles.iter().filter_map(|article| article.link.as_ref()) {
        *bearers.entry(canonical(link)).or_default() += 1;
    }
    let is_alone = |article: &Article| {
        let link = article.link.as_ref().filter(|link| !is_of_site(link));
        link.is_some_and(|link| bearers.get(&canonical(link)) == Some(&1))
    };
    articles
        .iter()
        .filter(|article| !known(&article.id) && article.published.is_some())
        .filter(|article| is_alone(article))
        .collect()
}

/// Of those, the ones that are stored under another id, with that id: the oldest,
/// and none that stands in the document itself.
pub fn recognised(
    strangers: &[&Article],
    articles: &[Article],
    namesakes: &[Namesake],
) -> HashMap<ArticleId, ArticleId> {
    let present: HashSet<&ArticleId> = articles.iter().map(|article| &article.id).collect();
    let mut stored: HashMap<Face, &Namesake> = HashMap::new();
    for namesake in namesakes {
        let face = face(namesake.link.as_ref(), &namesake.title, namesake.published);
        let Some(face) = face.filter(|_| !present.contains(&namesake.id)) else {
            continue;
        };
        let age = |namesake: &Namesake| (namesake.first_seen, namesake.id.clone());
        let first = stored.entry(face).or_insert(namesake);
        if age(namesake) < age(first) {
            *first = namesake;
        }
    }
    let known = strangers.iter().filter_map(|article| {
        let face = face(article.link.as_ref(), &article.title, article.published)?;
        Some((article.id.clone(), stored.get(&face)?.id.clone()))
    });
    known.collect()
}

fn face<'a>(
    link: Option<&Url>,
    title: &'a str,
    published: Option<DateTime<Utc>>,
) -> Option<Face<'a>> {
    Some((canonical(link?), title, published?))
}
