//! A pass over the sources that are due: bounded, one at a time per host.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::future::Either;
use tokio::sync::{Semaphore, watch};
use tokio::task::{Id, JoinHandle, JoinSet};

use crate::gather::web::host_key;
use crate::model::source::{Source, SourceId, SourceState};
use crate::store::StoreError;

use super::Newsroom;
use super::refresh::{Due, Refreshed, refresh};
use super::register::Register;
use super::strangers;
use super::verdicts;

/// How long a claim on a source holds unless it is kept: what a killed process
/// had claimed is free again after it.
const SOURCE_LEASE: TimeDelta = TimeDelta::minutes(5);
/// How often a visit that takes long keeps its claim.
const KEEP_EVERY: Duration = Duration::from_mins(1);
/// Visits under way for each request that may be: while some wait for the store,
/// others ask. How many ask at once is for `gather::web`.
const VISITS_PER_REQUEST: usize = 2;
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
    let mut houses = Houses::new(newsroom, stop);
    let (mut visited, mut more, mut failed) = (0, true, None);
    let mut turned = Vec::new();
    loop {
        // Before all are done: a slow house keeps no others waiting.
        let room = CLAIM_BATCH.saturating_sub(houses.claimed);
        if more && room >= CLAIM_BATCH / 2 && !*stop.borrow() {
            // A refusal ends the claiming, not the visits under way.
            more = houses.claim(&which, room).await.unwrap_or_else(|error| {
                failed = Some(error);
                false
            });
            continue;
        }
        let Some(refreshed) = houses.next().await else {
            houses.end().await;
            verdicts::tell(turned);
            return failed.map_or(Ok(visited), Err);
        };
        visited += refreshed.len();
        refreshed.iter().for_each(&mut said);
        turned.extend(refreshed.into_iter().filter_map(|one| one.turned));
    }
}

/// Claimed sources by house, each house asked by one task at a time.
struct Houses<'a> {
    newsroom: &'a Arc<Newsroom>,
    stop: &'a watch::Receiver<bool>,
    places: Arc<Semaphore>,
    register: Register,
    keeping: JoinHandle<()>,
    tasks: JoinSet<Vec<Refreshed>>,
    /// The house each task asks, and how many of its sources.
    asked: HashMap<Id, (String, u32)>,
    /// Houses being asked, with what was claimed of them meanwhile.
    waiting: HashMap<String, Vec<Claimed>>,
    /// Sources claimed and not yet done with.
    claimed: u32,
}

/// A claimed source.
struct Claimed {
    source: Source,
    state: SourceState,
    /// When it was claimed.
    at: DateTime<Utc>,
    /// Articles of it waited for their full texts then.
    texts: bool,
}

impl<'a> Houses<'a> {
    fn new(newsroom: &'a Arc<Newsroom>, stop: &'a watch::Receiver<bool>) -> Self {
        let (register, keeping) = Register::open(newsroom);
        Self {
            newsroom,
            stop,
            places: Arc::new(Semaphore::new(
                newsroom.gather_parallel * VISITS_PER_REQUEST,
            )),
            register,
            keeping,
            tasks: JoinSet::new(),
            asked: HashMap::new(),
            waiting: HashMap::new(),
            claimed: 0,
        }
    }

    /// Claims up to `limit` more and begins to ask them. Whether there may be
    /// more still.
    async fn claim(&mut self, which: &Which, limit: u32) -> Result<bool, StoreError> {
        let (claimed, more) = claim(self.newsroom, which, limit).await?;
        // In one order, whatever the claim's was.
        let mut houses: BTreeMap<String, Vec<Claimed>> = BTreeMap::new();
        for claimed in claimed {
            self.claimed += 1;
            let source = &claimed.source;
            let url = source.place.url();
            let house = url.map_or_else(|| source.id.to_string(), host_key);
            houses.entry(house).or_default().push(claimed);
        }
        for (house, sources) in houses {
            match self.waiting.get_mut(&house) {
                Some(waiting) => waiting.extend(sources),
                None => self.ask(house, sources),
            }
        }
        Ok(more)
    }

    /// What the next house to be done with came to; `None`: all are.
    async fn next(&mut self) -> Option<Vec<Refreshed>> {
        let (id, refreshed) = match self.tasks.join_next_with_id().await? {
            Ok(done) => done,
            Err(panic) => {
                tracing::error!(%panic, "a visit ended before its time");
                (panic.id(), Vec::new())
            }
        };
        if let Some((house, sources)) = self.asked.remove(&id) {
            self.claimed -= sources;
            let waiting = self.waiting.remove(&house).unwrap_or_default();
            if !waiting.is_empty() {
                self.ask(house, waiting);
            }
        }
        Some(refreshed)
    }

    /// When all are done with: nothing of the pass goes on behind it.
    async fn end(self) {
        drop(self.register);
        if let Err(panic) = self.keeping.await {
            tracing::error!(%panic, "the register of visits ended before its time");
        }
    }

    /// One task that asks a house's sources in turn.
    fn ask(&mut self, house: String, sources: Vec<Claimed>) {
        let newsroom = Arc::clone(self.newsroom);
        let places = Arc::clone(&self.places);
        let register = self.register.clone();
        let mut stop = self.stop.clone();
        let count = u32::try_from(sources.len()).unwrap_or(u32::MAX);
        let task = self.tasks.spawn(async move {
            let mut refreshed = Vec::with_capacity(sources.len());
            for claimed in sources {
                // A visit cut short stored nothing: it is simply made again.
                tokio::select! {
                    biased;
                    () = told_to_stop(&mut stop) => release(&newsroom, &claimed.source).await,
                    visited = visit_in_turn(&newsroom, &places, &claimed, &register) => {
                        refreshed.extend(visited);
                    }
                }
            }
            refreshed
        });
        self.waiting.insert(house.clone(), Vec::new());
        self.asked.insert(task.id(), (house, count));
    }
}

/// Claims up to `limit` sources. Whether there may be more.
async fn claim(
    newsroom: &Newsroom,
    which: &Which,
    limit: u32,
) -> Result<(Vec<Claimed>, bool), StoreError> {
    let now = newsroom.clock.now();
    let holder = &newsroom.holder;
    let (states, more) = match which {
        Which::Due => {
            let catalogue = newsroom.catalogue();
            let known: HashSet<&SourceId> =
                catalogue.sources.iter().map(|source| &source.id).collect();
            let is_known = |id: &SourceId| known.contains(id);
            strangers::claim_due(newsroom, is_known, now, SOURCE_LEASE, limit).await?
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
            (states, false)
        }
    };
    let ids: Vec<&SourceId> = states.iter().map(|state| &state.id).collect();
    let texts = newsroom.store.sources_with_texts_due(&ids, now).await?;
    let catalogue = newsroom.catalogue();
    let places: HashMap<&str, usize> = states
        .iter()
        .enumerate()
        .map(|(at, state)| (state.id.as_str(), at))
        .collect();
    // One walk over the catalogue, however many are claimed.
    let mut found: Vec<(usize, &Source)> = catalogue
        .sources
        .iter()
        .filter_map(|source| Some((*places.get(source.id.as_str())?, source)))
        .collect();
    found.sort_by_key(|(at, _)| *at);
    let found = found.into_iter().map(|(place, source)| Claimed {
        source: source.clone(),
        state: states[place].clone(),
        at: now,
        texts: texts.contains(&source.id),
    });
    Ok((found.collect(), more))
}

/// One visit when the host has rested and there is a place: waiting takes none.
/// `None`: another process has taken the source meanwhile.
async fn visit_in_turn(
    newsroom: &Newsroom,
    places: &Semaphore,
    claimed: &Claimed,
    register: &Register,
) -> Option<Refreshed> {
    let source = &claimed.source;
    if let Some(url) = source.place.url() {
        newsroom.web.rest(url).await;
    }
    let _place = places.acquire().await;
    // Others of its house may have taken long: its claim is half over, or lost.
    let late = newsroom.clock.now() - claimed.at > SOURCE_LEASE / 2;
    if late && !keep(newsroom, source).await {
        return None;
    }
    Some(visit(newsroom, claimed, register).await)
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
    let done = beside(work, KEEP_EVERY, || async {
        keep(newsroom, source).await;
    })
    .await;
    if done.is_err() {
        release(newsroom, source).await;
    }
    done
}

/// `work`, and `keep` every so often until it is done. Both go on together: the
/// work may hold the one connection `keep` waits for.
async fn beside<T, K: Future<Output = ()>>(
    work: impl Future<Output = T>,
    every: Duration,
    keep: impl Fn() -> K,
) -> T {
    let keeping = async {
        loop {
            tokio::time::sleep(every).await;
            keep().await;
        }
    };
    match futures_util::future::select(pin!(work), pin!(keeping)).await {
        Either::Left((done, _)) | Either::Right((done, _)) => done,
    }
}

/// One visit; the store's refusal of it becomes its result.
async fn visit(newsroom: &Newsroom, claimed: &Claimed, register: &Register) -> Refreshed {
    let source = &claimed.source;
    let due = Due {
        source,
        state: &claimed.state,
        texts: claimed.texts,
    };
    match held(newsroom, source, Box::pin(refresh(newsroom, due, register))).await {
        Ok(refreshed) => refreshed,
        Err(error) => Refreshed {
            source: source.id.to_string(),
            alive: false,
            entries: 0,
            new: 0,
            revised: 0,
            result: format!("could not be stored: {error}"),
            turned: None,
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

#[cfg(test)]
mod tests {
    use tokio::sync::Mutex;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn work_that_holds_what_keeping_needs_goes_on() {
        let connection = Mutex::new(0);
        let work = async {
            tokio::time::sleep(Duration::from_secs(59)).await;
            let mut held = connection.lock().await;
            tokio::time::sleep(Duration::from_secs(5)).await;
            *held += 1;
        };
        let keep = || async { *connection.lock().await += 10 };
        beside(work, Duration::from_mins(1), keep).await;
        assert_eq!(*connection.lock().await, 1);
    }
}
