//! Keeping events, and which articles tell of them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::error::StoreError;
use super::history::keep_events_before;
use super::rows::{day_number, json, second_of_day};
use super::session::{Session, values};
use super::told_events::{details_json, said_by_json};
use super::visited::VisitedArticle;
use crate::model::article::ArticleId;
use crate::model::event::Event;
use crate::model::region::Region;

/// Keeps the events the articles tell of. What another process recorded of an
/// event since it was read is not undone: a higher sequence stays, and so do
/// the articles it was told by.
pub(super) async fn keep_events(
    session: &mut Session,
    articles: &[&VisitedArticle],
) -> Result<(), StoreError> {
    // Of one event told several times in a visit, the last merge holds all.
    let mut events: BTreeMap<&str, &Event> = BTreeMap::new();
    for event in articles.iter().flat_map(|visited| &visited.events) {
        events
            .entry(event.id.as_str())
            .and_modify(|kept| {
                if (event.sequence, event.articles.len()) >= (kept.sequence, kept.articles.len()) {
                    *kept = event;
                }
            })
            .or_insert(event);
    }
    if events.is_empty() {
        return Ok(());
    }
    write(session, events.values().copied()).await?;
    let tellings = tellings(articles, &events);
    let rows = json(&tellings.values().collect::<Vec<_>>());
    session.execute(UNTELL, values![rows.as_str()]).await?;
    session.execute(TELL, values![rows]).await?;
    Ok(())
}

/// Keeps events, whoever tells of them.
pub(super) async fn write(
    session: &mut Session,
    events: impl Iterator<Item = &Event>,
) -> Result<(), StoreError> {
    let rows: Vec<WrittenEvent> = events.map(WrittenEvent::of).collect();
    let batch = json(&rows);
    keep_events_before(session, &batch).await?;
    session.execute(UPSERT, values![batch]).await?;
    Ok(())
}

/// Who tells of which event, by article and event.
fn tellings<'a>(
    articles: &[&'a VisitedArticle],
    events: &BTreeMap<&str, &'a Event>,
) -> BTreeMap<(&'a str, &'a str), Telling<'a>> {
    let mut told = BTreeMap::new();
    for event in events.values().copied() {
        for (position, article) in event.articles.iter().enumerate() {
            let key = (article.as_str(), event.id.as_str());
            told.insert(key, Telling::of(article, event, position));
        }
    }
    for visited in articles {
        for (place, event) in visited.events.iter().enumerate() {
            let article = &visited.article.id;
            let position = |event: &Event| event.articles.iter().position(|id| id == article);
            let position = events
                .get(event.id.as_str())
                .and_then(|kept| position(kept))
                .or_else(|| position(event))
                .unwrap_or(event.articles.len());
            let mut telling = Telling::of(article, event, position);
            (telling.place, telling.visited) = (place, 1);
            told.insert((article.as_str(), event.id.as_str()), telling);
        }
    }
    told
}

const UPSERT: &str = "INSERT INTO events (id, name, start_day, end_day, last_day, start_second,
       city, region, status, details, sequence, date_words, counted_from, said_by, created,
       updated)
     SELECT item.value ->> 'id', item.value ->> 'name', CAST(item.value ->> 'start_day' AS BIGINT),
       CAST(item.value ->> 'end_day' AS BIGINT), CAST(item.value ->> 'last_day' AS BIGINT),
       CAST(item.value ->> 'start_second' AS BIGINT), item.value ->> 'city',
       item.value ->> 'region', item.value ->> 'status', item.value ->> 'details',
       CAST(item.value ->> 'sequence' AS BIGINT), item.value ->> 'date_words',
       CAST(item.value ->> 'counted_from' AS BIGINT), item.value ->> 'said_by',
       CAST(item.value ->> 'created' AS BIGINT),
       CAST(item.value ->> 'updated' AS BIGINT)
     FROM {rows} AS item WHERE 1 = 1
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, start_day = excluded.start_day,
       end_day = excluded.end_day, last_day = excluded.last_day,
       start_second = excluded.start_second, city = excluded.city, region = excluded.region,
       status = excluded.status,
       details = excluded.details, said_by = excluded.said_by, sequence = excluded.sequence, date_words = excluded.date_words,
       counted_from = excluded.counted_from, updated = excluded.updated
     WHERE excluded.sequence >= events.sequence";

/// Links not known yet, and where in the visited articles the events are told.
const TELL: &str = "INSERT INTO event_articles (article_id, event_id, position, place)
     SELECT item.value ->> 'article', item.value ->> 'event',
       CAST(item.value ->> 'position' AS BIGINT), CAST(item.value ->> 'place' AS BIGINT)
     FROM {rows} AS item WHERE 1 = 1 ON CONFLICT (article_id, event_id) DO NOTHING";

/// A visited article that told of other events before tells of these now.
const UNTELL: &str = "DELETE FROM event_articles
     WHERE article_id IN (SELECT item.value ->> 'article' FROM {rows} AS item
         WHERE CAST(item.value ->> 'visited' AS BIGINT) = 1)
       AND NOT EXISTS (SELECT 1 FROM {rows} AS item
         WHERE item.value ->> 'article' = event_articles.article_id
           AND item.value ->> 'event' = event_articles.event_id)";

#[derive(Serialize)]
struct WrittenEvent<'a> {
    id: &'a str,
    name: &'a str,
    start_day: i64,
    end_day: Option<i64>,
    last_day: i64,
    start_second: Option<i64>,
    city: Option<&'a str>,
    region: Option<String>,
    status: &'static str,
    details: String,
    sequence: u32,
    date_words: &'a str,
    counted_from: Option<i64>,
    said_by: String,
    created: i64,
    updated: i64,
}

impl<'a> WrittenEvent<'a> {
    fn of(event: &'a Event) -> Self {
        Self {
            id: event.id.as_str(),
            name: &event.name,
            start_day: day_number(event.start),
            end_day: event.end.map(day_number),
            last_day: day_number(event.last_day()),
            start_second: event.time.map(second_of_day),
            city: event.city.as_deref(),
            region: event.region.map(Region::code),
            status: event.status.word(),
            details: details_json(&event.details),
            sequence: event.sequence,
            date_words: &event.date_words,
            counted_from: event.date_counted_from.map(day_number),
            said_by: said_by_json(&event.said_by),
            created: event.created.timestamp_millis(),
            updated: event.updated.timestamp_millis(),
        }
    }
}

#[derive(Serialize)]
struct Telling<'a> {
    article: &'a str,
    event: &'a str,
    /// Among those who tell of the event.
    position: usize,
    /// Among the events of the article.
    place: usize,
    visited: i64,
}

impl<'a> Telling<'a> {
    fn of(article: &'a ArticleId, event: &'a Event, position: usize) -> Self {
        Self {
            article: article.as_str(),
            event: event.id.as_str(),
            position,
            place: 0,
            visited: 0,
        }
    }
}
