//! What the operator says of letters that wait: pause, go on, give up; and the
//! share of a warm-up plan each day has left.

use chrono::{DateTime, NaiveDate, Utc};

use super::Store;
use super::dialect::Durability;
use super::error::StoreError;
use super::rows::{count, day_number, time};
use super::session::values;
use crate::model::feed::FeedName;
use crate::model::mailing::MailingId;

/// All mail, among the names of digests, which are never empty.
const ALL: &str = "";

impl Store {
    /// Holds back the letters of `digest`, or of all, until [`Store::resume_mail`];
    /// false: they were held back before. What is in flight ends as it will.
    pub async fn pause_mail(
        &self,
        digest: Option<&FeedName>,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut session = self.pools.write("pausing mail", Durability::Full).await?;
        let name = digest.map_or(ALL, FeedName::as_str);
        let paused = session
            .execute(
                "INSERT INTO mail_pauses (digest, since) VALUES ($1, $2)
                 ON CONFLICT (digest) DO NOTHING",
                values![name, now],
            )
            .await?;
        // Ranks are set aside, so that no claim walks over what may not go.
        session
            .execute(
                "UPDATE deliveries SET rank = rank + 10 WHERE rank < 10
                   AND state IN ('queued', 'in-flight')
                   AND occasion IN (SELECT id FROM digests WHERE name = $1)",
                values![name],
            )
            .await?;
        session.commit().await?;
        Ok(paused == 1)
    }

    /// Lets go on what [`Store::pause_mail`] held back; false: nothing was.
    pub async fn resume_mail(&self, digest: Option<&FeedName>) -> Result<bool, StoreError> {
        let mut session = self.pools.write("resuming mail", Durability::Full).await?;
        let name = digest.map_or(ALL, FeedName::as_str);
        let resumed = session
            .execute("DELETE FROM mail_pauses WHERE digest = $1", values![name])
            .await?;
        session
            .execute(
                "UPDATE deliveries SET rank = rank - 10 WHERE rank >= 10
                   AND occasion IN (SELECT id FROM digests WHERE name = $1)",
                values![name],
            )
            .await?;
        session.commit().await?;
        Ok(resumed == 1)
    }

    /// Gives up every letter of `digest` that waits; how many. What is in flight
    /// ends as it will.
    pub async fn stop_mail(
        &self,
        digest: &FeedName,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        self.give_up(
            "occasion IN (SELECT id FROM digests WHERE name = $1)",
            digest.as_str(),
            now,
        )
        .await
    }

    /// Gives up every letter of the mailing that waits; how many. What is in
    /// flight ends as it will.
    pub async fn stop_mailing(
        &self,
        mailing: &MailingId,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        self.give_up("occasion = $1", &mailing.occasion(), now)
            .await
    }

    /// Gives up the letters that wait of the occasions that `chosen` names by
    /// `$1`, which is `key`.
    async fn give_up(
        &self,
        chosen: &'static str,
        key: &str,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let mut session = self
            .pools
            .write("giving up letters", Durability::Full)
            .await?;
        // A lease that was not begun is no obstacle: its holder asks before it begins.
        let stopped = session
            .execute(
                format!(
                    "UPDATE deliveries SET state = 'failed', reason = 'stopped',
                       result = 'given up by the operator', claimable_at = NULL,
                       lease_holder = NULL, delivery_id = NULL, finished_at = $2
                     WHERE state = 'queued' AND claimable_at IS NOT NULL AND {chosen}"
                ),
                values![key, now],
            )
            .await?;
        session.commit().await?;
        Ok(stopped)
    }

    /// What is paused and since when: a digest's name, or `None` for all mail.
    pub async fn mail_pauses(&self) -> Result<Vec<(Option<String>, DateTime<Utc>)>, StoreError> {
        let mut session = self.pools.read("asking what mail is paused");
        let rows: Vec<(String, i64)> = session
            .fetch(
                "SELECT digest, since FROM mail_pauses ORDER BY digest",
                values![],
            )
            .await?;
        rows.into_iter()
            .map(|(name, since)| {
                let name = Some(name).filter(|name| name != ALL);
                Ok((name, time(since, "mail_pauses.since")?))
            })
            .collect()
    }

    /// Takes up to `wanted` of the letters `day` may send, which are `limit` in
    /// all; how many there were.
    pub async fn take_of_day(
        &self,
        day: NaiveDate,
        wanted: u64,
        limit: u64,
    ) -> Result<u64, StoreError> {
        let mut session = self
            .pools
            .write("taking a share of the day's letters", Durability::Normal)
            .await?;
        let day = day_number(day);
        session
            .execute(
                "INSERT INTO mail_days (day, taken) VALUES ($1, 0) ON CONFLICT (day) DO NOTHING",
                values![day],
            )
            .await?;
        let taken: Option<(i64,)> = session
            .fetch_first(
                "SELECT taken FROM mail_days WHERE day = $1 {for update}",
                values![day],
            )
            .await?;
        let left = limit.saturating_sub(taken.map_or(0, |(taken,)| count(taken)));
        let granted = wanted.min(left);
        session
            .execute(
                "UPDATE mail_days SET taken = taken + $2 WHERE day = $1",
                values![day, i64::try_from(granted).unwrap_or(i64::MAX)],
            )
            .await?;
        session.commit().await?;
        Ok(granted)
    }

    /// Gives back what was taken of `day` and not sent.
    pub async fn give_back_to_day(&self, day: NaiveDate, unsent: u64) -> Result<(), StoreError> {
        let mut session = self
            .pools
            .write(
                "giving back a share of the day's letters",
                Durability::Normal,
            )
            .await?;
        session
            .execute(
                "UPDATE mail_days SET taken = taken - $2 WHERE day = $1",
                values![day_number(day), i64::try_from(unsent).unwrap_or(i64::MAX)],
            )
            .await?;
        session.commit().await
    }
}
