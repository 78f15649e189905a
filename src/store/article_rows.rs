//! Articles with their readings, labels and likeness, as they are written: one
//! statement for a batch of each.

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::error::StoreError;
use super::labels::{forget_labels, keep_labels};
use super::rows::{json, list, regions_json, time, topics_json};
use super::session::{Session, values};
use super::told_events::{claim_json, claims_json, declared_json};
use super::visited::VisitedArticle;
use crate::model::reading::Kind;

/// An article, and when its changes count as made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) visited: &'a VisitedArticle,
    pub(super) seen: Option<DateTime<Utc>>,
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

/// Keeps a batch of articles; `is_known`: some of them may be stored already.
pub(super) async fn keep_articles(
    session: &mut Session,
    batch: &[Seen<'_>],
    sealed_until: DateTime<Utc>,
    is_known: bool,
) -> Result<(), StoreError> {
    let written: Vec<WrittenArticle> = batch
        .iter()
        .map(|seen| WrittenArticle::of(seen.visited, sealed_until, seen.seen))
        .collect();
    let rows = json(&written);
    let visited: Vec<&VisitedArticle> = batch.iter().map(|seen| seen.visited).collect();
    if is_known {
        let ids = visited.iter().map(|visited| visited.article.id.as_str());
        session.execute(ARCHIVE, values![rows.as_str()]).await?;
        forget_labels(session, &list(ids)).await?;
    }
    session.execute(UPSERT.as_str(), values![rows]).await?;
    keep_labels(session, &visited).await?;
    let bands: Vec<BandsRow> = visited
        .iter()
        .map(|visited| BandsRow {
            id: visited.article.id.as_str(),
            bands: &visited.signature.bands,
        })
        .collect();
    session.execute(BANDS, values![json(&bands)]).await?;
    Ok(())
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
        "INSERT INTO articles ({}) SELECT {} FROM {{wide rows}} AS item WHERE 1 = 1
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
     SELECT CAST(band.value AS BIGINT), a.dated, a.id
     FROM {rows} AS item JOIN articles a ON a.id = item.value ->> 'id' CROSS JOIN {bands} AS band
     WHERE 1 = 1 ON CONFLICT (band, dated, article_id) DO NOTHING";

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
struct BandsRow<'a> {
    id: &'a str,
    bands: &'a [i64],
}
