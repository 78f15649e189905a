//! `jarshy gather`: one pass, a line per source.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use tokio::sync::watch;

use super::house;
use super::output::{Failure, complain, moment, say};
use crate::daemon::Newsroom;
use crate::daemon::gather::Which;
use crate::daemon::refresh::Refreshed;
use crate::model::count::counted;
use crate::model::source::SourceId;

/// Visits the due sources, or those named. Fails when none of them answered.
pub async fn gather(config: &Path, names: &[String], json: bool) -> Result<(), Failure> {
    let newsroom = house::open(config).await?;
    let catalogue = newsroom.catalogue();
    let unknown: Vec<String> = names
        .iter()
        .filter(|name| {
            catalogue
                .source(&SourceId::from_stored(name.as_str()))
                .is_none()
        })
        .map(|name| unknown(name))
        .collect();
    if !unknown.is_empty() {
        return Err(Failure::Call(unknown));
    }
    let which = if names.is_empty() {
        Which::Due
    } else {
        Which::Named(names.iter().map(SourceId::from_stored).collect())
    };
    let (_keep, stop) = watch::channel(false);
    let (mut alive, mut seen) = (0, HashSet::new());
    let mut broken_pipe = None;
    let visited = crate::daemon::gather::gather(&newsroom, which, &stop, |refreshed| {
        alive += usize::from(refreshed.alive);
        seen.insert(refreshed.source.clone());
        if let Err(failure) = say(&line(refreshed, json)) {
            broken_pipe = Some(failure);
        }
        for complaint in &refreshed.complaints {
            complain(&format!("{}: {complaint}", refreshed.source));
        }
    })
    .await
    .map_err(Failure::work)?;
    match broken_pipe {
        Some(failure) => Err(failure),
        None if visited > 0 && alive == 0 => Err(Failure::work("no source gave anything usable")),
        None if visited == 0 && names.is_empty() => {
            complain(&why_none(&newsroom).await?);
            Ok(())
        }
        None => {
            let left = names.iter().filter(|name| !seen.contains(*name));
            let left: Vec<SourceId> = left.map(SourceId::from_stored).collect();
            let held = held(&newsroom, &left).await?;
            if held.is_empty() {
                Ok(())
            } else {
                Err(Failure::Work(
                    held.into_values().collect::<Vec<_>>().join("; "),
                ))
            }
        }
    }
}

/// Why a pass had nothing to visit, for people.
async fn why_none(newsroom: &Newsroom) -> Result<String, Failure> {
    let catalogue = newsroom.catalogue();
    let listed = catalogue.sources.iter().filter(|source| source.enabled);
    let ids: Vec<SourceId> = listed.map(|source| source.id.clone()).collect();
    let (store, now) = (&newsroom.store, newsroom.clock.now());
    let held = store.held_until(&ids, now).await.map_err(Failure::work)?;
    if let Some(until) = held.values().max() {
        let held = counted(held.len(), "source");
        let until = moment(*until, newsroom.zone);
        return Ok(format!(
            "nothing was visited: another process is at {held}, or was killed there; \
             all are free again after {until} at the latest"
        ));
    }
    let states = store.source_states().await.map_err(Failure::work)?;
    let ids: HashSet<&SourceId> = ids.iter().collect();
    let waiting = states.iter().filter(|state| state.stopped.is_none());
    let next = waiting
        .filter(|state| ids.contains(&state.id))
        .min_by_key(|state| state.next_visit);
    Ok(match next {
        Some(next) => {
            let at = moment(next.next_visit, newsroom.zone);
            format!("no source is due; the next is {} at {at}", next.id)
        }
        None => "no source may be visited: `jarshy sources list` shows why".to_owned(),
    })
}

/// Why each of these could not be claimed, for people.
pub async fn held(
    newsroom: &Newsroom,
    ids: &[SourceId],
) -> Result<BTreeMap<SourceId, String>, Failure> {
    let now = newsroom.clock.now();
    let held = newsroom.store.held_until(ids, now).await;
    let held = held.map_err(Failure::work)?;
    let why = |id: &SourceId| match held.get(id) {
        Some(until) => format!(
            "{id} was not visited: another process is at it, or was killed there. \
             `jarshy sources list` shows when it is done; try again after {} at the latest",
            moment(*until, newsroom.zone)
        ),
        None => format!("{id} was not visited: another process had it just now; try again"),
    };
    Ok(ids.iter().map(|id| (id.clone(), why(id))).collect())
}

/// What is said of a name that no source has.
pub fn unknown(name: &str) -> String {
    format!("error: no source is named `{name}`; `jarshy sources list` shows all")
}

fn line(refreshed: &Refreshed, json: bool) -> String {
    let Refreshed {
        source,
        alive,
        entries,
        new,
        revised,
        result,
        ..
    } = refreshed;
    if json {
        serde_json::json!({
            "source": source, "alive": alive, "entries": entries,
            "new": new, "revised": revised, "result": result,
        })
        .to_string()
    } else {
        format!("{source}: {result}")
    }
}
