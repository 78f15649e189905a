//! `jarshy reread`: what an older engine read is read again, at once.

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use tokio::sync::watch;

use super::house;
use super::output::{Failure, say};
use crate::daemon::reread::{Reach, Reread};
use crate::model::count::counted;

/// Reads again. Fails when an article could not be.
pub async fn reread(config: &Path, all: bool, json: bool) -> Result<(), Failure> {
    let newsroom = house::open(config).await?;
    let reach = if all {
        Reach::Everything
    } else {
        Reach::Recent
    };
    let (_keep, mut stop) = watch::channel(false);
    let done = crate::daemon::reread::reread(&newsroom, reach, Duration::ZERO, &mut stop).await;
    let Reread { read, left } = done.map_err(Failure::work)?;
    if json {
        say(&json!({"read": read, "left": left}).to_string())?;
    } else {
        say(&format!("{} read again", counted(read, "article")))?;
    }
    if left > 0 {
        return Err(Failure::work(format!(
            "{} could not be read again; the log says why, another call tries again",
            counted(left, "article")
        )));
    }
    Ok(())
}
