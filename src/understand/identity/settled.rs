//! Articles whose id another article has: guids that are places in a list, one guid or
//! address for all that is newest. Whatever an entry is told by beside it tells whether
//! it is the stored one, and names it where it is not.
//!
//! Deliberately absent: stored articles under an id that nothing here leads to; the
//! twins know them by title and date.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Timelike as _, Utc};

use super::keys::{Entry, Way, is_one_page};
use super::links::is_of_site;
use crate::model::article::{Article, ArticleId, KnownArticle, Said};
use crate::model::source::{Place, Source};

type Known = HashMap<ArticleId, KnownArticle>;

/// The ids under which articles may be stored that say another thing than what is
/// `known` under theirs. None for the desk: the names of its files are ids.
pub fn doubtful(source: &Source, articles: &[Article], known: &Known) -> Vec<ArticleId> {
    if matches!(source.place, Place::Desk(_)) {
        return Vec::new();
    }
    articles
        .iter()
        .filter(|article| !is_unchanged(article, known))
        .flat_map(|article| ways(article).0)
        .map(|(_, id)| id)
        .collect()
}

/// Gives articles that are stored under another of their ids that one, and those whose
/// id another article has one that is free. `said`: what stands under the doubtful ones.
pub fn settle(articles: &mut [Article], known: &Known, said: &[Said]) {
    if said.is_empty() {
        return;
    }
    let said: HashMap<&ArticleId, &Said> = said.iter().map(|said| (&said.id, said)).collect();
    let unchanged = articles
        .iter()
        .filter(|article| is_unchanged(article, known));
    let mut taken: HashSet<ArticleId> = unchanged.map(|article| article.id.clone()).collect();
    let mut open: Vec<&mut Article> = articles
        .iter_mut()
        .filter(|article| !is_unchanged(article, known))
        .collect();
    let stands = |id: &ArticleId, article: &Article| {
        said.get(id).is_some_and(|said| is_surely(article, said))
    };
    open.retain(|article| !(stands(&article.id, article) && taken.insert(article.id.clone())));
    open.retain_mut(|article| {
        let mut ways = ways(article).0.into_iter().map(|(_, id)| id);
        let found = ways.find(|id| stands(id, article) && !taken.contains(id));
        let Some(id) = found else {
            return true;
        };
        taken.insert(id.clone());
        article.id = id;
        false
    });
    for article in open {
        let is_free = |way: Way, id: &ArticleId| {
            !taken.contains(id) && said.get(id).is_none_or(|said| may_be(way, article, said))
        };
        let (ways, own) = ways(article);
        let mut ways = ways.into_iter().skip(own);
        if let Some((_, id)) = ways.find(|(way, id)| is_free(*way, id)) {
            taken.insert(id.clone());
            article.id = id;
        }
    }
}

fn is_unchanged(article: &Article, known: &Known) -> bool {
    let known = known.get(&article.id);
    known.is_some_and(|known| known.content_hash == article.content_hash)
}

/// The ids the article may have, the best first, and which of them it has.
fn ways(article: &Article) -> (Vec<(Way, ArticleId)>, usize) {
    let entry = Entry::from(article);
    let mut ways: Vec<(Way, ArticleId)> = entry
        .keys()
        .map(|(way, key)| (way, ArticleId::derived(&article.source, &key)))
        .collect();
    let own = ways.iter().position(|(_, id)| *id == article.id);
    if own.is_none() {
        ways.insert(0, (Way::Id, article.id.clone()));
    }
    (ways, own.unwrap_or(0))
}

/// The same words, or one title at one time.
fn is_surely(article: &Article, said: &Said) -> bool {
    article.content_hash == said.content_hash
        || article.title == said.title
            && article.published.is_some()
            && article.published == said.published
}

/// Whether the article may be what is stored under its id, changed.
fn may_be(way: Way, article: &Article, said: &Said) -> bool {
    let leads_home = article.link.as_ref().is_some_and(is_of_site);
    match way {
        Way::Link | Way::Page if !leads_home => true,
        Way::Id | Way::Link | Way::Page => {
            said.title == article.title || may_be_renamed(article, said)
        }
        // A column has its title every day.
        Way::Title => !have_other_dates(article, said) || have_one_text(article, said),
        Way::Place | Way::Moment | Way::Words => true,
    }
}

/// The same address or date; where one of these says nothing, the same text.
fn may_be_renamed(article: &Article, said: &Said) -> bool {
    let links = article.link.as_ref().zip(said.link.as_ref());
    let links = links.filter(|(link, known)| !is_of_site(link) && !is_of_site(known));
    if links.is_some_and(|(link, known)| is_one_page(link, known)) {
        return true;
    }
    if article.published == said.published && article.published.is_some_and(is_exact) {
        return true;
    }
    let is_elsewhere = links.is_some() && have_other_dates(article, said);
    !is_elsewhere && have_one_text(article, said)
}

fn have_other_dates(article: &Article, said: &Said) -> bool {
    let dates = article.published.zip(said.published);
    dates.is_some_and(|(date, known)| date != known)
}

fn have_one_text(article: &Article, said: &Said) -> bool {
    let begins = |text: &str, known: &str| !known.is_empty() && text.starts_with(known);
    begins(&article.text, &said.text) || begins(&article.summary_html, &said.summary_html)
}

/// A time on the full hour may be only a day, in whatever zone.
fn is_exact(time: DateTime<Utc>) -> bool {
    time.minute() != 0 || time.second() != 0
}

#[cfg(test)]
mod tests;
