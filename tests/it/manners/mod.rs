//! Are we a good guest? A server plays what servers do, row by row of the table
//! in ARCHITECTURE.md, and the whole program from claim to transaction visits
//! it, on a clock that moves when told.

mod full_text;
mod health;
mod rows;
mod sameness;
pub mod server;
mod sitemaps;
mod stage;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use jarshy::clock::Clock;
use jarshy::daemon::Newsroom;
use jarshy::daemon::gather::{Which, gather};
use jarshy::daemon::refresh::Refreshed;
use jarshy::gather::web::{Web, WebOptions};
use jarshy::model::source::{SourceId, SourceState};
use tokio::sync::watch;

use crate::world::World;
use server::Server;

/// The house, its clock, and the server it visits.
struct House {
    world: World,
    server: Server,
    newsroom: Arc<Newsroom>,
    clock: Clock,
}

impl House {
    /// With these sources: name, kind, path, further lines.
    async fn open(sources: &[(&str, &str, &str, &str)]) -> Self {
        let world = World::new(None);
        let server = Server::start();
        let entry = |(name, kind, path, more): &(&str, &str, &str, &str)| {
            let url = server.url(path);
            format!(
                "[[source]]\nid = \"{name}\"\nname = \"{name}\"\nkind = \"{kind}\"\n\
                 url = \"{url}\"\nevery = \"30m\"\n{more}\n"
            )
        };
        let toml = sources.iter().map(entry).collect::<Vec<_>>().concat();
        world.write("feeds/sources/test.toml", &toml);
        let clock = Clock::fixed(Clock::System.now() + TimeDelta::minutes(1));
        let newsroom = world.newsroom(&clock).await;
        Self {
            world,
            server,
            newsroom,
            clock,
        }
    }

    /// One feed at `/feed`, asked every half hour.
    async fn with_a_feed() -> Self {
        Self::open(&[("outlet", "feed", "/feed", "")]).await
    }

    /// The program ends and is started again.
    async fn restart(self) -> Self {
        let Self {
            world,
            server,
            newsroom,
            clock,
        } = self;
        drop(newsroom);
        let newsroom = world.newsroom(&clock).await;
        Self {
            world,
            server,
            newsroom,
            clock,
        }
    }

    fn change(&mut self, change: impl FnOnce(&mut Newsroom)) {
        change(Arc::get_mut(&mut self.newsroom).expect("nobody else has it"));
    }

    /// Asks what is due now.
    async fn pass(&self) -> Vec<Refreshed> {
        let (_keep, stop) = watch::channel(false);
        let mut visits = Vec::new();
        gather(&self.newsroom, Which::Due, &stop, |visit| {
            visits.push(visit.clone());
        })
        .await
        .expect("the store works");
        visits
    }

    /// Waits until the source is due, asks it, and gives what came.
    async fn visit(&self, name: &str) -> Refreshed {
        let due = self.state(name).await.next_visit;
        self.clock
            .advance((due - self.clock.now()).max(TimeDelta::zero()));
        let visits = self.pass().await;
        let found = visits.into_iter().find(|visit| visit.source == name);
        found.unwrap_or_else(|| panic!("{name} was not asked"))
    }

    async fn state(&self, name: &str) -> SourceState {
        let id = SourceId::from_stored(name);
        let state = self.newsroom.store.source_state(&id).await;
        state.expect("the store works").expect("registered")
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}

/// A web that gives up sooner.
fn impatient() -> Web {
    let options = WebOptions {
        allow_private: vec!["127.0.0.1/32".parse().expect("a block")],
        pause: std::time::Duration::ZERO,
        total_timeout: std::time::Duration::from_millis(300),
        ..WebOptions::default()
    };
    Web::new(options).expect("the client can be set up")
}
