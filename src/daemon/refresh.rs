//! The first half of the road, for one source: claim → plan → gather → what is
//! known of these ids → understand → one transaction.
//!
//! The claim is the caller's ([`super::gather`]); everything between it and
//! the transaction can be lost to a crash and is then simply done again.

use chrono::{DateTime, Utc};
use url::Url;

use crate::gather::document::Document;
use crate::gather::plan::{self, Brought, Plan, Visited};
use crate::gather::web::{Answer, Request};
use crate::gather::websub::{self, Offer, Polled};
use crate::gather::{self, desk};
use crate::model::complaint::{Complaint, Severity};
use crate::model::draft::Harvest;
use crate::model::source::{Place, Source, SourceState, Validators};
use crate::store::{StoreError, Visit, VisitRecord};
use crate::understand::identity;

use super::Newsroom;
use super::learn::Learned;
use super::push::Watched;

/// What one visit came to, for a line on a terminal or in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refreshed {
    pub source: String,
    /// The source answered with something usable.
    pub alive: bool,
    /// Entries in the document.
    pub entries: usize,
    /// Articles not seen before.
    pub new: usize,
    /// Articles whose text changed.
    pub revised: usize,
    /// In words.
    pub result: String,
    pub complaints: Vec<Complaint>,
}

/// Visits one claimed source and stores what it gave, with its validators, in
/// one transaction.
///
/// # Errors
/// Only the store's; whatever the source does is a [`Refreshed`].
pub async fn refresh(
    newsroom: &Newsroom,
    source: &Source,
    state: &SourceState,
) -> Result<Refreshed, StoreError> {
    let asked = newsroom.clock.now();
    let watched = Watched::of(newsroom, source).await?;
    let Seen {
        visited,
        harvest,
        offer,
    } = match plan::ask(source, state, asked, &newsroom.plan) {
        Plan::Ask { url, validators } => visit(newsroom, source, state, url, validators).await,
        Plan::NotYet { why, .. } | Plan::Stopped { why } => Visited::Failed { why }.into(),
    };
    let now = newsroom.clock.now();
    let harvest = harvest.unwrap_or_default();
    let shares_ids = offer
        .is_some()
        .then(|| identity::shares_ids(&harvest.drafts));
    let entries = harvest.drafts.len();
    let identified = identity::identify(source, &harvest.feed, harvest.drafts, now);
    let mut complaints = harvest.complaints;
    complaints.extend(identified.complaints);
    let learned = Learned::of(newsroom, source, identified.articles, now).await?;
    let visited = with_result(visited, entries, &learned);
    let polled = Polled {
        before: state.last_visit,
        new: &published(&learned),
        shares_ids,
    };
    let state = plan::after(source, state, visited, now, &newsroom.plan);
    let state = watched.settle(offer.as_ref(), polled, state, now).await?;
    let refreshed = Refreshed {
        source: source.id.to_string(),
        alive: state.failures == 0 && state.stopped.is_none(),
        entries,
        new: learned.new,
        revised: learned.revised,
        result: state.last_result.clone().unwrap_or_default(),
        complaints,
    };
    let visit = Visit {
        state,
        articles: learned.articles,
    };
    match newsroom.store.record_visit(visit, &newsroom.holder).await? {
        VisitRecord::Stored { .. } => Ok(refreshed),
        VisitRecord::LeaseLost => Ok(Refreshed {
            new: 0,
            revised: 0,
            result: "another process took this visit over; nothing was stored here".to_owned(),
            ..refreshed
        }),
    }
}

/// What asking showed.
struct Seen {
    visited: Visited,
    harvest: Option<Harvest>,
    /// What was said of hubs, where a document was read.
    offer: Option<Offer>,
}

impl Seen {
    fn of(visited: Visited, harvest: Harvest, offer: Option<Offer>) -> Self {
        Self {
            visited,
            harvest: Some(harvest),
            offer,
        }
    }
}

impl From<Visited> for Seen {
    fn from(visited: Visited) -> Self {
        Self {
            visited,
            harvest: None,
            offer: None,
        }
    }
}

/// Asks the place and reads its answer.
async fn visit(
    newsroom: &Newsroom,
    source: &Source,
    state: &SourceState,
    url: Option<Url>,
    validators: Validators,
) -> Seen {
    let url = match (&source.place, url) {
        (Place::Desk(folder), _) => return visit_desk(newsroom, folder).await,
        (_, Some(url)) => url,
        (_, None) => {
            let why = "no address".to_owned();
            return Visited::Failed { why }.into();
        }
    };
    let answer = ask(newsroom, source, url, validators).await;
    let visited = match answer {
        Answer::Body {
            bytes,
            content_type,
            validators,
            final_url,
            permanent_redirect,
            fresh_for,
            links,
        } => {
            let hash = plan::body_hash(&bytes);
            if state.body_hash.as_ref() != Some(&hash) {
                let document = Document {
                    bytes: &bytes,
                    content_type: content_type.as_deref(),
                    url: Some(&final_url),
                    received: newsroom.clock.now(),
                };
                let harvest = gather::read(&source.place, &document);
                if let Some(why) = unreadable(&harvest) {
                    return Seen::of(Visited::Unreadable { why }, harvest, None);
                }
                let offer = websub::offered(&links, &harvest.feed, &final_url);
                let read = Visited::Read {
                    validators,
                    body_hash: Some(hash),
                    permanent_redirect,
                    fresh_for,
                    brought: said(&source.place, &bytes),
                };
                return Seen::of(read, harvest, Some(offer));
            }
            Visited::Unchanged {
                validators,
                permanent_redirect,
                fresh_for,
            }
        }
        Answer::NotModified {
            validators,
            permanent_redirect,
            fresh_for,
        } => Visited::Unchanged {
            validators,
            permanent_redirect,
            fresh_for,
        },
        Answer::Gone => Visited::Gone,
        Answer::TooEarly { retry_after, .. } => Visited::TooEarly { retry_after },
        Answer::Failed { why, .. } => Visited::Failed { why },
    };
    visited.into()
}

async fn ask(newsroom: &Newsroom, source: &Source, url: Url, validators: Validators) -> Answer {
    let request = Request {
        url,
        validators,
        headers: headers(source),
    };
    match source.place {
        // A feed is made to be asked, and a sitemap is for robots.
        Place::Feed(_) | Place::Sitemap(_) | Place::Desk(_) => newsroom.web.fetch(&request).await,
        Place::Page { .. } | Place::Json { .. } | Place::Telegram(_) => {
            let now = newsroom.clock.now();
            newsroom.web.fetch_page(&request, now).await
        }
    }
}

fn headers(source: &Source) -> Vec<(String, String)> {
    let header = |name: &str, value: &Option<String>| Some((name.to_owned(), value.clone()?));
    [
        header("Accept-Language", &source.accept_language),
        header("User-Agent", &source.user_agent),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Why a document is as good as none. Its validators are not kept: the next
/// visit asks for all of it again.
fn unreadable(harvest: &Harvest) -> Option<String> {
    if harvest.format.is_some() {
        return None;
    }
    // What is wrong altogether says more than what is odd on the way.
    let worst = harvest
        .complaints
        .iter()
        .find(|complaint| complaint.severity == Severity::Error)
        .or(harvest.complaints.first());
    let why = worst.map(|complaint| complaint.message.clone());
    Some(why.unwrap_or_else(|| "nothing readable".to_owned()))
}

/// What a feed says of coming again, and that it has moved: people are told, and
/// decide. The rest is known only after comparing.
fn said(place: &Place, bytes: &[u8]) -> Brought {
    let Place::Feed(own) = place else {
        return Brought::default();
    };
    let head = plan::asked_by(bytes);
    let moved = head
        .new_address
        .filter(|address| Url::parse(address).is_ok_and(|address| address != *own));
    Brought {
        asked: head.pace,
        result: moved.map_or_else(String::new, |address| {
            format!("; it says it has moved to {address}: see that this is true, and change the catalogue")
        }),
        ..Brought::default()
    }
}

async fn visit_desk(newsroom: &Newsroom, folder: &std::path::Path) -> Seen {
    let folder = desk::read_folder(folder, newsroom.zone).await.harvest;
    let visited = Visited::Read {
        validators: Validators::default(),
        body_hash: None,
        permanent_redirect: None,
        fresh_for: None,
        brought: Brought::default(),
    };
    Seen::of(visited, folder, None)
}

/// Says what a read document brought, which is known only after comparing.
fn with_result(visited: Visited, entries: usize, learned: &Learned) -> Visited {
    match visited {
        Visited::Read {
            validators,
            body_hash,
            permanent_redirect,
            fresh_for,
            brought,
        } => Visited::Read {
            validators,
            body_hash,
            permanent_redirect,
            fresh_for,
            brought: Brought {
                entries,
                new: published(learned),
                result: format!(
                    "{entries} entries, {} new, {} revised{}",
                    learned.new, learned.revised, brought.result
                ),
                asked: brought.asked,
            },
        },
        other => other,
    }
}

/// When the new articles were published, as far as they say.
pub(super) fn published(learned: &Learned) -> Vec<Option<DateTime<Utc>>> {
    learned
        .articles
        .iter()
        .filter(|visited| visited.article.revision == 1)
        .map(|visited| visited.article.published)
        .collect()
}
