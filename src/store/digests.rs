//! Digests: where the last window ended, and closing the next in one
//! transaction: stories frozen, letters kept, a delivery for each subscriber,
//! the watermark moved.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Store;
use super::dialect::Durability;
use super::error::StoreError;
use super::rows::{count, json, time};
use super::session::{Session, values};
use super::subscribers::keyed_profile;
use crate::model::digest::{Digest, Letter};
use crate::model::event::EventId;
use crate::model::feed::FeedName;
use crate::model::story::StoryId;
use crate::model::subscriber::{Profile, ProfileKey};

/// What came of closing a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// Closed by this call, with so many deliveries queued.
    Now { deliveries: u64 },
    /// This window, or one that overlaps it, was closed before.
    Already,
}

impl Store {
    /// The end of the last closed window of `name`.
    pub async fn digest_watermark(
        &self,
        name: &FeedName,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let mut session = self.pools.read("reading a digest's watermark");
        let row: Option<(i64,)> = session
            .fetch_first(
                "SELECT at_ms FROM digest_watermarks WHERE name = $1",
                values![name.as_str()],
            )
            .await?;
        row.map(|(at,)| time(at, "digest_watermarks.at_ms"))
            .transpose()
    }

    /// Where the first window of `name` begins; changes nothing if there is a
    /// watermark already.
    pub async fn set_first_watermark(
        &self,
        name: &FeedName,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut session = self
            .pools
            .write("setting a digest's first watermark", Durability::Full)
            .await?;
        session
            .execute(
                "INSERT INTO digest_watermarks (name, at_ms) VALUES ($1, $2)
                 ON CONFLICT (name) DO NOTHING",
                values![name.as_str(), at],
            )
            .await?;
        session.commit().await
    }

    /// The profiles of the confirmed, and how many have each.
    pub async fn confirmed_profiles(&self) -> Result<Vec<(ProfileKey, Profile, u64)>, StoreError> {
        let mut session = self.pools.read("counting the subscribers' profiles");
        let rows: Vec<(String, String, String, String, i64)> = session
            .fetch(
                "SELECT p.key, p.tongue, p.feeds, p.regions, c.people FROM (
                   SELECT profile_key, COUNT(*) AS people FROM subscribers
                   WHERE status = 'confirmed' GROUP BY profile_key) AS c
                 JOIN profiles p ON p.key = c.profile_key ORDER BY p.key",
                values![],
            )
            .await?;
        rows.into_iter()
            .map(|(key, tongue, feeds, regions, people)| {
                let (key, profile) = keyed_profile(key, &tongue, &feeds, &regions)?;
                Ok((key, profile, count(people)))
            })
            .collect()
    }

    /// Closes `digest` with its letters; a profile without a letter gets none.
    /// The window must be [sealed](Store::seal), and begin where the last ended.
    pub async fn close_digest(
        &self,
        digest: &Digest,
        letters: Vec<(ProfileKey, Letter)>,
        now: DateTime<Utc>,
    ) -> Result<Closed, StoreError> {
        let mut session = self
            .pools
            .write("closing a digest", Durability::Full)
            .await?;
        check_seal(&mut session, digest).await?;
        let window = digest.window;
        let moved = session
            .execute(
                "INSERT INTO digest_watermarks (name, at_ms) VALUES ($1, $3)
                 ON CONFLICT (name) DO UPDATE SET at_ms = excluded.at_ms
                 WHERE digest_watermarks.at_ms = $2 AND digest_watermarks.at_ms < excluded.at_ms",
                values![digest.name.as_str(), window.after, window.until],
            )
            .await?;
        if moved == 0 {
            return Ok(Closed::Already);
        }
        let stories: Vec<&str> = digest.stories.iter().map(StoryId::as_str).collect();
        let events: Vec<&str> = digest.events.iter().map(EventId::as_str).collect();
        session
            .execute(
                "INSERT INTO digests (id, name, after_ms, until_ms, stories, events, closed_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
                values![
                    digest.id.as_str(),
                    digest.name.as_str(),
                    window.after,
                    window.until,
                    json(&stories),
                    json(&events),
                    now
                ],
            )
            .await?;
        keep_letters(&mut session, letters.iter().map(|(_, letter)| letter)).await?;
        let copies: Vec<CopyRow> = letters.iter().map(CopyRow::of).collect();
        let deliveries = session
            .execute(QUEUE, values![json(&copies), digest.id.as_str(), now])
            .await?;
        session.commit().await?;
        Ok(Closed::Now { deliveries })
    }
}

const QUEUE: &str = "INSERT INTO deliveries (occasion, subscriber_id, letter_id, rank, state,
       queued_at, due_at, claimable_at)
     SELECT CAST($2 AS TEXT), u.id, item.value ->> 'letter', 1, 'queued', CAST($3 AS BIGINT),
       CAST($3 AS BIGINT), CAST($3 AS BIGINT)
     FROM {rows} AS item JOIN subscribers u
       ON u.status = 'confirmed' AND u.profile_key = item.value ->> 'profile'
     WHERE 1 = 1 ON CONFLICT (occasion, subscriber_id) DO NOTHING";

async fn check_seal(session: &mut Session, digest: &Digest) -> Result<(), StoreError> {
    let until = digest.window.until;
    let sealed: Option<(i64,)> = session
        .fetch_first(
            "SELECT number FROM house WHERE key = 'sealed_until' AND number >= $1",
            values![until],
        )
        .await?;
    if sealed.is_none() {
        return Err(StoreError::NotSealed {
            until: until.to_rfc3339(),
        });
    }
    Ok(())
}

/// Keeps letters once, however many copies go out.
pub(super) async fn keep_letters<'a>(
    session: &mut Session,
    letters: impl IntoIterator<Item = &'a Letter>,
) -> Result<(), StoreError> {
    let rows: Vec<LetterRow> = letters.into_iter().map(LetterRow::of).collect();
    session
        .execute(
            "INSERT INTO letters (id, purpose, tongue, subject, text, html)
             SELECT item.value ->> 'id', item.value ->> 'purpose', item.value ->> 'tongue',
               item.value ->> 'subject', item.value ->> 'text', item.value ->> 'html'
             FROM {rows} AS item WHERE 1 = 1 ON CONFLICT (id) DO NOTHING",
            values![json(&rows)],
        )
        .await?;
    Ok(())
}

#[derive(Serialize)]
struct CopyRow<'a> {
    profile: &'a str,
    letter: &'a str,
}

impl<'a> CopyRow<'a> {
    fn of((profile, letter): &'a (ProfileKey, Letter)) -> Self {
        Self {
            profile: profile.as_str(),
            letter: letter.id.as_str(),
        }
    }
}

#[derive(Serialize)]
struct LetterRow<'a> {
    id: &'a str,
    purpose: &'static str,
    tongue: &'static str,
    subject: &'a str,
    text: &'a str,
    html: &'a str,
}

impl<'a> LetterRow<'a> {
    fn of(letter: &'a Letter) -> Self {
        Self {
            id: letter.id.as_str(),
            purpose: letter.purpose.word(),
            tongue: letter.tongue.tag(),
            subject: &letter.subject,
            text: &letter.text,
            html: &letter.html,
        }
    }
}
