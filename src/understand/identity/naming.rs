//! Query keys that look like the reader's way, and name the article all the same:
//! `news.php?t=1795500000`, numbered by the second it was written in.
//!
//! Only a whole document shows it: its entries have one address without the key, and
//! other titles with other values. Tracking and sessions by name are never taken for
//! it, nor a moment that is just now.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::links::{canonical, is_maybe_passing};

/// A document is made so long before it is read, at the most: or clocks go wrong.
const JUST_NOW: TimeDelta = TimeDelta::minutes(10);
/// A clock's seconds since 1970 have so many digits; what follows are their parts.
const SECONDS_DIGITS: usize = 10;

/// Canonical addresses with their keys that name articles.
#[derive(Default)]
pub(super) struct Naming(HashSet<(String, String)>);

impl Naming {
    /// Of entries with their links, titles and texts.
    pub(super) fn of<'a>(
        entries: impl Iterator<Item = (&'a Url, &'a str, &'a str)>,
        now: DateTime<Utc>,
    ) -> Self {
        let mut said: HashMap<(String, String), Values> = HashMap::new();
        for (link, title, text) in entries {
            for (key, value) in link.query_pairs() {
                let key = key.to_ascii_lowercase();
                if is_maybe_passing(&key, &value) {
                    let values = said.entry((canonical(link), key)).or_default();
                    let words = values.entry(value.into_owned()).or_default();
                    words.push((title, text));
                }
            }
        }
        let naming = said.into_iter().filter(|(_, values)| names(values, now));
        Self(naming.map(|(place, _)| place).collect())
    }

    /// Whether the link must keep the key.
    pub(super) fn needs(&self, link: &Url, key: &str) -> bool {
        let place = || (canonical(link), key.to_ascii_lowercase());
        !self.0.is_empty() && self.0.contains(&place())
    }
}

/// Titles and texts under each value of a key.
type Values<'a> = BTreeMap<String, Vec<(&'a str, &'a str)>>;

fn names(values: &Values<'_>, now: DateTime<Utc>) -> bool {
    let are_other = |(title, text): (&str, &str), (other, said): (&str, &str)| {
        title != other && (text != said || text.is_empty())
    };
    let mut firsts = values.values().map(|said| said[0]);
    let Some(first) = firsts.next() else {
        return false;
    };
    firsts.any(|said| are_other(first, said))
        && values
            .values()
            .all(|said| said.iter().all(|one| !are_other(said[0], *one)))
        && !values.keys().all(|value| is_just_now(value, now))
}

fn is_just_now(value: &str, now: DateTime<Utc>) -> bool {
    let seconds = value
        .get(..SECONDS_DIGITS)
        .and_then(|digits| digits.parse().ok());
    let at = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    at.is_some_and(|at| (now - at).abs() <= JUST_NOW)
}

#[cfg(test)]
mod tests {
    use super::super::identify;
    use super::super::tests::{draft, now, source};
    use crate::model::draft::{Draft, FeedHead};

    const TITLES: [&str; 3] = ["Форум ашылды", "Көпір жөнделді", "Мектеп тойы"];

    fn links(drafts: Vec<Draft>) -> Vec<String> {
        let articles = identify(&source(), &FeedHead::default(), drafts, now()).articles;
        let links = articles.into_iter().filter_map(|article| article.link);
        links.map(String::from).collect()
    }

    fn named(link: impl Fn(i64) -> String) -> Vec<Draft> {
        let titled = |(title, number)| draft(None, Some(&link(number)), title);
        let undescribed = |draft| Draft {
            text: String::new(),
            ..draft
        };
        TITLES
            .into_iter()
            .zip(0..)
            .map(titled)
            .map(undescribed)
            .collect()
    }

    #[test]
    fn a_key_without_which_articles_would_be_one_stays() {
        let cases: [&dyn Fn(i64) -> String; 5] = [
            &|number| format!("https://a.kz/news.php?t={}", 1_761_000_000 + number),
            &|number| format!("https://a.kz/n?time={}", 1_761_000_000_123 + number),
            &|number| format!("https://a.kz/?s=a1b2c3d4e5f6g7h8i9j{number}k"),
            &|number| format!("https://a.kz/n?from={number}"),
            &|number| format!("https://a.kz/n?rss={number}"),
        ];
        for link in cases {
            let expected: Vec<String> = (0..3).map(link).collect();
            assert_eq!(links(named(link)), expected);
            let tracked = |number| format!("{}&utm_source=rss&fbclid={number}", link(number));
            assert_eq!(links(named(tracked)), expected);
        }
    }

    #[test]
    fn what_passes_goes_where_articles_have_addresses_without_it() {
        let asked = now().timestamp();
        let own = |number| format!("https://a.kz/{number}?t={}", 1_761_000_000 + number);
        let expected: Vec<String> = (0..3)
            .map(|number| format!("https://a.kz/{number}"))
            .collect();
        assert_eq!(links(named(own)), expected);
        // Beside articles that need theirs.
        let mut mixed = named(|number| format!("https://a.kz/n?t={}", 1_761_000_000 + number));
        mixed.extend(named(own));
        assert_eq!(links(mixed)[3..], expected);
        // The moment of asking, tracking, a session by its name.
        let cases: [&dyn Fn(i64) -> String; 3] = [
            &|number| format!("https://a.kz/n?t={}", asked + number),
            &|number| format!("https://a.kz/n?fbclid={number}&utm_id={number}"),
            &|number| format!("https://a.kz/n?PHPSESSID={number}"),
        ];
        for link in cases {
            let links = links(named(link));
            assert!(
                links.iter().all(|link| link == "https://a.kz/n"),
                "{links:?}"
            );
        }
        // One article twice, under two sessions.
        let twice = |session| draft(None, Some(&format!("https://a.kz/1?s={session}")), "Форум");
        let twice = vec![
            twice("a1b2c3d4e5f6g7h8i9j0k"),
            twice("b1b2c3d4e5f6g7h8i9j0k"),
        ];
        assert_eq!(links(twice), ["https://a.kz/1"]);
    }
}
