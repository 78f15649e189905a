//! Places what visits brought and records how they went: all that end while one
//! transaction is written, or a moment later if they brought nothing, are the next
//! one's.
//!
//! Each is kept or not by whether its own claim still held, with its articles and
//! validators in that one transaction; what a crash takes is asked for again.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout_at};

use crate::daemon::Newsroom;
use crate::store::{ReadyVisit, StoreError, VisitRecord};

use super::holding::release;
use super::learn::Unplaced;
use super::placing::Placing;
use super::refresh::Refreshed;

/// Visits recorded at one time.
const GROUP_MAX: usize = 500;
/// How long visits that brought nothing wait for others: a transaction costs as much
/// as a dozen of them.
const QUIET_WAIT: Duration = Duration::from_millis(100);
/// Articles after which a group takes no further visit, so that what else is to be
/// written does not wait long.
const GROUP_ARTICLES: usize = 250;

/// Takes visits. Clones share one register, which ends with the last of them.
#[derive(Clone)]
pub struct Register {
    entries: mpsc::Sender<Entry>,
}

struct Entry {
    /// Without its articles.
    visit: ReadyVisit,
    articles: Unplaced,
    then: Then,
}

impl Entry {
    fn is_quiet(&self) -> bool {
        matches!(self.then, Then::Tell(_))
    }
}

/// What is to be done when a visit is recorded.
enum Then {
    /// The visit waits, and what it brought takes memory until then.
    Answer(oneshot::Sender<Result<VisitRecord, StoreError>>),
    /// It brought nothing, and nobody waits for it.
    Tell(Refreshed),
}

/// Visits nobody waited for, group by group as they were recorded.
pub struct Recorded {
    told: mpsc::UnboundedReceiver<Vec<Refreshed>>,
    keeping: JoinHandle<()>,
}

impl Recorded {
    /// The next group; `None`: the register has ended.
    pub async fn next(&mut self) -> Option<Vec<Refreshed>> {
        self.told.recv().await
    }

    /// All that are still to come, when the register is dropped.
    pub async fn rest(mut self) -> Vec<Vec<Refreshed>> {
        let mut rest = Vec::new();
        while let Some(told) = self.told.recv().await {
            rest.push(told);
        }
        if let Err(panic) = self.keeping.await {
            tracing::error!(%panic, "the register of visits ended before its time");
        }
        rest
    }
}

impl Register {
    /// Opens one; it is kept until the last clone is dropped.
    pub fn open(newsroom: &Arc<Newsroom>) -> (Self, Recorded) {
        let (entries, received) = mpsc::channel(GROUP_MAX);
        // No more than are claimed, and each small.
        let (tell, told) = mpsc::unbounded_channel();
        let keeping = tokio::spawn(keep(Arc::clone(newsroom), received, tell));
        (Self { entries }, Recorded { told, keeping })
    }

    /// Records all of `visit` or nothing, and gives its source back. `None`: it
    /// brought nothing, and [`Recorded`] tells of it.
    ///
    /// # Errors
    /// The store's; the claim is still held then.
    pub async fn record(
        &self,
        visit: ReadyVisit,
        articles: Unplaced,
        refreshed: Refreshed,
    ) -> Result<Option<Refreshed>, StoreError> {
        let is_quiet = visit.is_quiet() && articles.read.is_empty();
        let hand_in = |then| Entry {
            visit,
            articles,
            then,
        };
        if is_quiet {
            // Where nobody takes it the runtime is going down, and everything with it.
            let handed_in = self.entries.send(hand_in(Then::Tell(refreshed)));
            handed_in.await.ok();
            return Ok(None);
        }
        let (recorded, answer) = oneshot::channel();
        let handed_in = self.entries.send(hand_in(Then::Answer(recorded))).await;
        let record = match (handed_in, answer.await) {
            (Ok(()), Ok(record)) => record?,
            _ => VisitRecord::LeaseLost,
        };
        Ok(Some(told(refreshed, record)))
    }
}

async fn keep(
    newsroom: Arc<Newsroom>,
    mut received: mpsc::Receiver<Entry>,
    tell: mpsc::UnboundedSender<Vec<Refreshed>>,
) {
    let mut entries = Vec::with_capacity(GROUP_MAX);
    while received.recv_many(&mut entries, GROUP_MAX).await > 0 {
        wait_for_more(&mut received, &mut entries).await;
        while !entries.is_empty() {
            let articles = entries.iter().map(|entry| entry.articles.read.len());
            let group = entries.drain(..group(articles)).collect();
            let quiet = place_and_record(&newsroom, group).await;
            // Whoever gathers may have been told to stop.
            tell.send(quiet).ok();
        }
    }
}

/// Lets a group grow while nobody waits for it.
async fn wait_for_more(received: &mut mpsc::Receiver<Entry>, entries: &mut Vec<Entry>) {
    let end = Instant::now() + QUIET_WAIT;
    let mut looked_at = 0;
    while entries.len() < GROUP_MAX && entries[looked_at..].iter().all(Entry::is_quiet) {
        looked_at = entries.len();
        let more = received.recv_many(entries, GROUP_MAX - looked_at);
        if timeout_at(end, more).await.unwrap_or(0) == 0 {
            return;
        }
    }
}

/// How many of the first visits go together, by the articles of each.
fn group(articles: impl Iterator<Item = usize>) -> usize {
    let mut before = 0;
    let fits = articles.take_while(|articles| {
        let fits = before < GROUP_ARTICLES;
        before += articles;
        fits
    });
    fits.count()
}

/// Records a group; gives what the visits came to that nobody waits for.
async fn place_and_record(newsroom: &Newsroom, group: Vec<Entry>) -> Vec<Refreshed> {
    if group.iter().all(Entry::is_quiet) {
        let quiet = group.into_iter().map(|entry| (entry.visit, entry.then));
        return record(newsroom, quiet.collect()).await;
    }
    let mut placing = Placing::begin(newsroom).await;
    let mut placed = Vec::with_capacity(group.len());
    for entry in group {
        let Entry {
            visit,
            articles,
            then,
        } = entry;
        let Then::Answer(answer) = then else {
            placed.push((visit, then));
            continue;
        };
        match placing.place(articles).await {
            Ok(articles) => placed.push((visit.with(articles), Then::Answer(answer))),
            Err(error) => drop(answer.send(Err(error))),
        }
    }
    record(newsroom, placed).await
}

async fn record(newsroom: &Newsroom, group: Vec<(ReadyVisit, Then)>) -> Vec<Refreshed> {
    let Newsroom { store, holder, .. } = newsroom;
    let (visits, thens): (Vec<ReadyVisit>, Vec<Then>) = group.into_iter().unzip();
    let records: Vec<_> = match store.record_visits(&visits, holder).await {
        Ok(records) => records.into_iter().map(Ok).collect(),
        Err(error) if visits.len() == 1 => vec![Err(error)],
        // One that the store refuses costs the others nothing.
        Err(_) => {
            let mut records = Vec::with_capacity(visits.len());
            for visit in visits.chunks(1) {
                let recorded = store.record_visits(visit, holder).await;
                records.push(recorded.map(|records| records[0]));
            }
            records
        }
    };
    let mut quiet = Vec::with_capacity(visits.len());
    for ((visit, then), record) in visits.iter().zip(thens).zip(records) {
        match (then, record) {
            // Whoever handed it in may have been told to stop.
            (Then::Answer(answer), record) => drop(answer.send(record)),
            (Then::Tell(refreshed), Ok(record)) => quiet.push(told(refreshed, record)),
            (Then::Tell(_), Err(error)) => {
                release(newsroom, visit.source()).await;
                quiet.push(Refreshed::refused(visit.source(), &error));
            }
        }
    }
    quiet
}

/// What a visit came to, now that it is recorded or not.
fn told(refreshed: Refreshed, record: VisitRecord) -> Refreshed {
    match record {
        VisitRecord::Stored { .. } => refreshed,
        VisitRecord::LeaseLost => refreshed.taken_over(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_ends_with_the_visit_that_fills_it() {
        let cases: [(&[usize], usize); 6] = [
            (&[0], 1),
            (&[0; 256], 256),
            (&[2, 0, 2], 3),
            (&[10_000, 1], 1),
            (&[GROUP_ARTICLES - 1, 10_000, 1], 2),
            (&[GROUP_ARTICLES, 0], 1),
        ];
        for (articles, expected) in cases {
            assert_eq!(group(articles.iter().copied()), expected, "{articles:?}");
        }
    }
}
