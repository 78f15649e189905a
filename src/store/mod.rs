//! One port, two engines: what the house remembers, in SQLite or PostgreSQL.
//!
//! SQL is written once and runs on both; what differs stands in `dialect.rs`.
//! Every statement works on a batch, because on SQLite each costs a thread hop.
//! Whatever must hold together is one transaction: articles with the validators
//! that vouch for them, a digest with its letters and deliveries.
//!
//! Deliberately absent: decisions. The store claims, records and finds; what is
//! new, alike, due again or worth sending is said by the stages.

mod article_rows;
mod articles;
mod candidates;
mod claims;
mod corrections;
mod deliveries;
mod dialect;
mod digests;
mod error;
mod events;
mod filter;
mod full_texts;
mod health;
mod history;
mod house;
mod imports;
mod labels;
mod leases;
mod leaving;
mod links;
mod mailings;
mod memory;
mod moves;
mod open;
mod pace;
mod pauses;
mod preferences;
mod profiles;
mod progress;
mod publish;
mod pushed;
mod pushes;
mod readings;
mod reported;
mod reports;
mod rounds;
mod rows;
mod search;
mod session;
mod sources;
mod subscriber_list;
mod subscribers;
mod suppression;
mod tellings;
mod told_events;
mod visit;
mod visited;
mod writable;

#[cfg(test)]
mod contract;

pub use candidates::Likened;
pub use deliveries::{Finished, Ledgered};
pub use digests::{Closed, Closing, ClosingGroup};
pub use error::StoreError;
pub use full_texts::AwaitsText;
pub use imports::{Import, ImportCounts};
pub use leaving::Unsubscribed;
pub use links::{LinkCount, LinkTarget};
pub use mailings::Mailed;
pub use preferences::{Changed, LetterKnown};
pub use progress::{DigestProgress, DomainProgress, Tally};
pub use pushed::{Push, Pushed};
pub use readings::Passed;
pub use reports::{Recorded, ReportCounts};
pub use rounds::Group;
pub use search::{ArticleSearch, FOUND_MAX, Found};
pub use subscriber_list::Search;
pub use subscribers::{Confirmed, PendingRequest, Requested};
pub use suppression::{Suppressed, Suppression};
pub use visit::ReadyVisit;
pub use visited::{Visit, VisitRecord, VisitedArticle};

/// The store; clones share their connections.
#[derive(Debug, Clone)]
pub struct Store {
    pools: session::Pools,
}
