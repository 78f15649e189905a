//! Regions and topics of articles as an index: the values are in the article's own
//! row, these rows are for searching.

use std::collections::BTreeMap;

use serde::Serialize;

use super::error::StoreError;
use super::rows::json;
use super::session::{Session, values};
use super::visited::VisitedArticle;
use crate::model::reading::Confidence;
use crate::model::region::Region;
use crate::model::topic::Topic;

/// One label of one article.
#[derive(Serialize)]
struct LabelRow<'a> {
    article: &'a str,
    label: String,
    confidence: f64,
    sure: i64,
}

/// Takes all labels from articles that will be labelled again; `ids` is a batch.
pub(super) async fn forget_labels(session: &mut Session, ids: &str) -> Result<(), StoreError> {
    for table in ["article_regions", "article_topics"] {
        session
            .execute(
                format!(
                    "DELETE FROM {table}
                     WHERE article_id IN (SELECT item.value ->> 'v' FROM {{rows}} AS item)"
                ),
                values![ids],
            )
            .await?;
    }
    Ok(())
}

/// Keeps the labels of a batch of articles.
pub(super) async fn keep_labels(
    session: &mut Session,
    batch: &[&VisitedArticle],
) -> Result<(), StoreError> {
    let mut regions = Vec::new();
    let mut topics = Vec::new();
    for visited in batch {
        regions.extend(rows(visited, &visited.reading.regions, Region::code));
        topics.extend(rows(visited, &visited.reading.topics, |topic: Topic| {
            topic.word().to_owned()
        }));
    }
    for (table, column, rows) in [
        ("article_regions", "region", regions),
        ("article_topics", "topic", topics),
    ] {
        if rows.is_empty() {
            continue;
        }
        session
            .execute(
                format!(
                    "INSERT INTO {table} (article_id, {column}, confidence, sure)
                     SELECT item.value ->> 'article', item.value ->> 'label',
                       CAST(item.value ->> 'confidence' AS DOUBLE PRECISION),
                       CAST(item.value ->> 'sure' AS BIGINT)
                     FROM {{rows}} AS item WHERE 1 = 1
                     ON CONFLICT (article_id, {column}) DO NOTHING"
                ),
                values![json(&rows)],
            )
            .await?;
    }
    Ok(())
}

/// Of a label given twice the surest counts, as `Filter::admits` takes any.
fn rows<'a, T: Copy + Ord>(
    visited: &'a VisitedArticle,
    labels: &[(T, Confidence)],
    word: impl Fn(T) -> String,
) -> Vec<LabelRow<'a>> {
    let mut surest = BTreeMap::new();
    for (label, sure) in labels {
        let best = surest.entry(*label).or_insert(*sure);
        if *sure > *best {
            *best = *sure;
        }
    }
    surest
        .into_iter()
        .map(|(label, sure)| LabelRow {
            article: visited.article.id.as_str(),
            label: word(label),
            confidence: f64::from(sure.get()),
            sure: i64::from(sure.is_enough()),
        })
        .collect()
}
