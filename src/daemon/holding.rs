//! Claims on sources while work goes on: kept when it takes long, given back when
//! nothing of it is recorded.

use std::pin::pin;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::Either;

use crate::model::source::{Source, SourceId, SourceState};
use crate::store::StoreError;

use super::Newsroom;

/// How long a claim on a source holds unless it is kept: what a killed process
/// had claimed is free again after it.
pub(super) const SOURCE_LEASE: TimeDelta = TimeDelta::minutes(5);
/// How often a visit that takes long keeps its claim.
const KEEP_EVERY: Duration = Duration::from_mins(1);

/// Claims a source for `work`, which gives it back by recording something; the
/// claim is given back where it does not. `None`: somebody else has it now.
pub(super) async fn hold<T, F: Future<Output = Result<T, StoreError>>>(
    newsroom: &Newsroom,
    source: &Source,
    work: impl FnOnce(SourceState) -> F,
) -> Result<Option<T>, StoreError> {
    let (now, holder) = (newsroom.clock.now(), &newsroom.holder);
    let claimed = newsroom
        .store
        .claim_source(&source.id, now, holder, SOURCE_LEASE)
        .await?;
    match claimed {
        Some(state) => held(newsroom, source, Box::pin(work(state)))
            .await
            .map(Some),
        None => Ok(None),
    }
}

/// Work on a claimed source. A document of tens of thousands of entries outlasts
/// a claim, which is therefore kept meanwhile.
pub(super) async fn held<T>(
    newsroom: &Newsroom,
    source: &Source,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let done = beside(work, KEEP_EVERY, || async {
        Box::pin(keep(newsroom, &source.id)).await;
    })
    .await;
    if done.is_err() {
        Box::pin(release(newsroom, &source.id)).await;
    }
    done
}

/// `work`, and `keep` every so often until it is done. Both go on together: the
/// work may hold the one connection `keep` waits for.
async fn beside<T, K: Future<Output = ()>>(
    work: impl Future<Output = T>,
    every: Duration,
    keep: impl Fn() -> K,
) -> T {
    let keeping = async {
        loop {
            tokio::time::sleep(every).await;
            keep().await;
        }
    };
    match futures_util::future::select(pin!(work), pin!(keeping)).await {
        Either::Left((done, _)) | Either::Right((done, _)) => done,
    }
}

/// Whether the claim is still ours. One that is lost during a visit is noticed by
/// the visit's own transaction.
pub(super) async fn keep(newsroom: &Newsroom, source: &SourceId) -> bool {
    let until = newsroom.clock.now() + SOURCE_LEASE;
    let kept = newsroom
        .store
        .keep_source(source, &newsroom.holder, until)
        .await;
    kept.unwrap_or_else(|error| {
        tracing::warn!(source.id = %source, %error, "a claim could not be kept");
        true
    })
}

/// Gives a claim back that nothing was recorded under.
pub(super) async fn release(newsroom: &Newsroom, source: &SourceId) {
    if let Err(error) = newsroom
        .store
        .release_source(source, &newsroom.holder)
        .await
    {
        tracing::error!(source.id = %source, %error, "a claim could not be given back; it expires by itself");
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::Mutex;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn work_that_holds_what_keeping_needs_goes_on() {
        let connection = Mutex::new(0);
        let work = async {
            tokio::time::sleep(Duration::from_secs(59)).await;
            let mut held = connection.lock().await;
            tokio::time::sleep(Duration::from_secs(5)).await;
            *held += 1;
        };
        let keep = || async { *connection.lock().await += 10 };
        beside(work, Duration::from_mins(1), keep).await;
        assert_eq!(*connection.lock().await, 1);
    }
}
