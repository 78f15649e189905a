//! `jarshy sources check`: a visit to every source, and a verdict for each.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use serde_json::json;

use crate::cli::gather::held;
use crate::cli::house;
use crate::cli::output::{Failure, complain, say};
use crate::daemon::Newsroom;
use crate::daemon::gather::{Which, gather};
use crate::gather::health::verdict;
use crate::gather::plan;
use crate::model::count::counted;
use crate::model::health::Verdict;
use crate::model::source::SourceId;

/// Visits all sources that are switched on, but those whose servers asked to come
/// later. Fails when one is dead.
pub async fn check(config: &Path, json: bool) -> Result<(), Failure> {
    let newsroom = house::open(config).await?;
    let catalogue = newsroom.catalogue();
    let names = catalogue
        .sources
        .iter()
        .filter(|source| source.enabled)
        .map(|source| source.id.clone());
    let (waiting, ids): (Vec<SourceId>, Vec<SourceId>) = {
        let asked_to_wait = asked_to_wait(&newsroom).await?;
        names.partition(|id| asked_to_wait.contains(id))
    };
    let which = Which::Named(ids.clone());
    let (_keep, stop) = tokio::sync::watch::channel(false);
    // The visits tell how far we are; the verdicts follow, in the catalogue's order.
    let mut visited = BTreeMap::new();
    gather(&newsroom, which, &stop, |refreshed| {
        visited.insert(refreshed.source.clone(), refreshed.entries);
    })
    .await
    .map_err(Failure::work)?;
    // What another process is at has the verdict of its last visit.
    let left = ids
        .into_iter()
        .filter(|id| !visited.contains_key(id.as_str()));
    let held = held(&newsroom, &left.collect::<Vec<_>>()).await?;
    if !json && !waiting.is_empty() {
        complain(&format!(
            "note: {} asked to be left alone for a time; told of from memory",
            counted(waiting.len(), "source")
        ));
    }
    let counts = tell(&newsroom, &visited, &held, json).await?;
    summary(&counts, json)?;
    let of = |verdict: Verdict| counts.get(verdict.word()).copied().unwrap_or(0);
    let good = of(Verdict::Alive) + of(Verdict::Moved) + of(Verdict::Silent) + of(Verdict::Changed);
    let dead = of(Verdict::Dead);
    if !visited.is_empty() && good == 0 {
        return Err(Failure::work("no source is alive; is there a network?"));
    }
    if dead > 0 {
        let which = "see the verdict `dead` above";
        return Err(Failure::work(format!("{dead} dead: {which}")));
    }
    if !held.is_empty() {
        let left = counted(held.len(), "source");
        return Err(Failure::work(format!("{left} not visited, see above")));
    }
    Ok(())
}

/// The sources whose servers asked to come later than now.
async fn asked_to_wait(newsroom: &Newsroom) -> Result<HashSet<SourceId>, Failure> {
    let states = newsroom.store.source_states().await;
    let now = newsroom.clock.now();
    let states = states.map_err(Failure::work)?.into_iter();
    let waiting = states.filter(|state| plan::is_asked_to_wait(state, now));
    Ok(waiting.map(|state| state.id).collect())
}

/// A line for each source; how many have each verdict.
async fn tell(
    newsroom: &Newsroom,
    visited: &BTreeMap<String, usize>,
    held: &BTreeMap<SourceId, String>,
    json: bool,
) -> Result<BTreeMap<&'static str, usize>, Failure> {
    let now = newsroom.clock.now();
    let mut counts = BTreeMap::new();
    for source in &newsroom.catalogue().sources {
        let id = SourceId::from_stored(source.id.as_str());
        let state = newsroom
            .store
            .source_state(&id)
            .await
            .map_err(Failure::work)?;
        let Some(state) = state else { continue };
        let (verdict, why) = verdict(source, &state, now.with_timezone(&newsroom.zone));
        let why = held.get(&source.id).cloned().unwrap_or(why);
        *counts.entry(verdict.word()).or_default() += 1;
        let result = state.last_result.as_deref().unwrap_or_default();
        let line = if json {
            json!({
                "id": source.id.as_str(), "verdict": verdict.word(), "why": why, "result": result,
                "entries": visited.get(source.id.as_str()),
                "moved_to": state.moved_to.as_ref().map(|(to, _)| to),
                "health": super::list::health_json(&state),
            })
            .to_string()
        } else {
            format!("{:<24} {:<11} {why}", source.id.as_str(), verdict.word())
        };
        say(&line)?;
    }
    Ok(counts)
}

fn summary(counts: &BTreeMap<&'static str, usize>, json: bool) -> Result<(), Failure> {
    if json {
        return say(&json!({ "summary": counts }).to_string());
    }
    let parts: Vec<String> = Verdict::all()
        .filter_map(|verdict| Some((verdict, counts.get(verdict.word())?)))
        .map(|(verdict, count)| format!("{count} {}", verdict.word()))
        .collect();
    let all: usize = counts.values().sum();
    say(&format!("{}: {}", counted(all, "source"), parts.join(", ")))
}
