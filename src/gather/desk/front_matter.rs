//! Front matter: `key: value` lines between two `---` lines, and one nested
//! block, `event:`. Enough YAML for people, not for programs.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use crate::model::complaint::{Complaint, Position};
use crate::model::draft::DeclaredEvent;
use crate::model::language::Language;
use crate::model::region::Region;

/// The most lines of front matter; more is text that happens to begin with `---`.
const LINES_MAX: usize = 100;
/// A key this alike (Jaro-Winkler) is what the writer meant.
const ALIKE: f64 = 0.75;

const KEYS: [&str; 11] = [
    "title",
    "date",
    "language",
    "event",
    "event_name",
    "event_start",
    "event_end",
    "event_time",
    "city",
    "region",
    "author",
];
const EVENT_KEYS: [&str; 6] = ["name", "start", "end", "time", "city", "region"];

/// What the front matter said.
#[derive(Debug, Default)]
pub(super) struct FrontMatter {
    pub(super) title: Option<String>,
    pub(super) date: Option<DateTime<Utc>>,
    pub(super) language: Option<String>,
    pub(super) event: Option<DeclaredEvent>,
}

/// The lines of the front matter with the number of the first, and the body.
pub(super) fn split(text: &str) -> (Option<(&str, usize)>, &str) {
    let start = text.trim_start_matches(['\n', ' ', '\u{feff}']);
    let skipped = text[..text.len() - start.len()].matches('\n').count();
    let Some(inside) = start.strip_prefix("---").and_then(|rest| {
        let (line, inside) = rest.split_once('\n')?;
        line.trim().is_empty().then_some(inside)
    }) else {
        return (None, text);
    };
    let mut at = 0;
    for line in inside.split_inclusive('\n').take(LINES_MAX) {
        if matches!(line.trim_end(), "---" | "...") {
            return (
                Some((&inside[..at], skipped + 2)),
                &inside[at + line.len()..],
            );
        }
        at += line.len();
    }
    (None, text)
}

/// Of front matter that begins and does not end: the number of the first line that
/// is none of it. A text that begins with a rule and goes on as prose has none.
pub(super) fn unclosed(text: &str) -> Option<usize> {
    let mut lines = text
        .lines()
        .enumerate()
        .skip_while(|(_, line)| line.trim_matches([' ', '\u{feff}']).is_empty());
    let (begun, first) = lines.next()?;
    if first.trim_matches([' ', '\u{feff}']) != "---" {
        return None;
    }
    let is_key = |line: &str| {
        let key = line.split_once(':').map(|(key, _)| key.trim());
        key.is_some_and(|key| !key.is_empty() && !key.contains(char::is_whitespace))
    };
    let is_inside =
        |line: &str| line.trim().is_empty() || line.starts_with(['#', ' ']) || is_key(line);
    let mut inside = lines.take_while(|(_, line)| is_inside(line));
    let pairs: Vec<usize> = inside
        .by_ref()
        .filter(|(_, line)| is_key(line))
        .map(|(at, _)| at)
        .collect();
    let last = pairs.last().copied()?;
    (last > begun).then_some(last + 2)
}

/// Reads the lines; what is wrong is complained of by line and left out.
pub(super) fn read(
    lines: &str,
    first_line: usize,
    place: &str,
    zone: Tz,
    complaints: &mut Vec<Complaint>,
) -> FrontMatter {
    let mut reading = Reading {
        place,
        zone,
        complaints,
        front: FrontMatter::default(),
        event: EventLines::default(),
        event_line: 0,
    };
    let mut in_event = false;
    for (number, line) in lines.lines().enumerate() {
        let number = number + first_line;
        let indented = line.starts_with([' ', '\t']);
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let Some((key, value)) = trimmed.split_once(':') else {
            reading.complain(number, None, "expected `key: value`");
            continue;
        };
        let (key, value) = (key.trim(), unquoted(value));
        in_event &= indented;
        if in_event {
            reading.event_key(key, value, number);
        } else if key == "event" {
            in_event = value.is_empty();
            reading.event_value(value, number);
        } else {
            reading.key(key, value, number);
        }
    }
    reading.finish()
}

#[derive(Default)]
struct EventLines {
    name: Option<String>,
    start: Option<NaiveDate>,
    end: Option<NaiveDate>,
    time: Option<NaiveTime>,
    city: Option<String>,
    region: Option<Region>,
}

struct Reading<'a> {
    place: &'a str,
    zone: Tz,
    complaints: &'a mut Vec<Complaint>,
    front: FrontMatter,
    event: EventLines,
    /// Where the event was first spoken of; 0: nowhere.
    event_line: usize,
}

impl Reading<'_> {
    fn key(&mut self, key: &str, value: &str, line: usize) {
        match key {
            "title" => self.front.title = said(value),
            "language" => match value.parse::<Language>() {
                Ok(language) => self.front.language = Some(language.tag().to_owned()),
                Err(error) => self.complain(line, Some(key), &error.to_string()),
            },
            "date" => match instant(value, self.zone) {
                Some(date) => self.front.date = Some(date),
                None => self.complain(line, Some(key), "expected a date such as 2026-11-23, 2026-11-23 09:00 or 2026-11-23T09:00:00+05:00"),
            },
            "event_name" => self.event_key("name", value, line),
            "event_start" | "event_end" | "event_time" => {
                self.event_key(key.trim_start_matches("event_"), value, line);
            }
            "city" | "region" => self.event_key(key, value, line),
            // Bylines are the text's own affair.
            "author" => {}
            _ => self.unknown(key, &KEYS, line),
        }
    }

    /// `event:` with a name, with `{…}`, or with nothing before an indented block.
    fn event_value(&mut self, value: &str, line: usize) {
        self.event_line = line;
        match value
            .strip_prefix('{')
            .and_then(|value| value.strip_suffix('}'))
        {
            Some(inside) => {
                for pair in inside.split(',') {
                    match pair.split_once(':') {
                        Some((key, value)) => self.event_key(key.trim(), unquoted(value), line),
                        None => self.complain(
                            line,
                            Some("event"),
                            "expected `key: value` between the braces",
                        ),
                    }
                }
            }
            None => self.event.name = said(value).or(self.event.name.take()),
        }
    }

    fn event_key(&mut self, key: &str, value: &str, line: usize) {
        if self.event_line == 0 {
            self.event_line = line;
        }
        if value.is_empty() {
            return;
        }
        let date = || NaiveDate::parse_from_str(value, "%Y-%m-%d").ok();
        match key {
            "name" => self.event.name = said(value),
            "city" => self.event.city = said(value),
            "start" => match date() {
                Some(date) => self.event.start = Some(date),
                None => self.complain(
                    line,
                    Some("event.start"),
                    "expected a day such as 2026-11-23",
                ),
            },
            "end" => match date() {
                Some(date) => self.event.end = Some(date),
                None => self.complain(line, Some("event.end"), "expected a day such as 2026-11-23"),
            },
            "time" => match NaiveTime::parse_from_str(value, "%H:%M")
                .or_else(|_| NaiveTime::parse_from_str(value, "%H:%M:%S"))
            {
                Ok(time) => self.event.time = Some(time),
                Err(_) => self.complain(line, Some("event.time"), "expected a time such as 10:00"),
            },
            "region" => match value.to_ascii_uppercase().parse() {
                Ok(region) => self.event.region = Some(region),
                Err(error) => {
                    let error: crate::model::region::UnknownRegion = error;
                    self.complain(line, Some("event.region"), &error.to_string());
                }
            },
            _ => self.unknown(key, &EVENT_KEYS, line),
        }
    }

    fn unknown(&mut self, key: &str, known: &[&str], line: usize) {
        let best = known
            .iter()
            .map(|known| (strsim::jaro_winkler(key, known), *known))
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .filter(|(alike, _)| *alike >= ALIKE);
        let message = match best {
            Some((_, meant)) => format!("unknown key; did you mean `{meant}`?"),
            None => format!("unknown key; known are {}", known.join(", ")),
        };
        self.complain(line, Some(key), &message);
    }

    fn complain(&mut self, line: usize, key: Option<&str>, message: &str) {
        let mut complaint = Complaint::error(self.place, message).at(Position { line, column: 1 });
        complaint.key = key.map(str::to_owned);
        self.complaints.push(complaint);
    }

    fn finish(mut self) -> FrontMatter {
        if self.event_line == 0 {
            return self.front;
        }
        let line = self.event_line;
        let event = std::mem::take(&mut self.event);
        let Some(start) = event.start else {
            self.complain(
                line,
                Some("event"),
                "the event has no `start`; the day is looked for in the text",
            );
            return self.front;
        };
        let end = event.end.filter(|end| *end != start);
        if end.is_some_and(|end| end < start) {
            self.complain(
                line,
                Some("event.end"),
                "the event ends before it starts; the end is left out",
            );
        }
        let title = self.front.title.clone();
        self.front.event = Some(DeclaredEvent {
            name: event.name.or(title).unwrap_or_default(),
            start,
            end: end.filter(|end| *end > start),
            time: event.time,
            city: event.city,
            region: event.region,
        });
        self.front
    }
}

fn said(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}

fn unquoted(value: &str) -> &str {
    let value = value.trim();
    ['"', '\'']
        .iter()
        .find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote))
        .unwrap_or(value)
}

/// A day or wall time in `zone`, or RFC 3339.
fn instant(value: &str, zone: Tz) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(value) {
        return Some(at.with_timezone(&Utc));
    }
    let wall = [
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%dT%H:%M",
    ]
    .iter()
    .find_map(|shape| NaiveDateTime::parse_from_str(value, shape).ok())
    .or_else(|| {
        NaiveDate::parse_from_str(value, "%Y-%m-%d")
            .ok()
            .map(NaiveDateTime::from)
    })?;
    zone.from_local_datetime(&wall)
        .earliest()
        .map(|at| at.with_timezone(&Utc))
}
