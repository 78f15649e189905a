//! Where what was read belongs: same story? → same event?
//!
//! Articles are compared with the store and with each other: a feed may tell one story
//! twice, and a press release comes from a dozen outlets in one moment. So only one at
//! a time places and records in a process; understanding and asking, which take the
//! time, go on beside it.
//!
//! Deliberately absent: other processes on the same store. Two that place one release
//! in the same second make two stories of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use tokio::sync::{Mutex, MutexGuard};

use crate::model::article::{Article, ArticleId};
use crate::model::correction::Correction;
use crate::model::event::{Event, EventId};
use crate::model::reading::{EventClaim, Reading};
use crate::model::story::{Signature, StoryCandidate, StoryId};
use crate::store::{Likened, StoreError, VisitedArticle};
use crate::understand::correction::corrected;
use crate::understand::event::EventChange;
use crate::understand::{Read, event, same_story};

use super::Newsroom;
use super::event_claims::{Claimed, Main, add_once, claims, span};
use super::learn::Unplaced;

/// Articles whose candidates are looked up together: bounds memory.
const COMPARED_AT_ONCE: usize = 8;
/// Events of the days around that an article's is compared with; a document
/// that names more on one day is a listing, and its entries are their own events.
const EVENTS_COMPARED_MAX: usize = 500;

/// Whose turn it is to place and record.
#[derive(Debug, Default)]
pub struct PlacingTurn(Mutex<()>);

/// Places what is recorded before it is dropped.
pub struct Placing<'a> {
    newsroom: &'a Newsroom,
    memory: Memory,
    _turn: MutexGuard<'a, ()>,
}

impl<'a> Placing<'a> {
    /// Waits for the turn, and takes it.
    pub async fn begin(newsroom: &'a Newsroom) -> Self {
        Self {
            newsroom,
            memory: Memory::default(),
            _turn: newsroom.placing.0.lock().await,
        }
    }

    /// Where the articles of one visit belong, and the events they tell of.
    ///
    /// # Errors
    /// The store's; what was placed before stands.
    pub async fn place(&mut self, visit: Unplaced) -> Result<Vec<VisitedArticle>, StoreError> {
        let Unplaced { read, known, late } = visit;
        if read.is_empty() {
            return Ok(Vec::new());
        }
        let (newsroom, now) = (self.newsroom, self.newsroom.clock.now());
        self.memory.recall(newsroom, &read, &late).await?;
        let corrections = if known.is_empty() {
            HashMap::new()
        } else {
            newsroom.store.corrections_of(&known).await?
        };
        let mut articles = Vec::with_capacity(read.len());
        let mut read = read.into_iter();
        while read.len() > 0 {
            let some = read.by_ref().take(COMPARED_AT_ONCE);
            let signed: Vec<Signed> = some
                .map(|(article, read)| Signed::of(article, read, &corrections, newsroom.zone))
                .collect();
            let likened: Vec<Likened> = signed.iter().map(Signed::likened).collect();
            let candidates = newsroom.store.story_candidates(&likened).await?;
            for (signed, candidates) in signed.into_iter().zip(candidates) {
                let placed = self.memory.place(newsroom, signed, candidates, now);
                articles.push(placed.await?);
            }
        }
        Ok(articles)
    }
}

/// An article as it is believed with the editor's word on it, and what it is
/// compared by.
struct Signed {
    article: Article,
    reading: Reading,
    signature: Signature,
    /// The story it is in by that word.
    said_story: Option<StoryId>,
}

impl Signed {
    fn of(
        article: Article,
        Read { reading, likeness }: Read,
        corrections: &HashMap<ArticleId, Correction>,
        zone: Tz,
    ) -> Self {
        let said = corrections.get(&article.id);
        let published = article.dated().with_timezone(&zone).date_naive();
        let reading = match said {
            Some(said) => corrected(reading, said, published),
            None => reading,
        };
        let said_story = said.and_then(|said| said.story.as_ref());
        Self {
            signature: likeness.signature(&article, &reading),
            said_story: said_story.map(|word| word.story.clone()),
            article,
            reading,
        }
    }

    fn likened(&self) -> Likened<'_> {
        Likened {
            bands: &self.signature.bands,
            since: self.article.dated() - same_story::APART_MAX,
        }
    }
}

/// What was placed so far, and where revised articles stood. Looked up by index: a
/// document may hold tens of thousands of entries.
#[derive(Default)]
struct Memory {
    stories: same_story::Shelf,
    events: HashMap<EventId, Event>,
    /// By the event's first day.
    events_by_day: BTreeMap<NaiveDate, Vec<EventId>>,
    /// Spans of days whose stored events are in `events`.
    looked_up: HashSet<(NaiveDate, NaiveDate)>,
    /// The events each revised article told of so far.
    told: HashMap<ArticleId, Vec<EventId>>,
}

impl Memory {
    /// The events that articles which are stored already tell of.
    async fn recall(
        &mut self,
        newsroom: &Newsroom,
        read: &[(Article, Read)],
        late: &HashSet<ArticleId>,
    ) -> Result<(), StoreError> {
        let revised: Vec<ArticleId> = read
            .iter()
            .filter(|(article, _)| article.revision > 1 || late.contains(&article.id))
            .map(|(article, _)| article.id.clone())
            .collect();
        if revised.is_empty() {
            return Ok(());
        }
        for (article, events) in newsroom.store.events_of_articles(&revised).await? {
            let ids = events.iter().map(|event| event.id.clone()).collect();
            self.told.insert(article, ids);
            for event in events {
                self.remember(event);
            }
        }
        Ok(())
    }

    async fn place(
        &mut self,
        newsroom: &Newsroom,
        signed: Signed,
        mut candidates: Vec<StoryCandidate>,
        now: DateTime<Utc>,
    ) -> Result<VisitedArticle, StoreError> {
        let Signed {
            article,
            reading,
            signature,
            said_story,
        } = signed;
        candidates.extend(self.stories.candidates(&signature));
        let story = said_story.unwrap_or_else(|| {
            same_story::join(&article.id, article.dated(), &signature, &candidates)
        });
        self.stories.put(
            article.id.clone(),
            story.clone(),
            &signature,
            article.dated(),
        );
        let events = self.events(newsroom, &article, &reading, now).await?;
        Ok(VisitedArticle {
            article,
            reading,
            signature,
            story,
            events,
            left: Vec::new(),
        })
    }

    /// The events the article tells of, as they stand with its word in them.
    async fn events(
        &mut self,
        newsroom: &Newsroom,
        article: &Article,
        reading: &Reading,
        now: DateTime<Utc>,
    ) -> Result<Vec<Event>, StoreError> {
        let told = self.told.get(&article.id).map_or(&[][..], Vec::as_slice);
        let told: Vec<&Event> = told.iter().filter_map(|id| self.events.get(id)).collect();
        let mut events = Vec::new();
        for Claimed { claim, told, .. } in claims(reading, &told, Main::Free) {
            let event = self
                .event(newsroom, article, claim, told.as_ref(), now)
                .await?;
            if let Some(event) = event {
                add_once(&mut events, event);
            }
        }
        Ok(events)
    }

    async fn event(
        &mut self,
        newsroom: &Newsroom,
        article: &Article,
        claim: &EventClaim,
        told: Option<&Event>,
        now: DateTime<Utc>,
    ) -> Result<Option<Event>, StoreError> {
        let (earliest, from, to) = span(claim);
        if self.looked_up.insert((from, to)) {
            for event in newsroom.store.events_near(earliest, from, to).await? {
                self.remember(event);
            }
        }
        let candidates: Vec<&Event> = self
            .events_by_day
            .range(earliest..=to)
            .flat_map(|(_, ids)| ids)
            .filter_map(|id| self.events.get(id))
            .filter(|event| event.last_day() >= from)
            .take(EVENTS_COMPARED_MAX)
            .collect();
        let event = match event::merge(claim, article, told, &candidates, now) {
            EventChange::New(event) | EventChange::Changed(event) => event,
            EventChange::Unchanged(id) => return Ok(self.events.get(&id).cloned()),
        };
        self.place_event(event.clone());
        Ok(Some(event))
    }

    /// Takes an event from the store, unless this visit knows it better.
    fn remember(&mut self, event: Event) {
        if !self.events.contains_key(&event.id) {
            self.place_event(event);
        }
    }

    fn place_event(&mut self, event: Event) {
        let day = event.start;
        let before = self.events.get(&event.id).map(|event| event.start);
        if before != Some(day) {
            if let Some(ids) = before.and_then(|before| self.events_by_day.get_mut(&before)) {
                ids.retain(|id| *id != event.id);
            }
            let ids = self.events_by_day.entry(day).or_default();
            ids.push(event.id.clone());
        }
        self.events.insert(event.id.clone(), event);
    }
}
