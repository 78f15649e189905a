//! `jarshy mailing`: an operator's own letter, tried on one reader first.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::digest::PLACEHOLDERS;
use super::house;
use super::mail_status::{letters_in_words, letters_json};
use super::output::{Failure, complain, say};
use crate::daemon::Newsroom;
use crate::digest::mailing::{self, Mailing, TEXT_MAX_BYTES};
use crate::model::count::counted;
use crate::model::digest::Letter;
use crate::model::language::Tongue;
use crate::model::mailing::Audience;
use crate::model::region::Region;
use crate::model::subscriber::{EmailAddress, SubscriberId};
use crate::model::topic::Topic;
use crate::store::Mailed;

/// A whole text, shown with the help of what takes one.
const EXAMPLE: &str = "\
A text, from its first line on:

  ---
  subject.kk: Форум өтетін орын ауысты
  subject.ru: Форум переезжает
  subject.en: The forum moves
  language: ru
  ---
  Форум «Цифровой регион» пройдёт **7 декабря** в Семее.

  - регистрация с 9:00
  - [программа](https://forum.example/programme)

`subject: …` alone stands in letters of all tongues; otherwise each of subject.kk,
subject.ru and subject.en is needed. `language` (kk, kk-Latn, ru, en; may be left
out) is that of the text, which all readers get as it is. The text is Markdown:
paragraphs, headings, lists, quotations, code, emphasis and links; images and HTML
are refused, with their line.";

#[derive(Debug, Subcommand)]
pub enum MailingCommand {
    /// Print the letter a Markdown text becomes; nothing is stored or sent.
    #[command(after_help = EXAMPLE)]
    Preview {
        /// The text: its subject between lines of three hyphens, then Markdown.
        file: PathBuf,
        /// In whose words the letter speaks around the text: kk, ru or en.
        #[arg(long, value_name = "TAG", default_value = "kk")]
        tongue: Tongue,
        /// Print the HTML part instead of the text.
        #[arg(long)]
        html: bool,
    },
    /// Queue a Markdown text as a letter: to one reader first, then to many.
    #[command(after_help = EXAMPLE)]
    Send {
        /// The text: its subject between lines of three hyphens, then Markdown.
        file: PathBuf,
        #[command(flatten)]
        to: Recipients,
    },
    /// How far a queued text's letters have come.
    Status {
        /// The text as it was queued.
        file: PathBuf,
    },
    /// Give up a queued text's letters that have not gone out yet.
    Stop {
        /// The text as it was queued.
        file: PathBuf,
    },
}

/// To whom; one of these must be said.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct Recipients {
    /// To one confirmed subscriber, to be looked at. Comes before all others.
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["to", "region", "topic", "tongue"])]
    test: Option<EmailAddress>,
    /// To everyone who confirmed.
    #[arg(long, value_parser = ["all"])]
    to: Option<String>,
    /// Only to those who read of this region, e.g. KZ-71.
    #[arg(long, value_name = "CODE", conflicts_with = "to")]
    region: Option<Region>,
    /// Only to those who read of this topic, e.g. media.
    #[arg(long, value_name = "TOPIC", conflicts_with = "to")]
    topic: Option<Topic>,
    /// Only to those whose letters are in this tongue.
    #[arg(long, value_name = "TAG", conflicts_with = "to")]
    tongue: Option<Tongue>,
}

/// Runs a `mailing` command.
pub async fn mailing(config: &Path, command: MailingCommand, json: bool) -> Result<(), Failure> {
    let newsroom = house::open(config).await?;
    match command {
        MailingCommand::Preview { file, tongue, html } => {
            let letter = letter(&newsroom, &file, &read(&file)?, tongue)?;
            complain(PLACEHOLDERS);
            if html {
                return say(&letter.html);
            }
            say(&format!("Subject: {}\n\n{}", letter.subject, letter.text))
        }
        MailingCommand::Send { file, to } => {
            let mailing = read(&file)?;
            if let Some(address) = to.test {
                return test(&newsroom, &file, &mailing, &address, json).await;
            }
            let audience = Audience {
                tongue: to.tongue,
                region: to.region,
                topic: to.topic,
            };
            send(&newsroom, &file, &mailing, audience, json).await
        }
        MailingCommand::Status { file } => status(&newsroom, &read(&file)?, json).await,
        MailingCommand::Stop { file } => {
            let id = read(&file)?.id;
            let stopped = newsroom.store.stop_mailing(&id, newsroom.clock.now()).await;
            let letters = counted(stopped.map_err(Failure::work)?, "letter");
            say(&format!("{}: {letters} given up", file.display()))
        }
    }
}

async fn test(
    newsroom: &Newsroom,
    file: &Path,
    mailing: &Mailing,
    address: &EmailAddress,
    json: bool,
) -> Result<(), Failure> {
    let id = SubscriberId::derived(address);
    let store = &newsroom.store;
    let reader = store.subscriber(&id).await.map_err(Failure::work)?;
    let tongue = reader.map_or(Tongue::default(), |reader| reader.profile.tongue);
    let letter = letter(newsroom, file, mailing, tongue)?;
    let now = newsroom.clock.now();
    let is_queued = store
        .test_mailing(&mailing.id, &letter, &id, now)
        .await
        .map_err(Failure::work)?;
    if !is_queued {
        return Err(Failure::work(
            "that address has no confirmed subscription; subscribe with it on the page, or with `jarshy subscribers import FILE.csv --confirmed`",
        ));
    }
    if json {
        let value = serde_json::json!({"mailing": mailing.id.as_str(), "deliveries": 1});
        return say(&value.to_string());
    }
    say(
        "one test letter queued; look at it, then send it with --to all, --region, --topic or --tongue",
    )
}

async fn send(
    newsroom: &Newsroom,
    file: &Path,
    mailing: &Mailing,
    audience: Audience,
    json: bool,
) -> Result<(), Failure> {
    let letters = Tongue::ALL
        .into_iter()
        .map(|tongue| letter(newsroom, file, mailing, tongue))
        .collect::<Result<Vec<Letter>, Failure>>()?;
    let now = newsroom.clock.now();
    let queued = newsroom
        .store
        .queue_mailing(&mailing.id, &letters, audience, now)
        .await
        .map_err(Failure::work)?;
    match queued {
        Mailed::Untested => Err(Failure::work(format!(
            "nobody has looked at this text yet; first: jarshy mailing send {} --test ADDRESS",
            file.display()
        ))),
        Mailed::Queued { deliveries } if json => {
            let value = serde_json::json!({
                "mailing": mailing.id.as_str(), "deliveries": deliveries,
            });
            say(&value.to_string())
        }
        Mailed::Queued { deliveries } => say(&format!(
            "queued for {}; those who have this text already get no second copy",
            counted(deliveries, "subscriber")
        )),
    }
}

async fn status(newsroom: &Newsroom, mailing: &Mailing, json: bool) -> Result<(), Failure> {
    let occasion = mailing.id.occasion();
    let counts = newsroom
        .store
        .delivery_counts(Some(&occasion))
        .await
        .map_err(Failure::work)?;
    if json {
        let mut value = letters_json(&counts);
        value["mailing"] = mailing.id.as_str().into();
        return say(&value.to_string());
    }
    say(&letters_in_words(&counts))
}

fn read(file: &Path) -> Result<Mailing, Failure> {
    let wrong = |why: String| Failure::call(format!("error: {}: {why}", file.display()));
    let size = std::fs::metadata(file)
        .map_err(|error| wrong(error.to_string()))?
        .len();
    if size > TEXT_MAX_BYTES as u64 {
        return Err(wrong(mailing::BadMailing::TooLong.to_string()));
    }
    let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    mailing::read(&text).map_err(|why| wrong(why.to_string()))
}

fn letter(
    newsroom: &Newsroom,
    file: &Path,
    mailing: &Mailing,
    tongue: Tongue,
) -> Result<Letter, Failure> {
    mailing::mailing_letter(
        &newsroom.templates(),
        mailing,
        tongue,
        &newsroom.letter_site(),
    )
    .map_err(|why| Failure::call(format!("error: {}: {why}", file.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text between the first and the last line that stand for it.
    fn text_in<'a>(words: &'a str, from: &str, to: &str) -> &'a str {
        let start = words.find(from).expect("it begins");
        let text = &words[start..];
        &text[..text.find(to).expect("it ends")]
    }

    #[test]
    fn the_texts_shown_are_taken() {
        let shown = text_in(EXAMPLE, "  ---", "`subject");
        let readme = include_str!("../../README.md");
        let told = text_in(readme, "   ---\n   subject", "   ```");
        for (text, indent) in [(shown, "  "), (told, "   ")] {
            let lines: Vec<&str> = text
                .lines()
                .map(|line| line.strip_prefix(indent).unwrap_or(line))
                .collect();
            let mailing = mailing::read(&lines.join("\n")).expect("a mailing");
            assert_eq!(mailing.subject.ru, "Форум переезжает");
            assert_eq!(mailing.subject.kk, "Форум өтетін орын ауысты");
        }
    }
}
