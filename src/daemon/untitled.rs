//! Asks the pages of a sitemap's entries that have no title
//! ([`crate::gather::sitemap::untitled`] decides), so that the visit that found them
//! can tell of them.
//!
//! Which page was asked in vain, and that the server asked for time, is kept with the
//! source: a pass begun by cron is a process of its own.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use url::Url;

use crate::gather::full_text::{Came, request};
use crate::gather::sitemap::in_vain::{Turn, forget, is_known, remember, rests, turn};
use crate::gather::sitemap::untitled::{PAGES_PER_VISIT, Sorted, Taken, is_untitled, sorted, take};
use crate::gather::web::Answer;
use crate::model::article::ArticleId;
use crate::model::complaint::Complaint;
use crate::model::draft::{Draft, FeedHead};
use crate::model::in_vain::InVain;
use crate::model::source::{FullTextMode, Place, Source};
use crate::store::StoreError;
use crate::understand::identity;

use super::Newsroom;
use super::aside::aside;

/// One page that cannot be had says nothing of the others; so many, one after the
/// other, say that the server has trouble.
const TROUBLES_MAX: usize = 3;

/// A document's drafts, as far as they can be told of now.
#[derive(Default)]
pub(super) struct Titled {
    pub drafts: Vec<Draft>,
    pub complaints: Vec<Complaint>,
    /// Some wait for a later visit, which must see the document again.
    pub some_wait: bool,
    /// Some are known from earlier visits.
    pub some_known: bool,
    /// To be remembered of pages that gave nothing.
    pub in_vain: InVain,
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
    in_vain: &InVain,
) -> Result<Titled, StoreError> {
    let mut titled = Titled {
        in_vain: in_vain.clone(),
        ..Titled::default()
    };
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
        taken,
        complaints,
    } = sorted(drafts, &homes(source, head), now);
    titled.drafts = drafts;
    titled.complaints = complaints;
    let mut seen = HashSet::new();
    let wanted = wanted.into_iter().filter_map(|(draft, page)| {
        let id = id_of(source, head, &draft, now)?;
        seen.insert(id.clone()).then_some((id, draft, page))
    });
    let mut wanted: Vec<(ArticleId, Draft, Url)> = wanted.collect();
    let ids: Vec<ArticleId> = wanted.iter().map(|(id, ..)| id.clone()).collect();
    let known = newsroom.store.known_articles(&ids).await?;
    titled.some_known = !known.is_empty();
    wanted.retain(|(id, ..)| !known.contains_key(id));
    // What was asked in vain comes after what never was.
    wanted.sort_by_key(|(id, ..)| is_known(in_vain, id));
    let mut asker = Asker {
        newsroom,
        source,
        taken: Arc::new(taken),
        left: PAGES_PER_VISIT,
        troubles: 0,
    };
    for (id, draft, page) in wanted {
        match turn(&titled.in_vain, &id, now) {
            Turn::Hardly => {}
            Turn::Now if asker.left > 0 && !rests(&titled.in_vain, now) => {
                asker.ask(&mut titled, &id, draft, page).await;
            }
            Turn::Now | Turn::Later => titled.some_wait = true,
        }
    }
    forget(&mut titled.in_vain, now);
    Ok(titled)
}

/// Where the outlet is at home: at its source's place, where that has moved to, and
/// where the operator says.
fn homes(source: &Source, head: &FeedHead) -> Vec<Url> {
    let came_from = head.link.as_deref().and_then(|link| Url::parse(link).ok());
    let told = [source.place.url(), source.home.as_ref()];
    told.into_iter()
        .flatten()
        .cloned()
        .chain(came_from)
        .collect()
}

struct Asker<'a> {
    newsroom: &'a Newsroom,
    source: &'a Source,
    /// Pages of entries, and what they led to.
    taken: Arc<Taken>,
    /// Pages that may still be asked for on this visit.
    left: usize,
    /// The last so many could not be had.
    troubles: usize,
}

impl Asker<'_> {
    /// Asks one page and takes what it gives.
    async fn ask(&mut self, titled: &mut Titled, id: &ArticleId, mut draft: Draft, page: Url) {
        self.left -= 1;
        let request = request(self.source, page);
        let begun = self.newsroom.clock.now();
        let (answer, _) = self.newsroom.web.fetch_closely(&request, Some(begun)).await;
        let now = self.newsroom.clock.now();
        let here = now.with_timezone(&self.newsroom.zone);
        let asks_for_time = matches!(answer, Answer::TooEarly { .. });
        let (page, taken) = (request.url.clone(), Arc::clone(&self.taken));
        let read = aside(answer.bytes(), move || {
            let came = take(&mut draft, &page, &taken, &answer, here);
            let end = match answer {
                Answer::Body { final_url, .. } => Some(final_url),
                _ => None,
            };
            (draft, came, end)
        });
        let (draft, came, end) = read.await;
        remember(&mut titled.in_vain, id, &came, now);
        let (why, then) = match came {
            Came::Text => {
                self.troubles = 0;
                if let (Some(taken), Some(end)) = (Arc::get_mut(&mut self.taken), end) {
                    taken.add(&end);
                }
                titled.drafts.push(draft);
                return;
            }
            Came::Nothing(why) => (why, "left out"),
            Came::NotNow(why, _) => {
                self.troubles += 1;
                if asks_for_time || self.troubles == TROUBLES_MAX {
                    self.left = 0;
                }
                titled.some_wait = true;
                (why, "waits for a later visit")
            }
        };
        let message = format!("{}: {why}; {then}", request.url);
        titled.complaints.push(Complaint::warning("", message));
    }
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
