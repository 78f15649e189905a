//! The first half of the road, for one source: claim → plan → gather → what is
//! known of these ids → understand → one transaction.
//!
//! The claim is the caller's ([`super::gather`]); everything between it and
//! the transaction can be lost to a crash and is then simply done again.

use chrono::{DateTime, Utc};

use crate::gather::found::Found;
use crate::gather::health::{self, Told};
use crate::gather::plan::{self, Plan, Visited};
use crate::gather::web::Seen;
use crate::gather::websub::{Offer, Polled};
use crate::model::article::Article;
use crate::model::complaint::Complaint;
use crate::model::count::counted;
use crate::model::draft::{Draft, FeedHead, Harvest};
use crate::model::health::Answered;
use crate::model::in_vain::InVain;
use crate::model::source::{Source, SourceId, SourceState, Validators};
use crate::store::{ReadyVisit, StoreError, Visit};
use crate::understand::identity::{self, Identified};

use super::Newsroom;
use super::aside::{aside, is_light};
use super::ask::ask;
use super::full_text::Pages;
use super::learn::Learned;
use super::register::Register;
use super::untitled;
use super::verdicts::Turned;
use super::watched::Watched;

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
    /// How it is, where the operator was told otherwise.
    pub turned: Option<Turned>,
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
/// one transaction. `None`: it gave nothing, and the register tells of it.
///
/// # Errors
/// Only the store's; whatever the source does is a [`Refreshed`].
pub(super) async fn refresh(
    newsroom: &Newsroom,
    due: Due<'_>,
    register: &Register,
) -> Result<Option<Refreshed>, StoreError> {
    let source = due.source;
    let watched = Watched::of(newsroom, source).await?;
    let mut looked = look(newsroom, due, |_| {}).await?;
    let polled = Polled {
        before: due.state.last_visit,
        new: &looked.learned.published(),
        shares_ids: looked.shares_ids,
    };
    let now = newsroom.clock.now();
    looked.state = watched
        .settle(looked.offer.as_ref(), polled, looked.state, now)
        .await?;
    let judged = health::verdict(source, &looked.state, now.with_timezone(&newsroom.zone));
    let told = looked.state.health.told.replace(judged.0);
    let visit = Visit {
        state: looked.state,
        articles: Vec::new(),
        full_texts: looked.learned.full_texts,
    };
    let refreshed = Refreshed {
        turned: Turned::of(source.id.as_str(), told, judged),
        ..looked.refreshed
    };
    let visit = ReadyVisit::after(visit, due.state);
    let articles = looked.learned.articles;
    register.record(visit, articles, refreshed).await
}

impl Refreshed {
    /// The same where somebody else has the source now.
    pub(super) fn taken_over(self) -> Self {
        Self {
            new: 0,
            revised: 0,
            result: "another process took this visit over; nothing was stored here".to_owned(),
            turned: None,
            ..self
        }
    }

    /// What the store refused to keep.
    pub(super) fn refused(source: &SourceId, error: &StoreError) -> Self {
        Self {
            source: source.to_string(),
            alive: false,
            entries: 0,
            new: 0,
            revised: 0,
            result: format!("could not be stored: {error}"),
            turned: None,
            complaints: Vec::new(),
        }
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
    let (found, seen) = match plan::ask(source, state, asked, &newsroom.plan) {
        Plan::Ask { url, validators } => ask(newsroom, source, state, url, validators).await,
        Plan::NotYet { why, .. } | Plan::Stopped { why } => (Found::nothing(why), Seen::default()),
    };
    let now = newsroom.clock.now();
    let was_read = found.answered == Answered::Read && found.harvest.is_some();
    let mut harvest = found.harvest.unwrap_or_default();
    let entries = harvest.drafts.len();
    let mut told = Told {
        answered: Some(found.answered),
        sample: (was_read && !found.is_part)
            .then(|| health::sample(&source.place, &harvest.drafts)),
        newest: health::newest(&harvest.drafts, now),
        ..Told::default()
    };
    let shares_ids = found
        .offer
        .is_some()
        .then(|| identity::shares_ids(&harvest.drafts, now));
    let in_vain = &state.health.in_vain;
    let drafted = drafted(newsroom, source, in_vain, &mut harvest, now).await?;
    told.complaints = drafted.complaints;
    tell(&drafted.articles);
    let reached = matches!(found.answered, Answered::Read | Answered::Unchanged);
    let pages = match (reached, due.texts) {
        (false, _) => Pages::Unasked,
        (true, false) => Pages::New,
        (true, true) => Pages::Waiting,
    };
    let today = now.with_timezone(&newsroom.zone).date_naive();
    let room = health::room(&state.health, today, newsroom.plan.new_per_day);
    let articles = drafted.articles;
    let learned = if articles.is_empty() && pages != Pages::Waiting {
        Learned::default()
    } else {
        // Boxed: most visits bring nothing, and need no room for it.
        Box::pin(Learned::of(newsroom, source, articles, pages, room, now)).await?
    };
    told.brought_new = learned.new > 0;
    let (of_use, waits) = (drafted.is_of_use || found.is_part, drafted.some_wait);
    let visited = with_result(found.visited, entries, &learned, of_use, waits);
    let mut state = plan::after(source, state, visited, now, &newsroom.plan);
    state.health = health::after(&state.health, source, &state, &told, now);
    state.health.in_vain = drafted.in_vain;
    let left_out = health::took(&mut state, today, learned.new, learned.beyond);
    told.complaints.extend(left_out);
    Ok(Looked {
        refreshed: Refreshed {
            source: source.id.to_string(),
            alive: state.failures == 0 && state.stopped.is_none(),
            entries,
            new: learned.new,
            revised: learned.revised,
            result: state.last_result.clone().unwrap_or_default(),
            turned: None,
            complaints: told.complaints,
        },
        seen,
        state,
        head: harvest.feed,
        learned,
        offer: found.offer,
        shares_ids,
    })
}

/// What a document's drafts come to, before they are compared with what is known.
struct Drafted {
    articles: Vec<Article>,
    complaints: Vec<Complaint>,
    /// Not all of it was left out.
    is_of_use: bool,
    /// Some of it waits for the next visit.
    some_wait: bool,
    in_vain: InVain,
}

async fn drafted(
    newsroom: &Newsroom,
    source: &Source,
    in_vain: &InVain,
    harvest: &mut Harvest,
    now: DateTime<Utc>,
) -> Result<Drafted, StoreError> {
    let drafts = std::mem::take(&mut harvest.drafts);
    let titled = untitled::title(newsroom, source, &harvest.feed, drafts, in_vain).await?;
    let identified = identify(source, &harvest.feed, titled.drafts, now).await;
    let mut complaints = std::mem::take(&mut harvest.complaints);
    complaints.extend(titled.complaints);
    complaints.extend(identified.complaints);
    Ok(Drafted {
        is_of_use: !identified.articles.is_empty() || titled.some_known || titled.some_wait,
        some_wait: titled.some_wait,
        in_vain: titled.in_vain,
        articles: identified.articles,
        complaints,
    })
}

async fn identify(
    source: &Source,
    feed: &FeedHead,
    drafts: Vec<Draft>,
    now: DateTime<Utc>,
) -> Identified {
    let bytes = drafts.iter().map(|draft| draft.text.len()).sum();
    if is_light(bytes) {
        return identity::identify(source, feed, drafts, now);
    }
    let (source, feed) = (source.clone(), feed.clone());
    aside(bytes, move || {
        identity::identify(&source, &feed, drafts, now)
    })
    .await
}

/// Says what a read document brought, which is known only after comparing. Where some
/// of it waits for the next visit, that must see it again.
fn with_result(
    mut visited: Visited,
    entries: usize,
    learned: &Learned,
    is_of_use: bool,
    some_wait: bool,
) -> Visited {
    if let Visited::Read {
        validators,
        body_hash,
        brought,
        ..
    } = &mut visited
    {
        if some_wait {
            *validators = Validators::default();
            *body_hash = None;
        }
        let left_out = if entries > 0 && !is_of_use {
            ", all left out"
        } else {
            ""
        };
        brought.entries = if is_of_use { entries } else { 0 };
        brought.new = learned.published();
        brought.result = format!(
            "{}, {} new, {} revised{left_out}{}",
            counted(entries, "entry"),
            learned.new,
            learned.revised,
            brought.result
        );
    }
    visited
}
