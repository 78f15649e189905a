//! Recording a visit: articles, readings, stories, events and the source's
//! memory in one transaction. A crash before its end means asking again.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::Store;
use super::corrections::is_corrected_since;
use super::dialect::Durability;
use super::error::StoreError;
use super::events::keep_events;
use super::full_texts::keep_full_texts;
use super::labels::{forget_labels, keep_labels};
use super::rows::{BATCH_ROWS, count, json, list, regions_json, time, topics_json};
use super::search::{keep_words, words};
use super::session::{Session, values};
use super::sources::{keep_states, raise_stamp};
use super::told_events::{claim_json, claims_json, declared_json};
use crate::model::article::Article;
use crate::model::delivery::Holder;
use crate::model::event::Event;
use crate::model::full_text::FullText;
use crate::model::reading::{Kind, Reading};
use crate::model::source::{SourceId, SourceState};
use crate::model::story::{Signature, StoryId};

/// What came of asking a source: what to remember, and what is new.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// Its `last_visit` is when a visit's changes count as made.
    pub state: SourceState,
    /// New and revised articles only.
    pub articles: Vec<VisitedArticle>,
    /// What became of asking articles' pages for their texts.
    pub full_texts: Vec<FullText>,
}

impl Visit {
    /// Brought nothing.
    pub fn quiet(state: SourceState) -> Self {
        Self {
            state,
            articles: Vec::new(),
            full_texts: Vec::new(),
        }
    }

    /// It brought nothing: its state is all there is to keep.
    pub fn is_quiet(&self) -> bool {
        self.articles.is_empty() && self.full_texts.is_empty()
    }
}

/// An article with all that is believed of it.
#[derive(Debug, Clone, PartialEq)]
pub struct VisitedArticle {
    pub article: Article,
    pub reading: Reading,
    pub signature: Signature,
    pub story: StoryId,
    /// The events it tells of, as merged.
    pub events: Vec<Event>,
}

/// What recording came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisitRecord {
    /// Everything is stored.
    Stored { new: u64, revised: u64 },
    /// Another process has the source now, or the operator has corrected one of
    /// the articles meanwhile: nothing is stored, and all is asked for again.
    LeaseLost,
}

impl Store {
    /// Records all of `visit` or nothing, and gives the source back.
    pub async fn record_visit(
        &self,
        visit: Visit,
        holder: &Holder,
    ) -> Result<VisitRecord, StoreError> {
        let seen = visit.state.last_visit;
        self.record_seen(visit, seen, holder).await
    }

    /// The same for what a hub pushed at `seen`: nobody has visited the source.
    pub async fn record_push(
        &self,
        visit: Visit,
        seen: DateTime<Utc>,
        holder: &Holder,
    ) -> Result<VisitRecord, StoreError> {
        self.record_seen(visit, Some(seen), holder).await
    }

    /// Records visits that brought nothing, at the price of one: all that is to
    /// be remembered is how they went. Says of which sources `holder` still had;
    /// of the others nothing is stored.
    pub async fn record_quiet_visits(
        &self,
        states: &[&SourceState],
        holder: &Holder,
    ) -> Result<HashSet<SourceId>, StoreError> {
        let mut session = self
            .pools
            .write("recording visits", Durability::Normal)
            .await?;
        let kept = keep_states(&mut session, states, holder).await?;
        session.commit().await?;
        Ok(kept)
    }

    async fn record_seen(
        &self,
        visit: Visit,
        seen: Option<DateTime<Utc>>,
        holder: &Holder,
    ) -> Result<VisitRecord, StoreError> {
        // By id: PostgreSQL's batches may not touch a row twice, and those that
        // lock in one order don't lock each other out.
        let articles: BTreeMap<&str, &VisitedArticle> = visit
            .articles
            .iter()
            .map(|visited| (visited.article.id.as_str(), visited))
            .collect();
        let articles: Vec<&VisitedArticle> = articles.into_values().collect();
        let words = words(articles.iter().copied());
        let mut session = self
            .pools
            .write("recording a visit", Durability::Normal)
            .await?;
        let kept = keep_states(&mut session, &[&visit.state], holder).await?;
        if kept.is_empty() {
            return Ok(VisitRecord::LeaseLost);
        }
        let (mut new, mut revised) = (0, 0);
        if let Some(read) = visit.state.last_visit
            && is_corrected_since(&mut session, &articles, read).await?
        {
            return Ok(VisitRecord::LeaseLost);
        }
        if !articles.is_empty() {
            let sealed_until = sealed_until(&mut session).await?;
            for batch in articles.chunks(BATCH_ROWS) {
                let (added, changed) =
                    keep_articles(&mut session, batch, sealed_until, seen).await?;
                new += added;
                revised += changed;
            }
            keep_words(&mut session, &words).await?;
            keep_events(&mut session, &articles).await?;
            raise_stamp(&mut session).await?;
        }
        keep_full_texts(&mut session, &visit.full_texts).await?;
        session.commit().await?;
        Ok(VisitRecord::Stored { new, revised })
    }
}

/// Until when windows are sealed; holds off a new seal until we are done.
pub(super) async fn sealed_until(session: &mut Session) -> Result<DateTime<Utc>, StoreError> {
    let row: Option<(i64,)> = session
        .fetch_first(
            "SELECT number FROM house WHERE key = 'sealed_until' {for share}",
            values![],
        )
        .await?;
    let (millis,) = row.ok_or_else(|| StoreError::corrupt("house", "no seal"))?;
    time(millis, "house.sealed_until")
}

pub(super) async fn keep_articles(
    session: &mut Session,
    batch: &[&VisitedArticle],
    sealed_until: DateTime<Utc>,
    seen: Option<DateTime<Utc>>,
) -> Result<(u64, u64), StoreError> {
    let ids = list(batch.iter().map(|visited| visited.article.id.as_str()));
    let known: Option<(i64,)> = session
        .fetch_first(
            "SELECT COUNT(*) FROM articles
             WHERE id IN (SELECT item.value ->> 'v' FROM {rows} AS item)",
            values![ids.as_str()],
        )
        .await?;
    let known = known.map_or(0, |(known,)| count(known));
    let written: Vec<WrittenArticle> = batch
        .iter()
        .map(|visited| WrittenArticle::of(visited, sealed_until, seen))
        .collect();
    let rows = json(&written);
    let mut revised = 0;
    if known > 0 {
        revised = session.execute(ARCHIVE, values![rows.as_str()]).await?;
        forget_labels(session, ids.as_str()).await?;
    }
    session.execute(UPSERT.as_str(), values![rows]).await?;
    keep_labels(session, batch).await?;
    let bands = json(
        &batch
            .iter()
            .copied()
            .flat_map(band_rows)
            .collect::<Vec<_>>(),
    );
    session.execute(BANDS, values![bands]).await?;
    Ok((batch.len() as u64 - known, revised))
}

/// The columns of `articles` a visit writes, in the order of [`WrittenArticle`],
/// each with the type it is read as.
const WRITTEN: [(&str, &str); 35] = [
    ("id", "TEXT"),
    ("source_id", "TEXT"),
    ("story_id", "TEXT"),
    ("added_at", "BIGINT"),
    ("changed_at", "BIGINT"),
    ("first_seen", "BIGINT"),
    ("dated", "BIGINT"),
    ("revision", "BIGINT"),
    ("content_hash", "TEXT"),
    ("shown_kind", "TEXT"),
    ("shown_language", "TEXT"),
    ("engine_version", "BIGINT"),
    ("read_at", "BIGINT"),
    ("language", "TEXT"),
    ("language_confidence", "DOUBLE PRECISION"),
    ("kind", "TEXT"),
    ("kind_confidence", "DOUBLE PRECISION"),
    ("published", "BIGINT"),
    ("updated", "BIGINT"),
    ("declared_language", "TEXT"),
    ("link", "TEXT"),
    ("image", "TEXT"),
    ("title", "TEXT"),
    ("authors", "TEXT"),
    ("categories", "TEXT"),
    ("declared_event", "TEXT"),
    ("regions", "TEXT"),
    ("topics", "TEXT"),
    ("event", "TEXT"),
    ("more_events", "TEXT"),
    ("excerpt", "TEXT"),
    ("tokens", "TEXT"),
    ("summary_html", "TEXT"),
    ("content_html", "TEXT"),
    ("text", "TEXT"),
];

/// Columns a later revision leaves as they are, or changes by a rule of its own.
const KEPT: [&str; 4] = ["id", "added_at", "first_seen", "changed_at"];

static UPSERT: LazyLock<String> = LazyLock::new(|| {
    let names: Vec<&str> = WRITTEN.iter().map(|(name, _)| *name).collect();
    let read: Vec<String> = WRITTEN
        .iter()
        .map(|(name, kind)| match *kind {
            "TEXT" => format!("item.value ->> '{name}'"),
            kind => format!("CAST(item.value ->> '{name}' AS {kind})"),
        })
        .collect();
    let replaced: Vec<String> = names
        .iter()
        .filter(|name| !KEPT.contains(name))
        .map(|name| format!("{name} = excluded.{name}"))
        .collect();
    // Stale news (a lower revision) changes nothing. `changed_at` moves only
    // when a reader would notice, not when an engine reads the same again.
    format!(
        "INSERT INTO articles ({}) SELECT {} FROM {{rows}} AS item WHERE 1 = 1
         ON CONFLICT (id) DO UPDATE SET {},
           changed_at = CASE WHEN articles.content_hash <> excluded.content_hash
             OR articles.excerpt <> excluded.excerpt
             THEN excluded.changed_at ELSE articles.changed_at END
         WHERE excluded.revision >= articles.revision",
        names.join(", "),
        read.join(", "),
        replaced.join(", ")
    )
});

const ARCHIVE: &str = "INSERT INTO article_revisions (article_id, revision, replaced_at, title,
       updated, content_hash, summary_html, content_html, text)
     SELECT a.id, a.revision, CAST(item.value ->> 'changed_at' AS BIGINT), a.title, a.updated,
       a.content_hash, a.summary_html, a.content_html, a.text
     FROM {rows} AS item JOIN articles a ON a.id = item.value ->> 'id'
     WHERE a.revision < CAST(item.value ->> 'revision' AS BIGINT)
     ON CONFLICT (article_id, revision) DO NOTHING";

// A revised article's old bands stay: they lead to the article as it is now, and
// its likeness is measured by its tokens.
const BANDS: &str = "INSERT INTO story_bands (band, dated, article_id)
     SELECT CAST(item.value ->> 'band' AS BIGINT), CAST(item.value ->> 'dated' AS BIGINT),
       item.value ->> 'article'
     FROM {rows} AS item WHERE 1 = 1 ON CONFLICT (band, dated, article_id) DO NOTHING";

#[derive(Serialize)]
struct WrittenArticle<'a> {
    id: &'a str,
    source_id: &'a str,
    story_id: &'a str,
    added_at: i64,
    changed_at: i64,
    first_seen: i64,
    dated: i64,
    revision: u32,
    content_hash: &'a str,
    shown_kind: Option<&'static str>,
    shown_language: &'static str,
    engine_version: u32,
    read_at: i64,
    language: &'static str,
    language_confidence: f64,
    kind: &'static str,
    kind_confidence: f64,
    published: Option<i64>,
    updated: Option<i64>,
    declared_language: Option<&'a str>,
    link: Option<&'a str>,
    image: Option<&'a str>,
    title: &'a str,
    authors: String,
    categories: String,
    declared_event: Option<String>,
    regions: String,
    topics: String,
    event: Option<String>,
    more_events: String,
    excerpt: &'a str,
    tokens: String,
    summary_html: &'a str,
    content_html: &'a str,
    text: &'a str,
}

impl<'a> WrittenArticle<'a> {
    fn of(
        visited: &'a VisitedArticle,
        sealed_until: DateTime<Utc>,
        seen: Option<DateTime<Utc>>,
    ) -> Self {
        let VisitedArticle {
            article, reading, ..
        } = visited;
        let added_at = article
            .first_seen
            .max(sealed_until + TimeDelta::milliseconds(1));
        let changed_at = seen.unwrap_or(added_at).max(added_at);
        Self {
            id: article.id.as_str(),
            source_id: article.source.as_str(),
            story_id: visited.story.as_str(),
            added_at: added_at.timestamp_millis(),
            changed_at: changed_at.timestamp_millis(),
            first_seen: article.first_seen.timestamp_millis(),
            dated: article.dated().timestamp_millis(),
            revision: article.revision,
            content_hash: &article.content_hash,
            shown_kind: reading.shown_kind().map(Kind::word),
            shown_language: reading.shown_language().tag(),
            engine_version: reading.engine_version,
            read_at: reading.read_at.timestamp_millis(),
            language: reading.language.tag(),
            language_confidence: f64::from(reading.language_confidence.get()),
            kind: reading.kind.word(),
            kind_confidence: f64::from(reading.kind_confidence.get()),
            published: article.published.map(|time| time.timestamp_millis()),
            updated: article.updated.map(|time| time.timestamp_millis()),
            declared_language: article.declared_language.as_deref(),
            link: article.link.as_ref().map(url::Url::as_str),
            image: article.image.as_ref().map(url::Url::as_str),
            title: &article.title,
            authors: json(&article.authors),
            categories: json(&article.categories),
            declared_event: article.declared_event.as_ref().map(declared_json),
            regions: regions_json(&reading.regions),
            topics: topics_json(&reading.topics),
            event: reading.event.as_ref().map(claim_json),
            more_events: claims_json(&reading.more_events),
            excerpt: &reading.excerpt,
            tokens: json(&visited.signature.tokens),
            summary_html: &article.summary_html,
            content_html: &article.content_html,
            text: &article.text,
        }
    }
}

#[derive(Serialize)]
struct BandRow<'a> {
    band: i64,
    dated: i64,
    article: &'a str,
}

fn band_rows(visited: &VisitedArticle) -> Vec<BandRow<'_>> {
    let dated = visited.article.dated().timestamp_millis();
    let article = visited.article.id.as_str();
    let bands = visited.signature.bands.iter();
    bands
        .map(|band| BandRow {
            band: *band,
            dated,
            article,
        })
        .collect()
}
