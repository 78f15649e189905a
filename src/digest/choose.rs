//! Which stories and events one profile gets, and in what order.
//!
//! Deliberately absent: what was already sent. A window holds only what was
//! added in it, so stories never come twice; events come again in every letter
//! until they are over, because a reader forgets.

use std::cmp::Reverse;
use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::importance::{Importance, Scale};
use super::since::{CORRECTIONS_MAX, Correction, corrections};
use crate::model::change::Since;
use crate::model::digest::DigestPlan;
use crate::model::event::{ComingEvent, Event, EventId};
use crate::model::feed::{Entry, Filter, PublishedFeed};
use crate::model::language::{Language, Tongue};
use crate::model::reading::Kind;
use crate::model::region::Region;
use crate::model::share::shared;
use crate::model::source::SourceId;
use crate::model::subscriber::{Grouping, LetterScript, Profile};
use crate::model::topic::Topic;

/// The most events one letter lists; the calendar holds the others.
pub const EVENTS_MAX: usize = 30;

/// What one profile gets of a window.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Choice {
    /// The day of the letter, in the house zone.
    pub today: NaiveDate,
    /// Coming events, the next first; postponed and cancelled ones among them,
    /// told apart by their status.
    pub events: Vec<Event>,
    /// Coming events beyond [`EVENTS_MAX`] and one source's share of them.
    pub events_left: usize,
    /// The most important first (see [`Importance`]), or by region or topic, in
    /// each the most important first.
    pub stories: Vec<Entry>,
    /// Stories beyond the plan's `stories_max` and one source's share of them.
    pub stories_left: usize,
    /// What is no longer as the reader was told.
    pub corrections: Vec<Correction>,
    /// Corrections beyond [`CORRECTIONS_MAX`].
    pub corrections_left: usize,
    /// Outlets that have not answered for days.
    pub silent: Vec<String>,
}

impl Choice {
    /// Whether there is nothing to say. That an outlet is silent is no news by
    /// itself.
    pub const fn is_empty(&self) -> bool {
        self.events.is_empty() && self.stories.is_empty() && self.corrections.is_empty()
    }

    /// Whether a letter is worth sending: it tells a story, a correction, an
    /// event that is new or changed since the window opened at `after`, or one
    /// that is on by tomorrow and was further off on the day last `told`. A list
    /// the reader already has is no letter.
    pub fn has_news(&self, after: DateTime<Utc>, told: NaiveDate, today: NaiveDate) -> bool {
        let next = |day: NaiveDate| day.succ_opt().unwrap_or(day);
        !self.stories.is_empty()
            || self.corrections.iter().any(Correction::is_news)
            || self.events.iter().any(|event| {
                event.updated > after || (event.start > next(told) && event.start <= next(today))
            })
    }
}

/// Chooses for `profile` among the stories of a window, the events known, and
/// what was changed `since` the last letter.
///
/// Stories: whatever any feed of the profile admits, else any feed of the plan
/// (names of feeds that no longer exist are passed over), else whatever is
/// about a forum; of the kinds and languages the profile names. Events: those on
/// between `today` and `plan.days_ahead` days later, in the regions and of the
/// topics of the same feeds. Regions and topics of the profile narrow both: who
/// chose topics gets only what is surely about one of them, events too. A reader
/// who wants all of it chooses none; one who asked for few must not have to skip
/// what the house could not tell. Of what does not fit, one source's own word
/// goes first (see [`shared`]).
pub fn choose(
    plan: &DigestPlan,
    profile: &Profile,
    entries: &[Entry],
    events: &[ComingEvent],
    feeds: &[PublishedFeed],
    today: NaiveDate,
    since: &Since,
) -> Choice {
    let filters = filters_of(plan, profile, feeds);
    let stories = stories_for(&filters, profile, entries, today);
    let words: HashMap<&EventId, &SourceId> = events
        .iter()
        .filter_map(|coming| Some((&coming.event.id, coming.word_of.as_ref()?)))
        .collect();
    let word_of = |event: &Event| words.get(&event.id).copied();
    let known = events_for(&filters, profile, events);
    let is_told = |entry: &Entry| is_for(&filters, profile, entry);
    let corrected = corrections(since, &known, is_told);
    let coming = coming(known, today, plan.days_ahead);
    let (stories, stories_left) = shared(stories, plan.stories_max, Entry::teller);
    let (coming, events_left) = shared(coming, EVENTS_MAX, word_of);
    let (corrections, corrections_left) = shared(
        corrected.iter().collect(),
        CORRECTIONS_MAX,
        |correction| match correction {
            Correction::Event { event, .. } => word_of(event),
            Correction::Article { entry, .. } => entry.teller(),
        },
    );
    let stories = match profile.grouping {
        Grouping::Importance => stories,
        Grouping::Region => grouped(stories, |entry| region_of(entry, profile)),
        Grouping::Topic => grouped(stories, |entry| topic_of(entry, profile)),
    };
    Choice {
        today,
        events: coming.into_iter().cloned().collect(),
        events_left,
        stories: stories.into_iter().cloned().collect(),
        stories_left,
        corrections: corrections.into_iter().cloned().collect(),
        corrections_left,
        silent: since.silent.clone(),
    }
}

/// Under which region a story stands: the surest of those the reader asked
/// for, else the surest; `None`: it is of no region we are sure of.
pub fn region_of(entry: &Entry, profile: &Profile) -> Option<Region> {
    let mut sure = entry
        .reading
        .regions
        .iter()
        .filter(|(_, confidence)| confidence.is_enough())
        .map(|(region, _)| *region);
    let first = sure.clone().next();
    sure.find(|region| profile.regions.contains(region))
        .or(first)
}

/// Under which topic a story stands, chosen as [`region_of`] does.
pub fn topic_of(entry: &Entry, profile: &Profile) -> Option<Topic> {
    let mut sure = entry.reading.shown_topics();
    let first = entry.reading.shown_topics().next();
    sure.find(|topic| profile.topics.contains(topic)).or(first)
}

/// How far a text is from what the reader reads most easily: 0 for the letter's
/// tongue and script, 1 for another script of it, 2 for another language.
pub fn distance(language: Language, profile: &Profile) -> u8 {
    let own = match (profile.tongue, profile.script) {
        (Tongue::Kazakh, LetterScript::Cyrillic) => Language::KazakhCyrillic,
        (Tongue::Kazakh, LetterScript::Latin) => Language::KazakhLatin,
        (Tongue::Russian, _) => Language::Russian,
        (Tongue::English, _) => Language::English,
    };
    if language == own {
        0
    } else if language.subtag() == own.subtag() {
        1
    } else {
        2
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

/// Whether the reader is told of `entry`.
fn is_for(filters: &[Filter], profile: &Profile, entry: &Entry) -> bool {
    let own = Filter {
        kinds: profile.kinds.clone(),
        languages: profile.languages.clone(),
        regions: profile.regions.clone(),
        topics: profile.topics.clone(),
        sources: Vec::new(),
    };
    let admits = |filter: &Filter| filter.admits(&entry.article.source, &entry.reading);
    admits(&own) && filters.iter().any(admits)
}

fn stories_for<'a>(
    filters: &[Filter],
    profile: &Profile,
    entries: &'a [Entry],
    today: NaiveDate,
) -> Vec<&'a Entry> {
    let mut stories: Vec<&Entry> = entries
        .iter()
        .filter(|entry| is_for(filters, profile, entry))
        .collect();
    // A window holds every telling: of one story the reader gets one, in the
    // tongue of the letter if there is such, else the one added first.
    let foreign = |entry: &Entry| distance(entry.reading.shown_language(), profile);
    stories.sort_by_key(|entry| (&entry.story, foreign(entry), entry.added));
    stories.dedup_by(|a, b| a.story == b.story);
    let newest = stories.iter().map(|entry| entry.article.dated()).max();
    let scale = Scale {
        newest: newest.unwrap_or_default(),
        today,
        regions: &profile.regions,
    };
    stories.sort_by_key(|entry| {
        let dated = Reverse(entry.article.dated());
        let weight = Reverse(Importance::of(entry, &scale).total());
        (weight, foreign(entry), dated, &entry.story)
    });
    stories
}

/// The same stories group by group: the group of the most important story
/// first, what is of no group last.
fn grouped<G: PartialEq>(
    stories: Vec<&Entry>,
    group_of: impl Fn(&Entry) -> Option<G>,
) -> Vec<&Entry> {
    let mut groups: Vec<(Option<G>, Vec<&Entry>)> = Vec::new();
    for entry in stories {
        let group = group_of(entry);
        match groups.iter_mut().find(|(known, _)| *known == group) {
            Some((_, stories)) => stories.push(entry),
            None => groups.push((group, vec![entry])),
        }
    }
    groups.sort_by_key(|(group, _)| group.is_none());
    groups
        .into_iter()
        .flat_map(|(_, stories)| stories)
        .collect()
}

/// The events of the reader's regions and topics, whenever they are.
fn events_for<'a>(
    filters: &[Filter],
    profile: &Profile,
    events: &'a [ComingEvent],
) -> Vec<&'a Event> {
    events
        .iter()
        .map(|coming| &coming.event)
        .filter(|event| is_in(&profile.regions, event) && is_about(&profile.topics, event))
        .filter(|event| {
            filters
                .iter()
                .any(|filter| is_in(&filter.regions, event) && is_about(&filter.topics, event))
        })
        .collect()
}

fn coming(mut events: Vec<&Event>, today: NaiveDate, days_ahead: u32) -> Vec<&Event> {
    let last_start = today
        .checked_add_days(Days::new(u64::from(days_ahead)))
        .unwrap_or(NaiveDate::MAX);
    events.retain(|event| event.last_day() >= today && event.start <= last_start);
    // A time not told comes last: the day may yet begin with what has a time.
    events.sort_by_key(|event| (event.start, event.time.is_none(), event.time, &event.id));
    events
}

/// Whether the event is in one of `regions`; no regions exclude nothing, and
/// an event of unknown region is in none.
fn is_in(regions: &[Region], event: &Event) -> bool {
    regions.is_empty() || event.region.is_some_and(|region| regions.contains(&region))
}

/// Whether the event is about one of `topics`; no topics exclude nothing.
fn is_about(topics: &[Topic], event: &Event) -> bool {
    topics.is_empty() || event.topics.iter().any(|topic| topics.contains(topic))
}

#[cfg(test)]
mod tests;
