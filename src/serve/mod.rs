//! HTTP: feeds, pages, subscriptions, health.
//!
//! GET changes nothing (design, promise 7) but what a hub asks to know (`websub`)
//! and an anonymous count (`go.rs`): confirming and unsubscribing act on POST
//! only. Deliberately absent: scripts, cookies, sessions, and the access
//! log, which would hold tokens; a proxy in front may keep one.

mod articles;
mod assets;
mod connection;
mod eml;
mod event;
mod feeds;
mod forms;
mod front;
mod go;
mod guard;
mod hooks;
mod limits;
mod openings;
mod outbox;
mod pages;
mod patience;
mod preferences;
mod preferences_form;
mod refusals;
mod search;
mod subscribe;
mod trouble;
mod voice;
mod websub;

use std::collections::HashMap;
use std::future::Future;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use chrono_tz::Tz;
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};
use url::Url;

use crate::clock::Clock;
use crate::model::bounce::{HookSecrets, SoftPolicy};
use crate::model::feed::{FeedName, PublishedFeed};
use crate::model::source::Source;
use crate::model::subscriber::EmailAddress;
use crate::model::token::Secret;
use crate::publish::{Format, Site};
use crate::store::Store;
use crate::template::Templates;

use connection::Bounds;
pub use hooks::Outlet;
pub use limits::{AddressLists, BadNetwork, Network, SubscribeOptions};
use limits::{Limits, Weight};
use openings::Openings;
pub use outbox::is_loopback_host;
use refusals::Refusals;

/// The largest body a form may send.
const BODY_MAX_BYTES: usize = 16 * 1024;
/// Requests answered at once; the next are told to come again.
const REQUESTS_MAX: usize = 1024;

/// What the operator decides about serving.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// The public address of the site.
    pub url: Url,
    /// The house's name.
    pub name: String,
    /// The zone of days and events' times.
    pub zone: Tz,
    /// Letters that were written instead of sent; shown to this machine only.
    pub outbox: Option<PathBuf>,
    /// How often whoever may ask for letters.
    pub subscribe: SubscribeOptions,
    /// What mail providers' webhooks prove themselves with.
    pub hooks: HookSecrets,
    /// When soft bounces told by webhooks add up.
    pub soft_policy: SoftPolicy,
    /// Told when a hub pushed something.
    pub pushed: Arc<Notify>,
    /// Whether openings of digests' links are counted.
    pub link_counts: bool,
}

/// What is read and published: replaced whole when the catalogue is read again.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    pub feeds: Vec<PublishedFeed>,
    /// For outlets' names and what of theirs may be shown in full.
    pub sources: Vec<Source>,
}

impl Catalogue {
    fn feed(&self, name: &str) -> Option<&PublishedFeed> {
        self.feeds.iter().find(|feed| feed.name.as_str() == name)
    }
}

/// Everything a request may need.
pub struct House {
    store: Store,
    secret: Secret,
    clock: Clock,
    options: ServeOptions,
    /// Told when a letter waits to be written.
    mail_wanted: Arc<Notify>,
    templates: RwLock<Arc<Templates>>,
    catalogue: RwLock<Arc<Catalogue>>,
    documents: RwLock<HashMap<(FeedName, Format), Arc<feeds::Rendered>>>,
    room: Semaphore,
    push_room: Semaphore,
    limits: Mutex<Limits>,
    sns: hooks::Sns,
    openings: Mutex<Openings>,
    refusals: Mutex<Refusals>,
}

impl House {
    /// Brings together what serving needs.
    pub fn new(
        store: Store,
        secret: Secret,
        clock: Clock,
        options: ServeOptions,
        mail_wanted: Arc<Notify>,
        templates: Arc<Templates>,
        catalogue: Catalogue,
    ) -> Self {
        Self {
            store,
            secret,
            clock,
            options,
            mail_wanted,
            templates: RwLock::new(templates),
            catalogue: RwLock::new(Arc::new(catalogue)),
            documents: RwLock::default(),
            room: Semaphore::new(REQUESTS_MAX),
            push_room: Semaphore::new(websub::PUSHES_MAX),
            limits: Mutex::default(),
            sns: hooks::Sns::default(),
            openings: Mutex::default(),
            refusals: Mutex::default(),
        }
    }

    /// With a way out for webhooks whose sender must be asked for its certificate.
    #[must_use]
    pub fn with_outlet(mut self, outlet: Arc<dyn Outlet>) -> Self {
        self.sns = hooks::Sns::with(outlet);
        self
    }

    /// Swaps templates and catalogue; requests under way finish with the old ones.
    pub fn replace(&self, templates: Arc<Templates>, catalogue: Catalogue) {
        *self
            .templates
            .write()
            .unwrap_or_else(PoisonError::into_inner) = templates;
        *self
            .catalogue
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(catalogue);
        self.documents
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    fn templates(&self) -> Arc<Templates> {
        Arc::clone(
            &self
                .templates
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(
            &self
                .catalogue
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// Whether somebody may ask for letters to `address` just now.
    fn admit(
        &self,
        peer: Option<&outbox::Peer>,
        headers: &HeaderMap,
        address: &EmailAddress,
        weight: Weight,
    ) -> Result<(), trouble::Trouble> {
        let options = &self.options.subscribe;
        let peer = peer.map(|peer| peer.0.ip());
        let client = limits::client(peer, headers, &options.trusted_proxies);
        self.limits
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .admit(options, client, address, weight, self.clock.now())
            .map_err(trouble::Trouble::too_many)
    }

    fn site(&self) -> Site {
        Site {
            url: self.options.url.clone(),
            name: self.options.name.clone(),
            zone: self.options.zone,
        }
    }

    fn today(&self) -> chrono::NaiveDate {
        self.clock
            .now()
            .with_timezone(&self.options.zone)
            .date_naive()
    }
}

/// Every address of the site.
pub fn router(house: Arc<House>) -> Router {
    Router::new()
        .route("/", get(pages::home))
        .route("/feeds", get(pages::feeds))
        .route("/feeds.opml", get(feeds::opml))
        .route("/feeds/{file}", get(feeds::document))
        .route("/search", get(search::search))
        .route("/article/{id}", get(articles::article))
        .route("/event/{file}", get(event::calendar))
        .route(
            "/subscribe",
            get(subscribe::form).post(subscribe::subscribe),
        )
        .route(
            "/confirm",
            get(subscribe::ask_confirm).post(subscribe::confirm),
        )
        .route(
            "/unsubscribe",
            get(subscribe::ask_unsubscribe).post(subscribe::unsubscribe),
        )
        .route(
            "/preferences",
            get(preferences::show).post(preferences::change),
        )
        .route("/preferences/data", get(preferences::data))
        .route(
            "/hooks/{provider}",
            post(hooks::hook).layer(DefaultBodyLimit::max(hooks::BODY_MAX_BYTES)),
        )
        .route(
            "/websub/{id}",
            get(websub::verify)
                .post(websub::receive)
                .layer(DefaultBodyLimit::max(websub::BODY_MAX_BYTES)),
        )
        .route("/go/{short}", get(go::go))
        .route("/outbox", get(outbox::list))
        .route("/outbox/{file}", get(outbox::letter))
        .route("/health", get(assets::health))
        .route("/style.css", get(assets::style))
        .route("/favicon.svg", get(assets::favicon))
        .route("/robots.txt", get(assets::robots))
        .fallback(guard::not_found)
        .method_not_allowed_fallback(guard::not_allowed)
        .layer(DefaultBodyLimit::max(BODY_MAX_BYTES))
        .layer(axum::middleware::from_fn_with_state(
            Arc::clone(&house),
            guard::around,
        ))
        .with_state(house)
}

/// Serves until `stop` resolves, then finishes what is under way.
pub async fn run(
    listener: TcpListener,
    house: Arc<House>,
    stop: impl Future<Output = ()> + Send + 'static,
) {
    let router = router(Arc::clone(&house));
    let proxies = house.options.subscribe.trusted_proxies.clone();
    let bounds = Bounds {
        free: Box::new(move |peer| is_this_house(peer, &proxies)),
        ..Bounds::default()
    };
    let serving = connection::accept(listener, router, bounds, stop);
    tokio::select! {
        () = serving => {}
        () = go::keep_counting(&house) => {}
        () = refusals::keep_telling(&house) => {}
    }
    go::count(&house, true).await;
}

/// This machine, and proxies that are known as such: everybody behind one has its
/// address, so it is not one client.
fn is_this_house(peer: IpAddr, proxies: &[Network]) -> bool {
    let peer = peer.to_canonical();
    peer.is_loopback() || proxies.iter().any(|network| network.contains(peer))
}

#[cfg(test)]
mod tests;
