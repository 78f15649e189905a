//! Work that takes the processor for long (a document read, its texts understood)
//! is done beside the threads that serve pages and hear the order to stop, and no
//! more of it at once than there are processors.

use std::panic::resume_unwind;
use std::sync::LazyLock;
use std::thread::available_parallelism;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Semaphore;

/// What is smaller is done at once where it came up: handing it over would cost more.
const BYTES_MIN: usize = 16 * 1024;

/// Several houses in one process (in tests) have one machine, too.
static PLACES: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, usize::from)));

/// Whether so many bytes are done with sooner than handed over.
pub(super) const fn is_light(bytes: usize) -> bool {
    bytes < BYTES_MIN
}

/// Does `work` on what is so many bytes. Whoever waits for it keeps no other waiting;
/// a panic in it is the caller's.
pub(super) async fn aside<T: Send + 'static>(
    bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> T {
    if is_light(bytes) {
        return work();
    }
    // Nobody closes it: without a place the work is done all the same.
    let place = PLACES.acquire().await.ok();
    let work = move || {
        // Taken along: the work goes on when nobody waits for it any more.
        let _place = place;
        work()
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(broken) => match broken.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            // The program ends, and whoever waits with it.
            Err(_) => std::future::pending().await,
        },
    }
}

/// The same where it came up, for callers who cannot wait: the threads' other tasks
/// are taken over by another, where there is one.
pub(super) fn in_place<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::sync::mpsc;
    use std::thread;

    /// On one thread all that waits for it would stand still with the work.
    #[tokio::test]
    async fn others_go_on_meanwhile() {
        let (go_on, wait) = mpsc::channel();
        let here = thread::current().id();
        let work = aside(BYTES_MIN, move || {
            wait.recv().expect("told to go on");
            thread::current().id()
        });
        let others = async { go_on.send(()).expect("somebody waits") };
        let (there, ()) = tokio::join!(work, others);
        assert_ne!(there, here);
        assert_eq!(aside(BYTES_MIN - 1, || thread::current().id()).await, here);
    }

    #[tokio::test]
    async fn no_more_at_once_than_there_are_processors() {
        let places = PLACES.available_permits();
        let left = aside(BYTES_MIN, || PLACES.available_permits()).await;
        assert!(left < available_parallelism().map_or(1, usize::from));
        assert!(places > 0);
    }
}
