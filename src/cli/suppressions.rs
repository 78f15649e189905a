//! `jarshy suppressions`: whom nothing is sent to.

use std::io::{BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use clap::Subcommand;

use super::house;
use super::output::{Failure, complain, say, time};
use crate::daemon::Newsroom;
use crate::model::bounce::SuppressionReason;
use crate::model::count::counted;
use crate::model::subscriber::EmailAddress;
use crate::store::{Suppressed, Suppression};

/// Entries read or written at once.
const BATCH: u32 = 1_000;
/// What is read of a line of an import, in bytes.
const LINE_BYTES_MAX: u64 = 64 * 1024;

#[derive(Debug, Subcommand)]
pub enum SuppressionsCommand {
    /// One line for each: address or domain, reason, since when.
    List,
    /// Put addresses, or whole domains (@example.kz), on the list.
    Add {
        #[arg(required = true, value_name = "ADDRESS|@DOMAIN")]
        whom: Vec<String>,
    },
    /// Take addresses or domains off the list.
    Remove {
        #[arg(required = true, value_name = "ADDRESS|@DOMAIN")]
        whom: Vec<String>,
    },
    /// Put the addresses and domains of a file on the list: one a line, in the
    /// first column.
    Import {
        /// The file.
        file: PathBuf,
    },
}

/// Runs a `suppressions` command.
pub async fn suppressions(
    config: &Path,
    command: SuppressionsCommand,
    json: bool,
) -> Result<(), Failure> {
    let newsroom = house::open(config).await?;
    match command {
        SuppressionsCommand::List => list(&newsroom, json).await,
        SuppressionsCommand::Add { whom } => {
            let entries = parsed(&whom)?.into_iter();
            let entries: Vec<_> = entries
                .map(|who| entry(who, newsroom.clock.now()))
                .collect();
            let added = newsroom.store.suppress(&entries).await;
            let added = added.map_err(Failure::work)?;
            told(added, entries.len() as u64 - added, 0, json)
        }
        SuppressionsCommand::Remove { whom } => remove(&newsroom, &parsed(&whom)?, json).await,
        SuppressionsCommand::Import { file } => import(&newsroom, &file, json).await,
    }
}

fn entry(who: Suppressed, now: DateTime<Utc>) -> Suppression {
    Suppression {
        who,
        reason: SuppressionReason::Operator,
        since: now,
    }
}

fn parsed(whom: &[String]) -> Result<Vec<Suppressed>, Failure> {
    whom.iter()
        .map(|text| read(text).map_err(|why| Failure::call(format!("error: `{text}`: {why}"))))
        .collect()
}

/// `name@example.kz`, or `@example.kz` for a whole domain.
fn read(text: &str) -> Result<Suppressed, String> {
    let text = text.trim();
    if let Some(domain) = text.strip_prefix('@') {
        // The rules for the domain of an address are those of one alone.
        let address: EmailAddress = format!("any@{domain}")
            .parse()
            .map_err(|why| format!("{why}"))?;
        return Ok(Suppressed::Domain(address.domain().to_owned()));
    }
    let address = text.parse::<EmailAddress>();
    address
        .map(Suppressed::Address)
        .map_err(|why| format!("{why}, or @example.kz for a whole domain"))
}

async fn list(newsroom: &Newsroom, json: bool) -> Result<(), Failure> {
    let mut after: Option<Suppressed> = None;
    loop {
        let page = newsroom
            .store
            .suppressions(after.as_ref(), BATCH)
            .await
            .map_err(Failure::work)?;
        for one in &page {
            say(&line(one, json))?;
        }
        match page.into_iter().next_back() {
            Some(last) => after = Some(last.who),
            None => return Ok(()),
        }
    }
}

fn line(one: &Suppression, json: bool) -> String {
    let (kind, shown) = match &one.who {
        Suppressed::Address(address) => ("address", Some(address.as_str().to_owned())),
        Suppressed::Forgotten(_) => ("address", None),
        Suppressed::Domain(domain) => ("domain", Some(format!("@{domain}"))),
    };
    let since = time(Some(one.since)).unwrap_or_default();
    if json {
        return serde_json::json!({
            "kind": kind, "whom": shown, "key": one.who.key(),
            "reason": one.reason.word(), "since": since,
        })
        .to_string();
    }
    let shown = shown.unwrap_or_else(|| format!("(forgotten) {}", one.who.key()));
    format!("{shown} {} {since}", one.reason.word())
}

async fn remove(newsroom: &Newsroom, whom: &[Suppressed], json: bool) -> Result<(), Failure> {
    let mut removed = 0_usize;
    for who in whom {
        let lifted = newsroom.store.lift_suppression(who).await;
        removed += usize::from(lifted.map_err(Failure::work)?);
    }
    let missing = whom.len() - removed;
    if json {
        return say(&serde_json::json!({ "removed": removed, "not_listed": missing }).to_string());
    }
    say(&format!("{removed} removed, {missing} not on the list"))
}

async fn import(newsroom: &Newsroom, file: &Path, json: bool) -> Result<(), Failure> {
    let place = file.display();
    let opened = std::fs::File::open(file)
        .map_err(|error| Failure::call(format!("error: {place}: {error}")))?;
    let now = newsroom.clock.now();
    let mut lines = BufReader::new(opened);
    let (mut added, mut known, mut bad_lines) = (0, 0, 0);
    let mut batch = Vec::new();
    for number in 0.. {
        let line =
            next_line(&mut lines).map_err(|error| Failure::work(format!("{place}: {error}")))?;
        let Some(line) = line else { break };
        let first = line.split([',', ';', '\t']).next().unwrap_or_default();
        let first = first
            .trim_start_matches('\u{feff}')
            .trim()
            .trim_matches('"');
        if first.is_empty() || first.starts_with('#') {
            continue;
        }
        match read(first) {
            Ok(who) => batch.push(entry(who, now)),
            Err(_) if number == 0 && !first.contains('@') => {}
            Err(why) => {
                bad_lines += 1;
                complain(&format!("{place}:{}: {why}", number + 1));
            }
        }
        if batch.len() >= BATCH as usize {
            added += add(newsroom, &mut batch, &mut known).await?;
        }
    }
    added += add(newsroom, &mut batch, &mut known).await?;
    told(added, known, bad_lines, json)
}

/// A line, at most [`LINE_BYTES_MAX`] of it: only its first column counts.
fn next_line(lines: &mut impl BufRead) -> std::io::Result<Option<String>> {
    let mut line = Vec::new();
    let read = lines
        .by_ref()
        .take(LINE_BYTES_MAX)
        .read_until(b'\n', &mut line)?;
    if read as u64 == LINE_BYTES_MAX && line.last() != Some(&b'\n') {
        lines.skip_until(b'\n')?;
    }
    Ok((read > 0).then(|| String::from_utf8_lossy(&line).into_owned()))
}

async fn add(
    newsroom: &Newsroom,
    batch: &mut Vec<Suppression>,
    known: &mut u64,
) -> Result<u64, Failure> {
    let entries = std::mem::take(batch);
    let added = newsroom.store.suppress(&entries).await;
    let added = added.map_err(Failure::work)?;
    *known += entries.len() as u64 - added;
    Ok(added)
}

fn told(added: u64, known: u64, bad_lines: u64, json: bool) -> Result<(), Failure> {
    if json {
        let value = serde_json::json!({ "added": added, "known": known, "bad_lines": bad_lines });
        return say(&value.to_string());
    }
    say(&format!(
        "{added} added, {known} on the list already, {} not understood",
        counted(bad_lines, "line")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_domains_are_told_apart() {
        let domain = |text: &str| Ok(Suppressed::Domain(text.to_owned()));
        assert_eq!(read("@Example.KZ"), domain("example.kz"));
        assert_eq!(read("@мысал.қаз"), domain("xn--80awbu3c.xn--80ao21a"));
        let address = Suppressed::Address("a@example.kz".parse().expect("address"));
        assert_eq!(read(" a@example.kz "), Ok(address));
        for wrong in ["example.kz", "@", "a@", "@localhost", ""] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
