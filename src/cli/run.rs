//! `jarshy run`: gather, serve and mail until told to stop.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Notify, mpsc, watch};
use tracing_subscriber::EnvFilter;

use super::house::{self, Furnishing, any_error};
use super::outlet::WayOut;
use super::output::{Failure, complain_all, say};
use crate::config::{Config, LogFormat};
use crate::daemon::intake::Desk;
use crate::daemon::{self, Event, Newsroom, Replaceable, Signals};
use crate::deliver::bounce::intake::{self, Door};
use crate::model::count::counted;
use crate::model::sending::{DomainLimits, RelayPlan, SendWindow, WarmUp};
use crate::serve::{self, Catalogue, House, ServeOptions};

/// How long requests may still take when everything else has stopped.
const LAST_REQUESTS: Duration = Duration::from_millis(500);

/// Runs the daemon and its site until SIGTERM or SIGINT.
pub async fn run(path: &Path) -> Result<(), Failure> {
    let config = house::load_config(path)?;
    start_logging(&config)?;
    complain_all(&config.warnings);
    let newsroom = house::open_with(&config).await?;
    let listener = TcpListener::bind(config.listen).await.map_err(|error| {
        Failure::work(format!(
            "{} cannot be listened on ({error}); is another Jarshy running? Set serve.listen, or JARSHY__SERVE__LISTEN=127.0.0.1:8081",
            config.listen
        ))
    })?;
    let mail_wanted = Arc::new(Notify::new());
    let site = Arc::new(site(&config, &newsroom, &mail_wanted)?);
    welcome(&config, &newsroom)?;

    let (stop, stopped) = watch::channel(());
    take_reports_in(&config, &newsroom, stopped.clone()).await?;
    let serving = tokio::spawn(serve::run(listener, Arc::clone(&site), async move {
        let mut stopped = stopped;
        stopped.changed().await.ok();
    }));
    let (events, received) = mpsc::channel(8);
    listen_for_signals(events, stop)?;
    let reload_path = path.to_owned();
    let reloaded = (Arc::clone(&site), Arc::clone(&newsroom));
    let mut sending = Sending::of(&config);
    daemon::run(
        Arc::clone(&newsroom),
        Signals {
            events: received,
            mail_wanted,
        },
        move || reload(&reload_path, &reloaded.0, &reloaded.1, &mut sending),
    )
    .await
    .map_err(Failure::work)?;
    // Told to stop when the daemon was: requests had all that time to finish.
    tokio::time::timeout(LAST_REQUESTS, serving).await.ok();
    Ok(())
}

fn start_logging(config: &Config) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(&config.log_filter).map_err(|why| {
        Failure::complaints(&[config.file.complain("log.filter", why.to_string())])
    })?;
    let logging = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // Told on standard error, what could not be written there would be a panic:
        // logs in a file end where its disk is full.
        .log_internal_errors(false)
        .with_ansi(std::io::stderr().is_terminal());
    match config.log_format {
        LogFormat::Text => logging.with_target(false).try_init(),
        LogFormat::Json => logging.json().try_init(),
    }
    .map_err(Failure::work)
}

fn site(config: &Config, newsroom: &Newsroom, mail_wanted: &Arc<Notify>) -> Result<House, Failure> {
    let options = ServeOptions {
        url: config.site_url.clone(),
        name: config.house_name.clone(),
        zone: config.zone,
        outbox: config.relays.is_empty().then(|| config.outbox.clone()),
        subscribe: house::subscribe_options(config)?,
        hooks: config.hooks.clone(),
        soft_policy: config.soft_policy,
        pushed: Arc::clone(&newsroom.push.wanted),
        link_counts: config.link_counts,
    };
    let house = House::new(
        newsroom.store.clone(),
        newsroom.secret.clone(),
        newsroom.clock.clone(),
        options,
        Arc::clone(mail_wanted),
        newsroom.templates(),
        shown(&newsroom.catalogue()),
    );
    // Only Amazon has to be asked for what it signs with.
    Ok(match config.hooks.ses {
        Some(_) => house.with_outlet(Arc::new(WayOut::open(config)?)),
        None => house,
    })
}

/// Opens the door where mail servers hand reports in, if there is one.
async fn take_reports_in(
    config: &Config,
    newsroom: &Arc<Newsroom>,
    mut stopped: watch::Receiver<()>,
) -> Result<(), Failure> {
    let Some(at) = &config.bounce_places.listen else {
        return Ok(());
    };
    let door = Door::open(at).await.map_err(|error| {
        Failure::work(format!(
            "{at} cannot be listened on ({error}); set mail.bounces.listen to another"
        ))
    })?;
    let host = newsroom.mail_routes.bounce_domain.clone();
    let host = host.unwrap_or_else(|| newsroom.sender.domain.clone());
    let desk = Arc::new(Desk(Arc::clone(newsroom)));
    tokio::spawn(intake::serve(door, desk, host, async move {
        stopped.changed().await.ok();
    }));
    Ok(())
}

/// The part of the catalogue that pages and feeds need.
fn shown(catalogue: &crate::catalog::Catalogue) -> Catalogue {
    Catalogue {
        feeds: catalogue.feeds.clone(),
        sources: catalogue.sources.clone(),
    }
}

/// What it did and where to look, in a few lines.
fn welcome(config: &Config, newsroom: &Newsroom) -> Result<(), Failure> {
    let catalogue = newsroom.catalogue();
    let enabled = catalogue
        .sources
        .iter()
        .filter(|source| source.enabled)
        .count();
    say(&format!(
        "Jarshy {} reads {} and publishes {}.",
        env!("CARGO_PKG_VERSION"),
        counted(enabled, "source"),
        counted(catalogue.feeds.len(), "feed")
    ))?;
    say(&format!("  the page    {}", config.site_url))?;
    match config.relays.len() {
        1 => say("  letters     go to the mail server of the config")?,
        2.. => say("  letters     go to the mail servers of the config")?,
        0 if !serve::is_loopback_host(&config.site_url) => say(&format!(
            "  letters     are written to {} and not sent; to send them set mail.smtp",
            config.outbox.display()
        ))?,
        0 => say(&format!(
            "  letters     are written to {} and shown at {}/outbox",
            config.outbox.display(),
            newsroom.site_base()
        ))?,
    }
    say("  a digest    closes by its timetable, or now: jarshy digest close")?;
    say("  to stop     Ctrl-C; to read config and catalogue again: SIGHUP")
}

fn listen_for_signals(events: mpsc::Sender<Event>, stop: watch::Sender<()>) -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::work)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::work)?;
    let mut hangup = signal(SignalKind::hangup()).map_err(Failure::work)?;
    tokio::spawn(async move {
        loop {
            let event = tokio::select! {
                _ = terminate.recv() => Event::Stop,
                _ = interrupt.recv() => Event::Stop,
                _ = hangup.recv() => Event::Reload,
            };
            if matches!(event, Event::Stop) {
                stop.send_replace(());
            }
            if events.send(event).await.is_err() {
                break;
            }
        }
    });
    Ok(())
}

/// What the config says of how letters leave.
#[derive(PartialEq)]
struct Sending {
    relays: Vec<RelayPlan>,
    outbox: PathBuf,
    limits: DomainLimits,
    hours: Option<SendWindow>,
    warm_up: Option<WarmUp>,
}

impl Sending {
    fn of(config: &Config) -> Self {
        Self {
            relays: config.relays.clone(),
            outbox: config.outbox.clone(),
            limits: config.domain_limits.clone(),
            hours: config.sending_hours,
            warm_up: config.warm_up,
        }
    }
}

/// Reads config, catalogue and templates again; the old ones stay where the
/// new are wrong. What was decided at the start (addresses, store, keys) changes
/// only with a restart, and the log says so. Where letters leave changes with the
/// next of them, and keeps its pace where nothing of it was changed.
fn reload(
    path: &Path,
    site: &House,
    newsroom: &Newsroom,
    sending: &mut Sending,
) -> Option<Replaceable> {
    let config = match house::load_config(path) {
        Ok(config) => config,
        Err(failure) => {
            for line in failure.lines() {
                tracing::error!("{line}");
            }
            tracing::error!("the old config stays");
            return None;
        }
    };
    let mut furnishing = Furnishing::read(&config);
    furnishing.prove_templates();
    complain_all(&furnishing.complaints);
    if any_error(&furnishing.complaints) {
        tracing::error!("the old catalogue and templates stay");
        return None;
    }
    let wanted = Sending::of(&config);
    if wanted != *sending {
        match house::post_room(&config) {
            Ok(post) => newsroom.post.refurnish(&post),
            Err(failure) => {
                for line in failure.lines() {
                    tracing::error!("{line}");
                }
                tracing::error!("the old config stays");
                return None;
            }
        }
        *sending = wanted;
        tracing::info!("letters leave as [mail] says now");
    }
    let replaceable = furnishing.replaceable().ok()?;
    site.replace(
        Arc::clone(&replaceable.templates),
        shown(&replaceable.catalogue),
    );
    tracing::info!(
        "config, catalogue and templates were read again; changes of [store], [gather], [serve], [hooks] and [log], and of addresses, keys and bounces in [mail], wait for a restart"
    );
    Some(replaceable)
}
