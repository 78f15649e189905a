//! What came back, recorded once, with what follows for the reader in the same
//! transaction. A mail may be thrown away when this has returned.

use chrono::{DateTime, TimeDelta, Utc};

use super::Store;
use super::dialect::Durability;
use super::error::StoreError;
use super::leaving::leave;
use super::reported::{Reader, reader};
use super::rows::{count, time};
use super::session::{Session, values};
use super::suppression::{self, Suppressed, Suppression};
use crate::model::bounce::{Report, ReportKind, Severity, SoftPolicy, SuppressionReason};
use crate::model::subscriber::SubscriberId;

/// How long reports are kept: soft bounces have faded long before, and a copy
/// of a report does not come so late.
pub const REPORTS_KEPT: TimeDelta = TimeDelta::days(400);
/// The most soft bounces that are looked at for one reader; older ones weigh
/// nothing beside them.
const SOFT_MAX: i64 = 100;

/// What recording a report came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Recorded {
    /// It was recorded before.
    Again,
    /// Nothing follows from this kind of mail, and it is not kept.
    Ignored,
    /// It proves nothing about anybody known; only counted.
    Unmatched,
    /// Counted for its reader.
    Counted,
    /// The reader's address is suppressed now.
    Suppressed,
    /// The reader gets nothing more, by their own word.
    Unsubscribed,
}

impl Recorded {
    /// The word used in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Again => "again",
            Self::Ignored => "ignored",
            Self::Unmatched => "unmatched",
            Self::Counted => "counted",
            Self::Suppressed => "suppressed",
            Self::Unsubscribed => "unsubscribed",
        }
    }
}

/// How many readers reported what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReportCounts {
    pub hard: u64,
    pub soft: u64,
    pub blocked: u64,
    pub complaints: u64,
    pub unsubscribed: u64,
    /// Reports nobody could be matched to; only in counts of all occasions.
    pub unmatched: u64,
}

impl Store {
    /// Records `report` and what follows from it. Durable when it returns; the
    /// same report again changes nothing.
    pub async fn record_report(
        &self,
        report: &Report,
        policy: &SoftPolicy,
        now: DateTime<Utc>,
    ) -> Result<Recorded, StoreError> {
        if !report.kind.matters() {
            return Ok(Recorded::Ignored);
        }
        let doing = "recording a bounce or complaint";
        let reader = reader(&mut self.pools.read(doing), report).await?;
        let mut session = self.pools.write(doing, Durability::Full).await?;
        if !insert(&mut session, report, reader.as_ref(), now).await? {
            return Ok(Recorded::Again);
        }
        let recorded = match &reader {
            Some(reader) => follow(&mut session, report, reader, policy, now).await?,
            None => Recorded::Unmatched,
        };
        session.commit().await?;
        Ok(recorded)
    }

    /// How many readers reported what: of one occasion (a digest's id), or of all.
    pub async fn report_counts(&self, occasion: Option<&str>) -> Result<ReportCounts, StoreError> {
        let mut session = self.pools.read("counting bounces and complaints");
        let (condition, values) = match occasion {
            Some(occasion) => ("occasion = $1", values![occasion]),
            None => ("1 = 1", values![]),
        };
        let sql = format!(
            "SELECT kind, COALESCE(severity, ''),
               CAST(CASE WHEN subscriber_id IS NULL THEN 1 ELSE 0 END AS BIGINT),
               CAST(COUNT(DISTINCT COALESCE(subscriber_id, id)) AS BIGINT)
             FROM reports WHERE {condition} GROUP BY 1, 2, 3"
        );
        let rows: Vec<(String, String, i64, i64)> = session.fetch(sql, values).await?;
        let mut counts = ReportCounts::default();
        for (kind, severity, unmatched, number) in rows {
            let place = if unmatched == 1 {
                &mut counts.unmatched
            } else {
                place_of(&mut counts, &kind, &severity)?
            };
            *place += count(number);
        }
        Ok(counts)
    }

    /// Forgets reports older than [`REPORTS_KEPT`].
    pub async fn forget_reports(&self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut session = self
            .pools
            .write("forgetting old reports", Durability::Normal)
            .await?;
        let forgotten = session
            .execute(
                "DELETE FROM reports WHERE at_ms < $1",
                values![now - REPORTS_KEPT],
            )
            .await?;
        session.commit().await?;
        Ok(forgotten)
    }
}

/// Which count reports of `kind` belong to.
pub(super) fn place_of<'a>(
    counts: &'a mut ReportCounts,
    kind: &str,
    severity: &str,
) -> Result<&'a mut u64, StoreError> {
    Ok(match (kind, severity) {
        ("bounce", "hard") => &mut counts.hard,
        ("bounce", "soft") => &mut counts.soft,
        ("bounce", "blocked") => &mut counts.blocked,
        ("complaint", _) => &mut counts.complaints,
        ("unsubscribe", _) => &mut counts.unsubscribed,
        _ => return Err(StoreError::corrupt("reports.kind", kind)),
    })
}

/// False where it was recorded before.
async fn insert(
    session: &mut Session,
    report: &Report,
    reader: Option<&Reader>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let (severity, code, diagnostic) = match &report.kind {
        ReportKind::Bounce {
            severity,
            code,
            diagnostic,
        } => (
            Some(severity.word().to_owned()),
            code.clone(),
            Some(diagnostic.clone()),
        ),
        _ => (None, None, None),
    };
    let inserted = session
        .execute(
            "INSERT INTO reports (id, at_ms, kind, severity, code, diagnostic, occasion,
               subscriber_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
            values![
                report.id.as_str(),
                now,
                report.kind.word(),
                severity,
                code,
                diagnostic,
                reader.and_then(|reader| reader.occasion.clone()),
                reader.map(|reader| reader.id.as_str().to_owned()),
            ],
        )
        .await?;
    Ok(inserted == 1)
}

async fn follow(
    session: &mut Session,
    report: &Report,
    reader: &Reader,
    policy: &SoftPolicy,
    now: DateTime<Utc>,
) -> Result<Recorded, StoreError> {
    let reason = match &report.kind {
        ReportKind::Bounce { severity, .. } => match severity {
            Severity::Hard => SuppressionReason::HardBounce,
            Severity::Soft => {
                if !policy.gives_up(&soft_bounces(session, &reader.id).await?, now) {
                    return Ok(Recorded::Counted);
                }
                SuppressionReason::SoftBounces
            }
            Severity::Blocked => return Ok(Recorded::Counted),
        },
        ReportKind::Complaint => {
            leave(session, &reader.id, now).await?;
            SuppressionReason::Complaint
        }
        ReportKind::Unsubscribe => {
            leave(session, &reader.id, now).await?;
            return Ok(Recorded::Unsubscribed);
        }
        _ => return Ok(Recorded::Ignored),
    };
    let entry = Suppression {
        who: Suppressed::Address(reader.address.clone()),
        reason,
        since: now,
    };
    suppression::add(session, &[entry]).await?;
    Ok(Recorded::Suppressed)
}

/// When letters to `id` bounced softly; several reports of one letter count once.
/// What was before the last lifting by the operator is not forgotten: the
/// reports fade by themselves.
async fn soft_bounces(
    session: &mut Session,
    id: &SubscriberId,
) -> Result<Vec<DateTime<Utc>>, StoreError> {
    let rows: Vec<(i64,)> = session
        .fetch(
            "SELECT MAX(at_ms) FROM reports
             WHERE subscriber_id = $1 AND kind = 'bounce' AND severity = 'soft'
             GROUP BY COALESCE(occasion, id) ORDER BY 1 DESC LIMIT $2",
            values![id.as_str(), SOFT_MAX],
        )
        .await?;
    rows.into_iter()
        .map(|(at,)| time(at, "reports.at_ms"))
        .collect()
}
