//! The second half of the road begins: window due → choose → compose per
//! profile → one transaction.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::digest::choose::{Choice, choose};
use crate::digest::compose;
use crate::digest::links::count_links;
use crate::digest::since::silent;
use crate::model::change::Since;
use crate::model::digest::{Digest, DigestId, DigestPlan, LetterId, Window};
use crate::model::event::ComingEvent;
use crate::model::feed::{Entry, Filter};
use crate::model::link::{DigestLink, LinkShort};
use crate::model::reading::Kind;
use crate::model::schedule::{Rhythm, Round};
use crate::model::source::{Place, SourceId};
use crate::model::subscriber::Profile;
use crate::store::{Closed, Closing, ClosingGroup, Group, PendingRequest, StoreError};
use crate::template::TemplateError;

use super::Newsroom;

/// The most stories of one window that are considered.
pub const WINDOW_ENTRIES_MAX: u32 = 2_000;
/// The most coming events that are considered.
pub const WINDOW_EVENTS_MAX: u32 = 500;
/// The most changed articles that are considered.
pub const WINDOW_REVISED_MAX: u32 = 200;
/// How far back the very first window reaches.
pub const FIRST_WINDOW: TimeDelta = TimeDelta::days(1);
/// How far back the first letter after a long pause reaches.
pub const PAUSE_REACH: TimeDelta = TimeDelta::days(14);
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
    pub events: Vec<ComingEvent>,
    pub today: NaiveDate,
    /// What was changed since the last window, and who has not answered.
    pub since: Since,
}

impl Material {
    /// What was added in `window`, and the events from its last day on.
    pub async fn of_window(newsroom: &Newsroom, window: Window) -> Result<Self, StoreError> {
        let entries = newsroom
            .store
            .entries_between(window.after, window.until, WINDOW_ENTRIES_MAX)
            .await?;
        let today = window.until.with_timezone(&newsroom.zone).date_naive();
        let events = coming(newsroom, today).await?;
        Ok(Self {
            entries,
            events,
            today,
            since: since(newsroom, window).await?,
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
        let events = coming(newsroom, day).await?;
        Ok(Self {
            entries,
            events,
            today: day,
            since: Since::default(),
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
            &self.since,
        )
    }
}

/// The events from `day` on; what the own desk alone tells is the house's word and
/// no single source's.
async fn coming(newsroom: &Newsroom, day: NaiveDate) -> Result<Vec<ComingEvent>, StoreError> {
    let mut events = newsroom.store.coming_events(day, WINDOW_EVENTS_MAX).await?;
    let catalogue = newsroom.catalogue();
    let is_desk = |id: &SourceId| {
        let mut desks = catalogue.sources.iter();
        desks.any(|source| source.id == *id && matches!(source.place, Place::Desk(_)))
    };
    for coming in &mut events {
        coming.word_of = coming.word_of.take().filter(|id| !is_desk(id));
    }
    Ok(events)
}

/// What happened in `window` besides what is new.
async fn since(newsroom: &Newsroom, window: Window) -> Result<Since, StoreError> {
    let (after, until) = (window.after, window.until);
    let store = &newsroom.store;
    Ok(Since {
        after,
        events: store.events_before(after, until).await?,
        revised: store
            .revised_between(after, until, WINDOW_REVISED_MAX)
            .await?,
        silent: silent(
            &newsroom.catalogue().sources,
            &store.source_states().await?,
            until,
        ),
    })
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

/// Closes the window of `plan` that ends at `until` for those who read by its
/// own timetable.
pub async fn close(
    newsroom: &Newsroom,
    plan: &DigestPlan,
    until: DateTime<Utc>,
) -> Result<ClosedWindow, WindowError> {
    close_round(newsroom, plan, &Round::default(), until).await
}

/// Closes the window of one round that ends at `until`: chosen stories frozen,
/// one letter for each group of readers, one delivery for each subscriber,
/// watermark moved, in one transaction. Whoever comes second finds it closed.
pub async fn close_round(
    newsroom: &Newsroom,
    plan: &DigestPlan,
    round: &Round,
    until: DateTime<Utc>,
) -> Result<ClosedWindow, WindowError> {
    newsroom.store.seal(until).await?;
    let now = newsroom.clock.now();
    newsroom.store.lapse_requests(now).await?;
    let watermark = newsroom.store.round_watermark(&plan.name, round).await?;
    let after = watermark.unwrap_or(until - FIRST_WINDOW);
    let window = Window { after, until };
    let id = DigestId::of_round(&plan.name, round, until);
    let groups = newsroom.store.groups(&plan.name, round, after, now).await?;
    let mut closing = Closing {
        digest: Digest {
            id,
            name: plan.name.clone(),
            window,
            stories: Vec::new(),
            events: Vec::new(),
        },
        round: *round,
        groups: Vec::new(),
        links: Vec::new(),
    };
    let mut links = BTreeMap::new();
    // Those covered equally far stand together: one reading of the store each.
    for alike in groups.chunk_by(|a, b| a.after == b.after) {
        add_groups(newsroom, plan, alike, &mut closing, &mut links).await?;
    }
    closing.links = links.into_values().collect();
    let letters = closing.groups.iter().filter(|g| g.letter.is_some()).count();
    Ok(match newsroom.store.close_round(&closing, now).await? {
        Closed::Now { deliveries } => ClosedWindow::Now {
            letters,
            deliveries,
        },
        Closed::Already => ClosedWindow::Already,
    })
}

/// Adds groups that are covered equally far, each with its letter.
async fn add_groups(
    newsroom: &Newsroom,
    plan: &DigestPlan,
    alike: &[Group],
    closing: &mut Closing,
    links: &mut BTreeMap<LinkShort, DigestLink>,
) -> Result<(), WindowError> {
    let Some(covered) = alike.first().map(|group| group.after) else {
        return Ok(());
    };
    let Some(own) = own_window(covered, closing.digest.window) else {
        return Ok(());
    };
    let is_at_once = closing.round.schedule().rhythm == Rhythm::AtOnce;
    let mut material = Material::of_window(newsroom, own).await?;
    if is_at_once {
        let is_announcement =
            |entry: &Entry| entry.reading.shown_kind() == Some(Kind::Announcement);
        material.entries.retain(is_announcement);
    }
    let digest = &mut closing.digest;
    for story in material.entries.iter().map(|entry| &entry.story) {
        if !digest.stories.contains(story) {
            digest.stories.push(story.clone());
        }
    }
    digest.events = material.events.iter().map(|e| e.event.id.clone()).collect();
    for group in alike {
        let mut choice = material.choose(newsroom, plan, &group.profile);
        let told = own.after.with_timezone(&newsroom.zone).date_naive();
        let has_news = if is_at_once {
            !choice.stories.is_empty()
        } else {
            plan.send_empty || choice.has_news(own.after, told, material.today)
        };
        let mut letter = None;
        if has_news {
            if newsroom.mail_routes.link_counts {
                let site = newsroom.site_base();
                keep_shortest(links, count_links(&mut choice, &digest.id, site));
            }
            letter = compose::digest_letter(
                &newsroom.templates(),
                plan,
                &group.profile,
                &group.key,
                &digest.id,
                &choice,
                &newsroom.letter_site(),
            )?;
        }
        if let Some(letter) = letter.as_mut().filter(|_| covered != digest.window.after) {
            letter.id = LetterId::of_window(&digest.id, &group.key, covered);
        }
        closing.groups.push(ClosingGroup {
            profile: group.key.clone(),
            after: covered,
            letter,
        });
    }
    Ok(())
}

/// Adds one letter's links; of one that stands in several, the shortest letter
/// says how many stand beside it.
fn keep_shortest(links: &mut BTreeMap<LinkShort, DigestLink>, more: Vec<DigestLink>) {
    for link in more {
        let known = links
            .entry(link.short.clone())
            .or_insert_with(|| link.clone());
        known.beside = known.beside.min(link.beside);
    }
}

/// The window of readers who are covered up to `covered`; `None`: they were told
/// of all of it. What a longer pause held back is told for [`PAUSE_REACH`].
fn own_window(covered: DateTime<Utc>, window: Window) -> Option<Window> {
    let after = covered.max(window.after.min(window.until - PAUSE_REACH));
    (after < window.until).then_some(Window {
        after,
        until: window.until,
    })
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
            let site = newsroom.letter_site();
            let PendingRequest { subscriber, moves } = request;
            let (templates, writing) = (newsroom.templates(), &subscriber.profile);
            let letter = compose::confirmation_letter(&templates, writing, *moves, &site)?;
            newsroom
                .store
                .queue_confirmation(subscriber, &letter, newsroom.clock.now())
                .await?;
            queued += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_whole_but_after_a_very_long_pause() {
        let at = |day: i64| DateTime::UNIX_EPOCH + TimeDelta::days(20_000 + day);
        let window = |after, until| Window {
            after: at(after),
            until: at(until),
        };
        let cases = [
            // covered, the round's window, own beginning
            (9, window(9, 10), Some(9)),
            (5, window(9, 10), Some(5)),
            (-90, window(9, 10), Some(-4)),
            // The machine was off for a month: nothing of it is left out.
            (-30, window(-30, 10), Some(-30)),
            (-60, window(-30, 10), Some(-30)),
            (10, window(9, 10), None),
            (12, window(9, 10), None),
        ];
        for (covered, window, expected) in cases {
            let own = own_window(at(covered), window).map(|own| own.after);
            assert_eq!(own, expected.map(at), "{covered}");
        }
    }
}
