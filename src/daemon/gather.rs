//! A pass over the sources that are due: bounded, one at a time per host.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::{Semaphore, watch};
use tokio::task::{Id, JoinError, JoinSet};

use crate::catalog::Catalogue;
use crate::gather::web::host_key;
use crate::model::source::{Source, SourceId, SourceState};
use crate::store::StoreError;

use super::Newsroom;
use super::holding::{SOURCE_LEASE, held, keep, release};
use super::refresh::{Due, Refreshed, refresh};
use super::register::{Recorded, Register};
use super::strangers;
use super::verdicts;

/// Visits under way for each request that may be: while some wait for the store,
/// others ask. How many ask at once is for `gather::web`.
const VISITS_PER_REQUEST: usize = 2;
/// Sources claimed at once.
const CLAIM_BATCH: u32 = 1_000;

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
    let mut tell = |refreshed: Vec<Refreshed>| {
        visited += refreshed.len();
        refreshed.iter().for_each(&mut said);
        turned.extend(refreshed.into_iter().filter_map(|one| one.turned));
    };
    loop {
        // Before all are done: a slow house keeps no others waiting.
        let room = CLAIM_BATCH.saturating_sub(houses.claimed);
        if more && room >= CLAIM_BATCH / 2 && !*stop.borrow() {
            // A refusal ends the claiming, not the visits under way.
            more = houses.claim(&which, room).await.unwrap_or_else(|error| {
                failed = Some(error);
                false
            });
        } else if let Some(refreshed) = houses.next().await {
            tell(refreshed);
        } else {
            houses.end().await.into_iter().for_each(tell);
            verdicts::tell(turned);
            return failed.map_or(Ok(visited), Err);
        }
    }
}

/// Claimed sources by house, each house asked by one task at a time.
struct Houses<'a> {
    newsroom: &'a Arc<Newsroom>,
    stop: &'a watch::Receiver<bool>,
    places: Arc<Semaphore>,
    known: Known,
    register: Register,
    /// Visits that brought nothing, as they are recorded: no task waits for them.
    recorded: Recorded,
    /// What a house's other visits came to.
    tasks: JoinSet<Vec<Refreshed>>,
    /// The house each task asks, and how many of its sources.
    asked: HashMap<Id, (String, u32)>,
    /// Houses being asked, with what was claimed of them meanwhile.
    waiting: HashMap<String, Vec<Claimed>>,
    /// Sources claimed and not yet done with.
    claimed: u32,
}

/// A catalogue, and where in it each source stands.
struct Known {
    catalogue: Arc<Catalogue>,
    places: HashMap<SourceId, usize>,
}

/// A claimed source.
struct Claimed {
    catalogue: Arc<Catalogue>,
    /// Which source of it.
    place: usize,
    state: SourceState,
    /// When it was claimed.
    at: DateTime<Utc>,
    /// Articles of it waited for their full texts then.
    texts: bool,
}

impl<'a> Houses<'a> {
    fn new(newsroom: &'a Arc<Newsroom>, stop: &'a watch::Receiver<bool>) -> Self {
        let (register, recorded) = Register::open(newsroom);
        Self {
            newsroom,
            stop,
            places: Arc::new(Semaphore::new(
                newsroom.gather_parallel * VISITS_PER_REQUEST,
            )),
            known: Known::of(newsroom.catalogue()),
            register,
            recorded,
            tasks: JoinSet::new(),
            asked: HashMap::new(),
            waiting: HashMap::new(),
            claimed: 0,
        }
    }

    /// Claims up to `limit` more and begins to ask them. Whether there may be
    /// more still.
    async fn claim(&mut self, which: &Which, limit: u32) -> Result<bool, StoreError> {
        let catalogue = self.newsroom.catalogue();
        if !Arc::ptr_eq(&catalogue, &self.known.catalogue) {
            self.known = Known::of(catalogue);
        }
        let (claimed, more) = claim(self.newsroom, &self.known, which, limit).await?;
        // In one order, whatever the claim's was.
        let mut houses: BTreeMap<String, Vec<Claimed>> = BTreeMap::new();
        for claimed in claimed {
            self.claimed += 1;
            let source = claimed.source();
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

    /// What came of some visits; `None`: all houses are done with.
    async fn next(&mut self) -> Option<Vec<Refreshed>> {
        tokio::select! {
            biased;
            Some(recorded) = self.recorded.next(), if !self.tasks.is_empty() => Some(recorded),
            done = self.tasks.join_next_with_id() => Some(self.done(done?)),
        }
    }

    /// What a house that is done with came to.
    fn done(&mut self, done: Result<(Id, Vec<Refreshed>), JoinError>) -> Vec<Refreshed> {
        let (id, refreshed) = done.unwrap_or_else(|panic| {
            tracing::error!(%panic, "a visit ended before its time");
            (panic.id(), Vec::new())
        });
        if let Some((house, sources)) = self.asked.remove(&id) {
            self.claimed -= sources;
            let waiting = self.waiting.remove(&house).unwrap_or_default();
            if !waiting.is_empty() {
                self.ask(house, waiting);
            }
        }
        refreshed
    }

    /// When all are done with: nothing of the pass goes on behind it. What the last
    /// visits came to.
    async fn end(self) -> Vec<Vec<Refreshed>> {
        drop(self.register);
        self.recorded.rest().await
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
                    () = told_to_stop(&mut stop) => {
                        Box::pin(release(&newsroom, &claimed.state.id)).await;
                    }
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

impl Known {
    fn of(catalogue: Arc<Catalogue>) -> Self {
        let sources = catalogue.sources.iter().enumerate();
        let places = sources.map(|(place, source)| (source.id.clone(), place));
        Self {
            places: places.collect(),
            catalogue,
        }
    }
}

impl Claimed {
    fn source(&self) -> &Source {
        &self.catalogue.sources[self.place]
    }
}

/// Claims up to `limit` sources. Whether there may be more.
async fn claim(
    newsroom: &Newsroom,
    known: &Known,
    which: &Which,
    limit: u32,
) -> Result<(Vec<Claimed>, bool), StoreError> {
    let now = newsroom.clock.now();
    let holder = &newsroom.holder;
    let (states, more) = match which {
        Which::Due => {
            let is_known = |id: &SourceId| known.places.contains_key(id);
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
    let claimed = states.into_iter().filter_map(|state| {
        Some(Claimed {
            catalogue: Arc::clone(&known.catalogue),
            place: *known.places.get(&state.id)?,
            texts: texts.contains(&state.id),
            state,
            at: now,
        })
    });
    Ok((claimed.collect(), more))
}

/// One visit when the host has rested and there is a place: waiting takes none.
/// `None`: another process has taken the source meanwhile, or the register tells.
async fn visit_in_turn(
    newsroom: &Newsroom,
    places: &Semaphore,
    claimed: &Claimed,
    register: &Register,
) -> Option<Refreshed> {
    if let Some(url) = claimed.source().place.url() {
        newsroom.web.rest(url).await;
    }
    let _place = places.acquire().await;
    // Others of its house may have taken long: its claim is half over, or lost.
    let late = newsroom.clock.now() - claimed.at > SOURCE_LEASE / 2;
    if late && !Box::pin(keep(newsroom, &claimed.state.id)).await {
        return None;
    }
    visit(newsroom, claimed, register).await
}

/// Ends when the order to stop comes.
async fn told_to_stop(stop: &mut watch::Receiver<bool>) {
    // Nobody left to give the order is an order as well.
    stop.wait_for(|stop| *stop).await.map(drop).ok();
}

/// One visit; the store's refusal of it becomes its result. `None`: it brought
/// nothing, and the register tells when that is recorded.
async fn visit(newsroom: &Newsroom, claimed: &Claimed, register: &Register) -> Option<Refreshed> {
    let source = claimed.source();
    let due = Due {
        source,
        state: &claimed.state,
        texts: claimed.texts,
    };
    let visit = Box::pin(refresh(newsroom, due, register));
    let visited = held(newsroom, source, visit).await;
    visited.unwrap_or_else(|error| Some(Refreshed::refused(&source.id, &error)))
}
