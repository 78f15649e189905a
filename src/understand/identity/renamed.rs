//! Articles whose page has a new name on the same host, where the publisher gives no
//! ids of its own: title and date are the same, and the old address is gone.
//!
//! Papers write under one title again and again ("Tender", "Weather"), and old entries
//! leave a list. So title and date must be those of one entry and of one stored
//! article; a date that may be only a day needs a telling text that is the same; and an
//! older entry must still follow, or else the old one may just have left.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::keys::{key_of_link, publishers_key};
use super::links::{canonical, house};
use super::moved::{is_telling, may_be_a_day, says_the_same};
use super::twins::counts;
use crate::model::article::{Article, ArticleId, Namesake};
use crate::model::source::Source;

type Face<'a> = (&'a str, DateTime<Utc>);

pub(super) fn renamed(
    source: &Source,
    strangers: &[&Article],
    articles: &[Article],
    absent: &[&Namesake],
) -> HashMap<ArticleId, ArticleId> {
    let mut stored: HashMap<Face, Vec<&Namesake>> = HashMap::new();
    for namesake in absent {
        if let Some(date) = namesake.published {
            let face = (namesake.title.as_str(), date);
            stored.entry(face).or_default().push(namesake);
        }
    }
    if stored.is_empty() {
        return HashMap::new();
    }
    let faces = counts(articles.iter().filter_map(face));
    let links = articles.iter().filter_map(|article| article.link.as_ref());
    let links: HashSet<String> = links.map(canonical).collect();
    let followed = followed_by_older(articles);
    let known = strangers.iter().filter_map(|article| {
        let face = face(article).filter(|face| faces[face] == 1)?;
        let [before] = stored.get(&face)?[..] else {
            return None;
        };
        let (link, old) = (article.link.as_ref()?, before.link.as_ref()?);
        let is_renamed = house(link) == house(old)
            && !links.contains(&canonical(old))
            && followed.contains(&article.id)
            && has_id_of_link(source, article);
        let is_told = !may_be_a_day(face.1)
            || is_telling(article) && says_the_same(source, article, before, old);
        (is_renamed && is_told).then(|| (article.id.clone(), before.id.clone()))
    });
    known.collect()
}

fn face(article: &Article) -> Option<Face<'_>> {
    Some((article.title.as_str(), article.published?))
}

/// The articles after which, as it goes back in time, the document has an older one:
/// what is pinned above a list says nothing. Some lists begin with the oldest.
fn followed_by_older(articles: &[Article]) -> HashSet<&ArticleId> {
    let dated = articles
        .iter()
        .filter_map(|article| Some((&article.id, article.published?)));
    let mut dated: Vec<(&ArticleId, DateTime<Utc>)> = dated.collect();
    let steps = |is_step: fn(&DateTime<Utc>, &DateTime<Utc>) -> bool| {
        let is_step = |pair: &&[(_, DateTime<Utc>)]| is_step(&pair[0].1, &pair[1].1);
        dated.windows(2).filter(is_step).count()
    };
    if steps(DateTime::lt) > steps(DateTime::gt) {
        dated.reverse();
    }
    let mut oldest = DateTime::<Utc>::MAX_UTC;
    let mut followed = HashSet::new();
    for (id, date) in dated.into_iter().rev() {
        if oldest < date {
            followed.insert(id);
        }
        oldest = oldest.min(date);
    }
    followed
}

/// Whether its id is made of its link, or is the link: another id of the publisher's
/// own says that it is another article.
fn has_id_of_link(source: &Source, article: &Article) -> bool {
    article.link.as_ref().is_some_and(|link| {
        [key_of_link(link), publishers_key(link.as_str())]
            .iter()
            .any(|key| article.id == ArticleId::derived(&source.id, key))
    })
}
