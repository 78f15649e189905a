//! What is published: editions, calendars, the entries of a window.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::FromRow;

use super::Store;
use super::articles::{ARTICLE_COLUMNS, ArticleRow};
use super::error::StoreError;
use super::events::{EVENT_COLUMNS, EventRow, with_articles};
use super::filter::SqlFilter;
use super::rows::{BATCH_ROWS, day_number, list, parsed, time};
use super::session::{Session, values};
use super::sources::name_outlet;
use crate::model::event::{ComingEvent, Event, TELLERS_MAX, VOUCHED_FROM};
use crate::model::feed::{AlsoTold, Entry, Filter};
use crate::model::reading::Kind;
use crate::model::source::{Republish, SourceId};
use crate::model::story::StoryId;

/// Other tellings an entry names.
const ALSO_TOLD_MAX: i64 = 8;

#[derive(FromRow)]
pub(super) struct EntryRow {
    #[sqlx(flatten)]
    article: ArticleRow,
    outlet: Option<String>,
    republish: Option<String>,
}

#[derive(FromRow)]
struct ToldRow {
    story_id: String,
    outlet: String,
    title: String,
    link: Option<String>,
    shown_language: String,
}

impl Store {
    /// The newest `limit` stories `filter` admits, the last added first. Each is
    /// told by the admitted article that was added first, so that an entry stays
    /// the same when others tell the story too.
    pub async fn edition(&self, filter: &Filter, limit: u32) -> Result<Vec<Entry>, StoreError> {
        let mut session = self.pools.read("reading an edition");
        let mut values = values![i64::from(limit)];
        let sql_filter = SqlFilter::new(filter, &mut values);
        let sql = format!(
            "SELECT {ARTICLE_COLUMNS}, s.outlet, s.republish
             FROM articles a LEFT JOIN sources s ON s.id = a.source_id
             WHERE {} AND NOT EXISTS (SELECT 1 FROM articles b WHERE b.story_id = a.story_id
               AND (b.added_at, b.seq) < (a.added_at, a.seq) AND {})
             ORDER BY a.added_at DESC, a.seq DESC LIMIT $1",
            sql_filter.admits("a"),
            sql_filter.admits("b"),
        );
        let rows = session.fetch(sql, values).await?;
        entries(&mut session, rows).await
    }

    /// Events not over before `from` and told by an article that `filter`
    /// admits; where it asks for regions, the event's own place counts as well
    /// as the article's. Ordered by day, what has no time after the day's others.
    pub async fn calendar(
        &self,
        filter: &Filter,
        from: NaiveDate,
        limit: u32,
    ) -> Result<Vec<Event>, StoreError> {
        let mut session = self.pools.read("reading a calendar");
        let mut values = values![day_number(from), i64::from(limit)];
        let sql_filter = SqlFilter::new(filter, &mut values);
        let sql = format!(
            "SELECT {EVENT_COLUMNS} FROM events e WHERE e.last_day >= $1 AND EXISTS (
               SELECT 1 FROM event_articles t JOIN articles a ON a.id = t.article_id
               WHERE t.event_id = e.id AND {})
             ORDER BY e.start_day, COALESCE(e.start_second, 86400), e.id LIMIT $2",
            sql_filter.admits_or_lies_in("a", "e.region"),
        );
        let rows: Vec<EventRow> = session.fetch(sql, values).await?;
        with_articles(&mut session, rows).await
    }

    /// The events not over before `from`, in the order of [`Store::calendar`].
    /// Above `limit`, the next of each source in turn, so that one source cannot
    /// crowd the others out; an event is its first teller's.
    pub async fn coming_events(
        &self,
        from: NaiveDate,
        limit: u32,
    ) -> Result<Vec<ComingEvent>, StoreError> {
        let mut session = self.pools.read("reading the coming events");
        let sql = format!(
            "SELECT {EVENT_COLUMNS} FROM events e JOIN (
               SELECT told.id, ROW_NUMBER() OVER (PARTITION BY told.source_id
                 ORDER BY told.start_day, told.start_second, told.id) AS turn,
                 told.start_day, told.start_second
               FROM (SELECT f.id, f.start_day, COALESCE(f.start_second, 86400) AS start_second,
                   (SELECT a.source_id FROM event_articles t JOIN articles a ON a.id = t.article_id
                    WHERE t.event_id = f.id ORDER BY t.position, t.article_id LIMIT 1) AS source_id
                 FROM events f WHERE f.last_day >= $1) AS told
               WHERE told.source_id IS NOT NULL
               ORDER BY turn, start_day, start_second, id LIMIT $2) AS fair ON fair.id = e.id
             ORDER BY e.start_day, COALESCE(e.start_second, 86400), e.id"
        );
        let rows: Vec<EventRow> = session
            .fetch(sql, values![day_number(from), i64::from(limit)])
            .await?;
        let events = with_articles(&mut session, rows).await?;
        let tellers: Vec<(String, String)> = session
            .fetch(
                WORDS_OF,
                values![
                    list(events.iter().map(|event| event.id.as_str())),
                    i64::try_from(TELLERS_MAX).unwrap_or(i64::MAX),
                    i64::try_from(VOUCHED_FROM).unwrap_or(i64::MAX)
                ],
            )
            .await?;
        let mut words: HashMap<String, String> = tellers.into_iter().collect();
        let coming = events.into_iter().map(|event| ComingEvent {
            word_of: words.remove(event.id.as_str()).map(SourceId::from_stored),
            event,
        });
        Ok(coming.collect())
    }

    /// Tellings added after `after`, up to and including `until`, the first
    /// added first: several entries may have one story, and a reader's filter
    /// chooses among them. Left out is what only repeats a telling from before
    /// the window: same story, kind and language, and no region or topic more.
    /// Above `limit`, what is about forums goes before the rest, and of either
    /// the next of each source in turn. For a digest, [`Store::seal`] the window
    /// first.
    pub async fn entries_between(
        &self,
        after: DateTime<Utc>,
        until: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        let mut session = self.pools.read("reading a window's entries");
        let sql = format!(
            "SELECT {ARTICLE_COLUMNS}, s.outlet, s.republish
             FROM articles a LEFT JOIN sources s ON s.id = a.source_id
             JOIN (
               SELECT new.id, new.seq, new.added_at, new.rest,
                 ROW_NUMBER() OVER (PARTITION BY new.source_id, new.rest
                   ORDER BY new.added_at, new.seq) AS turn
               FROM ({NEW_TELLINGS}) AS new
               ORDER BY rest, turn, added_at, seq LIMIT $3) AS fair ON fair.id = a.id
             ORDER BY a.added_at, a.seq"
        );
        let values = values![
            after,
            until,
            i64::from(limit),
            Kind::Announcement.word(),
            Kind::ForumArticle.word()
        ];
        let rows = session.fetch(sql, values).await?;
        entries(&mut session, rows).await
    }

    /// Whether an announcement was added after `after`.
    pub async fn is_announced_since(&self, after: DateTime<Utc>) -> Result<bool, StoreError> {
        let mut session = self.pools.read("looking for new announcements");
        let row: Option<(i64,)> = session
            .fetch_first(
                "SELECT added_at FROM articles WHERE added_at > $1 AND shown_kind = $2 LIMIT 1",
                values![after, Kind::Announcement.word()],
            )
            .await?;
        Ok(row.is_some())
    }

    /// A number that changes whenever anything published may have changed.
    pub async fn stamp(&self) -> Result<i64, StoreError> {
        let mut session = self.pools.read("asking whether anything changed");
        let row: Option<(i64,)> = session
            .fetch_first("SELECT number FROM house WHERE key = 'stamp'", values![])
            .await?;
        Ok(row.map_or(0, |(stamp,)| stamp))
    }
}

/// The tellings of a window; `rest` is 1 where they are about no forum.
const NEW_TELLINGS: &str = "SELECT a.id, a.seq, a.added_at, a.source_id,
       CASE WHEN a.shown_kind IN ($4, $5) THEN 0 ELSE 1 END AS rest FROM articles a
     WHERE a.added_at > $1 AND a.added_at <= $2 AND NOT EXISTS (
       SELECT 1 FROM articles b WHERE b.story_id = a.story_id AND b.added_at <= $1
       AND b.shown_language = a.shown_language
       AND COALESCE(b.shown_kind, '') = COALESCE(a.shown_kind, '')
       AND NOT EXISTS (SELECT 1 FROM article_regions r
         WHERE r.article_id = a.id AND r.sure = 1 AND r.region NOT IN (
           SELECT q.region FROM article_regions q
           WHERE q.article_id = b.id AND q.sure = 1))
       AND NOT EXISTS (SELECT 1 FROM article_topics r
         WHERE r.article_id = a.id AND r.sure = 1 AND r.topic NOT IN (
           SELECT q.topic FROM article_topics q
           WHERE q.article_id = b.id AND q.sure = 1)))";

/// Events and the source of their first article, where fewer than `$3` sources tell
/// of them in the first [`TELLERS_MAX`].
const WORDS_OF: &str = "SELECT event_id, MIN(first_source) FROM (
       SELECT t.event_id, a.source_id,
         FIRST_VALUE(a.source_id) OVER (PARTITION BY t.event_id
           ORDER BY t.position, t.article_id) AS first_source
       FROM event_articles t JOIN articles a ON a.id = t.article_id
       WHERE t.position < $2
         AND t.event_id IN (SELECT item.value ->> 'v' FROM {rows} AS item)) AS told
     GROUP BY event_id HAVING COUNT(DISTINCT source_id) < $3";

pub(super) async fn entries(
    session: &mut Session,
    rows: Vec<EntryRow>,
) -> Result<Vec<Entry>, StoreError> {
    let mut stories: Vec<&str> = rows
        .iter()
        .map(|row| row.article.story_id.as_str())
        .collect();
    stories.sort_unstable();
    stories.dedup();
    let mut told: HashMap<String, Vec<ToldRow>> = HashMap::new();
    for batch in stories.chunks(BATCH_ROWS) {
        let batch = list(batch.iter().copied());
        // One more than is shown, for the entry's own outlet.
        let tellings: Vec<ToldRow> = session
            .fetch(TELLINGS, values![batch, ALSO_TOLD_MAX + 1])
            .await?;
        for telling in tellings {
            let list = told.entry(telling.story_id.clone()).or_default();
            list.push(telling);
        }
    }
    rows.into_iter()
        .map(|row| {
            let tellings = told.get(&row.article.story_id);
            entry(row, tellings.map_or(&[], Vec::as_slice))
        })
        .collect()
}

/// The first telling of each outlet.
const TELLINGS: &str = "SELECT story_id, outlet, title, link, shown_language FROM (
       SELECT story_id, outlet, title, link, shown_language,
         ROW_NUMBER() OVER (PARTITION BY story_id ORDER BY added_at, seq) AS place
       FROM (
         SELECT a.story_id, COALESCE(s.outlet, a.source_id) AS outlet, a.title, a.link,
           a.shown_language, a.added_at, a.seq,
           ROW_NUMBER() OVER (
             PARTITION BY a.story_id, COALESCE(s.outlet, a.source_id)
             ORDER BY a.added_at, a.seq) AS nth
         FROM articles a LEFT JOIN sources s ON s.id = a.source_id
         WHERE a.story_id IN (SELECT item.value ->> 'v' FROM {rows} AS item)) AS one
       WHERE nth = 1) AS telling
     WHERE place <= $2 ORDER BY story_id, place";

fn entry(row: EntryRow, tellings: &[ToldRow]) -> Result<Entry, StoreError> {
    let shown = usize::try_from(ALSO_TOLD_MAX).unwrap_or_default();
    let own = row.outlet.as_deref().unwrap_or(&row.article.source_id);
    let also_told_by = tellings
        .iter()
        .filter(|telling| telling.outlet != own)
        .take(shown)
        .map(|telling| {
            Ok(AlsoTold {
                outlet: telling.outlet.clone(),
                title: telling.title.clone(),
                link: telling.link.clone(),
                language: parsed(&telling.shown_language, "articles.shown_language")?,
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    let story = StoryId::from_stored(row.article.story_id.clone());
    let added = time(row.article.added_at, "articles.added_at")?;
    let changed = time(row.article.changed_at, "articles.changed_at")?;
    let (article, reading) = row.article.read()?;
    let mut entry = Entry {
        story,
        article,
        reading,
        outlet: String::new(),
        republish: Republish::Excerpt,
        also_told_by,
        added,
        changed,
    };
    name_outlet(&mut entry, row.outlet, row.republish.as_deref());
    Ok(entry)
}
