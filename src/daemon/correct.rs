//! The operator corrects an article: said → read again → placed → one
//! transaction. Feeds, calendars and the next letters follow from what is stored.
//!
//! Deliberately absent: correcting a story or an event as a whole. The word is
//! on one article; its event and its story follow.

mod events;

use chrono::{DateTime, Utc};

use super::Newsroom;
use crate::model::article::{Article, ArticleId};
use crate::model::correction::{Correction, StoryWord};
use crate::model::reading::{Kind, Reading};
use crate::model::region::Region;
use crate::model::story::StoryId;
use crate::store::{Store, StoreError, VisitedArticle};
use crate::understand::correction::{EventWord, claimed, corrected};
use crate::understand::{self, Hints};

/// How often a correction is made anew because the article changed meanwhile.
const TRIES_MAX: u32 = 3;

/// What the operator says of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// Put above the reading, with what was said before.
    Say(Said),
    /// Everything said before is taken back.
    Undo,
}

/// What is `None` stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Said {
    pub kind: Option<Kind>,
    /// `Some(None)`: it tells of no event.
    pub event: Option<Option<EventWord>>,
    pub region: Option<Region>,
    /// `Some(None)`: it tells a story of its own.
    pub story: Option<Option<ArticleId>>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The article as it is believed now, and in which story.
    Corrected(Box<Reading>, StoryId),
    /// It was said before, or there was nothing to undo.
    Unchanged,
    /// There is no such article.
    Unknown(ArticleId),
    /// The article is being changed all the time; another try may do.
    Restless,
}

/// Puts the operator's word above what was read in an article.
pub async fn correct(
    newsroom: &Newsroom,
    id: &ArticleId,
    word: &Word,
    now: DateTime<Utc>,
) -> Result<Outcome, StoreError> {
    let store = &newsroom.store;
    for _ in 0..TRIES_MAX {
        let (Some((article, reading)), Some(tells)) =
            (store.article(id).await?, store.story_of(id).await?)
        else {
            return Ok(Outcome::Unknown(id.clone()));
        };
        let before = store.corrections_of(std::slice::from_ref(id)).await?;
        let before = before.get(id).cloned();
        let before = before.unwrap_or_else(|| Correction::none(id.clone(), now));
        let next = match word {
            Word::Undo => Correction::none(id.clone(), now),
            Word::Say(said) => {
                let word = match story_word(store, &article, &tells, &before, said).await? {
                    Ok(word) => word,
                    Err(unknown) => return Ok(Outcome::Unknown(unknown)),
                };
                say(&before, said, &reading, &article, word, now)
            }
        };
        if next.says_the_same(&before) {
            return Ok(Outcome::Unchanged);
        }
        let tells = match (&next.story, &before.story) {
            (Some(word), _) => word.story.clone(),
            (None, Some(undone)) => undone.before.clone(),
            (None, None) => tells,
        };
        let visited = believed(newsroom, article, tells, (&before, &next), now).await?;
        let kept = Some(&next).filter(|next| !next.is_empty());
        if store.record_correction(&visited, kept, now).await? {
            return Ok(Outcome::Corrected(Box::new(visited.reading), visited.story));
        }
    }
    Ok(Outcome::Restless)
}

/// What was said so far with what is said now.
fn say(
    before: &Correction,
    said: &Said,
    reading: &Reading,
    article: &Article,
    story: Option<StoryWord>,
    now: DateTime<Utc>,
) -> Correction {
    let event = said.event.as_ref().map(|word| {
        let known = reading.event.as_ref();
        let word = word.as_ref();
        word.map(|word| claimed(word, known, &article.title))
    });
    Correction {
        article: article.id.clone(),
        made: now,
        kind: said.kind.or(before.kind),
        event: event.or_else(|| before.event.clone()),
        region: said.region.or(before.region),
        story: story.or_else(|| before.story.clone()),
    }
}

/// Where the article goes; `Err`: the article it is said to tell the same as is
/// not known.
async fn story_word(
    store: &Store,
    article: &Article,
    now_in: &StoryId,
    before: &Correction,
    said: &Said,
) -> Result<Result<Option<StoryWord>, ArticleId>, StoreError> {
    let Some(wanted) = &said.story else {
        return Ok(Ok(None));
    };
    let read = before.story.as_ref().map(|word| word.before.clone());
    let origin = read.unwrap_or_else(|| now_in.clone());
    let (tells, other) = if let Some(other) = wanted {
        let Some(tells) = store.story_of(other).await? else {
            return Ok(Err(other.clone()));
        };
        (tells, Some(other.clone()))
    } else {
        let beside = another_in(store, now_in, &article.id).await?;
        let before = before.story.as_ref().and_then(|word| word.other.clone());
        let other = beside.or(before);
        (nobodys_story(store, &article.id).await?, other)
    };
    Ok(Ok(Some(StoryWord {
        story: tells,
        before: origin,
        other,
    })))
}

/// The first other article of a story.
async fn another_in(
    store: &Store,
    tells: &StoryId,
    article: &ArticleId,
) -> Result<Option<ArticleId>, StoreError> {
    let told = store.articles_of_story(tells).await?;
    Ok(told.into_iter().find(|other| other != article))
}

/// A story nobody else is in: others may have joined the one the article was put
/// into when it was taken out before.
async fn nobodys_story(store: &Store, article: &ArticleId) -> Result<StoryId, StoreError> {
    let mut last = None;
    for own in StoryId::own(article) {
        if another_in(store, &own, article).await?.is_none() {
            return Ok(own);
        }
        last = Some(own);
    }
    Ok(last.expect("an article has stories of its own"))
}

/// The article read again, with the operator's word above the reading, and its
/// event as it stands then.
pub(super) async fn believed(
    newsroom: &Newsroom,
    article: Article,
    story: StoryId,
    (before, next): (&Correction, &Correction),
    now: DateTime<Utc>,
) -> Result<VisitedArticle, StoreError> {
    let catalogue = newsroom.catalogue();
    let source = catalogue.source(&article.source);
    let hints = source.map_or_else(Hints::default, |source| Hints {
        language: source.language,
        region: source.region,
    });
    let read = understand::read_to_compare(&article, &hints, newsroom.zone, now);
    let published = article.dated().with_timezone(&newsroom.zone).date_naive();
    let reading = corrected(read.reading, next, published);
    let signature = read.likeness.signature(&article, &reading);
    let followed = events::events(&newsroom.store, &article, &reading, (before, next), now).await?;
    Ok(VisitedArticle {
        article,
        reading,
        signature,
        story,
        events: followed.events,
        left: followed.left,
    })
}
