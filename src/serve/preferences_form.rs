//! The form of the preference page: wishes to choices, fields to wishes. Pure
//! but for rendering.

use axum::response::Response;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::model::feed::{Filter, PublishedFeed};
use crate::model::language::{Language, Tongue};
use crate::model::reading::Kind;
use crate::model::region::Region;
use crate::model::schedule::{Rhythm, Schedule};
use crate::model::subscriber::{Grouping, LetterScript, Profile, Subscriber};
use crate::model::topic::Topic;
use crate::template::TemplateError;
use crate::template::page::Choice;
use crate::template::preferences::Preferences;

use super::House;
use super::forms::Fields;
use super::pages;
use super::preferences::Said;
use super::voice::{Voice, own_name};

/// The longest pause, in days.
const PAUSE_DAYS_MAX: u64 = 366;
/// Zones on the list: where readers of Kazakhstan's news live. Any other that
/// was set (by an import) is shown and kept.
const ZONES: [Tz; 24] = [
    Tz::Asia__Almaty,
    Tz::Asia__Aqtau,
    Tz::Asia__Aqtobe,
    Tz::Asia__Atyrau,
    Tz::Asia__Oral,
    Tz::Asia__Qostanay,
    Tz::Asia__Qyzylorda,
    Tz::Asia__Bishkek,
    Tz::Asia__Tashkent,
    Tz::Asia__Omsk,
    Tz::Asia__Urumqi,
    Tz::Asia__Shanghai,
    Tz::Asia__Ulaanbaatar,
    Tz::Asia__Baku,
    Tz::Asia__Dubai,
    Tz::Asia__Seoul,
    Tz::Asia__Tokyo,
    Tz::Europe__Moscow,
    Tz::Europe__Istanbul,
    Tz::Europe__Berlin,
    Tz::Europe__London,
    Tz::America__New_York,
    Tz::America__Los_Angeles,
    Tz::UTC,
];
/// Languages of stories on the list.
const LANGUAGES: [Language; 5] = [
    Language::KazakhCyrillic,
    Language::KazakhLatin,
    Language::KazakhArabic,
    Language::Russian,
    Language::English,
];

/// What a subscriber wants from now on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wishes {
    pub(super) profile: Profile,
    pub(super) paused_until: Option<DateTime<Utc>>,
}

/// What a form said: wishes, and which of its fields cannot be. Those stay as
/// they were, and while there is one nothing is to be saved.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) wishes: Wishes,
    /// `prefs.wrong.<what>` says why.
    pub(super) wrong: Vec<&'static str>,
}

/// Reads the form of a page; a field it lacks stays as it was, a group of boxes
/// with none ticked means all.
pub(super) fn read(
    fields: &Fields,
    before: &Subscriber,
    feeds: &[PublishedFeed],
    now: DateTime<Utc>,
    house_zone: Tz,
) -> Form {
    let old = &before.profile;
    let mut wrong = Vec::new();
    let schedule = schedule(fields, old.schedule, &mut wrong);
    let profile = Profile {
        tongue: fields
            .value("tongue")
            .and_then(|tag| tag.parse().ok())
            .unwrap_or(old.tongue),
        script: fields
            .value("script")
            .and_then(LetterScript::from_word)
            .unwrap_or(old.script),
        feeds: fields
            .all("feed")
            .filter_map(|name| feeds.iter().find(|feed| feed.name.as_str() == name))
            .map(|feed| feed.name.clone())
            .collect(),
        regions: fields
            .all("region")
            .filter_map(|code| code.parse().ok())
            .collect(),
        topics: fields
            .all("topic")
            .filter_map(|word| word.parse().ok())
            .collect(),
        kinds: fields.all("kind").filter_map(Kind::from_word).collect(),
        languages: fields
            .all("language")
            .filter_map(|tag| tag.parse().ok())
            .collect(),
        grouping: fields
            .value("grouping")
            .and_then(Grouping::from_word)
            .unwrap_or(old.grouping),
        schedule,
    }
    .normalised();
    wrong.extend(in_vain(&profile, feeds));
    let zone = schedule.zone.unwrap_or(house_zone);
    let paused_until = match fields.value("pause") {
        None => before.paused_until,
        Some("") => None,
        Some(day) => {
            let begins = pause(day, now, zone);
            if begins.is_none() {
                wrong.push("pause");
            }
            begins.or(before.paused_until)
        }
    };
    let wishes = Wishes {
        profile,
        paused_until,
    };
    Form { wishes, wrong }
}

/// Why wishes could never bring a story, where they could not. A story has one
/// kind and one language; it may be of several regions and topics, so those meet.
pub(super) fn in_vain(profile: &Profile, feeds: &[PublishedFeed]) -> Option<&'static str> {
    fn meet<T: PartialEq>(one: &[T], other: &[T]) -> bool {
        one.is_empty() || other.is_empty() || one.iter().any(|wish| other.contains(wish))
    }
    let is_at_once = profile.schedule.rhythm == Rhythm::AtOnce;
    let at_once: &[Kind] = if is_at_once {
        &[Kind::Announcement]
    } else {
        &[]
    };
    if !meet(&profile.kinds, at_once) {
        return Some("at_once");
    }
    let chosen = feeds
        .iter()
        .filter(|feed| profile.feeds.contains(&feed.name));
    let mut filters = chosen.map(|feed| &feed.filter).peekable();
    // Without a choice the digest's own feeds count.
    filters.peek()?;
    let brings = |filter: &Filter| {
        meet(&filter.kinds, at_once)
            && meet(&filter.kinds, &profile.kinds)
            && meet(&filter.languages, &profile.languages)
    };
    (!filters.any(brings)).then_some("no_story")
}

fn schedule(fields: &Fields, old: Schedule, wrong: &mut Vec<&'static str>) -> Schedule {
    let hour = match fields.value("hour") {
        None => old.hour,
        Some("") => None,
        Some(text) => text
            .parse::<u8>()
            .ok()
            .filter(|hour| *hour < 24)
            .or_else(|| {
                wrong.push("hour");
                old.hour
            }),
    };
    let zone = match fields.value("zone") {
        None => old.zone,
        Some("") => None,
        Some(name) => name.parse().ok().or_else(|| {
            wrong.push("zone");
            old.zone
        }),
    };
    Schedule {
        rhythm: fields
            .value("rhythm")
            .and_then(Rhythm::from_word)
            .unwrap_or(old.rhythm),
        hour,
        zone,
    }
}

/// The beginning of `day` where the reader lives, which must be to come.
fn pause(day: &str, now: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
    let day: NaiveDate = day.parse().ok()?;
    let (first, last) = pause_days(now, zone);
    if day < first || day > last {
        return None;
    }
    // Where midnight is skipped by a clock change, the day begins an hour later.
    let midnight = day.and_time(NaiveTime::MIN);
    let begins = [0, 1, 2].into_iter().find_map(|hours| {
        zone.from_local_datetime(&(midnight + chrono::TimeDelta::hours(hours)))
            .earliest()
    });
    begins.map(|begins| begins.with_timezone(&Utc))
}

/// The first and the last day a pause may end on.
fn pause_days(now: DateTime<Utc>, zone: Tz) -> (NaiveDate, NaiveDate) {
    let today = now.with_timezone(&zone).date_naive();
    let after = |days| today.checked_add_days(Days::new(days)).unwrap_or(today);
    (after(1), after(PAUSE_DAYS_MAX))
}

/// What of the wishes is new, as `prefs.saved.<what>` names it.
pub(super) fn differences(before: &Subscriber, wishes: &Wishes) -> Vec<&'static str> {
    let (old, new) = (&before.profile, &wishes.profile);
    let (was, is) = (old.schedule, new.schedule);
    let is_paused_anew = before.paused_until != wishes.paused_until;
    [
        ("tongue", old.tongue != new.tongue),
        ("script", old.script != new.script),
        ("rhythm", was.rhythm != is.rhythm),
        ("hour", was.hour != is.hour),
        ("zone", was.zone != is.zone),
        ("pause", is_paused_anew && wishes.paused_until.is_some()),
        ("unpaused", is_paused_anew && wishes.paused_until.is_none()),
        ("grouping", old.grouping != new.grouping),
        ("feeds", old.feeds != new.feeds),
        ("kinds", old.kinds != new.kinds),
        ("languages", old.languages != new.languages),
        ("regions", old.regions != new.regions),
        ("topics", old.topics != new.topics),
    ]
    .into_iter()
    .filter_map(|(what, is_new)| is_new.then_some(what))
    .collect()
}

/// The page of `person`.
pub(super) fn page(
    house: &House,
    voice: &Voice,
    person: &Subscriber,
    said: Said,
) -> Result<Response, TemplateError> {
    let now = house.clock.now();
    let zone = person.profile.schedule.zone.unwrap_or(house.options.zone);
    let token = voice.parameter("token").unwrap_or_default();
    let lang = voice.query.replace('?', "&");
    let profile = &person.profile;
    let catalogue = house.catalogue();
    let (pause_min, pause_max) = pause_days(now, zone);
    let pause = said.pause.or_else(|| paused_until(person, now, zone));
    let context = Preferences {
        action: format!("/preferences?token={token}{lang}"),
        data_href: format!("/preferences/data?token={token}{lang}"),
        address: person.address.as_str().to_owned(),
        new_address: said.new_address,
        status: person.status.word(),
        saved: said.saved,
        told: said.told,
        wrong: said.wrong,
        is_unsaved: said.is_unsaved,
        pause: pause.unwrap_or_default(),
        pause_min: pause_min.to_string(),
        pause_max: pause_max.to_string(),
        tongues: Tongue::ALL
            .into_iter()
            .map(|one| choice(one.tag(), own_name(one), one == profile.tongue))
            .collect(),
        scripts: [LetterScript::Cyrillic, LetterScript::Latin]
            .into_iter()
            .map(|one| choice(one.word(), "", one == profile.script))
            .collect(),
        groupings: Grouping::ALL
            .into_iter()
            .map(|one| choice(one.word(), "", one == profile.grouping))
            .collect(),
        rhythms: Rhythm::ALL
            .into_iter()
            .map(|one| choice(one.word(), "", one == profile.schedule.rhythm))
            .collect(),
        // What no feed holds is no choice.
        kinds: Kind::ALL
            .into_iter()
            .filter(|one| {
                let holds = |kinds: &[Kind]| kinds.is_empty() || kinds.contains(one);
                catalogue.feeds.iter().any(|feed| holds(&feed.filter.kinds))
            })
            .map(|one| choice(one.word(), "", profile.kinds.contains(&one)))
            .collect(),
        languages: LANGUAGES
            .into_iter()
            .map(|one| choice(one.tag(), "", profile.languages.contains(&one)))
            .collect(),
        feeds: feed_choices(&catalogue.feeds, profile, voice),
        topics: Topic::ALL
            .into_iter()
            .map(|one| choice(one.word(), "", profile.topics.contains(&one)))
            .collect(),
        regions: region_choices(profile, voice),
        hours: hour_choices(profile.schedule.hour),
        zones: zone_choices(profile.schedule.zone, house.options.zone),
    };
    let title = house
        .templates()
        .message(voice.writing(), "prefs.title", &[])?;
    let frame = pages::Frame {
        title: &title,
        is_private: true,
    };
    pages::page(house, voice, &frame, "page/preferences.html", &context)
}

/// The day letters come again; `None`: there is no pause.
fn paused_until(person: &Subscriber, now: DateTime<Utc>, zone: Tz) -> Option<String> {
    let until = person.paused_until.filter(|until| *until > now)?;
    Some(until.with_timezone(&zone).date_naive().to_string())
}

fn choice(value: &str, name: &str, is_chosen: bool) -> Choice {
    Choice {
        value: value.to_owned(),
        name: name.to_owned(),
        is_chosen,
    }
}

/// The main feeds, and others that were chosen.
fn feed_choices(feeds: &[PublishedFeed], profile: &Profile, voice: &Voice) -> Vec<Choice> {
    feeds
        .iter()
        .map(|feed| (feed, profile.feeds.contains(&feed.name)))
        .filter(|(feed, is_chosen)| feed.featured || *is_chosen)
        .map(|(feed, is_chosen)| {
            let title = voice.spell(feed.title.get(voice.tongue));
            choice(feed.name.as_str(), &title, is_chosen)
        })
        .collect()
}

fn region_choices(profile: &Profile, voice: &Voice) -> Vec<Choice> {
    Region::all()
        .map(|one| {
            let name = voice.spell(one.name(voice.tongue));
            choice(&one.code(), &name, profile.regions.contains(&one))
        })
        .collect()
}

fn hour_choices(chosen: Option<u8>) -> Vec<Choice> {
    std::iter::once(choice("", "", chosen.is_none()))
        .chain((0..24_u8).map(|hour| {
            let name = format!("{hour:02}:00");
            choice(&hour.to_string(), &name, chosen == Some(hour))
        }))
        .collect()
}

fn zone_choices(chosen: Option<Tz>, house: Tz) -> Vec<Choice> {
    let other = chosen.filter(|zone| !ZONES.contains(zone));
    std::iter::once(choice("", house.name(), chosen.is_none()))
        .chain(
            ZONES
                .into_iter()
                .chain(other)
                .map(|zone| choice(zone.name(), zone.name(), chosen == Some(zone))),
        )
        .collect()
}
