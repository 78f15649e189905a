//! Articles that come under another id than before: feeds that make up new ids at
//! every visit, and addresses of ids that bear the time of asking.
//!
//! Same link (tracking and session aside), title and publication date: the same
//! text. Where neither has a date, all that a reader would notice must be the same.
//! Where entries of one document share a link, or a title without one, it says
//! nothing, and their ids stand. What has another link too is looked for by [`moved`]
//! and [`renamed`].
//! Deliberately absent: guesses with another title.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use chrono::{DateTime, Utc};
use url::Url;

use super::links::{canonical, is_of_site};
use super::moved::moved;
use super::renamed::renamed;
use crate::model::article::{Article, ArticleId, Namesake};
use crate::model::source::Source;

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

pub(super) fn counts<T: Eq + Hash>(all: impl Iterator<Item = T>) -> HashMap<T, usize> {
    let mut counts = HashMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    counts
}

fn link_of(article: &Article) -> Option<String> {
    article.link.as_ref().map(canonical)
}

/// Of those, the ones that are stored under another id, with that id: none that stands
/// in the document itself, and none twice.
pub fn recognised(
    source: &Source,
    strangers: &[&Article],
    articles: &[Article],
    namesakes: &[Namesake],
) -> HashMap<ArticleId, ArticleId> {
    let mut seen: HashSet<&ArticleId> = articles.iter().map(|article| &article.id).collect();
    // The store finds one by its date and among the last weeks': it comes twice.
    let mut absent: Vec<&Namesake> = namesakes.iter().collect();
    absent.retain(|namesake| seen.insert(&namesake.id));
    let mut strangers = strangers.to_vec();
    let mut known = HashMap::new();
    for recognise in [same_link, moved, renamed] {
        let found = recognise(source, &strangers, articles, &absent);
        let taken: HashSet<&ArticleId> = found.values().collect();
        absent.retain(|namesake| !taken.contains(&namesake.id));
        strangers.retain(|article| !found.contains_key(&article.id));
        known.extend(found);
    }
    known
}

/// Of several, the oldest.
fn same_link(
    _: &Source,
    strangers: &[&Article],
    _: &[Article],
    absent: &[&Namesake],
) -> HashMap<ArticleId, ArticleId> {
    let mut stored: HashMap<Face, &Namesake> = HashMap::new();
    for namesake in absent {
        let Namesake { link, title, .. } = namesake;
        let said = (namesake.published, namesake.content_hash.as_str());
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

/// By which the older of two is the lesser.
pub(super) fn age(namesake: &Namesake) -> (DateTime<Utc>, &ArticleId) {
    (namesake.first_seen, &namesake.id)
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
