//! What comes back is fetched, read and recorded: from a Maildir, from a
//! mailbox, or from whoever hands a mail in. A mail is put away only after the
//! store has it durably.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use rustls::ClientConfig;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::deliver::bounce::connection::MailboxError;
use crate::deliver::bounce::mailbox::{MailServer, Mailbox};
use crate::deliver::bounce::{self, Signed, maildir};
use crate::model::bounce::{Report, ReportKind, SoftPolicy};
use crate::model::token::{self, TokenPurpose};
use crate::model::verp;
use crate::store::{Recorded, StoreError};

use super::Newsroom;

/// Mails left in the mailbox for a person that are remembered, so as not to be
/// fetched again by this run.
const LEFT_MAX: usize = 10_000;

/// How often the places are looked at.
const POLL_EVERY: Duration = Duration::from_mins(1);
const LEASE_NAME: &str = "bounces";
/// After a crash another process polls when this has passed. One that takes
/// longer meets the other's records, which count once.
const LEASE: TimeDelta = TimeDelta::minutes(10);
/// How long a visit to one mailbox goes on; what is left waits for the next.
const VISIT_WITHIN: Duration = Duration::from_mins(4);

/// Where reports come from, and what they lead to; by default from nowhere.
#[derive(Clone, Default)]
pub struct BounceOptions {
    pub maildir: Option<PathBuf>,
    /// And which certificates each server may show.
    pub mailboxes: Vec<(MailServer, Arc<ClientConfig>)>,
    pub policy: SoftPolicy,
}

/// Why a place could not be emptied; what was taken before is recorded.
#[derive(Debug, thiserror::Error)]
pub enum PollError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{}: {source}; is mail.bounces.maildir a Maildir this user may read and write?", folder.display())]
    Maildir {
        folder: PathBuf,
        source: std::io::Error,
    },
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
}

/// How many mails came to what.
pub type Tally = BTreeMap<Recorded, u64>;

/// Mails that were left in the mailbox, by the server's names for them.
#[derive(Debug, Default)]
pub struct Left(HashSet<String>);

/// Fetches what comes back until `stop` turns true. Nobody waits for it to end:
/// a mail that was not put away is read again, and counts once.
pub fn start(newsroom: &Arc<Newsroom>, stop: &watch::Receiver<bool>) {
    tokio::spawn(keep_polling(Arc::clone(newsroom), stop.clone()));
}

/// Polls until `stop` turns true, if there is anything to poll. Of several
/// processes on one store one does: two in a mailbox would fetch each mail twice.
async fn keep_polling(newsroom: Arc<Newsroom>, mut stop: watch::Receiver<bool>) {
    let options = &newsroom.bounces;
    if options.maildir.is_none() && options.mailboxes.is_empty() {
        return;
    }
    let mut left = Left::default();
    while !*stop.borrow() {
        match poll_alone(&newsroom, &mut left, &stop).await {
            Ok(tally) if tally.is_empty() => {}
            Ok(tally) => {
                let count = |recorded| tally.get(&recorded).copied().unwrap_or_default();
                tracing::info!(
                    counted = count(Recorded::Counted),
                    suppressed = count(Recorded::Suppressed),
                    unsubscribed = count(Recorded::Unsubscribed),
                    unmatched = count(Recorded::Unmatched),
                    ignored = count(Recorded::Ignored),
                    "mails came back"
                );
            }
            Err(error) => {
                tracing::error!(%error, "what came back could not be fetched; it is tried again");
            }
        }
        // The sender is gone only when the program ends.
        tokio::time::timeout(POLL_EVERY, stop.changed()).await.ok();
    }
}

async fn poll_alone(
    newsroom: &Newsroom,
    left: &mut Left,
    stop: &watch::Receiver<bool>,
) -> Result<Tally, PollError> {
    let (store, now) = (&newsroom.store, newsroom.clock.now());
    let holder = &newsroom.holder;
    if !store
        .acquire_lease(LEASE_NAME, holder, now, now + LEASE)
        .await?
    {
        return Ok(Tally::new());
    }
    let polled = poll(newsroom, left, stop).await;
    store.release_lease(LEASE_NAME, holder).await?;
    polled
}

/// Reads a mail and records what follows.
///
/// # Errors
/// When the store fails: the mail must be kept.
pub async fn take(newsroom: &Newsroom, bytes: &[u8]) -> Result<(Report, Recorded), StoreError> {
    let report = read(newsroom, bytes);
    let now = newsroom.clock.now();
    let policy = &newsroom.bounces.policy;
    let recorded = newsroom.store.record_report(&report, policy, now).await?;
    tracing::debug!(
        kind = report.kind.word(),
        proof = report.proof.word(),
        result = recorded.word(),
        "a mail came back"
    );
    Ok((report, recorded))
}

fn read(newsroom: &Newsroom, bytes: &[u8]) -> Report {
    let secret = &newsroom.secret;
    let now = newsroom.clock.now();
    let link = |token: &str| token::read(secret, TokenPurpose::Unsubscribe, token, now).ok();
    let signed = Signed {
        delivery: &|address| verp::read(secret, address),
        leaving: &|address| verp::read_unsubscribe(secret, address),
        link: &link,
        domain: &newsroom.sender.domain,
    };
    bounce::read(bytes, &signed)
}

/// Empties every place reports come to, until `stop` turns true.
///
/// # Errors
/// When a place cannot be read; what was taken before is recorded.
pub async fn poll(
    newsroom: &Newsroom,
    left: &mut Left,
    stop: &watch::Receiver<bool>,
) -> Result<Tally, PollError> {
    let mut tally = Tally::new();
    // A place that cannot be read does not keep the others from being read.
    let mut first_wrong = None;
    if let Some(folder) = &newsroom.bounces.maildir {
        let polled = poll_maildir(newsroom, folder, stop, &mut tally).await;
        first_wrong = polled.err();
    }
    for (server, trust) in &newsroom.bounces.mailboxes {
        let opened = Mailbox::open(server, Arc::clone(trust)).await;
        let polled = match opened {
            Ok(mailbox) => poll_mailbox(newsroom, mailbox, left, stop, &mut tally).await,
            Err(error) => Err(error.into()),
        };
        first_wrong = first_wrong.or(polled.err());
    }
    if !tally.is_empty() {
        newsroom.store.forget_reports(newsroom.clock.now()).await?;
    }
    first_wrong.map_or(Ok(tally), Err)
}

async fn poll_maildir(
    newsroom: &Newsroom,
    folder: &Path,
    stop: &watch::Receiver<bool>,
    tally: &mut Tally,
) -> Result<(), PollError> {
    let wrong = |source| PollError::Maildir {
        folder: folder.to_owned(),
        source,
    };
    for mail in maildir::waiting(folder).map_err(wrong)? {
        if *stop.borrow() {
            break;
        }
        let bytes = mail.read().map_err(wrong)?;
        let (report, recorded) = take(newsroom, &bytes).await?;
        mail.put_away(!is_for_a_person(&report)).map_err(wrong)?;
        *tally.entry(recorded).or_default() += 1;
    }
    Ok(())
}

async fn poll_mailbox(
    newsroom: &Newsroom,
    mut mailbox: Mailbox,
    left: &mut Left,
    stop: &watch::Receiver<bool>,
    tally: &mut Tally,
) -> Result<(), PollError> {
    let until = Instant::now() + VISIT_WITHIN;
    let mails = mailbox.list(&|name| left.0.contains(name)).await?;
    for mail in mails {
        if *stop.borrow() || Instant::now() >= until {
            break;
        }
        let Some(bytes) = mailbox.read(&mail).await? else {
            continue;
        };
        let (report, recorded) = take(newsroom, &bytes).await?;
        if is_for_a_person(&report) {
            if left.0.len() >= LEFT_MAX {
                left.0.clear();
            }
            left.0.insert(mail.name);
        } else {
            mailbox.put_away(&mail).await?;
        }
        *tally.entry(recorded).or_default() += 1;
    }
    mailbox.close().await?;
    Ok(())
}

/// No letter is lost, not even one that a reader sent to the wrong address.
const fn is_for_a_person(report: &Report) -> bool {
    matches!(report.kind, ReportKind::Unknown)
}
