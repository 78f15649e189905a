//! Asks the pages of a sitemap's entries that have no title
//! ([`crate::gather::sitemap::untitled`] decides), so that the visit that found them
//! can tell of them.
//!
//! Which page was asked in vain, and which site asked for time, is remembered by the
//! process alone: nothing is stored of what has no title.

use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::gather::full_text::{Came, request};
use crate::gather::sitemap::untitled::{PAGES_PER_VISIT, Sorted, is_untitled, sorted, take};
use crate::model::article::ArticleId;
use crate::model::complaint::Complaint;
use crate::model::draft::{Draft, FeedHead};
use crate::model::source::{FullTextMode, Place, Source};
use crate::store::StoreError;
use crate::understand::identity;

use super::Newsroom;
use super::aside::aside;

/// A page that gave nothing is asked for again after this.
const IN_VAIN_FOR: TimeDelta = TimeDelta::days(1);
/// The most pages remembered; then all are forgotten.
const REMEMBERED_MAX: usize = 10_000;

/// When an article's page, or those of a source, may be asked again. Several houses
/// in one process (in tests) ask for different articles.
static NOT_BEFORE: LazyLock<Mutex<HashMap<String, DateTime<Utc>>>> = LazyLock::new(Mutex::default);

/// A document's drafts, as far as they can be told of now.
#[derive(Default)]
pub(super) struct Titled {
    pub drafts: Vec<Draft>,
    pub complaints: Vec<Complaint>,
    /// Some wait for the next visit, which must see the document again.
    pub some_wait: bool,
    /// Some are known from earlier visits.
    pub some_known: bool,
}

/// Gives the drafts of a sitemap that have no title what their pages say.
///
/// # Errors
/// Only the store's.
pub(super) async fn title(
    newsroom: &Newsroom,
    source: &Source,
    head: &FeedHead,
    drafts: Vec<Draft>,
) -> Result<Titled, StoreError> {
    let mut titled = Titled::default();
    let is_wanted = matches!(source.place, Place::Sitemap(_))
        && source.full_text != FullTextMode::Never
        && drafts.iter().any(is_untitled);
    if !is_wanted {
        titled.drafts = drafts;
        return Ok(titled);
    }
    let now = newsroom.clock.now();
    let Sorted {
        titled: drafts,
        wanted,
        complaints,
    } = sorted(drafts, now);
    titled.drafts = drafts;
    titled.complaints = complaints;
    let ids: Vec<Option<ArticleId>> = wanted
        .iter()
        .map(|(draft, _)| id_of(source, head, draft, now))
        .collect();
    let some: Vec<ArticleId> = ids.iter().flatten().cloned().collect();
    let known = newsroom.store.known_articles(&some).await?;
    let (mut left, mut seen) = (PAGES_PER_VISIT, HashSet::new());
    for ((mut draft, page), id) in wanted.into_iter().zip(ids) {
        let Some(id) = id.filter(|id| seen.insert(id.clone())) else {
            continue;
        };
        if known.contains_key(&id) {
            titled.some_known = true;
            continue;
        }
        if is_too_early(id.as_str(), now) {
            continue;
        }
        if left == 0 || is_too_early(source.id.as_str(), now) {
            titled.some_wait = true;
            break;
        }
        left -= 1;
        let request = request(source, page);
        let (answer, _) = newsroom.web.fetch_closely(&request, Some(now)).await;
        let at = newsroom.clock.now();
        let here = at.with_timezone(&newsroom.zone);
        let taken = aside(answer.bytes(), move || {
            let came = take(&mut draft, &answer, here);
            (draft, came)
        });
        match taken.await {
            (draft, Came::Text) => titled.drafts.push(draft),
            (_, Came::Nothing(why)) => {
                remember(id.as_str(), at + IN_VAIN_FOR);
                let message = format!("{}: {why}; left out", request.url);
                titled.complaints.push(Complaint::warning("", message));
            }
            (_, Came::NotNow(why, until)) => {
                // A server that has trouble with one page is not asked for more.
                left = 0;
                if let Some(until) = until {
                    remember(source.id.as_str(), until);
                }
                titled.some_wait = true;
                let message = format!("{}: {why}; waits for the next visit", request.url);
                titled.complaints.push(Complaint::warning("", message));
            }
        }
    }
    Ok(titled)
}

/// The id the article will have, whatever its title.
fn id_of(source: &Source, head: &FeedHead, draft: &Draft, now: DateTime<Utc>) -> Option<ArticleId> {
    let stand_in = Draft {
        title: draft.link.clone(),
        ..draft.clone()
    };
    let identified = identity::identify(source, head, vec![stand_in], now);
    identified
        .articles
        .into_iter()
        .next()
        .map(|article| article.id)
}

fn is_too_early(key: &str, now: DateTime<Utc>) -> bool {
    let known = NOT_BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
    known.get(key).is_some_and(|until| now < *until)
}

fn remember(key: &str, until: DateTime<Utc>) {
    let mut known = NOT_BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= REMEMBERED_MAX {
        known.clear();
    }
    known.insert(key.to_owned(), until);
}
