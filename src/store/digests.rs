//! Digests: where the last window ended, and closing the next in one
//! transaction: stories frozen, letters kept, a delivery for each subscriber,
//! the watermark moved.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Store;
use super::dialect::Durability;
use super::error::StoreError;
use super::links::keep_links;
use super::rows::{json, list};
use super::session::{Session, values};
use crate::model::digest::{Digest, Letter};
use crate::model::event::EventId;
use crate::model::feed::FeedName;
use crate::model::link::DigestLink;
use crate::model::schedule::Round;
use crate::model::story::StoryId;
use crate::model::subscriber::ProfileKey;

/// What came of closing a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// Closed by this call, with so many deliveries queued.
    Now { deliveries: u64 },
    /// This window, or one that overlaps it, was closed before.
    Already,
}

/// A window of one round, ready to be closed.
#[derive(Debug, Clone)]
pub struct Closing {
    pub digest: Digest,
    pub round: Round,
    /// Everyone who was looked at. Readers of the round who are in none of
    /// these (they came a moment ago) stay uncovered for the next window.
    pub groups: Vec<ClosingGroup>,
    /// Links of the letters whose openings are counted.
    pub links: Vec<DigestLink>,
}

/// Readers who get the same of a window.
#[derive(Debug, Clone)]
pub struct ClosingGroup {
    pub profile: ProfileKey,
    /// How far they were covered before.
    pub after: DateTime<Utc>,
    /// `None`: there is nothing to tell them.
    pub letter: Option<Letter>,
}

impl Store {
    /// The end of the last closed window of `name`, by its own timetable.
    pub async fn digest_watermark(
        &self,
        name: &FeedName,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.round_watermark(name, &Round::default()).await
    }

    /// Where the first window of `name` begins; changes nothing if there is a
    /// watermark already.
    pub async fn set_first_watermark(
        &self,
        name: &FeedName,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        self.open_round(name, &Round::default(), at).await
    }

    /// Closes a window with its letters. It must be [sealed](Store::seal), and
    /// begin where the round's last one ended. Those who are paused, and those
    /// who were not looked at, are remembered as covered up to its beginning.
    pub async fn close_round(
        &self,
        closing: &Closing,
        now: DateTime<Utc>,
    ) -> Result<Closed, StoreError> {
        let Closing { digest, round, .. } = closing;
        let mut session = self
            .pools
            .write("closing a digest", Durability::Full)
            .await?;
        check_seal(&mut session, digest).await?;
        let window = digest.window;
        let moved = session
            .execute(
                "INSERT INTO digest_watermarks (name, round, at_ms) VALUES ($1, $2, $4)
                 ON CONFLICT (name, round) DO UPDATE SET at_ms = excluded.at_ms
                 WHERE digest_watermarks.at_ms = $3 AND digest_watermarks.at_ms < excluded.at_ms",
                values![
                    digest.name.as_str(),
                    round.key(),
                    window.after,
                    window.until
                ],
            )
            .await?;
        if moved == 0 {
            return Ok(Closed::Already);
        }
        // A round everybody left keeps time, and no record.
        if !closing.groups.is_empty() || *round == Round::default() {
            keep_digest(&mut session, closing, now).await?;
        }
        let letters = closing.groups.iter().filter_map(|g| g.letter.as_ref());
        keep_letters(&mut session, letters).await?;
        keep_links(&mut session, &digest.id, &closing.links).await?;
        let deliveries = queue(&mut session, closing, now).await?;
        keep_uncovered(&mut session, closing, now).await?;
        session.commit().await?;
        Ok(Closed::Now { deliveries })
    }
}

async fn keep_digest(
    session: &mut Session,
    closing: &Closing,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let digest = &closing.digest;
    let stories: Vec<&str> = digest.stories.iter().map(StoryId::as_str).collect();
    let events: Vec<&str> = digest.events.iter().map(EventId::as_str).collect();
    session
        .execute(
            "INSERT INTO digests (id, name, round, after_ms, until_ms, stories, events, closed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            values![
                digest.id.as_str(),
                digest.name.as_str(),
                closing.round.key(),
                digest.window.after,
                digest.window.until,
                json(&stories),
                json(&events),
                now
            ],
        )
        .await?;
    Ok(())
}

/// A delivery for each reader of a group with a letter.
async fn queue(
    session: &mut Session,
    closing: &Closing,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let after = closing.digest.window.after;
    let lettered = closing.groups.iter().filter(|g| g.letter.is_some());
    let (regular, apart): (Vec<&ClosingGroup>, Vec<&ClosingGroup>) =
        lettered.partition(|group| group.after == after);
    let mut deliveries = 0;
    for (groups, sql) in [(regular, QUEUE_REGULAR), (apart, QUEUE_APART)] {
        if groups.is_empty() {
            continue;
        }
        let rows: Vec<GroupRow> = groups.into_iter().map(GroupRow::of).collect();
        deliveries += session
            .execute(
                sql,
                values![
                    json(&rows),
                    closing.digest.id.as_str(),
                    now,
                    closing.digest.name.as_str()
                ],
            )
            .await?;
    }
    Ok(deliveries)
}

/// Those covered as far as the round: nothing else is known of them, or the same.
/// Of a paused digest under the rank `pauses.rs` sets aside.
const QUEUE_REGULAR: &str = "INSERT INTO deliveries (occasion, subscriber_id, letter_id, rank,
       state, queued_at, due_at, claimable_at)
     SELECT CAST($2 AS TEXT), u.id, item.value ->> 'letter',
       CASE WHEN EXISTS (SELECT 1 FROM mail_pauses WHERE digest = $4) THEN 11 ELSE 1 END,
       'queued', CAST($3 AS BIGINT),
       CAST($3 AS BIGINT), CAST($3 AS BIGINT)
     FROM {rows} AS item JOIN subscribers u
       ON u.status = 'confirmed' AND u.profile_key = item.value ->> 'profile'
     LEFT JOIN coverage c ON c.subscriber_id = u.id AND c.name = $4
     WHERE (u.paused_until IS NULL OR u.paused_until <= CAST($3 AS BIGINT))
       AND NOT {suppressed}
       AND (c.at_ms IS NULL OR c.at_ms = CAST(item.value ->> 'after' AS BIGINT))
     ON CONFLICT (occasion, subscriber_id) DO NOTHING";

/// Those covered less or more far.
const QUEUE_APART: &str = "INSERT INTO deliveries (occasion, subscriber_id, letter_id, rank,
       state, queued_at, due_at, claimable_at)
     SELECT CAST($2 AS TEXT), u.id, item.value ->> 'letter',
       CASE WHEN EXISTS (SELECT 1 FROM mail_pauses WHERE digest = $4) THEN 11 ELSE 1 END,
       'queued', CAST($3 AS BIGINT),
       CAST($3 AS BIGINT), CAST($3 AS BIGINT)
     FROM {rows} AS item JOIN coverage c
       ON c.name = $4 AND c.at_ms = CAST(item.value ->> 'after' AS BIGINT)
     JOIN subscribers u ON u.id = c.subscriber_id
     WHERE u.status = 'confirmed' AND u.profile_key = item.value ->> 'profile'
       AND (u.paused_until IS NULL OR u.paused_until <= CAST($3 AS BIGINT))
       AND NOT {suppressed}
     ON CONFLICT (occasion, subscriber_id) DO NOTHING";

/// Remembers who of the round was not looked at, and forgets what is covered now.
async fn keep_uncovered(
    session: &mut Session,
    closing: &Closing,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let name = closing.digest.name.as_str();
    let (round, after) = (closing.round.key(), closing.digest.window.after);
    let regular = closing.groups.iter().filter(|group| group.after == after);
    session
        .execute(
            "INSERT INTO coverage (subscriber_id, name, at_ms)
             SELECT u.id, CAST($2 AS TEXT), CAST($3 AS BIGINT)
             FROM profiles p JOIN subscribers u ON u.profile_key = p.key
             WHERE p.round = $4 AND u.status = 'confirmed'
               AND p.key NOT IN (SELECT item.value ->> 'v' FROM {rows} AS item)
             ON CONFLICT (subscriber_id, name) DO NOTHING",
            values![
                list(regular.map(|group| group.profile.as_str())),
                name,
                after,
                round.as_str()
            ],
        )
        .await?;
    session
        .execute(
            "INSERT INTO coverage (subscriber_id, name, at_ms)
             SELECT u.id, CAST($1 AS TEXT), CAST($2 AS BIGINT)
             FROM subscribers u JOIN profiles p ON p.key = u.profile_key
             WHERE p.round = $3 AND u.status = 'confirmed' AND u.paused_until > CAST($4 AS BIGINT)
             ON CONFLICT (subscriber_id, name) DO NOTHING",
            values![name, after, round, now],
        )
        .await?;
    let rows: Vec<GroupRow> = closing.groups.iter().map(GroupRow::of).collect();
    session
        .execute(
            "DELETE FROM coverage WHERE name = $2 AND subscriber_id IN (
               SELECT c.subscriber_id FROM {rows} AS item JOIN coverage c
                 ON c.name = $2 AND c.at_ms = CAST(item.value ->> 'after' AS BIGINT)
               JOIN subscribers u ON u.id = c.subscriber_id
               WHERE u.status = 'confirmed' AND u.profile_key = item.value ->> 'profile'
                 AND (u.paused_until IS NULL OR u.paused_until <= CAST($3 AS BIGINT)))",
            values![json(&rows), name, now],
        )
        .await?;
    Ok(())
}

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
struct GroupRow<'a> {
    profile: &'a str,
    after: i64,
    letter: Option<&'a str>,
}

impl<'a> GroupRow<'a> {
    fn of(group: &'a ClosingGroup) -> Self {
        Self {
            profile: group.profile.as_str(),
            after: group.after.timestamp_millis(),
            letter: group.letter.as_ref().map(|letter| letter.id.as_str()),
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
            tongue: letter.tag(),
            subject: &letter.subject,
            text: &letter.text,
            html: &letter.html,
        }
    }
}
