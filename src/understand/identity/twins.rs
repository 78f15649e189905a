//! Articles that come under another id than before: feeds that make up new ids at
//! every visit, and addresses of ids that bear the time of asking.
//!
//! Same link (tracking and session aside), title and publication date: the same
//! text. Where neither has a date, all that a reader would notice must be the same.
//! Where entries of one document share a link, or a title without one, it says
//! nothing, and their ids stand. Deliberately absent: guesses with another title.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use chrono::{DateTime, Utc};
use url::Url;

use super::links::{canonical, is_of_site};
use crate::model::article::{Article, ArticleId, Namesake};

/// Link, title and what else must be the same.
type Face<'a> = (Option<String>, &'a str, Same<'a>);

#[derive(PartialEq, Eq, Hash)]
enum Same<'a> {
    Date(DateTime<Utc>),
    Content(&'a str),
}

/// The articles of one document that are not `known` by their ids, and may be by
/// another.
pub fn strangers(articles: &[Article], known: impl Fn(&ArticleId) -> bool) -> Vec<&Article> {
    let links = counts(articles.iter().map(link_of));
    let titles = counts(articles.iter().map(|article| &article.title));
    let is_alone = |article: &Article| match &article.link {
        Some(link) => !is_of_site(link) && links.get(&link_of(article)) == Some(&1),
        None => titles.get(&article.title) == Some(&1),
    };
    articles
        .iter()
        .filter(|article| !known(&article.id) && is_alone(article))
        .collect()
}

fn counts<T: Eq + Hash>(all: impl Iterator<Item = T>) -> HashMap<T, usize> {
    let mut counts = HashMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    counts
}

fn link_of(article: &Article) -> Option<String> {
    article.link.as_ref().map(canonical)
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
        if present.contains(&namesake.id) {
            continue;
        }
        let Namesake { link, title, .. } = namesake;
        let said = (namesake.published, namesake.content_hash.as_str());
        let age = |namesake: &Namesake| (namesake.first_seen, namesake.id.clone());
        for face in faces(link.as_ref(), title, said) {
            let first = stored.entry(face).or_insert(namesake);
            if age(namesake) < age(first) {
                *first = namesake;
            }
        }
    }
    let known = strangers.iter().filter_map(|article| {
        let Article { link, title, .. } = article;
        let said = (article.published, article.content_hash.as_str());
        let mut faces = faces(link.as_ref(), title, said);
        let known = faces.find_map(|face| stored.get(&face))?;
        Some((article.id.clone(), known.id.clone()))
    });
    known.collect()
}

/// By the date, where there is one, and by all that is said.
fn faces<'a>(
    link: Option<&Url>,
    title: &'a str,
    (published, content_hash): (Option<DateTime<Utc>>, &'a str),
) -> impl Iterator<Item = Face<'a>> {
    let link = link.map(canonical);
    let date = published.map(Same::Date);
    let each = date.into_iter().chain([Same::Content(content_hash)]);
    each.map(move |same| (link.clone(), title, same))
}
