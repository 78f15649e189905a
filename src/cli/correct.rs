//! `jarshy correct`: the editor's word on an article.

mod export;
mod list;

use std::path::{Path, PathBuf};

use chrono::{NaiveDate, NaiveTime};
use clap::{Args, Subcommand};
use serde_json::json;
use url::Url;

use super::house;
use super::output::{Failure, say};
use super::town;
use crate::daemon::Newsroom;
use crate::daemon::correct::{self, Outcome, Said, Word};
use crate::model::article::ArticleId;
use crate::model::event::EventStatus;
use crate::model::reading::{EventClaim, Kind, Reading};
use crate::model::region::Region;
use crate::model::story::StoryId;
use crate::text::normalise::one_line;
use crate::understand::correction::EventWord;
use export::{expected, export};
use list::list;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct CorrectCall {
    #[command(subcommand)]
    command: Option<CorrectCommand>,
    /// The article, by its address, its page's in the house, or its id.
    #[arg(required = true)]
    article: Option<String>,
    #[command(flatten)]
    words: Words,
}

#[derive(Debug, Subcommand)]
enum CorrectCommand {
    /// All corrections, the last made first.
    List,
    /// Write the corrected articles as cases for `stage evaluate`.
    Export {
        /// The file to write; - is standard output.
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct Words {
    /// announcement, forum-article or other.
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Option<Kind>,
    /// It tells of no event.
    #[arg(long, conflicts_with = "event_date")]
    no_event: bool,
    /// The event's day, or its first and last: 2026-12-05/2026-12-07. Without it an
    /// event that is known keeps its own.
    #[arg(long, value_name = "DAY[/DAY]", value_parser = days)]
    event_date: Option<Days>,
    /// The event's name.
    #[arg(long, value_name = "NAME", value_parser = name, conflicts_with = "no_event")]
    event_name: Option<String>,
    /// The event's town, in any of its names; its region follows. One that is not
    /// known is taken as written where --region says where it lies.
    #[arg(long, value_name = "CITY", conflicts_with = "no_event")]
    city: Option<String>,
    /// The event's hour, HH:MM.
    #[arg(long, value_name = "TIME", value_parser = hour, conflicts_with = "no_event")]
    time: Option<NaiveTime>,
    /// tentative, confirmed, postponed or cancelled.
    #[arg(long, value_name = "STATUS", value_parser = status, conflicts_with = "no_event")]
    status: Option<EventStatus>,
    /// The region the article is about and its event is in, e.g. KZ-71.
    #[arg(long, value_name = "CODE")]
    region: Option<Region>,
    /// It tells the same as this article (address or id).
    #[arg(long, value_name = "ARTICLE", conflicts_with = "own_story")]
    story: Option<String>,
    /// It tells a story of its own.
    #[arg(long)]
    own_story: bool,
    /// Take back everything said of it.
    #[arg(long, conflicts_with_all = [
        "kind", "no_event", "event_date", "event_name", "city", "time", "status", "region",
        "story", "own_story",
    ])]
    undo: bool,
}

impl Words {
    /// Whether they say that there is an event, and something of it.
    const fn tell_of_event(&self) -> bool {
        self.event_date.is_some()
            || self.event_name.is_some()
            || self.city.is_some()
            || self.time.is_some()
            || self.status.is_some()
    }
}

#[derive(Debug, Clone, Copy)]
struct Days {
    start: NaiveDate,
    end: Option<NaiveDate>,
}

fn one_of<T: Copy>(all: &[T], word: fn(T) -> &'static str, given: &str) -> Result<T, String> {
    let words: Vec<&str> = all.iter().map(|value| word(*value)).collect();
    let at = words.iter().position(|word| *word == given);
    at.map(|at| all[at])
        .ok_or_else(|| format!("expected one of {}", words.join(", ")))
}

fn kind(word: &str) -> Result<Kind, String> {
    one_of(&Kind::ALL, Kind::word, word)
}

fn status(word: &str) -> Result<EventStatus, String> {
    one_of(&EventStatus::ALL, EventStatus::word, word)
}

fn hour(word: &str) -> Result<NaiveTime, String> {
    NaiveTime::parse_from_str(word, "%H:%M").map_err(|_| "expected HH:MM".to_owned())
}

/// A longer one is a slip of the keyboard.
const EVENT_DAYS_MAX: i64 = 366;
/// One further from today, before or after, is a slip of the keyboard as well.
const EVENT_YEARS_MAX: u16 = 20;
const DAYS_OF_YEAR: i64 = 365;
/// A longer one is a text.
const NAME_CHARS_MAX: usize = 200;

fn name(words: &str) -> Result<String, String> {
    let name = one_line(words);
    match name.chars().count() {
        _ if !name.contains(char::is_alphanumeric) => {
            Err("an event without a name would stand in calendars without a title".to_owned())
        }
        0..=NAME_CHARS_MAX => Ok(name),
        chars => Err(format!("{chars} letters are more than {NAME_CHARS_MAX}")),
    }
}

fn days(words: &str) -> Result<Days, String> {
    let day = |word: &str| {
        word.parse::<NaiveDate>()
            .map_err(|_| format!("`{word}`: expected YYYY-MM-DD"))
    };
    let Some((start, end)) = words.split_once('/') else {
        return Ok(Days {
            start: day(words)?,
            end: None,
        });
    };
    let (start, end) = (day(start)?, day(end)?);
    if end < start {
        return Err(format!("{end} is before {start}"));
    }
    if (end - start).num_days() >= EVENT_DAYS_MAX {
        return Err(format!("longer than {EVENT_DAYS_MAX} days: {words}"));
    }
    let end = Some(end).filter(|end| *end != start);
    Ok(Days { start, end })
}

/// Runs `correct`.
pub async fn correct(config: &Path, call: CorrectCall, json: bool) -> Result<(), Failure> {
    let newsroom = house::open(config).await?;
    match (call.command, call.article) {
        (Some(CorrectCommand::List), _) => list(&newsroom, json).await,
        (Some(CorrectCommand::Export { file }), _) => export(&newsroom, &file).await,
        (None, article) => {
            let article = article.unwrap_or_default();
            let id = find(&newsroom, &article).await?;
            let word = word(&newsroom, &id, call.words).await?;
            let now = newsroom.clock.now();
            let outcome = correct::correct(&newsroom, &id, &word, now).await;
            tell(&newsroom, &id, outcome.map_err(Failure::work)?, json).await
        }
    }
}

/// The article an operator names: by its id, by its publisher's address, or by
/// the address of its page in the house.
async fn find(newsroom: &Newsroom, name: &str) -> Result<ArticleId, Failure> {
    let own_page = name
        .strip_prefix(newsroom.site_base())
        .and_then(|path| path.strip_prefix("/article/"));
    let name = own_page.map_or(name, |rest| {
        rest.split(['?', '#', '/']).next().unwrap_or(rest)
    });
    let id = ArticleId::from_stored(name);
    let known = newsroom.store.story_of(&id).await.map_err(Failure::work)?;
    if known.is_some() {
        return Ok(id);
    }
    let Ok(address) = name.parse::<Url>() else {
        return Err(unknown(name));
    };
    let found = newsroom.store.articles_at(&address).await;
    let mut found = found.map_err(Failure::work)?;
    if found.len() > 1 {
        let ids: Vec<&str> = found.iter().map(ArticleId::as_str).collect();
        return Err(Failure::call(format!(
            "error: {} articles have the address {name}; name one by its id: {}",
            ids.len(),
            ids.join(", ")
        )));
    }
    found.pop().ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> Failure {
    Failure::call(format!(
        "error: no article has the id or the address `{name}`; \
         give the address exactly as its publisher links it"
    ))
}

async fn word(newsroom: &Newsroom, id: &ArticleId, words: Words) -> Result<Word, Failure> {
    if words.undo {
        return Ok(Word::Undo);
    }
    if words.kind == Some(Kind::Other) && words.tell_of_event() {
        return Err(Failure::call(
            "error: what tells of a forum is an announcement or a forum-article; \
             leave out --kind other, or what you say of the event",
        ));
    }
    if let Some(city) = &words.city
        && let Some(why) = town::wrong(city, words.region, "--region")
    {
        return Err(Failure::call(format!("error: --city: {why}")));
    }
    if let Some(days) = &words.event_date {
        is_near(*days, newsroom.clock.now().date_naive())?;
    }
    let story = match (&words.story, words.own_story) {
        (Some(other), _) => match find(newsroom, other).await? {
            other if other == *id => {
                return Err(Failure::call(
                    "error: --story: every article tells the same as itself; name the other one, \
                     or say --own-story",
                ));
            }
            other => Some(Some(other)),
        },
        (None, true) => Some(None),
        (None, false) => None,
    };
    let event = if words.tell_of_event() {
        let days = match words.event_date {
            Some(days) => days,
            None => known_days(newsroom, id).await?,
        };
        Some(Some(EventWord {
            start: days.start,
            end: days.end,
            name: words.event_name,
            time: words.time,
            city: words.city,
            region: words.region,
            status: words.status,
        }))
    } else {
        words.no_event.then_some(None)
    };
    Ok(Word::Say(Said {
        kind: words.kind,
        event,
        region: words.region,
        story,
    }))
}

fn is_near(days: Days, today: NaiveDate) -> Result<(), Failure> {
    let last = days.end.unwrap_or(days.start);
    let far = i64::from(EVENT_YEARS_MAX) * DAYS_OF_YEAR;
    if (days.start - today).num_days() < -far || (last - today).num_days() > far {
        return Err(Failure::call(format!(
            "error: --event-date: {} is more than {EVENT_YEARS_MAX} years from today",
            days.start
        )));
    }
    Ok(())
}

/// The days of the event the article is known to tell of.
async fn known_days(newsroom: &Newsroom, id: &ArticleId) -> Result<Days, Failure> {
    let known = newsroom.store.article(id).await.map_err(Failure::work)?;
    let event = known.and_then(|(_, reading)| reading.event);
    event
        .map(|event| Days {
            start: event.start,
            end: event.end,
        })
        .ok_or_else(|| {
            Failure::call(format!(
                "error: no event is known of {id}; say its day as well: --event-date YYYY-MM-DD"
            ))
        })
}

async fn tell(
    newsroom: &Newsroom,
    id: &ArticleId,
    outcome: Outcome,
    json: bool,
) -> Result<(), Failure> {
    match outcome {
        Outcome::Corrected(reading, story) if json => say(&believed(id, &reading, &story)),
        Outcome::Corrected(reading, story) => {
            let kind = reading.shown_kind().map_or("kind unknown", Kind::word);
            let regions = reading.regions.iter().filter(|(_, sure)| sure.is_enough());
            let regions: Vec<String> = regions.map(|(region, _)| region.code()).collect();
            let event = reading
                .event
                .as_ref()
                .map_or("no event".to_owned(), in_words);
            let told = newsroom.store.articles_of_story(&story).await;
            let others = told.map_err(Failure::work)?.len().saturating_sub(1);
            let others = match others {
                0 => "of its own".to_owned(),
                _ => format!("{}, told by {others} more", story.as_str()),
            };
            let regions = regions.join(" ");
            say(&format!("{id}: {kind}; {event}; {regions}; story {others}"))
        }
        Outcome::Unchanged if json => {
            say(&json!({"id": id.as_str(), "unchanged": true}).to_string())
        }
        Outcome::Unchanged => say(&format!("{id}: nothing to change")),
        Outcome::Unknown(id) => Err(unknown(id.as_str())),
        Outcome::Restless => Err(Failure::work(format!(
            "{id} is being changed by its publisher; try again"
        ))),
    }
}

fn believed(id: &ArticleId, reading: &Reading, story: &StoryId) -> String {
    let regions: Vec<String> = reading
        .regions
        .iter()
        .map(|(code, _)| code.code())
        .collect();
    json!({
        "id": id.as_str(), "kind": reading.shown_kind().map(Kind::word),
        "event": reading.event.as_ref().map(|event| serde_json::to_value(expected(event)).ok()),
        "regions": regions, "story": story.as_str(),
    })
    .to_string()
}

fn in_words(event: &EventClaim) -> String {
    let end = event.end.map_or(String::new(), |end| format!("/{end}"));
    let time = event.time.map(|time| time.format(" %H:%M").to_string());
    format!(
        "{} on {}{end}{} in {}, {}",
        event.name,
        event.start,
        time.unwrap_or_default(),
        event.city.as_deref().unwrap_or("a place unknown"),
        event.status.word()
    )
}
