//! `jarshy digest`.

use std::path::Path;

use chrono::NaiveDate;
use clap::Subcommand;

use super::house;
use super::output::{Failure, say};
use crate::daemon::window::{self, ClosedWindow, Material};
use crate::daemon::{Newsroom, PlannedDigest};
use crate::digest::compose;
use crate::model::digest::DigestId;
use crate::model::feed::FeedName;
use crate::model::language::Tongue;
use crate::model::region::Region;
use crate::model::subscriber::Profile;

#[derive(Debug, Subcommand)]
pub enum DigestCommand {
    /// Print the letter a profile would get now; nothing is stored or sent.
    Preview {
        /// The profile, e.g. "kk", "ru", "kk,region=KZ-71,feed=announcements".
        #[arg(long, default_value = "kk")]
        profile: String,
        /// Another digest than the first of the config.
        #[arg(long, value_name = "NAME")]
        digest: Option<String>,
        /// What was published on that day, instead of the open window.
        #[arg(long, value_name = "YYYY-MM-DD")]
        date: Option<NaiveDate>,
        /// Print the HTML part instead of the text.
        #[arg(long)]
        html: bool,
    },
    /// Close a window now and queue its letters: of the digest named, or of all.
    Close {
        /// The digest's name.
        name: Option<String>,
    },
}

/// Runs a `digest` command.
pub async fn digest(config: &Path, command: DigestCommand, json: bool) -> Result<(), Failure> {
    let newsroom = house::open(config).await?;
    match command {
        DigestCommand::Preview {
            profile,
            digest,
            date,
            html,
        } => {
            let profile = parse_profile(&profile)?;
            let planned = choose_digest(&newsroom, digest.as_deref())?;
            preview(&newsroom, &planned, &profile, date, html, json).await
        }
        DigestCommand::Close { name: Some(name) } => {
            let planned = choose_digest(&newsroom, Some(&name))?;
            close(&newsroom, &planned, json).await
        }
        DigestCommand::Close { name: None } => {
            for planned in newsroom.digests().iter() {
                close(&newsroom, planned, json).await?;
            }
            Ok(())
        }
    }
}

async fn preview(
    newsroom: &Newsroom,
    planned: &PlannedDigest,
    profile: &Profile,
    date: Option<NaiveDate>,
    html: bool,
    json: bool,
) -> Result<(), Failure> {
    let plan = &planned.plan;
    let until = newsroom.clock.now();
    let material = if let Some(day) = date {
        Material::of_day(newsroom, day).await
    } else {
        let window = window::open_window(newsroom, plan, until)
            .await
            .map_err(Failure::work)?;
        Material::of_window(newsroom, window).await
    }
    .map_err(Failure::work)?;
    let choice = material.choose(newsroom, plan, profile);
    let id = DigestId::derived(&plan.name, until);
    let letter = compose::digest_letter(
        &newsroom.templates(),
        plan,
        profile,
        &profile.key(),
        &id,
        &choice,
        &newsroom.letter_site(),
    )
    .map_err(Failure::work)?;
    let Some(letter) = letter else {
        return say(if json {
            "null"
        } else {
            "(nothing new: no letter would be sent)"
        });
    };
    if json {
        let value = serde_json::json!({
            "subject": letter.subject, "text": letter.text, "html": letter.html,
        });
        return say(&value.to_string());
    }
    if html {
        return say(&letter.html);
    }
    say(&format!("Subject: {}\n\n{}", letter.subject, letter.text))
}

async fn close(newsroom: &Newsroom, planned: &PlannedDigest, json: bool) -> Result<(), Failure> {
    let name = &planned.plan.name;
    let until = newsroom.clock.now();
    let closed = window::close(newsroom, &planned.plan, until)
        .await
        .map_err(Failure::work)?;
    let (letters, deliveries) = match closed {
        ClosedWindow::Now {
            letters,
            deliveries,
        } => (letters, deliveries),
        ClosedWindow::Already => {
            return Err(Failure::work(format!(
                "`{name}` was closed by somebody else just now"
            )));
        }
    };
    if json {
        let value = serde_json::json!({
            "digest": name.as_str(), "letters": letters, "deliveries": deliveries,
        });
        say(&value.to_string())
    } else {
        say(&format!(
            "{name}: window closed, {letters} letters for {deliveries} subscribers queued"
        ))
    }
}

pub(super) fn choose_digest(
    newsroom: &Newsroom,
    name: Option<&str>,
) -> Result<PlannedDigest, Failure> {
    let digests = newsroom.digests();
    let found = match name {
        Some(name) => digests
            .iter()
            .find(|digest| digest.plan.name.as_str() == name),
        None => digests.first(),
    };
    found.cloned().ok_or_else(|| {
        let names: Vec<&str> = digests
            .iter()
            .map(|digest| digest.plan.name.as_str())
            .collect();
        Failure::call(format!(
            "error: no digest is named `{}`; the config has: {}",
            name.unwrap_or_default(),
            names.join(", ")
        ))
    })
}

/// Reads `kk,region=KZ-71,feed=announcements`.
fn parse_profile(text: &str) -> Result<Profile, Failure> {
    let mut profile = Profile::default();
    for part in text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        let wrong = |why: String| Failure::call(format!("error: --profile {text}: {why}"));
        match part.split_once('=') {
            None => {
                profile.tongue = part
                    .parse::<Tongue>()
                    .map_err(|why| wrong(why.to_string()))?;
            }
            Some(("region", code)) => {
                profile.regions.push(
                    code.parse::<Region>()
                        .map_err(|why| wrong(why.to_string()))?,
                );
            }
            Some(("feed", name)) => {
                profile.feeds.push(
                    name.parse::<FeedName>()
                        .map_err(|why| wrong(why.to_string()))?,
                );
            }
            Some((key, _)) => {
                return Err(wrong(format!(
                    "`{key}` is unknown; expected region=KZ-… or feed=NAME"
                )));
            }
        }
    }
    Ok(profile.normalised())
}
