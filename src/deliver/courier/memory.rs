//! Letters kept in memory: for tests of everything above.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::deliver::message::Message;

/// Holds what was delivered. Clones see the same letters.
#[derive(Debug, Clone, Default)]
pub struct Pigeonhole(Arc<Mutex<Vec<Message>>>);

impl Pigeonhole {
    /// What has been delivered so far, in order; a second copy stays a second one.
    pub fn messages(&self) -> Vec<Message> {
        self.lock().clone()
    }

    pub(super) fn put(&self, message: &Message) {
        self.lock().push(message.clone());
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Message>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
