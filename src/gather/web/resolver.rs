//! Names to addresses, with private ones taken out. The connection is made to
//! exactly the addresses judged here: a second look-up that answers otherwise
//! (DNS rebinding) cannot slip in between.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::guard::{Guard, Refusal};

/// Addresses of one name that are tried.
const ADDRESSES_MAX: usize = 16;

/// Asks somebody what addresses a name has.
pub(super) type LookUp = Arc<dyn Fn(String) -> Found + Send + Sync>;
/// What that somebody says.
pub(super) type Found = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// The machine's own way to look names up.
pub(super) fn system() -> LookUp {
    Arc::new(|name| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    })
}

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

/// A look-up behind the guard.
pub(super) struct GuardedResolver {
    look_up: LookUp,
    guard: Arc<Guard>,
}

impl GuardedResolver {
    pub(super) fn new(look_up: LookUp, guard: Arc<Guard>) -> Self {
        Self { look_up, guard }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Arc::clone(&self.guard);
        let name = name.as_str().to_owned();
        let looking = (self.look_up)(name.clone());
        Box::pin(async move {
            let found = looking.await.map_err(|error| NameError::Unknown {
                name: name.clone(),
                error,
            })?;
            let mut refused = None;
            let mut allowed = Vec::new();
            for address in found.into_iter().take(ADDRESSES_MAX) {
                match guard.check_address(address) {
                    // Port 0: the client puts in the one it needs.
                    Ok(()) => allowed.push(SocketAddr::new(address, 0)),
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
