//! `jarshy correct`: the editor's word on an article.

mod export;

use std::path::{Path, PathBuf};

use chrono::{NaiveDate, NaiveTime, SecondsFormat};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use url::Url;

use super::house;
use super::output::{Failure, say};
use crate::daemon::Newsroom;
use crate::daemon::correct::{self, Outcome, Said, Word};
use crate::model::article::ArticleId;
use crate::model::correction::Correction;
use crate::model::event::EventStatus;
use crate::model::reading::{EventClaim, Kind, Reading};
use crate::model::region::Region;
use crate::model::story::StoryId;
use crate::understand::correction::EventWord;
use export::{expected, export};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct CorrectCall {
    #[command(subcommand)]
    command: Option<CorrectCommand>,
    /// The article, by its address or its id.
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
    /// The event's day, or its first and last: 2026-12-05/2026-12-07.
    #[arg(long, value_name = "DAY[/DAY]", value_parser = days)]
    event_date: Option<Days>,
    /// The event's name.
    #[arg(long, value_name = "NAME", requires = "event_date")]
    event_name: Option<String>,
    /// The event's town.
    #[arg(long, value_name = "CITY", requires = "event_date")]
    city: Option<String>,
    /// The event's hour, HH:MM.
    #[arg(long, value_name = "TIME", value_parser = hour, requires = "event_date")]
    time: Option<NaiveTime>,
    /// tentative, confirmed, postponed or cancelled.
    #[arg(long, value_name = "STATUS", value_parser = status, requires = "event_date")]
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
        "kind", "no_event", "event_date", "region", "story", "own_story",
    ])]
    undo: bool,
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
            let word = word(&newsroom, call.words).await?;
            let now = newsroom.clock.now();
            let outcome = correct::correct(&newsroom, &id, &word, now).await;
            tell(&id, outcome.map_err(Failure::work)?, json)
        }
    }
}

/// The article an operator names.
async fn find(newsroom: &Newsroom, name: &str) -> Result<ArticleId, Failure> {
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

async fn word(newsroom: &Newsroom, words: Words) -> Result<Word, Failure> {
    if words.undo {
        return Ok(Word::Undo);
    }
    if words.kind == Some(Kind::Other) && words.event_date.is_some() {
        return Err(Failure::call(
            "error: what tells of a forum is an announcement or a forum-article; \
             leave out --kind other or --event-date",
        ));
    }
    let story = match (&words.story, words.own_story) {
        (Some(other), _) => Some(Some(find(newsroom, other).await?)),
        (None, true) => Some(None),
        (None, false) => None,
    };
    let event = match (words.event_date, words.no_event) {
        (Some(days), _) => Some(Some(EventWord {
            start: days.start,
            end: days.end,
            name: words.event_name,
            time: words.time,
            city: words.city,
            region: words.region,
            status: words.status,
        })),
        (None, true) => Some(None),
        (None, false) => None,
    };
    Ok(Word::Say(Said {
        kind: words.kind,
        event,
        region: words.region,
        story,
    }))
}

fn tell(id: &ArticleId, outcome: Outcome, json: bool) -> Result<(), Failure> {
    match outcome {
        Outcome::Corrected(reading, story) if json => say(&believed(id, &reading, &story)),
        Outcome::Corrected(reading, _) => {
            let kind = reading.shown_kind().map_or("kind unknown", Kind::word);
            let regions = reading.regions.iter().filter(|(_, sure)| sure.is_enough());
            let regions: Vec<String> = regions.map(|(region, _)| region.code()).collect();
            let event = reading
                .event
                .as_ref()
                .map_or("no event".to_owned(), in_words);
            say(&format!("{id}: {kind}; {event}; {}", regions.join(" ")))
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

async fn list(newsroom: &Newsroom, json: bool) -> Result<(), Failure> {
    let corrections = newsroom.store.corrections().await.map_err(Failure::work)?;
    for correction in corrections {
        let article = newsroom.store.article(&correction.article).await;
        let article = article.map_err(Failure::work)?.map(|(article, _)| article);
        let title = article
            .as_ref()
            .map_or("", |article| article.title.as_str());
        let said = said(&correction);
        let made = correction.made.to_rfc3339_opts(SecondsFormat::Secs, true);
        let id = correction.article.as_str();
        if json {
            let link = article.as_ref().and_then(|article| article.link.as_ref());
            say(&json!({
                "id": id, "title": title, "url": link.map(Url::as_str), "made": made, "said": said,
            })
            .to_string())?;
        } else {
            say(&format!("{made}  {id}  {}  {title}", in_short(&said)))?;
        }
    }
    Ok(())
}

/// What was said, and nothing else.
fn said(correction: &Correction) -> Value {
    let mut said = json!({});
    if let Some(kind) = correction.kind {
        said["kind"] = json!(kind.word());
    }
    if let Some(event) = &correction.event {
        said["event"] = json!(event.as_ref().map(expected));
    }
    if let Some(region) = correction.region {
        said["region"] = json!(region.code());
    }
    if let Some(word) = &correction.story {
        said["story"] = json!(word.story.as_str());
    }
    said
}

fn in_short(said: &Value) -> String {
    let Some(said) = said.as_object() else {
        return String::new();
    };
    let words = said
        .iter()
        .map(|(field, value)| match (field.as_str(), value) {
            ("event", Value::Null) => "no event".to_owned(),
            ("event", event) => format!("event {}", event["start"].as_str().unwrap_or_default()),
            (field, value) => format!("{field} {}", value.as_str().unwrap_or_default()),
        });
    words.collect::<Vec<_>>().join(", ")
}
