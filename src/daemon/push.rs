//! Hubs that push (WebSub): they are asked, their pushes are read, and a visit
//! learns from them how soon to come again.
//!
//! The hub's own questions and its pushes come in through `serve::websub`, which
//! only writes them down. Every step is safe to repeat: a push that was read and
//! not put away is read again, and brings nothing new.

mod asking;
mod reading;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use url::Url;

use super::Newsroom;
use crate::catalog::Catalogue;
use crate::model::push::PUSH_RANDOM_BYTES;
use crate::store::StoreError;

/// How often it is looked whether a hub is to be asked, or another process of
/// the house took a push in.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What being pushed to needs; by default nobody is asked to.
#[derive(Clone)]
pub struct PushOptions {
    /// The public address hubs reach the house at; `None`: there is none, or the
    /// operator wants no pushes.
    pub base: Option<Url>,
    /// Bytes nobody can guess, from the system; `None`: it gives none now.
    pub random: fn() -> Option<[u8; PUSH_RANDOM_BYTES]>,
    /// Told when a push came in.
    pub wanted: Arc<Notify>,
}

impl Default for PushOptions {
    fn default() -> Self {
        Self {
            base: None,
            random: || None,
            wanted: Arc::default(),
        }
    }
}

impl fmt::Debug for PushOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushOptions")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

/// Asks hubs and reads what they push until `stop` turns true. Nobody waits for
/// it to end: what is cut short is done again.
pub fn start(newsroom: &Arc<Newsroom>, stop: &watch::Receiver<bool>) {
    let (newsroom, stop) = (Arc::clone(newsroom), stop.clone());
    tokio::spawn(async move {
        // A store that does not answer now may have something to do later.
        if !is_idle(&newsroom).await.unwrap_or(false) {
            tokio::join!(
                keep_asking(Arc::clone(&newsroom), stop.clone()),
                keep_reading(newsroom, stop)
            );
        }
    });
}

/// Whether there is nothing to do, and will be nothing until the next start: no
/// hub may push, and none has to be told so.
async fn is_idle(newsroom: &Newsroom) -> Result<bool, StoreError> {
    Ok(newsroom.push.base.is_none()
        && newsroom.store.pushes().await?.is_empty()
        && newsroom.store.waiting_pushes(1).await?.is_empty())
}

/// One round of everything: hubs asked, pushes read.
pub async fn round(
    newsroom: &Arc<Newsroom>,
    stop: &watch::Receiver<bool>,
) -> Result<(), StoreError> {
    asking::end_unwanted(newsroom, &newsroom.catalogue()).await?;
    asking::ask_due(newsroom).await?;
    reading::read_waiting(newsroom, stop).await
}

async fn keep_asking(newsroom: Arc<Newsroom>, mut stop: watch::Receiver<bool>) {
    let mut looked_at: Option<Arc<Catalogue>> = None;
    while !*stop.borrow() {
        let catalogue = newsroom.catalogue();
        let is_known = looked_at
            .as_ref()
            .is_some_and(|before| Arc::ptr_eq(before, &catalogue));
        let asked = async {
            if !is_known {
                asking::end_unwanted(&newsroom, &catalogue).await?;
            }
            asking::ask_due(&newsroom).await
        };
        match asked.await {
            Ok(()) => looked_at = Some(catalogue),
            Err(error) => {
                tracing::error!(%error, "hubs could not be asked; they are asked later");
            }
        }
        // The sender is gone only when the program ends.
        tokio::time::timeout(LOOK_EVERY, stop.changed()).await.ok();
    }
}

async fn keep_reading(newsroom: Arc<Newsroom>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        if let Err(error) = reading::read_waiting(&newsroom, &stop).await {
            tracing::error!(%error, "what hubs pushed could not be read; it is kept");
        }
        tokio::select! {
            () = newsroom.push.wanted.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
            _ = stop.changed() => {}
        }
    }
}
