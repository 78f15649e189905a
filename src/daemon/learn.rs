//! What is new in a visit, and what we make of it: change → read → full text →
//! same story? → same event?
//!
//! Articles of one visit are compared with each other as well as with the
//! store: a feed may tell one story twice.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::model::article::{Article, ArticleId, KnownArticle};
use crate::model::correction::Correction;
use crate::model::event::{Event, EventId};
use crate::model::full_text::FullText;
use crate::model::reading::{EventClaim, Reading};
use crate::model::source::Source;
use crate::model::story::{Signature, StoryCandidate, StoryId};
use crate::store::{Likened, StoreError, VisitedArticle};
use crate::understand::correction::corrected;
use crate::understand::event::EventChange;
use crate::understand::identity::{self, Change};
use crate::understand::{self, Hints, Read, event, same_story};

use super::Newsroom;
use super::aside::aside;
use super::event_claims::{Claimed, Main, add_once, claims, span};
use super::full_text::{self, Pages, Told};

/// Articles whose candidates are looked up together: bounds memory.
const COMPARED_AT_ONCE: usize = 8;
/// Events of the days around that an article's is compared with; a document
/// that names more on one day is a listing, and its entries are their own events.
const EVENTS_COMPARED_MAX: usize = 500;

/// The articles of one visit that must be stored.
#[derive(Default)]
pub struct Learned {
    pub articles: Vec<VisitedArticle>,
    /// What became of asking articles' pages for their texts.
    pub full_texts: Vec<FullText>,
    /// Of `articles`, those that are no news: they waited for their full text.
    pub late: HashSet<ArticleId>,
    pub new: usize,
    pub revised: usize,
    /// New ones for which there was no room.
    pub beyond: usize,
}

impl Learned {
    /// Compares `articles` with what the store knows, reads what is new, and has
    /// articles' pages asked where their source gave only a teaser. Of new articles no
    /// more than `room` are taken, in their order.
    pub async fn of(
        newsroom: &Newsroom,
        source: &Source,
        articles: Vec<Article>,
        pages: Pages,
        room: usize,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let (articles, known) = known(newsroom, source, articles).await?;
        let hints = Hints {
            language: source.language,
            region: source.region,
        };
        let (mut new, mut revised, mut beyond) = (0, 0, 0);
        let mut wanted = Vec::new();
        for article in articles {
            let before = known.get(&article.id);
            let article = match identity::change(source, article, before) {
                Change::New(_) if new >= room => {
                    beyond += 1;
                    continue;
                }
                Change::New(article) => {
                    new += 1;
                    article
                }
                Change::Revised(article) => {
                    revised += 1;
                    article
                }
                Change::Unchanged => continue,
            };
            wanted.push((article, before.map_or(0, |known| known.full_text_asked)));
        }
        let mut told = read(wanted, hints, newsroom.zone, now).await;
        let completed = full_text::complete(newsroom, source, &hints, &mut told, pages).await?;
        let late = completed.late.iter();
        let late: HashSet<ArticleId> = late.map(|(article, _)| article.id.clone()).collect();
        let told = told.into_iter().map(|told| (told.article, told.read));
        let read: Vec<(Article, Read)> = told.chain(completed.late).collect();
        let mut memory = Memory::of(newsroom, &read, &late).await?;
        let known: Vec<ArticleId> = known.into_keys().chain(late.iter().cloned()).collect();
        let corrections = newsroom.store.corrections_of(&known).await?;
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
                articles.push(memory.place(newsroom, signed, candidates, now).await?);
            }
        }
        Ok(Self {
            articles,
            full_texts: completed.full_texts,
            late,
            new,
            revised,
            beyond,
        })
    }

    /// When the articles not seen before were published, as far as they say.
    pub fn published(&self) -> Vec<Option<DateTime<Utc>>> {
        self.fresh()
            .filter(|visited| visited.article.revision == 1)
            .map(|visited| visited.article.published)
            .collect()
    }

    /// The articles that are news: not seen before, or revised.
    pub fn fresh(&self) -> impl Iterator<Item = &VisitedArticle> {
        let late = |visited: &&VisitedArticle| !self.late.contains(&visited.article.id);
        self.articles.iter().filter(late)
    }
}

/// The articles and what the store knows of them; those that are known under another
/// id have that one.
async fn known(
    newsroom: &Newsroom,
    source: &Source,
    mut articles: Vec<Article>,
) -> Result<(Vec<Article>, HashMap<ArticleId, KnownArticle>), StoreError> {
    let ids: Vec<ArticleId> = articles.iter().map(|article| article.id.clone()).collect();
    let mut known = newsroom.store.known_articles(&ids).await?;
    let strangers = identity::strangers(&articles, |id| known.contains_key(id));
    if strangers.is_empty() {
        return Ok((articles, known));
    }
    let namesakes = newsroom.store.namesakes(&source.id, &strangers).await?;
    let mut recognised = identity::recognised(&strangers, &articles, &namesakes);
    let ids: Vec<ArticleId> = recognised.values().cloned().collect();
    known.extend(newsroom.store.known_articles(&ids).await?);
    for article in &mut articles {
        if let Some(id) = recognised.remove(&article.id) {
            article.id = id;
        }
    }
    Ok((articles, known))
}

/// Reads articles, each with how often its page was asked for.
async fn read(
    wanted: Vec<(Article, u32)>,
    hints: Hints,
    zone: Tz,
    now: DateTime<Utc>,
) -> Vec<Told> {
    let bytes = wanted.iter().map(|(article, _)| article.text.len()).sum();
    let told = move |(article, asked)| Told {
        read: understand::read_to_compare(&article, &hints, zone, now),
        asked,
        article,
    };
    aside(bytes, move || wanted.into_iter().map(told).collect()).await
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

/// What this visit has placed so far, and where revised articles stood. Looked
/// up by index: a document may hold tens of thousands of entries.
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
    async fn of(
        newsroom: &Newsroom,
        read: &[(Article, Read)],
        late: &HashSet<ArticleId>,
    ) -> Result<Self, StoreError> {
        let revised: Vec<ArticleId> = read
            .iter()
            .filter(|(article, _)| article.revision > 1 || late.contains(&article.id))
            .map(|(article, _)| article.id.clone())
            .collect();
        let mut memory = Self::default();
        for (article, events) in newsroom.store.events_of_articles(&revised).await? {
            let ids = events.iter().map(|event| event.id.clone()).collect();
            memory.told.insert(article, ids);
            for event in events {
                memory.remember(event);
            }
        }
        Ok(memory)
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
