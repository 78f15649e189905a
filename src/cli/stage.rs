//! `jarshy stage`: one stage alone, values in, JSON lines out.

mod asking;
mod documents;
mod evaluate;
mod events;
mod explain;
mod lines;
mod page;
mod sanitize;
mod spans;
mod stories;
mod words;

use std::io::Read;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use clap::{Subcommand, ValueEnum};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::output::Failure;
use crate::cli::json_line;
use crate::clock::Clock;
use crate::model::article::{Article, ArticleId};
use crate::model::reading::Reading;
use crate::model::source::SourceId;
use crate::model::topic::Topic;
use crate::understand::{self, Hints};

/// The longest file or line a stage takes, in bytes.
const STAGE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// The zone days are counted in, where no config is read.
const STAGE_ZONE: chrono_tz::Tz = chrono_tz::Asia::Almaty;

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum ReadKind {
    Feed,
    Page,
    Json,
    Telegram,
    Sitemap,
    Desk,
}

#[derive(Debug, Subcommand)]
pub enum StageCommand {
    /// Read documents; one JSON object a line for each.
    Read {
        #[arg(long, value_enum, default_value = "feed")]
        kind: ReadKind,
        /// The Content-Type they came with.
        #[arg(long, value_name = "CT")]
        content_type: Option<String>,
        /// The address they came from: the base of relative links. What is asked for by
        /// its address needs none.
        #[arg(long, value_name = "BASE")]
        url: Option<Url>,
        /// Files or addresses (https://…), which are asked for; - is standard input.
        #[arg(required = true, value_name = "FILE|URL")]
        files: Vec<PathBuf>,
    },
    /// Read article pages: JSON lines {"id","file","url"} in, title, authors, day and text out.
    Page {
        /// A file; - is standard input.
        #[arg(default_value = "-")]
        file: PathBuf,
    },
    /// Make markup harmless: JSON lines {"id","html","url"} in, {"id","output"} out.
    Sanitize {
        /// A file; - is standard input.
        #[arg(default_value = "-")]
        file: PathBuf,
    },
    /// Understand texts: JSON lines {"id","text","title","published","url"} in and out.
    Understand {
        /// Say why every label was given; with --json as JSON lines.
        #[arg(long)]
        explain: bool,
        /// A file; - is standard input.
        #[arg(default_value = "-")]
        file: PathBuf,
    },
    /// Places: JSON lines {"id","text"} in, spans out.
    Places {
        /// A file; - is standard input.
        #[arg(default_value = "-")]
        file: PathBuf,
    },
    /// Dates, times and durations: JSON lines {"id","text","published"} in, spans out.
    Dates {
        /// A file; - is standard input.
        #[arg(default_value = "-")]
        file: PathBuf,
    },
    /// Find which articles tell the same: JSON lines {"id","title","text","published"} in,
    /// {"id","story"} out; a story bears the id of its first article.
    Stories {
        /// A file; - is standard input.
        #[arg(default_value = "-")]
        file: PathBuf,
    },
    /// Judge the understanding by labelled texts: precision, recall and F1 of every label.
    Evaluate {
        /// Misses to print.
        #[arg(long, value_name = "N", default_value_t = evaluate::MISSES_SHOWN)]
        misses: usize,
        /// Cases, JSON lines {"id","title","text","published","expect"}; - is standard input.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Tell languages: JSON lines {"id","text"} in, {"id","language","script","confidence"} out.
    Language {
        /// A file; - is standard input.
        #[arg(default_value = "-")]
        file: PathBuf,
    },
    /// Tell topics: JSON lines {"id","title","text"} in, each with its words out.
    Topics {
        /// A file; - is standard input.
        #[arg(default_value = "-")]
        file: PathBuf,
    },
    /// Take words to their stems: a word a line in, word, tab, stem out.
    Stem {
        /// A file; - is standard input.
        #[arg(default_value = "-")]
        file: PathBuf,
    },
    /// What robots.txt says: JSON lines {"id","robots","url","agent"} in, {"id","allowed","delay"} out.
    Robots {
        /// A file; - is standard input.
        #[arg(default_value = "-")]
        file: PathBuf,
    },
    /// Who may be asked: JSON lines {"id","url"} in, {"id","verdict","why"} out.
    Address {
        /// A file; - is standard input.
        #[arg(default_value = "-")]
        file: PathBuf,
    },
}

/// Runs one stage.
pub async fn stage(config: &Path, command: StageCommand, json: bool) -> Result<(), Failure> {
    match command {
        StageCommand::Read {
            kind,
            content_type,
            url,
            files,
        } => {
            let told = documents::Told {
                kind,
                content_type,
                url,
            };
            documents::read(config, &files, &told).await
        }
        StageCommand::Page { file } => page::run(&file),
        StageCommand::Sanitize { file } => sanitize::run(&file),
        StageCommand::Places { file } => lines::each(&file, spans::places),
        StageCommand::Dates { file } => {
            let today = Clock::System.now().with_timezone(&STAGE_ZONE).date_naive();
            lines::each(&file, |line| spans::dates(line, today))
        }
        StageCommand::Understand {
            explain: true,
            file,
        } => {
            let now = Clock::System.now();
            lines::each(&file, |line| explain::line(line, json, now))
        }
        StageCommand::Understand { file, .. } => {
            let now = Clock::System.now();
            lines::each(&file, |line| understand_line(line, now))
        }
        StageCommand::Stories { file } => {
            let now = Clock::System.now();
            let mut stories = stories::Stories::default();
            lines::each(&file, |line| stories.place(line, now))
        }
        StageCommand::Evaluate { misses, files } => evaluate::evaluate(&files, misses, json),
        StageCommand::Language { file } => lines::each(&file, words::language),
        StageCommand::Topics { file } => {
            let now = Clock::System.now();
            lines::each(&file, |line| words::topics(line, now))
        }
        StageCommand::Stem { file } => lines::each(&file, words::stem),
        StageCommand::Robots { file } => asking::robots_lines(&file),
        StageCommand::Address { file } => asking::address_lines(&file),
    }
}

fn open(path: &Path) -> std::io::Result<Box<dyn Read>> {
    if path.as_os_str() == "-" {
        Ok(Box::new(std::io::stdin()))
    } else {
        Ok(Box::new(std::fs::File::open(path)?))
    }
}

/// One text to understand.
#[derive(Debug, Deserialize)]
struct Asked {
    id: Value,
    text: String,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    published: Option<String>,
    #[serde(default)]
    url: Option<String>,
}

fn understand_line(line: &str, now: DateTime<Utc>) -> Result<String, String> {
    let asked = json_line::read::<Asked>(line)?;
    understand_one(asked, now).map(|value| value.to_string())
}

fn understand_one(asked: Asked, now: DateTime<Utc>) -> Result<Value, String> {
    let (id, article) = article_of(asked, now)?;
    let reading = understand::read(&article, &Hints::default(), STAGE_ZONE, now);
    Ok(reading_json(&id, &reading))
}

fn article_of(asked: Asked, now: DateTime<Utc>) -> Result<(Value, Article), String> {
    let published = asked
        .published
        .as_deref()
        .map(parse_published)
        .transpose()?;
    let title = asked.title.unwrap_or_default();
    let article = Article {
        id: ArticleId::derived(&SourceId::from_stored("stage"), &asked.id.to_string()),
        source: SourceId::from_stored("stage"),
        revision: 1,
        link: asked.url.and_then(|url| url.parse().ok()),
        title,
        authors: Vec::new(),
        summary_html: String::new(),
        content_html: String::new(),
        text: asked.text,
        published,
        updated: None,
        first_seen: published.unwrap_or(now),
        image: None,
        categories: Vec::new(),
        declared_language: None,
        declared_event: None,
        content_hash: String::new(),
    };
    Ok((asked.id, article))
}

/// RFC 3339, or a day, which then begins at noon in the house zone.
fn parse_published(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Ok(moment.to_utc());
    }
    let day: chrono::NaiveDate = text
        .parse()
        .map_err(|_| format!("published `{text}`: expected YYYY-MM-DD or RFC 3339"))?;
    day.and_hms_opt(12, 0, 0)
        .and_then(|noon| noon.and_local_timezone(STAGE_ZONE).earliest())
        .map(|moment| moment.to_utc())
        .ok_or_else(|| format!("published `{text}`: that day has no noon"))
}

fn reading_json(id: &Value, reading: &Reading) -> Value {
    let language = reading.shown_language();
    let event = reading
        .event
        .as_ref()
        .filter(|claim| claim.confidence.is_enough())
        .map(events::claim_json);
    let more: Vec<Value> = reading
        .more_events
        .iter()
        .filter(|claim| claim.confidence.is_enough())
        .map(events::claim_json)
        .collect();
    let regions: Vec<String> = reading
        .regions
        .iter()
        .filter(|(_, confidence)| confidence.is_enough())
        .map(|(region, _)| region.code())
        .collect();
    json!({
        "id": id, "language": language.tag(), "script": language.script(),
        "kind": reading.shown_kind().map(crate::model::reading::Kind::word),
        "confidence": {
            "language": words::rounded(reading.language_confidence),
            "kind": words::rounded(reading.kind_confidence),
        },
        "event": event, "more_events": more, "regions": regions,
        "topics": reading.shown_topics().map(Topic::word).collect::<Vec<_>>(),
    })
}
