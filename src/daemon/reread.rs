//! A newer engine reads again what an older one read, beside the loop and
//! slowly: the newest first, as far back as readers look.
//!
//! The reading is replaced and the article's events follow, a calendar only where
//! something really changed; the operator's word stays above both. The story is
//! kept: letters and feeds have told by it, and an article that moved to another
//! would be told again there and be missing here. What sources were asked with
//! is not touched.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use super::Newsroom;
use super::correct::believed;
use super::placing::Placing;
use crate::model::article::ArticleId;
use crate::model::correction::Correction;
use crate::store::{Passed, StoreError};
use crate::understand::ENGINE_VERSION;

/// How far back the daemon reads again; what tells of an event to come is read
/// again however old it is.
const BACK: TimeDelta = TimeDelta::days(90);
/// Articles read between two pauses …
const BATCH: u32 = 25;
/// … of so long: gathering and mailing go first.
const PAUSE: Duration = Duration::from_millis(500);
/// How often it is looked whether a process of an older version left something.
const LOOK_EVERY: Duration = Duration::from_hours(6);
/// How often an article is read anew because it changed meanwhile.
const TRIES_MAX: u32 = 3;

/// How far back to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The last 90 days and events to come.
    Recent,
    Everything,
}

/// What a pass came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reread {
    pub read: u64,
    /// Could not be read again now; the next pass tries again.
    pub left: u64,
}

/// Reads again what an older engine read, until `stop` turns true.
pub fn start(newsroom: &Arc<Newsroom>, stop: &watch::Receiver<bool>) {
    let (newsroom, mut stop) = (Arc::clone(newsroom), stop.clone());
    tokio::spawn(async move {
        while !*stop.borrow() {
            match reread(&newsroom, Reach::Recent, PAUSE, &mut stop).await {
                Ok(Reread { read: 0, left: 0 }) => {}
                Ok(Reread { read, left }) => {
                    tracing::info!(read, left, engine = ENGINE_VERSION, "read again");
                }
                Err(error) => {
                    tracing::error!(%error, "what an older engine read could not be looked up; it is tried again");
                }
            }
            // An error means the daemon is gone, and so is its reader.
            tokio::time::timeout(LOOK_EVERY, stop.changed()).await.ok();
        }
    });
}

/// One pass over what an older engine read, pausing for `pause` after each batch.
/// An article that cannot be read is logged and left.
pub async fn reread(
    newsroom: &Newsroom,
    reach: Reach,
    pause: Duration,
    stop: &mut watch::Receiver<bool>,
) -> Result<Reread, StoreError> {
    let now = newsroom.clock.now();
    let since = match reach {
        Reach::Recent => now - BACK,
        Reach::Everything => DateTime::UNIX_EPOCH,
    };
    let store = &newsroom.store;
    let mut done = Reread::default();
    let mut passed: Option<Passed> = None;
    while !*stop.borrow() {
        let batch = store
            .read_before(ENGINE_VERSION, since, passed.as_ref(), BATCH)
            .await?;
        let Some(last) = batch.last().cloned() else {
            break;
        };
        passed = Some(last);
        for one in &batch {
            done.add(newsroom, &one.article).await;
        }
        rest(pause, stop).await;
    }
    let today = now.with_timezone(&newsroom.zone).date_naive();
    let mut passed: Option<ArticleId> = None;
    while !*stop.borrow() {
        let batch = store
            .tellers_read_before(ENGINE_VERSION, since, today, passed.as_ref(), BATCH)
            .await?;
        let Some(last) = batch.last().cloned() else {
            break;
        };
        passed = Some(last);
        for article in &batch {
            done.add(newsroom, article).await;
        }
        rest(pause, stop).await;
    }
    Ok(done)
}

async fn rest(pause: Duration, stop: &mut watch::Receiver<bool>) {
    // Whether it was told to stop is asked by the loop.
    tokio::time::timeout(pause, stop.changed()).await.ok();
}

impl Reread {
    async fn add(&mut self, newsroom: &Newsroom, article: &ArticleId) {
        match read_again(newsroom, article, newsroom.clock.now()).await {
            Ok(true) => self.read += 1,
            Ok(false) => self.left += 1,
            Err(error) => {
                self.left += 1;
                tracing::warn!(article.id = %article, %error, "could not be read again");
            }
        }
    }
}

/// Whether it was; `false`: it changes all the time, or is gone.
async fn read_again(
    newsroom: &Newsroom,
    id: &ArticleId,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let store = &newsroom.store;
    // Its events are looked up and written again: nothing may change them meanwhile.
    let _turn = Placing::begin(newsroom).await;
    for _ in 0..TRIES_MAX {
        let said = store.corrections_of(std::slice::from_ref(id)).await?;
        let said = said.get(id);
        let (Some((article, _)), Some(tells)) =
            (store.article(id).await?, store.story_of(id).await?)
        else {
            return Ok(false);
        };
        let made = said.map(|said| said.made);
        let word = said.cloned();
        let word = word.unwrap_or_else(|| Correction::none(id.clone(), now));
        let visited = believed(newsroom, article, tells, (&word, &word), now).await?;
        if store.record_reading(&visited, made, now).await? {
            return Ok(true);
        }
    }
    Ok(false)
}
