//! `jarshy sources list`: all sources, their last result, and their health.

use std::path::Path;

use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::cli::house;
use crate::cli::output::{Failure, day, say, time};
use crate::cli::push_state;
use crate::gather::health::verdict;
use crate::model::health::{Answered, Health};
use crate::model::source::{FullTextMode, Source, SourceState};

/// Of a hundred.
const WHOLE_PERCENT: u32 = 100;
/// The most reasons shown of one source.
const REASONS_SHOWN_MAX: usize = 3;

/// A line for each source of the catalogue.
pub async fn list(config: &Path, health: bool, json: bool) -> Result<(), Failure> {
    let newsroom = house::open(config).await?;
    let states = newsroom
        .store
        .source_states()
        .await
        .map_err(Failure::work)?;
    let pushes = newsroom.store.pushes().await.map_err(Failure::work)?;
    let now = newsroom.clock.now();
    for source in &newsroom.catalogue().sources {
        let state = states
            .iter()
            .find(|state| state.id == source.id)
            .cloned()
            .unwrap_or_else(|| SourceState::new(source.id.clone(), now));
        let judged = verdict(source, &state, now.with_timezone(&newsroom.zone));
        let line = if json {
            let mut line = as_json(source, &state, (judged.0.word(), &judged.1));
            line["push"] = push_state::as_json(&pushes, &source.id, now);
            line.to_string()
        } else if health {
            format!(
                "{:<24} {:<11} {}",
                source.id.as_str(),
                judged.0.word(),
                in_words(&state.health, &judged.1, source.full_text, newsroom.zone)
            )
        } else {
            let push = push_state::in_words(&pushes, &source.id, now, newsroom.zone);
            plain(source, &state, &push)
        };
        say(&line)?;
    }
    Ok(())
}

fn plain(source: &Source, state: &SourceState, push: &str) -> String {
    let result = match (source.enabled, state.last_result.as_deref()) {
        (false, _) => "switched off",
        (true, Some(result)) => result,
        (true, None) => "not visited yet",
    };
    let place = source.place.url().map_or("", url::Url::as_str);
    format!(
        "{:<24} {:<9} {result}{push}  {place}",
        source.id.as_str(),
        source.place.kind()
    )
}

fn as_json(source: &Source, state: &SourceState, (verdict, why): (&str, &str)) -> Value {
    json!({
        "id": source.id.as_str(), "name": source.name, "kind": source.place.kind(),
        "url": source.place.url().map(url::Url::as_str), "enabled": source.enabled,
        "last_visit": time(state.last_visit), "last_result": state.last_result,
        "next_visit": time(Some(state.next_visit)), "waits_for": state.waits_for,
        "failures": state.failures, "verdict": verdict, "why": why,
        "health": health_json(state),
    })
}

/// What is kept of a source's health.
pub fn health_json(state: &SourceState) -> Value {
    let health = &state.health;
    json!({
        "answered": health.answered.map(crate::model::health::Answered::word),
        "last_success": time(state.last_success),
        "failing_since": time(health.failing_since), "newest": time(health.newest),
        "entries_a_week": health.weekly_tenths.map(|tenths| f64::from(tenths) / 10.0),
        "entries": health.last.entries,
        "with_date_percent": health.last.dated_percent(),
        "with_text_percent": health.last.whole_percent(),
        "layout_change_since": time(health.changed_since),
        "hours_utc": state.pace.rhythm.hours, "skipped": health.skipped,
    })
}

/// The same in one line, its days in `zone`. How many entries come with their full
/// text is said of the source's own document; `mode` says whether pages are asked.
pub fn in_words(health: &Health, why: &str, mode: FullTextMode, zone: Tz) -> String {
    let mut parts = vec![why.to_owned()];
    if let Some(newest) = health.newest {
        // Without dates it is known only when something new was found.
        let what = if health.last.dated_percent() == Some(0) {
            "something new on"
        } else {
            "newest"
        };
        parts.push(format!("{what} {}", day(newest, zone)));
    }
    if let Some(tenths) = health.weekly_tenths {
        parts.push(format!("{}.{} a week", tenths / 10, tenths % 10));
    }
    if let (Some(dated), Some(whole)) = (health.last.dated_percent(), health.last.whole_percent()) {
        let asked = match mode {
            _ if whole == WHOLE_PERCENT => "",
            FullTextMode::Auto => " (those about forums are asked for at their pages)",
            FullTextMode::Always => " (the others are asked for at their pages)",
            FullTextMode::Never => "",
        };
        parts.push(format!(
            "{dated} % with date, {whole} % come with full text{asked}"
        ));
    }
    let vain = |reason: &str| Answered::from_word(reason.strip_prefix("visit: ")?);
    let told = |what: &str, mut reasons: Vec<(&str, u32)>| {
        reasons.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
        let shown: Vec<String> = reasons
            .iter()
            .take(REASONS_SHOWN_MAX)
            .map(|(reason, times)| format!("{reason} ({times})"))
            .collect();
        (!shown.is_empty()).then(|| format!("{what}: {}", shown.join(", ")))
    };
    let (mut visits, mut entries) = (Vec::new(), Vec::new());
    for (reason, times) in &health.skipped {
        match vain(reason) {
            Some(answered) => visits.push((answered.in_words(), *times)),
            None => entries.push((reason.as_str(), *times)),
        }
    }
    parts.extend(told("visits in vain", visits));
    parts.extend(told("left out", entries));
    parts.retain(|part| !part.is_empty());
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};
    use chrono_tz::Asia::Almaty;

    use super::*;
    use crate::model::health::Sample;

    #[test]
    fn health_is_told_in_words() {
        let mut health = Health {
            newest: Utc.with_ymd_and_hms(2026, 11, 23, 20, 0, 0).single(),
            last: Sample {
                entries: 4,
                dated: 0,
                whole: 0,
            },
            ..Health::default()
        };
        health.skipped.insert("visit: nothing".to_owned(), 2);
        health
            .skipped
            .insert("neither title nor text".to_owned(), 1);
        assert_eq!(
            in_words(&health, "", FullTextMode::Auto, Almaty),
            "something new on 2026-11-24 (+05); 0 % with date, 0 % come with full text (those about forums are asked for at their pages); visits in vain: no connection (2); left out: neither title nor text (1)"
        );
        health.last.dated = 4;
        let told = in_words(&health, "", FullTextMode::Never, Almaty);
        assert!(told.ends_with("; 100 % with date, 0 % come with full text; visits in vain: no connection (2); left out: neither title nor text (1)"));
    }
}
