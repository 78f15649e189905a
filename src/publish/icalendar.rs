//! iCalendar (RFC 5545), published: `METHOD:PUBLISH` (RFC 5546 section 3.2.1).
//!
//! DTSTAMP is the event's last change, not the clock: RFC 5545 section 3.8.7.2
//! allows it where a METHOD stands only as the time of the instance, and a
//! reader's calendar that asks every hour must see the same bytes. Times are
//! UTC, because a TZID would need a VTIMEZONE.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc};
use icalendar::{Calendar, Component, EventLike, Property};

use crate::model::event::{Event, EventStatus};
use crate::model::feed::{Edition, PublishedFeed};
use crate::model::language::{Tongue, Trilingual};
use crate::model::subscriber::LetterScript;
use crate::text::latin::latin;
use crate::text::{city, wording};

use super::{Document, Format, Site, entry, legal};

/// What calendars may ask at most: once in so many hours (RFC 7986 section 5.7).
const REFRESH: &str = "PT6H";

/// What every calendar says of itself.
const FRAME: [(&str, &str); 4] = [
    ("VERSION", "2.0"),
    ("PRODID", "-//Jarshy//Jarshy//KK"),
    ("CALSCALE", "GREGORIAN"),
    ("METHOD", "PUBLISH"),
];

/// The feed's events. The order is the edition's.
pub fn write(feed: &PublishedFeed, edition: &Edition, site: &Site) -> Document {
    let mut calendar = Calendar::empty();
    let title = clean(feed.title.get(feed.tongue));
    for (name, value) in FRAME {
        calendar.append_property(Property::new(name, value));
    }
    for (name, value) in [
        ("X-WR-CALNAME", title.as_str()),
        ("X-WR-CALDESC", &clean(feed.description.get(feed.tongue))),
        ("X-WR-TIMEZONE", site.zone.name()),
        ("X-PUBLISHED-TTL", REFRESH),
    ] {
        calendar.append_property(Property::new(name, value));
    }
    calendar.append_property(
        Property::new("REFRESH-INTERVAL", REFRESH)
            .add_parameter("VALUE", "DURATION")
            .done(),
    );
    for event in edition.events.iter().filter(|event| is_writable(event)) {
        calendar.push(vevent(event, feed.tongue, LetterScript::Cyrillic, site));
    }
    let last_modified = edition
        .events
        .iter()
        .map(|event| event.updated)
        .max()
        .unwrap_or(DateTime::UNIX_EPOCH);
    Document::new(
        calendar.to_string(),
        Format::Calendar.media_type(),
        last_modified,
    )
}

/// One event alone, to be added by hand; `None`: iCalendar cannot write its days.
pub fn write_one(
    event: &Event,
    tongue: Tongue,
    script: LetterScript,
    site: &Site,
) -> Option<Document> {
    if !is_writable(event) {
        return None;
    }
    let mut calendar = Calendar::empty();
    for (name, value) in FRAME {
        calendar.append_property(Property::new(name, value));
    }
    calendar.push(vevent(event, tongue, script, site));
    Some(Document::new(
        calendar.to_string(),
        Format::Calendar.media_type(),
        event.updated,
    ))
}

/// RFC 5545 dates have four digits of year.
fn is_writable(event: &Event) -> bool {
    let in_range = |day: NaiveDate| (1..=9998).contains(&day.year());
    in_range(event.start) && in_range(event.last_day())
}

fn vevent(event: &Event, tongue: Tongue, script: LetterScript, site: &Site) -> icalendar::Event {
    let status = match event.status {
        EventStatus::Confirmed => "CONFIRMED",
        EventStatus::Cancelled => "CANCELLED",
        EventStatus::Postponed if event.details.is_day_new => "CONFIRMED",
        EventStatus::Tentative | EventStatus::Postponed => "TENTATIVE",
    };
    let spell = |words: String| match (tongue, script) {
        (Tongue::Kazakh, LetterScript::Latin) => latin(&words),
        _ => words,
    };
    let mut written = icalendar::Event::new();
    written
        // A UUID, as RFC 7986 section 5.3 wishes; no host, so that it outlives one.
        .uid(&entry::uuid(event.id.as_str()))
        .timestamp(event.updated)
        .created(event.created)
        .last_modified(event.updated)
        .sequence(event.sequence)
        .summary(&clean(&event.name))
        .description(&spell(description(event, tongue)))
        .add_property("STATUS", status)
        // A forum in town does not make its reader busy.
        .add_property("TRANSP", "TRANSPARENT");
    if !event.topics.is_empty() {
        // Words without a comma: the list needs no escapes (RFC 5545 section 3.8.1.2).
        let topics: Vec<&str> = event.topics.iter().map(|topic| topic.word()).collect();
        written.append_property(Property::new("CATEGORIES", topics.join(",")));
    }
    if let Some(place) = place(event, tongue) {
        written.location(&spell(place));
    }
    if let Some(address) = &event.details.registration {
        written.url(&clean(address));
    } else if let Some(article) = event.articles.first() {
        written.url(&site.link(&format!("article/{article}")));
    }
    match timed(event, site) {
        Some((start, None)) => written.starts(start),
        Some((start, Some(end))) => written.starts(start).ends(end),
        None => {
            // DTEND of a date is the day after the last (section 3.6.1).
            let end = event.last_day() + Days::new(1);
            written.starts(event.start).ends(end)
        }
    };
    written.done()
}

/// Beginning and end in UTC; of several days the end of the last, where no hour
/// is told. `None` for an
/// all-day event, and for a local time the zone skipped.
fn timed(event: &Event, site: &Site) -> Option<(DateTime<Utc>, Option<DateTime<Utc>>)> {
    let in_utc = |day: NaiveDate, time: NaiveTime| {
        day.and_time(time)
            .and_local_timezone(site.zone)
            .earliest()
            .map(|local| local.with_timezone(&Utc))
    };
    let start = in_utc(event.start, event.time?)?;
    let end = match (event.details.end_time, event.end) {
        (Some(time), _) => in_utc(event.last_day(), time),
        (None, Some(last)) => in_utc(last + Days::new(1), NaiveTime::MIN),
        (None, None) => None,
    };
    // RFC 5545 section 3.6.1: DTEND is later than DTSTART.
    Some((start, end.filter(|end| *end > start)))
}

/// Venue and town.
fn place(event: &Event, tongue: Tongue) -> Option<String> {
    let venue = event.details.venue.as_deref().map(clean);
    let places: Vec<String> = venue.into_iter().chain(town(event, tongue)).collect();
    (!places.is_empty()).then(|| places.join(", "))
}

fn town(event: &Event, tongue: Tongue) -> Option<String> {
    let region = event.region.map(|region| region.name(tongue));
    let is_city_itself = event
        .region
        .is_some_and(|region| Some(region.name(Tongue::English)) == event.city.as_deref());
    match (event.city.as_deref(), region) {
        (Some(name), Some(region)) if !is_city_itself => {
            Some(format!("{}, {region}", clean(city::name(name, tongue))))
        }
        (_, Some(region)) => Some(region.to_owned()),
        (Some(name), None) => Some(clean(city::name(name, tongue))),
        (None, None) => None,
    }
}

/// Who holds it (an ORGANIZER would need an address: RFC 5545 section 3.8.4.3),
/// and which words the date came from.
fn description(event: &Event, tongue: Tongue) -> String {
    let organiser = event.details.organiser.as_deref().map(|organiser| {
        let organiser = clean(organiser);
        let labels = Trilingual {
            kk: format!("Ұйымдастырушы: {organiser}."),
            ru: format!("Организатор: {organiser}."),
            en: format!("Organiser: {organiser}."),
        };
        labels.get(tongue).to_owned()
    });
    let read = Some(date_words(event, tongue)).filter(|read| !read.is_empty());
    let parts: Vec<String> = organiser.into_iter().chain(read).collect();
    parts.join(" ")
}

/// Says which words the date came from, and from which day they were counted.
fn date_words(event: &Event, tongue: Tongue) -> String {
    let words = clean(&event.date_words);
    let labels = match (words.is_empty(), event.date_counted_from) {
        (true, _) => return String::new(),
        (false, None) => Trilingual {
            kk: format!("Күні мәтіннен алынды: «{words}»."),
            ru: format!("Дата взята из текста: «{words}»."),
            en: format!("The date was read from the words “{words}”."),
        },
        (false, Some(day)) => {
            let day = wording::date(day, tongue);
            Trilingual {
                kk: format!("Күні мәтіннен алынды: «{words}» (мәтін жарияланған күн: {day})."),
                ru: format!("Дата взята из текста: «{words}» (отсчёт от дня: {day})."),
                en: format!("The date was read from the words “{words}” (counted from {day})."),
            }
        }
    };
    labels.get(tongue).to_owned()
}

/// One line of TEXT: no control characters (RFC 5545 section 3.3.11).
fn clean(text: &str) -> String {
    let line = entry::one_line(text);
    legal(&line).chars().filter(|c| !c.is_control()).collect()
}
