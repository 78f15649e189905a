//! `jarshy sources`: what is read, how it is, and what might be.

mod add;
mod check;
mod explore;
mod export;
mod import;
mod list;
mod shelf;
mod test;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::output::Failure;
use crate::model::language::Language;
use crate::model::region::Region;

#[derive(Debug, Subcommand)]
pub enum SourcesCommand {
    /// All sources with their last result.
    List {
        /// With what is known of their health.
        #[arg(long)]
        health: bool,
    },
    /// Visit every source now and give each a verdict.
    Check,
    /// Show one source step by step: asked, answered, read, next. Stores nothing.
    Test {
        /// Its name in the catalogue.
        name: String,
        /// Ask for the whole document, also if nothing has changed.
        #[arg(long)]
        whole: bool,
    },
    /// Find where a site can be read, try it, and print the entry for the catalogue.
    Add(AddArgs),
    /// Print the sources as OPML, for other programs and for `sources import`.
    Export,
    /// Take the feeds of an OPML file into the catalogue.
    Import {
        /// The OPML file.
        file: PathBuf,
        /// Add the entries to this file, e.g. feeds/sources/local.toml.
        #[arg(long, value_name = "FILE")]
        write: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub struct AddArgs {
    /// A site, a feed, a sitemap, an OPML, or a Telegram channel.
    url: String,
    /// The new source's name in the catalogue.
    #[arg(long)]
    id: Option<String>,
    /// The region the outlet writes for, e.g. KZ-71.
    #[arg(long)]
    region: Option<Region>,
    /// Of several language versions this one: kk, ru or en.
    #[arg(long)]
    language: Option<Language>,
    /// Take this one of those shown, by its number, and not the first.
    #[arg(long, value_name = "N")]
    pick: Option<usize>,
    /// Add the entry to this file, e.g. feeds/sources/local.toml.
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
}

/// Runs a `sources` command.
pub async fn sources(config: &Path, command: &SourcesCommand, json: bool) -> Result<(), Failure> {
    match command {
        SourcesCommand::List { health } => list::list(config, *health, json).await,
        SourcesCommand::Check => check::check(config, json).await,
        SourcesCommand::Test { name, whole } => test::test(config, name, *whole, json).await,
        SourcesCommand::Add(args) => add::add(config, args, json).await,
        SourcesCommand::Export => export::export(config),
        SourcesCommand::Import { file, write } => {
            import::import(config, file, write.as_deref(), json)
        }
    }
}
