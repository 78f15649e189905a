//! Events, with those who tell of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use sqlx::FromRow;

use super::Store;
use super::error::StoreError;
use super::rows::{BATCH_ROWS, day, day_number, list, parsed, time, time_of_day, unsigned};
use super::session::{Session, values};
use super::told_events::{details, said_by};
use crate::model::article::ArticleId;
use crate::model::event::{Event, EventId, EventStatus, TELLERS_MAX};
use crate::model::topic::Topic;

/// Events that may be the same as a new one: far more than any week has.
const NEAR_MAX: i64 = 500;

/// The columns of [`EventRow`], of the table alias `e`.
pub(super) const EVENT_COLUMNS: &str = "e.id, e.name, e.start_day, e.end_day, e.start_second, \
    e.city, e.region, e.status, e.details, e.sequence, e.date_words, e.counted_from, e.said_by, \
    e.created, e.updated";

#[derive(FromRow)]
pub(super) struct EventRow {
    id: String,
    name: String,
    start_day: i64,
    end_day: Option<i64>,
    start_second: Option<i64>,
    city: Option<String>,
    region: Option<String>,
    status: String,
    details: String,
    sequence: i64,
    date_words: String,
    counted_from: Option<i64>,
    said_by: String,
    created: i64,
    updated: i64,
}

impl Store {
    /// Events that are on between `from` and `to` (both included) and began on
    /// `since` or later, by start. What began before is not looked at: the past
    /// grows, the search must not.
    pub async fn events_near(
        &self,
        since: NaiveDate,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<Event>, StoreError> {
        let mut session = self.pools.read("looking for events near a day");
        let rows: Vec<EventRow> = session
            .fetch(
                format!(
                    "SELECT {EVENT_COLUMNS} FROM events e
                     WHERE e.last_day >= $1 AND e.start_day <= $2 AND e.start_day >= $4
                     ORDER BY e.start_day, e.id LIMIT $3"
                ),
                values![
                    day_number(from),
                    day_number(to),
                    NEAR_MAX,
                    day_number(since)
                ],
            )
            .await?;
        with_articles(&mut session, rows).await
    }

    /// The events those of `ids` tell of, those told first in an article first.
    pub async fn events_of_articles(
        &self,
        ids: &[ArticleId],
    ) -> Result<HashMap<ArticleId, Vec<Event>>, StoreError> {
        let mut session = self.pools.read("looking up articles' events");
        let mut told: HashMap<ArticleId, Vec<Event>> = HashMap::new();
        for batch in ids.chunks(BATCH_ROWS) {
            let ids = list(batch.iter().map(ArticleId::as_str));
            let links: Vec<(String, String)> = session
                .fetch(
                    "SELECT article_id, event_id FROM event_articles WHERE article_id IN (
                       SELECT item.value ->> 'v' FROM {rows} AS item)
                     ORDER BY article_id, place, event_id",
                    values![ids.as_str()],
                )
                .await?;
            let rows: Vec<EventRow> = session
                .fetch(
                    format!(
                        "SELECT {EVENT_COLUMNS} FROM events e WHERE e.id IN (
                           SELECT t.event_id FROM event_articles t WHERE t.article_id IN (
                             SELECT item.value ->> 'v' FROM {{rows}} AS item))"
                    ),
                    values![ids],
                )
                .await?;
            let events = with_articles(&mut session, rows).await?;
            let events: HashMap<&str, &Event> = events
                .iter()
                .map(|event| (event.id.as_str(), event))
                .collect();
            for (article, event) in links {
                if let Some(event) = events.get(event.as_str()) {
                    let events = told.entry(ArticleId::from_stored(article)).or_default();
                    events.push((*event).clone());
                }
            }
        }
        Ok(told)
    }
}

/// The events with the first [`TELLERS_MAX`] articles that tell of them.
pub(super) async fn with_articles(
    session: &mut Session,
    rows: Vec<EventRow>,
) -> Result<Vec<Event>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let told: Vec<(String, String)> = session
        .fetch(
            "SELECT event_id, article_id FROM event_articles
             WHERE position < $2
               AND event_id IN (SELECT item.value ->> 'v' FROM {rows} AS item)
             ORDER BY event_id, position, article_id",
            values![
                list(rows.iter().map(|row| row.id.as_str())),
                i64::try_from(TELLERS_MAX).unwrap_or(i64::MAX)
            ],
        )
        .await?;
    let mut articles: HashMap<String, Vec<ArticleId>> = HashMap::new();
    for (event, article) in told {
        let list = articles.entry(event).or_default();
        list.push(ArticleId::from_stored(article));
    }
    let mut topics = topics_told(session, &rows).await?;
    rows.into_iter()
        .map(|row| {
            let articles = articles.remove(&row.id).unwrap_or_default();
            let topics = topics.remove(&row.id).unwrap_or_default();
            row.read(articles, topics)
        })
        .collect()
}

/// What each event is about: the topics of which at least half of its first
/// [`TELLERS_MAX`] articles are sure, those that are sure of none left aside.
async fn topics_told(
    session: &mut Session,
    rows: &[EventRow],
) -> Result<HashMap<String, Vec<Topic>>, StoreError> {
    let told: Vec<(String, String, String)> = session
        .fetch(
            "SELECT t.event_id, t.article_id, o.topic FROM event_articles t
             JOIN article_topics o ON o.article_id = t.article_id
             WHERE o.sure = 1 AND t.position < $2
               AND t.event_id IN (SELECT item.value ->> 'v' FROM {rows} AS item)",
            values![
                list(rows.iter().map(|row| row.id.as_str())),
                i64::try_from(TELLERS_MAX).unwrap_or(i64::MAX)
            ],
        )
        .await?;
    let mut tellers: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    let mut votes: HashMap<&str, BTreeMap<Topic, usize>> = HashMap::new();
    for (event, article, topic) in &told {
        tellers.entry(event).or_default().insert(article);
        let topic = parsed(topic, "article_topics.topic")?;
        *votes.entry(event).or_default().entry(topic).or_default() += 1;
    }
    Ok(votes
        .into_iter()
        .map(|(event, votes)| {
            let tellers = tellers.get(event).map_or(0, BTreeSet::len);
            let most = votes.into_iter().filter(|(_, votes)| votes * 2 >= tellers);
            (event.to_owned(), most.map(|(topic, _)| topic).collect())
        })
        .collect())
}

impl EventRow {
    fn read(self, articles: Vec<ArticleId>, topics: Vec<Topic>) -> Result<Event, StoreError> {
        let region = self.region.as_deref();
        let second = self.start_second;
        let counted_from = self.counted_from;
        Ok(Event {
            id: EventId::from_stored(self.id),
            name: self.name,
            start: day(self.start_day, "events.start_day")?,
            end: self
                .end_day
                .map(|number| day(number, "events.end_day"))
                .transpose()?,
            time: second
                .map(|second| time_of_day(second, "events.start_second"))
                .transpose()?,
            city: self.city,
            region: region
                .map(|code| parsed(code, "events.region"))
                .transpose()?,
            status: EventStatus::from_word(&self.status)
                .ok_or_else(|| StoreError::corrupt("events.status", &self.status))?,
            details: details(&self.details)?,
            sequence: unsigned(self.sequence, "events.sequence")?,
            date_words: self.date_words,
            date_counted_from: counted_from
                .map(|number| day(number, "events.counted_from"))
                .transpose()?,
            articles,
            topics,
            said_by: said_by(&self.said_by)?,
            created: time(self.created, "events.created")?,
            updated: time(self.updated, "events.updated")?,
        })
    }
}
