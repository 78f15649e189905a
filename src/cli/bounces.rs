//! `jarshy bounces`: what came back.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use tokio::sync::watch;

use super::house;
use super::output::{Failure, say};
use crate::daemon::Newsroom;
use crate::daemon::bounces::{self, Left};
use crate::deliver::bounce::MAIL_BYTES_MAX;
use crate::model::bounce::{Report, ReportKind};
use crate::model::count::counted;
use crate::store::Recorded;

#[derive(Debug, Subcommand)]
pub enum BouncesCommand {
    /// Read mails and record what follows from them; `-` is standard input, so
    /// that a mail server can pipe each mail here.
    Read {
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Empty the Maildir and the mailbox of `mail.bounces` now.
    Fetch,
    /// How many readers reported what: of all letters, or of one digest.
    Counts {
        /// The digest's name, which means the last one closed, or an id.
        digest: Option<String>,
    },
}

/// Runs a `bounces` command.
pub async fn bounces(config: &Path, command: BouncesCommand, json: bool) -> Result<(), Failure> {
    let newsroom = house::open(config).await?;
    match command {
        BouncesCommand::Read { files } => read(&newsroom, &files, json).await,
        BouncesCommand::Fetch => fetch(&newsroom, json).await,
        BouncesCommand::Counts { digest } => counts(&newsroom, digest.as_deref(), json).await,
    }
}

async fn read(newsroom: &Newsroom, files: &[PathBuf], json: bool) -> Result<(), Failure> {
    for file in files {
        let bytes =
            bytes(file).map_err(|error| Failure::work(format!("{}: {error}", file.display())))?;
        let (report, recorded) = bounces::take(newsroom, &bytes)
            .await
            .map_err(Failure::work)?;
        say(&line(file, &report, recorded, json))?;
    }
    Ok(())
}

/// As much of a mail as is ever read; the rest of a pipe is drained, or the
/// mail server would see a broken one.
fn bytes(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut input: Box<dyn std::io::Read> = if file == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(std::fs::File::open(file)?)
    };
    let mut bytes = Vec::new();
    input
        .by_ref()
        .take(MAIL_BYTES_MAX as u64)
        .read_to_end(&mut bytes)?;
    std::io::copy(&mut input, &mut std::io::sink())?;
    Ok(bytes)
}

fn line(file: &Path, report: &Report, recorded: Recorded, json: bool) -> String {
    let (severity, code, diagnostic) = match &report.kind {
        ReportKind::Bounce {
            severity,
            code,
            diagnostic,
        } => (
            Some(severity.word()),
            code.as_deref(),
            Some(diagnostic.as_str()),
        ),
        _ => (None, None, None),
    };
    if json {
        return serde_json::json!({
            "file": file.display().to_string(), "kind": report.kind.word(),
            "severity": severity, "code": code, "diagnostic": diagnostic,
            "proof": report.proof.word(), "result": recorded.word(),
        })
        .to_string();
    }
    let words = [
        Some(report.kind.word()),
        severity,
        code,
        Some(recorded.word()),
    ];
    let words: Vec<&str> = words.into_iter().flatten().collect();
    format!("{}: {}", file.display(), words.join(" "))
}

async fn fetch(newsroom: &Newsroom, json: bool) -> Result<(), Failure> {
    let options = &newsroom.bounces;
    if options.maildir.is_none() && options.mailboxes.is_empty() {
        return Err(Failure::call(
            "error: none of mail.bounces.maildir, mail.bounces.pop3 and mail.bounces.imap is set",
        ));
    }
    let (_go_on, stop) = watch::channel(false);
    let tally = bounces::poll(newsroom, &mut Left::default(), &stop)
        .await
        .map_err(Failure::work)?;
    if json {
        let value: serde_json::Map<String, serde_json::Value> = tally
            .iter()
            .map(|(recorded, mails)| (recorded.word().to_owned(), (*mails).into()))
            .collect();
        return say(&serde_json::Value::from(value).to_string());
    }
    let words: Vec<String> = tally
        .iter()
        .map(|(recorded, mails)| format!("{mails} {}", recorded.word()))
        .collect();
    if words.is_empty() {
        return say("nothing came back");
    }
    say(&words.join(", "))
}

/// What letters were sent for, by its name or id.
async fn occasion_of(newsroom: &Newsroom, digest: &str) -> Result<String, Failure> {
    let found = newsroom.store.occasion_named(digest).await;
    found.map_err(Failure::work)?.ok_or_else(|| {
        Failure::call(format!(
            "error: no digest of the name or id `{digest}` was closed; `jarshy mail status` tells of those that were"
        ))
    })
}

async fn counts(newsroom: &Newsroom, digest: Option<&str>, json: bool) -> Result<(), Failure> {
    let occasion = match digest {
        Some(digest) => Some(occasion_of(newsroom, digest).await?),
        None => None,
    };
    let counts = newsroom
        .store
        .report_counts(occasion.as_deref())
        .await
        .map_err(Failure::work)?;
    if json {
        let value = serde_json::json!({
            "hard": counts.hard, "soft": counts.soft, "blocked": counts.blocked,
            "complaints": counts.complaints, "unsubscribed": counts.unsubscribed,
            "unmatched": counts.unmatched,
        });
        return say(&value.to_string());
    }
    say(&format!(
        "{} hard, {} soft, {} blocked, {}, {} unsubscribed by a letter, {} unmatched",
        counts.hard,
        counts.soft,
        counts.blocked,
        counted(counts.complaints, "complaint"),
        counts.unsubscribed,
        counts.unmatched
    ))
}
