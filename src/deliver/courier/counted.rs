//! How many connections to a server are open.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Connections open now.
#[derive(Debug, Default)]
pub(super) struct Live(Arc<AtomicUsize>);

/// Counts a connection for as long as it lives.
#[derive(Debug)]
pub(super) struct Counted(Arc<AtomicUsize>);

impl Live {
    pub(super) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    /// One more.
    pub(super) fn one(&self) -> Counted {
        self.0.fetch_add(1, Ordering::SeqCst);
        Counted(Arc::clone(&self.0))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
