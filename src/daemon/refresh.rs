//! The first half of the road, for one source: claim → plan → gather → what is
//! known of these ids → understand → one transaction.
//!
//! The claim is the caller's ([`super::gather`]); everything between it and
//! the transaction can be lost to a crash and is then simply done again.

use chrono::{DateTime, Utc};
use url::Url;

use crate::gather::document::Document;
use crate::gather::health::{self, Told};
use crate::gather::plan::{self, Brought, Plan, Visited};
use crate::gather::web::{Answer, Request, Seen};
use crate::gather::websub::{self, Offer, Polled};
use crate::gather::{self, desk};
use crate::model::article::Article;
use crate::model::complaint::{Complaint, Severity};
use crate::model::draft::{FeedHead, Harvest};
use crate::model::health::{Answered, Verdict};
use crate::model::source::{Place, Source, SourceState, Validators};
use crate::store::{StoreError, Visit, VisitRecord};
use crate::understand::identity;

use super::Newsroom;
use super::learn::Learned;
use super::push::Watched;
use super::register::Register;

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

/// A source to be visited.
#[derive(Debug, Clone, Copy)]
pub struct Due<'a> {
    pub source: &'a Source,
    pub state: &'a SourceState,
    /// Articles of it may wait for their full texts.
    pub texts: bool,
}

/// Visits one claimed source and stores what it gave, with its validators, in
/// one transaction.
///
/// # Errors
/// Only the store's; whatever the source does is a [`Refreshed`].
pub(super) async fn refresh(
    newsroom: &Newsroom,
    due: Due<'_>,
    register: &Register,
) -> Result<Refreshed, StoreError> {
    let source = due.source;
    let watched = Watched::of(newsroom, source).await?;
    let mut looked = look(newsroom, due, |_| {}).await?;
    let polled = Polled {
        before: due.state.last_visit,
        new: &published(&looked.learned),
        shares_ids: looked.shares_ids,
    };
    let now = newsroom.clock.now();
    looked.state = watched
        .settle(looked.offer.as_ref(), polled, looked.state, now)
        .await?;
    let judged = health::verdict(source, &looked.state, now);
    let told = looked.state.health.told.replace(judged.0);
    let visit = Visit {
        state: looked.state,
        articles: looked.learned.articles,
        full_texts: looked.learned.full_texts,
    };
    match register.record(visit).await? {
        VisitRecord::Stored { .. } => {
            tell(source, told, &judged);
            Ok(looked.refreshed)
        }
        VisitRecord::LeaseLost => Ok(Refreshed {
            new: 0,
            revised: 0,
            result: "another process took this visit over; nothing was stored here".to_owned(),
            ..looked.refreshed
        }),
    }
}

/// A visit before anything of it is stored.
pub struct Looked {
    pub refreshed: Refreshed,
    /// What was said and heard; nothing of a desk.
    pub seen: Seen,
    /// The source's memory as it would be.
    pub state: SourceState,
    /// What the document says of itself; empty where none was read.
    pub head: FeedHead,
    pub learned: Learned,
    /// What was said of hubs, where a document was read.
    pub offer: Option<Offer>,
    /// Whether entries of that document share an id.
    pub shares_ids: Option<bool>,
}

/// Visits a source and changes nothing: claim or none, due or not. `tell` is
/// shown every article of the document.
///
/// # Errors
/// Only the store's.
pub async fn look(
    newsroom: &Newsroom,
    due: Due<'_>,
    tell: impl FnOnce(&[Article]),
) -> Result<Looked, StoreError> {
    let Due { source, state, .. } = due;
    let asked = newsroom.clock.now();
    let found = match plan::ask(source, state, asked, &newsroom.plan) {
        Plan::Ask { url, validators } => visit(newsroom, source, state, url, validators).await,
        Plan::NotYet { why, .. } | Plan::Stopped { why } => {
            Found::nothing(Answered::Nothing, Visited::Failed { why })
        }
    };
    let now = newsroom.clock.now();
    let was_read = found.answered == Answered::Read && found.harvest.is_some();
    let harvest = found.harvest.unwrap_or_default();
    let entries = harvest.drafts.len();
    let mut told = Told {
        answered: Some(found.answered),
        sample: was_read.then(|| health::sample(&source.place, &harvest.drafts)),
        newest: health::newest(&harvest.drafts, now),
        ..Told::default()
    };
    let shares_ids = found
        .offer
        .is_some()
        .then(|| identity::shares_ids(&harvest.drafts));
    let identified = identity::identify(source, &harvest.feed, harvest.drafts, now);
    told.complaints = harvest.complaints;
    told.complaints.extend(identified.complaints);
    tell(&identified.articles);
    let reached = matches!(found.answered, Answered::Read | Answered::Unchanged);
    let asks_pages = reached && (due.texts || !identified.articles.is_empty());
    let learned = Learned::of(newsroom, source, identified.articles, asks_pages, now).await?;
    told.brought_new = learned.new > 0;
    let visited = with_result(found.visited, entries, &learned);
    let mut state = plan::after(source, state, visited, now, &newsroom.plan);
    state.health = health::after(&state.health, source, &state, &told, now);
    Ok(Looked {
        refreshed: Refreshed {
            source: source.id.to_string(),
            alive: state.failures == 0 && state.stopped.is_none(),
            entries,
            new: learned.new,
            revised: learned.revised,
            result: state.last_result.clone().unwrap_or_default(),
            complaints: told.complaints,
        },
        seen: found.seen,
        state,
        head: harvest.feed,
        learned,
        offer: found.offer,
        shares_ids,
    })
}

/// A verdict that is another than the one last told: once in the log.
fn tell(source: &Source, before: Option<Verdict>, (verdict, why): &(Verdict, String)) {
    if before == Some(*verdict) {
        return;
    }
    let was = before.map_or("not known", Verdict::word);
    if !verdict.is_good() {
        tracing::warn!(source.id = %source.id, verdict = verdict.word(), was, why, "how a source is has changed");
    } else if before.is_some() {
        tracing::info!(source.id = %source.id, verdict = verdict.word(), was, "a source is well again");
    }
}

/// What asking a place gave.
struct Found {
    answered: Answered,
    visited: Visited,
    harvest: Option<Harvest>,
    offer: Option<Offer>,
    seen: Seen,
}

impl Found {
    fn nothing(answered: Answered, visited: Visited) -> Self {
        Self {
            answered,
            visited,
            harvest: None,
            offer: None,
            seen: Seen::default(),
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
) -> Found {
    let url = match (&source.place, url) {
        (Place::Desk(folder), _) => return visit_desk(newsroom, folder).await,
        (_, Some(url)) => url,
        (_, None) => {
            let why = "no address".to_owned();
            return Found::nothing(Answered::Nothing, Visited::Failed { why });
        }
    };
    let (answer, seen) = ask(newsroom, source, url, validators).await;
    Found {
        seen,
        ..read(newsroom, source, state, answer)
    }
}

/// Reads an answer, if there is something in it that was not read before.
fn read(newsroom: &Newsroom, source: &Source, state: &SourceState, answer: Answer) -> Found {
    let answered = health::answered(&answer);
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
            if state.body_hash.as_ref() == Some(&hash) {
                let unchanged = Visited::Unchanged {
                    validators,
                    permanent_redirect,
                    fresh_for,
                };
                return Found::nothing(Answered::Unchanged, unchanged);
            }
            let document = Document {
                bytes: &bytes,
                content_type: content_type.as_deref(),
                url: Some(&final_url),
                received: newsroom.clock.now(),
            };
            let mut harvest = gather::read(&source.place, &document);
            let answered = health::answered_body(&source.place, &document, &harvest);
            let visited = match unreadable(&harvest) {
                // Not news, whatever the reader made of it.
                _ if answered == Answered::Blocked => {
                    harvest.drafts.clear();
                    let why = "the site asks whether we are human; ask its owner to let us in";
                    Visited::Unreadable {
                        why: why.to_owned(),
                    }
                }
                Some(why) => Visited::Unreadable { why },
                None => Visited::Read {
                    validators,
                    body_hash: Some(hash),
                    permanent_redirect,
                    fresh_for,
                    brought: said(&source.place, &bytes),
                },
            };
            let was_read = matches!(visited, Visited::Read { .. });
            return Found {
                offer: was_read.then(|| websub::offered(&links, &harvest.feed, &final_url)),
                harvest: Some(harvest),
                ..Found::nothing(answered, visited)
            };
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
    Found::nothing(answered, visited)
}

async fn ask(
    newsroom: &Newsroom,
    source: &Source,
    url: Url,
    validators: Validators,
) -> (Answer, Seen) {
    let request = Request {
        url,
        validators,
        headers: headers(source),
    };
    let page_at = asks_robots(&source.place).then(|| newsroom.clock.now());
    newsroom.web.fetch_closely(&request, page_at).await
}

/// Whether robots.txt is asked first: a feed is made to be asked, and a sitemap
/// is for robots.
pub fn asks_robots(place: &Place) -> bool {
    match place {
        Place::Feed(_) | Place::Sitemap(_) | Place::Desk(_) => false,
        Place::Page { .. } | Place::Json { .. } | Place::Telegram(_) => true,
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

async fn visit_desk(newsroom: &Newsroom, folder: &std::path::Path) -> Found {
    let folder = desk::read_folder(folder, newsroom.zone).await.harvest;
    let visited = Visited::Read {
        validators: Validators::default(),
        body_hash: None,
        permanent_redirect: None,
        fresh_for: None,
        brought: Brought::default(),
    };
    Found {
        harvest: Some(folder),
        ..Found::nothing(Answered::Read, visited)
    }
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
        .fresh()
        .filter(|visited| visited.article.revision == 1)
        .map(|visited| visited.article.published)
        .collect()
}
