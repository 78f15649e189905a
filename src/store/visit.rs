//! Recording visits: of each its articles, readings, stories, events and the
//! source's memory in one transaction. A crash before its end means asking again.
//!
//! Several visits share a transaction at little more than the price of one: SQLite
//! pays for each statement, and its readers for each commit (they forget what they
//! had read).

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::Store;
use super::article_rows::{Seen, keep_articles, sealed_until};
use super::dialect::Durability;
use super::error::StoreError;
use super::full_texts::keep_full_texts;
use super::memory;
use super::rows::{BATCH_ROWS, list, time_or_none, unsigned};
use super::search::{IndexRow, keep_words, words_of};
use super::session::{Session, values};
use super::sources::{keep_states, raise_stamp};
use super::tellings::keep_events;
use super::visited::{Visit, VisitRecord, VisitedArticle};
use crate::model::delivery::Holder;
use crate::model::source::{SourceId, SourceState};

/// A visit with all that takes its time prepared, so that the store's one writer
/// does not wait for it.
#[derive(Debug)]
pub struct ReadyVisit {
    visit: Visit,
    /// What is remembered of its source is as it was.
    memory_stays: bool,
    /// When its changes count as made.
    seen: Option<DateTime<Utc>>,
    /// What its articles are found by.
    words: Vec<IndexRow>,
}

impl ReadyVisit {
    /// Prepares a visit.
    pub fn of(visit: Visit) -> Self {
        let seen = visit.state.last_visit;
        Self::seen_at(visit, seen)
    }

    /// Prepares a visit to a source that was claimed in the state `before`: what is
    /// remembered as it was then is not written again.
    pub fn after(visit: Visit, before: &SourceState) -> Self {
        Self {
            memory_stays: memory::is_same(before, &visit.state),
            ..Self::of(visit)
        }
    }

    fn seen_at(mut visit: Visit, seen: Option<DateTime<Utc>>) -> Self {
        let articles = std::mem::take(&mut visit.articles);
        let ready = Self {
            visit,
            memory_stays: false,
            seen,
            words: Vec::new(),
        };
        ready.with(articles)
    }

    /// The same with these articles.
    #[must_use]
    pub fn with(mut self, articles: Vec<VisitedArticle>) -> Self {
        // Of an article told twice the last counts: a batch may not touch a row twice.
        let articles: BTreeMap<String, VisitedArticle> = articles
            .into_iter()
            .map(|visited| (visited.article.id.as_str().to_owned(), visited))
            .collect();
        self.visit.articles = articles.into_values().collect();
        self.words = self.visit.articles.iter().map(words_of).collect();
        self
    }

    /// Whether its source's state is all there is to keep.
    pub fn is_quiet(&self) -> bool {
        self.visit.articles.is_empty() && self.visit.full_texts.is_empty()
    }

    /// Whose visit it is.
    pub fn source(&self) -> &SourceId {
        &self.visit.state.id
    }
}

impl Store {
    /// Records all of `visit` or nothing, and gives the source back.
    pub async fn record_visit(
        &self,
        visit: Visit,
        holder: &Holder,
    ) -> Result<VisitRecord, StoreError> {
        self.record_one(ReadyVisit::of(visit), holder).await
    }

    /// The same for what a hub pushed at `seen`: nobody has visited the source.
    pub async fn record_push(
        &self,
        visit: Visit,
        seen: DateTime<Utc>,
        holder: &Holder,
    ) -> Result<VisitRecord, StoreError> {
        let ready = ReadyVisit::seen_at(visit, Some(seen));
        self.record_one(ready, holder).await
    }

    async fn record_one(
        &self,
        visit: ReadyVisit,
        holder: &Holder,
    ) -> Result<VisitRecord, StoreError> {
        let recorded = self.record_visits(&[visit], holder).await?;
        Ok(recorded.first().copied().unwrap_or(VisitRecord::LeaseLost))
    }

    /// Records visits to different sources in one transaction; says what came of
    /// each, in their order. One that is not to be stored costs the others nothing.
    ///
    /// # Errors
    /// Of any of them, and then nothing of any is stored.
    pub async fn record_visits(
        &self,
        visits: &[ReadyVisit],
        holder: &Holder,
    ) -> Result<Vec<VisitRecord>, StoreError> {
        let mut overruled: HashSet<&SourceId> = HashSet::new();
        loop {
            let mut session = self
                .pools
                .write("recording visits", Durability::Normal)
                .await?;
            let states: Vec<_> = visits
                .iter()
                .map(|ready| &ready.visit.state)
                .filter(|state| !overruled.contains(&state.id))
                .collect();
            let kept = keep_states(&mut session, &states, holder).await?;
            let kept: Vec<&ReadyVisit> = visits
                .iter()
                .filter(|ready| kept.contains(&ready.visit.state.id))
                .collect();
            let known = known(&mut session, &kept).await?;
            let before = overruled.len();
            let late = kept.iter().filter(|ready| is_overruled(ready, &known));
            overruled.extend(late.map(|ready| &ready.visit.state.id));
            if overruled.len() > before {
                // Their sources' states are not to be kept either: once more
                // without them.
                continue;
            }
            write(&mut session, &kept, &known).await?;
            session.commit().await?;
            let kept: HashMap<&SourceId, VisitRecord> = kept
                .into_iter()
                .map(|ready| (&ready.visit.state.id, record(ready, &known)))
                .collect();
            let records = visits
                .iter()
                .map(|ready| kept.get(&ready.visit.state.id).copied())
                .map(|record| record.unwrap_or(VisitRecord::LeaseLost));
            return Ok(records.collect());
        }
    }
}

/// What stands in the store of an article that is visited again.
struct Known {
    revision: u32,
    /// When the operator's word on it was made.
    corrected: Option<DateTime<Utc>>,
}

/// Those of the visits' articles that are stored.
async fn known(
    session: &mut Session,
    visits: &[&ReadyVisit],
) -> Result<HashMap<String, Known>, StoreError> {
    let articles = visits.iter().flat_map(|ready| &ready.visit.articles);
    let ids: Vec<&str> = articles
        .map(|visited| visited.article.id.as_str())
        .collect();
    let mut known = HashMap::new();
    for batch in ids.chunks(BATCH_ROWS) {
        let rows: Vec<(String, i64, Option<i64>)> = session
            .fetch(
                "SELECT a.id, a.revision, c.made_at
                 FROM articles a LEFT JOIN corrections c ON c.article_id = a.id
                 WHERE a.id IN (SELECT item.value ->> 'v' FROM {rows} AS item)",
                values![list(batch.iter().copied())],
            )
            .await?;
        for (id, revision, corrected) in rows {
            let found = Known {
                revision: unsigned(revision, "articles.revision")?,
                corrected: time_or_none(corrected, "corrections.made_at")?,
            };
            known.insert(id, found);
        }
    }
    Ok(known)
}

/// Whether the operator has said something of one of its articles since it was made.
fn is_overruled(ready: &ReadyVisit, known: &HashMap<String, Known>) -> bool {
    let Some(read) = ready.visit.state.last_visit else {
        return false;
    };
    let mut articles = ready.visit.articles.iter();
    articles.any(|visited| {
        let known = known.get(visited.article.id.as_str());
        known.and_then(|known| known.corrected) >= Some(read)
    })
}

fn record(ready: &ReadyVisit, known: &HashMap<String, Known>) -> VisitRecord {
    let (mut new, mut revised) = (0, 0);
    for visited in &ready.visit.articles {
        match known.get(visited.article.id.as_str()) {
            None => new += 1,
            Some(known) => revised += u64::from(known.revision < visited.article.revision),
        }
    }
    VisitRecord::Stored { new, revised }
}

/// Keeps what the visits brought; their sources' states are kept already.
async fn write(
    session: &mut Session,
    visits: &[&ReadyVisit],
    known: &HashMap<String, Known>,
) -> Result<(), StoreError> {
    let changed = visits.iter().filter(|ready| !ready.memory_stays);
    memory::keep_memories(session, changed.map(|ready| &ready.visit.state)).await?;
    let mut articles: Vec<Seen> = visits
        .iter()
        .flat_map(|ready| {
            let seen = ready.seen;
            let articles = ready.visit.articles.iter();
            articles.map(move |visited| Seen { visited, seen })
        })
        .collect();
    if !articles.is_empty() {
        // Transactions that lock in one order don't lock each other out.
        articles.sort_by_key(|seen| seen.visited.article.id.as_str());
        let is_known = !known.is_empty();
        let sealed_until = sealed_until(session).await?;
        for batch in articles.chunks(BATCH_ROWS) {
            keep_articles(session, batch, sealed_until, is_known).await?;
        }
        let words: Vec<&IndexRow> = visits.iter().flat_map(|ready| &ready.words).collect();
        keep_words(session, &words, is_known).await?;
        let articles: Vec<&VisitedArticle> = articles.iter().map(|seen| seen.visited).collect();
        keep_events(session, &articles).await?;
        raise_stamp(session).await?;
    }
    let full_texts = visits.iter().flat_map(|ready| &ready.visit.full_texts);
    keep_full_texts(session, full_texts).await
}
