//! `jarshy mail`: send, hold back, give up, count.

use std::path::Path;
use std::sync::Arc;

use clap::Subcommand;
use tokio::sync::watch;

use super::digest::choose_digest;
use super::house;
use super::mail_keys::{self, KeysCommand};
use super::mail_status::status;
use super::output::{Failure, complain, say};
use crate::daemon::Newsroom;
use crate::daemon::mail::{self, Flushed};
use crate::daemon::window;
use crate::model::count::counted;
use crate::model::feed::FeedName;

/// How long `mail flush` waits between looks at letters another run still holds.
const WAIT_FOR_OTHERS: std::time::Duration = std::time::Duration::from_secs(1);

#[derive(Debug, Subcommand)]
pub enum MailCommand {
    /// Send what is due, and print counts. Letters that a killed run had claimed are
    /// free 30 seconds later, and are waited for.
    Flush,
    /// Hold letters back until `mail resume`: of one digest, or all.
    Pause {
        #[arg(long, value_name = "NAME")]
        digest: Option<String>,
    },
    /// Let letters go that `mail pause` held back.
    Resume {
        #[arg(long, value_name = "NAME")]
        digest: Option<String>,
    },
    /// Give up a digest's letters that have not gone out yet.
    Stop {
        #[arg(long, value_name = "NAME")]
        digest: String,
    },
    /// How far the last windows' letters have come and what came back; of one
    /// digest also by reason, by domain and by link. A reader who opens a link
    /// again within a minute counts once, and shows up to a minute and a half later.
    Status {
        #[arg(long, value_name = "NAME")]
        digest: Option<String>,
    },
    /// Make and show the keys letters are signed with (DKIM).
    #[command(subcommand)]
    Keys(KeysCommand),
}

/// Runs a `mail` command.
pub async fn mail(config: &Path, command: &MailCommand, json: bool) -> Result<(), Failure> {
    match command {
        // A house that signs cannot be opened before it has its keys.
        MailCommand::Keys(command) => mail_keys::keys(config, command, json),
        MailCommand::Flush => flush(&house::open(config).await?, json).await,
        MailCommand::Pause { digest } => {
            let newsroom = house::open(config).await?;
            pause(&newsroom, name_of(&newsroom, digest.as_deref())?).await
        }
        MailCommand::Resume { digest } => {
            let newsroom = house::open(config).await?;
            resume(&newsroom, name_of(&newsroom, digest.as_deref())?).await
        }
        MailCommand::Stop { digest } => stop(&house::open(config).await?, digest).await,
        MailCommand::Status { digest } => {
            let newsroom = house::open(config).await?;
            let name = name_of(&newsroom, digest.as_deref())?;
            status(&newsroom, name, json).await
        }
    }
}

async fn stop(newsroom: &Arc<Newsroom>, digest: &str) -> Result<(), Failure> {
    let name = choose_digest(newsroom, Some(digest))?.plan.name;
    let now = newsroom.clock.now();
    let stopped = newsroom.store.stop_mail(&name, now).await;
    let letters = counted(stopped.map_err(Failure::work)?, "letter");
    say(&format!("{name}: {letters} given up"))
}

fn name_of(newsroom: &Newsroom, digest: Option<&str>) -> Result<Option<FeedName>, Failure> {
    digest
        .map(|name| choose_digest(newsroom, Some(name)).map(|planned| planned.plan.name))
        .transpose()
}

async fn pause(newsroom: &Newsroom, digest: Option<FeedName>) -> Result<(), Failure> {
    let what = named(digest.as_ref());
    let paused = newsroom
        .store
        .pause_mail(digest.as_ref(), newsroom.clock.now())
        .await
        .map_err(Failure::work)?;
    say(&if paused {
        format!("{what}: paused; letters already on their way are not called back")
    } else {
        format!("{what}: was paused before")
    })
}

async fn resume(newsroom: &Newsroom, digest: Option<FeedName>) -> Result<(), Failure> {
    let what = named(digest.as_ref());
    let resumed = newsroom.store.resume_mail(digest.as_ref()).await;
    say(&if resumed.map_err(Failure::work)? {
        format!("{what}: goes on")
    } else {
        format!("{what}: was not paused")
    })
}

fn named(digest: Option<&FeedName>) -> String {
    digest.map_or_else(|| "all mail".to_owned(), ToString::to_string)
}

/// Sends what is due. Letters that another run holds (it may have been killed)
/// are waited for until its lease on them ends, so that after a flush nothing
/// due is left.
async fn flush(newsroom: &Arc<Newsroom>, json: bool) -> Result<(), Failure> {
    let (_keep, stop) = watch::channel(false);
    window::queue_confirmations(newsroom)
        .await
        .map_err(Failure::work)?;
    let mut total = Flushed::default();
    let deadline = newsroom.clock.now() + mail::DELIVERY_LEASE * 2;
    loop {
        let began = newsroom.clock.now();
        let flushed = mail::flush(newsroom, &stop).await.map_err(Failure::work)?;
        total.add(&flushed);
        let now = newsroom.clock.now();
        let held = newsroom
            .store
            .next_delivery_due()
            .await
            .map_err(Failure::work)?;
        let soon = now + mail::DELIVERY_LEASE;
        // What was due before and did not go is held back by the config.
        let is_over = held.is_none_or(|due| due > soon || due <= began);
        if now > deadline || flushed.stuck || is_over {
            break;
        }
        tokio::time::sleep(WAIT_FOR_OTHERS).await;
    }
    let Flushed {
        sent,
        deferred,
        failed,
        doubtful,
        stuck: _,
        reasons,
    } = total;
    for (why, letters) in reasons {
        complain(&format!("{letters} not sent: {why}"));
    }
    if json {
        let value = serde_json::json!({
            "sent": sent, "deferred": deferred, "failed": failed, "doubtful": doubtful,
        });
        say(&value.to_string())?;
    } else {
        say(&format!(
            "{sent} sent ({doubtful} of them perhaps for the second time, after a crash), {deferred} to be tried again, {failed} given up"
        ))?;
    }
    if sent == 0 && deferred + failed > 0 {
        return Err(Failure::work("no letter could be sent"));
    }
    Ok(())
}
