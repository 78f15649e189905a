//! How far a digest's letters have come and what came back: by state, by
//! reason, by domain. Reads one digest's deliveries and reports, which stand
//! together, and nothing else.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::Store;
use super::deliveries::place;
use super::error::StoreError;
use super::reports::{ReportCounts, place_of};
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
    pub total: Tally,
    /// The domains with the most letters come first.
    pub domains: Vec<DomainProgress>,
}

/// The same for the recipients of one domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainProgress {
    /// Empty for subscribers that are no longer known.
    pub domain: String,
    pub tally: Tally,
}

/// What became of some letters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    pub counts: DeliveryCounts,
    /// Why letters wait to be tried again.
    pub deferred: BTreeMap<Reason, u64>,
    /// Why letters were given up.
    pub failed: BTreeMap<Reason, u64>,
    /// How many readers bounced, complained, left by these letters.
    pub returned: ReportCounts,
}

impl Tally {
    /// Letters in all, whatever became of them.
    fn letters(&self) -> u64 {
        let DeliveryCounts {
            queued,
            deferred,
            in_flight,
            sent,
            failed,
            doubtful: _,
        } = self.counts;
        queued + deferred + in_flight + sent + failed
    }
}

/// `state, tried, reason, domain, letters, doubtful`.
type GroupRow = (String, i64, String, String, i64, i64);
/// `kind, severity, domain, readers`.
type ReturnRow = (String, String, String, i64);

impl Store {
    /// What a digest's or mailing's letters were sent for: by its id, or the last
    /// closed digest of that name.
    pub async fn occasion_named(&self, name: &str) -> Result<Option<String>, StoreError> {
        let mut session = self.pools.read("looking for a digest");
        let row: Option<(String,)> = session
            .fetch_first(
                "SELECT id FROM (
                   SELECT id, closed_at FROM digests WHERE id = $1 OR name = $1
                   UNION ALL
                   SELECT 'mailing:' || id, 0 FROM mailings WHERE 'mailing:' || id = $1
                 ) AS found ORDER BY closed_at DESC LIMIT 1",
                values![name],
            )
            .await?;
        Ok(row.map(|(id,)| id))
    }

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
            let returns: Vec<ReturnRow> =
                session.fetch(RETURNS, values![occasion.as_str()]).await?;
            let (total, domains) = summed(groups, returns, domains_max)?;
            progress.push(DigestProgress {
                closed_at: time(closed_at, "digests.closed_at")?,
                occasion,
                name,
                total,
                domains,
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

const RETURNS: &str = "SELECT r.kind, COALESCE(r.severity, ''), COALESCE({domain}, ''),
       CAST(COUNT(DISTINCT r.subscriber_id) AS BIGINT)
     FROM reports r LEFT JOIN subscribers u ON u.id = r.subscriber_id
     WHERE r.occasion = $1 AND r.subscriber_id IS NOT NULL GROUP BY 1, 2, 3";

fn summed(
    groups: Vec<GroupRow>,
    returns: Vec<ReturnRow>,
    domains_max: usize,
) -> Result<(Tally, Vec<DomainProgress>), StoreError> {
    let mut total = Tally::default();
    let mut domains: BTreeMap<String, Tally> = BTreeMap::new();
    for (state, tried, reason, domain, letters, doubtful) in groups {
        let letters = count(letters);
        for tally in [&mut total, domains.entry(domain).or_default()] {
            *place(&mut tally.counts, &state, tried)? += letters;
            tally.counts.doubtful += count(doubtful);
            let reasons = match state.as_str() {
                "queued" if !reason.is_empty() => &mut tally.deferred,
                "failed" => &mut tally.failed,
                _ => continue,
            };
            *reasons.entry(Reason::from_word(&reason)).or_default() += letters;
        }
    }
    for (kind, severity, domain, readers) in returns {
        for tally in [&mut total, domains.entry(domain).or_default()] {
            *place_of(&mut tally.returned, &kind, &severity)? += count(readers);
        }
    }
    let mut domains: Vec<DomainProgress> = domains
        .into_iter()
        .map(|(domain, tally)| DomainProgress { domain, tally })
        .collect();
    domains.sort_by_key(|at| std::cmp::Reverse(at.tally.letters()));
    domains.truncate(domains_max);
    Ok((total, domains))
}
