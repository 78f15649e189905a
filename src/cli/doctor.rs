//! `jarshy doctor`: what the house depends on, each with a verdict.

use std::path::Path;

use super::house::{self, Furnishing, any_error};
use super::output::{Failure, say};
use crate::store::Store;

/// One thing looked at.
struct Finding {
    what: &'static str,
    /// What was seen, or what is wrong and what to do.
    verdict: Result<String, String>,
}

/// Looks at everything; fails when anything is wrong.
pub async fn doctor(path: &Path, json: bool) -> Result<(), Failure> {
    let config = house::load_config(path)?;
    let mut findings = vec![Finding {
        what: "config",
        verdict: Ok(path.display().to_string()),
    }];
    let furnishing = Furnishing::read(&config);
    findings.push(Finding {
        what: "catalogue and templates",
        verdict: if any_error(&furnishing.complaints) {
            Err("have errors; `jarshy check` names them".to_owned())
        } else {
            Ok(format!(
                "{} sources, {} feeds",
                furnishing.catalogue.sources.len(),
                furnishing.catalogue.feeds.len()
            ))
        },
    });
    let store = match Store::open(&config.store_url).await {
        Ok(store) => store.ping().await,
        Err(error) => Err(error),
    };
    findings.push(Finding {
        what: "store",
        verdict: store
            .map(|()| "opened, migrated, answers".to_owned())
            .map_err(|error| error.to_string()),
    });
    for relay in &house::post_room(&config)?.relays {
        findings.push(Finding {
            what: "mail",
            verdict: relay.courier.check().await,
        });
    }
    findings.push(Finding {
        what: "public address",
        verdict: Ok(public_address(&config.site_url)),
    });
    let mut wrong = 0;
    for finding in &findings {
        wrong += usize::from(finding.verdict.is_err());
        say(&finding.line(json))?;
    }
    if wrong == 0 {
        Ok(())
    } else {
        Err(Failure::work(format!(
            "{wrong} of {} things need care",
            findings.len()
        )))
    }
}

impl Finding {
    fn line(&self, json: bool) -> String {
        let (good, words) = match &self.verdict {
            Ok(seen) => (true, seen),
            Err(wrong) => (false, wrong),
        };
        if json {
            return serde_json::json!({"what": self.what, "good": good, "words": words})
                .to_string();
        }
        format!(
            "{} {}: {words}",
            if good { "ok  " } else { "BAD " },
            self.what
        )
    }
}

/// Links in letters must work where the reader is.
fn public_address(url: &url::Url) -> String {
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback() || address.is_unspecified(),
        Some(url::Host::Ipv6(address)) => address.is_loopback() || address.is_unspecified(),
        None => true,
    };
    if loopback {
        format!("{url} works on this machine only; set serve.url before others subscribe")
    } else {
        url.to_string()
    }
}
