//! The operator's word on articles, and what follows from it, in one transaction.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use sqlx::FromRow;
use url::Url;

use super::Store;
use super::article_rows::{Seen, keep_articles, sealed_until};
use super::dialect::Durability;
use super::error::StoreError;
use super::rows::{BATCH_ROWS, json, list, parsed, time, unsigned};
use super::search::{keep_words, words_of};
use super::session::{Session, values};
use super::sources::raise_stamp;
use super::tellings::{keep_events, write as write_events};
use super::told_events::{claim, claim_json};
use super::visited::VisitedArticle;
use crate::model::article::ArticleId;
use crate::model::correction::{Correction, StoryWord};
use crate::model::event::Event;
use crate::model::reading::Kind;
use crate::model::region::Region;
use crate::model::story::StoryId;

/// Articles of one address or one story that are named.
const NAMED_MAX: i64 = 16;
/// An event column of a correction that says there is none.
const NO_EVENT: &str = "null";

const COLUMNS: &str = "c.article_id, c.made_at, c.kind, c.event, c.region, c.story_id, \
    c.story_before, c.story_other";

#[derive(FromRow)]
struct CorrectionRow {
    article_id: String,
    made_at: i64,
    kind: Option<String>,
    event: Option<String>,
    region: Option<String>,
    story_id: Option<String>,
    story_before: Option<String>,
    story_other: Option<String>,
}

impl Store {
    /// Every correction, the last made first.
    pub async fn corrections(&self) -> Result<Vec<Correction>, StoreError> {
        let mut session = self.pools.read("listing corrections");
        let rows: Vec<CorrectionRow> = session
            .fetch(
                format!(
                    "SELECT {COLUMNS} FROM corrections c ORDER BY c.made_at DESC, c.article_id"
                ),
                values![],
            )
            .await?;
        rows.into_iter().map(CorrectionRow::read).collect()
    }

    /// What was said of those of `ids` of which something was.
    pub async fn corrections_of(
        &self,
        ids: &[ArticleId],
    ) -> Result<HashMap<ArticleId, Correction>, StoreError> {
        let mut session = self.pools.read("looking up corrections");
        let mut said = HashMap::new();
        for batch in ids.chunks(BATCH_ROWS) {
            let rows: Vec<CorrectionRow> = session
                .fetch(
                    format!(
                        "SELECT {COLUMNS} FROM corrections c WHERE c.article_id IN (
                           SELECT item.value ->> 'v' FROM {{rows}} AS item)"
                    ),
                    values![list(batch.iter().map(ArticleId::as_str))],
                )
                .await?;
            for row in rows {
                let correction = row.read()?;
                said.insert(correction.article.clone(), correction);
            }
        }
        Ok(said)
    }

    /// The articles at an address, the first added first; several sources may
    /// bring the same. Reads them all: no index is kept for a rare question.
    pub async fn articles_at(&self, address: &Url) -> Result<Vec<ArticleId>, StoreError> {
        self.ids(
            "looking for an address",
            "SELECT id FROM articles WHERE link = $1 ORDER BY added_at, seq LIMIT $2",
            address.as_str(),
        )
        .await
    }

    /// The story an article is in; `None`: there is no such article.
    pub async fn story_of(&self, id: &ArticleId) -> Result<Option<StoryId>, StoreError> {
        let mut session = self.pools.read("looking up a story");
        let row: Option<(String,)> = session
            .fetch_first(
                "SELECT story_id FROM articles WHERE id = $1",
                values![id.as_str()],
            )
            .await?;
        Ok(row.map(|(story,)| StoryId::from_stored(story)))
    }

    /// The first articles of a story.
    pub async fn articles_of_story(&self, story: &StoryId) -> Result<Vec<ArticleId>, StoreError> {
        self.ids(
            "reading a story",
            "SELECT id FROM articles WHERE story_id = $1 ORDER BY added_at, seq LIMIT $2",
            story.as_str(),
        )
        .await
    }

    async fn ids(
        &self,
        doing: &'static str,
        sql: &'static str,
        of: &str,
    ) -> Result<Vec<ArticleId>, StoreError> {
        let mut session = self.pools.read(doing);
        let rows: Vec<(String,)> = session.fetch(sql, values![of, NAMED_MAX]).await?;
        let ids = rows.into_iter().map(|(id,)| ArticleId::from_stored(id));
        Ok(ids.collect())
    }

    /// Keeps `correction` (`None`: nothing is said any more) with the article as
    /// it is believed with it. `false`: its publisher has changed the article
    /// meanwhile and nothing was kept.
    pub async fn record_correction(
        &self,
        visited: &VisitedArticle,
        correction: Option<&Correction>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let words = words_of(visited);
        let mut session = self
            .pools
            .write("recording a correction", Durability::Normal)
            .await?;
        let id = visited.article.id.as_str();
        let known: Option<(i64, Option<String>)> = session
            .fetch_first(
                "SELECT revision, shown_kind FROM articles WHERE id = $1 {for update}",
                values![id],
            )
            .await?;
        let Some((revision, kind_before)) = known else {
            return Ok(false);
        };
        if unsigned(revision, "articles.revision")? != visited.article.revision {
            return Ok(false);
        }
        let sealed = sealed_until(&mut session).await?;
        let seen = Some(now);
        keep_articles(&mut session, &[Seen { visited, seen }], sealed, true).await?;
        keep_words(&mut session, &[&words], true).await?;
        // Nobody who follows forums was told of what was taken for something
        // else: to them it is new, and their next letter tells of it.
        let was_told = is_about_forums(kind_before.as_deref());
        let is_new = !was_told && is_about_forums(visited.reading.shown_kind().map(Kind::word));
        let seen = now.max(sealed + TimeDelta::milliseconds(1));
        session
            .execute(
                "UPDATE articles SET changed_at = $2,
                   added_at = CASE WHEN $3 = 1 THEN $2 ELSE added_at END WHERE id = $1",
                values![id, seen, i64::from(is_new)],
            )
            .await?;
        tell(&mut session, visited).await?;
        session
            .execute("DELETE FROM corrections WHERE article_id = $1", values![id])
            .await?;
        if let Some(correction) = correction {
            write(&mut session, correction).await?;
        }
        raise_stamp(&mut session).await?;
        session.commit().await?;
        Ok(true)
    }
}

fn is_about_forums(shown_kind: Option<&str>) -> bool {
    matches!(
        shown_kind.and_then(Kind::from_word),
        Some(Kind::Announcement | Kind::ForumArticle)
    )
}

/// Which events the article tells of now, and in which order they are told.
pub(super) async fn tell(
    session: &mut Session,
    visited: &VisitedArticle,
) -> Result<(), StoreError> {
    let told = visited.events.iter().map(|event| event.id.as_str());
    session
        .execute(
            "DELETE FROM event_articles WHERE article_id = $2 AND event_id NOT IN (
               SELECT item.value ->> 'v' FROM {rows} AS item)",
            values![list(told), visited.article.id.as_str()],
        )
        .await?;
    keep_events(session, &[visited]).await?;
    write_events(session, visited.left.iter()).await?;
    for event in visited.events.iter().chain(&visited.left) {
        session.execute(RANK, values![ranks(event)]).await?;
    }
    Ok(())
}

const RANK: &str = "UPDATE event_articles SET position = CAST(item.value ->> 'position' AS BIGINT)
     FROM {rows} AS item WHERE event_articles.article_id = item.value ->> 'article'
       AND event_articles.event_id = item.value ->> 'event'";

fn ranks(event: &Event) -> String {
    #[derive(Serialize)]
    struct Rank<'a> {
        article: &'a str,
        event: &'a str,
        position: usize,
    }
    let ranks = event.articles.iter().enumerate();
    let ranks: Vec<Rank> = ranks
        .map(|(position, article)| Rank {
            article: article.as_str(),
            event: event.id.as_str(),
            position,
        })
        .collect();
    json(&ranks)
}

async fn write(session: &mut Session, correction: &Correction) -> Result<(), StoreError> {
    let event = correction.event.as_ref();
    let story = correction.story.as_ref();
    let words = |words: Option<&str>| words.map(str::to_owned);
    session
        .execute(
            "INSERT INTO corrections (article_id, made_at, kind, event, region, story_id,
               story_before, story_other) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            values![
                correction.article.as_str(),
                correction.made,
                words(correction.kind.map(Kind::word)),
                event.map(|event| event.as_ref().map_or(NO_EVENT.to_owned(), claim_json)),
                correction.region.map(Region::code),
                words(story.map(|word| word.story.as_str())),
                words(story.map(|word| word.before.as_str())),
                words(
                    story
                        .and_then(|word| word.other.as_ref())
                        .map(ArticleId::as_str)
                )
            ],
        )
        .await?;
    Ok(())
}

impl CorrectionRow {
    fn read(self) -> Result<Correction, StoreError> {
        let kind = self.kind.map(|word| {
            Kind::from_word(&word).ok_or_else(|| StoreError::corrupt("corrections.kind", &word))
        });
        let event = self.event.map(|event| match event.as_str() {
            NO_EVENT => Ok(None),
            event => claim(event).map(Some),
        });
        let region = self.region.as_deref();
        let other = self.story_other;
        Ok(Correction {
            article: ArticleId::from_stored(self.article_id),
            made: time(self.made_at, "corrections.made_at")?,
            kind: kind.transpose()?,
            event: event.transpose()?,
            region: region
                .map(|code| parsed(code, "corrections.region"))
                .transpose()?,
            story: self
                .story_id
                .zip(self.story_before)
                .map(|(story, before)| StoryWord {
                    story: StoryId::from_stored(story),
                    before: StoryId::from_stored(before),
                    other: other.map(ArticleId::from_stored),
                }),
        })
    }
}
