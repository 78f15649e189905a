//! Articles that an older engine read, and what a newer one makes of them.

use chrono::{DateTime, NaiveDate, Utc};

use super::Store;
use super::article_rows::{Seen, keep_articles, sealed_until};
use super::corrections::tell;
use super::dialect::Durability;
use super::error::StoreError;
use super::rows::{day_number, time, unsigned};
use super::search::{keep_words, words_of};
use super::session::{Session, values};
use super::sources::raise_stamp;
use super::visited::VisitedArticle;
use crate::model::article::ArticleId;

/// An article on a walk over all, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    pub dated: DateTime<Utc>,
    pub article: ArticleId,
}

impl Store {
    /// Articles dated `since` or later that an engine before `engine` read: the
    /// next `limit` after `passed`, the newest first.
    pub async fn read_before(
        &self,
        engine: u32,
        since: DateTime<Utc>,
        passed: Option<&Passed>,
        limit: u32,
    ) -> Result<Vec<Passed>, StoreError> {
        let mut session = self.pools.read("looking for what an older engine read");
        let dated = passed.map_or(i64::MAX, |passed| passed.dated.timestamp_millis());
        let id = passed.map_or("", |passed| passed.article.as_str());
        let rows: Vec<(i64, String)> = session
            .fetch(
                "SELECT dated, id FROM articles
                 WHERE engine_version < $1 AND dated >= $2 AND (dated, id) < ($3, $4)
                 ORDER BY dated DESC, id DESC LIMIT $5",
                values![i64::from(engine), since, dated, id, i64::from(limit)],
            )
            .await?;
        rows.into_iter()
            .map(|(dated, id)| {
                Ok(Passed {
                    dated: time(dated, "articles.dated")?,
                    article: ArticleId::from_stored(id),
                })
            })
            .collect()
    }

    /// Articles dated before `until` that an engine before `engine` read and that
    /// tell of events not over before `today`: the next `limit` after `passed`, by id.
    pub async fn tellers_read_before(
        &self,
        engine: u32,
        until: DateTime<Utc>,
        today: NaiveDate,
        passed: Option<&ArticleId>,
        limit: u32,
    ) -> Result<Vec<ArticleId>, StoreError> {
        let mut session = self.pools.read("looking for events an older engine read");
        let passed = passed.map_or("", ArticleId::as_str);
        let rows: Vec<(String,)> = session
            .fetch(
                "SELECT DISTINCT a.id FROM events e
                 JOIN event_articles t ON t.event_id = e.id
                 JOIN articles a ON a.id = t.article_id
                 WHERE e.last_day >= $1 AND a.engine_version < $2 AND a.dated < $3 AND a.id > $4
                 ORDER BY a.id LIMIT $5",
                values![
                    day_number(today),
                    i64::from(engine),
                    until,
                    passed,
                    i64::from(limit)
                ],
            )
            .await?;
        let ids = rows.into_iter().map(|(id,)| ArticleId::from_stored(id));
        Ok(ids.collect())
    }

    /// Keeps an article as it was read again. It stays where readers met it: when
    /// it was added does not move, and no letter tells of it as revised. `false`:
    /// its publisher changed it meanwhile, or the operator's word on it is no
    /// longer that made at `said`, and nothing was kept.
    pub async fn record_reading(
        &self,
        visited: &VisitedArticle,
        said: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let words = words_of(visited);
        let mut session = self
            .pools
            .write("recording a reading", Durability::Normal)
            .await?;
        let id = visited.article.id.as_str();
        let known: Option<(i64, i64)> = session
            .fetch_first(
                "SELECT revision, changed_at FROM articles WHERE id = $1 {for update}",
                values![id],
            )
            .await?;
        let Some((revision, changed_at)) = known else {
            return Ok(false);
        };
        if unsigned(revision, "articles.revision")? != visited.article.revision
            || word_made(&mut session, id).await? != said.map(|said| said.timestamp_millis())
        {
            return Ok(false);
        }
        let sealed = sealed_until(&mut session).await?;
        let seen = Some(now);
        keep_articles(&mut session, &[Seen { visited, seen }], sealed, true).await?;
        keep_words(&mut session, &[&words], true).await?;
        // Its publisher has changed nothing: letters tell of later revisions only.
        session
            .execute(
                "UPDATE articles SET changed_at = $2 WHERE id = $1 AND revision > 1",
                values![id, changed_at],
            )
            .await?;
        tell(&mut session, visited).await?;
        raise_stamp(&mut session).await?;
        session.commit().await?;
        Ok(true)
    }
}

/// When the operator's word on an article was made.
async fn word_made(session: &mut Session, article: &str) -> Result<Option<i64>, StoreError> {
    let row: Option<(i64,)> = session
        .fetch_first(
            "SELECT made_at FROM corrections WHERE article_id = $1",
            values![article],
        )
        .await?;
    Ok(row.map(|(made,)| made))
}
