//! `jarshy subscribers`: list, tag, import, export.

mod columns;
mod import;
mod records;

use std::collections::HashSet;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::house;
use super::output::{Failure, say, time};
use crate::daemon::Newsroom;
use crate::model::feed::FeedName;
use crate::model::subscriber::{EmailAddress, Subscriber, SubscriberId, SubscriberStatus, Tag};
use crate::store::Search;

/// Subscribers read at once.
const BATCH: u32 = 1_000;

#[derive(Debug, Subcommand)]
pub enum SubscribersCommand {
    /// One line for each; `suppressed` beside the status: nothing is sent there.
    List(Whom),
    /// Mark those found with a tag.
    Tag {
        /// Letters, digits, - _ . and :
        tag: Tag,
        /// Take the tag away instead.
        #[arg(long)]
        remove: bool,
        #[command(flatten)]
        whom: Whom,
    },
    /// Add those of a CSV file: an export of Jarshy's, listmonk's or Mailchimp's,
    /// or any list with a column for the address.
    Import {
        /// The file.
        file: PathBuf,
        /// They have confirmed elsewhere, but for those whose line says otherwise;
        /// without it each gets a confirmation letter.
        #[arg(long)]
        confirmed: bool,
        /// Only say what would come of it.
        #[arg(long)]
        dry_run: bool,
        /// Mark each with this tag; can be given several times.
        #[arg(long, value_name = "TAG")]
        tag: Vec<Tag>,
    },
    /// Print those found as CSV, in a form `import` reads. Suppression is no
    /// column of it: `suppressions list` tells that.
    Export(Whom),
}

/// Whom a command is about; all, where nothing is said.
#[derive(Debug, Args)]
pub struct Whom {
    /// Part of the address.
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Those who bear this tag.
    #[arg(long = "with-tag", value_name = "TAG")]
    with_tag: Option<Tag>,
    /// pending, confirmed or unsubscribed.
    #[arg(long, value_parser = status)]
    status: Option<SubscriberStatus>,
}

impl Whom {
    fn search(self) -> Search {
        Search {
            address: self.search,
            tag: self.with_tag,
            status: self.status,
        }
    }
}

fn status(word: &str) -> Result<SubscriberStatus, String> {
    SubscriberStatus::from_word(word)
        .ok_or_else(|| "expected pending, confirmed or unsubscribed".to_owned())
}

/// Runs a `subscribers` command.
pub async fn subscribers(
    config: &Path,
    command: SubscribersCommand,
    json: bool,
) -> Result<(), Failure> {
    let newsroom = house::open(config).await?;
    match command {
        SubscribersCommand::List(whom) => {
            let mut lines = Lines::to_output();
            let line = if json { as_json } else { as_line };
            each(&newsroom, &whom.search(), async |page| {
                let kept_off = kept_off(&newsroom, page).await?;
                page.iter()
                    .try_for_each(|one| lines.say(&line(one, kept_off.contains(&one.id))))
            })
            .await?;
            lines.end()
        }
        SubscribersCommand::Tag { tag, remove, whom } => {
            let tagged = mark(&newsroom, &tag, remove, &whom.search()).await?;
            if json {
                return say(&serde_json::json!({ "changed": tagged }).to_string());
            }
            say(&format!("{tagged} changed"))
        }
        SubscribersCommand::Export(whom) => {
            let mut out = csv::Writer::from_writer(BufWriter::new(std::io::stdout()));
            out.write_record(columns::HEADER).map_err(unwritten)?;
            each(&newsroom, &whom.search(), async |page| {
                page.iter()
                    .try_for_each(|one| out.write_record(columns::row(one)).map_err(unwritten))
            })
            .await?;
            out.flush().map_err(unwritten)
        }
        SubscribersCommand::Import {
            file,
            confirmed,
            dry_run,
            tag,
        } => {
            let options = import::Options {
                confirmed,
                dry_run,
                tags: tag,
            };
            import::run(&newsroom, &file, &options, json).await
        }
    }
}

async fn each(
    newsroom: &Newsroom,
    search: &Search,
    mut told: impl AsyncFnMut(&[Subscriber]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut after: Option<SubscriberId> = None;
    loop {
        let page = newsroom
            .store
            .search_subscribers(search, after.clone(), BATCH)
            .await
            .map_err(Failure::work)?;
        told(&page).await?;
        match page.last() {
            Some(last) => after = Some(last.id.clone()),
            None => return Ok(()),
        }
    }
}

/// Whom of `people` the suppression list keeps off, by address or domain.
async fn kept_off(
    newsroom: &Newsroom,
    people: &[Subscriber],
) -> Result<HashSet<SubscriberId>, Failure> {
    let addresses: Vec<EmailAddress> = people.iter().map(|one| one.address.clone()).collect();
    let kept_off = newsroom.store.suppressed(&addresses).await;
    kept_off.map_err(Failure::work)
}

/// How many were changed.
async fn mark(
    newsroom: &Newsroom,
    tag: &Tag,
    remove: bool,
    search: &Search,
) -> Result<u64, Failure> {
    let mut changed = 0;
    let mut after: Option<SubscriberId> = None;
    loop {
        let page = newsroom
            .store
            .search_subscribers(search, after.clone(), BATCH)
            .await
            .map_err(Failure::work)?;
        let Some(last) = page.last() else {
            return Ok(changed);
        };
        after = Some(last.id.clone());
        let mut people = Vec::new();
        for one in page
            .into_iter()
            .filter(|one| one.tags.contains(tag) == remove)
        {
            let mut tags = one.tags;
            if remove {
                tags.retain(|borne| borne != tag);
            } else if tags.len() < Tag::COUNT_MAX {
                tags.push(tag.clone());
                tags.sort();
            } else {
                continue;
            }
            people.push((one.id, tags));
        }
        if !people.is_empty() {
            let tagged = newsroom.store.set_tags(&people).await;
            changed += tagged.map_err(Failure::work)?;
        }
    }
}

/// Standard output for many lines.
struct Lines(BufWriter<std::io::Stdout>);

impl Lines {
    fn to_output() -> Self {
        Self(BufWriter::new(std::io::stdout()))
    }

    fn say(&mut self, line: &str) -> Result<(), Failure> {
        writeln!(self.0, "{line}").map_err(unwritten)
    }

    fn end(mut self) -> Result<(), Failure> {
        self.0.flush().map_err(unwritten)
    }
}

fn unwritten(error: impl std::fmt::Display) -> Failure {
    Failure::work(format!("standard output: {error}"))
}

fn as_line(one: &Subscriber, is_suppressed: bool) -> String {
    let mut line = format!(
        "{} {}{} {}",
        one.address.as_str(),
        one.status.word(),
        if is_suppressed { " suppressed" } else { "" },
        one.profile.tongue
    );
    for tag in &one.tags {
        line = format!("{line} #{}", tag.as_str());
    }
    line
}

fn as_json(one: &Subscriber, is_suppressed: bool) -> String {
    let profile = &one.profile;
    serde_json::json!({
        "id": one.id.as_str(), "address": one.address.as_str(), "status": one.status.word(),
        "suppressed": is_suppressed,
        "language": profile.tongue.tag(), "script": profile.script.word(),
        "feeds": profile.feeds.iter().map(FeedName::as_str).collect::<Vec<_>>(),
        "regions": profile.regions.iter().map(|region| region.code()).collect::<Vec<_>>(),
        "topics": profile.topics.iter().map(|topic| topic.word()).collect::<Vec<_>>(),
        "kinds": profile.kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>(),
        "languages": profile.languages.iter().map(|one| one.tag()).collect::<Vec<_>>(),
        "grouping": profile.grouping.word(), "rhythm": profile.schedule.rhythm.word(),
        "hour": profile.schedule.hour, "zone": profile.schedule.zone.map(chrono_tz::Tz::name),
        "tags": one.tags.iter().map(Tag::as_str).collect::<Vec<_>>(),
        "requested_at": time(Some(one.requested_at)), "confirmed_at": time(one.confirmed_at),
        "unsubscribed_at": time(one.unsubscribed_at), "paused_until": time(one.paused_until),
    })
    .to_string()
}
