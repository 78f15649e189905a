//! The command line: what an operator says, and what the program answers.
//!
//! Exit status: 0 fine, 1 the work failed, 2 the call or the config is wrong.

mod bounces;
mod cases;
mod check;
mod correct;
mod digest;
mod doctor;
mod gather;
pub mod house;
mod json_line;
mod mail;
mod mail_keys;
mod mail_status;
mod mailing;
mod outlet;
mod output;
mod publish;
mod push_state;
mod reread;
mod run;
mod search;
mod sources;
mod stage;
mod subscribers;
mod suppressions;
mod town;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use output::Failure;

/// Gathers news of forums in Kazakhstan, publishes feeds and calendars, mails a digest.
#[derive(Debug, Parser)]
#[command(name = "jarshy", version, about)]
struct Call {
    /// The config file.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        default_value = "config/jarshy.toml"
    )]
    config: PathBuf,
    /// Print values as JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Gather, serve and mail until told to stop (what runs without a command).
    Run,
    /// Check config, catalogue, desk texts, templates and words; nothing is changed.
    Check,
    /// One pass over the due sources, or over those named.
    Gather {
        /// Sources to visit, due or not.
        sources: Vec<String>,
    },
    /// Write every feed, calendar and list as files, for a static host.
    Publish {
        /// The folder to write to.
        dir: PathBuf,
    },
    /// Look at a digest, or close its window now.
    #[command(subcommand)]
    Digest(digest::DigestCommand),
    /// Send letters, hold them back, look how far they are.
    #[command(subcommand)]
    Mail(mail::MailCommand),
    /// Send a text of your own to subscribers.
    #[command(subcommand)]
    Mailing(mailing::MailingCommand),
    /// List, import and export subscribers.
    #[command(subcommand)]
    Subscribers(subscribers::SubscribersCommand),
    /// What came back: read it, fetch it, count it.
    #[command(subcommand)]
    Bounces(bounces::BouncesCommand),
    /// The addresses and domains nothing is sent to.
    #[command(subcommand)]
    Suppressions(suppressions::SuppressionsCommand),
    /// Find articles by their words, the last stored first.
    Search(search::SearchCall),
    /// Say what an article is when it was read wrongly; list, export, undo that.
    Correct(correct::CorrectCall),
    /// Read again what an older engine read (`jarshy run` does so in the background).
    Reread {
        /// However old; otherwise the last 90 days, and what tells of events to come.
        #[arg(long)]
        all: bool,
    },
    /// List sources, tell how they are, find new ones.
    #[command(subcommand)]
    Sources(sources::SourcesCommand),
    /// Check what the house depends on: store, mail server, public address, the
    /// sending domain's DNS records.
    Doctor,
    /// Run one stage alone, on files or standard input.
    #[command(subcommand)]
    Stage(stage::StageCommand),
}

/// Runs the program.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let call = match Call::try_parse_from(arguments) {
        Ok(call) => call,
        Err(error) => {
            error.print().ok();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    // Two TLS providers could be compiled in by a dependency; this one is ours.
    // It is refused only when one is installed already.
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .ok();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            output::complain(&format!(
                "the program's threads could not be started: {error}"
            ));
            return ExitCode::from(1);
        }
    };
    let answer = runtime.block_on(answer(call));
    // A visit that hangs in name resolution must not keep the program.
    runtime.shutdown_background();
    match answer {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            for line in failure.lines() {
                output::complain(&line);
            }
            ExitCode::from(failure.status())
        }
    }
}

async fn answer(call: Call) -> Result<(), Failure> {
    let Call {
        config,
        json,
        command,
    } = call;
    match command.unwrap_or(Command::Run) {
        Command::Run => run::run(&config).await,
        Command::Check => check::check(&config, json).await,
        Command::Gather { sources } => gather::gather(&config, &sources, json).await,
        Command::Publish { dir } => publish::publish(&config, &dir).await,
        Command::Digest(command) => digest::digest(&config, command, json).await,
        Command::Mail(command) => mail::mail(&config, &command, json).await,
        Command::Mailing(command) => mailing::mailing(&config, command, json).await,
        Command::Subscribers(command) => subscribers::subscribers(&config, command, json).await,
        Command::Bounces(command) => bounces::bounces(&config, command, json).await,
        Command::Suppressions(command) => suppressions::suppressions(&config, command, json).await,
        Command::Search(call) => search::search(&config, call, json).await,
        Command::Correct(call) => correct::correct(&config, call, json).await,
        Command::Reread { all } => reread::reread(&config, all, json).await,
        Command::Sources(command) => sources::sources(&config, &command, json).await,
        Command::Doctor => doctor::doctor(&config, json).await,
        Command::Stage(command) => stage::stage(&config, command, json).await,
    }
}
