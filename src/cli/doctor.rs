//! `jarshy doctor`: what the house depends on, each with a verdict.

mod sending;
mod spf;

use std::net::IpAddr;
use std::path::Path;

use self::sending::Sending;
use super::house::{self, Furnishing, any_error};
use super::output::{Failure, say};
use crate::config::Config;
use crate::deliver::courier::{Destination, Place};
use crate::deliver::dns::Resolver;
use crate::deliver::sign::keys;
use crate::model::count::counted;
use crate::store::Store;

/// One thing looked at.
struct Finding {
    what: String,
    verdict: Verdict,
}

/// What was seen, or what is wrong and what to do.
enum Verdict {
    Good(String),
    /// Works, but an operator should know.
    Doubtful(String),
    Bad(String),
}

impl From<Result<String, String>> for Verdict {
    fn from(verdict: Result<String, String>) -> Self {
        match verdict {
            Ok(seen) => Self::Good(seen),
            Err(wrong) => Self::Bad(wrong),
        }
    }
}

/// Looks at everything; fails when anything is wrong.
pub async fn doctor(path: &Path, json: bool) -> Result<(), Failure> {
    let config = house::load_config(path)?;
    let mut findings = vec![Finding {
        what: "config".to_owned(),
        verdict: Verdict::Good(path.display().to_string()),
    }];
    let furnishing = Furnishing::read(&config);
    findings.push(Finding {
        what: "catalogue and templates".to_owned(),
        verdict: if any_error(&furnishing.complaints) {
            Verdict::Bad("have errors; `jarshy check` names them".to_owned())
        } else {
            Verdict::Good(format!(
                "{}, {}",
                counted(furnishing.catalogue.sources.len(), "source"),
                counted(furnishing.catalogue.feeds.len(), "feed")
            ))
        },
    });
    let store = match Store::open(&config.store_url).await {
        Ok(store) => store.ping().await,
        Err(error) => Err(error),
    };
    findings.push(Finding {
        what: "store".to_owned(),
        verdict: store
            .map(|()| "opened, migrated, answers".to_owned())
            .map_err(|error| error.to_string())
            .into(),
    });
    for relay in &house::relays(&config)? {
        findings.push(Finding {
            what: "mail".to_owned(),
            verdict: relay.courier.check().await.into(),
        });
    }
    findings.push(Finding {
        what: "public address".to_owned(),
        verdict: public_address(&config.site_url),
    });
    findings.extend(sending_domain(&config).await?);
    let mut wrong = 0;
    for finding in &findings {
        wrong += usize::from(matches!(finding.verdict, Verdict::Bad(_)));
        say(&finding.line(json))?;
    }
    if wrong == 0 {
        Ok(())
    } else {
        Err(Failure::work(format!(
            "what needs care: {wrong} of {} things",
            findings.len()
        )))
    }
}

impl Finding {
    fn line(&self, json: bool) -> String {
        let (level, words) = match &self.verdict {
            Verdict::Good(seen) => ("ok", seen),
            Verdict::Doubtful(doubt) => ("warn", doubt),
            Verdict::Bad(wrong) => ("fail", wrong),
        };
        if json {
            return serde_json::json!({"what": self.what, "level": level, "words": words})
                .to_string();
        }
        format!("{level:4} {}: {words}", self.what)
    }
}

/// What DNS says of the domain letters come from.
async fn sending_domain(config: &Config) -> Result<Vec<Finding>, Failure> {
    let signer = match house::signer(config) {
        Ok(signer) => signer,
        Err(failure) => {
            return Ok(vec![Finding {
                what: "DKIM".to_owned(),
                verdict: Verdict::Bad(failure.lines().join("; ")),
            }]);
        }
    };
    if config.relays.is_empty() && signer.is_none() {
        return Ok(vec![Finding {
            what: "sending domain".to_owned(),
            verdict: Verdict::Good("not looked at: letters stay in the outbox".to_owned()),
        }]);
    }
    let resolver = match config.doctor.resolver {
        Some(server) => Resolver::at(server),
        None => Resolver::of_system(),
    };
    let from = config.from.domain();
    let mut sending = Sending {
        from,
        returns: config
            .mail_addresses
            .bounce_domain
            .as_deref()
            .unwrap_or(from),
        signs: &config.dkim.domain,
        keys: signer.as_ref().map_or(&[], |signer| signer.keys()),
        addresses: config.doctor.addresses.clone(),
        addresses_are_sure: true,
    };
    if sending.addresses.is_empty() {
        sending.addresses_are_sure = false;
        sending.addresses = server_addresses(config, &resolver).await;
    }
    let mut findings = open_keys(config);
    findings.extend(sending::look(&resolver, &sending).await);
    Ok(findings)
}

/// Keys that others on this machine can read.
fn open_keys(config: &Config) -> Vec<Finding> {
    let dkim = &config.dkim;
    let paths = dkim
        .selectors
        .iter()
        .map(|selector| keys::path(&dkim.dir, selector, &dkim.domain));
    paths
        .filter(|path| keys::is_open_to_others(path))
        .map(|path| Finding {
            what: "DKIM".to_owned(),
            verdict: Verdict::Doubtful(format!(
                "everybody on this machine can read the key {0}; `chmod 600 {0}`",
                path.display()
            )),
        })
        .collect()
}

/// The addresses of the mail servers; none of one DNS does not know, which the
/// look at mail itself tells.
async fn server_addresses(config: &Config, resolver: &Resolver) -> Vec<IpAddr> {
    let mut addresses = Vec::new();
    for relay in &config.relays {
        let Ok(Destination::Smtp(server)) = Destination::parse_smtp(&relay.url) else {
            continue;
        };
        let Place::Host { host, .. } = &server.place else {
            continue;
        };
        match host.parse::<IpAddr>() {
            Ok(address) => addresses.push(address),
            Err(_) => addresses.extend(resolver.addresses(host).await.unwrap_or_default()),
        }
    }
    addresses
}

/// Links in letters must work where the reader is.
fn public_address(url: &url::Url) -> Verdict {
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback() || address.is_unspecified(),
        Some(url::Host::Ipv6(address)) => address.is_loopback() || address.is_unspecified(),
        None => true,
    };
    if loopback {
        Verdict::Doubtful(format!(
            "{url} works on this machine only; set serve.url before others subscribe"
        ))
    } else {
        Verdict::Good(url.to_string())
    }
}
