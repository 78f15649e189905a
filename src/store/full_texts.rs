//! Full texts: which articles' pages are to be asked (again), and what became of
//! asking. Kept with the article, so that it is forgotten with it.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::FromRow;

use super::Store;
use super::articles::{ARTICLE_COLUMNS, ArticleRow};
use super::error::StoreError;
use super::rows::{json, list, unsigned};
use super::session::{Session, values};
use crate::model::article::Article;
use crate::model::full_text::FullText;
use crate::model::reading::Reading;
use crate::model::source::SourceId;

/// An article that waits for its full text.
#[derive(Debug, Clone, PartialEq)]
pub struct AwaitsText {
    pub article: Article,
    pub reading: Reading,
    /// How often its page was asked for.
    pub asked: u32,
}

#[derive(FromRow)]
struct AwaitsRow {
    #[sqlx(flatten)]
    article: ArticleRow,
    full_text_asked: i64,
}

#[derive(Serialize)]
struct FullTextRow<'a> {
    id: &'a str,
    asked: u32,
    due: Option<i64>,
    result: &'a str,
}

impl Store {
    /// Which of `sources` have articles whose pages are due at `now`.
    pub async fn sources_with_texts_due(
        &self,
        sources: &[&SourceId],
        now: DateTime<Utc>,
    ) -> Result<HashSet<SourceId>, StoreError> {
        let mut session = self.pools.read("looking for full texts that are due");
        let found: Vec<(String,)> = session
            .fetch(
                "SELECT item.value ->> 'v' FROM {rows} AS item
                 WHERE EXISTS (SELECT 1 FROM articles a
                   WHERE a.source_id = item.value ->> 'v' AND a.full_text_due <= $2)",
                values![list(sources.iter().map(|id| id.as_str())), now],
            )
            .await?;
        Ok(found
            .into_iter()
            .map(|(id,)| SourceId::from_stored(id))
            .collect())
    }

    /// The first `limit` articles of a source whose pages are due at `now`.
    pub async fn full_texts_due(
        &self,
        source: &SourceId,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<AwaitsText>, StoreError> {
        let mut session = self.pools.read("looking for full texts that are due");
        let rows: Vec<AwaitsRow> = session
            .fetch(
                format!(
                    "SELECT {ARTICLE_COLUMNS}, a.full_text_asked FROM articles a
                     WHERE a.source_id = $1 AND a.full_text_due <= $2
                     ORDER BY a.full_text_due, a.id LIMIT $3"
                ),
                values![source.as_str(), now, i64::from(limit)],
            )
            .await?;
        rows.into_iter()
            .map(|row| {
                let asked = unsigned(row.full_text_asked, "articles.full_text_asked")?;
                let (article, reading) = row.article.read()?;
                Ok(AwaitsText {
                    article,
                    reading,
                    asked,
                })
            })
            .collect()
    }
}

/// Keeps what became of asking; of articles that are not stored, nothing.
pub(super) async fn keep_full_texts(
    session: &mut Session,
    full_texts: impl Iterator<Item = &FullText>,
) -> Result<(), StoreError> {
    let rows: Vec<FullTextRow<'_>> = full_texts
        .map(|text| FullTextRow {
            id: text.article.as_str(),
            asked: text.asked,
            due: text.due.map(|due| due.timestamp_millis()),
            result: &text.result,
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    session.execute(KEEP, values![json(&rows)]).await?;
    Ok(())
}

const KEEP: &str = "UPDATE articles SET
       full_text_asked = CAST(item.value ->> 'asked' AS BIGINT),
       full_text_due = CAST(item.value ->> 'due' AS BIGINT),
       full_text_result = item.value ->> 'result'
     FROM {rows} AS item WHERE articles.id = item.value ->> 'id'";
