//! The second half of the road begins: window due → choose → compose per
//! profile → one transaction.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::digest::choose::{Choice, choose};
use crate::digest::compose;
use crate::model::digest::{Digest, DigestId, DigestPlan, Letter, Window};
use crate::model::event::Event;
use crate::model::feed::{Entry, Filter};
use crate::model::subscriber::{Profile, ProfileKey};
use crate::store::{Closed, StoreError};
use crate::template::TemplateError;

use super::Newsroom;

/// The most stories of one window that are considered.
pub const WINDOW_ENTRIES_MAX: u32 = 2_000;
/// The most coming events that are considered.
pub const WINDOW_EVENTS_MAX: u32 = 500;
/// How far back the very first window reaches.
pub const FIRST_WINDOW: TimeDelta = TimeDelta::days(1);
/// Confirmation letters queued in one go.
const REQUESTS_BATCH: u32 = 500;

/// Why a window could not be closed; nothing of it is then.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Template(#[from] TemplateError),
}

/// What closing a window came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClosedWindow {
    /// Closed now: so many letters, one for each profile, for so many subscribers.
    Now { letters: usize, deliveries: u64 },
    /// Somebody else was first, or it was closed before.
    Already,
}

/// What a window holds before anything is chosen.
pub struct Material {
    pub entries: Vec<Entry>,
    pub events: Vec<Event>,
    pub today: NaiveDate,
}

impl Material {
    /// What was added in `window`, and the events from its last day on.
    pub async fn of_window(newsroom: &Newsroom, window: Window) -> Result<Self, StoreError> {
        let entries = newsroom
            .store
            .entries_between(window.after, window.until, WINDOW_ENTRIES_MAX)
            .await?;
        let today = window.until.with_timezone(&newsroom.zone).date_naive();
        let events = newsroom
            .store
            .calendar(&Filter::default(), today, WINDOW_EVENTS_MAX)
            .await?;
        Ok(Self {
            entries,
            events,
            today,
        })
    }

    /// What was published on one day of the past, for a preview of it.
    pub async fn of_day(newsroom: &Newsroom, day: NaiveDate) -> Result<Self, StoreError> {
        let zone = newsroom.zone;
        let mut entries = newsroom
            .store
            .edition(&Filter::default(), WINDOW_ENTRIES_MAX)
            .await?;
        entries.retain(|entry| entry.article.dated().with_timezone(&zone).date_naive() == day);
        let events = newsroom
            .store
            .calendar(&Filter::default(), day, WINDOW_EVENTS_MAX)
            .await?;
        Ok(Self {
            entries,
            events,
            today: day,
        })
    }

    /// What `profile` gets of it.
    pub fn choose(&self, newsroom: &Newsroom, plan: &DigestPlan, profile: &Profile) -> Choice {
        let feeds = &newsroom.catalogue().feeds;
        choose(
            plan,
            profile,
            &self.entries,
            &self.events,
            feeds,
            self.today,
        )
    }
}

/// The window of `plan` that would close at `until`.
pub async fn open_window(
    newsroom: &Newsroom,
    plan: &DigestPlan,
    until: DateTime<Utc>,
) -> Result<Window, StoreError> {
    let after = newsroom.store.digest_watermark(&plan.name).await?;
    Ok(Window {
        after: after.unwrap_or(until - FIRST_WINDOW),
        until,
    })
}

/// Closes the window of `plan` that ends at `until`: chosen stories frozen,
/// one letter for each profile, one delivery for each subscriber, watermark
/// moved, in one transaction. Whoever comes second finds it closed.
pub async fn close(
    newsroom: &Newsroom,
    plan: &DigestPlan,
    until: DateTime<Utc>,
) -> Result<ClosedWindow, WindowError> {
    newsroom.store.seal(until).await?;
    let window = open_window(newsroom, plan, until).await?;
    let material = Material::of_window(newsroom, window).await?;
    let id = DigestId::derived(&plan.name, until);
    let mut letters: Vec<(ProfileKey, Letter)> = Vec::new();
    for (key, profile, _) in newsroom.store.confirmed_profiles().await? {
        let choice = material.choose(newsroom, plan, &profile);
        if !choice.has_news(window.after, material.today) {
            continue;
        }
        let site = newsroom.letter_site();
        let letter = compose::digest_letter(
            &newsroom.templates(),
            plan,
            &profile,
            &key,
            &id,
            &choice,
            &site,
        )?;
        letters.extend(letter.map(|letter| (key, letter)));
    }
    let digest = Digest {
        id,
        name: plan.name.clone(),
        window,
        stories: material
            .entries
            .iter()
            .map(|entry| entry.story.clone())
            .collect(),
        events: material
            .events
            .iter()
            .map(|event| event.id.clone())
            .collect(),
    };
    let count = letters.len();
    match newsroom
        .store
        .close_digest(&digest, letters, newsroom.clock.now())
        .await?
    {
        Closed::Now { deliveries } => Ok(ClosedWindow::Now {
            letters: count,
            deliveries,
        }),
        Closed::Already => Ok(ClosedWindow::Already),
    }
}

/// Queues the confirmation letters people are waiting for.
pub async fn queue_confirmations(newsroom: &Newsroom) -> Result<usize, WindowError> {
    let mut queued = 0;
    loop {
        let requests = newsroom.store.pending_requests(REQUESTS_BATCH).await?;
        if requests.is_empty() {
            return Ok(queued);
        }
        for request in &requests {
            let tongue = request.profile.tongue;
            let site = newsroom.letter_site();
            let letter = compose::confirmation_letter(&newsroom.templates(), tongue, &site)?;
            newsroom
                .store
                .queue_confirmation(request, &letter, newsroom.clock.now())
                .await?;
            queued += 1;
        }
    }
}
