//! The only place where stages meet, and the loop that drives them.
//!
//! [`run`] is one loop over a closed set of [`Event`]s. Work is claimed from the
//! store by leases, so any number of processes may run it on one database; a
//! window closes once because its watermark moves in the transaction that
//! closes it. There is therefore no leader.

mod aside;
mod ask;
pub mod bounces;
pub mod correct;
mod event_claims;
mod full_text;
pub mod gather;
mod holding;
pub mod intake;
pub mod learn;
pub mod letter;
pub mod mail;
pub mod placing;
pub mod push;
pub mod refresh;
mod register;
pub mod reread;
pub mod rounds;
pub mod strangers;
pub mod timetable;
mod untitled;
mod verdicts;
mod watched;
pub mod window;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chrono_tz::Tz;
use tokio::sync::{Notify, mpsc, watch};
use url::Url;

use crate::catalog::Catalogue;
use crate::clock::Clock;
use crate::deliver::message::Sender;
use crate::deliver::sign::Signer;
use crate::digest::LetterSite;
use crate::gather::plan::PlanOptions;
use crate::gather::web::Web;
use crate::model::delivery::Holder;
use crate::model::digest::DigestPlan;
use crate::model::subscriber::EmailAddress;
use crate::model::token::Secret;
use crate::store::{Store, StoreError};
use crate::template::Templates;
use timetable::Timetable;

/// How often the loop looks for work that nobody told it of (a due source, a
/// letter to be tried again, work another process left).
const TICK: Duration = Duration::from_secs(5);
/// How long what is in flight may take after the order to stop.
pub const STOP_WITHIN: Duration = Duration::from_secs(9);

/// A digest and when its windows close.
#[derive(Debug, Clone)]
pub struct PlannedDigest {
    pub plan: DigestPlan,
    pub timetable: Timetable,
}

/// What a reload replaces, whole.
pub struct Replaceable {
    pub catalogue: Arc<Catalogue>,
    pub templates: Arc<Templates>,
    pub digests: Arc<Vec<PlannedDigest>>,
}

/// Where letters lead, and mail about them comes back to.
#[derive(Debug, Clone, Default)]
pub struct MailRoutes {
    /// Instead of a personal address at `bounce_domain`.
    pub unsubscribe_mailto: Option<EmailAddress>,
    /// The domain of personal return addresses.
    pub bounce_domain: Option<String>,
    /// Whether story links go through the house, to be counted.
    pub link_counts: bool,
}

/// Everything the stages need, in one hand.
pub struct Newsroom {
    pub store: Store,
    pub clock: Clock,
    pub web: Web,
    pub post: mail::PostRoom,
    pub plan: PlanOptions,
    pub gather_parallel: usize,
    pub push: push::PushOptions,
    pub zone: Tz,
    pub holder: Holder,
    pub secret: Secret,
    pub sender: Sender,
    pub bounces: bounces::BounceOptions,
    pub mail_routes: MailRoutes,
    pub encoded: letter::EncodedLetters,
    pub placing: placing::PlacingTurn,
    /// `None`: letters are not signed here.
    pub signer: Option<Arc<Signer>>,
    pub site_url: Url,
    pub house_name: String,
    /// In letters' footers; may be empty.
    pub house_postal: String,
    pub replaceable: RwLock<Replaceable>,
}

impl Newsroom {
    /// The catalogue as it is now.
    pub fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(
            &self
                .replaceable
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .catalogue,
        )
    }

    /// The templates as they are now.
    pub fn templates(&self) -> Arc<Templates> {
        Arc::clone(
            &self
                .replaceable
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .templates,
        )
    }

    /// The digests as they are planned now.
    pub fn digests(&self) -> Arc<Vec<PlannedDigest>> {
        Arc::clone(
            &self
                .replaceable
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .digests,
        )
    }

    /// The public address without a slash at its end.
    pub fn site_base(&self) -> &str {
        self.site_url.as_str().trim_end_matches('/')
    }

    /// The house as its letters name it.
    pub fn letter_site(&self) -> LetterSite {
        LetterSite {
            url: self.site_base().to_owned(),
            name: self.house_name.clone(),
            postal: self.house_postal.clone(),
            zone: self.zone,
        }
    }

    /// Tells the store which sources there are and where each digest begins.
    pub async fn settle_in(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.store
            .sync_sources(&self.catalogue().sources, now)
            .await?;
        for digest in self.digests().iter() {
            self.store
                .set_first_watermark(&digest.plan.name, now - window::FIRST_WINDOW)
                .await?;
        }
        Ok(())
    }
}

/// Everything that can happen to the daemon.
#[derive(Debug)]
pub enum Event {
    /// Time passed.
    Tick,
    /// Somebody waits for a letter.
    MailWanted,
    /// A pass over due sources ended.
    Gathered,
    /// Nothing more is due to be sent.
    Mailed,
    /// SIGHUP.
    Reload,
    /// SIGTERM or SIGINT.
    Stop,
}

/// What the loop is told from outside.
pub struct Signals {
    pub events: mpsc::Receiver<Event>,
    pub mail_wanted: Arc<Notify>,
}

/// Runs until [`Event::Stop`]. `reload` reads config and catalogue again and
/// returns what to replace, or nothing where the new are wrong.
pub async fn run(
    newsroom: Arc<Newsroom>,
    mut signals: Signals,
    mut reload: impl FnMut() -> Option<Replaceable>,
) -> Result<(), StoreError> {
    let (stop, stopped) = watch::channel(false);
    let (done, mut ended) = mpsc::channel(4);
    start_beside(&newsroom, &stopped);
    let mut gathering = false;
    let mut mailing = false;
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let event = tokio::select! {
            biased;
            Some(event) = signals.events.recv() => event,
            Some(event) = ended.recv() => event,
            () = signals.mail_wanted.notified() => Event::MailWanted,
            _ = tick.tick() => Event::Tick,
        };
        match event {
            Event::Tick => {
                rounds::close_due_windows(&newsroom).await;
                if !gathering {
                    gathering = true;
                    tokio::spawn(gather_due(
                        Arc::clone(&newsroom),
                        stopped.clone(),
                        done.clone(),
                    ));
                }
            }
            Event::Gathered => gathering = false,
            Event::Mailed => mailing = false,
            Event::Reload => {
                if let Some(replaceable) = reload() {
                    *newsroom
                        .replaceable
                        .write()
                        .unwrap_or_else(PoisonError::into_inner) = replaceable;
                    if let Err(error) = newsroom.settle_in().await {
                        tracing::error!(%error, "the new catalogue could not be registered; the next reload tries again");
                    }
                }
            }
            Event::Stop => break,
            Event::MailWanted => {}
        }
        if !mailing && matches!(event, Event::Tick | Event::MailWanted) {
            mailing = true;
            tokio::spawn(mail_due(
                Arc::clone(&newsroom),
                stopped.clone(),
                done.clone(),
            ));
        }
    }
    stop.send_replace(true);
    let finish = async {
        while gathering || mailing {
            match ended.recv().await {
                Some(Event::Gathered) => gathering = false,
                Some(Event::Mailed) => mailing = false,
                _ => {}
            }
        }
    };
    if tokio::time::timeout(STOP_WITHIN, finish).await.is_err() {
        tracing::warn!(
            "not everything in flight ended in time; what was claimed is free again when its lease ends"
        );
    }
    Ok(())
}

/// What goes on by itself beside the loop, until it stops.
fn start_beside(newsroom: &Arc<Newsroom>, stopped: &watch::Receiver<bool>) {
    bounces::start(newsroom, stopped);
    push::start(newsroom, stopped);
    reread::start(newsroom, stopped);
}

async fn gather_due(
    newsroom: Arc<Newsroom>,
    stop: watch::Receiver<bool>,
    done: mpsc::Sender<Event>,
) {
    let mut pass = Pass::default();
    match gather::gather(&newsroom, gather::Which::Due, &stop, |visit| {
        pass.add(visit);
    })
    .await
    {
        Ok(_) if pass.is_quiet() => {}
        Ok(visited) => tracing::info!(
            visited,
            new = pass.new,
            revised = pass.revised,
            not_usable = pass.not_usable,
            "gathered; `jarshy sources list` tells of each"
        ),
        Err(error) => tracing::error!(%error, "no source could be claimed"),
    }
    // The loop is gone only when the program ends.
    done.send(Event::Gathered).await.ok();
}

/// What a pass brought: a house with hundreds of sources wants one line.
#[derive(Default)]
struct Pass {
    new: usize,
    revised: usize,
    not_usable: usize,
}

impl Pass {
    /// Nothing new came and nothing is wrong: no line.
    fn is_quiet(&self) -> bool {
        self.new + self.revised + self.not_usable == 0
    }

    fn add(&mut self, visit: &refresh::Refreshed) {
        self.new += visit.new;
        self.revised += visit.revised;
        self.not_usable += usize::from(!visit.alive);
        tracing::debug!(
            source.id = visit.source,
            alive = visit.alive,
            result = visit.result,
            "visited"
        );
    }
}

async fn mail_due(newsroom: Arc<Newsroom>, stop: watch::Receiver<bool>, done: mpsc::Sender<Event>) {
    if let Err(error) = window::queue_confirmations(&newsroom).await {
        tracing::error!(%error, "confirmation letters could not be queued; they are tried again");
    }
    match mail::flush(&newsroom, &stop).await {
        Ok(flushed) if flushed.sent + flushed.deferred + flushed.failed > 0 => {
            let mail::Flushed {
                sent,
                deferred,
                failed,
                doubtful,
                reasons,
                stuck: _,
            } = flushed;
            tracing::info!(sent, deferred, failed, doubtful, "letters");
            for (why, letters) in reasons {
                tracing::warn!(letters, why, "not sent");
            }
        }
        Ok(_) => {}
        Err(error) => tracing::error!(%error, "letters could not be sent; they stay queued"),
    }
    done.send(Event::Mailed).await.ok();
}
