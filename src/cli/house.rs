//! From the config to an open house: every command that works on the store
//! begins here.

use std::path::Path;
use std::sync::{Arc, RwLock};

use super::output::{Failure, complain_all};
use crate::catalog::{self, Catalogue};
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::daemon::timetable::Timetable;
use crate::daemon::{Newsroom, PlannedDigest, Replaceable};
use crate::deliver::courier::{Courier, DeliverOptions, Destination};
use crate::deliver::message::Sender;
use crate::gather::plan::PlanOptions;
use crate::gather::web::{Cidr, Web, WebOptions};
use crate::model::complaint::{Complaint, Severity};
use crate::model::delivery::Holder;
use crate::model::id::hex;
use crate::model::token::{SECRET_BYTES, Secret};
use crate::store::Store;
use crate::template::Templates;

/// Where a first run looks beside the default config: what ships is compiled
/// in, so the program also starts outside its own checkout.
pub fn load_config(path: &Path) -> Result<Config, Failure> {
    config::load(path, std::env::vars()).map_err(|complaints| Failure::complaints(&complaints))
}

/// What the files say: catalogue, templates, digests; and all that is wrong in them.
pub struct Furnishing {
    pub catalogue: Catalogue,
    pub templates: Option<Templates>,
    pub digests: Vec<PlannedDigest>,
    pub complaints: Vec<Complaint>,
}

impl Furnishing {
    /// Reads everything the config points to.
    pub fn read(config: &Config) -> Self {
        let (catalogue, mut complaints) = catalog::read(&config.catalog_dir);
        let templates = match Templates::load(config.templates_dir.as_deref()) {
            Ok(templates) => Some(templates),
            Err(wrong) => {
                complaints.extend(wrong);
                None
            }
        };
        let mut digests = Vec::new();
        for (index, plan) in config.digests.iter().enumerate() {
            for (at, feed) in plan.feeds.iter().enumerate() {
                if !catalogue.feeds.iter().any(|known| known.name == *feed) {
                    let key = format!("digest.{index}.feeds.{at}");
                    let message = format!("no published feed is named `{feed}`");
                    complaints.push(config.file.complain(&key, message));
                }
            }
            match plan.timetable.parse::<Timetable>() {
                Ok(timetable) => digests.push(PlannedDigest {
                    plan: plan.clone(),
                    timetable,
                }),
                Err(why) => complaints.push(
                    config
                        .file
                        .complain(&format!("digest.{index}.timetable"), why.to_string()),
                ),
            }
        }
        Self {
            catalogue,
            templates,
            digests,
            complaints,
        }
    }

    /// What the daemon works with; wrong entries are left out, but nothing
    /// works without templates.
    pub fn replaceable(self) -> Result<Replaceable, Vec<Complaint>> {
        match self.templates {
            Some(templates) => Ok(Replaceable {
                catalogue: Arc::new(self.catalogue),
                templates: Arc::new(templates),
                digests: Arc::new(self.digests),
            }),
            None => Err(self.complaints),
        }
    }
}

/// Opens the store and everything else that gathers, publishes and mails.
pub async fn open(path: &Path) -> Result<Arc<Newsroom>, Failure> {
    let config = load_config(path)?;
    open_with(&config).await
}

/// The same with a config already loaded.
pub async fn open_with(config: &Config) -> Result<Arc<Newsroom>, Failure> {
    let furnishing = Furnishing::read(config);
    complain_all(&furnishing.complaints);
    let replaceable = furnishing
        .replaceable()
        .map_err(|_| Failure::call("error: the templates are wrong, see above"))?;
    let web = Web::new(web_options(config)?).map_err(Failure::work)?;
    let courier = Courier::open(deliver_options(config)?).map_err(Failure::work)?;
    let store = Store::open(&config.store_url)
        .await
        .map_err(Failure::work)?;
    let secret = store.house_secret(random()?).await.map_err(Failure::work)?;
    let newsroom = Newsroom {
        store,
        clock: Clock::System,
        web,
        courier,
        plan: PlanOptions {
            every_min: config.gather_every.0,
            every_max: config.gather_every.1,
            ..PlanOptions::default()
        },
        gather_parallel: config.gather_parallel,
        zone: config.zone,
        holder: Holder(hex(&random()?[..8])),
        secret: Secret::new(secret),
        sender: sender(config),
        site_url: config.site_url.clone(),
        house_name: config.house_name.clone(),
        replaceable: RwLock::new(replaceable),
    };
    newsroom.settle_in().await.map_err(Failure::work)?;
    Ok(Arc::new(newsroom))
}

fn sender(config: &Config) -> Sender {
    Sender {
        from: config.from.clone(),
        name: config.house_name.clone(),
        domain: config.from.domain().to_owned(),
        site_url: config.site_url.as_str().trim_end_matches('/').to_owned(),
        list_id: format!("digest.{}", config.from.domain()),
    }
}

/// How sources are asked.
pub fn web_options(config: &Config) -> Result<WebOptions, Failure> {
    let mut allow_private = Vec::new();
    for (at, network) in config.allow_private.iter().enumerate() {
        let network = network.parse::<Cidr>().map_err(|why| {
            let key = format!("gather.allow_private.{at}");
            Failure::complaints(&[config.file.complain(&key, why.to_string())])
        })?;
        allow_private.push(network);
    }
    let about_url = match config.gather_contact.as_str() {
        "" => config.site_url.to_string(),
        contact => contact.to_owned(),
    };
    Ok(WebOptions {
        about_url,
        requests_max: config.gather_parallel,
        pause: config.gather_pause,
        allow_private,
        ..WebOptions::default()
    })
}

/// Where letters go: the SMTP server, or the outbox folder.
pub fn deliver_options(config: &Config) -> Result<DeliverOptions, Failure> {
    let destination = match &config.smtp {
        Some(url) => Destination::parse_smtp(url).map_err(|why| {
            Failure::complaints(&[config.file.complain("mail.smtp", why.to_string())])
        })?,
        None => Destination::Folder(config.outbox.clone()),
    };
    Ok(DeliverOptions::new(destination, config.mail_connections))
}

/// Bytes nobody can guess.
fn random() -> Result<[u8; SECRET_BYTES], Failure> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes)
        .map_err(|error| Failure::work(format!("the system gives no random numbers: {error}")))?;
    Ok(bytes)
}

/// Whether any complaint is an error.
pub fn any_error(complaints: &[Complaint]) -> bool {
    complaints
        .iter()
        .any(|complaint| complaint.severity == Severity::Error)
}
