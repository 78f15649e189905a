//! What was changed since a letter told of it: events as they stood, articles
//! with the titles they had; and one event by its id.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sqlx::FromRow;

use super::Store;
use super::articles::ARTICLE_COLUMNS;
use super::error::StoreError;
use super::events::{EVENT_COLUMNS, EventRow, with_articles};
use super::publish::{EntryRow, entries};
use super::rows::{day, list, time_of_day};
use super::session::{Session, values};
use crate::model::article::ArticleId;
use crate::model::change::{EventBefore, Revised};
use crate::model::event::{Event, EventId, EventStatus};

/// The most changed events one letter's window is asked for.
const CHANGED_EVENTS_MAX: i64 = 500;

#[derive(FromRow)]
struct BeforeRow {
    event_id: String,
    start_day: i64,
    end_day: Option<i64>,
    start_second: Option<i64>,
    city: Option<String>,
    status: String,
}

impl Store {
    /// One event; `None`: there is no such.
    pub async fn event(&self, id: &EventId) -> Result<Option<Event>, StoreError> {
        let mut session = self.pools.read("reading an event");
        let rows: Vec<EventRow> = session
            .fetch(
                format!("SELECT {EVENT_COLUMNS} FROM events e WHERE e.id = $1"),
                values![id.as_str()],
            )
            .await?;
        Ok(with_articles(&mut session, rows).await?.pop())
    }

    /// The events changed after `after`, up to and including `until`, as they
    /// stood at `after`, by id.
    pub async fn events_before(
        &self,
        after: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<Vec<EventBefore>, StoreError> {
        let mut session = self.pools.read("reading what was changed of events");
        let rows: Vec<BeforeRow> = session
            .fetch(
                "SELECT r.event_id, r.start_day, r.end_day, r.start_second, r.city, r.status
                 FROM event_revisions r WHERE r.replaced_at > $1 AND r.replaced_at <= $2
                   AND NOT EXISTS (SELECT 1 FROM event_revisions q
                     WHERE q.event_id = r.event_id AND q.sequence < r.sequence
                       AND q.replaced_at > $1 AND q.replaced_at <= $2)
                 ORDER BY r.event_id LIMIT $3",
                values![after, until, CHANGED_EVENTS_MAX],
            )
            .await?;
        rows.into_iter().map(BeforeRow::read).collect()
    }

    /// Articles about forums that were told of up to `after` and changed after
    /// it, up to and including `until`: the first changed first.
    pub async fn revised_between(
        &self,
        after: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Revised>, StoreError> {
        let mut session = self.pools.read("reading what was changed of articles");
        let rows: Vec<EntryRow> = session
            .fetch(
                format!(
                    "SELECT {ARTICLE_COLUMNS}, s.outlet, s.republish
                     FROM articles a LEFT JOIN sources s ON s.id = a.source_id
                     WHERE a.revision > 1 AND a.changed_at > $1 AND a.changed_at <= $2
                       AND EXISTS (SELECT 1 FROM article_revisions v WHERE v.article_id = a.id
                         AND v.replaced_at > $1 AND v.replaced_at <= $2)
                       AND a.added_at <= $1 AND a.shown_kind IN ('announcement', 'forum-article')
                     ORDER BY a.changed_at, a.seq LIMIT $3"
                ),
                values![after, until, i64::from(limit)],
            )
            .await?;
        let changed = entries(&mut session, rows).await?;
        let ids = list(changed.iter().map(|entry| entry.article.id.as_str()));
        let titles: Vec<(String, String)> = session.fetch(TITLES, values![ids, after]).await?;
        let mut titles: HashMap<ArticleId, String> = titles
            .into_iter()
            .map(|(id, title)| (ArticleId::from_stored(id), title))
            .collect();
        Ok(changed
            .into_iter()
            .map(|entry| Revised {
                title_before: titles
                    .remove(&entry.article.id)
                    .filter(|title| *title != entry.article.title),
                entry,
            })
            .collect())
    }
}

/// What articles were called when `$2` came.
const TITLES: &str = "SELECT v.article_id, v.title FROM article_revisions v
     WHERE v.replaced_at > $2
       AND v.article_id IN (SELECT item.value ->> 'v' FROM {rows} AS item)
       AND NOT EXISTS (SELECT 1 FROM article_revisions w WHERE w.article_id = v.article_id
         AND w.replaced_at > $2 AND w.revision < v.revision)";

/// Keeps what events say before `rows` (of `store/events.rs`) change them. Like
/// articles, a change recorded after a window was sealed counts as made later.
pub(super) async fn keep_events_before(
    session: &mut Session,
    rows: &str,
) -> Result<(), StoreError> {
    session.execute(KEEP, values![rows]).await?;
    Ok(())
}

const KEEP: &str = "INSERT INTO event_revisions (event_id, sequence, replaced_at, start_day,
       end_day, start_second, city, status)
     SELECT e.id, e.sequence,
       CASE WHEN CAST(item.value ->> 'updated' AS BIGINT) > h.number
         THEN CAST(item.value ->> 'updated' AS BIGINT) ELSE h.number + 1 END,
       e.start_day, e.end_day, e.start_second, e.city, e.status
     FROM {rows} AS item JOIN events e ON e.id = item.value ->> 'id'
       JOIN house h ON h.key = 'sealed_until'
     WHERE e.sequence < CAST(item.value ->> 'sequence' AS BIGINT)
     ON CONFLICT (event_id, sequence) DO NOTHING";

impl BeforeRow {
    fn read(self) -> Result<EventBefore, StoreError> {
        Ok(EventBefore {
            id: EventId::from_stored(self.event_id),
            start: day(self.start_day, "event_revisions.start_day")?,
            end: self
                .end_day
                .map(|number| day(number, "event_revisions.end_day"))
                .transpose()?,
            time: self
                .start_second
                .map(|second| time_of_day(second, "event_revisions.start_second"))
                .transpose()?,
            city: self.city,
            status: EventStatus::from_word(&self.status)
                .ok_or_else(|| StoreError::corrupt("event_revisions.status", &self.status))?,
        })
    }
}
