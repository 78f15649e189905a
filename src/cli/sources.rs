//! `jarshy sources`: what is read, and how it is.

use std::path::Path;

use clap::Subcommand;

use super::house;
use super::output::{Failure, say, time};
use super::push_state;
use crate::daemon::gather::Which;

#[derive(Debug, Subcommand)]
pub enum SourcesCommand {
    /// All sources with their last result.
    List,
    /// Visit every source now and give each a verdict.
    Check,
}

/// Runs a `sources` command.
pub async fn sources(config: &Path, command: &SourcesCommand, json: bool) -> Result<(), Failure> {
    match command {
        SourcesCommand::List => list(config, json).await,
        SourcesCommand::Check => check(config, json).await,
    }
}

async fn list(config: &Path, json: bool) -> Result<(), Failure> {
    let newsroom = house::open(config).await?;
    let states = newsroom
        .store
        .source_states()
        .await
        .map_err(Failure::work)?;
    let pushes = newsroom.store.pushes().await.map_err(Failure::work)?;
    let now = newsroom.clock.now();
    for source in &newsroom.catalogue().sources {
        let state = states.iter().find(|state| state.id == source.id);
        let last = state.and_then(|state| state.last_visit);
        let result = state.and_then(|state| state.last_result.as_deref());
        let place = source
            .place
            .url()
            .map_or_else(String::new, ToString::to_string);
        let line = if json {
            serde_json::json!({
                "id": source.id.as_str(), "name": source.name, "kind": source.place.kind(),
                "url": source.place.url().map(url::Url::as_str), "enabled": source.enabled,
                "last_visit": time(last), "last_result": result,
                "next_visit": time(state.map(|state| state.next_visit)),
                "waits_for": state.and_then(|state| state.waits_for.as_deref()),
                "failures": state.map(|state| state.failures),
                "push": push_state::as_json(&pushes, &source.id, now),
            })
            .to_string()
        } else {
            let result = match (source.enabled, result) {
                (false, _) => "switched off",
                (true, Some(result)) => result,
                (true, None) => "not visited yet",
            };
            format!(
                "{:<24} {:<9} {result}{}  {place}",
                source.id.as_str(),
                source.place.kind(),
                push_state::in_words(&pushes, &source.id, now)
            )
        };
        say(&line)?;
    }
    Ok(())
}

async fn check(config: &Path, json: bool) -> Result<(), Failure> {
    let newsroom = house::open(config).await?;
    let catalogue = newsroom.catalogue();
    let names = catalogue
        .sources
        .iter()
        .filter(|source| source.enabled)
        .map(|source| source.id.clone());
    let which = Which::Named(names.collect());
    let (_keep, stop) = tokio::sync::watch::channel(false);
    let mut said = Ok(());
    let mut alive = 0;
    let visited = crate::daemon::gather::gather(&newsroom, which, &stop, |refreshed| {
        alive += usize::from(refreshed.alive);
        let verdict = if refreshed.alive {
            "alive"
        } else {
            "not usable"
        };
        let line = if json {
            serde_json::json!({
                "id": refreshed.source, "verdict": verdict, "entries": refreshed.entries,
                "result": refreshed.result,
            })
            .to_string()
        } else {
            format!(
                "{:<24} {verdict:<11} {}",
                refreshed.source, refreshed.result
            )
        };
        if said.is_ok() {
            said = say(&line);
        }
    })
    .await
    .map_err(Failure::work)?;
    said?;
    if visited > 0 && alive == 0 {
        return Err(Failure::work("no source is alive; is there a network?"));
    }
    Ok(())
}
