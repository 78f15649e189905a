//! From the config to an open house: every command that works on the store
//! begins here.

use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use super::output::{Failure, complain_all};
use crate::catalog::{self, Catalogue};
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::daemon::bounces::BounceOptions;
use crate::daemon::letter::EncodedLetters;
use crate::daemon::mail::{PostRoom, Relay};
use crate::daemon::placing::PlacingTurn;
use crate::daemon::push::PushOptions;
use crate::daemon::timetable::Timetable;
use crate::daemon::{MailRoutes, Newsroom, PlannedDigest, Replaceable};
use crate::deliver::bounce::connection::{BadMailbox, system_trust};
use crate::deliver::bounce::imap::ImapServer;
use crate::deliver::bounce::mailbox::MailServer;
use crate::deliver::bounce::pop3::Pop3Server;
use crate::deliver::courier::{Courier, DeliverOptions, Destination};
use crate::deliver::message::Sender;
use crate::deliver::sign::{SignOptions, Signer};
use crate::gather;
use crate::gather::plan::PlanOptions;
use crate::gather::web::{Cidr, Web, WebOptions};
use crate::model::complaint::{Complaint, Severity};
use crate::model::delivery::Holder;
use crate::model::id::hex;
use crate::model::push::PUSH_RANDOM_BYTES;
use crate::model::token::{SECRET_BYTES, Secret};
use crate::serve::{AddressLists, Network, SubscribeOptions};
use crate::store::Store;
use crate::template::Templates;

/// Where a first run looks beside the default config: what ships is compiled
/// in, so the program also starts outside its own checkout.
pub fn load_config(path: &Path) -> Result<Config, Failure> {
    // What is no text is no setting either.
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    config::load(path, variables).map_err(|complaints| Failure::complaints(&complaints))
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
        let (catalogue, mut complaints) =
            catalog::read_and_prove(&config.catalog_dir, gather::prove);
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

    /// Renders every template with its sample, too: what only rendering shows
    /// must not take the place of what worked.
    pub fn prove_templates(&mut self) {
        if let Some(templates) = &self.templates {
            self.complaints.extend(templates.check());
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
    let newsroom = furnish(config).await?;
    newsroom.settle_in().await.map_err(Failure::work)?;
    Ok(Arc::new(newsroom))
}

/// The same to look only: the store is not told of the catalogue.
pub async fn open_to_look(path: &Path) -> Result<Newsroom, Failure> {
    furnish(&load_config(path)?).await
}

async fn furnish(config: &Config) -> Result<Newsroom, Failure> {
    let furnishing = Furnishing::read(config);
    complain_all(&furnishing.complaints);
    let replaceable = furnishing
        .replaceable()
        .map_err(|_| Failure::call("error: the templates are wrong, see above"))?;
    let web = Web::new(web_options(config)?).map_err(Failure::work)?;
    let post = post_room(config)?;
    let signer = signer(config)?.map(Arc::new);
    let store = Store::open(&config.store_url)
        .await
        .map_err(Failure::work)?;
    let secret = store.house_secret(random()?).await.map_err(Failure::work)?;
    Ok(Newsroom {
        store,
        clock: Clock::System,
        web,
        post,
        plan: PlanOptions {
            every_min: config.gather_pace.every_min,
            every_max: config.gather_pace.every_max,
            new_per_day: config.gather_pace.new_per_day,
            zone: config.zone,
            ..PlanOptions::default()
        },
        gather_parallel: config.gather_parallel,
        push: PushOptions {
            base: (config.gather_push && config.site_is_public).then(|| config.site_url.clone()),
            random: random_push,
            wanted: Arc::default(),
        },
        zone: config.zone,
        holder: Holder(hex(&random()?[..8])),
        secret: Secret::new(secret),
        sender: sender(config),
        bounces: bounce_options(config)?,
        mail_routes: MailRoutes {
            unsubscribe_mailto: config.mail_addresses.unsubscribe_mailto.clone(),
            bounce_domain: config.mail_addresses.bounce_domain.clone(),
            link_counts: config.link_counts,
        },
        encoded: EncodedLetters::default(),
        placing: PlacingTurn::default(),
        signer,
        site_url: config.site_url.clone(),
        house_name: config.house_name.clone(),
        house_postal: config.house_postal.clone(),
        replaceable: RwLock::new(replaceable),
    })
}

fn sender(config: &Config) -> Sender {
    Sender {
        from: config.from.clone(),
        name: config.house_name.clone(),
        domain: config.from.domain().to_owned(),
        site_url: config.site_url.as_str().trim_end_matches('/').to_owned(),
        list_id: format!("digest.{}", config.from.domain()),
        agent: config.mail_addresses.sender.clone(),
        reply_to: config.mail_addresses.reply_to.clone(),
    }
}

/// Where bounces and complaints come in.
pub fn bounce_options(config: &Config) -> Result<BounceOptions, Failure> {
    let wrong = |key: &str, why: BadMailbox| {
        Failure::complaints(&[config.file.complain(key, why.to_string())])
    };
    let places = &config.bounce_places;
    let mut mailboxes = Vec::new();
    if let Some(url) = &places.pop3 {
        let server = Pop3Server::parse(url).map_err(|why| wrong("mail.bounces.pop3", why))?;
        mailboxes.push(MailServer::Pop3(server));
    }
    if let Some(url) = &places.imap {
        let server = ImapServer::parse(url, &places.processed).map_err(|why| match why {
            BadMailbox::Folder if !places.processed.is_empty() => {
                wrong("mail.bounces.processed", why)
            }
            why => wrong("mail.bounces.imap", why),
        })?;
        mailboxes.push(MailServer::Imap(server));
    }
    let trust = if mailboxes.is_empty() {
        None
    } else {
        Some(system_trust().map_err(Failure::work)?)
    };
    Ok(BounceOptions {
        maildir: places.maildir.clone(),
        mailboxes: mailboxes
            .into_iter()
            .zip(trust.into_iter().cycle())
            .collect(),
        policy: config.soft_policy,
    })
}

/// Complains where the Maildir is none; what runs tells of it each time it looks.
pub fn check_maildir(config: &Config) -> Result<(), Failure> {
    let Some(folder) = &config.bounce_places.maildir else {
        return Ok(());
    };
    if folder.join("new").is_dir() {
        return Ok(());
    }
    let why = format!(
        "{} is no Maildir: there is no folder new/ in it",
        folder.display()
    );
    let complaint = config.file.complain("mail.bounces.maildir", why);
    Err(Failure::complaints(&[complaint]))
}

/// Complains where the store could not be opened; nothing is made, nobody asked.
pub fn check_store(config: &Config) -> Result<(), Failure> {
    Store::check(&config.store_url)
        .map_err(|why| Failure::complaints(&[config.file.complain("store.url", why.to_string())]))
}

/// The keys letters are signed with; `None` where the config names none.
pub fn signer(config: &Config) -> Result<Option<Signer>, Failure> {
    if config.dkim.selectors.is_empty() {
        return Ok(None);
    }
    let options = SignOptions {
        dir: config.dkim.dir.clone(),
        domain: config.dkim.domain.clone(),
        selectors: config.dkim.selectors.clone(),
    };
    Signer::open(&options).map(Some).map_err(|why| {
        let complaint = config.file.complain("mail.dkim.selectors", why.to_string());
        Failure::complaints(&[complaint])
    })
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
        pause: config.gather_pace.pause,
        allow_private,
        ..WebOptions::default()
    })
}

/// Who may ask for letters how often, and who is not written to.
pub fn subscribe_options(config: &Config) -> Result<SubscribeOptions, Failure> {
    let given = &config.subscribe;
    let complain = |key: &str, why: String| {
        Failure::complaints(&[config.file.complain(&format!("subscribe.{key}"), why)])
    };
    let mut trusted_proxies = Vec::new();
    for (at, network) in given.trusted_proxies.iter().enumerate() {
        let network = network
            .parse::<Network>()
            .map_err(|why| complain(&format!("trusted_proxies.{at}"), why.to_string()))?;
        trusted_proxies.push(network);
    }
    let list = |key: &str, path: &Option<PathBuf>, otherwise: &str| match path {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|error| complain(key, format!("{}: {error}", path.display()))),
        None => Ok(otherwise.to_owned()),
    };
    let domains = list("disposable_domains", &given.disposable_domains, "")?;
    let shipped = AddressLists::shipped_roles();
    let roles = list("role_addresses", &given.role_addresses, shipped)?;
    Ok(SubscribeOptions {
        trusted_proxies,
        client_per_hour: given.client_per_hour,
        domain_per_hour: given.domain_per_hour,
        house_per_hour: given.house_per_hour,
        lists: AddressLists::new(&domains, &roles),
    })
}

/// Where letters leave, and how.
pub fn post_room(config: &Config) -> Result<PostRoom, Failure> {
    Ok(PostRoom::new(
        relays(config)?,
        config.domain_limits.clone(),
        config.sending_hours,
        config.warm_up,
    ))
}

/// Where letters leave: the relays, or the outbox folder.
pub fn relays(config: &Config) -> Result<Vec<Relay>, Failure> {
    /// Files are written one by one.
    const OUTBOX_WRITERS: usize = 4;
    let mut relays = Vec::new();
    for plan in &config.relays {
        let wrong = |why: String| Failure::complaints(&[config.file.complain(&plan.key, why)]);
        let destination =
            Destination::parse_smtp(&plan.url).map_err(|why| wrong(why.to_string()))?;
        let options = DeliverOptions::new(destination, plan.connections);
        relays.push(Relay {
            name: plan.name.clone(),
            courier: Courier::open(options).map_err(|why| wrong(why.to_string()))?,
            weight: plan.weight,
            per_minute: plan.per_minute,
        });
    }
    if relays.is_empty() {
        let outbox = Destination::Folder(config.outbox.clone());
        relays.push(Relay {
            name: "outbox".to_owned(),
            courier: Courier::open(DeliverOptions::new(outbox, OUTBOX_WRITERS))
                .map_err(Failure::work)?,
            weight: 1,
            per_minute: None,
        });
    }
    Ok(relays)
}

/// The same for the daemon, which goes without where there are none.
fn random_push() -> Option<[u8; PUSH_RANDOM_BYTES]> {
    let mut bytes = [0; PUSH_RANDOM_BYTES];
    getrandom::fill(&mut bytes).ok().map(|()| bytes)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_that_fails_only_when_rendered_is_found_before_it_is_used() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("letter")).expect("a folder");
        let path = folder.path().join("letter/digest.txt");
        std::fs::write(path, "{{ titel }}").expect("a file");
        let templates = Templates::load(Some(folder.path()));
        let mut furnishing = Furnishing {
            catalogue: Catalogue::default(),
            templates: templates.ok(),
            digests: Vec::new(),
            complaints: Vec::new(),
        };
        assert!(furnishing.templates.is_some(), "it parses");
        furnishing.prove_templates();
        assert!(any_error(&furnishing.complaints));
    }
}
