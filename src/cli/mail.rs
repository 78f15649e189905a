//! `jarshy mail`: send, hold back, give up, count.

use std::path::Path;
use std::sync::Arc;

use clap::Subcommand;
use tokio::sync::watch;

use super::digest::choose_digest;
use super::house;
use super::mail_keys::{self, KeysCommand};
use super::output::{Failure, complain, say, time};
use crate::daemon::Newsroom;
use crate::daemon::mail::{self, Flushed};
use crate::daemon::window;
use crate::model::delivery::{DeliveryCounts, Reason};
use crate::model::feed::FeedName;
use crate::store::{DigestProgress, DomainProgress};

/// How long `mail flush` waits between looks at letters another run still holds.
const WAIT_FOR_OTHERS: std::time::Duration = std::time::Duration::from_secs(1);
/// Windows that `mail status` tells of.
const WINDOWS_SHOWN: u32 = 10;
/// Domains that `mail status` tells of, for each window.
const DOMAINS_SHOWN: usize = 20;

#[derive(Debug, Subcommand)]
pub enum MailCommand {
    /// Send what is due, and print counts.
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
    /// How far the last windows' letters have come: of one digest by reason and
    /// by domain, or of all.
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
    say(&format!(
        "{name}: {} letters given up",
        stopped.map_err(Failure::work)?
    ))
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

async fn status(newsroom: &Newsroom, digest: Option<FeedName>, json: bool) -> Result<(), Failure> {
    let windows = if digest.is_some() { 1 } else { WINDOWS_SHOWN };
    let name = digest.as_ref().map(FeedName::as_str);
    let store = &newsroom.store;
    let progress = store.digest_progress(name, windows, DOMAINS_SHOWN).await;
    let pauses = store.mail_pauses().await.map_err(Failure::work)?;
    for (paused, since) in &pauses {
        let (what, since) = (paused.as_deref(), time(Some(*since)));
        if json {
            say(&serde_json::json!({"paused": what, "since": since}).to_string())?;
        } else {
            say(&format!(
                "{} paused since {}",
                what.unwrap_or("all mail"),
                since.unwrap_or_default()
            ))?;
        }
    }
    for window in progress.map_err(Failure::work)? {
        if json {
            say(&as_json(&window).to_string())?;
        } else {
            say_window(&window, digest.is_some())?;
        }
    }
    Ok(())
}

fn say_window(window: &DigestProgress, whole: bool) -> Result<(), Failure> {
    let closed = time(Some(window.closed_at)).unwrap_or_default();
    say(&format!(
        "{} of {closed}: {}",
        window.name,
        in_words(&window.counts)
    ))?;
    if !whole {
        return Ok(());
    }
    for (what, reasons) in [("deferred", &window.deferred), ("failed", &window.failed)] {
        for (reason, letters) in reasons {
            say(&format!("  {what}, {}: {letters}", reason.word()))?;
        }
    }
    for DomainProgress { domain, counts } in &window.domains {
        say(&format!("  {}: {}", shown(domain), in_words(counts)))?;
    }
    Ok(())
}

fn shown(domain: &str) -> &str {
    if domain.is_empty() {
        "(unknown)"
    } else {
        domain
    }
}

fn in_words(counts: &DeliveryCounts) -> String {
    let DeliveryCounts {
        queued,
        deferred,
        in_flight,
        sent,
        failed,
        doubtful,
    } = counts;
    format!(
        "{queued} queued, {deferred} deferred, {in_flight} in flight, {sent} sent, {failed} failed, {doubtful} doubtful"
    )
}

fn as_json(window: &DigestProgress) -> serde_json::Value {
    let reasons = |of: &std::collections::BTreeMap<Reason, u64>| -> serde_json::Value {
        of.iter()
            .map(|(reason, letters)| (reason.word().to_owned(), (*letters).into()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let domains: serde_json::Map<_, _> = window
        .domains
        .iter()
        .map(|at| (shown(&at.domain).to_owned(), counts_json(&at.counts)))
        .collect();
    serde_json::json!({
        "digest": window.name,
        "id": window.occasion,
        "closed": time(Some(window.closed_at)),
        "counts": counts_json(&window.counts),
        "deferred": reasons(&window.deferred),
        "failed": reasons(&window.failed),
        "domains": domains,
    })
}

fn counts_json(counts: &DeliveryCounts) -> serde_json::Value {
    serde_json::json!({
        "queued": counts.queued,
        "deferred": counts.deferred,
        "in_flight": counts.in_flight,
        "sent": counts.sent,
        "failed": counts.failed,
        "doubtful": counts.doubtful,
    })
}
