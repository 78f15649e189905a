//! `jarshy correct list`: all that was said of articles.

use chrono::SecondsFormat;
use serde_json::{Value, json};
use url::Url;

use super::export::expected;
use crate::cli::output::{Failure, say};
use crate::daemon::Newsroom;
use crate::model::correction::Correction;
use crate::model::story::StoryId;

/// Tells of each, the last made first.
pub(super) async fn list(newsroom: &Newsroom, json: bool) -> Result<(), Failure> {
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
        if StoryId::own(&correction.article).any(|own| own == word.story) {
            said["own_story"] = json!(true);
        } else if let Some(other) = &word.other {
            said["same_story_as"] = json!(other.as_str());
        }
    }
    said
}

/// Day, hour, town, name and status of an event, as far as they are said.
fn event_in_short(event: &Value) -> String {
    let word = |key: &str| event[key].as_str().map(str::to_owned);
    let end = word("end").map_or(String::new(), |end| format!("/{end}"));
    let days = word("start").map(|start| start + &end);
    let time = word("time");
    let city = word("city").map(|city| format!("in {city}"));
    let name = word("name").map(|name| format!("“{name}”"));
    let parts = [days, time, city, name, word("status")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn in_short(said: &Value) -> String {
    let Some(said) = said.as_object() else {
        return String::new();
    };
    let is_told = |(field, _): &(&String, &Value)| field.as_str() != "story";
    let words = said
        .iter()
        .filter(is_told)
        .map(|(field, value)| match (field.as_str(), value) {
            ("event", Value::Null) => "no event".to_owned(),
            ("event", event) => format!("event {}", event_in_short(event)),
            ("own_story", _) => "a story of its own".to_owned(),
            ("same_story_as", other) => {
                format!("same story as {}", other.as_str().unwrap_or_default())
            }
            (field, value) => format!("{field} {}", value.as_str().unwrap_or_default()),
        });
    words.collect::<Vec<_>>().join(", ")
}
