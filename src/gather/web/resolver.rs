//! Names to addresses, with private ones taken out. The connection is made to
//! exactly the addresses judged here: a second look-up that answers otherwise
//! (DNS rebinding) cannot slip in between.

use std::io;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::guard::{Guard, Refusal};

/// Why a name leads nowhere.
#[derive(Debug, thiserror::Error)]
pub(super) enum NameError {
    #[error("the name {name} does not resolve: {error}")]
    Unknown { name: String, error: io::Error },
    #[error("the name {name} has no address")]
    NoAddress { name: String },
    #[error("not asked: the name {name} leads to a private address: {refusal}")]
    Refused { name: String, refusal: Refusal },
}

/// The system's resolver behind the guard.
pub(super) struct GuardedResolver {
    guard: Arc<Guard>,
}

impl GuardedResolver {
    pub(super) fn new(guard: Arc<Guard>) -> Self {
        Self { guard }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Arc::clone(&self.guard);
        let name = name.as_str().to_owned();
        Box::pin(async move {
            // Port 0: the client puts in the one it needs.
            let found = tokio::net::lookup_host((name.as_str(), 0))
                .await
                .map_err(|error| NameError::Unknown {
                    name: name.clone(),
                    error,
                })?;
            let mut refused = None;
            let mut allowed = Vec::new();
            for address in found {
                match guard.check_address(address.ip()) {
                    Ok(()) => allowed.push(address),
                    Err(refusal) => refused = Some(refusal),
                }
            }
            match (allowed.is_empty(), refused) {
                (false, _) => Ok(Box::new(allowed.into_iter()) as Addrs),
                (true, Some(refusal)) => Err(NameError::Refused { name, refusal }.into()),
                (true, None) => Err(NameError::NoAddress { name }.into()),
            }
        })
    }
}
