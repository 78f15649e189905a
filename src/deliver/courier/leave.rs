//! Word that a letter may go. The envelope travels while it is waited for; the
//! first byte of the letter itself does not leave without it.

use tokio::sync::oneshot;

/// Whether a letter may leave.
#[derive(Debug)]
pub enum Leave {
    Given,
    Refused,
    /// Dropped without a word: refused.
    Awaited(oneshot::Receiver<bool>),
}

impl Leave {
    /// Waits for the word where need be.
    pub async fn is_given(&mut self) -> bool {
        if let Self::Awaited(word) = self {
            *self = match word.await {
                Ok(true) => Self::Given,
                Ok(false) | Err(_) => Self::Refused,
            };
        }
        matches!(self, Self::Given)
    }
}
