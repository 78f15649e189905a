//! Records how visits went: all that end while one transaction is written are the
//! next one's.
//!
//! Each is kept or not by whether its own claim still held, with its articles and
//! validators in that one transaction; what a crash takes is asked for again.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::daemon::Newsroom;
use crate::store::{ReadyVisit, StoreError, Visit, VisitRecord};

/// Visits recorded at one time.
const GROUP_MAX: usize = 256;
/// Articles after which a group takes no further visit, so that what else is to be
/// written does not wait long.
const GROUP_ARTICLES: usize = 250;

/// Takes visits. Clones share one register, which ends with the last of them.
#[derive(Clone)]
pub struct Register {
    entries: mpsc::Sender<Entry>,
}

struct Entry {
    visit: ReadyVisit,
    recorded: oneshot::Sender<Result<VisitRecord, StoreError>>,
}

impl Register {
    /// Opens one; it is kept until the last clone is dropped.
    pub fn open(newsroom: &Arc<Newsroom>) -> (Self, JoinHandle<()>) {
        let (entries, received) = mpsc::channel(GROUP_MAX);
        let keeping = tokio::spawn(keep(Arc::clone(newsroom), received));
        (Self { entries }, keeping)
    }

    /// Records all of `visit` or nothing, and gives its source back.
    pub async fn record(&self, visit: Visit) -> Result<VisitRecord, StoreError> {
        let visit = ReadyVisit::of(visit);
        let (recorded, answer) = oneshot::channel();
        let handed_in = self.entries.send(Entry { visit, recorded }).await;
        match (handed_in, answer.await) {
            (Ok(()), Ok(record)) => record,
            // The runtime is going down, and everything with it.
            _ => Ok(VisitRecord::LeaseLost),
        }
    }
}

async fn keep(newsroom: Arc<Newsroom>, mut received: mpsc::Receiver<Entry>) {
    let mut entries = Vec::with_capacity(GROUP_MAX);
    while received.recv_many(&mut entries, GROUP_MAX).await > 0 {
        while !entries.is_empty() {
            let articles = entries.iter().map(|entry| entry.visit.articles());
            let group = entries.drain(..group(articles)).collect();
            record(&newsroom, group).await;
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

async fn record(newsroom: &Newsroom, group: Vec<Entry>) {
    let Newsroom { store, holder, .. } = newsroom;
    let (visits, answers): (Vec<_>, Vec<_>) = group
        .into_iter()
        .map(|entry| (entry.visit, entry.recorded))
        .unzip();
    let together = store.record_visits(&visits, holder).await;
    if together.is_err() && visits.len() > 1 {
        // One that the store refuses costs the others nothing.
        for (visit, answer) in visits.into_iter().zip(answers) {
            let recorded = store.record_visits(&[visit], holder).await;
            tell(vec![answer], recorded);
        }
    } else {
        tell(answers, together);
    }
}

/// Tells each visit what came of it; an error is that of a single one.
fn tell(
    answers: Vec<oneshot::Sender<Result<VisitRecord, StoreError>>>,
    recorded: Result<Vec<VisitRecord>, StoreError>,
) {
    let records: Vec<Result<VisitRecord, StoreError>> = match recorded {
        Ok(records) => records.into_iter().map(Ok).collect(),
        Err(error) => vec![Err(error)],
    };
    for (answer, record) in answers.into_iter().zip(records) {
        // Whoever handed it in may have been told to stop.
        answer.send(record).ok();
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
