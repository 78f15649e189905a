//! `jarshy subscribers`: list, import, export.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::house;
use super::output::{Failure, complain, say, time};
use crate::daemon::Newsroom;
use crate::model::feed::FeedName;
use crate::model::region::Region;
use crate::model::subscriber::{EmailAddress, Profile, Subscriber, SubscriberId, SubscriberStatus};

/// Subscribers read or written at once.
const BATCH: u32 = 1_000;
/// The longest line of an import, in bytes.
const LINE_BYTES_MAX: u64 = 64 * 1024;
/// The columns of an export, and the first line of an import.
const HEADER: &str = "address,status,language,feeds,regions";

#[derive(Debug, Subcommand)]
pub enum SubscribersCommand {
    /// One line for each.
    List,
    /// Add those of a CSV file with the columns address[,status[,language[,feeds[,regions]]]].
    Import {
        /// The file.
        file: PathBuf,
        /// They have confirmed elsewhere; without it each gets a confirmation letter.
        #[arg(long)]
        confirmed: bool,
    },
    /// Print all as CSV, in a form `import` reads.
    Export,
}

/// Runs a `subscribers` command.
pub async fn subscribers(
    config: &Path,
    command: SubscribersCommand,
    json: bool,
) -> Result<(), Failure> {
    let newsroom = house::open(config).await?;
    match command {
        SubscribersCommand::List if json => each(&newsroom, |one| say(&as_json(one))).await,
        SubscribersCommand::List => {
            each(&newsroom, |one| {
                say(&format!(
                    "{} {} {}",
                    one.address.as_str(),
                    one.status.word(),
                    one.profile.tongue
                ))
            })
            .await
        }
        SubscribersCommand::Export => {
            say(HEADER)?;
            each(&newsroom, |one| say(&as_csv(one))).await
        }
        SubscribersCommand::Import { file, confirmed } => {
            import(&newsroom, &file, confirmed, json).await
        }
    }
}

async fn each(
    newsroom: &Newsroom,
    mut told: impl FnMut(&Subscriber) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut after: Option<SubscriberId> = None;
    loop {
        let page = newsroom
            .store
            .subscribers(after.clone(), BATCH)
            .await
            .map_err(Failure::work)?;
        for one in &page {
            told(one)?;
        }
        match page.last() {
            Some(last) => after = Some(last.id.clone()),
            None => return Ok(()),
        }
    }
}

fn as_json(one: &Subscriber) -> String {
    serde_json::json!({
        "id": one.id.as_str(), "address": one.address.as_str(), "status": one.status.word(),
        "language": one.profile.tongue.tag(),
        "feeds": one.profile.feeds.iter().map(FeedName::as_str).collect::<Vec<_>>(),
        "regions": one.profile.regions.iter().map(|region| region.code()).collect::<Vec<_>>(),
        "requested_at": time(Some(one.requested_at)), "confirmed_at": time(one.confirmed_at),
        "unsubscribed_at": time(one.unsubscribed_at),
    })
    .to_string()
}

fn as_csv(one: &Subscriber) -> String {
    let feeds: Vec<&str> = one.profile.feeds.iter().map(FeedName::as_str).collect();
    let regions: Vec<String> = one
        .profile
        .regions
        .iter()
        .map(|region| region.code())
        .collect();
    // None of these can hold a comma, a quote or a line break.
    format!(
        "{},{},{},{},{}",
        one.address.as_str(),
        one.status.word(),
        one.profile.tongue,
        feeds.join(" "),
        regions.join(" ")
    )
}

/// What an import came to.
#[derive(Default)]
struct Imported {
    added: u64,
    updated: u64,
    kept_unsubscribed: u64,
    bad_lines: u64,
}

async fn import(
    newsroom: &Newsroom,
    file: &Path,
    confirmed: bool,
    json: bool,
) -> Result<(), Failure> {
    let opened = std::fs::File::open(file)
        .map_err(|error| Failure::call(format!("error: {}: {error}", file.display())))?;
    let mut lines = BufReader::new(opened);
    let mut imported = Imported::default();
    let mut batch: Vec<(EmailAddress, Profile)> = Vec::new();
    let mut number = 0_u64;
    loop {
        let line = next_line(&mut lines)
            .map_err(|error| Failure::work(format!("{}: {error}", file.display())))?;
        let Some(line) = line else { break };
        number += 1;
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_start_matches('\u{feff}').trim();
        let is_header = number == 1 && text.to_ascii_lowercase().starts_with("address");
        if text.is_empty() || is_header {
            continue;
        }
        match parse_line(text) {
            Ok(Some(one)) => batch.push(one),
            Ok(None) => imported.kept_unsubscribed += 1,
            Err(why) => {
                imported.bad_lines += 1;
                complain(&format!("{}:{number}: {why}", file.display()));
            }
        }
        if batch.len() >= BATCH as usize {
            store(newsroom, &mut batch, confirmed, &mut imported).await?;
        }
    }
    store(newsroom, &mut batch, confirmed, &mut imported).await?;
    let Imported {
        added,
        updated,
        kept_unsubscribed,
        bad_lines,
    } = imported;
    if json {
        let value = serde_json::json!({
            "added": added, "updated": updated,
            "kept_unsubscribed": kept_unsubscribed, "bad_lines": bad_lines,
        });
        return say(&value.to_string());
    }
    say(&format!(
        "{added} added, {updated} updated, {kept_unsubscribed} left unsubscribed, {bad_lines} lines not understood"
    ))
}

async fn store(
    newsroom: &Newsroom,
    batch: &mut Vec<(EmailAddress, Profile)>,
    confirmed: bool,
    imported: &mut Imported,
) -> Result<(), Failure> {
    if batch.is_empty() {
        return Ok(());
    }
    let status = if confirmed {
        SubscriberStatus::Confirmed
    } else {
        SubscriberStatus::Pending
    };
    let counts = newsroom
        .store
        .import_subscribers(std::mem::take(batch), status, newsroom.clock.now())
        .await
        .map_err(Failure::work)?;
    imported.added += counts.added;
    imported.updated += counts.updated;
    imported.kept_unsubscribed += counts.kept_unsubscribed;
    Ok(())
}

/// A line, at most [`LINE_BYTES_MAX`] of it; the rest of a longer one is
/// skipped, and what is kept of it will not parse.
fn next_line(lines: &mut impl BufRead) -> std::io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let read = lines
        .by_ref()
        .take(LINE_BYTES_MAX)
        .read_until(b'\n', &mut line)?;
    if read == 0 {
        return Ok(None);
    }
    let cut = read as u64 == LINE_BYTES_MAX && line.last() != Some(&b'\n');
    if cut {
        lines.skip_until(b'\n')?;
    }
    Ok(Some(line))
}

/// `Ok(None)`: somebody who unsubscribed, and stays so.
fn parse_line(line: &str) -> Result<Option<(EmailAddress, Profile)>, String> {
    let mut fields = line
        .split(',')
        .map(|field| field.trim().trim_matches('"').trim());
    let address = fields.next().unwrap_or_default();
    let address: EmailAddress = address
        .parse()
        .map_err(|why| format!("the address: {why}"))?;
    let status = fields.next().unwrap_or_default();
    if status == SubscriberStatus::Unsubscribed.word() {
        return Ok(None);
    }
    if !status.is_empty() && SubscriberStatus::from_word(status).is_none() {
        return Err(format!(
            "the status `{status}`: expected pending, confirmed or unsubscribed"
        ));
    }
    let mut profile = Profile::default();
    if let Some(tongue) = fields.next().filter(|field| !field.is_empty()) {
        profile.tongue = tongue
            .parse()
            .map_err(|why| format!("the language: {why}"))?;
    }
    for feed in fields.next().unwrap_or_default().split_whitespace() {
        profile.feeds.push(
            feed.parse::<FeedName>()
                .map_err(|why| format!("a feed: {why}"))?,
        );
    }
    for region in fields.next().unwrap_or_default().split_whitespace() {
        profile.regions.push(
            region
                .parse::<Region>()
                .map_err(|why| format!("a region: {why}"))?,
        );
    }
    if let Some(more) = fields.next() {
        return Err(format!(
            "`{more}` is one column too many; expected {HEADER}"
        ));
    }
    Ok(Some((address, profile.normalised())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_understood_or_refused_with_the_column() {
        let good = [
            "a@example.kz",
            "\"a@example.kz\",,ru",
            "a@example.kz,confirmed,kk,all-forums,KZ-71 KZ-75",
        ];
        for line in good {
            assert!(parse_line(line).expect(line).is_some(), "{line}");
        }
        assert!(
            parse_line("a@example.kz,unsubscribed")
                .expect("read")
                .is_none()
        );
        let bad = [
            ("nobody", "the address"),
            ("a@example.kz,maybe", "the status `maybe`"),
            ("a@example.kz,,de", "the language"),
            ("a@example.kz,,kk,All Forums", "a feed"),
            ("a@example.kz,,kk,,KZ-1", "a region"),
            ("a@example.kz,,kk,,,x", "one column too many"),
        ];
        for (line, expected) in bad {
            assert!(
                parse_line(line).expect_err(line).starts_with(expected)
                    || parse_line(line).expect_err(line).contains(expected),
                "{line}"
            );
        }
    }

    #[test]
    fn an_endless_line_is_cut() {
        let mut long = vec![b'a'; 200_000];
        long.extend(b"\nb@example.kz\n");
        let mut lines = BufReader::new(&long[..]);
        assert_eq!(
            next_line(&mut lines).expect("read").expect("line").len() as u64,
            LINE_BYTES_MAX
        );
        assert_eq!(
            next_line(&mut lines).expect("read").expect("line"),
            b"b@example.kz\n"
        );
        assert!(next_line(&mut lines).expect("read").is_none());
    }
}
