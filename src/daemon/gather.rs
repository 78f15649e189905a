//! A pass over the sources that are due: bounded, one at a time per host.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::gather::plan::host_key;
use crate::model::source::{Source, SourceId, SourceState};
use crate::store::StoreError;

use super::Newsroom;
use super::refresh::{Refreshed, refresh};

/// How long a claim on a source holds unless it is kept: what a killed process
/// had claimed is free again after it.
const SOURCE_LEASE: TimeDelta = TimeDelta::minutes(5);
/// How often a visit that takes long keeps its claim.
const KEEP_EVERY: Duration = Duration::from_mins(1);
/// Sources claimed at once.
const CLAIM_BATCH: u32 = 200;

/// Which sources a pass asks.
#[derive(Debug, Clone)]
pub enum Which {
    /// Those whose time has come.
    Due,
    /// These, due or not.
    Named(Vec<SourceId>),
}

/// Asks them, `said` is told of each as it ends.
///
/// # Errors
/// The store's, when nothing can be claimed at all; a source's own trouble is
/// in its [`Refreshed`].
pub async fn gather(
    newsroom: &Arc<Newsroom>,
    which: Which,
    stop: &watch::Receiver<bool>,
    mut said: impl FnMut(&Refreshed),
) -> Result<usize, StoreError> {
    let mut visited = 0;
    loop {
        let claimed = claim(newsroom, &which).await?;
        let more = claimed.len() >= CLAIM_BATCH as usize;
        let mut houses = spawn_houses(newsroom, claimed, stop);
        while let Some(done) = houses.join_next().await {
            match done {
                Ok(refreshed) => {
                    visited += refreshed.len();
                    refreshed.iter().for_each(&mut said);
                }
                Err(panic) => tracing::error!(%panic, "a visit ended before its time"),
            }
        }
        if !more || *stop.borrow() {
            return Ok(visited);
        }
    }
}

async fn claim(
    newsroom: &Newsroom,
    which: &Which,
) -> Result<Vec<(Source, SourceState)>, StoreError> {
    let now = newsroom.clock.now();
    let holder = &newsroom.holder;
    let states = match which {
        Which::Due => {
            newsroom
                .store
                .claim_sources(now, holder, SOURCE_LEASE, CLAIM_BATCH)
                .await?
        }
        Which::Named(names) => {
            let mut states = Vec::new();
            for name in names {
                states.extend(
                    newsroom
                        .store
                        .claim_source(name, now, holder, SOURCE_LEASE)
                        .await?,
                );
            }
            states
        }
    };
    let catalogue = newsroom.catalogue();
    let found = states.into_iter().filter_map(|state| {
        let source = catalogue
            .sources
            .iter()
            .find(|source| source.id == state.id)?;
        Some((source.clone(), state))
    });
    Ok(found.collect())
}

/// One task for each host, asking its sources in turn.
fn spawn_houses(
    newsroom: &Arc<Newsroom>,
    claimed: Vec<(Source, SourceState)>,
    stop: &watch::Receiver<bool>,
) -> JoinSet<Vec<Refreshed>> {
    let mut houses: BTreeMap<String, Vec<(Source, SourceState)>> = BTreeMap::new();
    for (source, state) in claimed {
        let host = source
            .place
            .url()
            .map_or_else(|| source.id.to_string(), host_key);
        houses.entry(host).or_default().push((source, state));
    }
    let places = Arc::new(Semaphore::new(newsroom.gather_parallel));
    let claimed_at = newsroom.clock.now();
    let mut tasks = JoinSet::new();
    for sources in houses.into_values() {
        let newsroom = Arc::clone(newsroom);
        let places = Arc::clone(&places);
        let mut stop = stop.clone();
        tasks.spawn(async move {
            let mut refreshed = Vec::new();
            for (source, state) in sources {
                // A visit cut short stored nothing: it is simply made again.
                tokio::select! {
                    biased;
                    () = told_to_stop(&mut stop) => release(&newsroom, &source).await,
                    visited = visit_in_turn(&newsroom, &places, (&source, &state), claimed_at) => {
                        refreshed.extend(visited);
                    }
                }
            }
            refreshed
        });
    }
    tasks
}

/// One visit when the host has rested and there is a place: waiting takes none.
/// `None`: another process has taken the source meanwhile.
async fn visit_in_turn(
    newsroom: &Newsroom,
    places: &Semaphore,
    (source, state): (&Source, &SourceState),
    claimed_at: DateTime<Utc>,
) -> Option<Refreshed> {
    if let Some(url) = source.place.url() {
        newsroom.web.rest(url).await;
    }
    let _place = places.acquire().await;
    // Others of its house may have taken long: its claim is half over, or lost.
    let late = newsroom.clock.now() - claimed_at > SOURCE_LEASE / 2;
    if late && !keep(newsroom, source).await {
        return None;
    }
    Some(visit(newsroom, source, state).await)
}

/// Ends when the order to stop comes.
async fn told_to_stop(stop: &mut watch::Receiver<bool>) {
    // Nobody left to give the order is an order as well.
    stop.wait_for(|stop| *stop).await.map(drop).ok();
}

/// Claims a source for `work`, which gives it back by recording something; the
/// claim is given back where it does not. `None`: somebody else has it now.
pub(super) async fn hold<T, F: Future<Output = Result<T, StoreError>>>(
    newsroom: &Newsroom,
    source: &Source,
    work: impl FnOnce(SourceState) -> F,
) -> Result<Option<T>, StoreError> {
    let (now, holder) = (newsroom.clock.now(), &newsroom.holder);
    let claimed = newsroom
        .store
        .claim_source(&source.id, now, holder, SOURCE_LEASE)
        .await?;
    match claimed {
        Some(state) => held(newsroom, source, Box::pin(work(state)))
            .await
            .map(Some),
        None => Ok(None),
    }
}

/// Work on a claimed source. A document of tens of thousands of entries outlasts
/// a claim, which is therefore kept meanwhile.
async fn held<T>(
    newsroom: &Newsroom,
    source: &Source,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let mut work = pin!(work);
    let done = loop {
        match tokio::time::timeout(KEEP_EVERY, &mut work).await {
            Ok(done) => break done,
            Err(_) => {
                keep(newsroom, source).await;
            }
        }
    };
    if done.is_err() {
        release(newsroom, source).await;
    }
    done
}

/// One visit; the store's refusal of it becomes its result.
async fn visit(newsroom: &Newsroom, source: &Source, state: &SourceState) -> Refreshed {
    match held(newsroom, source, Box::pin(refresh(newsroom, source, state))).await {
        Ok(refreshed) => refreshed,
        Err(error) => Refreshed {
            source: source.id.to_string(),
            alive: false,
            entries: 0,
            new: 0,
            revised: 0,
            result: format!("could not be stored: {error}"),
            complaints: Vec::new(),
        },
    }
}

/// Whether the claim is still ours. One that is lost during a visit is noticed by
/// the visit's own transaction.
async fn keep(newsroom: &Newsroom, source: &Source) -> bool {
    let until = newsroom.clock.now() + SOURCE_LEASE;
    let kept = newsroom
        .store
        .keep_source(&source.id, &newsroom.holder, until)
        .await;
    kept.unwrap_or_else(|error| {
        tracing::warn!(source.id = %source.id, %error, "a claim could not be kept");
        true
    })
}

async fn release(newsroom: &Newsroom, source: &Source) {
    if let Err(error) = newsroom
        .store
        .release_source(&source.id, &newsroom.holder)
        .await
    {
        tracing::error!(source.id = %source.id, %error, "a claim could not be given back; it expires by itself");
    }
}
