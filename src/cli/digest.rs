//! `jarshy digest`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use clap::{Subcommand, ValueEnum};

use super::house;
use super::output::{Failure, complain, read_day, say};
use crate::daemon::letter;
use crate::daemon::window::{self, ClosedWindow, Material};
use crate::daemon::{Newsroom, PlannedDigest};
use crate::digest::compose;
use crate::model::count::counted;
use crate::model::delivery::{ClaimedDelivery, DeliveryId};
use crate::model::digest::{DigestId, Letter};
use crate::model::feed::FeedName;
use crate::model::language::{Language, Tongue, UnknownLanguage};
use crate::model::reading::Kind;
use crate::model::region::Region;
use crate::model::subscriber::{EmailAddress, Grouping, LetterScript, Profile, SubscriberId};
use crate::model::topic::Topic;

/// Whom a previewed message is to: a name that cannot exist (RFC 2606).
const NOBODY: &str = "reader@example.invalid";

/// Said beside a message to [`NOBODY`].
const NOBODYS_LINKS: &str = "note: the links to unsubscribe and to the preferences are those of reader@example.invalid, who is nobody";
/// Said beside a letter that is no reader's yet.
pub(super) const PLACEHOLDERS: &str = "note: links to https://slot.jarshy.invalid/ are placeholders; in its copy each reader finds the own links to unsubscribe and to the preferences";

#[derive(Debug, Subcommand)]
pub enum DigestCommand {
    /// Print the letter a profile would get now; nothing is stored or sent. Links of
    /// one reader (to unsubscribe, to the preferences) are placeholders in it.
    Preview {
        /// The profile: kk, kk-Latn, ru or en, and what it chose, e.g.
        /// "kk,region=KZ-71,topic=media,feed=announcements,kind=announcement,language=ru,grouping=region".
        #[arg(long, default_value = "kk")]
        profile: String,
        /// A region of the profile, as KZ-71; may be repeated.
        #[arg(long, value_name = "CODE")]
        region: Vec<String>,
        /// A topic of the profile, as media; may be repeated.
        #[arg(long, value_name = "TOPIC")]
        topic: Vec<String>,
        /// How the profile wants its stories: by "importance", "region" or "topic".
        #[arg(long, value_name = "BY")]
        grouping: Option<String>,
        /// Another digest than the first of the config.
        #[arg(long, value_name = "NAME")]
        digest: Option<String>,
        /// What was published on that day, instead of the open window.
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = read_day)]
        date: Option<NaiveDate>,
        /// Which part: the text, the HTML, or the whole message.
        #[arg(long, value_enum, default_value_t = PreviewFormat::Text)]
        format: PreviewFormat,
        /// Write to a file instead of standard output.
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Close a window now and queue its letters: of the digest named, or of all.
    Close {
        /// The digest's name.
        name: Option<String>,
    },
}

/// What of a letter a preview shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PreviewFormat {
    Text,
    Html,
    /// As it would be sent (RFC 5322), to a reader nobody is.
    Eml,
}

/// Runs a `digest` command.
pub async fn digest(config: &Path, command: DigestCommand, json: bool) -> Result<(), Failure> {
    let newsroom = house::open(config).await?;
    match command {
        DigestCommand::Preview {
            profile,
            region,
            topic,
            grouping,
            digest,
            date,
            format,
            output,
        } => {
            let mut choices = vec![profile];
            choices.extend(region.iter().map(|code| format!("region={code}")));
            choices.extend(topic.iter().map(|word| format!("topic={word}")));
            choices.extend(grouping.iter().map(|by| format!("grouping={by}")));
            let profile = parse_profile(&choices.join(","))?;
            let planned = choose_digest(&newsroom, digest.as_deref())?;
            let shown = preview(&newsroom, &planned, &profile, date, format, json).await?;
            match output {
                Some(path) => std::fs::write(&path, shown)
                    .map_err(|error| Failure::work(format!("{}: {error}", path.display()))),
                None => say(&shown),
            }
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
    format: PreviewFormat,
    json: bool,
) -> Result<String, Failure> {
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
        let nothing = "(nothing new: no letter would be sent)";
        return Ok(if json { "null" } else { nothing }.to_owned());
    };
    if json {
        let value = serde_json::json!({
            "subject": letter.subject, "text": letter.text, "html": letter.html,
        });
        return Ok(value.to_string());
    }
    complain(match format {
        PreviewFormat::Eml => NOBODYS_LINKS,
        PreviewFormat::Text | PreviewFormat::Html => PLACEHOLDERS,
    });
    match format {
        PreviewFormat::Text => Ok(format!("Subject: {}\n\n{}", letter.subject, letter.text)),
        PreviewFormat::Html => Ok(letter.html),
        PreviewFormat::Eml => message(newsroom, letter, until).await,
    }
}

/// The letter as a message to [`NOBODY`].
async fn message(
    newsroom: &Newsroom,
    letter: Letter,
    now: DateTime<Utc>,
) -> Result<String, Failure> {
    let address: EmailAddress = NOBODY.parse().map_err(Failure::work)?;
    let subscriber = SubscriberId::derived(&address);
    let delivery = ClaimedDelivery {
        id: DeliveryId::derived("preview", &subscriber),
        subscriber,
        address,
        letter: Arc::new(letter),
        attempts: 0,
        queued_at: now,
        doubtful: false,
    };
    let message = letter::prepare(newsroom, &delivery)
        .await
        .map_err(|attempt| Failure::work(format!("{attempt:?}")))?;
    Ok(String::from_utf8_lossy(&message.bytes).into_owned())
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
            "{name}: window closed, {} for {} queued",
            counted(letters, "letter"),
            counted(deliveries, "subscriber")
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
                let language: Language = part
                    .parse()
                    .map_err(|why: UnknownLanguage| wrong(why.to_string()))?;
                profile.tongue = part
                    .parse::<Tongue>()
                    .map_err(|why| wrong(why.to_string()))?;
                if language == Language::KazakhLatin {
                    profile.script = LetterScript::Latin;
                }
            }
            Some(("kind", word)) => {
                let kind = Kind::from_word(word)
                    .ok_or_else(|| wrong(format!("`{word}` is no kind of story")))?;
                profile.kinds.push(kind);
            }
            Some(("language", tag)) => {
                let language = tag.parse::<Language>();
                profile
                    .languages
                    .push(language.map_err(|why| wrong(why.to_string()))?);
            }
            Some(("grouping", word)) => {
                profile.grouping = Grouping::from_word(word).ok_or_else(|| {
                    wrong(format!(
                        "`{word}`: expected grouping=importance, region or topic"
                    ))
                })?;
            }
            Some(("region", code)) => {
                profile.regions.push(
                    code.parse::<Region>()
                        .map_err(|why| wrong(why.to_string()))?,
                );
            }
            Some(("topic", word)) => {
                profile.topics.push(
                    word.parse::<Topic>()
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
                    "`{key}` is unknown; expected region, topic, feed, kind, language or grouping"
                )));
            }
        }
    }
    Ok(profile.normalised())
}
