//! `jarshy mail keys`: the keys letters are signed with, and what to publish.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::house;
use super::output::{Failure, say};
use crate::config::Config;
use crate::config::mail::{NO_SELECTOR, ascii_domain, is_selector};
use crate::deliver::sign::keys::{self, Algorithm, DkimKey, KeyError};

/// Each key is published under its own name (RFC 8463 section 3).
const ED25519_SUFFIX: &str = "-ed25519";

#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// Make an RSA and an Ed25519 key; print the DNS records and the config lines.
    New {
        /// The name of the pair, e.g. 2026a.
        #[arg(long)]
        selector: String,
        /// The signing domain instead of the config's.
        #[arg(long)]
        domain: Option<String>,
        /// The folder instead of the config's.
        #[arg(long)]
        dir: Option<PathBuf>,
    },
    /// Print the DNS records of the keys that sign now.
    Show,
}

/// Runs a `mail keys` command; the store is not opened.
pub fn keys(path: &Path, command: &KeysCommand, json: bool) -> Result<(), Failure> {
    let config = house::load_config(path)?;
    match command {
        KeysCommand::New {
            selector,
            domain,
            dir,
        } => {
            let wrong = |what: String| Failure::call(format!("error: {what}"));
            if !is_selector(selector) {
                return Err(wrong(format!("--selector {selector}: {NO_SELECTOR}")));
            }
            let domain = match domain {
                Some(text) => ascii_domain(text)
                    .ok_or_else(|| wrong(format!("--domain {text}: this is no domain")))?,
                None => config.dkim.domain.clone(),
            };
            let dir = dir.as_ref().unwrap_or(&config.dkim.dir);
            new(dir, selector, &domain, &config, json)
        }
        KeysCommand::Show => show(&config, json),
    }
}

fn new(
    dir: &Path,
    selector: &str,
    domain: &str,
    config: &Config,
    json: bool,
) -> Result<(), Failure> {
    let pair = [
        (selector.to_owned(), Algorithm::Rsa),
        (format!("{selector}{ED25519_SUFFIX}"), Algorithm::Ed25519),
    ];
    // Looked at before either is made: half a pair helps nobody.
    for (selector, _) in &pair {
        let path = keys::path(dir, selector, domain);
        if path.exists() {
            return Err(Failure::work(KeyError::Exists { path }));
        }
    }
    let mut made = Vec::new();
    for (selector, algorithm) in &pair {
        made.push(keys::create(dir, selector, domain, *algorithm).map_err(Failure::work)?);
    }
    if json {
        return say_json(&made);
    }
    say("; Publish these records:")?;
    for key in &made {
        say(&key.zone_line())?;
    }
    let selectors: Vec<&str> = pair.iter().map(|(name, _)| name.as_str()).collect();
    say("")?;
    say("# When `jarshy doctor` sees them, sign with them; in the config:")?;
    say("[mail.dkim]")?;
    say(&format!("dir = {:?}", dir.display().to_string()))?;
    say(&format!("domain = {domain:?}"))?;
    say(&format!("selectors = {selectors:?}"))?;
    let old = config.dkim.selectors.join(", ");
    if old.is_empty() {
        return Ok(());
    }
    say(&format!(
        "# Keep the records of {old} a week longer: letters they signed are on their way."
    ))
}

fn show(config: &Config, json: bool) -> Result<(), Failure> {
    let signer = house::signer(config)?;
    let keys = signer.as_ref().map_or(&[][..], |signer| signer.keys());
    if json {
        return say_json(keys);
    }
    if keys.is_empty() {
        return say("; letters are not signed: mail.dkim.selectors is empty");
    }
    for key in keys {
        say(&key.zone_line())?;
    }
    Ok(())
}

fn say_json(keys: &[DkimKey]) -> Result<(), Failure> {
    for key in keys {
        let value = serde_json::json!({
            "name": key.record_name(), "type": "TXT", "text": key.record(),
        });
        say(&value.to_string())?;
    }
    Ok(())
}
