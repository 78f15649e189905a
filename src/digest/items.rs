//! Events, stories and corrections as a letter shows them: names in the
//! reader's script, days, places and links.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, Utc, Weekday};
use chrono_tz::Tz;

use super::LetterSite;
use super::choose::{Choice, region_of, topic_of};
use super::outside::{outside, tame};
use super::since::{Change, Correction};
use crate::model::article::ArticleId;
use crate::model::event::Event;
use crate::model::feed::{AlsoTold, Entry};
use crate::model::language::Language;
use crate::model::subscriber::{Grouping, Profile};
use crate::template::letter::{LetterAlso, LetterCorrection, LetterEvent, LetterStory};
use crate::template::{TemplateError, Templates, Writing};
use crate::text::cyrillic::cyrillic;
use crate::text::latin::{latin, looks_kazakh};
use crate::text::{city, wording};

/// The longest title or name in a letter.
const TITLE_MAX_CHARS: usize = 200;
/// The longest excerpt.
const EXCERPT_MAX_CHARS: usize = 480;
/// The most other outlets named with a story.
pub(super) const ALSO_MAX: usize = 6;
/// The most silent outlets named.
const SILENT_MAX: usize = 6;

/// A title as this reader reads it: Kazakh in the script of the letter, other
/// languages as they are.
pub fn title_of(title: &str, language: Language, writing: Writing) -> String {
    let title = outside(title, TITLE_MAX_CHARS);
    spelled(title, language, writing)
}

/// In which language an event is named: that of the story of this letter that
/// told of it first, else Kazakh where its letters say so.
pub fn event_language(event: &Event, choice: &Choice) -> Language {
    let told_by = event.articles.first();
    let story = choice
        .stories
        .iter()
        .find(|entry| Some(&entry.article.id) == told_by);
    match story.map(|entry| entry.reading.shown_language()) {
        Some(language) if language != Language::Undetermined => language,
        _ if looks_kazakh(&event.name) => Language::KazakhCyrillic,
        _ => Language::Undetermined,
    }
}

/// The events, the first of each stretch of days bearing its heading.
pub fn events_of(choice: &Choice, site: &LetterSite, writing: Writing) -> Vec<LetterEvent> {
    let links: HashMap<&ArticleId, String> = choice
        .stories
        .iter()
        .map(|entry| (&entry.article.id, href_of(entry, site)))
        .collect();
    let mut last_heading = None;
    choice
        .events
        .iter()
        .map(|event| {
            let when = when(event.start, choice.today);
            let heading = (last_heading.replace(when) != Some(when)).then_some(when);
            let language = event_language(event, choice);
            LetterEvent {
                heading,
                name: title_of(&event.name, language, writing),
                lang: shown_tag(language, writing),
                start: event.start.to_string(),
                end: event.end.map(|end| end.to_string()),
                time: event.time.map(|time| time.format("%H:%M").to_string()),
                place: place_of(event, writing),
                href: event_href(event, &links, site),
                ics_url: event
                    .is_likely()
                    .then(|| calendar_link(event, site, writing)),
                status: event.standing(),
                counted_words: title_of(&event.date_words, language, writing),
                counted_from: event.date_counted_from.map(|day| day.to_string()),
            }
        })
        .collect()
}

/// The key of the heading an event of that day stands under.
fn when(start: NaiveDate, today: NaiveDate) -> &'static str {
    let sunday = today.week(Weekday::Mon).checked_last_day().unwrap_or(today);
    let next_sunday = sunday.checked_add_days(Days::new(7)).unwrap_or(sunday);
    if start <= today {
        "today"
    } else if start <= sunday {
        "week"
    } else if start <= next_sunday {
        "next_week"
    } else {
        "later"
    }
}

/// The stories; where the reader wants them by region or topic, the first of
/// each bears its name.
pub fn stories_of(
    templates: &Templates,
    choice: &Choice,
    profile: &Profile,
    site: &LetterSite,
) -> Result<Vec<LetterStory>, TemplateError> {
    let writing = Writing::from(profile);
    let mut last = None;
    let mut stories = Vec::with_capacity(choice.stories.len());
    for entry in &choice.stories {
        let name = group_name(templates, entry, profile, writing)?;
        let heading = name.filter(|name| last.replace(name.clone()).as_ref() != Some(name));
        stories.push(story_of(entry, heading, site, writing));
    }
    Ok(stories)
}

/// What the group is called that the story stands in; `None`: there are none.
fn group_name(
    templates: &Templates,
    entry: &Entry,
    profile: &Profile,
    writing: Writing,
) -> Result<Option<String>, TemplateError> {
    let say = |key: &str| templates.message(writing, key, &[]).map(Some);
    match profile.grouping {
        Grouping::Importance => Ok(None),
        Grouping::Region => match region_of(entry, profile) {
            Some(region) => Ok(Some(writing.spell(region.name(writing.tongue)))),
            None => say("letter.no_region"),
        },
        Grouping::Topic => match topic_of(entry, profile) {
            Some(topic) => say(&format!("topic.{topic}")),
            None => say("letter.no_topic"),
        },
    }
}

fn story_of(
    entry: &Entry,
    heading: Option<String>,
    site: &LetterSite,
    writing: Writing,
) -> LetterStory {
    let language = entry.reading.shown_language();
    let excerpt = outside(&entry.reading.excerpt, EXCERPT_MAX_CHARS);
    LetterStory {
        heading,
        title: title_of(&entry.article.title, language, writing),
        href: href_of(entry, site),
        lang: shown_tag(language, writing),
        outlet: outlet_of(&entry.outlet, site, writing),
        date: local_day(entry.article.dated(), site.zone),
        excerpt: spelled(excerpt, language, writing),
        also: entry
            .also_told_by
            .iter()
            .take(ALSO_MAX)
            .map(|also| also_of(also, site, writing))
            .collect(),
    }
}

/// What was corrected, each change in words.
pub fn corrections_of(
    templates: &Templates,
    choice: &Choice,
    site: &LetterSite,
    writing: Writing,
) -> Result<Vec<LetterCorrection>, TemplateError> {
    choice
        .corrections
        .iter()
        .map(|correction| match correction {
            Correction::Event { event, changes } => {
                let language = event_language(event, choice);
                let said: Result<Vec<String>, TemplateError> = changes
                    .iter()
                    .map(|change| change_in_words(templates, change, event, writing))
                    .collect();
                Ok(LetterCorrection {
                    name: title_of(&event.name, language, writing),
                    lang: shown_tag(language, writing),
                    href: event_href(event, &HashMap::new(), site),
                    outlet: None,
                    changes: said?,
                })
            }
            Correction::Article {
                entry,
                title_before,
            } => {
                let language = entry.reading.shown_language();
                let before = title_before
                    .as_deref()
                    .map(|title| title_of(title, language, writing));
                let change = match &before {
                    Some(old) => {
                        templates.message(writing, "letter.change.retitled", &[("old", old)])?
                    }
                    None => templates.message(writing, "letter.change.revised", &[])?,
                };
                Ok(LetterCorrection {
                    name: title_of(&entry.article.title, language, writing),
                    lang: shown_tag(language, writing),
                    href: Some(href_of(entry, site)),
                    outlet: Some(outlet_of(&entry.outlet, site, writing)),
                    changes: vec![change],
                })
            }
        })
        .collect()
}

fn change_in_words(
    templates: &Templates,
    change: &Change,
    event: &Event,
    writing: Writing,
) -> Result<String, TemplateError> {
    let say = |key: &str, values: &[(&str, &str)]| templates.message(writing, key, values);
    let days = |start: NaiveDate, end: Option<NaiveDate>| {
        writing.spell(&wording::plain_range(start, end, writing.tongue))
    };
    match change {
        Change::Cancelled => say("status.cancelled", &[]),
        Change::Postponed => say("status.postponed", &[]),
        Change::Restored => say("letter.change.restored", &[]),
        Change::Moved { start, end } => {
            let (from, to) = (days(*start, *end), days(event.start, event.end));
            say("letter.change.moved", &[("from", &from), ("to", &to)])
        }
        Change::Time(before) => {
            let to = event.time.map(|time| wording::time(time, writing.tongue));
            let to = to.unwrap_or_default();
            match before.map(|time| wording::time(time, writing.tongue)) {
                Some(from) => say("letter.change.time", &[("from", &from), ("to", &to)]),
                None => say("letter.change.time_told", &[("to", &to)]),
            }
        }
        Change::Place(before) => {
            let name = |place: &str| {
                let place = outside(city::name(place, writing.tongue), TITLE_MAX_CHARS);
                writing.spell(&place)
            };
            let from = name(before);
            let to = event.city.as_deref().map(name).unwrap_or_default();
            say("letter.change.place", &[("from", &from), ("to", &to)])
        }
    }
}

/// The outlets that are silent, named in one line; the most of them counted.
pub fn silent_of(choice: &Choice, site: &LetterSite, writing: Writing) -> (String, usize) {
    let names: Vec<String> = choice
        .silent
        .iter()
        .take(SILENT_MAX)
        .map(|outlet| outlet_of(outlet, site, writing))
        .collect();
    (
        names.join(", "),
        choice.silent.len().saturating_sub(SILENT_MAX),
    )
}

/// The story of this letter that tells of the event, else the page of the
/// article that told of it first.
fn event_href(
    event: &Event,
    links: &HashMap<&ArticleId, String>,
    site: &LetterSite,
) -> Option<String> {
    event
        .articles
        .iter()
        .find_map(|article| links.get(article).cloned())
        .or_else(|| event.articles.first().map(|id| article_page(id, &site.url)))
}

/// The event alone, for the calendar of a phone.
fn calendar_link(event: &Event, site: &LetterSite, writing: Writing) -> String {
    format!(
        "{}/event/{}.ics?lang={}",
        site.url,
        event.id.in_letter(),
        writing.tag()
    )
}

/// Venue, city and region; the region alone where it is the city.
fn place_of(event: &Event, writing: Writing) -> Option<String> {
    let tongue = writing.tongue;
    let region = event.region.map(|region| region.name(tongue));
    let city = event
        .city
        .as_deref()
        .map(|city| outside(city::name(city, tongue), TITLE_MAX_CHARS));
    let place = match (city, region) {
        (Some(city), Some(region)) if city != region => Some(format!("{city}, {region}")),
        (Some(city), _) => Some(city),
        (None, region) => region.map(str::to_owned),
    };
    let place = place.map(|place| writing.spell(&place));
    let venue = event.details.venue.as_deref();
    let venue = venue.map(|venue| {
        let language = if looks_kazakh(venue) {
            Language::KazakhCyrillic
        } else {
            Language::Undetermined
        };
        title_of(venue, language, writing)
    });
    let places: Vec<String> = venue.into_iter().chain(place).collect();
    (!places.is_empty()).then(|| places.join(", "))
}

fn also_of(also: &AlsoTold, site: &LetterSite, writing: Writing) -> LetterAlso {
    let is_web = |link: &&String| link.starts_with("https://") || link.starts_with("http://");
    LetterAlso {
        outlet: outlet_of(&also.outlet, site, writing),
        href: also.link.as_ref().filter(is_web).map(|link| tame(link)),
    }
}

/// The house's own name is spelled as its words are, whatever its letters.
fn outlet_of(outlet: &str, site: &LetterSite, writing: Writing) -> String {
    let name = outside(outlet, TITLE_MAX_CHARS);
    if outlet == site.name {
        return writing.spell(&name);
    }
    let language = if looks_kazakh(&name) {
        Language::KazakhCyrillic
    } else {
        Language::Undetermined
    };
    spelled(name, language, writing)
}

fn spelled(text: String, language: Language, writing: Writing) -> String {
    if writing.is_latin_kazakh() && language == Language::KazakhCyrillic {
        latin(&text)
    } else if writing.is_cyrillic_kazakh() && language == Language::KazakhLatin {
        cyrillic(&text).unwrap_or(text)
    } else {
        text
    }
}

/// BCP 47 of a text as it stands in the letter.
fn shown_tag(language: Language, writing: Writing) -> Option<&'static str> {
    match language {
        Language::Undetermined => None,
        Language::KazakhCyrillic if writing.is_latin_kazakh() => Some(Language::KazakhLatin.tag()),
        Language::KazakhLatin if writing.is_cyrillic_kazakh() => Some("kk"),
        // The script nearly all Kazakh is in is not said (RFC 5646 section 4.1).
        Language::KazakhCyrillic => Some(language.subtag()),
        known => Some(known.tag()),
    }
}

/// Where the article is read: at its outlet, or at the house for the desk's own.
fn href_of(entry: &Entry, site: &LetterSite) -> String {
    entry.article.link.as_ref().map_or_else(
        || article_page(&entry.article.id, &site.url),
        |link| tame(link.as_str()),
    )
}

/// The article's page on the house's own site.
pub(super) fn article_page(id: &ArticleId, site_url: &str) -> String {
    format!("{site_url}/article/{}", id.in_letter())
}

/// The day of `at` as people in `zone` count it.
fn local_day(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).date_naive().to_string()
}
