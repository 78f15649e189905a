//! What an entry is known by: the publisher's id; else its address; else its words.
//!
//! Where several entries of one document share one of these, and a reader would take
//! them for several, the oldest keeps it and the others are known by the next: so an
//! entry keeps its id when more come that bear the same.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use url::Url;

use super::links::{canonical, is_of_site, precise};
use crate::model::article::Article;
use crate::model::id::derive;

/// Under one address and without texts, so many titles are so many entries: fewer are
/// one entry that is named twice.
const TITLES_MIN: usize = 3;

/// What a key is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// The publisher's id.
    Id,
    /// The canonical link.
    Link,
    /// The link with what may be the reader's way.
    Page,
    /// The link with the place on the page.
    Place,
    Title,
    /// The title and the date.
    Moment,
    /// Title and text.
    Words,
}

const WAYS: [Way; 7] = [
    Way::Id,
    Way::Link,
    Way::Page,
    Way::Place,
    Way::Title,
    Way::Moment,
    Way::Words,
];

/// What an entry says of itself.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub id: Option<&'a str>,
    pub link: Option<&'a Url>,
    pub title: &'a str,
    pub text: &'a str,
    pub published: Option<DateTime<Utc>>,
}

impl<'a> From<&'a Article> for Entry<'a> {
    fn from(article: &'a Article) -> Self {
        Self {
            id: None,
            link: article.link.as_ref(),
            title: &article.title,
            text: &article.text,
            published: article.published,
        }
    }
}

impl Entry<'_> {
    fn key(&self, way: Way) -> Option<String> {
        let has_name = self.id.is_some() || self.link.is_some();
        match way {
            Way::Id => Some(publishers_key(self.id?)),
            Way::Link => Some(key_of_link(self.link?)),
            Way::Page => {
                let page = precise(self.link?);
                (page != canonical(self.link?)).then(|| format!("link {page}"))
            }
            Way::Place => {
                let place = place_of(self.link?)?;
                Some(format!("link {}#{place}", precise(self.link?)))
            }
            Way::Title => has_name.then(|| format!("title {}", self.title)),
            Way::Moment => {
                let published = self.published.filter(|_| has_name)?;
                Some(format!("title {published} {}", self.title))
            }
            Way::Words => Some(format!("text {}", derive(&[self.title, self.text]))),
        }
    }

    /// All ways it may be known by, the best first.
    pub(super) fn keys(&self) -> impl Iterator<Item = (Way, String)> {
        WAYS.iter().filter_map(|way| Some((*way, self.key(*way)?)))
    }

    fn after(&self, way: Way) -> Option<(Way, String)> {
        self.keys().skip_while(|(one, _)| *one != way).nth(1)
    }
}

/// The key of an entry by its publisher's id.
pub(super) fn publishers_key(id: &str) -> String {
    format!("id {id}")
}

/// The key of an entry by its address.
pub(super) fn key_of_link(link: &Url) -> String {
    format!("link {}", canonical(link))
}

fn place_of(link: &Url) -> Option<&str> {
    link.fragment().filter(|place| !place.is_empty())
}

/// Whether two addresses lead to one text, the reader's way aside, as far as they
/// say so.
pub(super) fn is_one_page(one: &Url, other: &Url) -> bool {
    let places = (place_of(one), place_of(other));
    precise(one) == precise(other) && !matches!(places, (Some(one), Some(other)) if one != other)
}

/// The key of each entry, and whether it had to be another than its best.
pub(super) fn keys(entries: &[Entry<'_>]) -> Vec<(String, bool)> {
    let best = |entry: &Entry| entry.keys().next();
    let mut keys: Vec<(Way, String, bool)> = entries
        .iter()
        .map(|entry| {
            let (way, key) = best(entry).expect("all have words");
            (way, key, false)
        })
        .collect();
    let crowds = crowds(entries);
    loop {
        let mut bearers: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, (_, key, _)) in keys.iter().enumerate() {
            bearers.entry(key).or_default().push(index);
        }
        let others: Vec<usize> = bearers
            .values()
            .filter(|bearers| bearers.len() > 1)
            .flat_map(|bearers| others(entries, &crowds, keys[bearers[0]].0, bearers))
            .collect();
        let mut has_changed = false;
        for index in others {
            if let Some((way, key)) = entries[index].after(keys[index].0) {
                keys[index] = (way, key, true);
                has_changed = true;
            }
        }
        if !has_changed {
            break;
        }
    }
    let keys = keys.into_iter();
    keys.map(|(_, key, is_another)| (key, is_another)).collect()
}

/// Of entries that bear one key, those that need another.
fn others(entries: &[Entry<'_>], crowds: &Crowds<'_>, way: Way, bearers: &[usize]) -> Vec<usize> {
    if way == Way::Id && have_several_links(entries, bearers) {
        return bearers.to_vec();
    }
    let oldest = oldest(entries, bearers);
    let is_another = |index: &&usize| match likeness(&entries[oldest], &entries[**index]) {
        Likeness::One => false,
        Likeness::Unsure => crowds[&name_of(&entries[**index])].len() >= TITLES_MIN,
        Likeness::Two => true,
    };
    bearers.iter().filter(is_another).copied().collect()
}

/// The titles under one id and one address.
type Crowds<'a> = HashMap<Name<'a>, HashSet<&'a str>>;
type Name<'a> = (Option<&'a str>, Option<String>);

fn crowds<'a>(entries: &[Entry<'a>]) -> Crowds<'a> {
    let mut crowds = Crowds::new();
    for entry in entries {
        crowds
            .entry(name_of(entry))
            .or_default()
            .insert(entry.title);
    }
    crowds
}

fn name_of<'a>(entry: &Entry<'a>) -> Name<'a> {
    (entry.id, entry.link.map(canonical))
}

/// Ids that are useless alone, from the first such entry on.
fn have_several_links(entries: &[Entry<'_>], bearers: &[usize]) -> bool {
    let mut links = bearers
        .iter()
        .filter_map(|index| entries[*index].link.map(canonical));
    let first = links.next();
    links.any(|link| Some(link) != first)
}

/// By their dates; where one has none, the last: news stand above.
fn oldest(entries: &[Entry<'_>], bearers: &[usize]) -> usize {
    let date = |index: &usize| entries[*index].published;
    let last = bearers[bearers.len() - 1];
    if bearers.iter().any(|index| date(index).is_none()) {
        return last;
    }
    let bearers = bearers.iter().rev();
    bearers
        .min_by_key(|index| date(index))
        .copied()
        .unwrap_or(last)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Likeness {
    One,
    Unsure,
    Two,
}

/// Whether a reader takes two entries that share a key for one.
fn likeness(one: &Entry<'_>, other: &Entry<'_>) -> Likeness {
    let is_same_place = match (one.link, other.link) {
        (Some(one), Some(other)) => {
            // A place on the page of a text, such as its comments, is no other text.
            if precise(one) == precise(other)
                && place_of(one).is_some() != place_of(other).is_some()
            {
                return Likeness::One;
            }
            !is_of_site(one) && is_one_page(one, other)
        }
        _ => false,
    };
    let is_same_name = is_same_place && one.id.is_some() && one.id == other.id;
    let (then, again) = (one.published, other.published);
    let are_dated = then.is_some() && again.is_some();
    let have_texts = !one.text.is_empty() && !other.text.is_empty();
    let have_one_text = have_texts && one.text == other.text;
    if is_same_name && are_dated && then == again {
        return Likeness::One;
    }
    let have_other_dates = are_dated && then != again;
    if one.title == other.title {
        let is_column = !is_same_name && have_other_dates && have_texts && !have_one_text;
        return if is_column {
            Likeness::Two
        } else {
            Likeness::One
        };
    }
    // With one id and one address it may well be a correction beside what it corrects.
    if !is_same_name && !have_one_text && (have_other_dates || have_texts) {
        Likeness::Two
    } else {
        Likeness::Unsure
    }
}

#[cfg(test)]
mod tests;
