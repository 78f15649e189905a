//! `jarshy sources test`: one source step by step, on a visit of which nothing
//! is stored.

use std::collections::HashMap;
use std::path::Path;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};
use url::Url;

use super::list::{health_json, in_words};
use crate::cli::gather::unknown;
use crate::cli::house;
use crate::cli::output::{Failure, moment, say, time};
use crate::daemon::Newsroom;
use crate::daemon::learn::Learned;
use crate::daemon::refresh::{Due, Looked, look};
use crate::gather::health::verdict;
use crate::gather::plan::{self, Plan, asks_robots};
use crate::gather::web::shown;
use crate::model::article::Article;
use crate::model::count::counted;
use crate::model::full_text::FullText;
use crate::model::health::{Answered, Verdict};
use crate::model::source::{Source, SourceId, SourceState, Validators};
use crate::understand;

/// The most entries shown.
const ENTRIES_SHOWN_MAX: usize = 20;
/// The most complaints shown.
const COMPLAINTS_SHOWN_MAX: usize = 20;

/// One entry as it was read.
struct Entry {
    id: String,
    title: String,
    published: Option<DateTime<Utc>>,
    language: String,
    link: Option<String>,
    chars: usize,
}

/// All that the visit showed.
struct Shown<'a> {
    source: &'a Source,
    /// May it be asked now, for people.
    due: String,
    robots: String,
    entries: Vec<Entry>,
    /// What the entry would be, by its id.
    fate: HashMap<String, &'static str>,
    looked: &'a Looked,
    verdict: (Verdict, String),
}

/// Visits the source and tells of each step. Fails when it gave nothing usable.
pub async fn test(config: &Path, name: &str, whole: bool, json: bool) -> Result<(), Failure> {
    let newsroom = house::open_to_look(config).await?;
    let catalogue = newsroom.catalogue();
    let Some(source) = catalogue.source(&SourceId::from_stored(name)) else {
        return Err(Failure::call(unknown(name)));
    };
    let now = newsroom.clock.now();
    let known = newsroom
        .store
        .source_state(&source.id)
        .await
        .map_err(Failure::work)?;
    let mut state = known.unwrap_or_else(|| SourceState::new(source.id.clone(), now));
    let due = due(
        &plan::plan(source, &state, now, &newsroom.plan),
        newsroom.zone,
    );
    if whole {
        state.validators = Validators::default();
        state.body_hash = None;
    }
    let mut entries = Vec::new();
    let due_now = Due {
        source,
        state: &state,
        texts: true,
    };
    let looked = look(&newsroom, due_now, |articles| {
        entries = articles
            .iter()
            .take(ENTRIES_SHOWN_MAX)
            .map(|article| entry(article, source))
            .collect();
    })
    .await
    .map_err(Failure::work)?;
    let shown = Shown {
        source,
        due,
        robots: robots(source, &looked),
        entries,
        fate: fate(&looked),
        verdict: verdict(
            source,
            &looked.state,
            newsroom.clock.now().with_timezone(&newsroom.zone),
        ),
        looked: &looked,
    };
    if json {
        say(&as_json(&shown).to_string())?;
    } else {
        tell(&shown, &newsroom)?;
    }
    if looked.refreshed.alive {
        Ok(())
    } else {
        Err(Failure::work(format!(
            "{name} gave nothing usable: {}",
            looked.refreshed.result
        )))
    }
}

fn due(plan: &Plan, zone: Tz) -> String {
    match plan {
        Plan::Ask { .. } => "it is due".to_owned(),
        Plan::NotYet { until, why } => {
            format!("not due before {}: {why}", moment(*until, zone))
        }
        Plan::Stopped { why } => format!("not asked by itself: {why}"),
    }
}

fn robots(source: &Source, looked: &Looked) -> String {
    if !asks_robots(&source.place) {
        return format!(
            "not asked for: a {} is made to be asked",
            source.place.kind()
        );
    }
    if looked.seen.hops.is_empty() {
        // The reason, which names robots.txt where that is one, is the result.
        return looked.refreshed.result.clone();
    }
    "allows it".to_owned()
}

fn entry(article: &Article, source: &Source) -> Entry {
    let text = format!("{}.\n{}", article.title, article.text);
    let (language, sure) = understand::language_of(&text);
    let language = match source.language {
        _ if sure.is_enough() => language.tag().to_owned(),
        Some(hint) => format!("{}?", hint.tag()),
        None => "?".to_owned(),
    };
    Entry {
        id: article.id.to_string(),
        title: article.title.clone(),
        published: article.published,
        language,
        link: article.link.as_ref().map(Url::to_string),
        chars: article.text.chars().count(),
    }
}

fn fate(looked: &Looked) -> HashMap<String, &'static str> {
    looked
        .learned
        .fresh()
        .map(|article| {
            let fate = match article.revision {
                1 => "new",
                _ => "revised",
            };
            (article.id.to_string(), fate)
        })
        .collect()
}

impl Shown<'_> {
    fn fate_of(&self, entry: &Entry) -> &'static str {
        self.fate.get(&entry.id).copied().unwrap_or("known")
    }
}

fn tell(shown: &Shown<'_>, newsroom: &Newsroom) -> Result<(), Failure> {
    let Shown { source, looked, .. } = shown;
    let place = match (&source.place, source.place.url()) {
        (_, Some(url)) => self::shown(url),
        (crate::model::source::Place::Desk(folder), None) => folder.display().to_string(),
        (_, None) => String::new(),
    };
    say(&format!(
        "source   {} ({}), {place}",
        source.name,
        source.place.kind()
    ))?;
    say(&format!("due      {}", shown.due))?;
    say(&format!("robots   {}", shown.robots))?;
    for hop in &looked.seen.hops {
        say(&format!("request  GET {}", self::shown(&hop.url)))?;
        for (name, value) in &hop.sent() {
            say(&format!("           {name}: {value}"))?;
        }
        say(&format!("answer   {} after {} ms", hop.status, hop.head_ms))?;
        for (name, value) in &hop.headers() {
            say(&format!("           {name}: {value}"))?;
        }
    }
    if !looked.seen.hops.is_empty() {
        let seen = &looked.seen;
        say(&format!(
            "         {} on the wire, {} ms in all",
            counted(seen.wire_bytes, "byte"),
            seen.total_ms
        ))?;
    }
    read(shown, newsroom.zone)?;
    full_texts(shown, newsroom.zone)?;
    let state = &looked.state;
    say(&format!("result   {}", looked.refreshed.result))?;
    let next = match (&state.stopped, &state.waits_for) {
        (Some(why), _) => format!("never by itself: {why}"),
        (None, Some(why)) => format!("{}, because {why}", local(state, newsroom)),
        (None, None) if state.health.answered == Some(Answered::Later) => {
            format!(
                "{}, because the server asked for it",
                local(state, newsroom)
            )
        }
        (None, None) if state.failures == 1 => {
            format!("{}, because it failed once", local(state, newsroom))
        }
        (None, None) => format!(
            "{}, because it failed {} times in a row",
            local(state, newsroom),
            state.failures
        ),
    };
    say(&format!("next     {next}"))?;
    let (verdict, why) = &shown.verdict;
    say(&format!(
        "health   {}: {}",
        verdict.word(),
        in_words(&state.health, why, source.full_text, newsroom.zone)
    ))?;
    say("nothing of this was stored")
}

fn local(state: &SourceState, newsroom: &Newsroom) -> String {
    moment(state.next_visit, newsroom.zone)
}

fn read(shown: &Shown<'_>, zone: Tz) -> Result<(), Failure> {
    let refreshed = &shown.looked.refreshed;
    say(&format!(
        "read     {}: {} would be new, {} revised",
        counted(refreshed.entries, "entry"),
        refreshed.new,
        refreshed.revised
    ))?;
    for entry in &shown.entries {
        say(&format!(
            "           {:<7} {:<20} {:<7} {}",
            shown.fate_of(entry),
            entry
                .published
                .map_or_else(|| "no date".to_owned(), |at| moment(at, zone)),
            entry.language,
            entry.title
        ))?;
    }
    let more = refreshed.entries.saturating_sub(shown.entries.len());
    if more > 0 && !shown.entries.is_empty() {
        say(&format!("           and {more} more"))?;
    }
    for complaint in refreshed.complaints.iter().take(COMPLAINTS_SHOWN_MAX) {
        say(&format!("           {complaint}"))?;
    }
    Ok(())
}

/// What asking articles' own pages came to.
fn full_texts(shown: &Shown<'_>, zone: Tz) -> Result<(), Failure> {
    let learned = &shown.looked.learned;
    for (text, title) in titled(learned).take(ENTRIES_SHOWN_MAX) {
        let again = text.due.map_or_else(String::new, |due| {
            format!("; asked again after {}", moment(due, zone))
        });
        say(&format!("page     {title}: {}{again}", text.result))?;
    }
    Ok(())
}

/// The outcomes with the titles of their articles, where those are at hand.
fn titled(learned: &Learned) -> impl Iterator<Item = (&FullText, &str)> {
    learned.full_texts.iter().map(|text| {
        let mut articles = learned.articles.read.iter().map(|(article, _)| article);
        let article = articles.find(|article| article.id == text.article);
        let title = article.map_or(text.article.as_str(), |article| article.title.as_str());
        (text, title)
    })
}

fn pairs(pairs: Vec<(impl Into<String>, String)>) -> Value {
    let pairs = pairs.into_iter();
    let pairs = pairs.map(|(name, value)| (name.into(), Value::from(value)));
    Value::Object(pairs.collect())
}

fn as_json(shown: &Shown<'_>) -> Value {
    let Shown { source, looked, .. } = shown;
    let hops: Vec<Value> = looked
        .seen
        .hops
        .iter()
        .map(|hop| {
            json!({
                "url": self::shown(&hop.url), "sent": pairs(hop.sent()), "status": hop.status,
                "headers": pairs(hop.headers()), "head_ms": hop.head_ms,
            })
        })
        .collect();
    let entries: Vec<Value> = shown
        .entries
        .iter()
        .map(|entry| {
            json!({
                "title": entry.title, "published": time(entry.published), "language": entry.language,
                "link": entry.link, "characters": entry.chars, "would_be": shown.fate_of(entry),
            })
        })
        .collect();
    let complaints: Vec<Value> = looked
        .refreshed
        .complaints
        .iter()
        .map(|complaint| {
            json!({
                "message": complaint.to_string(),
                "line": complaint.position.map(|position| position.line),
            })
        })
        .collect();
    let full_texts: Vec<Value> = titled(&looked.learned)
        .map(|(text, title)| {
            json!({ "title": title, "result": text.result, "asked": text.asked, "again": time(text.due) })
        })
        .collect();
    let state = &looked.state;
    json!({
        "id": source.id.as_str(), "kind": source.place.kind(), "due": shown.due,
        "robots": shown.robots, "requests": hops, "wire_bytes": looked.seen.wire_bytes,
        "total_ms": looked.seen.total_ms, "title": looked.head.title,
        "entries": looked.refreshed.entries, "new": looked.refreshed.new,
        "revised": looked.refreshed.revised, "read": entries, "full_texts": full_texts,
        "complaints": complaints,
        "result": looked.refreshed.result, "next_visit": time(Some(state.next_visit)),
        "because": state.waits_for, "stopped": state.stopped,
        "verdict": shown.verdict.0.word(), "why": shown.verdict.1, "health": health_json(state),
    })
}
