//! `jarshy gather`: one pass, a line per source.

use std::path::Path;

use tokio::sync::watch;

use super::house;
use super::output::{Failure, complain, say};
use crate::daemon::gather::Which;
use crate::daemon::refresh::Refreshed;
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
    let mut alive = 0;
    let mut broken_pipe = None;
    let visited = crate::daemon::gather::gather(&newsroom, which, &stop, |refreshed| {
        alive += usize::from(refreshed.alive);
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
        None if visited < names.len() => Err(Failure::work(
            "not every named source could be claimed: another process is visiting it",
        )),
        None => Ok(()),
    }
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
