//! Which stories and events one profile gets, and in what order.
//!
//! Deliberately absent: what was already sent. A window holds only what was
//! added in it, so stories never come twice; events come again in every letter
//! until they are over, because a reader forgets.

use std::cmp::Reverse;

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::model::digest::DigestPlan;
use crate::model::event::Event;
use crate::model::feed::{Entry, Filter, PublishedFeed};
use crate::model::reading::Kind;
use crate::model::region::Region;
use crate::model::subscriber::Profile;

/// The most events one letter lists; the calendar holds the others.
pub const EVENTS_MAX: usize = 30;

/// What one profile gets of a window.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Choice {
    /// Coming events, the next first; postponed and cancelled ones among them,
    /// told apart by their status.
    pub events: Vec<Event>,
    /// Coming events beyond [`EVENTS_MAX`].
    pub events_left: usize,
    /// Announcements, then articles about forums, then others; newest first.
    pub stories: Vec<Entry>,
    /// Stories beyond the plan's `stories_max`.
    pub stories_left: usize,
}

impl Choice {
    /// Whether there is nothing to say.
    pub const fn is_empty(&self) -> bool {
        self.events.is_empty() && self.stories.is_empty()
    }

    /// Whether a letter is worth sending: it tells a story, an event that is new
    /// or changed since the window opened at `after`, or one that is on today or
    /// tomorrow. A list the reader already has is no letter.
    pub fn has_news(&self, after: DateTime<Utc>, today: NaiveDate) -> bool {
        let tomorrow = today.succ_opt().unwrap_or(today);
        !self.stories.is_empty()
            || self
                .events
                .iter()
                .any(|event| event.updated > after || event.start <= tomorrow)
    }
}

/// Chooses for `profile` among the stories of a window and the events known.
///
/// Stories: whatever any feed of the profile admits, else any feed of the plan
/// (names of feeds that no longer exist are passed over), else whatever is
/// about a forum. Events: those on between `today` and `plan.days_ahead` days
/// later, in the regions of the same feeds. Regions of the profile narrow both.
pub fn choose(
    plan: &DigestPlan,
    profile: &Profile,
    entries: &[Entry],
    events: &[Event],
    feeds: &[PublishedFeed],
    today: NaiveDate,
) -> Choice {
    let filters = filters_of(plan, profile, feeds);
    let mut stories = stories_for(&filters, profile, entries);
    let mut coming = events_for(&filters, profile, events, today, plan.days_ahead);
    let stories_left = stories.len().saturating_sub(plan.stories_max);
    let events_left = coming.len().saturating_sub(EVENTS_MAX);
    stories.truncate(plan.stories_max);
    coming.truncate(EVENTS_MAX);
    Choice {
        events: coming.into_iter().cloned().collect(),
        events_left,
        stories: stories.into_iter().cloned().collect(),
        stories_left,
    }
}

/// The filters of the profile's feeds, else of the plan's; never empty.
fn filters_of(plan: &DigestPlan, profile: &Profile, feeds: &[PublishedFeed]) -> Vec<Filter> {
    [&profile.feeds, &plan.feeds]
        .into_iter()
        .map(|names| {
            feeds
                .iter()
                .filter(|feed| names.contains(&feed.name))
                .map(|feed| feed.filter.clone())
                .collect::<Vec<_>>()
        })
        .find(|filters| !filters.is_empty())
        .unwrap_or_else(|| {
            vec![Filter {
                kinds: vec![Kind::Announcement, Kind::ForumArticle],
                ..Filter::default()
            }]
        })
}

fn stories_for<'a>(filters: &[Filter], profile: &Profile, entries: &'a [Entry]) -> Vec<&'a Entry> {
    let of_regions = Filter {
        regions: profile.regions.clone(),
        ..Filter::default()
    };
    let admits =
        |filter: &Filter, entry: &Entry| filter.admits(&entry.article.source, &entry.reading);
    let mut stories: Vec<&Entry> = entries
        .iter()
        .filter(|entry| admits(&of_regions, entry))
        .filter(|entry| filters.iter().any(|filter| admits(filter, entry)))
        .collect();
    // A window holds every telling: of one story the reader gets one, in the
    // tongue of the letter if there is such, else the one added first.
    let foreign = |entry: &Entry| entry.reading.shown_language().subtag() != profile.tongue.tag();
    stories.sort_by_key(|entry| (&entry.story, foreign(entry), entry.added));
    stories.dedup_by(|a, b| a.story == b.story);
    stories.sort_by_key(|entry| {
        let kind = entry.reading.shown_kind().unwrap_or(Kind::Other);
        (kind, Reverse(entry.article.dated()), &entry.story)
    });
    stories
}

fn events_for<'a>(
    filters: &[Filter],
    profile: &Profile,
    events: &'a [Event],
    today: NaiveDate,
    days_ahead: u32,
) -> Vec<&'a Event> {
    let last_start = today
        .checked_add_days(Days::new(u64::from(days_ahead)))
        .unwrap_or(NaiveDate::MAX);
    let mut coming: Vec<&Event> = events
        .iter()
        .filter(|event| event.last_day() >= today && event.start <= last_start)
        .filter(|event| is_in(&profile.regions, event))
        .filter(|event| filters.iter().any(|filter| is_in(&filter.regions, event)))
        .collect();
    // A time not told comes last: the day may yet begin with what has a time.
    coming.sort_by_key(|event| (event.start, event.time.is_none(), event.time, &event.id));
    coming
}

/// Whether the event is in one of `regions`; no regions exclude nothing, and
/// an event of unknown region is in none.
fn is_in(regions: &[Region], event: &Event) -> bool {
    regions.is_empty() || event.region.is_some_and(|region| regions.contains(&region))
}

#[cfg(test)]
mod tests;
