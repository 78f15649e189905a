//! Links whose openings are counted: where each leads, and how often it was
//! opened on which day. Deliberately absent: who opened it, and when within
//! the day.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::Store;
use super::dialect::Durability;
use super::error::StoreError;
use super::rows::{count, day, day_number, json, time, unsigned};
use super::session::{Session, values};
use crate::model::digest::DigestId;
use crate::model::link::{DigestLink, LinkShort};

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkTarget {
    pub url: String,
    pub digest: DigestId,
    /// How many links the shortest letter holds that holds this one.
    pub beside: u32,
    /// When the digest's letters were queued.
    pub closed_at: DateTime<Utc>,
}

/// How often a link was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkCount {
    pub url: String,
    pub days: BTreeMap<NaiveDate, u64>,
}

impl LinkCount {
    /// On all days.
    pub fn opened(&self) -> u64 {
        self.days.values().sum()
    }
}

impl Store {
    /// Where `short` leads; `None`: no digest holds it.
    pub async fn link_target(&self, short: &LinkShort) -> Result<Option<LinkTarget>, StoreError> {
        let mut session = self.pools.read("looking where a link leads");
        let row: Option<(String, String, i64, i64)> = session
            .fetch_first(
                "SELECT l.url, l.digest_id, l.beside, g.closed_at FROM digest_links l
                 JOIN digests g ON g.id = l.digest_id WHERE l.short = $1",
                values![short.as_str()],
            )
            .await?;
        row.map(|(url, digest, beside, closed_at)| {
            Ok(LinkTarget {
                url,
                digest: DigestId::from_stored(digest),
                beside: unsigned(beside, "digest_links.beside")?,
                closed_at: time(closed_at, "digests.closed_at")?,
            })
        })
        .transpose()
    }

    /// Adds openings of one day, so many of each link.
    pub async fn count_links(
        &self,
        opened: &[(LinkShort, u64)],
        on: NaiveDate,
    ) -> Result<(), StoreError> {
        let rows: Vec<OpenedRow> = opened
            .iter()
            .map(|(short, opened)| OpenedRow {
                short: short.as_str(),
                opened: i64::try_from(*opened).unwrap_or(i64::MAX),
            })
            .collect();
        let mut session = self
            .pools
            .write("counting opened links", Durability::Normal)
            .await?;
        session
            .execute(
                "INSERT INTO link_counts (short, day, opened)
                 SELECT item.value ->> 'short', CAST($2 AS BIGINT),
                   CAST(item.value ->> 'opened' AS BIGINT)
                 FROM {rows} AS item WHERE 1 = 1
                 ON CONFLICT (short, day) DO UPDATE SET
                   opened = link_counts.opened + excluded.opened",
                values![json(&rows), day_number(on)],
            )
            .await?;
        session.commit().await
    }

    /// The links of a digest, the most opened first.
    pub async fn link_counts(&self, digest: &str) -> Result<Vec<LinkCount>, StoreError> {
        let mut session = self.pools.read("counting opened links");
        let rows: Vec<(String, Option<i64>, i64)> = session
            .fetch(
                "SELECT l.url, c.day, COALESCE(c.opened, 0) FROM digest_links l
                 LEFT JOIN link_counts c ON c.short = l.short
                 WHERE l.digest_id = $1 ORDER BY l.url, c.day",
                values![digest],
            )
            .await?;
        let mut links: BTreeMap<String, BTreeMap<NaiveDate, u64>> = BTreeMap::new();
        for (url, on, opened) in rows {
            let days = links.entry(url).or_default();
            if let Some(on) = on {
                days.insert(day(on, "link_counts.day")?, count(opened));
            }
        }
        let mut links: Vec<LinkCount> = links
            .into_iter()
            .map(|(url, days)| LinkCount { url, days })
            .collect();
        links.sort_by_key(|link| std::cmp::Reverse(link.opened()));
        Ok(links)
    }
}

/// Keeps where the links of a digest's letters lead.
pub(super) async fn keep_links(
    session: &mut Session,
    digest: &DigestId,
    links: &[DigestLink],
) -> Result<(), StoreError> {
    if links.is_empty() {
        return Ok(());
    }
    let rows: Vec<LinkRow> = links
        .iter()
        .map(|link| LinkRow {
            short: link.short.as_str(),
            url: &link.url,
            beside: link.beside,
        })
        .collect();
    session
        .execute(
            "INSERT INTO digest_links (short, digest_id, url, beside)
             SELECT item.value ->> 'short', CAST($2 AS TEXT), item.value ->> 'url',
               CAST(item.value ->> 'beside' AS BIGINT)
             FROM {rows} AS item WHERE 1 = 1 ON CONFLICT (short) DO NOTHING",
            values![json(&rows), digest.as_str()],
        )
        .await?;
    Ok(())
}

#[derive(Serialize)]
struct OpenedRow<'a> {
    short: &'a str,
    opened: i64,
}

#[derive(Serialize)]
struct LinkRow<'a> {
    short: &'a str,
    url: &'a str,
    beside: u32,
}
