//! What is new in a visit, and what we make of it: change → read → same story?
//! → same event?
//!
//! Articles of one visit are compared with each other as well as with the
//! store: a feed may tell one story twice.

use std::collections::HashMap;

use chrono::{DateTime, Days, TimeDelta, Utc};

use crate::model::article::{Article, ArticleId};
use crate::model::event::Event;
use crate::model::reading::Reading;
use crate::model::source::Source;
use crate::model::story::StoryCandidate;
use crate::store::{StoreError, VisitedArticle};
use crate::understand::event::EventChange;
use crate::understand::identity::{self, Change};
use crate::understand::{self, Hints, event, same_story};

use super::Newsroom;

/// How far back a story may begin that a new article joins.
const STORY_SPAN: TimeDelta = TimeDelta::days(4);
/// How far an event's day may lie from the one an article names and still be it.
const EVENT_SPAN: Days = Days::new(1);

/// The most tellers an event is carried with through a visit.
const EVENT_ARTICLES_CARRIED: usize = 32;

/// The articles of one visit that must be stored.
pub struct Learned {
    pub articles: Vec<VisitedArticle>,
    pub new: usize,
    pub revised: usize,
}

impl Learned {
    /// Compares `articles` with what the store knows and reads what is new.
    pub async fn of(
        newsroom: &Newsroom,
        source: &Source,
        articles: Vec<Article>,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let ids: Vec<ArticleId> = articles.iter().map(|article| article.id.clone()).collect();
        let known = newsroom.store.known_articles(&ids).await?;
        let mut learned = Self {
            articles: Vec::new(),
            new: 0,
            revised: 0,
        };
        let mut changed = Vec::new();
        for article in articles {
            let before = known.get(&article.id);
            match identity::change(article, before) {
                Change::New(article) => {
                    learned.new += 1;
                    changed.push(article);
                }
                Change::Revised(article) => {
                    learned.revised += 1;
                    changed.push(article);
                }
                Change::Unchanged => {}
            }
        }
        let mut memory = Memory::of(newsroom, &changed).await?;
        let hints = Hints {
            language: source.language,
            region: source.region,
        };
        for article in changed {
            let reading = understand::read(&article, &hints, newsroom.zone, now);
            let visited = memory.place(newsroom, article, reading, now).await?;
            learned.articles.push(visited);
        }
        Ok(learned)
    }
}

/// What this visit has placed so far, and where revised articles stood.
struct Memory {
    stories: Vec<(Vec<i64>, StoryCandidate)>,
    events: HashMap<String, Event>,
    events_told: HashMap<ArticleId, Event>,
}

impl Memory {
    async fn of(newsroom: &Newsroom, changed: &[Article]) -> Result<Self, StoreError> {
        let revised: Vec<ArticleId> = changed
            .iter()
            .filter(|article| article.revision > 1)
            .map(|article| article.id.clone())
            .collect();
        Ok(Self {
            stories: Vec::new(),
            events: HashMap::new(),
            events_told: newsroom.store.events_of_articles(&revised).await?,
        })
    }

    async fn place(
        &mut self,
        newsroom: &Newsroom,
        article: Article,
        reading: Reading,
        now: DateTime<Utc>,
    ) -> Result<VisitedArticle, StoreError> {
        let signature = same_story::signature(&article, &reading);
        let since = article.dated() - STORY_SPAN;
        let mut candidates = newsroom
            .store
            .story_candidates(&signature.bands, since)
            .await?;
        let shares_band = |bands: &[i64]| bands.iter().any(|band| signature.bands.contains(band));
        candidates.extend(
            self.stories
                .iter()
                .filter(|(bands, _)| shares_band(bands))
                .map(|(_, candidate)| candidate.clone()),
        );
        let story = same_story::join(&article.id, article.dated(), &signature, &candidates);
        self.stories.push((
            signature.bands.clone(),
            StoryCandidate {
                story: story.clone(),
                article: article.id.clone(),
                tokens: signature.tokens.clone(),
                dated: article.dated(),
            },
        ));
        let event = self.event(newsroom, &article, &reading, now).await?;
        Ok(VisitedArticle {
            article,
            reading,
            signature,
            story,
            event,
        })
    }

    /// The event the article tells of, as it stands with the article's word in it.
    async fn event(
        &mut self,
        newsroom: &Newsroom,
        article: &Article,
        reading: &Reading,
        now: DateTime<Utc>,
    ) -> Result<Option<Event>, StoreError> {
        let Some(claim) = reading
            .event
            .as_ref()
            .filter(|claim| claim.confidence.is_enough())
        else {
            return Ok(None);
        };
        let last = claim.end.unwrap_or(claim.start);
        let from = claim
            .start
            .checked_sub_days(EVENT_SPAN)
            .unwrap_or(claim.start);
        let to = last.checked_add_days(EVENT_SPAN).unwrap_or(last);
        let mut candidates = newsroom.store.events_near(from, to).await?;
        candidates.extend(self.events_told.get(&article.id).cloned());
        for placed in self.events.values() {
            candidates.retain(|event| event.id != placed.id);
            candidates.push(placed.clone());
        }
        let mut event = match event::merge(claim, article, &candidates, now) {
            EventChange::New(event) | EventChange::Changed(event) => event,
            EventChange::Unchanged(id) => match candidates.into_iter().find(|event| event.id == id)
            {
                Some(event) => event,
                None => return Ok(None),
            },
        };
        // Each article of the visit carries its event: ten thousand that all
        // tell of one must not carry ten thousand ids each. The store links
        // every article to its event in any case.
        event.articles.truncate(EVENT_ARTICLES_CARRIED);
        self.events.insert(event.id.to_string(), event.clone());
        Ok(Some(event))
    }
}
