//! Articles with their readings, as rows and back; and what is known of them.

use std::collections::HashMap;

use chrono::TimeDelta;
use serde::Serialize;
use sqlx::FromRow;

use super::Store;
use super::error::StoreError;
use super::rows::{self, from_json, json, list, parsed, time, time_or_none, unsigned};
use super::session::{Value, values};
use super::told_events;
use crate::model::article::{Article, ArticleId, KnownArticle, Namesake, Said};
use crate::model::reading::{Confidence, Kind, Reading};
use crate::model::source::SourceId;

/// The columns of [`ArticleRow`], of the table alias `a`.
pub(super) const ARTICLE_COLUMNS: &str = "a.id, a.source_id, a.story_id, a.added_at, a.changed_at, \
    a.first_seen, a.revision, a.content_hash, a.engine_version, a.read_at, a.language, \
    a.language_confidence, a.kind, a.kind_confidence, a.published, a.updated, a.declared_language, \
    a.link, a.image, a.title, a.authors, a.categories, a.declared_event, a.regions, a.topics, a.event, \
    a.more_events, a.excerpt, a.summary_html, a.content_html, a.text";

#[derive(FromRow)]
pub(super) struct ArticleRow {
    pub(super) id: String,
    pub(super) source_id: String,
    pub(super) story_id: String,
    pub(super) added_at: i64,
    pub(super) changed_at: i64,
    first_seen: i64,
    revision: i64,
    content_hash: String,
    engine_version: i64,
    read_at: i64,
    language: String,
    language_confidence: f64,
    kind: String,
    kind_confidence: f64,
    published: Option<i64>,
    updated: Option<i64>,
    declared_language: Option<String>,
    link: Option<String>,
    image: Option<String>,
    title: String,
    authors: String,
    categories: String,
    declared_event: Option<String>,
    regions: String,
    topics: String,
    event: Option<String>,
    more_events: String,
    excerpt: String,
    summary_html: String,
    content_html: String,
    text: String,
}

/// Id, revision, hash, first seen, engine, pages asked, updated.
type KnownRow = (String, i64, String, i64, i64, i64, Option<i64>);
/// Id, link, title, published, hash, first seen.
type NamesakeRow = (String, Option<String>, String, Option<i64>, String, i64);

/// Id, link, title, published, hash, beginnings of summary and text.
type SaidRow = (
    String,
    Option<String>,
    String,
    Option<i64>,
    String,
    String,
    String,
);

/// So much of a text is compared with that of another with its id.
const SAID_CHARS: usize = 400;
/// A batch of articles has no more that may be them: beyond, a source repeats itself.
const NAMESAKES_MAX: usize = 5_000;
/// Articles without a date, or with one that moves, are looked for among those of so
/// long: few documents keep an entry for longer.
const KNOWN_FOR: TimeDelta = TimeDelta::days(60);

/// What an article may be known by besides its id.
#[derive(Serialize)]
struct Face<'a> {
    dated: i64,
    title: &'a str,
}

impl<'a> Face<'a> {
    fn of(article: &'a Article) -> Self {
        Self {
            dated: article.dated().timestamp_millis(),
            title: &article.title,
        }
    }
}

impl Store {
    /// What is known of those of `ids` that are stored.
    pub async fn known_articles(
        &self,
        ids: &[ArticleId],
    ) -> Result<HashMap<ArticleId, KnownArticle>, StoreError> {
        let mut session = self.pools.read("looking up known articles");
        let mut known = HashMap::with_capacity(ids.len());
        for batch in ids.chunks(rows::BATCH_ROWS) {
            let found: Vec<KnownRow> = session
                .fetch(
                    "SELECT id, revision, content_hash, first_seen, engine_version, full_text_asked,
                       updated
                     FROM articles
                     WHERE id IN (SELECT item.value ->> 'v' FROM {rows} AS item)",
                    values![list(batch.iter().map(ArticleId::as_str))],
                )
                .await?;
            for (id, revision, content_hash, first_seen, engine_version, asked, updated) in found {
                let id = ArticleId::from_stored(id);
                let article = KnownArticle {
                    id: id.clone(),
                    revision: unsigned(revision, "articles.revision")?,
                    content_hash,
                    first_seen: time(first_seen, "articles.first_seen")?,
                    engine_version: unsigned(engine_version, "articles.engine_version")?,
                    full_text_asked: unsigned(asked, "articles.full_text_asked")?,
                    updated: time_or_none(updated, "articles.updated")?,
                    earlier_hashes: Vec::new(),
                };
                known.insert(id, article);
            }
        }
        let revised = known.values().filter(|known| known.revision > 1);
        let revised: Vec<String> = revised.map(|known| known.id.as_str().to_owned()).collect();
        for batch in revised.chunks(rows::BATCH_ROWS) {
            let found: Vec<(String, String)> = session
                .fetch(
                    "SELECT article_id, content_hash FROM article_revisions
                     WHERE article_id IN (SELECT item.value ->> 'v' FROM {rows} AS item)
                     ORDER BY article_id, revision",
                    values![list(batch.iter().map(String::as_str))],
                )
                .await?;
            for (id, hash) in found {
                if let Some(known) = known.get_mut(&ArticleId::from_stored(id)) {
                    known.earlier_hashes.push(hash);
                }
            }
        }
        Ok(known)
    }

    /// What those of `ids` say that are stored.
    pub async fn said(&self, ids: &[ArticleId]) -> Result<Vec<Said>, StoreError> {
        let mut session = self.pools.read("looking up what articles say");
        let mut all = Vec::new();
        for batch in ids.chunks(rows::BATCH_ROWS) {
            let sql = format!(
                "SELECT id, link, title, published, content_hash,
                   substr(summary_html, 1, {SAID_CHARS}), substr(text, 1, {SAID_CHARS})
                 FROM articles
                 WHERE id IN (SELECT item.value ->> 'v' FROM {{rows}} AS item)"
            );
            let found: Vec<SaidRow> = session
                .fetch(sql, values![list(batch.iter().map(ArticleId::as_str))])
                .await?;
            for row in found {
                all.push(said(row)?);
            }
        }
        Ok(all)
    }

    /// Stored articles of `source` with the title of one of `articles`, and its date or
    /// one of the last weeks; at most [`NAMESAKES_MAX`] of either for a batch.
    pub async fn namesakes(
        &self,
        source: &SourceId,
        articles: &[&Article],
    ) -> Result<Vec<Namesake>, StoreError> {
        let mut session = self.pools.read("looking up articles by title and date");
        let mut namesakes = Vec::new();
        for batch in articles.chunks(rows::BATCH_ROWS) {
            let faces: Vec<Face> = batch.iter().map(|article| Face::of(article)).collect();
            let seen = batch.iter().map(|article| article.first_seen).min();
            let since = seen.map(|seen| seen - KNOWN_FOR);
            // One range or one list of the index each: an OR would walk all of a source.
            let of_then = "dated IN
                     (SELECT CAST(item.value ->> 'dated' AS BIGINT) FROM {rows} AS item)";
            for (when, since) in [(of_then, None), ("dated >= $3", since)] {
                let sql = format!(
                    "SELECT id, link, title, published, content_hash, first_seen FROM articles
                     WHERE source_id = $2 AND {when}
                       AND title IN (SELECT item.value ->> 'title' FROM {{rows}} AS item)
                     ORDER BY seq LIMIT {NAMESAKES_MAX}"
                );
                let mut values = values![json(&faces), source.as_str()];
                values.extend(since.map(Value::from));
                let found: Vec<NamesakeRow> = session.fetch(sql, values).await?;
                namesakes.extend(
                    found
                        .into_iter()
                        .map(namesake)
                        .collect::<Result<Vec<_>, _>>()?,
                );
            }
        }
        Ok(namesakes)
    }

    /// The newest revision of an article, and what is believed of it.
    pub async fn article(&self, id: &ArticleId) -> Result<Option<(Article, Reading)>, StoreError> {
        let mut session = self.pools.read("reading an article");
        let row: Option<ArticleRow> = session
            .fetch_first(
                format!("SELECT {ARTICLE_COLUMNS} FROM articles a WHERE a.id = $1"),
                values![id.as_str()],
            )
            .await?;
        row.map(ArticleRow::read).transpose()
    }
}

fn said(row: SaidRow) -> Result<Said, StoreError> {
    let (id, link, title, published, content_hash, summary_html, text) = row;
    Ok(Said {
        id: ArticleId::from_stored(id),
        link: rows::url(link, "articles.link")?,
        title,
        published: time_or_none(published, "articles.published")?,
        content_hash,
        summary_html,
        text,
    })
}

fn namesake(row: NamesakeRow) -> Result<Namesake, StoreError> {
    let (id, link, title, published, content_hash, first_seen) = row;
    Ok(Namesake {
        id: ArticleId::from_stored(id),
        link: rows::url(link, "articles.link")?,
        title,
        published: time_or_none(published, "articles.published")?,
        content_hash,
        first_seen: time(first_seen, "articles.first_seen")?,
    })
}

impl ArticleRow {
    /// The values.
    pub(super) fn read(self) -> Result<(Article, Reading), StoreError> {
        let declared_event = self.declared_event.as_deref().map(told_events::declared);
        let article = Article {
            id: ArticleId::from_stored(self.id),
            source: SourceId::from_stored(self.source_id),
            revision: unsigned(self.revision, "articles.revision")?,
            link: rows::url(self.link, "articles.link")?,
            title: self.title,
            authors: from_json(&self.authors, "articles.authors")?,
            summary_html: self.summary_html,
            content_html: self.content_html,
            text: self.text,
            published: time_or_none(self.published, "articles.published")?,
            updated: time_or_none(self.updated, "articles.updated")?,
            first_seen: time(self.first_seen, "articles.first_seen")?,
            image: rows::url(self.image, "articles.image")?,
            categories: from_json(&self.categories, "articles.categories")?,
            declared_language: self.declared_language,
            declared_event: declared_event.transpose()?,
            content_hash: self.content_hash,
        };
        let reading = Reading {
            language: parsed(&self.language, "articles.language")?,
            language_confidence: confidence(self.language_confidence),
            kind: Kind::from_word(&self.kind)
                .ok_or_else(|| StoreError::corrupt("articles.kind", &self.kind))?,
            kind_confidence: confidence(self.kind_confidence),
            regions: rows::regions(&self.regions)?,
            topics: rows::topics(&self.topics)?,
            event: self.event.as_deref().map(told_events::claim).transpose()?,
            more_events: told_events::claims(&self.more_events)?,
            excerpt: self.excerpt,
            engine_version: unsigned(self.engine_version, "articles.engine_version")?,
            read_at: time(self.read_at, "articles.read_at")?,
        };
        Ok((article, reading))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "an f32 was stored: it comes back whole"
)]
fn confidence(stored: f64) -> Confidence {
    Confidence::new(stored as f32)
}
