//! How far a digest's letters have come: by state, by reason, by domain. Reads
//! one digest's deliveries, which stand together, and nothing else.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::Store;
use super::deliveries::place;
use super::error::StoreError;
use super::rows::{count, time};
use super::session::values;
use crate::model::delivery::{DeliveryCounts, Reason};

/// A digest's window and what became of its letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestProgress {
    /// The digest's id: the occasion of its deliveries.
    pub occasion: String,
    pub name: String,
    pub closed_at: DateTime<Utc>,
    pub counts: DeliveryCounts,
    /// Why letters wait to be tried again.
    pub deferred: BTreeMap<Reason, u64>,
    /// Why letters were given up.
    pub failed: BTreeMap<Reason, u64>,
    /// The domains with the most letters come first.
    pub domains: Vec<DomainProgress>,
}

/// The same for the recipients of one domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainProgress {
    /// Empty for subscribers that are no longer known.
    pub domain: String,
    pub counts: DeliveryCounts,
}

/// `state, tried, reason, domain, letters, doubtful`.
type GroupRow = (String, i64, String, String, i64, i64);

impl Store {
    /// The last `limit` windows that were closed, of `name` or of all, the newest
    /// first; at most `domains_max` domains of each.
    pub async fn digest_progress(
        &self,
        name: Option<&str>,
        limit: u32,
        domains_max: usize,
    ) -> Result<Vec<DigestProgress>, StoreError> {
        let mut session = self.pools.read("asking how far digests have come");
        let windows: Vec<(String, String, i64)> = session
            .fetch(
                "SELECT id, name, closed_at FROM digests WHERE $1 = '' OR name = $1
                 ORDER BY closed_at DESC, name LIMIT $2",
                values![name.unwrap_or_default(), i64::from(limit)],
            )
            .await?;
        let mut progress = Vec::new();
        for (occasion, name, closed_at) in windows {
            let groups: Vec<GroupRow> = session.fetch(GROUPS, values![occasion.as_str()]).await?;
            progress.push(DigestProgress {
                closed_at: time(closed_at, "digests.closed_at")?,
                occasion,
                name,
                ..summed(groups, domains_max)?
            });
        }
        Ok(progress)
    }
}

const GROUPS: &str = "SELECT d.state, CAST(CASE WHEN d.attempts > 0 THEN 1 ELSE 0 END AS BIGINT),
       COALESCE(d.reason, ''), COALESCE({domain}, ''), CAST(COUNT(*) AS BIGINT),
       CAST(SUM(d.doubtful) AS BIGINT)
     FROM deliveries d LEFT JOIN subscribers u ON u.id = d.subscriber_id
     WHERE d.occasion = $1 GROUP BY 1, 2, 3, 4";

fn summed(groups: Vec<GroupRow>, domains_max: usize) -> Result<DigestProgress, StoreError> {
    let mut total = DigestProgress {
        occasion: String::new(),
        name: String::new(),
        closed_at: DateTime::UNIX_EPOCH,
        counts: DeliveryCounts::default(),
        deferred: BTreeMap::new(),
        failed: BTreeMap::new(),
        domains: Vec::new(),
    };
    let mut domains: BTreeMap<String, (u64, DeliveryCounts)> = BTreeMap::new();
    for (state, tried, reason, domain, letters, doubtful) in groups {
        let letters = count(letters);
        let (all, domain) = domains.entry(domain).or_default();
        *all += letters;
        for counts in [&mut total.counts, domain] {
            *place(counts, &state, tried)? += letters;
            counts.doubtful += count(doubtful);
        }
        let reasons = match state.as_str() {
            "queued" if !reason.is_empty() => &mut total.deferred,
            "failed" => &mut total.failed,
            _ => continue,
        };
        *reasons.entry(Reason::from_word(&reason)).or_default() += letters;
    }
    let mut domains: Vec<_> = domains.into_iter().collect();
    domains.sort_by_key(|(_, (all, _))| std::cmp::Reverse(*all));
    domains.truncate(domains_max);
    total.domains = domains
        .into_iter()
        .map(|(domain, (_, counts))| DomainProgress { domain, counts })
        .collect();
    Ok(total)
}
